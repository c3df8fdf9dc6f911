package desk_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/desk/desktest"
)

// house is a host's check, which finds what it is told to.
type house struct {
	payment.Findings
	err error
}

func (h house) Check(context.Context, desk.Inquiry) (payment.Findings, error) {
	return h.Findings, h.err
}

func TestP10_Checks(t *testing.T) {
	orders := []order.Order{placedOf(t, draft("CS1", line("ECS", 10000))), placedOf(t, draft("CS2", line("ECS", 20000)))}
	in := desk.Inquiry{Customer: "c-7", By: "c-7", Orders: orders, At: placedAt}
	found := payment.Findings{Denied: "a", Frozen: "b", Contract: []order.ID{"CS1"}, Resources: []payment.ResourceFault{{Order: "CS2", Wrong: payment.WrongCapacity}},
		Projects: []payment.ProjectFault{{Project: "shop", Wrong: payment.ProjectInvalid}}, Organization: "c", Starts: []payment.Start{{Order: "CS1", At: placedAt}},
		Other: payment.ReasonDailyLimit, OtherText: "d"}
	// Each by itself and one after the other, the first of two texts counts.
	parts := desk.Checks{house{Findings: payment.Findings{Denied: "a"}}, house{Findings: payment.Findings{Denied: "second", Frozen: "b", Contract: found.Contract}},
		house{Findings: payment.Findings{Contract: found.Contract, Resources: found.Resources}}, house{Findings: payment.Findings{Projects: found.Projects, Organization: "c"}},
		house{Findings: payment.Findings{Starts: found.Starts, Organization: "second", Other: payment.ReasonDailyLimit, OtherText: "d"}},
		house{Findings: payment.Findings{Other: payment.ReasonTooOften, OtherText: "second"}}}
	for _, checks := range []desk.Checks{{house{Findings: found}}, parts} {
		if got, err := checks.Ask(context.Background(), in); err != nil || !reflect.DeepEqual(got, found) {
			t.Errorf("%d checks: %+v, %v", len(checks), got, err)
		}
	}
	if got, err := (desk.Checks{}).Ask(context.Background(), in); err != nil || !reflect.DeepEqual(got, payment.Findings{}) {
		t.Errorf("no checks: %+v, %v", got, err)
	}
	down := errors.New("no answer")
	for i := range 3 {
		checks := desk.Checks{house{Findings: found}, house{}, house{}}
		checks[i] = desk.CheckFunc(func(context.Context, desk.Inquiry) (payment.Findings, error) { return payment.Findings{}, down })
		if got, err := checks.Ask(context.Background(), in); !errors.Is(err, down) || !reflect.DeepEqual(got, payment.Findings{}) {
			t.Errorf("check %d could not be made: %+v, %v", i, got, err)
		}
		checks[i] = nil
		if _, err := checks.Ask(context.Background(), in); !errors.Is(err, order.ErrInvalid) {
			t.Errorf("check %d is none: %v", i, err)
		}
	}
	for _, f := range []payment.Findings{{Contract: []order.ID{"CS9"}}, {Resources: []payment.ResourceFault{{Order: "CS9", Wrong: payment.WrongQuota}}},
		{Resources: []payment.ResourceFault{{Order: "CS1"}}}, {Projects: []payment.ProjectFault{{Wrong: payment.ProjectFunds}}},
		{Projects: []payment.ProjectFault{{Project: "shop", Wrong: "x"}}}, {Starts: []payment.Start{{Order: "CS1"}}}, {Other: "x"}} {
		if _, err := (desk.Checks{house{}, house{Findings: f}}).Ask(context.Background(), in); !errors.Is(err, order.ErrInvalid) {
			t.Errorf("%+v: %v", f, err)
		}
	}
}

// The broken checks, each of which breaks the law of its name.
var brokenChecks = map[string]desk.CheckFunc{
	// Findings of an order that nobody asked about.
	"sound": func(context.Context, desk.Inquiry) (payment.Findings, error) {
		return payment.Findings{Resources: []payment.ResourceFault{{Order: "nobody's", Wrong: payment.WrongQuota}}}, nil
	},
	// The same inquiry is answered otherwise when it is asked again.
	"repeatable": func(_ context.Context, in desk.Inquiry) (payment.Findings, error) {
		in.Orders[0].Lines[0].Product = "other" // its own copy
		return payment.Findings{Denied: time.Now().String()}, nil
	},
	// Who lists what waits for an operator is asked about, and no customer is.
	"nobody's": func(_ context.Context, in desk.Inquiry) (f payment.Findings, err error) {
		if in.Customer == "" {
			err = errors.New("whose?")
		}
		return f, err
	},
	// An overlap where there are several orders.
	"overlap": func(_ context.Context, in desk.Inquiry) (f payment.Findings, err error) {
		if len(in.Orders) > 1 {
			f.Contract = []order.ID{in.Orders[0].ID}
		}
		return f, nil
	},
}

// TestP10_Suite: the laws hold for sound checks, and each catches a broken one.
func TestP10_Suite(t *testing.T) {
	desktest.TestChecks(t, house{Findings: payment.Findings{Frozen: "yes"}}, house{})
	desktest.TestChecks(t, house{err: errors.New("no answer")})
	for law, broken := range brokenChecks {
		var e *desktest.LawError
		if err := desktest.VerifyChecks(100, house{}, broken); !errors.As(err, &e) || e.Law != law || e.Error() == "" || errors.Unwrap(e) == nil {
			t.Errorf("%q: %v", law, err)
		}
	}
	clumsy := desk.CheckFunc(func(context.Context, desk.Inquiry) (payment.Findings, error) { panic("oops") })
	if err := desktest.VerifyChecks(1, clumsy); err == nil || !strings.Contains(err.Error(), "panicked") {
		t.Errorf("a panic: %v", err)
	}
	if err := desktest.VerifyChecks(0); err == nil {
		t.Error("no inquiry, and all is well")
	}
}
