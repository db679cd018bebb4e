package audit

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

func someHead() Checkpoint {
	return Checkpoint{Origin: origin, Size: 42, Root: tlog.RecordHash([]byte("leaf"))}
}

func TestCheckpointText(t *testing.T) {
	c := Checkpoint{Origin: "example.com/behind-the-sofa", Size: 20852163}
	root, err := tlog.ParseHash("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
	if err != nil {
		t.Fatal(err)
	}
	c.Root = root
	// The example of https://c2sp.org/tlog-checkpoint.
	want := "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
	if c.Text() != want {
		t.Errorf("got %q", c.Text())
	}
	if got, err := parseCheckpoint(want); err != nil || got != c {
		t.Errorf("parsed %v (%v)", got, err)
	}
}

func TestSignAndOpen(t *testing.T) {
	k, next, stranger := newKey(t, origin), newKey(t, origin), newKey(t, "witness.example/w1")
	one, err := Sign(someHead(), k.s)
	if err != nil {
		t.Fatal(err)
	}
	both, err := Sign(someHead(), k.s, next.s)
	if err != nil {
		t.Fatal(err)
	}
	witnessed, err := note.Sign(&note.Note{Text: someHead().Text()}, k.s, stranger.s)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		msg  []byte
		keys []note.Verifier
		ok   bool
	}{
		"own key":             {one, []note.Verifier{k.v}, true},
		"both keys, old one":  {both, []note.Verifier{k.v}, true},
		"both keys, new one":  {both, []note.Verifier{next.v}, true},
		"both keys, both":     {both, []note.Verifier{next.v, k.v}, true},
		"another key":         {one, []note.Verifier{next.v}, false},
		"no key":              {one, nil, false},
		"with a witness":      {witnessed, []note.Verifier{k.v}, true},
		"by a witness only":   {witnessed, []note.Verifier{stranger.v}, false},
		"too long":            {append(one[:len(one):len(one)], make([]byte, maxNote)...), []note.Verifier{k.v}, false},
		"empty":               {nil, []note.Verifier{k.v}, false},
		"text, no signatures": {[]byte(someHead().Text() + "\n"), []note.Verifier{k.v}, false},
	} {
		got, err := OpenCheckpoint(c.msg, c.keys...)
		if (err == nil) != c.ok || (c.ok && got != someHead()) {
			t.Errorf("%s: %v (%v)", name, got, err)
		}
	}
}

func TestSignRefuses(t *testing.T) {
	k, other := newKey(t, origin), newKey(t, "other")
	bad := someHead()
	bad.Size = -1
	huge := someHead()
	huge.Size = maxSeq + 1
	_, err0 := Sign(someHead())
	_, err1 := Sign(someHead(), other.s)
	_, err2 := Sign(bad, k.s)
	_, err3 := Sign(huge, k.s)
	for i, err := range []error{err0, err1, err2, err3} {
		if err == nil {
			t.Errorf("case %d was signed", i)
		}
	}
	for _, name := range []string{"", "a b", "a+b", "a\nb", "é", "a\x00"} {
		if _, _, err := NewSigner(name); err == nil {
			t.Errorf("a key was made for %q", name)
		}
	}
}

// TestBodiesThatAreNoCheckpoint are validly signed all the same.
func TestBodiesThatAreNoCheckpoint(t *testing.T) {
	k := newKey(t, origin)
	good := someHead().Text()
	root := someHead().Root.String()
	for name, text := range map[string]string{
		"no root":          origin + "\n42\n",
		"leading zero":     origin + "\n042\n" + root + "\n",
		"plus":             origin + "\n+42\n" + root + "\n",
		"negative":         origin + "\n-1\n" + root + "\n",
		"not a number":     origin + "\nmany\n" + root + "\n",
		"huge":             origin + "\n99999999999999999999\n" + root + "\n",
		"short root":       origin + "\n42\n" + root[:40] + "\n",
		"other base64":     origin + "\n42\n" + strings.Replace(root, "=", "", 1) + "\n",
		"trailing bits":    origin + "\n42\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",
		"extension":        good + "extension\n",
		"empty line":       good + "\n",
		"no origin":        "\n42\n" + root + "\n",
		"origin not ours":  "a b\n42\n" + root + "\n",
		"space after size": origin + "\n42 \n" + root + "\n",
	} {
		msg, err := note.Sign(&note.Note{Text: text}, k.s)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if c, err := OpenCheckpoint(msg, k.v); err == nil {
			t.Errorf("%s: opened as %v", name, c)
		}
	}
}

func TestEveryChangedByteOfACheckpointIsNoticed(t *testing.T) {
	k := newKey(t, origin)
	msg, err := Sign(someHead(), k.s)
	if err != nil {
		t.Fatal(err)
	}
	// The last letter before the padding carries two bits that no signature needs.
	last := len(msg) - len("x=\n")
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		bad := append([]byte(nil), msg...)
		bad[last] = c
		if _, err := OpenCheckpoint(bad, k.v); err == nil && c != msg[last] {
			t.Errorf("the last letter %q opens as well as %q", c, msg[last])
		}
	}
	for i := range msg {
		for _, flip := range []byte{1, 0x20, 0x80} {
			bad := append([]byte(nil), msg...)
			bad[i] ^= flip
			if c, err := OpenCheckpoint(bad, k.v); err == nil {
				t.Errorf("byte %d changed by %#x: opened as %v", i, flip, c)
			}
		}
	}
	for i := range msg {
		if _, err := OpenCheckpoint(msg[:i], k.v); err == nil {
			t.Errorf("the first %d bytes opened", i)
		}
	}
}

func FuzzOpenCheckpoint(f *testing.F) {
	k := newKey(f, origin)
	msg, err := Sign(someHead(), k.s)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(msg, someHead().Text())
	f.Add([]byte("\n\n— a b\n"), "")
	f.Fuzz(func(t *testing.T, msg []byte, text string) {
		if c, err := OpenCheckpoint(msg, k.v); err == nil && c != someHead() {
			t.Fatalf("opened what was never signed: %q", msg)
		}
		signed, err := note.Sign(&note.Note{Text: text}, k.s)
		if err != nil {
			return
		}
		if c, err := OpenCheckpoint(signed, k.v); err == nil && c.Text() != text {
			t.Fatalf("%q opened as %q", text, c.Text())
		}
	})
}

func TestProofs(t *testing.T) {
	k := newKey(t, origin)
	s := grow(t, k, 70)
	data := leafData(s)
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Int64Range(1, 70).Draw(t, "size")
		n := rapid.Int64Range(0, size-1).Draw(t, "number")
		old := rapid.Int64Range(0, size).Draw(t, "old")
		now := Checkpoint{origin, size, naive(data[:size])}
		before := Checkpoint{origin, old, naive(data[:old])}

		in, err := ProveInclusion(n, size, s)
		if err := errors.Join(err, CheckInclusion(data[n], n, now, in)); err != nil {
			t.Fatal(err)
		}
		grown, err := ProveConsistency(old, size, s)
		if err := errors.Join(err, CheckConsistency(before, now, grown)); err != nil {
			t.Fatal(err)
		}

		bit := rapid.IntRange(0, 255).Draw(t, "bit")
		flip := func(h tlog.Hash) tlog.Hash { h[bit/8] ^= 1 << (bit % 8); return h }
		if bad := now; true {
			bad.Root = flip(bad.Root)
			if CheckInclusion(data[n], n, bad, in) == nil || (old > 0 && CheckConsistency(before, bad, grown) == nil) {
				t.Fatal("another root is proved")
			}
		}
		if bad := before; true {
			bad.Root = flip(bad.Root)
			if CheckConsistency(bad, now, grown) == nil {
				t.Fatal("another past is proved")
			}
		}
		for i := range in {
			in[i] = flip(in[i])
			if CheckInclusion(data[n], n, now, in) == nil {
				t.Fatal("a proof with a changed hash is taken")
			}
			in[i] = flip(in[i])
		}
		for i := range grown {
			grown[i] = flip(grown[i])
			if CheckConsistency(before, now, grown) == nil {
				t.Fatal("a proof with a changed hash is taken")
			}
			grown[i] = flip(grown[i])
		}
		if m := (n + 1) % size; m != n && CheckInclusion(data[m], n, now, in) == nil {
			t.Fatal("another leaf is proved")
		}
	})
}

func TestProofsOfWhatIsNotThere(t *testing.T) {
	s := grow(t, newKey(t, origin), 5)
	data := leafData(s)
	head := Checkpoint{origin, 5, naive(data)}
	_, err0 := ProveInclusion(5, 5, s)
	_, err1 := ProveInclusion(-1, 5, s)
	_, err2 := ProveInclusion(0, 9, s)
	_, err3 := ProveConsistency(6, 5, s)
	_, err4 := ProveConsistency(-1, 5, s)
	_, err5 := ProveConsistency(0, -1, s)
	in, _ := ProveInclusion(3, 5, s)
	err6 := CheckInclusion([]byte("no leaf"), 3, head, in)
	err7 := CheckInclusion(data[3], 4, head, in)
	other := head
	other.Origin = "other"
	err8 := CheckConsistency(other, head, nil)
	err9 := CheckConsistency(Checkpoint{origin, 0, head.Root}, head, nil)
	// A tree in which leaf 4 stands in the place of leaf 3, rightly hashed.
	twisted := grow(t, newKey(t, origin), 5)
	twisted.leaves[3] = twisted.leaves[4]
	pair := tlog.NodeHash(tlog.RecordHash(data[2]), tlog.RecordHash(data[4]))
	twisted.hashes[tlog.StoredHashIndex(1, 1)] = pair
	in4, _ := ProveInclusion(3, 5, twisted)
	err10 := CheckInclusion(data[4], 3, Checkpoint{origin, 5, naive(leafData(twisted))}, in4)
	for i, err := range []error{err0, err1, err2, err3, err4, err5, err6, err7, err8, err9, err10} {
		if err == nil {
			t.Errorf("case %d: no error", i)
		}
	}
}
