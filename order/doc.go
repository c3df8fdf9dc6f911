// Package order is the ground floor of duebook: exact money, orders and the states
// they move through, orders made together, deadlines that explain themselves, and
// the finding and exporting of orders. It decides; it stores nothing, calls nobody,
// and takes every time as an argument.
//
// # Words
//
// [Money] is an exact amount of one [Currency]. An [Order] has lines, each with a list
// price; list - discount = payable. A [Reduction] is the one discount of an order,
// frozen with it. The deadline is the last second in which an order can be paid. A
// [Purchase] is orders made together, which are paid together or not at all. A [Move]
// is one step of an order: approve, hold, settle and so on.
//
// # Tour
//
// [Place] makes an order of a [Draft], [PlaceTogether] a purchase of several.
// [Order.Apply] and [Purchase.Apply] move them, or say why not with an error that
// errors.Is and errors.As can tell apart. [Order.Reduce] freezes a discount into an
// order; package discount computes it. [Order.Explain] says why the deadline is what
// it is. [Order.Check] states every identity; every order that this package returns
// passes it. [Query] finds, [WriteCSV] exports, [Decode] reads JSON strictly and says line,
// field and reason.
//
// Left to the host: keeping orders (every function returns a changed copy), prices,
// who may do what, and paying.
//
// # Errors
//
// A caller branches on a sentinel with errors.Is, and finds the facts in a struct with
// errors.As. The structs that refuse something, of every package, have one shape: Error says
// what is wrong, Unwrap gives the sentinel, and Advice says what to do, so that
// errors.As(err, &x) with a variable x of type interface{ Advice() string } finds it in any
// of them:
//
//	ErrInvalid            mend the input; FieldError, AmountError, CurrencyError, DecodeError say where
//	ErrCurrency           convert first, or make one order for each currency
//	ErrOverflow           the amount has more than 18 digits
//	ErrState              load the order again; it has moved, or the move is not one of its own
//	ErrPastDeadline       place a new order
//	ErrNotDue             wait: the order can still be paid
//	ErrPaymentInProgress  cancel the payment first, or wait for it
//	ErrOtherPayment       leave the order to the payment that holds it
//	ErrMember             move the purchase, not the one order
//	ErrLocked             keep the discount (D5, D6)
//	ErrWindow             choose another discount, or none
//	ErrResourceTaken      pay or cancel the order that ResourceError names
//	ErrTooMany            make several calls
//
// On every error what was given is as it was.
//
// # Policy
//
// What differs from house to house is data. The zero [Policy] is neutral:
//
//	Zone        UTC
//	Lifetime    7 days of 24 hours
//	Lifetimes   no exceptions
//	MaxOrders   30
//	CancelFrom  pending approval, pending confirmation, unpaid
//	KeepExport  until the host removes it
//
// [Huawei], [Huawei2024], [HuaweiChina], [Alibaba] and [Baidu] return what these
// vendors publish.
//
// # Rules
//
// Times of the sources are GMT+08:00. H20, H24, H25, HCN and HC are pages of Huawei
// Cloud, A of Alibaba Cloud, B25 and B of Baidu AI Cloud; rules without a source are
// ours.
//
//   - T1: rules see whole seconds, and windows and deadlines include their last one.
//   - T2: the clock is an argument; days and hours are elapsed time, months and years civil.
//   - O1: an order is in one of ten states, which map to vendors' numbers and words (H25, B25, HC).
//   - O2: a literal table says which moves there are; there are no others.
//   - O3: twelve types of order, with vendors' numbers and words (B25, HC).
//   - O4: a line is charged as subscription, pay-per-use or package; reserved instances are listed apart (B25, HCN, H20).
//   - O5: an order shows its fields, and list - discount = payable = coupons + cards + cash, always (B25).
//   - O6: orders made together are one purchase of at most 30, with one deadline, moved whole (HCN, H20, H25, H24).
//   - O7: an order pending approval is paid only after approval (H25).
//   - O8: what is not yet paid can be canceled, up to 30 at once; canceled and voided orders never come back (HCN, HC).
//   - O9: a cancellation says why, and a cause that comes during payment is kept until its end (HC).
//   - O10: the enterprise project of an order is its own for ever (H20).
//   - O11: lines of third parties are listed, and stand outside every sum (H25).
//   - O12: a resource is in at most one open order; an order past its deadline makes room (HC, A, B).
//   - O13: money never mixes currencies, never loses a unit, and splits exactly.
//   - O14: amounts include tax; a line carries the tax contained for information.
//   - E1: an order can be paid for exactly 7 days, or what the policy says for its products (H20, H24, HC, A).
//   - E2: a discount that shortens moves the deadline in to its own end (H24).
//   - E3: a discount that is honored stays good until the order's deadline (H24).
//   - E4: a discount that is judged at payment cannot be paid with once it has ended (H20).
//   - E5: choosing another discount computes the deadline again from the placement, never beyond the lifetime.
//   - E6: the deadline explains itself.
//   - E7: a discount that has ended or not begun cannot be chosen.
//   - X1: orders are found by time, product, bill type, ID, resource, service, type and state, in keyset pages (B25, H25, HCN).
//   - X2: what is found, or a selection, is exported as RFC 4180 CSV, streaming (HCN).
//   - X3: reserved instances are listed apart; enterprise projects filter (H20).
package order
