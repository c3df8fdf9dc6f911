package payment_test

import (
	"testing"

	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/paymenttest"
)

func TestP16_Simulate(t *testing.T) {
	met := paymenttest.Simulate(t, func() payment.Store { return new(inmem.Store) }, 300)
	t.Logf("\n%s", met)
}
