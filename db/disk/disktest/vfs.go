package disktest

import (
	"errors"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// at, pointer and function are explained in package disk.
func at[T any](p uintptr) *T      { return *(**T)(unsafe.Pointer(&p)) }
func pointer[F any](f F) uintptr  { return *(*uintptr)(unsafe.Pointer(&f)) }
func function[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&struct{ uintptr }{p})) }
func inner(f uintptr) uintptr     { return f + fileSize }

func pathOf(f uintptr) (*Disk, string) {
	h := at[file](f)
	d := diskAt(h.disk)
	return d, d.path(h.number)
}

func below(f uintptr) *sqlite3.Tsqlite3_io_methods {
	return at[sqlite3.Tsqlite3_io_methods](at[sqlite3.Tsqlite3_file](inner(f)).FpMethods)
}

type (
	plain = func(tls *libc.TLS, f uintptr) int32
	wide  = func(tls *libc.TLS, f, p uintptr) int32
	flag  = func(tls *libc.TLS, f uintptr, n int32) int32
	moved = func(tls *libc.TLS, f, buf uintptr, amount int32, offset int64) int32
	sized = func(tls *libc.TLS, f uintptr, size int64) int32
	asked = func(tls *libc.TLS, f uintptr, op int32, arg uintptr) int32
	mapit = func(tls *libc.TLS, f uintptr, region, size, extend int32, out uintptr) int32
	locks = func(tls *libc.TLS, f uintptr, offset, n, flags int32) int32
	fence = func(tls *libc.TLS, f uintptr)
)

// table stands in for the methods of every file. Those that only pass on need no more than where the file below is.
var table = sqlite3.Tsqlite3_io_methods{
	FiVersion: 2, // no memory mapping
	FxClose:   pointer(plain(func(tls *libc.TLS, f uintptr) int32 { return function[plain](below(f).FxClose)(tls, inner(f)) })),
	FxRead:    pointer(moved(read)), FxWrite: pointer(moved(write)), FxTruncate: pointer(sized(truncate)), FxSync: pointer(flag(syncFile)),
	FxFileSize: pointer(wide(func(tls *libc.TLS, f, p uintptr) int32 { return function[wide](below(f).FxFileSize)(tls, inner(f), p) })),
	FxLock: pointer(flag(func(tls *libc.TLS, f uintptr, n int32) int32 {
		return function[flag](below(f).FxLock)(tls, inner(f), n)
	})),
	FxUnlock: pointer(flag(func(tls *libc.TLS, f uintptr, n int32) int32 {
		return function[flag](below(f).FxUnlock)(tls, inner(f), n)
	})),
	FxCheckReservedLock: pointer(wide(func(tls *libc.TLS, f, p uintptr) int32 {
		return function[wide](below(f).FxCheckReservedLock)(tls, inner(f), p)
	})),
	FxFileControl: pointer(asked(func(tls *libc.TLS, f uintptr, op int32, arg uintptr) int32 {
		return function[asked](below(f).FxFileControl)(tls, inner(f), op, arg)
	})),
	FxSectorSize: pointer(plain(func(tls *libc.TLS, f uintptr) int32 { return function[plain](below(f).FxSectorSize)(tls, inner(f)) })),
	// No claim of what the device does better than the simplest one: SQLite must not lean on it.
	FxDeviceCharacteristics: pointer(plain(func(*libc.TLS, uintptr) int32 { return 0 })),
	FxShmMap: pointer(mapit(func(tls *libc.TLS, f uintptr, region, size, extend int32, out uintptr) int32 {
		return function[mapit](below(f).FxShmMap)(tls, inner(f), region, size, extend, out)
	})),
	FxShmLock: pointer(locks(func(tls *libc.TLS, f uintptr, offset, n, flags int32) int32 {
		return function[locks](below(f).FxShmLock)(tls, inner(f), offset, n, flags)
	})),
	FxShmBarrier: pointer(fence(func(tls *libc.TLS, f uintptr) { function[fence](below(f).FxShmBarrier)(tls, inner(f)) })),
	FxShmUnmap: pointer(flag(func(tls *libc.TLS, f uintptr, n int32) int32 {
		return function[flag](below(f).FxShmUnmap)(tls, inner(f), n)
	})),
}

type openFunc = func(tls *libc.TLS, vfs, name, f uintptr, flags int32, out uintptr) int32

func open(tls *libc.TLS, vfs, name, f uintptr, flags int32, out uintptr) int32 {
	d := diskAt(vfs)
	at[file](f).methods = 0
	base := at[sqlite3.Tsqlite3_vfs](d.under)
	rc := function[openFunc](base.FxOpen)(tls, d.under, name, inner(f), flags, out)
	if rc != sqlite3.SQLITE_OK {
		return rc
	}
	*at[file](f) = file{disks.table, d.number(goString(name)), d.own}
	return rc
}

func goString(p uintptr) string {
	if p == 0 {
		return "" // a file for the moment
	}
	return libc.GoString(p)
}

func remove(tls *libc.TLS, vfs, name uintptr, syncDir int32) int32 {
	d := diskAt(vfs)
	if d.do(Op{Kind: Delete, File: base(goString(name))}, 0) != nil {
		return sqlite3.SQLITE_IOERR_DELETE
	}
	under := at[sqlite3.Tsqlite3_vfs](d.under)
	return function[func(*libc.TLS, uintptr, uintptr, int32) int32](under.FxDelete)(tls, d.under, name, syncDir)
}

func read(tls *libc.TLS, f, buf uintptr, amount int32, offset int64) int32 {
	d, path := pathOf(f)
	if d.do(Op{Kind: Read, File: path}, 0) != nil {
		return sqlite3.SQLITE_IOERR_READ
	}
	return function[moved](below(f).FxRead)(tls, inner(f), buf, amount, offset)
}

func write(tls *libc.TLS, f, buf uintptr, amount int32, offset int64) int32 {
	d, path := pathOf(f)
	forward := function[moved](below(f).FxWrite)
	err := d.do(Op{Write, path, offset, unsafe.Slice(at[byte](buf), amount)}, offset+int64(amount)-size(tls, f))
	switch {
	case errors.Is(err, errFull):
		return sqlite3.SQLITE_FULL
	case err != nil:
		forward(tls, inner(f), buf, amount/2, offset)
		return sqlite3.SQLITE_IOERR_WRITE
	}
	return forward(tls, inner(f), buf, amount, offset)
}

func size(tls *libc.TLS, f uintptr) int64 {
	p := tls.Alloc(8)
	defer tls.Free(8)
	function[wide](below(f).FxFileSize)(tls, inner(f), p)
	return *at[int64](p)
}

func truncate(tls *libc.TLS, f uintptr, n int64) int32 {
	d, path := pathOf(f)
	if d.do(Op{Kind: Truncate, File: path, At: n}, 0) != nil {
		return sqlite3.SQLITE_IOERR_TRUNCATE
	}
	return function[sized](below(f).FxTruncate)(tls, inner(f), n)
}

func syncFile(tls *libc.TLS, f uintptr, flags int32) int32 {
	d, path := pathOf(f)
	if d.do(Op{Kind: Sync, File: path}, 0) != nil {
		return sqlite3.SQLITE_IOERR_FSYNC
	}
	return function[flag](below(f).FxSync)(tls, inner(f), flags)
}
