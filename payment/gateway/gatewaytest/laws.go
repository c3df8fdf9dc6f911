package gatewaytest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment/gateway"
	"pgregory.net/rapid"
)

// OpenGateway returns a gateway that has seen nothing under the keys that the suite makes, and its
// provider's side: a fresh fake, or the vendor's place for tests, the same each time. A nil Vendor:
// the laws that need one are not checked. No two laws, no two charges of a law and no two runs make
// the same key, payment ID or refund ID.
type OpenGateway func() (gateway.Gateway, Vendor)

// GatewayLaw is one promise of a [gateway.Gateway], on a charge that it has not seen.
type GatewayLaw = ordertest.Law[OpenGateway, gateway.Charge]

// GatewayLaws returns what a gateway promises, law by law. They hold for all that it decides of
// a charge; an error of a call is unknown, and breaks none but where it is all there is. A law
// charges under a new key each time that it is asked, made of that which it is given. One that
// needs a power of the gateway or of its [Vendor] that is not there is kept.
func GatewayLaws() []GatewayLaw {
	var laws []GatewayLaw
	for _, law := range checks() {
		laws = append(laws, law.GatewayLaw)
	}
	return laws
}

// law is a promise as it is written here: of a gateway that is open, and of a charge with a key
// that the gateway takes.
type law struct {
	name, says string
	holds      func(g side, c gateway.Charge) error
	needs      []power
}

// errIdle is what a law returns where a gateway did not come to what the law is about.
var errIdle = errors.New("the gateway did not come to it")

func laws() []law {
	return []law{
		{"traits", "its traits are sound, and do not change", gatewayTraits, nil},
		{"outcome", "an outcome is one of the known ones, with the amount, reference and trade number of what was captured, and of an action an https URL or data", gatewayOutcome, nil},
		{"not found", "a charge that was never made is not found, and looking for it makes none and hides none", gatewayNotFound, nil},
		{"same key", "the same key takes money once, also if it is sent again with another amount: the decision is answered again", gatewaySameKey, nil},
		{"at once", "the same key at once from many takes money once, and what is decided is decided for all", gatewayAtOnce, nil},
		{"other keys", "each key is a charge of its own, to the last character", gatewayOtherKeys, nil},
		{"found", "a charge that was answered is found, as it was answered; one that was refused before it was made may be unknown", gatewayFound, nil},
		{"as charged", "a lookup says what was charged, also if it is asked with another amount", gatewayAsCharged, nil},
		{"handle", "the handle that it gave changes no answer, given back or not", gatewayHandle, nil},
		{"canceled", "what was canceled is never captured under this key, seen before or not", gatewayCanceled, []power{canceler}},
		{"canceled while open", "what was open and is canceled is never captured", gatewayCanceledOpen, []power{canceler}},
		{"cancel too late", "canceling what was captured says so, and gives nothing back", gatewayTooLate, []power{canceler}},
		{"refund once", "the same key of a refund gives back once, and answers the same", gatewayRefundOnce, []power{refunder}},
		{"refund at once", "the same key of a refund at once from many gives back once", gatewayRefundAtOnce, []power{refunder}},
		{"refund at most", "a refund gives back the part that was asked for, and all of them never more than was captured", gatewayRefundMost, []power{refunder}},
		{"refund of nothing", "nothing comes back of a charge that was not captured, made or not", gatewayRefundNothing, []power{refunder}},
		{"refund looked up", "a refund that was sent is found, and one that was not is not: looking for it sends none", gatewayRefundFound, []power{refunder}},
		{"amounts", "what the provider has of a charge and of its refund is what was asked for, in the provider's own digits", gatewayAmounts, []power{vendor}},
		{"decided later", "what the provider decides of an open charge a lookup says", gatewayDecidedLater, []power{vendor}},
		{"declined for good", "what was declined is not paid any more, whatever the customer does at the provider", gatewayDeclined, []power{vendor}},
		{"ready", "looking at what is ready completes nothing, and charging again completes it, once", gatewayReady, []power{vendor}},
		{"after the key's life", "sent again when the provider has forgotten the key, money is taken once, for as long as Resend says or a lookup finds it", gatewayAfterLife, []power{vendor, clock}},
		{"taken back", "money that was taken back is reversed, with how much in all, less when some comes again and captured when all does", gatewayTakenBack, []power{vendor, returner}},
		{"refund ends", "a refund that was pending is looked up as it ended, whatever was answered before", gatewayRefundEnds, []power{vendor, refunder, refundEnder}},
		{"refund comes back", "a refund that failed after it was done is looked up as declined", gatewayRefundBack, []power{vendor, refunder, refundEnder}},
		{"saved instrument", "an instrument of the customer is charged, also while nobody is there", gatewayInstrument, []power{vendor, wallet}},
		{"kept instrument", "an instrument is kept where the customer agreed and nowhere else, and charged while nobody is there", gatewayKept, []power{vendor}},
		{"another's instrument", "an instrument of another customer, saved or kept, is declined, and nothing is taken", gatewayOthersInstrument, []power{vendor}},
	}
}

// check is a law that is ready to be checked, and how often there was something to see.
type check struct {
	GatewayLaw
	needs []power
	seen  *atomic.Int64
}

// checks has the laws keep out of each other's way, and out of that of other runs, at one place
// for tests.
func checks() []check {
	run := rand.Text()
	var calls atomic.Int64
	var all []check
	for _, law := range laws() {
		x := check{needs: law.needs, seen: new(atomic.Int64)}
		x.Name, x.Says = law.name, law.says
		x.Holds = func(open OpenGateway, c gateway.Charge) error {
			g, v := open()
			if lacks(g, v, law.needs) != "" {
				return nil
			}
			sum := sha256.Sum256(fmt.Appendf(nil, "%s/%s/%d/%s", run, law.name, calls.Add(1), c.Key))
			c.Key = strings.ToLower(base32.HexEncoding.EncodeToString(sum[:20]))
			c.Payment = order.PaymentID(c.Key)
			err := law.holds(side{g, v}, fit(g, c))
			if errors.Is(err, errIdle) {
				return nil
			}
			x.seen.Add(1)
			return err
		}
		all = append(all, x)
	}
	return all
}

// fit cuts the key to what the gateway takes.
func fit(g gateway.Gateway, c gateway.Charge) gateway.Charge {
	if n := g.Traits().KeyLength; n > 0 && n < len(c.Key) {
		c.Key = c.Key[:n]
	}
	return c
}

// TestGateway checks that the gateways which open returns keep every law of [GatewayLaws],
// each in a subtest of its own with charges that rapid draws. It is a host's whole test; a
// gateway that can cancel or refund is held to that too. A law that needs what is not there is
// skipped with what that is, and so is one that the gateway never came to. Against a vendor's
// place for tests, -rapid.checks says how many charges are made.
func TestGateway(t *testing.T, open OpenGateway) {
	t.Helper()
	g, v := open()
	for _, law := range checks() {
		t.Run(law.Name, func(t *testing.T) {
			if what := lacks(g, v, law.needs); what != "" {
				t.Skip("not checked: " + what)
			}
			gatewaySuite().Check(t, law.GatewayLaw, open)
			if law.seen.Load() == 0 {
				t.Skip("not checked: " + errIdle.Error())
			}
		})
	}
}

// VerifyGateway checks the same on n charges, for a program. The error is a [*ordertest.LawError]
// for the first on which a law is broken; n less than 1 is an error too.
func VerifyGateway(open OpenGateway, n int) error { return gatewaySuite().Verify(open, n) }

func gatewaySuite() ordertest.Suite[OpenGateway, gateway.Charge] {
	return ordertest.Suite[OpenGateway, gateway.Charge]{Laws: GatewayLaws(), Drawn: DrawCharge()}
}

// currencies are those of charges: with 2, 0 and 3 digits, and some that providers count in other
// digits than ISO 4217 does.
var currencies = [...]string{"USD", "EUR", "JPY", "ISK", "KWD", "CLP", "MGA", "UGX"}

// DrawCharge draws a charge of a few cents to a few thousand, every other one whole, in currencies
// of different digits.
func DrawCharge() *rapid.Generator[gateway.Charge] {
	return rapid.Custom(func(t *rapid.T) gateway.Charge {
		key := rapid.StringMatching(`[a-v0-9]{32}`).Draw(t, "key")
		currency, err := order.ParseCurrency(rapid.SampledFrom(currencies[:]).Draw(t, "currency"))
		if err != nil {
			t.Fatal(err)
		}
		amount := order.Minor(rapid.Int64Range(1, 500_000).Draw(t, "amount"), currency)
		if rapid.Bool().Draw(t, "whole") {
			if amount, err = order.FromScaled(1+amount.Minor()/100, 0, currency); err != nil {
				t.Fatal(err)
			}
		}
		return gateway.Charge{Gateway: "gateway", Key: key, Customer: ordertest.ID[order.CustomerID]().Draw(t, "customer"), Payment: order.PaymentID(key),
			Amount: amount, At: sending}
	})
}
