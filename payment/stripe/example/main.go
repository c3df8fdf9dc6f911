// Example is a host that takes money with Stripe: it sells seats by the month, sends customers to
// Stripe's Checkout, and takes Stripe's notifications. The store is of package inmem, and forgets.
//
//	STRIPE_KEY=sk_test_... STRIPE_WEBHOOK_SECRETS="whsec_new whsec_old" go run .
package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/paymenthttp"
	"github.com/duebook/duebook/payment/stripe"
	"github.com/duebook/duebook/renewal"
)

func main() {
	if err := run(); err != nil {
		slog.Error("host ends", "err", err)
		os.Exit(1)
	}
}

func run() error {
	cards := &stripe.Gateway{Key: os.Getenv("STRIPE_KEY"), Secrets: strings.Fields(os.Getenv("STRIPE_WEBHOOK_SECRETS")), ReturnURL: "https://shop.example/paid/{payment}"}
	d := &desk.Desk{Store: &inmem.Store{}, Gateways: map[string]gateway.Gateway{"cards": cards}, Prices: prices{"team": 1200}, Policy: payment.SaaS()}
	if err := d.Check(); err != nil { // names all that is wrong at once
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	srv := &http.Server{Addr: ":8080", Handler: routes(d, cards), ReadHeaderTimeout: 5 * time.Second}
	var running sync.WaitGroup
	running.Add(2)
	go func() { defer running.Done(); d.Run(ctx, 5*time.Second, slog.Default()) }()
	go func() { defer running.Done(); <-ctx.Done(); _ = srv.Shutdown(context.Background()) }()
	err := srv.ListenAndServe()
	stop()
	running.Wait() // the last sweep and the last request
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// routes answers in JSON; errors are problem details (RFC 9457).
func routes(d *desk.Desk, cards gateway.Verifier) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /hooks/cards", &paymenthttp.Webhook{Desk: d, Verifier: cards})
	mux.Handle("POST /buy", paymenthttp.Handler(func(r *http.Request) (any, error) {
		var req desk.BuyRequest
		if err := paymenthttp.Decode(r, &req); err != nil {
			return nil, err
		}
		req.Customer = customer(r)
		o, err := d.Buy(r.Context(), req)
		return map[string]any{"order": o.ID, "state": o.State, "payable": o.Payable()}, err
	}))
	mux.Handle("POST /pay", paymenthttp.Handler(func(r *http.Request) (any, error) {
		var req payment.Request
		if err := paymenthttp.Decode(r, &req); err != nil {
			return nil, err
		}
		req.Customer, req.By = customer(r), "" // the session's word, not the body's
		p, err := d.Pay(r.Context(), req)      // if the client hangs up, the sweep goes on
		return map[string]any{"payment": p.ID, "state": p.State, "action": p.Action}, err
	}))
	mux.Handle("GET /orders/{id}", paymenthttp.Handler(func(r *http.Request) (any, error) {
		o, err := d.Order(r.Context(), customer(r), order.ID(r.PathValue("id")))
		return map[string]any{"order": o.ID, "state": o.State}, err
	}))
	return mux
}

// customer is who the proxy in front has authenticated.
func customer(r *http.Request) order.CustomerID { return order.CustomerID(r.Header.Get("X-Customer")) }

// prices are cents of a seat and month, by product.
type prices map[string]int64

func (p prices) Price(r renewal.Resource, t renewal.Term) (order.Money, error) {
	if p[r.Product] == 0 || t.Unit != order.Month {
		return order.Money{}, renewal.ErrNoPrice
	}
	return order.Minor(p[r.Product], order.EUR).Times(r.Count, t.N)
}
