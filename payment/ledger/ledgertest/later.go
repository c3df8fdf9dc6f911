package ledgertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// Bodies is what a store that keeps bodies may offer to the suite: to write what a later version of
// the library would have written, which no call of a [ledger.Store] can. A host's test adds it to its
// store; the store itself needs none.
type Bodies interface {
	// Rewrite puts what change makes of the body of a record in its place, at the same version.
	Rewrite(ctx context.Context, customer order.CustomerID, ref ledger.Ref, change func(body []byte) []byte) error
}

// storeLater has a body of each kind written as by a later version, loads it, and writes back whatever
// was loaded, as a Desk would.
func storeLater(open OpenStore, k Kept) error {
	if _, ok := open().(Bodies); !ok {
		return nil
	}
	for what, later := range map[string]func(body []byte) []byte{
		"with a key that is not known": func(body []byte) []byte {
			return slices.Concat([]byte(`{"tomorrow":{"a":[1]},`), bytes.TrimLeft(body, " {"))
		},
		"of the next schema": func(body []byte) []byte {
			is, next := strconv.Itoa(ledger.Schema), strconv.Itoa(ledger.Schema+1)
			body = bytes.Replace(body, []byte(`"schema": `+is), []byte(`"schema":`+is), 1)
			return bytes.Replace(body, []byte(`"schema":`+is), []byte(`"schema":`+next), 1)
		},
	} {
		s := open()
		if err := fill(s, ids[0], k.Customers[0]); err != nil {
			return err
		}
		seen := make(map[ledger.Kind]bool)
		for _, v := range k.Customers[0].Written().Views() {
			if seen[v.Kind] {
				continue
			}
			seen[v.Kind] = true
			if err := keepsLater(s, v.Ref, later); err != nil {
				return fmt.Errorf("the body of %s %s, %s: %w", v.Kind, v.ID, what, err)
			}
		}
	}
	return nil
}

// keepsLater reports a store that does not refuse a body of a later version, or does not keep it.
func keepsLater(s ledger.Store, ref ledger.Ref, later func(body []byte) []byte) error {
	bodies, put, kept := s.(Bodies), []byte(nil), []byte(nil)
	write := func(body []byte) []byte { put = later(body); return slices.Clone(put) }
	if err := bodies.Rewrite(ctx, ids[0], ref, write); err != nil {
		return err
	}
	for _, ask := range []ledger.Ask{{Customer: ids[0], Refs: []ledger.Ref{ref}}, {Customer: ids[0], All: []ledger.Kind{ref.Kind}}} {
		got, err := s.Load(ctx, ask)
		if err != nil {
			continue
		}
		err = s.Commit(ctx, ledger.Change{Customer: ids[0], Put: got})
		return fmt.Errorf("it is loaded as %d records, without an error; written back: %v", len(got.Views()), err)
	}
	if err := bodies.Rewrite(ctx, ids[0], ref, func(body []byte) []byte { kept = slices.Clone(body); return body }); err != nil {
		return err
	}
	var is, was any
	if json.Unmarshal(put, &was) != nil || json.Unmarshal(kept, &is) != nil || !reflect.DeepEqual(is, was) {
		return fmt.Errorf("it says\n  %s\nand said\n  %s", kept, put)
	}
	return nil
}
