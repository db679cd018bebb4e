package audit

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A witness is somebody elsewhere who remembers the newest head of the log that it has seen, and signs the next one only after a proof that it
// grew out of that: https://c2sp.org/tlog-witness and https://c2sp.org/tlog-cosignature. What it has signed cannot be set back unnoticed.

// algCosignature is the type of an Ed25519 cosignature in a key and its ID (tlog-cosignature, "Format").
const algCosignature = 4

// cosignatureSize is a time of 8 bytes and an Ed25519 signature.
const cosignatureSize = 8 + ed25519.SignatureSize

// Witness checks the cosignatures of one witness. It is a note.Verifier.
type Witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

var errWitnessKey = errors.New("it is no key of a witness of the form NAME+HASH+KEY, of the type Ed25519 cosignature")

// ParseWitness reads the public key of a witness (https://c2sp.org/signed-note, "Verifier keys", with signature type 0x04).
func ParseWitness(vkey string) (*Witness, error) {
	name, rest, ok1 := strings.Cut(vkey, "+")
	hash, data, ok2 := strings.Cut(rest, "+")
	id, err1 := strconv.ParseUint(hash, 16, 32)
	raw, err2 := base64.StdEncoding.Strict().DecodeString(data)
	if !ok1 || !ok2 || err1 != nil || err2 != nil || len(hash) != 8 || checkOrigin(name) != nil || len(raw) != 1+ed25519.PublicKeySize || raw[0] != algCosignature {
		return nil, errWitnessKey
	}
	if sum := sha256.Sum256([]byte(name + "\n" + string(raw))); binary.BigEndian.Uint32(sum[:]) != uint32(id) {
		return nil, errWitnessKey
	}
	return &Witness{name, uint32(id), raw[1:]}, nil
}

// String is the key as it is written.
func (w *Witness) String() string {
	return fmt.Sprintf("%s+%08x+%s", w.name, w.hash, base64.StdEncoding.EncodeToString(append([]byte{algCosignature}, w.key...)))
}

// Name implements note.Verifier.
func (w *Witness) Name() string { return w.name }

// KeyHash implements note.Verifier.
func (w *Witness) KeyHash() uint32 { return w.hash }

// Verify implements note.Verifier.
func (w *Witness) Verify(msg, sig []byte) bool {
	if len(sig) != cosignatureSize {
		return false
	}
	at := binary.BigEndian.Uint64(sig)
	return at <= math.MaxInt64 && ed25519.Verify(w.key, CosignedMessage(at, msg), sig[8:])
}

// CosignedMessage is what a witness signs: the body of the checkpoint behind a line with the time, in seconds since 1970.
func CosignedMessage(at uint64, body []byte) []byte {
	return append([]byte("cosignature/v1\ntime "+strconv.FormatUint(at, 10)+"\n"), body...)
}

// Cosignature is that a witness has seen the log up to one head.
type Cosignature struct {
	Witness string
	Time    time.Time // UTC, seconds; the witness's clock
	Size    int64     // entries
	line    string
}

// Words is the cosignature in a sentence for a person.
func (c Cosignature) Words() string {
	return fmt.Sprintf("Cosigned by %s on %s, up to entry %d.", c.Witness, c.Time.Format("2 January 2006, 15:04 UTC"), c.Size-1)
}

// Cosignatures gives those of some witnesses on a signed checkpoint, whoever else has signed it. A wrong one is an error.
func Cosignatures(msg []byte, witnesses []*Witness) ([]Cosignature, error) {
	if len(witnesses) == 0 {
		return nil, nil
	}
	verifiers := make([]note.Verifier, len(witnesses))
	for i, w := range witnesses {
		verifiers[i] = w
	}
	if len(msg) > maxNote {
		return nil, errors.New("reading cosignatures: the checkpoint is too long")
	}
	n, err := note.Open(msg, note.VerifierList(verifiers...))
	if _, none := errors.AsType[*note.UnverifiedNoteError](err); none {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading cosignatures: %w", err)
	}
	c, err := parseCheckpoint(n.Text)
	if err != nil {
		return nil, fmt.Errorf("reading cosignatures: %w", err)
	}
	var out []Cosignature
	for _, sig := range n.Sigs {
		raw, err := base64.StdEncoding.Strict().DecodeString(sig.Base64)
		if err != nil || len(raw) != 4+cosignatureSize {
			return nil, errors.New("reading cosignatures: a signature is not in canonical form")
		}
		at := int64(binary.BigEndian.Uint64(raw[4:]))
		out = append(out, Cosignature{Witness: sig.Name, Time: time.Unix(at, 0).UTC(), Size: c.Size, line: "— " + sig.Name + " " + sig.Base64 + "\n"})
	}
	return out, nil
}

// maxProof is how many lines of a consistency proof a witness takes (tlog-witness, "add-checkpoint").
const maxProof = 63

// AddCheckpoint is the body of the request to a witness: the size that it saw last, the proof that the log of the checkpoint grew out of that, and
// the checkpoint as the log has signed it.
func AddCheckpoint(old int64, proof tlog.TreeProof, checkpoint []byte) ([]byte, error) {
	if old < 0 || len(proof) > maxProof {
		return nil, errors.New("asking a witness: the proof is out of range")
	}
	b := fmt.Appendf(nil, "old %d\n", old)
	for _, h := range proof {
		b = append(append(b, h.String()...), '\n')
	}
	return append(append(b, '\n'), checkpoint...), nil
}

// ParseAddCheckpoint reads such a body, as a witness does.
func ParseAddCheckpoint(body []byte) (old int64, proof tlog.TreeProof, checkpoint []byte, err error) {
	head, checkpoint, ok := bytes.Cut(body, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	digits, found := strings.CutPrefix(lines[0], "old ")
	old, err = strconv.ParseInt(digits, 10, 64)
	if !ok || !found || err != nil || old < 0 || strconv.FormatInt(old, 10) != digits || len(lines)-1 > maxProof {
		return 0, nil, nil, errors.New("reading what is sent to a witness: it is not of the form that was agreed")
	}
	for _, line := range lines[1:] {
		h, err := tlog.ParseHash(line)
		if err != nil {
			return 0, nil, nil, errors.New("reading what is sent to a witness: a hash cannot be read")
		}
		proof = append(proof, h)
	}
	return old, proof, checkpoint, nil
}

// Cosigned puts what a witness answered under the checkpoint that it was sent: the lines of this witness, and no others (tlog-witness: "The client
// MUST ignore any cosignatures from unknown keys").
func Cosigned(checkpoint, answer []byte, w *Witness) (msg []byte, c Cosignature, err error) {
	if len(checkpoint)+len(answer) > maxNote {
		return nil, c, errors.New("reading the answer of a witness: it is too long")
	}
	all, err := Cosignatures(append(bytes.Clone(checkpoint), answer...), []*Witness{w})
	if err != nil {
		return nil, c, err
	}
	if len(all) == 0 {
		return nil, c, errors.New("reading the answer of a witness: no cosignature of its key is in it")
	}
	c = all[len(all)-1]
	return append(bytes.Clone(checkpoint), c.line...), c, nil
}

// AddCosignatures copies the cosignatures under one checkpoint to another copy of it. They are signed over the same text, whichever keys of the log
// have signed it.
func AddCosignatures(checkpoint, cosigned []byte, witnesses []*Witness) ([]byte, error) {
	text := func(b []byte) string { body, _, _ := strings.Cut(string(b), "\n\n"); return body }
	if text(checkpoint) != text(cosigned) {
		return nil, errors.New("adding cosignatures: they are of another checkpoint")
	}
	all, err := Cosignatures(cosigned, witnesses)
	out := bytes.Clone(checkpoint)
	for _, c := range all {
		out = append(out, c.line...)
	}
	return out, err
}
