package paymenttest

import (
	"fmt"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

func storeFields(open OpenStore, k Kept) error {
	s := open()
	for i, id := range ids {
		if err := fill(s, id, k.Customers[i]); err != nil {
			return err
		}
	}
	for i, id := range ids {
		if err := holds(s, id, k.Customers[i].Written()); err != nil {
			return fmt.Errorf("customer %s: %w", id, err)
		}
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
			got, err := s.Load(ctx, payment.Ask{Customer: id, Refs: []payment.Ref{{Kind: payment.KindOrder, ID: string(o.ID)}}})
			if err != nil {
				return err
			}
			if len(got.Orders) != o.Members {
				return fmt.Errorf("asked for %s, it returns %d orders of a purchase of %d", o.ID, len(got.Orders), o.Members)
			}
		}
	}
	return nil
}

// purchased returns orders of a purchase among records, one of them for each purchase.
func purchased(r payment.Records) (firsts []order.Order) {
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
		ask := payment.Ask{Customer: ids[0], Refs: []payment.Ref{v.Ref, {Kind: v.Kind, ID: "nothing has this ID"}, {Kind: payment.KindOrder, ID: "nothing has this ID"}}}
		got, err := s.Load(ctx, ask)
		if err != nil {
			return err
		}
		if err := same(got, x.Written()); err != nil {
			return fmt.Errorf("asked for %s %s and for what is not there: %w", v.Kind, v.ID, err)
		}
	}
	got, err := s.Load(ctx, payment.Ask{Customer: ids[0], All: []payment.Kind{payment.KindAccount}})
	if err != nil {
		return err
	}
	if err := same(got, payment.Records{Accounts: r.Accounts}.Written()); err != nil {
		return fmt.Errorf("asked for all accounts: %w", err)
	}
	for _, x := range r.Each() {
		v := x.Views()[0]
		if v.Group != "" || v.Kind == payment.KindAccount {
			continue
		}
		both := payment.Records{Accounts: r.Accounts}.Written()
		both.AppendCopy(x.Written())
		got, err := s.Load(ctx, payment.Ask{Customer: ids[0], Refs: []payment.Ref{v.Ref}, All: []payment.Kind{payment.KindAccount}})
		if err != nil {
			return err
		}
		if err := same(got, both); err != nil {
			return fmt.Errorf("asked for all accounts, and for %s %s: %w", v.Kind, v.ID, err)
		}
	}
	if got, err = s.Load(ctx, payment.Ask{Customer: "nobody", Refs: []payment.Ref{r.Views()[0].Ref}}); err != nil || len(got.Views()) > 0 {
		return fmt.Errorf("asked for another customer's: %d records, %v", len(got.Views()), err)
	}
	return nil
}

func storeCopies(open OpenStore, k Kept) error {
	s, r := open(), k.Customers[0].Copy()
	want := r.Written()
	if err := s.Commit(ctx, payment.Change{Customer: ids[0], Put: r}); err != nil {
		return err
	}
	scribble(&r)
	got, err := everything(s, ids[0])
	if err != nil {
		return err
	}
	if err := same(got, want); err != nil {
		return fmt.Errorf("what was given is changed afterwards: %w", err)
	}
	scribble(&got)
	if err := holds(s, ids[0], want); err != nil {
		return fmt.Errorf("what was returned is changed afterwards: %w", err)
	}
	return nil
}

// scribble changes what lies behind the slices of records.
func scribble(r *payment.Records) {
	for i := range r.Orders {
		r.Orders[i].Lines[0].Product = "scribbled"
		r.Orders[i].Version = 99
	}
	for i := range r.Entries {
		r.Entries[i].Moves[0].ID = "scribbled"
	}
	for i := range r.Notices {
		if len(r.Notices[i].Orders) > 0 {
			r.Notices[i].Orders[0] = "scribbled"
		}
	}
	for i := range r.Resources {
		if len(r.Resources[i].Periods) > 0 {
			r.Resources[i].Periods[0].Order = "scribbled"
		}
	}
	for i := range r.Payments {
		if len(r.Payments[i].Quote.Items) > 0 {
			r.Payments[i].Quote.Items[0].Order = "scribbled"
			r.Payments[i].Request.Orders[0] = "scribbled"
		}
	}
}
