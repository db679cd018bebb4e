package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"quittance/db/audit"
	"quittance/db/erasure"
)

// What holds and restrictions keep (law L5). A record is kept if it is named itself, or if any ID that it bears is: those added later too.

// anyKept tells whether there is anything to look for at all: nearly every store has none, and then no question is longer for it.
type anyKept struct{ held, frozen bool }

const anyKeptSQL = `SELECT EXISTS (SELECT 1 FROM kept WHERE live = 1 AND customer IS NOT NULL) OR EXISTS (SELECT 1 FROM kept WHERE live = 1 AND record IS NOT NULL),
	EXISTS (SELECT 1 FROM kept WHERE live = 1 AND frozen = 1 AND customer IS NOT NULL)`

func scanAnyKept(row scanner) (k anyKept, err error) {
	if err = row.Scan(&k.held, &k.frozen); err != nil {
		err = fmt.Errorf("looking for holds: %w", err)
	}
	return k, err
}

func (s *Store) anyKept(ctx context.Context) (anyKept, error) {
	return s.keeps.get(true, func() (anyKept, error) { return scanAnyKept(s.readers.QueryRowContext(ctx, anyKeptSQL)) })
}

func (t *tx) anyKept() (anyKept, error) { return scanAnyKept(t.row(anyKeptSQL)) }

const (
	keptIDs     = "(SELECT customer FROM kept WHERE live = 1 AND customer IS NOT NULL)"
	keptRecords = "(SELECT record FROM kept WHERE live = 1 AND record IS NOT NULL)"
	frozenIDs   = "(SELECT customer FROM kept WHERE live = 1 AND frozen = 1 AND customer IS NOT NULL)"

	// keptRecord is the condition on a record r, keptLabel the one on a label l.
	keptRecord = "(r.seq IN " + keptRecords + " OR r.customer IN " + keptIDs +
		" OR (r.flags & 1) <> 0 AND EXISTS (SELECT 1 FROM record_label kl WHERE kl.record = r.seq AND kl.customer IN " + keptIDs + "))"
	keptLabel = "(l.record IN " + keptRecords + " OR l.customer IN " + keptIDs +
		" OR l.others > 0 AND EXISTS (SELECT 1 FROM record_label kl WHERE kl.record = l.record AND kl.customer IN " + keptIDs + "))"

	// frozenLabel is the condition on a label l that its record is restricted.
	frozenLabel = "(l.customer IN " + frozenIDs + " OR l.others > 0 AND EXISTS (SELECT 1 FROM record_label kl WHERE kl.record = l.record AND kl.customer IN " + frozenIDs + "))"

	// thawed leaves out the records r of those who are restricted: they are stored and nothing else (Art. 18(2)).
	thawed = "NOT (r.customer IN " + frozenIDs + " OR (r.flags & 1) <> 0 AND EXISTS (SELECT 1 FROM record_label kl WHERE kl.record = r.seq AND kl.customer IN " + frozenIDs + "))"
)

// unkept gives the records of a list that nothing keeps. Without a hold it costs one look at an index for the whole list.
func (t *tx) unkept(records []int64) ([]int64, error) {
	k, err := t.anyKept()
	if err != nil || !k.held {
		return records, err
	}
	list, err := json.Marshal(records)
	if err != nil {
		return nil, err
	}
	kept, err := scanned[int64](t.rows("SELECT r.seq FROM record r WHERE r.seq IN (SELECT value FROM json_each(?)) AND "+keptRecord, string(list)))
	if err != nil {
		return nil, fmt.Errorf("looking for what is held: %w", err)
	}
	held := make(map[int64]bool, len(kept))
	for _, seq := range kept {
		held[seq] = true
	}
	free := make([]int64, 0, len(records))
	for _, seq := range records {
		if !held[seq] {
			free = append(free, seq)
		}
	}
	return free, nil
}

// holdsBack tells whether a hold or a restriction keeps the ID itself: then no service elsewhere is called to erase it either.
func (t *tx) holdsBack(name string) (yes bool, err error) {
	err = t.row("SELECT EXISTS (SELECT 1 FROM customer c JOIN kept k ON k.customer = c.number AND k.live = 1 WHERE c.name = ?)", name).Scan(&yes)
	if err != nil {
		return false, fmt.Errorf("looking for a hold: %w", err)
	}
	return yes, nil
}

// heldSQL counts what is kept of one ID up to a cut-off, each record under the oldest that keeps it. Which one is asked only of those that
// something keeps: of a customer with thousands of records they are few.
const heldSQL = `SELECT l.service, l.kind, count(*), h.ground, h.number FROM label l JOIN kept k ON k.number = (SELECT min(x.number) FROM kept x WHERE x.live = 1
		AND (x.record = l.record OR x.customer = l.customer OR l.others > 0 AND x.customer IN (SELECT customer FROM record_label WHERE record = l.record)))
	JOIN hold h ON h.number = k.hold
	WHERE l.customer = %s AND coalesce(l.seq, l.record) <= ? AND (? = 0 OR l.service = ?) AND ` + keptLabel + `
	GROUP BY l.service, l.kind, h.number ORDER BY l.service, l.kind, h.number`

func scanHeld(rows *sql.Rows, err error) (out []erasure.HeldLine, _ error) {
	err = each(rows, err, func() error {
		var l erasure.HeldLine
		var kind Kind
		err := rows.Scan(&l.Service, &kind, &l.Records, &l.Ground, &l.Hold)
		l.Kind = kind.String()
		out = append(out, l)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("counting what is held: %w", err)
	}
	return out, nil
}

// held counts what is kept of an ID up to a cut-off; service 0 = at all of them.
func (t *tx) held(name string, cutoff, service int64) ([]erasure.HeldLine, error) {
	customer, err := t.numberOf(name)
	if err != nil {
		return nil, err
	}
	return t.heldOf(customer, cutoff, service)
}

// heldOf is held for a customer; 0 is nobody.
func (t *tx) heldOf(customer, cutoff, service int64) ([]erasure.HeldLine, error) {
	k, err := t.anyKept()
	if err != nil || !k.held || customer == 0 {
		return nil, err
	}
	return scanHeld(t.rows(fmt.Sprintf(heldSQL, "?"), customer, cutoff, service, service))
}

// Held counts what holds and restrictions keep of a request now, by service, kind and hold.
func (s *Store) Held(ctx context.Context, e Erasure) ([]erasure.HeldLine, error) {
	k, err := s.anyKept(ctx)
	if err != nil || !k.held || e.Subject == "" {
		return nil, err
	}
	lines, err := scanHeld(s.readers.QueryContext(ctx, fmt.Sprintf(heldSQL, "(SELECT number FROM customer WHERE name = ?)"), e.Subject, e.Cutoff, e.Service, e.Service))
	return included(lines, e.without()), err
}

// included leaves out the services that the proposer left out.
func included(lines []erasure.HeldLine, without map[int64]string) (out []erasure.HeldLine) {
	for _, l := range lines {
		if without[l.Service] == "" {
			out = append(out, l)
		}
	}
	return out
}

// Keeper is what keeps one record: the oldest hold and the oldest restriction, by number; 0 = none.
type Keeper struct{ Hold, Restriction int64 }

// keepersSQL asks three times, each time by an index: what names the record, what its first ID, and what the others that it bears. Joined with OR they
// would be one question that looks at each hold there is for each record.
const keepersSQL = `WITH page AS MATERIALIZED (SELECT r.seq, r.customer, r.flags FROM json_each(?) j CROSS JOIN record r ON r.seq = j.value),
	found AS (SELECT p.seq, k.hold FROM page p CROSS JOIN kept k ON k.live = 1 AND k.record = p.seq
		UNION SELECT p.seq, k.hold FROM page p CROSS JOIN kept k ON k.live = 1 AND k.customer = p.customer
		UNION SELECT p.seq, k.hold FROM page p CROSS JOIN record_label l ON l.record = p.seq AND (p.flags & 1) <> 0 CROSS JOIN kept k ON k.live = 1 AND k.customer = l.customer)
	SELECT f.seq, h.number, h.kind FROM found f CROSS JOIN hold h ON h.number = f.hold ORDER BY h.number DESC`

// Keepers tells what keeps each of some records, those that nothing keeps left out.
func (s *Store) Keepers(ctx context.Context, records ...int64) (map[int64]Keeper, error) {
	k, err := s.anyKept(ctx)
	if err != nil || !k.held {
		return nil, err
	}
	list, err := json.Marshal(records)
	if err != nil {
		return nil, err
	}
	rows, err := s.readers.QueryContext(ctx, keepersSQL, string(list))
	out := map[int64]Keeper{}
	err = each(rows, err, func() error {
		var seq, number int64
		var kind erasure.HoldKind
		err := rows.Scan(&seq, &number, &kind)
		k := out[seq]
		if kind == erasure.Restriction {
			k.Restriction = number
		} else {
			k.Hold = number
		}
		out[seq] = k
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for what keeps records: %w", err)
	}
	return out, nil
}

// Restricted counts the records of a query, whatever its page, that a restriction freezes.
func (s *Store) Restricted(ctx context.Context, q RecordQuery) (n int64, err error) {
	k, err := s.anyKept(ctx)
	if err != nil || !k.frozen {
		return 0, err
	}
	where, args := q.labelWhere()
	with, person := q.with()
	err = s.readers.QueryRowContext(ctx, with+"SELECT count(*) FROM label l JOIN record r ON r.seq = l.record WHERE "+where+" AND NOT ("+thawed+")", append(person, args...)...).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting what is restricted: %w", err)
	}
	return n, nil
}

// keepAlias widens what keeps any ID of a person to all of them. Parting them later takes nothing back: the end of a hold needs two people.
func (t *tx) keepAlias(person int64) error {
	k, err := t.anyKept()
	if err != nil || !k.held {
		return err
	}
	rows, err := t.rows(`SELECT DISTINCT k.hold, k.frozen, c.number, c.name FROM kept k JOIN alias a ON a.customer = k.customer AND a.person = ? JOIN alias b ON b.person = a.person
		JOIN customer c ON c.number = b.customer WHERE k.live = 1 AND NOT EXISTS (SELECT 1 FROM kept o WHERE o.live = 1 AND o.hold = k.hold AND o.customer = b.customer)`, person)
	type more struct {
		hold   int64
		frozen bool
		known
	}
	var all []more
	err = each(rows, err, func() error {
		var m more
		err := rows.Scan(&m.hold, &m.frozen, &m.number, &m.name)
		all = append(all, m)
		return err
	})
	for _, m := range all {
		if err == nil {
			err = t.keep(m.hold, m.frozen, m.known)
		}
		if err == nil {
			err = t.note(audit.HoldWidened, audit.ObjectOf(audit.KindHold, m.hold), nil)
		}
	}
	if err != nil {
		return fmt.Errorf("keeping an alias too: %w", err)
	}
	return nil
}

func (t *tx) keep(hold int64, frozen bool, k known) error {
	return t.exec("INSERT INTO kept (hold, customer, ref, frozen) VALUES (?, ?, ?, ?)", hold, k.number, t.s.keys.reference(k.name), frozen)
}

func (t *tx) keepRecord(hold, record int64) error {
	var there int64
	if err := t.row("SELECT count(*) FROM record WHERE seq = ?", record).Scan(&there); err != nil {
		return err
	}
	if there == 0 {
		return ErrNotFound
	}
	return t.exec("INSERT INTO kept (hold, record, frozen) VALUES (?, ?, 0)", hold, record)
}

// wake lets go on what waited for holds that have ended: a part of which less is kept than it was found to be.
func (t *tx) wake() error {
	numbers, err := scanned[int64](t.rows("SELECT DISTINCT erasure FROM part WHERE state = 'held' ORDER BY erasure"))
	if err != nil {
		return fmt.Errorf("looking for what waits for a hold: %w", err)
	}
	for _, number := range numbers {
		if err := t.wakeOne(number); err != nil {
			return fmt.Errorf("waking request %d: %w", number, err)
		}
	}
	return nil
}

func (t *tx) wakeOne(number int64) error {
	e, err := t.request(number)
	if err != nil || e.Unreadable {
		return err
	}
	parts, err := t.parts(number)
	if err != nil {
		return err
	}
	back, err := t.holdsBack(e.Subject)
	if err != nil {
		return err
	}
	here := false
	for _, p := range parts {
		if p.State != erasure.Held {
			continue
		}
		free := !back
		if !p.Linked {
			lines, err := t.held(e.Subject, e.Cutoff, p.Service)
			if err != nil {
				return err
			}
			free = erasure.HeldRecords(lines) < p.Held
			here = here || free
		}
		if free {
			err = t.exec("UPDATE part SET state = 'waiting', next_try = NULL, changed = ? WHERE erasure = ? AND service = ?", ms(t.now), number, p.Service)
		}
		if err != nil {
			return err
		}
	}
	t.touch(audit.ObjectOf(audit.KindErasure, number))
	if here && e.State == erasure.Partial {
		return t.exec("UPDATE erasure SET runs_from = ? WHERE number = ?", ms(t.now), number)
	}
	return nil
}

// holdPart lets a part at a linked service wait instead of being sent, where a hold or a restriction keeps the ID.
func (t *tx) holdPart(number, service int64, now erasure.PartState) (held bool, err error) {
	if !now.May(erasure.Held) {
		return false, nil
	}
	k, err := t.anyKept()
	if err != nil || !k.held {
		return false, err
	}
	e, err := t.request(number)
	if err != nil || e.Subject == "" {
		return false, err
	}
	if held, err = t.holdsBack(e.Subject); err != nil || !held {
		return false, err
	}
	if err := t.exec("UPDATE part SET state = 'held', next_try = NULL, changed = ? WHERE erasure = ? AND service = ?", ms(t.now), number, service); err != nil {
		return true, fmt.Errorf("holding a part: %w", err)
	}
	if err := t.note(audit.ErasureHeld, audit.ObjectOf(audit.KindErasure, number), map[string]int64{audit.CountService: service}); err != nil {
		return true, err
	}
	return true, t.settleLinked(e)
}
