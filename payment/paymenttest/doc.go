// Package paymenttest draws payments for property tests with rapid: [Draw] of a whole [Scene],
// [Policy], [Account] and [Bill] return valid values.
package paymenttest
