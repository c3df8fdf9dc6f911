package server

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Pooler starts PgBouncer before the server, which gives each transaction one of so many
// connections, and returns how its database postgres is reached. It ends with the server.
func (s *Server) Pooler(connections int) (dsn string, err error) {
	path, err := exec.LookPath("pgbouncer")
	if err != nil {
		if path = "/usr/sbin/pgbouncer"; !exists(path) {
			return "", errors.New("there is no PgBouncer on this machine, which the tests of payment/sqlstore run: bash .ci/postgres installs it")
		}
	}
	if len(s.poolers) > 0 {
		return s.pooled(), nil
	}
	file := filepath.Join(s.dir, "pgbouncer.ini")
	text := fmt.Sprintf("[databases]\n* = host=%s port=5432 user=postgres\n[pgbouncer]\nlisten_addr =\nlisten_port = 6432\nunix_socket_dir = %s\n"+
		"auth_type = any\npool_mode = transaction\ndefault_pool_size = %d\nmax_client_conn = 1000\n", s.dir, s.dir, connections)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		return "", err
	}
	cmd := s.command(path, file)
	exited, err := start(cmd)
	if err != nil {
		return "", err
	}
	s.poolers = append(s.poolers, func() error {
		err := cmd.Process.Signal(syscall.SIGKILL)
		<-exited
		return err
	})
	for range 100 {
		if exists(filepath.Join(s.dir, ".s.PGSQL.6432")) {
			return s.pooled(), nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return "", errors.New("pgbouncer does not start")
}

func (s *Server) pooled() string { return "host=" + s.dir + " port=6432 user=postgres dbname=postgres" }
