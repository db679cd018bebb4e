package db

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"quittance/db/erasure"
)

// ledgerLine is one accepted erasure in the ledger, enough to erase again after a restore; or, with End, that it has come to its end. The
// customer ID stands in it sealed, because calls to linked services need it, until the request has ended: then its place is overwritten.
type ledgerLine struct {
	Version  int           `json:"v"`
	Erasure  int64         `json:"erasure"`
	Ref      string        `json:"ref,omitempty"` // keyed hash (K2) of the customer ID, hex
	Services []int64       `json:"services,omitempty"`
	Cutoff   int64         `json:"cutoff,omitempty"`
	Accepted time.Time     `json:"accepted,omitzero"`
	Origin   string        `json:"origin,omitempty"`
	Ground   string        `json:"ground,omitempty"`
	ID       string        `json:"id,omitempty"` // sealed, base64; dots once it was overwritten; version 1 has none
	End      erasure.State `json:"end,omitempty"`
	Ended    time.Time     `json:"ended,omitzero"`
}

// ledgerVersion is what is written. Version 1 had no IDs and no ends.
const ledgerVersion = 2

// ledgerEntry is what a line is about: each stands in the ledger once.
type ledgerEntry struct {
	erasure int64
	end     bool
}

func (v ledgerLine) entry() ledgerEntry { return ledgerEntry{v.Erasure, v.End != ""} }

// sealed is the ID as the line has it, nil where there is none any more.
func (v ledgerLine) sealed() []byte {
	raw, err := base64.RawURLEncoding.DecodeString(v.ID)
	if err != nil || len(raw) == 0 {
		return nil
	}
	return raw
}

// idField comes before the ID in a line. Nothing else in a line can hold these characters: all other values are numbers, times and codes.
var idField = []byte(`"id":"`)

// idIn finds where the ID stands in a line: its begin and end.
func idIn(line []byte) (from, to int) {
	at := bytes.Index(line, idField)
	if at < 0 {
		return 0, 0
	}
	from = at + len(idField)
	return from, from + bytes.IndexByte(line[from:], '"')
}

// dotted is the line as it will be when its ID is gone: what stays the same for ever.
func dotted(line []byte) []byte {
	out := bytes.Clone(line)
	from, to := idIn(out)
	copy(out[from:to], bytes.Repeat([]byte("."), to-from))
	return out
}

// LedgerHead tells how long a ledger is and what stands in it, IDs apart. A longer ledger that begins so is a newer one.
type LedgerHead struct {
	Lines  int64  `json:"lines"`
	Digest string `json:"digest"` // SHA-256 over the digest before and the line, hex
}

func (h LedgerHead) next(line []byte) LedgerHead {
	sum := sha256.Sum256(append([]byte(h.Digest), dotted(line)...))
	return LedgerHead{h.Lines + 1, hex.EncodeToString(sum[:])}
}

// ledger is the second memory of what was accepted, in a file of its own beside the database: a line is fsynced there after the commit
// and before the answer (law L1). A line that a crash left out is appended at the next start.
type ledger struct {
	file  File
	known map[ledgerEntry]bool
	ids   map[int64]stretch // where the ID of a request still stands
	end   int64             // of the last whole line
	head  LedgerHead
	owed  []ledgerLine // could not be written yet

	mu    sync.Mutex // of byRef: the writer adds, everybody asks
	byRef map[string][]acceptance
}

// stretch is a range of bytes in the file.
type stretch struct {
	at     int64
	length int
}

// File is what the ledger needs of a file.
type File interface {
	io.ReadCloser
	io.WriterAt
	Truncate(size int64) error
	Sync() error
}

func openFile(path string) (File, error) { return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) }

// ledgerName is the ledger's file in the data directory.
const ledgerName = "ledger"

func openLedger(path string, open func(string) (File, error)) (*ledger, error) {
	f, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("opening the ledger: %w", err)
	}
	l := &ledger{file: f, known: map[ledgerEntry]bool{}, ids: map[int64]stretch{}, byRef: map[string][]acceptance{}}
	if err := l.read(); err != nil {
		f.Close()
		return nil, err
	}
	return l, nil
}

// read learns what the ledger holds, and cuts off a last line that a crash tore: it was never answered for.
func (l *ledger) read() error {
	raw, err := io.ReadAll(l.file)
	if err != nil {
		return fmt.Errorf("reading the ledger: %w", err)
	}
	whole := bytes.LastIndexByte(raw, '\n') + 1
	if _, err := parseLedger(raw[:whole], l.learn); err != nil {
		return err
	}
	if err := l.file.Truncate(int64(whole)); err != nil {
		return fmt.Errorf("mending the ledger: %w", err)
	}
	return nil
}

// parseLedger reads whole lines and hands each to learn, with its text.
func parseLedger(raw []byte, learn func(v ledgerLine, line []byte)) (LedgerHead, error) {
	var head LedgerHead
	for line := range bytes.Lines(raw) {
		var v ledgerLine
		if err := json.Unmarshal(line, &v); err != nil || v.Version < 1 || v.Version > ledgerVersion || v.Erasure < 1 {
			return head, fmt.Errorf("reading the ledger: line %d was altered, or written by a newer version", head.Lines+1)
		}
		head = head.next(line)
		learn(v, line)
	}
	return head, nil
}

// learn takes in a line that stands at the end.
func (l *ledger) learn(v ledgerLine, line []byte) {
	l.known[v.entry()] = true
	l.remember(v)
	if from, to := idIn(line); v.sealed() != nil {
		l.ids[v.Erasure] = stretch{l.end + int64(from), to - from}
	}
	l.end, l.head = l.end+int64(len(line)), l.head.next(line)
}

// write appends lines that are not there yet, and returns after they are on the disk. What a full disk refuses is owed until the
// next time. Then the IDs of what has ended are overwritten.
func (l *ledger) write(lines []ledgerLine) error {
	if l.owed = append(l.owed, lines...); len(l.owed) == 0 {
		return nil
	}
	if err := l.append(l.missing(l.owed)); err != nil {
		return fmt.Errorf("writing the ledger: %w", err)
	}
	l.owed = nil
	if err := l.overwrite(); err != nil {
		return fmt.Errorf("overwriting an ID in the ledger: %w", err)
	}
	return nil
}

// missing leaves out what the ledger has, and ends of requests that it has never heard of: they were never accepted.
func (l *ledger) missing(lines []ledgerLine) (out []ledgerLine) {
	fresh := map[ledgerEntry]bool{}
	for _, v := range lines {
		e := v.entry()
		if l.known[e] || fresh[e] || e.end && !l.known[ledgerEntry{e.erasure, false}] && !fresh[ledgerEntry{e.erasure, false}] {
			continue
		}
		fresh[e] = true
		out = append(out, v)
	}
	return out
}

// append writes after the last whole line, whatever an earlier write left behind it.
func (l *ledger) append(lines []ledgerLine) error {
	var texts [][]byte
	for _, v := range lines {
		raw, err := json.Marshal(v)
		if err != nil {
			return err
		}
		texts = append(texts, append(raw, '\n'))
	}
	if err := l.put(bytes.Join(texts, nil)); err != nil {
		return err
	}
	for i, v := range lines {
		l.learn(v, texts[i])
	}
	return nil
}

func (l *ledger) put(out []byte) error {
	if len(out) == 0 {
		return nil
	}
	if err := l.file.Truncate(l.end); err != nil {
		return err
	}
	if _, err := l.file.WriteAt(out, l.end); err != nil {
		return err
	}
	return l.file.Sync()
}

// overwrite destroys the IDs of requests that have ended. What was never synced is done again at the next start.
func (l *ledger) overwrite() error {
	var gone []int64
	for n, p := range l.ids {
		if !l.known[ledgerEntry{n, true}] {
			continue
		}
		if _, err := l.file.WriteAt(bytes.Repeat([]byte("."), p.length), p.at); err != nil {
			return err
		}
		gone = append(gone, n)
	}
	if len(gone) == 0 {
		return nil
	}
	if err := l.file.Sync(); err != nil {
		return err
	}
	for _, n := range gone {
		delete(l.ids, n)
	}
	return nil
}

// enter keeps an accepted request for the ledger, which is written after the commit.
func (t *tx) enter(number int64) error {
	line, err := t.ledgerLine(number)
	t.accepted = append(t.accepted, line)
	return err
}

// enterEnd keeps that a request has come to its end.
func (t *tx) enterEnd(number int64, state erasure.State) {
	t.accepted = append(t.accepted, ledgerLine{Version: ledgerVersion, Erasure: number, End: state, Ended: t.now})
}

func (t *tx) ledgerLine(number int64) (ledgerLine, error) {
	v := ledgerLine{Version: ledgerVersion, Erasure: number}
	var accepted int64
	var subject []byte
	err := t.row("SELECT lower(hex(ref)), cutoff, deadline - ?, origin, ground, subject FROM erasure WHERE number = ?", erasure.Period.Milliseconds(), number).
		Scan(&v.Ref, &v.Cutoff, &accepted, &v.Origin, &v.Ground, &subject)
	if err != nil {
		return v, fmt.Errorf("reading request %d for the ledger: %w", number, found(err))
	}
	v.Accepted, v.ID = at(accepted), t.s.keys.forLedger(number, subject)
	v.Services, err = scanned[int64](t.rows("SELECT service FROM part WHERE erasure = ? AND excluded IS NULL ORDER BY service", number))
	return v, err
}

// purposeLedger binds the ID that a line of the ledger holds to that place.
const purposeLedger = "ledger"

// forLedger seals the ID of a request once more, for its line. One that does not open stays out of it.
func (k *keys) forLedger(number int64, subject []byte) string {
	plain, err := k.open("erasure subject", number, subject)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(k.seal(purposeLedger, number, plain))
}

// catchUp appends what a crash between the commit and the ledger left out.
func (w *writer) catchUp(ctx context.Context) error {
	t := &tx{ctx: ctx, w: w, s: w.s}
	var lines []ledgerLine
	var open []int64
	rows, err := t.rows("SELECT number, state, ended FROM erasure WHERE deadline IS NOT NULL ORDER BY number")
	err = each(rows, err, func() error {
		var v ledgerLine
		var ended *int64
		if err := rows.Scan(&v.Erasure, &v.End, &ended); err != nil {
			return err
		}
		if !w.ledger.known[ledgerEntry{v.Erasure, false}] {
			open = append(open, v.Erasure)
		}
		if v.End.Ended() && ended != nil {
			v.Version, v.Ended = ledgerVersion, at(*ended)
			lines = append(lines, v)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("looking for requests that the ledger lacks: %w", err)
	}
	var accepted []ledgerLine
	for _, n := range open {
		line, err := t.ledgerLine(n)
		if err != nil {
			return err
		}
		accepted = append(accepted, line)
	}
	return w.ledger.write(append(accepted, lines...))
}

func ledgerPath(dir string) string { return filepath.Join(dir, ledgerName) }

// errLedgers is what is said of two ledgers of which neither begins as the other.
var errLedgers = errors.New("these ledgers tell different stories: neither is how the other began")
