// Package audit knows the audit trail: what an entry may say, how entries are
// chained into an RFC 6962 Merkle tree, and how signed checkpoints, proofs and
// the offline check are made from it.
// An entry is built so that personal data cannot stand in it: closed lists,
// small whole numbers and SHA-256 commitments, never a word that somebody typed.
// Storing leaves, hashes and checkpoints, keeping keys and the pin, and telling
// a person what an object number stands for is left to package db.
package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Actor says who acted: "user/3", "key/12", Operator, System or Visitor.
type Actor string

// Operator is a person at the command line of the machine, System the program
// itself, Visitor somebody who has not signed in.
const (
	Operator Actor = "operator"
	System   Actor = "system"
	Visitor  Actor = "visitor"
)

// ActorOf names the account ("user") or API key ("key") with this number.
func ActorOf(noun string, n int64) Actor {
	return Actor(noun + "/" + strconv.FormatInt(n, 10))
}

// Kind is the noun of an Object.
type Kind string

// The closed list of nouns. An access is one look at personal data: its row,
// which names the data subject, can be erased, and its number stays here.
const (
	KindAccess   Kind = "access"
	KindAnswer   Kind = "answer"
	KindBackup   Kind = "backup"
	KindBatch    Kind = "batch"
	KindBulk     Kind = "bulk"
	KindCheck    Kind = "check"
	KindDisposal Kind = "disposal"
	KindDrill    Kind = "drill"
	KindErasure  Kind = "erasure"
	KindExport   Kind = "export"
	KindHold     Kind = "hold"
	KindImport   Kind = "import"
	KindKey      Kind = "key"
	KindPolicy   Kind = "policy"
	KindSample   Kind = "sample"
	KindService  Kind = "service"
	KindSession  Kind = "session"
	KindTicket   Kind = "ticket"
	KindUser     Kind = "user"
	KindWebhook  Kind = "webhook"
)

var kinds = []Kind{KindAccess, KindAnswer, KindBackup, KindBatch, KindBulk, KindCheck, KindDisposal, KindDrill, KindErasure, KindExport, KindHold, KindImport,
	KindKey, KindPolicy, KindSample, KindService, KindSession, KindTicket, KindUser, KindWebhook}

// Object is what was acted upon: a noun and a number such as "erasure/7", or
// "" where there is none.
type Object string

// ObjectOf names the object of this kind with this number.
func ObjectOf(k Kind, n int64) Object {
	return Object(string(k) + "/" + strconv.FormatInt(n, 10))
}

// Split gives the kind and number of an object; ok is false for "" and for
// anything that is no object.
func (o Object) Split() (k Kind, n int64, ok bool) {
	noun, digits, found := strings.Cut(string(o), "/")
	n, ok = number(digits)
	return Kind(noun), n, found && ok && slices.Contains(kinds, Kind(noun))
}

// Entry is one line of the audit trail before it is sealed into a leaf.
type Entry struct {
	Number  int64             // place in the tree from 0; Tree.Append sets it
	Time    time.Time         // UTC, milliseconds; Tree.Append never lets it run back
	Actor   Actor             // who
	Event   Event             // what happened, from the closed list
	Object  Object            // to what
	Counts  map[string]int64  // names from the closed list (Count…), values ≥ 0
	Commits map[string]string // names from the closed list (Commit…), 64 lower-case hex digits
}

const (
	version = 1
	// maxLeaf bounds a leaf: every count of the closed list at once fits in it, with twice the commitments that any entry has.
	maxLeaf = 2 << 10
	// maxNumber keeps numbers of accounts, keys and requests too short to be a
	// telephone number, a card or an identity number.
	maxNumber = 999_999_999
	// maxSeq bounds the numbers of records and leaves, and sizes in bytes. It is
	// shorter than a card number, and every JSON reader keeps it exact.
	maxSeq = 999_999_999_999
	// timeLayout has a fixed width, so that leaves sort as text too.
	timeLayout = "2006-01-02T15:04:05.000Z"
)

// Canonical gives the entry as canonical JSON: one line, keys sorted, no
// spaces, empty parts left out. It refuses an entry in which anything but the
// closed lists, whole numbers and hexadecimal commitments stands; the error
// names the part and never repeats its content. What it cannot see is whether
// 64 hexadecimal digits are truly a hash: the caller vouches for that.
func (e Entry) Canonical() ([]byte, error) {
	if err := e.check(); err != nil {
		return nil, fmt.Errorf("checking an audit entry: %w", err)
	}
	// Nothing below needs escaping: check has let only safe ASCII pass.
	b := append(make([]byte, 0, 256), `{"actor":"`...)
	b = append(b, e.Actor...)
	b = append(b, '"')
	b = appendMap(b, "commits", e.Commits, appendQuoted)
	b = appendMap(b, "counts", e.Counts, appendInt)
	b = append(b, `,"event":"`...)
	b = append(b, e.Event...)
	b = append(b, `","number":`...)
	b = appendInt(b, e.Number)
	if e.Object != "" {
		b = append(b, `,"object":"`...)
		b = append(b, e.Object...)
		b = append(b, '"')
	}
	b = append(b, `,"time":"`...)
	b = e.Time.UTC().AppendFormat(b, timeLayout)
	b = append(b, `","v":`...)
	return append(appendInt(b, version), '}'), nil
}

func appendInt(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }

func appendQuoted(b []byte, s string) []byte {
	return append(append(append(b, '"'), s...), '"')
}

// appendMap adds one member with its names sorted, and nothing when it is empty.
func appendMap[V any](b []byte, name string, m map[string]V, value func([]byte, V) []byte) []byte {
	if len(m) == 0 {
		return b
	}
	b = append(append(append(b, `,"`...), name...), `":{`...)
	for i, k := range slices.Sorted(maps.Keys(m)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendQuoted(b, k), ':')
		b = value(b, m[k])
	}
	return append(b, '}')
}

func (e Entry) check() error {
	switch {
	case e.Number < 0 || e.Number > maxSeq:
		return errors.New("its number is out of range")
	case e.Time.UTC().Year() < 2000 || e.Time.UTC().Year() > 9999:
		return errors.New("its time is out of range")
	case !e.Actor.valid():
		return errors.New("its actor is of no known form")
	case !e.Event.Valid():
		return errors.New("its event is not in the list")
	}
	return errors.Join(e.checkObject(), checkCounts(e.Counts), checkCommits(e.Commits))
}

func (a Actor) valid() bool {
	if a == Operator || a == System || a == Visitor {
		return true
	}
	noun, digits, found := strings.Cut(string(a), "/")
	_, ok := number(digits)
	return found && ok && (noun == "user" || noun == "key")
}

func (e Entry) checkObject() error {
	k, _, ok := e.Object.Split()
	if e.Object != "" && !ok {
		return errors.New("its object is of no known form")
	}
	if about := events[e.Event].about; about != "" && k != about {
		return fmt.Errorf("its event wants an object of kind %q", about)
	}
	return nil
}

func checkCounts(counts map[string]int64) error {
	for name, n := range counts {
		limit, known := countLimits[name]
		if !known {
			return errors.New("a name among its counts is not in the list")
		}
		if n < 0 || n > limit {
			return fmt.Errorf("its count %q is out of range", name)
		}
	}
	return nil
}

func checkCommits(commits map[string]string) error {
	for name, sum := range commits {
		if !slices.Contains(commitNames, name) {
			return errors.New("a name among its commitments is not in the list")
		}
		if !isSHA256(sum) {
			return fmt.Errorf("its commitment %q is not 64 hexadecimal digits", name)
		}
	}
	return nil
}

func isSHA256(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}

// number reads 1…maxNumber written the one way: no sign, no leading zero.
func number(digits string) (int64, bool) {
	n, err := strconv.ParseInt(digits, 10, 64)
	ok := err == nil && n >= 1 && n <= maxNumber && strconv.FormatInt(n, 10) == digits
	return n, ok
}

// Parse reads a leaf back. It accepts exactly the bytes that Canonical writes,
// so a leaf has one spelling only and nothing can hide beside it. Like
// Canonical it never repeats content in an error.
func Parse(data []byte) (Entry, error) {
	if len(data) > maxLeaf {
		return Entry{}, errors.New("parsing a leaf: it is too long")
	}
	if e, ok := scan(data); ok && e.check() == nil {
		return e, nil
	}
	return parseSlowly(data)
}

func parseSlowly(data []byte) (Entry, error) {
	e, err := decode(data)
	if err != nil {
		return Entry{}, errors.New("parsing a leaf: it is not an audit entry of a version known here")
	}
	again, err := e.Canonical()
	if err != nil {
		return Entry{}, fmt.Errorf("parsing a leaf: %w", err)
	}
	if !bytes.Equal(again, data) {
		return Entry{}, errors.New("parsing a leaf: it is not in canonical form")
	}
	return e, nil
}

// decode reads leniently; Parse compares the spelling afterwards.
func decode(data []byte) (Entry, error) {
	var w struct {
		Actor   Actor             `json:"actor"`
		Commits map[string]string `json:"commits"`
		Counts  map[string]int64  `json:"counts"`
		Event   Event             `json:"event"`
		Number  int64             `json:"number"`
		Object  Object            `json:"object"`
		Time    string            `json:"time"`
		V       int               `json:"v"`
	}
	if err := json.Unmarshal(data, &w); err != nil {
		return Entry{}, err
	}
	at, err := time.Parse(timeLayout, w.Time)
	if err != nil || w.V != version {
		return Entry{}, errors.New("unknown version or time")
	}
	return Entry{Number: w.Number, Time: at, Actor: w.Actor, Event: w.Event, Object: w.Object,
		Counts: w.Counts, Commits: w.Commits}, nil
}
