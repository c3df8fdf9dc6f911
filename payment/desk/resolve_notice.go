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
	Decision Decision         `json:"decision"` // [DecisionAgain]: it is sent again; [DecisionSucceeded]: the customer was told in another way
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
// (X4, P17): it leaves [ListNotices]. Sent again it is due at once, with all its tries, and the next
// sweep delivers it; if that fails to the end it is listed again. One that has been resolved, or is
// on its way when it is to be sent again, stays as it is; another that is on its way, or was
// delivered, is [payment.ReasonState].
func (d *Desk) ResolveNotice(ctx context.Context, x ResolveNoticeRequest) error {
	if err := x.Check(); err != nil {
		return err
	}
	if x.Decision == DecisionAgain && d.Notifier == nil {
		return misset("desk", "", "has no Notifier: set one to send a notice again")
	}
	return d.forHouse(ctx, x.Customer, "resolve notice", x.By, func(b *tx) error {
		b.Why = x.Why
		if err := b.Need(ledger.KindNotice, x.Notice); err != nil {
			return err
		}
		n, there := ledger.Get(b.Tx, ledger.Notices, x.Notice)
		again := x.Decision == DecisionAgain
		switch {
		case !there:
			return notHere("notice", x.Notice, "look for the ID in the list of notices undeliverable")
		case n.State == ledger.NoticeResolved, again && !n.DueAt.IsZero():
			return nil
		case n.State != ledger.NoticeUndeliverable:
			return payment.Refusef(payment.ReasonState, "notice %s is on its way, or was delivered: there is nothing to resolve", n.ID)
		case again:
			n.State, n.Tries, n.DueAt = "", 0, b.At
		default:
			n.State = ledger.NoticeResolved
		}
		ledger.Put(b.Tx, ledger.Notices, n)
		return nil
	})
}
