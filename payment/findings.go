package payment

import (
	"cmp"
	"slices"
	"time"

	"github.com/duebook/duebook/order"
)

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

// Admit refuses who may not act for the customer, and everybody while the account is frozen.
func (f *Findings) Admit(by string) error {
	switch {
	case f.Denied != "":
		return Refusef(ReasonDenied, "%s may not act for this customer: %s", by, f.Denied)
	case f.Frozen != "":
		return Refusef(ReasonFrozen, "%s: nothing is paid, renewed or left until it is thawed", f.Frozen)
	}
	return nil
}

// Join returns what f and g find together: where there can be only one, that of
// f, if it has one.
func (f Findings) Join(g Findings) Findings {
	f.Denied, f.Frozen, f.Organization = cmp.Or(f.Denied, g.Denied), cmp.Or(f.Frozen, g.Frozen), cmp.Or(f.Organization, g.Organization)
	for _, id := range g.Contract {
		if !slices.Contains(f.Contract, id) {
			f.Contract = append(slices.Clip(f.Contract), id)
		}
	}
	f.Resources = append(slices.Clip(f.Resources), g.Resources...)
	f.Projects = append(slices.Clip(f.Projects), g.Projects...)
	f.Starts = append(slices.Clip(f.Starts), g.Starts...)
	if f.Other == "" {
		f.Other, f.OtherText = g.Other, g.OtherText
	}
	return f
}

// Check reports words that are unknown, and findings about orders that nobody asked about.
func (f Findings) Check(orders []order.Order) error {
	known := func(field string, id order.ID) error {
		if slices.ContainsFunc(orders, func(o order.Order) bool { return o.ID == id }) {
			return nil
		}
		return &order.FieldError{Field: field, Value: string(id), Reason: "is not among the orders asked about"}
	}
	for i, id := range f.Contract {
		if err := known(order.Element("contract", i), id); err != nil {
			return err
		}
	}
	for i, x := range f.Resources {
		if err := known(order.Element("resources", i)+".order", x.Order); err != nil {
			return err
		}
		if err := order.CheckWord(order.Element("resources", i)+".wrong", x.Wrong, resourceFaults); err != nil {
			return err
		}
	}
	for i, x := range f.Projects {
		if err := order.CheckID(order.Element("projects", i)+".project", x.Project); err != nil {
			return err
		}
		if err := order.CheckWord(order.Element("projects", i)+".wrong", x.Wrong, projectFaults); err != nil {
			return err
		}
	}
	for i, x := range f.Starts {
		if err := known(order.Element("starts", i)+".order", x.Order); err != nil {
			return err
		}
		if _, err := order.Second(x.At); err != nil {
			return order.Within(order.Element("starts", i), err)
		}
	}
	if f.Other != "" {
		return order.CheckWord("other", f.Other, Reasons())
	}
	return nil
}

// ResourceFault is what is wrong with a resource that an order asks for (P10).
type ResourceFault struct {
	Order         order.ID `json:"order"`
	Region        string   `json:"region,omitempty"`
	Service       string   `json:"service,omitempty"`
	Type          string   `json:"type,omitempty"`
	Specification string   `json:"specification,omitempty"`
	Zone          string   `json:"zone,omitempty"` // of availability
	Wrong         Fault    `json:"wrong"`
}

// ProjectFault is what is wrong with an enterprise project (P10).
type ProjectFault struct {
	Project order.ProjectID `json:"project"`
	Name    string          `json:"name,omitempty"`
	Wrong   Fault           `json:"wrong"`
}

// Fault is what can be wrong with a resource, or with an enterprise project (P10). The zero
// value is nothing.
//
// One of: quota short, capacity short, specification changed, associated resource changed,
// other, funds short, invalid.
type Fault string

const (
	WrongQuota         Fault = "quota short"
	WrongCapacity      Fault = "capacity short"
	WrongSpecification Fault = "specification changed"       // since the order was placed
	WrongAssociated    Fault = "associated resource changed" // since the order was placed
	WrongOther         Fault = "other"                       // of a resource

	ProjectFunds   Fault = "funds short"
	ProjectInvalid Fault = "invalid"
)

var (
	resourceFaults = []Fault{WrongQuota, WrongCapacity, WrongSpecification, WrongAssociated, WrongOther}
	projectFaults  = []Fault{ProjectFunds, ProjectInvalid}
	faults         = slices.Concat(resourceFaults, projectFaults)
)

// Advice says what the customer can do about it.
func (w Fault) Advice() string {
	switch w {
	case WrongQuota:
		return "raise the quota, then pay"
	case WrongCapacity, WrongSpecification, WrongAssociated:
		return "order again"
	case ProjectFunds, ProjectInvalid:
		return "ask the owner of the project"
	}
	return "ask the merchant"
}

// UnmarshalText reads the word strictly.
func (w *Fault) UnmarshalText(b []byte) error { return order.ReadWord("wrong", w, faults, b) }

// Start is when what an order asks for takes effect: it cannot be in the past when the
// order is paid, as that of a bandwidth package (P10).
type Start struct {
	Order   order.ID  `json:"order"`
	Product string    `json:"product,omitempty"`
	At      time.Time `json:"at"`
}
