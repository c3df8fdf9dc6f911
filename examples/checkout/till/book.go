package till

import (
	"bytes"
	"context"
	_ "embed" // for the book of the house
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

//go:embed book.json
var sample []byte

// Sample returns the book that is priced when no other is named.
func Sample() []byte { return bytes.Clone(sample) }

// What an order can ask for besides the ID of a discount.
const (
	Best = "best" // what discount.Choose finds among those the customer has
	None = "none" // in Later: drop the one chosen before
)

// Book is the input: who buys what, when, and which discounts there are. The package
// comment shows its JSON form.
type Book struct {
	About     string     `json:"about,omitempty"`  // for the reader
	Policy    Policy     `json:"policy,omitempty"` // of customers and orders that name none
	Customers []Customer `json:"customers"`
	Discounts []Offer    `json:"discounts,omitempty"`
	Orders    []Order    `json:"orders,omitempty"`
	Purchases []Purchase `json:"purchases,omitempty"`

	Coupons  []coupon.Coupon   `json:"coupons,omitempty"`
	Accounts []payment.Account `json:"accounts,omitempty"`
	Payments []Payment         `json:"payments,omitempty"` // to be quoted

	text []byte // what was read: errors found later are located in it
}

// Customer is who pays.
type Customer struct {
	ID     order.CustomerID `json:"id"`
	Name   string           `json:"name"` // 1 to 64 printable characters
	About  string           `json:"about,omitempty"`
	Policy Policy           `json:"policy,omitempty"` // of orders that name none

	Association payment.Association `json:"association,omitempty"` // to a partner
	Protected   bool                `json:"protected,omitempty"`   // authenticates a second time for each payment
	Monthly     bool                `json:"monthly,omitempty"`     // may settle monthly
	Gateway     string              `json:"gateway,omitempty"`     // charged where a payment names none
}

// Offer is a discount, and whose it is.
type Offer struct {
	discount.Discount
	Customer order.CustomerID `json:"customer,omitempty"` // empty: everybody's
}

// Member is a draft, and the discount that is chosen for it.
type Member struct {
	order.Draft
	About    string    `json:"about,omitempty"`
	Discount string    `json:"discount,omitempty"` // an ID, Best, or empty: none
	At       time.Time `json:"at,omitzero"`        // when it is chosen; zero: when the order is placed
	Later    []Pick    `json:"later,omitempty"`    // what is chosen instead, afterwards
}

// Pick is a discount chosen for an order that may have one already.
type Pick struct {
	Discount string    `json:"discount"` // an ID, Best or None
	At       time.Time `json:"at"`
}

// Order is an order of its own.
type Order struct {
	Member
	Placed time.Time    `json:"placed"`
	Policy Policy       `json:"policy,omitempty"`
	Moves  []order.Move `json:"moves,omitempty"` // made after the discount was chosen, one by one
	PayAt  []time.Time  `json:"payAt,omitempty"` // could it be paid then, after the moves until then?
}

// Purchase is orders made together.
type Purchase struct {
	ID     order.PurchaseID `json:"id"`
	Placed time.Time        `json:"placed"`
	Policy Policy           `json:"policy,omitempty"`
	Orders []Member         `json:"orders"`
	Moves  []order.Move     `json:"moves,omitempty"` // of the purchase; "order" names the member where a move wants one
	PayAt  []time.Time      `json:"payAt,omitempty"`
}

// Read reads a book, strictly. What is wrong with it is an [*order.DecodeError] with
// line and field, whether the text, a value, a reference or an order that cannot be
// placed; what the rules refuse to a sound order is no error but stands in the [Bill].
// Of a book that Read returns, [Book.Price] fails only where its store does.
func Read(text []byte) (Book, error) {
	var b Book
	if err := order.Decode(text, &b); err != nil {
		return Book{}, err
	}
	b.text = bytes.Clone(text)
	if err := b.links(); err != nil {
		return Book{}, err
	}
	if _, err := b.Price(context.Background(), &Memory{}); err != nil {
		return Book{}, err
	}
	return b, nil
}

// Check reports texts that cannot be printed.
func (b Book) Check() error { return checkAbout(b.About) }

// Check reports an ID or a name that is none.
func (c Customer) Check() error {
	if err := order.CheckID("id", c.ID); err != nil {
		return err
	}
	if err := order.CheckID("name", c.Name); err != nil {
		return err
	}
	if c.Gateway != "" {
		if err := order.CheckID("gateway", c.Gateway); err != nil {
			return err
		}
	}
	return checkAbout(c.About)
}

// Check reports a discount that is not sound, or is called what means something else.
func (o Offer) Check() error {
	if o.ID == Best || o.ID == None {
		return &order.FieldError{Field: "id", Value: string(o.ID), Reason: "is how an order asks for the best, or for none: choose another"}
	}
	return o.Discount.Check()
}

// Check reports texts and times that are none.
func (m Member) Check() error {
	if m.Discount == None {
		return &order.FieldError{Field: "discount", Value: m.Discount, Reason: "belongs in later: leave it out here"}
	}
	if !m.At.IsZero() {
		if err := checkTime("at", m.At); err != nil {
			return err
		}
	}
	return checkAbout(m.About)
}

// Check reports a choice of nothing, or at no time.
func (p Pick) Check() error {
	if p.Discount == "" {
		return &order.FieldError{Field: "discount", Reason: `is not set: give an ID, "best" or "none"`}
	}
	return checkTime("at", p.At)
}

// Check reports texts and times that are none.
func (o Order) Check() error {
	if err := checkTimes(o.Placed, o.PayAt); err != nil {
		return err
	}
	return o.Member.Check()
}

// Check reports an ID or times that are none.
func (p Purchase) Check() error {
	if err := order.CheckID("id", p.ID); err != nil {
		return err
	}
	return checkTimes(p.Placed, p.PayAt)
}

func checkTimes(placed time.Time, payAt []time.Time) error {
	if err := checkTime("placed", placed); err != nil {
		return err
	}
	for i, at := range payAt {
		if err := checkTime(fmt.Sprintf("payAt[%d]", i), at); err != nil {
			return err
		}
	}
	return nil
}

func checkTime(field string, at time.Time) error {
	_, err := order.Second(at)
	var f *order.FieldError
	if errors.As(err, &f) {
		return &order.FieldError{Field: field, Value: f.Value, Reason: f.Reason}
	}
	return err
}

func checkAbout(s string) error {
	const most = 300
	if i := slices.IndexFunc([]rune(s), func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
		return &order.FieldError{Field: "about", Value: s, Reason: "has a character that does not print: remove it"}
	}
	if utf8.RuneCountInString(s) > most {
		return &order.FieldError{Field: "about", Reason: fmt.Sprintf("has more than %d characters", most)}
	}
	return nil
}

// links reports an ID that stands twice, and a reference to what is not in the book.
func (b *Book) links() error {
	seen := make(map[string]string)
	once := func(kind, id, path string) error {
		if first, twice := seen[kind+id]; twice {
			return order.Locate(b.text, path+".id", &order.FieldError{Value: id, Reason: "stands twice: it is the ID of " + first + " already"})
		}
		seen[kind+id] = path
		return nil
	}
	for i := range b.Customers {
		if err := once("customer ", string(b.Customers[i].ID), fmt.Sprintf("customers[%d]", i)); err != nil {
			return err
		}
	}
	for i := range b.Discounts {
		d, path := &b.Discounts[i], fmt.Sprintf("discounts[%d]", i)
		if err := once("discount ", string(d.ID), path); err != nil {
			return err
		}
		if d.Customer != "" && b.customer(d.Customer) == nil {
			return b.noCustomer(path, d.Customer)
		}
	}
	for _, j := range b.jobs() {
		if j.purchase != "" {
			if err := once("purchase ", string(j.purchase), j.path); err != nil {
				return err
			}
		}
		for i, m := range j.members {
			if m.ID != "" { // an empty one is refused when it is placed
				if err := once("order ", string(m.ID), j.paths[i]); err != nil {
					return err
				}
			}
			if b.customer(m.Customer) == nil {
				return b.noCustomer(j.paths[i], m.Customer)
			}
			if err := b.linkDiscounts(m, j.paths[i]); err != nil {
				return err
			}
		}
	}
	return b.linkPayments(once, func(id order.ID) bool { return seen["order "+string(id)] != "" })
}

func (b *Book) noCustomer(path string, id order.CustomerID) error {
	return order.Locate(b.text, path+".customer", &order.FieldError{Value: string(id), Reason: "is not among the customers: add it there"})
}

// linkDiscounts reports a discount that is not in the book, or is somebody else's.
func (b *Book) linkDiscounts(m Member, path string) error {
	picks := []struct{ id, path string }{{m.Discount, path + ".discount"}}
	for i, p := range m.Later {
		picks = append(picks, struct{ id, path string }{p.Discount, fmt.Sprintf("%s.later[%d].discount", path, i)})
	}
	for _, p := range picks {
		if p.id == "" || p.id == Best || p.id == None {
			continue
		}
		d := b.offer(p.id)
		if d == nil {
			return order.Locate(b.text, p.path, &order.FieldError{Value: p.id, Reason: `is not among the discounts: add it there, or say "best"`})
		}
		if d.Customer != "" && d.Customer != m.Customer {
			return order.Locate(b.text, p.path, &order.FieldError{Value: p.id, Reason: fmt.Sprintf("is the discount of customer %q: choose one of %q or of everybody", string(d.Customer), string(m.Customer))})
		}
	}
	return nil
}

func (b *Book) customer(id order.CustomerID) *Customer {
	if i := slices.IndexFunc(b.Customers, func(c Customer) bool { return c.ID == id }); i >= 0 {
		return &b.Customers[i]
	}
	return nil
}

func (b *Book) offer(id string) *Offer {
	if i := slices.IndexFunc(b.Discounts, func(o Offer) bool { return string(o.ID) == id }); i >= 0 {
		return &b.Discounts[i]
	}
	return nil
}
