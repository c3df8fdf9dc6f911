package ledgertest

import (
	"reflect"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// full are records of a customer with whatever is kept in lists, at every depth: few
// histories leave the coupons of a refund, or the lines of a quote.
func full(id order.CustomerID) ledger.Records {
	at, month := opening, renewal.Period{Start: opening, Expiry: opening.Add(31 * 24 * time.Hour), Term: renewal.Term{N: 1, Unit: order.Month}}
	limits := coupon.Limits{Projects: []order.ProjectID{"p"}, Without: []discount.Kind{discount.KindPromotional}, Scope: discount.Scope{
		Services: []string{"ECS"}, Products: []string{"ecs.large"}, Regions: []string{"north"}, Types: []order.Type{order.TypePurchase}, Charges: []order.Charge{order.ChargeSubscription}}}
	c := coupon.Coupon{ID: "full", Customer: id, Kind: coupon.KindCash, State: coupon.StateAvailable, Face: cents(9), Balance: cents(9), HeldFor: []order.ID{"full"}, Limits: limits}
	parts := []payment.CouponPart{{Coupon: c.ID, Kind: c.Kind, Amount: cents(3)}}
	held := []renewal.PaidPeriod{{Order: "full", Period: month, ResidualParts: []order.Money{cents(5), cents(6)}}}
	amounts := payment.Amounts{List: cents(10), Discount: cents(0), Payable: cents(10), Coupons: cents(3), Cards: cents(0), Cash: cents(7)}
	r := ledger.Records{
		Orders: []order.Order{{ID: "full", Customer: id, Type: order.TypePurchase, State: order.StatePaid, Placed: at, Changed: at,
			Lines: []order.Line{{Product: "ecs.large", Service: "ECS", Count: 1, Charge: order.ChargeSubscription, Amount: cents(10)}}}},
		Coupons: []coupon.Coupon{c},
		Payments: []payment.Payment{{ID: "full", Customer: id, State: payment.PaymentSucceeded, HeldAt: at, Paid: at, Changed: at, Trade: "t",
			Request: payment.Request{Key: "full", Customer: id, By: "by", Method: payment.MethodBalance, Orders: []order.ID{"full"}, Coupons: []coupon.ID{c.ID},
				Discounts: []payment.Pick{{Order: "full", Best: true}}, Agreed: []payment.Agreed{{Order: "full", State: order.StateUnpaid, Payable: cents(10), Cash: cents(7)}}},
			Quote: payment.Quote{Payment: "full", Customer: id, At: at, Method: payment.MethodBalance, Account: payment.AccountOwn, Sum: amounts,
				Items:   []payment.Item{{Order: "full", Amounts: amounts, Parts: parts, Lines: [][]order.Money{{cents(3)}}}},
				Dropped: []payment.Drop{{Order: "another", Reason: payment.ReasonBadRequest, Text: "why"}}, Coupons: []coupon.Verdict{{Coupon: c.ID, Reason: coupon.ReasonThreshold}}},
			Returns: []payment.Return{{Refund: "full", Order: "full", Cash: cents(2), Coupons: parts}}}},
		Refunds: []payment.Refund{{ID: "full", Customer: id, Payment: "full", Order: "full", RefundOrder: "full", State: payment.RefundDone, Cash: cents(2),
			Method: payment.MethodBalance, Siblings: []order.RefundID{"another"}, Coupons: parts, Made: at, Done: at}},
		Resources: []renewal.Resource{{ID: "full", Customer: id, Product: "ecs.large", Count: 1, Charge: order.ChargeSubscription, Start: at, Expiry: month.Expiry,
			Mode: renewal.ModeManual, Periods: held, Added: held}},
		Instruments: []ledger.Instrument{{Customer: id, ID: "full", Tries: []time.Time{at}}},
		Notices:     []ledger.Notice{{ID: "full", Customer: id, N: 1, Kind: ledger.NoticePaid, At: at, Orders: []order.ID{"full"}}},
		Entries:     []ledger.Entry{{ID: "full", Customer: id, At: at, By: "by", Step: "step", Moves: []ledger.EntryLine{{Kind: ledger.KindOrder, ID: "full"}}}},
		Codes:       []ledger.PublicCode{{Issuer: id, Code: coupon.Code{Code: "full", Left: 1, Coupon: coupon.Template{Kind: c.Kind, Face: cents(9), HeldFor: []order.ID{"full"}, Limits: limits}}}},
		Claims:      []ledger.Claim{{ID: "full", Issuer: id, State: ledger.ClaimDue, Coupon: c, At: at}},
	}
	return r.Copy() // the lists that stand in two places are two
}

// deepest is how many lists the innermost of a record lies in.
const deepest = 3

// scribble changes what lies in lists at a depth, 0 being the records themselves, and
// leaves what leads there.
func scribble(r *ledger.Records, depth int) { scribbleIn(reflect.ValueOf(r).Elem(), depth) }

func scribbleIn(v reflect.Value, depth int) {
	switch {
	case v.Kind() == reflect.Struct && v.Type() != instant:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				scribbleIn(v.Field(i), depth)
			}
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			if depth == 0 {
				v.Index(i).SetZero()
			} else {
				scribbleIn(v.Index(i), depth-1)
			}
		}
	}
}
