package ledgertest

import (
	"fmt"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

func storeFields(open OpenStore, k Kept) error {
	s := open()
	for i, id := range ids {
		if err := fill(s, id, k.Customers[i]); err != nil {
			return err
		}
	}
	if err := fill(s, "full", full("full")); err != nil {
		return err
	}
	for i, id := range ids {
		if err := holds(s, id, k.Customers[i].Written()); err != nil {
			return fmt.Errorf("customer %s: %w", id, err)
		}
	}
	if err := holds(s, "full", full("full").Written()); err != nil {
		return fmt.Errorf("a customer with lists of every kind: %w", err)
	}
	return nil
}

func storeGroups(open OpenStore, k Kept) error {
	s := open()
	for i, id := range ids {
		if err := fill(s, id, k.Customers[i]); err != nil {
			return err
		}
	}
	for i, id := range ids {
		for _, o := range purchased(k.Customers[i]) {
			got, err := s.Load(ctx, ledger.Ask{Customer: id, Refs: []ledger.Ref{{Kind: ledger.KindOrder, ID: string(o.ID)}}})
			if err != nil {
				return err
			}
			if len(got.Orders) != o.Members {
				return fmt.Errorf("asked for %s, it returns %d orders of a purchase of %d", o.ID, len(got.Orders), o.Members)
			}
		}
	}
	return severalGroups(open(), k.Customers[0].Orders)
}

// severalGroups makes purchases of two of orders, and asks for one order of each at once.
func severalGroups(s ledger.Store, orders []order.Order) error {
	r, ask := inPurchases(orders), ledger.Ask{Customer: ids[0]}
	for i := 0; i < len(r.Orders); i += 2 {
		ask.Refs = append(ask.Refs, ledger.Ref{Kind: ledger.KindOrder, ID: string(r.Orders[i].ID)})
	}
	if err := fill(s, ids[0], r); err != nil {
		return err
	}
	got, err := s.Load(ctx, ask)
	if err != nil {
		return err
	}
	if err := same(got, r.Written()); err != nil {
		return fmt.Errorf("asked for an order of each of %d purchases: %w", len(ask.Refs), err)
	}
	return nil
}

// purchased returns orders of a purchase among records, one of them for each purchase.
func purchased(r ledger.Records) (firsts []order.Order) {
	seen := make(map[order.PurchaseID]bool)
	for _, o := range r.Orders {
		if o.Purchase != "" && !seen[o.Purchase] {
			seen[o.Purchase] = true
			firsts = append(firsts, o)
		}
	}
	return firsts
}

func storeAsked(open OpenStore, k Kept) error {
	s, r := open(), k.Customers[0]
	if err := fill(s, ids[0], r); err != nil {
		return err
	}
	for _, x := range r.Each() {
		v := x.Views()[0]
		if v.Group != "" {
			continue
		}
		ask := ledger.Ask{Customer: ids[0], Refs: []ledger.Ref{v.Ref, {Kind: v.Kind, ID: "nothing has this ID"}, {Kind: ledger.KindOrder, ID: "nothing has this ID"}, v.Ref}}
		got, err := s.Load(ctx, ask)
		if err != nil {
			return err
		}
		if err := same(got, x.Written()); err != nil {
			return fmt.Errorf("asked for %s %s twice, and for what is not there: %w", v.Kind, v.ID, err)
		}
	}
	got, err := s.Load(ctx, ledger.Ask{Customer: ids[0], All: []ledger.Kind{ledger.KindAccount}})
	if err != nil {
		return err
	}
	if err := same(got, ledger.Records{Accounts: r.Accounts}.Written()); err != nil {
		return fmt.Errorf("asked for all accounts: %w", err)
	}
	for _, x := range r.Each() {
		v := x.Views()[0]
		if v.Group != "" {
			continue
		}
		both := ledger.Records{Accounts: r.Accounts}.Written()
		if v.Kind != ledger.KindAccount { // which are all there already
			both.AppendCopy(x.Written())
		}
		got, err := s.Load(ctx, ledger.Ask{Customer: ids[0], Refs: []ledger.Ref{v.Ref}, All: []ledger.Kind{ledger.KindAccount}})
		if err != nil {
			return err
		}
		if err := same(got, both); err != nil {
			return fmt.Errorf("asked for all accounts, and for %s %s: %w", v.Kind, v.ID, err)
		}
	}
	if got, err = s.Load(ctx, ledger.Ask{Customer: "nobody", Refs: []ledger.Ref{r.Views()[0].Ref}}); err != nil || len(got.Views()) > 0 {
		return fmt.Errorf("asked for another customer's: %d records, %v", len(got.Views()), err)
	}
	return nil
}

func storeCopies(open OpenStore, k Kept) error {
	s := open()
	for id, r := range map[order.CustomerID]ledger.Records{ids[0]: k.Customers[0].Copy(), "full": full("full")} {
		want := r.Written()
		if err := s.Commit(ctx, ledger.Change{Customer: id, Put: r}); err != nil {
			return err
		}
		for depth := deepest; depth >= 0; depth-- { // the innermost first, while there is a way to it
			scribble(&r, depth)
			got, err := everything(s, id)
			if err != nil {
				return err
			}
			if err := same(got, want); err != nil {
				return fmt.Errorf("what was given is changed afterwards: %w", err)
			}
			scribble(&got, depth)
			if err := holds(s, id, want); err != nil {
				return fmt.Errorf("what was returned is changed afterwards: %w", err)
			}
		}
	}
	return nil
}
