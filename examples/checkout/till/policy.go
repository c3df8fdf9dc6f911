package till

import (
	"fmt"
	"slices"
	"strings"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
)

// Policy names a pair of policies, one of each package. The empty one is neutral.
type Policy string

// Preset is what a name stands for.
type Preset struct {
	Name     Policy
	Order    order.Policy
	Discount discount.Policy
}

// Presets returns every policy that a book can name.
func Presets() []Preset {
	return []Preset{
		{"neutral", order.Policy{}, discount.Policy{}},
		{"huawei2020", order.Huawei(), discount.Huawei2020()},
		{"huawei2024", order.Huawei2024(), discount.Huawei2024()},
		{"huaweichina", order.HuaweiChina(), discount.HuaweiChina()},
		{"alibaba", order.Alibaba(), discount.Policy{}},
		{"baidu", order.Baidu(), discount.Policy{}},
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
