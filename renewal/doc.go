// Package renewal decides how long a resource lasts and what becomes of it: expiries that
// keep their day of the month, renewals brought to one day, automatic renewal, grace and
// retention, what a change costs, and what comes back when a resource is given up. It
// decides; it stores nothing, pays nothing and takes every time as an argument.
//
// # Words
//
// A Resource is used until its expiry; then it is in grace (usable), in retention (frozen,
// its data kept), and released. The anchor is the day of the month and the clock time that its
// months are counted from, as they were bought. A unified day is the day of the month that expiries are brought to: a
// renewal to it is a whole term and odd days, and it can count in every month, quarter or year. Remaining time is a Fraction, exactly.
//
// # Tour
//
// First and Next find expiries; Unify the renewal to a unified day, Align the shortened
// first term, Preview both for many resources with prices and reasons. Resource.State says
// where a resource stands; Renew, Extend, SetMode, Release and Lapse move it; Draft and
// Batch make the orders that are paid for it; NextAttempt says when it is renewed
// automatically. Period.Remaining and Change.Upgrade price a change, Bought.Leave and
// Bought.Downgrade find what comes back. Query finds, WriteCSV exports the renewal list.
//
// Left to the host: prices, who may do what, and carrying out what is due.
//
// # Errors
//
//	order.FieldError  the input is not valid: correct it
//	MoveError         ErrState, ErrMode, ErrBound, ErrKept, ErrAtExpiry, order.ErrResourceTaken or
//	                  order.ErrPaymentInProgress: its advice says what to do
//	ExportError       ErrTooMany, or the error that ended the export
//
// On every error what was given is as it was.
//
// # Policy
//
// What differs from house to house is data. The zero Policy is neutral:
//
//	Zone           UTC
//	Ending         23:59:59 of the last day
//	Terms          any number of days, weeks, months or years
//	FromPayment    a late renewal begins at the expiry
//	Least          at least the term
//	UnifiedDays    1 to 28, and the last day of the month
//	UnifiedMonths  every month
//	DayCount       a day is a thirtieth of a month
//	Rounding       half up
//	Attempts       none
//	Keep           released at expiry
//	Leaving        civil days of the period itself, left and used; no fee, no window, no approval;
//	               changed to less at once, or at the expiry, and to more for what is left
//	               of the period
//	MaxRows        no limit
//
// Huawei, Huawei2025, HuaweiChina, Alibaba, AlibabaChina, Tencent, Baidu and Stripe return
// what these vendors publish, SaaS what suits a house that sells software by the month.
//
// # Counts
//
// Of the period itself what is used and what is left are the whole, at every second. Huawei
// Cloud counts them in two ways: what is left by the page "Pricing of Changed Specifications",
// what is used by the page "Billing of In-use Resource Unsubscription". Of a month bought
// 2023-04-08 00:00:00, on 2023-04-18 10:00:00:
//
//	                 left (Q1)                             used (Q3)                  together
//	the zero Policy  21/31      civil days                 10/31    civil days        1/1
//	Huawei           102/155    days of calendar months    125/372  hours by clock    1849/1860
//	Huawei2025       7561/11160 hours of calendar months   125/372  hours by clock    11311/11160
//	HuaweiChina      102/155    days of calendar months    125/372  hours by clock    1849/1860
//	Alibaba          21/31      civil days                 10/31    civil days        1/1
//	AlibabaChina     21/31      civil days                 10/31    civil days        1/1
//	Tencent          2/3        days from clock to clock   1/3      the same          1/1
//	Baidu            2/3        days from clock to clock   1/3      the same          1/1
//	Stripe           47/72      seconds                    25/72    seconds           1/1
//	SaaS             47/72      seconds                    25/72    seconds           1/1
//
// What comes back never grows with time, but where a fee falls: the fee of Huawei by the
// years used (Q4).
//
// # Rules
//
// Times of the sources are GMT+08:00. HC and HCN are pages of Huawei Cloud, A of Alibaba
// Cloud, T of Tencent Cloud, B of Baidu AI Cloud, S of Stripe, M of Microsoft.
//
//   - R1: renewed by hand for the terms that are sold, as 1-11 months or 1-3 years, from the original expiry, late or not (HCN, HC), or by policy, where it was frozen, from the payment.
//   - R2: a period ends 23:59:59 of its last day, at the clock time it began, at 00:00 of the next, or the day before its anniversary (HC, B, S, A).
//   - R3: months clamp to the last day and keep the day they started from, in constant time (S, HC).
//   - R4: manual, automatic, to pay-per-use, not renewed; what is no longer sold stays not renewed (HCN, HC).
//   - R5: automatic renewals are attempted by a schedule that is data (HC, A, T, B).
//   - R6: a renewal to a unified day, of each month, quarter or year, reaches the first such day not earlier than the term (HCN, HC, A, T, B, S).
//   - R7: the whole term costs its own price, odd days a share of the monthly price, or of that of days or weeks; a shortened first term at most the whole (T, B, HC, S).
//   - R8: a preview tells for many resources days, expiry, price, and who cannot take part and why (HCN).
//   - R9: in use, in grace, in retention, released, by lengths that depend on tier and charge (HCN, HC).
//   - R10: bound resources renew with their main resource, attached ones alone (HC).
//   - R11: released by hand once expired, or at the end of retention, not while it is being paid for (HCN).
//   - R12: to pay-per-use takes effect at the second of expiry, and can be taken back before (HC).
//   - R13: the renewal list is found by expiry, resource and order, and exported with prices (HCN).
//   - Q1: remaining time is of the period itself (S, B), or by calendar month or 365 days (HC), never more than was bought.
//   - Q2: an upgrade costs the difference for the remaining time, with the discount (HC, B).
//   - Q3: what comes back is what was paid less what was consumed and a fee (HC, A, B).
//   - Q4: fees are by term and time used; in a window after provisioning everything comes back (HC).
//   - Q5: a renewal that has not begun comes back whole; an ended coupon does not (HC).
//   - Q6: what comes back is split by what paid, and never more than was paid (T).
//   - Q7: some resources cannot be left, and large refunds need approval (HCN, HC).
//   - Q8: one change moves product, count or both, and is priced for each period, or waits for the expiry (S, A).
package renewal
