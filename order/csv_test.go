package order_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// csvWriter is WriteCSV or WriteLinesCSV.
type csvWriter = func(io.Writer, iter.Seq2[order.Order, error]) (int, error)

func csvText(t interface{ Fatal(...any) }, write csvWriter, orders ...order.Order) string {
	var b bytes.Buffer
	if _, err := write(&b, order.Each(orders)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// csvFull is an order with everything: a member of a purchase, reduced, paid by all
// three, with a line of a third party.
func csvFull(t interface{ Fatal(...any) }) order.Order {
	at := queryAt()
	usd := func(n int64) order.Money { return order.Minor(n, order.USD) }
	price, _ := order.ParseRate("0.125")
	d := order.Draft{ID: "o-1", Customer: "c-1", User: "u-1", Project: "p-1", Type: order.TypePurchase, Lines: []order.Line{
		{Product: "server", Service: "compute", Region: "cn-1", Configuration: `2 vCPU, 4 GiB, 24"`, Resource: "r-1", Count: 2,
			Term: order.Term{N: 3, Unit: order.Month}, UnitPrice: price, Per: order.Minute, Charge: order.ChargeSubscription,
			Amount: usd(100000), Tax: usd(6000)},
		{Product: "image", Count: 1, Charge: order.ChargePackage, Seller: "acme", Amount: order.Minor(700, order.JPY)},
		{Product: "server", Count: 1, Charge: order.ChargeSubscription, Amount: usd(5)},
	}}
	p, err := order.PlaceTogether("g-1", []order.Draft{d}, at, order.Baidu())
	if err != nil {
		t.Fatal(err)
	}
	r := order.Reduction{Kind: "promotional", ID: "=spring", Window: order.Window{Until: at.Add(time.Hour)}, Lapse: order.LapseShortens}
	if p, err = p.Reduce("o-1", r, []order.Cut{{Off: usd(1000)}, {}, {}}, at); err != nil {
		t.Fatal(err)
	}
	if p, err = p.Apply(order.Move{Event: order.EventHold, At: at, By: "c-1", Payment: "pay-1"}); err != nil {
		t.Fatal(err)
	}
	parts := []order.OrderParts{{Order: "o-1", Parts: order.Parts{Coupons: usd(2000), Cards: usd(3000), Cash: usd(94005)}}}
	if p, err = p.Apply(order.Move{Event: order.EventSettle, At: at.Add(time.Second), By: "gw", Payment: "pay-1", Parts: parts}); err != nil {
		t.Fatal(err)
	}
	return p.Orders[0]
}

func TestX2_WriteCSV(t *testing.T) {
	zone := time.FixedZone("", 8*60*60)
	at := time.Date(2018, 11, 1, 0, 0, 0, 0, zone)
	const head = "id,customer,user,purchase,project,type,state,reason,products,list,discount,payable,coupons,cards,cash,currency,reduction kind,reduction id,placed,deadline,changed\r\n"
	const unpaid = "o-1,c-1,,,,purchase,unpaid,,server,10.00,0.00,10.00,0.00,0.00,0.00,USD,,,2018-11-01T00:00:00+08:00,2018-11-08T00:00:00+08:00,2018-11-01T00:00:00+08:00\r\n"
	server := queryLine("server", order.ChargeSubscription)
	back := server
	back.Amount = order.Minor(-5, order.USD)
	yen, dinar, meter := queryLine("-x", order.ChargeSubscription), queryLine("+x", order.ChargeSubscription), queryLine("disk", order.ChargePayPerUse)
	yen.Amount, dinar.Amount = order.Minor(1230, order.JPY), order.Minor(1, order.KWD)
	paid := csvFull(t)
	canceled, err := queryPlace(t, queryDraft("o-1"), at).Apply(order.Move{Event: order.EventCancel, At: at.Add(time.Second), By: "c-1", Reason: order.ReasonContractEnded})
	if err != nil {
		t.Fatal(err)
	}
	refund := queryDraft("o-1", back)
	refund.Type = order.TypeUnsubscribe
	for _, tt := range []struct {
		name   string
		orders []order.Order
		want   string
	}{
		{"nothing", nil, ""},
		{"unpaid", []order.Order{queryPlace(t, queryDraft("o-1"), at)}, unpaid},
		{"two", []order.Order{queryPlace(t, queryDraft("o-1"), at), queryPlace(t, queryDraft("o-1"), at)}, unpaid + unpaid},
		{"in UTC", []order.Order{csvPlace(t, queryDraft("o-1"), at, order.Policy{})},
			"o-1,c-1,,,,purchase,unpaid,,server,10.00,0.00,10.00,0.00,0.00,0.00,USD,,,2018-10-31T16:00:00Z,2018-11-07T16:00:00Z,2018-10-31T16:00:00Z\r\n"},
		{"money back, no deadline", []order.Order{queryPlace(t, refund, at)},
			"o-1,c-1,,,,unsubscribe,refunding,,server,-0.05,0.00,-0.05,0.00,0.00,0.00,USD,,,2018-11-01T00:00:00+08:00,,2018-11-01T00:00:00+08:00\r\n"},
		{"yen, and a text that is no formula", []order.Order{queryPlace(t, queryDraft("=1", yen), at)},
			"'=1,c-1,,,,purchase,unpaid,,'-x,1230,0,1230,0,0,0,JPY,,,2018-11-01T00:00:00+08:00,2018-11-08T00:00:00+08:00,2018-11-01T00:00:00+08:00\r\n"},
		{"dinar, and a quoted text", []order.Order{queryPlace(t, queryDraft(`@"a",b`, dinar), at)},
			"\"'@\"\"a\"\",b\",c-1,,,,purchase,unpaid,,'+x,0.001,0.000,0.001,0.000,0.000,0.000,KWD,,,2018-11-01T00:00:00+08:00,2018-11-08T00:00:00+08:00,2018-11-01T00:00:00+08:00\r\n"},
		{"several products", []order.Order{queryPlace(t, queryDraft("o-1", meter, server, meter, queryLine("=x", order.ChargeSubscription)), at)},
			"o-1,c-1,,,,purchase,unpaid,,\"disk, server,' =x\",20.00,0.00,20.00,0.00,0.00,0.00,USD,,,2018-11-01T00:00:00+08:00,2018-11-08T00:00:00+08:00,2018-11-01T00:00:00+08:00\r\n"},
		{"canceled", []order.Order{canceled},
			"o-1,c-1,,,,purchase,canceled,contract ended,server,10.00,0.00,10.00,0.00,0.00,0.00,USD,,,2018-11-01T00:00:00+08:00,2018-11-08T00:00:00+08:00,2018-11-01T00:00:01+08:00\r\n"},
		{"paid", []order.Order{paid},
			"o-1,c-1,u-1,g-1,p-1,purchase,paid,,\"server, image\",1000.05,10.00,990.05,20.00,30.00,940.05,USD,promotional,'=spring,2025-10-27T12:00:00+08:00,2025-10-27T13:00:00+08:00,2025-10-27T12:00:01+08:00\r\n"},
	} {
		if diff := cmp.Diff(head+tt.want, csvText(t, order.WriteCSV, tt.orders...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// An export that stops says after how many rows, and at which order where one stopped it.
func TestX2_ExportErrorText(t *testing.T) {
	for want, e := range map[string]*order.ExportError{
		"export stopped after 3 rows: full":                {Rows: 3, Err: errors.New("full")},
		"export stopped after 3 rows, at order o-4: wrong": {Rows: 3, Order: "o-4", Err: errors.New("wrong")},
	} {
		if e.Error() != want {
			t.Errorf("%q, want %q", e, want)
		}
	}
}

func csvPlace(t interface{ Fatal(...any) }, d order.Draft, at time.Time, p order.Policy) order.Order {
	o, err := order.Place(d, at, p)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestX2_WriteLinesCSV(t *testing.T) {
	const want = "order,product,service,region,configuration,resource,count,duration,unit price,per,charge,amount,tax,off,payable,currency,seller\r\n" +
		"o-1,server,compute,cn-1,\"2 vCPU, 4 GiB, 24\"\"\",r-1,2,3 months,0.125,minute,subscription,1000.00,60.00,10.00,990.00,USD,\r\n" +
		"o-1,image,,,,,1,,,,package,700,,,,JPY,acme\r\n" +
		"o-1,server,,,,,1,,,,subscription,0.05,,0.00,0.05,USD,\r\n"
	if diff := cmp.Diff(want, csvText(t, order.WriteLinesCSV, csvFull(t))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	free := queryLine("image", order.ChargePackage)
	free.Seller, free.Amount = "=acme", order.Money{}
	if got := csvText(t, order.WriteLinesCSV, queryPlace(t, queryDraft("o-1", queryLine("server", order.ChargeSubscription), free), queryAt())); !strings.HasSuffix(got, "o-1,image,compute,,,,1,,,,package,,,,,,'=acme\r\n") {
		t.Errorf("a third party's line without an amount: %s", got)
	}
}

func TestX2_TextCells(t *testing.T) {
	for _, tt := range []struct{ text, cell string }{
		{"plain", "plain"}, {"a=1", "a=1"}, {"a,b", "a,b"}, {`"a"`, `"a"`}, {"世界", "世界"}, {" a", " a"}, {" ", " "}, {"a'b", "a'b"},
		{"=1+1", "'=1+1"}, {"+1", "'+1"}, {"-1", "'-1"}, {"@SUM(A1)", "'@SUM(A1)"},
		{"＝1", "'＝1"}, {"＋1", "'＋1"}, {"－1", "'－1"}, {"＠a", "'＠a"},
		{"=", "'="}, {" =1", "' =1"}, {"  ＝1", "'  ＝1"}, {"'", "''"}, {"'=1", "''=1"}, {"''a", "'''a"}, {`=a",b`, `'=a",b`},
		// Behind what a spreadsheet may split the cell at.
		{";=1", ";'=1"}, {",=1", ",'=1"}, {"; =1", ";' =1"}, {";;=1", ";;'=1"}, {"a;=1", "a;'=1"}, {"a,@x;-1", "a,'@x;'-1"}, {"=1;=2", "'=1;'=2"},
		{";＝1", ";'＝1"}, {",＋1", ",'＋1"}, {";－1", ";'－1"}, {";＠a", ";'＠a"}, {";'=1", ";''=1"}, {"a,'b'", "a,''b'"},
		{"a;b", "a;b"}, {"a, b", "a, b"}, {";", ";"}, {"a;b=1", "a;b=1"}, {"a;;", "a;;"},
		// Behind what a spreadsheet may take off.
		{`"=1`, `'"=1`}, {`;"=1`, `;'"=1`}, {` " =1`, `' " =1`}, {` '=1`, `' '=1`}, {`"a=1`, `"a=1`},
	} {
		line := queryLine(tt.text, order.ChargeSubscription)
		line.Configuration, line.Service, line.Region, line.Resource = tt.text, tt.text, tt.text, order.ResourceID(tt.text)
		other := line
		other.Seller = tt.text
		o := queryPlace(t, queryDraft(order.ID(tt.text), line, other), queryAt())
		for write, columns := range map[string][]int{"orders": {0, 8}, "lines": {0, 1, 2, 3, 4, 5, 16}} {
			rows := csvRows(t, csvText(t, csvWriters()[write], o))
			for _, c := range columns {
				cell := rows[len(rows)-1][c]
				if cell != tt.cell {
					t.Errorf("%s, column %s: %q is written %q, want %q", write, rows[0][c], tt.text, cell, tt.cell)
				}
				if back := order.CSVText(cell); back != tt.text {
					t.Errorf("%q came back as %q", tt.text, back)
				}
			}
		}
	}
}

// X2: a text that is no ID, with what an ID cannot have, is safe as well.
func TestX2_CellsWithControlCharacters(t *testing.T) {
	for text, want := range map[string]string{
		"\t=1": "'\t'=1", "\r\n=1": "'\r'\n'=1", "a\t=1": "a\t'=1", "a\n@x": "a\n'@x", "a\r+1": "a\r'+1", "a\tb": "a\tb",
		"\u00a0=1": "'\u00a0=1", "\ufeff=1": "'\ufeff=1", "\u200b-1": "'\u200b-1", "\v=1": "'\v=1", "\x00=1": "'\x00=1", "\u3000＝1": "'\u3000＝1",
		"": "", "\xff": "\xff", ";\xff=1": ";\xff=1",
	} {
		if cell := order.CSVCell(text); cell != want || order.CSVText(cell) != text {
			t.Errorf("%q is written %q, want %q, and read %q", text, cell, want, order.CSVText(cell))
		}
	}
}

// X2: whatever a cell is split at, and whatever is taken off, no part of it begins a formula,
// and the text comes back. It was safe at the start of the cell alone.
func TestX2_CellsAreSafeHoweverTheyAreSplit(t *testing.T) {
	part := rapid.SampledFrom([]string{";", ",", "\t", "\r", "\n", " ", "\u00a0", "\ufeff", "'", `"`, "=", "+", "-", "@", "＝", "＋", "－", "＠", "a", "1", "世", "\xff"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(part).Draw(t, "parts"), "")
		cell := order.CSVCell(text)
		if begun, is := beginsFormula(cell); is {
			t.Fatalf("%q is written %q, and %q begins a formula", text, cell, begun)
		}
		if back := order.CSVText(cell); back != text {
			t.Fatalf("%q is written %q, and read %q", text, cell, back)
		}
		other := strings.Join(rapid.SliceOf(part).Draw(t, "other"), "")
		if other != text && order.CSVCell(other) == cell {
			t.Fatalf("%q and %q are both written %q", text, other, cell)
		}
	})
}

// beginsFormula returns the part of a cell that a spreadsheet could read as a formula, as it is
// split at semicolons, commas, tabs and line breaks.
func beginsFormula(cell string) (string, bool) {
	for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(";,\t\r\n", r) }) {
		bare := strings.TrimLeft(part, " \"\u00a0\ufeff")
		if strings.IndexFunc(bare, func(r rune) bool { return strings.ContainsRune("=+-@＝＋－＠", r) }) == 0 {
			return part, true
		}
	}
	return cell, cell != "" && strings.ContainsRune("\t\r\n", rune(cell[0]))
}

func csvWriters() map[string]csvWriter {
	return map[string]csvWriter{"orders": order.WriteCSV, "lines": order.WriteLinesCSV}
}

func csvRows(t interface{ Fatal(...any) }, text string) [][]string {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(text, "\r\n"); n != len(rows) || strings.Count(text, "\n") != n || strings.Count(text, "\r") != n || !strings.HasSuffix(text, "\r\n") {
		t.Fatal("the rows do not end in CRLF, each")
	}
	return rows
}

// csvOrder draws an order in any of several states, with texts that are hard to write.
func csvOrder(t *rapid.T) order.Order {
	text := func(label string, least int) string {
		return rapid.StringOfN(rapid.RuneFrom([]rune(`=+-@'",; |aé＝＋－＠世%\`)), least, 6, -1).Draw(t, label)
	}
	cur := rapid.SampledFrom([]order.Currency{order.USD, order.JPY, order.KWD}).Draw(t, "currency")
	typ := rapid.SampledFrom([]order.Type{order.TypePurchase, order.TypeUnsubscribe, order.TypeTrial}).Draw(t, "type")
	lines := make([]order.Line, rapid.IntRange(1, 4).Draw(t, "lines"))
	for i := range lines {
		l := &lines[i]
		*l = order.Line{
			Product: text("product", 1), Service: text("service", 0), Region: text("region", 0), Configuration: text("configuration", 0),
			Resource: order.ResourceID(text("resource", 0)), Count: rapid.IntRange(1, 1e6).Draw(t, "count"),
			Charge: rapid.SampledFrom(order.Charges()).Draw(t, "charge"),
		}
		minor := rapid.Int64Range(0, 1e15).Draw(t, "amount")
		switch {
		case i > 0 && rapid.Bool().Draw(t, "foreign"):
			l.Seller = text("seller", 1)
		case typ == order.TypeTrial || l.Charge == order.ChargePayPerUse:
			minor = 0
		case typ == order.TypeUnsubscribe:
			minor = -minor
		}
		l.Amount = order.Minor(minor, cur)
		l.Tax = order.Minor(minor/3, cur)
		if rapid.Bool().Draw(t, "term") {
			l.Term, l.UnitPrice, l.Per = order.Term{N: rapid.IntRange(1, 99).Draw(t, "n"), Unit: order.Hour}, order.Percent(int64(i*37)), order.Minute
		}
	}
	at := queryAt().Add(time.Duration(rapid.IntRange(0, 1e6).Draw(t, "placed")) * time.Second)
	policy := order.Policy{Zone: time.FixedZone("", 60*rapid.IntRange(-14*60, 14*60).Draw(t, "zone"))}
	o := csvPlace(t, order.Draft{
		ID: order.ID(text("id", 1)), Customer: order.CustomerID(text("customer", 1)), User: order.CustomerID(text("user", 0)),
		Project: order.ProjectID(text("project", 0)), Type: typ, Lines: lines,
	}, at, policy)
	if o.State != order.StateUnpaid {
		return o
	}
	var err error
	if rapid.Bool().Draw(t, "reduce") {
		cuts := make([]order.Cut, len(lines))
		for i, l := range lines {
			if l.Own() {
				cuts[i].Off = order.Minor(l.Amount.Minor()/7, cur)
			}
		}
		r := order.Reduction{Kind: text("kind", 1), ID: text("reduction", 1), Lapse: order.LapseHonored}
		if o, err = o.Reduce(r, cuts, at); err != nil {
			t.Fatal(err)
		}
	}
	if rapid.Bool().Draw(t, "pay") {
		pay := o.Payable().Minor()
		parts := order.Parts{Coupons: order.Minor(pay/5, cur), Cards: order.Minor(pay/9, cur), Cash: order.Minor(pay-pay/5-pay/9, cur)}
		if o, err = o.Apply(order.Move{Event: order.EventHold, At: at, By: "c", Payment: "p"}); err != nil {
			t.Fatal(err)
		}
		if o, err = o.Apply(order.Move{Event: order.EventSettle, At: at, By: "c", Payment: "p", Parts: []order.OrderParts{{Order: o.ID, Parts: parts}}}); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

// csvTwin are the cells of an order's row as text, without any guard.
func csvTwin(o order.Order) []string {
	var products []string
	for _, l := range o.Lines {
		if !slices.Contains(products, l.Product) {
			products = append(products, l.Product)
		}
	}
	zero := order.Minor(0, o.Currency()).Amount()
	or := func(s, other string) string {
		if s == "" {
			return other
		}
		return s
	}
	stamp := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(time.RFC3339)
	}
	return []string{
		string(o.ID), string(o.Customer), string(o.User), string(o.Purchase), string(o.Project), string(o.Type), string(o.State), string(o.Reason),
		strings.Join(products, ", "), o.List().Amount(), o.Discount().Amount(), o.Payable().Amount(),
		or(o.Paid.Coupons.Amount(), zero), or(o.Paid.Cards.Amount(), zero), or(o.Paid.Cash.Amount(), zero), o.Currency().String(),
		o.Reduction.Kind, o.Reduction.ID, stamp(o.Placed), stamp(o.Deadline), stamp(o.Changed),
	}
}

func csvLineTwin(o order.Order, l order.Line) []string {
	off, payable := "", ""
	if l.Own() {
		off, payable = order.Minor(l.Off.Minor(), o.Currency()).Amount(), order.Minor(l.Amount.Minor()-l.Off.Minor(), o.Currency()).Amount()
	}
	return []string{
		string(o.ID), l.Product, l.Service, l.Region, l.Configuration, string(l.Resource), strconv.Itoa(l.Count), l.Term.String(), l.UnitPrice.String(),
		string(l.Per), string(l.Charge), l.Amount.Amount(), l.Tax.Amount(), off, payable, l.Amount.Currency().String(), l.Seller,
	}
}

// textColumn are the columns that are guarded.
func textColumn(name string) bool {
	return slices.Contains([]string{"id", "customer", "user", "purchase", "project", "products", "reduction kind", "reduction id",
		"order", "product", "service", "region", "configuration", "resource", "seller"}, name)
}

// checkCSV compares what was written with what was to be written, cell by cell.
func checkCSV(t interface {
	Fatal(...any)
	Fatalf(string, ...any)
}, text string, want [][]string) {
	rows := csvRows(t, text)
	for _, row := range rows[1:] {
		for c, cell := range row {
			if !textColumn(rows[0][c]) {
				continue
			}
			if part, is := beginsFormula(cell); is {
				t.Fatalf("column %s: %q of %q begins a formula", rows[0][c], part, cell)
			}
			row[c] = order.CSVText(cell)
		}
	}
	if diff := cmp.Diff(want, rows[1:]); diff != "" {
		t.Fatalf("(-want +read):\n%s", diff)
	}
}

func TestX2_CSVReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		orders := rapid.SliceOfN(rapid.Custom(csvOrder), 1, 5).Draw(t, "orders")
		var want, wantLines [][]string
		for _, o := range orders {
			want = append(want, csvTwin(o))
			for _, l := range o.Lines {
				wantLines = append(wantLines, csvLineTwin(o, l))
			}
		}
		checkCSV(t, csvText(t, order.WriteCSV, orders...), want)
		checkCSV(t, csvText(t, order.WriteLinesCSV, orders...), wantLines)
		for _, row := range want { // list - discount = payable = coupons + cards + cash (O5)
			cur, err := order.ParseCurrency(row[15])
			if err != nil {
				t.Fatal(err)
			}
			m := make([]int64, 6)
			for i := range m {
				a, err := order.ParseMoney(row[9+i], cur)
				if err != nil {
					t.Fatal(err)
				}
				m[i] = a.Minor()
			}
			if m[0]-m[1] != m[2] || row[6] == string(order.StatePaid) && m[3]+m[4]+m[5] != m[2] {
				t.Fatalf("the amounts do not add up: %v", row[9:15])
			}
		}
	})
}

func FuzzX2_CSV(f *testing.F) {
	for _, s := range []string{"=1", "a\"b", "a,b", "'", "\r\n", "\t=1", "＝", "\xff", " @x", "\"", "a\\.b", `\.`, "#", " "} {
		f.Add(s, s, s)
	}
	f.Fuzz(func(t *testing.T, product, configuration, id string) {
		line := queryLine(product, order.ChargeSubscription)
		line.Configuration = configuration
		o, err := order.Place(queryDraft(order.ID(id), line), queryAt(), order.Baidu())
		if err != nil {
			if !errors.Is(err, order.ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		checkCSV(t, csvText(t, order.WriteCSV, o), [][]string{csvTwin(o)})
		checkCSV(t, csvText(t, order.WriteLinesCSV, o), [][]string{csvLineTwin(o, o.Lines[0])})
	})
}

func TestX2_ExportStops(t *testing.T) {
	good := queryPlace(t, queryDraft("o-1"), queryAt())
	broken := errors.New("the store went away")
	spoiled := func(spoil func(*order.Order)) order.Order {
		o := good
		o.ID, o.Lines = "bad", slices.Clone(o.Lines)
		spoil(&o)
		return o
	}
	foreign := queryLine("image", order.ChargePackage)
	foreign.Seller, foreign.Tax = "acme", order.Minor(1, order.EUR)
	for _, tt := range []struct {
		name  string
		write string
		order order.Order
		err   error
		field string // of the FieldError; empty: the error of the sequence
	}{
		{"sequence", "orders", order.Order{}, broken, ""},
		{"sequence", "lines", good, broken, ""},
		{"no order", "orders", order.Order{}, nil, "id"},
		{"text with a line break", "lines", spoiled(func(o *order.Order) { o.Lines[0].Configuration = "a\r\nb" }), nil, "lines[0].configuration"},
		{"tab", "orders", spoiled(func(o *order.Order) { o.Lines[0].Product = "\t=1" }), nil, "lines[0].product"},
		{"sums that are wrong", "orders", spoiled(func(o *order.Order) { o.Lines[0].Off = order.Minor(1, order.USD) }), nil, "lines[0].off"},
		{"two currencies", "orders", spoiled(func(o *order.Order) {
			o.Lines = append(o.Lines, o.Lines[0])
			o.Lines[1].Amount = order.Minor(1, order.EUR)
		}), nil, "lines[1].amount"},
		{"paid before it is", "orders", spoiled(func(o *order.Order) { o.Paid.Cash = order.Minor(1000, order.USD) }), nil, "paid"},
		{"unknown word", "lines", spoiled(func(o *order.Order) { o.Type = "=1" }), nil, "type"},
		{"parts of a second", "orders", spoiled(func(o *order.Order) { o.Changed = o.Changed.Add(1) }), nil, "changed"},
		{"a zone that RFC 3339 has no form for", "orders", spoiled(func(o *order.Order) { o.Changed = o.Changed.In(time.FixedZone("LMT", 8*60*60+5*60+43)) }), nil, "changed"},
		{"a third party's tax in another currency", "lines", spoiled(func(o *order.Order) { o.Lines = append(o.Lines, foreign) }), nil, "lines[1].tax"},
	} {
		var b bytes.Buffer
		pulled := 0
		n, err := csvWriters()[tt.write](&b, func(yield func(order.Order, error) bool) {
			for _, o := range []order.Order{good, good, tt.order, good} {
				var err error
				if pulled++; pulled == 3 {
					err = tt.err
				}
				if !yield(o, err) {
					return
				}
			}
		})
		var e *order.ExportError
		if n != 2 || pulled != 3 || !errors.As(err, &e) || e.Rows != 2 {
			t.Errorf("%s: %d rows, %d orders asked for, %v; want 2 and 3", tt.name, n, pulled, err)
			continue
		}
		var f *order.FieldError
		switch {
		case tt.err != nil && (!errors.Is(err, tt.err) || e.Order != ""):
			t.Errorf("%s: %v is not the error of the sequence", tt.name, err)
		case tt.err == nil && (!errors.Is(err, order.ErrInvalid) || !errors.As(err, &f) || f.Field != tt.field || e.Order != tt.order.ID):
			t.Errorf("%s: want field %s, got %v", tt.name, tt.field, err)
		}
		if want := csvText(t, csvWriters()[tt.write], good, good); b.String() != want {
			t.Errorf("%s: the rows before are\n%q, want\n%q", tt.name, b.String(), want)
		}
	}
}

// csvSink takes some bytes and then none.
type csvSink struct {
	room  int
	short bool // says nothing of what it did not take
	got   bytes.Buffer
	most  int // bytes at once
	rows  int
}

var errFull = errors.New("disk full")

func (s *csvSink) Write(p []byte) (int, error) {
	s.most = max(s.most, len(p))
	n, _ := s.got.Write(p[:min(len(p), s.room)])
	s.room -= n
	s.rows += bytes.Count(p[:n], []byte("\r\n"))
	if n < len(p) && !s.short {
		return n, errFull
	}
	return n, nil
}

func TestX2_WriterFails(t *testing.T) {
	good := queryPlace(t, queryDraft("o-1"), queryAt())
	for _, short := range []bool{false, true} {
		for _, room := range []int{0, 10, 100_000} {
			s, pulled := &csvSink{room: room, short: short}, 0
			n, err := order.WriteCSV(s, func(yield func(order.Order, error) bool) {
				for pulled < 100_000 {
					if pulled++; !yield(good, nil) {
						return
					}
				}
			})
			want := errFull
			if short {
				want = io.ErrShortWrite
			}
			var e *order.ExportError
			if !errors.Is(err, want) || !errors.As(err, &e) || e.Order != "" || e.Rows != n {
				t.Errorf("room %d: %v, want %v", room, err, want)
			}
			if n < s.rows-1 {
				t.Errorf("room %d: %d rows counted, %d written", room, n, s.rows-1)
			}
			if pulled == 100_000 {
				t.Errorf("room %d: all orders were asked for", room)
			}
		}
	}
	s := &csvSink{}
	broken := errors.New("broken")
	if _, err := order.WriteCSV(s, func(yield func(order.Order, error) bool) { yield(good, broken) }); !errors.Is(err, broken) || !errors.Is(err, errFull) {
		t.Errorf("both fail: %v", err)
	}
}

func TestX2_Streams(t *testing.T) {
	good := queryPlace(t, queryDraft("o-1"), queryAt())
	for name, write := range csvWriters() {
		s := &csvSink{room: 1 << 30}
		behind := 0
		n, err := write(s, func(yield func(order.Order, error) bool) {
			for i := range 20_000 {
				behind = max(behind, i-s.rows)
				if !yield(good, nil) {
					return
				}
			}
		})
		if err != nil || n != 20_000 {
			t.Fatal(name, n, err)
		}
		if behind > 1000 || s.most > 64<<10 {
			t.Errorf("%s: %d rows and %d bytes were kept back", name, behind, s.most)
		}
	}
}

func TestX2_ExportUntil(t *testing.T) {
	made := time.Date(2018, 11, 1, 8, 0, 0, 999_999_999, time.FixedZone("", 8*60*60))
	until, ends := order.HuaweiChina().ExportUntil(made.UTC())
	if want := "2018-11-04 08:00:00 +0800"; !ends || until.Format("2006-01-02 15:04:05.999999999 -0700") != want {
		t.Fatalf("kept until %v, %v; want %s", until, ends, want)
	}
	kept := order.Window{From: made, Until: until}
	for _, tt := range []struct {
		after time.Duration
		want  bool
	}{{0, true}, {3*24*time.Hour - time.Second, true}, {3 * 24 * time.Hour, true}, {3*24*time.Hour + 1, false}} {
		if got := kept.Contains(made.Add(tt.after)); got != tt.want { // made is at the end of its second
			t.Errorf("kept %v after it was made: %v, want %v", tt.after, got, tt.want)
		}
	}
	for name, p := range map[string]order.Policy{"zero": {}, "Huawei": order.Huawei(), "Alibaba": order.Alibaba(), "Baidu": order.Baidu()} {
		if until, ends := p.ExportUntil(made); ends || !until.IsZero() {
			t.Errorf("%s: an export ends %v, nobody said so", name, until)
		}
	}
}

func ExampleWriteCSV() {
	at := time.Date(2025, 10, 27, 12, 0, 0, 0, time.UTC)
	var orders []order.Order // a host's; instead of Each, any sequence will do, as one that reads a database
	for i, product := range []string{"=2+3", "disk"} {
		o, err := order.Place(order.Draft{
			ID: order.ID(fmt.Sprint("o-", i+1)), Customer: "c-1", Type: order.TypePurchase,
			Lines: []order.Line{{Product: product, Count: 1, Charge: order.ChargeSubscription, Amount: order.Minor(1230, order.USD)}},
		}, at, order.Policy{})
		if err != nil {
			fmt.Println(err)
			return
		}
		orders = append(orders, o)
	}

	var out strings.Builder
	q := order.Query{Customer: "c-1", State: order.StateUnpaid}
	n, err := order.WriteCSV(&out, q.Select(order.Each(orders))) // everything that matches; Each alone: a selection
	fmt.Print(strings.ReplaceAll(out.String(), "\r\n", "\n"))
	fmt.Println(n, err)
	// Output:
	// id,customer,user,purchase,project,type,state,reason,products,list,discount,payable,coupons,cards,cash,currency,reduction kind,reduction id,placed,deadline,changed
	// o-1,c-1,,,,purchase,unpaid,,'=2+3,12.30,0.00,12.30,0.00,0.00,0.00,USD,,,2025-10-27T12:00:00Z,2025-11-03T12:00:00Z,2025-10-27T12:00:00Z
	// o-2,c-1,,,,purchase,unpaid,,disk,12.30,0.00,12.30,0.00,0.00,0.00,USD,,,2025-10-27T12:00:00Z,2025-11-03T12:00:00Z,2025-10-27T12:00:00Z
	// 2 <nil>
}

// queryStreamOf gives the same order n times.
func queryStreamOf(o order.Order, n int) iter.Seq2[order.Order, error] {
	return func(yield func(order.Order, error) bool) {
		for range n {
			if !yield(o, nil) {
				return
			}
		}
	}
}

// BenchmarkX2_WriteCSV stands beside its floor: encoding/csv with the same columns and
// neither checks nor guards.
func BenchmarkX2_WriteCSV(b *testing.B) {
	const rows = 10_000
	o := csvFull(b)
	b.Run("duebook", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := order.WriteCSV(io.Discard, queryStreamOf(o, rows)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("floor", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			w := csv.NewWriter(io.Discard)
			w.UseCRLF = true
			for o := range queryStreamOf(o, rows) {
				if err := w.Write(csvTwin(o)); err != nil {
					b.Fatal(err)
				}
			}
			w.Flush()
		}
	})
}
