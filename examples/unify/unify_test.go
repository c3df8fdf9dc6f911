package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/examples/internal/golden"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
	"github.com/duebook/duebook/renewal/renewaltest"
)

// TestGolden: the table, and the picture that the README shows.
func TestGolden(t *testing.T) {
	for path, args := range map[string][]string{"testdata/unify.golden": nil, "unify.svg": {"-svg"}} {
		var got, errs bytes.Buffer
		if status := run(args, &got, &errs); status != 0 || errs.Len() > 0 {
			t.Fatalf("status %d: %s", status, &errs)
		}
		golden.Check(t, path, got.String())
	}
}

func TestPrices(t *testing.T) { renewaltest.TestPrices(t, pricesOf{}) }

// pricesOf is the price list for what is drawn.
type pricesOf struct{}

func (pricesOf) Price(r renewal.Resource, t renewal.Term) (order.Money, error) {
	r.Product = "server"
	return list{}.Price(r, t)
}

// TestEveryRow counts by hand what the library says of each resource.
func TestEveryRow(t *testing.T) {
	rows, err := renewal.Preview(fleet(), month(1), day, list{}, now, policy())
	if err != nil || len(rows) != 12 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	out := 0
	for i, r := range rows {
		if r.Reason != "" {
			out++
			continue
		}
		whole := r.From.AddDate(0, 1, 0)
		if r.From.Day() == 31 {
			whole = time.Date(2024, 4, 30, 23, 59, 59, 0, now.Location())
		}
		days := 0
		for at := whole; at.Day() != 1; at = at.AddDate(0, 0, 1) {
			days++
		}
		monthly := map[string]int64{"server": 6000, "database": 14500, "disk": 900}[fleet()[i].Product]
		if want := monthly + (monthly*int64(days)*2+30)/60; r.Days != days || r.Price.Minor() != want || r.Until.Day() != 1 {
			t.Errorf("%+v, by hand %d days and %d", r, days, want)
		}
	}
	if out != 2 {
		t.Errorf("%d cannot take part", out)
	}
}

// TestPay: what was previewed is what is paid, and what each has then.
func TestPay(t *testing.T) {
	var out, errs bytes.Buffer
	if status := run([]string{"-pay"}, &out, &errs); status != 0 {
		t.Fatalf("status %d: %s", status, errs.String())
	}
	rows, err := renewal.Preview(fleet(), month(1), day, list{}, now, policy())
	if err != nil {
		t.Fatal(err)
	}
	sum, n := int64(0), 0
	for _, r := range rows {
		if r.Reason != "" {
			continue
		}
		sum, n = sum+r.Price.Minor(), n+1
		if want := fmt.Sprintf("%-8s until %s,", r.Resource, order.Stamp(r.Until)); !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if want := fmt.Sprintf("Paid %s for %d renewals: succeeded", order.Minor(sum, order.USD), n); !strings.Contains(out.String(), want) {
		t.Errorf("no %q in\n%s", want, out.String())
	}
}

// TestPicture: it is XML, with a strip for each resource at least.
func TestPicture(t *testing.T) {
	var svg bytes.Buffer
	run([]string{"-svg"}, &svg, io.Discard)
	rects := strings.Count(svg.String(), "<rect")
	d := xml.NewDecoder(&svg)
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if rects < 12+9+8+3 {
		t.Errorf("%d strips", rects)
	}
}

func TestCommandLine(t *testing.T) {
	var out, errs bytes.Buffer
	if status := run([]string{"-png"}, &out, &errs); status != 2 || out.Len() > 0 {
		t.Errorf("status %d, %s", status, &out)
	}
	if status := run([]string{"more"}, &out, &errs); status != 2 {
		t.Errorf("status %d", status)
	}
	if status := run(nil, failing{}, &errs); status != 1 || !strings.Contains(errs.String(), "full") {
		t.Errorf("status %d, %s", status, &errs)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("full") }
