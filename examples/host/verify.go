package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/duebook/duebook/payment/gateway"
)

// Verify takes what is signed with one of the secrets, and reads only which payment it is about.
func (b *bank) Verify(_ context.Context, h http.Header, body []byte) ([]gateway.Hint, error) {
	signed := func(secret string) bool {
		return hmac.Equal([]byte(sign(body, secret)), []byte(h.Get("Bank-Signature")))
	}
	if !slices.ContainsFunc(b.secrets, signed) {
		return nil, errors.New("the signature is not the bank's")
	}
	var event struct {
		Kind string `json:"kind"`
		gateway.Hint
	}
	if err := json.Unmarshal(body, &event); err != nil {
		return nil, err
	}
	if event.Kind != "payment" {
		return nil, gateway.ErrNotOurs
	}
	return []gateway.Hint{event.Hint}, nil
}

// sign is how the bank proves a body.
func sign(body []byte, secret string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write(body)
	return hex.EncodeToString(m.Sum(nil))
}
