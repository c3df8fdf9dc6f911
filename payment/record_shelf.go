package payment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// shelf is what there is to know of a kind of record.
type shelf[T any] struct {
	kind  Kind
	in    func(*Records) *[]T
	id    func(*T) string
	head  func(*T) (customer *order.CustomerID, version *int64)
	waits func(*T) *time.Time  // nil: it waits for nothing
	group func(*T) string      // nil: it is loaded alone
	state func(*T) string      // nil: it has none
	money func(*T) order.Money // nil: it holds none
	clone func(T) T            // nil: a copy shares nothing
	check func(*T, *Policy) error
}

var (
	orders = &shelf[order.Order]{
		kind: KindOrder, in: func(r *Records) *[]order.Order { return &r.Orders },
		id:    func(o *order.Order) string { return string(o.ID) },
		head:  func(o *order.Order) (*order.CustomerID, *int64) { return &o.Customer, &o.Version },
		waits: func(o *order.Order) *time.Time { return &o.Waits },
		group: func(o *order.Order) string { return string(o.Purchase) },
		state: func(o *order.Order) string { return string(o.State) },
		clone: func(o order.Order) order.Order { o.Lines = slices.Clone(o.Lines); return o },
		check: func(o *order.Order, _ *Policy) error { return o.Check() },
	}
	coupons = &shelf[coupon.Coupon]{
		kind: KindCoupon, in: func(r *Records) *[]coupon.Coupon { return &r.Coupons },
		id:    func(c *coupon.Coupon) string { return string(c.ID) },
		head:  func(c *coupon.Coupon) (*order.CustomerID, *int64) { return &c.Customer, &c.Version },
		waits: func(c *coupon.Coupon) *time.Time { return &c.Waits },
		state: func(c *coupon.Coupon) string { return string(c.State) },
		money: func(c *coupon.Coupon) order.Money { return c.Balance },
		clone: cloneCoupon,
		check: func(c *coupon.Coupon, _ *Policy) error { return c.Check() },
	}
	payments = &shelf[Payment]{
		kind: KindPayment, in: func(r *Records) *[]Payment { return &r.Payments },
		id:    func(p *Payment) string { return string(p.ID) },
		head:  func(p *Payment) (*order.CustomerID, *int64) { return &p.Customer, &p.Version },
		waits: func(p *Payment) *time.Time { return &p.Waits },
		state: func(p *Payment) string { return string(p.State) },
		clone: Payment.clone,
		check: func(p *Payment, _ *Policy) error { return p.Check() },
	}
	refunds = &shelf[Refund]{
		kind: KindRefund, in: func(r *Records) *[]Refund { return &r.Refunds },
		id:    func(f *Refund) string { return string(f.ID) },
		head:  func(f *Refund) (*order.CustomerID, *int64) { return &f.Customer, &f.Version },
		waits: func(f *Refund) *time.Time { return &f.Waits },
		state: func(f *Refund) string { return string(f.State) },
		clone: func(f Refund) Refund {
			f.Coupons, f.With = slices.Clone(f.Coupons), slices.Clone(f.With)
			return f
		},
		check: func(f *Refund, _ *Policy) error { return f.Check() },
	}
	accounts = &shelf[Account]{
		kind: KindAccount, in: func(r *Records) *[]Account { return &r.Accounts },
		id:    func(a *Account) string { return a.id() },
		head:  func(a *Account) (*order.CustomerID, *int64) { return &a.Customer, &a.Version },
		money: func(a *Account) order.Money { return a.Balance },
		check: func(a *Account, _ *Policy) error { return a.Check() },
	}
	bills = &shelf[Bill]{
		kind: KindBill, in: func(r *Records) *[]Bill { return &r.Bills },
		id:    func(b *Bill) string { return billID(b.Month, b.Charges.Currency()) },
		head:  func(b *Bill) (*order.CustomerID, *int64) { return &b.Customer, &b.Version },
		waits: func(b *Bill) *time.Time { return &b.Waits },
		state: func(b *Bill) string { return string(b.State) },
		money: func(b *Bill) order.Money { return b.Amount() },
		check: func(b *Bill, _ *Policy) error { return b.Check() },
	}
	resources = &shelf[renewal.Resource]{
		kind: KindResource, in: func(r *Records) *[]renewal.Resource { return &r.Resources },
		id:    func(x *renewal.Resource) string { return string(x.ID) },
		head:  func(x *renewal.Resource) (*order.CustomerID, *int64) { return &x.Customer, &x.Version },
		waits: func(x *renewal.Resource) *time.Time { return &x.Waits },
		group: func(x *renewal.Resource) string { return string(cmp.Or(x.Main, x.ID)) },
		state: stateOfResource,
		clone: cloneResource,
		check: func(x *renewal.Resource, p *Policy) error { return x.Check(p.Renewal) },
	}
	tallies = &shelf[coupon.Tally]{
		kind: KindTally, in: func(r *Records) *[]coupon.Tally { return &r.Tallies },
		id:    func(t *coupon.Tally) string { return t.Name },
		head:  func(t *coupon.Tally) (*order.CustomerID, *int64) { return &t.Customer, &t.Version },
		check: checkTally,
	}
	notices = &shelf[Notice]{
		kind: KindNotice, in: func(r *Records) *[]Notice { return &r.Notices },
		id:    func(n *Notice) string { return n.ID },
		head:  func(n *Notice) (*order.CustomerID, *int64) { return &n.Customer, &n.Version },
		clone: func(n Notice) Notice { n.Orders = slices.Clone(n.Orders); return n },
		check: func(n *Notice, _ *Policy) error { return n.Check() },
	}
	outboxes = &shelf[Outbox]{
		kind: KindOutbox, in: func(r *Records) *[]Outbox { return &r.Outboxes },
		id:    func(*Outbox) string { return outboxID },
		head:  func(o *Outbox) (*order.CustomerID, *int64) { return &o.Customer, &o.Version },
		waits: func(o *Outbox) *time.Time { return &o.Waits },
		check: func(o *Outbox, _ *Policy) error { return o.Check() },
	}
	entries = &shelf[Entry]{
		kind: KindEntry, in: func(r *Records) *[]Entry { return &r.Entries },
		id:    func(e *Entry) string { return e.ID },
		head:  func(e *Entry) (*order.CustomerID, *int64) { return &e.Customer, &e.Version },
		clone: func(e Entry) Entry { e.Moves = slices.Clone(e.Moves); return e },
		check: func(e *Entry, _ *Policy) error { return e.Check() },
	}
	publicCodes = &shelf[PublicCode]{
		kind: KindCode, in: func(r *Records) *[]PublicCode { return &r.Codes },
		id:   func(c *PublicCode) string { return c.Code.Code },
		head: func(c *PublicCode) (*order.CustomerID, *int64) { return &c.Issuer, &c.Code.Version },
		clone: func(c PublicCode) PublicCode {
			c.Coupon = coupon.Template(cloneCoupon(coupon.Coupon(c.Coupon)))
			return c
		},
		check: func(c *PublicCode, _ *Policy) error { return c.Check() },
	}
	claims = &shelf[Claim]{
		kind: KindClaim, in: func(r *Records) *[]Claim { return &r.Claims },
		id:    func(c *Claim) string { return c.ID },
		head:  func(c *Claim) (*order.CustomerID, *int64) { return &c.Issuer, &c.Version },
		waits: func(c *Claim) *time.Time { return &c.Waits },
		state: func(c *Claim) string { return string(c.State) },
		clone: func(c Claim) Claim { c.Coupon = cloneCoupon(c.Coupon); return c },
		check: func(c *Claim, _ *Policy) error { return c.Check() },
	}
)

// shelves are all of them, in the order in which records are listed.
var shelves = [...]shelved{orders, coupons, payments, refunds, accounts, bills, resources, tallies, notices, outboxes, entries, publicCodes, claims}

// shelved is a shelf of whatever kind.
type shelved interface {
	of() Kind
	each(r *Records, yield func(Record, func() Records) bool) bool
	add(dst, src *Records, copied bool)
	fresh(b *book, got, fresh *Records) error
	putOff(b *book, id string, until time.Time)
	advance(r *Records)
	encode(r *Records) ([]Record, error)
	decode(r *Records, rec Record) error
	change(b *book, c *Change, moves []Moved) ([]Moved, error)
}

func (s *shelf[T]) of() Kind { return s.kind }

func (s *shelf[T]) ref(x *T) Ref {
	_, version := s.head(x)
	return Ref{Kind: s.kind, ID: s.id(x), Version: *version}
}

func (s *shelf[T]) copy(x T) T {
	if s.clone == nil {
		return x
	}
	return s.clone(x)
}

// view is the generic view of a record, without its body.
func (s *shelf[T]) view(x *T) Record {
	customer, _ := s.head(x)
	r := Record{Customer: *customer, Ref: s.ref(x)}
	if s.waits != nil {
		r.Waits = *s.waits(x)
	}
	if s.group != nil {
		r.Group = s.group(x)
	}
	return r
}

func (s *shelf[T]) each(r *Records, yield func(Record, func() Records) bool) bool {
	list := *s.in(r)
	for i := range list {
		alone := func() (one Records) {
			*s.in(&one) = []T{s.copy(list[i])}
			return one
		}
		if !yield(s.view(&list[i]), alone) {
			return false
		}
	}
	return true
}

func (s *shelf[T]) add(dst, src *Records, copied bool) {
	list := *s.in(src)
	if len(list) == 0 {
		return
	}
	to := s.in(dst)
	n := len(*to)
	*to = append(*to, list...)
	for i := range (*to)[n:] {
		if copied {
			(*to)[n+i] = s.copy((*to)[n+i])
		}
	}
}

// fresh moves over what a book has not read yet.
func (s *shelf[T]) fresh(b *book, got, fresh *Records) error {
	list := *s.in(got)
	for i := range list {
		x := &list[i]
		customer, version := s.head(x)
		n := name{s.kind, s.id(x)}
		if *customer != b.customer || *version < 1 {
			return fmt.Errorf("payment: the store returned %s %s of customer %s at version %d: it was asked for what it keeps of %s",
				n.kind, n.id, *customer, *version, b.customer)
		}
		if _, read := b.read[n]; !read { // else as it was read first: a commit finds out whether it has changed
			b.read[n] = *version
			*s.in(fresh) = append(*s.in(fresh), *x)
		}
	}
	return nil
}

func (s *shelf[T]) advance(r *Records) {
	list := *s.in(r)
	for i := range list {
		_, version := s.head(&list[i])
		*version++
	}
}

func cloneResource(r renewal.Resource) renewal.Resource {
	r.Periods, r.Added = slices.Clone(r.Periods), slices.Clone(r.Added)
	for _, held := range [...][]renewal.Held{r.Periods, r.Added} {
		for i := range held {
			held[i].Keeps = slices.Clone(held[i].Keeps)
		}
	}
	return r
}

func cloneCoupon(c coupon.Coupon) coupon.Coupon {
	l := &c.Limits
	c.HeldFor = slices.Clone(c.HeldFor)
	l.Projects, l.Without = slices.Clone(l.Projects), slices.Clone(l.Without)
	s := &l.Scope
	s.Services, s.Products, s.Regions = slices.Clone(s.Services), slices.Clone(s.Products), slices.Clone(s.Regions)
	s.Types, s.Charges = slices.Clone(s.Types), slices.Clone(s.Charges)
	return c
}

// stateOfResource is what of a resource moves, for the entries.
func stateOfResource(r *renewal.Resource) string {
	if !r.Released.IsZero() {
		return string(renewal.StateReleased)
	}
	return string(r.Charge) + " until " + r.Expiry.UTC().Format(time.RFC3339)
}

// checkTally: whose it is has been seen where it was loaded.
func checkTally(t *coupon.Tally, _ *Policy) error {
	if t.Name == "" || strings.ContainsFunc(t.Name, func(r rune) bool { return r < ' ' }) {
		return field("name", t.Name, "is empty, or does not print")
	}
	if t.N < 0 {
		return field("n", "", "is below zero")
	}
	return nil
}

// id names an account among those of its customer.
func (a *Account) id() string { return accountID(a.Fund, a.Balance.Currency()) }

func accountID(f Fund, cur order.Currency) string {
	if f == FundMonthly {
		return string(f)
	}
	return string(f) + "/" + cur.String()
}

func billID(m Month, cur order.Currency) string { return string(m) + "/" + cur.String() }
