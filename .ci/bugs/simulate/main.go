// Command simulate runs histories of the Desk on the store in memory, and says which breaks first: what TestP16_Simulate
// does, without the tests beside it, so that a tree with a bug is built in little time.
// Use: go run ./.ci/bugs/simulate [HISTORIES [SEED]]
package main

import (
	"fmt"
	"os"
	"strconv"

	"github.com/duebook/duebook/payment/desk/desktest"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
)

func main() {
	numbers := [...]uint64{1000, 1} // histories, and the seed of the first
	for i, arg := range os.Args[1:] {
		n, err := strconv.ParseUint(arg, 10, 31)
		if err != nil || i >= len(numbers) {
			fmt.Fprintln(os.Stderr, "use: simulate [HISTORIES [SEED]]")
			os.Exit(2)
		}
		numbers[i] = n
	}
	if _, err := desktest.VerifySimulation(func() ledger.Store { return new(inmem.Store) }, numbers[1], int(numbers[0])); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
