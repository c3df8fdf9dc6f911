package sqlstore

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// Find returns a page of a customer's orders: the store is a [ledger.Finder]. A page in the middle is
// found as quickly as the first (X1); of a resource that the query names, nothing else is read.
func (p *Postgres) Find(ctx context.Context, q order.Query) (page order.Page, err error) {
	if err := q.Check(); err != nil {
		return order.Page{}, err
	}
	if err := order.CheckID("customer", q.Customer); err != nil {
		return order.Page{}, err
	}
	err = retried(ctx, func() error {
		page, err = p.sql.finds(ctx, p.pool, q)
		return err
	})
	return page, err
}

func (s *statements) finds(ctx context.Context, from querier, q order.Query) (order.Page, error) {
	sql, args, err := s.finding(q)
	if err != nil {
		return order.Page{}, err
	}
	rows, err := from.Query(ctx, sql, args...)
	if err != nil {
		return order.Page{}, fmt.Errorf("sqlstore: find: %w", err)
	}
	var found ledger.Records
	r := ledger.Record{Customer: q.Customer, Ref: ledger.Ref{Kind: ledger.KindOrder}}
	if _, err := pgx.ForEachRow(rows, []any{&r.ID, &r.Version, (*[]byte)(&r.Body)}, func() error { return found.Decode(r) }); err != nil {
		return order.Page{}, fmt.Errorf("sqlstore: find: %w", err)
	}
	return q.Page(order.Each(found.Orders))
}

// finding is the statement of a query, with a condition for each field that is set (X1, X3).
func (s *statements) finding(q order.Query) (sql string, args []any, _ error) {
	var b strings.Builder
	args = []any{q.Customer}
	if q.Resource == "" {
		b.WriteString(s.find)
	} else {
		b.WriteString(s.findWith)
		args = append(args, string(q.Resource))
	}
	where := func(condition string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			condition = strings.Replace(condition, "?", fmt.Sprint("$", len(args)), 1)
		}
		b.WriteString(" and " + condition)
	}
	if q.Order != "" {
		where("r.kind = ? and r.id = ?", ledger.KindOrder, q.Order)
	}
	if !q.After.IsZero() {
		where("(r.placed, r.id) < (?, ?)", q.After.Placed.UTC(), q.After.ID)
	}
	if !q.From.IsZero() {
		where("r.placed >= ?", time.Unix(q.From.Unix(), 0).UTC())
	}
	if !q.Until.IsZero() {
		where("r.placed < ?", time.Unix(q.Until.Unix()+1, 0).UTC())
	}
	if q.Type != "" {
		where(s.body+"->>'type' = ?", string(q.Type))
	}
	if q.State != "" {
		where("r.state = ?", string(q.State))
	}
	if q.Project != "" {
		where(s.body+"->>'project' = ?", string(q.Project))
	}
	if q.Product != "" || q.Service != "" || q.Resource != "" {
		line, err := json.Marshal([]lineOf{{q.Product, q.Service, string(q.Resource)}})
		if err != nil {
			return "", nil, err
		}
		where("("+s.body+"->'lines')::jsonb @> ?::text::jsonb", string(line))
	}
	switch q.Bill {
	case order.BillPrepay:
		where("r.prepay")
	case order.BillPostpay:
		where("r.postpay")
	}
	if q.Listing != "" {
		where("r.listing = ?", string(q.Listing))
	}
	b.WriteString(" order by r.placed desc, r.id desc limit MOST")
	return atMost(b.String(), cmp.Or(q.Limit, order.DefaultLimit)+1), args, nil
}

// lineOf is what one line of an order has.
type lineOf struct {
	Product  string `json:"product,omitempty"`
	Service  string `json:"service,omitempty"`
	Resource string `json:"resource,omitempty"`
}
