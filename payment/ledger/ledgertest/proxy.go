package ledgertest

import (
	"errors"
	"net"
	"sync"
	"time"
)

// Proxy stands between a store and its database, whatever they say to each other, and breaks a
// connection where it is told to. [VerifyCuts] tells it.
type Proxy struct {
	listener net.Listener
	network  string
	address  string

	mu    sync.Mutex
	cut   *cut // nil: everything passes
	conns map[net.Conn]bool
	done  sync.WaitGroup
}

// cut says where a connection breaks.
type cut struct {
	after  int  // so many exchanges pass, of any connection
	answer bool // the request passes, and the answer is lost; else the request is lost
	met    bool // it has broken
}

// quiet is for how long a server says nothing once it has answered.
const quiet = 100 * time.Millisecond

// NewProxy listens at a free port of this machine, and passes on what comes to an address of a
// network such as "tcp" or "unix". Close it.
func NewProxy(network, address string) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{listener: l, network: network, address: address, conns: make(map[net.Conn]bool)}
	p.done.Add(1)
	go p.serve()
	return p, nil
}

// Addr is where the store connects to, a *net.TCPAddr.
func (p *Proxy) Addr() net.Addr { return p.listener.Addr() }

// Close ends all connections.
func (p *Proxy) Close() error {
	err := p.listener.Close()
	p.mu.Lock()
	for c := range p.conns {
		err = errors.Join(err, c.Close())
	}
	clear(p.conns)
	p.mu.Unlock()
	p.done.Wait()
	return err
}

// arm has the connection break at the exchange after so many others.
func (p *Proxy) arm(after int, answer bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = &cut{after: after, answer: answer}
}

// disarm has everything pass again, and reports whether a connection has broken.
func (p *Proxy) disarm() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	met := p.cut != nil && p.cut.met
	p.cut = nil
	return met
}

// begins counts an exchange, and says whether its request or its answer is lost.
func (p *Proxy) begins() (request, answer bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.cut
	if c == nil || c.met {
		return false, false
	}
	if c.after > 0 {
		c.after--
		return false, false
	}
	c.met = true
	return !c.answer, c.answer
}

func (p *Proxy) serve() {
	defer p.done.Done()
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial(p.network, p.address)
		if err != nil {
			_ = client.Close() // which is all that the store is to see
			continue
		}
		p.hold(client, server)
		x := &exchange{proxy: p, client: client, server: server, answered: true}
		p.done.Add(2)
		go x.requests()
		go x.answers()
	}
}

// hold has connections end with the proxy.
func (p *Proxy) hold(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		p.conns[c] = true
	}
}

// exchange is a connection, which asks and is answered in turn.
type exchange struct {
	proxy          *Proxy
	client, server net.Conn

	mu       sync.Mutex
	answered bool // the server has said something since the client has
	lost     bool // the answer is to be lost
}

func (x *exchange) end() {
	x.proxy.mu.Lock()
	defer x.proxy.mu.Unlock()
	for _, c := range []net.Conn{x.client, x.server} {
		if x.proxy.conns[c] {
			delete(x.proxy.conns, c)
			_ = c.Close() // either end may be gone
		}
	}
}

// asks says whether what the client has begun to say is lost.
func (x *exchange) asks() (request bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.answered {
		x.answered = false
		request, x.lost = x.proxy.begins()
	}
	return request
}

func (x *exchange) requests() {
	defer x.proxy.done.Done()
	defer x.end()
	buf := make([]byte, 1<<16)
	for {
		n, err := x.client.Read(buf)
		if err != nil || x.asks() {
			return
		}
		if _, err := x.server.Write(buf[:n]); err != nil {
			return
		}
	}
}

func (x *exchange) answers() {
	defer x.proxy.done.Done()
	defer x.end()
	buf := make([]byte, 1<<16)
	for {
		n, err := x.server.Read(buf)
		if err != nil {
			return
		}
		x.mu.Lock()
		x.answered = true
		lost := x.lost
		x.mu.Unlock()
		if lost { // all of it, so that the server has done what it was asked
			if x.server.SetReadDeadline(time.Now().Add(quiet)) != nil {
				return
			}
			continue
		}
		if _, err := x.client.Write(buf[:n]); err != nil {
			return
		}
	}
}
