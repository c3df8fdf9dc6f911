package order

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// DecodeError says where in a JSON text a value is wrong: the line, the field and
// the reason. It is [ErrInvalid], and what Err is.
type DecodeError struct {
	Line   int    // from 1
	Column int    // from 1, in bytes
	Field  string // "orders[3].lines[0].amount"; empty for the whole
	Err    error
}

func (e *DecodeError) Error() string { return "line " + strconv.Itoa(e.Line) + ": " + e.Why() }

// Why returns the field and the reason, without the line.
func (e *DecodeError) Why() string {
	if e.Err == nil {
		return e.Field
	}
	if e.Field == "" {
		return e.Err.Error()
	}
	if f, ok := e.Err.(*FieldError); ok { // of the value at Field, which it need not name again
		return e.Field + f.why()
	}
	return e.Field + ": " + e.Err.Error()
}

func (e *DecodeError) Unwrap() []error { return causes(e.Err) }

// Locate says where in a JSON text that was read before the value of a field is wrong:
// for what is found out later, such as a name that refers to nothing. field is a path
// such as "orders[3].lines[0].amount"; where err is a [*FieldError], its field goes on
// from there. A field that is not written is located at the value around it.
func Locate(data []byte, field string, err error) *DecodeError {
	for {
		f, ok := err.(*FieldError)
		if !ok {
			break
		}
		if field != "" && f.Field != "" && !strings.HasPrefix(f.Field, "[") {
			field += "."
		}
		field += f.Field
		if f.Reason != "" || f.Err == nil {
			break
		}
		err = f.Err
	}
	return wrongAt(data, offsetOf(data, field), field, err)
}

// offsetOf returns the offset of the value at a path.
func offsetOf(data []byte, path string) int {
	d := json.NewDecoder(bytes.NewReader(data))
	at := valueAt(data, 0)
	if path == "" {
		return at
	}
	for _, step := range strings.Split(strings.ReplaceAll(path, "[", ".["), ".") {
		if !enter(d, step) {
			break
		}
		at = valueAt(data, int(d.InputOffset()))
	}
	return at
}

// enter reads up to the value that step names in the value that comes next.
func enter(d *json.Decoder, step string) bool {
	open, err := d.Token()
	index, list := strings.CutPrefix(strings.TrimSuffix(step, "]"), "[")
	want := json.Delim('{')
	if list {
		want = '['
	}
	if err != nil || open != want {
		return false
	}
	n, _ := strconv.Atoi(index)
	for i := 0; d.More(); i++ {
		if list && i == n {
			return true
		}
		if !list {
			if key, err := d.Token(); err != nil || key == step {
				return err == nil
			}
		}
		var skipped json.RawMessage
		if err := d.Decode(&skipped); err != nil {
			return false
		}
	}
	return false
}

// valueAt is the offset of the next value at or after i, past what separates values.
func valueAt(data []byte, i int) int {
	for i < len(data) && strings.IndexByte(" \t\r\n,:", data[i]) >= 0 {
		i++
	}
	return i
}

func wrongAt(data []byte, at int, field string, err error) *DecodeError {
	before := data[:min(at, len(data))]
	return &DecodeError{
		Line:   bytes.Count(before, []byte("\n")) + 1,
		Column: len(before) - bytes.LastIndexByte(before, '\n'),
		Field:  field, Err: err,
	}
}
