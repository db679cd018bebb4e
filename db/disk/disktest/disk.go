// Package disktest is a disk that fails on demand and remembers what was done to it, so that it can be rebuilt as a power cut at any moment
// would leave it. It is imported by tests only.
//
// It stands below package disk as a VFS of SQLite's, on top of real files, and beside it as files of Go's (the ledger).
package disktest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// Kind is what an operation does.
type Kind uint8

// The operations. Reads are counted, so that they can fail, and not remembered.
const (
	Read Kind = iota
	Write
	Truncate
	Sync
	Delete
)

// Op is one operation on a file.
type Op struct {
	Kind Kind
	File string // its name without its folder
	At   int64  // where a write goes; the new size
	Data []byte
}

// Disk is the disk. Its zero value is none: see New.
type Disk struct {
	own   uintptr // what SQLite knows of it, in SQLite's memory
	under uintptr

	mu    sync.Mutex
	paths []string // by the number of an open file
	ops   []Op
	keep  bool
	count int
	fail  int   // the operation that fails; 0 = none
	room  int64 // bytes that writes may yet add to files; < 0 = any number
}

// file is an open file. That of the file system below follows it.
type file struct {
	methods uintptr // package disk puts its own here
	number  uintptr
	disk    uintptr // what SQLite knows of it
}

const fileSize = unsafe.Sizeof(file{})

// disks are those that SQLite knows, which it does until the process ends, and the table of their files' methods.
var disks struct {
	mu    sync.RWMutex
	at    map[uintptr]*Disk
	table uintptr
}

func diskAt(own uintptr) *Disk {
	disks.mu.RLock()
	defer disks.mu.RUnlock()
	return disks.at[own]
}

// New makes a disk and tells SQLite of it under a name.
func New(name string) (*Disk, error) {
	disks.mu.Lock()
	defer disks.mu.Unlock()
	tls := libc.NewTLS()
	defer tls.Close()
	found := sqlite3.Xsqlite3_vfs_find(tls, 0)
	if found == 0 {
		return nil, errors.New("SQLite has no file system")
	}
	if disks.at == nil {
		disks.at, disks.table = map[uintptr]*Disk{}, kept(tls, table)
	}
	d := &Disk{own: kept(tls, *at[sqlite3.Tsqlite3_vfs](found)), under: found, room: -1}
	own := at[sqlite3.Tsqlite3_vfs](d.own)
	own.FpNext, own.FzName = 0, text(tls, name)
	own.FszOsFile += int32(fileSize)
	own.FxOpen, own.FxDelete = pointer(open), pointer(remove)
	if rc := sqlite3.Xsqlite3_vfs_register(tls, d.own, 0); rc != sqlite3.SQLITE_OK {
		return nil, fmt.Errorf("SQLite refused a file system: code %d", rc)
	}
	disks.at[d.own] = d
	return d, nil
}

func text(tls *libc.TLS, s string) uintptr {
	p := libc.Xcalloc(tls, 1, libc.Tsize_t(len(s)+1))
	copy(unsafe.Slice(at[byte](p), len(s)), s)
	return p
}

// kept puts a value into memory of SQLite's, for good (package disk, memory).
func kept[T any](tls *libc.TLS, v T) uintptr {
	p := libc.Xcalloc(tls, 1, libc.Tsize_t(unsafe.Sizeof(v)))
	*at[T](p) = v
	return p
}

// Record forgets what was done so far and remembers, from now on, every operation that changes a file.
func (d *Disk) Record() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ops, d.keep = nil, true
}

// Stop ends remembering and returns what was done.
func (d *Disk) Stop() []Op {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.keep = false
	return d.ops
}

// Len is how many operations are remembered so far.
func (d *Disk) Len() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.ops)
}

// Fail counts operations from now on, reads included, and fails the n-th: a write is done by half, all others not at all. 0 = none.
func (d *Disk) Fail(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.count, d.fail = 0, n
}

// Count is how many operations there were since Fail.
func (d *Disk) Count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.count
}

// Room lets files grow by so many bytes more, all together; < 0 = without bound.
func (d *Disk) Room(n int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.room = n
}

var (
	errFailed = errors.New("this operation was told to fail")
	errFull   = fmt.Errorf("the disk was made so small: %w", syscall.ENOSPC)
)

// do counts an operation and remembers it. grows is by how much the file would become longer; what a file gives back can be written again.
func (d *Disk) do(op Op, grows int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.count++
	if d.count == d.fail {
		return errFailed
	}
	if d.room >= 0 && grows > d.room {
		return errFull
	}
	if d.room >= 0 {
		d.room -= grows
	}
	if d.keep && op.Kind != Read {
		op.Data = append([]byte(nil), op.Data...)
		d.ops = append(d.ops, op)
	}
	return nil
}

// number gives an open file its number.
func (d *Disk) number(path string) uintptr {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.paths = append(d.paths, filepath.Base(path))
	return uintptr(len(d.paths) - 1)
}

func (d *Disk) path(number uintptr) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.paths[number]
}

// File is a file of Go's on the disk.
type File struct {
	*os.File
	disk *Disk
}

// Open opens or makes one.
func (d *Disk) Open(path string) (*File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	return &File{f, d}, err
}

// WriteAt implements io.WriterAt.
func (f *File) WriteAt(b []byte, at int64) (int, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	if err := f.disk.do(Op{Write, filepath.Base(f.Name()), at, b}, max(0, at+int64(len(b))-info.Size())); err != nil {
		n, _ := f.File.WriteAt(b[:len(b)/2], at)
		return n, err
	}
	return f.File.WriteAt(b, at)
}

// Truncate sets the size.
func (f *File) Truncate(size int64) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := f.disk.do(Op{Truncate, filepath.Base(f.Name()), size, nil}, min(0, size-info.Size())); err != nil {
		return err
	}
	return f.File.Truncate(size)
}

// Sync makes durable what was written.
func (f *File) Sync() error {
	if err := f.disk.do(Op{Sync, filepath.Base(f.Name()), 0, nil}, 0); err != nil {
		return err
	}
	return f.File.Sync()
}
