package db

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/db/label"
)

// The counters, and the same counted one by one.
const (
	countedDays = "SELECT service || ' ' || day || ': ' || records || ' ' || unlabelled || ' ' || opted_out || ' ' || unreachable FROM tally WHERE records + unlabelled + opted_out + unreachable <> 0 ORDER BY 1"
	naiveDays   = `SELECT service || ' ' || (time / 86400000) || ': ' || count(*) || ' ' || sum(customer = 0) || ' ' || sum((flags & 2) <> 0) || ' ' || sum(customer = 0 AND (flags & 16) <> 0)
		FROM record GROUP BY service, time / 86400000 ORDER BY 1`
	countedSenders = "SELECT service || ' ' || day || ' ' || container || ' ' || channel || ' ' || key || ': ' || records || ' ' || unreachable FROM sender ORDER BY 1"
	naiveSenders   = `SELECT service || ' ' || (time / 86400000) || ' ' || container || ' ' || channel || ' ' || key || ': ' || count(*) || ' ' || sum((flags & 16) <> 0)
		FROM record WHERE customer = 0 GROUP BY service, time / 86400000, container, channel, key ORDER BY 1`
)

// counts fails where the counters are not what the records give.
func (h *house) counts(t rapid.TB, after string) {
	for _, q := range [][2]string{{countedDays, naiveDays}, {countedSenders, naiveSenders}} {
		kept, err1 := scanned[string](h.readers.QueryContext(h.ctx, q[0]))
		naive, err2 := scanned[string](h.readers.QueryContext(h.ctx, q[1]))
		if err := errors.Join(err1, err2); err != nil || !slices.Equal(kept, naive) {
			t.Fatalf("after %s the counters say\n%q\nand the records\n%q (%v)", after, kept, naive, err)
		}
	}
	if n := h.unfaithful(); n > 0 {
		t.Fatalf("after %s %d labels do not say what their record is", after, n)
	}
}

// drawn is a record of one of few days, senders and conversations, so that counters meet.
func drawn(t *rapid.T, service int64, now time.Time) NewRecord {
	when := now.Add(-time.Duration(rapid.IntRange(0, 4).Draw(t, "days")) * 24 * time.Hour)
	r := NewRecord{Service: service, Kind: Message, Time: when, Answered: when, Language: "en", Container: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "container"),
		Session: rapid.SampledFrom([]string{"", "s1", "s2", "s3"}).Draw(t, "session"), Text: "hello", Body: []byte(`{"request":{}}`), OptOut: rapid.Bool().Draw(t, "out"),
		Channel: rapid.SampledFrom([]string{"", "facebook", "slack"}).Draw(t, "channel")}
	for _, id := range rapid.SampledFrom([][]string{nil, nil, {"ada"}, {"ben"}, {"ada", "ben"}}).Draw(t, "ids") {
		r.Labels = append(r.Labels, parsed(id))
	}
	r.Unreachable = r.Channel == "facebook" && len(r.Labels) == 0
	return r
}

func parsed(raw string) label.ID {
	id, err := label.Parse(label.Assistant, raw)
	if err != nil {
		panic(err)
	}
	return id
}

func (h *house) step(t *rapid.T, services []int64, n int) (did string, err error) {
	service := rapid.SampledFrom(services).Draw(t, "service")
	did = rapid.SampledFrom([]string{"ingest", "ingest", "import", "erasure", "retention", "item", "failure", "repair", "repair", "undo"}).Draw(t, "step")
	switch did {
	case "ingest":
		by := rapid.SampledFrom([]audit.Actor{audit.System, "key/1", "key/2"}).Draw(t, "by")
		_, err = h.Ingest(h.ctx, by, []NewRecord{drawn(t, service, h.now), drawn(t, service, h.now)}, nil)
	case "import":
		var m Import
		if m, err = h.StartImport(h.ctx, audit.Operator, service, fmt.Append(nil, n), 0); err == nil {
			r := drawn(t, service, h.now)
			r.LogID = fmt.Sprint("L", rapid.IntRange(0, 3).Draw(t, "log"))
			_, _, err = h.TakeImport(h.ctx, m, h.PrepareImport([]NewRecord{r}))
		}
	case "erasure":
		if _, err = h.AcceptErasure(h.ctx, audit.Operator, service, parsed(rapid.SampledFrom([]string{"ada", "ben"}).Draw(t, "id"))); err == nil {
			_, err = erasure.NewRunner(h.Store, slog.New(slog.NewTextHandler(io.Discard, nil))).Run(h.ctx, true)
		}
	case "retention":
		h.pass(24 * time.Hour)
		_, err = erasure.NewRunner(h.Store, slog.New(slog.NewTextHandler(io.Discard, nil))).Expire(h.ctx)
	case "item": // what comes without a label and gets one later, or is replaced
		r := drawn(t, service, h.now)
		r.Kind, r.Session = Collection, "c1"
		if _, _, err = h.ReplaceItem(h.ctx, "key/1", r); err == nil && rapid.Bool().Draw(t, "labelled") {
			_, err = h.LabelItems(h.ctx, audit.System, ItemQuery{Service: service, Kinds: []Kind{Collection}, Container: r.Container}, []label.ID{parsed("ada")})
		}
	case "repair":
		err = h.repairOne(t)
	case "undo":
		var all []Repair
		if all, err = h.Repairs(h.ctx, 20); err == nil && len(all) > 0 {
			err = h.UndoRepair(h.ctx, "user/1", rapid.SampledFrom(all).Draw(t, "repair").Number)
		}
		if errors.Is(err, ErrMoved) { // an erasure ran, or it was undone before
			err = nil
		}
	case "failure": // what is taken back counts for nothing, whatever was committed with it
		h.failTogether(drawn(t, service, h.now), drawn(t, service, h.now))
	}
	return did, err
}

// repairOne gives a conversation the label of one of its bearers.
func (h *house) repairOne(t *rapid.T) error {
	page, err := h.Talks(h.ctx, TalkQuery{Limit: 10})
	if err != nil || len(page.Talks) == 0 {
		return err
	}
	talk := rapid.SampledFrom(page.Talks).Draw(t, "talk")
	picks := []Pick{{talk.Lead, rapid.SampledFrom(talk.Bearers).Draw(t, "bearer").Subject.Ref}}
	plan, err := h.PlanRepair(h.ctx, picks)
	if err == nil {
		_, err = h.RepairLabels(h.ctx, "user/1", picks, plan.Hash, true)
	}
	return err
}

// failTogether commits one record in a group with another that is taken back.
func (h *house) failTogether(stays, goes NewRecord) {
	stays.prepare()
	goes.prepare()
	good := &op{ctx: h.ctx, by: "key/1", rows: 1, run: func(t *tx) error { _, err := t.store(&stays); return err }}
	bad := &op{ctx: h.ctx, by: "key/1", rows: 1, run: func(t *tx) error { _, err := t.store(&goes); return errors.Join(err, ErrMoved) }}
	h.writeChunk(h.ctx, audit.System, func(t *tx) error { return errors.Join(t.step(good), t.step(bad)) })
}

// Whatever comes in, by whatever way, and whatever goes: the counters are what a count over all records gives.
func TestCoverageCountsWhatIsThere(t *testing.T) {
	h := openHouse(t)
	services := []int64{h.service().Number}
	second, err := h.AddService(h.ctx, audit.Operator, label.Assistant, "Sales bot", "")
	services = append(services, second.Number)
	_, err2 := h.SetRetention(h.ctx, "user/1", services[0], Message, 3)
	if err = errors.Join(err, err2, h.ApproveRetention(h.ctx, "user/2", services[0], Message, 3)); err != nil {
		t.Fatal(err)
	}
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			n++
			did, err := h.step(rt, services, n)
			if err != nil && !errors.Is(err, ErrHeld) {
				rt.Fatal(did, err)
			}
			h.counts(rt, did)
		}
	})
}

// A store from before the counters of senders gets them from what it holds, by the migration's own statement.
func TestSendersFromBefore(t *testing.T) {
	h := openHouse(t)
	v := h.service().Number
	var all []NewRecord
	for i := range 12 {
		r := NewRecord{Service: v, Kind: Message, Time: h.now.Add(-time.Duration(i) * 9 * time.Hour), Language: "en", Container: []string{"a", "b"}[i%2], Session: "s", Body: []byte("{}"), Unreachable: i%3 == 0}
		if i%4 == 0 {
			r.Labels = []label.ID{parsed("ada")}
		}
		all = append(all, r)
	}
	if _, err := h.Ingest(h.ctx, audit.System, all, nil); err != nil {
		t.Fatal(err)
	}
	raw, err := migrations.ReadFile("migrations/0029_coverage.sql")
	_, fill, _ := strings.Cut(string(raw), "INSERT INTO sender")
	fill, _, _ = strings.Cut(fill, ";")
	err = errors.Join(err, h.write(h.ctx, audit.System, func(t *tx) error {
		return errors.Join(t.exec("DELETE FROM sender"), t.exec("INSERT INTO sender"+fill))
	}))
	if err != nil {
		t.Fatal(err)
	}
	h.counts(t, "the migration")
	if n, err := scanned[int64](h.readers.QueryContext(h.ctx, "SELECT sum(records) FROM sender")); err != nil || n[0] != 9 {
		t.Errorf("%v records are counted, want 9 (%v)", n, err)
	}
}
