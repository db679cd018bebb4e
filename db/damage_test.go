package db_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/disk/disktest"
	"quittance/db/erasure"
	"quittance/db/filter"
	"quittance/db/label"
)

// flips and zeroed are how many bits are flipped and how many pages zeroed, one in each store; the long run does more.
var flips, zeroed = 400, 200

// manyKinds is a small store that holds something in every place, whose answers are known.
func manyKinds(t *testing.T, clock *dbtest.Clock) disktest.Folder {
	dir := quick(t)
	s := openOn(t, dir, db.WithClock(clock.Now))
	bot := dbtest.Service(t, s, "bot")
	library, err := s.AddService(ctx, audit.Operator, label.Discovery, "library", "")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(5, 5))
	for i := range 150 {
		clock.Pass(time.Minute)
		text := canary(r)
		if i%9 == 0 {
			text = canary(r) + string(bytes.Repeat([]byte(canary(r)), 300)) // over several pages
		}
		who, item := fmt.Sprintf("customer %d", i%12), fmt.Sprintf("d%d", i)
		dbtest.Ingest(t, s, dbtest.Message(t, bot.Number, s.Now(), text, who))
		if i%7 == 0 {
			dbtest.Ingest(t, s, dbtest.Message(t, bot.Number, s.Now(), "of two", who, "another"), dbtest.Message(t, bot.Number, s.Now(), "nobody's"))
		}
		if i%5 == 0 {
			dbtest.Ingest(t, s, document(library, s.Now(), item, text+" lamp", dbtest.ID(t, who)))
		}
	}
	for _, id := range []string{"customer 0", "customer 1"} {
		if _, err := s.AcceptErasure(ctx, key, bot.Number, dbtest.ID(t, id)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := runner(s).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AcceptErasure(ctx, key, bot.Number, dbtest.ID(t, "customer 2")); err != nil {
		t.Fatal(err)
	}
	shut(t, s)
	return folder(t, dir)
}

// question is one way to ask a store.
type question struct {
	name string
	ask  func(context.Context, *db.Store) (any, error)
}

// questions are the ways in which the console, the API, an export, a batch and an auditor ask.
func questions() []question {
	ask := func(name string, f func(context.Context, *db.Store) (any, error)) question { return question{name, f} }
	out := []question{
		ask("services", func(c context.Context, s *db.Store) (any, error) { return s.Services(c) }),
		ask("tallies", func(c context.Context, s *db.Store) (any, error) { return s.Tallies(c) }),
		ask("seq", func(c context.Context, s *db.Store) (any, error) { return s.Seq(c) }),
		ask("erasures", func(c context.Context, s *db.Store) (any, error) { return s.Erasures(c, db.ErasureQuery{Limit: -1}) }),
		ask("counts of erasures", func(c context.Context, s *db.Store) (any, error) { return s.CountErasures(c) }),
		ask("batches", func(c context.Context, s *db.Store) (any, error) { return s.Batches(c, 0, 50) }),
		ask("trail", func(c context.Context, s *db.Store) (any, error) {
			return s.AuditEntries(c, db.AuditQuery{Limit: 5000})
		}),
		ask("trail of an event", func(c context.Context, s *db.Store) (any, error) {
			return s.CountAudit(c, db.AuditQuery{Event: "records.ingested"})
		}),
		ask("check of the trail", func(c context.Context, s *db.Store) (any, error) {
			r, err := s.VerifyAudit(c)
			if err == nil && !r.Intact() {
				err = errors.New("not intact") // noticed
			}
			return r.Last, err
		}),
		ask("logs", func(c context.Context, s *db.Store) (any, error) {
			got, _, err := s.Logs(c, db.LogQuery{Service: 1, Both: true, Limit: 500})
			return got, err
		}),
		ask("items", func(c context.Context, s *db.Store) (any, error) {
			got, _, err := s.Items(c, db.ItemQuery{Service: 2, Kinds: []db.Kind{db.Document}, Bodies: true})
			return got, err
		}),
		ask("unlabelled", func(c context.Context, s *db.Store) (any, error) {
			got, _, err := s.Records(c, db.RecordQuery{Limit: 500})
			return got, err
		}),
	}
	for i := range 12 {
		id := fmt.Sprintf("customer %d", i)
		out = append(out, ask("holdings of "+id, func(c context.Context, s *db.Store) (any, error) {
			return s.Holdings(c, db.RecordQuery{Subject: id, Person: true})
		}), ask("records of "+id, func(c context.Context, s *db.Store) (any, error) {
			got, _, err := s.Records(c, db.RecordQuery{Subject: id, Limit: 500})
			return got, err
		}), ask("logs of "+id, func(c context.Context, s *db.Store) (any, error) {
			got, _, err := s.Logs(c, db.LogQuery{Service: 1, Both: true, Limit: 500, Filter: filter.Is("customer_id", id)})
			return got, err
		}))
	}
	for seq := int64(1); seq < 200; seq += 11 {
		out = append(out, ask(fmt.Sprint("record ", seq), func(c context.Context, s *db.Store) (any, error) {
			r, err := s.Record(c, seq)
			if errors.Is(err, db.ErrNotFound) {
				return "none", nil
			}
			return r, err
		}), ask(fmt.Sprint("labels of ", seq), func(c context.Context, s *db.Store) (any, error) { return s.Labels(c, seq) }))
	}
	return out
}

// told is an answer that can be compared; noticed: it was an error.
func (q question) told(s *db.Store) (text string, noticed bool) {
	v, err := q.ask(ctx, s)
	return fmt.Sprintf("%+v", v), err != nil
}

// A database file of which one bit was flipped, or a page zeroed, gives an error or the right answer, never a wrong one, whoever asks for what;
// and an erasure that it calls done has erased all.
func TestDamageIsNoticed(t *testing.T) {
	clock := dbtest.NewClock()
	whole := manyKinds(t, clock)
	dir := fresh(t, whole)
	s := openOn(t, dir, db.WithClock(clock.Now))
	right := map[string]string{}
	for _, q := range questions() {
		text, bad := q.told(s)
		if bad {
			t.Fatalf("%s cannot be asked of a sound store", q.name)
		}
		right[q.name] = text
	}
	doomed, _, err := s.Records(ctx, db.RecordQuery{Subject: "customer 2", Services: []int64{1}, Limit: 500})
	if err != nil || len(doomed) < 10 {
		t.Fatal(len(doomed), err)
	}
	shut(t, s)
	r := rand.New(rand.NewPCG(6, uint64(flips)))
	refused, asked, noticed, wrong := 0, 0, 0, 0
	n := flips + zeroed
	for i := 0; i < n; i += every(20) {
		hurt := damage(whole, "quittance.db", i >= flips, r)
		if i%10 == 9 && i < flips {
			hurt = damage(whole, "quittance.db-sums", false, r)
		}
		dir := fresh(t, hurt)
		s, err := db.Open(ctx, dir, db.WithClock(clock.Now))
		if err != nil {
			refused++
			os.RemoveAll(dir)
			continue
		}
		for n, q := range questions() {
			if n > 12 && n%4 != i%4 { // those that are alike take turns
				continue
			}
			text, bad := q.told(s)
			asked, noticed = asked+1, noticed+btoi(bad)
			if !bad && text != right[q.name] {
				wrong++
				t.Errorf("damage %d: a wrong answer to %q", i, q.name)
			}
		}
		if i%4 == 0 {
			erasedOrNot(t, s, doomed)
		}
		s.Close() // which may fail: it writes what it can
		os.RemoveAll(dir)
		if wrong > 20 {
			t.FailNow()
		}
	}
	t.Logf("%d damages: %d stores did not open; of %d questions to the others %d were answered by an error, %d wrong", n, refused, asked, noticed, wrong)
}

// damage flips a bit of a file, or zeroes a page.
func damage(whole disktest.Folder, file string, page bool, r *rand.Rand) disktest.Folder {
	hurt := disktest.Folder{}
	for name, b := range whole {
		hurt[name] = b
	}
	b := bytes.Clone(whole[file])
	if page {
		at := 4096 * r.IntN(len(b)/4096)
		clear(b[at : at+4096])
	} else {
		b[r.IntN(len(b))] ^= 1 << r.IntN(8)
	}
	hurt[file] = b
	return hurt
}

// erasedOrNot runs what is due and, where that is said to be done, looks for the records.
func erasedOrNot(t *testing.T, s *db.Store, doomed []db.Record) {
	t.Helper()
	if _, err := runner(s).Run(ctx, true); err != nil {
		return
	}
	e, err := s.Erasure(ctx, 3)
	if err != nil || e.State != erasure.Done {
		return
	}
	for _, d := range doomed {
		if _, err := s.Record(ctx, d.Seq); err == nil {
			t.Errorf("record %d stands there after its erasure was called done", d.Seq)
		}
	}
}
