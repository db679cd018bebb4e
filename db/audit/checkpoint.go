package audit

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is the head of a log at one size. Signed, it is a note that an
// auditor can keep and hold against the log later.
type Checkpoint struct {
	Origin string    // which log: the name of its key
	Size   int64     // number of leaves
	Root   tlog.Hash // RFC 6962, section 2.1
}

// maxNote bounds a signed checkpoint: three lines, our signatures during a
// change of keys, and room for those of witnesses.
const maxNote = 16 << 10

// NewSigner makes an Ed25519 key pair for the log named origin, which holds no
// spaces and no plus sign. skey is secret and is read by note.NewSigner; vkey
// is handed out and is read by note.NewVerifier.
func NewSigner(origin string) (skey, vkey string, err error) {
	if err := checkOrigin(origin); err != nil {
		return "", "", fmt.Errorf("making a signing key: %w", err)
	}
	return note.GenerateKey(rand.Reader, origin)
}

// checkOrigin wants the printable ASCII part of what a note allows as the name
// of a key (https://c2sp.org/signed-note), since the origin is that name too.
func checkOrigin(origin string) error {
	outside := func(r rune) bool { return r <= ' ' || r > '~' || r == '+' }
	if origin == "" || strings.ContainsFunc(origin, outside) {
		return errors.New("the name of the log is empty or holds a character that is not allowed")
	}
	return nil
}

// Text is the checkpoint as it is signed (https://c2sp.org/tlog-checkpoint):
// origin, size in decimal and root in base64, each on a line of its own.
func (c Checkpoint) Text() string {
	return c.Origin + "\n" + strconv.FormatInt(c.Size, 10) + "\n" + c.Root.String() + "\n"
}

// Sign gives the checkpoint as a signed note (https://c2sp.org/signed-note).
// There are several signers while one key gives way to the next. The name of
// each is the origin: "The log's key name in its signature line SHOULD match".
func Sign(c Checkpoint, signers ...note.Signer) ([]byte, error) {
	if len(signers) == 0 {
		return nil, errors.New("signing a checkpoint: there is no key")
	}
	for _, s := range signers {
		if s.Name() != c.Origin {
			return nil, errors.New("signing a checkpoint: the key belongs to another log")
		}
	}
	if again, err := parseCheckpoint(c.Text()); err != nil || again != c {
		return nil, fmt.Errorf("signing a checkpoint: %w", errMalformed)
	}
	msg, err := note.Sign(&note.Note{Text: c.Text()}, signers...)
	if err != nil {
		return nil, fmt.Errorf("signing a checkpoint: %w", err)
	}
	return msg, nil
}

var errMalformed = errors.New("it is no checkpoint of the form origin, size, root")

// OpenCheckpoint reads a signed checkpoint. At least one of the verifiers must
// have signed it, none of them wrongly, and under the name of the log itself.
// Signatures by others, witnesses among them, are passed over.
func OpenCheckpoint(msg []byte, verifiers ...note.Verifier) (Checkpoint, error) {
	c, err := openCheckpoint(msg, verifiers)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("opening a checkpoint: %w", err)
	}
	return c, nil
}

func openCheckpoint(msg []byte, verifiers []note.Verifier) (Checkpoint, error) {
	if len(msg) > maxNote {
		return Checkpoint{}, errors.New("it is too long")
	}
	n, err := note.Open(msg, note.VerifierList(verifiers...))
	if err != nil {
		return Checkpoint{}, err
	}
	c, err := parseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, err
	}
	named := false
	for _, sig := range n.Sigs {
		// Package note lets the last bits of a signature's base64 be anything:
		// a changed byte is to be noticed even where it changes nothing.
		if _, err := base64.StdEncoding.Strict().DecodeString(sig.Base64); err != nil {
			return Checkpoint{}, errors.New("a signature is not in canonical form")
		}
		named = named || sig.Name == c.Origin
	}
	if !named {
		return Checkpoint{}, errors.New("it is signed, but not by the log that it names")
	}
	return c, nil
}

// parseCheckpoint takes the one spelling of origin, size and root. Extension
// lines, which the form allows and advises against, are refused: we write none.
func parseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 {
		return Checkpoint{}, errMalformed
	}
	size, err1 := strconv.ParseInt(lines[1], 10, 64)
	root, err2 := tlog.ParseHash(lines[2])
	c := Checkpoint{Origin: lines[0], Size: size, Root: root}
	if err1 != nil || err2 != nil || size < 0 || size > maxSeq || checkOrigin(c.Origin) != nil || c.Text() != text {
		return Checkpoint{}, errMalformed
	}
	return c, nil
}
