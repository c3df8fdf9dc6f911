package desk_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"pgregory.net/rapid"
)

// fitting is a gateway that fails as it is told to, and notes what it is asked to give back that
// does not fit what is known.
type fitting struct {
	*inmem.Gateway
	fails string // the call that fails, after its effect
	known func() []payment.Payment
	wrong []string
}

func (g *fitting) Lookup(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	if g.fails == "lookup" {
		return gateway.Outcome{}, errHost
	}
	return g.Gateway.Lookup(ctx, c)
}

func (g *fitting) Refund(ctx context.Context, f gateway.Refund) (gateway.Outcome, error) {
	for _, p := range g.known() {
		if p.ID == f.Payment && p.Left().Sign() < 0 {
			g.wrong = append(g.wrong, fmt.Sprintf("%s is asked for, and %s is left with it: %s is gone, %s parked", f.Amount, p.Left(), p.Gone, p.Parked))
		}
	}
	out, err := g.Gateway.Refund(ctx, f)
	if g.fails == "refund" {
		return gateway.Outcome{}, errHost
	}
	return out, err
}

// P18: whatever the bank takes back and gives up, whoever hears of it when, and whatever fails: no
// refund is sent that does not fit, each change is told once, and the books stay whole.
func TestP18_SendsWhatFits(outer *testing.T) {
	met := make(map[payment.RefundState]int)
	overdrawn := 0
	rapid.Check(outer, func(t *rapid.T) {
		r := newHost(outer)
		g := &fitting{Gateway: r.g, known: func() []payment.Payment { return r.s.All("c1").Payments }}
		r.d.Gateways["g"] = g
		amounts := rapid.SliceOfN(rapid.Int64Range(1, 9000), 1, 4).Draw(t, "amounts")
		p := r.charged("k", amounts...)
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			g.fails = rapid.SampledFrom([]string{"", "", "", "lookup", "refund"}).Draw(t, "fails")
			switch rapid.SampledFrom([]string{"bank", "bank", "hint", "fail", "fail", "sweep", "operator"}).Draw(t, "step") {
			case "bank":
				r.g.Return(p.Key, cents(rapid.Int64Range(0, p.Amount.Minor()).Draw(t, "gone")))
			case "hint":
				_, _ = r.d.Hint(ctx, gateway.Hint{Customer: "c1", Payment: p.ID}) // which fails where the lookup does
			case "fail":
				id := order.ID(fmt.Sprintf("k%d", rapid.IntRange(0, len(amounts)-1).Draw(t, "order")))
				if r.order(id).State == order.StatePaid {
					r.move(id, order.EventFail)
				}
			case "sweep":
				r.clock.Move(time.Duration(rapid.IntRange(1, 100).Draw(t, "hours")) * time.Hour)
				r.sweep()
			case "operator":
				for _, f := range r.s.All("c1").Refunds {
					_ = r.decides(f, rapid.SampledFrom([]desk.Decision{desk.DecisionAgain, desk.DecisionAgain, desk.DecisionFailed}).Draw(t, "decision")) // where it may
				}
			}
			if bad := append(g.wrong, brokenBy(r)...); bad != nil {
				t.Fatal(bad)
			}
		}
		for _, f := range r.s.All("c1").Refunds {
			met[f.State]++
		}
		if r.payment(p.ID).Overdrawn().Sign() > 0 {
			overdrawn++
		}
	})
	outer.Logf("refunds: %v, %d overdrawn", met, overdrawn)
	if testing.Short() {
		return
	}
	for _, s := range []payment.RefundState{payment.RefundDue, payment.RefundParked, payment.RefundSent, payment.RefundDone} {
		if met[s] == 0 {
			outer.Errorf("no refund is %s", s)
		}
	}
	if overdrawn == 0 {
		outer.Error("nothing is overdrawn")
	}
}

func brokenBy(r *host) (texts []string) {
	for _, v := range ledger.Audit(r.s.All("c1"), r.g.Ledger()) {
		texts = append(texts, v.String())
	}
	return texts
}

// P18: a bill is worth what it is, in every order of what is taken back of its payments, comes again,
// is charged again and paid by hand: what the customer paid for it, and has not in credit, is what it
// comes to without what is due.
func TestP18_BillsAreWorthWhatTheyAre(outer *testing.T) {
	credited, again := 0, 0
	rapid.Check(outer, func(t *rapid.T) {
		r, _ := billedOnce(outer)
		ends := gateway.StatusCaptured
		r.g.Answer = func(gateway.Charge) gateway.Outcome { return gateway.Outcome{Status: ends} }
		for range rapid.IntRange(1, 14).Draw(t, "steps") {
			ends = rapid.SampledFrom([]gateway.Status{gateway.StatusCaptured, gateway.StatusProcessing, gateway.StatusDeclined}).Draw(t, "ends")
			tries := slices.DeleteFunc(r.tries(), func(p payment.Payment) bool { return p.State != payment.PaymentSucceeded })
			p := rapid.SampledFrom(tries).Draw(t, "of")
			switch rapid.SampledFrom([]string{"bank", "bank", "again", "by hand", "sweep", "sweep"}).Draw(t, "step") {
			case "bank":
				r.taken(p, rapid.Int64Range(0, p.Amount.Minor()).Draw(t, "gone"))
			case "again":
				r.must(r.resolveBill(desk.DecisionAgain))
			case "by hand":
				_ = r.resolveBill(desk.DecisionSucceeded) // unless it is charged
			case "sweep":
				r.clock.Move(time.Duration(rapid.IntRange(1, 40).Draw(t, "hours")) * time.Hour)
				r.sweep()
			}
			if bad := brokenBy(r); bad != nil {
				t.Fatal(bad)
			}
			has := int64(0)
			for _, p := range r.tries() {
				if p.State == payment.PaymentSucceeded {
					has += p.Amount.Minor() - p.Gone.Minor()
				}
			}
			for _, b := range r.s.All("c1").Bills {
				due := int64(0)
				if b.State == payment.BillDue {
					due = b.Due().Minor()
				}
				if credit := r.credit(order.USD).Balance.Minor(); has+b.ByHand.Minor()-credit != 10000-due {
					t.Fatalf("%d is had of it, %s by hand, %d in credit, and %d is due", has, b.ByHand, credit, due)
				}
				credited, again = credited+btoi(b.Twice.Sign() > 0), again+btoi(b.Reopened > 1)
			}
		}
	})
	if outer.Logf("%d times paid twice, %d times due again more than once", credited, again); !testing.Short() && (credited == 0 || again == 0) {
		outer.Error("nothing was paid twice, or due again")
	}
}
