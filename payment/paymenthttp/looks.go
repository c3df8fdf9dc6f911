package paymenthttp

import (
	"crypto/sha256"
	"sync"
	"time"

	"github.com/duebook/duebook/payment/gateway"
)

const (
	apart     = time.Second // between two looks at one payment
	mostLooks = 1024        // that are remembered
)

// looks remembers when payments were looked at, of the last second, so that a burst of
// notifications is no burst of calls. Of more than mostLooks it forgets some, and may look once
// more.
type looks struct {
	mu sync.Mutex
	at map[gateway.Hint]look
}

// look is a look at a payment, made or to come.
type look struct {
	at   time.Time
	body [sha256.Size]byte // of the notification that it is for
}

// take says when a payment is to be looked at for a notification that comes now; zero: a look
// that was made for the same notification, or is still to come, does for it.
func (l *looks) take(hint gateway.Hint, body [sha256.Size]byte, now time.Time) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	last, known := l.at[hint]
	due := now
	if known && now.Before(last.at.Add(apart)) {
		if last.at.After(now) || last.body == body {
			return time.Time{}
		}
		due = last.at.Add(apart)
	}
	l.makeRoom(now)
	l.at[hint] = look{at: due, body: body}
	return due
}

// failed takes note that a look was not made, or came to nothing: the same notification, sent
// again, has another.
func (l *looks) failed(hint gateway.Hint, due, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if last, known := l.at[hint]; known && last.at.Equal(due) {
		if due.After(now) {
			due = now
		}
		l.at[hint] = look{at: due}
	}
}

// makeRoom forgets what no longer matters, once there is too much.
func (l *looks) makeRoom(now time.Time) {
	if l.at == nil {
		l.at = make(map[gateway.Hint]look)
	}
	if len(l.at) < mostLooks {
		return
	}
	for hint, last := range l.at {
		if !now.Before(last.at.Add(apart)) {
			delete(l.at, hint)
		}
	}
	if len(l.at) >= mostLooks {
		clear(l.at)
	}
}
