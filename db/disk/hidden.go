package disk

import (
	"errors"
	"io"
	"path/filepath"
	"sync"
	"syscall"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// HiddenName is the file system whose files are Hidden ones. CopyName is the same with VFS above it, so that what is written there is scrubbed.
const (
	HiddenName = "quittance-hidden"
	CopyName   = "quittance-copy"
)

// hiddenFile is what SQLite knows of an open file.
type hiddenFile struct {
	methods uintptr
	number  uintptr
}

// hiding are the files that SQLite has open, and those databases that it has closed and nobody has taken yet.
var hiding struct {
	mu    sync.Mutex
	once  sync.Once
	err   error
	table uintptr
	next  uintptr
	open  map[uintptr]*Hidden
	names map[string]*Hidden // databases, by the last part of their path
}

// RegisterHidden makes both file systems known to SQLite. A database that is written there lies in a Hidden file in the folder that its
// path names; journals are hidden too, and are gone when they are closed. TakeHidden gives the file out.
func RegisterHidden() error {
	hiding.once.Do(func() { hiding.err = registerHidden() })
	return hiding.err
}

func registerHidden() error {
	tls := libc.NewTLS()
	defer tls.Close()
	found := sqlite3.Xsqlite3_vfs_find(tls, 0)
	if found == 0 {
		return errors.New("SQLite has no file system")
	}
	hiding.open, hiding.names = map[uintptr]*Hidden{}, map[string]*Hidden{}
	hiding.table = memory[sqlite3.Tsqlite3_io_methods](tls)
	*at[sqlite3.Tsqlite3_io_methods](hiding.table) = hiddenMethods
	p := memory[sqlite3.Tsqlite3_vfs](tls)
	own := at[sqlite3.Tsqlite3_vfs](p)
	*own = *at[sqlite3.Tsqlite3_vfs](found)
	own.FpNext, own.FzName, own.FszOsFile = 0, text(tls, HiddenName), int32(unsafe.Sizeof(hiddenFile{}))
	own.FxOpen, own.FxDelete, own.FxAccess = pointer(openFunc(openHidden)), pointer(deleteFunc(deleteHidden)), pointer(accessFunc(accessHidden))
	if rc := sqlite3.Xsqlite3_vfs_register(tls, p, 0); rc != sqlite3.SQLITE_OK {
		return errors.New("SQLite refused a file system")
	}
	_, err := Register(CopyName, HiddenName)
	return err
}

// TakeHidden gives out the file of a database that SQLite has closed. Whoever takes it closes it.
func TakeHidden(path string) (*Hidden, error) {
	hiding.mu.Lock()
	defer hiding.mu.Unlock()
	name := filepath.Base(path)
	h, ok := hiding.names[name]
	if !ok {
		return nil, errors.New("SQLite has made no such file")
	}
	delete(hiding.names, name)
	return h, nil
}

type (
	accessFunc = func(tls *libc.TLS, vfs, name uintptr, flags int32, out uintptr) int32
	askFunc    = func(tls *libc.TLS, file uintptr, op int32, arg uintptr) int32
)

// hiddenMethods are those of version 1: no shared memory, so a database there has no write-ahead log. One connection has it at a time, and
// nothing has to outlast a power cut, so locks and syncs are none.
var hiddenMethods = sqlite3.Tsqlite3_io_methods{
	FiVersion: 1,
	FxClose:   pointer(closeFunc(closeHidden)), FxRead: pointer(writeFunc(readHidden)), FxWrite: pointer(writeFunc(writeHidden)),
	FxTruncate: pointer(truncateFunc(truncateHidden)), FxSync: pointer(syncFunc(func(*libc.TLS, uintptr, int32) int32 { return sqlite3.SQLITE_OK })),
	FxFileSize: pointer(sizeFunc(func(tls *libc.TLS, file, size uintptr) int32 {
		*at[int64](size) = hiddenAt(file).Size()
		return sqlite3.SQLITE_OK
	})),
	FxLock:   pointer(syncFunc(func(*libc.TLS, uintptr, int32) int32 { return sqlite3.SQLITE_OK })),
	FxUnlock: pointer(syncFunc(func(*libc.TLS, uintptr, int32) int32 { return sqlite3.SQLITE_OK })),
	FxCheckReservedLock: pointer(sizeFunc(func(tls *libc.TLS, file, out uintptr) int32 {
		*at[int32](out) = 0
		return sqlite3.SQLITE_OK
	})),
	FxFileControl:           pointer(askFunc(func(*libc.TLS, uintptr, int32, uintptr) int32 { return sqlite3.SQLITE_NOTFOUND })),
	FxSectorSize:            pointer(closeFunc(func(*libc.TLS, uintptr) int32 { return hiddenUnit })),
	FxDeviceCharacteristics: pointer(closeFunc(func(*libc.TLS, uintptr) int32 { return 0 })),
}

func hiddenAt(file uintptr) *Hidden {
	hiding.mu.Lock()
	defer hiding.mu.Unlock()
	return hiding.open[at[hiddenFile](file).number]
}

// openHidden makes a new file, or opens the database that nobody has taken yet once more.
func openHidden(tls *libc.TLS, vfs, name, file uintptr, flags int32, out uintptr) int32 {
	*at[hiddenFile](file) = hiddenFile{}
	if name == 0 {
		return sqlite3.SQLITE_CANTOPEN
	}
	h, err := nameHidden(libc.GoString(name), flags&sqlite3.SQLITE_OPEN_MAIN_DB != 0)
	if err != nil {
		return sqlite3.SQLITE_CANTOPEN
	}
	hiding.mu.Lock()
	defer hiding.mu.Unlock()
	hiding.next++
	hiding.open[hiding.next] = h
	*at[hiddenFile](file) = hiddenFile{hiding.table, hiding.next}
	if out != 0 {
		*at[int32](out) = flags
	}
	return sqlite3.SQLITE_OK
}

func nameHidden(path string, database bool) (*Hidden, error) {
	hiding.mu.Lock()
	h := hiding.names[filepath.Base(path)]
	hiding.mu.Unlock()
	if h != nil {
		return h, nil
	}
	h, err := NewHidden(filepath.Dir(path))
	if err == nil && database {
		h.named = true
		hiding.mu.Lock()
		defer hiding.mu.Unlock()
		hiding.names[filepath.Base(path)] = h
	}
	return h, err
}

func closeHidden(tls *libc.TLS, file uintptr) int32 {
	hiding.mu.Lock()
	defer hiding.mu.Unlock()
	n := at[hiddenFile](file).number
	h := hiding.open[n]
	delete(hiding.open, n)
	if h != nil && !h.named && h.Close() != nil {
		return sqlite3.SQLITE_IOERR_CLOSE
	}
	return sqlite3.SQLITE_OK
}

// readHidden fills what lies behind the end with zeros, as SQLite wants it.
func readHidden(tls *libc.TLS, file, buf uintptr, amount int32, offset int64) int32 {
	into := unsafe.Slice(at[byte](buf), amount)
	n, err := hiddenAt(file).ReadAt(into, offset)
	switch {
	case err == nil:
		return sqlite3.SQLITE_OK
	case errors.Is(err, io.EOF):
		clear(into[n:])
		return sqlite3.SQLITE_IOERR_SHORT_READ
	}
	return sqlite3.SQLITE_IOERR_READ
}

func writeHidden(tls *libc.TLS, file, buf uintptr, amount int32, offset int64) int32 {
	_, err := hiddenAt(file).WriteAt(unsafe.Slice(at[byte](buf), amount), offset)
	switch {
	case err == nil:
		return sqlite3.SQLITE_OK
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		return sqlite3.SQLITE_FULL
	}
	return sqlite3.SQLITE_IOERR_WRITE
}

func truncateHidden(tls *libc.TLS, file uintptr, size int64) int32 {
	if hiddenAt(file).Truncate(size) != nil {
		return sqlite3.SQLITE_IOERR_TRUNCATE
	}
	return sqlite3.SQLITE_OK
}

func deleteHidden(*libc.TLS, uintptr, uintptr, int32) int32 { return sqlite3.SQLITE_OK }

// accessHidden says that nothing is there: a hidden file has no name that anybody could find.
func accessHidden(_ *libc.TLS, _, _ uintptr, _ int32, out uintptr) int32 {
	*at[int32](out) = 0
	return sqlite3.SQLITE_OK
}
