package db_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/db/filter"
	"quittance/db/label"
)

func document(service db.Service, when time.Time, id, text string, ids ...label.ID) db.NewRecord {
	return db.NewRecord{Service: service.Number, Kind: db.Document, Time: when, Answered: when, Labels: ids, Container: db.Within("env", "col"), Session: id,
		Text: text, FullText: text, Title: "Letter", Body: []byte(fmt.Sprintf(`{"text":%q}`, text))}
}

func eraseNow(t *testing.T, s *db.Store, service db.Service, id label.ID) {
	t.Helper()
	if _, err := s.AcceptErasure(context.Background(), audit.System, service.Number, id); err != nil {
		t.Fatal(err)
	}
	if _, err := erasure.NewRunner(s, nil).Run(context.Background(), true); err != nil {
		t.Fatal(err)
	}
}

// TestLabelsAddedLater: a label that comes after the record has a number of its own, and an erasure covers the record under it only when both are
// within its cut-off (law L2).
func TestLabelsAddedLater(t *testing.T) {
	s, ctx := dbtest.Open(t), context.Background()
	service := dbtest.Service(t, s, "Pictures")
	anna, ben := dbtest.ID(t, "anna"), dbtest.ID(t, "ben")
	items := db.ItemQuery{Service: service.Number, Kinds: []db.Kind{db.Image}, Container: "c1"}
	image := func(item string, ids ...label.ID) db.NewRecord {
		return db.NewRecord{Service: service.Number, Kind: db.Image, Time: s.Now(), Answered: s.Now(), Labels: ids, Container: "c1", Session: item, Body: []byte("\x89PNG\x01\x02" + item)}
	}
	seqs := dbtest.Ingest(t, s, image("none"), image("of anna", anna), image("of both", anna, ben))
	early, err := s.Seq(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := s.LabelItems(ctx, audit.System, items, []label.ID{ben}); n != 2 || err != nil {
		t.Fatalf("%d labels, %v", n, err)
	}
	if n, err := s.LabelItems(ctx, audit.System, items, []label.ID{ben}); n != 0 || err != nil {
		t.Fatalf("labelling twice: %d labels, %v", n, err)
	}
	for i, want := range []string{"[ben]", "[anna ben]", "[anna ben]"} {
		bears, err := s.Labels(ctx, seqs[i])
		var names []string
		for _, b := range bears {
			names = append(names, b.ID)
		}
		if got := fmt.Sprint(names); err != nil || got != want {
			t.Errorf("record %d bears %s, %v; want %s", i, got, err, want)
		}
		if r, err := s.Record(ctx, seqs[i]); err != nil || r.Several != (i > 0) || !r.Labelled {
			t.Errorf("record %d: several %v, labelled %v, %v", i, r.Several, r.Labelled, err)
		}
	}
	unlabelled, _, err := s.Records(ctx, db.RecordQuery{Limit: 5})
	if err != nil || len(unlabelled) > 0 {
		t.Errorf("%d records are still listed as unlabelled, %v", len(unlabelled), err)
	}
	tallies, err := s.Tallies(ctx)
	if err != nil || tallies[service.Number].Unlabelled != 0 || tallies[service.Number].Records != 3 {
		t.Errorf("tally %+v, %v", tallies[service.Number], err)
	}
	count := func(upTo int64) (n int64) {
		held, err := s.Holdings(ctx, db.RecordQuery{Subject: "ben", UpTo: upTo})
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range held {
			n += h.Records
		}
		return n
	}
	if before, after := count(early), count(0); before != 1 || after != 3 {
		t.Errorf("ben has %d records up to the earlier cut-off and %d now, want 1 and 3", before, after)
	}
	logged, _, err := s.Logs(ctx, db.LogQuery{Service: service.Number, Both: true, Filter: filter.Is("customer_id", "ben"), Limit: 9, UpTo: early})
	if err != nil || len(logged) != 1 {
		t.Errorf("the log lists %d of ben's records up to the earlier cut-off, %v, want 1", len(logged), err)
	}
	eraseNow(t, s, service, ben)
	if left, _, err := s.Items(ctx, items); err != nil || len(left) != 0 {
		t.Errorf("%d images are left, %v", len(left), err)
	}
}

// TestItems: what is replaced or removed by an application is gone at once, and the trail counts it.
func TestItems(t *testing.T) {
	s, ctx := dbtest.Open(t), context.Background()
	service := dbtest.Service(t, s, "Letters")
	q := db.ItemQuery{Service: service.Number, Kinds: []db.Kind{db.Document}, Within: "env/", Bodies: true}
	for i := range 3 {
		replaced, _, err := s.ReplaceItem(ctx, audit.System, document(service, s.Now(), "d1", fmt.Sprintf("version %d", i)))
		if replaced != (i > 0) || err != nil {
			t.Fatalf("replaced %v, %v", replaced, err)
		}
	}
	found, _, err := s.Items(ctx, q)
	if err != nil || len(found) != 1 || found[0].Text != "version 2" || string(found[0].Body) != `{"text":"version 2"}` {
		t.Fatalf("%+v, %v", found, err)
	}
	for _, other := range []db.ItemQuery{{Service: service.Number, Kinds: []db.Kind{db.Document}, Within: "en/"}, {Service: service.Number, Kinds: []db.Kind{db.Image}},
		{Service: service.Number + 1, Kinds: []db.Kind{db.Document}}} {
		if n, err := s.CountItems(ctx, other); n != 0 || err != nil {
			t.Errorf("%+v has %d, %v", other, n, err)
		}
	}
	if n, err := s.RemoveItems(ctx, audit.System, q); n != 1 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
	removed, err := s.AuditEntries(ctx, db.AuditQuery{Event: string(audit.RecordsRemoved), Limit: 9})
	if err != nil || len(removed) != 3 {
		t.Errorf("the trail has %d entries about removed records, %v", len(removed), err)
	}
}

// TestAnswer: the answer shares its request's number; where the request was erased meanwhile, nothing is kept of it.
func TestAnswer(t *testing.T) {
	s, ctx := dbtest.Open(t), context.Background()
	service := dbtest.Service(t, s, "Gateway")
	seqs := dbtest.Ingest(t, s, dbtest.Message(t, service.Number, s.Now(), "hello there", "anna", "ben"))
	complete := func(r *db.Record) error {
		r.Body, r.Session, r.Language = append(r.Body[:len(r.Body)-1], `,"answer":"yes"}`...), "upstream-session", "de"
		return nil
	}
	later := s.Now().Add(time.Hour)
	if err := s.Answer(ctx, audit.System, seqs[0], later, complete); err != nil {
		t.Fatal(err)
	}
	r, err := s.Record(ctx, seqs[0])
	if err != nil || !bytes.HasSuffix(r.Body, []byte(`,"answer":"yes"}`)) || !r.Answered.Equal(later) || !r.Several || r.Customer != "anna" || r.Session != "upstream-session" || r.Language != "de" {
		t.Fatalf("%+v, %v", r, err)
	}
	for _, id := range []string{"anna", "ben"} { // each label tells it
		if page, _, err := s.Records(ctx, db.RecordQuery{Subject: id, Limit: 9, Narrow: db.Narrow{Language: "de"}}); err != nil || len(page) != 1 {
			t.Errorf("%s has %d records in German, %v", id, len(page), err)
		}
	}
	if found, err := s.AuditEntries(ctx, db.AuditQuery{Event: string(audit.RecordsAnswered), Limit: 9}); err != nil || len(found) != 1 {
		t.Errorf("the trail has %d entries about answered records, %v", len(found), err)
	}
	eraseNow(t, s, service, dbtest.ID(t, "ben"))
	if err := s.Answer(ctx, audit.System, seqs[0], later, complete); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("answering an erased request: %v", err)
	}
}

// TestDocumentWordsAreGone: after a batch no word of an erased document is left in the full-text index, nor anywhere else in the files (law L3).
func TestDocumentWordsAreGone(t *testing.T) {
	s, ctx := dbtest.Open(t), context.Background()
	service := dbtest.Service(t, s, "Letters")
	anna := dbtest.ID(t, "anna")
	words := func(of string, n int) (text string) {
		for i := range 40 {
			text += fmt.Sprintf("%sqzxv%dkjw%d ", of, n, i)
		}
		return text
	}
	for i := range 400 {
		dbtest.Ingest(t, s, document(service, s.Now(), fmt.Sprint("d", i), words("secret", i), anna), document(service, s.Now(), fmt.Sprint("e", i), words("public", i)))
	}
	if !onDisk(t, s, "secretqzxv") {
		t.Fatal("the words cannot be found before the erasure: the test would prove nothing")
	}
	eraseNow(t, s, service, anna)
	if onDisk(t, s, "secretqzxv") {
		t.Error("words of erased documents are left in the files")
	}
	if !onDisk(t, s, "publicqzxv") {
		t.Error("words of other documents have gone")
	}
	if n, err := s.CountItems(ctx, db.ItemQuery{Service: service.Number, Kinds: []db.Kind{db.Document}}); n != 400 || err != nil {
		t.Errorf("%d documents are left, %v", n, err)
	}
}

// onDisk tells whether a text stands in a file of the data directory. Another process looks: to open and close the database here would end
// SQLite's locks on it (erase-and-prove.md, fact 6).
func onDisk(t *testing.T, s *db.Store, text string) bool {
	t.Helper()
	list := filepath.Join(t.TempDir(), "list") // an argument cannot hold a zero byte
	// Each line of the list is looked for by itself, and a piece of two bytes stands anywhere.
	text = slices.MaxFunc(strings.Split(text, "\n"), func(a, b string) int { return len(a) - len(b) })
	if err := os.WriteFile(list, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("grep", "-rlaF", "-f", list, s.Dir()).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 1) {
		t.Fatalf("grep: %v: %s", err, out)
	}
	return err == nil
}

// TestCountsAndLabelsOfItems: counts and labels of what belongs to a container, by container and by part.
func TestCountsAndLabelsOfItems(t *testing.T) {
	s, ctx := dbtest.Open(t), context.Background()
	service := dbtest.Service(t, s, "Pictures")
	anna, ben := dbtest.ID(t, "anna"), dbtest.ID(t, "ben")
	item := func(kind db.Kind, container, item string, ids ...label.ID) db.NewRecord {
		return db.NewRecord{Service: service.Number, Kind: kind, Time: s.Now(), Answered: s.Now(), Labels: ids, Container: container, Session: item, Body: []byte(`{}`)}
	}
	seqs := dbtest.Ingest(t, s, item(db.Collection, "c1", "", anna), item(db.Image, "c1", "i1", anna, ben), item(db.Image, "c2", "i2"), item(db.Collection, "c1", "i1", ben))
	counts, err := s.ItemCounts(ctx, db.ItemQuery{Service: service.Number, Kinds: []db.Kind{db.Image, db.Collection}})
	if err != nil || counts["c1"] != (db.ItemCount{Items: 3, Newest: seqs[3]}) || counts["c2"] != (db.ItemCount{Items: 1, Newest: seqs[2]}) {
		t.Errorf("%+v, %v", counts, err)
	}
	for part, want := range map[db.Scope]int64{"": 2, db.Whole: 1, db.Each: 1} {
		if n, err := s.CountItems(ctx, db.ItemQuery{Service: service.Number, Kinds: []db.Kind{db.Collection}, Only: part}); n != want || err != nil {
			t.Errorf("part %q has %d, %v, want %d", part, n, err, want)
		}
	}
	for container, want := range map[string]string{"c1": "[anna ben]", "c2": "[]", "c3": "[]"} {
		ids, err := s.ItemLabels(ctx, db.ItemQuery{Service: service.Number, Kinds: []db.Kind{db.Image, db.Collection}, Container: container})
		var names []string
		for _, id := range ids {
			names = append(names, id.String())
		}
		if got := fmt.Sprint(names); err != nil || got != want {
			t.Errorf("%s bears %s, %v, want %s", container, got, err, want)
		}
	}
}

// TestRevealed: a look behind the bars is one person's, in one session, at one record, and ends.
func TestRevealed(t *testing.T) {
	clock := dbtest.NewClock()
	s, ctx := dbtest.Open(t, db.WithClock(clock.Now)), context.Background()
	if _, err := s.Reveal(ctx, 1, 2, 3, "incident"); err != nil {
		t.Fatal(err)
	}
	clock.Pass(59 * time.Second)
	for _, tt := range []struct {
		user, session, record int64
		ago                   time.Duration
		want                  bool
	}{{1, 2, 3, time.Minute, true}, {9, 2, 3, time.Minute, false}, {1, 9, 3, time.Minute, false}, {1, 2, 9, time.Minute, false}, {1, 2, 3, 59 * time.Second, false}} {
		if got, err := s.Revealed(ctx, tt.user, tt.session, tt.record, clock.Now().Add(-tt.ago)); got != tt.want || err != nil {
			t.Errorf("%+v: %v, %v", tt, got, err)
		}
	}
}
