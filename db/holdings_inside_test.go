package db

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"quittance/db/audit"
	"quittance/db/label"
)

// crowded stores records of two customers at two services, of two kinds, some of them borne by both.
func (h *house) crowded() {
	h.t.Helper()
	second, err := h.AddService(h.ctx, audit.Operator, label.Discovery, "Letters", "")
	if err != nil {
		h.t.Fatal(err)
	}
	services := []int64{h.service().Number, second.Number}
	r, in := rand.New(rand.NewPCG(1, 2)), []NewRecord(nil)
	for i := range 200 {
		n := NewRecord{Service: services[r.IntN(2)], Kind: []Kind{Message, Document}[r.IntN(2)], Time: h.now.Add(-time.Duration(r.IntN(1000)) * time.Hour),
			Language: []string{"", "de", "en"}[r.IntN(3)], OptOut: r.IntN(3) == 0, Container: "a", Session: fmt.Sprint(i), Body: []byte("{}")}
		for _, id := range []string{"ada", "ben", "cleo"} {
			if r.IntN(3) > 0 {
				n.Labels = append(n.Labels, parsed(id))
			}
		}
		in = append(in, n)
	}
	if _, err := h.Ingest(h.ctx, audit.System, in, nil); err != nil {
		h.t.Fatal(err)
	}
}

// What is held is counted by service and kind as SQL's own GROUP BY counts it, for whoever is asked and up to where.
func TestHoldings(t *testing.T) {
	h := openHouse(t)
	h.crowded()
	recent, newer := h.now.Add(-200*time.Hour), h.now.Add(-500*time.Hour)
	for _, q := range []RecordQuery{{}, {Subject: "ada"}, {Subject: "ben", UpTo: 100}, {Subject: "ada", Person: true}, {Subject: "ada", Kinds: []Kind{Document}, Narrow: Narrow{Language: "de"}}, {Subject: "nobody"}} {
		where, args := q.labelWhere()
		with, all := q.with()
		var want []Holding
		rows, err := h.readers.QueryContext(h.ctx, with+"SELECT l.service, l.kind, count(*), sum(l.others > 0), min(l.time), max(l.time), sum(l.time >= ?), sum(l.time >= ?) FROM label l WHERE "+
			where+" GROUP BY l.service, l.kind ORDER BY l.service, l.kind", append(append(all, ms(recent), ms(newer)), args...)...)
		err = each(rows, err, func() error {
			var l Holding
			var first, last int64
			err := rows.Scan(&l.Service, &l.Kind, &l.Records, &l.Shared, &first, &last, &l.Written.Recent, &l.Written.Newer)
			l.First, l.Last, l.Written.Older = at(first), at(last), l.Records-l.Written.Newer
			want = append(want, l)
			return err
		})
		got, gerr := h.HoldingsSince(h.ctx, q, recent, newer)
		if err != nil || gerr != nil || !slices.Equal(got, want) {
			t.Errorf("%+v:\n%+v (%v)\nwant\n%+v (%v)", q, got, gerr, want, err)
		}
		plain, err := h.Holdings(h.ctx, q)
		for i := range want {
			want[i].Written = Written{Older: want[i].Records}
		}
		if err != nil || !slices.Equal(plain, want) {
			t.Errorf("%+v, without moments: %+v (%v)", q, plain, err)
		}
	}
}

// unfaithful counts the labels that do not say what their record is.
func (h *house) unfaithful() int64 {
	h.t.Helper()
	n, err := scanned[int64](h.readers.QueryContext(h.ctx, "SELECT count(*) FROM label l WHERE NOT EXISTS (SELECT 1 FROM record r WHERE "+faithful+")"))
	if err != nil {
		h.t.Fatal(err)
	}
	return n[0]
}

// A store from before labels told the language of their record and its opt-out gets them from what it holds, by the migration's own statement.
func TestLabelsFromBefore(t *testing.T) {
	h := openHouse(t)
	h.crowded()
	raw, err := migrations.ReadFile("migrations/0042_label.sql")
	_, fill, _ := strings.Cut(string(raw), "UPDATE label")
	fill, _, _ = strings.Cut(fill, ";")
	forget := func(t *tx) error { return t.exec("UPDATE label SET language = '', opted_out = 0") }
	if err := errors.Join(err, h.write(h.ctx, audit.System, forget)); err != nil || h.unfaithful() == 0 {
		t.Fatal(err)
	}
	if err := h.write(h.ctx, audit.System, func(t *tx) error { return t.exec("UPDATE label" + fill) }); err != nil || h.unfaithful() != 0 {
		t.Errorf("%d labels do not say what their record is, %v", h.unfaithful(), err)
	}
}
