package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// changed is a log whose key was replaced: the entry says by which, and who has signed the head over it, and those after it.
func changed(t *testing.T, k key, hash string, signers, later []note.Signer) *shelf {
	t.Helper()
	s, tree := &shelf{}, (*Tree)(nil)
	tree = NewTree(0, time.Time{}, s)
	add := func(e Entry, by []note.Signer) {
		leaf, err := tree.Append(e)
		if err != nil {
			t.Fatal(err)
		}
		s.put(leaf)
		root, err := tree.Root()
		if err != nil {
			t.Fatal(err)
		}
		msg, err := Sign(Checkpoint{origin, tree.Size(), root}, by...)
		if err != nil {
			t.Fatal(err)
		}
		s.heads = append(s.heads, msg)
		tree.Settle()
	}
	add(sample(0), []note.Signer{k.s})
	add(sample(1), []note.Signer{k.s})
	add(Entry{Time: noon.Add(time.Hour), Actor: Operator, Event: LogRotated, Commits: map[string]string{CommitKey: hash}}, signers)
	add(Entry{Time: noon.Add(2 * time.Hour), Actor: ActorOf("key", 1), Event: RecordsIngested, Object: ObjectOf(KindService, 1)}, later)
	return s
}

// Whoever knows the old key follows to the new one by the entry that names it, under a head that the old one has signed, and by nothing else.
func TestVerifyFollowsKeys(t *testing.T) {
	old := newKey(t, origin)
	skey, vkey, err := NewSigner(origin)
	if err != nil {
		t.Fatal(err)
	}
	signer, _ := note.NewSigner(skey)
	verifier, _ := note.NewVerifier(vkey)
	next := key{signer, verifier}
	sum := sha256.Sum256([]byte(vkey))
	names, other := hex.EncodeToString(sum[:]), strings.Repeat("0", 64)
	both, alone := []note.Signer{next.s, old.s}, []note.Signer{next.s}
	for _, c := range []struct {
		name string
		log  *shelf
		by   key
		good bool
	}{
		{"both have signed", changed(t, old, names, both, alone), old, true},
		{"by the new key", changed(t, old, names, both, alone), next, true},
		{"the new key has signed for itself", changed(t, old, names, alone, alone), old, false},
		{"the entry names another key", changed(t, old, other, both, alone), old, false},
		{"a stranger's key", changed(t, old, names, both, alone), newKey(t, origin), false},
	} {
		b := c.log.bundle(old)
		b.Keys, b.Chain, b.OutsideKeys = []note.Verifier{next.v, old.v}, []string{vkey}, []note.Verifier{c.by.v}
		if r := Verify(t.Context(), b); r.OK() != c.good || !c.good && !strings.Contains(r.Findings[0].Words, "not validly signed") {
			t.Errorf("%s: %+v", c.name, r.Findings)
		}
		b = c.log.bundle(old, c.log.heads[3])
		b.Keys, b.Chain, b.OutsideKeys = []note.Verifier{next.v, old.v}, []string{vkey}, []note.Verifier{c.by.v}
		if r := Verify(t.Context(), b); r.OK() != c.good {
			t.Errorf("%s, with a checkpoint from outside: %+v", c.name, r.Findings)
		}
	}
}

// A log that was set back behind what a witness has cosigned is noticed by whoever knows the witness, and one that a witness has not seen is not
// anchored by it.
func TestVerifyWitnessed(t *testing.T) {
	k := newKey(t, origin)
	c, w := newCosigner(t, "w.one")
	s := grow(t, k, 3, 4, 5)
	cosign := func(msg []byte) []byte {
		body, _, _ := strings.Cut(string(msg), "\n\n")
		return append(msg[:len(msg):len(msg)], c.sign(body+"\n", noon.Unix())...)
	}
	b := s.bundle(k)
	b.Cosigned, b.Witnesses, b.Witnessed = [][]byte{cosign(s.heads[1])}, []*Witness{w}, true
	if r := Verify(t.Context(), b); !r.OK() || !r.Anchored || len(r.Cosigned) != 1 || r.Cosigned[0].Size != 7 {
		t.Errorf("%+v", r)
	}
	b.Witnessed = false
	if r := Verify(t.Context(), b); !r.OK() || r.Anchored || len(r.Cosigned) != 1 {
		t.Errorf("the key of the witness came with the store: %+v", r)
	}
	short := grow(t, k, 3)
	b = short.bundle(k)
	b.Cosigned, b.Witnesses, b.Witnessed = [][]byte{cosign(s.heads[1])}, []*Witness{w}, true
	if r := Verify(t.Context(), b); r.OK() || !strings.Contains(r.Findings[0].Words, "w.one has cosigned 7 entries, and there are 3") {
		t.Errorf("set back: %+v", r.Findings)
	}
	other := grow(t, k, 9)
	b = other.bundle(k)
	forked := s.copy()
	forked.leaves[2] = other.leaves[3]
	b.Leaves, b.Hashes, b.Checkpoints = seq(forked.leaves), nil, seq([][]byte{s.heads[2]})
	b.Cosigned, b.Witnesses, b.Witnessed = [][]byte{cosign(s.heads[1])}, []*Witness{w}, true
	if r := Verify(t.Context(), b); r.OK() {
		t.Error("other entries than those that were cosigned")
	}
}
