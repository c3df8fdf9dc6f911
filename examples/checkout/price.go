package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
)

// report is what a book comes to, a section for each customer.
type report struct {
	about    string
	sections []section
}

type section struct {
	customer customer
	records  []record // in the order of their times
	sums     []sum    // one for each currency
	quotes   []quoted // in the order of the book
}

// record is what an order comes to.
type record struct {
	Order       order.Order       `json:"order"`
	About       string            `json:"about,omitempty"`
	Policy      policy            `json:"policy"`
	List        order.Money       `json:"list"`
	Off         order.Money       `json:"off"`
	Payable     order.Money       `json:"payable"`
	Deadline    time.Time         `json:"deadline,omitzero"`
	Explanation order.Explanation `json:"explanation"`
	Verdicts    []verdict         `json:"verdicts,omitempty"` // where the best discount was asked for, last
	Refusals    []refused         `json:"refusals,omitempty"`
	PayAt       []answer          `json:"payAt,omitempty"` // of one of a purchase: for all of it
}

// verdict is discount.Verdict in JSON.
type verdict struct {
	Kind   discount.Kind   `json:"kind"`
	ID     discount.ID     `json:"id"`
	Reason discount.Reason `json:"why"`
	Off    order.Money     `json:"off,omitzero"`
}

// refused is a step that the rules refuse. The order stays as it was.
type refused struct {
	Step string    `json:"step"` // "discount", "later[0]", "moves[2]", "payAt[0]"
	At   time.Time `json:"at"`
	Text string    `json:"text"` // what is refused, why, and what to do
}

// answer says whether an order could be paid at an instant.
type answer struct {
	At      time.Time `json:"at"`
	Can     bool      `json:"can"`
	Refusal *refused  `json:"refusal,omitempty"` // why not
}

// sum is the total of a customer's orders in one currency, without those that nobody
// pays for: canceled, voided, or their money given back.
type sum struct{ list, off, payable order.Money }

// job is an order of its own or a purchase: what is placed and moved in one.
type job struct {
	path     string
	purchase order.PurchaseID // empty: an order of its own
	drafts   []draft
	paths    []string // of the drafts
	steps
}

// jobs returns the orders of the book, then its purchases.
func (b *book) jobs() []job {
	var jobs []job
	for i, o := range b.Orders {
		path := order.Element("orders", i)
		jobs = append(jobs, job{path, "", []draft{o.draft}, []string{path}, o.steps})
	}
	for i, p := range b.Purchases {
		j := job{order.Element("purchases", i), p.ID, p.Orders, nil, p.steps}
		for k := range p.Orders {
			j.paths = append(j.paths, j.path+"."+order.Element("orders", k))
		}
		jobs = append(jobs, j)
	}
	return jobs
}

// price makes every step of the book in the order of time, then quotes the payments.
// The error says where the book is wrong; what the rules refuse is in the report.
func (b *book) price() (report, error) {
	r, together := report{about: b.About}, make(map[order.ID][]order.Order)
	for _, c := range b.Customers {
		r.sections = append(r.sections, section{customer: c})
	}
	jobs := b.jobs()
	slices.SortStableFunc(jobs, func(x, y job) int { return x.Placed.Compare(y.Placed) })
	for _, j := range jobs {
		records, err := b.priceJob(j)
		if err != nil {
			return report{}, err
		}
		var orders []order.Order
		for _, rec := range records {
			orders = append(orders, rec.Order)
		}
		for i, rec := range records {
			together[rec.Order.ID] = orders
			s := r.section(rec.Order.Customer)
			s.records = append(s.records, rec)
			if err := s.add(rec.Order); err != nil {
				return report{}, order.Locate(b.text, j.paths[i], err)
			}
		}
	}
	for i := range b.Payments {
		q, err := b.quote(together, &b.Payments[i])
		if err != nil {
			return report{}, order.Locate(b.text, order.Element("payments", i), err)
		}
		s := r.section(q.request.Customer)
		s.quotes = append(s.quotes, q)
	}
	return r, nil
}

// priceJob places the orders of a job, chooses their discounts and makes their moves.
func (b *book) priceJob(j job) ([]record, error) {
	var payer order.CustomerID
	if len(j.drafts) > 0 { // else placing refuses it
		payer = j.drafts[0].Customer
	}
	p := b.preset(j.Policy, payer)
	r := progress{book: b, preset: p, records: make([]record, len(j.drafts))}
	var err error
	if r.orders, err = place(j, p.order); err != nil {
		return nil, order.Locate(b.text, j.path, err)
	}
	for i, d := range j.drafts {
		picks, names := d.picks(j.Placed)
		for k, pick := range picks {
			orders, err := r.choose(i, pick)
			if err := r.made(orders, err, i, names[k], pick.At, j.paths[i]); err != nil {
				return nil, err
			}
		}
	}
	after := [][]order.Order{r.orders}
	for k, m := range j.Moves {
		orders, err := move(r.orders, m, p.order)
		if err := r.made(orders, err, 0, order.Element("moves", k), m.At, j.path); err != nil {
			return nil, err
		}
		after = append(after, r.orders)
	}
	var answers []answer
	for k, at := range j.PayAt {
		moved := slices.IndexFunc(j.Moves, func(m order.Move) bool { return m.At.After(at) })
		if moved < 0 {
			moved = len(j.Moves)
		}
		a, err := couldPay(after[moved], order.Element("payAt", k), at.In(p.zone()), p.order)
		if err != nil {
			return nil, order.Locate(b.text, j.path, err)
		}
		answers = append(answers, a)
	}
	for i, o := range r.orders {
		rec := &r.records[i]
		rec.Order, rec.About, rec.Policy, rec.PayAt = o, j.drafts[i].About, p.name, answers
		rec.List, rec.Off, rec.Payable = o.List(), o.Discount(), o.Payable()
		rec.Deadline, rec.Explanation = o.Deadline, o.Explain()
	}
	return r.records, nil
}

// picks returns the discounts to choose for d, one after the other, and what the steps are called.
func (d draft) picks(placed time.Time) (picks []pick, names []string) {
	if d.Discount != "" {
		at := d.At
		if at.IsZero() {
			at = placed
		}
		picks, names = []pick{{d.Discount, at}}, []string{"discount"}
	}
	for k, p := range d.Later {
		picks, names = append(picks, p), append(names, order.Element("later", k))
	}
	return picks, names
}

// progress is a job while its steps are made.
type progress struct {
	book    *book
	preset  preset
	orders  []order.Order // one, or those of a purchase
	records []record
}

// made goes on with what a step made, or notes that the rules refuse it.
func (r *progress) made(orders []order.Order, err error, i int, step string, at time.Time, path string) error {
	if err == nil {
		r.orders = orders
		return nil
	}
	of, is := refusedOrder(err)
	if !is {
		if step != "discount" {
			path += "." + step
		}
		return order.Locate(r.book.text, path, err)
	}
	if k := slices.IndexFunc(r.orders, func(o order.Order) bool { return o.ID == of }); k >= 0 {
		i = k
	}
	r.records[i].Refusals = append(r.records[i].Refusals, refused{step, at.In(r.preset.zone()), err.Error()})
	return nil
}

// refusedOrder reports whether the rules refuse a step, and to which order.
func refusedOrder(err error) (order.ID, bool) {
	var (
		move   *order.MoveError
		reduce *order.ReductionError
		apply  *discount.Error
	)
	switch {
	case errors.As(err, &move):
		return move.Order, true
	case errors.As(err, &reduce):
		return reduce.Order, true
	case errors.As(err, &apply):
		return apply.Order, true
	}
	return "", false
}

func place(j job, p order.Policy) ([]order.Order, error) {
	if j.purchase == "" {
		o, err := order.Place(j.drafts[0].Draft, j.Placed, p)
		return []order.Order{o}, err
	}
	drafts := make([]order.Draft, len(j.drafts))
	for i := range j.drafts {
		drafts[i] = j.drafts[i].Draft
	}
	together, err := order.PlaceTogether(j.purchase, drafts, j.Placed, p)
	var wrong *order.FieldError
	if errors.As(err, &wrong) { // a book calls them orders
		wrong.Field = strings.Replace(wrong.Field, "drafts", "orders", 1)
	}
	return together.Orders, err
}

// choose gives order i the discount that is picked, or takes away the one it has.
func (r *progress) choose(i int, p pick) ([]order.Order, error) {
	o, rules := r.orders[i], r.preset.payment.Discount
	var chosen *discount.Discount
	switch p.Discount {
	case none:
	case best:
		has := r.book.discountsOf(o.Customer)
		choice, err := discount.Choose(o, has, p.At, rules)
		if err != nil {
			return nil, err
		}
		r.records[i].Verdicts = nil
		for _, v := range choice.Verdicts {
			r.records[i].Verdicts = append(r.records[i].Verdicts, verdict(v))
		}
		if choice.Best < 0 {
			return r.orders, nil
		}
		chosen = &has[choice.Best]
	default:
		chosen = &r.book.offer(p.Discount).Discount
	}
	together := order.Purchase{ID: o.Purchase, Orders: r.orders}
	var err error
	switch {
	case o.Purchase == "" && chosen == nil:
		o, err = discount.Drop(o, p.At, rules)
		return []order.Order{o}, err
	case o.Purchase == "":
		o, err = discount.Apply(o, *chosen, p.At, rules)
		return []order.Order{o}, err
	case chosen == nil:
		together, err = discount.DropIn(together, o.ID, p.At, rules)
	default:
		together, err = discount.ApplyIn(together, o.ID, *chosen, p.At, rules)
	}
	return together.Orders, err
}

func (b *book) discountsOf(id order.CustomerID) (has []discount.Discount) {
	for _, o := range those(b.Discounts, func(o offer) bool { return o.Customer == "" || o.Customer == id }) {
		has = append(has, o.Discount)
	}
	return has
}

// move makes one move. The policy says what a customer may cancel.
func move(orders []order.Order, m order.Move, p order.Policy) ([]order.Order, error) {
	if m.Event == order.EventCancel && m.Reason == order.ReasonCustomer {
		moved, kept, err := order.Cancel(orders, m, p)
		if err == nil && len(kept) > 0 {
			err = kept[0].Err
		}
		return moved, err
	}
	if id := orders[0].Purchase; id != "" {
		together, err := order.Purchase{ID: id, Orders: orders}.Apply(m)
		return together.Orders, err
	}
	o, err := orders[0].Apply(m)
	return []order.Order{o}, err
}

// couldPay answers whether orders as they stand could be paid at an instant.
func couldPay(orders []order.Order, step string, at time.Time, p order.Policy) (answer, error) {
	_, err := move(orders, order.Move{Event: order.EventHold, At: at, By: "checkout", Payment: "asked"}, p)
	if err == nil {
		return answer{At: at, Can: true}, nil
	}
	if _, is := refusedOrder(err); !is {
		return answer{}, err
	}
	return answer{At: at, Refusal: &refused{step, at, err.Error()}}, nil
}

func (r *report) section(id order.CustomerID) *section {
	return &r.sections[slices.IndexFunc(r.sections, func(s section) bool { return s.customer.ID == id })]
}

// add counts an order.
func (s *section) add(o order.Order) error {
	givenBack := o.State == order.StateRefunded || o.State == order.StateRefunding && o.Flow() != order.FlowBack
	if givenBack || o.State == order.StateCanceled || o.State == order.StateVoided {
		return nil
	}
	i := slices.IndexFunc(s.sums, func(x sum) bool { return x.list.Currency() == o.Currency() })
	if i < 0 {
		i, s.sums = len(s.sums), append(s.sums, sum{order.Minor(0, o.Currency()), order.Minor(0, o.Currency()), order.Minor(0, o.Currency())})
	}
	x := &s.sums[i]
	var list, off, payable error
	x.list, list = x.list.Add(o.List())
	x.off, off = x.off.Add(o.Discount())
	x.payable, payable = x.payable.Add(o.Payable())
	if err := errors.Join(list, off, payable); err != nil {
		return fmt.Errorf("the orders of customer %q do not add up: %w", string(s.customer.ID), order.ErrOverflow)
	}
	return nil
}

func (r report) writeOrders(w io.Writer) error {
	var all []record
	for _, s := range r.sections {
		all = append(all, s.records...)
	}
	return writeArray(w, all)
}
