package quick

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Unknown returns where in an object, which encoding/json has read into a T, the first key stands that
// no field of T has, at any depth; "" where there is none. But are keys of the object itself that are
// known besides.
func (o *Of[T]) Unknown(data []byte, but ...string) string {
	at, _ := o.plan().unknown(data, "", but)
	return at
}

// unknown looks in one value; a value that reads itself knows its own keys.
func (p *plan) unknown(data json.RawMessage, path string, but []string) (at string, found bool) {
	switch p.form {
	case formPointer:
		return p.elem.unknown(data, path, nil)
	case formSlice:
		var all []json.RawMessage
		if json.Unmarshal(data, &all) != nil {
			return "", false
		}
		for i, one := range all {
			if at, found = p.elem.unknown(one, path+"["+strconv.Itoa(i)+"]", nil); found {
				return at, true
			}
		}
	case formStruct:
		var all map[string]json.RawMessage
		if json.Unmarshal(data, &all) != nil {
			return "", false
		}
		keys := make([]string, 0, len(all))
		for key := range all {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		if path != "" {
			path += "."
		}
		for _, key := range keys {
			i := slices.IndexFunc(p.fields, func(f field) bool { return strings.EqualFold(f.key, key) })
			if i < 0 && !slices.Contains(but, key) {
				return path + shown(key), true
			}
			if i < 0 {
				continue
			}
			if at, found = p.fields[i].plan.unknown(all[key], path+shown(key), nil); found {
				return at, true
			}
		}
	}
	return "", false
}

// shown is a key as an error says it.
func shown(key string) string {
	if len(key) > 64 || strings.ContainsFunc(key, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return strconv.Quote(key[:min(len(key), 64)])
	}
	return key
}
