package answer_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"quittance/db/answer"
)

// member is a file of a zip.
type member struct{ name, text string }

func unpacked(t *testing.T, raw []byte) (out []member) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, member{f.Name, string(text)})
	}
	return out
}

func packed(t *testing.T, all []member) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, m := range all {
		w, err := z.Create(m.name)
		if err == nil {
			_, err = io.WriteString(w, m.text)
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

// at is a file of an answer.
func at(all []member, name string) *member {
	return &all[slices.IndexFunc(all, func(m member) bool { return m.name == name })]
}

// signed signs a manifest as an answer has it, with whatever key.
func signed(t *testing.T, manifest string, s note.Signer) string {
	t.Helper()
	sum := sha256.Sum256([]byte(manifest))
	out, err := note.Sign(&note.Note{Text: answer.Format + "\n" + hex.EncodeToString(sum[:]) + "  manifest.json\n"}, s)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func checked(t *testing.T, raw []byte, known ...note.Verifier) answer.Report {
	t.Helper()
	r, err := answer.Check(bytes.NewReader(raw), int64(len(raw)), known...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// An answer holds under its house's key, and by itself, which is said not to prove who made it.
func TestCheck(t *testing.T) {
	s, v, key := house(t)
	raw := written(t, s, key)
	if r := checked(t, raw, v); !r.OK() || !r.Signed || !r.Anchored || r.Manifest.Answer != 7 || r.Manifest.Records != 20 || len(r.Sum) != 64 {
		t.Errorf("%+v", r)
	}
	if r := checked(t, raw); !r.OK() || r.Anchored || !strings.HasPrefix(r.Anchor, "Not anchored") {
		t.Errorf("by itself: %+v", r)
	}
	if !answer.IsAnswer(bytes.NewReader(raw), int64(len(raw))) {
		t.Error("it is not seen to be an answer")
	}
	other := packed(t, []member{{"manifest.json", `{"pack":"quittance inspection pack"}`}})
	if answer.IsAnswer(bytes.NewReader(other), int64(len(other))) {
		t.Error("something else is taken for an answer")
	}
}

// Whatever is done to an answer is named, and nothing else is.
func TestTampering(t *testing.T) {
	s, v, key := house(t)
	forger, _, forged := house(t)
	whole := unpacked(t, written(t, s, key))
	for name, c := range map[string]struct {
		do    func(all []member) []member
		want  []string
		alone bool // without a key from elsewhere it holds
	}{
		"a file changed": {func(all []member) []member {
			at(all, "data.json").text = strings.Replace(at(all, "data.json").text, "bot", "bat", 1)
			return all
		}, []string{`"data.json" was altered: it has another hash.`}, false},
		"a file made longer": {func(all []member) []member { at(all, "README.txt").text += "!"; return all }, []string{`"README.txt" was altered: it has another length.`}, false},
		"a file taken out": {func(all []member) []member {
			return slices.DeleteFunc(all, func(m member) bool { return m.name == "images/20.png" })
		}, []string{`"images/20.png" is missing.`}, false},
		"a file put in": {func(all []member) []member { return append(all, member{"letter.txt", "pay here"}) },
			[]string{`"letter.txt" was added: the manifest does not list it, or it is there twice.`}, false},
		"a file twice": {func(all []member) []member { return append(all, *at(all, "index.html")) },
			[]string{`"index.html" was added: the manifest does not list it, or it is there twice.`}, false},
		"the manifest changed": {func(all []member) []member {
			at(all, "manifest.json").text = strings.Replace(at(all, "manifest.json").text, `"records": 20`, `"records": 21`, 1)
			return all
		}, []string{"manifest.json is not what was signed: it was altered."}, false},
		"the key in it swapped": {func(all []member) []member {
			at(all, "manifest.json").text = strings.Replace(at(all, "manifest.json").text, key, forged, 1)
			return all
		}, []string{"A key in manifest.json is not one that the manifest was signed with.", "manifest.json is not what was signed: it was altered."}, false},
		"signed by somebody else, whose key is put in": {func(all []member) []member {
			m := at(all, "manifest.json")
			m.text = strings.Replace(m.text, key, forged, 1)
			at(all, "manifest.note").text = signed(t, m.text, forger)
			return all
		}, []string{"The signature is of another key than the one that it is held against."}, true},
		"a forged signature": {func(all []member) []member {
			n := at(all, "manifest.note")
			n.text = n.text[:len(n.text)-8] + "AAAAA==\n"
			return all
		}, nil, false},
		"no signature": {func(all []member) []member {
			return slices.DeleteFunc(all, func(m member) bool { return m.name == "manifest.note" })
		}, []string{"manifest.note, the signature, is missing or cannot be read: there is no such file."}, false},
		"no manifest": {func(all []member) []member {
			return slices.DeleteFunc(all, func(m member) bool { return m.name == "manifest.json" })
		}, []string{"manifest.json is missing, or cannot be read: there is no such file."}, false},
	} {
		raw := packed(t, c.do(slices.Clone(whole)))
		r := checked(t, raw, v)
		if r.OK() || c.want != nil && !slices.Equal(r.Findings, c.want) {
			t.Errorf("%s: %q", name, r.Findings)
		}
		if alone := checked(t, raw); alone.OK() != c.alone {
			t.Errorf("%s, by itself: %q", name, alone.Findings)
		}
		if !answer.IsAnswer(bytes.NewReader(raw), int64(len(raw))) {
			t.Errorf("%s: it is not seen to be an answer any more", name)
		}
	}
}

// Whatever bits are turned over in the file: it is noticed, or what a person unpacks is what was made.
func TestEveryMutationOfAnAnswer(t *testing.T) {
	s, v, key := house(t)
	raw := written(t, s, key)
	whole, unnoticed := unpacked(t, raw), 0
	for range 300 {
		bad := bytes.Clone(raw)
		bad[rand.N(len(bad))] ^= 1 << rand.N(8)
		r, err := answer.Check(bytes.NewReader(bad), int64(len(bad)), v)
		if err != nil || !r.OK() {
			continue
		}
		if unnoticed++; !slices.Equal(unpacked(t, bad), whole) {
			t.Error("a change of what is in it was not noticed")
		}
	}
	if unnoticed > 100 {
		t.Errorf("%d of 300 changes were in nothing that anybody reads", unnoticed)
	}
}
