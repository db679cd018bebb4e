package db

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

const (
	reserveName = "reserve"

	// DefaultReserve is how much of the disk is kept for erasures: twice what the write-ahead log grows to before it is taken in
	// (erase-and-prove.md, fact 8: one cannot erase on a full disk).
	DefaultReserve = 64 << 20
	// DefaultLowWater is how much has to be free for anything to be taken in.
	DefaultLowWater = 4 * DefaultReserve
)

// ErrLow is an ErrFull that comes well before the disk is full: nothing is taken in, and erasures go on.
var ErrLow = fmt.Errorf("too little of the disk is free, so nothing more is taken in; erasures go on: %w", ErrFull)

// WithFree replaces how free space is measured, in bytes, for tests.
func WithFree(free func(dir string) (int64, error)) Option {
	return func(s *Store) { s.room.free = free }
}

// room is what is left of the disk, and what is kept of it for erasures.
type room struct {
	dir  string
	open func(path string) (File, error)
	now  func() time.Time
	free func(dir string) (int64, error)

	mu      sync.Mutex
	low     int64
	reserve int64 // its size when it is there; 0 = none is kept
	left    int64
	asked   time.Time
	err     error
}

// freeBytes is what the account of this process may still write.
func freeBytes(dir string) (int64, error) {
	var v syscall.Statfs_t
	if err := syscall.Statfs(dir, &v); err != nil {
		return 0, fmt.Errorf("looking how much of the disk is free: %w", err)
	}
	return int64(v.Bavail) * int64(v.Bsize), nil
}

// measure is what is free, as it was within the last second: every message asks.
func (r *room) measure() (int64, error) {
	if now := r.now(); r.asked.IsZero() || now.Sub(r.asked).Abs() >= time.Second {
		r.left, r.err = r.free(r.dir)
		r.asked = now
	}
	return r.left, r.err
}

// take refuses to take anything in when too little is free. A disk that does not tell is taken for one with room: what fails, fails in
// the transaction.
func (r *room) take() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if left, err := r.measure(); err == nil && left < r.low {
		return ErrLow
	}
	return nil
}

// Space is how things stand with the disk. All sizes are bytes.
type Space struct {
	Free, LowWater int64
	Reserve        int64 // what lies there now
	Wanted         int64 // what should lie there; 0 = none is kept by this process
}

// Low tells that nothing is taken in.
func (v Space) Low() bool { return v.Free < v.LowWater }

// Space measures the disk, at most once a second.
func (s *Store) Space() (Space, error) {
	r := &s.room
	r.mu.Lock()
	defer r.mu.Unlock()
	left, err := r.measure()
	return Space{Free: left, LowWater: r.low, Reserve: r.lies(), Wanted: r.reserve}, err
}

// SetLowWater sets how much has to be free for anything to be taken in.
func (s *Store) SetLowWater(bytes int64) {
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	s.room.low = bytes
}

// KeepReserve keeps a file of so many bytes in the data directory, for as long as this store is open: it is given up when the disk is full, so
// that erasures go on, and made again when there is room. A disk that has no room for it now is no error: the overview says so.
func (s *Store) KeepReserve(bytes int64) error {
	s.room.mu.Lock()
	s.room.reserve = bytes
	s.room.mu.Unlock()
	return s.refill()
}

func (r *room) path() string { return filepath.Join(r.dir, reserveName) }

func (r *room) lies() int64 {
	info, err := os.Stat(r.path())
	if err != nil {
		return 0
	}
	return info.Size()
}

// release gives the reserve up. It tells whether there was one.
func (r *room) release() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lies() == 0 {
		return false
	}
	f, err := r.open(r.path())
	if err != nil {
		return false
	}
	err = errors.Join(f.Truncate(0), f.Close(), os.Remove(r.path()))
	r.asked = time.Time{}
	return err == nil
}

// refill makes the reserve again where there is room for it twice.
func (s *Store) refill() error {
	r := &s.room
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.reserve == 0 || r.lies() == r.reserve {
		return nil
	}
	r.asked = time.Time{}
	if left, err := r.measure(); err != nil || left < 2*r.reserve {
		return err
	}
	r.asked = time.Time{}
	err := r.fill()
	if errors.Is(full(err), ErrFull) {
		return os.Remove(r.path()) // half a reserve would be counted as one
	}
	return err
}

// fill writes noise. A file of zeros or one that was only made long may take no room at all, and not every file system knows fallocate.
func (r *room) fill() (err error) {
	f, err := r.open(r.path())
	if err != nil {
		return fmt.Errorf("making the disk reserve: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	noise := rand.NewChaCha8([32]byte(secret()))
	block := make([]byte, 1<<20)
	for at := int64(0); at < r.reserve; at += int64(len(block)) {
		block = block[:min(int64(len(block)), r.reserve-at)]
		noise.Read(block)
		if _, err := f.WriteAt(block, at); err != nil {
			return fmt.Errorf("making the disk reserve: %w", err)
		}
	}
	if err := errors.Join(f.Truncate(r.reserve), f.Sync()); err != nil {
		return fmt.Errorf("making the disk reserve: %w", err)
	}
	return nil
}
