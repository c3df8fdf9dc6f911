package ordertest

import (
	"time"

	"github.com/duebook/duebook/order"
	"pgregory.net/rapid"
)

// Events are the events that move an order, all but the placing of it.
func Events() []order.Event {
	return []order.Event{order.EventConfirm, order.EventApprove, order.EventReject, order.EventWithdraw, order.EventCancel,
		order.EventExpire, order.EventHold, order.EventSettle, order.EventRelease, order.EventComplete, order.EventFail, order.EventRefund}
}

// Move draws a move that passes Check, for no order in particular.
func Move() *rapid.Generator[order.Move] {
	return rapid.Custom(func(t *rapid.T) order.Move {
		m := order.Move{
			Event: rapid.SampledFrom(Events()).Draw(t, "event"),
			At:    Instant().Draw(t, "at"),
			By:    Text(1, 64).Draw(t, "by"),
		}
		complete(t, &m, ID[order.PaymentID]().Draw(t, "payment"))
		return m
	})
}

// causes are the reasons a cancellation can give; rejected is the reason of reject.
func causes() []order.Reason {
	var out []order.Reason
	for _, r := range order.Reasons() {
		if r != order.ReasonRejected {
			out = append(out, r)
		}
	}
	return out
}

// complete gives a move what its event needs.
func complete(t *rapid.T, m *order.Move, held order.PaymentID) {
	switch m.Event {
	case order.EventHold, order.EventSettle, order.EventRelease:
		m.Payment = held
	case order.EventCancel:
		m.Reason = rapid.SampledFrom(causes()).Draw(t, "reason")
	case order.EventFail:
		m.Reason = rapid.SampledFrom(append(causes(), "")).Draw(t, "reason")
	}
}

// MoveFor draws a move that o takes: alone, or as a member of its purchase. Where
// o takes no move, the test that asks is skipped.
func MoveFor(o order.Order) *rapid.Generator[order.Move] {
	return rapid.Custom(func(t *rapid.T) order.Move {
		ms := movesFor(t, o)
		if len(ms) == 0 {
			t.Skipf("order is %s: no move for it alone", o.State)
		}
		return rapid.SampledFrom(ms).Draw(t, "move")
	})
}

// movesFor draws a move for each event that o takes now.
func movesFor(t *rapid.T, o order.Order) (ms []order.Move) {
	for _, e := range Events() {
		if !leads(o, e) {
			continue
		}
		for _, m := range try(t, e, o.Placed, o.Deadline, []order.Order{o}) {
			if _, err := o.Apply(m); err == nil {
				ms = append(ms, m)
			}
		}
	}
	return ms
}

// leads reports whether the table lets an event leave the state of o, in some flow.
func leads(o order.Order, e order.Event) bool {
	for _, x := range order.Transitions() {
		if x.From == o.State && x.Event == e {
			return true
		}
	}
	return false
}

// try draws a move in time and a late one, of an event for orders that stand together.
func try(t *rapid.T, e order.Event, placed, deadline time.Time, orders []order.Order) (ms []order.Move) {
	last := deadline
	for _, o := range orders {
		if until := o.Reduction.Window.Until; o.Reduction.Lapse == order.LapseJudged && !until.IsZero() && until.Before(last) {
			last = until
		}
	}
	if last.IsZero() {
		last = placed.Add(90 * 24 * time.Hour)
	}
	held := orders[0].Payment
	if held == "" {
		held = ID[order.PaymentID]().Draw(t, "payment")
	}
	m := order.Move{Event: e, By: Text(1, 64).Draw(t, "by")}
	complete(t, &m, held)
	if e == order.EventSettle || e == order.EventRefund && orders[0].Flow() == order.FlowBack {
		m.Parts = parts(t, orders)
	}
	m.At = placed.Add(time.Duration(rapid.Int64Range(0, int64(last.Sub(placed)/time.Second)).Draw(t, "seconds after placement")) * time.Second)
	ms = append(ms, m)
	if !deadline.IsZero() {
		m.At = deadline.Add(time.Second + seconds(t, "seconds late"))
		ms = append(ms, m)
	}
	return ms
}

// parts draws what paid the orders, none now and then: then it was all cash.
func parts(t *rapid.T, orders []order.Order) (ps []order.OrderParts) {
	if !rapid.Bool().Draw(t, "say what paid") {
		return nil
	}
	for _, o := range orders {
		ps = append(ps, order.OrderParts{Order: o.ID, Parts: Parts(o.Payable()).Draw(t, "parts")})
	}
	return ps
}

// Parts draws what could have paid an order: parts that add up to payable.
func Parts(payable order.Money) *rapid.Generator[order.Parts] {
	return rapid.Custom(func(t *rapid.T) order.Parts {
		sign := int64(payable.Sign())
		n := sign * payable.Minor()
		coupons := rapid.Int64Range(0, n).Draw(t, "coupons")
		cards := rapid.Int64Range(0, n-coupons).Draw(t, "cards")
		of := func(k int64) order.Money { return order.Minor(sign*k, payable.Currency()) }
		return order.Parts{Coupons: of(coupons), Cards: of(cards), Cash: of(n - coupons - cards)}
	})
}
