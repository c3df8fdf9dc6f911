// Package vendor has the numbers and words that vendors' interfaces use for states and types
// of orders, account types, faults of resources and reasons of refusals. They lead one way:
// several of ours may be one of theirs. Each function returns false for a value that the
// vendor has no word for.
//
// Left to the host: the vendor's interface itself.
//
// # Rules
//
//   - O1: Huawei Cloud's numbers and Baidu AI Cloud's words for the states of an order.
//   - O3: Huawei Cloud's numbers and Baidu AI Cloud's words for the types of an order.
//   - P9: Huawei Cloud's numbers for whose money a balance is.
//   - P10: Huawei Cloud's numbers for what is wrong with a resource or a project.
//   - P11: Huawei Cloud's codes and HTTP statuses for the reasons of refusals.
package vendor
