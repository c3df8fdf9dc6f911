package proof_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/sqlstore/internal/server"
)

var kills = flag.Int("kills", 3, "how often each of what can be killed is")

// The server, one of its processes, and a host are killed under load, with orders placed, coupons
// issued, paid with, canceled, swept and refunded. What was acknowledged is there, nothing is half done,
// and the gateway's books and the store agree (I10, and all others by Audit).
func TestI10_Kill(t *testing.T) {
	t.Run("postgres", func(t *testing.T) {
		pg := started(t)
		kill(t, wide(pg), []*server.Server{pg}, "server", "process", "host")
	})
	t.Run("shards", func(t *testing.T) {
		shards := []*server.Server{started(t), started(t), started(t)}
		kill(t, wide(shards[0])+"|"+wide(shards[1])+"|"+wide(shards[2]), shards, "server")
	})
	t.Run("sqlite", func(t *testing.T) { kill(t, filepath.Join(t.TempDir(), "shop.db"), nil, "host") })
}

func kill(t *testing.T, dsn string, servers []*server.Server, victims ...string) {
	s := newScene(t, dsn)
	first, second := s.start(), s.start()
	began, done := time.Now(), make(map[string]int)
	for i := range *kills {
		for _, victim := range victims {
			var customers []order.CustomerID
			for j := range 4 {
				customers = append(customers, order.CustomerID(fmt.Sprint(victim, "-", i, "-", j)))
			}
			s.load(8, customers, first, second)
			pause()
			switch victim {
			case "server":
				pg := servers[i%len(servers)]
				s.must(pg.Signal(syscall.SIGKILL))
				s.must(again(pg))
			case "process":
				s.must(killProcess(servers[0]))
			case "host":
				first.kill()
				pause()
				first = s.start()
				s.load(8, customers, first)
			}
			pause()
			s.quiet(first, second)
			s.must(awake(s))
			done[victim]++
			s.rest(customers...)
			s.kept(customers...)
			if t.Failed() {
				t.Fatalf("kill %d of a %s", i, victim)
			}
		}
	}
	there := s.whole()
	t.Logf("killed %d times the server, %d times one of its processes, %d times a host, in %.1f s: of %d commits and %d calls acknowledged 0 are lost; "+
		"of %d commits refused, or in conflict, 0 are there; hosts that lived heard %d times of a doubt, %d times of a failure, %d times of a refusal; there are %s", done["server"], done["process"], done["host"], time.Since(began).Seconds(),
		s.commits, s.checked-s.commits, s.refused, s.sum.Doubts, s.sum.Failed, s.sum.Refused, there)
}

// pause has the load go on for a while.
func pause() { time.Sleep(400 * time.Millisecond) }

// again starts a server that was killed: those processes that it has left must be gone first.
func again(pg *server.Server) (err error) {
	for range 100 {
		if err = pg.Restart(); err == nil || !strings.Contains(err.Error(), "still in use") && !strings.Contains(err.Error(), "exists") {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return err
}

// killProcess kills one of the server's processes that serve a host, at which it starts all of them
// anew.
func killProcess(pg *server.Server) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, pg.DSN("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var pid int
	err = conn.QueryRow(ctx, `select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()
		order by state = 'active' desc, random() limit 1`).Scan(&pid)
	if err != nil {
		return err
	}
	return syscall.Kill(pid, syscall.SIGKILL)
}

// awake waits until the store answers.
func awake(s *scene) (err error) {
	for range 300 {
		try, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		_, err = s.d.Sweep(try, 1)
		cancel()
		if err == nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return errors.Join(errors.New("the store does not answer"), err)
}
