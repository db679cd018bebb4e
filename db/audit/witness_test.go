package audit

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// cosigner is a witness's own side, written from the document and not from the code beside it.
type cosigner struct {
	name string
	key  ed25519.PrivateKey
}

func (c cosigner) id() []byte {
	sum := sha256.Sum256(append([]byte(c.name+"\n\x04"), c.key.Public().(ed25519.PublicKey)...))
	return sum[:4]
}

func (c cosigner) vkey() string {
	return fmt.Sprintf("%s+%x+%s", c.name, c.id(), base64.StdEncoding.EncodeToString(append([]byte{4}, c.key.Public().(ed25519.PublicKey)...)))
}

func (c cosigner) sign(body string, at int64) string {
	raw := binary.BigEndian.AppendUint64(slices.Clone(c.id()), uint64(at))
	raw = append(raw, ed25519.Sign(c.key, fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, body))...)
	return "— " + c.name + " " + base64.StdEncoding.EncodeToString(raw) + "\n"
}

func newCosigner(t testing.TB, name string) (cosigner, *Witness) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := cosigner{name, key}
	w, err := ParseWitness(c.vkey())
	if err != nil || w.String() != c.vkey() || w.Name() != name {
		t.Fatalf("%v, %v", w, err)
	}
	return c, w
}

func TestParseWitnessRefuses(t *testing.T) {
	c, _ := newCosigner(t, "witness.example/w1")
	_, logKey, err := NewSigner("a.log")
	if err != nil {
		t.Fatal(err)
	}
	good := c.vkey()
	for name, key := range map[string]string{"empty": "", "the key of a log": logKey, "another name": "x" + good, "cut": good[:len(good)-4],
		"another hash": strings.Replace(good, "+", "+0", 1), "spaces": good + " "} {
		if _, err := ParseWitness(key); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

// The answer of a witness goes under the checkpoint that it is for; anything else is refused.
func TestCosigned(t *testing.T) {
	signer, vkey, err := NewSigner("a.log")
	if err != nil {
		t.Fatal(err)
	}
	s, _ := note.NewSigner(signer)
	v, _ := note.NewVerifier(vkey)
	cp := Checkpoint{Origin: "a.log", Size: 7, Root: tlog.Hash{1}}
	msg, err := Sign(cp, s)
	if err != nil {
		t.Fatal(err)
	}
	one, w1 := newCosigner(t, "w.one")
	two, w2 := newCosigner(t, "w.two")
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	both, c, err := Cosigned(msg, []byte(two.sign(cp.Text(), 5)+one.sign(cp.Text(), at.Unix())), w1)
	if err != nil || c.Size != 7 || !c.Time.Equal(at) || c.Words() != "Cosigned by w.one on 2 March 2026, 09:00 UTC, up to entry 6." {
		t.Errorf("%+v, %v", c, err)
	}
	if strings.Contains(string(both), "w.two") {
		t.Error("the line of a key that nobody named was kept")
	}
	if got, err := OpenCheckpoint(both, v); err != nil || got != cp {
		t.Errorf("the checkpoint does not open any more: %+v, %v", got, err)
	}
	more, err := AddCosignatures(msg, both, []*Witness{w1, w2})
	if err != nil || !bytes.Equal(more, both) {
		t.Errorf("%q, %v", more, err)
	}
	other := Checkpoint{Origin: "a.log", Size: 8, Root: tlog.Hash{1}}
	forged := one
	forged.key = two.key
	for name, answer := range map[string]string{"nothing": "", "another checkpoint": one.sign(other.Text(), 5), "another key": two.sign(cp.Text(), 5),
		"under its name": forged.sign(cp.Text(), 5), "text": "hello\n", "half a line": strings.TrimSuffix(one.sign(cp.Text(), 5), "\n")} {
		if _, _, err := Cosigned(msg, []byte(answer), w1); err == nil {
			t.Errorf("%s was taken for a cosignature", name)
		}
	}
}

func TestAddCheckpoint(t *testing.T) {
	proof := tlog.TreeProof{{1}, {2}}
	body, err := AddCheckpoint(20, proof, []byte("a.log\n21\nx\n\n— sig\n"))
	if err != nil || !bytes.HasPrefix(body, []byte("old 20\nAQAAAA")) || !bytes.Contains(body, []byte("=\n\na.log\n21\n")) {
		t.Errorf("%q, %v", body, err)
	}
	old, back, msg, err := ParseAddCheckpoint(body)
	if err != nil || old != 20 || !slices.Equal(back, proof) || string(msg) != "a.log\n21\nx\n\n— sig\n" {
		t.Errorf("%d %v %q %v", old, back, msg, err)
	}
	if _, err := AddCheckpoint(1, make(tlog.TreeProof, 64), nil); err == nil {
		t.Error("64 lines were sent")
	}
}

func FuzzWitness(f *testing.F) {
	c, w := newCosigner(f, "w.one")
	cp := Checkpoint{Origin: "a.log", Size: 7}
	f.Add([]byte(c.vkey()), []byte(cp.Text()+"\n"+c.sign(cp.Text(), 5)))
	f.Add([]byte("old 3\n\n"), []byte("old 0\n\na.log\n"))
	f.Fuzz(func(t *testing.T, key, msg []byte) {
		if v, err := ParseWitness(string(key)); err == nil && v.String() != string(key) && !strings.EqualFold(v.String(), string(key)) {
			t.Errorf("a key has two spellings: %q", key)
		}
		if all, err := Cosignatures(msg, []*Witness{w}); err == nil && len(all) > 1 {
			t.Errorf("one witness has signed %d times", len(all))
		}
		if old, proof, rest, err := ParseAddCheckpoint(msg); err == nil {
			if again, err := AddCheckpoint(old, proof, rest); err != nil || !bytes.Equal(again, msg) {
				t.Errorf("%q was read and is written as %q, %v", msg, again, err)
			}
		}
	})
}
