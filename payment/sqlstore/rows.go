package sqlstore

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// row is a record as the table records has it: its view with the version that it is written
// with, and of an order what it is found by.
type row struct {
	ledger.Record
	placed time.Time // zero: it is no order
	finding
}

// finding is by what queries find an order, beside what its body has; its lines say it.
type finding struct {
	prepay, postpay bool
	listing         string
}

// rowsOf returns what a commit writes, each record at its new version (P16).
func rowsOf(put ledger.Records) ([]row, error) {
	views, err := put.Encode()
	if err != nil {
		return nil, err
	}
	rows, n := make([]row, len(views)), 0
	for i, v := range views {
		v.Version++
		rows[i].Record = v
		if v.Kind != ledger.KindOrder {
			continue
		}
		o := &put.Orders[n] // as Encode lists them
		if n++; string(o.ID) != v.ID {
			return nil, fmt.Errorf("sqlstore: order %s is encoded in place of %s", v.ID, o.ID)
		}
		if n > 1 && alike(o.Lines, put.Orders[n-2].Lines) {
			rows[i].finding = rows[i-1].finding // as most orders of a payment
		} else {
			rows[i].finds(o)
		}
		rows[i].placed = o.Placed.UTC()
	}
	return rows, nil
}

// finds sets what an order is found by (X1, X3).
func (f *finding) finds(o *order.Order) {
	f.prepay = order.Query{Bill: order.BillPrepay}.Match(*o)
	f.postpay = order.Query{Bill: order.BillPostpay}.Match(*o)
	for _, l := range [...]order.Listing{order.ListReserved, order.ListYearlyMonthly} {
		if (order.Query{Listing: l}).Match(*o) {
			f.listing = string(l)
		}
	}
}

// alike reports whether lines are as others in all that bills and listings go by.
func alike(a, b []order.Line) bool {
	for i := range a {
		if i >= len(b) || a[i].Charge != b[i].Charge || a[i].Reserved != b[i].Reserved || a[i].Seller != b[i].Seller {
			return false
		}
	}
	return len(a) == len(b)
}

// asked takes an Ask apart: each kind once, and the names that are not of such a kind, each once.
func asked(a ledger.Ask) (all, kinds, ids []string) {
	for _, k := range a.All {
		if !slices.Contains(all, string(k)) {
			all = append(all, string(k))
		}
	}
	seen := make(map[ledger.Ref]bool, len(a.Refs))
	for _, r := range a.Refs {
		r.Version = 0
		if seen[r] || slices.Contains(all, string(r.Kind)) {
			continue
		}
		seen[r] = true
		kinds, ids = append(kinds, string(r.Kind)), append(ids, r.ID)
	}
	return all, kinds, ids
}

// decoded returns records from their rows, by kind and ID.
func decoded(rows []ledger.Record) (all ledger.Records, _ error) {
	slices.SortFunc(rows, func(a, b ledger.Record) int {
		if c := strings.Compare(string(a.Kind), string(b.Kind)); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	for _, r := range rows {
		if err := all.Decode(r); err != nil {
			return ledger.Records{}, fmt.Errorf("sqlstore: %s %s: %w", r.Kind, r.ID, err)
		}
	}
	return all, nil
}
