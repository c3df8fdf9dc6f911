package gateway_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
)

// What was taken back is above zero and at most what was captured, to the cent, and only said of
// reversed (P18).
func TestP18_BackFitsWhatWasCaptured(t *testing.T) {
	c := gateway.Charge{Payment: "p-1", Amount: order.Minor(10000, order.EUR)}
	for _, x := range []struct {
		status gateway.Status
		back   order.Money
		odd    string
	}{
		{gateway.StatusReversed, order.Minor(1, order.EUR), ""},
		{gateway.StatusReversed, order.Minor(10000, order.EUR), ""},
		{gateway.StatusReversed, order.Minor(10001, order.EUR), "the gateway says that 100.01 EUR of 100.00 EUR was taken back"},
		{gateway.StatusReversed, order.Minor(0, order.EUR), "the gateway says that 0.00 EUR of 100.00 EUR was taken back"},
		{gateway.StatusReversed, order.Minor(-1, order.EUR), "the gateway says that -0.01 EUR of 100.00 EUR was taken back"},
		{gateway.StatusReversed, order.Minor(1, order.USD), "the gateway says that 0.01 USD of 100.00 EUR was taken back"},
		{gateway.StatusReversed, order.Money{}, "the gateway says that no amount of 100.00 EUR was taken back"},
		{gateway.StatusCaptured, order.Money{}, ""},
		{gateway.StatusCaptured, order.Minor(1, order.EUR), "the gateway says captured, and that 0.01 EUR of it was taken back"},
	} {
		o := gateway.Outcome{Status: x.status, Amount: c.Amount, Back: x.back, Reference: "p-1", Trade: "t-1"}
		if odd := o.Contradicts(&c); odd != x.odd || !o.Moved() {
			t.Errorf("%s, %s back: %q, want %q", x.status, x.back, odd, x.odd)
		}
	}
}

// An instrument, and what is passed to a client's own code, stand in no text, and in JSON as they
// are (P19).
func TestP19_InstrumentsStandInNoText(t *testing.T) {
	c := gateway.Charge{Gateway: "g", Key: "k", Customer: "c-1", Payment: "p-1", Amount: order.Minor(100, order.EUR), Instrument: "pm_secret"}
	o := gateway.Outcome{Status: gateway.StatusAction, Data: "pi_secret", Instrument: "pm_secret"}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("charged", "instrument", c.Instrument, "data", o.Data)
	for _, text := range []string{fmt.Sprintf("%v %+v %#v", c, c, c), fmt.Sprintf("%v %+v %#v", o, o, o), log.String()} {
		if strings.Contains(text, "secret") {
			t.Errorf("it is shown: %s", text)
		}
	}
	var again gateway.Charge
	if text, err := json.Marshal(c); err != nil || json.Unmarshal(text, &again) != nil || again != c {
		t.Errorf("it is not the same again: %+v", again)
	}
}
