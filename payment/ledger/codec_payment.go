package ledger

import (
	"slices"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// storedPayment is the form of a payment's body: that of the payment, but that a quote says once what
// follows from what else it says.
type storedPayment struct {
	payment.Payment
	Request storedRequest `json:"request,omitzero"`
	Quote   storedQuote   `json:"quote"`
}

type storedQuote struct {
	payment.Quote
	Items []payment.Item `json:"items,omitzero"`
	Short *shortItems    `json:"short,omitempty"` // in place of Items, since schema 11
}

// storedRequest has, in place of Agreed, what was agreed to for the orders of Short.
type storedRequest struct {
	payment.Request
	Agreed []payment.Agreed `json:"agreed,omitzero"`
	Short  []shortAgreed    `json:"short,omitzero"`
}

// shortItems are items of one currency. Amounts are in minor units; what is payable, what coupons and
// cards pay of it and what is left for cash follow.
type shortItems struct {
	Currency order.Currency `json:"currency"`
	Coupons  []shortCoupon  `json:"coupons,omitzero"` // those that pay, in the order in which they do
	Items    []shortItem    `json:"items"`
}

type shortCoupon struct {
	Coupon coupon.ID   `json:"coupon"`
	Kind   coupon.Kind `json:"kind"`
}

// shortItem says what each coupon pays of an order, 0 for nothing, or where lines are told apart, what
// the first pays of each line, then the second, and so on.
type shortItem struct {
	Order    order.ID         `json:"order"`
	Purchase order.PurchaseID `json:"purchase,omitempty"`
	List     int64            `json:"list"`
	Discount int64            `json:"discount,omitempty"`
	Parts    []int64          `json:"parts,omitzero"`
	Lines    []int64          `json:"lines,omitzero"`
}

// shortAgreed is what was agreed to of an order that is among the items, whose amounts are theirs.
type shortAgreed struct {
	Order     order.ID    `json:"order"`
	State     order.State `json:"state"`
	Cash      *int64      `json:"cash,omitempty"` // in minor units, where it is not the item's
	Deadline  time.Time   `json:"deadline"`
	Lines     string      `json:"lines"`
	Reduction string      `json:"reduction,omitempty"`
}

// storedOf returns the form in which a payment is written: short, where that is all that it says.
func storedOf(p payment.Payment) storedPayment {
	s := storedPayment{Payment: p, Request: storedRequest{Request: p.Request, Agreed: p.Request.Agreed}, Quote: storedQuote{Quote: p.Quote, Items: p.Quote.Items}}
	short, ok := shortOf(p.Quote.Items)
	if !ok {
		return s
	}
	s.Quote.Items, s.Quote.Short = nil, short
	if agreed, ok := shortAgreedOf(p.Request.Agreed, p.Quote.Items); ok {
		s.Request.Agreed, s.Request.Short = nil, agreed
	}
	return s
}

// payment returns what is stored. The error is an [*order.FieldError].
func (s *storedPayment) payment(to *payment.Payment) (err error) {
	p := &s.Payment
	p.Request, p.Quote = s.Request.Request, s.Quote.Quote
	p.Request.Agreed, p.Quote.Items = s.Request.Agreed, s.Quote.Items
	if s.Quote.Short != nil {
		if s.Quote.Items != nil {
			return order.Invalid("quote.items", "", "are there twice: in short, too")
		}
		if p.Quote.Items, err = s.Quote.Short.long(); err != nil {
			return order.Within("quote.short", err)
		}
	}
	if s.Request.Short != nil {
		if s.Request.Agreed != nil {
			return order.Invalid("request.agreed", "", "is there twice: in short, too")
		}
		if p.Request.Agreed, err = longAgreed(s.Request.Short, p.Quote.Items); err != nil {
			return order.Within("request.short", err)
		}
	}
	*to = *p
	return nil
}

// shortAgreedOf returns what was agreed to in the short form; not ok where that would not be all.
func shortAgreedOf(all []payment.Agreed, items []payment.Item) (short []shortAgreed, ok bool) {
	if all == nil {
		return nil, true
	}
	short = make([]shortAgreed, len(all))
	for i, a := range all {
		short[i] = shortAgreed{Order: a.Order, State: a.State, Deadline: a.Deadline, Lines: a.Lines, Reduction: a.Reduction}
		if it := itemOf(items, i, a.Order); it != nil && it.Cash != a.Cash {
			cash := a.Cash.Minor()
			short[i].Cash = &cash
		}
	}
	long, err := longAgreed(short, items)
	return short, err == nil && slices.Equal(long, all)
}

func longAgreed(short []shortAgreed, items []payment.Item) ([]payment.Agreed, error) {
	all := make([]payment.Agreed, len(short))
	for i, a := range short {
		it := itemOf(items, i, a.Order)
		if it == nil {
			return nil, order.Invalid(order.Element("", i)+".order", string(a.Order), "is not among the items")
		}
		all[i] = payment.Agreed{Order: a.Order, State: a.State, Payable: it.Payable, Cash: it.Cash, Deadline: a.Deadline, Lines: a.Lines, Reduction: a.Reduction}
		if a.Cash != nil {
			all[i].Cash = order.Minor(*a.Cash, it.Cash.Currency())
		}
	}
	return all, nil
}

// itemOf returns the item of an order, most often the i-th; nil where there is none.
func itemOf(items []payment.Item, i int, id order.ID) *payment.Item {
	if i >= len(items) || items[i].Order != id {
		i = slices.IndexFunc(items, func(it payment.Item) bool { return it.Order == id })
	}
	if i < 0 {
		return nil
	}
	return &items[i]
}

// shortOf returns items in the short form; not ok where that would not be all that they say.
func shortOf(items []payment.Item) (s *shortItems, ok bool) {
	if len(items) == 0 {
		return nil, false
	}
	s = &shortItems{Currency: items[0].List.Currency(), Items: make([]shortItem, len(items))}
	for i := range items {
		for k := range items[i].Parts {
			part := &items[i].Parts[k]
			if c := (shortCoupon{part.Coupon, part.Kind}); !slices.Contains(s.Coupons, c) {
				s.Coupons = append(s.Coupons, c)
			}
		}
	}
	for i := range items {
		it, to := &items[i], &s.Items[i]
		*to = shortItem{Order: it.Order, Purchase: it.Purchase, List: it.List.Minor(), Discount: it.Discount.Minor()}
		lines := 0
		if len(it.Lines) > 0 {
			lines = len(it.Lines[0])
			to.Lines = make([]int64, len(s.Coupons)*lines)
		} else if it.Parts != nil {
			to.Parts = make([]int64, len(s.Coupons))
		}
		for k := range it.Parts {
			part := &it.Parts[k]
			n := slices.Index(s.Coupons, shortCoupon{part.Coupon, part.Kind})
			if lines == 0 {
				to.Parts[n] = part.Amount.Minor()
				continue
			}
			for j, m := range it.LinesOf(k)[:min(lines, len(it.LinesOf(k)))] {
				to.Lines[n*lines+j] = m.Minor()
			}
		}
	}
	long, err := s.long()
	return s, err == nil && slices.EqualFunc(long, items, sameItem)
}

// long returns the items. The error is an [*order.FieldError].
func (s *shortItems) long() ([]payment.Item, error) {
	amounts := 0
	for i := range s.Items {
		amounts += len(s.Items[i].Lines)
	}
	n := len(s.Coupons)
	room := roomFor(len(s.Items)*n, amounts)
	items := make([]payment.Item, len(s.Items))
	for i := range s.Items {
		from, it := &s.Items[i], &items[i]
		if !from.fits(n) {
			return nil, order.Invalid(order.Element("items", i), "", "does not say what each coupon pays")
		}
		it.Order, it.Purchase = from.Order, from.Purchase
		for k := range s.Coupons {
			switch lines := len(from.Lines) / n; {
			case lines > 0:
				room.lines(it, &s.Coupons[k], from.Lines[k*lines:(k+1)*lines], s.Currency)
			case len(from.Parts) > 0:
				room.part(it, &s.Coupons[k], order.Minor(from.Parts[k], s.Currency))
			}
		}
		if err := amountsOf(it, order.Minor(from.List, s.Currency), order.Minor(from.Discount, s.Currency)); err != nil {
			return nil, order.Within(order.Element("items", i), err)
		}
	}
	return items, nil
}

// fits reports whether an item says what each of n coupons pays, of all or of each line.
func (it *shortItem) fits(n int) bool {
	switch {
	case it.Lines == nil:
		return len(it.Parts) == 0 || len(it.Parts) == n
	case it.Parts != nil:
		return false
	}
	return len(it.Lines) == 0 || n > 0 && len(it.Lines)%n == 0
}

// room is where parts and lines of items stand, side by side.
type room struct {
	parts   []payment.CouponPart
	amounts []order.Money
	all     [][]order.Money
}

// roomFor is room for so many parts, and amounts of lines.
func roomFor(parts, amounts int) *room {
	r := &room{parts: make([]payment.CouponPart, 0, parts), amounts: make([]order.Money, 0, amounts)}
	if amounts > 0 {
		r.all = make([][]order.Money, 0, parts)
	}
	return r
}

// part adds what a coupon pays of an item, unless it pays nothing.
func (r *room) part(it *payment.Item, c *shortCoupon, amount order.Money) {
	if amount.Minor() == 0 {
		return
	}
	first := len(r.parts) - len(it.Parts)
	r.parts = append(r.parts, payment.CouponPart{Coupon: c.Coupon, Kind: c.Kind, Amount: amount})
	it.Parts = r.parts[first:len(r.parts):len(r.parts)]
}

// lines adds what a coupon pays of the lines of an item, unless it pays nothing.
func (r *room) lines(it *payment.Item, c *shortCoupon, lines []int64, cur order.Currency) {
	sum := int64(0)
	for _, n := range lines {
		sum += n
	}
	if sum == 0 {
		return
	}
	r.part(it, c, order.Minor(sum, cur))
	from := len(r.amounts)
	for _, n := range lines {
		r.amounts = append(r.amounts, order.Minor(n, cur))
	}
	first := len(r.all) - len(it.Lines)
	r.all = append(r.all, r.amounts[from:len(r.amounts):len(r.amounts)])
	it.Lines = r.all[first:len(r.all):len(r.all)]
}

// amountsOf adds up what an order costs, and who pays it.
func amountsOf(it *payment.Item, list, off order.Money) (err error) {
	nothing := order.Minor(0, list.Currency())
	it.List, it.Discount, it.Coupons, it.Cards = list, off, nothing, nothing
	if it.Payable, err = list.Sub(off); err != nil {
		return err
	}
	for k := range it.Parts {
		to := &it.Coupons
		if it.Parts[k].Kind == coupon.KindCard {
			to = &it.Cards
		}
		if *to, err = to.Add(it.Parts[k].Amount); err != nil {
			return err
		}
	}
	if it.Cash, err = it.Payable.Sub(it.Coupons); err == nil {
		it.Cash, err = it.Cash.Sub(it.Cards)
	}
	return err
}

func sameItem(a, b payment.Item) bool {
	return a.Order == b.Order && a.Purchase == b.Purchase && a.Amounts == b.Amounts && slices.Equal(a.Parts, b.Parts) &&
		(a.Parts == nil) == (b.Parts == nil) && (a.Lines == nil) == (b.Lines == nil) &&
		slices.EqualFunc(a.Lines, b.Lines, func(a, b []order.Money) bool { return slices.Equal(a, b) && (a == nil) == (b == nil) })
}
