package db

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"quittance/db/audit"
	"quittance/db/label"
)

// A repair gives the unlabelled messages of one conversation the ID that others of its messages bear: a person says so, having seen what it does.
// The labels have a number of their own, so an erasure that was proposed or accepted before covers none of them (law L2). From then on the
// messages are found, answered with and erased like all others.

// The bounds of one act: the writer does it in one transaction, and a person can look it through.
const (
	MaxRepairs  = 50
	maxRepaired = 1000
)

var (
	// ErrRepair is returned where there is nothing of the kind to repair, or too much at once.
	ErrRepair = errors.New("choose up to 50 conversations with 1,000 messages in all, and of each conversation one ID")
	// ErrLateLabel is returned for a label under which the messages should have been erased, unless a person says that it is meant (law L9).
	ErrLateLabel = errors.New("an erasure of this ID would have taken these messages, had they borne it; say that you want them found and erased anew")
)

// Pick is a conversation and whose label it gets.
type Pick struct {
	Lead int64 // Talk.Lead
	Ref  Ref   // one of its Bearers
}

// Planned is a conversation as it would be repaired.
type Planned struct {
	Talk
	Chosen Bearer
}

// RepairPlan is what a repair would do, read before anybody confirms it.
type RepairPlan struct {
	Talks   []Planned
	Records int64
	Late    int64  // conversations whose messages an ended erasure would have taken
	Hash    string // of all of it: what is confirmed is what was read
	seq     int64
}

// PlanRepair reads what a repair would do. A conversation is looked at whole, so a second ID that a list has not met is found here. ErrRepair,
// ErrMoved where a conversation or its ID is not there any more, ErrHeld for a person whose data is restricted.
func (s *Store) PlanRepair(ctx context.Context, picks []Pick) (p RepairPlan, err error) {
	if len(picks) == 0 || len(picks) > MaxRepairs {
		return p, ErrRepair
	}
	if p.seq, err = s.Seq(ctx); err != nil {
		return p, err
	}
	talks, err := s.pickedTalks(ctx, picks)
	if err == nil {
		err = s.findBearers(ctx, talks, wholeTalk, p.seq)
	}
	if err != nil {
		return p, err
	}
	for i, t := range talks {
		n := slices.IndexFunc(t.Bearers, func(b Bearer) bool { return b.Subject.Ref == picks[i].Ref })
		if n < 0 {
			return p, ErrMoved
		}
		p.add(Planned{*t, t.Bearers[n]})
		if t.Bearers[n].Frozen {
			return p, ErrHeld
		}
	}
	if p.Records > maxRepaired {
		return p, ErrRepair
	}
	p.Hash, err = s.hashOf(p)
	return p, err
}

func (p *RepairPlan) add(t Planned) {
	p.Talks, p.Records = append(p.Talks, t), p.Records+t.Records
	p.Late += btoi(t.Chosen.Late != 0)
}

// pickedTalks reads the conversations that were chosen, each once.
func (s *Store) pickedTalks(ctx context.Context, picks []Pick) (out []*Talk, err error) {
	seen := map[chat]bool{}
	for _, pick := range picks {
		var c chat
		err := s.readers.QueryRowContext(ctx, "SELECT service, session FROM record WHERE seq = ? AND customer = 0 AND kind = 1 AND session <> ''", pick.Lead).Scan(&c.service, &c.id)
		if err != nil {
			return nil, errors.Join(found(err), ErrMoved)
		}
		if seen[c] {
			return nil, ErrRepair
		}
		seen[c] = true
		t, err := readTalk(s.ask(ctx), c)
		if err != nil || t == nil {
			return nil, errors.Join(err, ErrMoved)
		}
		out = append(out, t)
	}
	return out, nil
}

// hashOf binds a plan: which messages, whose label, who else is in the conversation, and what requests there are.
func (s *Store) hashOf(p RepairPlan) (string, error) {
	var all []any
	for _, t := range p.Talks {
		all = append(all, t.Service, t.seqs, t.Chosen.customer, t.Chosen.Late, t.Chosen.Waits, t.Chosen.Held)
		for _, b := range t.Bearers {
			all = append(all, b.customer, b.Messages)
		}
	}
	raw, err := json.Marshal(all)
	return hex.EncodeToString(mac(s.keys.K2, []byte("repair"), raw)), err
}

// Repaired is what a repair did.
type Repaired struct{ Talks, Records, Late int64 }

// RepairLabels does what a plan says, all of it or nothing. seen is the hash of the plan that was read; late says that labels of erased IDs are
// meant (law L9). ErrLapsed where anything has changed, ErrLateLabel, and what PlanRepair returns.
func (s *Store) RepairLabels(ctx context.Context, by audit.Actor, picks []Pick, seen string, late bool) (out Repaired, err error) {
	p, err := s.PlanRepair(ctx, picks)
	switch {
	case err != nil:
		return out, err
	case p.Hash != seen:
		return out, ErrLapsed
	case p.Late > 0 && !late:
		return out, ErrLateLabel
	}
	err = s.take(&op{ctx: ctx, by: by, rows: int(p.Records), run: func(t *tx) error {
		for _, talk := range p.Talks {
			if err := t.repair(talk, p.seq); err != nil {
				return err
			}
		}
		return nil
	}})
	return Repaired{int64(len(p.Talks)), p.Records, p.Late}, err
}

// repair labels the messages of one conversation, if it still is as it was read.
func (t *tx) repair(p Planned, upTo int64) error {
	if err := t.asRead(p, upTo); err != nil {
		return err
	}
	id, err := label.Parse(label.Assistant, p.Chosen.Subject.ID)
	if err != nil {
		return fmt.Errorf("labelling with what is no ID: %w", err)
	}
	c, err := t.customer(id)
	if err != nil {
		return err
	}
	seq := t.next()
	var number int64
	err = t.row("INSERT INTO repair (service, customer, seq, records, several, actor, made) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING number",
		p.Service, c.number, seq, len(p.seqs), btoi(len(p.Bearers) > 1), string(t.by), ms(t.now)).Scan(&number)
	if err != nil {
		return fmt.Errorf("keeping a repair: %w", err)
	}
	for _, record := range p.seqs {
		if err := t.repairRecord(number, record, seq, c.number); err != nil {
			return fmt.Errorf("labelling record %d: %w", record, err)
		}
	}
	if err := t.flagReturned([]int64{c.number}, p.Service); err != nil {
		return err
	}
	counts := map[string]int64{audit.CountRecords: int64(len(p.seqs)), audit.CountRepair: number}
	if p.Chosen.Late != 0 {
		counts[audit.CountLate] = p.Chosen.Late
	}
	return t.note(audit.LabelsRepaired, audit.ObjectOf(audit.KindService, p.Service), counts)
}

func (t *tx) repairRecord(repair, record, seq, customer int64) error {
	err := t.exec("INSERT INTO repaired (record, repair, unreachable) SELECT seq, ?, (flags & 16) <> 0 FROM record WHERE seq = ?", repair, record)
	if err != nil {
		return err
	}
	added, err := t.addLabels(record, seq, []int64{customer})
	if err == nil && added != 1 {
		return ErrLapsed
	}
	return err
}

// asRead checks in the turn of the writer what may have changed since a conversation was read: its unlabelled messages, whatever came in since,
// the ID, requests for it, what keeps it.
func (t *tx) asRead(p Planned, upTo int64) error {
	now, err := readTalk(t.rows, chat{p.Service, p.session})
	if err != nil {
		return err
	}
	if now == nil || !slices.Equal(now.seqs, p.seqs) {
		return ErrLapsed
	}
	var changed, frozen bool
	err = t.row(`SELECT EXISTS (SELECT 1 FROM record WHERE seq > ?1 AND service = ?2 AND session = ?3) OR NOT EXISTS (SELECT 1 FROM customer WHERE number = ?4 AND name = ?5),
		EXISTS (SELECT 1 FROM kept WHERE live = 1 AND frozen = 1 AND customer = ?4)`, upTo, p.Service, p.session, p.Chosen.customer, p.Chosen.Subject.ID).Scan(&changed, &frozen)
	if err != nil {
		return err
	}
	asked := p.Chosen
	if err := asked.asked(t.rows, t.s.keys.reference(asked.Subject.ID), p.Talk); err != nil {
		return err
	}
	switch {
	case frozen:
		return ErrHeld
	case changed || asked.Late != p.Chosen.Late || !slices.Equal(asked.Waits, p.Chosen.Waits):
		return ErrLapsed
	}
	return nil
}

// Repair is a repair that was made.
type Repair struct {
	Number  int64
	Service int64
	Seq     int64 // of its labels
	Records int64
	Left    int64 // of them, those that are here and bear the label
	Several bool  // a person chose among several IDs
	By      audit.Actor
	Made    time.Time
	Undone  time.Time // zero = it stands
	Subject Subject   // zero = the ID is gone, or the repair was taken back
}

// Repairs lists repairs, the newest first.
func (s *Store) Repairs(ctx context.Context, limit int) (out []Repair, err error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT p.number, p.service, p.seq, p.records, (SELECT count(*) FROM repaired x WHERE x.repair = p.number), p.several, p.actor, p.made, coalesce(p.undone, 0),
		coalesce(c.name, ''), c.ref FROM repair p LEFT JOIN customer c ON c.number = p.customer AND p.undone IS NULL ORDER BY p.number DESC LIMIT ?`, limit)
	err = each(rows, err, func() error {
		var v Repair
		var made, undone int64
		var ref []byte
		err := rows.Scan(&v.Number, &v.Service, &v.Seq, &v.Records, &v.Left, &v.Several, &v.By, &made, &undone, &v.Subject.ID, &ref)
		if v.Made = at(made); undone != 0 {
			v.Undone = at(undone)
		}
		if ref != nil {
			v.Subject.Ref = refOf(ref)
		}
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing repairs: %w", err)
	}
	return out, nil
}

// UndoRepair takes the labels of a repair back, as long as none of its messages has gone and no erasure of the ID that covers them was accepted.
// ErrMoved otherwise; ErrHeld where a hold or a restriction keeps the ID, because it keeps the messages too.
func (s *Store) UndoRepair(ctx context.Context, by audit.Actor, number int64) error {
	return s.write(ctx, by, func(t *tx) error {
		v, k, err := t.undoable(number)
		if err != nil {
			return err
		}
		records, err := scanned[int64](t.rows("SELECT record FROM repaired WHERE repair = ? ORDER BY record", number))
		if err != nil || int64(len(records)) != v.Records {
			return errors.Join(err, ErrMoved)
		}
		for _, record := range records {
			if err := t.unlabel(record, k.number); err != nil {
				return fmt.Errorf("taking the label of record %d back: %w", record, err)
			}
		}
		err = t.exec("DELETE FROM repaired WHERE repair = ?", number)
		if err == nil {
			err = t.exec("UPDATE repair SET undone = ?, undone_by = ?, customer = NULL WHERE number = ?", ms(t.now), string(t.by), number)
		}
		if err == nil {
			err = t.sweepUnused([]int64{k.number})
		}
		if err == nil {
			err = t.recheckIfThere(k)
		}
		if err != nil {
			return fmt.Errorf("taking a repair back: %w", err)
		}
		return t.note(audit.RepairUndone, audit.ObjectOf(audit.KindService, v.Service), map[string]int64{audit.CountRecords: v.Records, audit.CountRepair: number})
	})
}

// recheckIfThere is recheck for a customer that may have gone with its last label.
func (t *tx) recheckIfThere(k known) error {
	n, err := t.numberOf(k.name)
	if err != nil || n == 0 {
		return err
	}
	return t.recheck(k)
}

// undoable reads a repair that may be taken back, and whose label it gave.
func (t *tx) undoable(number int64) (v Repair, k known, err error) {
	err = t.row("SELECT p.service, p.seq, p.records, c.number, c.name FROM repair p JOIN customer c ON c.number = p.customer WHERE p.number = ? AND p.undone IS NULL", number).
		Scan(&v.Service, &v.Seq, &v.Records, &k.number, &k.name)
	if found(err) == ErrNotFound {
		return v, k, ErrMoved
	}
	if err != nil {
		return v, k, err
	}
	var ran, held bool
	err = t.row(`SELECT EXISTS (SELECT 1 FROM (SELECT ? AS service) l JOIN erasure e ON e.ref = ? AND e.cutoff >= ? AND `+reached+` WHERE `+accepted+` IS NOT NULL),
		EXISTS (SELECT 1 FROM kept WHERE live = 1 AND customer = ?)`, v.Service, t.s.keys.reference(k.name), v.Seq, k.number).Scan(&ran, &held)
	switch {
	case err != nil:
	case ran:
		err = ErrMoved
	case held:
		err = ErrHeld
	}
	return v, k, err
}

// unlabel makes a message that bears one label, which a repair gave, what it was before.
func (t *tx) unlabel(record, customer int64) error {
	r, err := t.s.scanWhole(t.row("SELECT "+recordColumns+", r.body, r.digest FROM record r WHERE r.seq = ? AND r.customer = ?", record, customer))
	if err != nil {
		return errors.Join(found(err), ErrMoved)
	}
	if err := t.row("SELECT unreachable FROM repaired WHERE record = ?", record).Scan(&r.Unreachable); err != nil {
		return err
	}
	err = t.exec("DELETE FROM label WHERE customer = ? AND time = ? AND record = ?", customer, ms(r.Time), record)
	if err == nil {
		err = t.bear(r.borne(), 0, 0, nil)
	}
	if err != nil {
		return err
	}
	r.Customer, r.Labelled = "", false
	if _, err := t.rewrite(r, nil); err != nil {
		return err
	}
	from, err := t.senderOf(r)
	t.tally(r.Service, r.Time, 0, 1, 0)
	t.tallyUnreachable(r.Service, r.Time, btoi(r.Unreachable))
	t.sent(from, 1, btoi(r.Unreachable))
	return err
}
