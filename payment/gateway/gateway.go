package gateway

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/duebook/duebook/order"
)

// Gateway moves money (P16). An error means: unknown, nothing may be concluded; certainty is in
// the Outcome alone. gatewaytest.TestGateway checks what it promises.
type Gateway interface {
	// Traits say what the gateway can be relied on for; they do not change.
	Traits() Traits
	// Charge takes money. The same key never takes money twice: it answers with what has
	// become of the first.
	Charge(ctx context.Context, c Charge) (Outcome, error)
	// Lookup says what has become of a charge, and changes nothing.
	Lookup(ctx context.Context, c Charge) (Outcome, error)
}

// Canceler is a [Gateway] that can give a charge up: once it has answered canceled, no
// money is taken under this key, though the charge was never seen or is still on its way.
// Where it answers not found the charge is waited out, as where there is no Canceler.
type Canceler interface {
	Cancel(ctx context.Context, c Charge) (Outcome, error)
}

// Refunder is a [Gateway] that can give money back: the same key never twice, and never
// more than was captured. It answers captured where the money is back, with the amount, and
// processing while it is on its way.
type Refunder interface {
	Refund(ctx context.Context, f Refund) (Outcome, error)
	// LookupRefund says what has become of a refund, as it stands now, and changes nothing: not
	// what the first answer was. Declined is also said of one that came back after it was done.
	LookupRefund(ctx context.Context, f Refund) (Outcome, error)
}

// Accepter is a [Gateway] that knows before a charge what it never takes: an amount below its least
// one, a currency that it does not have. What it refuses is refused by the quote, before anything
// is held.
type Accepter interface {
	// Accepts returns why the gateway will not take such a charge, for a person; nil: it may. It
	// asks nobody. The charge has no key yet.
	Accepts(c Charge) error
}

// Hint is what a notification of a gateway is about. It proves nothing: the Desk looks up.
type Hint struct {
	Customer order.CustomerID `json:"customer"`
	Payment  order.PaymentID  `json:"payment"`
	Refund   order.RefundID   `json:"refund,omitempty"` // of that payment; empty: the charge
}

// Check reports the first thing about h that is not valid, as an [*order.FieldError].
func (h Hint) Check() error {
	return cmp.Or(order.CheckID("customer", h.Customer), order.CheckID("payment", h.Payment), order.CheckOptional("refund", h.Refund))
}

// Traits are what a gateway can be relied on for. Resend and Lookup are facts of their own, counted
// from the first send: most gateways tell for ever what became of a charge, and forget after a day
// that a key was used.
type Traits struct {
	Resend    time.Duration // how long sending again under a key is safe, at least, refunds too, and longer than Flight; 0: for ever
	Lookup    time.Duration // how long what a lookup says is true, "not found" too, at least, and longer than Flight; 0: for ever
	KeyLength int           // the most characters of a key, from 16; 0: 32 or more
	Flight    time.Duration // the longest that a charge is on its way before a lookup finds it
	Action    time.Duration // the longest that a customer can take to finish an action
	Settle    time.Duration // the longest that a charge is processing before it is decided; 0: not longer than the waits of a policy
	Refund    time.Duration // the longest that a refund is; 0: not longer than the waits of a policy
}

// Check reports traits that nothing can be relied on with, as an [*order.FieldError].
func (t Traits) Check() error {
	for _, x := range [...]struct {
		name string
		of   time.Duration
	}{{"resend", t.Resend}, {"lookup", t.Lookup}, {"flight", t.Flight}, {"action", t.Action}, {"settle", t.Settle}, {"refund", t.Refund}} {
		if x.of < 0 {
			return order.Invalid(x.name, x.of.String(), "is below zero")
		}
	}
	if t.Resend > 0 && t.Resend <= t.Flight {
		return order.Invalid("resend", t.Resend.String(), "is not above flight, "+t.Flight.String()+": a key is forgotten before it arrives")
	}
	if t.Lookup > 0 && t.Lookup <= t.Flight {
		return order.Invalid("lookup", t.Lookup.String(), "is not above flight, "+t.Flight.String()+": a charge is forgotten before it arrives")
	}
	if t.KeyLength != 0 && t.KeyLength < 16 {
		return order.Invalid("keyLength", "", "is below 16 characters, in which keys cannot be told apart")
	}
	return nil
}

// Key cuts a derived key to what the gateway takes.
func (t Traits) Key(derived string) string {
	if t.KeyLength > 0 && t.KeyLength < len(derived) {
		return derived[:t.KeyLength]
	}
	return derived
}

// Resends reports whether what was first sent then is safely sent again now: its key is still
// known when it arrives.
func (t Traits) Resends(sent, at time.Time) bool { return t.lasts(t.Resend, sent, at) }

// ResendsUntil is the last second in which it is; zero: it is for ever.
func (t Traits) ResendsUntil(sent time.Time) time.Time { return t.until(t.Resend, sent) }

// Knows reports whether what a lookup says now of what was first sent then is true.
func (t Traits) Knows(sent, at time.Time) bool { return t.lasts(t.Lookup, sent, at) }

// KnowsUntil is the last second in which it is; zero: it is for ever.
func (t Traits) KnowsUntil(sent time.Time) time.Time { return t.until(t.Lookup, sent) }

// lasts reports whether a life that began then, 0: for ever, lasts when a call made now arrives.
func (t Traits) lasts(life time.Duration, sent, at time.Time) bool {
	return life == 0 || at.Add(t.Flight).Before(sent.Add(life))
}

func (t Traits) until(life time.Duration, sent time.Time) time.Time {
	if life == 0 {
		return time.Time{}
	}
	return sent.Add(life - t.Flight - time.Second).Truncate(time.Second)
}

// Charge is what a gateway is asked to take.
type Charge struct {
	Gateway  string           `json:"gateway"`
	Key      string           `json:"key"`
	Customer order.CustomerID `json:"customer"`
	Payment  order.PaymentID  `json:"payment"` // the reference, to be seen in the outcome
	Amount   order.Money      `json:"amount"`
	At       time.Time        `json:"at"`               // of the first send
	Handle   string           `json:"handle,omitempty"` // the gateway's own name of the charge, where it has said it
	// Instrument is a saved card or mandate of the customer, 1 to 64 bytes; empty: the customer
	// names one at the gateway. One of another customer is declined (P19).
	Instrument order.Opaque `json:"instrument,omitempty"`
	Absent     bool         `json:"absent,omitempty"` // nobody is there: a bill, an automatic renewal
	Keep       bool         `json:"keep,omitempty"`   // the customer agreed that the instrument is kept for later charges
}

// Refund is what a gateway is asked to give back of a charge.
type Refund struct {
	Gateway  string           `json:"gateway"`
	Key      string           `json:"key"`    // the refund's own; once it was declined, what is asked again has another
	Charge   string           `json:"charge"` // the key of the charge
	Trade    string           `json:"trade"`  // the gateway's number of the charge
	Customer order.CustomerID `json:"customer"`
	Payment  order.PaymentID  `json:"payment"` // the reference of the charge
	Refund   order.RefundID   `json:"refund"`
	Order    order.ID         `json:"order,omitempty"` // whose money it is; empty: all that arrived late
	Amount   order.Money      `json:"amount"`
	Handle   string           `json:"handle,omitempty"` // the gateway's own name of the refund, where it has said it
}

// Status is what has become of a charge or a refund. The zero value is not a status.
//
// One of: captured, reversed, declined, canceled, processing, action required, ready, not found.
type Status string

const (
	StatusCaptured   Status = "captured"        // final: the money has been moved
	StatusReversed   Status = "reversed"        // captured, and Back of it has been taken back since (P18): a debit returned, a chargeback; captured again once all of that has come back
	StatusDeclined   Status = "declined"        // final: it has not, and never will be under this key; also a certain refusal before anything was made
	StatusCanceled   Status = "canceled"        // final: the same, as asked
	StatusProcessing Status = "processing"      // on its way
	StatusAction     Status = "action required" // of the customer, at Action, or by Data
	StatusReady      Status = "ready"           // the customer has done their part: Charge again, with the same key, completes it
	StatusNotFound   Status = "not found"       // no charge with this key has been seen: not a failure
)

var statuses = []Status{StatusCaptured, StatusReversed, StatusDeclined, StatusCanceled, StatusProcessing, StatusAction, StatusReady, StatusNotFound}

// UnmarshalText reads a status strictly.
func (s *Status) UnmarshalText(b []byte) error { return order.ReadWord("status", s, statuses, b) }

// Outcome is what a gateway says of a charge or a refund, as the gateway sees it. What is said of
// captured is said of reversed too.
type Outcome struct {
	Status     Status          `json:"status"`
	Amount     order.Money     `json:"amount,omitzero"`      // of captured: what was moved
	Back       order.Money     `json:"back,omitzero"`        // of reversed: how much of that has been taken back in all, above zero; it sinks when some comes again
	Reference  order.PaymentID `json:"reference,omitempty"`  // of captured: what for
	Trade      string          `json:"trade,omitempty"`      // of captured: the gateway's own number of it, 1 to 64 printable characters
	Fee        order.Money     `json:"fee,omitzero"`         // of captured: what the gateway keeps for it, where it says so; kept, never judged
	Instrument order.Opaque    `json:"instrument,omitempty"` // of captured: the instrument that was kept, where the charge asked for that
	Action     string          `json:"action,omitempty"`     // of action required: an https URL where the customer goes
	Data       order.Opaque    `json:"data,omitempty"`       // of action required: what the client's own code needs, beside a URL or in place of one, at most 4096 bytes; it is passed on, and neither stored nor logged
	Handle     string          `json:"handle,omitempty"`     // the gateway's own name of the charge or refund, at most 255 printable characters; the first is kept and given with each later call
	Text       string          `json:"text,omitempty"`       // of declined: why, for a person; the first 500 characters are kept
	Spent      bool            `json:"spent,omitempty"`      // of declined: for good for this instrument, which is not to be tried again
}

// Moved reports whether the money has been moved, though some may have been taken back since.
func (o *Outcome) Moved() bool { return o.Status == StatusCaptured || o.Status == StatusReversed }

// Contradicts says what in an outcome contradicts the charge; "": nothing.
func (o *Outcome) Contradicts(c *Charge) string {
	switch {
	case !slices.Contains(statuses, o.Status):
		return "the gateway answered " + quote(string(o.Status)) + ", which is no status"
	case !o.Moved():
		return ""
	case o.Amount != c.Amount:
		return "the gateway captured " + cmp.Or(o.Amount.String(), "no amount") + " where " + c.Amount.String() + " was asked for" + o.oddTrade()
	case o.Reference == "":
		return "the gateway captured with no reference under the key of payment " + string(c.Payment) + o.oddTrade()
	case o.Reference != c.Payment:
		return "the gateway captured for payment " + quote(string(o.Reference)) + " under the key of " + string(c.Payment) + o.oddTrade()
	case o.Trade == "":
		return "the gateway captured without a trade number"
	case order.CheckID("trade", o.Trade) != nil:
		return "the gateway captured without a usable trade number" + o.oddTrade()
	}
	return o.oddBack()
}

// oddBack says how what was taken back contradicts what was moved.
func (o *Outcome) oddBack() string {
	within := o.Back.Currency() == o.Amount.Currency() && o.Back.Sign() > 0 && o.Back.Minor() <= o.Amount.Minor()
	switch {
	case o.Status == StatusReversed && !within:
		return "the gateway says that " + cmp.Or(o.Back.String(), "no amount") + " of " + o.Amount.String() + " was taken back"
	case o.Status == StatusCaptured && o.Back.Sign() != 0:
		return "the gateway says captured, and that " + o.Back.String() + " of it was taken back"
	}
	return ""
}

// mostData is how many bytes of data for a client's own code are passed on.
const mostData = 4096

// Unclear reports an answer that nothing is concluded from, as from an error: an action that leads
// nobody anywhere, at no https page and without usable data.
func (o *Outcome) Unclear() error {
	switch {
	case o.Status != StatusAction:
		return nil
	case o.Action == "" && o.Data == "":
		return errors.New("gateway: an action is required, at no URL and with no data")
	case o.Action != "" && !https(o.Action):
		return errors.New("gateway: an action is required, at no https URL") // which is not named: it may be a secret
	case o.Data != "":
		return o.Data.Check("gateway: data", mostData)
	}
	return nil
}

// oddTrade names a trade number that cannot be kept.
func (o *Outcome) oddTrade() string {
	if o.Trade == "" || order.CheckID("trade", o.Trade) == nil {
		return ""
	}
	return "; it gives " + quote(o.Trade) + " as one"
}

// longest is how many characters of a text for a person are kept.
const longest = 500

// Printable returns what a gateway says as it is kept: one line of printable characters.
func Printable(text string) string {
	var kept strings.Builder
	n := 0
	for _, r := range text {
		if n++; n > longest {
			break
		}
		if !unicode.IsPrint(r) {
			r = ' '
		}
		kept.WriteRune(r)
	}
	return strings.TrimSpace(kept.String())
}

// quote quotes a word of a gateway, and cuts it to 64 characters.
func quote(word string) string {
	n := 0
	for i := range word {
		if n++; n > 64 {
			return strconv.Quote(word[:i]) + "..."
		}
	}
	return strconv.Quote(word)
}

func https(action string) bool {
	u, err := url.Parse(action)
	return err == nil && strings.EqualFold(u.Scheme, "https") && u.Host != ""
}

// Movement is one line of a gateway's own ledger, for [ledger.Audit]: what it took under the key
// of a payment, above zero, or gave back of that, below zero. What a refund gave back and came back
// is above zero too, and names the refund.
type Movement struct {
	Customer order.CustomerID
	Payment  order.PaymentID
	Key      string
	Refund   order.RefundID // empty: of the charge
	Amount   order.Money
	Unasked  bool // nobody asked for it: taken back of what was captured, or, above zero, come again (P18)
}
