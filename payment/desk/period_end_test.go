package desk_test

import (
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/renewal"
)

// Whatever a house's periods end at, its resources are renewed and their modes set (R2).
func TestR2_EveryEndingAtTheDesk(t *testing.T) {
	for name, p := range map[string]renewal.Policy{"Huawei": renewal.Huawei(), "China": renewal.HuaweiChina(), "Alibaba": renewal.Alibaba(),
		"Tencent": renewal.Tencent(), "Baidu": renewal.Baidu(), "Stripe": renewal.Stripe(), "SaaS": renewal.SaaS(), "none": {}, "midnight": {Ending: renewal.NextMidnight, Attempts: renewal.Huawei().Attempts}} {
		h := newFront(t)
		c := h.known["c-7"]
		c.Policy.Renewal = p
		h.known["c-7"] = c
		start := h.clock.Now().Truncate(24 * time.Hour)
		expiry, err := renewal.First(start, month(1), p)
		if err != nil {
			t.Fatal(err)
		}
		r := machine("NEW", "2026-11-01 00:00:00", "2026-12-10 23:59:59")
		r.Start, r.Expiry, r.AnchorDay = start, expiry, start.Day()
		if err := h.Adopt(h.ctx, desk.AdoptRequest{By: "ann", Resource: r}); err != nil {
			t.Errorf("%s: adopt: %v", name, err)
		}
		if _, err := h.SetMode(h.ctx, desk.ModeRequest{Customer: "c-7", By: "ann", Resource: "NEW", Mode: renewal.ModeAutomatic, Auto: renewal.Auto{Term: month(1), Done: 3, On: start}}); err != nil && !errors.Is(err, renewal.ErrMode) {
			t.Errorf("%s: set mode: %v", name, err)
		}
		for _, day := range []renewal.UnifiedDay{0, 5} {
			placed, err := h.Renew(h.ctx, desk.RenewRequest{Customer: "c-7", By: "ann", ID: "rn" + string(rune('0'+day)), Resources: []order.ResourceID{"NEW"}, Term: month(1), Day: day})
			if err != nil {
				t.Errorf("%s: renew to %d: %v", name, day, err)
				continue
			}
			if _, _, err := h.CancelOrders(h.ctx, desk.CancelRequest{Customer: "c-7", By: "ann", Orders: []order.ID{placed[0].ID}}); err != nil {
				t.Error(err)
			}
		}
	}
}
