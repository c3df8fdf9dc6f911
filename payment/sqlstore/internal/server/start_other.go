//go:build !linux

package server

import "os/exec"

// start starts a process.
func start(cmd *exec.Cmd) (exited chan error, err error) {
	exited = make(chan error, 1)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() { exited <- cmd.Wait() }()
	return exited, nil
}
