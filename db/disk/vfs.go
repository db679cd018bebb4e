// Package disk stands between SQLite and the files, and sees to it that neither the database nor its log keeps what was erased: nobody's
// bytes are written as zeros, and the log is wiped before it is cut or removed. What a page holds package page knows; what SQLite is asked
// to do is left to package db.
package disk

import (
	"errors"
	"fmt"
	"math/bits"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"quittance/db/page"
)

// VFS is a file system for SQLite, on top of another one, that does four things more:
//
//   - A page of a tree is scrubbed as it is written to the database file. So no byte of the file is ever unowned, whoever
//     checkpoints and whenever, the close of the last connection included.
//   - The write-ahead log is overwritten with zeros before it is cut (PRAGMA wal_checkpoint(TRUNCATE)), its header first: SQLite
//     does that when all of it is in the database file and synced, and keeps readers and writers out of the log meanwhile.
//   - A log or journal is overwritten before it is removed.
//   - A page of the database file is read only if it is as it was written (sums.go).
//
// The blocks that a file gives back would otherwise keep what was in them (erase-and-prove.md, fact 5).
type VFS struct {
	own     uintptr // what SQLite knows of it, in SQLite's memory
	under   uintptr // the file system below
	mu      sync.Mutex
	methods map[uintptr]uintptr // by what they stand on
	bad     atomic.Int64
	opening sync.Mutex
	sums    map[string]*sums // by the path of an open database file
	files   sync.Map         // likewise by the file as SQLite knows it
}

// methods are those of an open file, with some of them replaced. SQLite finds them by the file's first word.
type methods struct {
	sqlite3.Tsqlite3_io_methods
	under uintptr // the methods that they stand on
	vfs   uintptr
}

// registered are the file systems that SQLite knows, which it does until the process ends.
var registered struct {
	mu    sync.RWMutex
	named map[string]*VFS
	at    map[uintptr]*VFS
	zeros uintptr
}

// Register makes the VFS known to SQLite under a name, on top of the one that is known as under ("" = SQLite's own). Asked again, it
// returns the one that is there.
func Register(name, under string) (*VFS, error) {
	registered.mu.Lock()
	defer registered.mu.Unlock()
	if v, ok := registered.named[name]; ok {
		return v, nil
	}
	tls := libc.NewTLS()
	defer tls.Close()
	base := uintptr(0)
	if under != "" {
		base = text(tls, under)
	}
	found := sqlite3.Xsqlite3_vfs_find(tls, base)
	if found == 0 {
		return nil, errors.New("SQLite knows no file system of this name")
	}
	v := &VFS{own: memory[sqlite3.Tsqlite3_vfs](tls), under: found, methods: map[uintptr]uintptr{}, sums: map[string]*sums{}}
	own := at[sqlite3.Tsqlite3_vfs](v.own)
	*own = *v.base()
	own.FpNext, own.FzName, own.FxOpen, own.FxDelete = 0, text(tls, name), pointer(open), pointer(remove)
	if rc := sqlite3.Xsqlite3_vfs_register(tls, v.own, 0); rc != sqlite3.SQLITE_OK {
		return nil, fmt.Errorf("SQLite refused a file system: code %d", rc)
	}
	if registered.named == nil {
		registered.named, registered.at, registered.zeros = map[string]*VFS{}, map[uintptr]*VFS{}, memory[[zeroBytes]byte](tls)
	}
	registered.named[name], registered.at[v.own] = v, v
	return v, nil
}

func registeredAt(vfs uintptr) *VFS {
	registered.mu.RLock()
	defer registered.mu.RUnlock()
	return registered.at[vfs]
}

// Unread is how many pages were written as they were since the program started, because they are not as SQLite's file format says.
func (v *VFS) Unread() int64 { return v.bad.Load() }

// memory gives zeroed memory of SQLite's, for good. What SQLite is to refer to must lie there: it reckons with addresses, which Go's own
// memory does not allow (checkptr, under the race detector).
func memory[T any](tls *libc.TLS) uintptr {
	var v T
	return libc.Xcalloc(tls, 1, libc.Tsize_t(unsafe.Sizeof(v)))
}

// text gives SQLite a string that it may keep.
func text(tls *libc.TLS, s string) uintptr {
	p := libc.Xcalloc(tls, 1, libc.Tsize_t(len(s)+1))
	copy(unsafe.Slice(at[byte](p), len(s)), s)
	return p
}

// at reads what an address of SQLite's memory holds. Such memory is not Go's, so nothing moves it.
func at[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

// pointer is how the translated SQLite keeps a function: as the address of what Go calls it by. Functions of a package never move.
func pointer[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

// function is the reverse of pointer.
func function[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&struct{ uintptr }{p})) }

type (
	openFunc     = func(tls *libc.TLS, vfs, name, file uintptr, flags int32, out uintptr) int32
	deleteFunc   = func(tls *libc.TLS, vfs, name uintptr, syncDir int32) int32
	readFunc     = func(tls *libc.TLS, file, buf uintptr, amount int32, offset int64) int32
	writeFunc    = func(tls *libc.TLS, file, buf uintptr, amount int32, offset int64) int32
	truncateFunc = func(tls *libc.TLS, file uintptr, size int64) int32
	syncFunc     = func(tls *libc.TLS, file uintptr, flags int32) int32
	sizeFunc     = func(tls *libc.TLS, file, size uintptr) int32
	closeFunc    = func(tls *libc.TLS, file uintptr) int32
)

func (v *VFS) base() *sqlite3.Tsqlite3_vfs { return at[sqlite3.Tsqlite3_vfs](v.under) }

// open replaces the methods of database files and of logs. Who only reads may stand beside a process that writes, whose sums it does not
// know: it reads without them.
func open(tls *libc.TLS, vfs, name, file uintptr, flags int32, out uintptr) int32 {
	v := registeredAt(vfs)
	rc := function[openFunc](v.base().FxOpen)(tls, v.under, name, file, flags, out)
	if rc != sqlite3.SQLITE_OK || flags&(sqlite3.SQLITE_OPEN_MAIN_DB|sqlite3.SQLITE_OPEN_WAL) == 0 {
		return rc
	}
	f := at[sqlite3.Tsqlite3_file](file)
	under := f.FpMethods
	if f.FpMethods = v.over(tls, under, flags&sqlite3.SQLITE_OPEN_WAL != 0); flags&sqlite3.SQLITE_OPEN_MAIN_DB == 0 || flags&sqlite3.SQLITE_OPEN_READWRITE == 0 || name == 0 {
		return rc
	}
	if rc = v.begin(tls, name, file); rc != sqlite3.SQLITE_OK {
		function[closeFunc](at[sqlite3.Tsqlite3_io_methods](under).FxClose)(tls, file)
		f.FpMethods = 0 // SQLite closes no file without methods
	}
	return rc
}

// over gives the methods that stand on others. There are as many as the file system below has kinds of files: a handful.
func (v *VFS) over(tls *libc.TLS, under uintptr, log bool) uintptr {
	v.mu.Lock()
	defer v.mu.Unlock()
	key := under
	if log {
		key++ // a table is never at an odd address
	}
	if p, ok := v.methods[key]; ok {
		return p
	}
	p := memory[methods](tls)
	m := at[methods](p)
	*m = methods{*at[sqlite3.Tsqlite3_io_methods](under), under, v.own}
	if log {
		m.FxTruncate = pointer(truncateLog)
	} else {
		m.FxWrite, m.FxRead, m.FxSync, m.FxClose = pointer(writePage), pointer(readPage), pointer(syncPages), pointer(closePages)
	}
	v.methods[key] = p
	return p
}

func methodsOf(file uintptr) *methods { return at[methods](at[sqlite3.Tsqlite3_file](file).FpMethods) }

// below are the methods that they stand on.
func (m *methods) below() *sqlite3.Tsqlite3_io_methods {
	return at[sqlite3.Tsqlite3_io_methods](m.under)
}

// writePage scrubs a page of a tree on its way to the file. SQLite's own copy stays as it is: it may be in use.
func writePage(tls *libc.TLS, file, buf uintptr, amount int32, offset int64) int32 {
	m := methodsOf(file)
	write := function[writeFunc](m.below().FxWrite)
	if !isPage(amount, offset) {
		return write(tls, file, buf, amount, offset)
	}
	v := registeredAt(m.vfs)
	src, first, number := unsafe.Slice(at[byte](buf), amount), offset == 0, uint32(offset/int64(amount))+1
	put := func(buf uintptr, b []byte) int32 {
		return v.sumsOf(file).writing(number, b, func() int32 { return write(tls, file, buf, amount, offset) })
	}
	if !page.IsTree(src, first) {
		return put(buf, src)
	}
	dst := tls.Alloc(int(amount))
	defer tls.Free(int(amount))
	scrubbed := unsafe.Slice(at[byte](dst), amount)
	if page.Scrub(scrubbed, src, first) != nil {
		v.bad.Add(1)
		return put(buf, src)
	}
	return put(dst, scrubbed)
}

// isPage tells a page from the few other writes of SQLite to a database file, which are shorter.
func isPage(amount int32, offset int64) bool {
	return amount >= 512 && amount <= 1<<16 && bits.OnesCount32(uint32(amount)) == 1 && offset%int64(amount) == 0
}

// truncateLog wipes what is about to be given back.
func truncateLog(tls *libc.TLS, file uintptr, size int64) int32 {
	m := methodsOf(file)
	if rc := wipe(tls, m.below(), file, size); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return function[truncateFunc](m.below().FxTruncate)(tls, file, size)
}

// logHeader is the header of the write-ahead log (file format, section 4.1): without it not one of the frames is valid.
const logHeader = 32

// zeroBytes is how much is wiped at once. SQLite writes fewer than 128 KiB (os_unix.c, seekAndWriteFd).
const zeroBytes = 1 << 16

// wipe overwrites a file from an offset to its end. The header goes first and is synced: a crash in the middle must not leave a log that
// begins with valid frames of long ago.
func wipe(tls *libc.TLS, m *sqlite3.Tsqlite3_io_methods, file uintptr, from int64) int32 {
	p := tls.Alloc(8) // not Go's stack, which moves
	defer tls.Free(8)
	if rc := function[sizeFunc](m.FxFileSize)(tls, file, p); rc != sqlite3.SQLITE_OK {
		return rc
	}
	size := *at[int64](p)
	if from == 0 && size > logHeader {
		if rc := zero(tls, m, file, 0, logHeader); rc != sqlite3.SQLITE_OK {
			return rc
		}
		from = logHeader
	}
	return zero(tls, m, file, from, size)
}

// zero overwrites a range and syncs it.
func zero(tls *libc.TLS, m *sqlite3.Tsqlite3_io_methods, file uintptr, from, to int64) int32 {
	if from >= to {
		return sqlite3.SQLITE_OK
	}
	write := function[writeFunc](m.FxWrite)
	for ; from < to; from += zeroBytes {
		if rc := write(tls, file, registered.zeros, int32(min(to-from, zeroBytes)), from); rc != sqlite3.SQLITE_OK {
			return rc
		}
	}
	return function[syncFunc](m.FxSync)(tls, file, sqlite3.SQLITE_SYNC_NORMAL)
}

// remove wipes a log or journal before it goes. No lock of SQLite's is on such a file (they are on the database and on the shared
// memory), so it may be opened and closed beside it.
func remove(tls *libc.TLS, vfs, name uintptr, syncDir int32) int32 {
	v := registeredAt(vfs)
	if path := libc.GoString(name); strings.HasSuffix(path, "-wal") || strings.HasSuffix(path, "-journal") {
		if rc := v.wipeFile(tls, name); rc != sqlite3.SQLITE_OK {
			return rc
		}
	}
	return function[deleteFunc](v.base().FxDelete)(tls, v.under, name, syncDir)
}

func (v *VFS) wipeFile(tls *libc.TLS, name uintptr) int32 {
	there := tls.Alloc(8)
	defer tls.Free(8)
	access := function[func(*libc.TLS, uintptr, uintptr, int32, uintptr) int32](v.base().FxAccess)
	if rc := access(tls, v.under, name, sqlite3.SQLITE_ACCESS_EXISTS, there); rc != sqlite3.SQLITE_OK || *at[int32](there) == 0 {
		return rc
	}
	return v.opened(tls, name, 0, func(m *sqlite3.Tsqlite3_io_methods, file uintptr) int32 { return wipe(tls, m, file, 0) })
}

// opened does something with a file that is none of SQLite's databases.
func (v *VFS) opened(tls *libc.TLS, name uintptr, flags int32, do func(m *sqlite3.Tsqlite3_io_methods, file uintptr) int32) int32 {
	size := int(v.base().FszOsFile)
	file := tls.Alloc(size)
	defer tls.Free(size)
	clear(unsafe.Slice(at[byte](file), size))
	rc := function[openFunc](v.base().FxOpen)(tls, v.under, name, file, sqlite3.SQLITE_OPEN_READWRITE|sqlite3.SQLITE_OPEN_WAL|flags, 0)
	if rc != sqlite3.SQLITE_OK {
		return rc
	}
	m := at[sqlite3.Tsqlite3_io_methods](at[sqlite3.Tsqlite3_file](file).FpMethods)
	rc = do(m, file)
	return max(rc, function[closeFunc](m.FxClose)(tls, file))
}
