package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/klauspost/compress/s2"

	"quittance/db"
)

// Bare is the schema that performance.md found fastest, driven in process and by nobody else: no queue, no checks, no audit trail, no digests. What the
// store costs is told by the ratio to it, in the same run on the same machine.
type Bare struct {
	db        *sql.DB
	path      string
	customers map[string]int64
	dict      *s2.Dict
}

const bareSchema = `
CREATE TABLE customer (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE record (seq INTEGER PRIMARY KEY, service INTEGER NOT NULL, kind INTEGER NOT NULL, time INTEGER NOT NULL, answered INTEGER NOT NULL, customer INTEGER NOT NULL,
  flags INTEGER NOT NULL, language TEXT NOT NULL, container TEXT NOT NULL, session TEXT NOT NULL, log_id TEXT, text TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX record_time ON record (service, time);
CREATE UNIQUE INDEX record_log_id ON record (service, log_id) WHERE log_id IS NOT NULL;
CREATE TABLE label (customer INTEGER NOT NULL, time INTEGER NOT NULL, record INTEGER NOT NULL, PRIMARY KEY (customer, time, record)) WITHOUT ROWID;
CREATE TABLE record_label (record INTEGER NOT NULL, customer INTEGER NOT NULL, PRIMARY KEY (record, customer)) WITHOUT ROWID;`

const barePragmas = "?_txlock=immediate&_pragma=busy_timeout(5000)&_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=secure_delete(1)" +
	"&_pragma=temp_store(memory)&_pragma=cache_size(-65536)&_pragma=wal_autocheckpoint(8000)"

// OpenBare opens or makes the bare database in a file.
func OpenBare(path string) (*Bare, error) {
	_, missing := os.Stat(path)
	pool, err := sql.Open("sqlite", "file:"+path+barePragmas)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	b := &Bare{db: pool, path: path, customers: map[string]int64{}, dict: bareDictionary()}
	if missing != nil {
		_, err = pool.Exec(bareSchema)
	}
	return b, err
}

// bareDictionary is as large as the store's own.
func bareDictionary() *s2.Dict {
	c := NewCrowd(1000)
	var sample []byte
	for i := 0; len(sample) < 32<<10; i++ {
		sample = append(sample, c.Talk(i, false).Body...)
	}
	return s2.MakeDict(sample[:32<<10], []byte(`{"request":`))
}

// Close ends it.
func (b *Bare) Close() error { return b.db.Close() }

// Pack compresses a body. It is no part of an insert, because the store does it beside its writer too.
func (b *Bare) Pack(t Talk) Talk {
	t.Body = b.dict.Encode(make([]byte, 0, s2.MaxEncodedLen(len(t.Body))), t.Body)
	return t
}

// Insert stores packed talks in one transaction, with their log_id if they are imported.
func (b *Bare) Insert(ctx context.Context, talks []Talk, imported bool) error {
	t, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer t.Rollback()
	record, err1 := t.Prepare("INSERT INTO record (service, kind, time, answered, customer, flags, language, container, session, log_id, text, body) VALUES (1, 1, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?)")
	one, err2 := t.Prepare("INSERT INTO label (customer, time, record) VALUES (?, ?, ?)")
	reverse, err3 := t.Prepare("INSERT INTO record_label (record, customer) VALUES (?, ?)")
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	for _, v := range talks {
		if err := b.insert(t, record, one, reverse, v, imported); err != nil {
			return err
		}
	}
	return t.Commit()
}

func (b *Bare) insert(t *sql.Tx, record, one, reverse *sql.Stmt, v Talk, imported bool) error {
	bearers := make([]int64, len(v.Customers))
	for i, name := range v.Customers {
		var err error
		if bearers[i], err = b.customer(t, name); err != nil {
			return err
		}
	}
	var logID any
	if imported {
		logID = v.LogID
	}
	res, err := record.Exec(v.Time.UnixMilli(), v.Answered.UnixMilli(), bearers[0], v.Language, v.Assistant, v.Session, logID, v.Text, v.Body)
	if err != nil {
		return err
	}
	seq, err := res.LastInsertId()
	for _, n := range bearers {
		if err == nil {
			_, err = one.Exec(n, v.Time.UnixMilli(), seq)
		}
		if err == nil && len(bearers) > 1 {
			_, err = reverse.Exec(seq, n)
		}
	}
	return err
}

func (b *Bare) customer(t *sql.Tx, name string) (int64, error) {
	if n, ok := b.customers[name]; ok {
		return n, nil
	}
	var n int64
	err := t.QueryRow("SELECT number FROM customer WHERE name = ?", name).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		err = t.QueryRow("INSERT INTO customer (name) VALUES (?) RETURNING number", name).Scan(&n)
	}
	b.customers[name] = n
	return n, err
}

// Page is the first page of a customer: 50 records, newest first, without their bodies.
func (b *Bare) Page(ctx context.Context, customer string) ([]db.Record, error) {
	rows, err := b.db.QueryContext(ctx, `SELECT r.seq, r.service, r.kind, r.time, r.language, r.container, r.session, r.text FROM label l JOIN record r ON r.seq = l.record
		WHERE l.customer = (SELECT number FROM customer WHERE name = ?) ORDER BY l.time DESC, l.record DESC LIMIT 50`, customer)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []db.Record
	for rows.Next() {
		var r db.Record
		var ms int64
		if err := rows.Scan(&r.Seq, &r.Service, &r.Kind, &ms, &r.Language, &r.Container, &r.Session, &r.Text); err != nil {
			return nil, err
		}
		r.Time = time.UnixMilli(ms).UTC()
		out = append(out, r)
	}
	return out, rows.Err()
}

// Scan reads this many records in order, bodies decompressed, and returns how many bytes of JSON they are.
func (b *Bare) Scan(ctx context.Context, limit int) (bytes int64, err error) {
	rows, err := b.db.QueryContext(ctx, "SELECT seq, time, answered, language, container, session, coalesce(log_id, ''), text, body FROM record ORDER BY seq LIMIT ?", limit)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var seq, began, answered int64
	var language, container, session, logID, text string
	var body sql.RawBytes
	var plain []byte
	for rows.Next() {
		if err := rows.Scan(&seq, &began, &answered, &language, &container, &session, &logID, &text, &body); err != nil {
			return 0, err
		}
		if plain, err = b.dict.Decode(plain[:0], body); err != nil {
			return 0, err
		}
		bytes += int64(len(plain))
	}
	return bytes, rows.Err()
}

// Erase removes all records of the customers through one temporary table of record numbers in record order, in one transaction, and returns how many there were.
func (b *Bare) Erase(ctx context.Context, customers []string) (records int64, err error) {
	t, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer t.Rollback()
	if _, err := t.Exec("CREATE TEMP TABLE gone (customer INTEGER PRIMARY KEY); CREATE TEMP TABLE doomed (seq INTEGER PRIMARY KEY)"); err != nil {
		return 0, err
	}
	for _, name := range customers {
		if _, err := t.Exec("INSERT INTO gone SELECT number FROM customer WHERE name = ?", name); err != nil {
			return 0, err
		}
	}
	res, err := t.Exec("INSERT INTO doomed SELECT DISTINCT record FROM label WHERE customer IN (SELECT customer FROM gone) ORDER BY record")
	if err != nil {
		return 0, err
	}
	for _, q := range []string{
		// For a set of pairs SQLite would read the whole table; the few customers who share a record drive this one.
		`DELETE FROM label WHERE customer IN (SELECT rl.customer FROM doomed d JOIN record_label rl ON rl.record = d.seq) AND record IN (SELECT seq FROM doomed)`,
		"DELETE FROM label WHERE customer IN (SELECT customer FROM gone)",
		"DELETE FROM record_label WHERE record IN (SELECT seq FROM doomed)",
		"DELETE FROM record WHERE seq IN (SELECT seq FROM doomed)",
		"DELETE FROM customer WHERE number IN (SELECT customer FROM gone)",
		"DROP TABLE gone", "DROP TABLE doomed",
	} {
		if _, err := t.Exec(q); err != nil {
			return 0, fmt.Errorf("%s: %w", q, err)
		}
	}
	clear(b.customers)
	records, err = res.RowsAffected()
	return records, errors.Join(err, t.Commit())
}
