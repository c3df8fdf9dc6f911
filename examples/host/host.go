package main

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"sync"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/paymenthttp"
)

// store keeps documents by customer, kind and ID, as [ledger.Records.Encode] makes them.
type store struct {
	sync.Mutex
	docs   map[[3]string]ledger.Record
	leases map[order.CustomerID]ledger.Due // who sees to a customer, since when
}

// key is three parts, and not one text: each can have any printable character.
func key(c order.CustomerID, r ledger.Ref) [3]string {
	return [3]string{string(c), string(r.Kind), r.ID}
}

func (s *store) Load(_ context.Context, ask ledger.Ask) (found ledger.Records, err error) {
	s.Lock()
	defer s.Unlock()
	for k, d := range s.docs {
		asked := func(r ledger.Ref) bool {
			together := d.Group != "" && d.Kind == r.Kind && d.Group == s.docs[key(ask.Customer, r)].Group
			return key(ask.Customer, r) == k || together
		}
		if d.Customer == ask.Customer && (slices.ContainsFunc(ask.Refs, asked) || slices.Contains(ask.All, d.Kind)) {
			err = errors.Join(err, found.Decode(d))
		}
	}
	return found, err
}

func (s *store) Commit(_ context.Context, c ledger.Change) error {
	s.Lock()
	defer s.Unlock()
	if !c.Holds(maps.Values(s.docs)) {
		return ledger.ErrConflict
	}
	docs, err := c.Put.Encode()
	for _, d := range docs {
		d.Version++
		s.docs[key(c.Customer, d.Ref)] = d
	}
	return err // of Encode, which then returns nothing
}

func (s *store) Waiting(_ context.Context, due ledger.Due) (asks []ledger.Ask, _ error) {
	s.Lock()
	defer s.Unlock()
	var waits []ledger.Record
	for _, d := range s.docs {
		if !d.DueAt.IsZero() && !d.DueAt.After(due.At) && s.free(d.Customer, due) {
			waits = append(waits, d)
		}
	}
	slices.SortFunc(waits, func(a, b ledger.Record) int { return a.DueAt.Compare(b.DueAt) })
	for _, d := range waits {
		i := slices.IndexFunc(asks, func(a ledger.Ask) bool { return a.Customer == d.Customer })
		if i < 0 && len(asks) < due.Limit {
			asks = append(asks, ledger.Ask{Customer: d.Customer, Refs: []ledger.Ref{d.Ref}})
			if due.Lease.By != "" {
				s.leases[d.Customer] = due
			}
		} else if i >= 0 && len(asks[i].Refs) < due.Limit {
			asks[i].Refs = append(asks[i].Refs, d.Ref)
		}
	}
	return asks, nil
}

// free reports whether nobody else sees to a customer.
func (s *store) free(c order.CustomerID, due ledger.Due) bool {
	l, leased := s.leases[c]
	return !leased || due.Lease.By == "" || l.Lease.By == due.Lease.By || !due.At.Before(l.At.Add(l.Lease.For))
}

// bank is the gateway: it knows every key for ever, with what it was charged with, and lets
// the customer confirm.
type bank struct {
	sync.Mutex
	confirmed bool
	charges   map[string]gateway.Charge
	secrets   []string // of notifications: two while one is replaced
}

func (b *bank) Traits() gateway.Traits { return gateway.Traits{} }

func (b *bank) Charge(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	b.Lock()
	if _, seen := b.charges[c.Key]; !seen {
		b.charges[c.Key] = c
	}
	b.Unlock()
	return b.Lookup(ctx, c)
}

func (b *bank) Lookup(_ context.Context, c gateway.Charge) (gateway.Outcome, error) {
	b.Lock()
	defer b.Unlock()
	charged, seen := b.charges[c.Key]
	switch {
	case !seen:
		return gateway.Outcome{Status: gateway.StatusNotFound}, nil
	case !b.confirmed:
		return gateway.Outcome{Status: gateway.StatusAction, Action: "https://bank.example/" + c.Key}, nil
	}
	return gateway.Outcome{Status: gateway.StatusCaptured, Amount: charged.Amount, Reference: charged.Payment, Trade: "b-" + c.Key}, nil
}

// web answers POST /pay with a request, and POST /hook with what the bank notifies of (verify.go);
// errors are problem details.
func web(d *desk.Desk, b *bank) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /pay", paymenthttp.Handler(func(r *http.Request) (any, error) {
		var req payment.Request
		if err := paymenthttp.Decode(r, &req); err != nil {
			return nil, err
		}
		req.Customer, req.By = order.CustomerID(r.Header.Get("X-Customer")), "" // whom the proxy in front has authenticated, and not the body's word
		return answer(d.Pay(r.Context(), req))
	}))
	mux.Handle("POST /hook", &paymenthttp.Webhook{Desk: d, Verifier: b})
	return mux
}

func answer(p payment.Payment, err error) (any, error) {
	return map[string]any{"state": p.State, "action": p.Action, "data": p.Data, "cash": p.Quote.Sum.Cash}, err
}
