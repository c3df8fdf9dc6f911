package desk

import (
	"context"

	"github.com/duebook/duebook/payment"
)

// ask asks the host's checks in a step.
func (d *Desk) ask(ctx context.Context, step string, in Inquiry) (payment.Findings, error) {
	said, err := d.Checks.Ask(ctx, in)
	d.trace("checks", in.Customer, step, err)
	if err != nil {
		return said, hostError(ctx, "checks", in.Customer, err)
	}
	return said, nil
}
