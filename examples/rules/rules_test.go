package main

import (
	"testing"

	"github.com/duebook/duebook/examples/internal/golden"
)

func TestRules(t *testing.T) { golden.Prints(t, "testdata/rules.golden", run) }
