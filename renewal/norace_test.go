//go:build !race

package renewal_test

const raced = false
