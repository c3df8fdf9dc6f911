package inmem_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
)

func charge(key string) gateway.Charge {
	return gateway.Charge{Key: key, Payment: order.PaymentID(key), Customer: "c-7", Amount: order.Minor(1200, order.EUR)}
}

// The next new charges are declined, each once and for good; what was seen before is as it was,
// and what comes after is captured.
func TestP16_DeclineNext(t *testing.T) {
	ctx := context.Background()
	g := &inmem.Gateway{Answer: func(gateway.Charge) gateway.Outcome { return gateway.Outcome{} }}
	says := func(key string, want gateway.Status, text string) {
		t.Helper()
		for range 2 {
			got, err := g.Charge(ctx, charge(key))
			if err != nil || got.Status != want || got.Text != text {
				t.Errorf("%s: %+v, %v", key, got, err)
			}
			if got, err = g.Lookup(ctx, charge(key)); err != nil || got.Status != want {
				t.Errorf("%s looked up: %+v, %v", key, got, err)
			}
		}
	}
	says("a", gateway.StatusCaptured, "") // a zero Outcome of Answer
	g.DeclineNext("no funds")
	g.DeclineNext("no card")
	says("a", gateway.StatusCaptured, "")
	says("b", gateway.StatusDeclined, "no funds")
	says("c", gateway.StatusDeclined, "no card")
	says("d", gateway.StatusCaptured, "")
	if moved := g.Ledger(); len(moved) != 2 || moved[0].Amount != order.Minor(1200, order.EUR) {
		t.Errorf("moved %+v", moved)
	}
}

func ExampleGateway_DeclineNext() {
	g := new(inmem.Gateway)
	g.DeclineNext("insufficient funds")
	for _, key := range []string{"k1", "k2"} {
		out, err := g.Charge(context.Background(), charge(key))
		fmt.Println(out.Status, out.Text, err)
	}
	// Output:
	// declined insufficient funds <nil>
	// captured  <nil>
}
