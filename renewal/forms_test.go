package renewal_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
	"github.com/duebook/duebook/renewal/renewaltest"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestR4_Forms: a resource comes back from JSON as it was, and its words are strict.
func TestR4_Forms(t *testing.T) {
	instants := cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })
	rapid.Check(t, func(t *rapid.T) {
		r := renewaltest.Resource().Draw(t, "resource")
		text, err := json.Marshal(r)
		var back renewal.Resource
		if err == nil {
			err = order.Decode(text, &back)
		}
		if diff := cmp.Diff(r, back, instants); err != nil || diff != "" {
			t.Fatalf("%v (-was +came back):\n%s", err, diff)
		}
	})
	text, err := json.Marshal(server())
	want := `{"id":"vm-1","customer":"c-7","product":"s6.large","service":"ECS","count":1,"charge":"subscription","start":"2023-03-08T15:50:04+08:00","expiry":"2023-04-08T23:59:59+08:00","mode":"manual renewal"}`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
	for text, w := range map[string]interface {
		UnmarshalText([]byte) error
		Scan(any) error
	}{"not renewed": new(renewal.Mode), "grace period": new(renewal.State)} {
		if err := w.Scan(text); err != nil {
			t.Errorf("%T %q: %v", w, text, err)
		}
		for _, wrong := range []any{"", "Not Renewed", 7} {
			if err := w.Scan(wrong); !errors.Is(err, order.ErrInvalid) {
				t.Errorf("%T %v: %v", w, wrong, err)
			}
		}
	}
}

// FuzzR6_Unify: whatever the second and the zone, a renewal to a unified day is after the
// expiry, on the day, and less than a month past the term.
func FuzzR6_Unify(f *testing.F) {
	f.Add(int64(1_711_382_399), int16(480), int8(1), uint8(1), uint8(0))
	f.Add(int64(-1), int16(-720), int8(-1), uint8(11), uint8(2))
	f.Fuzz(func(t *testing.T, at int64, east int16, day int8, n, ending uint8) {
		p := renewal.Policy{Zone: time.FixedZone("", int(east)%1440*60), Ending: renewal.Ending(ending % 3)}
		from := renewal.Position{Expiry: time.Unix(at, 0)}
		term := months(int(n))
		e, err := renewal.Unify(from, term, renewal.UnifiedDay(day), p)
		if err != nil {
			if !errors.Is(err, order.ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		next, err := renewal.Next(from, term, p)
		if err != nil {
			t.Fatal(err)
		}
		got := e.Until.In(p.Zone)
		onDay := got.Day() == max(1, int(day)) || day == -1 && got.AddDate(0, 0, 1).Day() == 1
		if !onDay || e.Until.Before(next) || e.Days < 0 || e.Days > 31 || !got.AddDate(0, 0, -e.Days).Equal(next) {
			t.Fatalf("%+v after %s, the term ends %s", e, from.Expiry.In(p.Zone), next)
		}
	})
}
