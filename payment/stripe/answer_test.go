package stripe_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

// answering answers each write with an error, and the rest as another does.
type answering struct {
	http.RoundTripper
	status     int
	kind, code string
}

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPost {
		return a.RoundTripper.RoundTrip(r)
	}
	body := fmt.Sprintf(`{"error":{"type":%q,"code":%q,"message":"No such PaymentMethod: 'pm_1' of cus_1"}}`, a.kind, a.code)
	if a.kind == "" {
		body = "<html>bad gateway</html>"
	}
	return &http.Response{StatusCode: a.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}
