package db

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"hash"
	"strings"
	"time"

	"quittance/db/audit"
)

// Import is how far one file has been taken into one service.
type Import struct {
	Number  int64
	Service int64
	Actor   audit.Actor // who began it, or took it up last
	State   ImportState
	Digest  []byte // keyed hash of the plain text up to Offset
	Offset  int64  // bytes of plain text taken in, always a whole number of lines
	Line    int64  // lines of the file, empty ones too
	Bytes   int64  // of the file as it lies there, compressed or not; 0 = not known
	Came    int64  // of these, read so far
	ImportCounts
	Started time.Time
	Ended   time.Time // zero = it has not come to its end, and can be taken up
	Run     ImportRun
}

// ImportRun is where an import stood when it was begun or taken up last, for its rate.
type ImportRun struct {
	Began time.Time
	Line  int64
	Came  int64
}

// ImportState is how an import stands.
type ImportState string

// The states of an import. One that was cut short, cancelled or broken off is taken up when the same file comes again.
const (
	ImportRunning   ImportState = "running"
	ImportDone      ImportState = "done"
	ImportCut       ImportState = "cut"       // by a stop of the program
	ImportCancelled ImportState = "cancelled" // by a person
	ImportFull      ImportState = "full"      // too little of the disk was free
	ImportBroken    ImportState = "broken"    // the file could not be read to its end
	ImportDiscarded ImportState = "discarded" // nobody wants to take it up; what it stored stays
)

// ImportCounts says what became of the entries of a file.
type ImportCounts struct {
	Stored     int64
	Known      int64 // stored before: their log_id is in the service
	Rejected   int64
	Suppressed int64 // an erasure of their customer ID was accepted after them: they stay erased (law L9)
	Unlabelled int64 // stored without a customer ID
}

// Outcome is what became of one entry.
type Outcome int

// The outcomes.
const (
	Stored Outcome = iota
	Known          // its log_id is in the service already
	Erased         // an erasure of its customer ID was accepted after it (law L9)
)

// ImportHash is the keyed hash that Import.Digest and the name of a file are made with: without the store's key nobody can try out
// whether a file was taken in.
func (s *Store) ImportHash() hash.Hash { return hmac.New(sha256.New, mac(s.keys.K2, []byte("import"))) }

const importColumns = `SELECT number, service, actor, state, digest, offset, line, bytes, came, stored, known, rejected, suppressed, unlabelled, started, ended,
	run_began, run_line, run_came FROM import `

func scanImport(row scanner) (m Import, err error) {
	var started, began int64
	var ended sql.NullInt64
	err = row.Scan(&m.Number, &m.Service, &m.Actor, &m.State, &m.Digest, &m.Offset, &m.Line, &m.Bytes, &m.Came, &m.Stored, &m.Known, &m.Rejected, &m.Suppressed,
		&m.Unlabelled, &started, &ended, &began, &m.Run.Line, &m.Run.Came)
	m.Started, m.Ended, m.Run.Began = at(started), when(ended), at(began)
	return m, found(err)
}

// UnfinishedImport finds an import of a file that stopped before its end. ErrNotFound; ErrImporting while it runs.
func (s *Store) UnfinishedImport(ctx context.Context, service int64, file []byte) (Import, error) {
	m, err := scanImport(s.readers.QueryRowContext(ctx, importColumns+"WHERE service = ? AND file = ? AND ended IS NULL AND (offset > 0 OR state = 'running')", service, file))
	if err == nil && m.State == ImportRunning {
		err = ErrImporting
	}
	return m, err
}

// StartImport begins the import of a file from its first line, whatever came of an earlier one. bytes is how long the file is as it lies there, 0 when
// nobody knows. ErrImporting while it runs.
func (s *Store) StartImport(ctx context.Context, by audit.Actor, service int64, file []byte, bytes int64) (Import, error) {
	m := Import{Service: service, Actor: by, State: ImportRunning, Digest: []byte{}, Bytes: bytes}
	err := s.write(ctx, by, func(t *tx) error {
		m.Started, m.Run = t.now, ImportRun{Began: t.now}
		err := t.row(`INSERT INTO import (service, file, actor, state, bytes, digest, offset, line, stored, known, rejected, unlabelled, started, run_began)
			VALUES (?, ?, ?, 'running', ?, x'', 0, 0, 0, 0, 0, 0, ?, ?)
			ON CONFLICT (service, file) DO UPDATE SET actor = excluded.actor, state = 'running', bytes = excluded.bytes, came = 0, digest = x'', offset = 0, line = 0,
				stored = 0, known = 0, rejected = 0, suppressed = 0, unlabelled = 0, started = excluded.started, ended = NULL,
				run_began = excluded.run_began, run_line = 0, run_came = 0
			WHERE state <> 'running' RETURNING number`, service, file, string(by), bytes, ms(t.now), ms(t.now)).Scan(&m.Number)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrImporting
		}
		if err == nil {
			err = t.exec("DELETE FROM import_fault WHERE import = ?", m.Number)
		}
		if err != nil {
			return fmt.Errorf("beginning an import: %w", err)
		}
		return t.note(audit.ImportStarted, audit.ObjectOf(audit.KindImport, m.Number), nil)
	})
	return m, err
}

// ResumeImport writes down that an unfinished import goes on, with a file of so many bytes. ErrImporting when somebody was faster.
func (s *Store) ResumeImport(ctx context.Context, by audit.Actor, m Import, bytes int64) (Import, error) {
	err := s.write(ctx, by, func(t *tx) error {
		m.Actor, m.State, m.Bytes, m.Run = by, ImportRunning, bytes, ImportRun{Began: t.now, Line: m.Line, Came: m.Came}
		n, err := t.change(`UPDATE import SET actor = ?, state = 'running', bytes = ?, run_began = ?, run_line = line, run_came = came
			WHERE number = ? AND ended IS NULL AND state <> 'running' AND offset = ?`, string(by), bytes, ms(t.now), m.Number, m.Offset)
		switch {
		case err != nil:
			return fmt.Errorf("taking up an import: %w", err)
		case n == 0:
			return ErrImporting
		}
		return t.note(audit.ImportStarted, audit.ObjectOf(audit.KindImport, m.Number), m.noted())
	})
	return m, err
}

// EndImport writes down how an import ended: ImportDone at the end of its file; ImportCut, ImportFull or ImportBroken where it can be taken up. What was
// cancelled meanwhile has its end already.
func (s *Store) EndImport(ctx context.Context, by audit.Actor, m Import, how ImportState) error {
	event, ended := audit.ImportFailed, sql.NullInt64{}
	return s.write(ctx, by, func(t *tx) error {
		if how == ImportDone {
			event, ended = audit.ImportFinished, sql.NullInt64{Int64: ms(t.now), Valid: true}
		}
		n, err := t.change("UPDATE import SET state = ?, ended = ? WHERE number = ? AND state = 'running'", string(how), ended, m.Number)
		if err != nil {
			return fmt.Errorf("ending an import: %w", err)
		}
		if n == 0 {
			return nil
		}
		return t.note(event, audit.ObjectOf(audit.KindImport, m.Number), m.noted())
	})
}

func (m Import) noted() map[string]int64 {
	return map[string]int64{audit.CountAccepted: m.Stored, audit.CountDuplicates: m.Known, audit.CountRejected: m.Rejected,
		audit.CountSuppressed: m.Suppressed, audit.CountUnlabelled: m.Unlabelled}
}

// Prepared are records that need nothing more but their turn.
type Prepared struct {
	Refused []ImportFault // lines among them that became no record
	records []NewRecord
	refs    [][]byte  // of each customer ID under K2, to look for erasures by; in the order of records and their labels
	oldest  time.Time // when the first of them was answered
}

// PrepareImport compresses and hashes, so that many workers can do it beside the writer. Records must have a LogID.
func (s *Store) PrepareImport(records []NewRecord) Prepared {
	p := Prepared{records: records}
	for i := range records {
		r := &records[i]
		r.prepare()
		if i == 0 || r.Answered.Before(p.oldest) {
			p.oldest = r.Answered
		}
		for _, id := range r.Labels {
			p.refs = append(p.refs, s.keys.reference(id.String()))
		}
	}
	return p
}

// TakeImport stores the next records of a file, and how far this is, in one transaction. m says how far the file will then have come,
// with the lines rejected before; it is returned with what became of the records added, and an outcome for each record. ErrCancelled when
// somebody has cancelled it.
func (s *Store) TakeImport(ctx context.Context, m Import, p Prepared) (Import, []Outcome, error) {
	var out []Outcome
	var after Import
	var running bool
	err := s.take(&op{ctx: ctx, by: m.Actor, rows: len(p.records), safe: true, run: func(t *tx) (err error) {
		if running, err = t.runsImport(m.Number); err != nil || !running {
			return err // an error would take the whole group back
		}
		if out, err = t.importAll(p); err != nil {
			return err
		}
		after = m.with(p, out)
		return t.keepImport(after, p.Refused)
	}})
	if err == nil && !running {
		err = ErrCancelled
	}
	return after, out, err
}

// runsImport is asked in the transaction that stores: after a cancel is answered, not one record more comes in.
func (t *tx) runsImport(number int64) (running bool, err error) {
	if err = t.row("SELECT state = 'running' FROM import WHERE number = ?", number).Scan(&running); err != nil {
		return false, fmt.Errorf("looking how an import stands: %w", err)
	}
	return running, nil
}

// keepImport keeps how far an import is.
func (t *tx) keepImport(m Import, refused []ImportFault) error {
	err := t.exec("UPDATE import SET digest = ?, offset = ?, line = ?, came = ?, stored = ?, known = ?, rejected = ?, suppressed = ?, unlabelled = ? WHERE number = ?",
		m.Digest, m.Offset, m.Line, m.Came, m.Stored, m.Known, m.Rejected, m.Suppressed, m.Unlabelled, m.Number)
	if err == nil {
		err = t.keepFaults(m.Number, refused)
	}
	if err != nil {
		return fmt.Errorf("keeping how far the import is: %w", err)
	}
	t.touch(audit.ObjectOf(audit.KindImport, m.Number))
	return nil
}

func (m Import) with(p Prepared, out []Outcome) Import {
	for i, o := range out {
		switch {
		case o == Known:
			m.Known++
		case o == Erased:
			m.Suppressed++
		default:
			m.Stored++
			m.Unlabelled += btoi(len(p.records[i].Labels) == 0)
		}
	}
	return m
}

func (t *tx) importAll(p Prepared) ([]Outcome, error) {
	erasures, err := t.erasuresSince(p.oldest)
	if err != nil {
		return nil, err
	}
	out, refs := make([]Outcome, len(p.records)), p.refs
	for i := range p.records {
		r := &p.records[i]
		own := refs[:len(r.Labels)]
		refs = refs[len(r.Labels):]
		if erasures {
			if out[i], err = t.erasedSince(r, own); err != nil {
				return nil, err
			}
		}
		if out[i] == Erased {
			continue
		}
		if out[i], err = t.storeOnce(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// accepted is when an erasure was accepted: by the API when it was filed, in the console when it was approved. NULL = it was not.
const accepted = "CASE WHEN state IN ('refused','withdrawn') THEN NULL WHEN origin = 'api' THEN proposed ELSE approved END"

// erasuresSince asks once for a whole batch, so that a store without erasures pays nothing for the law.
func (t *tx) erasuresSince(oldest time.Time) (any bool, err error) {
	err = t.row("SELECT EXISTS (SELECT 1 FROM erasure WHERE "+accepted+" >= ?)", ms(oldest)).Scan(&any)
	if err != nil {
		return false, fmt.Errorf("looking for erasures: %w", err)
	}
	return any, nil
}

// erasedSince tells whether an erasure of one of a record's IDs was accepted after the record was answered: then it stays erased
// (law L9; this is the one place where a clock decides). An erasure by API covers its one service, one from the console every service
// but those that its proposer left out.
func (t *tx) erasedSince(r *NewRecord, refs [][]byte) (Outcome, error) {
	for _, ref := range refs {
		var n int64
		err := t.row(`SELECT count(*) FROM erasure e WHERE ref = ? AND `+accepted+` >= ? AND (service IS NULL OR service = ?)
			AND NOT EXISTS (SELECT 1 FROM part p WHERE p.erasure = e.number AND p.service = ? AND p.excluded IS NOT NULL)`,
			ref, ms(r.Answered), r.Service, r.Service).Scan(&n)
		if err != nil {
			return 0, fmt.Errorf("looking for erasures: %w", err)
		}
		if n > 0 {
			return Erased, nil
		}
	}
	return Stored, nil
}

// storeOnce stores a record unless its log_id is in the service. The unique index decides: a look before would cost as much again.
func (t *tx) storeOnce(r *NewRecord) (Outcome, error) {
	_, err := t.store(r)
	if err == nil {
		return Stored, nil
	}
	if !unique(err) || !strings.Contains(err.Error(), "record.log_id") {
		return 0, err
	}
	t.w.seq-- // the number was not given
	return Known, t.unintern(r)
}

// unintern takes back the customer IDs that only a record which was not stored has brought.
func (t *tx) unintern(r *NewRecord) error {
	for _, id := range r.Labels {
		var gone int64
		err := t.row("DELETE FROM customer WHERE name = ? AND NOT EXISTS (SELECT 1 FROM label WHERE customer = customer.number) AND "+unheldID+" RETURNING number", id.String()).Scan(&gone)
		if err == sql.ErrNoRows {
			continue
		}
		if err != nil {
			return fmt.Errorf("taking a customer ID back: %w", err)
		}
		delete(t.w.customers, id.String())
	}
	return nil
}
