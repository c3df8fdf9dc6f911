// Package duebook is billing rules for Go: what cloud and SaaS billing must decide,
// as pure packages that a service, a partner's tool or a test can import. It holds no
// code; this page is the map.
//
// # Words
//
// An order asks for something at a list price. A discount takes some of it off; list -
// discount = payable. Coupons pay a part of that. The deadline is the last second in
// which an order can be paid. A purchase is orders made together, which are paid
// together or not at all. A quote is what a payment would be, before anyone pays. A
// policy is rules as data: what differs from house to house.
//
// # Packages
//
//   - [github.com/duebook/duebook/order]: exact money, orders and their states, orders
//     made together, deadlines that explain themselves, finding and exporting.
//   - [github.com/duebook/duebook/discount]: what a discount takes off, which is best and
//     why the others are not, and what becomes of the deadline when it ends.
//   - [github.com/duebook/duebook/coupon]: which coupons may pay, what each pays of which
//     order and why another cannot, which are best, and how a coupon lives.
//   - [github.com/duebook/duebook/payment]: what a payment would be before anyone pays,
//     why it is refused, receipts, bills of monthly settlement, and the lives of payments
//     and refunds.
//   - [github.com/duebook/duebook/payment/vendor]: the numbers and words of vendors' interfaces.
//   - [github.com/duebook/duebook/payment/gateway]: what moves money, and what it says.
//   - [github.com/duebook/duebook/payment/ledger]: the records, the store that keeps them, and
//     the audit that finds what they break.
//   - [github.com/duebook/duebook/payment/desk]: the Desk, which carries payments out so that
//     no crash leaves one half done.
//   - [github.com/duebook/duebook/payment/paymenthttp]: for a host's web server: errors as
//     problem details with a status each, answers, and strict reading of what is asked.
//   - [github.com/duebook/duebook/payment/inmem]: a store and a gateway in memory, for tools,
//     examples and tests.
//   - [github.com/duebook/duebook/renewal]: how long a resource lasts, unified days,
//     automatic renewal, what a change costs and what comes back.
//   - [github.com/duebook/duebook/order/ordertest],
//     [github.com/duebook/duebook/discount/discounttest],
//     [github.com/duebook/duebook/coupon/coupontest],
//     [github.com/duebook/duebook/payment/paymenttest],
//     [github.com/duebook/duebook/payment/gateway/gatewaytest],
//     [github.com/duebook/duebook/payment/ledger/ledgertest],
//     [github.com/duebook/duebook/payment/desk/desktest] and
//     [github.com/duebook/duebook/renewal/renewaltest]: generators for property tests, and
//     laws that a host runs against its own discount rules, coupon orders, limits, checks,
//     stores, gateways, schedules, day counts and prices.
//
// Each package lists the rules it implements, by ID: O for orders, E for deadlines, D for
// discounts, C for coupons, P for paying, R for renewals, Q for changing and leaving, T for
// time, X for finding and exporting. A test is named after each.
//
// # What the host supplies
//
// Every decision is a function of values and a time; nothing but the Desk stores, sends or
// looks at a clock, and that through the host's own interfaces. The host keeps the records,
// knows its customers and prices, and moves the money.
package duebook
