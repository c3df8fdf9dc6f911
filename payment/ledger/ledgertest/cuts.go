package ledgertest

import (
	"errors"
	"fmt"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// mostExchanges is how often a commit may go to the database and back.
const mostExchanges = 20

// VerifyCuts checks that a store says what is true of a commit whose connection breaks, at each point
// where it can: while a request is on its way, and while its answer is. The store is empty, reaches its
// database through the proxy and connects anew where a connection has broken. The error names the
// law that does not hold: where the answer to what commits is lost, the commit is
// [ledger.ErrInDoubt], and neither done nor certainly not done; where the request is, nothing was
// written. TestStore does not prove this, as it breaks no connection.
func VerifyCuts(p *Proxy, s ledger.Store) error {
	doubts := 0
	for _, answer := range [...]bool{false, true} {
		for n := 0; ; n++ {
			id := order.CustomerID(fmt.Sprintf("cut %d %t", n, answer))
			met, doubt, err := cutOnce(p, s, id, n, answer)
			if err != nil {
				return fmt.Errorf("ledgertest: the connection breaks at exchange %d of a commit, answer lost: %t: %w", n, answer, err)
			}
			if doubt {
				doubts++
			}
			if !met {
				break
			}
			if n == mostExchanges {
				return fmt.Errorf("ledgertest: a commit goes to the database and back more than %d times", n)
			}
		}
	}
	if doubts == 0 {
		return errors.New("ledgertest: no commit was in doubt that was written and of which the answer was lost")
	}
	return nil
}

// cutOnce breaks a connection at the exchange after n others of a commit, if there is one, and
// reports whether it did, and whether what was written was in doubt.
func cutOnce(p *Proxy, s ledger.Store, id order.CustomerID, n int, answer bool) (met, doubt bool, _ error) {
	for i := range 2 { // connections and statements are ready then
		if err := fill(s, id, tally(id, fmt.Sprint("before ", i), 1)); err != nil {
			return false, false, err
		}
	}
	p.arm(n, answer)
	err := s.Commit(ctx, ledger.Change{Customer: id, Put: tally(id, "cut", 1)})
	met = p.disarm()
	got, loadErr := s.Load(ctx, ledger.Ask{Customer: id, Refs: []ledger.Ref{{Kind: ledger.KindTally, ID: "cut"}}})
	for range 10 { // a store may have more connections that have broken, and not know yet
		if loadErr == nil {
			break
		}
		got, loadErr = s.Load(ctx, ledger.Ask{Customer: id, Refs: []ledger.Ref{{Kind: ledger.KindTally, ID: "cut"}}})
	}
	if loadErr != nil {
		return met, false, fmt.Errorf("then it cannot load: %w", loadErr)
	}
	written := len(got.Tallies) == 1
	switch doubt = errors.Is(err, ledger.ErrInDoubt); {
	case err == nil && !written:
		return met, false, errors.New("it says that the commit was written, and it was not")
	case err != nil && !doubt && written:
		return met, false, fmt.Errorf("it says that the commit certainly was not written, and it was: %w", err)
	case errors.Is(err, ledger.ErrConflict):
		return met, false, fmt.Errorf("it says that others were faster, and there are none: %w", err)
	}
	return met, doubt && written, nil
}
