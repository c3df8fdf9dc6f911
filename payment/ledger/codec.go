package ledger

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// Schema is the number of the form in which bodies of records are written. A body of a
// later schema is refused; an earlier one is read as it was. Each field that a record gains or
// loses raises it, so that a host that does not know the field never writes it away.
const Schema = 11

// Record is the generic view of any record, for a store that keeps keys and documents.
// The version is that of the view; the body does not repeat it. State and At are what lists of
// records go by ([Lister]):
//
//	order     its state; since when
//	coupon    its state; no time
//	payment   its state, [StateOverdrawn] while more of it was refunded and taken back than captured; since when, or when money came late or was taken back
//	refund    its state; when it was made
//	account   [StateOverdrawn] or empty; no time
//	bill      its state, [StateOverdue] from the first decline, or since it is due again, until it is charged; the first second of its month, in UTC
//	credit    its state; no time
//	resource  "released" or empty: whether it has expired the clock says; when it was released, or began
//	notice    [NoticeUndeliverable] or [NoticeResolved], or empty; when it was written
//	entry     empty; when it was written
//	claim     its state; when it was made
//	others    empty; no time
type Record struct {
	Customer order.CustomerID `json:"customer"`
	Ref
	Group string          `json:"group,omitempty"` // records of a kind that are loaded together: a purchase, a main resource with what belongs to it; empty: alone
	State string          `json:"state,omitempty"`
	At    time.Time       `json:"at,omitzero"`    // a whole second, in UTC; zero: its kind keeps no time
	DueAt time.Time       `json:"waits,omitzero"` // when the clock moves it next; zero: it waits for nothing
	Body  json.RawMessage `json:"body,omitempty"`
}

// Encode returns the records as views with their bodies.
func (r Records) Encode() ([]Record, error) {
	var all []Record
	for _, s := range tables {
		views, err := s.encode(&r)
		if err != nil {
			return nil, err
		}
		all = append(all, views...)
	}
	return all, nil
}

// Decode adds a record from its view. The body may be one that an earlier version of the library
// wrote; one of a later version is refused, by its schema, or by a key at any depth that this version
// does not know: it would be lost where the record is written back. Amounts and words are read
// strictly. The error is an [*order.FieldError] or [*order.DecodeError], which says where.
func (r *Records) Decode(rec Record) error {
	for _, s := range tables {
		if s.of() == rec.Kind {
			return s.decode(r, rec)
		}
	}
	return order.Invalid("kind", string(rec.Kind), "is unknown: give one such as "+string(KindOrder))
}

func (s *Table[T]) encode(r *Records) ([]Record, error) {
	list := *s.in(r)
	if len(list) == 0 {
		return nil, nil
	}
	views, x := make([]Record, len(list)), new(T)
	_, version := s.head(x)
	var body []byte
	for i := range list {
		*x = list[i]
		views[i] = s.view(x)
		*version = 0
		var err error
		if body, err = s.form.write(body[:0], x); err != nil {
			return nil, err
		}
		views[i].Body = slices.Clone(body)
	}
	return views, nil
}

func (s *Table[T]) decode(r *Records, rec Record) error {
	list := s.in(r)
	n := len(*list)
	var zero T
	*list = append(*list, zero) // and read in place, so that it is not copied
	x := &(*list)[n]
	schema, ok := s.form.quickly(rec.Body, x)
	earlier := s.older != nil && schema < Schema
	if known := schema >= 1 && schema <= Schema; !ok || !known || earlier {
		*x = zero
		if err := s.decodeSlowly(rec.Body, x); err != nil {
			*list = (*list)[:n]
			return err
		}
	}
	customer, version := s.head(x)
	*version = rec.Version
	if id := s.id(x); id != rec.ID || *customer != rec.Customer {
		err := order.Invalid("id", rec.ID, "is not what the body says, "+id+" of customer "+string(*customer))
		*x = zero
		*list = (*list)[:n]
		return err
	}
	return nil
}

// decodeSlowly reads whatever may be read, and says what may not be, and where.
func (s *Table[T]) decodeSlowly(body []byte, x *T) error {
	var form struct {
		Schema int `json:"schema"`
	}
	if err := json.Unmarshal(body, &form); err != nil {
		return order.Locate(body, "", err)
	}
	if form.Schema < 1 || form.Schema > Schema {
		return order.Locate(body, "schema", order.Invalid("", strconv.Itoa(form.Schema), "is unknown to this version, which reads 1 to "+strconv.Itoa(Schema)+": update it"))
	}
	if err := s.form.slowly(body, x); err != nil {
		return order.Locate(body, "", err)
	}
	if key := s.form.unknown(body, append(s.retired, "schema")...); key != "" {
		return order.Locate(body, key, order.Invalid("", "", "is unknown to this version, which would lose it: a newer one wrote it, so update this one"))
	}
	if s.older != nil {
		if err := s.older(body, x); err != nil {
			return order.Locate(body, "", err)
		}
	}
	return nil
}

// carriedCredits reads a bill of schema 1, which had what the bills before had too much of credits
// under a key of its own, at or below zero: it is with the credits. When the bill is made, what it
// does not take of them goes to the customer's credit (P21).
func carriedCredits(body []byte, b *payment.Bill) error {
	var was struct {
		Carried order.Money `json:"carried"`
	}
	if err := json.Unmarshal(body, &was); err != nil || was.Carried == (order.Money{}) {
		return err
	}
	sum, err := b.Credits.Sub(was.Carried)
	if err != nil {
		return order.Within("carried", err)
	}
	b.Credits = sum
	return nil
}

// untoldRefund reads a refund of a schema before 10, when no customer heard that it was done.
func untoldRefund(body []byte, f *payment.Refund) error {
	var form struct {
		Schema int `json:"schema"`
	}
	if err := json.Unmarshal(body, &form); err != nil {
		return err
	}
	f.Untold = f.Untold || form.Schema < 10 && f.State == payment.RefundDone
	return nil
}
