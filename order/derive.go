package order

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
)

// lower is base32 with digits and small letters.
var lower = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// Derive returns an ID of 32 characters for a thing of this kind with these parts: the
// same parts give the same ID, other parts another (P12).
func Derive(kind string, parts ...string) string {
	room := [256]byte{}
	text := append(room[:0], kind...)
	for _, part := range parts {
		text = binary.BigEndian.AppendUint64(text, uint64(len(part))) // so that no two lists of parts run together
		text = append(text, part...)
	}
	sum, id := sha256.Sum256(text), [32]byte{}
	lower.Encode(id[:], sum[:20])
	return string(id[:])
}
