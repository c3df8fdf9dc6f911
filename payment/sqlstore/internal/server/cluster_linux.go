package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Cluster is two PostgreSQL that Patroni and etcd watch over: one leads, the other follows in step, so
// that it has each commit before that is answered, and leads when the first dies.
type Cluster struct {
	base    *Server // has the folder, and who owns it
	etcd    *exec.Cmd
	gone    chan error
	members [2]*member
}

// member is one of the two, and the Patroni that runs it.
type member struct {
	name    string
	pg, api int // ports
	cmd     *exec.Cmd
	gone    chan error
}

// StartCluster makes both, and returns once one follows the other in step.
func StartCluster() (*Cluster, error) {
	for _, name := range []string{"patroni", "etcd"} {
		if _, err := exec.LookPath(name); err != nil {
			return nil, errors.New("there is no " + name + " on this machine, which a test of payment/sqlstore/proof runs: bash .ci/patroni installs it")
		}
	}
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	c := &Cluster{base: &Server{bin: bin, as: new(syscall.SysProcAttr)}}
	if c.base.dir, err = os.MkdirTemp(memory(), "duebook-pg-"); err != nil {
		return nil, err
	}
	if err := errors.Join(c.base.own(), c.start()); err != nil {
		return nil, errors.Join(err, errors.New(c.Log()), c.Stop())
	}
	return c, nil
}

// ports returns ports that nobody listens on.
func ports(n int) (free []int, err error) {
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close() // all of them at the end, so that none comes twice
		free = append(free, l.Addr().(*net.TCPAddr).Port)
	}
	return free, nil
}

func (c *Cluster) start() error {
	free, err := ports(6)
	if err != nil {
		return err
	}
	client, peer := fmt.Sprint("http://127.0.0.1:", free[0]), fmt.Sprint("http://127.0.0.1:", free[1])
	c.etcd = c.base.command("etcd", "--name=e", "--data-dir="+filepath.Join(c.base.dir, "etcd"), "--listen-client-urls="+client, "--advertise-client-urls="+client,
		"--listen-peer-urls="+peer, "--initial-advertise-peer-urls="+peer, "--initial-cluster=e="+peer, "--log-level=error", "--logger=zap")
	if c.gone, err = c.run(c.etcd, "etcd.log"); err != nil {
		c.etcd = nil
		return err
	}
	for i := range c.members {
		m := &member{name: fmt.Sprint("m", i), pg: free[2+2*i], api: free[3+2*i]}
		c.members[i] = m
		if err := os.WriteFile(filepath.Join(c.base.dir, m.name+".yml"), []byte(c.settings(m, free[0])), 0o644); err != nil {
			return err
		}
	}
	return c.Heal()
}

// run starts a program that is told to end when this one does.
func (c *Cluster) run(cmd *exec.Cmd, log string) (chan error, error) {
	f, err := os.OpenFile(filepath.Join(c.base.dir, log), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	cmd.Stdout, cmd.Stderr = f, f
	cmd.SysProcAttr.Pdeathsig = syscall.SIGTERM
	return start(cmd)
}

// settings are Patroni's: times are as short as it bears them, so that a death is noticed soon.
func (c *Cluster) settings(m *member, etcd int) string {
	return strings.NewReplacer("DIR", c.base.dir, "BIN", c.base.bin, "NAME", m.name, "PG", strconv.Itoa(m.pg), "API", strconv.Itoa(m.api), "ETCD", strconv.Itoa(etcd)).Replace(`
scope: duebook
name: NAME
restapi: {listen: '127.0.0.1:API', connect_address: '127.0.0.1:API'}
etcd3: {hosts: '127.0.0.1:ETCD'}
bootstrap:
  dcs:
    ttl: 5
    loop_wait: 1
    retry_timeout: 2
    synchronous_mode: true
    postgresql:
      use_pg_rewind: true
      parameters: {max_connections: 150, shared_buffers: 32MB, wal_log_hints: 'on', synchronous_commit: 'on', wal_keep_size: 256MB, log_min_messages: fatal}
  initdb: [{encoding: UTF8}, {locale: C}, {auth: trust}, no-sync]
postgresql:
  listen: 127.0.0.1:PG
  connect_address: 127.0.0.1:PG
  data_dir: DIR/NAME
  bin_dir: BIN
  pgpass: DIR/NAME.pass
  authentication:
    superuser: {username: postgres, password: postgres}
    replication: {username: replicator, password: replicator}
  parameters: {unix_socket_directories: DIR}
  pg_hba: [local all all trust, host all all 127.0.0.1/32 trust, host replication all 127.0.0.1/32 trust]
  basebackup: [{checkpoint: fast}, no-sync]
  remove_data_directory_on_rewind_failure: true
  remove_data_directory_on_diverged_timelines: true
watchdog: {mode: 'off'}
`)
}

// DSN is how the one that leads is reached, whichever that is.
func (c *Cluster) DSN(database string) string {
	return fmt.Sprintf("host=127.0.0.1,127.0.0.1 port=%d,%d user=postgres dbname=%s target_session_attrs=read-write connect_timeout=2", c.members[0].pg, c.members[1].pg, database)
}

// Heal starts those that do not run, and waits until one follows the other in step.
func (c *Cluster) Heal() error {
	for _, m := range c.members {
		if m.cmd != nil {
			continue
		}
		cmd := c.base.command("patroni", filepath.Join(c.base.dir, m.name+".yml"))
		gone, err := c.run(cmd, m.name+".log")
		if err != nil {
			return err
		}
		m.cmd, m.gone = cmd, gone
	}
	return c.until("one follows the other in step", func(m *member) bool { return m.is("/sync") })
}

// Led waits until one leads.
func (c *Cluster) Led() error {
	return c.until("one leads", func(m *member) bool { return m.is("/primary") })
}

// until waits until something holds of a member that runs.
func (c *Cluster) until(what string, holds func(*member) bool) error {
	for end := time.Now().Add(90 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		for _, m := range c.members {
			if m.cmd != nil && holds(m) {
				return nil
			}
		}
	}
	return fmt.Errorf("it does not come that %s\n%s", what, c.Log())
}

// is reports whether Patroni says so of its server.
func (m *member) is(path string) bool {
	client := http.Client{Timeout: 2 * time.Second}
	resp, err := client.Get(fmt.Sprint("http://127.0.0.1:", m.api, path))
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	var v any
	return resp.StatusCode == http.StatusOK && json.NewDecoder(resp.Body).Decode(&v) == nil
}

// KillLeader kills the one that leads: its Patroni, and all processes of its server.
func (c *Cluster) KillLeader() error {
	for _, m := range c.members {
		if m.cmd != nil && m.is("/primary") {
			return c.kill(m)
		}
	}
	return errors.New("none leads")
}

func (c *Cluster) kill(m *member) error {
	if m.cmd == nil {
		return nil
	}
	err := m.cmd.Process.Kill()
	<-m.gone
	m.cmd = nil
	text, err1 := os.ReadFile(filepath.Join(c.base.dir, m.name, "postmaster.pid"))
	if errors.Is(err1, os.ErrNotExist) {
		return err // it did not run
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	pid, err2 := strconv.Atoi(string(line))
	if err := errors.Join(err, err1, err2); err != nil {
		return err
	}
	return killAll(pid)
}

// killAll kills a process and its children, and waits until they are gone.
func killAll(pid int) error {
	out, _ := exec.Command("ps", "-o", "pid=", "--ppid", strconv.Itoa(pid)).Output() // none: it says so by an error
	pids := []int{pid}
	for _, text := range strings.Fields(string(out)) {
		if child, err := strconv.Atoi(text); err == nil {
			pids = append(pids, child)
		}
	}
	var errs []error
	for _, p := range pids {
		if err := syscall.Kill(p, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			errs = append(errs, err)
		}
	}
	for range 100 {
		if syscall.Kill(pid, 0) != nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	return errors.Join(errs...)
}

// Log is the end of what all of them have written.
func (c *Cluster) Log() string {
	var b strings.Builder
	logs, _ := filepath.Glob(filepath.Join(c.base.dir, "*.log"))
	for _, path := range logs {
		text, _ := os.ReadFile(path)
		fmt.Fprintf(&b, "%s:\n%s\n", filepath.Base(path), text[max(0, len(text)-3000):])
	}
	return b.String()
}

// Stop ends all, and removes all that they have.
func (c *Cluster) Stop() error {
	var errs []error
	for _, m := range c.members {
		if m != nil {
			errs = append(errs, c.kill(m))
		}
	}
	if c.etcd != nil {
		errs = append(errs, c.etcd.Process.Kill())
		<-c.gone
	}
	return errors.Join(append(errs, os.RemoveAll(c.base.dir))...)
}
