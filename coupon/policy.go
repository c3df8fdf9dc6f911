package coupon

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/duebook/duebook/order"
)

// Policy is what differs from house to house. The zero Policy is neutral; the package
// comment has the table.
type Policy struct {
	MaxCoupons int         // that pay, to one payment (C4); 0: 3
	MaxCash    int         // of them cash coupons (C4); 0: 1
	Exclusions []Exclusion // what does not go together in one payment (C5)
	Threshold  Threshold
	Spread     Spread
	Choice     []By // the automatic choice (C8); none: nearest end
	// Order is a host's own comparison in the automatic choice: it comes first, and what
	// it finds equal goes on to Choice (C8). Not with MostSaved. Nil: none.
	Order Order
	// Limit is a host's own limit on what each coupon covers, besides the coupon's own
	// Limits (C3). Nil: none.
	Limit Limit
}

// Exclusion is two classes of coupons that do not go together in one payment (C5). A and B can
// change places.
type Exclusion struct {
	A, B Class
}

// Class is a kind or a group of coupons, as text: Class(KindCash), Class(GroupDedicated).
type Class string

// Threshold says how a coupon's threshold is met (C6). The zero value is neutral:
// exceeded, by the covered lines of the payment as a whole.
type Threshold struct {
	Reached  bool // reaching it is enough
	PerOrder bool // each order by itself: those that do not meet it are not covered
}

// Spread says how one coupon is divided among several orders (C9).
//
// One of: Proportional, Evenly.
type Spread uint8

const (
	Proportional Spread = iota // in proportion to what is due (T); the zero value
	Evenly                     // equal parts, capped at each order's due, the rest spread again (HC)
)

// By is one comparison of the automatic choice (C8).
//
// One of: more limited first, single product first, nearest end first, larger deduction first,
// smaller balance first, the set that saves most.
type By string

const (
	ByLimits    By = "more limited first"      // to a product, then to a service, then unlimited (HC)
	ByProduct   By = "single product first"    // before general (B)
	ByEnd       By = "nearest end first"       //
	ByDeduction By = "larger deduction first"  // what it would pay alone (T)
	ByBalance   By = "smaller balance first"   //
	MostSaved   By = "the set that saves most" // alone in the chain
)

// Order is a host's own comparison of coupons that can be used. coupontest.TestOrder
// checks what it promises:
//
// Compare returns a number below 0 if a is to be chosen before b, above 0 if after b, and 0 if
// it does not matter. It is a total preorder: a coupon is equal to itself, swapping the two
// turns the sign round, and if a comes before b and b before c, a comes before c. The same two
// always compare the same. It leaves a and b as they are.
type Order interface {
	Compare(a, b Candidate) int
}

// Candidate is a coupon that can be used.
type Candidate struct {
	Coupon    Coupon
	Deduction order.Money // what it would pay alone
}

// Limit is a host's own limit. coupontest.TestLimit checks what it promises:
//
// Covers reports whether c may pay for the given line of o, which the merchant sells and
// c's own Limits cover. It depends on o, the line and c alone. Its answer does not depend on
// where the line stands among the others, on the lines of third parties, or on the states of
// the order and the coupon. It leaves o and c as they are.
type Limit interface {
	Covers(o order.Order, line int, c Coupon) bool
}

var comparisons = []By{ByLimits, ByProduct, ByEnd, ByDeduction, ByBalance, MostSaved}

// Huawei returns Huawei Cloud's policy: what excludes what, the even spread and the choice
// (HC), 3 coupons (H24), at most 1 of them cash (HC), a threshold that must be exceeded (HC).
func Huawei() Policy {
	return Policy{
		Exclusions: []Exclusion{
			{Class(KindCash), Class(KindDiscount)},
			{Class(GroupMarketplace), Class(GroupDedicated)},
		},
		Spread: Evenly,
		Choice: []By{ByLimits, ByEnd},
	}
}

// Tencent returns Tencent Cloud's policy: the choice, and the spread in proportion (T); counts
// and threshold are ours.
func Tencent() Policy { return Policy{Choice: []By{ByEnd, ByDeduction, ByBalance}} }

// Baidu returns Baidu AI Cloud's policy: the choice (B); spread, counts and threshold are ours.
func Baidu() Policy { return Policy{Choice: []By{ByProduct, ByEnd, ByBalance}} }

// Check reports counts below zero, unknown words, and comparisons that do not go together.
func (p Policy) Check() error {
	if p.MaxCoupons < 0 {
		return order.Invalid("maxCoupons", strconv.Itoa(p.MaxCoupons), "is below zero")
	}
	if p.MaxCash < 0 {
		return order.Invalid("maxCash", strconv.Itoa(p.MaxCash), "is below zero")
	}
	for _, e := range p.Exclusions {
		for _, c := range [...]Class{e.A, e.B} {
			if !slices.Contains(classes, c) {
				return unknown("exclusions", string(c))
			}
		}
	}
	if p.Spread > Evenly {
		return order.Invalid("spread", strconv.Itoa(int(p.Spread)), "is neither Proportional nor Evenly")
	}
	for _, by := range p.Choice {
		if !slices.Contains(comparisons, by) {
			return unknown("choice", string(by))
		}
		if by == MostSaved && (len(p.Choice) > 1 || p.Order != nil) {
			return order.Invalid("choice", string(by), "must be the only comparison: it compares sets, not coupons")
		}
	}
	return nil
}

func (p *Policy) maxCoupons() int { return cmp.Or(p.MaxCoupons, 3) }
func (p *Policy) maxCash() int    { return cmp.Or(p.MaxCash, 1) }

// classes are all there are.
var classes = []Class{
	Class(KindCash), Class(KindFlexi), Class(KindCard), Class(KindDiscount),
	Class(GroupMarketplace), Class(GroupDedicated), Class(GroupHardware),
}

// classSet is a set of classes, a bit each.
type classSet uint8

func setOf(class Class) classSet {
	if i := slices.Index(classes, class); i >= 0 {
		return 1 << i
	}
	return 0 // ordinary coupons are no group
}

// classesOf returns the kind and the group of a coupon.
func classesOf(c *Coupon) classSet { return setOf(Class(c.Kind)) | setOf(Class(c.Limits.Group)) }

// excludedBy returns the classes that do not go with a coupon of the given classes (C5). Two
// coupons exclude each other if one excludes a class of the other.
func (p *Policy) excludedBy(s classSet) (out classSet) {
	for _, e := range p.Exclusions {
		a, b := setOf(e.A), setOf(e.B)
		if s&a != 0 {
			out |= b
		}
		if s&b != 0 {
			out |= a
		}
	}
	return out
}
