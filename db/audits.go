package db

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"quittance/db/audit"
)

// AuditQuery asks for entries of the audit trail, newest first. Zero fields ask for all.
type AuditQuery struct {
	Actor  audit.Actor
	Event  string // an event, or its first word: "erasure" finds "erasure.proposed"
	Object audit.Object
	From   time.Time // inclusive
	To     time.Time // exclusive
	Before int64     // only entries with a lower number; 0 = from the newest. Whoever pages down asks by Below
	Oldest bool      // oldest first
	Least  int64     // only entries with this number or a higher one
	Limit  int

	none bool // what is asked for lies before the first entry
}

// Below is the same question for what lies below an entry. Nothing does below the first, whose number is 0, which in Before would mean no bound.
func (q AuditQuery) Below(number int64) AuditQuery {
	q.Before, q.none = number, number <= 0
	return q
}

// AuditEntry is a leaf of the trail as stored.
type AuditEntry struct {
	Number int64
	Time   time.Time
	Actor  audit.Actor
	Event  audit.Event
	Object audit.Object
	Data   []byte // canonical JSON, the leaf itself
}

// Hash is the RFC 6962 leaf hash.
func (e AuditEntry) Hash() tlog.Hash { return tlog.RecordHash(e.Data) }

// AuditEntries lists entries.
func (s *Store) AuditEntries(ctx context.Context, q AuditQuery) ([]AuditEntry, error) {
	if err := s.bound(ctx, &q); err != nil {
		return nil, fmt.Errorf("reading the audit trail: %w", err)
	}
	query, args := q.page()
	rows, err := s.readers.QueryContext(ctx, query, args...)
	var out []AuditEntry
	err = each(rows, err, func() error {
		var e AuditEntry
		var t int64
		err := rows.Scan(&e.Number, &t, &e.Actor, &e.Event, &e.Object, &e.Data)
		e.Time = at(t)
		out = append(out, e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the audit trail: %w", err)
	}
	return out, nil
}

// page is the question for one page of entries. It costs as much for the last page as for the first: each event that is asked for is read along its own
// index, from where the page begins, and no further than a page is long.
func (q AuditQuery) page() (string, []any) {
	way := " ORDER BY number DESC LIMIT ?"
	if q.Oldest {
		way = " ORDER BY number LIMIT ?"
	}
	const columns = "SELECT number, time, actor, event, object, data FROM leaf WHERE "
	where, args := q.where()
	events := q.events()
	if len(events) < 2 {
		return columns + where + way, append(args, q.Limit)
	}
	parts, args := make([]string, len(events)), []any(nil)
	for i, e := range events {
		q.Event = e
		where, more := q.where()
		parts[i], args = "SELECT number FROM (SELECT number FROM leaf WHERE "+where+way+")", append(append(args, more...), q.Limit)
	}
	return columns + "number IN (" + strings.Join(parts, " UNION ALL ") + ")" + way, append(args, q.Limit)
}

// events are those that a word stands for, nil where it is one event or none.
func (q AuditQuery) events() (out []string) {
	if q.Event == "" || strings.Contains(q.Event, ".") {
		return nil
	}
	for _, e := range audit.Events() {
		if word, _, _ := strings.Cut(string(e.Event), "."); word == q.Event {
			out = append(out, string(e.Event))
		}
	}
	return out
}

// CountedEntries is how far CountAudit counts entries one by one.
const CountedEntries = 10_000

// CountAudit counts what a query finds, whatever its page. Days and the whole trail are counted by the numbers of their entries; what has to be looked
// for is counted up to CountedEntries, and one more says that there are more.
func (s *Store) CountAudit(ctx context.Context, q AuditQuery) (int64, error) {
	q.Before, q.Least, q.Oldest, q.Limit, q.none = 0, 0, false, 0, false
	size, _, err := s.Head(ctx)
	if err != nil || q == (AuditQuery{}) {
		return size, err
	}
	if err := s.bound(ctx, &q); err != nil {
		return 0, err
	}
	if q.Actor == "" && q.Event == "" && q.Object == "" {
		return q.numbers(size), nil
	}
	where, args := q.where()
	var n int64
	err = s.readers.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM leaf WHERE "+where+" LIMIT ?)", append(args, CountedEntries+1)...).Scan(&n)
	return n, err
}

// numbers is how many entries of a trail the bounds leave: its numbers have no gaps.
func (q AuditQuery) numbers(size int64) int64 {
	if q.none {
		return 0
	}
	if q.Before > 0 {
		size = min(size, q.Before)
	}
	return max(0, size-q.Least)
}

// bound turns times into numbers: the time of the trail never runs back, so a search by halves finds where they begin and end.
func (s *Store) bound(ctx context.Context, q *AuditQuery) error {
	if q.From.IsZero() && q.To.IsZero() {
		return nil
	}
	size, _, err := s.Head(ctx)
	if err != nil {
		return err
	}
	if !q.From.IsZero() {
		first, err := s.firstEntrySince(ctx, q.From, size)
		if err != nil {
			return err
		}
		q.Least = max(q.Least, first)
	}
	if q.To.IsZero() {
		return nil
	}
	end, err := s.firstEntrySince(ctx, q.To, size)
	if !q.none && (q.Before == 0 || end < q.Before) {
		*q = q.Below(end)
	}
	return err
}

func (q AuditQuery) where() (string, []any) {
	where, args := []string{"1"}, []any(nil)
	add := func(cond string, values ...any) { where, args = append(where, cond), append(args, values...) }
	if q.Actor != "" {
		add("actor = ?", string(q.Actor))
	}
	if q.Event != "" {
		if strings.Contains(q.Event, ".") {
			add("event = ?", q.Event)
		} else { // '/' follows '.' in ASCII, so this is the range of all that begins with the word and a dot
			add("event >= ? AND event < ?", q.Event+".", q.Event+"/")
		}
	}
	if q.Object != "" {
		add("object = ? AND object <> ''", string(q.Object)) // the index leaves out entries without an object
	}
	if q.Before > 0 || q.none {
		add("number < ?", q.Before)
	}
	if q.Least > 0 {
		add("number >= ?", q.Least)
	}
	return strings.Join(where, " AND "), args
}

// AuditEntry reads one entry.
func (s *Store) AuditEntry(ctx context.Context, number int64) (AuditEntry, error) {
	e := AuditEntry{Number: number}
	var t int64
	err := s.readers.QueryRowContext(ctx, "SELECT time, actor, event, object, data FROM leaf WHERE number = ?", number).
		Scan(&t, &e.Actor, &e.Event, &e.Object, &e.Data)
	e.Time = at(t)
	return e, found(err)
}

// Head is the newest signed head of the trail, as a C2SP tlog-checkpoint.
func (s *Store) Head(ctx context.Context) (size int64, text string, err error) {
	err = s.readers.QueryRowContext(ctx, "SELECT size, note FROM head WHERE only = 1").Scan(&size, &text)
	return size, text, found(err)
}

// Note writes an audit entry for an act that changes nothing in the store: a sign-in, a refused permission.
func (s *Store) Note(ctx context.Context, by audit.Actor, event audit.Event, object audit.Object, counts map[string]int64) error {
	return s.write(ctx, by, func(t *tx) error { return t.note(event, object, counts) })
}

// Access writes down that a person saw or took personal data, and returns the number that the audit entry names. record is 0 where
// it was not one record. purpose is one of a closed list.
func (s *Store) Access(ctx context.Context, user int64, act string, record int64, purpose string, event audit.Event, counts map[string]int64) (int64, error) {
	var number int64
	err := s.write(ctx, audit.ActorOf("user", user), func(t *tx) (err error) {
		number, err = t.access(user, act, record, purpose, event, counts)
		return err
	})
	return number, err
}

func (t *tx) access(user int64, act string, record int64, purpose string, event audit.Event, counts map[string]int64) (number int64, err error) {
	var rec any
	if record > 0 {
		rec = record
	}
	err = t.row("INSERT INTO access (user, act, record, purpose, at) VALUES (?, ?, ?, ?, ?) RETURNING number", user, act, rec, purpose, ms(t.now)).Scan(&number)
	if err != nil {
		return 0, fmt.Errorf("writing down an access: %w", err)
	}
	return number, t.note(event, audit.ObjectOf(audit.KindAccess, number), counts)
}

// LinkedAnswer is what the trail keeps of a question to a linked service.
type LinkedAnswer struct {
	Service int64
	Heard   bool // it gave its whole answer
	Entries int64
}

// AskLinked writes down which linked services a person asked about a customer ID, before what they said is shown: one access, and an entry
// for each service.
func (s *Store) AskLinked(ctx context.Context, user int64, answers []LinkedAnswer) error {
	return s.write(ctx, audit.ActorOf("user", user), func(t *tx) error {
		var number int64
		err := t.row("INSERT INTO access (user, act, purpose, at) VALUES (?, 'search', 'linked services', ?) RETURNING number", user, ms(t.now)).Scan(&number)
		if err != nil {
			return fmt.Errorf("writing down an access: %w", err)
		}
		for _, a := range answers {
			counts := map[string]int64{audit.CountService: a.Service, audit.CountEntries: a.Entries, audit.CountUnasked: btoi(!a.Heard)}
			if err := t.note(audit.LinkedAsked, audit.ObjectOf(audit.KindAccess, number), counts); err != nil {
				return err
			}
		}
		return nil
	})
}

// Reveal writes down that a person looks behind the bars of a record, in which session and what for. It returns the number of the access.
func (s *Store) Reveal(ctx context.Context, user, session, record int64, purpose string) (number int64, err error) {
	err = s.write(ctx, audit.ActorOf("user", user), func(t *tx) error {
		err := t.row("INSERT INTO access (user, act, record, purpose, at, session) VALUES (?, 'reveal', ?, ?, ?, ?) RETURNING number",
			user, record, purpose, ms(t.now), session).Scan(&number)
		if err != nil {
			return fmt.Errorf("writing down an access: %w", err)
		}
		return t.note(audit.RecordRevealed, audit.ObjectOf(audit.KindAccess, number), nil)
	})
	return number, err
}

// Revealed tells whether a person has revealed a record in this session since a time.
func (s *Store) Revealed(ctx context.Context, user, session, record int64, since time.Time) (yes bool, err error) {
	err = s.readers.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM access WHERE record = ? AND act = 'reveal' AND user = ? AND session = ? AND at > ?)`,
		record, user, session, ms(since)).Scan(&yes)
	if err != nil {
		return false, fmt.Errorf("looking up an access: %w", err)
	}
	return yes, nil
}

// logReads gathers the API's log reads, which are noted once for each key and minute (law L4).
type logReads struct {
	mu     sync.Mutex
	minute int64
	keys   map[int64][2]int64 // key → reads, entries
}

// NoteLogRead counts one read of the logs by a key. The first read of a minute writes down what the minute before held.
func (s *Store) NoteLogRead(ctx context.Context, key, entries int64) {
	if key == 0 {
		return // the drill's own look at what it sent in
	}
	s.logs.mu.Lock()
	due := s.logs.keys != nil && s.logs.minute != s.Now().Unix()/60
	s.logs.mu.Unlock()
	if due {
		s.flushLogReads(ctx)
	}
	s.logs.mu.Lock()
	defer s.logs.mu.Unlock()
	if s.logs.keys == nil {
		s.logs.keys, s.logs.minute = map[int64][2]int64{}, s.Now().Unix()/60
	}
	n := s.logs.keys[key]
	s.logs.keys[key] = [2]int64{n[0] + 1, n[1] + entries}
}

func (s *Store) flushLogReads(ctx context.Context) error {
	s.logs.mu.Lock()
	keys := s.logs.keys
	s.logs.keys = nil
	s.logs.mu.Unlock()
	if len(keys) == 0 {
		return nil
	}
	// Whoever reads next may go away; the reads of others must be written down all the same.
	err := s.write(context.WithoutCancel(ctx), audit.System, func(t *tx) error {
		for key, n := range keys {
			t.by = audit.ActorOf("key", key)
			if err := t.note(audit.LogsRead, audit.ObjectOf(audit.KindKey, key), map[string]int64{audit.CountReads: n[0], audit.CountEntries: n[1]}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.owe(keys)
	}
	return err
}

// owe puts back what could not be written down.
func (s *Store) owe(keys map[int64][2]int64) {
	s.logs.mu.Lock()
	defer s.logs.mu.Unlock()
	if s.logs.keys == nil {
		s.logs.keys = map[int64][2]int64{}
	}
	for k, n := range keys {
		was := s.logs.keys[k]
		s.logs.keys[k] = [2]int64{was[0] + n[0], was[1] + n[1]}
	}
}
