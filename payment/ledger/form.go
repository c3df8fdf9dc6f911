package ledger

import (
	"encoding/json"

	"github.com/duebook/duebook/payment/ledger/internal/quick"
)

// form is how bodies of records of a kind are written and read.
type form[T any] struct {
	write   func(x T) ([]byte, error)
	quickly func(body []byte, x *T) (schema int, ok bool)
	slowly  func(body []byte, x *T) error
	unknown func(body []byte, but ...string) string // [quick.Of.Unknown]
}

// plain is the form of a record that is stored as it is.
func plain[T any]() form[T] {
	o := quick.New[T](words...)
	return form[T]{
		write:   func(x T) ([]byte, error) { return json.Marshal(x) },
		quickly: o.Read,
		slowly:  func(body []byte, x *T) error { return json.Unmarshal(body, x) },
		unknown: o.Unknown,
	}
}

// stored is the form of a record that is stored as an S.
func stored[S, T any](of func(T) S, back func(*S, *T) error) form[T] {
	o := quick.New[S](words...)
	return form[T]{
		write: func(x T) ([]byte, error) { return json.Marshal(of(x)) },
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
