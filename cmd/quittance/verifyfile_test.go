package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
)

// evidenceOf is what can be taken out of a real data directory: a bundle, a receipt, and what somebody kept of it before.
type evidenceOf struct {
	dir, key             string
	bundle, receipt, old string // files
	id, salt             string // files, of whom the receipt is about
}

func makeEvidence(t *testing.T) evidenceOf {
	t.Helper()
	at := t.TempDir()
	e := evidenceOf{dir: filepath.Join(at, "data"), bundle: filepath.Join(at, "trail"), receipt: filepath.Join(at, "receipt.json"), old: filepath.Join(at, "old")}
	s, err := db.Open(t.Context(), e.dir)
	if err != nil {
		t.Fatal(err)
	}
	dbtest.NoBreaker(t, s)
	bot := dbtest.Service(t, s, "bot")
	for range 20 {
		dbtest.Ingest(t, s, dbtest.Message(t, bot.Number, s.Now(), "words", "cust_anna"), dbtest.Message(t, bot.Number, s.Now(), "words", "cust_ben"))
	}
	number := eraseNow(t, s, "cust_anna")
	_, head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, e.old, []byte(head))
	eraseNow(t, s, "cust_ben")
	receipt, err := s.ReceiptFile(t.Context(), number, db.NewestReceipt)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := receipt.JSON()
	if err != nil {
		t.Fatal(err)
	}
	salt, err := s.Salt(t.Context(), audit.ActorOf("user", 1), number)
	if err != nil {
		t.Fatal(err)
	}
	e.id, e.salt = filepath.Join(at, "id"), filepath.Join(at, "salt")
	writeFile(t, e.id, []byte("cust_anna\r\n"))
	writeFile(t, e.salt, []byte(strings.ToUpper(salt)+"\n"))
	writeFile(t, e.receipt, raw)
	writeFile(t, e.bundle, bundleOf(t, s))
	e.key = s.AuditKey()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return e
}

func eraseNow(t *testing.T, s *db.Store, id string) int64 {
	t.Helper()
	e, err := s.AcceptErasure(t.Context(), audit.ActorOf("key", 1), 1, dbtest.ID(t, id))
	if err == nil {
		_, err = newHouse(s).runner.Run(t.Context(), true)
	}
	if err == nil {
		e, err = s.Erasure(t.Context(), e.Number)
	}
	if err != nil || e.State != erasure.Done {
		t.Fatalf("%s, %v", e.State, err)
	}
	return e.Number
}

func bundleOf(t *testing.T, s *db.Store) []byte {
	t.Helper()
	b, err := s.AuditBundle(t.Context())
	var out bytes.Buffer
	if err == nil {
		err = b.Write(t.Context(), &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func writeFile(t *testing.T, name string, raw []byte) {
	t.Helper()
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Files are checked without a data directory, and the answer says what it rests on.
func TestVerifyFiles(t *testing.T) {
	e := makeEvidence(t)
	other := makeEvidence(t)
	if out := must(t, "", "verify", e.dir, "-key", e.key, "-old", e.old); !strings.Contains(out, "a key and a checkpoint from outside") {
		t.Errorf("a data directory: %s", out)
	}
	if r := quit(t, "", "verify", e.dir, "-key", other.key); r.code != 1 || !strings.Contains(r.out, "tampering") {
		t.Errorf("a data directory with a swapped key: %+v", r)
	}
	if r := quit(t, "", "verify", e.dir, "-customer-id-file", e.id, "-salt-file", e.salt); r.code != 1 || !strings.Contains(r.err, "this is none") {
		t.Errorf("whom a data directory is about: %+v", r)
	}
	if err := os.RemoveAll(e.dir); err != nil {
		t.Fatal(err)
	}
	swapped, renamed := filepath.Join(t.TempDir(), "swapped"), filepath.Join(t.TempDir(), "renamed")
	replaceIn(t, e.receipt, swapped, e.key, other.key)
	replaceIn(t, e.bundle, renamed, `"log":"`, `"log":"x`)
	taken, halfTaken := filepath.Join(t.TempDir(), "taken"), filepath.Join(t.TempDir(), "half-taken")
	replaceIn(t, e.bundle, halfTaken, e.key, other.key)
	replaceIn(t, halfTaken, taken, `"log":"`+logOf(e.key), `"log":"`+logOf(other.key))
	ben, blank, two := filepath.Join(t.TempDir(), "ben"), filepath.Join(t.TempDir(), "blank"), filepath.Join(t.TempDir(), "two")
	writeFile(t, ben, []byte("cust_ben"))
	writeFile(t, blank, []byte("cust_anna "))
	writeFile(t, two, []byte("cust_anna\ncust_ben\n"))
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{e.receipt, "-customer-id-file", e.id, "-salt-file", e.salt}, 0, "It is about the customer ID that was given."},
		{[]string{e.receipt, "-customer-id-file", ben, "-salt-file", e.salt}, 1, "mismatch: The receipt is not about this customer ID"},
		{[]string{e.receipt, "-customer-id-file", blank, "-salt-file", e.salt}, 1, "mismatch"},
		{[]string{e.receipt, "-customer-id-file", e.id, "-salt-file", other.salt}, 1, "mismatch"},
		{[]string{e.receipt, "-customer-id-file", two, "-salt-file", e.salt}, 1, "one customer ID and nothing else"},
		{[]string{e.receipt, "-customer-id-file", e.id, "-salt-file", e.id}, 1, "64 hexadecimal digits"},
		{[]string{e.receipt, "-customer-id-file", e.id}, 2, "go together"},
		{[]string{e.receipt, "-customer-id-file", e.id + "x", "-salt-file", e.salt}, 1, "reading the customer ID"},
		{[]string{e.bundle, "-customer-id-file", e.id, "-salt-file", e.salt}, 1, "this is none"},
		{[]string{e.receipt}, 0, "Not anchored"},
		{[]string{e.receipt, "-key", e.key}, 0, "Anchored by a key from outside"},
		{[]string{e.receipt, "-key", other.key}, 1, "not validly signed"},
		{[]string{e.receipt, "-old", other.old}, 1, "not signed with the key of this log"},
		{[]string{e.bundle}, 0, "Not anchored"},
		{[]string{e.bundle, "-old", e.old}, 0, "Anchored: a checkpoint kept outside"},
		{[]string{e.bundle, "-old", e.old, "-key", e.key}, 0, "a key and a checkpoint from outside"},
		{[]string{e.bundle, "-key", other.key}, 1, "not validly signed"},
		{[]string{e.bundle, "-old", other.old}, 1, "not signed with the key of this log"},
		{[]string{swapped, "-key", e.key}, 1, "not one that its checkpoint was signed with"},
		{[]string{renamed, "-key", e.key}, 1, "another log than it names"},
		{[]string{taken, "-key", e.key}, 1, "The key that came with the log is not one that its last checkpoint was signed with."},
		{[]string{e.old}, 1, "no receipt that can be read"},
		{[]string{e.bundle, "-key", "nonsense"}, 1, "no public key"},
		{[]string{e.bundle, "-old", e.bundle + "x"}, 1, "reading a checkpoint"},
	} {
		if r := quit(t, "", append([]string{"verify"}, c.args...)...); r.code != c.code || !strings.Contains(r.out+r.err, c.says) {
			t.Errorf("%q: exit code %d, %s%s", c.args, r.code, r.out, r.err)
		}
	}
	if v := as[checkedReceipt](t, must(t, "", "verify", "-json", e.receipt, "-key", e.key)); !v.OK || v.Erasure != 1 || !v.Anchored || v.Entries == 0 {
		t.Errorf("a receipt: %+v", v)
	}
	if v := as[checkedReceipt](t, must(t, "", "verify", "-json", e.receipt, "-customer-id-file", e.id, "-salt-file", e.salt)); !v.OK || v.About == nil || !*v.About {
		t.Errorf("a receipt and its person: %+v", v)
	}
	if v := as[checkedReceipt](t, must(t, "", "verify", "-json", e.receipt)); v.About != nil {
		t.Errorf("nobody asked whom it is about: %+v", v)
	}
	if v := as[verified](t, must(t, "", "verify", "-json", e.bundle)); !v.OK || v.Anchored || v.Entries < 20 {
		t.Errorf("a bundle: %+v", v)
	}
}

// replaceIn writes a file anew, with something in it replaced.
func replaceIn(t *testing.T, from, to, old, with string) {
	t.Helper()
	raw, err := os.ReadFile(from)
	if err != nil || !bytes.Contains(raw, []byte(old)) {
		t.Fatalf("there is nothing to replace: %v", err)
	}
	writeFile(t, to, bytes.Replace(raw, []byte(old), []byte(with), 1))
}

// mutate changes a file in one place: a bit, a byte more or less, a line gone, doubled, swapped, or all that follows.
func mutate(raw []byte) []byte {
	i := rand.N(len(raw))
	lines := bytes.SplitAfter(raw, []byte("\n"))
	lines = lines[:len(lines)-1]
	n := rand.N(len(lines))
	switch out := bytes.Clone(raw); rand.N(7) {
	case 0:
		return slices.Delete(out, i, i+1)
	case 1:
		return slices.Insert(out, i, out[rand.N(len(out))])
	case 2:
		return out[:i]
	case 3:
		return bytes.Join(slices.Delete(lines, n, n+1), nil)
	case 4:
		return bytes.Join(slices.Insert(lines, n, lines[rand.N(len(lines))]), nil)
	case 5:
		m := rand.N(len(lines))
		lines[n], lines[m] = lines[m], lines[n]
		return bytes.Join(lines, nil)
	default:
		out[i] ^= 1 << rand.N(8)
		return out
	}
}

// Whatever is changed in a bundle or a receipt is noticed by whoever kept a checkpoint.
func TestEveryMutationIsNoticed(t *testing.T) {
	e := makeEvidence(t)
	outside := audit.Outside{}
	kept, err := os.ReadFile(e.old)
	if err != nil {
		t.Fatal(err)
	}
	outside.Checkpoints = [][]byte{kept}
	checks := map[string]func(string) bool{
		e.bundle:  func(path string) bool { r, err := checkBundle(t.Context(), path, outside); return err == nil && r.OK() },
		e.receipt: func(path string) bool { r, err := checkReceipt(path, outside); return err == nil && r.OK() },
	}
	for path, holds := range checks {
		raw, err := os.ReadFile(path)
		if err != nil || !holds(path) {
			t.Fatalf("what was not changed does not hold: %v", err)
		}
		for n := 0; n < 500; {
			bad := mutate(raw)
			if bytes.Equal(bad, raw) {
				continue
			}
			n++
			writeFile(t, path, bad)
			if holds(path) {
				t.Errorf("not noticed: %q", firstChange(raw, bad))
			}
		}
	}
}

// firstChange is where two files begin to differ, with a little of what stands there.
func firstChange(a, b []byte) []byte {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	return b[max(0, i-20):min(len(b), i+20)]
}

// A bundle exported today verifies after everybody in it is erased, and the trail of that day is a beginning of the one then.
func TestBundleOutlivesItsPeople(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s, err := db.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	dbtest.NoBreaker(t, s)
	bot := dbtest.Service(t, s, "bot")
	ids := []string{"cust_anna", "cust_ben", "cust_carl"}
	for _, id := range ids {
		dbtest.Ingest(t, s, dbtest.Message(t, bot.Number, s.Now(), "words", id))
	}
	eraseNow(t, s, ids[0])
	today, later := filepath.Join(dir, "..", "today"), filepath.Join(dir, "..", "later")
	writeFile(t, today, bundleOf(t, s))
	_, head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids[1:] {
		eraseNow(t, s, id)
	}
	raw := bundleOf(t, s)
	writeFile(t, later, raw)
	for _, path := range []string{today, later} {
		r, err := checkBundle(t.Context(), path, audit.Outside{Checkpoints: [][]byte{[]byte(head)}})
		if err != nil || !r.OK() || !r.Anchored || r.Receipts == 0 {
			t.Errorf("%s: %v, %s %+v", filepath.Base(path), err, r.Summary(), r.Findings)
		}
	}
	if bytes.Contains(raw, []byte("cust_")) {
		t.Error("a customer ID stands in the bundle")
	}
}

// logOf is the name of the log that a public key belongs to.
func logOf(key string) string {
	name, _, _ := strings.Cut(key, "+")
	return name
}
