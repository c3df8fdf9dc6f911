// Host is a whole host in a page, host.go: a store on a plain map of documents, a gateway and
// a web handler of its own. Here it places an order, and is paid over the web: the bank asks
// the customer to confirm, and then notifies. verify.go checks that it was the bank, and find.go
// has what a store adds for the pages of orders that customers look at.
//
//	go run ./examples/host
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "host:", err)
		os.Exit(1)
	}
}

// anybody is a customer here.
type anybody struct{}

func (anybody) Customer(_ context.Context, id order.CustomerID) (payment.Customer, error) {
	return payment.Customer{ID: id, Gateway: "bank"}, nil
}

func run(w io.Writer) error {
	b := &bank{charges: map[string]gateway.Charge{}, secrets: []string{"s-2", "s-1"}}
	d := &desk.Desk{Store: &store{docs: map[[3]string]ledger.Record{}, leases: map[order.CustomerID]ledger.Due{}}, Customers: anybody{}, Gateways: map[string]gateway.Gateway{"bank": b},
		Now: func() time.Time { return time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC) }}
	_, err := d.Place(context.Background(), desk.PlaceRequest{Customer: "c-7", By: "c-7", Drafts: []order.Draft{{ID: "CS1", Customer: "c-7", Type: order.TypePurchase,
		Lines: []order.Line{{Product: "s6.large", Count: 1, Charge: order.ChargePackage, Amount: order.Minor(10000, order.USD)}}}}})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background()) // of a program that serves: signal.NotifyContext
	done := make(chan struct{})
	go func() { defer close(done); d.Run(ctx, 5*time.Second, nil) }() // what the clock or a crash leaves; nothing is left here
	defer func() { stop(); <-done }()

	handler := web(d, b)
	post := func(path, body string, header ...string) {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, r)
		fmt.Fprintf(w, "POST %s %s\n  %s\n", path, body, strings.TrimSpace(fmt.Sprint(answer.Code, " ", answer.Body)))
	}
	pay := func(body string) { post("/pay", body, "X-Customer", "c-7") }
	notify := func(body, secret string) { post("/hook", body, "Bank-Signature", sign([]byte(body), secret)) }
	cart := `{"key":"cart-1","orders":["CS1"],"method":"online"}`
	news := `{"kind":"payment","customer":"c-7","payment":"` + string(payment.Request{Customer: "c-7", Key: "cart-1"}.Payment()) + `"}`
	pay(cart)
	notify(`{"kind":"payout"}`, "s-2") // sound, and not about a payment
	notify(news, "forged")             // nothing is looked up
	b.confirmed = true
	notify(news, "s-1")
	o, err := d.Order(context.Background(), "c-7", "CS1")
	fmt.Fprintf(w, "%s is %s\n", o.ID, o.State)
	pay(cart) // said again
	pay(strings.Replace(cart, "CS1", "CS2", 1))
	pay(strings.Replace(cart, `"key"`, `"Key"`, 1))
	return err
}
