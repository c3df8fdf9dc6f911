package desktest

import (
	"context"
	"fmt"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
)

// Left returns the records that a history without faults leaves of the customers, with a
// code of the shop's and a claim of it.
func Left(seed uint64, customers ...order.CustomerID) []ledger.Records {
	store := new(inmem.Store)
	w := newWorld(store, seed, false)
	w.run()
	w.issueCode(seed)
	left := make([]ledger.Records, len(customers))
	for i, id := range customers {
		left[i] = store.All(id)
	}
	return left
}

// issueCode leaves a code and a claim of it.
func (w *world) issueCode(seed uint64) {
	ctx, d := context.Background(), w.hosts[0].desk
	code := ledger.PublicCode{Issuer: "shop", Code: coupon.Code{Code: fmt.Sprint("CODE-", seed), Left: 3, Window: order.Window{Until: w.at.Add(time.Hour)},
		Coupon: coupon.Template{Kind: coupon.KindFlexi, Face: usd(500), Reusable: true, Limits: coupon.Limits{Projects: []order.ProjectID{"p"}, Share: order.Percent(50)}}}}
	_, err := d.IssueCode(ctx, desk.IssueCodeRequest{By: "host", Code: code})
	w.must(err)
	_, err = d.Claim(ctx, desk.ClaimRequest{Issuer: "shop", Code: code.Code.Code, Customer: "bob", By: "bob"})
	w.must(err)
}
