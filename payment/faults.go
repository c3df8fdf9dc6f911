package payment

import (
	"slices"
	"time"

	"github.com/duebook/duebook/order"
)

// ResourceFault is what is wrong with a resource that an order asks for (P10).
type ResourceFault struct {
	Order         order.ID `json:"order"`
	Region        string   `json:"region,omitempty"`
	Service       string   `json:"service,omitempty"`
	Type          string   `json:"type,omitempty"`
	Specification string   `json:"specification,omitempty"`
	Zone          string   `json:"zone,omitempty"` // of availability
	Wrong         Wrong    `json:"wrong"`
}

// Wrong is what can be wrong with a resource (P10). The zero value is nothing.
type Wrong string

const (
	WrongQuota         Wrong = "quota short"
	WrongCapacity      Wrong = "capacity short"
	WrongSpecification Wrong = "specification changed"       // since the order was placed
	WrongAssociated    Wrong = "associated resource changed" // since the order was placed
	WrongOther         Wrong = "other"
)

var wrongs = []Wrong{WrongQuota, WrongCapacity, WrongSpecification, WrongAssociated, WrongOther}

// Advice says what the customer can do about it.
func (w Wrong) Advice() string {
	switch w {
	case WrongQuota:
		return "raise the quota, then pay"
	case WrongCapacity, WrongSpecification, WrongAssociated:
		return "order again"
	}
	return "ask the merchant"
}

// Huawei returns Huawei Cloud's number, and false for the zero value (H24).
func (w Wrong) Huawei() (int, bool) {
	if w == WrongOther {
		return 99, true
	}
	i := slices.Index(wrongs, w)
	return i + 1, i >= 0
}

// UnmarshalText reads the word strictly.
func (w *Wrong) UnmarshalText(b []byte) error { return read("wrong", w, wrongs, b) }

// ProjectFault is what is wrong with an enterprise project (P10).
type ProjectFault struct {
	Project order.ProjectID `json:"project"`
	Name    string          `json:"name,omitempty"`
	Wrong   ProjectWrong    `json:"wrong"`
}

// ProjectWrong is what can be wrong with a project (P10); Huawei Cloud has one number
// for both, 10. The zero value is nothing.
type ProjectWrong string

const (
	ProjectFunds   ProjectWrong = "funds short"
	ProjectInvalid ProjectWrong = "invalid"
)

var projectWrongs = []ProjectWrong{ProjectFunds, ProjectInvalid}

// UnmarshalText reads the word strictly.
func (w *ProjectWrong) UnmarshalText(b []byte) error { return read("wrong", w, projectWrongs, b) }

// Start is when what an order asks for takes effect: it cannot be in the past when the
// order is paid, as that of a bandwidth package (P10).
type Start struct {
	Order   order.ID  `json:"order"`
	Product string    `json:"product,omitempty"`
	At      time.Time `json:"at"`
}
