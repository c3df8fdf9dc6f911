package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	lib "modernc.org/sqlite/lib"

	"github.com/duebook/duebook/payment/ledger"
)

// turn is a change on its way into a transaction, which it may share with others that wait.
type turn struct {
	ctx  context.Context
	c    ledger.Change
	rows []row
	done chan struct{} // closed once the rest is settled
	err  error
	boom any // what Beside panicked with
}

// Commit writes a change whole, or nothing of it (P16). Changes that wait for each other are
// written by one transaction, each whole or not at all: whoever comes first runs it for all. A ctx
// that ends before the change has its turn: certainly nothing was written.
func (s *SQLite) Commit(ctx context.Context, c ledger.Change) error {
	rows, err := rowsOf(c.Put)
	if err != nil {
		return err
	}
	t := &turn{ctx: ctx, c: c, rows: rows, done: make(chan struct{})}
	s.mu.Lock()
	s.turns = append(s.turns, t)
	s.mu.Unlock()
	for {
		select {
		case <-t.done:
			return t.result()
		default:
		}
		select {
		case <-t.done:
			return t.result()
		case <-ctx.Done():
			if s.leaves(t) {
				return ctx.Err()
			}
			<-t.done // it has its turn
			return t.result()
		case s.lead <- struct{}{}:
			if err := s.run(t); err != nil && s.leaves(t) {
				return err
			}
		}
	}
}

func (t *turn) result() error {
	if t.boom != nil {
		panic(t.boom)
	}
	return t.err
}

// leaves takes a turn back; false: it has been taken.
func (s *SQLite) leaves(t *turn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(s.turns, t)
	if i < 0 {
		return false
	}
	s.turns = slices.Delete(s.turns, i, i+1)
	return true
}

// run runs all turns that wait, if one of them is that of who leads. An error: there was no
// transaction, and they wait on.
func (s *SQLite) run(leader *turn) error {
	defer func() { <-s.lead }()
	select {
	case <-leader.done:
		return nil
	default:
	}
	tx, end, err := s.begin(leader.ctx)
	if err != nil {
		return err
	}
	defer end()
	s.mu.Lock()
	turns := s.turns
	s.turns = nil
	s.mu.Unlock()
	defer func() { // whatever happens, nobody waits for ever
		for _, t := range turns {
			close(t.done)
		}
	}()
	if !s.together(tx, turns) {
		end() // it has the one connection
		for _, t := range turns {
			s.alone(t)
		}
	}
	return nil
}

// begin begins a transaction, unless ctx ends first; after that it does not end it.
func (s *SQLite) begin(ctx context.Context) (tx *sql.Tx, end func(), err error) {
	within, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, cancel)
	tx, err = s.write.BeginTx(within, nil)
	if !stop() && err == nil {
		err = ctx.Err() // the transaction ends with within
	}
	if err != nil {
		cancel()
		return nil, nil, fmt.Errorf("sqlstore: commit: %w", err)
	}
	return tx, func() { tx.Rollback(); cancel() }, nil // a rollback does nothing after a commit
}

// alone runs one turn in a transaction of its own.
func (s *SQLite) alone(t *turn) {
	tx, end, err := s.begin(t.ctx)
	if err != nil {
		t.err = err
		return
	}
	defer end()
	s.together(tx, []*turn{t})
}

// together runs turns in one transaction, and settles the error of each. False: certainly nothing
// was written, of none, and one of several may be why, so each is to be tried alone.
func (s *SQLite) together(tx *sql.Tx, turns []*turn) bool {
	w := &sqliteWriter{SQLite: s, tx: tx, ctx: context.Background()}
	several := len(turns) > 1
	for _, t := range turns {
		t.err = ledger.ErrInDoubt // until it is known better
	}
	errs := make([]error, len(turns))
	for i, t := range turns {
		if errs[i] = t.ctx.Err(); errs[i] != nil {
			continue
		}
		gone := false
		if errs[i], gone = w.turn(t, several); !gone {
			continue
		}
		if several && !errors.Is(errs[i], sql.ErrTxDone) {
			return false
		}
		for _, t := range turns { // of several only if Beside has ended the transaction, perhaps by a commit
			if t.err = errs[i]; errors.Is(errs[i], sql.ErrTxDone) {
				t.err = fmt.Errorf("%w: %w", ledger.ErrInDoubt, errs[i])
			}
		}
		return true
	}
	err := s.end(tx)
	if err != nil {
		if several && !errors.Is(err, ledger.ErrInDoubt) {
			return false
		}
		err = fmt.Errorf("sqlstore: commit: %w", err)
	}
	for i, t := range turns {
		if t.err = errs[i]; t.err == nil {
			t.err = err
		}
	}
	return true
}

// end commits a transaction. An error that is not [ledger.ErrInDoubt]: certainly nothing was written.
func (s *SQLite) end(tx *sql.Tx) error {
	err := tx.Commit()
	if err == nil || uncommitted(err) {
		if err == nil {
			s.doubt.Store(false)
		}
		return err
	}
	s.doubt.Store(true)
	return fmt.Errorf("%w: %w", ledger.ErrInDoubt, err)
}

// uncommitted reports whether an error of a commit says that certainly nothing was written: the
// end of the log did not fit on the disk, another process has a lock, or a constraint of the host's
// does not hold. After all else the log may have it.
func uncommitted(err error) bool {
	switch sqliteCode(err) & 0xff {
	case lib.SQLITE_ERROR, lib.SQLITE_BUSY, lib.SQLITE_FULL, lib.SQLITE_CONSTRAINT, lib.SQLITE_READONLY:
		return true
	}
	return false
}

// settled has nothing to do but after a commit that is in doubt. The end of the log may have it:
// whoever opened the file after a crash would see it written, when it has been read as not written.
// The next transaction writes over it.
func (s *SQLite) settled(ctx context.Context) error {
	if !s.doubt.Load() {
		return nil
	}
	tx, end, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	within := context.WithoutCancel(ctx)
	for range 2 {
		if _, err := tx.StmtContext(within, s.writing.settle).ExecContext(within); err != nil {
			return fmt.Errorf("sqlstore: after a commit in doubt: %w", err)
		}
	}
	if err := s.end(tx); err != nil {
		return fmt.Errorf("sqlstore: after a commit in doubt: %w", err)
	}
	return nil
}
