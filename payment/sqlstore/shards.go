package sqlstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// Shards keeps records in several PostgreSQL databases, on one server or on many: each customer is in
// one of them, whole, so that a commit is a transaction of one database (P16). Every host has the same
// databases in the same order.
type Shards struct {
	of    []*Postgres
	turns []turns
}

// turns are the statements of a shard about what waits, with the time since when a customer does.
type turns struct{ waiting, leasing, release string }

// OpenShards opens the database of each shard as [OpenPostgres] does. Their number and their order are
// for good, since they say where a customer is: to grow, begin with more databases than servers, and
// move whole databases. Where the first customers of one are not those that it should have, the
// error is a [*SettingError].
func OpenShards(ctx context.Context, dsns ...string) (*Shards, error) {
	var of []*Postgres
	var schemas []string
	for _, dsn := range dsns {
		o, err := postgresOptions(dsn)
		var p *Postgres
		if err == nil {
			p, err = OpenPostgres(ctx, dsn)
		}
		if err != nil {
			for _, p := range of {
				p.pool.Close()
			}
			return nil, err
		}
		of, schemas = append(of, p), append(schemas, o.schema)
	}
	s, err := newShards(of, schemas)
	if err == nil {
		err = s.check(ctx, schemas)
	}
	if err != nil {
		for _, p := range of {
			p.pool.Close()
		}
		return nil, err
	}
	return s, nil
}

func newShards(of []*Postgres, schemas []string) (*Shards, error) {
	if len(of) == 0 {
		return nil, &SettingError{"shards", "", "give the DSN of each"}
	}
	s := &Shards{of: of}
	since := strings.NewReplacer("select c.customer, r.kind,", "select c.customer, c.waits, r.kind,")
	for i, p := range of {
		s.turns = append(s.turns, turns{since.Replace(p.sql.waiting), since.Replace(p.sql.leasing),
			inSchema("update duebook.customers set leased_by = null, leased_until = null where customer = any($1::text[]) and leased_by = $2", schemas[i])})
	}
	return s, nil
}

// check looks whether a few customers of each shard are where they should be.
func (s *Shards) check(ctx context.Context, schemas []string) error {
	for i, p := range s.of {
		rows, err := p.pool.Query(ctx, inSchema("select customer from duebook.customers limit 100", schemas[i]))
		if err != nil {
			return fmt.Errorf("sqlstore: open: %w", err)
		}
		found, err := pgx.CollectRows(rows, pgx.RowTo[order.CustomerID])
		if err != nil {
			return fmt.Errorf("sqlstore: open: %w", err)
		}
		for _, c := range found {
			if at := s.index(c); at != i {
				return &SettingError{fmt.Sprintf("shard %d", i), fmt.Sprintf("has customer %s of shard %d", c, at), "give the databases of the shards in the order in which they were filled, all of them"}
			}
		}
	}
	return nil
}

// index is the shard of a customer: FNV-1a of its bytes, in 64 bits, modulo the number of shards.
func (s *Shards) index(c order.CustomerID) int {
	h := fnv.New64a()
	h.Write([]byte(c))
	return int(h.Sum64() % uint64(len(s.of)))
}

// All returns the stores of the shards, in their order: to set Beside, or to export.
func (s *Shards) All() []*Postgres { return slices.Clone(s.of) }

// Of returns the store that has a customer, for [Postgres.InTx].
func (s *Shards) Of(c order.CustomerID) *Postgres { return s.of[s.index(c)] }

// Close closes all connections, once the calls that use them have ended.
func (s *Shards) Close() error {
	var errs []error
	for _, p := range s.of {
		errs = append(errs, p.Close())
	}
	return errors.Join(errs...)
}

// Load returns the records asked for, from the shard of the customer.
func (s *Shards) Load(ctx context.Context, ask ledger.Ask) (ledger.Records, error) {
	return s.Of(ask.Customer).Load(ctx, ask)
}

// Commit writes a change whole, or nothing of it, in the shard of its customer (P16).
func (s *Shards) Commit(ctx context.Context, c ledger.Change) error {
	return s.Of(c.Customer).Commit(ctx, c)
}

// Find returns a page of a customer's orders (X1).
func (s *Shards) Find(ctx context.Context, q order.Query) (order.Page, error) {
	return s.Of(q.Customer).Find(ctx, q)
}

// Lock lets the hosts at a customer one after the other.
func (s *Shards) Lock(ctx context.Context, c order.CustomerID) (unlock func(), err error) {
	return s.Of(c).Lock(ctx, c)
}

// waiter is a customer that waits, and since when.
type waiter struct {
	ledger.Ask
	since time.Time
	shard int
}

// Waiting names what waits for the clock in all shards, and leases those whom it names. A shard that
// does not answer holds up none of the others: it is an error where nothing of these waits.
func (s *Shards) Waiting(ctx context.Context, due ledger.Due) ([]ledger.Ask, error) {
	found := make([][]waiter, len(s.of))
	down := s.each(func(i int) error {
		return retried(ctx, func() (err error) {
			found[i], err = s.turnsOf(ctx, i, due)
			return err
		})
	})
	all := slices.Concat(found...)
	slices.SortFunc(all, func(a, b waiter) int {
		return cmp.Or(a.since.Compare(b.since), cmp.Compare(a.Customer, b.Customer))
	})
	if len(all) == 0 {
		return nil, down
	}
	named := all[:min(due.Limit, len(all))]
	if rest := all[len(named):]; due.Lease.By != "" && len(rest) > 0 {
		// What cannot be released is so when the lease ends.
		_ = s.each(func(i int) error { return s.release(ctx, i, due.Lease.By, rest) })
	}
	var asks []ledger.Ask
	for _, t := range named {
		asks = append(asks, t.Ask)
	}
	return asks, nil
}

// each calls all shards at once.
func (s *Shards) each(call func(i int) error) error {
	errs := make([]error, len(s.of))
	var wait sync.WaitGroup
	for i := range s.of {
		wait.Go(func() {
			if errs[i] = call(i); errs[i] != nil {
				errs[i] = fmt.Errorf("shard %d: %w", i, errs[i])
			}
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

// turnsOf returns what waits in one shard.
func (s *Shards) turnsOf(ctx context.Context, i int, due ledger.Due) (found []waiter, _ error) {
	sql, args := s.turns[i].waiting, []any{due.At.UTC()}
	if l := due.Lease; l.By != "" {
		sql, args = s.turns[i].leasing, append(args, l.By, due.At.Add(l.For).UTC())
	}
	rows, err := s.of[i].pool.Query(ctx, atMost(sql, due.Limit), args...)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: waiting: %w", err)
	}
	t := waiter{shard: i}
	var r ledger.Ref
	if _, err := pgx.ForEachRow(rows, []any{&t.Customer, &t.since, &r.Kind, &r.ID, &r.Version}, func() error {
		if n := len(found); n == 0 || found[n-1].Customer != t.Customer {
			found = append(found, t)
		}
		last := &found[len(found)-1]
		last.Refs = append(last.Refs, r)
		return nil
	}); err != nil {
		return nil, fmt.Errorf("sqlstore: waiting: %w", err)
	}
	return found, nil
}

// release ends the leases of those in a shard whom nobody was told of.
func (s *Shards) release(ctx context.Context, i int, by string, rest []waiter) error {
	var customers []string
	for _, t := range rest {
		if t.shard == i {
			customers = append(customers, string(t.Customer))
		}
	}
	if customers == nil {
		return nil
	}
	_, err := s.of[i].pool.Exec(ctx, s.turns[i].release, customers, by)
	return err
}

// List lists records over all customers (X4): what a page has of each shard is as of one instant.
func (s *Shards) List(ctx context.Context, q ledger.ListQuery) (page ledger.RecordPage, _ error) {
	if err := q.Check(); err != nil {
		return page, err
	}
	pages := make([]ledger.RecordPage, len(s.of))
	if err := s.each(func(i int) (err error) {
		pages[i], err = s.of[i].List(ctx, q)
		return err
	}); err != nil {
		return page, err
	}
	more := false
	for _, p := range pages {
		page.Records, more = append(page.Records, p.Records...), more || !p.Next.IsZero()
	}
	slices.SortFunc(page.Records, func(a, b ledger.Record) int { return ledger.CursorOf(a).Compare(ledger.CursorOf(b)) })
	if limit := cmp.Or(q.Limit, order.DefaultLimit); more || len(page.Records) > limit { // one that has more has a page full
		page.Records = page.Records[:limit:limit]
		page.Next = ledger.CursorOf(page.Records[limit-1])
	}
	return page, nil
}
