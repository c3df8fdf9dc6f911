package sqlstore_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// faultyDisk stands between SQLite and the files that it opens with ?vfs=duebook-disk. It has one call fail, or all from
// there on, and knows what a loss of power leaves: what was synced, and of the rest any pages. A sync that fails
// loses pages for good, as Linux does: they count as written, and no later sync writes them.
type faultyDisk struct {
	mu     sync.Mutex
	files  map[uintptr]*platter // open, by SQLite's handle
	plates map[string]*platter  // by path
	random *rand.Rand

	fault
	first  string         // what failed first
	points map[string]int // how often each kind of call did
}

// fault says what fails.
type fault struct {
	call  string // read, write, truncate or sync
	after int    // how many of these succeed before one fails
	lasts bool   // all calls, of whatever kind, fail from there on
	lost  int    // what a sync that fails loses
}

// What a sync that fails loses.
const (
	lostNothing = iota // it has worked all the same
	lostDisk           // all, and programs read what was not written
	lostAll            // all, and programs read what was before
	lostAny            // each page is any of these
	losses
)

// platter is a file.
type platter struct {
	name  string
	cache []byte // what programs read
	disk  []byte // what a loss of power leaves for certain
	dirty map[int]bool
	real  lib.Tsqlite3_io_methods // what the usual file system has; a log has others than a file
}

const diskPage = 4096 // of the system

var disk = &faultyDisk{files: make(map[uintptr]*platter), points: make(map[string]int)}

// begin has a file, and its log, as they are given.
func (d *faultyDisk) begin(path string, main, wal []byte, f fault, random *rand.Rand) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.plates = map[string]*platter{
		path:          {name: "file", cache: slices.Clone(main), disk: slices.Clone(main), dirty: make(map[int]bool)},
		path + "-wal": {name: "log", cache: slices.Clone(wal), disk: slices.Clone(wal), dirty: make(map[int]bool)},
	}
	d.fault, d.random, d.first = f, random, ""
}

// heals has no call fail any more.
func (d *faultyDisk) heals() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault = fault{}
}

// failed says what failed first; empty: nothing.
func (d *faultyDisk) failed() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.first
}

// leaves is what a program that is killed leaves, or, without power, the machine.
func (d *faultyDisk) leaves(path string, power bool) (main, wal []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	of := func(p *platter) []byte {
		if !power {
			return slices.Clone(p.cache)
		}
		after := &platter{cache: p.cache, disk: slices.Clone(p.disk)}
		for _, n := range slices.Sorted(maps.Keys(p.dirty)) {
			if d.random.IntN(4) > 0 {
				after.persist(n)
			}
		}
		return after.disk
	}
	return of(d.plates[path]), of(d.plates[path+"-wal"])
}

// persist writes a page to the disk.
func (p *platter) persist(n int) {
	from, to := n*diskPage, min((n+1)*diskPage, len(p.cache))
	if from < to {
		p.disk = grown(p.disk, to)
		copy(p.disk[from:to], p.cache[from:])
	}
}

func grown(b []byte, n int) []byte {
	if len(b) < n {
		b = append(b, make([]byte, n-len(b))...)
	}
	return b
}

// fails reports whether a call is to fail.
func (d *faultyDisk) fails(p *platter, what string) bool {
	if d.first != "" {
		return d.lasts
	}
	if d.call != what {
		return false
	}
	if d.after--; d.after >= 0 {
		return false
	}
	d.first = what + " of the " + p.name
	d.points[d.first]++
	return true
}

func (d *faultyDisk) wrote(p *platter, b []byte, at int) {
	if len(b) == 0 {
		return
	}
	p.cache = grown(p.cache, at+len(b))
	copy(p.cache[at:], b)
	for n := at / diskPage; n <= (at+len(b)-1)/diskPage; n++ {
		p.dirty[n] = true
	}
}

// What SQLite calls, as its driver has it.
type (
	openCall     = func(tls *libc.TLS, vfs, name, file uintptr, flags int32, out uintptr) int32
	closeCall    = func(tls *libc.TLS, file uintptr) int32
	blockCall    = func(tls *libc.TLS, file, buf uintptr, n int32, at lib.Tsqlite3_int64) int32
	truncateCall = func(tls *libc.TLS, file uintptr, size lib.Tsqlite3_int64) int32
	syncCall     = func(tls *libc.TLS, file uintptr, flags int32) int32
)

var (
	realVFS uintptr                    // the usual file system
	ours    = make(map[string]uintptr) // the methods of a platter, by its name
)

// register has SQLite know the disk.
var register = sync.OnceValue(func() int32 {
	tls := libc.NewTLS()
	defer tls.Close()
	realVFS = lib.Xsqlite3_vfs_find(tls, 0)
	name, err := libc.CString("duebook-disk")
	if err != nil {
		return lib.SQLITE_NOMEM
	}
	vfs, at := kept(tls, *pointer[lib.Tsqlite3_vfs](realVFS))
	vfs.FpNext, vfs.FzName = 0, name
	*method[openCall](&vfs.FxOpen) = diskOpen
	return lib.Xsqlite3_vfs_register(tls, at, 0)
})

// kept is a copy where SQLite may keep it.
func kept[T any](tls *libc.TLS, of T) (*T, uintptr) {
	at := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(of)))
	p := pointer[T](at)
	*p = of
	return p, at
}

// pointer is one that SQLite has.
func pointer[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

// method is a function where SQLite has it.
func method[F any](p *uintptr) *F { return (*F)(unsafe.Pointer(p)) }

func diskOpen(tls *libc.TLS, _, name, file uintptr, flags int32, out uintptr) int32 {
	rc := (*method[openCall](&pointer[lib.Tsqlite3_vfs](realVFS).FxOpen))(tls, realVFS, name, file, flags, out)
	if rc != lib.SQLITE_OK || flags&(lib.SQLITE_OPEN_MAIN_DB|lib.SQLITE_OPEN_WAL) == 0 {
		return rc
	}
	disk.mu.Lock()
	defer disk.mu.Unlock()
	f, p := pointer[lib.Tsqlite3_file](file), disk.plates[libc.GoString(name)]
	p.real = *pointer[lib.Tsqlite3_io_methods](f.FpMethods)
	if ours[p.name] == 0 {
		m, at := kept(tls, p.real)
		*method[closeCall](&m.FxClose) = diskClose
		*method[blockCall](&m.FxRead) = diskRead
		*method[blockCall](&m.FxWrite) = diskWrite
		*method[truncateCall](&m.FxTruncate) = diskTruncate
		*method[syncCall](&m.FxSync) = diskSync
		ours[p.name] = at
	}
	f.FpMethods = ours[p.name]
	disk.files[file] = p
	return rc
}

func diskClose(tls *libc.TLS, file uintptr) int32 {
	disk.mu.Lock()
	p := disk.files[file]
	delete(disk.files, file)
	disk.mu.Unlock()
	return (*method[closeCall](&p.real.FxClose))(tls, file)
}

func diskRead(tls *libc.TLS, file, buf uintptr, n int32, at lib.Tsqlite3_int64) int32 {
	disk.mu.Lock()
	defer disk.mu.Unlock()
	p := disk.files[file]
	if disk.fails(p, "read") {
		return lib.SQLITE_IOERR_READ
	}
	return (*method[blockCall](&p.real.FxRead))(tls, file, buf, n, at)
}

func diskWrite(tls *libc.TLS, file, buf uintptr, n int32, at lib.Tsqlite3_int64) int32 {
	disk.mu.Lock()
	defer disk.mu.Unlock()
	p, rc := disk.files[file], int32(lib.SQLITE_OK)
	if disk.fails(p, "write") { // some of it is written
		n = n * disk.random.Int32N(3) / 2
		if rc = lib.SQLITE_IOERR_WRITE; disk.random.IntN(3) == 0 {
			rc, n = lib.SQLITE_FULL, n/2
		}
	}
	if n > 0 {
		disk.wrote(p, unsafe.Slice(pointer[byte](buf), n), int(at))
		if real := (*method[blockCall](&p.real.FxWrite))(tls, file, buf, n, at); real != lib.SQLITE_OK {
			return real
		}
	}
	return rc
}

func diskTruncate(tls *libc.TLS, file uintptr, size lib.Tsqlite3_int64) int32 {
	disk.mu.Lock()
	defer disk.mu.Unlock()
	p := disk.files[file]
	if disk.fails(p, "truncate") {
		return lib.SQLITE_IOERR_TRUNCATE
	}
	p.cache = p.cache[:min(len(p.cache), int(size))]
	return (*method[truncateCall](&p.real.FxTruncate))(tls, file, size)
}

func diskSync(tls *libc.TLS, file uintptr, flags int32) int32 {
	disk.mu.Lock()
	defer disk.mu.Unlock()
	p := disk.files[file]
	if !disk.fails(p, "sync") {
		for n := range p.dirty {
			p.persist(n)
		}
		clear(p.dirty)
		p.disk = p.disk[:min(len(p.disk), len(p.cache))]
		return (*method[syncCall](&p.real.FxSync))(tls, file, flags)
	}
	for _, n := range slices.Sorted(maps.Keys(p.dirty)) {
		lost := disk.lost
		if lost == lostAny {
			lost = disk.random.IntN(lostAny)
		}
		switch lost {
		case lostNothing:
			p.persist(n)
		case lostAll:
			from, to := n*diskPage, min((n+1)*diskPage, len(p.cache))
			if from >= to {
				break
			}
			buf := libc.Xcalloc(tls, 1, libc.Tsize_t(to-from))
			old := unsafe.Slice(pointer[byte](buf), to-from)
			if from < len(p.disk) {
				copy(old, p.disk[from:])
			}
			copy(p.cache[from:], old)
			(*method[blockCall](&p.real.FxWrite))(tls, file, buf, int32(len(old)), lib.Tsqlite3_int64(from))
			libc.Xfree(tls, buf)
		}
	}
	clear(p.dirty)
	return lib.SQLITE_IOERR_FSYNC
}
