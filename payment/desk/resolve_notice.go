package desk

import (
	"context"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

// ResolveNoticeRequest is an operator's decision on one notice that could not be delivered.
type ResolveNoticeRequest struct {
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by"`
	Why      string           `json:"why"`      // kept in the entry: 1 to 500 printable characters
	Notice   string           `json:"notice"`   // its ID
	Decision Decision         `json:"decision"` // [DecisionAgain]: it is sent once more; [DecisionSucceeded]: the customer was told in another way
}

// Check reports the first thing about x that is not valid, as an [*order.FieldError].
func (x ResolveNoticeRequest) Check() error {
	if err := checkActor(x.Customer, x.By); err != nil {
		return err
	}
	if x.Why == "" || x.Why != gateway.Printable(x.Why) {
		return order.Invalid("why", x.Why, "is not 1 to 500 printable characters, without a blank before or after")
	}
	if err := order.CheckID("notice", x.Notice); err != nil {
		return err
	}
	if err := order.CheckWord("decision", x.Decision, decisions); err != nil {
		return err
	}
	if x.Decision == DecisionFailed {
		return order.Invalid("decision", string(x.Decision), "is for payments: tell the customer in another way and say "+string(DecisionSucceeded)+", or "+string(DecisionAgain))
	}
	return nil
}

// ResolveNotice ends a notice that could not be delivered as an operator decides, with a reason
// (X4, P17): it leaves [ListNotices]. Sent again it goes to the Notifier at once, also after
// notices that were written later; if that fails it stays as it is, and the error is
// [payment.ErrHost]. As by the sweep it is delivered at least once: the same notice has the same
// ID. One that has been resolved stays as it is; one that is on its way, or was delivered, is
// [payment.ReasonState].
func (d *Desk) ResolveNotice(ctx context.Context, x ResolveNoticeRequest) error {
	if err := x.Check(); err != nil {
		return err
	}
	if x.Decision == DecisionAgain && d.Notifier == nil {
		return misset("desk", "", "has no Notifier: set one to send a notice again")
	}
	sent := false
	return d.forHouseAsking(ctx, x.Customer, "resolve notice", x.By, func(b *tx) error {
		b.Why = x.Why
		if err := d.decide(ctx, b, func() error { return b.Need(ledger.KindNotice, x.Notice) }); err != nil {
			return err
		}
		n, there := ledger.Get(b.Tx, ledger.Notices, x.Notice)
		switch {
		case !there:
			return notHere("notice", x.Notice, "look for the ID in the list of notices undeliverable")
		case n.State == ledger.NoticeResolved:
			return nil
		case n.State != ledger.NoticeUndeliverable:
			return payment.Refusef(payment.ReasonState, "notice %s is on its way, or was delivered: there is nothing to resolve", n.ID)
		}
		if x.Decision == DecisionAgain && !sent {
			err := d.Notifier.Notify(ctx, n)
			d.trace("notify", x.Customer, n.ID, err)
			if err != nil {
				return hostError(ctx, "notify "+n.ID, x.Customer, err)
			}
			sent = true
		}
		n.State = ledger.NoticeResolved
		ledger.Put(b.Tx, ledger.Notices, n)
		return nil
	})
}
