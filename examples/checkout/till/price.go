package till

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
)

// job is one order alone, or one purchase: what is placed and moved in one.
type job struct {
	path     string
	purchase order.PurchaseID // empty: one order alone
	placed   time.Time
	policy   Preset
	members  []Member
	paths    []string // of the members
	moves    []order.Move
	payAt    []time.Time
}

// zone is the one that the times of the job are told in.
func (j *job) zone() *time.Location {
	if z := j.policy.Order.Zone; z != nil {
		return z
	}
	return time.UTC
}

// jobs returns what is in the book, orders first.
func (b *Book) jobs() []job {
	jobs := make([]job, 0, len(b.Orders)+len(b.Purchases))
	for i, o := range b.Orders {
		path := fmt.Sprintf("orders[%d]", i)
		jobs = append(jobs, job{path: path, placed: o.Placed, policy: b.policy(o.Policy, o.Customer),
			members: []Member{o.Member}, paths: []string{path}, moves: o.Moves, payAt: o.PayAt})
	}
	for i, p := range b.Purchases {
		j := job{path: fmt.Sprintf("purchases[%d]", i), purchase: p.ID, placed: p.Placed, members: p.Orders, moves: p.Moves, payAt: p.PayAt}
		var payer order.CustomerID
		for k, m := range p.Orders {
			j.paths = append(j.paths, fmt.Sprintf("%s.orders[%d]", j.path, k))
			payer = m.Customer
		}
		j.policy = b.policy(p.Policy, payer)
		jobs = append(jobs, j)
	}
	return jobs
}

func (b *Book) policy(own Policy, payer order.CustomerID) Preset {
	if c := b.customer(payer); c != nil {
		return preset(own, c.Policy, b.Policy)
	}
	return preset(own, b.Policy)
}

// Price places every order of the book in the order of their times, chooses its
// discount, makes its moves, and says what came of it; then it quotes the payments. Every step is saved in the store
// and the next one starts from what is loaded. What the rules refuse is in the bill;
// the error is the store's, or what [Read] says of a book that it did not return.
func (b Book) Price(ctx context.Context, s Store) (Bill, error) {
	bill := Bill{About: b.About}
	for _, c := range b.Customers {
		bill.Accounts = append(bill.Accounts, Account{Customer: c})
	}
	jobs := b.jobs()
	slices.SortStableFunc(jobs, func(x, y job) int { return x.placed.Compare(y.placed) })
	for _, j := range jobs {
		r := run{book: &b, job: j, store: s, records: make([]Record, len(j.members))}
		if err := r.all(ctx); err != nil {
			return Bill{}, err
		}
		for i := range bill.Accounts {
			a := &bill.Accounts[i]
			for k, rec := range r.records {
				if rec.Order.Customer != a.Customer.ID {
					continue
				}
				a.Records = append(a.Records, rec)
				if err := a.add(rec.Order); err != nil {
					return Bill{}, order.Locate(b.text, j.paths[k], err)
				}
			}
		}
	}
	for i, p := range b.Payments {
		q, err := b.quote(ctx, s, i)
		if err != nil {
			return Bill{}, err
		}
		k := slices.IndexFunc(bill.Accounts, func(a Account) bool { return a.Customer.ID == p.Customer })
		bill.Accounts[k].Quotes = append(bill.Accounts[k].Quotes, q)
	}
	return bill, nil
}

// run is a job while it is done.
type run struct {
	book    *Book
	job     job
	store   Store
	group   group
	records []Record
}

func (r *run) all(ctx context.Context) error {
	g, err := r.job.place()
	if err != nil {
		return order.Locate(r.book.text, r.job.path, err)
	}
	if err := r.keep(ctx, g); err != nil {
		return err
	}
	for i, m := range r.job.members {
		if m.Discount != "" {
			at := m.At
			if at.IsZero() {
				at = r.job.placed
			}
			if err := r.pick(ctx, i, Pick{m.Discount, at}, "discount", r.job.paths[i]); err != nil {
				return err
			}
		}
		for k, p := range m.Later {
			step := fmt.Sprintf("later[%d]", k)
			if err := r.pick(ctx, i, p, step, r.job.paths[i]+"."+step); err != nil {
				return err
			}
		}
	}
	asked := make([]*Answer, len(r.job.payAt))
	for k, m := range r.job.moves {
		if err := r.ask(asked, func(at time.Time) bool { return at.Before(m.At) }); err != nil {
			return err
		}
		step := fmt.Sprintf("moves[%d]", k)
		g, err := r.group.move(m, r.job.policy.Order)
		if err := r.done(ctx, g, err, 0, step, m.At, r.job.path+"."+step); err != nil {
			return err
		}
	}
	if err := r.ask(asked, func(time.Time) bool { return true }); err != nil {
		return err
	}
	r.tell(asked)
	return nil
}

// keep saves what a step made, and goes on with what the store has.
func (r *run) keep(ctx context.Context, g group) error {
	ids := make([]order.ID, len(g.orders))
	for i := range g.orders {
		ids[i] = g.orders[i].ID
	}
	if err := r.store.Save(ctx, g.orders); err != nil {
		return fmt.Errorf("save %s: %w", r.job.path, err)
	}
	orders, err := r.store.Load(ctx, ids)
	if err != nil {
		return fmt.Errorf("load %s: %w", r.job.path, err)
	}
	r.group = group{g.id, orders}
	return nil
}

// done keeps what a step for member i made, or notes that the rules refused it.
func (r *run) done(ctx context.Context, g group, err error, i int, step string, at time.Time, path string) error {
	if err == nil {
		return r.keep(ctx, g)
	}
	refusal, of := refuse(err, step, at.In(r.job.zone()))
	if refusal.Code == "" {
		return order.Locate(r.book.text, path, err)
	}
	if k := slices.IndexFunc(r.group.orders, func(o order.Order) bool { return o.ID == of }); k >= 0 {
		i = k
	}
	r.records[i].Refusals = append(r.records[i].Refusals, refusal)
	return nil
}

// pick chooses a discount for member i.
func (r *run) pick(ctx context.Context, i int, p Pick, step, path string) error {
	o, policy := r.group.orders[i], r.job.policy.Payment.Discount
	var chosen *discount.Discount
	switch p.Discount {
	case None:
	case Best:
		var has []discount.Discount
		for _, d := range r.book.Discounts {
			if d.Customer == "" || d.Customer == o.Customer {
				has = append(has, d.Discount)
			}
		}
		choice, err := discount.Choose(o, has, p.At, policy)
		if err != nil {
			return r.done(ctx, r.group, err, i, step, p.At, path)
		}
		r.records[i].Verdicts = verdicts(choice)
		if choice.Best < 0 {
			return nil
		}
		chosen = &has[choice.Best]
	default:
		chosen = &r.book.offer(p.Discount).Discount
	}
	g, err := r.group.reduce(i, chosen, p.At, policy)
	return r.done(ctx, g, err, i, step, p.At, path)
}

// ask answers what is due and has not been answered: could the orders, as they stand
// now, be paid then?
func (r *run) ask(asked []*Answer, due func(time.Time) bool) error {
	for i, at := range r.job.payAt {
		if asked[i] != nil || !due(at) {
			continue
		}
		a := &Answer{At: at.In(r.job.zone()), Can: true}
		_, err := r.group.move(order.Move{Event: order.EventHold, At: at, By: "checkout", Payment: "asked"}, r.job.policy.Order)
		if err != nil {
			refusal, _ := refuse(err, fmt.Sprintf("payAt[%d]", i), a.At)
			if refusal.Code == "" {
				return order.Locate(r.book.text, r.job.path, err)
			}
			a.Can, a.Refusal = false, &refusal
		}
		asked[i] = a
	}
	return nil
}

// tell says where the orders stand.
func (r *run) tell(asked []*Answer) {
	for i, o := range r.group.orders {
		rec := &r.records[i]
		rec.Order, rec.About, rec.Policy = o, r.job.members[i].About, r.job.policy.Name
		rec.List, rec.Off, rec.Payable = o.List(), o.Discount(), o.Payable()
		rec.Deadline, rec.Explanation = o.Deadline, o.Explain()
		for _, a := range asked {
			rec.PayAt = append(rec.PayAt, *a)
		}
	}
}

// group is one order alone, or the orders of a purchase.
type group struct {
	id     order.PurchaseID // empty: one order alone
	orders []order.Order
}

func (j *job) place() (group, error) {
	if j.purchase == "" {
		o, err := order.Place(j.members[0].Draft, j.placed, j.policy.Order)
		return group{"", []order.Order{o}}, err
	}
	drafts := make([]order.Draft, len(j.members))
	for i := range j.members {
		drafts[i] = j.members[i].Draft
	}
	p, err := order.PlaceTogether(j.purchase, drafts, j.placed, j.policy.Order)
	return group{p.ID, p.Orders}, err
}

// reduce puts d on member i, or takes off what it has.
func (g group) reduce(i int, d *discount.Discount, at time.Time, p discount.Policy) (group, error) {
	o, together := g.orders[i], order.Purchase{ID: g.id, Orders: g.orders}
	var err error
	switch {
	case g.id == "" && d == nil:
		o, err = discount.Drop(o, at, p)
	case g.id == "":
		o, err = discount.Apply(o, *d, at, p)
	case d == nil:
		together, err = discount.DropIn(together, o.ID, at, p)
	default:
		together, err = discount.ApplyIn(together, o.ID, *d, at, p)
	}
	if g.id == "" {
		return group{"", []order.Order{o}}, err
	}
	return group{g.id, together.Orders}, err
}

// move makes one move. What a customer may cancel is the policy's to say.
func (g group) move(m order.Move, p order.Policy) (group, error) {
	if m.Event == order.EventCancel && m.Reason == order.ReasonCustomer {
		moved, refused, err := order.Cancel(g.orders, m, p)
		if err == nil && len(refused) > 0 {
			err = refused[0].Err
		}
		return group{g.id, moved}, err
	}
	if g.id != "" {
		together, err := order.Purchase{ID: g.id, Orders: g.orders}.Apply(m)
		return group{g.id, together.Orders}, err
	}
	o, err := g.orders[0].Apply(m)
	return group{"", []order.Order{o}}, err
}

// refuse tells what the rules refuse, and to which order; an empty code means that err
// is something else.
func refuse(err error, step string, at time.Time) (Refusal, order.ID) {
	var (
		move   *order.MoveError
		reduce *order.ReductionError
		apply  *discount.Error
		of     order.ID
	)
	switch {
	case errors.As(err, &move):
		of = move.Order
	case errors.As(err, &reduce):
		of = reduce.Order
	case errors.As(err, &apply):
		of = apply.Order
	default:
		return Refusal{}, ""
	}
	return Refusal{Step: step, At: at, Code: codeOf(err), Text: err.Error()}, of
}
