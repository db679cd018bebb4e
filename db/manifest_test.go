package db_test

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/db/label"
)

// model is what was stored, as a list: what a manifest says is counted in it one by one.
type model struct {
	seqs        []int64
	records     []db.NewRecord
	labelled    []map[string]int64 // ID → number of the label
	unreachable map[int64]int64    // by service, of all rounds
}

func (m *model) add(seq int64, r db.NewRecord) {
	labels := map[string]int64{}
	for _, l := range r.Labels {
		labels[l.String()] = seq
	}
	m.seqs, m.records, m.labelled = append(m.seqs, seq), append(m.records, r), append(m.labelled, labels)
	if r.Unreachable && len(labels) == 0 {
		m.unreachable[r.Service]++
	}
}

func (m *model) lines(id string, cutoff int64) []erasure.Line {
	by := map[[2]string]erasure.Line{}
	for i, r := range m.records {
		at, ok := m.labelled[i][id]
		if !ok || max(at, m.seqs[i]) > cutoff {
			continue
		}
		key := [2]string{fmt.Sprint(r.Service), r.Kind.String()}
		when := r.Time.UnixMilli()
		l, seen := by[key]
		if !seen {
			l = erasure.Line{Service: r.Service, Kind: r.Kind.String(), First: when, Last: when}
		}
		l.Records, l.First, l.Last = l.Records+1, min(l.First, when), max(l.Last, when)
		if len(m.labelled[i]) > 1 {
			l.Shared++
		}
		by[key] = l
	}
	return slices.SortedFunc(maps.Values(by), inOrder)
}

func inOrder(a, b erasure.Line) int {
	return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Kind, b.Kind))
}

// unlabelled counts the messages without a label in the conversations of an ID.
func (m *model) unlabelled(id string, cutoff int64) map[int64]int64 {
	type talk struct {
		service int64
		session string
	}
	talks, out := map[talk]bool{}, map[int64]int64{}
	for i, r := range m.records {
		if at, ok := m.labelled[i][id]; ok && max(at, m.seqs[i]) <= cutoff && r.Kind == db.Message && r.Session != "" {
			talks[talk{r.Service, r.Session}] = true
		}
	}
	for i, r := range m.records {
		if len(m.labelled[i]) == 0 && m.seqs[i] <= cutoff && r.Kind == db.Message && talks[talk{r.Service, r.Session}] {
			out[r.Service]++
		}
	}
	return out
}

func because(m erasure.Manifest, why string) map[int64]int64 {
	out := map[int64]int64{}
	for _, k := range m.Kept {
		if k.Why == why {
			out[k.Service] = k.Records
		}
	}
	return out
}

// What a manifest counts is what is there: whatever was stored, labelled at once or later, before the cut-off or after it.
func TestManifestCountsWhatIsThere(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	services := []int64{dbtest.Service(t, s, "one").Number, dbtest.Service(t, s, "two").Number}
	all, round := &model{unreachable: map[int64]int64{}}, 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		ids := []string{fmt.Sprint("a", round), fmt.Sprint("b", round), fmt.Sprint("c", round)}
		dbtest.Ingest(t, s, dbtest.Message(t, services[0], clock.Now(), "so that it is known", ids[0]))
		all.add(last(t, s), dbtest.Message(t, services[0], clock.Now(), "", ids[0]))
		all.records[len(all.records)-1].Session = "s1"
		proposed := int64(0)
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			switch rapid.IntRange(0, 9).Draw(rt, "step") {
			case 0: // a label that comes later, for all of a kind
				q := db.ItemQuery{Service: rapid.SampledFrom(services).Draw(rt, "service"), Kinds: []db.Kind{db.Collection}, Container: fmt.Sprint("col", round)}
				id := rapid.SampledFrom(ids).Draw(rt, "id")
				if _, err := s.LabelItems(ctx, audit.System, q, []label.ID{dbtest.ID(t, id)}); err != nil {
					rt.Fatal(err)
				}
				now := last(t, s)
				for i, r := range all.records {
					if _, has := all.labelled[i][id]; !has && r.Kind == db.Collection && r.Service == q.Service && r.Container == q.Container {
						all.labelled[i][id] = now
					}
				}
			case 1:
				n, err := s.SubmitErasure(ctx, support, db.Proposal{Subject: subject(t, s, ids[0]).Ref, Ground: "17-1-b", Note: fmt.Sprint(rapid.Int().Draw(rt, "note"))})
				if err != nil {
					rt.Fatal(err)
				}
				proposed = n
			default:
				r := drawRecord(rt, t, services, ids, round, clock.Now())
				all.add(dbtest.Ingest(t, s, r)[0], r)
			}
		}
		if proposed == 0 {
			_, m, err := s.Impact(ctx, subject(t, s, ids[0]).Ref)
			if err != nil {
				rt.Fatal(err)
			}
			all.check(rt, m, ids[0], true)
			return
		}
		e, err := s.Erasure(ctx, proposed)
		if err != nil || e.Cutoff != e.Manifest.Cutoff {
			rt.Fatal(e.Cutoff, err)
		}
		all.check(rt, e.Manifest, ids[0], false)
		later, err := s.Later(ctx, e)
		if err != nil {
			rt.Fatal(err)
		}
		var came, want int64
		for _, k := range later {
			came += k.Records
		}
		for _, l := range all.lines(ids[0], 1<<62) {
			want += l.Records
		}
		if came != want-e.Manifest.Records() {
			rt.Fatalf("%d came later, want %d", came, want-e.Manifest.Records())
		}
	})
}

// check holds a manifest against the list. A label that came later may have made a record one of several people's after the manifest was
// taken, so what is shared is counted only where nothing came later.
func (m *model) check(t *rapid.T, got erasure.Manifest, id string, now bool) {
	t.Helper()
	want, lines := m.lines(id, got.Cutoff), slices.SortedFunc(slices.Values(got.Go), inOrder)
	for i := range lines {
		if !now && i < len(want) && lines[i].Shared < want[i].Shared {
			lines[i].Shared = want[i].Shared
		}
	}
	if !slices.Equal(lines, want) {
		t.Fatalf("up to %d the manifest has %+v, the list %+v", got.Cutoff, lines, want)
	}
	if a, b := because(got, erasure.WhyUnlabelled), m.unlabelled(id, got.Cutoff); !maps.Equal(a, b) {
		t.Fatalf("up to %d the manifest has %v unlabelled, the list %v", got.Cutoff, a, b)
	}
}

func last(t *testing.T, s *db.Store) int64 {
	t.Helper()
	n, err := s.Seq(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func drawRecord(rt *rapid.T, t *testing.T, services []int64, ids []string, round int, now time.Time) db.NewRecord {
	bears := rapid.SliceOfNDistinct(rapid.SampledFrom(ids), 0, 2, rapid.ID[string]).Draw(rt, "bears")
	r := dbtest.Message(t, rapid.SampledFrom(services).Draw(rt, "service"), now.Add(-time.Duration(rapid.IntRange(0, 1000).Draw(rt, "ago"))*time.Hour), "x", bears...)
	r.Session = rapid.SampledFrom([]string{"", "s1", fmt.Sprint("s1-", round), fmt.Sprint("s2-", round)}).Draw(rt, "session")
	r.Unreachable = rapid.Bool().Draw(rt, "unreachable")
	if rapid.IntRange(0, 2).Draw(rt, "kind") == 0 {
		r.Kind, r.Container, r.Session, r.Unreachable = db.Collection, fmt.Sprint("col", round), "item", false
	}
	return r
}

// What stays by the nature of a service is named, with the service that it stays in.
func TestWhatStays(t *testing.T) {
	s := dbtest.Open(t)
	bot, other := dbtest.Service(t, s, "bot").Number, dbtest.Service(t, s, "other").Number
	letters, err := s.AddService(ctx, audit.Operator, label.Discovery, "letters", "")
	if err != nil {
		t.Fatal(err)
	}
	link := func(kind label.Kind, name string) int64 {
		v, err := s.AddLinked(ctx, audit.Operator, db.NewLinked{Kind: kind, Name: name, URL: "https://x.example", Credential: []byte("k")})
		if err != nil {
			t.Fatal(err)
		}
		return v.Number
	}
	far, pictures, gone := link(label.Assistant, "far"), link(label.VisualRecognition, "pictures"), link(label.Assistant, "gone")
	if err := s.RemoveService(ctx, audit.Operator, gone); err != nil {
		t.Fatal(err)
	}
	link(label.TextToSpeech, "voice")
	preview := dbtest.Message(t, bot, s.Now(), "preview")
	preview.Unreachable, preview.Session = true, "another"
	document := dbtest.Message(t, letters.Number, s.Now(), "letter", "anna")
	document.Kind = db.Event
	dbtest.Ingest(t, s, dbtest.Message(t, bot, s.Now(), "one", "anna", "ben"), dbtest.Message(t, bot, s.Now(), "no label"), dbtest.Message(t, other, s.Now(), "two", "anna"), preview, document)

	_, m, err := s.Impact(ctx, subject(t, s, "anna").Ref)
	if err != nil {
		t.Fatal(err)
	}
	want := []erasure.Kept{{Service: bot, Why: erasure.WhyUnlabelled, Records: 1}, {Service: bot, Why: erasure.WhyUnreachable, Records: 1},
		{Service: gone, Why: erasure.WhyUnlinked}, {Service: far, Why: erasure.WhyFirstID}, {Service: far, Why: erasure.WhySearchSkill},
		{Service: bot, Why: erasure.WhyTraining}, {Service: other, Why: erasure.WhyTraining}, {Service: far, Why: erasure.WhyTraining},
		{Service: letters.Number, Why: erasure.WhyContainers}, {Service: pictures, Why: erasure.WhyImages}}
	if !slices.Equal(m.Kept, want) || m.Unreached() != 1 {
		t.Errorf("from the console %+v, want %+v", m.Kept, want)
	}
	e, err := s.AcceptErasure(ctx, key, bot, dbtest.ID(t, "anna"))
	if err != nil || e.Manifest.Records() != 1 {
		t.Fatal(e.Manifest, err)
	}
	calls := because(e.Manifest, erasure.WhyOwnCall)
	if len(calls) != 5 || calls[other] != 1 || calls[letters.Number] != 1 || calls[far] != 0 || calls[gone] != 0 || because(e.Manifest, erasure.WhyUnlinked)[gone] != 0 {
		t.Errorf("by API a call of its own need %v", calls)
	}
}

// A label that comes later has a number of its own: it brings no record under an open request, but makes one of its records another person's
// too, and then the approval lapses and says where. A new cut-off covers it, and keeps what was there before.
func TestLaterLabelLapses(t *testing.T) {
	s := dbtest.Open(t)
	svc := dbtest.Service(t, s, "photos").Number
	item := func(container string, ids ...string) db.NewRecord {
		r := dbtest.Message(t, svc, s.Now(), "x", ids...)
		r.Kind, r.Container, r.Session = db.Collection, container, container
		return r
	}
	dbtest.Ingest(t, s, item("hers", "anna"), item("nobody's"), item("nobody's"))
	n, err := s.SubmitErasure(ctx, support, db.Proposal{Subject: subject(t, s, "anna").Ref, Ground: "17-1-b"})
	if err != nil {
		t.Fatal(err)
	}
	labels := func(container, id string) {
		t.Helper()
		if _, err := s.LabelItems(ctx, audit.System, db.ItemQuery{Service: svc, Kinds: []db.Kind{db.Collection}, Container: container}, []label.ID{dbtest.ID(t, id)}); err != nil {
			t.Fatal(err)
		}
	}
	labels("nobody's", "anna")
	e, _ := s.Erasure(ctx, n)
	if later, err := s.Later(ctx, e); err != nil || !slices.Equal(later, []erasure.Kept{{Service: svc, Why: erasure.WhyLater, Records: 2}}) {
		t.Errorf("came later: %+v, %v", later, err)
	}
	labels("hers", "ben")
	err = s.ApproveErasure(ctx, officer, n, e.ManifestHash)
	var lapsed *db.Lapsed
	want := erasure.Change{Service: svc, Kind: "collection", Was: 1, Now: 1, NowShared: 1}
	if !errors.Is(err, db.ErrLapsed) || errors.Is(err, db.ErrLinked) || !errors.As(err, &lapsed) || lapsed.Erasure != n || !slices.Equal(lapsed.Changes, []erasure.Change{want}) {
		t.Fatalf("%v, %+v", err, lapsed)
	}
	if err := s.RefreshErasure(ctx, support, n); err != nil {
		t.Fatal(err)
	}
	after, _ := s.Erasure(ctx, n)
	before, err := s.Previous(ctx, n)
	if err != nil || before.Hash() != e.ManifestHash || after.Manifest.Records() != 3 {
		t.Fatalf("%+v, before %+v, %v", after.Manifest, before, err)
	}
	changes := []erasure.Change{{Service: svc, Kind: "collection", Was: 1, Now: 3, NowShared: 1}}
	if got := before.Changes(after.Manifest); !slices.Equal(got, changes) {
		t.Errorf("the new cut-off changed %+v", got)
	}
	if err = s.ApproveErasure(ctx, officer, n, e.ManifestHash); !errors.As(err, &lapsed) || !lapsed.Replaced || !slices.Equal(lapsed.Changes, changes) {
		t.Errorf("what was read before: %v, %+v", err, lapsed)
	}
	if err := s.ApproveErasure(ctx, officer, n, after.ManifestHash); err != nil {
		t.Error(err)
	}
}

// A request that an application filed and that waits for an officer is counted again under its own cut-off, and stays the application's.
func TestRecount(t *testing.T) {
	s := dbtest.Open(t)
	v, err := s.AddServiceWith(ctx, audit.Operator, label.Assistant, "photos", "", db.NewPolicies{Deletion: db.DeletionApproval})
	if err != nil {
		t.Fatal(err)
	}
	svc := v.Number
	r := dbtest.Message(t, svc, s.Now(), "x", "anna")
	r.Kind, r.Container = db.Collection, "hers"
	dbtest.Ingest(t, s, r)
	e, err := s.AcceptErasure(ctx, key, svc, dbtest.ID(t, "anna"))
	if err != nil || e.State != erasure.Proposed {
		t.Fatal(e.State, err)
	}
	if _, err := s.LabelItems(ctx, audit.System, db.ItemQuery{Service: svc, Kinds: []db.Kind{db.Collection}, Container: "hers"}, []label.ID{dbtest.ID(t, "ben")}); err != nil {
		t.Fatal(err)
	}
	dbtest.Ingest(t, s, dbtest.Message(t, svc, s.Now(), "later", "anna"))
	if err := s.ApproveErasure(ctx, officer, e.Number, e.ManifestHash); !errors.Is(err, db.ErrLapsed) {
		t.Fatal("approving:", err)
	}
	if err := s.RefreshErasure(ctx, officer, e.Number); err != nil {
		t.Fatal(err)
	}
	now, err := s.Erasure(ctx, e.Number)
	if err != nil || now.Cutoff != e.Cutoff || now.Proposer != key || !now.Proposed.Equal(e.Proposed) || now.Manifest.Records() != 1 || now.Manifest.Shared() != 1 {
		t.Fatalf("counted again: %+v, %v", now, err)
	}
	if err := s.ApproveErasure(ctx, officer, e.Number, now.ManifestHash); err != nil {
		t.Error(err)
	}
}

// An ID that only a linked service may hold is proposed from the search for it, and goes its way to the end.
func TestUnknownIDIsProposed(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	svc := dbtest.Service(t, s, "bot").Number
	dbtest.Ingest(t, s, dbtest.Message(t, svc, s.Now(), "no label"), dbtest.Message(t, svc, s.Now(), "hers", "anna"))
	token, err := s.SubmitSearch(ctx, 1, "nobody")
	if err != nil {
		t.Fatal(err)
	}
	p := db.Proposal{Ground: "17-1-b"}
	if _, err := s.SubmitErasureOf(ctx, support, 1, token, p); !errors.Is(err, db.ErrNoSubject) {
		t.Errorf("without a linked service: %v", err)
	}
	far, err := s.AddLinked(ctx, audit.Operator, db.NewLinked{Kind: label.Discovery, Name: "far", URL: "https://x.example", Credential: []byte("k")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.SubmitErasureOf(ctx, support, 2, token, p); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("somebody else's search: %v", err)
	}
	n, err := s.SubmitErasureOf(ctx, support, 1, token, p)
	if err != nil {
		t.Fatal(err)
	}
	e, err := s.Erasure(ctx, n)
	if err != nil || e.Subject != "nobody" || e.Manifest.Records() != 0 || !slices.Equal(e.Manifest.Calls, []int64{far.Number}) {
		t.Fatalf("%+v, %v", e, err)
	}
	if again, err := s.SubmitErasureOf(ctx, support, 1, token, p); again != n || err != nil {
		t.Errorf("a second click made request %d, %v", again, err)
	}
	if err := s.ApproveErasure(ctx, officer, n, e.ManifestHash); err != nil {
		t.Fatal(err)
	}
	if _, err := runner(s).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	for _, to := range []erasure.PartState{erasure.Sent, erasure.Accepted, erasure.Confirmed} {
		if err := s.MovePart(ctx, audit.System, n, far.Number, db.PartMove{To: to}); err != nil {
			t.Fatal(to, err)
		}
	}
	if e, err = s.Erasure(ctx, n); err != nil || e.State != erasure.Done || e.Subject != "" {
		t.Errorf("at its end: %+v, %v", e, err)
	}
	if _, err := s.SearchedID(ctx, 1, token); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("the search for it is still there: %v", err)
	}
	if len(records(t, s, "anna")) != 1 || len(records(t, s, "")) != 1 {
		t.Error("it took what is somebody else's")
	}
}
