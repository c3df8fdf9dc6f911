module github.com/duebook/duebook/payment/stripe

go 1.24.0

require (
	github.com/duebook/duebook v0.0.0
	github.com/google/go-cmp v0.7.0
	github.com/stripe/stripe-go/v85 v85.0.0
	pgregory.net/rapid v1.3.0
)

require github.com/shopspring/decimal v1.6.0 // indirect

replace github.com/duebook/duebook => ../..
