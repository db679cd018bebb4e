package db

import (
	"context"
	"fmt"
	"strings"
	"time"

	"quittance/db/filter"
)

// Record is a stored datum.
type Record struct {
	Seq       int64
	Service   int64
	Kind      Kind
	Time      time.Time
	Answered  time.Time
	Language  string
	Container string
	Session   string
	LogID     string // imported rows; "" for ours
	Text      string // the first 256 bytes of what the customer said, unmasked
	OptOut    bool
	Imported  bool
	V1        bool
	Labelled  bool
	Several   bool   // bears more than one customer ID
	Customer  string // first customer ID, "" = unlabelled
	Body      []byte // nil unless asked for
}

// LogQuery asks for log entries of one service, in the order of their request_timestamp.
type LogQuery struct {
	Service     int64
	V1          bool   // entries of Assistant v1; else those of v2
	Both        bool   // entries of either version
	Container   string // one assistant, environment or workspace; "" = all
	Filter      filter.Expr
	OldestFirst bool
	Limit       int
	After       Place // the last entry of the page before; zero = from the start
	UpTo        int64 // highest seq to look at, so that paging sees one state; 0 = all
}

// Place is a position in a list that is ordered by time and then by seq.
type Place struct {
	Time int64 // ms since 1970
	Seq  int64
}

// logFields says what the filter language may ask of a stored entry (watson-api.md, section 8).
var logFields = map[string]filter.Field{
	"customer_id": {Type: filter.Set, Wildcard: true, Column: "c.name", Within: `EXISTS (SELECT 1 FROM customer c WHERE %s AND
		(c.number = r.customer OR EXISTS (SELECT 1 FROM record_label rl WHERE rl.record = r.seq AND rl.customer = c.number)))`},
	"language":                            {Type: filter.Text, Column: "r.language"},
	"workspace_id":                        {Type: filter.Text, Column: "r.container"},
	"assistant_id":                        {Type: filter.Text, Column: "r.container"},
	"session_id":                          {Type: filter.Text, Column: "r.session"},
	"request_timestamp":                   {Type: filter.Time, Column: "r.time"},
	"response_timestamp":                  {Type: filter.Time, Column: "r.answered"},
	"request.context.system.assistant_id": {Type: filter.Text, Column: "r.container"},
	"response.context.conversation_id":    {Type: filter.Text, Column: "r.session"},
}

const recordColumns = `r.seq, r.service, r.kind, r.time, r.answered, r.language, r.container, r.session, coalesce(r.log_id, ''), r.text, r.flags, r.customer,
	coalesce((SELECT name FROM customer WHERE number = r.customer), '')`

// Logs lists entries with their bodies, and tells whether more follow. A filter that the store cannot answer is a *filter.Error.
func (s *Store) Logs(ctx context.Context, q LogQuery) ([]Record, bool, error) {
	query, args, err := s.logsSQL(q)
	if err != nil {
		return nil, false, err
	}
	rows, err := s.readers.QueryContext(ctx, query, args...)
	var out []Record
	err = each(rows, err, func() error {
		r, err := s.scanWhole(rows)
		out = append(out, r)
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("listing log entries: %w", err)
	}
	if len(out) > q.Limit {
		return out[:q.Limit], true, nil
	}
	return out, false, nil
}

// logsSQL drives the query by the label index where the filter demands one customer ID, else by the service's time index.
func (s *Store) logsSQL(q LogQuery) (string, []any, error) {
	from, order, upTo := "record r", "r.time %s, r.seq %s", "r.seq"
	where, args := []string{"r.service = ?"}, []any{q.Service}
	place := "(r.time, r.seq)"
	if q.Filter != nil {
		cond, values, err := filter.Compile(q.Filter, logFields)
		if err != nil {
			return "", nil, err
		}
		if ids, only := filter.Equals(q.Filter, "customer_id"); only && len(ids) == 1 {
			from, order, place = "label l JOIN record r ON r.seq = l.record", "l.time %s, l.record %s", "(l.time, l.record)"
			upTo = "coalesce(l.seq, l.record)" // a label that was added later counts from then on
			where, args = append(where, "l.customer = (SELECT number FROM customer WHERE name = ?)"), append(args, ids[0])
		}
		if ids, only := filter.Equals(q.Filter, "customer_id"); only && len(ids) > 1 {
			where, args = append(where, "r.seq IN (SELECT record FROM label WHERE customer IN (SELECT number FROM customer WHERE name IN ("+marks(len(ids))+")))"), append(args, anys(ids)...)
		}
		where, args = append(where, "("+cond+")"), append(args, values...)
	}
	if !q.Both {
		where, args = append(where, "(r.flags & ?) = ?"), append(args, flagV1, btoi(q.V1)*flagV1)
	}
	if q.Container != "" {
		where, args = append(where, "r.container = ?"), append(args, q.Container)
	}
	if q.UpTo > 0 {
		where, args = append(where, upTo+" <= ?"), append(args, q.UpTo)
	}
	way, sign := "DESC", "<"
	if q.OldestFirst {
		way, sign = "ASC", ">"
	}
	if q.After != (Place{}) {
		where, args = append(where, place+" "+sign+" (?, ?)"), append(args, q.After.Time, q.After.Seq)
	}
	query := "SELECT " + recordColumns + ", r.body, r.digest FROM " + from + " WHERE " + strings.Join(where, " AND ") +
		" ORDER BY " + strings.ReplaceAll(order, "%s", way) + " LIMIT ?"
	return query, append(args, q.Limit+1), nil
}

func scanRecord(rows scanner, more ...any) (Record, error) {
	var r Record
	var t, answered, customer int64
	var flags int
	err := rows.Scan(append([]any{&r.Seq, &r.Service, &r.Kind, &t, &answered, &r.Language, &r.Container, &r.Session, &r.LogID, &r.Text, &flags, &customer, &r.Customer}, more...)...)
	r.Time, r.Answered = at(t), at(answered)
	r.Several, r.OptOut, r.Imported, r.V1 = flags&flagSeveral != 0, flags&flagOptOut != 0, flags&flagImported != 0, flags&flagV1 != 0
	r.Labelled = customer != 0
	return r, err
}

// scanWhole reads a record with its body and checks its digest: a damaged record is an error, never a wrong answer.
func (s *Store) scanWhole(rows scanner) (Record, error) {
	var stored, digest []byte
	r, err := scanRecord(rows, &stored, &digest)
	if err != nil {
		return r, err
	}
	n := r.asNew()
	if string(s.keys.digest(r.Seq, n.content(stored))) != string(digest) {
		return r, fmt.Errorf("record %d: %w", r.Seq, ErrCorrupt)
	}
	r.Body, err = unpackBody(stored, n.columns())
	return r, err
}

// Record reads one record with its body.
func (s *Store) Record(ctx context.Context, seq int64) (Record, error) {
	row := s.readers.QueryRowContext(ctx, "SELECT "+recordColumns+", r.body, r.digest FROM record r WHERE r.seq = ?", seq)
	r, err := s.scanWhole(row)
	return r, found(err)
}

// Labels lists the customer IDs of a record, with the references under which the console shows them.
func (s *Store) Labels(ctx context.Context, seq int64) ([]Subject, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT c.name, c.ref FROM record r JOIN customer c ON c.number = r.customer
			OR c.number IN (SELECT customer FROM record_label WHERE record = r.seq) WHERE r.seq = ? ORDER BY c.number = r.customer DESC, c.number`, seq)
	var out []Subject
	err = each(rows, err, func() error {
		var sub Subject
		var ref []byte
		err := rows.Scan(&sub.ID, &ref)
		sub.Ref = refOf(ref)
		out = append(out, sub)
		return err
	})
	return out, err
}

// Seq is the highest number given so far.
func (s *Store) Seq(ctx context.Context) (int64, error) {
	var n int64
	err := s.readers.QueryRowContext(ctx, "SELECT seq FROM sequence WHERE only = 1").Scan(&n)
	return n, err
}
