package ledger

import (
	"context"
	"errors"
	"time"

	"github.com/duebook/duebook/order"
)

var (
	// ErrConflict: someone else was faster, and certainly nothing was written. The Desk
	// loads, judges and commits again; where that has been in vain too often, try again.
	ErrConflict = errors.New("conflict: a record has changed since it was read")
	// ErrInDoubt: perhaps the commit was written. Say the same again: what was done is not
	// done twice.
	ErrInDoubt = errors.New("in doubt: perhaps it was written")
)

// Store keeps the records (P16). It is the only thing that makes a payment atomic.
// ledgertest.TestStore checks what it promises.
type Store interface {
	// Load returns the records asked for, each with its version, all as of one instant.
	// What is not there is left out. Records of one group come together: asked for one of
	// the orders of a purchase, it returns all of them, and asked for a resource, its main
	// resource and everything else that belongs to it. What is returned is the caller's.
	Load(ctx context.Context, ask Ask) (Records, error)

	// Commit writes all of c.Put or nothing, each record with a version one higher. If a
	// record in c.Expect or c.Put is not at the version given, which is the one read (0: it
	// must not exist), or the records of a kind or group in c.ExpectAll are not as many as
	// given, with that sum of versions, before any of c.Put is written, the error is
	// ErrConflict and certainly nothing was written: a record that is new among those that
	// were loaded whole is a conflict. ErrInDoubt: perhaps it was written. Any other error: certainly
	// not. Of two commits that expect what the other puts, or to be all where the other puts
	// one more, one succeeds. The store keeps copies of its own.
	Commit(ctx context.Context, c Change) error

	// Waiting names the records whose waiting time is not after due.At: at most due.Limit
	// asks, one for each customer, the customer that waits the longest first, and in an ask the
	// record that waits the longest first, at most due.Limit of them. With a lease, the customers
	// that it names are leased, and those that somebody else has leased are left out.
	Waiting(ctx context.Context, due Due) ([]Ask, error)
}

// Due asks what the clock moves next.
type Due struct {
	At    time.Time // what waits no longer than until then; a whole second
	Limit int       // how many customers at most, and how many records of each
	Lease Lease     // zero: nobody is leased, and nobody is left out
}

// Lease says who means to see to the customers that a [Store] names, and for how long nobody else
// who asks with a lease is to be told of them: from At until At+For, not at At+For. Who has leased a
// customer is told again whenever they ask, and that renews the lease. Hosts that share a store
// so share the work. Nothing depends on it: whoever asks without a lease is told of all, and two
// hosts that do the same do it once.
type Lease struct {
	By  string        // a name of the host; empty: the zero Lease
	For time.Duration // longer than a sweep takes; what a host that died had leased waits so long
}

// Locker is a Store that lets one caller after the other at a customer, where they would else
// meet at its commit again and again. The Desk locks a customer that has conflicted once already,
// until it has committed, and calls no gateway meanwhile. Nothing is right or wrong by it: the commit compares what was read
// all the same. [Locks] is one within a process.
type Locker interface {
	// Lock waits until nobody else has the customer, or for the end of ctx. unlock is called once.
	Lock(ctx context.Context, customer order.CustomerID) (unlock func(), err error)
}

// Finder is a Store that finds orders by what they are (X1), for the pages that a customer
// looks at and exports: desk.Desk.Orders and AllOrders. ledgertest.TestStore checks it where
// a store has it.
type Finder interface {
	// Find returns the page of q: the orders of q.Customer that meet every field of q that is
	// set and stand after q.After, the newest first, as [order.Compare] says (by time placed,
	// then by ID, both descending, IDs by their bytes); at most q.Limit of them, or
	// [order.DefaultLimit]. A zero From or Until is open.
	//
	// Next is the place of the last order of the page ([order.CursorOf]) if another one follows
	// it, else zero. Ask for one order more than the page has: [order.Query.Page] makes the page
	// of what comes. With orders placed in the meantime, no order comes twice or is left out.
	//
	// A page stands as of one instant, and is the caller's. A query that is not valid, or of no
	// customer, is an [*order.FieldError] with the field of the query; it never finds the orders
	// of all customers.
	Find(ctx context.Context, q order.Query) (order.Page, error)
}
