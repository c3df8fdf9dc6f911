package renewal

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"time"

	"github.com/duebook/duebook/order"
)

// Query finds resources in the renewal list (R13): those that every field which is set
// has room for.
type Query struct {
	Customer order.CustomerID `json:"customer,omitempty"`
	Expiry   order.Window     `json:"expiry,omitzero"` // both ends included
	Resource order.ResourceID `json:"resource,omitempty"`
	Order    order.ID         `json:"order,omitempty"` // the open order that names it
	Mode     Mode             `json:"mode,omitempty"`
	State    State            `json:"state,omitempty"`
}

// Check reports unknown words, invalid times and IDs that no record can have, as an
// [*order.FieldError]. A zero Expiry is any time.
func (q Query) Check() error {
	if err := q.Expiry.Check(); err != nil {
		return order.Within("expiry", err)
	}
	if err := cmp.Or(order.CheckOptional("customer", q.Customer), order.CheckOptional("resource", q.Resource), order.CheckOptional("order", q.Order)); err != nil {
		return err
	}
	if q.Mode != "" && !slices.Contains(modes, q.Mode) {
		return order.Invalid("mode", string(q.Mode), "is unknown")
	}
	if q.State != "" && !slices.Contains(states, q.State) {
		return order.Invalid("state", string(q.State), "is unknown")
	}
	return nil
}

// Match reports whether the query finds r at the given time. A query that Check refuses finds
// nothing.
func (q Query) Match(r Resource, at time.Time, p Policy) bool {
	return q.Check() == nil && q.match(&r, at, &p)
}

// match is Match for a query that passes Check.
func (q *Query) match(r *Resource, at time.Time, p *Policy) bool {
	switch {
	case q.Customer != "" && q.Customer != r.Customer,
		q.Resource != "" && q.Resource != r.ID,
		q.Order != "" && q.Order != r.Order,
		q.Mode != "" && q.Mode != r.Mode,
		!q.Expiry.Contains(r.Expiry):
		return false
	}
	return q.State == "" || q.State == r.State(at, *p)
}

// Select returns the resources that the query finds, by expiry and then by ID: the next
// to be renewed first (R13). These are all of them: there are no pages.
func (q Query) Select(resources []Resource, at time.Time, p Policy) ([]Resource, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	if err := checkTime("at", at); err != nil {
		return nil, err
	}
	found := make([]Resource, 0, len(resources))
	for i := range resources {
		if q.match(&resources[i], at, &p) {
			found = append(found, resources[i])
		}
	}
	slices.SortFunc(found, func(a, b Resource) int { return cmp.Or(a.Expiry.Compare(b.Expiry), cmp.Compare(a.ID, b.ID)) })
	return found, nil
}

// Each returns the resources as a sequence without errors: a selection to export.
func Each(resources []Resource) iter.Seq2[Resource, error] {
	return func(yield func(Resource, error) bool) {
		for _, r := range resources {
			if !yield(r, nil) {
				return
			}
		}
	}
}

var listColumns = []string{"id", "customer", "user", "project", "product", "service", "region", "count", "charge", "mode", "state", "expiry", "usable until", "kept until", "order", "term", "price", "currency", "next product", "next count"}

// WriteCSV writes the renewal list, as RFC 4180 has it: a header, and a row for each
// resource with the price of a renewal for the term (R13), as what it becomes if a change waits for
// its expiry (Q8). It writes as the resources
// come and keeps one row. Texts and IDs of the host are safe to open in a spreadsheet, as
// order.WriteCSV has them; times are RFC 3339 in the zone of the policy. What has no price
// has empty cells. n counts the rows; more than the policy allows is [ErrTooMany], as an
// [*ExportError] that says so before the row is written.
func WriteCSV(w io.Writer, resources iter.Seq2[Resource, error], t Term, prices Prices, at time.Time, p Policy) (n int, err error) {
	if err := p.Check(); err != nil {
		return 0, order.Within("policy", err)
	}
	if err := p.checkTerm(t); err != nil {
		return 0, err
	}
	if err := checkTime("at", at); err != nil {
		return 0, err
	}
	if prices == nil {
		return 0, order.Invalid("prices", "", "is required")
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	fail := func(id order.ResourceID, err error) (int, error) {
		out.Flush()
		return n, &ExportError{Rows: n, Resource: id, Err: err}
	}
	if err := out.Write(listColumns); err != nil {
		return fail("", err)
	}
	for r, err := range resources {
		switch {
		case err != nil:
			return fail("", err)
		case p.MaxRows > 0 && n == p.MaxRows:
			return fail(r.ID, fmt.Errorf("%w: at most %d: narrow the query, or export in parts", ErrTooMany, p.MaxRows))
		}
		if err := r.check(&p); err != nil {
			return fail(r.ID, err)
		}
		price, err := prices.Price(r.AsRenewed(), t)
		if errors.Is(err, ErrNoPrice) {
			price, err = order.Money{}, nil
		}
		if err != nil {
			return fail(r.ID, err)
		}
		usable, kept := r.kept(&p)
		show := func(at time.Time) string { return at.In(p.zone()).Format(time.RFC3339) }
		if err := out.Write([]string{
			order.CSVCell(string(r.ID)), order.CSVCell(string(r.Customer)), order.CSVCell(string(r.User)), order.CSVCell(string(r.Project)),
			order.CSVCell(r.Product), order.CSVCell(r.Service), order.CSVCell(r.Region), strconv.Itoa(r.Count), string(r.Charge), string(r.Mode),
			string(r.state(at, &p)), show(r.Expiry), show(usable), show(kept), order.CSVCell(string(r.Order)), t.String(), price.Amount(), currency(price),
			order.CSVCell(r.Next.Product), r.Next.count(),
		}); err != nil {
			return fail(r.ID, err)
		}
		n++
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fail("", err)
	}
	return n, nil
}

func (n *NextChange) count() string {
	if n.Count == 0 {
		return ""
	}
	return strconv.Itoa(n.Count)
}

func currency(m order.Money) string {
	if m == (order.Money{}) {
		return ""
	}
	return m.Currency().String()
}

// ExportError says where an export stopped and why.
type ExportError struct {
	Rows     int              // written before it, without the header
	Resource order.ResourceID // the one it stopped at; empty where it was none
	Err      error
}

func (e *ExportError) Error() string {
	s := fmt.Sprintf("export stopped after %d rows", e.Rows)
	if e.Resource != "" {
		s += ", at resource " + string(e.Resource)
	}
	return fmt.Sprintf("%s: %v", s, e.Err)
}

func (e *ExportError) Unwrap() error { return e.Err }
