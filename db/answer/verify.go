package answer

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Report is what the check of an answer found.
type Report struct {
	Manifest Manifest
	Sum      string // SHA-256 of manifest.json, in hex
	Signed   bool   // by a key that counts
	Anchored bool   // by a key from elsewhere
	Anchor   string
	Findings []string
}

// OK tells whether everything holds.
func (r Report) OK() bool { return len(r.Findings) == 0 }

func (r *Report) add(format string, values ...any) {
	r.Findings = append(r.Findings, fmt.Sprintf(format, values...))
}

// ErrNoAnswer is that a file is no zip of an answer.
var ErrNoAnswer = errors.New("this is no zip with the manifest of an answer")

// maxManifest bounds the manifest and its signature, in bytes; maxNamed how many files are named that are not as they should be.
const (
	maxManifest = 64 << 20
	maxNamed    = 100
)

const manifestName, signatureName = "manifest.json", "manifest.note"

// IsAnswer tells whether a zip is an answer by what lies in it, and not by whether it holds.
func IsAnswer(r io.ReaderAt, size int64) bool {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return false
	}
	raw, err := whole(z, manifestName)
	var m struct{ Format string }
	if err == nil && json.Unmarshal(raw, &m) == nil && m.Format != "" {
		return strings.HasPrefix(m.Format, formatName)
	}
	signed, err := whole(z, signatureName)
	return err == nil && strings.HasPrefix(string(signed), formatName)
}

// Check checks the zip of an answer: the signature under its manifest, and each file by its hash. known are keys from elsewhere; without one the
// key that came with the answer counts, which shows that it is whole and not who made it. What is wrong is a finding; an error is only returned for
// what is no answer at all.
func Check(r io.ReaderAt, size int64, known ...note.Verifier) (rep Report, err error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return rep, fmt.Errorf("%w: %w", ErrNoAnswer, err)
	}
	rep.anchor(known)
	raw, err := whole(z, manifestName)
	if err != nil {
		rep.add("manifest.json is missing, or cannot be read: %v.", err)
		return rep, nil
	}
	sum := sha256.Sum256(raw)
	rep.Sum = hex.EncodeToString(sum[:])
	if err := json.Unmarshal(raw, &rep.Manifest); err != nil || rep.Manifest.Format != Format {
		rep.add("manifest.json is not one that this program can read.")
		return rep, nil
	}
	rep.signature(z, raw, known)
	rep.files(z)
	return rep, nil
}

func (r *Report) anchor(known []note.Verifier) {
	r.Anchor = "Not anchored: the key came with the answer, so an answer that was signed with a key made up for it cannot be seen."
	if r.Anchored = len(known) > 0; r.Anchored {
		r.Anchor = "Anchored by a key from outside."
	}
}

// signature opens what was signed, and holds it against the manifest.
func (r *Report) signature(z *zip.Reader, manifest []byte, known []note.Verifier) {
	signed, err := whole(z, signatureName)
	if err != nil {
		r.add("manifest.note, the signature, is missing or cannot be read: %v.", err)
		return
	}
	own := r.ownKeys(signed, len(known) > 0)
	if len(known) == 0 {
		known = own
	}
	n, err := note.Open(signed, note.VerifierList(known...))
	var unverified *note.UnverifiedNoteError
	switch {
	case errors.As(err, &unverified):
		r.add("The signature is of another key than the one that it is held against.")
	case err != nil:
		r.add("The signature is not valid: %v.", err)
	case n.Text != signedText(manifest):
		r.add("manifest.json is not what was signed: it was altered.")
	default:
		r.Signed = true
	}
}

// ownKeys are those in the manifest. outside says that they do not count; one that signed nothing is a finding all the same: somebody put it there.
func (r *Report) ownKeys(signed []byte, outside bool) (out []note.Verifier) {
	for _, k := range r.Manifest.Keys {
		v, err := note.NewVerifier(k)
		if err != nil {
			r.add("A key in manifest.json cannot be read.")
			continue
		}
		if _, err := note.Open(signed, note.VerifierList(v)); err != nil && outside {
			r.add("A key in manifest.json is not one that the manifest was signed with.")
		}
		out = append(out, v)
	}
	return out
}

// files holds each file against its line, and finds those that have none.
func (r *Report) files(z *zip.Reader) {
	there := map[string]*zip.File{}
	for _, f := range z.File {
		if there[f.Name] == nil {
			there[f.Name] = f
		}
	}
	listed := map[string]int{manifestName: 1, signatureName: 1}
	for _, f := range r.Manifest.Files {
		listed[f.Name]++
		if err := same(there[f.Name], f); err != nil && len(r.Findings) < maxNamed {
			r.add("%q %v.", f.Name, err)
		}
	}
	for _, f := range z.File {
		if listed[f.Name]--; listed[f.Name] < 0 && len(r.Findings) < maxNamed {
			r.add("%q was added: the manifest does not list it, or it is there twice.", f.Name)
		}
	}
}

func whole(z *zip.Reader, name string) ([]byte, error) {
	i := slices.IndexFunc(z.File, func(f *zip.File) bool { return f.Name == name })
	if i < 0 {
		return nil, errors.New("there is no such file")
	}
	in, err := z.File[i].Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	raw, err := io.ReadAll(io.LimitReader(in, maxManifest+1))
	if err == nil && len(raw) > maxManifest {
		err = errors.New("it is too long")
	}
	return raw, err
}

// same holds a file against its line; the error says what became of it.
func same(f *zip.File, want File) error {
	if f == nil {
		return errors.New("is missing")
	}
	in, err := f.Open()
	if err != nil {
		return fmt.Errorf("cannot be read: %w", err)
	}
	defer in.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, io.LimitReader(in, want.Bytes+1))
	switch {
	case err != nil:
		return fmt.Errorf("was altered and cannot be read: %w", err)
	case n != want.Bytes:
		return errors.New("was altered: it has another length")
	case hex.EncodeToString(sum.Sum(nil)) != want.SHA256:
		return errors.New("was altered: it has another hash")
	}
	return nil
}
