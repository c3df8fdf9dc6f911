package paymenthttp_test

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/paymenthttp"
)

func answering(answer any, err error) paymenthttp.Handler {
	return func(*http.Request) (any, error) { return answer, err }
}

// What a handler returns is the whole answer: JSON, nothing, or the error and nothing else.
func TestP11_Handler(t *testing.T) {
	logs(t)
	for _, x := range []struct {
		name    string
		handler paymenthttp.Handler
		status  int
		media   string
		body    string // a part of it; empty: all
	}{
		{"a value", answering(map[string]string{"state": "<paid>"}, nil), 200, "application/json", "{\"state\":\"\\u003cpaid\\u003e\"}\n"},
		{"nothing", answering(nil, nil), 204, "", ""},
		{"an error beside a value", answering(map[string]string{"state": "paid"}, payment.ReasonBalance), 402, "application/problem+json", `"reason":"balance too low"`},
		{"what has no JSON", answering(map[string]any{"state": "paid", "do": func() {}}, nil), 500, "application/problem+json", `"something is wrong here, not with the request"`},
		{"what is not sound", answering(struct{ Type order.Currency }{9999}, nil), 500, "application/problem+json", `"something is wrong here, not with the request"`},
	} {
		w := httptest.NewRecorder()
		x.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		body := w.Body.String()
		if w.Code != x.status || w.Header().Get("Content-Type") != x.media || !strings.Contains(body, x.body) || x.body == "" && body != "" {
			t.Errorf("%s: %d %v %s", x.name, w.Code, w.Header(), body)
		}
		if x.status != 204 && (w.Header().Get("Content-Length") != strconv.Itoa(len(body)) || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("X-Content-Type-Options") != "nosniff") {
			t.Errorf("%s: %v", x.name, w.Header())
		}
		if x.status != 200 && strings.Contains(body, "paid") {
			t.Errorf("%s: the value is in %s", x.name, body)
		}
	}
}

// HEAD is answered as GET is, without the body; what a middleware says about caches stands.
func TestP11_HandlerOnTheWire(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle("GET /order", answering(map[string]string{"state": "paid"}, nil))
	mux.Handle("GET /refused", answering(nil, payment.ReasonBalance))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "private")
		mux.ServeHTTP(w, r)
	}))
	defer server.Close()
	for _, path := range []string{"/order", "/refused"} {
		get, err := server.Client().Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(get.Body)
		get.Body.Close()
		head, bad := server.Client().Head(server.URL + path)
		if err != nil || bad != nil {
			t.Fatal(err, bad)
		}
		head.Body.Close()
		get.Header.Del("Date")
		head.Header.Del("Date")
		if diff := cmp.Diff(get.Header, head.Header); diff != "" || head.StatusCode != get.StatusCode || head.ContentLength != int64(len(body)) || get.Header.Get("Cache-Control") != "private" {
			t.Errorf("%s: %d and %d, %s %v", path, get.StatusCode, head.StatusCode, diff, get.Header)
		}
	}
}

// A panic is net/http's to answer: what the handler did is not known here.
func TestP11_HandlerThatPanics(t *testing.T) {
	defer func() {
		if got := recover(); got != http.ErrAbortHandler {
			t.Errorf("recovered %v", got)
		}
	}()
	paymenthttp.Handler(func(*http.Request) (any, error) { panic(http.ErrAbortHandler) }).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
}

func post(media, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/hook", strings.NewReader(body))
	r.Header.Set("Content-Type", media)
	return r
}

// Decode takes JSON that says so, of at most 1 MiB, and nothing that is not sound; on an error
// the value is as it was, and the status is the client's fault.
func TestP11_Decode(t *testing.T) {
	const hint = `{"customer":"c-7","payment":"P1"}`
	space := func(n int) string { return hint + strings.Repeat(" ", n-len(hint)) }
	for _, x := range []struct {
		name, media, body string
		status            int // 0: it is read
		field             string
	}{
		{"sound", "application/json", hint, 0, ""},
		{"with a parameter", "application/json; charset=utf-8", hint, 0, ""},
		{"a kind of JSON", "application/vnd.shop+json", hint, 0, ""},
		{"a MiB", "application/json", space(1 << 20), 0, ""},
		{"a MiB and a byte", "application/json", space(1<<20 + 1), 413, ""},
		{"a form", "application/x-www-form-urlencoded", hint, 415, ""},
		{"a text", "text/plain", hint, 415, ""},
		{"no type", "", hint, 415, ""},
		{"a type that is none", "application/json; =", hint, 415, ""},
		{"nothing", "application/json", "", 422, ""},
		{"half", "application/json", hint[:20], 422, ""},
		{"two", "application/json", hint + hint, 422, ""},
		{"an unknown key", "application/json", `{"customer":"c-7","payment":"P1","price":1}`, 422, "price"},
		{"a key twice", "application/json", `{"customer":"c-7","customer":"c-8"}`, 422, "customer"},
		{"another type", "application/json", `{"customer":7}`, 422, "customer"},
		{"a value that is not sound", "application/json", `{"customer":"c-7"}`, 422, "payment"},
	} {
		got := gateway.Hint{Customer: "before"}
		err := paymenthttp.Decode(post(x.media, x.body), &got)
		if x.status == 0 {
			if err != nil || got != (gateway.Hint{Customer: "c-7", Payment: "P1"}) {
				t.Errorf("%s: %+v, %v", x.name, got, err)
			}
			continue
		}
		if err == nil || got != (gateway.Hint{Customer: "before"}) {
			t.Errorf("%s: %+v, %v", x.name, got, err)
			continue
		}
		w, body := answer(t, err)
		if field, _ := body["field"].(string); w.Code != x.status || field != x.field {
			t.Errorf("%s: %s", x.name, w.Body)
		}
	}
}

// A pointer that is none is the host's fault, and no body at all is an empty one.
func TestP11_DecodeIsCalledWrong(t *testing.T) {
	if err := paymenthttp.Decode(post("application/json", "{}"), gateway.Hint{}); !errors.Is(err, payment.ErrHost) {
		t.Errorf("no pointer: %v", err)
	}
	r := post("application/json", "{}")
	r.Body = nil
	var got gateway.Hint
	if err := paymenthttp.Decode(r, &got); paymenthttp.Status(err) != 422 {
		t.Errorf("no body: %v", err)
	}
}

// A body that breaks off is the client's, over the wire as well: 400, and nothing in the log.
func TestP11_DecodeBodyThatBreaksOff(t *testing.T) {
	log := logs(t)
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader("POST / HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{\"customer\":")))
	if err != nil {
		t.Fatal(err)
	}
	var got gateway.Hint
	err = paymenthttp.Decode(r, &got)
	if w, _ := answer(t, err); w.Code != 400 || !errors.Is(err, io.ErrUnexpectedEOF) || log.Len() > 0 {
		t.Errorf("%d %v, logged: %s", w.Code, err, log)
	}
}

// Whatever a body says, it is read as order.Decode reads it, or refused as the client's fault.
func FuzzP11_Decode(f *testing.F) {
	f.Add("application/json", []byte(`{"customer":"c-7","payment":"P1"}`))
	f.Add("application/json", []byte(`{"customer":"c-7"}`))
	f.Add("text/plain", []byte("{"))
	f.Add("application/problem+json;charset", []byte("\xff"))
	f.Fuzz(func(t *testing.T, media string, body []byte) {
		var got, want gateway.Hint
		err := paymenthttp.Decode(post(media, string(body)), &got)
		bad := order.Decode(body, &want)
		switch status := paymenthttp.Status(err); {
		case err == nil && (bad != nil || got != want):
			t.Errorf("%q is read as %+v, want %+v, %v", body, got, want, bad)
		case err != nil && got != gateway.Hint{}:
			t.Errorf("%q has changed the value: %+v", body, got)
		case err != nil && status != 415 && (status != 422 || bad == nil):
			t.Errorf("%q as %q: %d %v", body, media, status, err)
		}
		if err != nil {
			answer(t, err)
		}
	})
}
