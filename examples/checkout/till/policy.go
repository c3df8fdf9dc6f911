package till

import (
	"fmt"
	"slices"
	"strings"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// Policy names a set of policies, of package order and of package payment, which holds
// those of discounts and coupons. The empty one is neutral.
type Policy string

// Preset is what a name stands for.
type Preset struct {
	Name    Policy
	Order   order.Policy
	Payment payment.Policy
}

// Presets returns every policy that a book can name.
func Presets() []Preset {
	return []Preset{
		{"neutral", order.Policy{}, payment.Policy{}},
		{"huawei2020", order.Huawei(), payment.Huawei2020()},
		{"huawei2024", order.Huawei2024(), payment.Huawei()},
		{"huaweichina", order.HuaweiChina(), payment.HuaweiChina()},
		{"alibaba", order.Alibaba(), payment.Policy{}},
		{"tencent", order.Policy{Zone: payment.Tencent().Zone}, payment.Tencent()},
		{"baidu", order.Baidu(), payment.Baidu()},
	}
}

// UnmarshalText reads a name strictly.
func (p *Policy) UnmarshalText(b []byte) error {
	presets := Presets()
	var names []string
	for i := range presets {
		if string(presets[i].Name) == string(b) {
			*p = presets[i].Name
			return nil
		}
		names = append(names, string(presets[i].Name))
	}
	return fmt.Errorf("%.40q is no policy: it is one of %s", b, strings.Join(names, ", "))
}

// preset returns what the first name given stands for; none at all is neutral.
func preset(names ...Policy) Preset {
	presets := Presets()
	for _, name := range names {
		if i := slices.IndexFunc(presets, func(p Preset) bool { return p.Name == name }); i >= 0 {
			return presets[i]
		}
	}
	return presets[0]
}
