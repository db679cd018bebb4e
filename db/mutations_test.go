package db_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/erasure"
)

// mutations is how many are made of a data directory; the nightly run makes 500.
var mutations = 60

// lived is a data directory in which something of every kind has happened, with an earlier copy of it and what an auditor has kept.
type lived struct {
	early, late string // data directories
	earlyPin    []byte
	latePin     []byte
	old         []byte // the newest checkpoint
}

func live(t *testing.T) (l lived) {
	now := time.Now()
	h := newSafe(t, db.WithClock(func() time.Time { return now }))
	h.ingest(2, "anna")
	h.erase("anna")
	l.early, l.late = filepath.Join(t.TempDir(), "early"), filepath.Join(t.TempDir(), "late")
	keep := func(to string) (pin []byte) {
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		copyDir(t, h.dir, to)
		pin, err := os.ReadFile(h.pin)
		if err != nil {
			t.Fatal(err)
		}
		return pin
	}
	l.earlyPin = keep(l.early)
	h.open(db.WithClock(func() time.Time { return now }))
	for _, who := range []string{"ben", "carl", "dora", "emil", "finn"} {
		h.ingest(2, who)
	}
	h.erase("ben")
	hold(t, h.Store, db.NewHold{Subject: subject(t, h.Store, "dora").Ref})
	accept(t, h.Store, 1, "dora")
	run(t, h.Store)
	propose := func(who string) db.Erasure {
		n, err := h.SubmitErasure(ctx, support, db.Proposal{Subject: subject(t, h.Store, who).Ref, Ground: "17-1-b"})
		if err != nil {
			t.Fatal(err)
		}
		e, err := h.Erasure(ctx, n)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	carl, emil := propose("carl"), propose("emil")
	propose("finn")
	if err := h.ApproveErasure(ctx, officer, carl.Number, carl.ManifestHash); err != nil {
		t.Fatal(err)
	}
	if err := h.RefuseErasure(ctx, officer, emil.Number, erasure.Refusals[1], db.Told{Explanation: "no"}); err != nil {
		t.Fatal(err)
	}
	_, head, err := h.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	l.old, l.latePin = []byte(head), keep(l.late)
	return l
}

// rowEdits are edits of one row, chosen by its rowid or key; %d is a random number.
var rowEdits = []string{
	"UPDATE leaf SET data = replace(data, '\"v\":1', '\"v\":2') WHERE number = %d",
	"UPDATE leaf SET data = replace(data, '\"number\":', '\"number\":1') WHERE number = %d",
	"UPDATE leaf SET time = time + 1 WHERE number = %d",
	"UPDATE leaf SET actor = 'user/77' WHERE number = %d",
	"UPDATE leaf SET event = 'user.added' WHERE number = %d",
	"UPDATE leaf SET object = 'erasure/77' WHERE number = %d",
	"UPDATE leaf SET data = (SELECT data FROM leaf o WHERE o.number <> leaf.number ORDER BY o.number LIMIT 1) WHERE number = %d AND number > 0",
	"DELETE FROM leaf WHERE number = %d",
	"INSERT INTO leaf SELECT 1000 + number, time, actor, event, object, data FROM leaf WHERE number = %d",
	"UPDATE hash SET hash = zeroblob(32) WHERE number = %d",
	"DELETE FROM hash WHERE number = %d",
	"INSERT INTO hash SELECT 1000 + number, hash FROM hash WHERE number = %d",
	"UPDATE checkpoint SET note = replace(note, 'quittance-', 'quittance_') WHERE rowid = (SELECT rowid FROM checkpoint ORDER BY size LIMIT 1 OFFSET %d)",
	"UPDATE checkpoint SET note = substr(note, 1, length(note) - 8) || 'AAAA' || substr(note, -4) WHERE rowid = (SELECT rowid FROM checkpoint ORDER BY size LIMIT 1 OFFSET %d)",
	"UPDATE head SET size = size - 1, note = (SELECT note FROM checkpoint ORDER BY size LIMIT 1 OFFSET %d)",
	"UPDATE receipt SET data = replace(data, '\"before\":2', '\"before\":3') WHERE rowid = (SELECT rowid FROM receipt LIMIT 1 OFFSET %d)",
	"UPDATE receipt SET entry = entry + 1 WHERE rowid = (SELECT rowid FROM receipt LIMIT 1 OFFSET %d)",
	"UPDATE receipt SET erasure = 3 - erasure WHERE rowid = (SELECT rowid FROM receipt WHERE erasure IN (1, 2) LIMIT 1 OFFSET %d)",
	"DELETE FROM receipt WHERE rowid = (SELECT rowid FROM receipt LIMIT 1 OFFSET %d)",
	"INSERT INTO receipt SELECT erasure, 9, made, entry + 1, data FROM receipt LIMIT 1 OFFSET %d",
	"UPDATE erasure SET state = CASE state WHEN 'done' THEN 'refused' ELSE 'done' END WHERE number = %d",
	"UPDATE erasure SET cutoff = cutoff + 1 WHERE number = %d",
	"UPDATE erasure SET approver = 'user/66' WHERE number = %d",
	"UPDATE erasure SET proposer = 'user/66' WHERE number = %d",
	"UPDATE erasure SET found = found + 5 WHERE number = %d",
	"UPDATE erasure SET remaining = remaining + 5 WHERE number = %d",
	"UPDATE erasure SET manifest = replace(manifest, '\"records\":2', '\"records\":1') WHERE number = %d",
	"UPDATE erasure SET manifest_hash = replace(manifest_hash, substr(manifest_hash, 1, 1), 'x') WHERE number = %d",
	"UPDATE erasure SET deadline = coalesce(deadline, proposed) + 86400000 WHERE number = %d",
	"UPDATE erasure SET batch = 55 WHERE number = %d",
	"UPDATE erasure SET ended = CASE WHEN ended IS NULL THEN 5 END WHERE number = %d",
	"DELETE FROM erasure WHERE number = %d",
	"INSERT INTO erasure SELECT * FROM (SELECT * FROM erasure WHERE number = %d)",
	"UPDATE part SET state = CASE state WHEN 'confirmed' THEN 'attested' ELSE 'confirmed' END WHERE erasure = %d",
	"UPDATE part SET found = found + 1 WHERE erasure = %d",
	"UPDATE part SET remaining = remaining + 1 WHERE erasure = %d",
	"UPDATE part SET excluded = 'not-asked' WHERE erasure = %d",
	"DELETE FROM part WHERE erasure = %d",
	"UPDATE batch SET state = CASE state WHEN 'done' THEN 'stopped' ELSE 'done' END WHERE number = %d",
	"UPDATE batch SET requests = requests + 1 WHERE number = %d",
	"UPDATE batch SET erased = erased + 1 WHERE number = %d",
	"DELETE FROM batch WHERE number = %d",
	"UPDATE hold SET ground = '17-3-a' WHERE number = 1 + 0 * %d",
	"UPDATE hold SET placed_by = 'user/66' WHERE number = 1 + 0 * %d",
	"DELETE FROM hold WHERE number = 1 + 0 * %d",
}

// edit changes rows with the fences down, and tells whether anything was changed.
func edit(t *testing.T, dir, statement string) bool {
	t.Helper()
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "quittance.db")+"?vfs=quittance")
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	rows, err := raw.Query("SELECT name FROM sqlite_master WHERE type = 'trigger'")
	if err != nil {
		t.Fatal(err)
	}
	var fences []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		fences = append(fences, name)
	}
	rows.Close()
	for _, name := range fences {
		if _, err := raw.Exec("DROP TRIGGER " + name); err != nil {
			t.Fatal(err)
		}
	}
	res, err := raw.Exec(statement)
	if err != nil {
		return false // the schema itself refuses it
	}
	n, err := res.RowsAffected()
	return err == nil && n > 0
}

// mutate makes one random change to a data directory and its pin; "" where it changed nothing.
func (l lived) mutate(t *testing.T, dir, pin string, r *rand.Rand) (what string) {
	t.Helper()
	put := func(path string, raw []byte) {
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	read := func(path string) []byte {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	ledger := filepath.Join(dir, "ledger")
	lines := bytes.SplitAfter(bytes.TrimSuffix(read(ledger), []byte("\n")), []byte("\n"))
	lines[len(lines)-1] = append(bytes.Clone(lines[len(lines)-1]), '\n')
	i, j := r.IntN(len(lines)), r.IntN(len(lines))
	switch kind := r.IntN(24); kind {
	case 0: // the database alone
		for _, name := range []string{"quittance.db", "quittance.db-wal", "quittance.db-shm"} {
			os.Remove(filepath.Join(dir, name))
		}
		put(filepath.Join(dir, "quittance.db"), read(filepath.Join(l.early, "quittance.db")))
		return "an older database"
	case 1:
		copyDir(t, l.early, dir)
		return "an older data directory"
	case 2:
		copyDir(t, l.early, dir)
		put(pin, l.earlyPin)
		return "an older data directory, with its pin"
	case 3:
		name, _, _ := strings.Cut(string(l.old), "\n")
		signer, public, err := audit.NewSigner(name)
		if err != nil {
			t.Fatal(err)
		}
		keys := filepath.Join(dir, "keys.json")
		put(keys, swapKey(read(keys), signer, public))
		return "another key"
	case 4:
		at := bytes.Index(l.latePin, []byte(`"checkpoint"`)) + 20 + r.IntN(60)
		spoilt := bytes.Clone(l.latePin)
		spoilt[at] ^= 1
		put(pin, spoilt)
		return "a pin that was edited"
	case 5:
		put(ledger, bytes.Join(slices.Delete(slices.Clone(lines), i, i+1), nil))
		return fmt.Sprintf("ledger: line %d of %d taken away", i, len(lines))
	case 6:
		put(ledger, bytes.Join(slices.Insert(slices.Clone(lines), j, lines[i]), nil))
		return "ledger: a line twice"
	case 7:
		line := bytes.Clone(lines[i])
		at := bytes.IndexAny(line, "23456789") // the version, the number or a cut-off
		line[at+bytes.IndexAny(line[at:], "123456789")] = '0'
		lines[i] = line
		put(ledger, bytes.Join(lines, nil))
		return "ledger: a digit changed"
	case 8:
		if i == j {
			return ""
		}
		lines[i], lines[j] = lines[j], lines[i]
		put(ledger, bytes.Join(lines, nil))
		return "ledger: two lines in another order"
	}
	statement := fmt.Sprintf(rowEdits[r.IntN(len(rowEdits))], r.IntN(9))
	if !edit(t, dir, statement) {
		return ""
	}
	return statement
}

// swapKey puts another key into the key file.
func swapKey(raw []byte, signer, public string) []byte {
	lines := strings.Split(string(raw), "\n")
	for i, line := range lines {
		switch {
		case strings.Contains(line, `"signer"`):
			lines[i] = `  "signer": "` + signer + `",`
		case strings.Contains(line, `"public"`):
			lines[i] = `  "public": "` + public + `"` + line[strings.LastIndex(line, `"`)+1:]
		}
	}
	return []byte(strings.Join(lines, "\n"))
}

// Whatever is changed in a data directory, whoever holds the pin and kept a checkpoint notices (erase-and-prove.md, "Promises and how they are
// tested").
func TestEveryMutationOfADataDirectoryIsNoticed(t *testing.T) {
	l := live(t)
	base := t.TempDir()
	dir, pin := filepath.Join(base, "data"), filepath.Join(base, "pin")
	whole := bytes.Clone(mustRead(t, filepath.Join(l.late, "ledger")))
	ask := func() (string, bool) {
		s, err := db.Open(ctx, dir, db.WithPin(func(string) string { return pin }))
		if err != nil {
			return err.Error(), true
		}
		defer s.Close()
		report, err := s.VerifyAudit(ctx, l.old)
		if err != nil {
			return err.Error(), true
		}
		return fmt.Sprint(report.Findings), !report.OK()
	}
	restore := func() {
		copyDir(t, l.late, dir)
		if err := os.WriteFile(pin, l.latePin, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if restore(); true {
		if words, noticed := ask(); noticed {
			t.Fatal("before anything was changed:", words)
		}
	}
	r := rand.New(rand.NewPCG(5, 17))
	made, mended, want := 0, 0, mutations
	if testing.Short() { // beside the race detector each takes several times as long
		want = min(want, 20)
	}
	kinds := map[string]int{}
	for made < want {
		restore()
		what := l.mutate(t, dir, pin, r)
		if what == "" {
			continue
		}
		made++
		kinds[strings.SplitN(what, " WHERE", 2)[0]]++
		if _, noticed := ask(); noticed {
			continue
		}
		// A line at the end of the ledger is what a crash leaves out too: the start writes it again, to the letter but for sealed IDs.
		if strings.HasPrefix(what, "ledger") && sameLedger(whole, mustRead(t, filepath.Join(dir, "ledger"))) {
			mended++
			continue
		}
		t.Errorf("not noticed: %s", what)
	}
	t.Logf("%d mutations of %d kinds, %d of them mended at the start", made, len(kinds), mended)
	if mended > made/10 {
		t.Errorf("%d of %d mutations were none", mended, made)
	}
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// sameLedger compares two ledgers without the IDs in them.
func sameLedger(a, b []byte) bool {
	plain := func(raw []byte) string {
		var out []string
		for line := range strings.Lines(string(raw)) {
			if from, rest, ok := strings.Cut(line, `"id":"`); ok {
				_, rest, _ = strings.Cut(rest, `"`)
				line = from + rest
			}
			out = append(out, line)
		}
		return strings.Join(out, "")
	}
	return plain(a) == plain(b)
}
