package ledgertest

import (
	"fmt"
	"maps"
	"slices"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// storeNames: a store that joins, folds or trims customers and IDs loses one of two.
func storeNames(open OpenStore, k Kept) error {
	s := open()
	put := make(map[order.CustomerID]ledger.Records)
	for i, n := range named {
		r := put[n.customer]
		r.Append(tally(n.customer, n.id, i+1))
		r.Append(anOrder(k, n.customer, n.id))
		put[n.customer] = r
	}
	customers := slices.Sorted(maps.Keys(put))
	for _, id := range customers {
		if err := fill(s, id, put[id]); err != nil {
			return fmt.Errorf("customer %q: %w", id, err)
		}
	}
	for _, id := range customers {
		want := put[id].Written()
		if err := holds(s, id, want); err != nil {
			return fmt.Errorf("customer %q: %w", id, err)
		}
		ask := ledger.Ask{Customer: id}
		for _, v := range want.Views() {
			ask.Refs = append(ask.Refs, ledger.Ref{Kind: v.Kind, ID: v.ID})
		}
		got, err := s.Load(ctx, ask)
		if err != nil {
			return err
		}
		if err := same(got, want); err != nil {
			return fmt.Errorf("customer %q, by name: %w", id, err)
		}
	}
	return nil
}

// named are names that are easily taken for one: in another case, with spaces, with accents
// apart or not, and with whatever stands between the parts of a key.
var named = func() []owned {
	all := []owned{{"ann", "id"}, {"ann", "ID"}, {"Ann", "id"}, {"ann", "id "}, {"ann", " id"}, {"ann ", "id"}, {"ann", "i d"}, {"ann", "i  d"},
		{"ann", "0"}, {"ann", "00"}, {"ann", "é"}, {"ann", "e"}, {"ann", "e\u0301"}, {"ann", "i%"}, {"ann", "i_"}, {"ann", `i\`}, {"ann", "'"}, {"ann", `"`}, {"ann", "{}"}}
	for _, sep := range []string{"", "/", "|", ":", "-", " "} {
		all = append(all, owned{order.CustomerID("a" + sep + "b"), "c"}, owned{"a", "b" + sep + "c"})
		for _, kind := range []ledger.Kind{ledger.KindTally, ledger.KindOrder} { // customer, kind and ID in one
			all = append(all, owned{"x", "y" + sep + string(kind) + sep + "z"}, owned{order.CustomerID("x" + sep + string(kind) + sep + "y"), "z"})
		}
	}
	return all
}()

type owned struct {
	customer order.CustomerID
	id       string
}

// anOrder makes an order under any name, where the history has one.
func anOrder(k Kept, customer order.CustomerID, id string) (r ledger.Records) {
	if mine := k.Customers[0].Orders; len(mine) > 0 {
		o := mine[0]
		o.ID, o.Customer, o.Purchase, o.Members = order.ID(id), customer, "", 0
		r.Orders = append(r.Orders, o)
	}
	return r
}
