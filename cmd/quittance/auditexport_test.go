package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
)

// The trail, a bundle, a pack, a pack of a sample and the proof of an entry leave a data directory, and each is checked without it.
func TestAuditExport(t *testing.T) {
	at := t.TempDir()
	dir := filepath.Join(at, "data")
	s, err := db.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	dbtest.NoBreaker(t, s)
	bot := dbtest.Service(t, s, "bot")
	dbtest.Ingest(t, s, dbtest.Message(t, bot.Number, s.Now(), "words", "cust_anna"), dbtest.Message(t, bot.Number, s.Now(), "words", "cust_ben"))
	eraseNow(t, s, "cust_anna")
	number := eraseNow(t, s, "cust_ben")
	n, err := s.CommitSample(t.Context(), audit.ActorOf("user", 3), db.NewSample{Kind: "done", Size: 1})
	if err == nil {
		err = s.DrawSample(t.Context(), audit.ActorOf("user", 3), n, "dice")
	}
	var proof audit.EntryProof
	if err == nil {
		var e db.AuditEntry
		e, err = s.AuditEntry(t.Context(), number)
		proof, _ = s.EntryProof(t.Context(), e)
	}
	key := s.AuditKey()
	if err != nil || s.Close() != nil {
		t.Fatal(err)
	}
	name := func(file string) string { return filepath.Join(at, file) }
	writeFile(t, name("entry.tlog-proof"), proof.Text())
	must(t, "", "audit", "export", "-data", dir, "-pin", "none", "-format", "pack", name("pack.zip"))
	must(t, "", "audit", "export", "-data", dir, "-pin", "none", "-format", "pack", "-sample", "1", name("sample.zip"))
	must(t, "", "audit", "export", "-data", dir, "-pin", "none", "-format", "bundle", name("trail.bundle"))
	lines := must(t, "", "audit", "export", "-data", dir, "-pin", "none", "-")
	if strings.Count(lines, `"leaf":`) < 10 || !strings.Contains(lines, "\n{\"checkpoint\":") || strings.Contains(lines, "cust_") {
		t.Errorf("NDJSON: %s", lines)
	}
	if out := must(t, "", "audit", "export", "-data", dir, "-pin", "none", "-format", "csv", "-to", "2020-01-01", "-"); strings.Contains(out, "\n0,") {
		t.Errorf("nothing of 2020: %s", out)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if v := as[checkedPack](t, must(t, "", "verify", "-json", "-key", key, name("pack.zip"))); !v.OK || v.Requests != 2 || v.Receipts != 2 || !v.Anchored {
		t.Errorf("a pack: %+v", v)
	}
	if v := as[checkedPack](t, must(t, "", "verify", "-json", name("sample.zip"))); !v.OK || v.Requests != 1 || v.Sample != 1 || v.Anchored {
		t.Errorf("the pack of a sample: %+v", v)
	}
	if out := must(t, "", "verify", "-key", key, name("pack.zip")); !strings.Contains(out, "2 requests, 2 receipts") {
		t.Errorf("in words: %s", out)
	}
	must(t, "", "verify", name("trail.bundle"))
	if out := must(t, "", "verify", "-key", key, name("entry.tlog-proof")); !strings.Contains(out, "Entry 2,") || !strings.Contains(out, "Anchored by a key") {
		t.Errorf("a proof: %s", out)
	}
	if r := quit(t, "", "verify", name("entry.tlog-proof")); r.code != 1 || !strings.Contains(r.err, "carries no key") {
		t.Errorf("a proof without a key: %+v", r)
	}
	moved := strings.Replace(string(proof.Text()), "index 2\n", "index 3\n", 1)
	writeFile(t, name("moved"), []byte(moved))
	if r := quit(t, "", "verify", "-key", key, name("moved")); r.code != 1 || !strings.Contains(r.out, "does not show that the entry stands in the log") {
		t.Errorf("a proof of another entry: %+v", r)
	}
	for _, wrong := range [][]string{{"-format", "xml", "x"}, {"-from", "soon", "x"}, {"-format", "bundle", "-from", "2020-01-01", "x"}, {"-sample", "1", "x"}, {}} {
		if r := quit(t, "", append([]string{"audit", "export", "-data", at}, wrong...)...); r.code == 0 {
			t.Errorf("%q is taken", wrong)
		}
	}
}

// A file that is there is never written over, and one that was not finished is not there.
func TestAuditExportName(t *testing.T) {
	at := t.TempDir()
	s, err := db.Open(t.Context(), filepath.Join(at, "data"))
	if err != nil || s.Close() != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(at, "there"), []byte("mine"))
	if r := quit(t, "", "audit", "export", "-data", filepath.Join(at, "data"), "-pin", "none", filepath.Join(at, "there")); r.code != 1 || !strings.Contains(r.err, "is there already") {
		t.Errorf("%+v", r)
	}
	if r := quit(t, "", "audit", "export", "-data", filepath.Join(at, "data"), "-pin", "none", "-format", "pack", "-sample", "9", filepath.Join(at, "new")); r.code != 1 {
		t.Errorf("a pack of no sample: %+v", r)
	}
	left, err := os.ReadDir(at)
	if err != nil || len(left) != 2 {
		t.Errorf("%v %v", left, err)
	}
}
