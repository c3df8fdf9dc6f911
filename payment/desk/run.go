package desk

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"
)

const (
	runLimit = 100             // customers of one sweep, and records of each
	runEvery = 5 * time.Second // where the host names no time
	runMost  = time.Minute     // to wait after sweeps that failed
)

// Run sweeps, every so often, until ctx ends (P16): at once when it is called, and again at
// once while a sweep has left what is due. It returns when ctx has ended and the sweep that was
// running has returned; ctx is that sweep's too. Any number of hosts may run it on one store.
//
//	go d.Run(ctx, 5*time.Second, nil)
//
// After a sweep that failed, or of which everything failed, it waits longer each time, up to a
// minute, with a random part so that hosts do not come back together. An every of zero or less
// is 5 seconds. The waiting is in real time; the sweeps look at d.Now.
//
// It logs what was done, and nothing where nothing was: at level info what the sweep counts, at
// level warn what is left to an operator ([Swept], Reviews and Undeliverable), at level error
// what failed, also that the Desk lacks something. A nil log is slog.Default.
func (d *Desk) Run(ctx context.Context, every time.Duration, log *slog.Logger) {
	if every <= 0 {
		every = runEvery
	}
	if log == nil {
		log = slog.Default()
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for failed := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if ctx.Err() != nil { // as likely as the other, where both are ready
			return
		}
		s, err := d.Sweep(ctx, runLimit)
		wait := time.Duration(0)
		switch done := s.done(); {
		case err != nil, done == 0 && s.Failed > 0:
			failed++
			wait = backoff(every, failed)
		case done == 0 || !s.More:
			failed, wait = 0, every
		default:
			failed = 0
		}
		s.log(ctx, log, err, wait)
		timer.Reset(wait)
	}
}

// backoff is how long to wait after so many failures in a row: every, doubled for each, at most
// a minute, of which a random half; never less than every.
func backoff(every time.Duration, failures int) time.Duration {
	most := every
	for ; failures > 0 && most < runMost; failures-- {
		most *= 2
	}
	most = min(most, max(every, runMost))
	return max(every, most/2+rand.N(most/2+1))
}

// done counts what a sweep has done, whatever it was.
func (s *Swept) done() int {
	return s.Orders + s.Coupons + s.Payments + s.Refunds + s.Bills + s.Resources + s.Claims + s.Credits + s.Notices + s.Undeliverable
}

// log tells of a sweep: what it did, what it left to an operator, and what failed.
func (s *Swept) log(ctx context.Context, log *slog.Logger, err error, wait time.Duration) {
	if s.done() > 0 {
		attrs := make([]slog.Attr, 0, 11)
		for _, x := range [...]struct {
			name string
			n    int
		}{
			{"orders", s.Orders}, {"coupons", s.Coupons}, {"payments", s.Payments}, {"refunds", s.Refunds}, {"bills", s.Bills},
			{"resources", s.Resources}, {"claims", s.Claims}, {"credits", s.Credits}, {"notices", s.Notices}, {"undeliverable", s.Undeliverable},
		} {
			if x.n > 0 {
				attrs = append(attrs, slog.Int(x.name, x.n))
			}
		}
		log.LogAttrs(ctx, slog.LevelInfo, "payment: swept", append(attrs, slog.Duration("oldest", s.Oldest))...)
	}
	if s.Reviews+s.Undeliverable > 0 {
		log.LogAttrs(ctx, slog.LevelWarn, "payment: left to an operator", slog.Int("reviews", s.Reviews), slog.Int("undeliverable", s.Undeliverable))
	}
	if s.Failed > 0 {
		log.LogAttrs(ctx, slog.LevelError, "payment: failed, and put off", slog.Int("failed", s.Failed), slog.Any("err", errors.Join(s.Errs...)))
	}
	if err != nil && ctx.Err() == nil {
		log.LogAttrs(ctx, slog.LevelError, "payment: sweep failed", slog.Duration("wait", wait), slog.Any("err", err))
	}
}
