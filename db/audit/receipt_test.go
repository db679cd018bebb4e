package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// receipted is a log of some entries in which one commits to the receipt of erasure 7, and that receipt.
func receipted(t testing.TB, k key, vkey string, before, after int, body string) (Receipt, *shelf) {
	t.Helper()
	s := &shelf{}
	tree := NewTree(0, time.Time{}, s)
	put := func(e Entry) Leaf {
		leaf, err := tree.Append(e)
		if err != nil {
			t.Fatal(err)
		}
		s.put(leaf)
		return leaf
	}
	for range before {
		put(sample(tree.Size()))
	}
	leaf := put(Entry{Time: noon.Add(time.Hour), Actor: System, Event: ErasureDone, Object: ObjectOf(KindErasure, 7), Commits: map[string]string{CommitReceipt: Commitment([]byte(body))}})
	for range after {
		put(sample(tree.Size()))
	}
	head := sign(t, k, tree)
	s.heads = append(s.heads, head)
	r, err := NewReceipt([]byte(body), leaf.Data, leaf.Number, head, vkey, s)
	if err != nil {
		t.Fatal(err)
	}
	return r, s
}

func keyPair(t testing.TB, name string) (key, string) {
	t.Helper()
	skey, vkey, err := NewSigner(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	return key{s, v}, vkey
}

// body is a receipt's body with this many recipients.
func body(recipients int) string {
	parts := make([]string, recipients)
	for i := range parts {
		parts[i] = fmt.Sprintf(`{"service":%d,"name":"support-bot number %d","before":1204,"after":0,"state":"confirmed","linked":true,"accepted":"2026-11-25T21:00:00.123Z"}`, i+1, i+1)
	}
	return `{"erasure":7,"amendment":0,"ground":"17-1-b","parts":[` + strings.Join(parts, ",") + `]}`
}

func raw(t testing.TB, r Receipt) []byte {
	t.Helper()
	b, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestReceipt(t *testing.T) {
	k, vkey := keyPair(t, origin)
	r, _ := receipted(t, k, vkey, 41, 1000, body(3))
	file := raw(t, r)
	rep, err := CheckReceipt(file, Outside{})
	if err != nil || !rep.OK() || rep.Erasure != 7 || rep.Entry.Event != ErasureDone || rep.Entry.Number != 41 || rep.Head.Size != 1042 {
		t.Fatal(rep, err)
	}
	if rep.Anchored || !strings.HasPrefix(rep.Anchor, "Not anchored") {
		t.Error("anchored by a key that came along:", rep.Anchor)
	}
	if rep, _ = CheckReceipt(file, Outside{Keys: []note.Verifier{k.v}}); !rep.OK() || !rep.Anchored {
		t.Error(rep)
	}
	if rep, _ = CheckReceipt(file, Outside{Checkpoints: [][]byte{[]byte(r.Checkpoint)}}); !rep.OK() || !rep.Anchored {
		t.Error(rep)
	}
}

// A forger who makes up a log, signs it with a key of their own and says it is that of the house is seen by whoever knows the key.
func TestForgedReceipt(t *testing.T) {
	k, vkey := keyPair(t, origin)
	forger, forged := keyPair(t, origin)
	r, _ := receipted(t, forger, forged, 10, 10, body(1))
	if rep, err := CheckReceipt(raw(t, r), Outside{Keys: []note.Verifier{k.v}}); err != nil || rep.OK() {
		t.Error("a receipt signed with another key:", rep, err)
	}
	real, _ := receipted(t, k, vkey, 10, 10, body(1))
	other, _ := receipted(t, k, vkey, 10, 10, body(2))
	for name, change := range map[string]func(*Receipt){
		"another body":       func(r *Receipt) { r.Body = other.Body },
		"another entry":      func(r *Receipt) { r.Entry = other.Entry },
		"another checkpoint": func(r *Receipt) { r.Checkpoint = other.Checkpoint },
		"no proof":           func(r *Receipt) { r.Proof = nil },
		"another erasure": func(r *Receipt) {
			r.Body = json.RawMessage(strings.Replace(string(r.Body), `"erasure":7`, `"erasure":8`, 1))
		},
	} {
		r := real
		change(&r)
		if rep, err := CheckReceipt(raw(t, r), Outside{Keys: []note.Verifier{k.v}}); err != nil || rep.OK() {
			t.Errorf("%s: %+v, %v", name, rep, err)
		}
	}
	twice, _ := receipted(t, k, vkey, 11, 9, body(1))
	if rep, _ := CheckReceipt(raw(t, real), Outside{Checkpoints: [][]byte{[]byte(twice.Checkpoint)}}); rep.OK() {
		t.Error("two roots of one size passed")
	}
}

// Every changed byte of a receipt file is noticed: it is no receipt any more, or there is a finding.
func TestEveryChangedByteOfAReceiptIsNoticed(t *testing.T) {
	k, vkey := keyPair(t, origin)
	r, _ := receipted(t, k, vkey, 41, 100, body(2))
	file := raw(t, r)
	for i := range file {
		bad := bytes.Clone(file)
		bad[i] ^= 1 << rand.N(7)
		if rep, err := CheckReceipt(bad, Outside{Keys: []note.Verifier{k.v}}); err == nil && rep.OK() && !inKey(file, i) {
			t.Fatalf("byte %d, %q, changed to %q: nobody noticed", i, file[i], bad[i])
		}
	}
}

// inKey tells a byte of the key that stands in the file for the reader's comfort: with a key from outside it counts for nothing.
func inKey(file []byte, i int) bool { return i > bytes.LastIndex(file, []byte(`"key":"`)) }

// A receipt with ten recipients in a log of a million entries has at most 4 kB, its proof 2 kB (the proof of a million entries is 20 hashes).
func TestReceiptIsSmall(t *testing.T) {
	k, vkey := keyPair(t, origin)
	r, _ := receipted(t, k, vkey, 1, 3, body(10))
	for len(r.Proof) < 20 {
		r.Proof = append(r.Proof, r.Proof[0])
	}
	proof, err := json.Marshal(r.Proof)
	if n := len(raw(t, r)); err != nil || n > 4096 || len(proof) > 2048 {
		t.Errorf("receipt %d bytes, proof %d, %v", n, len(proof), err)
	}
}

func FuzzReceipt(f *testing.F) {
	k, vkey := keyPair(f, origin)
	r, _ := receipted(f, k, vkey, 3, 3, body(1))
	f.Add(raw(f, r))
	f.Add([]byte(`{"body":{},"entry":{},"proof":[],"checkpoint":"","key":"","v":1}` + "\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		rep, err := CheckReceipt(in, Outside{Keys: []note.Verifier{k.v}})
		if err == nil && rep.OK() && !bytes.Contains(in, r.Body) {
			t.Error("a receipt with another body passes")
		}
	})
}
