package ledgertest_test

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
)

// lists returns where records have lists, at every depth below the lists of the kinds.
func lists(at string, t reflect.Type) (all []string) {
	switch {
	case t == reflect.TypeFor[time.Time](), at == "Payments.Quote.Orders": // which no store keeps
	case t.Kind() == reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() {
				all = append(all, lists(at+"."+f.Name, f.Type)...)
			}
		}
	case t.Kind() == reflect.Slice:
		all = append([]string{at}, lists(at+" of", t.Elem())...)
	}
	return all
}

// share makes one list of a record that of another.
func share(to, from reflect.Value, at, list string) {
	switch {
	case at == list:
		to.Set(from)
	case to.Type() == reflect.TypeFor[time.Time]():
	case to.Kind() == reflect.Struct:
		for i := range to.NumField() {
			if f := to.Type().Field(i); f.IsExported() {
				share(to.Field(i), from.Field(i), at+"."+f.Name, list)
			}
		}
	case to.Kind() == reflect.Slice:
		for i := range min(to.Len(), from.Len()) {
			share(to.Index(i), from.Index(i), at+" of", list)
		}
	}
}

// shareKind does so with every record of a kind that the others have too.
func shareKind(to *ledger.Records, from ledger.Records, kind, list string) {
	mine, theirs := reflect.ValueOf(to).Elem().FieldByName(kind), reflect.ValueOf(from).FieldByName(kind)
	for i := range mine.Len() {
		for k := range theirs.Len() {
			if idOf(mine.Index(i)) == idOf(theirs.Index(k)) {
				share(mine.Index(i), theirs.Index(k), kind, list)
			}
		}
	}
}

func idOf(v reflect.Value) string {
	if c, ok := v.Interface().(ledger.PublicCode); ok {
		return c.Code.Code
	}
	return v.FieldByName("ID").String()
}

// sharing is a store that shares one list with its caller, as it was given or returned. It
// finds the list in records of its own, or in those of the caller.
func sharing(kind, list string, given, own bool) *flawed {
	kept := make(map[order.CustomerID]ledger.Records)
	keep := func(id order.CustomerID, r ledger.Records) {
		if kept[id] = r; own {
			copied := r.Copy()
			shareKind(&copied, r, kind, list)
			kept[id] = copied
		}
	}
	return &flawed{
		commit: func(f *flawed, ctx context.Context, c ledger.Change) error {
			if given {
				keep(c.Customer, c.Put)
			}
			return f.Store.Commit(ctx, c)
		},
		load: func(f *flawed, ask ledger.Ask) (ledger.Records, error) {
			r, err := f.Store.Load(background, ask)
			shareKind(&r, kept[ask.Customer], kind, list)
			if !given {
				keep(ask.Customer, r)
			}
			return r, err
		}}
}

// TestP16_SharedLists: whichever one list a store shares with its caller, it is caught.
func TestP16_SharedLists(t *testing.T) {
	laws, k := ledgertest.StoreLaws(), ledgertest.DrawKept().Example(1)
	copies := laws[slices.IndexFunc(laws, func(law ledgertest.StoreLaw) bool { return law.Name == "copies" })]
	records := reflect.TypeFor[ledger.Records]()
	for i := range records.NumField() {
		kind := records.Field(i)
		for _, list := range lists(kind.Name, kind.Type.Elem()) {
			for i := range 4 {
				given, own := i&1 == 0, i&2 == 0
				if copies.Holds(func() ledger.Store { return sharing(kind.Name, list, given, own) }, k) == nil {
					t.Errorf("a store that shares %s is not caught; as given: %t, in records of its own: %t", list, given, own)
				}
			}
		}
	}
}
