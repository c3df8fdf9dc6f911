package order_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"pgregory.net/rapid"
)

// The moves of O2 that need no condition, written again: what leads where.
var ruleMoves = map[order.Flow]map[order.State]map[order.Event]order.State{
	order.FlowCharge: {
		"pending confirmation": {"confirm": "unpaid", "cancel": "canceled", "expire": "voided"},
		"pending approval":     {"approve": "unpaid", "reject": "canceled", "cancel": "canceled", "expire": "voided"},
		"unpaid":               {"hold": "paying", "cancel": "canceled", "expire": "voided"},
		"paying":               {"settle": "paid", "release": "unpaid", "cancel": "paying"},
		"paid":                 {"complete": "completed", "fail": "refunding"},
		"refunding":            {"refund": "refunded"},
	},
	order.FlowNone: {
		"pending approval": {"approve": "paid", "reject": "canceled", "cancel": "canceled"},
		"paid":             {"complete": "completed", "fail": "refunding"},
		"refunding":        {"refund": "refunded"},
	},
	order.FlowBack: {
		"pending approval": {"approve": "refunding", "reject": "canceled", "withdraw": "canceled"},
		"refunding":        {"refund": "completed"},
	},
}

// ruled is what O2 says of a move of an order, slowly: where it stands then, and why
// it was canceled or is to be, or the sentinel of the refusal. cause is what came for it, or for its
// purchase, while it was being paid.
func ruled(o order.Order, m order.Move, cause order.Reason) (to order.State, why order.Reason, refused error) {
	flow := o.Flow()
	if flow == order.FlowNone && !o.Deadline.IsZero() {
		flow = order.FlowCharge // it waits for its purchase
	}
	late := !o.Deadline.IsZero() && m.At.Unix() > o.Deadline.Unix()
	before := o.State == "pending approval" || o.State == "pending confirmation" || o.State == "unpaid"
	r := o.Reduction
	switch {
	case before && late && (m.Event == "approve" || m.Event == "confirm" || m.Event == "hold"):
		return "", "", order.ErrPastDeadline
	case before && !late && m.Event == "expire":
		return "", "", order.ErrNotDue
	case o.State == "unpaid" && m.Event == "hold" && r.Lapse == order.LapseJudged && !r.Window.Until.IsZero() && m.At.Unix() > r.Window.Until.Unix():
		return "", "", order.ErrWindow
	case o.State == "paying" && (m.Event == "settle" || m.Event == "release") && m.Payment != o.Payment:
		return "", "", order.ErrOtherPayment
	}
	to, ok := ruleMoves[flow][o.State][m.Event]
	if !ok || o.State == "paying" && m.Event == "cancel" && m.Reason == order.ReasonCustomer {
		if o.State == "paying" {
			return "", "", order.ErrPaymentInProgress
		}
		return "", "", order.ErrState
	}
	why = o.Reason
	switch {
	case o.State == "paying" && cause != "" && m.Event == "release":
		to, why = "canceled", cause
	case o.State == "paying" && cause != "" && m.Event == "settle":
		to, why = "refunding", cause
	case m.Event == "release" && late:
		to = "voided"
	case m.Event == "confirm" && o.Review:
		to = "pending approval"
	case m.Event == "reject":
		why = order.ReasonRejected
	case m.Event == "withdraw":
		why = order.ReasonCustomer
	case m.Event == "fail", m.Event == "cancel" && why == "":
		why = m.Reason
	}
	return to, why, nil
}

// anyMove draws a sound move for an order in time, at its deadline or late, by the
// payment that holds it or by another.
func anyMove(t *rapid.T, o order.Order) order.Move {
	m := ordertest.Move().Draw(t, "move")
	m.At = o.Placed.Add(time.Duration(rapid.IntRange(0, 24*60*60).Draw(t, "seconds after")) * time.Second)
	edges := []time.Time{o.Deadline, o.Reduction.Window.Until}
	if edge := rapid.SampledFrom(edges).Draw(t, "edge"); !edge.IsZero() && rapid.Bool().Draw(t, "at an edge") {
		m.At = edge.Add(time.Duration(rapid.SampledFrom([]int{-1, 0, 1, 999, 1000, 1001}).Draw(t, "ms")) * time.Millisecond)
	}
	if m.At.Before(o.Placed) { // the window can end when the order is placed
		m.At = o.Placed
	}
	if m.Payment != "" && o.Payment != "" && rapid.IntRange(0, 3).Draw(t, "held by it") > 0 {
		m.Payment = o.Payment
	}
	return m
}

// follows fails unless the order did what the rule says of the move.
func follows(t *rapid.T, o order.Order, m order.Move, after order.Order, err error) {
	t.Helper()
	to, why, refused := ruled(o, m, o.Reason)
	if refused != nil {
		var e1 *order.MoveError
		var e2 *order.ReductionError
		if !errors.Is(err, refused) || !errors.As(err, &e1) && !errors.As(err, &e2) {
			t.Fatalf("%s while %s: %v, want %v", m.Event, o.State, err, refused)
		}
		if e1 != nil && (e1.Order != o.ID || e1.From != o.State || e1.Event != m.Event || !e1.At.Equal(m.At) || !e1.Deadline.Equal(o.Deadline) || e1.Payment != o.Payment || e1.Do == "") {
			t.Fatalf("the refusal says %#v", e1)
		}
		same(t, "refused", o, after)
		return
	}
	if err != nil || after.State != to || after.Reason != why {
		t.Fatalf("%s while %s: %s for %q, %v; want %s for %q", m.Event, o.State, after.State, after.Reason, err, to, why)
	}
	sound(t, after)
	want := o // what the move may change, and nothing else
	want.State, want.Reason, want.Changed, want.Payment, want.Paid, want.Review = after.State, after.Reason, after.Changed, after.Payment, after.Paid, after.Review
	same(t, "changed besides", want, after)
	changed := o.Changed // it never goes back, whatever the clocks of callers say
	if at := m.At.Truncate(time.Second); at.After(changed) {
		changed = at
	}
	if !after.Changed.Equal(changed) {
		t.Fatalf("changed %v, want %v", after.Changed, changed)
	}
	switch {
	case m.Event == order.EventHold && after.Payment != m.Payment, m.Event == order.EventRelease && after.Payment != "",
		m.Event != order.EventHold && m.Event != order.EventRelease && after.Payment != o.Payment:
		t.Fatalf("%s: payment %q, then %q", m.Event, o.Payment, after.Payment)
	case after.Review != (o.Review && m.Event != order.EventConfirm):
		t.Fatalf("%s: review %v, then %v", m.Event, o.Review, after.Review)
	}
}

// O2: every event in every state of every flow does what the rule says, or is refused
// with the order unchanged.
func TestO2_EveryStateAndEvent(t *testing.T) {
	for _, s := range order.States() {
		t.Run("O2 "+string(s), func(t *testing.T) {
			for seed := range 30 {
				o := ordertest.OrderIn(s).Example(seed)
				for _, m := range everyMove(o) {
					after, err := o.Apply(m)
					to, _, refused := ruled(o, m, o.Reason)
					if refused == nil && (err != nil || after.State != to) || refused != nil && !errors.Is(err, refused) {
						t.Fatalf("%s at %v (seed %d): %s, %v; want %s, %v", m.Event, m.At, seed, after.State, err, to, refused)
					}
					if refused != nil {
						same(t, "refused", o, after)
					}
				}
			}
		})
	}
}

// everyMove lists each event at each edge, by the payment that holds o and by another,
// for the customer and for a cause.
func everyMove(o order.Order) (ms []order.Move) {
	for _, e := range ordertest.Events() {
		for _, at := range []time.Time{o.Placed, o.Deadline, o.Deadline.Add(999 * time.Millisecond), o.Deadline.Add(time.Second)} {
			if at.Before(o.Placed) {
				continue // it has no deadline
			}
			m := moveAt(e, at)
			ms = append(ms, m)
			if m.Payment != "" && o.Payment != "" {
				m.Payment = o.Payment
				ms = append(ms, m)
			}
			if m.Reason != "" {
				m.Reason = order.ReasonContractEnded
				ms = append(ms, m)
			}
		}
	}
	return ms
}

// O2: over random walks an order stands where its twin stands; O5, O10 and O11 hold
// all the way, and so does what was frozen.
func TestO2_RandomWalks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := ordertest.AnyDraft().Draw(t, "draft")
		o, err := order.Place(d, ordertest.Instant().Draw(t, "placed"), ordertest.Policy().Draw(t, "policy"))
		if err != nil {
			t.Fatal(err)
		}
		first := o
		t.Repeat(map[string]func(*rapid.T){
			"": func(t *rapid.T) {
				sound(t, o)
				if o.Project != d.Project || o.ID != d.ID || !o.Latest.Equal(first.Latest) || !o.Placed.Equal(first.Placed) {
					t.Fatal("what is for ever has changed")
				}
			},
			"any move": func(t *rapid.T) {
				m := anyMove(t, o)
				after, err := o.Apply(m)
				follows(t, o, m, after, err)
				o = after
			},
			"a legal move": func(t *rapid.T) {
				if o.State.Final() {
					t.Skip("final")
				}
				m := ordertest.MoveFor(o).Draw(t, "move")
				after, err := o.Apply(m)
				follows(t, o, m, after, err)
				o = after
			},
			"reduce": func(t *rapid.T) {
				at := o.Placed.Add(time.Duration(rapid.IntRange(0, 60*60).Draw(t, "seconds after")) * time.Second)
				if after, err := o.Reduce(ordertest.ReductionAt(at).Draw(t, "reduction"), ordertest.Cuts(o).Draw(t, "cuts"), at); err == nil {
					o = after
				}
			},
		})
	})
}

// O2, by example: each condition of the table, at its last second and the next.
func TestO2_Moves(t *testing.T) {
	unpaid := placedOrder(t, draftOf("O1", 10000))
	approval := placedOrder(t, review(draftOf("O1", 10000)))
	confirmation := placedOrder(t, review(confirm(draftOf("O1", 10000))))
	paying := moved(t, unpaid, mv(order.EventHold))
	caused := moved(t, paying, because(order.ReasonContractEnded))
	paid := moved(t, paying, mv(order.EventSettle))
	last, lastMs, over := sevenLater, sevenLater.Add(999*time.Millisecond), sevenLater.Add(time.Second)
	other := mv(order.EventSettle)
	other.Payment = "P2"
	otherRelease := mv(order.EventRelease)
	otherRelease.Payment = "P2"
	for _, x := range []struct {
		name string
		from order.Order
		move order.Move
		to   order.State
		is   error
	}{
		{"O2 confirm, review is still needed", confirmation, mv(order.EventConfirm), order.StatePendingApproval, nil},
		{"O2 confirm", placedOrder(t, confirm(draftOf("O1", 1))), mv(order.EventConfirm), order.StateUnpaid, nil},
		{"O2 confirm at the deadline", confirmation, moveAt(order.EventConfirm, last), order.StatePendingApproval, nil},
		{"O2 confirm at the deadline .999", confirmation, moveAt(order.EventConfirm, lastMs), order.StatePendingApproval, nil},
		{"O2 confirm past the deadline", confirmation, moveAt(order.EventConfirm, over), "", order.ErrPastDeadline},
		{"O2 approve at the deadline", approval, moveAt(order.EventApprove, last), order.StateUnpaid, nil},
		{"O2 approve at the deadline .999", approval, moveAt(order.EventApprove, lastMs), order.StateUnpaid, nil},
		{"O2 approve past the deadline", approval, moveAt(order.EventApprove, over), "", order.ErrPastDeadline},
		{"O2 hold at the deadline", unpaid, moveAt(order.EventHold, last), order.StatePaying, nil},
		{"O2 hold at the deadline .999", unpaid, moveAt(order.EventHold, lastMs), order.StatePaying, nil},
		{"O2 hold past the deadline", unpaid, moveAt(order.EventHold, over), "", order.ErrPastDeadline},
		{"O2 expire at the deadline", unpaid, moveAt(order.EventExpire, last), "", order.ErrNotDue},
		{"O2 expire at the deadline .999", unpaid, moveAt(order.EventExpire, lastMs), "", order.ErrNotDue},
		{"O2 expire past the deadline", unpaid, moveAt(order.EventExpire, over), order.StateVoided, nil},
		{"O2 expire what waits for approval", approval, moveAt(order.EventExpire, over), order.StateVoided, nil},
		{"O2 expire what waits for confirmation", confirmation, moveAt(order.EventExpire, over), order.StateVoided, nil},
		{"O2 expire what is being paid", paying, moveAt(order.EventExpire, over), "", order.ErrPaymentInProgress},
		{"O2 cancel past the deadline, before a sweep", unpaid, moveAt(order.EventCancel, over), order.StateCanceled, nil},
		{"O2 hold what is held", paying, mv(order.EventHold), "", order.ErrPaymentInProgress},
		{"O2 cancel while paying", paying, mv(order.EventCancel), "", order.ErrPaymentInProgress},
		{"O2 a cause while paying", paying, because(order.ReasonContractEnded), order.StatePaying, nil},
		{"O2 settle", paying, mv(order.EventSettle), order.StatePaid, nil},
		{"O2 settle long past the deadline", paying, moveAt(order.EventSettle, over.AddDate(1, 0, 0)), order.StatePaid, nil},
		{"O2 settle by another payment", paying, other, "", order.ErrOtherPayment},
		{"O2 settle after a cause", caused, mv(order.EventSettle), order.StateRefunding, nil},
		{"O2 release at the deadline", paying, moveAt(order.EventRelease, lastMs), order.StateUnpaid, nil},
		{"O2 release past the deadline", paying, moveAt(order.EventRelease, over), order.StateVoided, nil},
		{"O2 release by another payment", paying, otherRelease, "", order.ErrOtherPayment},
		{"O2 release after a cause", caused, mv(order.EventRelease), order.StateCanceled, nil},
		{"O2 release after a cause, past the deadline", caused, moveAt(order.EventRelease, over), order.StateCanceled, nil},
		{"O2 settle what is paid", paid, mv(order.EventSettle), "", order.ErrState},
		{"O2 cancel what is paid", paid, mv(order.EventCancel), "", order.ErrState},
		{"O2 complete", paid, mv(order.EventComplete), order.StateCompleted, nil},
		{"O2 fail", paid, mv(order.EventFail), order.StateRefunding, nil},
		{"O2 refund", moved(t, paid, mv(order.EventFail)), mv(order.EventRefund), order.StateRefunded, nil},
		{"O2 refund of what is refunded", moved(t, paid, mv(order.EventFail), mv(order.EventRefund)), mv(order.EventRefund), "", order.ErrState},
		{"O2 a free order approved", placedOrder(t, review(freeDraft("O1"))), mv(order.EventApprove), order.StatePaid, nil},
		{"O2 a free order approved years later", placedOrder(t, review(freeDraft("O1"))), moveAt(order.EventApprove, on("2030-01-01 00:00:00")), order.StatePaid, nil},
		{"O2 a free order held", placedOrder(t, freeDraft("O1")), mv(order.EventHold), "", order.ErrState},
		{"O2 a free order expired", placedOrder(t, review(freeDraft("O1"))), moveAt(order.EventExpire, on("2030-01-01 00:00:00")), "", order.ErrNotDue},
		{"O2 money back, approved", placedOrder(t, review(backDraft("O1", 5))), mv(order.EventApprove), order.StateRefunding, nil},
		{"O2 money back, withdrawn", placedOrder(t, review(backDraft("O1", 5))), mv(order.EventWithdraw), order.StateCanceled, nil},
		{"O2 money back, rejected", placedOrder(t, review(backDraft("O1", 5))), mv(order.EventReject), order.StateCanceled, nil},
		{"O2 money back, withdrawn too late", placedOrder(t, backDraft("O1", 5)), mv(order.EventWithdraw), "", order.ErrState},
		{"O2 money back", placedOrder(t, backDraft("O1", 5)), mv(order.EventRefund), order.StateCompleted, nil},
		{"O2 withdraw what charges", approval, mv(order.EventWithdraw), "", order.ErrState},
		{"O7 hold before approval", approval, mv(order.EventHold), "", order.ErrState},
		{"O7 hold after approval", moved(t, approval, mv(order.EventApprove)), mv(order.EventHold), order.StatePaying, nil},
		{"O7 hold before confirmation", confirmation, mv(order.EventHold), "", order.ErrState},
		{"O7 hold between confirmation and approval", moved(t, confirmation, mv(order.EventConfirm)), mv(order.EventHold), "", order.ErrState},
	} {
		t.Run(x.name, func(t *testing.T) {
			after, err := x.from.Apply(x.move)
			if x.is != nil {
				var e *order.MoveError
				if !errors.Is(err, x.is) || !errors.As(err, &e) || e.Do == "" || !strings.Contains(err.Error(), string(x.move.Event)) {
					t.Errorf("%v, want %v", err, x.is)
				}
				same(t, "refused", x.from, after)
				return
			}
			if err != nil || after.State != x.to {
				t.Errorf("%s, %v; want %s", after.State, err, x.to)
			}
			sound(t, after)
		})
	}
}

// O7: over every walk an order that was to be approved is held only after approval.
func TestO7_PaidOnlyAfterApproval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := ordertest.Draft(order.FlowCharge, order.USD).Draw(t, "draft")
		d.Review = true
		o, err := order.Place(d, ordertest.Instant().Draw(t, "placed"), order.Policy{})
		if err != nil {
			t.Fatal(err)
		}
		approved := false
		for !o.State.Final() {
			if _, err := o.Apply(moveAt(order.EventHold, o.Placed)); err == nil && !approved {
				t.Fatalf("held while %s", o.State)
			}
			m := ordertest.MoveFor(o).Draw(t, "move")
			if o, err = o.Apply(m); err != nil {
				t.Fatal(err)
			}
			approved = approved || m.Event == order.EventApprove
			if o.State == order.StateUnpaid && rapid.Bool().Draw(t, "enough") {
				return
			}
		}
	})
}

// O9: each reason stands on the order it canceled; one that comes while it is being
// paid waits for the end.
func TestO9_Reasons(t *testing.T) {
	want := []order.Reason{"customer", "rejected in review", "resource deleted", "specification changed", "charge type changed",
		"renewed automatically meanwhile", "contract ended", "adjustment failed", "refund failed"}
	same(t, "reasons", want, order.Reasons())
	unpaid := placedOrder(t, draftOf("O1", 10000))
	for _, r := range want {
		t.Run("O9 "+string(r), func(t *testing.T) {
			m := because(r)
			if r == order.ReasonRejected {
				if _, err := unpaid.Apply(m); fieldOf(err) != "move.reason" {
					t.Errorf("canceled as rejected: %v", err)
				}
				o := moved(t, placedOrder(t, review(draftOf("O1", 1))), mv(order.EventReject))
				if o.State != order.StateCanceled || o.Reason != r {
					t.Errorf("%s: %s", o.State, o.Reason)
				}
				return
			}
			if o := moved(t, unpaid, m); o.State != order.StateCanceled || o.Reason != r {
				t.Errorf("%s: %s", o.State, o.Reason)
			}
			paying := moved(t, unpaid, mv(order.EventHold))
			kept, err := paying.Apply(m)
			if r == order.ReasonCustomer {
				if !errors.Is(err, order.ErrPaymentInProgress) {
					t.Errorf("canceled while paying: %v", err)
				}
				return
			}
			if err != nil || kept.State != order.StatePaying || kept.Reason != r || kept.Payment != "P1" {
				t.Fatalf("%s: %s, %v", kept.State, kept.Reason, err)
			}
			second := moved(t, kept, because(order.ReasonAdjustmentFailed)) // the first cause stays
			released := moved(t, second, mv(order.EventRelease))
			if released.State != order.StateCanceled || released.Reason != r || released.Payment != "" {
				t.Errorf("released: %s for %s", released.State, released.Reason)
			}
			settled := moved(t, second, mv(order.EventSettle))
			if settled.State != order.StateRefunding || settled.Reason != r || settled.Paid.Cash != settled.Payable() {
				t.Errorf("settled: %s for %s, %v", settled.State, settled.Reason, settled.Paid)
			}
			if o := moved(t, settled, mv(order.EventRefund)); o.State != order.StateRefunded || o.Reason != r {
				t.Errorf("refunded: %s for %s", o.State, o.Reason)
			}
		})
	}
	t.Run("O9 withdrawn is the customer's", func(t *testing.T) {
		if o := moved(t, placedOrder(t, review(backDraft("O1", 5))), mv(order.EventWithdraw)); o.Reason != order.ReasonCustomer {
			t.Errorf("%s", o.Reason)
		}
	})
	t.Run("O9 every canceled order says why", rapid.MakeCheck(func(t *rapid.T) {
		o := ordertest.OrderIn(order.StateCanceled).Draw(t, "order")
		if !slices.Contains(want, o.Reason) {
			t.Fatalf("for %q", o.Reason)
		}
	}))
}

// O5: an order shows what it is; what paid it stands in its parts.
func TestO5_Parts(t *testing.T) {
	d := draftOf("O1", 10000, 5000)
	third := server(99999)
	third.Seller = "imagemaker"
	d.Lines = append(d.Lines, third)
	o := placedOrder(t, d)
	usd := func(n int64) order.Money { return order.Minor(n, order.USD) }
	if o.List() != usd(15000) || o.Discount() != usd(0) || o.Payable() != usd(15000) || o.Paid != (order.Parts{}) {
		t.Fatalf("list %v, discount %v, payable %v, paid %v", o.List(), o.Discount(), o.Payable(), o.Paid)
	}
	r := order.Reduction{Kind: "commercial", ID: "D1", Lapse: order.LapseHonored}
	o, err := o.Reduce(r, []order.Cut{{Off: usd(1500), Ratio: order.Percent(85)}, {Off: usd(750), Ratio: order.Percent(85)}, {}}, soon)
	if err != nil || o.List() != usd(15000) || o.Discount() != usd(2250) || o.Payable() != usd(12750) {
		t.Fatalf("list %v, discount %v, payable %v, %v", o.List(), o.Discount(), o.Payable(), err)
	}
	paying := moved(t, o, mv(order.EventHold))
	settle := func(id order.ID, coupons, cards, cash int64) order.Move {
		m := mv(order.EventSettle)
		m.Parts = []order.OrderParts{{Order: id, Parts: order.Parts{Coupons: usd(coupons), Cards: usd(cards), Cash: usd(cash)}}}
		return m
	}
	for _, x := range []struct {
		name                  string
		coupons, cards, cents int64
		ok                    bool
	}{
		{"O5 all in cash", 0, 0, 12750, true}, {"O5 three parts", 2000, 750, 10000, true}, {"O5 no cash", 12000, 750, 0, true},
		{"O5 a cent too much", 2000, 750, 10001, false}, {"O5 a cent too little", 2000, 750, 9999, false},
		{"O5 a part below zero", -1, 0, 12751, false}, {"O5 nothing", 0, 0, 0, false},
	} {
		t.Run(x.name, func(t *testing.T) {
			after, err := paying.Apply(settle("O1", x.coupons, x.cards, x.cents))
			if (err == nil) != x.ok {
				t.Fatalf("%v", err)
			}
			if err != nil {
				if fieldOf(err) != "move.parts" || !errors.Is(err, order.ErrInvalid) {
					t.Errorf("%v", err)
				}
				same(t, "refused", paying, after)
				return
			}
			if total, err := after.Paid.Total(); err != nil || total != usd(12750) || after.Paid.Cash != usd(x.cents) {
				t.Errorf("%v, %v", after.Paid, err)
			}
		})
	}
	t.Run("O5 nothing said is all in cash", func(t *testing.T) {
		if after := moved(t, paying, mv(order.EventSettle)); after.Paid != (order.Parts{Cash: usd(12750)}) {
			t.Errorf("%v", after.Paid)
		}
	})
	t.Run("O5 money back stands below zero", func(t *testing.T) {
		after := moved(t, placedOrder(t, backDraft("O1", 500)), mv(order.EventRefund))
		if after.Payable() != usd(-500) || after.Paid.Cash != usd(-500) {
			t.Errorf("%v, %v", after.Payable(), after.Paid)
		}
		m := mv(order.EventRefund)
		m.Parts = []order.OrderParts{{Order: "O1", Parts: order.Parts{Cards: usd(-200), Cash: usd(-300)}}}
		if after := moved(t, placedOrder(t, backDraft("O1", 500)), m); after.Paid != m.Parts[0].Parts {
			t.Errorf("%v", after.Paid)
		}
	})
	t.Run("O5 every order", rapid.MakeCheck(func(t *rapid.T) {
		sound(t, ordertest.Order().Draw(t, "order"))
		sound(t, ordertest.Member().Draw(t, "member"))
	}))
	t.Run("O5 an order that is refused has no sums", func(t *testing.T) {
		bad := placedOrder(t, draftOf("O1", 1, 2))
		bad.Lines = slices.Clone(bad.Lines)
		bad.Lines[1].Amount = order.Minor(2, order.EUR)
		zero := order.Money{}
		if bad.List() != zero || bad.Discount() != zero || bad.Payable() != zero || bad.Check() == nil {
			t.Errorf("%v - %v = %v", bad.List(), bad.Discount(), bad.Payable())
		}
	})
}

// O10: the project is the order's own over any walk (also checked in every random
// walk).
func TestO10_Project(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := ordertest.Order().Draw(t, "order")
		was := o.Project
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			if o.State.Final() {
				break
			}
			var err error
			if o, err = o.Apply(ordertest.MoveFor(o).Draw(t, "move")); err != nil || o.Project != was {
				t.Fatalf("%q, then %q, %v", was, o.Project, err)
			}
		}
	})
	d := draftOf("O1", 100)
	d.Project = "ep-1"
	if o := moved(t, placedOrder(t, d), mv(order.EventHold), mv(order.EventSettle), mv(order.EventComplete)); o.Project != "ep-1" {
		t.Errorf("%q", o.Project)
	}
}

// O11: lines of third parties change no sum, no deadline and no state.
func TestO11_ThirdParties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := ordertest.AnyDraft().Draw(t, "draft")
		at, p := ordertest.Instant().Draw(t, "at"), ordertest.Policy().Draw(t, "policy")
		with, err1 := order.Place(d, at, p)
		bare := cloneDraft(d)
		bare.Lines = slices.DeleteFunc(bare.Lines, func(l order.Line) bool { return l.Seller != "" })
		without, err2 := order.Place(bare, at, p)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		if with.List() != without.List() || with.Payable() != without.Payable() || with.Currency() != without.Currency() ||
			with.Flow() != without.Flow() || with.State != without.State || !with.Deadline.Equal(without.Deadline) {
			t.Fatalf("%v until %v; without them %v until %v", with.Payable(), with.Deadline, without.Payable(), without.Deadline)
		}
		same(t, "the lines as listed", d.Lines, with.Lines)
	})
}

// O14: the tax contained is for information, and split as the amount is.
func TestO14_Tax(t *testing.T) {
	l := server(11900)
	l.Tax = order.Minor(1900, order.USD)
	for _, x := range []struct{ off, want int64 }{{0, 1900}, {11900, 0}, {5950, 950}, {1, 1900}, {4, 1899}, {3, 1900}} {
		l.Off = order.Minor(x.off, order.USD)
		if got := l.PayableTax(); got != order.Minor(x.want, order.USD) {
			t.Errorf("%d off: %v, want %d", x.off, got, x.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		for _, l := range ordertest.Order().Draw(t, "order").Lines {
			if tax := l.PayableTax(); l.Own() && (tax.Sign()*l.Amount.Sign() < 0 || tax.Minor()*int64(l.Amount.Sign()) > l.Payable().Minor()*int64(l.Amount.Sign())) {
				t.Fatalf("%v contained in %v", tax, l.Payable())
			}
		}
	})
}

// Bad input to Apply: each row breaks a rule of its own, and the order stays.
func TestBadInput_Apply(t *testing.T) {
	unpaid := placedOrder(t, draftOf("O1", 100))
	paying := moved(t, unpaid, mv(order.EventHold))
	refunding := moved(t, paying, mv(order.EventSettle), mv(order.EventFail))
	member := placedPair(t).Orders[0]
	parts := func(ids ...order.ID) (ps []order.OrderParts) {
		for _, id := range ids {
			ps = append(ps, order.OrderParts{Order: id, Parts: order.Parts{Cash: order.Minor(100, order.USD)}})
		}
		return ps
	}
	broken := unpaid
	broken.Deadline = broken.Deadline.Add(time.Second)
	for _, x := range []struct {
		name   string
		from   order.Order
		event  order.Event
		change func(m *order.Move)
		field  string
		is     error
	}{
		{"O2 no event", unpaid, order.EventHold, func(m *order.Move) { m.Event = "" }, "move.event", order.ErrInvalid},
		{"O2 another case", unpaid, order.EventHold, func(m *order.Move) { m.Event = "Hold" }, "move.event", order.ErrInvalid},
		{"O2 place", unpaid, order.EventHold, func(m *order.Move) { m.Event = order.EventPlace }, "move.event", order.ErrInvalid},
		{"O2 not when", unpaid, order.EventHold, func(m *order.Move) { m.At = time.Time{} }, "move.at", order.ErrInvalid},
		{"O2 the year 9999", unpaid, order.EventHold, func(m *order.Move) { m.At = m.At.AddDate(7981, 0, 0) }, "move.at", order.ErrInvalid},
		{"O2 not who", unpaid, order.EventHold, func(m *order.Move) { m.By = "" }, "move.by", order.ErrInvalid},
		{"O2 who, of 65", unpaid, order.EventHold, func(m *order.Move) { m.By = strings.Repeat("u", 65) }, "move.by", order.ErrInvalid},
		{"O2 who, with a line end", unpaid, order.EventHold, func(m *order.Move) { m.By = "u\n" }, "move.by", order.ErrInvalid},
		{"O2 hold by no payment", unpaid, order.EventHold, func(m *order.Move) { m.Payment = "" }, "move.payment", order.ErrInvalid},
		{"O2 hold by a payment of 65", unpaid, order.EventHold, func(m *order.Move) { m.Payment = order.PaymentID(strings.Repeat("p", 65)) }, "move.payment", order.ErrInvalid},
		{"O2 settle by no payment", paying, order.EventSettle, func(m *order.Move) { m.Payment = "" }, "move.payment", order.ErrInvalid},
		{"O2 release by no payment", paying, order.EventRelease, func(m *order.Move) { m.Payment = "" }, "move.payment", order.ErrInvalid},
		{"O2 a payment that cancels", unpaid, order.EventCancel, func(m *order.Move) { m.Payment = "P1" }, "move.payment", order.ErrInvalid},
		{"O9 not why", unpaid, order.EventCancel, func(m *order.Move) { m.Reason = "" }, "move.reason", order.ErrInvalid},
		{"O9 why, unknown", unpaid, order.EventCancel, func(m *order.Move) { m.Reason = "Customer" }, "move.reason", order.ErrInvalid},
		{"O9 canceled as rejected", unpaid, order.EventCancel, func(m *order.Move) { m.Reason = order.ReasonRejected }, "move.reason", order.ErrInvalid},
		{"O9 why of a hold", unpaid, order.EventHold, func(m *order.Move) { m.Reason = order.ReasonCustomer }, "move.reason", order.ErrInvalid},
		{"O2 another order", unpaid, order.EventHold, func(m *order.Move) { m.Order = "O2" }, "move.order", order.ErrInvalid},
		{"O5 parts of a hold", unpaid, order.EventHold, func(m *order.Move) { m.Parts = parts("O1") }, "move.parts", order.ErrInvalid},
		{"O5 parts of another order", paying, order.EventSettle, func(m *order.Move) { m.Parts = parts("O2") }, "move.parts[0].order", order.ErrInvalid},
		{"O5 parts twice", paying, order.EventSettle, func(m *order.Move) { m.Parts = parts("O1", "O1") }, "move.parts[1].order", order.ErrInvalid},
		{"O5 parts of what goes back", refunding, order.EventRefund, func(m *order.Move) { m.Parts = parts("O1") }, "move.parts", order.ErrInvalid},
		{"O5 parts in another currency", paying, order.EventSettle, func(m *order.Move) {
			m.Parts = parts("O1")
			m.Parts[0].Parts.Cash = order.Minor(100, order.EUR)
		}, "move.parts", order.ErrCurrency},
		{"O5 parts in two currencies", paying, order.EventSettle, func(m *order.Move) {
			m.Parts = parts("O1")
			m.Parts[0].Parts.Cards = order.Minor(0, order.EUR)
		}, "move.parts", order.ErrCurrency},
		{"O5 parts of 19 digits", paying, order.EventSettle, func(m *order.Move) {
			m.Parts = parts("O1")
			m.Parts[0].Parts.Cash = order.Minor(1_000_000_000_000_000_000, order.USD)
		}, "move.parts", order.ErrOverflow},
		{"O2 an order that is not sound", broken, order.EventHold, func(*order.Move) {}, "order.deadline", order.ErrInvalid},
		{"O6 one member of a purchase", member, order.EventHold, func(*order.Move) {}, "", order.ErrMember},
		{"O2 released, not held", unpaid, order.EventRelease, func(*order.Move) {}, "", order.ErrState},
		{"O2 refunded, not paid", unpaid, order.EventRefund, func(*order.Move) {}, "", order.ErrState},
		{"O2 approved twice", unpaid, order.EventApprove, func(*order.Move) {}, "", order.ErrState},
		{"O2 rejected after approval", unpaid, order.EventReject, func(*order.Move) {}, "", order.ErrState},
		{"O2 confirmed twice", unpaid, order.EventConfirm, func(*order.Move) {}, "", order.ErrState},
	} {
		t.Run(x.name, func(t *testing.T) {
			m := mv(x.event)
			x.change(&m)
			after, err := x.from.Apply(m)
			if !errors.Is(err, x.is) || fieldOf(err) != x.field {
				t.Errorf("%v; want field %q and %v", err, x.field, x.is)
			}
			leads(t, struct {
				Order order.Order
				Move  order.Move
			}{}, x.field)
			same(t, "refused", x.from, after)
		})
	}
}

// An order does not move before it was placed, so that no clock brings a deadline back.
func TestO2_NotBeforePlacement(t *testing.T) {
	o := placedOrder(t, draftOf("O1", 100))
	for _, e := range []order.Event{order.EventHold, order.EventCancel} {
		early := moveAt(e, placedThen.Add(-time.Second))
		if after, err := o.Apply(early); fieldOf(err) != "move.at" || after.State != order.StateUnpaid {
			t.Errorf("%s a second before: %s, %v", e, after.State, err)
		}
		moved(t, o, moveAt(e, placedThen))
	}
	// What the gateway did is true whatever its clock says.
	held := moved(t, o, mv(order.EventHold))
	moved(t, held, moveAt(order.EventSettle, placedThen.Add(-time.Second)))
}
