// Package db is the data and its law: one SQLite file, one writer, and the rules that hold whoever comes in through which door.
//
// A change is one method, one transaction and one fact, and its audit entry is written in the same transaction (law L4).
// Every change waits in one first-in-first-out queue, so that what was received before a deletion is stored before it (law L2);
// readers have a pool of their own. Nothing here speaks HTTP, and no other package of the house speaks SQL.
package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/google/uuid"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"quittance/db/audit"
	"quittance/db/disk"
	"quittance/db/label"
	"quittance/db/page"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks the file as ours: "QUIT" in ASCII (https://www.sqlite.org/pragma.html#pragma_application_id).
const applicationID = 0x51554954

// Store is an open data directory. All its methods are safe for concurrent use.
type Store struct {
	dir       string
	keys      *keys
	signing   atomic.Pointer[signing]
	lock      *os.File
	readers   *reads
	writer    *writer
	clock     func() time.Time
	vfs       *disk.VFS // below SQLite: scrubs pages, wipes logs
	below     string    // what vfs stands on, "" = SQLite's own
	unread    int64     // pages that vfs could not scrub before this store was opened
	openFile  func(path string) (File, error)
	pinPath   func(store string) string
	pin       atomic.Pointer[pinner]
	pinEnd    chan struct{}
	copyPath  string // of the ledger's copy; "" = none is kept
	copy      *ledgerCopy
	fetching  sync.Map // hash of an answer's secret, while somebody fetches it
	logs      logReads
	changed   notifier
	guids     memory[string, Service]   // by GUID
	live      memory[string, *knownKey] // by ID, and by number
	keeps     memory[bool, anyKept]     // of holds and restrictions; one answer
	shelf     shelf                     // the files of exports
	ready     readiness
	backing   sync.Mutex // held while a backup is made
	restoring bool
	// ledgerMoved: the ledger did not begin as it was pinned when the store was opened. The start has mended what it could, and has pinned it anew.
	ledgerMoved bool
	room        room
	opened      time.Time
	ending      chan struct{} // closed when the store is
	once        sync.Once
	keeping     sync.WaitGroup

	checking    sync.Mutex    // of the two below
	checked     chan struct{} // closed when the check of the trail that runs has ended; nil = none runs
	checkNumber int64
}

// Option changes how Open opens a store.
type Option func(*Store)

// WithClock replaces the clock, for tests of deadlines.
func WithClock(now func() time.Time) Option { return func(s *Store) { s.clock = now } }

// WithFiles puts the store on another file system of SQLite's, and the ledger on files that open gives, for tests of power cuts.
func WithFiles(vfs string, open func(path string) (File, error)) Option {
	return func(s *Store) { s.below, s.openFile = vfs, open }
}

// Open opens the data directory, making it if it is new. It takes the lock of the directory: one writing process each (design.md section 4).
// It refuses a database that is not ours (ErrForeign) or newer than the program (ErrNewer), and one whose keys are missing (ErrKeys).
func Open(ctx context.Context, dir string, opts ...Option) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the data directory: %w", err)
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	s := newStore(dir, lock, opts)
	if _, err := os.Lstat(filepath.Join(dir, restoringName)); err == nil {
		lock.Close()
		return nil, ErrRestoring
	}
	s.opened = s.Now()
	if err := s.open(ctx); err != nil {
		s.Close()
		return nil, damaged(err)
	}
	return s, nil
}

func newStore(dir string, lock *os.File, opts []Option) *Store {
	s := &Store{dir: dir, lock: lock, clock: time.Now, openFile: openFile, ending: make(chan struct{}), pinEnd: make(chan struct{})}
	s.room = room{dir: dir, now: s.Now, free: freeBytes, low: DefaultLowWater}
	s.room.open = func(path string) (File, error) { return s.openFile(path) }
	for _, o := range opts {
		o(s)
	}
	return s
}

func (s *Store) open(ctx context.Context) (err error) {
	if s.vfs, err = disk.Register(vfsName+s.below, s.below); err != nil {
		return err
	}
	s.unread = s.vfs.Unread()
	if err := clearSpools(s.dir); err != nil {
		return fmt.Errorf("clearing away an upload that was cut short: %w", err)
	}
	path := filepath.Join(s.dir, "quittance.db")
	_, err = os.Stat(path)
	fresh := errors.Is(err, fs.ErrNotExist)
	if !fresh {
		if err := s.inspect(ctx, path); err != nil {
			return err
		}
	}
	// The keys come first: a crash between the two leaves keys without a database, which the next start takes up.
	if s.keys, err = loadKeys(s.dir, fresh); err != nil {
		return err
	}
	writing, err := sql.Open("sqlite", s.dsn(path, false))
	if err != nil {
		return fmt.Errorf("opening the database: %w", err)
	}
	writing.SetMaxOpenConns(1)
	id, err := migrate(ctx, writing)
	if err == nil && fresh {
		_, err = writing.ExecContext(ctx, "INSERT INTO meta (key, value) VALUES (?, '1'), (?, ?) ON CONFLICT DO NOTHING", scrubbedKey, foldedKey, label.FoldRules)
	}
	if err != nil {
		writing.Close()
		return err
	}
	reading, err := sql.Open("sqlite", s.dsn(path, true))
	if err != nil {
		writing.Close()
		return fmt.Errorf("opening the database for reading: %w", err)
	}
	s.readers = &reads{DB: reading, stmts: map[string]*sql.Stmt{}}
	s.readers.SetMaxOpenConns(8)
	s.readers.SetMaxIdleConns(8)
	if s.writer, err = startWriter(ctx, s, writing); err != nil {
		return errors.Join(err, writing.Close())
	}
	if err := s.firstLeaf(ctx, id); err != nil {
		return err
	}
	if err := s.foldAll(ctx); err != nil {
		return err
	}
	if err := s.startPin(ctx, id); err != nil {
		return err
	}
	if s.restoring {
		return nil // the first entry is the restore's, and nothing is served yet
	}
	s.ExpireBackups(ctx) // what cannot be destroyed is an alarm, and is tried again each minute
	s.keeping.Add(1)
	go s.keepHouse()
	return nil
}

// keepHouse writes down each minute the log reads of the minute before, also when nobody reads on; makes the disk reserve again, destroys keys whose time has come; and
// looks each hour whether the trail is still what was pinned. What fails is tried again, and what stays wrong is an alarm.
func (s *Store) keepHouse() {
	defer s.keeping.Done()
	s.takeUpBulks()
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for minute := 1; ; minute++ {
		select {
		case <-tick.C:
			s.flushLogReads(context.Background())
			s.refill() // what keeps it from being there is an alarm as long as it does
			s.retryCopy(context.Background())
			s.RetireKeys(context.Background())
			s.ExpireBackups(context.Background())
			if minute%60 == 0 {
				s.CheckPin()
			}
			s.takeUpBulks() // what a full disk has stopped
		case <-s.ending:
			return
		}
	}
}

// busyTimeout is how long a connection waits for another, in milliseconds.
const busyTimeout = 5000

// dsn is the connection string of every connection (erase-and-prove.md, "Connection string").
// secure_delete must be on for all of them, ingest included; full sync keeps what was acknowledged through a power cut.
// The bound on pages is what disk.VFS needs to tell a tree's page by its first byte.
func (s *Store) dsn(path string, readOnly bool) string {
	q := url.Values{"_txlock": {"immediate"}, "vfs": {vfsName + s.below}}
	pragmas := []string{fmt.Sprintf("busy_timeout(%d)", busyTimeout), "journal_mode(wal)", "synchronous(full)", "secure_delete(1)", "temp_store(memory)",
		"foreign_keys(1)", "cell_size_check(1)", "trusted_schema(0)"}
	if readOnly {
		pragmas = append(pragmas, "query_only(1)", "cache_size(-8192)")
		q.Set("_defensive", "1")
	} else {
		pragmas = append(pragmas, "wal_autocheckpoint(8000)", "cache_size(-65536)", fmt.Sprintf("max_page_count(%d)", page.Max))
	}
	q["_pragma"] = pragmas
	return fileURI(path) + "?" + q.Encode()
}

// fileURI names a file for SQLite, whatever characters are in its path.
func fileURI(path string) string { return "file:" + (&url.URL{Path: path}).EscapedPath() }

// inspect looks at an existing file before anything is written to it.
func (s *Store) inspect(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", fileURI(path)+"?vfs="+vfsName+s.below+"&_pragma=busy_timeout(5000)&_pragma=secure_delete(1)&_pragma=query_only(1)")
	if err != nil {
		return fmt.Errorf("opening the database: %w", err)
	}
	defer db.Close()
	var id, objects int64
	err = db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id)
	if err == nil {
		err = db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&objects)
	}
	if errors.Is(damaged(err), ErrDamaged) {
		return damaged(err)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), ErrForeign)
	}
	if id != applicationID && (id != 0 || objects > 0) {
		return fmt.Errorf("%s: %w", filepath.Base(path), ErrForeign)
	}
	return nil
}

// migrate brings the schema up to date and returns the store's ID, a UUID that is given once.
func migrate(ctx context.Context, db *sql.DB) (string, error) {
	if _, err := db.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID)); err != nil {
		return "", fmt.Errorf("marking the database: %w", err)
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return "", err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return "", fmt.Errorf("reading the migrations: %w", err)
	}
	current, newest, err := p.GetVersions(ctx)
	if err != nil {
		return "", fmt.Errorf("reading the database's version: %w", err)
	}
	if current > newest {
		return "", ErrNewer
	}
	if _, err := p.Up(ctx); err != nil {
		return "", fmt.Errorf("bringing the database up to date: %w", err)
	}
	var id string
	_, err = db.ExecContext(ctx, "INSERT INTO meta (key, value) VALUES ('id', ?) ON CONFLICT DO NOTHING", uuid.Must(uuid.NewV7()).String())
	if err == nil {
		err = db.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = 'id'").Scan(&id)
	}
	if err != nil {
		return "", fmt.Errorf("reading the store's ID: %w", err)
	}
	return id, nil
}

// firstLeaf begins the audit trail of a new store, so that no store has an empty log.
func (s *Store) firstLeaf(ctx context.Context, id string) error {
	if s.writer.tree.Size() > 0 {
		return nil
	}
	return s.write(ctx, audit.System, func(t *tx) error {
		own := sha256.Sum256([]byte(id))
		return t.noteWith(audit.LogCreated, "", nil, map[string]string{audit.CommitStore: hex.EncodeToString(own[:])})
	})
}

const lockName = "lock"

// lockDir takes the lock that keeps a second process out. The lock dies with the process, so a crash leaves nothing to clean up.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, ErrLocked
	}
	return f, nil
}

// Close ends the store after the changes that are already in the queue.
func (s *Store) Close() error {
	var err error
	first := false
	s.once.Do(func() { close(s.ending); first = true })
	s.keeping.Wait()
	if s.writer != nil {
		s.flushLogReads(context.Background())
	}
	// The writing connection is the last to go: only then is the write-ahead log taken into the database and removed.
	if s.readers != nil {
		err = s.readers.Close()
	}
	if s.writer != nil {
		err = errors.Join(err, s.writer.close())
	}
	if first {
		s.endPin()
	}
	return errors.Join(err, s.lock.Close())
}

// Dir is the data directory.
func (s *Store) Dir() string { return s.dir }

// Now is the store's clock, to the millisecond that the database keeps.
func (s *Store) Now() time.Time { return s.clock().UTC().Truncate(time.Millisecond) }

// Ready reports whether the store can be written to (for /readyz). It writes, because only that tells; at most once a second, because
// anybody may ask.
func (s *Store) Ready(ctx context.Context) error {
	s.ready.mu.Lock()
	defer s.ready.mu.Unlock()
	if time.Since(s.ready.asked) < time.Second {
		return s.ready.err
	}
	// Whoever asks may hang up; the answer is for all.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	s.ready.err = s.SetMeta(ctx, "ready", s.Now().Format(time.RFC3339Nano))
	s.ready.asked = time.Now()
	return s.ready.err
}

// readiness is the last answer of Ready.
type readiness struct {
	mu    sync.Mutex
	asked time.Time
	err   error
}

// Meta reads a fact about the store itself, "" where it is not set.
func (s *Store) Meta(ctx context.Context, key string) (string, error) {
	var v string
	err := s.readers.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = ?", key).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return v, err
}

// SetMeta sets a fact about the store itself; it is no policy and holds no personal data.
func (s *Store) SetMeta(ctx context.Context, key, value string) error {
	return s.write(ctx, audit.System, func(t *tx) error {
		return t.exec("INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, value)
	})
}

func ms(t time.Time) int64 { return t.UnixMilli() }

func at(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// when reads a time that may not have come yet.
func when(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return at(ms.Int64)
}

// orNull is the reverse of when.
func orNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return ms(t)
}
