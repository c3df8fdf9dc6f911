package order_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/duebook/duebook/order"
)

// What is opaque stands in no print and no log, whatever holds it, and in JSON as it is.
func TestP19_OpaqueIsNotShown(t *testing.T) {
	held := struct {
		Card  order.Opaque
		Cards []order.Opaque
	}{"pm_visa", []order.Opaque{"pm_visa"}}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("charged", "card", held.Card, "held", held)
	for _, text := range []string{fmt.Sprint(held), fmt.Sprintf("%+v %#v", held, held), fmt.Sprintf("%q %s %x", held.Card, held.Card, held.Card), log.String()} {
		if strings.Contains(text, "visa") || strings.Contains(text, "76697361") {
			t.Errorf("shown in %s", text)
		}
	}
	if text := held.Card.String(); text != "[7 bytes]" || order.Opaque("").String() != "" {
		t.Errorf("printed as %q, and an empty one as %q", text, order.Opaque(""))
	}
	if text, err := json.Marshal(held.Card); err != nil || string(text) != `"pm_visa"` {
		t.Errorf("in JSON %s, %v", text, err)
	}
}

func TestP19_OpaqueLength(t *testing.T) {
	for _, x := range []struct {
		of order.Opaque
		ok bool
	}{{"", false}, {"a", true}, {order.Opaque(strings.Repeat("a", 64)), true}, {order.Opaque(strings.Repeat("a", 65)), false}, {"\xff", false}} {
		err := x.of.Check("instrument", 64)
		if (err == nil) != x.ok {
			t.Errorf("%d bytes: %v", len(x.of), err)
		}
		var field *order.FieldError
		if err != nil && (!errors.As(err, &field) || field.Field != "instrument" || field.Value != "") {
			t.Errorf("%d bytes: %#v", len(x.of), err)
		}
	}
}
