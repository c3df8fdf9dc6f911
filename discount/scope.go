package discount

import (
	"slices"

	"github.com/duebook/duebook/order"
)

// Scope says which lines a discount covers (D4): those that match every field that is set. The zero Scope covers all. Lines of third parties are never covered
// (O11).
type Scope struct {
	Services []string       `json:"services,omitempty"`
	Products []string       `json:"products,omitempty"`
	Regions  []string       `json:"regions,omitempty"`
	Types    []order.Type   `json:"types,omitempty"` // of the order
	Charges  []order.Charge `json:"charges,omitempty"`
	Terms    order.Terms    `json:"terms,omitzero"`
}

// Covers reports whether the scope covers line i of o; a line that o does not have is
// not covered.
func (s *Scope) Covers(o *order.Order, i int) bool {
	if o == nil || i < 0 || i >= len(o.Lines) {
		return false
	}
	r := s.reach(o)
	return r.covers(&o.Lines[i])
}

// reach is a scope as it applies to the lines of one order, computed once for all of them.
type reach struct {
	lines *Scope // what each line must match; nil: all of the merchant's own are covered
	none  bool   // no order of this type is covered
}

func (s *Scope) reach(o *order.Order) reach {
	r := reach{none: !has(s.Types, o.Type)}
	if len(s.Services)+len(s.Products)+len(s.Regions)+len(s.Charges) > 0 || s.Terms != (order.Terms{}) {
		r.lines = s
	}
	return r
}

func (r *reach) covers(l *order.Line) bool {
	if r.none || l.Seller != "" {
		return false
	}
	return r.lines == nil || r.lines.room(l)
}

// room reports whether l matches every field that is set.
func (s *Scope) room(l *order.Line) bool {
	return has(s.Services, l.Service) && has(s.Products, l.Product) && has(s.Regions, l.Region) &&
		has(s.Charges, l.Charge) && (s.Terms == order.Terms{} || s.Terms.Contain(l.Term))
}

// has reports whether v is in set; everything is in the empty one.
func has[T comparable](set []T, v T) bool { return len(set) == 0 || slices.Contains(set, v) }

// Check reports a word that is unknown, and a name that no line can have.
func (s Scope) Check() error {
	for _, names := range [...]struct {
		field string
		list  []string
	}{{"scope.services", s.Services}, {"scope.products", s.Products}, {"scope.regions", s.Regions}} {
		for _, name := range names.list {
			if err := order.CheckID(names.field, name); err != nil {
				return err
			}
		}
	}
	if len(s.Types) > 0 {
		known := order.Types()
		for _, t := range s.Types {
			if err := order.CheckWord("scope.types", t, known); err != nil {
				return err
			}
		}
	}
	if len(s.Charges) > 0 {
		known := order.Charges()
		for _, c := range s.Charges {
			if err := order.CheckWord("scope.charges", c, known); err != nil {
				return err
			}
		}
	}
	if err := s.Terms.Check(); err != nil {
		return order.Within("scope.terms", err)
	}
	return nil
}
