package order

// Line is one thing an order asks for (O5), by value in its order.
type Line struct {
	Product       string     `json:"product"` // 1 to 64 characters, as Service, Region and Seller at most
	Service       string     `json:"service,omitempty"`
	Region        string     `json:"region,omitempty"`
	Configuration string     `json:"configuration,omitempty"` // at most 1,024 characters
	Resource      ResourceID `json:"resource,omitempty"`      // empty while it is not yet provided
	Count         int        `json:"count"`                   // how many instances, from 1
	Term          Term       `json:"term,omitzero"`           // the duration, to the minute (O5)
	UnitPrice     Rate       `json:"unitPrice,omitzero"`      // list price of one instance for one Per, in the order's currency
	Per           Unit       `json:"per,omitempty"`           // the unit of time of UnitPrice: data (O4)
	Charge        Charge     `json:"charge"`
	Reserved      bool       `json:"reserved,omitempty"` // a reserved instance, listed apart (O4, X3)
	Seller        string     `json:"seller,omitempty"`   // the third party who sells it; empty: the merchant (O11)
	Amount        Money      `json:"amount"`             // list price of the line, before discounts, tax included (O14)
	Tax           Money      `json:"tax,omitzero"`       // the tax contained in Amount, for information (O14)
	Off           Money      `json:"off,omitzero"`       // what the order's discount takes off (D3)
	Ratio         Rate       `json:"ratio,omitzero"`     // the share still to pay, where the discount is a ratio (D3)
}

// Own reports whether the merchant sells the line. Lines of third parties are
// listed, and stand outside every sum, threshold and identity (O11).
func (l Line) Own() bool { return l.Seller == "" }

// Payable returns what the line costs after the discount; zero Money for a line of
// a third party.
func (l Line) Payable() Money {
	if !l.Own() {
		return Money{}
	}
	return Money{l.Amount.minor - l.Off.minor, l.Amount.cur}
}

// PayableTax returns the tax contained in Payable: Tax split as Amount is split in
// payable and discount (O14).
func (l Line) PayableTax() Money {
	pay, off := l.Payable(), l.Off
	if l.Tax.minor == 0 || off.minor == 0 {
		return l.Tax
	}
	var parts [2]Money
	if err := l.Tax.SplitInto(parts[:], []int64{pay.minor, off.minor}); err != nil {
		return Money{} // only for a line that Check refuses
	}
	return parts[0]
}

// check reports what is wrong with the line in an order of the given currency.
// gives is whether the order gives money back, free whether it charges nothing now.
func (l *Line) check(cur Currency, gives, free bool) error {
	if l.Product == "" {
		return Invalid("product", "", "is empty: name it")
	}
	for _, text := range [...]struct {
		field, s string
		most     int
	}{{"product", l.Product, 64}, {"service", l.Service, 64}, {"region", l.Region, 64}, {"configuration", l.Configuration, 1024}, {"seller", l.Seller, 64}} {
		if err := checkText(text.field, text.s, text.most); err != nil {
			return err
		}
	}
	if l.Resource != "" {
		if err := CheckID("resource", l.Resource); err != nil {
			return err
		}
	}
	if l.Count < 1 {
		return Invalid("count", itoa(int64(l.Count)), "is less than 1")
	}
	if l.Term != (Term{}) {
		if err := l.Term.Check(); err != nil {
			return Within("term", err)
		}
	}
	if l.Per != "" {
		if err := CheckWord("per", l.Per, units); err != nil {
			return err
		}
	}
	if err := CheckWord("charge", l.Charge, charges); err != nil {
		return err
	}
	if !l.Own() {
		return l.checkListed()
	}
	return l.checkMoney(cur, gives, free)
}

// checkListed reports amounts that a third party's line cannot have; it may have none.
func (l *Line) checkListed() error {
	if err := l.Amount.Check(); err != nil {
		return Within("amount", err)
	}
	switch {
	case l.Amount.minor < 0:
		return Invalid("amount", l.Amount.Amount(), "is below zero")
	case l.Tax != (Money{}) && !l.containsTax():
		return Invalid("tax", l.Tax.String(), "is not contained in the amount, "+l.Amount.String())
	case l.Off != (Money{}) || l.Ratio != (Rate{}):
		return Invalid("off", l.Off.Amount(), "a line of a third party is not reduced")
	}
	return nil
}

// containsTax reports whether the tax of a third party's line is a part of its amount.
func (l *Line) containsTax() bool {
	return l.Tax.cur == l.Amount.cur && l.Tax.minor >= 0 && l.Tax.minor <= l.Amount.minor
}

// checkMoney: the amounts are of the order's currency, and on its side of zero.
func (l *Line) checkMoney(cur Currency, gives, free bool) error {
	if err := l.checkCurrency(cur); err != nil {
		return err
	}
	list, tax, off := l.Amount.minor, l.Tax.minor, l.Off.minor
	if gives {
		list, tax, off = -list, -tax, -off
	}
	switch {
	case list < 0 && gives:
		return Invalid("amount", l.Amount.Amount(), "is above zero in an order that gives money back: its amounts are 0 or below")
	case list < 0:
		return Invalid("amount", l.Amount.Amount(), "is below zero: money goes back with an order of type unsubscribe or downgrade")
	case list > 0 && (free || l.Charge == ChargePayPerUse):
		return Invalid("amount", l.Amount.Amount(), "must be 0, since nothing is charged now: give the price in unitPrice")
	case tax < 0 || tax > list:
		return Invalid("tax", l.Tax.Amount(), "is not contained in the amount, "+l.Amount.Amount())
	case off < 0 || off > list, gives && off != 0:
		return Invalid("off", l.Off.Amount(), "is not between 0 and the amount, "+l.Amount.Amount())
	}
	return nil
}

// checkCurrency: there is an amount, and every amount is exact and of the order's currency.
func (l *Line) checkCurrency(cur Currency) error {
	if l.Amount == (Money{}) {
		return Invalid("amount", "", "is not set: 0.00 is an amount too")
	}
	for _, m := range [...]struct {
		field string
		Money
	}{{"amount", l.Amount}, {"tax", l.Tax}, {"off", l.Off}} {
		if m.Money == (Money{}) {
			continue
		}
		if err := m.Check(); err != nil {
			return Within(m.field, err)
		}
		if m.cur != cur {
			return &FieldError{Field: m.field, Value: m.String(), Err: &CurrencyError{Code: m.cur.String(), With: cur, Reason: "an order has one currency: place one order for each"}}
		}
	}
	return nil
}
