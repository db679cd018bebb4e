package db

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"quittance/db/audit"
	"quittance/db/label"
)

// ItemQuery asks for records of one service by what they are and where they belong; messages are not asked for so.
type ItemQuery struct {
	Service   int64
	Kinds     []Kind
	Container string // "" = any
	Within    string // instead of Container: all containers below this one, as in "environment/"
	Item      string // the item's own ID; "" = any
	Only      Scope  // "" = all
	Bodies    bool
	Newest    bool  // newest first; else in the order in which they came in
	After     int64 // seq of the last one of the page before
	Limit     int   // 0 = all
}

// Scope is a choice between what is about a whole container and what is about one item of it.
type Scope string

// Scopes of what belongs to a container.
const (
	Whole Scope = "= ''"  // without an item's ID
	Each  Scope = "<> ''" // with one
)

// where is the condition on record; "kind > 1" is the condition of the index that answers it.
func (q ItemQuery) where() (string, []any) {
	where, args := "r.service = ? AND r.kind > 1 AND r.kind IN ("+marks(len(q.Kinds))+")", append([]any{q.Service}, anys(q.Kinds)...)
	add := func(cond string, values ...any) { where, args = where+" AND "+cond, append(args, values...) }
	if q.Container != "" {
		add("r.container = ?", q.Container)
	}
	if q.Within != "" {
		add("r.container >= ? AND r.container < ?", q.Within, upper(q.Within))
	}
	if q.Item != "" {
		add("r.session = ?", q.Item)
	}
	if q.Only != "" {
		add("r.session " + string(q.Only))
	}
	if q.After > 0 && q.Newest {
		add("r.seq < ?", q.After)
	} else if q.After > 0 {
		add("r.seq > ?", q.After)
	}
	return where, args
}

// upper is the first text after all that begin with a prefix of ASCII.
func upper(prefix string) string {
	last := len(prefix) - 1
	return prefix[:last] + string(prefix[last]+1)
}

// readable is where without the records of those who are restricted: they are not read.
func (s *Store) readable(ctx context.Context, q ItemQuery) (string, []any, error) {
	where, args := q.where()
	k, err := s.anyKept(ctx)
	if k.frozen {
		where += " AND " + thawed
	}
	return where, args, err
}

// Items lists records, and tells whether more follow. Those of people who are restricted are not among them.
func (s *Store) Items(ctx context.Context, q ItemQuery) ([]Record, bool, error) {
	where, args, err := s.readable(ctx, q)
	if err != nil {
		return nil, false, err
	}
	return s.pageOf(ctx, q, where, args)
}

// stored is Items with the records of those who are restricted.
func (s *Store) stored(ctx context.Context, q ItemQuery) ([]Record, bool, error) {
	where, args := q.where()
	return s.pageOf(ctx, q, where, args)
}

func (s *Store) pageOf(ctx context.Context, q ItemQuery, where string, args []any) ([]Record, bool, error) {
	columns, scan := recordColumns, func(row scanner) (Record, error) { return scanRecord(row) }
	if q.Bodies {
		columns, scan = columns+", r.body, r.digest", s.scanWhole
	}
	query := "SELECT " + columns + " FROM record r WHERE " + where + " ORDER BY r.seq"
	if q.Newest {
		query += " DESC"
	}
	if q.Limit > 0 {
		query, args = query+" LIMIT ?", append(args, q.Limit+1)
	}
	rows, err := s.readers.QueryContext(ctx, query, args...)
	var out []Record
	err = each(rows, err, func() error {
		r, err := scan(rows)
		out = append(out, r)
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("listing items: %w", err)
	}
	if q.Limit > 0 && len(out) > q.Limit {
		return out[:q.Limit], true, nil
	}
	return out, false, nil
}

// CountItems counts what Items would list.
func (s *Store) CountItems(ctx context.Context, q ItemQuery) (n int64, err error) {
	where, args, err := s.readable(ctx, q)
	if err != nil {
		return 0, err
	}
	if err := s.readers.QueryRowContext(ctx, "SELECT count(*) FROM record r WHERE "+where, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting items: %w", err)
	}
	return n, nil
}

// ItemCount is how many items belong to one container, and the number of the newest.
type ItemCount struct{ Items, Newest int64 }

// ItemCounts counts what Items would list, by container. It reads an index only.
func (s *Store) ItemCounts(ctx context.Context, q ItemQuery) (map[string]ItemCount, error) {
	where, args, err := s.readable(ctx, q)
	if err != nil {
		return nil, err
	}
	rows, err := s.readers.QueryContext(ctx, "SELECT r.container, count(*), max(r.seq) FROM record r WHERE "+where+" GROUP BY r.container", args...)
	out := map[string]ItemCount{}
	err = each(rows, err, func() error {
		var container string
		var c ItemCount
		err := rows.Scan(&container, &c.Items, &c.Newest)
		out[container] = c
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("counting items: %w", err)
	}
	return out, nil
}

// ItemLabels lists the customer IDs that any of the items bears, the oldest ID first: what comes to them later inherits these.
func (s *Store) ItemLabels(ctx context.Context, q ItemQuery) (ids []label.ID, err error) {
	where, args := q.where()
	rows, err := s.readers.QueryContext(ctx, `SELECT c.name FROM customer c WHERE c.number IN (SELECT r.customer FROM record r WHERE `+where+`
		UNION SELECT l.customer FROM record r JOIN record_label l ON l.record = r.seq WHERE `+where+`) ORDER BY c.number`, append(args, args...)...)
	err = each(rows, err, func() error {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		id, err := label.Parse(label.Assistant, name) // whose rules are the widest
		ids = append(ids, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the labels of items: %w", err)
	}
	return ids, nil
}

// removeItemsAt is how many items one transaction takes, so that ingest never waits long.
const removeItemsAt = 200

// RemoveItems deletes what an application sent, at its own request and at once: a classifier, a collection, an image, a document. It is
// no erasure of a person and has no receipt, but the audit trail counts it. It tells how many records there were. ErrHeld where a hold or a
// restriction keeps any of them: then none is removed, unless it came in the middle.
func (s *Store) RemoveItems(ctx context.Context, by audit.Actor, q ItemQuery) (removed int64, err error) {
	if err := s.Removable(ctx, q); err != nil {
		return 0, err
	}
	q.Limit, q.Bodies = removeItemsAt, false
	for more := true; more; {
		var page []Record
		if page, more, err = s.stored(ctx, q); err != nil || len(page) == 0 {
			return removed, err
		}
		err = s.write(ctx, by, func(t *tx) error { return t.removeItems(q.Service, page) })
		if err != nil {
			return removed, err
		}
		removed += int64(len(page))
	}
	return removed, s.mergeText(ctx)
}

// Removable tells whether nothing keeps the items of a query: else ErrHeld.
func (s *Store) Removable(ctx context.Context, q ItemQuery) error {
	k, err := s.anyKept(ctx)
	if err != nil || !k.held {
		return err
	}
	where, args := q.where()
	var kept bool
	if err := s.readers.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM record r WHERE "+where+" AND "+keptRecord+")", args...).Scan(&kept); err != nil {
		return fmt.Errorf("looking for what is held: %w", err)
	}
	if kept {
		return ErrHeld
	}
	return nil
}

func (t *tx) removeItems(service int64, records []Record) error {
	seqs := make([]int64, len(records))
	for i, r := range records {
		seqs[i] = r.Seq
	}
	free, err := t.unkept(seqs)
	if err != nil {
		return err
	}
	if len(free) < len(seqs) {
		return ErrHeld
	}
	list, err := json.Marshal(seqs)
	if err != nil {
		return err
	}
	c, err := t.removeAll(string(list))
	if err != nil {
		return err
	}
	return t.note(audit.RecordsRemoved, audit.ObjectOf(audit.KindService, service), map[string]int64{audit.CountRecords: c.services[service]})
}

// ReplaceItem stores a record in the place of those that an application sent under the same ID before, in one transaction. It tells
// whether there were any. ErrHeld where a hold or a restriction keeps one of them.
func (s *Store) ReplaceItem(ctx context.Context, by audit.Actor, r NewRecord) (replaced bool, seq int64, err error) {
	r.prepare()
	old := ItemQuery{Service: r.Service, Kinds: []Kind{r.Kind}, Container: r.Container, Item: r.Session}
	err = s.take(&op{ctx: ctx, by: by, rows: 1, run: func(t *tx) error {
		before, err := t.items(old)
		if err != nil {
			return err
		}
		if replaced = len(before) > 0; replaced {
			if err := t.removeItems(r.Service, before); err != nil {
				return err
			}
		}
		seq, err = t.store(&r)
		return err
	}})
	return replaced, seq, err
}

func (t *tx) items(q ItemQuery) (out []Record, err error) {
	where, args := q.where()
	rows, err := t.rows("SELECT "+recordColumns+" FROM record r WHERE "+where, args...)
	err = each(rows, err, func() error {
		r, err := scanRecord(rows)
		out = append(out, r)
		return err
	})
	return out, err
}

// LabelItems gives customer IDs to records that are there already, as when a collection is updated with a label. The labels have a number
// of their own: an erasure covers the records under them only if both are within its cut-off (law L2). It tells how many labels were new.
// Each record is written anew, as many in one transaction as the query's limit says: fewer where they are large.
func (s *Store) LabelItems(ctx context.Context, by audit.Actor, q ItemQuery, ids []label.ID) (added int64, err error) {
	if ids = distinct(ids); len(ids) == 0 {
		return 0, nil
	}
	q.Limit, q.Bodies, q.Newest = cmp.Or(q.Limit, removeItemsAt), false, false
	for more := true; more; {
		var page []Record
		if page, more, err = s.stored(ctx, q); err != nil || len(page) == 0 {
			return added, err
		}
		err = s.take(&op{ctx: ctx, by: by, rows: 1, run: func(t *tx) error {
			n, err := t.labelAll(q.Service, page, ids)
			added += n
			return err
		}})
		if err != nil {
			return added, err
		}
		q.After = page[len(page)-1].Seq
	}
	return added, nil
}

func (t *tx) labelAll(service int64, records []Record, ids []label.ID) (added int64, err error) {
	customers, erased, err := t.intern(ids)
	if err != nil {
		return 0, err
	}
	seq := t.next()
	for _, r := range records {
		n, err := t.addLabels(r.Seq, seq, customers)
		if err != nil {
			return 0, fmt.Errorf("labelling record %d: %w", r.Seq, err)
		}
		added += n
	}
	if err := t.sweepUnused(customers); err != nil || added == 0 {
		return added, err
	}
	if err := t.flagReturned(erased, service); err != nil {
		return 0, err
	}
	return added, t.note(audit.RecordsLabelled, audit.ObjectOf(audit.KindService, service), map[string]int64{audit.CountRecords: int64(len(records)), audit.CountLabels: added})
}

// sweepUnused takes back interned IDs that no label bears: the records went while the labels were on their way.
func (t *tx) sweepUnused(customers []int64) error {
	for _, c := range customers {
		var name string
		err := t.row("DELETE FROM customer WHERE number = ? AND NOT EXISTS (SELECT 1 FROM label WHERE customer = customer.number) AND "+unheldID+" RETURNING name", c).Scan(&name)
		if found(err) == ErrNotFound {
			continue
		}
		if err != nil {
			return err
		}
		delete(t.w.customers, name)
	}
	return nil
}

// asNew is a stored record as it was before it was stored, without its labels.
func (r Record) asNew() NewRecord {
	n := NewRecord{Service: r.Service, Kind: r.Kind, Time: r.Time, Answered: r.Answered, OptOut: r.OptOut, V1: r.V1, Unreachable: r.Unreachable,
		Language: r.Language, Container: r.Container, Session: r.Session, Text: r.Text, Body: r.Body, first: r.Customer}
	if r.Imported {
		n.LogID = r.LogID
	}
	if r.Several {
		n.Labels = make([]label.ID, 2)
	}
	return n
}

// Answer completes a record with what came back from elsewhere: the request was stored before the call, the answer belongs to it and
// shares its number, so an erasure covers both or neither. complete may change the record's body, its session and its language, which only
// the answer may tell; nothing else. ErrNotFound when the record was erased meanwhile: then nothing is kept.
func (s *Store) Answer(ctx context.Context, by audit.Actor, record int64, answered time.Time, complete func(*Record) error) error {
	return s.write(ctx, by, func(t *tx) error {
		r, err := t.s.scanWhole(t.row("SELECT "+recordColumns+", r.body, r.digest FROM record r WHERE r.seq = ?", record))
		if err != nil {
			return found(err)
		}
		r.Answered = answered.UTC().Truncate(time.Millisecond)
		language := r.Language
		if err := complete(&r); err != nil {
			return err
		}
		all, err := t.customersOf(record)
		if err != nil {
			return err
		}
		digest, err := t.rewrite(r, all)
		if err == nil && r.Language != language {
			err = t.labelsSay(r, all)
		}
		if err == nil {
			t.answered = tookOne(t.answered, r.Service, r.Seq, digest)
		}
		return err
	})
}

// Within joins the levels of a container: identifiers hold no slash, so it can be taken apart again.
func Within(levels ...string) string { return strings.Join(levels, "/") }
