package ledgertest

import (
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment/desk/desktest"
	"github.com/duebook/duebook/payment/ledger"
	"pgregory.net/rapid"
)

// OpenStore returns a store that is empty, and that nobody else uses.
type OpenStore func() ledger.Store

// StoreLaw is one promise of a [ledger.Store], on what a history of a Desk left.
type StoreLaw = ordertest.Law[OpenStore, Kept]

// Kept are records of every kind, sound and as a Desk leaves them: of two customers, and of
// who issues a code. Versions are 0.
type Kept struct {
	Seed      uint64
	Customers [3]ledger.Records
}

// GoString names the history, and not what it left.
func (k Kept) GoString() string { return fmt.Sprintf("history %d", k.Seed) }

// ids are the customers of Kept.
var ids = [3]order.CustomerID{"ann", "bob", "shop"}

// TestStore checks that the stores which open returns keep every law of [StoreLaws], each
// in a subtest of its own, with records that rapid draws. It is a host's whole test:
//
//	func TestStore(t *testing.T) { ledgertest.TestStore(t, openOurs) }
//
// Each law opens stores of its own, from one to three for each draw: -rapid.checks says how
// many draws there are.
func TestStore(t *testing.T, open OpenStore) {
	t.Helper()
	storeSuite().Test(t, open)
}

// VerifyStore checks the same on n draws, for a program. The error is a [*desktest.LawError] for the
// first on which a law is broken; n less than 1 is an error too.
func VerifyStore(open OpenStore, n int) error { return storeSuite().Verify(open, n) }

func storeSuite() ordertest.Suite[OpenStore, Kept] {
	return ordertest.Suite[OpenStore, Kept]{Laws: StoreLaws(), Drawn: DrawKept(), Shown: func(k Kept) string {
		return fmt.Sprintf("the records of history %d", k.Seed)
	}}
}

// DrawKept draws the records that a history leaves.
func DrawKept() *rapid.Generator[Kept] {
	return rapid.Map(rapid.Uint64Range(1, 200), keptOf)
}

// histories are what was kept of each, by its seed: all laws draw of the same few, and a
// history takes longer than most laws.
var histories sync.Map

// keptOf returns a copy of what the history of a seed leaves.
func keptOf(seed uint64) Kept {
	kept, ok := histories.Load(seed)
	if !ok {
		k := Kept{Seed: seed}
		for i, r := range desktest.Left(seed, ids[:]...) {
			k.Customers[i] = unwritten(r)
		}
		kept, _ = histories.LoadOrStore(seed, k)
	}
	k := kept.(Kept)
	for i, r := range k.Customers {
		k.Customers[i] = r.Copy()
	}
	return k
}

// unwritten returns records as they are before they are written for the first time.
func unwritten(r ledger.Records) ledger.Records {
	var fresh ledger.Records
	views, err := r.Encode()
	if err != nil {
		return r
	}
	for _, v := range views {
		v.Version = 0
		if err := fresh.Decode(v); err != nil {
			return r
		}
	}
	return fresh
}

// same reports how records differ in what they say; the zone of an instant does not count.
func same(a, b ledger.Records) error {
	x, err := inUTC(a).Encode()
	if err != nil {
		return err
	}
	y, err := inUTC(b).Encode()
	if err != nil {
		return err
	}
	byName := make(map[ledger.Ref]ledger.Record, len(y))
	for _, r := range y {
		byName[ledger.Ref{Kind: r.Kind, ID: r.ID}] = r
	}
	if len(x) != len(y) {
		return fmt.Errorf("there are %d records, and %d are wanted", len(x), len(y))
	}
	for _, r := range x {
		want, ok := byName[ledger.Ref{Kind: r.Kind, ID: r.ID}]
		switch {
		case !ok:
			return fmt.Errorf("%s %s is not wanted", r.Kind, r.ID)
		case r.Version != want.Version:
			return fmt.Errorf("%s %s has version %d, and %d is wanted", r.Kind, r.ID, r.Version, want.Version)
		case string(r.Body) != string(want.Body):
			return fmt.Errorf("%s %s says\n  %s\nwhere\n  %s\nis wanted", r.Kind, r.ID, r.Body, want.Body)
		}
	}
	return nil
}

// inUTC returns a copy with all instants in UTC.
func inUTC(r ledger.Records) ledger.Records {
	c := r.Copy()
	toUTC(reflect.ValueOf(&c).Elem())
	return c
}

var instant = reflect.TypeFor[time.Time]()

func toUTC(v reflect.Value) {
	switch {
	case v.Type() == instant:
		if at := v.Interface().(time.Time); v.CanSet() && !at.IsZero() {
			v.Set(reflect.ValueOf(at.UTC()))
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				toUTC(v.Field(i))
			}
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			toUTC(v.Index(i))
		}
	}
}
