package order

import (
	"cmp"
	"time"
)

// Move is one step of an order or a purchase: what, when, who, why and, for hold,
// settle and release, which payment.
type Move struct {
	Event   Event     `json:"event"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`                // who: 1 to 64 printable characters
	Order   ID        `json:"order,omitempty"`   // the member it names, for a purchase
	Reason  Reason    `json:"reason,omitempty"`  // for cancel, required; for fail, if known
	Payment PaymentID `json:"payment,omitempty"` // for hold, settle and release
	// Parts are, for settle, what paid each order, and for refund of an order that gives
	// money back what it gave: of every order moved, once; none: all in cash.
	Parts []OrderParts `json:"parts,omitempty"`
}

// OrderParts is what paid one order of a move.
type OrderParts struct {
	Order ID    `json:"order"`
	Parts Parts `json:"parts"`
}

// Apply returns o after the move. On an error it returns o unchanged: a
// [*MoveError] where the table of O2, the deadline, a payment or the purchase forbid
// the move, a [*ReductionError] where the discount cannot be paid with (E4), a
// [*FieldError] where o or m is not sound. A member of a purchase is approved,
// confirmed, withdrawn and, once paid, completed, failed and refunded alone;
// everything else moves the purchase whole: use [Purchase.Apply] (O6).
func (o Order) Apply(m Move) (Order, error) {
	if err := o.Check(); err != nil {
		return o, Within("order", err)
	}
	if m.Order != "" && m.Order != o.ID {
		return o, Invalid("move.order", string(m.Order), "is not the order that is moved, "+string(o.ID))
	}
	if o.Purchase != "" && m.Event.together() && o.State.Open() {
		return o, o.refuse(m, ErrMember, "move purchase "+string(o.Purchase)+" as a whole")
	}
	return o.apply(m, true, o.Reason)
}

// together reports whether the orders of a purchase make the move in one (O6).
func (e Event) together() bool {
	switch e {
	case EventHold, EventSettle, EventRelease, EventCancel, EventExpire, EventReject:
		return true
	}
	return false
}

// apply moves o, which is sound. named is false for the members of a purchase that a
// rejection takes along; cause is what came for o, or for its purchase, while it was
// being paid.
func (o Order) apply(m Move, named bool, cause Reason) (Order, error) {
	if err := m.Check(); err != nil {
		return o, Within("move", err)
	}
	at := m.At.Truncate(time.Second)
	if err := o.allows(m); err != nil {
		return o, err
	}
	to, ok := next(o.table(), o.State, m.Event, func(w When) bool {
		switch w {
		case IfReview:
			return o.Review
		case IfNamed:
			return named
		case IfOther:
			return !named
		case IfLate:
			return past(at, o.Deadline)
		case IfCause:
			return cause != ""
		case IfNotCustomer:
			return m.Reason != ReasonCustomer
		}
		return false
	})
	if !ok {
		return o, o.refuseState(m)
	}
	moved := o.clone()
	moved.State, moved.Changed = to, later(o.Changed, at)
	switch {
	case m.Event == EventConfirm:
		moved.Review = false
	case m.Event == EventHold:
		moved.Payment = m.Payment
	case m.Event == EventRelease:
		moved.Payment, moved.Reason = "", cause
	case m.Event == EventReject:
		moved.Reason = ReasonRejected
	case m.Event == EventWithdraw:
		moved.Reason = ReasonCustomer
	case m.Event == EventFail:
		moved.Reason = m.Reason
	case m.Event == EventCancel && o.Reason == "":
		moved.Reason = m.Reason
	case m.Event == EventSettle, m.Event == EventRefund && to == StateCompleted:
		moved.Paid = m.partsOf(o)
	}
	if err := moved.Check(); err != nil {
		return o, err
	}
	return moved, nil
}

// partsOf returns what paid o: what the move says, or all in cash.
func (m Move) partsOf(o Order) Parts {
	for _, p := range m.Parts {
		if p.Order == o.ID {
			return p.Parts
		}
	}
	return Parts{Cash: o.Payable()}
}

// Check reports a move that is not sound whatever it is made on, as a [*FieldError].
func (m Move) Check() error {
	if err := checkTime("at", m.At); err != nil {
		return err
	}
	if err := CheckWord("event", m.Event, events); err != nil {
		return err
	}
	if err := CheckID("by", m.By); err != nil {
		return err
	}
	switch held := m.Event == EventHold || m.Event == EventSettle || m.Event == EventRelease; {
	case m.Event == EventPlace:
		return Invalid("event", string(m.Event), "makes an order: use Place")
	case held:
		if err := CheckID("payment", m.Payment); err != nil {
			return err
		}
	case m.Payment != "":
		return Invalid("payment", string(m.Payment), "belongs to hold, settle and release alone")
	}
	if m.Reason != "" || m.Event == EventCancel {
		if err := CheckWord("reason", m.Reason, reasons); err != nil {
			return err
		}
	}
	switch {
	case m.Reason != "" && m.Event != EventCancel && m.Event != EventFail:
		return Invalid("reason", string(m.Reason), "belongs to cancel and fail alone")
	case m.Event == EventCancel && m.Reason == ReasonRejected:
		return Invalid("reason", string(m.Reason), "is what reject says: use that")
	case m.Parts != nil && m.Event != EventSettle && m.Event != EventRefund:
		return Invalid("parts", "", "belong to settle and refund alone")
	}
	return nil
}

// allows reports what forbids a move that the table has.
func (o *Order) allows(m Move) error {
	if o.State.early() && m.At.Unix() < o.Placed.Unix() {
		return Within("move", Invalid("at", stamp(m.At), "is before the order was placed, "+stamp(o.Placed)))
	}
	late := past(m.At, o.Deadline)
	switch m.Event {
	case EventApprove, EventConfirm, EventHold:
		if late && o.State.early() {
			return o.refuse(m, ErrPastDeadline, "it counts as voided: place a new order")
		}
	case EventExpire:
		if !late && o.State.early() {
			return o.refuse(m, ErrNotDue, "it can be paid until "+cmp.Or(stamp(o.Deadline), "whenever"))
		}
	}
	r := &o.Reduction
	if m.Event == EventHold && o.State == StateUnpaid && r.Lapse == LapseJudged && r.Window.Ended(m.At) {
		return &ReductionError{Order: o.ID, Kind: r.Kind, ID: r.ID, Window: r.Window, At: m.At, Err: ErrWindow,
			Advice: "it ended " + stamp(r.Window.Until) + ": choose another, or none (E4)"}
	}
	if (m.Event == EventSettle || m.Event == EventRelease) && o.State == StatePaying && m.Payment != o.Payment {
		return o.refuse(m, ErrOtherPayment, "payment "+string(o.Payment)+" holds it, not "+string(m.Payment))
	}
	if m.Event == EventRefund && m.Parts != nil && o.table() != FlowBack {
		return Invalid("move.parts", "", "were said when the order was paid")
	}
	if o.Purchase != "" && m.Event == EventSettle {
		return nil // said of all its orders
	}
	for i, p := range m.Parts {
		if p.Order != o.ID || i > 0 {
			return Invalid("move.parts["+itoa(int64(i))+"].order", string(p.Order), "is not the order that is moved, "+string(o.ID)+", or is a duplicate")
		}
	}
	return nil
}

// refuse returns the error of a move that is not made.
func (o *Order) refuse(m Move, err error, advice string) error {
	return &MoveError{Order: o.ID, Purchase: o.Purchase, From: o.State, Event: m.Event, At: m.At, Deadline: o.Deadline,
		Payment: o.Payment, Err: err, Advice: advice}
}

// refuseState is refuse for a move that the table does not have: an order is paid only
// after approval (O7), say.
func (o *Order) refuseState(m Move) error {
	switch {
	case o.State == StatePaying:
		return o.refuse(m, ErrPaymentInProgress, "cancel payment "+string(o.Payment)+" first, or wait for it")
	case o.State.Final():
		return o.refuse(m, ErrState, "that is final: place a new order")
	case m.Event == EventHold && o.State == StatePendingApproval:
		return o.refuse(m, ErrState, "it is paid only after approval (O7): approve it first")
	case m.Event == EventHold && o.State == StatePendingConfirmation:
		return o.refuse(m, ErrState, "the customer confirms it first")
	case o.Flow() == FlowBack && m.Event == EventCancel:
		return o.refuse(m, ErrState, "an order that gives money back is withdrawn while it is pending approval")
	}
	return o.refuse(m, ErrState, "load it again to see where it stands")
}
