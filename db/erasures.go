package db

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
)

// Erasure is one request under Art. 17.
type Erasure struct {
	Number       int64
	State        erasure.State
	Origin       string // "console" or "api"
	Service      int64  // filed by API: its one instance; else 0
	Subject      string // customer ID; "" once the request has ended
	SubjectRef   Ref    // "" once it has ended
	Reference    string // keyed hash of the ID (K2), hex: what stays
	Ground       string
	Note         string
	Cutoff       int64
	Proposer     audit.Actor
	Approver     audit.Actor // "" = not approved, or filed by a key that needs no approval
	Manifest     erasure.Manifest
	ManifestHash string
	Proposed     time.Time
	Approved     time.Time
	RunsFrom     time.Time // end of the cancel window
	Deadline     time.Time // 24 h after acceptance (API) or approval (console)
	Started      time.Time
	Ended        time.Time
	Refusal      string // code of erasure.Refusals
	Told         Told   // what the person is told with it
	Batch        int64
	Found        int64 // records that the batch found under it
	Remaining    int64 // of them, still there at the verification
	Unreadable   bool  // what was sealed of it does not open: the key file or the row was damaged
}

// Part is where an erasure stands at one service.
type Part struct {
	Service   int64
	State     erasure.PartState
	Excluded  string // code of erasure.Stays; "" = included
	Found     int64
	Erased    int64
	Remaining int64
	Held      int64 // of those remaining, kept by a hold or a restriction
	Changed   time.Time

	// Of a part at a linked service:
	Linked   bool
	Attempts int64
	Repeats  int64     // of them, after an outcome that nobody knows
	NextTry  time.Time // zero = at once, or nothing is to be done
	Sent     time.Time // the last call
	Accepted time.Time // likewise, as the service accepted it
	Code     string    // of erasure.PartCodes: what went wrong at last; "" = nothing
}

const erasureColumns = `SELECT number, state, origin, coalesce(service, 0), subject, ref, ground, note, cutoff, proposer, coalesce(approver, ''), manifest, manifest_hash,
	proposed, approved, runs_from, deadline, started, ended, coalesce(refusal, ''), refused, coalesce(batch, 0), found, remaining FROM erasure `

func (k *keys) scanErasure(row scanner) (Erasure, error) {
	var e Erasure
	var subject, ref, note, refused []byte
	var manifest string
	var proposed int64
	var approved, runsFrom, deadline, started, ended sql.NullInt64
	err := row.Scan(&e.Number, &e.State, &e.Origin, &e.Service, &subject, &ref, &e.Ground, &note, &e.Cutoff, &e.Proposer, &e.Approver, &manifest, &e.ManifestHash,
		&proposed, &approved, &runsFrom, &deadline, &started, &ended, &e.Refusal, &refused, &e.Batch, &e.Found, &e.Remaining)
	if err != nil {
		return e, found(err)
	}
	e.Reference, e.Proposed = hex.EncodeToString(ref), at(proposed)
	e.Approved, e.RunsFrom, e.Deadline, e.Started, e.Ended = when(approved), when(runsFrom), when(deadline), when(started), when(ended)
	if err := json.Unmarshal([]byte(manifest), &e.Manifest); err != nil {
		return e, fmt.Errorf("reading the manifest of request %d: %w", e.Number, err)
	}
	// One row that does not open must not take the list with it.
	e.Unreadable = k.openErasure(&e, subject, note, refused) != nil
	return e, nil
}

func (k *keys) scanErasures(rows *sql.Rows, err error) (out []Erasure, _ error) {
	err = each(rows, err, func() error {
		e, err := k.scanErasure(rows)
		out = append(out, e)
		return err
	})
	return out, err
}

func (k *keys) openErasure(e *Erasure, subject, note, refused []byte) error {
	if len(subject) > 0 {
		plain, err := k.open("erasure subject", e.Number, subject)
		if err != nil {
			return err
		}
		e.Subject, e.SubjectRef = string(plain), refOf(mac(k.K1, []byte("subject"), plain)[:10])
	}
	if len(note) > 0 {
		plain, err := k.open("erasure note", e.Number, note)
		if err != nil {
			return err
		}
		e.Note = string(plain[min(len(plain), noteSalt):])
	}
	if len(refused) > 0 {
		plain, err := k.open("erasure refusal", e.Number, refused)
		if err != nil {
			return err
		}
		return json.Unmarshal(plain, &e.Told)
	}
	return nil
}

func (t *tx) request(number int64) (Erasure, error) {
	return t.s.keys.scanErasure(t.row(erasureColumns+"WHERE number = ?", number))
}

// Erasure reads one request.
func (s *Store) Erasure(ctx context.Context, number int64) (Erasure, error) {
	return s.keys.scanErasure(s.readers.QueryRowContext(ctx, erasureColumns+"WHERE number = ?", number))
}

// ErasureQuery asks for requests, newest first.
type ErasureQuery struct {
	States  []erasure.State // none = all
	Subject string          // customer ID, open or ended requests of it
	Batch   int64
	Before  int64 // number of the last one of the page before
	Limit   int
	Bulk    int64       // those of a list
	DueSoon bool        // by deadline instead of newest first, only open ones with a deadline, without those that a hold keeps waiting
	For     audit.Actor // those of no list that wait for the decision of an actor, who did not propose them: first those whose 24 hours run, by deadline
}

// Erasures lists requests.
func (s *Store) Erasures(ctx context.Context, q ErasureQuery) ([]Erasure, error) {
	sql, args := s.erasuresSQL(q)
	out, err := s.keys.scanErasures(s.readers.QueryContext(ctx, sql, args...))
	if err != nil {
		return nil, fmt.Errorf("listing erasures: %w", err)
	}
	return out, nil
}

func (s *Store) erasuresSQL(q ErasureQuery) (string, []any) {
	where, args := s.erasureWhere(q)
	order := "number DESC"
	if q.DueSoon {
		where, order = where+" AND deadline IS NOT NULL AND ended IS NULL AND NOT "+heldBack, "deadline, number"
	}
	if q.For != "" {
		where, order = where+" AND state = 'proposed' AND bulk IS NULL AND proposer <> ?", "deadline IS NULL, deadline, number DESC"
		args = append(args, string(q.For))
	}
	if q.Before > 0 {
		where, args = where+" AND number < ?", append(args, q.Before)
	}
	return erasureColumns + "WHERE " + where + " ORDER BY " + order + " LIMIT ?", append(args, q.Limit)
}

func (s *Store) erasureWhere(q ErasureQuery) (string, []any) {
	where, args := "drill = 0", []any(nil)
	if q.Batch > 0 {
		where = "1" // a batch takes the drill's requests like all others
	}
	if len(q.States) > 0 {
		where += " AND " + byOther(q) + "state IN (" + marks(len(q.States)) + ")"
		for _, st := range q.States {
			args = append(args, string(st))
		}
	}
	if q.Subject != "" {
		where, args = where+" AND ref = ?", append(args, s.keys.reference(q.Subject))
	}
	if q.Batch > 0 {
		where, args = where+" AND batch = ?", append(args, q.Batch)
	}
	if q.Bulk > 0 {
		where, args = where+" AND bulk = ?", append(args, q.Bulk)
	}
	return where, args
}

// byOther keeps SQLite from going by the index on states where there is a better one: after years most requests are in one state.
func byOther(q ErasureQuery) string {
	if q.Subject != "" || q.Batch > 0 || q.Bulk > 0 {
		return "+"
	}
	return ""
}

// CountErasures counts requests by state.
func (s *Store) CountErasures(ctx context.Context) (map[erasure.State]int64, error) {
	rows, err := s.readers.QueryContext(ctx, countErasuresSQL)
	out := map[erasure.State]int64{}
	err = each(rows, err, func() error {
		var st erasure.State
		var n int64
		err := rows.Scan(&st, &n)
		out[st] = n
		return err
	})
	return out, err
}

const partsSQL = `SELECT p.service, p.state, coalesce(p.excluded, ''), p.found, p.erased, p.remaining, p.held, p.changed, v.hosting = 'linked', p.attempts, p.repeats,
	p.next_try, p.sent, p.accepted, coalesce(p.code, '') FROM part p JOIN service v ON v.number = p.service WHERE p.erasure = ? ORDER BY p.service`

// Parts lists where a request stands at each service.
func (s *Store) Parts(ctx context.Context, number int64) ([]Part, error) {
	return scanParts(s.readers.QueryContext(ctx, partsSQL, number))
}

func (t *tx) parts(number int64) ([]Part, error) { return scanParts(t.rows(partsSQL, number)) }

func scanParts(rows *sql.Rows, err error) ([]Part, error) {
	var out []Part
	err = each(rows, err, func() error {
		var p Part
		var changed int64
		var next, sent, accepted sql.NullInt64
		err := rows.Scan(&p.Service, &p.State, &p.Excluded, &p.Found, &p.Erased, &p.Remaining, &p.Held, &changed, &p.Linked, &p.Attempts, &p.Repeats, &next, &sent, &accepted, &p.Code)
		p.Changed, p.NextTry, p.Sent, p.Accepted = at(changed), when(next), when(sent), when(accepted)
		out = append(out, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing the parts of a request: %w", err)
	}
	return out, nil
}

// Receipts reads the receipts of an erasure: the first, and what amended it since, each with the number of the audit entry beside which it was
// written. ErrNotFound where there is none yet.
func (s *Store) Receipts(ctx context.Context, number int64) (out []erasure.Receipt, entries []int64, err error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT entry, data FROM receipt WHERE erasure = ? ORDER BY amendment", number)
	err = each(rows, err, func() error {
		var r erasure.Receipt
		var entry int64
		var data string
		if err := rows.Scan(&entry, &data); err != nil {
			return err
		}
		err := json.Unmarshal([]byte(data), &r)
		out, entries = append(out, r), append(entries, entry)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("reading the receipts of request %d: %w", number, err)
	}
	if len(out) == 0 {
		return nil, nil, ErrNotFound
	}
	return out, entries, nil
}

// Receipt reads the newest receipt of an erasure and the number of its audit entry.
func (s *Store) Receipt(ctx context.Context, number int64) (r erasure.Receipt, entry int64, err error) {
	all, entries, err := s.Receipts(ctx, number)
	if err != nil {
		return r, 0, err
	}
	return all[len(all)-1], entries[len(all)-1], nil
}
