package ledger

import (
	"encoding/json"
	"strconv"

	"github.com/duebook/duebook/payment/ledger/internal/quick"
)

// form is how bodies of records of a kind are written and read.
type form[T any] struct {
	write   func(to []byte, x *T) ([]byte, error) // appends the body, of this schema
	quickly func(body []byte, x *T) (schema int, ok bool)
	slowly  func(body []byte, x *T) error
	unknown func(body []byte, but ...string) string // [quick.Of.Unknown]
}

// plain is the form of a record that is stored as it is.
func plain[T any]() form[T] {
	o := quick.New[T](words...)
	return form[T]{
		write:   func(to []byte, x *T) ([]byte, error) { return written(o, to, x) },
		quickly: o.Read,
		slowly:  func(body []byte, x *T) error { return json.Unmarshal(body, x) },
		unknown: o.Unknown,
	}
}

// stored is the form of a record that is stored as an S.
func stored[S, T any](of func(T) S, back func(*S, *T) error) form[T] {
	o := quick.New[S](words...)
	return form[T]{
		write: func(to []byte, x *T) ([]byte, error) {
			s := of(*x)
			return written(o, to, &s)
		},
		quickly: func(body []byte, x *T) (schema int, ok bool) {
			var s S
			schema, ok = o.Read(body, &s)
			return schema, ok && back(&s, x) == nil
		},
		slowly: func(body []byte, x *T) error {
			var s S
			if err := json.Unmarshal(body, &s); err != nil {
				return err
			}
			return back(&s, x)
		},
		unknown: o.Unknown,
	}
}

// written appends a body, with the schema of this version before all else.
func written[T any](o *quick.Of[T], to []byte, x *T) ([]byte, error) {
	if to, ok := o.Append(to, Schema, x); ok {
		return to, nil
	}
	body, err := json.Marshal(x)
	if err != nil {
		return nil, err
	}
	to = append(to, `{"schema":`+strconv.Itoa(Schema)+`,`...)
	return append(to, body[1:]...), nil
}
