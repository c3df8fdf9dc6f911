package desk

import (
	"context"
	"slices"
	"time"

	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
)

// inOrder reads the notices that an ask names, all at once, and returns the names with the notices
// in the order in which they go out, in the places that notices had (P17).
func (d *Desk) inOrder(ctx context.Context, ask ledger.Ask) (refs []ledger.Ref, notices map[string]ledger.Notice, err error) {
	named := ledger.Ask{Customer: ask.Customer}
	for _, ref := range ask.Refs {
		if ref.Kind == ledger.KindNotice {
			named.Refs = append(named.Refs, ref)
		}
	}
	if len(named.Refs) == 0 {
		return ask.Refs, nil, nil
	}
	got, err := d.Store.Load(ctx, named)
	d.trace("load", ask.Customer, "claim notice", err)
	if err != nil {
		return ask.Refs, nil, hostError(ctx, "load", ask.Customer, err)
	}
	slices.SortFunc(got.Notices, func(n, m ledger.Notice) int { return n.Compare(&m) })
	notices = make(map[string]ledger.Notice)
	for _, n := range got.Notices {
		notices[n.ID] = n
	}
	next := got.Notices
	for _, ref := range ask.Refs {
		switch {
		case ref.Kind != ledger.KindNotice:
			refs = append(refs, ref)
		case len(next) > 0: // else it is not there
			refs, next = append(refs, ledger.Ref{Kind: ref.Kind, ID: next[0].ID}), next[1:]
		}
	}
	return refs, notices, nil
}

// sweepNotice delivers a notice that has been read. It is claimed first, so that no two hosts
// deliver it in one try and what a crash leaves is delivered again; once its tries are used up it
// is left to an operator. One that fails holds up no other.
func (d *Desk) sweepNotice(ctx context.Context, c *call, n ledger.Notice, s *Swept) error {
	due := false
	err := d.moveNotice(ctx, c, "claim notice", &n, func(b *tx) {
		if due = n.State == "" && s.due(b.At, n.DueAt); !due {
			return
		}
		if d.Notifier == nil { // each time twice as late
			n.DueAt, due = b.At.Add(max(time.Hour, b.At.Sub(n.At))), false
			return
		}
		wait, more := b.Policy.WaitAfter(n.Tries)
		if n.DueAt = b.At.Add(wait); !more {
			n.State, n.DueAt = ledger.NoticeUndeliverable, time.Time{}
			return
		}
		n.Tries++
	})
	switch {
	case err != nil || !due:
		return err
	case n.State == ledger.NoticeUndeliverable:
		s.Undeliverable++
		return nil
	}
	told := n
	told.Version++
	err = d.Notifier.Notify(ctx, n)
	d.trace("notify", c.ID, n.ID, err)
	if err != nil {
		return nil // it is tried again
	}
	s.Notices++
	return d.moveNotice(ctx, c, "notified", &told, func(*tx) {
		if told.State == "" {
			told.DueAt = time.Time{}
		}
	})
}

// moveNotice makes a decision on a notice as it was read, and commits it; if others were faster
// the notice is read again. It is written where it changes.
func (d *Desk) moveNotice(ctx context.Context, c *call, step string, n *ledger.Notice, decision func(*tx)) error {
	ask := ledger.Ask{Customer: c.ID, Refs: []ledger.Ref{{Kind: ledger.KindNotice, ID: n.ID}}}
	first := true
	return d.transactAsking(ctx, c, step, payment.ByDesk, func(b *tx) error {
		if first {
			first = false
			if err := b.Read(ask, ledger.Records{Notices: []ledger.Notice{*n}}); err != nil {
				return ofHost(err)
			}
		}
		return d.decide(ctx, b, func() error {
			if err := b.Need(ledger.KindNotice, n.ID); err != nil {
				return err
			}
			was, _ := ledger.Get(b.Tx, ledger.Notices, n.ID)
			*n = was
			if decision(b); n.State != was.State || !n.DueAt.Equal(was.DueAt) {
				ledger.Put(b.Tx, ledger.Notices, *n)
			}
			return nil
		})
	})
}

// sweepOutbox makes the notices due that had not gone out when records were written as schema 10,
// the oldest first, and counts them as sent.
func (d *Desk) sweepOutbox(ctx context.Context, c *call, s *Swept) error {
	return d.transact(ctx, c, "open outbox", payment.ByDesk, func(b *tx) error {
		if err := b.Need(ledger.KindOutbox, ledger.OutboxID); err != nil {
			return err
		}
		out, ok := ledger.Get(b.Tx, ledger.Outboxes, ledger.OutboxID)
		if !ok || !s.due(b.At, out.DueAt) {
			return nil
		}
		var ids []string
		for i := out.Sent; i < min(out.Written, out.Sent+100); i++ { // the others by the next sweep
			ids = append(ids, ledger.NoticeID(b.Customer, "", i+1))
		}
		if err := b.Need(ledger.KindNotice, ids...); err != nil {
			return err
		}
		for i, id := range ids {
			n, there := ledger.Get(b.Tx, ledger.Notices, id)
			if !there {
				return misset("notice", id, "is not in the store, and was written")
			}
			if n.DueAt = b.At; i == 0 {
				n.Tries = out.Tries
			}
			ledger.Put(b.Tx, ledger.Notices, n)
		}
		out.Sent, out.Tries = out.Sent+int64(len(ids)), 0
		if out.Sent == out.Written {
			out.DueAt = time.Time{}
		}
		ledger.Put(b.Tx, ledger.Outboxes, out)
		return nil
	})
}
