// Package server runs a PostgreSQL of a test's own, in a folder of its own, which is reached by a
// socket in that folder alone and is gone when the test has ended.
package server

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// Server is a PostgreSQL that runs.
type Server struct {
	dir    string
	bin    string
	as     *syscall.SysProcAttr
	cmd    *exec.Cmd
	exited chan error

	poolers []func() error // end those before it
}

// Start makes a database cluster and starts its server; settings are such as "fsync=off". A
// machine without PostgreSQL is an error that says how it comes there.
func Start(settings ...string) (*Server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, as: new(syscall.SysProcAttr)}
	if s.dir, err = os.MkdirTemp(memory(), "duebook-pg-"); err != nil {
		return nil, err
	}
	if err := s.own(); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	if err := s.run("initdb", "-D", s.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	if err := s.Restart(settings...); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// binaries returns the folder of initdb and postgres.
func binaries() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			if dir := filepath.Dir(path); exists(filepath.Join(dir, "postgres")) {
				return dir, nil
			}
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) == 0 {
		return "", errors.New("there is no PostgreSQL on this machine, which the tests of payment/sqlstore run: bash .ci/postgres installs it")
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1]), nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// memory is a folder in memory, where there is one: nothing is to outlive the test.
func memory() string {
	const dir = "/dev/shm"
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil || stat.Bavail*uint64(stat.Bsize) < 1<<30 {
		return ""
	}
	return dir
}

// own has the folder belong to who runs the server, which must not be root.
func (s *Server) own() error {
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return err
		}
	}
	uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(err1, err2, os.Chown(s.dir, int(uid), int(gid))); err != nil {
		return err
	}
	s.as.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return nil
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// Dir is the folder of the server's sockets.
func (s *Server) Dir() string { return s.dir }

// DSN is how a database of the server is reached.
func (s *Server) DSN(database string) string {
	return "host=" + s.dir + " port=5432 user=postgres dbname=" + database
}

// command is a program that runs as the server does.
func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = s.dir
	as := *s.as
	cmd.SysProcAttr = &as
	return cmd
}

func (s *Server) run(name string, args ...string) error {
	if out, err := s.command(filepath.Join(s.bin, name), args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return nil
}

// Restart starts the server, where it does not run, with settings.
func (s *Server) Restart(settings ...string) (err error) {
	args := []string{"-D", s.data(), "-k", s.dir, "-c", "listen_addresses=", "-c", "max_connections=200", "-c", "shared_buffers=64MB",
		"-c", "log_min_messages=fatal"}
	for _, set := range settings {
		args = append(args, "-c", set)
	}
	for range 20 { // processes of a server that was killed may still be about to end
		if err = s.start(args); err == nil {
			return nil
		}
		time.Sleep(200 * time.Millisecond)
	}
	return fmt.Errorf("postgres: %w\n%s", err, s.Log())
}

func (s *Server) start(args []string) error {
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	s.cmd = s.command(filepath.Join(s.bin, "postgres"), args...)
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if s.exited, err = start(s.cmd); err != nil {
		return err
	}
	for {
		if s.run("pg_isready", "-q", "-h", s.dir) == nil {
			return nil
		}
		select {
		case err := <-s.exited:
			s.cmd = nil
			if err == nil {
				err = errors.New("it has ended")
			}
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Log is what the server has written.
func (s *Server) Log() string {
	text, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	return string(text)
}

// Signal ends the server in one of its ways, or by syscall.SIGKILL, and waits until it is gone.
func (s *Server) Signal(how syscall.Signal) error {
	if s.cmd == nil {
		return nil
	}
	err := s.cmd.Process.Signal(how)
	<-s.exited
	s.cmd = nil
	return err
}

// Stop ends the server, and removes all that it has.
func (s *Server) Stop() error {
	var errs []error
	for _, end := range s.poolers {
		errs = append(errs, end())
	}
	return errors.Join(append(errs, s.Signal(syscall.SIGQUIT), os.RemoveAll(s.dir))...)
}
