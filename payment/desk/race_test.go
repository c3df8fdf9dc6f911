//go:build race

package desk_test

// raced says that the race detector watches: what one goroutine does, and takes long, is left
// out, since it runs without it too.
const raced = true
