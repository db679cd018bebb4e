package db

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The errors of a restore. Each sentence can be shown to a person.
var (
	// ErrRestoring is returned by Open for a data directory whose restore was not finished.
	ErrRestoring     = errors.New("a restore into this data directory was not finished, so it may hold what was erased; run 'quittance restore' again")
	ErrNotEmpty      = errors.New("a restore wants a data directory that is empty or not there yet")
	ErrExpiredBackup = errors.New("this backup has expired: its key was to be destroyed; destroy the copy of it too")
	ErrLedgerOld     = errors.New("the newest ledger at hand is older than known: what was erased since then would come back. Give the newest with -ledger; only if it is lost for good, -accept-ledger-loss goes on without it")
	ErrLedgerUnknown = errors.New("nothing at hand says what was erased after the backup: neither a ledger from outside it nor the pin. Give the newest ledger with -ledger, or the pin with -pin; only if both are lost for good, -accept-ledger-loss goes on without them")
	ErrOtherKeys     = errors.New("this key file belongs to another data directory than the backup")
)

// NewRestore asks for a restore.
type NewRestore struct {
	File       string
	Key        BackupKey
	Ledgers    []string                  // ledgers from outside the backup; those that are not there are passed over
	Keys       string                    // a key file of the store that has its signing key; "" = the trail goes on under a new key
	Pin        func(store string) string // where the pin lies; "" = there is none
	AcceptLoss bool                      // go on though the ledger is older than known
	Log        func(string)              // told what is being done
}

// Restored is what a restore did.
type Restored struct {
	Manifest
	Lines    int64           // of the ledger that was replayed
	Pinned   int64           // entries of the trail under the pin; -1 = no pin was at hand
	Lost     bool            // the ledger was older than known
	NewKey   string          // the trail's public key, where it is a new one
	Again    map[int64]int64 // request → records erased again
	Ended    int64           // requests whose end the backup did not know
	Dropped  int64           // requests that had been refused or withdrawn since
	Goes     int64           // requests that go on
	Unfound  int64           // parts at services that the backup does not know
	Warnings []string
}

// restoringName is the file that keeps everybody out of a data directory until its restore is finished. It holds the pin that was found,
// which the restore moves before its end.
const restoringName = "restoring"

// restore is one on its way.
type restore struct {
	NewRestore
	dir    string
	out    Restored
	keys   *keys
	ledger []byte
	lines  []ledgerLine
	old    marker
	pin    string // its path
	next   Pin
	// outside: something but the backup itself told of what was erased.
	outside bool
}

// marker is what restoringName holds.
type marker struct {
	Pin json.RawMessage `json:"pin,omitempty"`
}

// Restore brings a backup into an empty data directory and erases again, before anybody can open it, what the newest ledger says was erased.
// It can be broken off at any moment: until its end nothing can be served from the directory, and it is run again from the start.
func Restore(ctx context.Context, dir string, n NewRestore, opts ...Option) (Restored, error) {
	r := &restore{NewRestore: n, dir: dir, out: Restored{Pinned: -1, Again: map[int64]int64{}}}
	if r.Log == nil {
		r.Log = func(string) {}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return r.out, fmt.Errorf("making the data directory: %w", err)
	}
	lock, err := lockDir(dir)
	if err != nil {
		return r.out, err
	}
	defer lock.Close()
	if err := r.begin(); err != nil {
		return r.out, err
	}
	if err := r.through(ctx, lock, opts); err != nil {
		return r.out, errors.Join(err, clearRestore(dir))
	}
	return r.out, r.finish()
}

// through does the work in a store that nobody else has. The lock outlives it.
func (r *restore) through(ctx context.Context, lock *os.File, opts []Option) error {
	own, err := syscall.Dup(int(lock.Fd()))
	if err != nil {
		return err
	}
	s := newStore(r.dir, os.NewFile(uintptr(own), lockName), opts)
	s.restoring, s.pinPath, s.copyPath = true, nil, ""
	err = r.run(ctx, s)
	return errors.Join(err, s.Close())
}

func (r *restore) run(ctx context.Context, s *Store) error {
	r.Log("Reading the backup …")
	if err := r.unpack(ctx, s.Now()); err != nil {
		return err
	}
	if err := s.open(ctx); err != nil {
		return err
	}
	if err := r.replay(ctx, s); err != nil {
		return fmt.Errorf("replaying the ledger: %w", err)
	}
	return r.nextPin(ctx, s)
}

// begin takes an empty directory, or one in which a restore was broken off.
func (r *restore) begin() error {
	raw, err := os.ReadFile(filepath.Join(r.dir, restoringName))
	switch {
	case err == nil:
		json.Unmarshal(raw, &r.old) // torn: the pin is read anew
		return clearRestore(r.dir)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	entries, err := os.ReadDir(r.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() != lockName {
			return ErrNotEmpty
		}
	}
	return r.mark()
}

func (r *restore) mark() error {
	raw, err := json.Marshal(r.old)
	if err != nil {
		return err
	}
	return writeSecret(filepath.Join(r.dir, restoringName), raw)
}

// clearRestore overwrites and removes what a broken restore has left; the mark stays.
func clearRestore(dir string) error {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if e.Name() == lockName || e.Name() == restoringName || !e.Type().IsRegular() {
			continue
		}
		err = errors.Join(err, removeBlank(filepath.Join(dir, e.Name())))
	}
	return err
}

// removeBlank overwrites a file before it goes.
func removeBlank(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	zeros := make([]byte, 1<<20)
	for at := int64(0); at < info.Size() && err == nil; at += int64(len(zeros)) {
		_, err = f.WriteAt(zeros[:min(int64(len(zeros)), info.Size()-at)], at)
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, os.Remove(path))
}

// unpack writes what the backup holds. The database comes last, when all else has been looked at.
func (r *restore) unpack(ctx context.Context, now time.Time) error {
	if !r.Key.Expires.IsZero() && !now.Before(r.Key.Expires) {
		return ErrExpiredBackup
	}
	file, err := os.Open(r.File)
	if err != nil {
		return fmt.Errorf("opening the backup: %w", err)
	}
	defer file.Close()
	return unseal(patient{ctx, file}, r.Key, func(name string, size int64, body io.Reader) error {
		switch name {
		case manifestName:
			return r.readManifest(body, size, now)
		case keysName:
			return r.readKeys(body, size)
		case ledgerName:
			return r.readLedger(body, size)
		}
		return r.writeFiles(body)
	})
}

func (r *restore) readManifest(body io.Reader, size int64, now time.Time) error {
	raw, err := readSmall(body, size, smallFile)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, &r.out.Manifest); err != nil || r.out.Version != 1 {
		return errNoBackup
	}
	if !now.Before(r.out.Expires) {
		return ErrExpiredBackup
	}
	return nil
}

// readKeys takes the keys that the backup carries, and the signing key from where the operator has it; else the trail goes on under a new
// key of the same name.
func (r *restore) readKeys(body io.Reader, size int64) error {
	raw, err := readSmall(body, size, smallFile)
	if err != nil {
		return err
	}
	r.keys = new(keys)
	if err := json.Unmarshal(raw, r.keys); err != nil {
		return errNoBackup
	}
	if r.Keys == "" {
		r.keys, err = r.keys.rotated(time.Time{})
		r.out.NewKey = r.keys.Public
		return err
	}
	if raw, err = os.ReadFile(r.Keys); err != nil {
		return fmt.Errorf("reading the key file: %w", err)
	}
	own := new(keys)
	if err := json.Unmarshal(raw, own); err != nil || own.Signer == "" || !bytes.Equal(own.K2, r.keys.K2) || !bytes.Equal(own.Seal, r.keys.Seal) {
		return ErrOtherKeys
	}
	r.keys = own
	return nil
}

// readLedger picks the newest of all ledgers at hand and holds it against what the pin knows.
func (r *restore) readLedger(body io.Reader, size int64) error {
	inside, err := readSmall(body, size, largeFile)
	if err != nil {
		return err
	}
	if r.ledger, err = r.newest(inside); err != nil {
		return err
	}
	if err := r.readPin(); err != nil {
		return err
	}
	known, err := r.known()
	if err != nil {
		return err
	}
	if known {
		return nil
	}
	if r.out.Lost = true; r.AcceptLoss {
		return nil
	}
	if r.old.Pin == nil {
		return ErrLedgerUnknown
	}
	return ErrLedgerOld
}

// newest is the longest ledger; every other one must be how it began.
func (r *restore) newest(inside []byte) ([]byte, error) {
	longest := whole(inside)
	all := [][]byte{longest}
	for _, path := range r.Ledgers {
		raw, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading a ledger: %w", err)
		}
		all = append(all, whole(raw))
		if len(whole(raw)) > len(longest) {
			longest = whole(raw)
		}
	}
	for _, l := range all {
		if !begins(longest, l) {
			return nil, errLedgers
		}
	}
	r.outside = len(all) > 1
	return longest, nil
}

// whole leaves out a last line that was torn.
func whole(raw []byte) []byte { return raw[:bytes.LastIndexByte(raw, '\n')+1] }

// readPin finds the pin: the one that a broken restore has found already, or the one that lies there now.
func (r *restore) readPin() error {
	if r.Pin != nil {
		r.pin = r.Pin(r.out.Store)
	}
	if r.old.Pin == nil && r.pin != "" {
		raw, err := os.ReadFile(r.pin)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			_, err = parsePin(raw)
		}
		if err != nil {
			return errors.Join(ErrPinUnreadable, err)
		}
		r.old.Pin = raw
	}
	return r.mark()
}

// known tells whether the ledger is as new as anything that is known of it.
func (r *restore) known() (bool, error) {
	var pinned Pin
	if r.old.Pin != nil {
		var err error
		if pinned, err = parsePin(r.old.Pin); err != nil {
			return false, err
		}
		if r.out.Pinned, err = sizeOfCheckpoint(pinned.Checkpoint, r.out.Checkpoint); err != nil {
			return false, err
		}
	}
	reached := pinned.Ledger.Lines == 0
	var at LedgerHead
	head, err := parseLedger(r.ledger, func(v ledgerLine, line []byte) {
		r.lines, at = append(r.lines, v), at.next(line)
		reached = reached || at == pinned.Ledger
	})
	r.out.Lines = head.Lines
	if err != nil {
		return false, err
	}
	return reached && (r.outside || r.old.Pin != nil), nil
}

// sizeOfCheckpoint reads how many entries a checkpoint covers. It only names what was pinned: the key that signed it may be one that the
// backup has never heard of. One of another log is ErrPin.
func sizeOfCheckpoint(text, own string) (int64, error) {
	lines, mine := strings.SplitN(text, "\n", 3), strings.SplitN(own, "\n", 2)
	if len(lines) < 3 || lines[0] != mine[0] {
		return 0, ErrPin
	}
	n, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return 0, ErrPin
	}
	return n, nil
}

// writeFiles writes the data directory.
func (r *restore) writeFiles(database io.Reader) error {
	if err := r.keys.save(r.dir); err != nil {
		return err
	}
	if err := writeSecret(ledgerPath(r.dir), r.ledger); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(r.dir, databaseName), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("making the database: %w", err)
	}
	_, err = io.Copy(f, database)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("writing the database: %w", noRoom(err))
	}
	return syncDir(r.dir)
}

// nextPin is the pin of the restored store.
func (r *restore) nextPin(ctx context.Context, s *Store) error {
	_, text, err := s.Head(ctx)
	r.next = Pin{1, r.out.Store, text, s.writer.ledger.head}
	return err
}

// finish moves the pin, and only then lets others in: after a crash between the two the mark still has the pin that was found first.
func (r *restore) finish() error {
	if r.pin != "" {
		raw, err := json.MarshalIndent(r.next, "", "  ")
		if err == nil {
			err = os.MkdirAll(filepath.Dir(r.pin), 0o700)
		}
		if err == nil {
			err = writeSecret(r.pin, raw)
		}
		if err != nil {
			return fmt.Errorf("moving the pin: %w", err)
		}
	}
	if err := os.Remove(filepath.Join(r.dir, restoringName)); err != nil {
		return fmt.Errorf("ending the restore: %w", err)
	}
	return syncDir(r.dir)
}
