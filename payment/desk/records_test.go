package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// row is a line of a table: a decision on records, and what is so after it. There is no Desk.
type row struct {
	name  string
	given []act  // makes the records
	do    act    // what is decided
	err   string // the text of its error; empty: none
	want  string // lines of [given.facts], joined by "; ", that are so then; also after an error

	altered bool // the records given are not what was written: the audit finds that
}

// run runs the rows of a table. Whatever is decided, the audit finds nothing afterwards.
func run(t *testing.T, rows []row) {
	t.Helper()
	for _, x := range rows {
		t.Run(x.name, func(t *testing.T) {
			g := newGiven(t)
			for i, s := range x.given {
				if err := s(g); err != nil {
					t.Fatalf("given %d: %v", i, err)
				}
			}
			err := x.do(g)
			if text := g.readable(err); err == nil && x.err != "" || err != nil && text != x.err {
				t.Errorf("error %q, want %q", text, x.err)
			}
			facts := g.facts()
			for want := range strings.SplitSeq(x.want, "; ") {
				if want != "" && !slices.Contains(facts, want) {
					t.Errorf("not so: %s\n%s", want, strings.Join(facts, "\n"))
				}
			}
			if violations := ledger.Audit(g.s.All("c1"), g.moved); len(violations) > 0 != x.altered {
				t.Errorf("audit: %v", violations)
			}
		})
	}
}

// given is the records of customer c1, which decisions of a case change.
type given struct {
	stored
	desk.Case
	price prices
	count int                 // of IDs that nobody asks for
	names map[order.ID]string // of orders whose IDs are derived
	back  payment.RefundQuote // what was quoted last
	due   order.Money         // the same
	paid  order.PaymentID     // the last payment
	moved []gateway.Movement
}

// act is a decision, or something that a customer comes with.
type act func(*given) error

// both is some things, one after the other.
func both(acts ...act) act {
	return func(g *given) error {
		for _, s := range acts {
			if err := s(g); err != nil {
				return err
			}
		}
		return nil
	}
}

func newGiven(t *testing.T) *given {
	g := &given{stored: stored{t, &inmem.Store{}}, price: perMonth(), names: make(map[order.ID]string)}
	g.Case = desk.Case{Customer: payment.Customer{ID: "c1", Gateway: "g"}, Policy: payment.Policy{Complete: []order.Type{}, Renewal: renewal.Policy{Keep: fifteenDays()}}, By: "u", At: start, Prices: g.price}
	return g
}

// all is the case with all that is kept.
func (g *given) all() desk.Case { return g.With(ledger.AskAll("c1"), g.s.All("c1")) }

// commit writes what was decided, if anything.
func (g *given) commit(c ledger.Change, err error) error {
	if err != nil || len(c.Put.Views()) == 0 {
		return err
	}
	return g.s.Commit(ctx, c)
}

// name is the next of some IDs.
func (g *given) name(of string) string {
	g.count++
	return fmt.Sprint(of, g.count)
}

// put writes records as they are, with the entry that tells of them.
func put(name, id string, f func(*given, *ledger.Tx)) act {
	return func(g *given) error {
		b := ledger.Begin("c1", &g.Policy, g.At, name, g.By)
		if err := b.Read(ledger.AskAll("c1"), g.s.All("c1")); err != nil {
			return err
		}
		if b.EntryID = id; id == ledger.StepDeposit {
			b.EntryID = ledger.DepositID("c1", g.name("d"))
		}
		f(g, b)
		return g.commit(b.Change())
	}
}

// has is money in an account.
func has(f payment.Fund, n int64) act {
	return put(ledger.StepDeposit, ledger.StepDeposit, func(_ *given, b *ledger.Tx) {
		a, _ := ledger.Get(b, ledger.Accounts, f.AccountID(order.USD))
		a.Customer, a.Fund, a.Balance = "c1", f, cents(a.Balance.Minor()+n)
		ledger.Put(b, ledger.Accounts, a)
	})
}

func cash(n int64) act { return has(payment.FundCash, n) }

// credit is how far below zero the credit account may go.
func credit(limit int64) act {
	return put("set credit", "", func(_ *given, b *ledger.Tx) {
		ledger.Put(b, ledger.Accounts, payment.Account{Customer: "c1", Fund: payment.FundCredit, Balance: cents(0), Limit: cents(limit)})
	})
}

// issued is coupons that the customer has.
func issued(cs ...coupon.Coupon) act {
	return put("issue", "", func(_ *given, b *ledger.Tx) {
		for _, c := range cs {
			ledger.Put(b, ledger.Coupons, c)
		}
	})
}

// there is resources that were paid for elsewhere.
func there(xs ...renewal.Resource) act {
	return put("adopt", "", func(_ *given, b *ledger.Tx) {
		for _, x := range xs {
			ledger.Put(b, ledger.Resources, x)
		}
	})
}

// becomes is a resource that has become another in time.
func becomes(x order.ResourceID, f func(*given, *renewal.Resource) error) act {
	return func(g *given) error {
		r := g.res(x)
		if err := f(g, &r); err != nil {
			return err
		}
		return there(r)(g)
	}
}

// under is a policy that has changed.
func under(f func(*payment.Policy)) act {
	return func(g *given) error { f(&g.Policy); return nil }
}

// approving is a policy by which what gives back more waits for approval (Q7).
func approving(above int64) act {
	return under(func(p *payment.Policy) { p.Renewal.Leaving.Approve = cents(above) })
}

// costs is the price of a month of a product.
func costs(product string, n int64) act {
	return func(g *given) error { g.price[product] = n; return nil }
}

// later is some time after what was before.
func later(d time.Duration) act {
	return func(g *given) error { g.At = g.At.Add(d); return nil }
}

// ordered is orders, each by itself.
func ordered(ds ...order.Draft) act {
	return func(g *given) error {
		for _, d := range ds {
			o, err := order.Place(d, g.At, g.Policy.Order)
			if err != nil {
				return err
			}
			if err := g.place(o)(g); err != nil {
				return err
			}
		}
		return nil
	}
}

// purchase is a purchase.
func purchase(id order.PurchaseID, ds ...order.Draft) act {
	return func(g *given) error {
		p, err := order.PlaceTogether(id, ds, g.At, g.Policy.Order)
		if err != nil {
			return err
		}
		return g.place(p.Orders...)(g)
	}
}

// place writes orders, which have the resources that they name.
func (g *given) place(os ...order.Order) act {
	return put("place", "", func(g *given, b *ledger.Tx) {
		for _, o := range os {
			ledger.Put(b, ledger.Orders, o)
			for _, l := range o.Lines {
				r, _ := ledger.Get(b, ledger.Resources, string(l.Resource))
				if l.Resource == "" || !o.State.Open() {
					continue
				}
				if r, err := r.Claim(o.ID, false, g.At, g.Policy.Renewal); err == nil {
					ledger.Put(b, ledger.Resources, r)
				}
			}
		}
	})
}

// paying is a request for payment of orders.
func paying(m payment.Method, coupons []coupon.ID, ids ...order.ID) payment.Request {
	return payment.Request{Customer: "c1", Orders: ids, Method: m, Coupons: coupons}
}

// paysAs quotes a request, and holds what it says.
func paysAs(r payment.Request) act {
	return func(g *given) error {
		c := g.all()
		r.Key, r.By = payment.Key(g.name("k")), g.By
		for i, id := range r.Orders {
			r.Orders[i] = g.id(id)
		}
		q, err := r.Quote(payment.Facts{Customer: c.Customer, Orders: withPurchases(c.Records.Orders, r.Orders), Coupons: c.Records.Coupons, Accounts: c.Records.Accounts, Tallies: c.Records.Tallies}, c.At)
		if err != nil {
			return err
		}
		p, change, err := c.Pay(r, q, gateway.Traits{})
		g.paid = p.ID
		return g.commit(change, err)
	}
}

// withPurchases is orders with all members of their purchases.
func withPurchases(all []order.Order, ids []order.ID) (list []order.Order) {
	for _, o := range all {
		if slices.ContainsFunc(all, func(x order.Order) bool {
			return slices.Contains(ids, x.ID) && (x.ID == o.ID || x.Purchase != "" && x.Purchase == o.Purchase)
		}) {
			list = append(list, o)
		}
	}
	return list
}

// paid pays orders from the accounts, and first with coupons.
func paid(coupons []coupon.ID, ids ...order.ID) act {
	return paysAs(paying(payment.MethodBalance, coupons, ids...))
}

// charges pays orders through the gateway, which has not decided.
func charges(coupons []coupon.ID, ids ...order.ID) act {
	return paysAs(paying(payment.MethodOnline, coupons, ids...))
}

// move is money that the gateway moves.
func (g *given) move(p payment.Payment, m order.Money) {
	g.moved = append(g.moved, gateway.Movement{Customer: "c1", Payment: p.ID, Key: p.Key, Amount: m})
}

// hears is what the gateway says of the last payment.
func hears(e payment.Event) act {
	return func(g *given) error {
		c := g.all()
		m := payment.PaymentMove{Event: e, Why: string(e)}
		p := g.payment(g.paid)
		if e == payment.EventCaptured {
			m.Trade, m.Amount = "t", p.Amount
			g.move(p, p.Amount)
		}
		_, change, err := c.Hear(p.ID, m)
		return g.commit(change, err)
	}
}

// moves moves an order by name.
func moves(id order.ID, e order.Event, xs ...func(*given) renewal.Resource) act {
	return func(g *given) error {
		m := desk.MoveRequest{Order: g.id(id), Event: e}
		for _, x := range xs {
			m.Resources = append(m.Resources, x(g))
		}
		_, change, err := g.all().Move(m)
		return g.commit(change, err)
	}
}

func fails(id order.ID) act    { return moves(id, order.EventFail) }
func approves(id order.ID) act { return moves(id, order.EventApprove) }

// cause cancels an order for a reason that is not the customer's (O9).
func cause(id order.ID, why order.Reason) act {
	return func(g *given) error {
		_, change, err := g.all().Move(desk.MoveRequest{Order: g.id(id), Event: order.EventCancel, Reason: why})
		return g.commit(change, err)
	}
}

// completes completes an order, with what it provides.
func completes(id order.ID, xs ...func(*given) renewal.Resource) act {
	return moves(id, order.EventComplete, xs...)
}

// fresh is a new resource of a product, for March.
func fresh(id order.ResourceID, product string) func(*given) renewal.Resource {
	return func(*given) renewal.Resource { return resourceOf(id, product) }
}

// freshUntil is a new server until the end of a day.
func freshUntil(id order.ResourceID, y int, m time.Month, d int) func(*given) renewal.Resource {
	return func(*given) renewal.Resource {
		x := resourceOf(id, "vm")
		x.Expiry = time.Date(y, m, d, 23, 59, 59, 0, time.UTC)
		return x
	}
}

// changed is a resource that there is, with a change.
func changed(id order.ResourceID, f func(*renewal.Resource)) func(*given) renewal.Resource {
	return func(g *given) renewal.Resource {
		x := g.res(id)
		f(&x)
		return x
	}
}

func enlarged(id order.ResourceID) func(*given) renewal.Resource {
	return changed(id, func(x *renewal.Resource) { x.Product = "big" })
}

func until(id order.ResourceID, y int, m time.Month, d int) func(*given) renewal.Resource {
	return changed(id, func(x *renewal.Resource) { x.Expiry = time.Date(y, m, d, 23, 59, 59, 0, time.UTC) })
}

// provided is an order that is placed, paid and completed with what it provides.
func provided(d order.Draft, coupons []coupon.ID, xs ...func(*given) renewal.Resource) act {
	return func(g *given) error {
		acts := []act{ordered(d)}
		if o, err := order.Place(d, g.At, g.Policy.Order); err == nil && o.State == order.StateUnpaid {
			acts = append(acts, paid(coupons, d.ID))
		}
		return both(append(acts, completes(d.ID, xs...))...)(g)
	}
}

// bought is a server for March that 100.00 of the balance paid.
func bought(id order.ID, x order.ResourceID) act {
	return provided(draftFor(id, 10000), nil, fresh(x, "vm"))
}

// bound makes a resource one that belongs to x1.
func bound(x func(*given) renewal.Resource) func(*given) renewal.Resource {
	return func(g *given) renewal.Resource {
		r := x(g)
		r.Main = "x1"
		return r
	}
}

// disk is disk x2, which is bound to x1, and which order o2 paid.
func disk(n int64) act { return provided(draftFor("o2", n), nil, bound(fresh("x2", "small"))) }

// upgraded is an order that makes x1 big, for an amount.
func upgraded(n int64) act {
	return both(costs("big", 20000), provided(upgradeOf("up", n, "x1"), nil, enlarged("x1")))
}

// renews places the renewal of resources for a month. Its orders are called rn/x1 and so on.
func renews(id string, xs ...order.ResourceID) act { return unifies(id, 1, 0, xs...) }

// unifies places the renewal of resources for some months, to a day.
func unifies(id string, months int, day renewal.UnifiedDay, xs ...order.ResourceID) act {
	return func(g *given) error {
		for _, x := range xs {
			g.names[order.ID(order.Derive("renewal", id, string(x)))] = id + "/" + string(x)
		}
		placed, change, err := g.all().Renew(desk.RenewRequest{ID: id, Resources: xs, Term: renewal.Term{N: months, Unit: renewal.Month}, Day: day}, payment.Findings{})
		for _, o := range placed {
			g.names[o.ID] = id + "/" + string(o.Lines[0].Resource)
		}
		return g.commit(change, err)
	}
}

// renewed is a resource that the balance renewed for a month, and first coupons.
func renewed(id string, x order.ResourceID, coupons ...coupon.ID) act {
	return both(renews(id, x), paid(coupons, order.ID(id+"/"+string(x))))
}

// id is the ID of an order by its name.
func (g *given) id(name order.ID) order.ID {
	for id, n := range g.names {
		if n == string(name) {
			return id
		}
	}
	return name
}

// readable is the text of an error with the names of orders.
func (g *given) readable(err error) string {
	text := fmt.Sprint(err)
	for id, name := range g.names {
		text = strings.ReplaceAll(text, string(id), name)
	}
	return text
}

// called is the name of an order: its ID, where that is not derived.
func (g *given) called(id order.ID) string {
	if name, derived := g.names[id]; derived {
		return name
	}
	return string(id)
}

// leaving is a request that gives back: x1 whole, or what options say of it.
func leaving(id order.ID, options ...func(*desk.UnsubscribeRequest)) desk.UnsubscribeRequest {
	l := desk.UnsubscribeRequest{ID: id, Resource: "x1"}
	for _, f := range options {
		f(&l)
	}
	return l
}

func resource(x order.ResourceID) func(*desk.UnsubscribeRequest) {
	return func(l *desk.UnsubscribeRequest) { l.Resource = x }
}

// quotes says what would come back.
func quotes(options ...func(*desk.UnsubscribeRequest)) act {
	return func(g *given) (err error) {
		l := leaving("lv", options...)
		l.Renewal = g.id(l.Renewal)
		q, err := g.all().QuoteUnsubscribe(l, payment.Findings{})
		g.back = q.Refund
		return err
	}
}

// unsubscribes gives back.
func unsubscribes(id order.ID, options ...func(*desk.UnsubscribeRequest)) act {
	return func(g *given) error {
		l := leaving(id, options...)
		l.Renewal = g.id(l.Renewal)
		_, change, err := g.all().Unsubscribe(l, payment.Findings{})
		return g.commit(change, err)
	}
}

// becoming is a change of x1 to a product and a count.
func becoming(product string, count int) desk.ChangeRequest {
	return desk.ChangeRequest{Resource: "x1", Product: product, Count: count}
}

// quotesChange says what a change would cost or give back.
func quotesChange(q desk.ChangeRequest) act {
	return func(g *given) error {
		x, err := g.all().QuoteChange(q, payment.Findings{})
		g.back, g.due = x.Refund, x.Due
		return err
	}
}

// changes changes x1.
func changes(id order.ID, q desk.ChangeRequest) act {
	return func(g *given) error {
		q.ID = id
		_, change, err := g.all().Change(q, payment.Findings{})
		return g.commit(change, err)
	}
}

// amount is money as a table shows it.
func amount(m order.Money) string { return m.Amount() }

// facts is what the records say, a line for each thing.
func (g *given) facts() (lines []string) {
	say := func(format string, a ...any) { lines = append(lines, fmt.Sprintf(format, a...)) }
	r := g.s.All("c1")
	for _, a := range r.Accounts {
		say("%s %s", a.Fund, amount(a.Balance))
	}
	for _, o := range r.Orders {
		id := g.called(o.ID)
		say("%s is %s", id, o.State)
		say("%s costs %s", id, amount(o.Payable()))
		if o.Reason != "" {
			say("%s because %s", id, o.Reason)
		}
	}
	for _, p := range r.Payments {
		if p.ID == g.paid {
			say("payment %s of %s", p.State, amount(p.Quote.Sum.Cash))
		}
	}
	for _, x := range r.Resources {
		g.say(say, &x)
	}
	for _, c := range r.Coupons {
		id := string(c.ID)
		if c.From != "" {
			id = "part of " + string(c.From)
		}
		say("%s %s %s", id, c.State, amount(c.Balance))
		say("%s used %d", id, c.Used)
		say("%s passed on %s", id, amount(c.PassedOn))
	}
	for _, x := range r.Tallies {
		say("%d %s", x.N, x.Name)
	}
	say("%d orders are placed", len(r.Orders))
	say("%d coupons", len(r.Coupons))
	say("%d refunds", len(r.Refunds))
	told := 0
	for _, n := range r.Notices {
		if n.Kind == ledger.NoticeCouponEnded {
			told++
		}
	}
	say("told %d times that a coupon has ended", told)
	say("back %s", amount(g.back.Total))
	say("back of %d periods", len(g.back.Periods))
	say("review %t", g.back.Review)
	for _, y := range g.back.Periods {
		say("back of %s %s", y.Resource, amount(y.Cash))
		say("back of %s to coupons %s", y.Resource, couponParts(y.Coupons))
		say("fee of %s %s of %s", y.Resource, amount(y.Fee), amount(y.Paid))
		say("all of %s back %t", y.Resource, y.All)
	}
	return lines
}

func couponParts(parts []payment.CouponPart) string {
	var texts []string
	for _, p := range parts {
		texts = append(texts, string(p.Coupon)+" "+amount(p.Amount))
	}
	return fmt.Sprint(texts)
}

// say says what there is to say of a resource.
func (g *given) say(say func(string, ...any), x *renewal.Resource) {
	zone := g.Policy.Renewal.Zone
	if zone == nil {
		zone = time.UTC
	}
	say("%s is %s", x.ID, x.Product)
	say("%s until %s", x.ID, x.Expiry.In(zone).Format(time.DateTime))
	say("%s anchored on day %d at %s", x.ID, x.AnchorDay, x.AnchorClock)
	say("%s stands %s", x.ID, x.State(g.At, g.Policy.Renewal))
	say("%s postpaid %t", x.ID, !x.Postpaid.IsZero())
	say("%s has %d periods", x.ID, len(x.Periods))
	var added []string
	for _, h := range x.Added {
		added = append(added, g.called(h.Order))
	}
	say("%s changed by %v", x.ID, added)
	say("%s in order %q", x.ID, x.Order)
	say("%s by %s, %s", x.ID, x.Charge, x.Mode)
	say("%s released %t", x.ID, !x.Released.IsZero())
	var by []string
	for i, h := range x.Periods {
		by = append(by, g.called(h.Order))
		say("%s period %d of %s", x.ID, i, h.Term)
		var keeps []string
		for _, m := range h.ResidualParts {
			keeps = append(keeps, amount(m))
		}
		say("%s period %d from %s keeps %v", x.ID, i, h.Start.Format(time.DateTime), keeps)
	}
	say("%s paid by %v", x.ID, by)
}
