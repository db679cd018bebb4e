package answer

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/note"
)

// ErrAltered is that an answer is not as it was made.
var ErrAltered = errors.New("this answer was altered, or is not whole")

// maxManifest bounds the manifest and its signature, in bytes.
const maxManifest = 64 << 20

// Verify checks the zip of an answer: the signature, and the hash of each file. No file may stand in it that is not in the manifest.
func Verify(r io.ReaderAt, size int64, known ...note.Verifier) error {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAltered, err)
	}
	manifest, err := whole(z, "manifest.json")
	if err != nil {
		return err
	}
	signed, err := whole(z, "manifest.note")
	if err != nil {
		return err
	}
	n, err := note.Open(signed, note.VerifierList(known...))
	if err != nil || n.Text != signedText(manifest) {
		return errors.Join(ErrAltered, err)
	}
	var m struct{ Files []File }
	if err := json.Unmarshal(manifest, &m); err != nil || len(z.File) != len(m.Files)+2 {
		return errors.Join(ErrAltered, err)
	}
	for _, f := range m.Files {
		if err := same(z, f); err != nil {
			return err
		}
	}
	return nil
}

func whole(z *zip.Reader, name string) ([]byte, error) {
	f, err := z.Open(name)
	if err != nil {
		return nil, ErrAltered
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxManifest))
	if err != nil {
		return nil, errors.Join(ErrAltered, err)
	}
	return raw, nil
}

func same(z *zip.Reader, want File) error {
	f, err := z.Open(want.Name)
	if err != nil {
		return ErrAltered
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, io.LimitReader(f, want.Bytes+1))
	if err != nil || n != want.Bytes || hex.EncodeToString(sum.Sum(nil)) != want.SHA256 {
		return errors.Join(ErrAltered, err)
	}
	return nil
}
