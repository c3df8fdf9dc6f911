package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// What an order can ask for in place of the ID of a discount.
const (
	best = "best" // the one that discount.Choose finds
	none = "none" // in later: drop the one chosen before
)

// book is the input. A customer, a discount or an order that it names is in it.
type book struct {
	About     string            `json:"about,omitempty"`
	Policy    policy            `json:"policy,omitempty"`
	Customers []customer        `json:"customers"`
	Discounts []offer           `json:"discounts,omitempty"`
	Orders    []single          `json:"orders,omitempty"`
	Purchases []bundle          `json:"purchases,omitempty"`
	Coupons   []coupon.Coupon   `json:"coupons,omitempty"`
	Accounts  []payment.Account `json:"accounts,omitempty"`
	Payments  []request         `json:"payments,omitempty"`

	text []byte // as read, to say where a mistake is
}

type customer struct {
	ID          order.CustomerID    `json:"id"`
	Name        string              `json:"name"`
	About       string              `json:"about,omitempty"`
	Policy      policy              `json:"policy,omitempty"`
	Association payment.Association `json:"association,omitempty"` // to a partner
	Protected   bool                `json:"protected,omitempty"`   // authenticates a second time for each payment
	Monthly     bool                `json:"monthly,omitempty"`     // may settle monthly
	Gateway     string              `json:"gateway,omitempty"`     // charged where a payment names none
}

// offer is a discount of one customer, or of everybody.
type offer struct {
	discount.Discount
	Customer order.CustomerID `json:"customer,omitempty"`
}

// draft is an order to place, and the discounts to choose for it.
type draft struct {
	order.Draft
	About    string    `json:"about,omitempty"`
	Discount string    `json:"discount,omitempty"` // an ID, best, or empty: no discount
	At       time.Time `json:"at,omitzero"`        // when it is chosen; zero: when the order is placed
	Later    []pick    `json:"later,omitempty"`
}

// pick is a discount chosen for an order that may have one already.
type pick struct {
	Discount string    `json:"discount"` // an ID, best or none
	At       time.Time `json:"at"`
}

// steps are when orders are placed, and what is made of them and asked about them afterwards.
type steps struct {
	Placed time.Time    `json:"placed"`
	Policy policy       `json:"policy,omitempty"`
	Moves  []order.Move `json:"moves,omitempty"`
	PayAt  []time.Time  `json:"payAt,omitempty"`
}

// single is an order of its own.
type single struct {
	draft
	steps
}

// bundle is orders made together.
type bundle struct {
	ID     order.PurchaseID `json:"id"`
	Orders []draft          `json:"orders"`
	steps
}

// request is a payment to quote.
type request struct {
	payment.Request
	About         string       `json:"about,omitempty"`
	At            time.Time    `json:"at"`
	Policy        policy       `json:"policy,omitempty"`
	Card          payment.Card `json:"card,omitzero"`
	Authenticated bool         `json:"authenticated,omitempty"` // a second time, for this payment
}

func read(text []byte) (*book, error) {
	b := new(book)
	if err := order.Decode(text, b); err != nil {
		return nil, err
	}
	b.text = text
	return b, b.links()
}

func (c customer) Check() error {
	return cmp.Or(order.CheckID("id", c.ID), order.CheckID("name", c.Name), order.CheckOptional("gateway", c.Gateway))
}

func (o offer) Check() error {
	if o.ID == best || o.ID == none {
		return order.Invalid("id", string(o.ID), "is how an order asks for the best discount, or for no discount: choose another")
	}
	return o.Discount.Check()
}

func (d draft) Check() error {
	if d.Discount == none {
		return order.Invalid("discount", none, "belongs in later: leave it out here")
	}
	return order.CheckOptionalTime("at", d.At)
}

func (p pick) Check() error {
	if p.Discount == "" {
		return order.Invalid("discount", "", `is not set: give an ID, "best" or "none"`)
	}
	return checkTime("at", p.At)
}

func (s single) Check() error {
	if err := s.steps.Check(); err != nil {
		return err
	}
	return s.draft.Check()
}

func (b bundle) Check() error {
	if err := order.CheckID("id", b.ID); err != nil {
		return err
	}
	return b.steps.Check()
}

func (s steps) Check() error {
	for i, at := range s.PayAt {
		if err := checkTime(order.Element("payAt", i), at); err != nil {
			return err
		}
	}
	return checkTime("placed", s.Placed)
}

func (r request) Check() error {
	var wrong *order.FieldError
	if errors.As(r.Request.Asked(), &wrong) {
		return wrong
	}
	return checkTime("at", r.At)
}

func checkTime(field string, at time.Time) error {
	if at.IsZero() {
		return order.Invalid(field, "", "is not set: give a time")
	}
	return order.CheckOptionalTime(field, at)
}

// links reports an ID that is a duplicate, or that is not in the book.
func (b *book) links() error {
	l := links{text: b.text, at: make(map[string]string)}
	for i, c := range b.Customers {
		l.add("customers", string(c.ID), order.Element("customers", i))
	}
	for i, d := range b.Discounts {
		path := order.Element("discounts", i)
		l.add("discounts", string(d.ID), path)
		if d.Customer != "" {
			l.want("customers", string(d.Customer), path+".customer")
		}
	}
	for _, j := range b.jobs() {
		if j.purchase != "" {
			l.add("purchases", string(j.purchase), j.path)
		}
		for i, d := range j.drafts {
			l.add("orders", string(d.ID), j.paths[i])
			l.want("customers", string(d.Customer), j.paths[i]+".customer")
			b.linkDiscounts(&l, d, j.paths[i])
		}
	}
	for i, c := range b.Coupons {
		l.add("coupons", string(c.ID), order.Element("coupons", i))
		l.want("customers", string(c.Customer), order.Element("coupons", i)+".customer")
	}
	for i, a := range b.Accounts {
		l.want("customers", string(a.Customer), order.Element("accounts", i)+".customer")
	}
	for i, p := range b.Payments {
		path := order.Element("payments", i)
		l.want("customers", string(p.Customer), path+".customer")
		for k, id := range p.Orders {
			l.want("orders", string(id), path+"."+order.Element("orders", k))
		}
		for k, id := range p.Coupons {
			l.want("coupons", string(id), path+"."+order.Element("coupons", k))
		}
	}
	return l.err
}

func (b *book) linkDiscounts(l *links, d draft, path string) {
	ids, paths := []string{d.Discount}, []string{path + ".discount"}
	for i, p := range d.Later {
		ids, paths = append(ids, p.Discount), append(paths, path+"."+order.Element("later", i)+".discount")
	}
	for i, id := range ids {
		if id == "" || id == best || id == none {
			continue
		}
		l.want("discounts", id, paths[i])
		if o := b.offer(id); o != nil && o.Customer != "" && o.Customer != d.Customer {
			l.fail(paths[i], id, fmt.Sprintf("is the discount of customer %q: choose one of %q or of everybody", string(o.Customer), string(d.Customer)))
		}
	}
}

// customer returns the one with the ID, the zero one if the book has none.
func (b *book) customer(id order.CustomerID) customer {
	for _, c := range b.Customers {
		if c.ID == id {
			return c
		}
	}
	return customer{}
}

func (b *book) offer(id string) *offer {
	if i := slices.IndexFunc(b.Discounts, func(o offer) bool { return string(o.ID) == id }); i >= 0 {
		return &b.Discounts[i]
	}
	return nil
}

// links are the IDs of a book, each with its place, and the first mistake in them.
type links struct {
	text []byte
	at   map[string]string
	err  error
}

func (l *links) fail(path, id, reason string) {
	if l.err == nil {
		l.err = order.Locate(l.text, path, order.Invalid("", id, reason))
	}
}

func (l *links) add(list, id, path string) {
	if id == "" {
		return // refused when the order is placed
	}
	if first, known := l.at[list+" "+id]; known {
		l.fail(path+".id", id, "is a duplicate: it is the ID of "+first+" already")
	}
	l.at[list+" "+id] = path
}

func (l *links) want(list, id, path string) {
	if _, known := l.at[list+" "+id]; !known {
		l.fail(path, id, "is not among the "+list+": add it there")
	}
}

// policy is the name of a preset.
type policy string

// preset is the policies that a name stands for. That of payments holds those of
// discounts and coupons.
type preset struct {
	name    policy
	order   order.Policy
	payment payment.Policy
}

func presets() []preset {
	return []preset{
		{"neutral", order.Policy{}, payment.Policy{}},
		{"huawei2020", order.Huawei(), payment.Huawei2020()},
		{"huawei2024", order.Huawei2024(), payment.Huawei()},
		{"huaweichina", order.HuaweiChina(), payment.HuaweiChina()},
		{"alibaba", order.Alibaba(), payment.Policy{}},
		{"tencent", order.Policy{Zone: payment.Tencent().Zone}, payment.Tencent()},
		{"baidu", order.Baidu(), payment.Baidu()},
	}
}

// zone is the one that times are printed in.
func (p preset) zone() *time.Location {
	if p.order.Zone == nil {
		return time.UTC
	}
	return p.order.Zone
}

// preset returns the one that counts for a customer: the first that is named.
func (b *book) preset(own policy, payer order.CustomerID) preset {
	all := presets()
	name := own
	if name == "" {
		name = b.customer(payer).Policy
	}
	if name == "" {
		name = b.Policy
	}
	return all[max(0, slices.IndexFunc(all, func(p preset) bool { return p.name == name }))]
}

func (p *policy) UnmarshalText(text []byte) error {
	var names []string
	for _, x := range presets() {
		names = append(names, string(x.name))
	}
	if !slices.Contains(names, string(text)) {
		return fmt.Errorf("%.40q is unknown: give one of %s", text, strings.Join(names, ", "))
	}
	*p = policy(text)
	return nil
}
