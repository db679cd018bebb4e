package db

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
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
	Digest  []byte // keyed hash of the plain text up to Offset
	Offset  int64  // bytes of plain text taken in, always a whole number of lines
	Line    int64  // lines of the file, empty ones too
	ImportCounts
	Started time.Time
	Ended   time.Time // zero = it stopped before its end, and can be taken up
}

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

// UnfinishedImport finds an import of a file that stopped before its end. ErrNotFound.
func (s *Store) UnfinishedImport(ctx context.Context, service int64, file []byte) (Import, error) {
	m := Import{Service: service}
	var started int64
	err := s.readers.QueryRowContext(ctx, `SELECT number, digest, offset, line, stored, known, rejected, suppressed, unlabelled, started FROM import
		WHERE service = ? AND file = ? AND ended IS NULL AND offset > 0`, service, file).
		Scan(&m.Number, &m.Digest, &m.Offset, &m.Line, &m.Stored, &m.Known, &m.Rejected, &m.Suppressed, &m.Unlabelled, &started)
	m.Started = at(started)
	return m, found(err)
}

// StartImport begins the import of a file from its first line, whatever came of an earlier one.
func (s *Store) StartImport(ctx context.Context, by audit.Actor, service int64, file []byte) (Import, error) {
	m := Import{Service: service, Digest: []byte{}}
	err := s.write(ctx, by, func(t *tx) error {
		m.Started = t.now
		err := t.row(`INSERT INTO import (service, file, digest, offset, line, stored, known, rejected, unlabelled, started) VALUES (?, ?, x'', 0, 0, 0, 0, 0, 0, ?)
			ON CONFLICT (service, file) DO UPDATE SET digest = x'', offset = 0, line = 0, stored = 0, known = 0, rejected = 0, suppressed = 0, unlabelled = 0,
				started = excluded.started, ended = NULL RETURNING number`, service, file, ms(t.now)).Scan(&m.Number)
		if err != nil {
			return fmt.Errorf("beginning an import: %w", err)
		}
		return t.note(audit.ImportStarted, audit.ObjectOf(audit.KindImport, m.Number), nil)
	})
	return m, err
}

// ResumeImport writes down that an unfinished import goes on.
func (s *Store) ResumeImport(ctx context.Context, by audit.Actor, m Import) error {
	return s.write(ctx, by, func(t *tx) error {
		return t.note(audit.ImportStarted, audit.ObjectOf(audit.KindImport, m.Number), m.noted())
	})
}

// EndImport ends an import, or writes down that it stopped before its end.
func (s *Store) EndImport(ctx context.Context, by audit.Actor, m Import, whole bool) error {
	return s.write(ctx, by, func(t *tx) error {
		object := audit.ObjectOf(audit.KindImport, m.Number)
		if !whole {
			return t.note(audit.ImportFailed, object, m.noted())
		}
		if err := t.exec("UPDATE import SET ended = ? WHERE number = ?", ms(t.now), m.Number); err != nil {
			return fmt.Errorf("ending an import: %w", err)
		}
		return t.note(audit.ImportFinished, object, m.noted())
	})
}

func (m Import) noted() map[string]int64 {
	return map[string]int64{audit.CountAccepted: m.Stored, audit.CountDuplicates: m.Known, audit.CountRejected: m.Rejected,
		audit.CountSuppressed: m.Suppressed, audit.CountUnlabelled: m.Unlabelled}
}

// Prepared are records that need nothing more but their turn.
type Prepared struct {
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
// with the lines rejected before; it is returned with what became of the records added, and an outcome for each record.
func (s *Store) TakeImport(ctx context.Context, m Import, p Prepared) (Import, []Outcome, error) {
	var out []Outcome
	var after Import
	err := s.take(&op{ctx: ctx, by: audit.Operator, rows: len(p.records), safe: true, run: func(t *tx) error {
		var err error
		if out, err = t.importAll(p); err != nil {
			return err
		}
		after = m.with(p, out)
		err = t.exec("UPDATE import SET digest = ?, offset = ?, line = ?, stored = ?, known = ?, rejected = ?, suppressed = ?, unlabelled = ? WHERE number = ?",
			after.Digest, after.Offset, after.Line, after.Stored, after.Known, after.Rejected, after.Suppressed, after.Unlabelled, after.Number)
		if err != nil {
			return fmt.Errorf("keeping how far the import is: %w", err)
		}
		return nil
	}})
	return after, out, err
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
