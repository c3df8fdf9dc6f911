package proof_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/ledger"
)

// scene is a database, a gateway, and the hosts that share them.
type scene struct {
	t     *testing.T
	dsn   string
	dir   string
	store keeper
	book  *book
	off   time.Duration // how far the clock is ahead
	d     *desk.Desk    // of who looks
	began int           // how many hosts have
	hosts []*process

	checked, commits int     // of what was acknowledged, how much is there, and how many of it are commits
	refused          int     // how many commits were not written for certain, and are not there
	sum              outcome // of the loads that were heard of
}

// process is a host as it is seen from outside.
type process struct {
	role
	cmd     *exec.Cmd
	tasks   io.WriteCloser
	answers *bufio.Scanner
	errs    bytes.Buffer
	seen    int // how much of the log
}

func newScene(t *testing.T, dsn string) *scene {
	t.Helper()
	s := &scene{t: t, dsn: dsn, dir: t.TempDir()}
	var err error
	if s.book, err = openBook(filepath.Join(s.dir, "book")); err != nil {
		t.Fatal(err)
	}
	s.book.calm = true
	if s.store, err = opened(context.Background(), s.dsn); err != nil {
		t.Fatal(err)
	}
	s.d = deskOn(s.store, s.book, "looker", &s.off)
	t.Cleanup(func() {
		for _, p := range s.hosts {
			p.kill()
		}
		s.store.Close()
	})
	return s
}

// start starts a host.
func (s *scene) start() *process {
	s.t.Helper()
	s.began++
	name := fmt.Sprint("h", s.began)
	p := &process{role: role{Name: name, DSN: s.dsn, Book: filepath.Join(s.dir, "book"), Log: filepath.Join(s.dir, name)}}
	text, err := json.Marshal(p.role)
	if err != nil {
		s.t.Fatal(err)
	}
	p.cmd = exec.Command(os.Args[0])
	p.cmd.Env = append(os.Environ(), asHost+"="+string(text))
	p.cmd.Stderr = &p.errs
	tasks, err1 := p.cmd.StdinPipe()
	answers, err2 := p.cmd.StdoutPipe()
	if err := errors.Join(err1, err2, p.cmd.Start()); err != nil {
		s.t.Fatal(err)
	}
	p.tasks, p.answers = tasks, bufio.NewScanner(answers)
	p.answers.Buffer(nil, 1<<20)
	s.hosts = append(s.hosts, p)
	return p
}

// tell gives a host a task.
func (s *scene) tell(p *process, x task) {
	s.t.Helper()
	x.Off = s.off
	text, err := json.Marshal(x)
	if err == nil {
		_, err = p.tasks.Write(append(text, '\n'))
	}
	if err != nil {
		s.t.Fatalf("host %s: %v\n%s", p.Name, err, p.errs.String())
	}
}

// hear returns what came of a task.
func (s *scene) hear(p *process) (out outcome) {
	s.t.Helper()
	if !p.answers.Scan() {
		_ = p.cmd.Wait()
		s.t.Fatalf("host %s has died: %v\n%s", p.Name, p.answers.Err(), p.errs.String())
	}
	if err := json.Unmarshal(p.answers.Bytes(), &out); err != nil {
		s.t.Fatal(err)
	}
	return out
}

// load has hosts be called by so many callers each, who do whatever comes.
func (s *scene) load(each int, customers []order.CustomerID, hosts ...*process) {
	s.t.Helper()
	for _, p := range hosts {
		s.tell(p, task{Load: customers, Each: each})
	}
}

// quiet ends the load.
func (s *scene) quiet(hosts ...*process) {
	s.t.Helper()
	for _, p := range hosts {
		s.tell(p, task{})
	}
	for _, p := range hosts {
		out := s.hear(p)
		s.sum.Acked += out.Acked
		s.sum.Doubts += out.Doubts
		s.sum.Calls += out.Calls
		s.sum.Failed += out.Failed
		s.sum.Refused += out.Refused
	}
}

// kill kills a host, if it is not dead.
func (p *process) kill() {
	if p.cmd.ProcessState != nil {
		return
	}
	_ = p.cmd.Process.Kill()
	_ = p.tasks.Close()
	_ = p.cmd.Wait() // killed
}

// must is for what cannot fail while nothing dies.
func (s *scene) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// later is how the clock goes on once the load has ended: within these steps everything is at rest (I11).
var later = []time.Duration{time.Second, 5 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 10 * time.Minute, 31 * time.Minute, time.Hour, time.Hour,
	6 * time.Hour, 6 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour}

// rest sweeps until nothing of the customers is on its way.
func (s *scene) rest(customers ...order.CustomerID) {
	s.t.Helper()
	for _, step := range later {
		for {
			swept, err := s.d.Sweep(context.Background(), 1000)
			s.must(err)
			s.must(errors.Join(swept.Errs...))
			if swept.Payments+swept.Refunds+swept.Notices == 0 {
				break
			}
		}
		moving := ""
		for _, c := range customers {
			for _, v := range s.read(ledger.Ask{Customer: c, All: []ledger.Kind{ledger.KindPayment, ledger.KindRefund, ledger.KindNotice}}).Views() {
				if !v.DueAt.IsZero() {
					moving = fmt.Sprintf("%s %s of %s is %s", v.Kind, v.ID, c, v.State)
				}
			}
		}
		if moving == "" {
			return
		}
		if s.off += step; step == later[len(later)-1] && s.off > 30*24*time.Hour {
			s.t.Fatalf("not at rest: %s", moving)
		}
	}
	s.t.Fatal("not at rest after all sweeps")
}

// read loads records; a connection may not know yet that its server was killed.
func (s *scene) read(ask ledger.Ask) (r ledger.Records) {
	s.t.Helper()
	var err error
	for range 20 {
		if r, err = s.store.Load(context.Background(), ask); err == nil {
			return r
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.t.Fatal(err)
	return r
}

// audit returns the records of a customer, in which nothing may be broken.
func (s *scene) audit(customer order.CustomerID) ledger.Records {
	s.t.Helper()
	r := s.read(ledger.AskAll(customer))
	moved, err := s.book.of(customer)
	s.must(err)
	for _, v := range ledger.Audit(r, moved) {
		s.t.Errorf("customer %s: %s %s", customer, v.Invariant, v.Text)
	}
	return r
}

// kept fails for whatever was acknowledged since it was last asked, by any host, and is not there, and for
// what certainly was not written, and is.
func (s *scene) kept(customers ...order.CustomerID) {
	s.t.Helper()
	all := make(map[order.CustomerID]*known)
	for _, c := range customers {
		all[c] = knownOf(s.audit(c))
	}
	for _, p := range s.hosts {
		text, err := os.ReadFile(p.Log)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		s.must(err)
		text = text[p.seen:]
		for line := range bytes.Lines(text) {
			if line[len(line)-1] != '\n' {
				break // it died as it wrote this
			}
			p.seen += len(line)
			var a acked
			s.must(json.Unmarshal(line, &a))
			if all[a.Customer] == nil {
				all[a.Customer] = knownOf(s.audit(a.Customer))
			}
			if a.Not != "" {
				if s.refused++; all[a.Customer].versions[ledger.Ref{Kind: ledger.KindTally, ID: a.Not}] != 0 {
					s.t.Errorf("host %s, customer %s: certainly not written, and there: %s", p.Name, a.Customer, a.Not)
				}
				continue
			}
			if s.checked++; a.Refs != nil {
				s.commits++
			}
			if lost := all[a.Customer].lost(&a); lost != "" {
				s.t.Errorf("host %s, customer %s: acknowledged and lost: %s", p.Name, a.Customer, lost)
			}
		}
	}
}

// known is what the store has of a customer.
type known struct {
	versions map[ledger.Ref]int64
	orders   map[order.ID]order.Order
	payments map[order.PaymentID]payment.Payment
}

func knownOf(r ledger.Records) *known {
	k := &known{versions: make(map[ledger.Ref]int64), orders: make(map[order.ID]order.Order), payments: make(map[order.PaymentID]payment.Payment)}
	for _, v := range r.Views() {
		k.versions[ledger.Ref{Kind: v.Kind, ID: v.ID}] = v.Version
	}
	for _, o := range r.Orders {
		k.orders[o.ID] = o
	}
	for _, p := range r.Payments {
		k.payments[p.ID] = p
	}
	return k
}

// lost says what of something acknowledged is not there; "": all is.
func (k *known) lost(a *acked) string {
	at := func(kind ledger.Kind, id string, version int64) string {
		if have := k.versions[ledger.Ref{Kind: kind, ID: id}]; have < version {
			return fmt.Sprintf("%s %s is at version %d, and %d was acknowledged", kind, id, have, version)
		}
		return ""
	}
	for _, r := range a.Refs {
		if lost := at(r.Kind, r.ID, r.Version); lost != "" {
			return lost
		}
	}
	for i := range a.Orders {
		o := &a.Orders[i]
		if lost := at(ledger.KindOrder, string(o.ID), max(o.Version, 1)); lost != "" {
			return lost
		}
		if now := k.orders[o.ID].State; o.State.Final() && now != o.State || o.State == order.StateRefunding && now != order.StateRefunded {
			return fmt.Sprintf("order %s is %s, and was %s", o.ID, now, o.State)
		}
	}
	if p := a.Payment; p != nil {
		if lost := at(ledger.KindPayment, string(p.ID), max(p.Version, 1)); lost != "" {
			return lost
		}
		now := k.payments[p.ID]
		if p.State.Final() && now.State != p.State {
			return fmt.Sprintf("payment %s is %s, and was %s", p.ID, now.State, p.State)
		}
		was, ok := p.Receipt()
		if is, still := now.Receipt(); ok && (!still || !sameReceipt(was, is)) {
			return fmt.Sprintf("the receipt of payment %s is %+v, and was %+v", p.ID, is, was)
		}
	}
	if a.Coupon != "" {
		return at(ledger.KindCoupon, string(a.Coupon), 1)
	}
	if a.Deposit != "" {
		return at(ledger.KindEntry, a.Deposit, 1)
	}
	return ""
}

func sameReceipt(a, b payment.Receipt) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}

// furnish has a customer have orders a and b, and a card, for a race.
func (s *scene) furnish(c order.CustomerID) {
	s.t.Helper()
	ctx := context.Background()
	_, err := s.d.Issue(ctx, desk.IssueRequest{By: "host", Coupon: coupon.Coupon{ID: "card", Customer: c, Kind: coupon.KindCard, Face: usd(500), Reusable: true}})
	s.must(err)
	for _, id := range []order.ID{"a", "b"} {
		_, err := s.d.Place(ctx, desk.PlaceRequest{Customer: c, By: "u", Drafts: []order.Draft{{ID: id, Customer: c, Type: order.TypePurchase, Lines: []order.Line{{Product: "vm",
			Service: "ECS", Count: 1, Term: order.Term{N: 1, Unit: order.Month}, Charge: order.ChargeSubscription, Amount: usd(1000)}}}}})
		s.must(err)
	}
}

// whole audits every customer that the store has, and says what there is.
func (s *scene) whole() (there string) {
	s.t.Helper()
	n, seen := make(map[string]int), make(map[order.CustomerID]bool)
	for _, kind := range []ledger.Kind{ledger.KindEntry, ledger.KindOrder, ledger.KindCoupon, ledger.KindPayment, ledger.KindRefund} {
		for q := (ledger.ListQuery{Kind: kind, Limit: order.MaxLimit}); ; {
			page, err := s.store.List(context.Background(), q)
			s.must(err)
			for _, r := range page.Records {
				if seen[r.Customer] = true; kind == ledger.KindPayment || kind == ledger.KindRefund {
					n[string(r.Kind)+"s "+r.State]++
				} else if kind != ledger.KindEntry {
					n[string(r.Kind)+"s"]++
				}
			}
			if q.After = page.Next; q.After.IsZero() {
				break
			}
		}
	}
	for c := range seen {
		s.audit(c)
	}
	for _, what := range slices.Sorted(maps.Keys(n)) {
		there += fmt.Sprintf(", %d %s", n[what], what)
	}
	return strings.TrimPrefix(there, ", ")
}
