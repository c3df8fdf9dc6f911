package stripe_test

import (
	"strings"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/stripe/internal/fake"
)

// P16: a customer who names no instrument is sent to Stripe's Checkout, comes back to the page of the
// payment, and pays.
func TestP16_Checkout(t *testing.T) {
	p := open()
	c := charge("k1")
	out := says(t, p.Charge, c, gateway.StatusAction)
	if !strings.HasPrefix(out.Action, "https://checkout.stripe.example/") || out.Data != "" || !strings.HasPrefix(out.Handle, "cs_") {
		t.Fatalf("%+v", out)
	}
	says(t, p.Charge, c, gateway.StatusAction) // the same page
	if !p.api.Pay("k1", "insufficient_funds") {
		t.Fatal("the page is closed")
	}
	says(t, p.Lookup, c, gateway.StatusAction) // another card can be tried
	if !p.api.Pay("k1", fake.CardGood) {
		t.Fatal("the page is closed")
	}
	c.Handle = out.Handle
	for _, handle := range []string{"", out.Handle, "pi_other", "cs_other"} {
		c.Handle = handle
		paid := says(t, p.Lookup, c, gateway.StatusCaptured)
		if paid.Amount != c.Amount || paid.Reference != c.Payment || !strings.HasPrefix(paid.Trade, "pi_") || paid.Fee != order.Minor(66, order.EUR) || paid.Handle != out.Handle {
			t.Errorf("with handle %q: %+v", handle, paid)
		}
	}
	says(t, p.Cancel, c, gateway.StatusCaptured)
}

// P16: a page that is given up can no longer be paid.
func TestP16_CheckoutCanceled(t *testing.T) {
	p := open()
	c := charge("k1")
	says(t, p.Charge, c, gateway.StatusAction)
	says(t, p.Cancel, c, gateway.StatusCanceled)
	if p.api.Pay("k1", fake.CardGood) {
		t.Error("the page was still open")
	}
	for range 2 {
		says(t, p.Charge, c, gateway.StatusCanceled)
		says(t, p.Lookup, c, gateway.StatusCanceled)
	}
}

// P19: a saved card is charged, with the customer there and without.
func TestP19_SavedCard(t *testing.T) {
	for _, absent := range []bool{false, true} {
		p := open()
		c := p.by("k1", fake.CardGood, absent)
		out := says(t, p.Charge, c, gateway.StatusCaptured)
		if out.Amount != c.Amount || out.Reference != c.Payment || out.Trade != out.Handle || out.Instrument != "" {
			t.Errorf("%+v", out)
		}
		says(t, p.Charge, c, gateway.StatusCaptured)
		if moves := p.api.Moves(); len(moves) != 1 {
			t.Errorf("moved %v", moves)
		}
	}
}

// P16: what a card declines is canceled before it is called declined: nobody can pay it any more.
func TestP16_DeclinedForGood(t *testing.T) {
	p := open()
	c := p.by("k1", "insufficient_funds", false)
	out := says(t, p.Charge, c, gateway.StatusDeclined)
	if out.Text != "Your card has insufficient funds." || out.Spent {
		t.Errorf("%+v", out)
	}
	if s := p.api.Status("k1"); s != "canceled" || p.api.Pay("k1", fake.CardGood) {
		t.Errorf("it is %s at Stripe", s)
	}
	says(t, p.Charge, c, gateway.StatusDeclined)
	says(t, p.Lookup, c, gateway.StatusDeclined)
	says(t, p.Cancel, c, gateway.StatusDeclined)
}

// P19: a card that Stripe, or its code, says is never to be tried again is spent, and no other.
func TestP19_SpentInstrument(t *testing.T) {
	for card, want := range map[fake.Card]bool{"lost_card": true, "stolen_card": true, "pickup_card": true, "do_not_honor": true, "generic_decline": false, "expired_card": false} {
		p := open()
		if out := says(t, p.Charge, p.by("k1", card, true), gateway.StatusDeclined); out.Spent != want {
			t.Errorf("%s: spent %t", card, out.Spent)
		}
	}
}

// P19: a saved card whose holder has to confirm sends the customer to the bank; what they do there
// decides.
func TestP19_Authentication(t *testing.T) {
	for _, row := range []struct {
		then fake.Card
		want gateway.Status
	}{{fake.CardGood, gateway.StatusCaptured}, {"authentication_failure", gateway.StatusReady}} {
		p := open()
		c := p.by("k1", fake.CardAuthenticates, false)
		if out := says(t, p.Charge, c, gateway.StatusAction); out.Action != "https://hooks.stripe.example/3ds/"+out.Handle {
			t.Errorf("%+v", out)
		}
		p.api.Pay("k1", row.then)
		says(t, p.Lookup, c, row.want)
		if row.want == gateway.StatusReady { // to be canceled: the customer could try another card
			says(t, p.Charge, c, gateway.StatusDeclined)
			says(t, p.Lookup, c, gateway.StatusDeclined)
		}
	}
}

// P19: where the bank asks for a customer who is not there, a page takes the place of the charge,
// where any card can be used, once: the first can no longer be paid.
func TestP19_AbsentCustomerIsNeeded(t *testing.T) {
	p := open()
	c := p.by("k1", fake.CardAuthenticates, true)
	out := says(t, p.Charge, c, gateway.StatusAction)
	if !strings.HasPrefix(out.Action, "https://checkout.stripe.example/") || !strings.HasPrefix(out.Handle, "pi_") {
		t.Fatalf("%+v", out)
	}
	if s := p.api.Status("k1"); s != "canceled" {
		t.Errorf("the first is %s at Stripe", s)
	}
	for range 2 {
		if again := says(t, p.Charge, c, gateway.StatusAction); again != out {
			t.Errorf("%+v, and then %+v", out, again)
		}
	}
	p.api.Pay("k1", fake.CardGood)
	c.Handle = out.Handle
	paid := says(t, p.Lookup, c, gateway.StatusCaptured)
	if paid.Trade == out.Handle || paid.Amount != c.Amount || paid.Reference != c.Payment {
		t.Errorf("%+v", paid)
	}
	if moves := p.api.Moves(); len(moves) != 1 {
		t.Errorf("moved %v", moves)
	}
}

// P19: a customer who does not come leaves the charge declined for what the bank said.
func TestP19_AbsentCustomerDoesNotCome(t *testing.T) {
	p := open()
	c := p.by("k1", fake.CardAuthenticates, true)
	says(t, p.Charge, c, gateway.StatusAction)
	out := says(t, p.Cancel, c, gateway.StatusDeclined)
	if !strings.Contains(out.Text, "authentication") || p.api.Pay("k1", fake.CardGood) {
		t.Errorf("%+v", out)
	}
}

// P19: on the host's own page the client secret is what its code needs, beside the page.
func TestP19_OwnPage(t *testing.T) {
	p := openPage()
	c := charge("k1")
	out := says(t, p.Charge, c, gateway.StatusAction)
	if out.Action != "https://shop.example/pay/p-k1" || out.Data != order.Opaque(out.Handle+"_secret_fake") {
		t.Fatalf("%+v", out)
	}
	p.api.Pay("k1", "insufficient_funds")
	says(t, p.Lookup, c, gateway.StatusAction) // another card can be tried
	p.api.Pay("k1", fake.CardGood)
	says(t, p.Lookup, c, gateway.StatusCaptured)

	absent := p.by("k2", fake.CardAuthenticates, true)
	if out := says(t, p.Charge, absent, gateway.StatusAction); out.Action != "https://shop.example/pay/p-k2" || out.Data == "" {
		t.Errorf("%+v", out)
	}
	p.api.Pay("k2", fake.CardGood)
	says(t, p.Lookup, absent, gateway.StatusCaptured)
}

// P16: what the host's page has given a card for is ready: charged again, it is completed.
func TestP16_ReadyIsCompleted(t *testing.T) {
	p := openPage()
	c := charge("k1")
	says(t, p.Charge, c, gateway.StatusAction)
	p.api.Attach("k1", fake.CardGood)
	says(t, p.Lookup, c, gateway.StatusReady)
	says(t, p.Charge, c, gateway.StatusCaptured)
	says(t, p.Charge, c, gateway.StatusCaptured)
}

// P19: an instrument is kept where the customer agreed, and can be charged while nobody is there.
func TestP19_KeptInstrument(t *testing.T) {
	p := open()
	c := charge("k1")
	says(t, p.Charge, c, gateway.StatusAction)
	p.api.Pay("k1", fake.CardGood)
	if out := says(t, p.Lookup, c, gateway.StatusCaptured); out.Instrument != "" {
		t.Errorf("nobody agreed: %+v", out)
	}
	c = charge("k2")
	c.Keep = true
	says(t, p.Charge, c, gateway.StatusAction)
	p.api.Pay("k2", fake.CardGood)
	kept := says(t, p.Lookup, c, gateway.StatusCaptured).Instrument
	next := charge("k3")
	next.Instrument, next.Absent = kept, true
	says(t, p.Charge, next, gateway.StatusCaptured)

	nobody := open()
	nobody.Customer = nil
	says(t, nobody.Charge, c, gateway.StatusAction)
	nobody.api.Pay("k2", fake.CardGood)
	if out := says(t, nobody.Lookup, c, gateway.StatusCaptured); out.Instrument != "" {
		t.Errorf("it is kept for nobody: %+v", out)
	}
}

// P19: an instrument of another customer, of nobody, or of none at all is refused, and nothing is
// made.
func TestP19_OthersInstrument(t *testing.T) {
	p := open()
	for key, instrument := range map[string]string{"another's": p.api.Save("cus_other", fake.CardGood), "nobody's": p.api.Loose(fake.CardGood), "none": "pm_none"} {
		c := charge(key)
		c.Instrument = order.Opaque(instrument)
		out := says(t, p.Charge, c, gateway.StatusDeclined)
		if out.Text != "the customer has no such instrument" || !out.Spent {
			t.Errorf("%s: %+v", key, out)
		}
		says(t, p.Lookup, c, gateway.StatusNotFound)
		says(t, p.Cancel, c, gateway.StatusNotFound)
	}
	p.Customer = nil
	says(t, p.Charge, p.by("k1", fake.CardGood, true), gateway.StatusDeclined)
	if moves := p.api.Moves(); len(moves) != 0 {
		t.Errorf("moved %v", moves)
	}
}

// P16: a debit is processing until it is decided, and cannot be canceled meanwhile.
func TestP16_Debit(t *testing.T) {
	p := open()
	for _, c := range []gateway.Charge{p.by("k1", fake.CardProcesses, true), charge("k2")} {
		for _, good := range []bool{true, false} {
			c.Key += "x"
			c.Payment += "x"
			if c.Instrument == "" {
				says(t, p.Charge, c, gateway.StatusAction)
				p.api.Pay(c.Key, fake.CardProcesses)
			} else {
				says(t, p.Charge, c, gateway.StatusProcessing)
			}
			says(t, p.Lookup, c, gateway.StatusProcessing)
			says(t, p.Cancel, c, gateway.StatusProcessing)
			p.api.Decide(c.Key, good)
			switch {
			case good:
				says(t, p.Lookup, c, gateway.StatusCaptured)
			case c.Instrument == "": // nobody can pay on a page that has ended
				says(t, p.Lookup, c, gateway.StatusDeclined)
			default:
				says(t, p.Lookup, c, gateway.StatusReady)
				says(t, p.Cancel, c, gateway.StatusDeclined)
			}
		}
	}
}

// P16: what was never seen is canceled for good, whatever it would be paid with.
func TestP16_CancelUnseen(t *testing.T) {
	for name, p := range map[string]*place{"checkout": open(), "own page": openPage(), "saved card": open()} {
		c := charge("k1")
		if name == "saved card" {
			c = p.by("k1", fake.CardGood, true)
		}
		says(t, p.Cancel, c, gateway.StatusCanceled)
		for range 2 {
			says(t, p.Lookup, c, gateway.StatusCanceled)
			says(t, p.Charge, c, gateway.StatusCanceled)
			says(t, p.Cancel, c, gateway.StatusCanceled)
			p.api.Advance(30 * 24 * 3600e9)
		}
		if p.api.Pay("k1", fake.CardGood) || len(p.api.Moves()) != 0 {
			t.Errorf("%s: it is paid", name)
		}
	}
}
