package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"quittance/db/audit"
	"quittance/db/label"
)

// DrillOutcome is how a drill came out.
type DrillOutcome string

// Outcomes of a drill.
const (
	DrillRunning DrillOutcome = "running"
	DrillPassed  DrillOutcome = "passed"
	DrillFailed  DrillOutcome = "failed" // something is left, or was not erased
	DrillBlind   DrillOutcome = "blind"  // what was sent in could not be found before it was erased, so not finding it says nothing
	DrillBroken  DrillOutcome = "broken" // cut off
)

// Drill is one run of the nightly drill: a made-up customer is sent in on every way, erased, and looked for on every way.
type Drill struct {
	Number         int64
	Outcome        DrillOutcome
	Actor          audit.Actor
	Started, Ended time.Time
	Batch          int64
	Bytes          int64 // looked at in files
	Slack          int64 // bytes of the database that nobody owns and that are not zero
	Malformed      int64 // pages that are not as SQLite's format says
	Paths          []DrillPath
}

// DrillPath is one way of looking: how much was to be found, and how much was, before the erasure and after it.
type DrillPath struct {
	Path                   string // one of DrillPaths
	Planted, Before, After int64
}

// DrillPaths is the closed list, in the order in which it is shown. Their words: views.DrillPaths.
var DrillPaths = []string{"records", "labels", "beside", "customers", "fields", "words", "chats", "search", "logs", "pictures", "documents", "questions", "files"}

// Judge sets the outcome by what was found.
func (d *Drill) Judge() {
	d.Outcome = DrillPassed
	for _, p := range d.Paths {
		if p.Before < p.Planted || p.Planted == 0 {
			d.Outcome = DrillBlind
		}
	}
	for _, p := range d.Paths {
		if p.After > 0 {
			d.Outcome = DrillFailed
		}
	}
	if d.Slack > 0 || d.Malformed > 0 || len(d.Paths) == 0 {
		d.Outcome = DrillFailed
	}
}

// ErrDrillRuns is returned for a second drill at a time.
var ErrDrillRuns = errors.New("a drill is running already")

// StartDrill begins a drill. One that is called running was cut off: the caller sees to it that two never run at once.
func (s *Store) StartDrill(ctx context.Context, by audit.Actor) (d Drill, err error) {
	err = s.write(ctx, by, func(t *tx) error {
		if err := t.exec("UPDATE drill SET outcome = 'broken', ended = ? WHERE outcome = 'running'", ms(t.now)); err != nil {
			return fmt.Errorf("ending a drill that was cut off: %w", err)
		}
		if err := t.exec("DELETE FROM chat_session WHERE service " + ofDrill); err != nil { // one without a message bears no ID to erase it by
			return fmt.Errorf("ending the conversations of a drill that was cut off: %w", err)
		}
		d = Drill{Outcome: DrillRunning, Actor: by, Started: t.now}
		err := t.row("INSERT INTO drill (outcome, actor, started) VALUES ('running', ?, ?) RETURNING number", string(by), ms(t.now)).Scan(&d.Number)
		if err != nil {
			return fmt.Errorf("beginning a drill: %w", err)
		}
		return t.note(audit.DrillStarted, audit.ObjectOf(audit.KindDrill, d.Number), nil)
	})
	return d, err
}

// EndDrill keeps how a drill came out.
func (s *Store) EndDrill(ctx context.Context, d *Drill) error {
	return s.write(ctx, d.Actor, func(t *tx) error {
		d.Ended = t.now
		n, err := t.change("UPDATE drill SET outcome = ?, ended = ?, batch = ?, bytes = ?, slack = ?, malformed = ? WHERE number = ? AND outcome = 'running'",
			string(d.Outcome), ms(t.now), d.Batch, d.Bytes, d.Slack, d.Malformed, d.Number)
		if err != nil || n == 0 {
			return errors.Join(ErrMoved, err)
		}
		counts := map[string]int64{audit.CountBytes: d.Bytes, audit.CountSlack: d.Slack}
		for i, p := range d.Paths {
			counts[audit.CountPlanted], counts[audit.CountFound], counts[audit.CountRemaining] =
				counts[audit.CountPlanted]+p.Planted, counts[audit.CountFound]+p.Before, counts[audit.CountRemaining]+p.After
			if err := t.exec("INSERT INTO drill_path (drill, place, path, planted, before, after) VALUES (?, ?, ?, ?, ?, ?)", d.Number, i, p.Path, p.Planted, p.Before, p.After); err != nil {
				return fmt.Errorf("keeping what a drill found: %w", err)
			}
		}
		event := audit.DrillFailed
		if d.Outcome == DrillPassed {
			event = audit.DrillPassed
		}
		return t.note(event, audit.ObjectOf(audit.KindDrill, d.Number), counts)
	})
}

const drillColumns = "SELECT number, outcome, actor, started, ended, coalesce(batch, 0), bytes, slack, malformed FROM drill "

func scanDrill(row scanner) (d Drill, err error) {
	var started int64
	var ended sql.NullInt64
	err = row.Scan(&d.Number, &d.Outcome, &d.Actor, &started, &ended, &d.Batch, &d.Bytes, &d.Slack, &d.Malformed)
	d.Started, d.Ended = at(started), when(ended)
	return d, found(err)
}

// Drill reads one drill with what it found.
func (s *Store) Drill(ctx context.Context, number int64) (Drill, error) {
	d, err := scanDrill(s.readers.QueryRowContext(ctx, drillColumns+"WHERE number = ?", number))
	if err != nil {
		return d, err
	}
	rows, err := s.readers.QueryContext(ctx, "SELECT path, planted, before, after FROM drill_path WHERE drill = ? ORDER BY place", number)
	err = each(rows, err, func() error {
		var p DrillPath
		err := rows.Scan(&p.Path, &p.Planted, &p.Before, &p.After)
		d.Paths = append(d.Paths, p)
		return err
	})
	return d, err
}

// Drills lists drills, newest first, without what they found in detail. before is the number of the last one of the page before, 0 for the first.
func (s *Store) Drills(ctx context.Context, before int64, limit int) (out []Drill, err error) {
	rows, err := s.readers.QueryContext(ctx, drillColumns+"WHERE ? = 0 OR number < ? ORDER BY number DESC LIMIT ?", before, before, limit)
	err = each(rows, err, func() error {
		d, err := scanDrill(rows)
		out = append(out, d)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing drills: %w", err)
	}
	return out, nil
}

// drillKinds are the kinds of services that the drill has one of.
var drillKinds = []label.Kind{label.Assistant, label.Discovery, label.VisualRecognition, label.SpeechToText, label.TextToSpeech}

// DrillServices gives the drill's own services, one of each kind, making those that are not there. They have no keys, so nobody reaches
// them from outside, and they stand in no list.
func (s *Store) DrillServices(ctx context.Context) (map[label.Kind]Service, error) {
	out := map[label.Kind]Service{}
	err := s.write(ctx, audit.System, func(t *tx) error {
		for _, kind := range drillKinds {
			v, err := scanService(t.row(serviceColumns+"WHERE drill = 1 AND kind = ?", string(kind)))
			if errors.Is(err, ErrNotFound) {
				v = Service{GUID: uuid.NewString(), Kind: kind, Hosting: "hosted", Name: "drill of " + string(kind)}
				NewPolicies{}.begin(&v)
				if err = t.insertService(&v); err == nil {
					err = t.exec("UPDATE service SET drill = 1 WHERE number = ?", v.Number)
				}
			}
			if err != nil {
				return fmt.Errorf("making a service for the drill: %w", err)
			}
			out[kind] = v
		}
		return nil
	})
	return out, err
}

// ofDrill is the condition that a column names a service of the drill.
const ofDrill = "IN (SELECT number FROM service WHERE drill = 1)"

// drillTables says for each table that holds what came in how its rows of the drill's services are counted.
var drillTables = map[string]string{
	"records":   "SELECT count(*) FROM record WHERE service " + ofDrill,
	"labels":    "SELECT count(*) FROM service v JOIN customer c ON 1 JOIN label l ON l.customer = c.number AND l.service = v.number WHERE v.drill = 1 AND c.name IN (?, ?)",
	"beside":    "SELECT count(*) FROM record_label b JOIN record r ON r.seq = b.record WHERE r.service " + ofDrill,
	"customers": "SELECT count(*) FROM customer WHERE name IN (?, ?)",
	"fields":    "SELECT count(*) FROM item_field f JOIN record r ON r.seq = f.record WHERE r.service " + ofDrill,
	"words":     "SELECT count(*) FROM document_index WHERE document_index MATCH ?",
	"chats":     "SELECT count(*) FROM chat_session WHERE service " + ofDrill,
}

// DrillTables counts what the tables hold of a drill: by SQL, beside everything that the house itself asks by. ids are its two customer IDs,
// word is one of a document's.
func (s *Store) DrillTables(ctx context.Context, ids [2]string, word string) (map[string]int64, error) {
	out := map[string]int64{}
	for path, query := range drillTables {
		var args []any
		switch path {
		case "labels", "customers":
			args = []any{ids[0], ids[1]}
		case "words":
			args = []any{`"` + word + `"`}
		}
		var n int64
		if err := s.readers.QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
			return nil, fmt.Errorf("counting %s of a drill: %w", path, err)
		}
		out[path] = n
	}
	return out, nil
}

// DrillLeft is a customer ID that a drill which was cut off has left in one of its services.
type DrillLeft struct {
	Service int64
	Kind    label.Kind
	ID      string
}

// DrillLeftovers lists them.
func (s *Store) DrillLeftovers(ctx context.Context) (out []DrillLeft, err error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT DISTINCT v.number, v.kind, c.name FROM service v JOIN record r ON r.service = v.number
		JOIN customer c ON c.number = r.customer OR c.number IN (SELECT customer FROM record_label WHERE record = r.seq) WHERE v.drill = 1`)
	err = each(rows, err, func() error {
		var l DrillLeft
		err := rows.Scan(&l.Service, &l.Kind, &l.ID)
		out = append(out, l)
		return err
	})
	return out, err
}

// DrillOpen counts the drill's requests that have not come to their end.
func (s *Store) DrillOpen(ctx context.Context) (n, batch int64, err error) {
	err = s.readers.QueryRowContext(ctx, "SELECT coalesce(sum(state NOT IN ('done','withdrawn','refused')), 0), coalesce(max(batch), 0) FROM erasure WHERE drill = 1").Scan(&n, &batch)
	return n, batch, err
}
