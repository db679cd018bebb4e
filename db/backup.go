package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"
	"github.com/google/uuid"

	"quittance/db/audit"
	"quittance/db/disk"
)

// MaxKeep is how long a backup can be opened at most: what is erased is gone from backups too when that has passed.
const MaxKeep = 30 * 24 * time.Hour

// The errors of a backup. Each sentence can be shown to a person.
var (
	ErrKeep      = errors.New("a backup can be opened for 30 days at most, and for an hour at least")
	ErrBackingUp = errors.New("a backup is being made already")
	ErrThere     = errors.New("there is a file of this name already")
)

// NewBackup asks for a backup.
type NewBackup struct {
	Path    string        // where it goes; nothing may be there
	KeyFile string        // where a copy of its key goes, which should be another disk; "" = nowhere
	Keep    time.Duration // how long its key lives
	// Alone keeps batches from running while the copy is taken, which reads one snapshot; nil = none can run.
	Alone func(ctx context.Context, f func() error) error
}

// Backup is one that was made, or begun.
type Backup struct {
	Number     int64
	Started    time.Time
	Made       time.Time // zero = not finished
	Expires    time.Time // when its key is destroyed
	Destroyed  time.Time // when it was; zero = not yet
	Bytes      int64
	SHA256     string
	Checkpoint int64 // entries of the audit trail in it
	Ledger     int64 // lines of the erasure ledger in it
	Copies     int64 // of its key, given out
}

// Backup makes one: a copy of the database as it is at one moment, with the ledger and the keys that are needed to read both, compressed and
// encrypted under a key of its own. The copy lies on the disk meanwhile only in a file without a name and under a key in memory.
func (s *Store) Backup(ctx context.Context, by audit.Actor, n NewBackup) (Backup, error) {
	if n.Keep < time.Hour || n.Keep > MaxKeep {
		return Backup{}, ErrKeep
	}
	if !s.backing.TryLock() {
		return Backup{}, ErrBackingUp
	}
	defer s.backing.Unlock()
	if err := errors.Join(absent(n.Path), absent(n.KeyFile)); err != nil {
		return Backup{}, err
	}
	if err := s.roomForBackup(ctx, n.Path); err != nil {
		return Backup{}, err
	}
	b, err := s.beginBackup(ctx, by, n.Keep)
	if err != nil {
		return b, err
	}
	if err := s.fillBackup(ctx, by, n, &b); err != nil {
		// The caller may have gone; that nothing came of it has to be written down all the same.
		return b, errors.Join(fmt.Errorf("making backup %d: %w", b.Number, noRoom(err)), s.dropBackup(context.WithoutCancel(ctx), n, b.Number))
	}
	return b, nil
}

func absent(path string) error {
	if path == "" {
		return nil
	}
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), ErrThere)
	}
	return nil
}

// beginBackup writes the intent, so that a key is destroyed in time whatever happens next.
func (s *Store) beginBackup(ctx context.Context, by audit.Actor, keep time.Duration) (b Backup, err error) {
	err = s.write(ctx, by, func(t *tx) error {
		b = Backup{Started: t.now, Expires: t.now.Add(keep)}
		err := t.row("INSERT INTO backup (started, expires) VALUES (?, ?) RETURNING number", ms(b.Started), ms(b.Expires)).Scan(&b.Number)
		if err != nil {
			return fmt.Errorf("writing down the backup: %w", err)
		}
		return nil
	})
	return b, err
}

func (s *Store) fillBackup(ctx context.Context, by audit.Actor, n NewBackup, b *Backup) error {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return fmt.Errorf("making its key: %w", err)
	}
	id, err := s.Meta(ctx, "id")
	if err != nil {
		return err
	}
	if b.Copies, err = s.keepKeys(id, *b, identity, n.KeyFile); err != nil {
		return err
	}
	a, err := s.takeCopy(ctx, n, *b)
	if err != nil {
		return err
	}
	defer a.database.Close()
	a.manifest.Store = id
	b.Checkpoint, b.Ledger = a.manifest.Size, a.manifest.Ledger.Lines
	if err := s.writeBackup(ctx, n.Path, identity.Recipient(), a, b); err != nil {
		return err
	}
	return s.finishBackup(ctx, by, b)
}

// takeCopy copies the database and then the ledger: in this order the ledger has all that the copy has.
func (s *Store) takeCopy(ctx context.Context, n NewBackup, b Backup) (archive, error) {
	a := archive{manifest: Manifest{Version: 1, Number: b.Number, Made: b.Started, Expires: b.Expires, Carries: carried, Without: notCarried}}
	alone := n.Alone
	if alone == nil {
		alone = func(_ context.Context, f func() error) error { return f() }
	}
	err := alone(ctx, func() (err error) {
		a.database, err = s.vacuumInto(ctx, &a.manifest)
		return err
	})
	if err != nil {
		return a, err
	}
	// On the writer's goroutine, which alone changes ledger and keys.
	err = s.writer.do(&op{ctx: ctx, by: audit.System, bare: func(*sql.Conn) (err error) {
		a.ledger, err = os.ReadFile(ledgerPath(s.dir))
		a.manifest.Ledger, a.keys = s.writer.ledger.head, s.keys.forBackup()
		return err
	}}, s.writer.chunks)
	if err != nil {
		a.database.Close()
		return a, fmt.Errorf("reading the ledger: %w", err)
	}
	return a, nil
}

// vacuumInto copies the database row by row (erase-and-prove.md, fact 12: no erased byte comes along) through package disk, so that what is
// between the rows of the copy is zeros too.
func (s *Store) vacuumInto(ctx context.Context, m *Manifest) (*disk.Hidden, error) {
	if err := disk.RegisterHidden(); err != nil {
		return nil, err
	}
	own, err := sql.Open("sqlite", s.dsn(filepath.Join(s.dir, databaseName), false))
	if err != nil {
		return nil, err
	}
	defer own.Close()
	own.SetMaxOpenConns(1)
	name := filepath.Join(s.dir, copyName+uuid.NewString())
	_, err = own.ExecContext(ctx, "PRAGMA cache_size = -8192")
	if err == nil {
		_, err = own.ExecContext(ctx, "VACUUM INTO ?", fileURI(name)+"?vfs="+disk.CopyName)
	}
	if err == nil {
		err = readCopy(ctx, name, m)
	}
	copied, missing := disk.TakeHidden(name)
	if err != nil {
		if missing == nil {
			copied.Close()
		}
		return nil, fmt.Errorf("copying the database: %w", full(err))
	}
	return copied, missing
}

// readCopy learns what the copy holds: only it knows at which moment it was taken.
func readCopy(ctx context.Context, name string, m *Manifest) error {
	d, err := sql.Open("sqlite", fileURI(name)+"?vfs="+disk.HiddenName+"&immutable=1&_pragma=query_only(1)")
	if err != nil {
		return err
	}
	defer d.Close()
	return d.QueryRowContext(ctx, "SELECT size, note, (SELECT seq FROM sequence WHERE only = 1), (SELECT count(*) FROM record) FROM head WHERE only = 1").
		Scan(&m.Size, &m.Checkpoint, &m.Seq, &m.Records)
}

// writeBackup writes the file under another name and gives it its own when it is whole and on the disk.
func (s *Store) writeBackup(ctx context.Context, path string, to age.Recipient, a archive, b *Backup) error {
	part, err := os.OpenFile(path+partSuffix, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("making the file: %w", err)
	}
	defer part.Close()
	sum := sha256.New()
	if err := a.seal(ctx, io.MultiWriter(part, sum), to); err != nil {
		return fmt.Errorf("writing the file: %w", err)
	}
	info, err := part.Stat()
	if err == nil {
		err = part.Sync()
	}
	if err == nil {
		err = os.Rename(path+partSuffix, path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("writing the file: %w", err)
	}
	b.Bytes, b.SHA256 = info.Size(), hex.EncodeToString(sum.Sum(nil))
	return nil
}

const partSuffix = ".part"

func (s *Store) finishBackup(ctx context.Context, by audit.Actor, b *Backup) error {
	return s.write(ctx, by, func(t *tx) error {
		b.Made = t.now
		err := t.exec("UPDATE backup SET made = ?, bytes = ?, sha256 = ?, checkpoint = ?, ledger = ?, copies = ? WHERE number = ?",
			ms(b.Made), b.Bytes, b.SHA256, b.Checkpoint, b.Ledger, b.Copies, b.Number)
		if err != nil {
			return fmt.Errorf("writing down the backup: %w", err)
		}
		return t.noteWith(audit.BackupMade, audit.ObjectOf(audit.KindBackup, b.Number), map[string]int64{audit.CountBytes: b.Bytes, audit.CountSize: b.Checkpoint,
			audit.CountLines: b.Ledger, audit.CountCopies: b.Copies}, map[string]string{audit.CommitFile: b.SHA256})
	})
}

// dropBackup takes back what was begun: the file, the key and its copy.
func (s *Store) dropBackup(ctx context.Context, n NewBackup, number int64) error {
	os.Remove(n.Path + partSuffix)
	os.Remove(n.Path) // it was not there before
	var err error
	if n.KeyFile != "" {
		err = destroyKey(n.KeyFile)
	}
	return errors.Join(err, s.endBackup(ctx, number, audit.BackupFailed))
}

const backupColumns = "SELECT number, started, made, expires, destroyed, bytes, sha256, checkpoint, ledger, copies FROM backup "

func scanBackup(row scanner) (Backup, error) {
	var b Backup
	var started, expires int64
	var made, destroyed sql.NullInt64
	err := row.Scan(&b.Number, &started, &made, &expires, &destroyed, &b.Bytes, &b.SHA256, &b.Checkpoint, &b.Ledger, &b.Copies)
	b.Started, b.Made, b.Expires, b.Destroyed = at(started), when(made), at(expires), when(destroyed)
	return b, found(err)
}

// Backups lists them, newest first. before is the number of the last one of the page before, 0 for the first page.
func (s *Store) Backups(ctx context.Context, before int64, limit int) ([]Backup, error) {
	rows, err := s.readers.QueryContext(ctx, backupColumns+"WHERE ? = 0 OR number < ? ORDER BY number DESC LIMIT ?", before, before, limit)
	var out []Backup
	err = each(rows, err, func() error {
		b, err := scanBackup(rows)
		out = append(out, b)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing backups: %w", err)
	}
	return out, nil
}

// LastOpening is when the last of the backups that were taken before a moment can no longer be opened with a key that is kept here; zero =
// none can be. A backup taken before an erasure's end may hold what it erased.
func (s *Store) LastOpening(ctx context.Context, before time.Time) (time.Time, error) {
	return lastOpening(s.readers.QueryRowContext(ctx, lastOpeningSQL, ms(before)))
}

const lastOpeningSQL = "SELECT max(expires) FROM backup WHERE destroyed IS NULL AND started <= ?"

func lastOpening(row scanner) (time.Time, error) {
	var last sql.NullInt64
	err := row.Scan(&last)
	return when(last), err
}
