package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"quittance/db/audit"
	"quittance/db/label"
)

// Kind is what a record is. The numbers stand in the database: they never change their meaning.
type Kind int

// Kinds of records.
const (
	Message    Kind = 1 // one exchange with an Assistant, request and response
	Image      Kind = 2 // a training image of Visual Recognition
	Classifier Kind = 3 // what one call said about a classifier of Visual Recognition v3
	Collection Kind = 4 // what one call said about a collection of Visual Recognition v4
	Query      Kind = 5 // a query of Discovery v1, with what it found
	Event      Kind = 6 // what somebody did with the results of a Discovery query
	Document   Kind = 7 // a document of Discovery
	Transcript Kind = 8 // what Speech to Text heard
	Synthesis  Kind = 9 // what Text to Speech was told to say
)

var kindWords = map[Kind]string{Message: "message", Image: "image", Classifier: "classifier", Collection: "collection", Query: "query",
	Event: "event", Document: "document", Transcript: "transcript", Synthesis: "synthesis"}

// String is the word that manifests and facets use.
func (k Kind) String() string {
	if word, ok := kindWords[k]; ok {
		return word
	}
	return fmt.Sprintf("kind %d", int(k))
}

const (
	flagSeveral     = 1 << iota // bears several customer IDs
	flagOptOut                  // X-Watson-Learning-Opt-Out
	flagImported                // came in by import, so its log_id is its own
	flagV1                      // an Assistant v1 log entry; without it v2
	flagUnreachable             // came through a channel that cannot label
)

// shortText is how much of what was said stands beside a record for lists, in bytes. The whole is in the body. Lists show less of
// it, so that a phone number which is cut here does not show as half a number there.
const shortText = 256

// NewRecord is a datum before it is stored.
type NewRecord struct {
	Service   int64
	Kind      Kind
	Time      time.Time // request_timestamp
	Answered  time.Time // response_timestamp
	Labels    []label.ID
	Language  string
	Container string // assistant_id, environment or workspace_id; of other kinds the classifier, the collection …
	Session   string // session_id or conversation_id; of other kinds the item's own ID: image_id, document_id …
	LogID     string // imported entries only; ours encode their number
	Text      string // what the customer said; kept to its first 256 bytes
	V1        bool   // an entry of Assistant v1
	OptOut    bool
	// Unreachable says that it came through a channel that cannot label, so no request by customer ID will reach it; of a labelled
	// record it means nothing.
	Unreachable bool
	Channel     string // of a message, as its context names it: a word of a closed list, "" = none; kept of unlabelled ones only
	Body        []byte // the log entry as JSON, without log_id and customer_id; of an image its bytes
	Title       string // of a document, for questions by full text
	FullText    string // likewise
	OtherText   string // likewise: all other words that it can be found by
	Fields      []Field

	first        string // the first label
	stored, hash []byte
}

func (r *NewRecord) flags() int {
	f := 0
	for bit, on := range map[int]bool{flagSeveral: len(r.Labels) > 1, flagOptOut: r.OptOut, flagImported: r.LogID != "", flagV1: r.V1,
		flagUnreachable: r.unreachable()} {
		if on {
			f |= bit
		}
	}
	return f
}

func (r *NewRecord) unreachable() bool { return r.Unreachable && len(r.Labels) == 0 && r.first == "" }

// prepare does what needs no turn in the queue: shortening, compressing, hashing.
func (r *NewRecord) prepare() {
	r.Time, r.Answered = r.Time.UTC().Truncate(time.Millisecond), r.Answered.UTC().Truncate(time.Millisecond)
	r.Text = shorten(r.Text, shortText)
	if r.Labels = distinct(r.Labels); len(r.Labels) > 0 {
		r.first = r.Labels[0].String()
	}
	r.stored = packBody(r.Body, r.columns())
	r.hash = r.content(r.stored)
	r.boundText()
}

// distinct drops repeated IDs and keeps their order: a record bears an ID once.
func distinct(ids []label.ID) []label.ID {
	var out []label.ID
	for _, id := range ids {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// shorten cuts at a rune, so that what is kept stays text.
func shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// ChatTurn is the state of a conversation after one exchange: stored with the exchange's record, erased with it.
type ChatTurn struct {
	ID      string
	Turns   int64
	Context []byte // JSON
}

// ingested is what one transaction stored for one service, for its audit entry.
type ingested struct {
	service, first, last, count int64
	digests                     []byte
}

// Ingest stores records in their turn and returns their numbers, in order. It returns after they are on the disk.
// turn may be nil. by is the key that sent them.
func (s *Store) Ingest(ctx context.Context, by audit.Actor, records []NewRecord, turn *ChatTurn) ([]int64, error) {
	for i := range records {
		records[i].prepare()
	}
	seqs := make([]int64, len(records))
	err := s.take(&op{ctx: ctx, by: by, rows: len(records), safe: true, run: func(t *tx) error {
		for i := range records {
			var err error
			if seqs[i], err = t.store(&records[i]); err != nil {
				return err
			}
		}
		if turn == nil {
			return nil
		}
		return t.exec("UPDATE chat_session SET seen = ?, turns = ?, context = ? WHERE id = ?", ms(t.now), turn.Turns, turn.Context, turn.ID)
	}})
	return seqs, err
}

// next gives the one growing number (law L2).
func (t *tx) next() int64 {
	t.w.seq++
	return t.w.seq
}

// store writes one prepared record and its labels.
func (t *tx) store(r *NewRecord) (int64, error) {
	seq := t.next()
	customers, erased, err := t.intern(r.Labels)
	if err != nil {
		return 0, err
	}
	digest := t.s.keys.digest(seq, r.hash)
	var logID any
	if r.LogID != "" {
		logID = r.LogID
	}
	from := r.sentBy(t.by)
	err = t.exec(`INSERT INTO record (seq, service, kind, time, answered, customer, flags, language, container, session, log_id, text, body, digest, key, channel)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		seq, r.Service, int(r.Kind), ms(r.Time), ms(r.Answered), customers[0], r.flags(), r.Language, r.Container, r.Session, logID, r.Text, r.stored, digest, from.key, from.channel)
	if err != nil {
		return 0, fmt.Errorf("storing a record: %w", err)
	}
	bears := borne{record: seq, service: r.Service, kind: r.Kind, time: ms(r.Time), language: r.Language, optOut: r.OptOut}
	for _, c := range customers {
		if err := t.label(bears, c, len(customers)-1); err != nil {
			return 0, fmt.Errorf("storing a label: %w", err)
		}
	}
	if err := t.flagReturned(erased, r.Service); err != nil {
		return 0, err
	}
	if r.Kind == Document {
		if err := t.indexText(seq, r); err != nil {
			return 0, err
		}
	}
	if err := t.storeFields(seq, r.Fields); err != nil {
		return 0, err
	}
	t.taken = tookOne(t.taken, r.Service, seq, digest)
	t.tally(r.Service, r.Time, 1, btoi(len(r.Labels) == 0), btoi(r.OptOut))
	t.tallyUnreachable(r.Service, r.Time, btoi(r.unreachable()))
	if len(r.Labels) == 0 {
		t.sent(from, 1, btoi(r.unreachable()))
	}
	return seq, nil
}

// intern turns IDs into numbers, giving new ones where needed. No label is the number 0. erased are those of them whose return is to be
// looked at once they have got their label.
func (t *tx) intern(ids []label.ID) (out, erased []int64, err error) {
	if len(ids) == 0 {
		return []int64{0}, nil, nil
	}
	out = make([]int64, 0, len(ids))
	for _, id := range ids {
		c, err := t.customer(id)
		if err != nil {
			return nil, nil, fmt.Errorf("storing a customer ID: %w", err)
		}
		if out = append(out, c.number); c.erased {
			erased = append(erased, c.number)
		}
	}
	return out, erased, nil
}

// knownCustomers bounds the writer's memory of interned IDs.
const knownCustomers = 1 << 16

func (t *tx) customer(id label.ID) (interned, error) {
	if c, ok := t.w.customers[id.String()]; ok {
		return c, nil
	}
	var c interned
	err := t.row("SELECT number, erased AND returned IS NULL FROM customer WHERE name = ?", id.String()).Scan(&c.number, &c.erased)
	if errors.Is(err, sql.ErrNoRows) {
		c, err = t.newCustomer(id)
	}
	if err != nil {
		return c, err
	}
	if len(t.w.customers) >= knownCustomers {
		clear(t.w.customers)
	}
	t.w.customers[id.String()] = c
	return c, nil
}

func (t *tx) newCustomer(id label.ID) (c interned, err error) {
	if c.erased, err = t.erasedBefore(id); err != nil {
		return c, err
	}
	err = t.row("INSERT INTO customer (name, ref, folded, erased) VALUES (?, ?, ?, ?) RETURNING number", id.String(), t.s.keys.subject(id), t.s.keys.folded(id), c.erased).Scan(&c.number)
	return c, err
}

// tally counts in memory; finish writes the sums, one statement for each service and day that the transaction touched.
func (t *tx) tally(service int64, when time.Time, records, unlabelled, optedOut int64) {
	t.tallyUp(service, when, [4]int64{records, unlabelled, optedOut, 0})
}

// tallyUnreachable counts among the unlabelled records those of channels that cannot label.
func (t *tx) tallyUnreachable(service int64, when time.Time, n int64) {
	if n != 0 {
		t.tallyUp(service, when, [4]int64{0, 0, 0, n})
	}
}

func (t *tx) tallyUp(service int64, when time.Time, by [4]int64) {
	k := tallyKey{service, day(when)}
	if t.tallies == nil {
		t.tallies = map[tallyKey][4]int64{}
	}
	v := t.tallies[k]
	for i := range v {
		v[i] += by[i]
	}
	t.tallies[k] = v
}

type tallyKey struct{ service, day int64 }

func (t *tx) writeTallies() error {
	for k, v := range t.tallies {
		err := t.exec(`INSERT INTO tally (service, day, records, unlabelled, opted_out, unreachable) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (service, day) DO UPDATE SET records = records + excluded.records, unlabelled = unlabelled + excluded.unlabelled,
				opted_out = opted_out + excluded.opted_out, unreachable = unreachable + excluded.unreachable`, k.service, k.day, v[0], v[1], v[2], v[3])
		if err != nil {
			return fmt.Errorf("counting records by day: %w", err)
		}
	}
	return nil
}

func day(t time.Time) int64 { return t.Unix() / (24 * 60 * 60) }

func btoi(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// tookOne gathers what the transaction stored. Ingest writes one audit entry per group commit and service (law L4).
func tookOne(taken []ingested, service, seq int64, digest []byte) []ingested {
	for i := range taken {
		if g := &taken[i]; g.service == service {
			g.first, g.last, g.count, g.digests = min(g.first, seq), max(g.last, seq), g.count+1, append(g.digests, digest...)
			return taken
		}
	}
	return append(taken, ingested{service: service, first: seq, last: seq, count: 1, digests: append([]byte(nil), digest...)})
}

// noteIngest writes down what was taken in, and what was completed by its answer.
func (t *tx) noteIngest() error {
	if err := t.noteTaken(audit.RecordsIngested, t.taken); err != nil {
		return err
	}
	return t.noteTaken(audit.RecordsAnswered, t.answered)
}

func (t *tx) noteTaken(event audit.Event, taken []ingested) error {
	for _, g := range taken {
		t.by = audit.System
		root := sha256.Sum256(g.digests)
		err := t.noteWith(event, audit.ObjectOf(audit.KindService, g.service),
			map[string]int64{audit.CountRecords: g.count, audit.CountFirstSeq: g.first, audit.CountLastSeq: g.last},
			map[string]string{audit.CommitDigest: hex.EncodeToString(root[:])})
		if err != nil {
			return err
		}
	}
	return nil
}
