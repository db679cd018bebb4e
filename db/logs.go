package db

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"quittance/db/filter"
)

// Record is a stored datum.
type Record struct {
	Seq         int64
	Service     int64
	Kind        Kind
	Time        time.Time
	Answered    time.Time
	Language    string
	Container   string
	Session     string
	LogID       string // imported rows; "" for ours
	Text        string // the first 256 bytes of what the customer said, unmasked
	OptOut      bool
	Imported    bool
	V1          bool
	Labelled    bool
	Several     bool   // bears more than one customer ID
	Unreachable bool   // came through a channel that cannot label
	Customer    string // first customer ID, "" = unlabelled
	Body        []byte // nil unless asked for
}

// LogQuery asks for log entries, in the order of their request_timestamp.
type LogQuery struct {
	Service     int64  // 0 = the messages of all services
	V1          bool   // entries of Assistant v1; else those of v2
	Both        bool   // entries of either version
	Container   string // one assistant, environment or workspace; "" = all
	Filter      filter.Expr
	OldestFirst bool
	NoBody      bool // Body is not wanted
	Limit       int
	After       Place   // the last entry of the page before; zero = from the start
	UpTo        int64   // highest seq to look at, so that paging sees one state; 0 = all
	Effort      *Effort // nil = as long as it takes
}

// Place is a position in a list that is ordered by time and then by seq.
type Place struct {
	Time int64 // ms since 1970
	Seq  int64
}

const recordColumns = `r.seq, r.service, r.kind, r.time, r.answered, r.language, r.container, r.session, coalesce(r.log_id, ''), r.text, r.flags, r.customer,
	coalesce((SELECT name FROM customer WHERE number = r.customer), '')`

func scanRecord(rows scanner, more ...any) (Record, error) {
	var r Record
	var t, answered, customer int64
	var flags int
	err := rows.Scan(append([]any{&r.Seq, &r.Service, &r.Kind, &t, &answered, &r.Language, &r.Container, &r.Session, &r.LogID, &r.Text, &flags, &customer, &r.Customer}, more...)...)
	r.Time, r.Answered = at(t), at(answered)
	r.Several, r.OptOut, r.Imported, r.V1 = flags&flagSeveral != 0, flags&flagOptOut != 0, flags&flagImported != 0, flags&flagV1 != 0
	r.Labelled, r.Unreachable = customer != 0, flags&flagUnreachable != 0
	return r, err
}

// scanWhole reads a record with its body and checks its digest: a damaged record is an error, never a wrong answer.
func (s *Store) scanWhole(rows scanner) (Record, error) {
	var stored, digest []byte
	r, err := scanRecord(rows, &stored, &digest)
	if err != nil {
		return r, err
	}
	r.Body, err = s.body(&r, stored, digest)
	return r, err
}

// body unpacks what is stored of a record after its digest was checked.
func (s *Store) body(r *Record, stored, digest []byte) ([]byte, error) {
	n := r.asNew()
	if string(s.keys.digest(r.Seq, n.content(stored))) != string(digest) {
		return nil, fmt.Errorf("record %d: %w", r.Seq, ErrCorrupt)
	}
	return unpackBody(stored, n.columns())
}

// Record reads one record with its body.
func (s *Store) Record(ctx context.Context, seq int64) (Record, error) {
	row := s.readers.QueryRowContext(ctx, "SELECT "+recordColumns+", r.body, r.digest FROM record r WHERE r.seq = ?", seq)
	r, err := s.scanWhole(row)
	return r, found(err)
}

// Label is a customer ID that a record bears. Seq is the number of the label: that of its record, or a later one if it was given afterwards.
type Label struct {
	Subject
	Seq int64
}

// labelsSQL gives the labels of some records, of each the first ID that it bears before the others.
const labelsSQL = `WITH page AS MATERIALIZED (SELECT r.seq, r.time, r.customer FROM json_each(?) j CROSS JOIN record r ON r.seq = j.value),
	born AS (SELECT seq, time, customer, 0 AS further FROM page WHERE customer <> 0
		UNION ALL SELECT p.seq, p.time, o.customer, 1 FROM page p CROSS JOIN record_label o ON o.record = p.seq AND o.customer <> p.customer)
	SELECT b.seq, c.name, c.ref, coalesce(l.seq, l.record) FROM born b CROSS JOIN label l ON l.customer = b.customer AND l.time = b.time AND l.record = b.seq
	CROSS JOIN customer c ON c.number = b.customer ORDER BY b.further, c.number`

// Labels lists the customer IDs of a record, the first that it bears before the others.
func (s *Store) Labels(ctx context.Context, seq int64) ([]Label, error) {
	all, err := s.LabelsOf(ctx, seq)
	return all[seq], err
}

// LabelsOf lists which labels each of some records bears, by record; those without any are left out.
func (s *Store) LabelsOf(ctx context.Context, records ...int64) (map[int64][]Label, error) {
	list, err := json.Marshal(records)
	if err != nil {
		return nil, err
	}
	rows, err := s.readers.QueryContext(ctx, labelsSQL, string(list))
	out := map[int64][]Label{}
	err = each(rows, err, func() error {
		var record int64
		var l Label
		var ref []byte
		err := rows.Scan(&record, &l.ID, &ref, &l.Seq)
		l.Ref = refOf(ref)
		out[record] = append(out[record], l)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the labels of records: %w", err)
	}
	return out, nil
}

// Seq is the highest number given so far.
func (s *Store) Seq(ctx context.Context) (int64, error) {
	var n int64
	err := s.readers.QueryRowContext(ctx, "SELECT seq FROM sequence WHERE only = 1").Scan(&n)
	return n, err
}
