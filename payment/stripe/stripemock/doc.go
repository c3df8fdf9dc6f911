// Package stripemock has no code of its own: its test holds each request of package stripe to
// Stripe's own description of its API, with Stripe's stripe-mock. It is a module of its own, so that
// who takes money with Stripe does not depend on that.
package stripemock
