package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/db/label"
)

// What comes in under the ID of an erasure that has ended is kept, because the documents say so, and flagged: returned after erasure (law
// L9). The flag stands on the customer. Whether an ID was erased is asked when it is interned, and when an erasure of it ends; only what then
// comes in under such an ID is looked at again, because an erasure by API covers one service and others may go on.

// Return is what came in under a customer ID after an erasure of it.
type Return struct {
	Subject  Subject
	Erasure  int64     // the newest whose cut-off something came after
	Ended    time.Time // when it was done
	Ground   string    // of it
	Records  int64     // that came after the cut-off of an ended erasure
	FollowUp int64     // an open request that follows it up; 0 = none
}

// interned is what the writer knows by heart of a customer ID.
type interned struct {
	number int64
	erased bool // an erasure of it has ended and nothing came in since, as far as is known
}

// ended is the condition for erasures e of an ID that have ended, and that nobody has said to be over with. The sign keeps SQLite from
// going by the index on states: most requests have ended.
const ended = "e.ref = ? AND +e.state = 'done' AND e.back IS NULL"

// reached is the condition that an erasure e covered the service of a label l: by API its one, from the console all but those left out.
const reached = `(e.service IS NULL OR e.service = l.service)
	AND NOT EXISTS (SELECT 1 FROM part p WHERE p.erasure = e.number AND p.service = l.service AND p.excluded IS NOT NULL)`

// after is the condition that a label l was given after the cut-off of an erasure e that covered its service.
const after = "coalesce(l.seq, l.record) > e.cutoff AND " + reached

// erasedBefore tells of an ID that is interned whether what comes in under it has to be looked at.
func (t *tx) erasedBefore(id label.ID) (erased bool, err error) {
	err = t.row("SELECT EXISTS (SELECT 1 FROM erasure e WHERE "+ended+")", t.s.keys.reference(id.String())).Scan(&erased)
	return erased, err
}

// flagReturned flags those of some customers with an ended erasure, under whose IDs something came in at a service, that it had covered.
func (t *tx) flagReturned(customers []int64, service int64) error {
	for _, c := range customers {
		k := known{number: c}
		var covered bool
		err := t.row("SELECT name FROM customer WHERE number = ?", c).Scan(&k.name)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err == nil {
			err = t.row("SELECT EXISTS (SELECT 1 FROM (SELECT ? AS service) l JOIN erasure e ON "+ended+" AND "+reached+")", service, t.s.keys.reference(k.name)).Scan(&covered)
		}
		if err == nil && covered {
			err = t.recheck(k)
		}
		if err != nil {
			return fmt.Errorf("looking for what returned after an erasure: %w", err)
		}
	}
	return nil
}

// recheck sets or takes away the flag of a customer: it is the number of the newest ended erasure after whose cut-off something lies here.
func (t *tx) recheck(k known) error {
	delete(t.w.customers, k.name)
	ref := t.s.keys.reference(k.name)
	var was, is sql.NullInt64
	err := t.row("SELECT returned, (SELECT max(e.number) FROM erasure e WHERE "+ended+" AND EXISTS (SELECT 1 FROM label l WHERE l.customer = c.number AND "+after+
		")) FROM customer c WHERE c.number = ?", ref, k.number).Scan(&was, &is)
	if err != nil {
		return err
	}
	err = t.exec("UPDATE customer SET returned = ?, erased = EXISTS (SELECT 1 FROM erasure e WHERE "+ended+") WHERE number = ?", is, ref, k.number)
	if err != nil || !is.Valid || is == was {
		return err
	}
	return t.noteAs(audit.System, audit.ErasureReturned, audit.ObjectOf(audit.KindErasure, is.Int64), nil)
}

// noteAs is note for what the house does by itself while it does something for somebody.
func (t *tx) noteAs(by audit.Actor, event audit.Event, object audit.Object, counts map[string]int64) error {
	who := t.by
	t.by = by
	defer func() { t.by = who }()
	return t.note(event, object, counts)
}

// recheckEnded flags a customer of whom something came in between the cut-off of an erasure and its end, and takes the flag of an earlier one
// away if this one has taken what it stood for.
func (t *tx) recheckEnded(e Erasure) error {
	number, err := t.numberOf(e.Subject)
	if err != nil || number == 0 {
		return err
	}
	if err := t.recheck(known{number, e.Subject}); err != nil {
		return fmt.Errorf("looking for what returned after an erasure: %w", err)
	}
	return nil
}

// recheckAll is recheck for those of some customers, given as a JSON array of their numbers, that bear the flag.
func (t *tx) recheckAll(customers string) error {
	var flagged []known
	rows, err := t.rows("SELECT number, name FROM customer WHERE number IN (SELECT value FROM json_each(?)) AND returned IS NOT NULL", customers)
	err = each(rows, err, func() error {
		var k known
		err := rows.Scan(&k.number, &k.name)
		flagged = append(flagged, k)
		return err
	})
	for _, k := range flagged {
		if err == nil {
			err = t.recheck(k)
		}
	}
	return err
}

const returnSQL = `SELECT c.name, c.ref, e.number, e.ended, e.ground, e.ref,
	coalesce((SELECT max(f.number) FROM erasure f WHERE f.follows = e.number AND +f.state IN ('proposed','scheduled','running','verifying','partial')), 0)
	FROM customer c JOIN erasure e ON e.number = c.returned `

const returnedRecords = "SELECT count(*) FROM label l WHERE l.customer = (SELECT number FROM customer WHERE name = ?) AND EXISTS (SELECT 1 FROM erasure e WHERE " + ended + " AND " + after + ")"

// Returned tells what came in under a customer ID after an erasure of it. ErrNotFound where nothing did.
func (s *Store) Returned(ctx context.Context, id string) (Return, error) {
	all, err := s.returns(ctx, "WHERE c.name = ? AND c.returned IS NOT NULL", id)
	if err != nil || len(all) == 0 {
		return Return{}, errors.Join(err, ErrNotFound)
	}
	return all[0], nil
}

// Returns lists what came in after erasures, after the newest erasure first, and counts how many customer IDs that is.
func (s *Store) Returns(ctx context.Context, limit int) (list []Return, total int64, err error) {
	if err := s.readers.QueryRowContext(ctx, "SELECT count(*) FROM customer WHERE returned IS NOT NULL").Scan(&total); err != nil || total == 0 {
		return nil, 0, err
	}
	list, err = s.returns(ctx, "WHERE c.returned IS NOT NULL ORDER BY c.returned DESC, c.number LIMIT ?", limit)
	return list, total, err
}

func (s *Store) returns(ctx context.Context, where string, arg any) (out []Return, err error) {
	rows, err := s.readers.QueryContext(ctx, returnSQL+where, arg)
	var refs [][]byte
	err = each(rows, err, func() error {
		var r Return
		var own, ref []byte
		var done sql.NullInt64
		err := rows.Scan(&r.Subject.ID, &own, &r.Erasure, &done, &r.Ground, &ref, &r.FollowUp)
		r.Subject.Ref, r.Ended = refOf(own), when(done)
		out, refs = append(out, r), append(refs, ref)
		return err
	})
	for i := range out {
		if err == nil {
			err = s.readers.QueryRowContext(ctx, returnedRecords, out[i].Subject.ID, refs[i]).Scan(&out[i].Records)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("reading what returned after erasures: %w", err)
	}
	return out, nil
}

// ReturnedAmong tells which of some records bear an ID that they came in under after an erasure of it.
func (s *Store) ReturnedAmong(ctx context.Context, id string, records []Record) (map[int64]bool, error) {
	out := map[int64]bool{}
	if len(records) == 0 {
		return out, nil
	}
	first, last := records[0].Time, records[0].Time
	numbers := make([]int64, len(records))
	for i, r := range records {
		numbers[i] = r.Seq
		if first.After(r.Time) {
			first = r.Time
		}
		if last.Before(r.Time) {
			last = r.Time
		}
	}
	list, err := json.Marshal(numbers)
	if err != nil {
		return nil, err
	}
	found, err := scanned[int64](s.readers.QueryContext(ctx, `SELECT l.record FROM customer c JOIN label l ON l.customer = c.number WHERE c.name = ? AND c.returned IS NOT NULL
		AND l.time BETWEEN ? AND ? AND l.record IN (SELECT value FROM json_each(?)) AND EXISTS (SELECT 1 FROM erasure e WHERE `+ended+" AND "+after+")",
		id, ms(first), ms(last), string(list), s.keys.reference(id)))
	for _, n := range found {
		out[n] = true
	}
	if err != nil {
		return nil, fmt.Errorf("reading which records returned after an erasure: %w", err)
	}
	return out, nil
}

// ErrGround is returned for a follow-up whose ground nobody has said.
var ErrGround = errors.New("say on which ground the person asks: the erasure before was filed by an application, which does not say it")

// ErrFollowed is returned where an open request follows the erasure up already.
var ErrFollowed = errors.New("an open request follows this erasure up already")

// FollowUp proposes to erase what came in after an erasure, with a new cut-off, and keeps the two together: for the services that the
// earlier one reached, on its ground, or on another one (ground "" = the earlier one's). Four eyes as ever. ErrNotFound where nothing came in.
func (s *Store) FollowUp(ctx context.Context, by audit.Actor, ref Ref, ground string) (number int64, err error) {
	err = s.write(ctx, by, func(t *tx) error {
		k, earlier, err := t.returned(ref)
		if err != nil {
			return err
		}
		if open, err := t.followed(earlier.Number); err != nil || open {
			return errors.Join(err, ErrFollowed)
		}
		if ground == "" {
			ground = earlier.Ground
		}
		if !slices.Contains(erasure.Grounds, ground) {
			return ErrGround
		}
		number, err = t.proposeAfter(k, earlier, ground)
		return err
	})
	return number, err
}

// returned is the customer that a reference stands for, and the erasure after which something came in under its ID.
func (t *tx) returned(ref Ref) (k known, e Erasure, err error) {
	raw, err := ref.raw()
	if err != nil {
		return k, e, err
	}
	var number int64
	if err := t.row("SELECT number, name, returned FROM customer WHERE ref = ? AND returned IS NOT NULL", raw).Scan(&k.number, &k.name, &number); err != nil {
		return k, e, found(err)
	}
	e, err = t.request(number)
	return k, e, err
}

func (t *tx) followed(number int64) (open bool, err error) {
	err = t.row("SELECT EXISTS (SELECT 1 FROM erasure WHERE follows = ? AND +state IN ('proposed','scheduled','running','verifying','partial'))", number).Scan(&open)
	return open, err
}

func (t *tx) proposeAfter(k known, earlier Erasure, ground string) (int64, error) {
	without, err := t.notReached(k, earlier)
	if err != nil {
		return 0, err
	}
	others, err := t.person(k.number)
	if err != nil {
		return 0, err
	}
	number, err := t.proposeAll(append([]known{k}, others...), Proposal{Ground: ground, Without: without})
	if err != nil {
		return 0, err
	}
	if err := t.exec("UPDATE erasure SET follows = ? WHERE number = ?", earlier.Number, number); err != nil {
		return 0, fmt.Errorf("keeping a follow-up with its erasure: %w", err)
	}
	return number, nil
}

// notReached are the services that a follow-up leaves out: those that the earlier erasure left out, or, of one by API, all but its own.
func (t *tx) notReached(k known, e Erasure) (map[int64]string, error) {
	if e.Service == 0 {
		return e.without(), nil
	}
	others, err := scanned[int64](t.rows(`SELECT number FROM service v WHERE removed IS NULL AND number <> ? AND coalesce(gateway, 0) <> ?
		AND (hosting = 'linked' OR EXISTS (SELECT 1 FROM label l WHERE l.customer = ? AND l.service = v.number))`, e.Service, e.Service, k.number))
	out := map[int64]string{}
	for _, n := range others {
		out[n] = "not-asked"
	}
	return out, err
}

// DismissReturn writes down that what came in under an ID after its erasures is meant to be there: a code of erasure.Dismissals. What comes
// in after it is no return either, until another erasure has ended. ErrNotFound where nothing came in.
func (s *Store) DismissReturn(ctx context.Context, by audit.Actor, ref Ref, reason string) error {
	code := slices.Index(erasure.Dismissals, reason)
	if code < 0 {
		return ErrNotFound
	}
	return s.write(ctx, by, func(t *tx) error {
		k, e, err := t.returned(ref)
		if err != nil {
			return err
		}
		err = t.exec("UPDATE erasure SET back = ? WHERE ref = ? AND +state = 'done' AND back IS NULL", ms(t.now), t.s.keys.reference(k.name))
		if err == nil {
			err = t.recheck(k)
		}
		if err != nil {
			return fmt.Errorf("dismissing what returned: %w", err)
		}
		return t.note(audit.ErasureDismissed, audit.ObjectOf(audit.KindErasure, e.Number), map[string]int64{audit.CountReason: int64(code + 1)})
	})
}

// Kin are the requests that a request belongs to beside those of its own step.
type Kin struct {
	Bulk     int64 // the list that it stands on
	Follows  int64 // the erasure that it follows up
	Followed int64 // the newest request that follows it up
}

// Kin reads to what a request belongs; 0 = nothing.
func (s *Store) Kin(ctx context.Context, number int64) (k Kin, err error) {
	err = s.readers.QueryRowContext(ctx, `SELECT coalesce(bulk, 0), coalesce(follows, 0), coalesce((SELECT max(number) FROM erasure f WHERE f.follows = e.number), 0)
		FROM erasure e WHERE number = ?`, number).Scan(&k.Bulk, &k.Follows, &k.Followed)
	return k, found(err)
}

// returnedData is the alarm about what came in under the IDs of ended erasures: it ends when nothing lies there any more, or an officer has
// said that it is meant to.
func (s *Store) returnedData(ctx context.Context) ([]Alarm, error) {
	var count int64
	err := s.readers.QueryRowContext(ctx, "SELECT count(*) FROM customer WHERE returned IS NOT NULL").Scan(&count)
	if err != nil || count == 0 {
		return nil, err
	}
	return []Alarm{{Kind: AlarmReturned, Count: count}}, nil
}
