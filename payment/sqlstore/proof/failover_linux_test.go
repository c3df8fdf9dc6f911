package proof_test

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/sqlstore/internal/server"
)

var failovers = flag.Int("failovers", 3, "how often the leader of a cluster is killed")

// The leader of a cluster of two, which are in step, is killed under load, and the other one goes on
// by itself. What was acknowledged is there (I10, and all others by Audit).
func TestI10_Failover(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for the cluster most of the time")
	}
	c, err := server.StartCluster()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	s := newScene(t, c.DSN("postgres")+" pool_max_conns=16")
	first, second := s.start(), s.start()
	began, away := time.Now(), time.Duration(0)
	for i := range *failovers {
		var customers []order.CustomerID
		for j := range 4 {
			customers = append(customers, order.CustomerID(fmt.Sprint("failover-", i, "-", j)))
		}
		s.must(c.Heal())
		s.load(8, customers, first, second)
		pause()
		pause()
		killed := time.Now()
		s.must(c.KillLeader())
		s.must(c.Led())
		s.must(awake(s))
		away += time.Since(killed)
		pause()
		s.quiet(first, second)
		s.rest(customers...)
		s.kept(customers...)
		if t.Failed() {
			t.Fatalf("failover %d", i)
		}
	}
	there := s.whole()
	t.Logf("killed the leader %d times in %.1f s, another one led after %.1f s on average: of %d commits and %d calls acknowledged 0 are lost, of %d refused, or in conflict, 0 are there; hosts heard %d times of a doubt, "+
		"%d times of a failure, %d times of a refusal; there are %s", *failovers, time.Since(began).Seconds(), away.Seconds()/float64(max(*failovers, 1)),
		s.commits, s.checked-s.commits, s.refused, s.sum.Doubts, s.sum.Failed, s.sum.Refused, there)
}
