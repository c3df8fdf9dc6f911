package desk_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// outcome is what the records say of the business, one line for each: without versions,
// times of moves, numbers of notices, entries, and IDs that derive from a time.
func (w *nthWorld) outcome() string {
	var lines []string
	for _, c := range w.store.Customers() {
		for _, line := range nthLines(w.store.All(c)) {
			lines = append(lines, string(c)+": "+line)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func nthLines(r ledger.Records) (lines []string) {
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	// What the Desk makes itself is named after what it is for: its ID has a time in it.
	names := make(map[order.ID]string)
	for _, o := range r.Orders {
		names[o.ID] = string(o.ID)
		if o.Type == order.TypeRenewal {
			names[o.ID] = fmt.Sprintf("renewal of %s", o.Lines[0].Resource)
		}
	}
	called := func(ids []order.ID) (list []string) {
		for _, id := range ids {
			list = append(list, names[id])
		}
		return list
	}
	payments := make(map[order.PaymentID]string)
	for _, p := range r.Payments {
		switch {
		case p.Bill != "":
			payments[p.ID] = "of bill " + string(p.Bill)
		case p.Request.By == "duebook":
			payments[p.ID] = "of " + strings.Join(called(p.Request.Orders), ", ")
		default:
			payments[p.ID] = string(p.Request.Key)
		}
	}
	for _, o := range r.Orders {
		things := make([]string, len(o.Lines))
		for i := range o.Lines {
			things[i] = string(o.Lines[i].Resource)
		}
		say("order %s %s is %s %q, payable %s, reduced by %q, paid %v by %s, of %v, deadline %v", names[o.ID], o.Type, o.State, o.Reason, o.Payable(), o.Reduction.ID, o.Paid,
			payments[o.Payment], things, !o.Deadline.IsZero())
	}
	for _, p := range r.Payments {
		say("payment %s is %s, asks %s, pays %v, takes %v, late %s, gone %s, parked %s, receipt %v", payments[p.ID], p.State, p.Amount, p.Quote.Sum, p.Quote.Takes, p.LateCapture, p.Gone, p.Parked, !p.Paid.IsZero())
		for _, it := range p.Quote.Items {
			say("payment %s pays of %s %v %v", payments[p.ID], names[it.Order], it.Amounts, it.Parts)
		}
		for _, b := range p.Returns {
			say("payment %s gives back of %s %q %s %v %v", payments[p.ID], names[b.Order], b.Resource, b.Cash, b.Takes, b.Coupons)
		}
	}
	for _, f := range r.Refunds {
		say("refund of %s by %s for %s is %s, by hand %v, %s %v", names[f.Order], payments[f.Payment], names[f.RefundOrder], f.State, f.ByHand, f.Cash, f.Coupons)
	}
	for _, c := range r.Coupons {
		heldFor := ""
		for _, o := range c.HeldFor {
			heldFor += names[o]
		}
		say("coupon %s is %s, frozen %v, has %s of %s, used %d, held by %q for %q", c.ID, c.State, c.Frozen, c.Balance, c.Face, c.Used, payments[c.HeldBy], heldFor)
	}
	for _, a := range r.Accounts {
		say("account %s has %s, limit %s, gone %s, overdue %d", a.Fund, a.Balance, a.Limit, a.Gone, a.Overdue)
	}
	for _, b := range r.Bills {
		say("bill %s is %s, charges %s, credits %s, declines %d, due again %d times, gone %s, repaid %s, by hand %s, twice %s", b.Month, b.State, b.Charges, b.Credits, b.Declines,
			b.Reopened, b.Gone, b.Repaid, b.ByHand, b.Twice)
	}
	for _, c := range r.Credits {
		say("credit is %s, %s", c.State, c.Balance)
	}
	for _, x := range r.Resources {
		say("resource %s is %s %s, expires %s, %s, renewed automatically %d times, released %v, in %q, paying %v, waits %v", x.ID, x.Product, x.Charge,
			x.Expiry.UTC(), x.Mode, x.Auto.Done, !x.Released.IsZero(), names[x.Order], x.Paying, x.DueAt)
		for _, h := range x.Periods {
			say("resource %s has %s until %s", x.ID, names[h.Order], h.Expiry.UTC())
		}
	}
	counted := make(map[string]int) // in whatever parts
	for _, x := range r.Tallies {
		counted[x.Name] += x.N
	}
	for name, n := range counted {
		if n > 0 {
			say("tally %s is %d", name, n)
		}
	}
	for _, n := range r.Notices {
		say("notice: %s %v %s %s %s %s %s, waits %v", n.Kind, called(n.Orders), payments[n.Payment], n.Bill, n.Resource, n.Amount, n.State, !n.DueAt.IsZero())
	}
	for _, x := range r.Codes {
		say("code %s has %d left", x.Code.Code, x.Left)
	}
	for _, x := range r.Claims {
		say("claim of %s is %s", x.Coupon.ID, x.State)
	}
	return lines
}
