//go:build race

package sqlstore_test

// raced says that the race detector watches: what one goroutine does, and takes long, is left
// out, since it runs without it too.
const raced = true
