package db

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"quittance/db/audit"
)

// keysFolder is where the keys of backups lie until they are destroyed, one file each.
const keysFolder = "backup-keys"

func (s *Store) backupKey(number int64) string {
	return filepath.Join(s.dir, keysFolder, fmt.Sprintf("%d.key", number))
}

// expiresWord begins the line of a key file that says until when the key may be used.
const expiresWord = "# expires: "

// keyText is the file of a backup's key, as age reads it.
func keyText(store string, b Backup, identity *age.X25519Identity) []byte {
	return fmt.Appendf(nil, "# key of Quittance backup %d of store %s\n# made: %s\n%s%s\n"+
		"# Destroy this file and every copy of it then: what was erased meanwhile can be read from the backup for as long as there is one.\n%s\n",
		b.Number, store, b.Started.Format(time.RFC3339), expiresWord, b.Expires.Format(time.RFC3339), identity)
}

// keepKeys writes the key where it is destroyed in time and, if asked, once more where the operator wants it. It returns how many copies
// were given out.
func (s *Store) keepKeys(store string, b Backup, identity *age.X25519Identity, copied string) (int64, error) {
	if err := os.MkdirAll(filepath.Join(s.dir, keysFolder), 0o700); err != nil {
		return 0, fmt.Errorf("making the folder of its key: %w", err)
	}
	if err := syncDir(s.dir); err != nil {
		return 0, fmt.Errorf("making the folder of its key: %w", err)
	}
	text := keyText(store, b, identity)
	if err := writeSecret(s.backupKey(b.Number), text); err != nil {
		return 0, err
	}
	if copied == "" {
		return 0, nil
	}
	return 1, writeSecret(copied, text)
}

// BackupKey is the key of a backup, read from its file.
type BackupKey struct {
	age.Identity
	Expires time.Time // zero = the file does not say
}

// ErrKeyFile is returned for a file that holds no key of a backup.
var ErrKeyFile = errors.New("this file holds no key of a backup")

// ReadBackupKey reads a key file.
func ReadBackupKey(path string) (BackupKey, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return BackupKey{}, fmt.Errorf("reading the key of the backup: %w", err)
	}
	ids, err := age.ParseIdentities(bytes.NewReader(raw))
	if err != nil || len(ids) != 1 {
		return BackupKey{}, ErrKeyFile
	}
	k := BackupKey{Identity: ids[0]}
	lines := bufio.NewScanner(bytes.NewReader(raw))
	for lines.Scan() {
		if day, ok := strings.CutPrefix(lines.Text(), expiresWord); ok {
			if k.Expires, err = time.Parse(time.RFC3339, day); err != nil {
				return k, ErrKeyFile
			}
		}
	}
	return k, nil
}

// destroyKey overwrites a key in place before its name goes. One that is gone already is destroyed.
func destroyKey(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("destroying the key of a backup: %w", err)
	}
	defer f.Close()
	err = blank(f)
	if err == nil {
		err = os.Remove(path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("destroying the key of a backup: %w", err)
	}
	return nil
}

// ExpireBackups destroys the keys whose time has come, and those of backups that a crash has left unfinished. It runs at each start and each
// minute.
func (s *Store) ExpireBackups(ctx context.Context) error {
	unfinished := s.backing.TryLock() // else one is being made, and is not to be taken for one that was left
	if unfinished {
		defer s.backing.Unlock()
	}
	type due struct {
		number int64
		event  audit.Event
	}
	var all []due
	rows, err := s.readers.QueryContext(ctx, "SELECT number, made IS NULL FROM backup WHERE destroyed IS NULL AND (made IS NOT NULL AND expires <= ? OR made IS NULL AND ?)", ms(s.Now()), unfinished)
	err = each(rows, err, func() error {
		var d due
		var left bool
		err := rows.Scan(&d.number, &left)
		d.event = audit.BackupExpired
		if left {
			d.event = audit.BackupFailed
		}
		all = append(all, d)
		return err
	})
	for _, d := range all {
		err = errors.Join(err, s.endBackup(ctx, d.number, d.event))
	}
	return err
}

// endBackup destroys a key and writes it down, in this order: after a crash between the two it is done again, and there is nothing left to
// destroy.
func (s *Store) endBackup(ctx context.Context, number int64, event audit.Event) error {
	if err := destroyKey(s.backupKey(number)); err != nil {
		return err
	}
	return s.write(ctx, audit.System, func(t *tx) error {
		n, err := t.change("UPDATE backup SET destroyed = ? WHERE number = ? AND destroyed IS NULL", ms(t.now), number)
		if err != nil || n == 0 {
			return err
		}
		return t.note(event, audit.ObjectOf(audit.KindBackup, number), nil)
	})
}

// The alarms about backups.
const (
	AlarmBackup    AlarmKind = "backup"     // none was made for a while, where some were
	AlarmBackupKey AlarmKind = "backup-key" // a key is past its time and still there
)

const (
	backupEvery = 7 * 24 * time.Hour
	keyGrace    = 10 * time.Minute // keys are looked at each minute
)

func (s *Store) backupAlarms(ctx context.Context) (out []Alarm, _ error) {
	var newest, first sql.NullInt64
	var kept int64
	err := s.readers.QueryRowContext(ctx, `SELECT (SELECT max(made) FROM backup), (SELECT count(*) FROM backup WHERE destroyed IS NULL AND expires < ?1),
		(SELECT min(expires) FROM backup WHERE destroyed IS NULL AND expires < ?1)`, ms(s.Now().Add(-keyGrace))).Scan(&newest, &kept, &first)
	if err != nil {
		return nil, err
	}
	if kept > 0 {
		out = append(out, Alarm{Kind: AlarmBackupKey, Since: when(first), Count: kept})
	}
	if newest.Valid && s.Now().Sub(when(newest)) > backupEvery {
		out = append(out, Alarm{Kind: AlarmBackup, Since: when(newest)})
	}
	return out, nil
}
