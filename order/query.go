package order

import "time"

// Bill says whether an order is paid for before or after use, its bill type (X1).
//
// One of: BillAll, prepay, postpay.
type Bill string

const (
	BillAll     Bill = ""        // either; the zero value
	BillPrepay  Bill = "prepay"  // an own line is a subscription or a package
	BillPostpay Bill = "postpay" // an own line is pay-per-use
)

// Listing is one of the lists that orders stand in apart from each other (X3). An
// order is in one of them at most: reserved instances come first.
//
// One of: ListAll, yearly/monthly, reserved.
type Listing string

const (
	ListAll           Listing = ""               // every order; the zero value
	ListYearlyMonthly Listing = "yearly/monthly" // an own line is a subscription, none a reserved instance
	ListReserved      Listing = "reserved"       // an own line is a reserved instance
)

var (
	bills    = []Bill{BillPrepay, BillPostpay, BillAll}
	listings = []Listing{ListYearlyMonthly, ListReserved, ListAll}
)

// UnmarshalText reads a bill type strictly.
func (b *Bill) UnmarshalText(text []byte) error { return ReadWord("bill", b, bills, string(text)) }

// UnmarshalText reads a listing strictly.
func (l *Listing) UnmarshalText(text []byte) error {
	return ReadWord("listing", l, listings, string(text))
}

// How many orders a page has (X1).
const (
	DefaultLimit = 50   // where a Query sets none
	MaxLimit     = 1000 // and at most
)

// Query says which orders to find, and which page of them (X1, X3). An order is found
// when it meets every field that is set; the zero Query finds every order. Times are
// compared in whole seconds, both ends included (T1); texts and IDs exactly.
//
// A host that keeps orders in a database asks it for the same: the fields that are set,
// (placed, id) < After, ordered by both descending, the ID by its bytes, and one row more
// than Limit. [Query.Page] makes the page of these rows.
type Query struct {
	Customer CustomerID `json:"customer,omitempty"` // who pays

	// From and Until are the time placed; zero: from the first on, up to the last.
	// DefaultWindow sets both where nothing says which time is meant.
	From  time.Time `json:"from,omitzero"`
	Until time.Time `json:"until,omitzero"`

	// Product, Service and Resource are those of one line, which has all that are set,
	// be it a third party's: what the customer sees. Resource finds all orders of the
	// resource's life.
	Product  string     `json:"product,omitempty"`
	Service  string     `json:"service,omitempty"`
	Resource ResourceID `json:"resource,omitempty"`

	Order   ID        `json:"order,omitempty"`
	Bill    Bill      `json:"bill,omitempty"` // an order with lines of both types is found by either
	Type    Type      `json:"type,omitempty"`
	State   State     `json:"state,omitempty"` // as it stands: what is past its deadline is unpaid until it is expired
	Project ProjectID `json:"project,omitempty"`
	Listing Listing   `json:"listing,omitempty"`

	After Cursor `json:"after,omitzero"`  // the last order of the page before; zero: the first page
	Limit int    `json:"limit,omitempty"` // of a page, at most MaxLimit; 0: DefaultLimit
}

// Check reports, as a [*FieldError], a window that ends before it begins, a word that
// is unknown, an ID or a text that no order can have, a cursor that names no order, or a limit
// that is not 0 to [MaxLimit].
func (q Query) Check() error {
	if err := (Window{q.From, q.Until}).Check(); err != nil {
		return err
	}
	for _, text := range [...]struct{ field, s string }{
		{"customer", string(q.Customer)}, {"product", q.Product}, {"service", q.Service},
		{"resource", string(q.Resource)}, {"order", string(q.Order)}, {"project", string(q.Project)},
	} {
		if err := checkText(text.field, text.s, 64); err != nil {
			return err
		}
	}
	if err := CheckWord("bill", q.Bill, bills); err != nil {
		return err
	}
	if q.Type != "" {
		if err := CheckWord("type", q.Type, types); err != nil {
			return err
		}
	}
	if q.State != "" {
		if err := CheckWord("state", q.State, states); err != nil {
			return err
		}
	}
	if err := CheckWord("listing", q.Listing, listings); err != nil {
		return err
	}
	if err := q.After.Check(); err != nil {
		return Within("after", err)
	}
	if q.Limit < 0 || q.Limit > MaxLimit {
		return Invalid("limit", itoa(int64(q.Limit)), "is not 0 to "+itoa(MaxLimit)+": read on with after")
	}
	return nil
}

// DefaultWindow returns q with the time placed set to w, unless q says itself which orders
// are meant: by From or Until, or by the ID of an order or a resource, which is found
// whenever it was placed (X1). B25's list of orders shows the last 7 days:
//
//	q = q.DefaultWindow(order.LastDays(7, at))
func (q Query) DefaultWindow(w Window) Query {
	timed, named := !q.From.IsZero() || !q.Until.IsZero(), q.Order != "" || q.Resource != ""
	if !timed && !named {
		q.From, q.Until = w.From, w.Until
	}
	return q
}

// Match reports whether o meets every field of q that is set, on whatever page it stands:
// After and Limit do not count. A query that Check refuses finds nothing.
func (q Query) Match(o Order) bool { return q.Check() == nil && q.match(&o) }

// match is Match for a query that passes Check.
func (q *Query) match(o *Order) bool {
	return (Window{q.From, q.Until}).Contains(o.Placed) &&
		matches(q.Customer, o.Customer) &&
		matches(q.Order, o.ID) &&
		matches(q.Type, o.Type) &&
		matches(q.State, o.State) &&
		matches(q.Project, o.Project) &&
		q.matchLines(o.Lines) && q.Bill.match(o.Lines) && q.Listing.match(o.Lines)
}

// matchLines reports whether one line has the product, service and resource asked for.
func (q *Query) matchLines(lines []Line) bool {
	for i := range lines {
		l := &lines[i]
		if matches(q.Product, l.Product) && matches(q.Service, l.Service) && matches(q.Resource, l.Resource) {
			return true
		}
	}
	return false
}

// match reports whether an order with these lines is of the bill type.
func (b Bill) match(lines []Line) bool {
	switch b {
	case BillAll:
		return true
	case BillPrepay:
		return ownHas(lines, func(l *Line) bool { return l.Charge == ChargeSubscription || l.Charge == ChargePackage })
	case BillPostpay:
		return ownHas(lines, func(l *Line) bool { return l.Charge == ChargePayPerUse })
	}
	return false
}

// match reports whether an order with these lines is in the list.
func (l Listing) match(lines []Line) bool {
	switch l {
	case ListAll:
		return true
	case ListReserved:
		return ownHas(lines, reserved)
	case ListYearlyMonthly:
		return !ownHas(lines, reserved) && ownHas(lines, func(l *Line) bool { return l.Charge == ChargeSubscription })
	}
	return false
}

func reserved(l *Line) bool { return l.Reserved }

// ownHas reports whether one of the merchant's own lines is such a line.
func ownHas(lines []Line, is func(*Line) bool) bool {
	for i := range lines {
		if l := &lines[i]; l.Own() && is(l) {
			return true
		}
	}
	return false
}
