package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/renewal"
)

// Table is what the ledger knows of a kind of record, for Get and Put. The variables of this
// package are all of them.
type Table[T any] struct {
	kind  Kind
	in    func(*Records) *[]T
	id    func(*T) string
	head  func(*T) (customer *order.CustomerID, version *int64)
	waits func(*T) *time.Time                   // nil: it waits for nothing
	group func(*T) string                       // nil: it is loaded alone
	state func(*T) string                       // nil: it has none
	lists func(*T) (state string, at time.Time) // what lists go by; nil: by its state, at no time
	money func(*T) order.Money                  // nil: it holds none
	clone func(T) T                             // nil: a copy shares nothing
	check func(*T, *payment.Policy) error
	form  form[T]

	older   func(body []byte, x *T) error // reads what an earlier schema had; nil: nothing
	retired []string                      // keys that an earlier schema had, and older reads
}

// The tables, one for each kind of record.
var (
	Orders = &Table[order.Order]{
		kind: KindOrder, form: plain[order.Order](), in: func(r *Records) *[]order.Order { return &r.Orders },
		id:    func(o *order.Order) string { return string(o.ID) },
		head:  func(o *order.Order) (*order.CustomerID, *int64) { return &o.Customer, &o.Version },
		waits: func(o *order.Order) *time.Time { return &o.DueAt },
		group: func(o *order.Order) string { return string(o.Purchase) },
		state: func(o *order.Order) string { return string(o.State) },
		lists: func(o *order.Order) (string, time.Time) { return string(o.State), o.Changed },
		clone: func(o order.Order) order.Order { o.Lines = slices.Clone(o.Lines); return o },
		check: func(o *order.Order, _ *payment.Policy) error { return o.Check() },
	}
	Coupons = &Table[coupon.Coupon]{
		kind: KindCoupon, form: plain[coupon.Coupon](), in: func(r *Records) *[]coupon.Coupon { return &r.Coupons },
		id:    func(c *coupon.Coupon) string { return string(c.ID) },
		head:  func(c *coupon.Coupon) (*order.CustomerID, *int64) { return &c.Customer, &c.Version },
		waits: func(c *coupon.Coupon) *time.Time { return &c.DueAt },
		state: func(c *coupon.Coupon) string { return string(c.State) },
		money: func(c *coupon.Coupon) order.Money { return c.Balance },
		clone: CloneCoupon,
		check: func(c *coupon.Coupon, _ *payment.Policy) error { return c.Check() },
	}
	Payments = &Table[payment.Payment]{
		kind: KindPayment, form: stored(storedOf, (*storedPayment).payment), in: func(r *Records) *[]payment.Payment { return &r.Payments },
		id:    func(p *payment.Payment) string { return string(p.ID) },
		head:  func(p *payment.Payment) (*order.CustomerID, *int64) { return &p.Customer, &p.Version },
		waits: func(p *payment.Payment) *time.Time { return &p.DueAt },
		state: func(p *payment.Payment) string { return string(p.State) },
		lists: listedPayment,
		money: func(p *payment.Payment) order.Money { return p.Gone.Neg() },
		clone: payment.Payment.Clone,
		check: func(p *payment.Payment, _ *payment.Policy) error { return p.Check() },
	}
	Refunds = &Table[payment.Refund]{
		kind: KindRefund, form: plain[payment.Refund](), in: func(r *Records) *[]payment.Refund { return &r.Refunds },
		id:    func(f *payment.Refund) string { return string(f.ID) },
		head:  func(f *payment.Refund) (*order.CustomerID, *int64) { return &f.Customer, &f.Version },
		waits: func(f *payment.Refund) *time.Time { return &f.DueAt },
		state: func(f *payment.Refund) string { return string(f.State) },
		lists: func(f *payment.Refund) (string, time.Time) { return string(f.State), f.Made },
		clone: func(f payment.Refund) payment.Refund {
			f.Coupons, f.Siblings = slices.Clone(f.Coupons), slices.Clone(f.Siblings)
			return f
		},
		check: func(f *payment.Refund, _ *payment.Policy) error { return f.Check() },
		older: untoldRefund,
	}
	Accounts = &Table[payment.Account]{
		kind: KindAccount, form: plain[payment.Account](), in: func(r *Records) *[]payment.Account { return &r.Accounts },
		id:    func(a *payment.Account) string { return a.ID() },
		head:  func(a *payment.Account) (*order.CustomerID, *int64) { return &a.Customer, &a.Version },
		lists: func(a *payment.Account) (string, time.Time) { return overdrawn(a), time.Time{} },
		money: func(a *payment.Account) order.Money { return a.Balance },
		check: func(a *payment.Account, _ *payment.Policy) error { return a.Check() },
	}
	Bills = &Table[payment.Bill]{
		kind: KindBill, form: plain[payment.Bill](), in: func(r *Records) *[]payment.Bill { return &r.Bills },
		id:    func(b *payment.Bill) string { return b.Month.BillID(b.Charges.Currency()) },
		head:  func(b *payment.Bill) (*order.CustomerID, *int64) { return &b.Customer, &b.Version },
		waits: func(b *payment.Bill) *time.Time { return &b.DueAt },
		state: func(b *payment.Bill) string { return string(b.State) },
		lists: listedBill,
		money: func(b *payment.Bill) order.Money { return b.Amount() },
		check: func(b *payment.Bill, _ *payment.Policy) error { return b.Check() },
		older: carriedCredits, retired: []string{"carried"},
	}
	Credits = &Table[CreditBalance]{
		kind: KindCredit, form: plain[CreditBalance](), in: func(r *Records) *[]CreditBalance { return &r.Credits },
		id:    func(c *CreditBalance) string { return c.ID() },
		head:  func(c *CreditBalance) (*order.CustomerID, *int64) { return &c.Customer, &c.Version },
		waits: func(c *CreditBalance) *time.Time { return &c.DueAt },
		state: func(c *CreditBalance) string { return string(c.State) },
		money: func(c *CreditBalance) order.Money { return c.Balance },
		check: func(c *CreditBalance, _ *payment.Policy) error { return c.Check() },
	}
	Resources = &Table[renewal.Resource]{
		kind: KindResource, form: plain[renewal.Resource](), in: func(r *Records) *[]renewal.Resource { return &r.Resources },
		id:    func(x *renewal.Resource) string { return string(x.ID) },
		head:  func(x *renewal.Resource) (*order.CustomerID, *int64) { return &x.Customer, &x.Version },
		waits: func(x *renewal.Resource) *time.Time { return &x.DueAt },
		group: func(x *renewal.Resource) string { return string(cmp.Or(x.Main, x.ID)) },
		state: stateOfResource,
		lists: listedResource,
		clone: cloneResource,
		check: func(x *renewal.Resource, p *payment.Policy) error { return x.Check(p.Renewal) },
	}
	Instruments = &Table[Instrument]{
		kind: KindInstrument, form: plain[Instrument](), in: func(r *Records) *[]Instrument { return &r.Instruments },
		id:    func(x *Instrument) string { return x.ID },
		head:  func(x *Instrument) (*order.CustomerID, *int64) { return &x.Customer, &x.Version },
		clone: func(x Instrument) Instrument { x.Tries = slices.Clone(x.Tries); return x },
		check: func(x *Instrument, _ *payment.Policy) error { return x.Check() },
	}
	Tallies = &Table[coupon.Tally]{
		kind: KindTally, form: plain[coupon.Tally](), in: func(r *Records) *[]coupon.Tally { return &r.Tallies },
		id:    func(t *coupon.Tally) string { return TallyID(t.Name, t.Part) },
		head:  func(t *coupon.Tally) (*order.CustomerID, *int64) { return &t.Customer, &t.Version },
		check: checkTally,
	}
	Notices = &Table[Notice]{
		kind: KindNotice, form: plain[Notice](), in: func(r *Records) *[]Notice { return &r.Notices },
		id:    func(n *Notice) string { return n.ID },
		head:  func(n *Notice) (*order.CustomerID, *int64) { return &n.Customer, &n.Version },
		waits: func(n *Notice) *time.Time { return &n.DueAt },
		state: func(n *Notice) string { return string(n.State) },
		lists: func(n *Notice) (string, time.Time) { return string(n.State), n.At },
		clone: func(n Notice) Notice { n.Orders = slices.Clone(n.Orders); return n },
		check: func(n *Notice, _ *payment.Policy) error { return n.Check() },
	}
	Outboxes = &Table[Outbox]{
		kind: KindOutbox, form: plain[Outbox](), in: func(r *Records) *[]Outbox { return &r.Outboxes },
		id:    func(*Outbox) string { return OutboxID },
		head:  func(o *Outbox) (*order.CustomerID, *int64) { return &o.Customer, &o.Version },
		waits: func(o *Outbox) *time.Time { return &o.DueAt },
		check: func(o *Outbox, _ *payment.Policy) error { return o.Check() },
	}
	Entries = &Table[Entry]{
		kind: KindEntry, form: plain[Entry](), in: func(r *Records) *[]Entry { return &r.Entries },
		id:    func(e *Entry) string { return e.ID },
		head:  func(e *Entry) (*order.CustomerID, *int64) { return &e.Customer, &e.Version },
		lists: func(e *Entry) (string, time.Time) { return "", e.At },
		clone: func(e Entry) Entry { e.Moves = slices.Clone(e.Moves); return e },
		check: func(e *Entry, _ *payment.Policy) error { return e.Check() },
	}
	Codes = &Table[PublicCode]{
		kind: KindCode, form: plain[PublicCode](), in: func(r *Records) *[]PublicCode { return &r.Codes },
		id:   func(c *PublicCode) string { return c.Code.Code },
		head: func(c *PublicCode) (*order.CustomerID, *int64) { return &c.Issuer, &c.Code.Version },
		clone: func(c PublicCode) PublicCode {
			c.Coupon = coupon.Template(CloneCoupon(coupon.Coupon(c.Coupon)))
			return c
		},
		check: func(c *PublicCode, _ *payment.Policy) error { return c.Check() },
	}
	Claims = &Table[Claim]{
		kind: KindClaim, form: plain[Claim](), in: func(r *Records) *[]Claim { return &r.Claims },
		id:    func(c *Claim) string { return c.ID },
		head:  func(c *Claim) (*order.CustomerID, *int64) { return &c.Issuer, &c.Version },
		waits: func(c *Claim) *time.Time { return &c.DueAt },
		state: func(c *Claim) string { return string(c.State) },
		lists: func(c *Claim) (string, time.Time) { return string(c.State), c.At },
		clone: func(c Claim) Claim { c.Coupon = CloneCoupon(c.Coupon); return c },
		check: func(c *Claim, _ *payment.Policy) error { return c.Check() },
	}
)

// tables are all of them, in the order in which records are listed.
var tables = [...]anyTable{Orders, Coupons, Payments, Refunds, Accounts, Bills, Credits, Resources, Instruments, Tallies, Notices, Outboxes, Entries, Codes, Claims}

// anyTable is a table of any kind.
type anyTable interface {
	of() Kind
	count(r *Records) int
	firstOf(r *Records) Ref
	views(r *Records, to []Record) []Record
	each(r *Records, yield func(Record, func() Records) bool) bool
	add(dst, src *Records, copied bool)
	pick(dst, src *Records, copied bool, wanted func(n name, group string) bool)
	groups(r *Records, yield func(n name, group string))
	versions(r *Records, to map[name]int64)
	checkAll(r *Records, p *payment.Policy) error
	read(b *Tx, got *Records) error
	putOff(b *Tx, id string, until time.Time)
	advance(r *Records)
	encode(r *Records) ([]Record, error)
	decode(r *Records, rec Record) error
	change(b *Tx, c *Change, lines []EntryLine) ([]EntryLine, error)
}

func (s *Table[T]) of() Kind { return s.kind }

func (s *Table[T]) ref(x *T) Ref {
	_, version := s.head(x)
	return Ref{Kind: s.kind, ID: s.id(x), Version: *version}
}

// Copy returns a copy of a record that shares nothing with it.
func (s *Table[T]) Copy(x T) T {
	if s.clone == nil {
		return x
	}
	return s.clone(x)
}

// view is the generic view of a record, without its body.
func (s *Table[T]) view(x *T) Record {
	customer, _ := s.head(x)
	r := Record{Customer: *customer, Ref: s.ref(x)}
	if s.waits != nil {
		r.DueAt = *s.waits(x)
	}
	r.Group = s.groupOf(x)
	switch {
	case s.lists != nil:
		var at time.Time
		if r.State, at = s.lists(x); !at.IsZero() {
			r.At = at.UTC().Truncate(time.Second)
		}
	case s.state != nil:
		r.State = s.state(x)
	}
	return r
}

func (s *Table[T]) groupOf(x *T) string {
	if s.group == nil {
		return ""
	}
	return s.group(x)
}

func (s *Table[T]) count(r *Records) int { return len(*s.in(r)) }

func (s *Table[T]) firstOf(r *Records) Ref { return s.ref(&(*s.in(r))[0]) }

// views adds the views of all records of the kind.
func (s *Table[T]) views(r *Records, to []Record) []Record {
	list := *s.in(r)
	for i := range list {
		to = append(to, s.view(&list[i]))
	}
	return to
}

func (s *Table[T]) each(r *Records, yield func(Record, func() Records) bool) bool {
	list := *s.in(r)
	for i := range list {
		alone := func() (one Records) {
			*s.in(&one) = []T{s.Copy(list[i])}
			return one
		}
		if !yield(s.view(&list[i]), alone) {
			return false
		}
	}
	return true
}

func (s *Table[T]) add(dst, src *Records, copied bool) {
	list := *s.in(src)
	if len(list) == 0 {
		return
	}
	to := s.in(dst)
	n := len(*to)
	*to = append(*to, list...)
	if !copied || s.clone == nil {
		return
	}
	for i := n; i < len(*to); i++ {
		(*to)[i] = s.clone((*to)[i])
	}
}

// checkAll reports the first record that is not valid.
func (s *Table[T]) checkAll(r *Records, p *payment.Policy) error {
	list := *s.in(r)
	for i := range list {
		if err := s.check(&list[i], p); err != nil {
			return order.Within(string(s.kind)+" "+s.id(&list[i]), err)
		}
	}
	return nil
}

// read takes over what the transaction has not read yet.
func (s *Table[T]) read(b *Tx, got *Records) error {
	list := *s.in(got)
	if len(list) == 0 {
		return nil
	}
	fresh := make([]T, 0, len(list))
	for i := range list {
		x := &list[i]
		customer, version := s.head(x)
		n := name{s.kind, s.id(x)}
		if *customer != b.Customer || *version < 1 {
			return fmt.Errorf("payment: the store returned %s %s of customer %s at version %d: it was asked for what it keeps of %s",
				n.kind, n.id, *customer, *version, b.Customer)
		}
		if _, read := b.read[n]; !read { // else as it was read first: a commit finds out whether it has changed
			b.read[n] = *version
			fresh = append(fresh, *x)
		}
	}
	was, now := s.in(&b.was), s.in(&b.Now)
	*now = append(*now, fresh...)
	if len(*was) == 0 {
		*was = fresh
	} else {
		*was = append(*was, fresh...)
	}
	return nil
}

func (s *Table[T]) advance(r *Records) {
	list := *s.in(r)
	for i := range list {
		_, version := s.head(&list[i])
		*version++
	}
}

func cloneResource(r renewal.Resource) renewal.Resource {
	r.Periods, r.Added = slices.Clone(r.Periods), slices.Clone(r.Added)
	for _, held := range [...][]renewal.PaidPeriod{r.Periods, r.Added} {
		for i := range held {
			held[i].ResidualParts = slices.Clone(held[i].ResidualParts)
		}
	}
	return r
}

// CloneCoupon returns a copy of a coupon that shares nothing with it.
func CloneCoupon(c coupon.Coupon) coupon.Coupon {
	l := &c.Limits
	c.HeldFor = slices.Clone(c.HeldFor)
	l.Projects, l.Without = slices.Clone(l.Projects), slices.Clone(l.Without)
	s := &l.Scope
	s.Services, s.Products, s.Regions = slices.Clone(s.Services), slices.Clone(s.Products), slices.Clone(s.Regions)
	s.Types, s.Charges = slices.Clone(s.Types), slices.Clone(s.Charges)
	return c
}

// stateOfResource is the state that entries tell of a resource.
func stateOfResource(r *renewal.Resource) string {
	if !r.Released.IsZero() {
		return string(renewal.StateReleased)
	}
	return string(r.Charge) + " until " + r.Expiry.UTC().Format(time.RFC3339)
}

// States in which lists find records that stay in a state of their own ([Record]).
const (
	StateOverdue   = "overdue"   // a bill that was declined, or is due again, and has not been charged since (P6, P18)
	StateOverdrawn = "overdrawn" // an account below zero, or a credit account further than it may be; a payment of which more was refunded and taken back than captured (P18)
)

// listedBill tells a bill that is overdue from one that has just been made.
func listedBill(b *payment.Bill) (state string, at time.Time) {
	at, _ = time.Parse("2006-01", string(b.Month))
	if b.Overdue() {
		return StateOverdue, at
	}
	return string(b.State), at
}

// listedPayment tells a payment that is overdrawn from others that have ended (P18).
func listedPayment(p *payment.Payment) (state string, at time.Time) {
	if p.State.Final() && p.Overdrawn().Sign() > 0 {
		return StateOverdrawn, p.Changed
	}
	return string(p.State), p.Changed
}

func listedResource(r *renewal.Resource) (state string, at time.Time) {
	if !r.Released.IsZero() {
		return string(renewal.StateReleased), r.Released
	}
	return "", r.Start
}

// overdrawn is the state of an account further below zero than its limit; no other has one.
func overdrawn(a *payment.Account) string {
	if left, err := a.Available(); err == nil && left.Sign() < 0 {
		return StateOverdrawn
	}
	return ""
}

// checkTally leaves the customer to the transaction.
func checkTally(t *coupon.Tally, _ *payment.Policy) error {
	if t.Name == "" || strings.ContainsFunc(t.Name, func(r rune) bool { return r < ' ' }) {
		return order.Invalid("name", t.Name, "is empty, or does not print")
	}
	if t.N < 0 {
		return order.Invalid("n", "", "is below zero")
	}
	if t.Part < 0 || t.Part > TallyParts || t.Part > 0 && t.HeldFor != "" {
		return order.Invalid("part", strconv.Itoa(t.Part), "is not 0 to "+strconv.Itoa(TallyParts)+", or says for which order it is held, as part 0 alone does")
	}
	return nil
}

func (s *Table[T]) putOff(b *Tx, id string, until time.Time) {
	x, ok := Get(b, s, id)
	if !ok || s.waits == nil {
		return
	}
	if waits := s.waits(&x); !waits.IsZero() && !waits.After(b.At) {
		*waits = until
		Put(b, s, x)
	}
}
