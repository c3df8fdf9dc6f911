package coupon_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/coupon/coupontest"
	"github.com/duebook/duebook/order"
	"pgregory.net/rapid"
)

// moves are all the moves of a coupon; by is who holds it.
var moves = map[string]func(c coupon.Coupon, by string, at time.Time) (coupon.Coupon, error){
	"activate": func(c coupon.Coupon, _ string, at time.Time) (coupon.Coupon, error) { return c.Activate(at) },
	"freeze":   func(c coupon.Coupon, _ string, at time.Time) (coupon.Coupon, error) { return c.Freeze(at) },
	"thaw":     func(c coupon.Coupon, _ string, at time.Time) (coupon.Coupon, error) { return c.Thaw(at) },
	"reclaim":  func(c coupon.Coupon, _ string, at time.Time) (coupon.Coupon, error) { return c.Reclaim(at) },
	"expire":   func(c coupon.Coupon, _ string, at time.Time) (coupon.Coupon, error) { return c.Expire(at) },
	"hold": func(c coupon.Coupon, by string, at time.Time) (coupon.Coupon, error) {
		if c.Kind == coupon.KindDiscount {
			return c.HoldFor(order.ID(by), at)
		}
		return c.Hold(order.PaymentID(by), at)
	},
	"release": func(c coupon.Coupon, by string, at time.Time) (coupon.Coupon, error) { return c.Release(by, at) },
	"use none": func(c coupon.Coupon, by string, at time.Time) (coupon.Coupon, error) {
		return c.Use(by, order.Money{}, at)
	},
	"use part": func(c coupon.Coupon, by string, at time.Time) (coupon.Coupon, error) {
		if c.Kind == coupon.KindDiscount {
			return c.Use(by, order.Money{}, at)
		}
		return c.Use(by, order.Minor((c.Balance.Minor()+1)/2, c.Balance.Currency()), at)
	},
	"use all": func(c coupon.Coupon, by string, at time.Time) (coupon.Coupon, error) { return c.Use(by, c.Balance, at) },
}

// life is C2 and C10 as a table: the letter of the state after the move, by the letter of
// the state before; "." is a refusal. The second word is for a coupon that has ended, the
// words in reusable for one that keeps its balance.
var life = map[string][2]string{
	//            IAHUER  IAHUER
	"activate": {"A.....", "A....."},
	"freeze":   {"IAH...", "IAH..."},
	"thaw":     {"IAH...", "IAH..."},
	"reclaim":  {"RR....", "RR...."},
	"expire":   {"......", "EE...."},
	"hold":     {".H....", "......"},
	"release":  {"..A...", "..E..."},
	"use none": {"..U...", "..U..."},
	"use part": {"..U...", "..U..."},
	"use all":  {"..U...", "..U..."},
}

var reusable = map[string][2]string{
	"use none": {"..A...", "..E..."},
	"use part": {"..A...", "..E..."},
	"use all":  {"..U...", "..U..."},
}

const letters = "IAHUER"

var byLetter = []coupon.State{
	coupon.StateInactive, coupon.StateAvailable, coupon.StateHeld, coupon.StateUsed, coupon.StateExpired, coupon.StateReclaimed,
}

func TestC2_EveryMove(t *testing.T) {
	for _, kind := range []coupon.Kind{coupon.KindCash, coupon.KindFlexi, coupon.KindCard, coupon.KindDiscount} {
		for i, state := range byLetter {
			for name, move := range moves {
				for _, keeps := range []bool{false, true} {
					if keeps && kind == coupon.KindDiscount {
						continue
					}
					for ended, at := range []time.Time{march.Until, march.Until.Add(time.Second)} {
						c := pays("C1", kind, 1000)
						c.State, c.Reusable = state, keeps
						if kind == coupon.KindDiscount {
							c.Face, c.Balance, c.Discount.Ratio = order.Money{}, order.Money{}, order.Percent(90)
						}
						if state == coupon.StateHeld && kind == coupon.KindDiscount {
							c.HeldFor = []order.ID{"P1"}
						} else if state == coupon.StateHeld {
							c.HeldBy = "P1"
						}
						want := life[name][ended][i]
						if row, ok := reusable[name]; ok && keeps {
							want = row[ended][i]
						}
						got, err := move(c, "P1", at)
						where := fmt.Sprintf("%s, %s, reusable %t, %s at %s", kind, state, keeps, name, at)
						if want == '.' {
							var m *coupon.MoveError
							if !errors.Is(err, coupon.ErrState) || !errors.As(err, &m) || m.Coupon != "C1" || m.From != state || m.Do == "" {
								t.Errorf("%s: not refused: %v", where, err)
							}
							if !reflect.DeepEqual(got, c) {
								t.Errorf("%s: changed on an error: %+v", where, got)
							}
							continue
						}
						if err != nil || got.Check() != nil || letters[indexOf(got.State)] != want {
							t.Errorf("%s: %s, %v, want %c", where, got.State, err, want)
						}
						if (got.HeldBy != "" || got.HeldFor != nil) != (got.State == coupon.StateHeld) {
							t.Errorf("%s: held by %q and %q", where, got.HeldBy, got.HeldFor)
						}
						if got.Frozen != (name == "freeze") {
							t.Errorf("%s: frozen is %t", where, got.Frozen)
						}
					}
				}
			}
		}
	}
}

func indexOf(s coupon.State) int {
	for i, x := range byLetter {
		if x == s {
			return i
		}
	}
	return -1
}

func must(t testing.TB, c coupon.Coupon, err error) coupon.Coupon {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestC2_Balance(t *testing.T) {
	single := flexi("C1", 1000)
	card := with(pays("C2", coupon.KindCard, 1000), func(c *coupon.Coupon) { c.Reusable = true })
	hold := func(c coupon.Coupon) coupon.Coupon {
		h, err := c.Hold("P1", now)
		return must(t, h, err)
	}
	t.Run("what is left of a single-use coupon is lost", func(t *testing.T) {
		c, err := hold(single).Use("P1", usd(400), now)
		if err != nil || c.State != coupon.StateUsed || c.Used != 1 {
			t.Errorf("%+v, %v", c, err)
		}
		if _, err := c.Hold("P2", now); !errors.Is(err, coupon.ErrState) {
			t.Errorf("used again: %v", err)
		}
	})
	t.Run("a reusable one keeps it until it is 0", func(t *testing.T) {
		c := card
		for i, cents := range []int64{400, 599, 1} {
			var err error
			if c, err = hold(c).Use("P1", usd(cents), now); err != nil {
				t.Fatal(err)
			}
			want := []int64{600, 1, 0}[i]
			if c.Balance != usd(want) || c.Used != i+1 || (c.State == coupon.StateUsed) != (want == 0) {
				t.Errorf("after %d: %+v", cents, c)
			}
		}
	})
	t.Run("never more than there is", func(t *testing.T) {
		for _, paid := range []order.Money{usd(1001), usd(-1), order.Minor(1, order.EUR), order.Minor(1, 7)} {
			c, err := hold(card).Use("P1", paid, now)
			if !errors.Is(err, order.ErrInvalid) && !errors.Is(err, order.ErrCurrency) || c.Balance != usd(1000) || c.State != coupon.StateHeld {
				t.Errorf("%s: %+v, %v", paid, c, err)
			}
		}
	})
	t.Run("C11 nor more uses than allowed", func(t *testing.T) {
		c := card
		c.Uses = 2
		c, err := hold(c).Use("P1", usd(1), now)
		c = must(t, c, err)
		if c.State != coupon.StateAvailable {
			t.Errorf("after the first: %s", c.State)
		}
		if c, err = hold(c).Use("P1", usd(1), now); err != nil || c.State != coupon.StateUsed || c.Balance != usd(998) {
			t.Errorf("after the last: %+v, %v", c, err)
		}
	})
	t.Run("a frozen one that is held goes on, and is not held again", func(t *testing.T) {
		c, err := hold(card).Freeze(now)
		c = must(t, c, err)
		if c, err = c.Use("P1", usd(1), now); err != nil || c.State != coupon.StateAvailable || !c.Frozen {
			t.Errorf("%+v, %v", c, err)
		}
		if _, err := c.Hold("P1", now); !errors.Is(err, coupon.ErrState) {
			t.Errorf("held while frozen: %v", err)
		}
		c, err = c.Thaw(now)
		hold(must(t, c, err))
	})
	t.Run("not before it begins", func(t *testing.T) {
		if _, err := card.Hold("P1", march.From.Add(-time.Second)); !errors.Is(err, coupon.ErrState) {
			t.Errorf("%v", err)
		}
		if _, err := card.Hold("P1", march.From); err != nil {
			t.Error(err)
		}
	})
	t.Run("a discount coupon pays nothing", func(t *testing.T) {
		c := discountCoupon()
		c, err := c.HoldFor("1", now)
		c = must(t, c, err)
		if _, err := c.Use("1", usd(1), now); !errors.Is(err, order.ErrInvalid) && !errors.Is(err, order.ErrCurrency) {
			t.Errorf("%v", err)
		}
		if c, err = c.Use("1", order.Money{}, now); err != nil || c.State != coupon.StateUsed {
			t.Errorf("%+v, %v", c, err)
		}
	})
}

func discountCoupon() coupon.Coupon {
	return coupon.Coupon{
		ID: "D1", Customer: "customer-1", Kind: coupon.KindDiscount, State: coupon.StateAvailable, Window: march,
		Discount: coupon.Discount{Ratio: order.Percent(85)},
	}
}

func TestC10_Holder(t *testing.T) {
	c, err := flexi("C1", 1000).Hold("P1", now)
	c = must(t, c, err)
	for _, holder := range []string{"P2", "", "P1 "} {
		for name, move := range map[string]func() (coupon.Coupon, error){
			"use":     func() (coupon.Coupon, error) { return c.Use(holder, usd(1), now) },
			"release": func() (coupon.Coupon, error) { return c.Release(holder, now) },
		} {
			got, err := move()
			var m *coupon.MoveError
			if !errors.Is(err, coupon.ErrHolder) || !errors.As(err, &m) || !reflect.DeepEqual(got, c) {
				t.Errorf("%s by %q: %+v, %v", name, holder, got, err)
			}
		}
	}
	t.Run("kinds are held by their own", func(t *testing.T) {
		if _, err := flexi("C1", 1).HoldFor("1", now); !errors.Is(err, coupon.ErrState) {
			t.Errorf("held for an order: %v", err)
		}
		if _, err := discountCoupon().Hold("P1", now); !errors.Is(err, coupon.ErrState) {
			t.Errorf("held by a payment: %v", err)
		}
	})
	t.Run("released and held again", func(t *testing.T) {
		again, err := c.Release("P1", now)
		again = must(t, again, err)
		if !reflect.DeepEqual(again, flexi("C1", 1000)) {
			t.Errorf("not as it was: %+v", again)
		}
	})
}

func TestC1_Kinds(t *testing.T) {
	d, err := discountCoupon().AsDiscount()
	if err != nil || d.ID != "D1" || d.Kind != "discount coupon" || d.Window != march || d.Ratio != order.Percent(85) || d.Check() != nil {
		t.Errorf("%+v, %v", d, err)
	}
	o := reduced(t, dues(t, 1000)[0], d)
	if o.Payable() != usd(850) {
		t.Errorf("%s due", o.Payable())
	}
	if _, err := flexi("C1", 1).AsDiscount(); !errors.Is(err, order.ErrInvalid) {
		t.Errorf("a coupon that pays is a discount: %v", err)
	}
	limited := discountCoupon()
	limited.Limits.Scope.Services, limited.Discount = []string{"EVS"}, coupon.Discount{Off: usd(100)}
	d, err = limited.AsDiscount()
	if err != nil || d.Off != usd(100) || !reflect.DeepEqual(d.Scope.Services, []string{"EVS"}) {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestC11_Claim(t *testing.T) {
	code := coupon.Code{
		Code: "SPRING", Window: march, Left: 2,
		Coupon: coupon.Template{Kind: coupon.KindFlexi, Face: usd(500), Window: order.Window{Until: clock("2017-03-31 23:59:59")}},
	}
	c, rest, err := code.Claim("SPRING/customer-1", "customer-1", now)
	if err != nil || c.Check() != nil || c.State != coupon.StateAvailable || c.Balance != usd(500) || c.Customer != "customer-1" || rest.Left != 1 || code.Left != 2 {
		t.Fatalf("%+v, %d left, %v", c, rest.Left, err)
	}
	_, rest, err = rest.Claim("SPRING/customer-2", "customer-2", now)
	if err != nil || rest.Left != 0 {
		t.Fatalf("%d left, %v", rest.Left, err)
	}
	broken := code
	broken.Coupon.Kind = "gift"
	backwards := code
	backwards.Window.From = march.Until.Add(time.Second)
	fewer := code
	fewer.Left = -1
	over := code
	over.Coupon.Window.Until = march.From.Add(-time.Second)
	for name, x := range map[string]struct {
		code coupon.Code
		at   time.Time
		id   coupon.ID
		want error
	}{
		"none left":            {rest, now, "C1", coupon.ErrState},
		"a second too early":   {code, march.From.Add(-time.Second), "C1", coupon.ErrState},
		"a second too late":    {code, march.Until.Add(time.Second), "C1", coupon.ErrState},
		"the coupon has ended": {over, now, "C1", coupon.ErrState},
		"no ID":                {code, now, "", order.ErrInvalid},
		"no time":              {code, time.Time{}, "C1", order.ErrInvalid},
		"no coupon":            {broken, now, "C1", order.ErrInvalid},
		"a window of nothing":  {backwards, now, "C1", order.ErrInvalid},
		"fewer than none left": {fewer, now, "C1", order.ErrInvalid},
	} {
		c, after, err := x.code.Claim(x.id, "customer-1", x.at)
		if !errors.Is(err, x.want) || !reflect.DeepEqual(c, coupon.Coupon{}) || !reflect.DeepEqual(after, x.code) {
			t.Errorf("%s: %+v, %d left, %v", name, c, after.Left, err)
		}
	}
	for _, at := range []time.Time{march.From, march.Until, march.Until.Add(999 * time.Millisecond)} {
		if _, _, err := code.Claim("C1", "customer-1", at); err != nil {
			t.Errorf("%s: %v", at, err)
		}
	}
	t.Run("it is whole and nobody's", func(t *testing.T) {
		before := code
		before.Coupon.Used, before.Coupon.HeldBy, before.Coupon.Version, before.Coupon.State, before.Coupon.Balance = 3, "P1", 9, coupon.StateHeld, usd(1)
		got, _, err := before.Claim("SPRING/customer-1", "customer-1", now)
		if err != nil || !reflect.DeepEqual(got, c) {
			t.Errorf("%+v, %v, want %+v", got, err, c)
		}
	})
	t.Run("any code", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			code := coupontest.Code().Draw(t, "code")
			at := now
			if !code.Window.From.IsZero() {
				at = code.Window.From
			} else if !code.Window.Until.IsZero() {
				at = code.Window.Until
			}
			c, rest, err := code.Claim("C1", "customer-1", at)
			if err != nil {
				if !errors.Is(err, coupon.ErrState) || !reflect.DeepEqual(rest, code) {
					t.Fatal(err)
				}
				return
			}
			if err := c.Check(); err != nil || c.Balance != c.Face || rest.Left != code.Left-1 || rest.Left < 0 {
				t.Fatalf("%+v, %d left, %v", c, rest.Left, err)
			}
		})
	})
}

func TestQ5_Return(t *testing.T) {
	used := func(kind coupon.Kind, f func(c *coupon.Coupon)) coupon.Coupon {
		return with(pays("C1", kind, 1000), func(c *coupon.Coupon) {
			c.State, c.Balance, c.Used = coupon.StateUsed, usd(400), 1
			f(c)
		})
	}
	once := used(coupon.KindFlexi, func(*coupon.Coupon) {})
	card := used(coupon.KindCard, func(c *coupon.Coupon) { c.State, c.Reusable, c.Used = coupon.StateAvailable, true, 2 })
	again := func(c coupon.Coupon, balance int64, used int, s coupon.State) coupon.Coupon {
		c.Balance, c.Used, c.State = usd(balance), used, s
		return c
	}
	held := again(card, 400, 2, coupon.StateHeld)
	held.HeldBy = "P3"
	limited := used(coupon.KindCard, func(c *coupon.Coupon) { c.Reusable, c.Uses, c.Used = true, 2, 2 })
	late := march.Until.Add(time.Second)
	for name, x := range map[string]struct {
		coupon coupon.Coupon
		paid   int64
		undone bool
		at     time.Time
		want   coupon.Coupon
	}{
		"its one use, all of it":          {once, 600, true, now, again(once, 1000, 0, coupon.StateAvailable)},
		"its one use, in the last second": {once, 600, true, march.Until, again(once, 1000, 0, coupon.StateAvailable)},
		"its one use, ended":              {once, 600, true, late, once},
		"one of two uses":                 {card, 500, true, now, again(card, 900, 1, coupon.StateAvailable)},
		"a part of one of two uses":       {card, 1, false, now, again(card, 401, 2, coupon.StateAvailable)},
		"held by another":                 {held, 500, true, now, with(held, func(c *coupon.Coupon) { c.Balance, c.Used = usd(900), 1 })},
		"all its uses, one undone":        {limited, 500, true, now, again(limited, 900, 1, coupon.StateAvailable)},
		"all its uses, a part undone":     {limited, 500, false, now, again(limited, 900, 2, coupon.StateUsed)},
		"reclaimed":                       {again(card, 400, 2, coupon.StateReclaimed), 500, true, now, again(card, 400, 2, coupon.StateReclaimed)},
		"expired":                         {again(card, 400, 2, coupon.StateExpired), 500, true, now, again(card, 400, 2, coupon.StateExpired)},
	} {
		if got, err := x.coupon.Return(usd(x.paid), x.undone, x.at); err != nil || !reflect.DeepEqual(got, x.want) {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, x.want)
		}
	}
	for name, x := range map[string]struct {
		coupon coupon.Coupon
		paid   order.Money
	}{
		"nothing":                       {once, usd(0)},
		"less than nothing":             {once, usd(-1)},
		"a cent more than the face":     {once, usd(601)},
		"another currency":              {once, order.Minor(1, order.EUR)},
		"of a coupon that paid nothing": {again(once, 400, 0, coupon.StateAvailable), usd(1)},
		"of an unused discount coupon":  {discountCoupon(), order.Money{}},
	} {
		var f *order.FieldError
		got, err := x.coupon.Return(x.paid, true, now)
		if !errors.As(err, &f) || f.Field != "paid" || !reflect.DeepEqual(got, x.coupon) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	t.Run("undoes the use", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			c := coupontest.Coupon().Draw(t, "coupon")
			if c.Kind == coupon.KindDiscount || c.Balance.Sign() == 0 || c.State == coupon.StateInactive && c.Window.Ended(now) {
				t.Skip("has nothing to pay with")
			}
			c.State, c.HeldBy, c.HeldFor, c.Frozen, c.Window, c.DueAt = coupon.StateAvailable, "", nil, false, march, time.Time{}
			c.PassedOn = order.Money{} // what was passed on is not used here, and comes back otherwise
			held, err := c.Hold("P1", now)
			if err != nil {
				t.Skip("cannot be held: ", err)
			}
			paid := order.Minor(rapid.Int64Range(1, c.Balance.Minor()).Draw(t, "paid"), c.Balance.Currency())
			after, err := held.Use("P1", paid, now)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := after.Return(paid, true, now); err != nil || !reflect.DeepEqual(got, c) {
				t.Fatalf("%+v, %v, want %+v", got, err, c)
			}
		})
	})
}

// names of the moves, in a fixed order.
var names = []string{"activate", "freeze", "thaw", "reclaim", "expire", "hold", "release", "use none", "use part", "use all"}

// live applies steps to a coupon and reports what is broken on the way.
func live(c coupon.Coupon, steps []byte, at time.Time) error {
	for _, step := range steps {
		before := c
		name, by := names[int(step)%len(names)], []string{"P1", "P1", "P1", "P2"}[step>>4&3]
		after, err := moves[name](c, by, at)
		at = at.Add(time.Duration(step>>6) * 24 * time.Hour)
		if err != nil {
			if !errors.Is(err, coupon.ErrState) && !errors.Is(err, coupon.ErrHolder) || !reflect.DeepEqual(after, before) {
				return fmt.Errorf("%s: %+v became %+v: %w", name, before, after, err)
			}
			continue
		}
		if err := after.Check(); err != nil {
			return fmt.Errorf("%s: %+v became %+v: %w", name, before, after, err)
		}
		switch {
		case before.State.Final():
			return fmt.Errorf("%s left %s", name, before.State)
		case after.Balance.Minor() > before.Balance.Minor() || after.Balance.Minor() < 0 || after.Used < before.Used:
			return fmt.Errorf("%s: balance %s became %s, used %d %d", name, before.Balance, after.Balance, before.Used, after.Used)
		case after.Balance != before.Balance && before.State != coupon.StateHeld:
			return fmt.Errorf("%s took from a coupon that is %s", name, before.State)
		case before.State == coupon.StateHeld && after.State != coupon.StateHeld && by != string(before.HeldBy) && !slices.Contains(before.HeldFor, order.ID(by)):
			return fmt.Errorf("%s by %s ended the hold of %s", name, by, before.HeldBy)
		case after.Uses > 0 && after.Used > after.Uses:
			return fmt.Errorf("%s: used %d of %d", name, after.Used, after.Uses)
		case after.ID != before.ID || after.Customer != before.Customer || after.Face != before.Face || after.Window != before.Window || after.Version != before.Version:
			return fmt.Errorf("%s changed what it was issued with: %+v", name, after)
		}
		c = after
	}
	return nil
}

func TestC2_Sequences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := coupontest.Coupon().Draw(t, "coupon")
		if err := live(c, rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "steps"), now); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzC2_Life(f *testing.F) {
	f.Add(uint8(1), int64(1000), uint8(0), []byte{5, 7, 5, 8, 5, 9})
	f.Add(uint8(6), int64(7), uint8(2), []byte{0, 5, 6, 133, 4, 3})
	f.Add(uint8(3), int64(5), uint8(1), []byte{5, 21, 53, 7, 9})
	f.Fuzz(func(t *testing.T, kind uint8, balance int64, uses uint8, steps []byte) {
		kinds := []coupon.Kind{coupon.KindCash, coupon.KindFlexi, coupon.KindCard}
		c := pays("C1", kinds[int(kind>>1)%3], max(1, balance&(1<<50-1)))
		c.Reusable, c.Uses, c.State = kind&1 == 1, int(uses%4), coupon.StateInactive
		if !c.Reusable {
			c.Uses = min(c.Uses, 1) // one balance (C13)
		}
		if kind>>3&3 == 3 {
			c = discountCoupon()
		}
		if err := live(c, steps[:min(len(steps), 64)], now); err != nil {
			t.Fatal(err)
		}
	})
}

// C10: a move of somebody who does not hold the coupon says who does.
func TestC10_SaysWhoHolds(t *testing.T) {
	paying, err := flexi("C1", 1000).Hold("P1", now)
	if err != nil {
		t.Fatal(err)
	}
	reducing, err := discountCoupon().HoldFor("O1", now)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		c    coupon.Coupon
		want string
	}{{paying, "P1 holds it, not X"}, {reducing, "O1 holds it, not X"}} {
		var m *coupon.MoveError
		if _, err := x.c.Release("X", now); !errors.As(err, &m) || m.Advice() != x.want {
			t.Errorf("%v, want %q", err, x.want)
		}
	}
}

// C2: a discount coupon has no value to pay with: none on its face, none left, none passed on.
func TestC2_DiscountCouponHasNoValue(t *testing.T) {
	for name, change := range map[string]func(c *coupon.Coupon){
		"face":      func(c *coupon.Coupon) { c.Face = usd(1) },
		"balance":   func(c *coupon.Coupon) { c.Balance = usd(1) },
		"passed on": func(c *coupon.Coupon) { c.PassedOn = usd(1) },
	} {
		c := discountCoupon()
		change(&c)
		var f *order.FieldError
		if err := c.Check(); !errors.As(err, &f) || f.Field != "face" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// C13: a discount coupon is held by at most as many orders as uses are left of it.
func TestC13_HoldsAndUsesTogether(t *testing.T) {
	c := discountCoupon()
	c.Uses, c.Used, c.State, c.HeldFor = 2, 1, coupon.StateHeld, []order.ID{"O1", "O2"}
	var f *order.FieldError
	if err := c.Check(); !errors.As(err, &f) || f.Field != "heldFor" {
		t.Errorf("%v", err)
	}
	c.HeldFor = c.HeldFor[:1]

	if err := c.Check(); err != nil {
		t.Error(err)
	}
}
