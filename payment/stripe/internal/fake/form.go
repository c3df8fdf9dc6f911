package fake

import (
	"net/url"
	"strconv"
	"strings"
)

// form are the parameters of a call.
type form struct{ url.Values }

func (f form) number(name string) int64 {
	n, _ := strconv.ParseInt(f.Get(name), 10, 64)
	return n
}

// metadata returns metadata by its names, under a prefix.
func (f form) metadata(prefix string) map[string]string {
	m := map[string]string{}
	for name, values := range f.Values {
		if rest, ok := strings.CutPrefix(name, prefix+"["); ok && len(values) > 0 {
			m[strings.TrimSuffix(rest, "]")] = values[0]
		}
	}
	return m
}

// expands reports whether a call wants a field whole.
func (f form) expands(field string) bool {
	for name, values := range f.Values {
		if strings.HasPrefix(name, "expand[") && len(values) > 0 && strings.Contains(values[0], field) {
			return true
		}
	}
	return false
}

// listed reports whether what was made then, for a customer, is in a list.
func (f form) listed(created int64, customer string) bool {
	if c := f.Get("customer"); c != "" && c != customer {
		return false
	}
	return created >= f.number("created[gte]")
}

// page returns a page of what is listed, the newest first.
func page(f form, all []map[string]any) map[string]any {
	from := 0
	for i, x := range all {
		if x["id"] == f.Get("starting_after") {
			from = i + 1
		}
	}
	limit := int(f.number("limit"))
	if limit <= 0 {
		limit = 10
	}
	rest := all[from:]
	more := len(rest) > limit
	if more {
		rest = rest[:limit]
	}
	if rest == nil {
		rest = []map[string]any{}
	}
	return map[string]any{"object": "list", "data": rest, "has_more": more, "url": "/v1"}
}
