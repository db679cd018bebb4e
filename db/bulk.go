package db

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/db/label"
)

// A list of customer IDs is erased by one decision and one request for each ID: each has its own manifest, cut-off, receipt and line in the
// ledger. Thousands of them are too many for one transaction, which would keep everybody waiting, so what is decided is written first, on the
// list, and carried out chunk by chunk.

// Bulk is a list of customer IDs that are erased by one decision.
type Bulk struct {
	Number   int64
	State    erasure.BulkState
	Ground   string
	Linked   bool // linked services are called for IDs that are not known here
	Proposer audit.Actor
	Approver audit.Actor
	Refusal  string // code of erasure.Refusals
	Done     int64  // how far the step that goes on has come: lines, or the number of a request
	Skipped  int64  // in the last step: lines without a request, or requests that had changed
	Created  time.Time
	Proposed time.Time
	Decided  time.Time

	mover audit.Actor
	note  string
	told  Told
}

// BulkSums is what the requests of a list come to together.
type BulkSums struct {
	States   map[erasure.State]int64
	Requests int64
	Go       []erasure.Line // by service and kind, of all that were not refused or withdrawn
	Stay     []erasure.Stay
	Calls    map[int64]int64 // linked service → by how many requests it is called
	First    int64           // lowest cut-off
	Last     int64           // highest
	Taken    time.Time       // when the first of them was taken
	Waiting  int64           // requests that an approval would cover
	Records  int64           // in the manifests of those
	Hash     string          // over their manifests' hashes: what an approver signs
}

const bulkColumns = `SELECT number, state, ground, note, linked, coalesce(proposer, ''), coalesce(approver, ''), coalesce(mover, ''), coalesce(refusal, ''), told, done, skipped,
	created, proposed, decided FROM bulk `

func (k *keys) scanBulk(row scanner) (b Bulk, err error) {
	var note, told []byte
	var created int64
	var proposed, decided sql.NullInt64
	err = row.Scan(&b.Number, &b.State, &b.Ground, &note, &b.Linked, &b.Proposer, &b.Approver, &b.mover, &b.Refusal, &told, &b.Done, &b.Skipped, &created, &proposed, &decided)
	if err != nil {
		return b, found(err)
	}
	b.Created, b.Proposed, b.Decided = at(created), when(proposed), when(decided)
	if note != nil {
		plain, err := k.open("bulk note", b.Number, note)
		if err != nil {
			return b, err
		}
		b.note = string(plain)
	}
	if told != nil {
		plain, err := k.open("bulk told", b.Number, told)
		if err != nil {
			return b, err
		}
		return b, json.Unmarshal(plain, &b.told)
	}
	return b, nil
}

func (t *tx) bulk(number int64) (Bulk, error) {
	return t.s.keys.scanBulk(t.row(bulkColumns+"WHERE number = ?", number))
}

// Bulk reads a list that was proposed. ErrNotFound for one that was only typed: it is its writer's.
func (s *Store) Bulk(ctx context.Context, number int64) (Bulk, error) {
	return s.keys.scanBulk(s.readers.QueryRowContext(ctx, bulkColumns+"WHERE number = ? AND state <> 'list'", number))
}

// Bulks lists the proposed lists that wait for a decision, the oldest first.
func (s *Store) Bulks(ctx context.Context, limit int) (out []Bulk, err error) {
	rows, err := s.readers.QueryContext(ctx, bulkColumns+"WHERE state = 'proposed' ORDER BY number LIMIT ?", limit)
	err = each(rows, err, func() error {
		b, err := s.keys.scanBulk(rows)
		out = append(out, b)
		return err
	})
	return out, err
}

// KeepList keeps a list of IDs that a person typed, sealed, for a day, and returns the random word that stands for it in the address. ids are
// those that the list names (label.ReadLines): it goes with the first of them that is erased.
func (s *Store) KeepList(ctx context.Context, user int64, text string, csv bool, ids []label.Line) (token string, err error) {
	token = rand.Text()
	refs, err := s.keys.listRefs(ids)
	if err != nil {
		return "", err
	}
	err = s.write(ctx, audit.ActorOf("user", user), func(t *tx) error {
		number, err := t.keepList(token, user, text, csv, refs)
		if err != nil {
			return err
		}
		return t.note(audit.BulkListed, audit.ObjectOf(audit.KindBulk, number), map[string]int64{audit.CountLabels: int64(len(ids))})
	})
	return token, err
}

// listRefs are the references of a list's IDs as a JSON array of hex.
func (k *keys) listRefs(ids []label.Line) (string, error) {
	refs := make([]string, len(ids))
	for i, l := range ids {
		refs[i] = hex.EncodeToString(k.reference(l.ID.String()))
	}
	slices.Sort(refs)
	list, err := json.Marshal(refs)
	return string(list), err
}

func (t *tx) keepList(token string, user int64, text string, csv bool, refs string) (number int64, err error) {
	err = t.exec("DELETE FROM bulk WHERE state = 'list' AND expires <= ?", ms(t.now))
	if err == nil {
		err = t.row("INSERT INTO bulk (token, user, state, csv, created, expires) VALUES (?, ?, 'list', ?, ?, ?) RETURNING number",
			token, user, csv, ms(t.now), ms(t.now.Add(searchLife))).Scan(&number)
	}
	if err == nil {
		err = t.exec("UPDATE bulk SET list = ? WHERE number = ?", t.s.keys.seal("bulk list", number, []byte(text)), number)
	}
	if err == nil {
		err = t.exec("INSERT INTO bulk_ref (ref, bulk) SELECT unhex(value), ? FROM json_each(?)", number, refs)
	}
	if err != nil {
		return 0, fmt.Errorf("keeping a list: %w", err)
	}
	return number, nil
}

// List reads a list that a person typed. Somebody else's is ErrNotFound, like one that has expired or was proposed.
func (s *Store) List(ctx context.Context, user int64, token string) (label.Lines, error) {
	var number int64
	var sealed []byte
	var csv bool
	err := s.readers.QueryRowContext(ctx, "SELECT number, list, csv FROM bulk WHERE token = ? AND user = ? AND state = 'list' AND expires > ?", token, user, ms(s.Now())).Scan(&number, &sealed, &csv)
	if err != nil {
		return label.Lines{}, found(err)
	}
	return s.keys.openList(number, sealed, csv)
}

func (k *keys) openList(number int64, sealed []byte, csv bool) (label.Lines, error) {
	plain, err := k.open("bulk list", number, sealed)
	if err != nil {
		return label.Lines{}, err
	}
	return label.ReadLines(string(plain), csv)
}

// forgetLists removes the lists that nobody has proposed and that name an ID.
func (t *tx) forgetLists(id string) error {
	return t.exec("DELETE FROM bulk WHERE state = 'list' AND number IN (SELECT bulk FROM bulk_ref WHERE ref = ?)", t.s.keys.reference(id))
}

// ListImpact is what the erasure of a list would take now. Nothing is written.
type ListImpact struct {
	Known  map[string]bool // IDs that records here bear
	Go     []erasure.Line  // a record that bears two of the IDs counts twice
	Calls  []int64         // linked services, which would be called for each ID
	Cutoff int64
}

// ListImpact counts for all IDs of a list together.
func (s *Store) ListImpact(ctx context.Context, ids []label.Line) (m ListImpact, err error) {
	names := make([]string, len(ids))
	for i, l := range ids {
		names[i] = l.ID.String()
	}
	list, err := json.Marshal(names)
	if err != nil {
		return m, err
	}
	if m.Cutoff, err = s.Seq(ctx); err != nil {
		return m, fmt.Errorf("reading the cut-off: %w", err)
	}
	here, err := scanned[string](s.readers.QueryContext(ctx, "SELECT name FROM customer WHERE name IN (SELECT value FROM json_each(?))", string(list)))
	m.Known = make(map[string]bool, len(here))
	for _, name := range here {
		m.Known[name] = true
	}
	if err != nil {
		return m, fmt.Errorf("looking for the IDs of a list: %w", err)
	}
	held, err := holdings(s.readers.QueryContext(ctx, holdingsSQL+`l.customer IN (SELECT number FROM customer WHERE name IN (SELECT value FROM json_each(?)))
		AND coalesce(l.seq, l.record) <= ?`, never, never, string(list), m.Cutoff))
	if err != nil {
		return m, err
	}
	m.Go = lines(held, nil)
	m.Calls, err = scanned[int64](s.readers.QueryContext(ctx, linkedSQL))
	return m, err
}

// BulkSums adds up the requests of a list.
func (s *Store) BulkSums(ctx context.Context, number int64) (v BulkSums, err error) {
	v.States, v.Calls = map[erasure.State]int64{}, map[int64]int64{}
	rows, err := s.readers.QueryContext(ctx, "SELECT state, count(*) FROM erasure WHERE bulk = ? GROUP BY state", number)
	err = each(rows, err, func() error {
		var st erasure.State
		var n int64
		err := rows.Scan(&st, &n)
		v.States[st], v.Requests = n, v.Requests+n
		return err
	})
	if err == nil {
		err = s.sumManifests(ctx, number, &v)
	}
	if err == nil {
		err = s.sumWaiting(ctx, number, &v)
	}
	if err != nil {
		return v, fmt.Errorf("adding up the requests of a list: %w", err)
	}
	return v, nil
}

const ofBulk = " FROM erasure e, json_each(e.manifest, ?) j WHERE e.bulk = ? AND +e.state NOT IN ('refused','withdrawn') "

func (s *Store) sumManifests(ctx context.Context, number int64, v *BulkSums) error {
	rows, err := s.readers.QueryContext(ctx, "SELECT j.value->>'service', j.value->>'kind', sum(j.value->>'records'), sum(j.value->>'shared'), min(j.value->>'first'), max(j.value->>'last')"+
		ofBulk+"GROUP BY 1, 2 ORDER BY 1, 2", "$.go", number)
	err = each(rows, err, func() error {
		var l erasure.Line
		err := rows.Scan(&l.Service, &l.Kind, &l.Records, &l.Shared, &l.First, &l.Last)
		v.Go = append(v.Go, l)
		return err
	})
	if err != nil {
		return err
	}
	rows, err = s.readers.QueryContext(ctx, "SELECT j.value, count(*)"+ofBulk+"GROUP BY 1", "$.calls", number)
	return each(rows, err, func() error {
		var service, n int64
		err := rows.Scan(&service, &n)
		v.Calls[service] = n
		return err
	})
}

func (s *Store) sumWaiting(ctx context.Context, number int64, v *BulkSums) error {
	var first, last, taken sql.NullInt64
	err := s.readers.QueryRowContext(ctx, "SELECT min(cutoff), max(cutoff), min(proposed) FROM erasure WHERE bulk = ?", number).Scan(&first, &last, &taken)
	if err != nil {
		return err
	}
	v.First, v.Last, v.Taken = first.Int64, last.Int64, when(taken)
	err = s.readers.QueryRowContext(ctx, `SELECT coalesce(sum(j.value->>'records'), 0) FROM erasure e, json_each(e.manifest, '$.go') j WHERE e.bulk = ? AND +e.state = 'proposed'`, number).Scan(&v.Records)
	if err != nil {
		return err
	}
	v.Hash, v.Waiting, err = waitingHash(s.readers.QueryContext(ctx, waitingSQL, number))
	return err
}

const waitingSQL = "SELECT number, manifest_hash FROM erasure WHERE bulk = ? AND +state = 'proposed' ORDER BY number"

// waitingHash is SHA-256 over number and hash of each request that waits, in hex.
func waitingHash(rows *sql.Rows, err error) (hash string, n int64, _ error) {
	sum := sha256.New()
	err = each(rows, err, func() error {
		var number int64
		var own string
		err := rows.Scan(&number, &own)
		fmt.Fprintf(sum, "%d:%s\n", number, own)
		n++
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)), n, err
}

// atRest refuses to change a request while its list is being decided on: what is carried out must be what was read.
func (t *tx) atRest(number int64) error {
	var moving bool
	err := t.row("SELECT EXISTS (SELECT 1 FROM erasure e JOIN bulk b ON b.number = e.bulk WHERE e.number = ? AND b.state IN ('approving','refusing','withdrawing'))", number).Scan(&moving)
	if err == nil && moving {
		err = ErrMoved
	}
	return err
}

var errBulkDone = errors.New("nothing is left to do")
