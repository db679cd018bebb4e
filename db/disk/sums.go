package disk

import (
	"encoding/binary"
	"hash/crc32"
	"slices"
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// sums are the checksums of the pages of one database file, which SQLite does not have: without them one flipped bit is a wrong answer
// (erase-and-prove.md, fact 10). They lie in memory while the file is open, and beside the file in one of their own, four bytes a page.
//
// They are written when SQLite syncs the database file, and that is soon enough: until then the log holds every page that was written, and
// after a crash SQLite reads those from the log and writes them again.
type sums struct {
	path  string
	known []uint32 // of each page; 0 = not known
	from  int      // what the file lacks: pages from here …
	to    int      // … to here
	open  int      // connections
	mu    sync.RWMutex
	bad   map[uint32]bool
}

// sumsSuffix comes after the name of the database file. SQLite finds a file's mode by what stands before the dash.
const sumsSuffix = "-sums"

// badPages bounds how many damaged pages are remembered: the first says enough.
const badPages = 1000

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sumOf tells a page from any other with a few flipped bits, from one of zeros, and from the same page in another place. Never 0.
func sumOf(number uint32, b []byte) uint32 {
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], number)
	return max(crc32.Update(crc32.Checksum(n[:], castagnoli), castagnoli, b), 1)
}

func (s *sums) of(number uint32) uint32 {
	if int(number) > len(s.known) {
		return 0
	}
	return s.known[number-1]
}

// set is called with the lock held.
func (s *sums) set(number uint32, sum uint32) {
	i := int(number) - 1
	if i >= len(s.known) {
		s.known = append(s.known, make([]uint32, i+1-len(s.known))...)
	}
	if s.known[i] == sum {
		return
	}
	s.known[i] = sum
	if s.from == s.to {
		s.from, s.to = i, i+1
	}
	s.from, s.to = min(s.from, i), max(s.to, i+1)
}

// right tells whether a page is as it was written. One that nobody has seen yet is taken as it is.
func (s *sums) right(number uint32, b []byte) bool {
	sum := sumOf(number, b)
	s.mu.RLock()
	known := s.of(number)
	s.mu.RUnlock()
	if known == sum {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch s.of(number) {
	case sum: // written meanwhile
		return true
	case 0:
		s.set(number, sum)
		return true
	}
	if len(s.bad) < badPages {
		s.bad[number] = true
	}
	return false
}

// writing holds the lock while a page is written, so that whoever looks at the file sees both or neither.
func (s *sums) writing(number uint32, b []byte, write func() int32) int32 {
	if s == nil {
		return write()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rc := write()
	if rc == sqlite3.SQLITE_OK {
		s.set(number, sumOf(number, b))
		delete(s.bad, number)
	} else {
		s.set(number, 0) // who knows what is there
	}
	return rc
}

// sumsOf are the sums of an open file; nil = it has none.
func (v *VFS) sumsOf(file uintptr) *sums {
	s, _ := v.files.Load(file)
	out, _ := s.(*sums)
	return out
}

// begin gives a connection the sums of its file, reading them when it is the first. A file without sums is from an earlier version, or was
// put there by somebody: it is taken as it is.
func (v *VFS) begin(tls *libc.TLS, name, file uintptr) int32 {
	v.opening.Lock()
	defer v.opening.Unlock()
	path := libc.GoString(name)
	s, ok := v.sums[path]
	if !ok {
		s = &sums{path: path, bad: map[uint32]bool{}}
		if rc := v.load(tls, s); rc != sqlite3.SQLITE_OK {
			return rc
		}
		v.sums[path] = s
	}
	s.open++
	v.files.Store(file, s)
	return sqlite3.SQLITE_OK
}

// end takes them away again; the last one writes what is not written yet.
func (v *VFS) end(tls *libc.TLS, file uintptr) {
	v.opening.Lock()
	defer v.opening.Unlock()
	s := v.sumsOf(file)
	if s == nil {
		return
	}
	v.files.Delete(file)
	if s.open--; s.open > 0 {
		return
	}
	v.keep(tls, s) // if that fails, the next start finds sums of pages that the log has, or wrong ones: an error, never a wrong answer
	delete(v.sums, s.path)
}

// load reads the sums that lie beside a file.
func (v *VFS) load(tls *libc.TLS, s *sums) int32 {
	return v.beside(tls, s.path, func(m *sqlite3.Tsqlite3_io_methods, file uintptr) int32 {
		p := tls.Alloc(zeroBytes)
		defer tls.Free(zeroBytes)
		if rc := function[sizeFunc](m.FxFileSize)(tls, file, p); rc != sqlite3.SQLITE_OK {
			return rc
		}
		size := *at[int64](p) &^ 3
		for from := int64(0); from < size; from += zeroBytes {
			n := min(size-from, zeroBytes)
			if rc := function[readFunc](m.FxRead)(tls, file, p, int32(n), from); rc != sqlite3.SQLITE_OK {
				return rc
			}
			for b := range slices.Chunk(unsafe.Slice(at[byte](p), n), 4) {
				s.known = append(s.known, binary.LittleEndian.Uint32(b))
			}
		}
		return sqlite3.SQLITE_OK
	})
}

// keep writes what the file of sums lacks, and syncs it.
func (v *VFS) keep(tls *libc.TLS, s *sums) int32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.from == s.to {
		return sqlite3.SQLITE_OK
	}
	rc := v.beside(tls, s.path, func(m *sqlite3.Tsqlite3_io_methods, file uintptr) int32 {
		p := tls.Alloc(zeroBytes)
		defer tls.Free(zeroBytes)
		for from := s.from; from < s.to; from += zeroBytes / 4 {
			part := s.known[from:min(s.to, from+zeroBytes/4)]
			for i, sum := range part {
				binary.LittleEndian.PutUint32(unsafe.Slice(at[byte](p), zeroBytes)[4*i:], sum)
			}
			if rc := function[writeFunc](m.FxWrite)(tls, file, p, int32(4*len(part)), 4*int64(from)); rc != sqlite3.SQLITE_OK {
				return rc
			}
		}
		return function[syncFunc](m.FxSync)(tls, file, sqlite3.SQLITE_SYNC_NORMAL)
	})
	if rc == sqlite3.SQLITE_OK {
		s.from, s.to = 0, 0
	}
	return rc
}

// beside opens the file of sums for a moment, making it if it is not there.
func (v *VFS) beside(tls *libc.TLS, path string, do func(m *sqlite3.Tsqlite3_io_methods, file uintptr) int32) int32 {
	name := libc.Xcalloc(tls, 1, libc.Tsize_t(len(path)+len(sumsSuffix)+4)) // with the zeros that end a name without parameters
	defer libc.Xfree(tls, name)
	copy(unsafe.Slice(at[byte](name), len(path)+len(sumsSuffix)), path+sumsSuffix)
	return v.opened(tls, name, sqlite3.SQLITE_OPEN_CREATE, do)
}

// readPage refuses a page that is not as it was written.
func readPage(tls *libc.TLS, file, buf uintptr, amount int32, offset int64) int32 {
	m := methodsOf(file)
	rc := function[readFunc](m.below().FxRead)(tls, file, buf, amount, offset)
	if rc != sqlite3.SQLITE_OK || !isPage(amount, offset) {
		return rc
	}
	s := registeredAt(m.vfs).sumsOf(file)
	if s != nil && !s.right(uint32(offset/int64(amount))+1, unsafe.Slice(at[byte](buf), amount)) {
		return sqlite3.SQLITE_IOERR_DATA
	}
	return rc
}

// syncPages makes durable what was written, and its sums.
func syncPages(tls *libc.TLS, file uintptr, flags int32) int32 {
	m := methodsOf(file)
	rc := function[syncFunc](m.below().FxSync)(tls, file, flags)
	v := registeredAt(m.vfs)
	if s := v.sumsOf(file); s != nil && rc == sqlite3.SQLITE_OK {
		rc = v.keep(tls, s)
	}
	return rc
}

// closePages ends a connection's part in the sums. What SQLite calls goes away with its methods, so they are looked up first.
func closePages(tls *libc.TLS, file uintptr) int32 {
	m := methodsOf(file)
	registeredAt(m.vfs).end(tls, file)
	return function[closeFunc](m.below().FxClose)(tls, file)
}

// Damaged lists the pages of an open database file that were found not to be as they were written, by their numbers.
func (v *VFS) Damaged(path string) []uint32 {
	v.opening.Lock()
	s := v.sums[path]
	v.opening.Unlock()
	if s == nil {
		return nil
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]uint32, 0, len(s.bad))
	for n := range s.bad {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}
