package fake

type refund struct {
	id, status, failure string
	of                  *intent
	amount              int64
	metadata            map[string]string
}

func (s *Stripe) createRefund(f form) (map[string]any, *problem) {
	pi := s.intent(f.Get("payment_intent"))
	if pi == nil {
		return nil, absent("payment_intent")
	}
	x := &refund{of: pi, amount: f.number("amount"), metadata: f.metadata("metadata")}
	switch {
	case pi.status != "succeeded":
		return nil, bad("payment_intent_unexpected_state", "This PaymentIntent has no successful charge to refund.")
	case pi.refunded >= pi.received:
		return nil, bad("charge_already_refunded", "Charge has already been refunded.")
	case x.amount <= 0 || pi.refunded+x.amount > pi.received:
		return nil, bad("", "Refund amount is greater than unrefunded amount on charge")
	case pi.received-s.gone(pi) < pi.refunded+x.amount:
		return nil, bad("charge_disputed", "The charge has been charged back")
	case whole[pi.currency] > 0 && x.amount%whole[pi.currency] != 0:
		return nil, bad("parameter_invalid_integer", "Invalid amount for "+pi.currency)
	}
	x.id, x.status = s.id("re"), "pending"
	pi.refunded += x.amount
	s.refunds = append(s.refunds, x)
	s.tell("refund.created", s.renderRefund(x))
	s.moves = append(s.moves, Move{pi.key(), "refund", x.metadata["duebook_refund"], -x.amount})
	if end, planned := s.ends[x.metadata["duebook_key"]]; planned {
		s.endRefund(x, end)
	} else {
		s.endRefund(x, "succeeded")
	}
	return s.renderRefund(x), nil
}

// endRefund has a refund end, also one that had succeeded; "pending": it does not yet.
func (s *Stripe) endRefund(x *refund, status string) {
	if x.status == status || x.status == "failed" {
		return
	}
	if x.status = status; status == "failed" {
		x.failure = "expired_or_canceled_card"
		x.of.refunded -= x.amount
		s.moves = append(s.moves, Move{x.of.key(), "refund failed", x.metadata["duebook_refund"], x.amount})
		s.tell("refund.failed", s.renderRefund(x))
	}
	s.tell("refund.updated", s.renderRefund(x))
	s.tell("charge.refund.updated", s.renderRefund(x))
}

func (s *Stripe) listRefunds(f form) map[string]any {
	all := []map[string]any{}
	for i := len(s.refunds) - 1; i >= 0; i-- {
		if x := s.refunds[i]; x.of.id == f.Get("payment_intent") {
			all = append(all, s.renderRefund(x))
		}
	}
	return page(f, all)
}

func (s *Stripe) onRefund(id string) (map[string]any, *problem) {
	for _, x := range s.refunds {
		if x.id == id {
			return s.renderRefund(x), nil
		}
	}
	return nil, absent("refund: '" + id + "'")
}

func (s *Stripe) renderRefund(x *refund) map[string]any {
	o := map[string]any{"id": x.id, "object": "refund", "amount": x.amount, "currency": x.of.currency, "status": x.status, "metadata": x.metadata,
		"payment_intent": x.of.id, "charge": x.of.charge}
	if x.failure != "" {
		o["failure_reason"] = x.failure
	}
	return o
}

type dispute struct {
	id, status string
	of         *intent
	amount     int64
	moved      []int64
}

// dispute has a bank take so much of a charge back.
func (s *Stripe) dispute(pi *intent, amount int64) *dispute {
	x := &dispute{id: s.id("dp"), status: "needs_response", of: pi, amount: amount, moved: []int64{-amount}}
	pi.disputed = true
	s.disputes = append(s.disputes, x)
	s.moves = append(s.moves, Move{Key: pi.key(), Kind: "dispute", Amount: -amount})
	s.tell("charge.dispute.created", s.renderDispute(x))
	s.tell("charge.dispute.funds_withdrawn", s.renderDispute(x))
	return x
}

// win has a dispute end well: what was taken comes again.
func (s *Stripe) win(x *dispute) {
	x.status, x.moved = "won", append(x.moved, x.amount)
	s.moves = append(s.moves, Move{Key: x.of.key(), Kind: "dispute won", Amount: x.amount})
	s.tell("charge.dispute.funds_reinstated", s.renderDispute(x))
	s.tell("charge.dispute.closed", s.renderDispute(x))
}

// gone is how much of a charge is taken back.
func (s *Stripe) gone(pi *intent) (sum int64) {
	for _, x := range s.disputes {
		if x.of == pi && len(x.moved) == 1 {
			sum += x.amount
		}
	}
	return sum
}

func (s *Stripe) listDisputes(f form) map[string]any {
	all := []map[string]any{}
	for i := len(s.disputes) - 1; i >= 0; i-- {
		if x := s.disputes[i]; x.of.id == f.Get("payment_intent") {
			all = append(all, s.renderDispute(x))
		}
	}
	return page(f, all)
}

func (s *Stripe) renderDispute(x *dispute) map[string]any {
	moved := []map[string]any{}
	for _, n := range x.moved {
		moved = append(moved, map[string]any{"id": "txn_" + x.id, "object": "balance_transaction", "amount": n, "currency": x.of.currency})
	}
	return map[string]any{"id": x.id, "object": "dispute", "amount": x.amount, "currency": x.of.currency, "status": x.status, "payment_intent": x.of.id,
		"charge": x.of.charge, "balance_transactions": moved, "metadata": map[string]any{}}
}
