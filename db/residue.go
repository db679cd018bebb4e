package db

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"quittance/db/disk"
	"quittance/db/page"
)

// Leftover is a place where a value that was looked for stands. It says which one by its number, never what it is.
type Leftover struct {
	File   string // within the data directory
	Page   int64  // of the database; 0 = none
	Offset int64  // in the file
	Record int64  // whose body holds the value, compressed; then there is no offset
	Place  string
	Value  int // from 0, in the order in which values were given
}

// Residue is what is left of values in the files of a data directory.
type Residue struct {
	Files int
	Bytes int64 // looked at
	Hits  []Leftover
	More  int64        // hits beyond those listed
	Found map[int]bool // the values that were hit, listed or not
	page.Survey
}

// hitsListed bounds the list. One leftover ID is enough to know; thousands say no more.
const hitsListed = 1000

// Clean tells whether nothing is left.
func (r Residue) Clean() bool { return len(r.Hits) == 0 && r.Slack == 0 && r.Malformed == 0 }

const (
	databaseName = "quittance.db"
	inLog        = "write-ahead log, "
	inFile       = "file"
	inRecord     = "live record, compressed"
)

// FindResidue looks for values in all files of a data directory: as whole words where a live row owns the bytes, as pieces of eight bytes
// where nobody does. It opens files itself and is therefore for a process that has no store open there: closing the database file would
// take that store's locks away (erase-and-prove.md, fact 6). It works beside a server in another process.
func FindResidue(ctx context.Context, dir string, values []string) (Residue, error) {
	h := &hunt{dir: dir, needles: page.NewNeedles(values)}
	for _, step := range []func(context.Context) error{h.database, h.others} {
		if err := step(ctx); err != nil {
			return h.out, fmt.Errorf("looking for what is left: %w", err)
		}
	}
	return h.out, nil
}

type hunt struct {
	dir     string
	needles *page.Needles
	out     Residue
	again   int
}

func (h *hunt) hit(v Leftover) {
	if h.out.Found == nil {
		h.out.Found = map[int]bool{}
	}
	h.out.Found[v.Value] = true
	if len(h.out.Hits) < hitsListed {
		h.out.Hits = append(h.out.Hits, v)
		return
	}
	h.out.More++
}

// database opens the file before SQLite does and closes it afterwards, so that no lock of SQLite's is lost on the way.
func (h *hunt) database(ctx context.Context) error {
	file, err := os.Open(filepath.Join(h.dir, databaseName))
	if err != nil {
		return err
	}
	defer file.Close()
	log, size, err := openLog(h.dir)
	if err != nil {
		return err
	}
	defer log.Close()
	reader, err := snapshot(ctx, h.dir, size)
	if err != nil {
		return err
	}
	defer reader.Close()
	if err := h.survey(file, log); err != nil {
		return err
	}
	if err := h.bodies(ctx, reader.Tx); err != nil {
		return err
	}
	// From here on a server may take its log in again: what follows looks at each page for itself.
	if err := reader.Close(); err != nil {
		return err
	}
	if err := h.pages(ctx, file); err != nil {
		return err
	}
	return h.log(log)
}

// openLog opens the log, or something empty in its place.
func openLog(dir string) (*os.File, int64, error) {
	f, err := os.Open(filepath.Join(dir, databaseName+"-wal"))
	if errors.Is(err, fs.ErrNotExist) {
		f, err = os.Open(os.DevNull)
	}
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// reading is a snapshot: as long as it is open nobody begins the log anew or takes in what came later.
type reading struct {
	db *sql.DB
	*sql.Tx
}

// Close may be called twice.
func (r *reading) Close() error {
	if r.db == nil {
		return nil
	}
	err := errors.Join(r.Rollback(), r.db.Close())
	r.db = nil
	return err
}

// snapshot opens the database for reading. With an empty log and no server there is nothing to wait for, and SQLite makes no files.
func snapshot(ctx context.Context, dir string, log int64) (*reading, error) {
	if _, err := disk.Register(vfsName, ""); err != nil {
		return nil, err
	}
	how := "mode=ro"
	if log == 0 && !held(dir) {
		how = "immutable=1"
	}
	d, err := sql.Open("sqlite", fileURI(filepath.Join(dir, databaseName))+"?vfs="+vfsName+"&"+how+"&_pragma=query_only(1)&_pragma=busy_timeout(5000)")
	if err != nil {
		return nil, err
	}
	d.SetMaxOpenConns(1)
	tx, err := d.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err == nil {
		var n int64
		err = tx.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&n) // a snapshot begins with the first read
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return &reading{d, tx}, nil
}

// held tells whether a process has the data directory.
func held(dir string) bool {
	lock, err := lockDir(dir)
	if err == nil {
		lock.Close()
	}
	return errors.Is(err, ErrLocked)
}

// survey looks at the structure, under the snapshot.
func (h *hunt) survey(file, log *os.File) error {
	length, err := sizeOf(log)
	if err != nil {
		return err
	}
	newest, err := page.ReadLog(log, length)
	if err != nil {
		return err
	}
	size, err := sizeOf(file)
	if err != nil {
		return err
	}
	h.out.Survey, err = page.SurveyFile(file, size, newest)
	h.out.Slack -= h.out.InTrees // what the log has is scrubbed when it is taken in: pages counts what is in the file
	return err
}

func sizeOf(f *os.File) (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// bodies looks into what is stored compressed, where no search through bytes finds anything.
func (h *hunt) bodies(ctx context.Context, t *sql.Tx) error {
	rows, err := t.QueryContext(ctx, "SELECT seq, text, session, container, time, answered, body FROM record")
	if err != nil && strings.Contains(err.Error(), "no such table") {
		return nil // a database that was never begun
	}
	never := func(int) bool { return false }
	return each(rows, err, func() error {
		var r NewRecord
		var seq, began, answered int64
		var stored []byte
		if err := rows.Scan(&seq, &r.Text, &r.Session, &r.Container, &began, &answered, &stored); err != nil {
			return err
		}
		r.Time, r.Answered = at(began), at(answered)
		plain, err := unpackBody(stored, r.columns())
		if err != nil {
			return fmt.Errorf("record %d: %w", seq, err)
		}
		h.needles.EachWhole(plain, never, func(_, value int) {
			h.hit(Leftover{File: databaseName, Record: seq, Place: inRecord, Value: value})
		})
		return nil
	})
}

// pages looks at each page of the database file as it lies there.
func (h *hunt) pages(ctx context.Context, file *os.File) error {
	size, err := page.SizeIn(file)
	if err != nil {
		return err
	}
	from := bufio.NewReaderSize(io.NewSectionReader(file, 0, 1<<62), 1<<20)
	b := make([]byte, size)
	for n := int64(1); ; n++ {
		if _, err := io.ReadFull(from, b); err == io.EOF || err == io.ErrUnexpectedEOF {
			h.out.Files++
			return nil
		} else if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		h.out.Bytes += int64(size)
		found, slack := h.page(file, b, n)
		h.out.Slack += slack
		for _, v := range found {
			h.hit(Leftover{File: databaseName, Page: n, Offset: (n-1)*int64(size) + int64(v.At), Place: string(v.Place), Value: v.Value})
		}
	}
}

// page looks at a page again if it seems unsound: a server may have been writing it.
func (h *hunt) page(file *os.File, b []byte, number int64) (found []page.Found, slack int64) {
	for {
		found, slack = h.needles.Find(b, number == 1, &h.out.Survey, uint32(number))
		if !unsound(found, slack) || h.again >= looksAgain {
			return found, slack
		}
		h.again++
		time.Sleep(time.Millisecond)
		if _, err := file.ReadAt(b, (number-1)*int64(len(b))); err != nil {
			return found, slack
		}
	}
}

// looksAgain is how often pages are looked at again, all together.
const looksAgain = 50

func unsound(found []page.Found, slack int64) bool {
	return slack > 0 || slices.ContainsFunc(found, func(v page.Found) bool { return v.Place == page.InDamaged || v.Place == page.InLost })
}

// log looks at all frames of the log, also at those of earlier rounds: they are in the file until they are written over.
func (h *hunt) log(file *os.File) error {
	length, err := sizeOf(file)
	if err != nil || length == 0 {
		return err
	}
	log, err := page.ReadLog(file, length)
	if err != nil {
		return err
	}
	h.out.Files, h.out.Bytes = h.out.Files+1, h.out.Bytes+length
	return log.EachFrame(func(number uint32, at int64, b []byte) {
		found, _ := h.needles.FindInLog(b, number == 1)
		for _, v := range found {
			h.hit(Leftover{File: databaseName + "-wal", Page: int64(number), Offset: at + int64(v.At), Place: inLog + string(v.Place), Value: v.Value})
		}
	})
}

// others looks at every other file: the ledger, keys, rejects of imports, whatever lies there, but for the disk reserve, which is noise.
func (h *hunt) others(ctx context.Context) error {
	return filepath.WalkDir(h.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(h.dir, path)
		if err != nil || name == databaseName || name == databaseName+"-wal" || name == reserveName {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		h.out.Files, h.out.Bytes = h.out.Files+1, h.out.Bytes+int64(len(raw))
		h.needles.EachWhole(raw, func(int) bool { return false }, func(at, value int) {
			h.hit(Leftover{File: name, Offset: int64(at), Place: inFile, Value: value})
		})
		return ctx.Err()
	})
}
