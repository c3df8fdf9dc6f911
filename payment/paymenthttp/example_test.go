package paymenthttp_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/paymenthttp"
)

// A route reads what is asked, says who asks, and returns an answer or an error.
func ExampleHandler() {
	pay := paymenthttp.Handler(func(r *http.Request) (any, error) {
		var req payment.Request
		if err := paymenthttp.Decode(r, &req); err != nil {
			return nil, err
		}
		req.Customer = "c-7" // whoever is logged in, and not who the body says
		if req.Method == payment.MethodBalance {
			return nil, payment.Refusef(payment.ReasonBalance, "10.00 USD are needed, there is 1.00 USD") // of Desk.Pay, say
		}
		return map[string]any{"payment": req.Payment(), "state": payment.PaymentPending}, nil
	})
	post := func(body string) {
		r := httptest.NewRequest(http.MethodPost, "/pay", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		pay.ServeHTTP(w, r)
		fmt.Print(w.Code, " ", w.Body)
	}
	post(`{"key":"cart-1","orders":["CS1"],"method":"online"}`)
	post(`{"key":"cart-1","orders":["CS1"],"method":"balance"}`)
	post(`{"key":"cart-1","orders":["CS1"],"method":"cheque"}`)
	// Output:
	// 200 {"payment":"fi8s1edjd8heq6talsf345hee2tsirq2","state":"pending"}
	// 402 {"type":"about:blank","title":"Payment Required","status":402,"detail":"10.00 USD are needed, there is 1.00 USD","advice":"top up, or use another method","reason":"balance too low"}
	// 422 {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"line 1: method \"cheque\": is unknown: give one such as balance","field":"method"}
}

// notified believes whoever knows the word; a verifier of one's own checks a signature of the body.
type notified struct{}

func (notified) Verify(_ context.Context, h http.Header, body []byte) ([]gateway.Hint, error) {
	if h.Get("Word") != "sesame" {
		return nil, errors.New("the word is wrong")
	}
	if string(body) == "payout" {
		return nil, gateway.ErrNotOurs
	}
	return []gateway.Hint{{Customer: "c-7", Payment: order.PaymentID(body)}}, nil
}

// A gateway's notifications are verified, and then looked up.
func ExampleWebhook() {
	hook := &paymenthttp.Webhook{Desk: &desk.Desk{Store: new(inmem.Store)}, Verifier: notified{}, Log: slog.New(slog.DiscardHandler)}
	for _, x := range []struct{ word, body string }{{"sesame", "payout"}, {"sesame", "p-1"}, {"please", "p-1"}} {
		r := httptest.NewRequest(http.MethodPost, "/hooks/bank", strings.NewReader(x.body))
		r.Header.Set("Word", x.word)
		w := httptest.NewRecorder()
		hook.ServeHTTP(w, r)
		fmt.Println(strings.TrimSpace(fmt.Sprint(x.word, " ", x.body, " ", w.Code, " ", w.Body)))
	}
	// Output:
	// sesame payout 200
	// sesame p-1 200
	// please p-1 400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the notification is not accepted"}
}

// A host with handlers of its own answers errors alike.
func ExampleError() {
	get := func(w http.ResponseWriter, r *http.Request) {
		id := order.ID(r.FormValue("id"))
		if err := order.CheckID("id", id); err != nil {
			paymenthttp.Error(w, r, err)
			return
		}
		paymenthttp.Error(w, r, &order.FieldError{Field: "id", Value: string(id), Err: order.ErrNotFound})
	}
	for _, path := range []string{"/order", "/order?id=CS9"} {
		w := httptest.NewRecorder()
		get(w, httptest.NewRequest(http.MethodGet, path, nil))
		fmt.Print(w.Code, " ", w.Header().Get("Content-Type"), " ", w.Body)
	}
	// Output:
	// 422 application/problem+json {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"id: is empty: give 1 to 64 printable characters","field":"id"}
	// 404 application/problem+json {"type":"about:blank","title":"Not Found","status":404,"detail":"id \"CS9\": not found","advice":"look for the ID in the customer's own list","field":"id"}
}

// Status alone, for answers in a form of one's own.
func ExampleStatus() {
	for _, err := range []error{payment.ReasonCard, order.ErrNotFound, order.ErrState, errors.New("connection reset")} {
		fmt.Println(paymenthttp.Status(err), err)
	}
	// Output:
	// 402 card not taken
	// 404 not found
	// 409 order state does not allow this
	// 500 connection reset
}

// A body that is not sound is an error that names the field.
func ExampleDecode() {
	r := httptest.NewRequest(http.MethodPost, "/pay", strings.NewReader(`{"key":"cart-1","orders":["CS1"],"method":"online","amount":"0.01"}`))
	r.Header.Set("Content-Type", "application/json")
	var req payment.Request
	err := paymenthttp.Decode(r, &req)
	fmt.Println(paymenthttp.Status(err), err)
	// Output:
	// 422 line 1: amount: is not known here: the keys are key, customer, by, orders, topUp, discounts, coupons, choose, method, account, gateway, instrument, keep, independent, whole, agreed
}
