package server

import (
	"os/exec"
	"runtime"
	"syscall"
)

// start starts a process that ends with this one, however that ends: the thread that starts it is
// the one that counts, and lives as long.
func start(cmd *exec.Cmd) (exited chan error, err error) {
	if cmd.SysProcAttr.Pdeathsig == 0 {
		cmd.SysProcAttr.Pdeathsig = syscall.SIGQUIT
	}
	started := make(chan error)
	exited = make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			exited <- cmd.Wait()
		}
	}()
	return exited, <-started
}
