package db

import (
	"maps"
	"slices"

	"quittance/db/label"
)

// How the labels of records are written: with them, later, and by a repair. What a label repeats of its record is told here alone.

// label writes a label that came in with its record.
func (t *tx) label(r borne, customer int64, others int) error {
	if others > 0 {
		if err := t.exec("INSERT INTO record_label (record, customer) VALUES (?, ?)", r.record, customer); err != nil {
			return err
		}
	}
	return t.bear(r, customer, others, nil)
}

// borne is what a label repeats of its record.
type borne struct {
	record, service int64
	kind            Kind
	time            int64 // ms since 1970
	language        string
	optOut          bool
}

func (r Record) borne() borne {
	return borne{record: r.Seq, service: r.Service, kind: r.Kind, time: ms(r.Time), language: r.Language, optOut: r.OptOut}
}

// bear writes the label of a customer; 0 stands for no ID. seq is its own number, nil where it came in with the record.
func (t *tx) bear(r borne, customer int64, others int, seq any) error {
	return t.exec("INSERT INTO label (customer, time, record, service, kind, others, seq, language, opted_out) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		customer, r.time, r.record, r.service, int(r.kind), others, seq, r.language, btoi(r.optOut))
}

// addLabels gives one record the IDs that it does not bear yet. The digest covers who is named first and whether there are several, so it
// is made anew; a record that has gone meanwhile is left alone.
func (t *tx) addLabels(record, seq int64, customers []int64) (added int64, err error) {
	whole, err := t.s.scanWhole(t.row("SELECT "+recordColumns+", r.body, r.digest FROM record r WHERE r.seq = ?", record))
	if found(err) == ErrNotFound {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	has, err := t.customersOf(record)
	if err != nil {
		return 0, err
	}
	all := has
	for _, c := range customers {
		if !has[c] {
			all[c], added = true, added+1
			if err := t.bear(whole.borne(), c, 0, seq); err != nil {
				return 0, err
			}
		}
	}
	if added == 0 {
		return 0, nil
	}
	return added, t.relabel(whole, all)
}

// customersOf lists who a record is labelled with.
func (t *tx) customersOf(record int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	rows, err := t.rows("SELECT customer FROM record WHERE seq = ? AND customer <> 0 UNION SELECT customer FROM record_label WHERE record = ?", record, record)
	err = each(rows, err, func() error {
		var c int64
		err := rows.Scan(&c)
		out[c] = true
		return err
	})
	return out, err
}

// relabel brings everything about a record up to the labels that it now bears.
func (t *tx) relabel(r Record, all map[int64]bool) error {
	if !r.Labelled {
		if err := t.exec("DELETE FROM label WHERE customer = 0 AND time = ? AND record = ?", ms(r.Time), r.Seq); err != nil {
			return err
		}
		t.tally(r.Service, r.Time, 0, -1, 0)
		t.tallyUnreachable(r.Service, r.Time, -btoi(r.Unreachable))
		from, err := t.senderOf(r)
		if err != nil {
			return err
		}
		t.sent(from, -1, -btoi(r.Unreachable))
	}
	for c := range all {
		if err := t.exec("UPDATE label SET others = ? WHERE customer = ? AND time = ? AND record = ?", len(all)-1, c, ms(r.Time), r.Seq); err != nil {
			return err
		}
		if len(all) > 1 {
			if err := t.exec("INSERT INTO record_label (record, customer) VALUES (?, ?) ON CONFLICT DO NOTHING", r.Seq, c); err != nil {
				return err
			}
		}
	}
	_, err := t.rewrite(r, all)
	return err
}

// rewrite stores a record again under its number, with its labels, and a digest over what it now is.
func (t *tx) rewrite(r Record, all map[int64]bool) (digest []byte, err error) {
	first, err := t.first(r, all)
	if err != nil {
		return nil, err
	}
	n := r.asNew()
	if n.Labels = nil; len(all) > 1 {
		n.Labels = make([]label.ID, 2)
	}
	n.first = first
	n.stored = packBody(r.Body, n.columns())
	digest = t.s.keys.digest(r.Seq, n.content(n.stored))
	return digest, t.exec(`UPDATE record SET customer = coalesce((SELECT number FROM customer WHERE name = ?), 0), flags = ?, answered = ?, language = ?, session = ?,
		body = ?, digest = ? WHERE seq = ?`, first, n.flags(), ms(n.Answered), n.Language, n.Session, n.stored, digest, r.Seq)
}

// first is the customer ID that a record names first: the one it named so far, or else the oldest of those it bears.
func (t *tx) first(r Record, all map[int64]bool) (name string, err error) {
	if r.Labelled || len(all) == 0 {
		return r.Customer, nil
	}
	lowest := int64(0)
	for c := range all {
		if lowest == 0 || c < lowest {
			lowest = c
		}
	}
	err = t.row("SELECT name FROM customer WHERE number = ?", lowest).Scan(&name)
	return name, err
}

// labelsSay repeats the language of a record beside its labels.
func (t *tx) labelsSay(r Record, all map[int64]bool) error {
	bear := slices.Collect(maps.Keys(all))
	if len(bear) == 0 {
		bear = []int64{0}
	}
	for _, c := range bear {
		if err := t.exec("UPDATE label SET language = ? WHERE customer = ? AND time = ? AND record = ?", r.Language, c, ms(r.Time), r.Seq); err != nil {
			return err
		}
	}
	return nil
}
