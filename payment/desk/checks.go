package desk

import (
	"context"
	"slices"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
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
// the same inquiry is answered the same again. desktest.TestChecks checks that.
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
		Lacking(ctx context.Context, in Inquiry) ([]payment.ResourceFault, error)
	}
	// Projects says which enterprise projects cannot bear the fees of their orders.
	Projects interface {
		Short(ctx context.Context, in Inquiry) ([]payment.ProjectFault, error)
	}
	// Organizations says why the organization's budget does not suffice; "": it does.
	Organizations interface {
		Exceeds(ctx context.Context, in Inquiry) (why string, err error)
	}
	// Starts says when what is ordered takes effect, where a time was set for it.
	Starts interface {
		Starting(ctx context.Context, in Inquiry) ([]payment.Start, error)
	}
	// Others is every other check of the host: a reason, such as [payment.ReasonTooOften],
	// [payment.ReasonDailyLimit] or [payment.ReasonNoTaxRate], with a text for a person; "": none.
	Others interface {
		Refuses(ctx context.Context, in Inquiry) (why payment.Reason, text string, err error)
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

// Ask asks every check that is there, in the order of the fields. The error is that of
// the first that could not be made, or an [*order.FieldError] for findings that are not
// sound.
func (c Checks) Ask(ctx context.Context, in Inquiry) (f payment.Findings, err error) {
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
		return payment.Findings{}, err
	}
	if err := f.Check(in.Orders); err != nil {
		return payment.Findings{}, order.Within("findings", err)
	}
	return f, nil
}
