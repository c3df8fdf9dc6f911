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
	placed          time.Time // zero: it is no order
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
		o := put.Orders[n] // as Encode lists them
		if n++; string(o.ID) != v.ID {
			return nil, fmt.Errorf("sqlstore: order %s is encoded in place of %s", v.ID, o.ID)
		}
		rows[i].finds(o)
	}
	return rows, nil
}

// finds sets what an order is found by, beside what its body has (X1, X3).
func (r *row) finds(o order.Order) {
	r.placed = o.Placed.UTC()
	r.prepay = order.Query{Bill: order.BillPrepay}.Match(o)
	r.postpay = order.Query{Bill: order.BillPostpay}.Match(o)
	for _, l := range [...]order.Listing{order.ListReserved, order.ListYearlyMonthly} {
		if (order.Query{Listing: l}).Match(o) {
			r.listing = string(l)
		}
	}
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
