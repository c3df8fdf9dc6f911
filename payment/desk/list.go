package desk

import (
	"context"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
)

// List is what waits for an operator, over all customers (X4). The zero value is no list.
//
// One of: payments in review, payments overdrawn, refunds in review, refunds parked, orders paid,
// bills overdue, credits in review, accounts overdrawn, notices undeliverable.
type List string

const (
	ListPayments  List = "payments in review"    // the gateway has said what cannot be, or not how they end: Resolve
	ListExcess    List = "payments overdrawn"    // more of them was refunded and taken back than captured (P18): the house is out of pocket
	ListRefunds   List = "refunds in review"     // the gateway cannot give them, or has not: Resolve
	ListParked    List = "refunds parked"        // what is left of the payment does not cover them, since some was taken back (P18): Resolve
	ListOrders    List = "orders paid"           // and not yet completed: Move, to complete or to fail
	ListBills     List = "bills overdue"         // from the first decline, or since they are due again, until they are charged (P6, P18): those that wait for an operator have no Try, ResolveBill
	ListCredits   List = "credits in review"     // what of a credit no payment can take: SettleCredit (P21)
	ListOverdrawn List = "accounts overdrawn"    // below zero, or a credit account further than it may be
	ListNotices   List = "notices undeliverable" // their tries are used up: tell the customer, or have them sent again: ResolveNotice
)

var lists = []List{ListPayments, ListExcess, ListRefunds, ListParked, ListOrders, ListBills, ListCredits, ListOverdrawn, ListNotices}

// UnmarshalText reads a list strictly.
func (l *List) UnmarshalText(b []byte) error { return order.ReadWord("list", l, lists, b) }

// listed are the records of each list.
var listed = map[List]ledger.ListQuery{
	ListPayments:  {Kind: ledger.KindPayment, State: string(payment.PaymentReview)},
	ListExcess:    {Kind: ledger.KindPayment, State: ledger.StateOverdrawn},
	ListParked:    {Kind: ledger.KindRefund, State: string(payment.RefundParked)},
	ListRefunds:   {Kind: ledger.KindRefund, State: string(payment.RefundReview)},
	ListOrders:    {Kind: ledger.KindOrder, State: string(order.StatePaid)},
	ListBills:     {Kind: ledger.KindBill, State: ledger.StateOverdue},
	ListCredits:   {Kind: ledger.KindCredit, State: string(ledger.CreditReview)},
	ListOverdrawn: {Kind: ledger.KindAccount, State: ledger.StateOverdrawn},
	ListNotices:   {Kind: ledger.KindNotice, State: string(ledger.NoticeUndeliverable)},
}

// ListRequest asks for one page of a list.
type ListRequest struct {
	By    string        `json:"by"` // the operator
	List  List          `json:"list"`
	After ledger.Cursor `json:"after,omitzero"`  // the Next of the page before; zero: the first page
	Limit int           `json:"limit,omitempty"` // of a page, at most order.MaxLimit; 0: order.DefaultLimit
}

// Check reports the first thing about r that is not valid, as an [*order.FieldError].
func (r ListRequest) Check() error {
	if err := checkBy(r.By); err != nil {
		return err
	}
	if err := order.CheckWord("list", r.List, lists); err != nil {
		return err
	}
	return r.query().Check()
}

func (r *ListRequest) query() ledger.ListQuery {
	q := listed[r.List]
	q.After, q.Limit = r.After, r.Limit
	return q
}

// Listed is one page of a list: the records of its one kind, each with its customer.
type Listed struct {
	Payments []payment.Payment      `json:"payments,omitempty"`
	Refunds  []payment.Refund       `json:"refunds,omitempty"`
	Orders   []order.Order          `json:"orders,omitempty"`
	Bills    []payment.Bill         `json:"bills,omitempty"`
	Credits  []ledger.CreditBalance `json:"credits,omitempty"`
	Accounts []payment.Account      `json:"accounts,omitempty"`
	Notices  []ledger.Notice        `json:"notices,omitempty"`
	Next     ledger.Cursor          `json:"next"` // the After of the page that follows; zero: this is the last one
}

// List returns a page of what waits for an operator over all customers, the oldest first, by
// the time that [ledger.Record] says (X4): payments and orders since they are in that state,
// refunds since they were made, bills by their month, notices as they were written; accounts and
// credits, which keep no time, by customer. What stays on the list is on exactly one page,
// whatever comes or goes between two calls. The Desk's Store is a [ledger.Lister].
//
// The host's Checks are asked about who acts, in an [Inquiry] of no customer and no orders: what
// is denied is a [*payment.Refusal] (P10).
func (d *Desk) List(ctx context.Context, r ListRequest) (Listed, error) {
	if err := r.Check(); err != nil {
		return Listed{}, err
	}
	store, ok := d.Store.(ledger.Lister)
	if !ok {
		return Listed{}, misset("desk", "", "has no Store that is a ledger.Lister: set one")
	}
	at, err := d.now()
	if err != nil {
		return Listed{}, err
	}
	said, err := d.Checks.Ask(ctx, Inquiry{By: r.By, At: at})
	d.trace("checks", "", string(r.List), err)
	if err != nil {
		return Listed{}, hostError(ctx, "checks of list "+string(r.List), "", err)
	}
	if said.Denied != "" {
		return Listed{}, payment.Refusef(payment.ReasonDenied, "%s may not list %s: %s", r.By, r.List, said.Denied)
	}
	page, err := store.List(ctx, r.query())
	d.trace("list", "", string(r.List), err)
	if err != nil {
		return Listed{}, hostError(ctx, "list "+string(r.List), "", err)
	}
	var all ledger.Records
	for _, one := range page.Records {
		if err := all.Decode(one); err != nil {
			return Listed{}, hostError(ctx, "list "+string(r.List), "", err)
		}
	}
	return Listed{Payments: all.Payments, Refunds: all.Refunds, Orders: all.Orders, Bills: all.Bills, Credits: all.Credits,
		Accounts: all.Accounts, Notices: all.Notices, Next: page.Next}, nil
}
