package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"quittance/db/audit"
	"quittance/db/page"
)

// vfsName is the file system that the store's connections go through.
const vfsName = "quittance"

// Purge implements erasure.Store. What SQL has deleted is taken out of the bytes: the words of documents out of their index, statistics,
// the write-ahead log. The database file needs nothing more: a page is scrubbed whenever it is written (package disk).
func (s *Store) Purge(ctx context.Context, batch int64) error {
	for _, step := range []func(context.Context) error{s.mergeText, s.dropStatistics, s.scrubOld, s.wipeLog} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("purging batch %d: %w", batch, err)
		}
	}
	return nil
}

// dropStatistics empties the tables of ANALYZE, which copies customer IDs into them (erase-and-prove.md, fact 3). The house never runs it;
// somebody with a shell of SQLite's may have.
func (s *Store) dropStatistics(ctx context.Context) error {
	return s.writeChunk(ctx, audit.System, func(t *tx) error {
		tables, err := scanned[string](t.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'sqlite_stat[0-9]'"))
		for _, name := range tables {
			if err == nil {
				_, err = t.w.conn.ExecContext(t.ctx, "DELETE FROM "+name) // not kept prepared: the table may go
			}
		}
		if err != nil {
			return fmt.Errorf("emptying SQLite's statistics: %w", err)
		}
		return nil
	})
}

const (
	// logPatience is how long a batch waits for readers to let go of the log. The longest that the house knows, a free filter over
	// all records, takes seconds.
	logPatience = 30 * time.Second
	// logTry is how long writers wait meanwhile, at most, before they have their turn again.
	logTry = 100 * time.Millisecond
)

// errLogBusy: the batch stays as it is and is run again.
var errLogBusy = errors.New("a reader keeps the write-ahead log from being emptied")

// wipeLog takes the write-ahead log into the database and overwrites it. Beside an open reader SQLite answers without an error and with
// busy = 1, and everything stays in the log (fact 4); so it is asked again until all have gone. New readers never stand in the way: once
// all is taken in they read the database file alone.
func (s *Store) wipeLog(ctx context.Context) error {
	for begun := time.Now(); ; {
		var busy bool
		err := s.writer.do(&op{ctx: ctx, by: audit.System, bare: func(c *sql.Conn) (err error) {
			busy, err = s.truncateLog(ctx, c)
			return err
		}}, s.writer.chunks)
		if err != nil {
			return fmt.Errorf("wiping the write-ahead log: %w", err)
		}
		if !busy {
			return nil
		}
		if time.Since(begun) > logPatience {
			return errLogBusy
		}
		select {
		case <-time.After(logTry):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// truncateLog is one try. The pages that the writing connection keeps in memory go with the log: they are as they were before they were
// scrubbed, and the next change to one of them would bring it into the log as it is.
func (s *Store) truncateLog(ctx context.Context, c *sql.Conn) (busy bool, err error) {
	if err := pragma(ctx, c, "busy_timeout = %d", logTry.Milliseconds()); err != nil {
		return false, err
	}
	defer pragma(context.WithoutCancel(ctx), c, "busy_timeout = %d", busyTimeout)
	var frames, taken int
	if err := c.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &taken); err != nil || busy {
		return busy, err
	}
	if err := pragma(ctx, c, "shrink_memory"); err != nil {
		return false, err
	}
	return false, s.wiped()
}

func pragma(ctx context.Context, c *sql.Conn, format string, args ...any) error {
	_, err := c.ExecContext(ctx, "PRAGMA "+fmt.Sprintf(format, args...))
	return err
}

// wiped believes nobody: it looks at the file.
func (s *Store) wiped() error {
	info, err := os.Stat(filepath.Join(s.dir, "quittance.db-wal"))
	if err == nil && info.Size() > 0 {
		return errors.New("the write-ahead log still holds something")
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if s.vfs.Unread() > s.unread {
		return errors.New("a page of the database could not be scrubbed, because it is damaged")
	}
	return nil
}

// scrubbedKey says that every page of the database file was written through package disk or scrubbed afterwards.
const scrubbedKey = "scrubbed"

// scrubPages is how many pages one transaction scrubs: a few milliseconds.
const scrubPages = 500

// scrubOld scrubs, once, the file of a store that an earlier version made. It can be broken off and begun again.
func (s *Store) scrubOld(ctx context.Context) error {
	done, err := s.Meta(ctx, scrubbedKey)
	if err != nil || done != "" {
		return err
	}
	for first := int64(1); first > 0; {
		err := s.writeChunk(ctx, audit.System, func(t *tx) (err error) {
			first, err = t.scrub(first)
			return err
		})
		if err != nil {
			return fmt.Errorf("scrubbing the pages of an earlier version: %w", err)
		}
	}
	return s.SetMeta(ctx, scrubbedKey, "1")
}

// scrub rewrites those of some pages that hold what no cell owns, and returns where to go on, 0 at the end.
func (t *tx) scrub(first int64) (next int64, err error) {
	var count int64
	if err := t.row("PRAGMA page_count").Scan(&count); err != nil {
		return 0, err
	}
	var src, dst []byte
	for n := first; n < first+scrubPages; n++ {
		if n > count {
			return 0, nil
		}
		if err := t.row("SELECT data FROM sqlite_dbpage WHERE pgno = ?", n).Scan(&src); err != nil {
			return 0, err
		}
		var changed bool
		if dst, changed, err = page.Scrubbed(dst, src, n == 1); err != nil {
			return 0, err
		}
		if !changed {
			continue
		}
		if err := t.exec("INSERT INTO sqlite_dbpage (pgno, data) VALUES (?, ?)", n, dst); err != nil {
			return 0, err
		}
	}
	return first + scrubPages, nil
}
