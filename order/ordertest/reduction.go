package ordertest

import (
	"time"

	"github.com/duebook/duebook/order"
	"pgregory.net/rapid"
)

// ReductionAt draws a reduction whose window contains at.
func ReductionAt(at time.Time) *rapid.Generator[order.Reduction] {
	return rapid.Custom(func(t *rapid.T) order.Reduction {
		r := order.Reduction{
			Kind:   rapid.SampledFrom([]string{"promotional", "commercial", "partner-authorized", "discount coupon"}).Draw(t, "kind"),
			ID:     Text(1, 64).Draw(t, "ID"),
			Window: windowAround(t, at),
			Lapse:  rapid.SampledFrom([]order.Lapse{order.LapseShortens, order.LapseHonored, order.LapseJudged}).Draw(t, "lapse"),
		}
		if r.Lapse == order.LapseHonored {
			r.Lock = rapid.SampledFrom([]order.Lock{"", "", order.LockPartner, order.LockConfirmed}).Draw(t, "lock")
		}
		return r
	})
}

// Cuts draws what a discount takes off the lines of o: of each of the merchant's own
// between nothing and all of it, of the others nothing.
func Cuts(o order.Order) *rapid.Generator[[]order.Cut] {
	return rapid.Custom(func(t *rapid.T) []order.Cut {
		cuts := make([]order.Cut, len(o.Lines))
		for i, l := range o.Lines {
			if !l.Own() || !rapid.Bool().Draw(t, "covered") {
				continue
			}
			cuts[i].Off = between(0, max(l.Amount.Minor(), 0), l.Amount.Currency()).Draw(t, "off")
			if rapid.Bool().Draw(t, "is a ratio") {
				cuts[i].Ratio = Share().Draw(t, "share")
			}
		}
		return cuts
	})
}
