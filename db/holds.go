package db

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
)

// Hold is a legal hold, or a restriction, which freezes as well. The customer ID it is about stands only in the customer table, whose row it
// keeps; custodian and note are sealed and go with its end.
type Hold struct {
	Number    int64
	Kind      erasure.HoldKind
	State     erasure.HoldState
	Ground    string // code of erasure.HoldGrounds
	Custodian string // of a hold: who answers for it; need not be a user of the console
	Note      string
	Placed    time.Time
	PlacedBy  audit.Actor
	Review    time.Time // reminds, ends nothing; zero = none
	Expiry    time.Time // as proposed at placing; zero = none
	ExpiryBy  audit.Actor
	Asked     time.Time // its end was asked for
	AskedBy   audit.Actor
	Informed  time.Time // the person was told (Art. 18(3))
	Channel   string    // code of erasure.Channels
	Ended     time.Time
	EndedBy   audit.Actor

	Subjects   int64 // IDs that it keeps
	Records    int64 // single records that it keeps
	Unreadable bool  // what was sealed of it does not open
}

// Expires tells when a hold ends by itself: not before a second officer has confirmed it.
func (h Hold) Expires() bool { return !h.Expiry.IsZero() && h.ExpiryBy != "" }

// ReviewDue tells whether somebody should look at a hold again.
func (h Hold) ReviewDue(now time.Time) bool {
	return !h.State.Ended() && !h.Review.IsZero() && !now.Before(h.Review)
}

// NewHold describes a hold that is placed on a data subject, with its aliases, or on single records. A restriction is about a data subject.
type NewHold struct {
	Kind      erasure.HoldKind
	Subject   Ref     // "" = single records
	Records   []int64 // at most MaxHeldRecords
	Ground    string
	Custodian string
	Note      string
	Review    time.Time // zero = none
	Expiry    time.Time // zero = none
	Ticket    int64     // that it is placed for, and linked with; 0 = none
}

// MaxHeldRecords is how many single records one hold may name.
const MaxHeldRecords = 500

var holdEvents = map[erasure.HoldKind]struct{ placed, reviewed audit.Event }{
	erasure.LegalHold:   {audit.HoldPlaced, audit.HoldReviewed},
	erasure.Restriction: {audit.RestrictionPlaced, audit.RestrictionReviewed},
}

// PlaceHold keeps records from now on. ErrNotFound where the subject or one of the records is not there.
func (s *Store) PlaceHold(ctx context.Context, by audit.Actor, n NewHold) (number int64, err error) {
	if !slices.Contains(erasure.HoldGrounds[n.Kind], n.Ground) {
		return 0, ErrNoGround
	}
	if n.Subject == "" && (len(n.Records) == 0 || len(n.Records) > MaxHeldRecords || n.Kind == erasure.Restriction) {
		return 0, ErrNotFound
	}
	err = s.write(ctx, by, func(t *tx) error {
		number, err = t.placeHold(n)
		return err
	})
	return number, err
}

func (t *tx) placeHold(n NewHold) (number int64, err error) {
	err = t.row("INSERT INTO hold (kind, state, ground, placed, placed_by, review, expiry) VALUES (?, 'active', ?, ?, ?, ?, ?) RETURNING number",
		string(n.Kind), n.Ground, ms(t.now), string(t.by), orNull(n.Review), orNull(n.Expiry)).Scan(&number)
	if err != nil {
		return 0, fmt.Errorf("placing a hold: %w", err)
	}
	if err := t.keepAll(number, n); err != nil {
		return 0, err
	}
	commits, err := t.sealHold(number, n)
	if err != nil {
		return 0, err
	}
	counts := map[string]int64{audit.CountReason: int64(slices.Index(erasure.HoldGrounds[n.Kind], n.Ground) + 1)}
	if len(n.Records) > 0 {
		counts[audit.CountRecords] = int64(len(n.Records))
	}
	if err := t.noteWith(holdEvents[n.Kind].placed, audit.ObjectOf(audit.KindHold, number), counts, commits); err != nil || n.Ticket == 0 {
		return number, err
	}
	return number, t.linkHold(n, number)
}

// keepAll writes down what a hold keeps: the ID and its aliases, or each of the records.
func (t *tx) keepAll(number int64, n NewHold) error {
	if n.Subject == "" && n.Kind == erasure.Restriction {
		return t.keepTicket(number, n.Ticket)
	}
	if n.Subject == "" {
		for _, record := range slices.Compact(slices.Sorted(slices.Values(n.Records))) {
			if err := t.keepRecord(number, record); err != nil {
				return err
			}
		}
		return nil
	}
	raw, err := n.Subject.raw()
	if err != nil {
		return err
	}
	var k known
	if err := t.row("SELECT number, name FROM customer WHERE ref = ?", raw).Scan(&k.number, &k.name); err != nil {
		return found(err)
	}
	others, err := t.person(k.number)
	if err != nil {
		return err
	}
	for _, id := range append([]known{k}, others...) {
		if err := t.keep(number, n.Kind == erasure.Restriction, id); err != nil {
			return fmt.Errorf("keeping a customer ID: %w", err)
		}
	}
	return nil
}

// sealHold seals what was typed, and commits to the note.
func (t *tx) sealHold(number int64, n NewHold) (map[string]string, error) {
	var custodian, note any
	if n.Custodian != "" {
		custodian = t.s.keys.seal("hold custodian", number, []byte(n.Custodian))
	}
	plain := salted(n.Note)
	if plain != nil {
		note = t.s.keys.seal("hold note", number, plain)
	}
	if err := t.exec("UPDATE hold SET custodian = ?, note = ? WHERE number = ?", custodian, note, number); err != nil {
		return nil, fmt.Errorf("sealing a hold: %w", err)
	}
	return committed(plain), nil
}

// moveHold moves a hold on if its table of moves allows it, else ErrMoved: somebody was faster.
func (t *tx) moveHold(number int64, next erasure.HoldState) (Hold, error) {
	h, err := t.hold(number)
	if err == nil && !h.Kind.May(h.State, next) {
		err = ErrMoved
	}
	return h, err
}

// ConfirmExpiry is the second officer's word on the day on which a hold ends. ErrSecond for the one who placed it; ErrMoved where none was
// proposed, where it is confirmed already, or where the day has come meanwhile.
func (s *Store) ConfirmExpiry(ctx context.Context, by audit.Actor, number int64) error {
	return s.write(ctx, by, func(t *tx) error {
		h, err := t.hold(number)
		switch {
		case err != nil:
			return err
		case h.State.Ended() || h.Expiry.IsZero() || h.ExpiryBy != "" || !h.Expiry.After(t.now):
			return ErrMoved
		case h.PlacedBy == by:
			return ErrSecond
		}
		if err := t.exec("UPDATE hold SET expiry_by = ? WHERE number = ?", string(by), number); err != nil {
			return fmt.Errorf("confirming the end of a hold: %w", err)
		}
		return t.note(audit.HoldConfirmed, audit.ObjectOf(audit.KindHold, number), nil)
	})
}

// ReviewHold says that somebody looked at a hold and it stays, until it should be looked at again.
func (s *Store) ReviewHold(ctx context.Context, by audit.Actor, number int64, next time.Time) error {
	return s.write(ctx, by, func(t *tx) error {
		h, err := t.hold(number)
		if err == nil && h.State.Ended() {
			err = ErrMoved
		}
		if err != nil {
			return err
		}
		if err := t.exec("UPDATE hold SET review = ? WHERE number = ?", orNull(next), number); err != nil {
			return fmt.Errorf("reviewing a hold: %w", err)
		}
		return t.note(holdEvents[h.Kind].reviewed, audit.ObjectOf(audit.KindHold, number), nil)
	})
}

// AskLift asks for the end of a hold; another officer has to confirm it.
func (s *Store) AskLift(ctx context.Context, by audit.Actor, number int64) error {
	return s.write(ctx, by, func(t *tx) error {
		if _, err := t.moveHold(number, erasure.HoldLifting); err != nil {
			return err
		}
		if err := t.exec("UPDATE hold SET state = 'lifting', asked = ?, asked_by = ? WHERE number = ?", ms(t.now), string(by), number); err != nil {
			return fmt.Errorf("asking for the end of a hold: %w", err)
		}
		return t.note(audit.HoldAsked, audit.ObjectOf(audit.KindHold, number), nil)
	})
}

// KeepHold refuses the end of a hold that somebody asked for, or takes one's own question back.
func (s *Store) KeepHold(ctx context.Context, by audit.Actor, number int64) error {
	return s.write(ctx, by, func(t *tx) error {
		if _, err := t.moveHold(number, erasure.HoldActive); err != nil {
			return err
		}
		if err := t.exec("UPDATE hold SET state = 'active', asked = NULL, asked_by = NULL WHERE number = ?", number); err != nil {
			return fmt.Errorf("keeping a hold: %w", err)
		}
		return t.note(audit.HoldStays, audit.ObjectOf(audit.KindHold, number), nil)
	})
}

// LiftHold ends a hold whose end another officer asked for (law L5). What waited for it goes on with the next batch.
func (s *Store) LiftHold(ctx context.Context, by audit.Actor, number int64) error {
	return s.write(ctx, by, func(t *tx) error {
		h, err := t.moveHold(number, erasure.HoldLifted)
		switch {
		case err != nil:
			return err
		case h.Kind != erasure.LegalHold:
			return ErrMoved
		case h.AskedBy == by:
			return ErrSecond
		}
		return t.endHold(h, erasure.HoldLifted, audit.HoldLifted)
	})
}

// expireHolds ends the holds whose day has come, if two officers set it.
func (s *Store) expireHolds(ctx context.Context) error {
	const due = "SELECT number FROM hold WHERE state IN ('active','lifting') AND expiry_by IS NOT NULL AND expiry <= ? ORDER BY number"
	numbers, err := scanned[int64](s.readers.QueryContext(ctx, due, ms(s.Now())))
	if err != nil || len(numbers) == 0 {
		return err
	}
	return s.write(ctx, audit.System, func(t *tx) error {
		for _, number := range numbers {
			h, err := t.moveHold(number, erasure.HoldExpired)
			if errors.Is(err, ErrMoved) {
				continue // it was lifted meanwhile
			}
			if err == nil {
				err = t.endHold(h, erasure.HoldExpired, audit.HoldExpired)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// endHold lets go of all that a hold kept, and of what was written beside it.
func (t *tx) endHold(h Hold, state erasure.HoldState, event audit.Event) error {
	err := t.exec("UPDATE hold SET state = ?, ended = ?, ended_by = ?, custodian = NULL, note = NULL WHERE number = ?", string(state), ms(t.now), string(t.by), h.Number)
	if err != nil {
		return fmt.Errorf("ending a hold: %w", err)
	}
	customers, err := scanned[int64](t.rows("SELECT customer FROM kept WHERE hold = ? AND live = 1 AND customer IS NOT NULL", h.Number))
	if err == nil {
		err = t.exec("UPDATE kept SET live = 0, customer = NULL WHERE hold = ?", h.Number)
	}
	if err == nil {
		err = t.sweepUnused(customers)
	}
	if err != nil {
		return fmt.Errorf("letting go of what a hold kept: %w", err)
	}
	if err := t.note(event, audit.ObjectOf(audit.KindHold, h.Number), nil); err != nil {
		return err
	}
	return t.wake()
}

const holdColumns = `SELECT number, kind, state, ground, custodian, note, placed, placed_by, review, expiry, coalesce(expiry_by, ''), asked, coalesce(asked_by, ''),
	informed, coalesce(channel, ''), ended, coalesce(ended_by, ''), (SELECT count(*) FROM kept WHERE hold = hold.number AND record IS NULL),
	(SELECT count(*) FROM kept WHERE hold = hold.number AND record IS NOT NULL) FROM hold `

func (k *keys) scanHold(row scanner) (Hold, error) {
	var h Hold
	var custodian, note []byte
	var placed int64
	var review, expiry, asked, informed, ended sql.NullInt64
	err := row.Scan(&h.Number, &h.Kind, &h.State, &h.Ground, &custodian, &note, &placed, &h.PlacedBy, &review, &expiry, &h.ExpiryBy, &asked, &h.AskedBy,
		&informed, &h.Channel, &ended, &h.EndedBy, &h.Subjects, &h.Records)
	if err != nil {
		return h, found(err)
	}
	h.Placed, h.Review, h.Expiry, h.Asked, h.Informed, h.Ended = at(placed), when(review), when(expiry), when(asked), when(informed), when(ended)
	h.Unreadable = k.openHold(&h, custodian, note) != nil
	return h, nil
}

func (k *keys) openHold(h *Hold, custodian, note []byte) error {
	if len(custodian) > 0 {
		plain, err := k.open("hold custodian", h.Number, custodian)
		if err != nil {
			return err
		}
		h.Custodian = string(plain)
	}
	if len(note) > 0 {
		plain, err := k.open("hold note", h.Number, note)
		if err != nil {
			return err
		}
		h.Note = string(plain[min(len(plain), noteSalt):])
	}
	return nil
}

func (t *tx) hold(number int64) (Hold, error) {
	return t.s.keys.scanHold(t.row(holdColumns+"WHERE number = ?", number))
}

// Hold reads one hold or restriction.
func (s *Store) Hold(ctx context.Context, number int64) (Hold, error) {
	return s.keys.scanHold(s.readers.QueryRowContext(ctx, holdColumns+"WHERE number = ?", number))
}

// HoldQuery asks for holds, newest first.
type HoldQuery struct {
	Kind   erasure.HoldKind // "" = both
	Ended  bool
	Due    bool  // only those to be looked at again
	Before int64 // number of the last one of the page before
	Limit  int
}

// Holds lists holds and restrictions.
func (s *Store) Holds(ctx context.Context, q HoldQuery) (out []Hold, err error) {
	where, args := "(state IN ('lifted','expired')) = ?", []any{q.Ended}
	if q.Kind != "" {
		where, args = where+" AND kind = ?", append(args, string(q.Kind))
	}
	if q.Due {
		where, args = where+" AND review <= ?", append(args, ms(s.Now()))
	}
	if q.Before > 0 {
		where, args = where+" AND number < ?", append(args, q.Before)
	}
	return s.holds(s.readers.QueryContext(ctx, holdColumns+"WHERE "+where+" ORDER BY number DESC LIMIT ?", append(args, q.Limit)...))
}

func (s *Store) holds(rows *sql.Rows, err error) (out []Hold, _ error) {
	err = each(rows, err, func() error {
		h, err := s.keys.scanHold(rows)
		out = append(out, h)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing holds: %w", err)
	}
	return out, nil
}

// HoldCounts is how many holds and restrictions there are: active ones, of them those to be looked at again, and ended ones.
type HoldCounts struct{ Holds, Restrictions, Due, Ended int64 }

// CountHolds counts them.
func (s *Store) CountHolds(ctx context.Context) (c HoldCounts, err error) {
	err = s.readers.QueryRowContext(ctx, `SELECT coalesce(sum(kind = 'hold' AND ended IS NULL), 0), coalesce(sum(kind = 'restriction' AND ended IS NULL), 0),
		coalesce(sum(ended IS NULL AND review <= ?), 0), coalesce(sum(ended IS NOT NULL), 0) FROM hold`, ms(s.Now())).Scan(&c.Holds, &c.Restrictions, &c.Due, &c.Ended)
	if err != nil {
		return c, fmt.Errorf("counting holds: %w", err)
	}
	return c, nil
}

// HoldsOf lists the active holds and restrictions that keep anything of a data subject, the oldest first.
func (s *Store) HoldsOf(ctx context.Context, id string) ([]Hold, error) {
	k, err := s.anyKept(ctx)
	if err != nil || !k.held {
		return nil, err
	}
	return s.holds(s.readers.QueryContext(ctx, holdColumns+`WHERE state IN ('active','lifting') AND number IN (
		SELECT hold FROM kept WHERE live = 1 AND customer = (SELECT number FROM customer WHERE name = ?)
		UNION SELECT k.hold FROM kept k JOIN record r ON r.seq = k.record WHERE k.live = 1 AND k.record IS NOT NULL AND EXISTS (SELECT 1 FROM label l
			WHERE l.customer = (SELECT number FROM customer WHERE name = ?) AND l.time = r.time AND l.record = r.seq)) ORDER BY number`, id, id))
}

// Kept is one thing that a hold keeps: a data subject, or a record.
type Kept struct {
	Subject            // zero for a record, and once the hold has ended
	Reference   string // keyed hash of the ID (K2), hex; "" for a record
	Record      int64  // 0 for a data subject
	Records     int64  // of a data subject: how many records bear the ID now
	RecordThere bool   // the record is still there
}

// KeptBy lists what a hold keeps, or kept.
func (s *Store) KeptBy(ctx context.Context, number int64) (out []Kept, err error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT coalesce(k.record, 0), k.ref, coalesce(c.name, ''), c.ref, (SELECT count(*) FROM label l WHERE l.customer = k.customer),
		EXISTS (SELECT 1 FROM record r WHERE r.seq = k.record) FROM kept k LEFT JOIN customer c ON c.number = k.customer WHERE k.hold = ? ORDER BY k.number`, number)
	err = each(rows, err, func() error {
		var k Kept
		var ledger, ref []byte
		err := rows.Scan(&k.Record, &ledger, &k.ID, &ref, &k.Records, &k.RecordThere)
		if k.Reference = hex.EncodeToString(ledger); ref != nil {
			k.Ref = refOf(ref)
		}
		out = append(out, k)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing what a hold keeps: %w", err)
	}
	return out, nil
}

// Missing gives those of some record numbers under which there is no record.
func (s *Store) Missing(ctx context.Context, records []int64) ([]int64, error) {
	list, err := json.Marshal(records)
	if err != nil {
		return nil, err
	}
	return scanned[int64](s.readers.QueryContext(ctx, "SELECT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM record WHERE seq = value)", string(list)))
}
