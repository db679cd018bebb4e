package db_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
)

// packedHouse is a store with something for each list of a pack.
func packedHouse(t *testing.T) (*db.Store, *dbtest.Clock) {
	t.Helper()
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	dbtest.NoBreaker(t, s)
	bot := dbtest.Service(t, s, "bot")
	for i := range 5 {
		id := fmt.Sprintf("cust_pack_%d", i)
		dbtest.Ingest(t, s, dbtest.Message(t, bot.Number, s.Now(), "words of "+id, id), dbtest.Message(t, bot.Number, s.Now(), "more", id))
		clock.Pass(time.Minute)
		if i == 4 {
			continue
		}
		if _, err := s.AcceptErasure(t.Context(), audit.ActorOf("key", 1), bot.Number, dbtest.ID(t, id)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := erasure.NewRunner(s, slog.New(slog.DiscardHandler)).Run(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	sub, _, err := s.SubjectOf(t.Context(), dbtest.ID(t, "cust_pack_4"))
	if err != nil {
		t.Fatal(err)
	}
	n, err := s.SubmitErasure(t.Context(), audit.ActorOf("user", 7), db.Proposal{Subject: sub.Ref, Ground: "17-1-b"})
	if err == nil {
		err = s.WithdrawErasure(t.Context(), audit.ActorOf("user", 7), n)
	}
	if err == nil {
		_, err = s.PlaceHold(t.Context(), audit.ActorOf("user", 9), db.NewHold{Kind: erasure.LegalHold, Subject: sub.Ref, Ground: "17-3-e", Custodian: "C. Cole cust_pack_4"})
	}
	if err == nil {
		_, err = s.SetLimit(t.Context(), audit.ActorOf("user", 9), db.LimitFloor, 500)
	}
	var d db.Drill
	if err == nil {
		d, err = s.StartDrill(t.Context(), audit.System)
	}
	if err == nil {
		clock.Pass(time.Minute)
		d.Outcome, d.Bytes, d.Paths = db.DrillPassed, 99, []db.DrillPath{{Path: "records", Planted: 2, Before: 2}}
		err = s.EndDrill(t.Context(), &d)
	}
	if err != nil {
		t.Fatal(err)
	}
	drawnSample(t, s, 3)
	return s, clock
}

func drawnSample(t *testing.T, s *db.Store, size int64) int64 {
	t.Helper()
	n, err := s.CommitSample(t.Context(), audit.ActorOf("user", 3), db.NewSample{Kind: "all", Size: size})
	if err == nil {
		err = s.DrawSample(t.Context(), audit.ActorOf("user", 3), n, "three dice: 4 2 6")
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func packOf(t *testing.T, s *db.Store, sample int64) []byte {
	t.Helper()
	_, span, err := s.SubmitExport(t.Context(), 3, db.NewExport{What: db.ExportPack, Format: db.ExportZip, About: sample})
	var out bytes.Buffer
	if err == nil {
		err = span.Pack(nil).Write(t.Context(), &out, []byte("<!DOCTYPE html>\n<title>verifier</title>\n"))
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func checked(t *testing.T, raw []byte, keys ...string) audit.PackReport {
	t.Helper()
	var outside audit.Outside
	for _, k := range keys {
		v, err := note.NewVerifier(k)
		if err != nil {
			t.Fatal(err)
		}
		outside.Keys = append(outside.Keys, v)
	}
	r, err := audit.CheckPack(t.Context(), bytes.NewReader(raw), int64(len(raw)), outside)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// member is one file of a pack, unfolded.
type member struct {
	name string
	raw  []byte
}

func unfolded(t *testing.T, raw []byte) []member {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	var out []member
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, member{f.Name, b})
	}
	return out
}

// folded makes a zip of files again; mended makes the manifest say what they are now, as a forger would.
func folded(t *testing.T, all []member, mended bool) []byte {
	t.Helper()
	if mended {
		all = mend(t, all)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, m := range all {
		w, err := z.Create(m.name)
		if err == nil {
			_, err = w.Write(m.raw)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func mend(t *testing.T, all []member) []member {
	t.Helper()
	all = slices.Clone(all)
	at := slices.IndexFunc(all, func(m member) bool { return m.name == audit.PackManifestName })
	var manifest audit.PackManifest
	if err := json.Unmarshal(all[at].raw, &manifest); err != nil {
		t.Fatal(err)
	}
	manifest.Files = nil
	for i, m := range all {
		if i != at {
			sum := sha256.Sum256(m.raw)
			manifest.Files = append(manifest.Files, audit.PackFile{Name: m.name, Bytes: int64(len(m.raw)), SHA256: hex.EncodeToString(sum[:])})
		}
	}
	raw, err := manifest.JSON()
	if err != nil {
		t.Fatal(err)
	}
	all[at].raw = raw
	return all
}

// A pack holds nothing of a person, verifies offline, and its manifest stands in the trail.
func TestPack(t *testing.T) {
	s, _ := packedHouse(t)
	raw := packOf(t, s, 0)
	r := checked(t, raw, s.AuditKey())
	if !r.OK() || r.Requests != 5 || r.Receipts != 4 || !r.Anchored {
		t.Fatalf("%d requests, %d receipts, %+v", r.Requests, r.Receipts, r.Findings)
	}
	sealed, err := s.AuditEntries(t.Context(), db.AuditQuery{Event: string(audit.ExportSealed), Limit: 1})
	if err != nil || len(sealed) != 1 || !strings.Contains(string(sealed[0].Data), r.Sum) {
		t.Errorf("the trail does not hold the manifest's hash: %v %v", sealed, err)
	}
	for _, m := range unfolded(t, raw) {
		if bytes.Contains(m.raw, []byte("cust_pack")) || bytes.Contains(m.raw, []byte("Cole")) {
			t.Errorf("%s holds a customer ID, or what was written about one", m.name)
		}
	}
	if r := checked(t, packOf(t, s, 1)); !r.OK() || r.Requests != 3 || r.Anchored {
		t.Errorf("the pack of a sample: %d requests, %+v", r.Requests, r.Findings)
	}
}

// Each file of a pack is left out, edited at its beginning, middle and end, and exchanged for that of another pack: all is noticed. What a list
// says is noticed even if the manifest was made anew; not so what stands in no entry: words for readers, the page that checks, names of services.
func TestPackMutations(t *testing.T) {
	s, clock := packedHouse(t)
	own := packOf(t, s, 0)
	other, _ := packedHouse(t)
	if _, err := other.SetLimit(t.Context(), audit.ActorOf("user", 9), db.LimitFloor, 100); err != nil {
		t.Fatal(err)
	}
	dbtest.Service(t, other, "second")
	drawnSample(t, other, 2)
	strange := packOf(t, other, 0)
	clock.Pass(time.Hour)
	bot := dbtest.Service(t, s, "third")
	if _, err := s.AcceptErasure(t.Context(), audit.ActorOf("key", 1), bot.Number, dbtest.ID(t, "later")); err != nil {
		t.Fatal(err)
	}
	later := packOf(t, s, 0)
	files := unfolded(t, own)
	for i, m := range files {
		free := m.name == audit.PackReadme || m.name == audit.PackVerifier || m.name == audit.PackServices
		for _, mended := range []bool{false, true} {
			if mended && m.name == audit.PackManifestName {
				continue
			}
			for how, changed := range packMutations(m, unfolded(t, strange), unfolded(t, later)) {
				all := slices.Clone(files)
				if changed == nil {
					all = slices.Delete(all, i, i+1)
				} else {
					all[i].raw = changed
				}
				raw := folded(t, all, mended)
				r, err := audit.CheckPack(t.Context(), bytes.NewReader(raw), int64(len(raw)), audit.Outside{})
				if err == nil && r.OK() && !(mended && free && changed != nil) {
					t.Errorf("%s, %s, manifest mended: %v: nobody noticed", m.name, how, mended)
				}
			}
		}
	}
}

func packMutations(m member, others ...[]member) map[string][]byte {
	out := map[string][]byte{"dropped": nil}
	for _, at := range []int{0, len(m.raw) / 2, len(m.raw) - 1} {
		b := bytes.Clone(m.raw)
		b[at] ^= 1
		out[fmt.Sprintf("byte %d flipped", at)] = b
	}
	out["cut"] = bytes.Clone(m.raw[:len(m.raw)/2])
	for i, other := range others {
		for _, o := range other {
			if o.name == m.name && !bytes.Equal(o.raw, m.raw) {
				out[fmt.Sprintf("of pack %d", i)] = o.raw
			}
		}
	}
	return out
}

// What a forger would change in a list, with the manifest made anew, is named.
func TestPackForgeries(t *testing.T) {
	s, _ := packedHouse(t)
	files := unfolded(t, packOf(t, s, 0))
	for _, c := range []struct{ file, old, with, says string }{
		{audit.PackRequestsJSON, `{"number":2,`, `{"number":12,`, "Request 2 is in the trail and missing"},
		{audit.PackRequestsJSON, `"state":"withdrawn"`, `"state":"refused"`, "Request 5 is in another state"},
		{audit.PackRequestsJSON, `"proposer":"user/7"`, `"proposer":"user/8"`, "Request 5 was filed otherwise"},
		{audit.PackRequestsJSON, `"state":"done"`, `"state":"running"`, "another state"},
		{audit.PackHolds, `17-3-e`, `17-3-a`, "hold 1 is not as the trail says"},
		{audit.PackDrills, `"remaining":0`, `"remaining":1`, "drill 1 is not as the trail says"},
		{audit.PackPolicies, `"after":500`, `"after":999`, "not the history of policies"},
		{audit.PackStatistics, `"requests":4`, `"requests":5`, "does not count"},
		{audit.PackSamples, `"size":3`, `"size":2`, "sample 1 is not as the trail says"},
		{audit.PackRequestsCSV, `withdrawn`, `done`, "does not say what"},
	} {
		all := slices.Clone(files)
		at := slices.IndexFunc(all, func(m member) bool { return m.name == c.file })
		if !bytes.Contains(all[at].raw, []byte(c.old)) {
			t.Fatalf("%s does not hold %s: %s", c.file, c.old, all[at].raw)
		}
		all[at].raw = bytes.Replace(all[at].raw, []byte(c.old), []byte(c.with), 1)
		r := checked(t, folded(t, all, true))
		if !slices.ContainsFunc(r.Findings, func(f audit.Finding) bool { return strings.Contains(f.Words, c.says) }) {
			t.Errorf("%s: %s for %s: %+v", c.file, c.with, c.old, r.Findings)
		}
	}
	extra := append(slices.Clone(files), member{"receipts/erasure-77-0.json", files[slices.IndexFunc(files, func(m member) bool { return strings.HasPrefix(m.name, "receipts/") })].raw})
	if r := checked(t, folded(t, extra, true)); r.OK() || !strings.Contains(r.Findings[0].Words, "another erasure than its name says") {
		t.Errorf("an extra receipt: %+v", r.Findings)
	}
}

// What would unfold without end is refused before it is unfolded.
func TestPackBomb(t *testing.T) {
	for name, raw := range map[string][]byte{
		"zeroes":  folded(t, []member{{audit.PackManifestName, make([]byte, 64<<20)}}, false),
		"no zip":  []byte("PK\x03\x04 nothing"),
		"twice":   folded(t, []member{{"a", nil}, {"a", nil}}, false),
		"outside": folded(t, []member{{"../a", nil}}, false),
		"empty":   folded(t, nil, false),
	} {
		if _, err := audit.CheckPack(t.Context(), bytes.NewReader(raw), int64(len(raw)), audit.Outside{}); err == nil {
			t.Errorf("%s: it was taken for a pack", name)
		}
	}
}

// A sample can be drawn again by anybody, and was committed to before.
func TestSample(t *testing.T) {
	s, _ := packedHouse(t)
	v, err := s.Sample(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := s.Sampled(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	var numbers []int64
	for _, e := range drawn {
		numbers = append(numbers, e.Number)
	}
	frame, err := s.SampleFrame(t.Context(), v)
	if err != nil || !slices.Equal(frame, []int64{1, 2, 3, 4, 5}) {
		t.Fatalf("the frame is %v (%v)", frame, err)
	}
	if again := audit.Draw(v.Seed, v.Word, 3, frame); len(again) != 3 || !slices.Equal(again, numbers) {
		t.Errorf("drawn again: %v, was %v", again, numbers)
	}
	if err := s.DrawSample(t.Context(), audit.ActorOf("user", 3), 1, "again"); err != db.ErrMoved {
		t.Errorf("a second drawing: %v", err)
	}
	if _, err := s.CommitSample(t.Context(), audit.ActorOf("user", 3), db.NewSample{Kind: "refused", Size: 1}); err != db.ErrNoFrame {
		t.Errorf("a sample of nothing: %v", err)
	}
	n, err := s.CommitSample(t.Context(), audit.ActorOf("user", 3), db.NewSample{Kind: "done", Size: 1})
	if v, _ := s.Sample(t.Context(), n); err != nil || v.Seed != "" || v.SeedHash == "" || v.Frame != 4 {
		t.Errorf("before it is drawn: %+v %v", v, err)
	}
}
