package db

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"quittance/db/filter"
)

// Effort bounds what a listing may read; several calls can share one. The zero value bounds nothing.
type Effort struct {
	Until time.Time // when to stop
	Rows  int64     // how many records may be looked at, by steps of a window
	spent int64
}

func (e *Effort) over() bool {
	return e != nil && (!e.Until.IsZero() && !time.Now().Before(e.Until) || e.Rows > 0 && e.spent >= e.Rows)
}

// ErrTooBroad says that a listing ended before it had looked at everything. What was found until then is returned with it.
var ErrTooBroad = errors.New("this filter would have to read too many records; narrow it with customer_id:: or a time such as request_timestamp>=2026-01-01")

// TooBroad is an ErrTooBroad that knows where the listing ended: with it as After it goes on.
type TooBroad struct{ Reached Place }

// Error implements error.
func (e *TooBroad) Error() string { return ErrTooBroad.Error() }

// Unwrap makes it an ErrTooBroad.
func (e *TooBroad) Unwrap() error { return ErrTooBroad }

// How many places a listing looks at in one step, from the first to the last one. A page that is found at once costs one small step; one that has to
// look far does not ask for its bounds too often.
const (
	firstWindow = 512
	lastWindow  = 8192
)

// Logs lists entries with their bodies, and tells whether more follow. A filter that asks what no entry answers is a *filter.Error. A listing
// that spends its Effort before it is full returns what it found, that more may follow, and a *TooBroad.
//
// SQL narrows the records by what stands in columns; where that does not decide, the filter is asked of each of them in memory. Both go from
// window to window along an index, so that a filter without one cannot keep a reader for longer than a window takes.
func (s *Store) Logs(ctx context.Context, q LogQuery) ([]Record, bool, error) {
	l, err := s.logScan(ctx, q)
	if err != nil {
		return nil, false, err
	}
	for size := int64(firstWindow); ; size = min(4*size, lastWindow) {
		last, err := l.window(ctx, size)
		if err == nil {
			err = l.read(ctx)
		}
		if err != nil {
			return l.found, errors.Is(err, ErrTooBroad), fmt.Errorf("listing log entries: %w", err)
		}
		if len(l.found) > q.Limit {
			return l.found[:q.Limit], true, nil
		}
		if last {
			return l.found, false, nil
		}
		if q.Effort != nil {
			q.Effort.spent += size
		}
		if l.q.After = l.end; q.Effort.over() {
			return l.found, true, fmt.Errorf("listing log entries: %w", &TooBroad{l.end})
		}
	}
}

// logScan is a listing on its way.
type logScan struct {
	s       *Store
	q       LogQuery
	query   *filter.Query // nil = everything
	streams []stream
	from    string   // FROM of the records
	where   []string // conditions, whatever the window
	args    []any
	place   string // what the order goes by
	seq     string // what UpTo bounds
	end     Place  // of the window; zero = none
	found   []Record
}

// stream is an index in the order of the listing: the labels of one customer, or the records of one service.
type stream struct {
	sql  string // FROM and WHERE
	args []any
}

// logScan drives the listing by the label index where the filter demands customer IDs, else by the services' time index.
func (s *Store) logScan(ctx context.Context, q LogQuery) (*logScan, error) {
	l := &logScan{s: s, q: q, from: "record r", place: "(r.time, r.seq)", seq: "r.seq"}
	services, err := s.asked(ctx, q)
	if err != nil {
		return nil, err
	}
	if l.add("r.service = ?", q.Service); q.Service == 0 {
		l.where[0], l.args = "r.service IN ("+marks(len(services))+") AND r.kind = ?", append(anys(services), int(Message))
	}
	ids, only, err := l.filtered()
	switch {
	case err != nil:
		return nil, err
	case only:
		l.byCustomer(ids)
	default:
		l.byService(services)
	}
	if !q.Both {
		l.add("(r.flags & ?) = ?", flagV1, btoi(q.V1)*flagV1)
	}
	if q.Container != "" {
		l.add("r.container = ?", q.Container)
	}
	if q.UpTo > 0 {
		l.add(l.seq+" <= ?", q.UpTo)
	}
	k, err := s.anyKept(ctx)
	if k.frozen {
		l.add(thawed) // those who are restricted are not read (Art. 18(2))
	}
	return l, err
}

// asked are the services whose entries are listed. A store without any has none with number 0.
func (s *Store) asked(ctx context.Context, q LogQuery) ([]int64, error) {
	if q.Service != 0 {
		return []int64{q.Service}, nil
	}
	all, err := s.Services(ctx)
	out := []int64{0}
	for _, v := range all {
		out = append(out, v.Number)
	}
	return out, err
}

func (l *logScan) add(cond string, args ...any) {
	l.where, l.args = append(l.where, cond), append(l.args, args...)
}

// filtered adds the filter's own condition, and gives the customer IDs that it demands.
func (l *logScan) filtered() (ids []string, only bool, err error) {
	if l.q.Filter == nil {
		return nil, false, nil
	}
	if l.query, err = filter.Compile(l.q.Filter, logFields); err != nil {
		return nil, false, err
	}
	l.add(l.query.Where, l.query.Args...)
	ids, only = filter.Equals(l.q.Filter, "customer_id")
	return ids, only, nil
}

func (l *logScan) byCustomer(ids []string) {
	for _, id := range ids {
		l.streams = append(l.streams, stream{"label l WHERE l.customer = (SELECT number FROM customer WHERE name = ?)", []any{id}})
	}
	if len(ids) == 1 {
		l.from, l.place = "label l JOIN record r ON r.seq = l.record", "(l.time, l.record)"
		l.seq = "coalesce(l.seq, l.record)" // a label that was added later counts from then on
		l.add("l.customer = (SELECT number FROM customer WHERE name = ?)", ids[0])
	}
	l.bounded("l.time")
}

func (l *logScan) byService(services []int64) {
	for _, n := range services {
		l.streams = append(l.streams, stream{"record r WHERE r.service = ?", []any{n}})
	}
	l.bounded("r.time")
}

// bounded narrows the streams to the times that the filter demands.
func (l *logScan) bounded(column string) {
	from, until := int64(math.MinInt64), int64(math.MaxInt64)
	if l.q.Filter != nil {
		from, until = filter.Bounds(l.q.Filter, "request_timestamp")
	}
	for i := range l.streams {
		st := &l.streams[i]
		if from > math.MinInt64 {
			st.sql, st.args = st.sql+" AND "+column+" >= ?", append(st.args, from)
		}
		if until < math.MaxInt64 {
			st.sql, st.args = st.sql+" AND "+column+" < ?", append(st.args, until)
		}
	}
	if l.place == "(l.time, l.record)" && from > math.MinInt64 {
		l.add("l.time >= ?", from)
	}
	if l.place == "(l.time, l.record)" && until < math.MaxInt64 {
		l.add("l.time < ?", until)
	}
}

// way is the order of the listing in SQL.
func (l *logScan) way() (order, past, upTo string) {
	if l.q.OldestFirst {
		return "ASC", ">", "<="
	}
	return "DESC", "<", ">="
}

// window looks how far the next step goes: no stream has more than its share of so many places before its end. last tells that nothing
// is behind it.
func (l *logScan) window(ctx context.Context, size int64) (last bool, err error) {
	last, share := true, max(size/int64(len(l.streams)), 1)
	for _, st := range l.streams {
		p, ok, err := l.ahead(ctx, st, share)
		if err != nil {
			return false, err
		}
		if ok && (last || l.before(p, l.end)) {
			l.end, last = p, false
		}
	}
	if last {
		l.end = Place{}
	}
	return last, nil
}

// before tells which of two places comes first in the listing.
func (l *logScan) before(a, b Place) bool {
	if !l.q.OldestFirst {
		a, b = b, a
	}
	return a.Time < b.Time || a.Time == b.Time && a.Seq < b.Seq
}

// ahead is the place so many places further on in a stream.
func (l *logScan) ahead(ctx context.Context, st stream, n int64) (p Place, ok bool, err error) {
	order, past, _ := l.way()
	columns := "r.time, r.seq"
	if strings.HasPrefix(st.sql, "label l") {
		columns = "l.time, l.record"
	}
	query, args := "SELECT "+columns+" FROM "+st.sql, append([]any(nil), st.args...)
	if l.q.After != (Place{}) {
		query, args = query+" AND ("+columns+") "+past+" (?, ?)", append(args, l.q.After.Time, l.q.After.Seq)
	}
	query += " ORDER BY " + strings.ReplaceAll(columns, ",", " "+order+",") + " " + order + " LIMIT 1 OFFSET ?"
	err = l.s.readers.QueryRowContext(ctx, query, append(args, n-1)...).Scan(&p.Time, &p.Seq)
	if err = found(err); errors.Is(err, ErrNotFound) {
		return p, false, nil
	}
	return p, err == nil, err
}

// labelsColumn is what a filter in memory needs beside the record's columns: the IDs of a record with flagSeveral.
const labelsColumn = `, CASE WHEN r.flags & 1 THEN (SELECT json_group_array(c.name) FROM record_label rl JOIN customer c ON c.number = rl.customer
	WHERE rl.record = r.seq) ELSE '' END`

// read takes in what the window holds, up to one entry more than the page.
func (l *logScan) read(ctx context.Context) error {
	query, args := l.sql()
	rows, err := l.s.readers.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for n := 1; len(l.found) <= l.q.Limit && rows.Next(); n++ {
		place, err := l.take(rows)
		if err != nil {
			return err
		}
		if n%32 == 0 && len(l.found) <= l.q.Limit && !l.decides() && l.q.Effort.over() {
			return &TooBroad{place}
		}
	}
	return rows.Err()
}

// decides tells whether SQL alone decides.
func (l *logScan) decides() bool { return l.query == nil || l.query.Decides }

func (l *logScan) sql() (string, []any) {
	order, past, upTo := l.way()
	where, args := l.where, l.args
	bound := func(cond string, values ...any) {
		where, args = append(where[:len(where):len(where)], cond), append(args[:len(args):len(args)], values...)
	}
	if n := len(l.streams); l.from == "record r" && strings.HasPrefix(l.streams[0].sql, "label") {
		all := make([]string, n)
		for i, st := range l.streams {
			var more []any
			all[i], more = l.within("SELECT l.record FROM "+st.sql, "(l.time, l.record)", past, upTo)
			args = append(args[:len(args):len(args)], append(append([]any(nil), st.args...), more...)...)
		}
		where = append(where[:len(where):len(where)], "r.seq IN ("+strings.Join(all, " UNION ALL ")+")")
	}
	cond, more := l.within("1", l.place, past, upTo)
	bound(cond, more...)
	query := "SELECT " + recordColumns + ", r.body, r.digest"
	if !l.decides() {
		query += labelsColumn
	}
	query += " FROM " + l.from + " WHERE " + strings.Join(where, " AND ") + " ORDER BY " +
		strings.NewReplacer("(", "", ")", " "+order, ",", " "+order+",").Replace(l.place)
	if l.decides() {
		query, args = query+" LIMIT ?", append(args, l.q.Limit+1-len(l.found))
	}
	return query, args
}

// within adds to a condition that a place lies in the window.
func (l *logScan) within(cond, place, past, upTo string) (string, []any) {
	var args []any
	if l.q.After != (Place{}) {
		cond, args = cond+" AND "+place+" "+past+" (?, ?)", append(args, l.q.After.Time, l.q.After.Seq)
	}
	if l.end != (Place{}) {
		cond, args = cond+" AND "+place+" "+upTo+" (?, ?)", append(args, l.end.Time, l.end.Seq)
	}
	return cond, args
}

// take reads one record and keeps it if the filter matches it.
func (l *logScan) take(rows scanner) (Place, error) {
	e := entry{s: l.s}
	more := []any{&e.stored, &e.digest}
	if !l.decides() {
		more = append(more, &e.labels)
	}
	var err error
	if e.r, err = scanRecord(rows, more...); err != nil {
		return Place{}, err
	}
	if (l.decides() || l.query.Match(&e)) && e.err == nil {
		if !l.q.NoBody {
			e.body()
		}
		l.found = append(l.found, e.r)
	}
	return Place{ms(e.r.Time), e.r.Seq}, e.err
}
