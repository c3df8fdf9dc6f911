package order_test

import (
	"os"
	"strings"
	"testing"

	"github.com/duebook/duebook/order"
)

// README shows the diagram that the table of moves prints.
func TestO2_ReadmeShowsTheTable(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := "```mermaid\n" + order.Diagram(order.FlowCharge) + "```"; !strings.Contains(string(readme), want) {
		t.Errorf("README.md does not hold the diagram of the moves; it should be\n%s", want)
	}
}
