package payment

import (
	"context"
	"slices"
	"time"

	"github.com/duebook/duebook/order"
)

// Inquiry is what the host is asked about before anything is held (P10): who wants to
// pay which orders; of renewing and leaving, which place orders of their own, it names
// none. It is a copy; what is done to it changes nothing.
type Inquiry struct {
	Customer order.CustomerID
	By       string // who acts
	Orders   []order.Order
	At       time.Time
}

// The host's checks (P10), each an interface of one method. An error means that the
// check could not be made, and nothing is paid. Faults name orders of the inquiry, and
// the same inquiry is answered the same again. paymenttest.TestChecks checks that.
type (
	// Actors says why who acts may not pay for the customer; "": it may.
	Actors interface {
		Denies(ctx context.Context, in Inquiry) (why string, err error)
	}
	// Freezes says why the customer's account is frozen; "": it is not.
	Freezes interface {
		Frozen(ctx context.Context, in Inquiry) (why string, err error)
	}
	// Contracts names the orders that overlap with the customer's standard sales
	// contract (P7), each by itself.
	Contracts interface {
		Overlaps(ctx context.Context, in Inquiry) ([]order.ID, error)
	}
	// Resources says which resources cannot be provided as ordered.
	Resources interface {
		Lacking(ctx context.Context, in Inquiry) ([]ResourceFault, error)
	}
	// Projects says which enterprise projects cannot bear the fees of their orders.
	Projects interface {
		Short(ctx context.Context, in Inquiry) ([]ProjectFault, error)
	}
	// Organizations says why the organization's budget does not suffice; "": it does.
	Organizations interface {
		Exceeds(ctx context.Context, in Inquiry) (why string, err error)
	}
	// Starts says when what is ordered takes effect, where a time was set for it.
	Starts interface {
		Starting(ctx context.Context, in Inquiry) ([]Start, error)
	}
	// Others is every other check of the host: a reason, such as [ReasonTooOften],
	// [ReasonDailyLimit] or [ReasonNoTaxRate], with a text for a person; "": none.
	Others interface {
		Refuses(ctx context.Context, in Inquiry) (why Reason, text string, err error)
	}
)

// Checks are the checks that a host has; a nil one finds nothing.
type Checks struct {
	Actors        Actors
	Freezes       Freezes
	Contracts     Contracts
	Resources     Resources
	Projects      Projects
	Organizations Organizations
	Starts        Starts
	Others        Others
}

// Findings are what the host's checks said (P10). The zero Findings is nothing found.
type Findings struct {
	Denied       string // why who acts may not; empty: it may
	Frozen       string // why the account is frozen; empty: it is not
	Contract     []order.ID
	Resources    []ResourceFault
	Projects     []ProjectFault
	Organization string // why its budget does not suffice; empty: it does
	Starts       []Start
	Other        Reason // empty: none
	OtherText    string
}

// Ask asks every check that is there, in the order of the fields. The error is that of
// the first that could not be made, or an [*order.FieldError] for findings that are not
// sound.
func (c Checks) Ask(ctx context.Context, in Inquiry) (f Findings, err error) {
	ask := func(there bool, check func(Inquiry) error) {
		if there && err == nil {
			own := in
			own.Orders = slices.Clone(in.Orders)
			for i := range own.Orders {
				own.Orders[i].Lines = slices.Clone(own.Orders[i].Lines)
			}
			err = check(own)
		}
	}
	ask(c.Actors != nil, func(in Inquiry) (err error) { f.Denied, err = c.Actors.Denies(ctx, in); return })
	ask(c.Freezes != nil, func(in Inquiry) (err error) { f.Frozen, err = c.Freezes.Frozen(ctx, in); return })
	ask(c.Contracts != nil, func(in Inquiry) (err error) { f.Contract, err = c.Contracts.Overlaps(ctx, in); return })
	ask(c.Resources != nil, func(in Inquiry) (err error) { f.Resources, err = c.Resources.Lacking(ctx, in); return })
	ask(c.Projects != nil, func(in Inquiry) (err error) { f.Projects, err = c.Projects.Short(ctx, in); return })
	ask(c.Organizations != nil, func(in Inquiry) (err error) { f.Organization, err = c.Organizations.Exceeds(ctx, in); return })
	ask(c.Starts != nil, func(in Inquiry) (err error) { f.Starts, err = c.Starts.Starting(ctx, in); return })
	ask(c.Others != nil, func(in Inquiry) (err error) { f.Other, f.OtherText, err = c.Others.Refuses(ctx, in); return })
	if err != nil {
		return Findings{}, err
	}
	if err := f.Check(in.Orders); err != nil {
		return Findings{}, under("findings", err)
	}
	return f, nil
}

// admit refuses who may not act for the customer, and everybody while the account is frozen.
func (f *Findings) admit(by string) error {
	switch {
	case f.Denied != "":
		return refusef(ReasonDenied, "%s may not act for this customer: %s", by, f.Denied)
	case f.Frozen != "":
		return refusef(ReasonFrozen, "%s: nothing is paid, renewed or left until it is thawed", f.Frozen)
	}
	return nil
}

// Check reports words that are none, and faults of none of the orders.
func (f Findings) Check(orders []order.Order) error {
	known := func(field string, id order.ID) error {
		if slices.ContainsFunc(orders, func(o order.Order) bool { return o.ID == id }) {
			return nil
		}
		return &order.FieldError{Field: field, Value: string(id), Reason: "is none of the orders asked about"}
	}
	for i, id := range f.Contract {
		if err := known(nth("contract", i), id); err != nil {
			return err
		}
	}
	for i, x := range f.Resources {
		if err := known(nth("resources", i)+".order", x.Order); err != nil {
			return err
		}
		if err := checkWord(nth("resources", i)+".wrong", x.Wrong, wrongs); err != nil {
			return err
		}
	}
	for i, x := range f.Projects {
		if err := order.CheckID(nth("projects", i)+".project", x.Project); err != nil {
			return err
		}
		if err := checkWord(nth("projects", i)+".wrong", x.Wrong, projectWrongs); err != nil {
			return err
		}
	}
	for i, x := range f.Starts {
		if err := known(nth("starts", i)+".order", x.Order); err != nil {
			return err
		}
		if _, err := order.Second(x.At); err != nil {
			return under(nth("starts", i), err)
		}
	}
	if f.Other != "" {
		return checkWord("other", f.Other, Reasons())
	}
	return nil
}
