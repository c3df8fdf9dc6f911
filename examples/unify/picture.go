package main

import (
	"fmt"
	"io"
	"time"

	"github.com/duebook/duebook/renewal"
)

// The picture: a strip of days for each resource, from the first day of the axis on.
const (
	left   = 90  // where the days begin
	perDay = 6   // how wide a day is
	top    = 56  // where the first strip begins
	height = 26  // of a strip with its gap
	bar    = 14  // of a strip
	right  = 190 // for the price
)

// draw writes the picture as SVG. Its colors follow the reader's: light or dark.
func draw(w io.Writer, rows []renewal.Row) {
	first, last := time.Date(2024, 3, 1, 0, 0, 0, 0, now.Location()), time.Date(2024, 6, 13, 0, 0, 0, 0, now.Location())
	x := func(at time.Time) int { return left + perDay*int(at.Sub(first)/(24*time.Hour)) }
	end := func(expiry time.Time) time.Time { return expiry.Add(time.Second) } // the day is over
	width, depth := x(last)+right, top+height*len(rows)+34
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="Twelve resources renewed for one month to the 1st of a month">`+"\n", width, depth, width, depth)
	fmt.Fprint(w, style)
	text(w, left, 20, "title", "Renewed for 1 month, to the 1st of the month")
	for at := first; !at.After(last); at = time.Date(at.Year(), at.Month()+1, 1, 0, 0, 0, 0, at.Location()) {
		fmt.Fprintf(w, `<line class="grid" x1="%d" y1="%d" x2="%d" y2="%d"/>`+"\n", x(at), top-10, x(at), top+height*len(rows))
		text(w, x(at)+4, top-14, "small", at.Format("January 2006"))
	}
	for i, r := range rows {
		y := top + height*i
		text(w, 8, y+bar-2, "name", string(r.Resource))
		strip(w, "had", x(first), x(end(r.From)), y)
		if r.Reason != "" {
			text(w, x(end(r.From))+6, y+bar-2, "small", string("not: it "+r.Reason))
			continue
		}
		whole := r.Until.AddDate(0, 0, -r.Days)
		strip(w, "whole", x(end(r.From)), x(end(whole)), y)
		strip(w, "odd", x(end(whole)), x(end(r.Until)), y)
		text(w, x(last)+8, y+bar-2, "name", price(r))
	}
	legend(w, top+height*len(rows)+20)
	fmt.Fprintln(w, "</svg>")
}

// price says what a renewal costs, and how many of its days are odd.
func price(r renewal.Row) string {
	switch r.Days {
	case 0:
		return r.Price.String()
	case 1:
		return r.Price.String() + ", 1 odd day"
	}
	return fmt.Sprintf("%s, %d odd days", r.Price, r.Days)
}

const style = `<style>
text{font:12px sans-serif;fill:#24292f}.title{font-weight:bold;font-size:14px}.small{font-size:11px;fill:#57606a}
.grid{stroke:#8c959f;stroke-width:1;stroke-dasharray:2 3}.had{fill:#afb8c1}.whole{fill:#0969da}.odd{fill:#d4a72c}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.small{fill:#9198a1}.grid{stroke:#656c76}.had{fill:#4d5560}.whole{fill:#4493f8}.odd{fill:#e3b341}}
</style>
`

// strip writes days from one edge to another; none where there are none.
func strip(w io.Writer, class string, from, to, y int) {
	if to > from {
		fmt.Fprintf(w, `<rect class="%s" x="%d" y="%d" width="%d" height="%d"/>`+"\n", class, from, y, to-from, bar)
	}
}

func text(w io.Writer, x, y int, class, s string) {
	fmt.Fprintf(w, `<text class="%s" x="%d" y="%d">%s</text>`+"\n", class, x, y, s)
}

// legend says what the colors are.
func legend(w io.Writer, y int) {
	at := left
	for _, l := range []struct{ class, says string }{{"had", "until the expiry"}, {"whole", "the whole term"}, {"odd", "odd days to the 1st"}} {
		strip(w, l.class, at, at+bar, y-bar+3)
		text(w, at+bar+6, y, "small", l.says)
		at += 140
	}
}
