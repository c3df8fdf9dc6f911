package proof_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
)

// book is a gateway and its provider: what happened stands in a file, which all hosts share, so
// that it outlives them. It captures most charges, and declines some, by their keys. Unless it is calm,
// calls get lost before or after they had their effect.
type book struct {
	calm bool

	mu      sync.Mutex
	f       *os.File
	read    int64 // how much of the file is known
	charges map[string]*line
	refunds map[string]*line
	moved   []gateway.Movement
}

// line is what became of a charge or a refund, as the file has it.
type line struct {
	Charge  *gateway.Charge `json:",omitempty"`
	Refund  *gateway.Refund `json:",omitempty"`
	Outcome gateway.Outcome
}

func openBook(path string) (*book, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	return &book{f: f, charges: make(map[string]*line), refunds: make(map[string]*line)}, nil
}

// alone has a call be the only one of all processes, who knows all that was written.
func (b *book) alone(call func() (gateway.Outcome, error)) (out gateway.Outcome, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for {
		err := syscall.Flock(int(b.f.Fd()), syscall.LOCK_EX)
		if err == nil {
			break
		}
		if !errors.Is(err, syscall.EINTR) {
			return out, err
		}
	}
	defer func() { err = errors.Join(err, syscall.Flock(int(b.f.Fd()), syscall.LOCK_UN)) }()
	if err := b.catchUp(); err != nil {
		return out, err
	}
	return call()
}

// catchUp reads what others have written. What one who died has left half written never was.
func (b *book) catchUp() error {
	r := bufio.NewReader(io.NewSectionReader(b.f, b.read, 1<<40))
	for {
		text, err := r.ReadBytes('\n')
		if err == io.EOF {
			if len(text) == 0 {
				return nil
			}
			return b.f.Truncate(b.read)
		}
		if err != nil {
			return err
		}
		var l line
		if err := json.Unmarshal(text, &l); err != nil {
			return err
		}
		b.know(&l)
		b.read += int64(len(text))
	}
}

func (b *book) know(l *line) {
	if f := l.Refund; f != nil {
		b.refunds[f.Key] = l
		b.moved = append(b.moved, gateway.Movement{Customer: f.Customer, Payment: f.Payment, Key: f.Charge, Refund: f.Refund, Amount: f.Amount.Neg()})
		return
	}
	c := l.Charge
	if b.charges[c.Key] = l; l.Outcome.Status == gateway.StatusCaptured {
		b.moved = append(b.moved, gateway.Movement{Customer: c.Customer, Payment: c.Payment, Key: c.Key, Amount: l.Outcome.Amount})
	}
}

// write has a line be known to all.
func (b *book) write(l *line) (gateway.Outcome, error) {
	text, err := json.Marshal(l)
	if err != nil {
		return gateway.Outcome{}, err
	}
	text = append(text, '\n')
	if _, err := b.f.WriteAt(text, b.read); err != nil {
		return gateway.Outcome{}, err
	}
	b.read += int64(len(text))
	b.know(l)
	return l.Outcome, b.lost()
}

// lost loses one call in 20.
func (b *book) lost() error {
	if !b.calm && rand.IntN(20) == 0 {
		return errors.New("connection reset")
	}
	return nil
}

func captured(c *gateway.Charge) gateway.Outcome {
	return gateway.Outcome{Status: gateway.StatusCaptured, Amount: c.Amount, Reference: c.Payment, Trade: "t" + c.Key[:12]}
}

func (b *book) Traits() gateway.Traits {
	return gateway.Traits{Resend: 30 * 24 * time.Hour, Flight: time.Minute, Action: time.Hour}
}

// Charge captures, declines, or takes its time, once for each key.
func (b *book) Charge(_ context.Context, c gateway.Charge) (gateway.Outcome, error) {
	if err := b.lost(); err != nil {
		return gateway.Outcome{}, err
	}
	return b.alone(func() (gateway.Outcome, error) {
		if l := b.charges[c.Key]; l != nil {
			return l.Outcome, b.lost()
		}
		out := captured(&c)
		if !b.calm {
			switch c.Key[len(c.Key)-1] {
			case '0', 'a', 'A':
				out = gateway.Outcome{Status: gateway.StatusDeclined, Text: "no funds"}
			case '1', 'b', 'B':
				out = gateway.Outcome{Status: gateway.StatusProcessing}
			}
		}
		return b.write(&line{Charge: &c, Outcome: out})
	})
}

// Lookup says what has become of a charge; every other time what is processing has been captured.
func (b *book) Lookup(_ context.Context, c gateway.Charge) (gateway.Outcome, error) {
	return b.alone(func() (gateway.Outcome, error) {
		l := b.charges[c.Key]
		switch {
		case l == nil:
			return gateway.Outcome{Status: gateway.StatusNotFound}, b.lost()
		case l.Outcome.Status == gateway.StatusProcessing && rand.IntN(2) == 0:
			return b.write(&line{Charge: l.Charge, Outcome: captured(l.Charge)})
		}
		return l.Outcome, b.lost()
	})
}

// Cancel gives up what is not decided.
func (b *book) Cancel(_ context.Context, c gateway.Charge) (gateway.Outcome, error) {
	return b.alone(func() (gateway.Outcome, error) {
		if l := b.charges[c.Key]; l != nil && l.Outcome.Status != gateway.StatusProcessing {
			return l.Outcome, b.lost()
		}
		return b.write(&line{Charge: &c, Outcome: gateway.Outcome{Status: gateway.StatusCanceled}})
	})
}

// Refund gives money back, once for each key, and never more than was captured.
func (b *book) Refund(_ context.Context, f gateway.Refund) (gateway.Outcome, error) {
	if err := b.lost(); err != nil {
		return gateway.Outcome{}, err
	}
	return b.alone(func() (gateway.Outcome, error) {
		if l := b.refunds[f.Key]; l != nil {
			return l.Outcome, b.lost()
		}
		left := order.Minor(0, f.Amount.Currency())
		for _, m := range b.moved {
			if m.Key == f.Charge {
				left, _ = left.Add(m.Amount)
			}
		}
		if left.Minor() < f.Amount.Minor() {
			return gateway.Outcome{Status: gateway.StatusDeclined, Text: fmt.Sprintf("%s is left of %s", left, f.Charge)}, nil
		}
		return b.write(&line{Refund: &f, Outcome: gateway.Outcome{Status: gateway.StatusCaptured, Amount: f.Amount}})
	})
}

// LookupRefund says what has become of a refund.
func (b *book) LookupRefund(_ context.Context, f gateway.Refund) (gateway.Outcome, error) {
	return b.alone(func() (gateway.Outcome, error) {
		if l := b.refunds[f.Key]; l != nil {
			return l.Outcome, b.lost()
		}
		return gateway.Outcome{Status: gateway.StatusNotFound}, b.lost()
	})
}

// of returns what was moved for a customer.
func (b *book) of(customer order.CustomerID) (moved []gateway.Movement, err error) {
	_, err = b.alone(func() (gateway.Outcome, error) {
		for _, m := range b.moved {
			if m.Customer == customer {
				moved = append(moved, m)
			}
		}
		return gateway.Outcome{}, nil
	})
	return moved, err
}

var (
	_ gateway.Canceler = (*book)(nil)
	_ gateway.Refunder = (*book)(nil)
)
