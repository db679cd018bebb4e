package audit

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// EntryProof is one entry with the proof that it stands in the log, as a file: https://c2sp.org/tlog-proof. Its line "extra" carries the leaf, so
// that the file can be checked with nothing beside it but the key.
type EntryProof struct {
	Leaf       []byte
	Number     int64
	Proof      tlog.RecordProof // RFC 6962, section 2.1.1
	Checkpoint string           // signed: https://c2sp.org/tlog-checkpoint
}

const (
	proofLine = "c2sp.org/tlog-proof@v1"
	// MaxProof bounds a proof file, in bytes: a leaf, 64 hashes and a checkpoint.
	MaxProof = 32 << 10
)

// NewEntryProof proves that an entry stands under a signed head. r are the stored hashes.
func NewEntryProof(leaf []byte, number int64, checkpoint []byte, vkey string, r tlog.HashReader) (EntryProof, error) {
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return EntryProof{}, fmt.Errorf("reading the key of the log: %w", err)
	}
	head, err := OpenCheckpoint(checkpoint, v)
	if err != nil {
		return EntryProof{}, err
	}
	proof, err := ProveInclusion(number, head.Size, r)
	return EntryProof{Leaf: leaf, Number: number, Proof: proof, Checkpoint: string(checkpoint)}, err
}

// Text is the proof as a file.
func (p EntryProof) Text() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\nextra %s\nindex %d\n", proofLine, base64.StdEncoding.EncodeToString(p.Leaf), p.Number)
	for _, h := range p.Proof {
		b.WriteString(h.String() + "\n")
	}
	b.WriteString("\n" + p.Checkpoint)
	return b.Bytes()
}

// IsEntryProof tells whether a file that begins like this may be a proof.
func IsEntryProof(start []byte) bool { return bytes.HasPrefix(start, []byte(proofLine+"\n")) }

// ParseEntryProof reads a proof. It takes the one spelling that Text gives.
func ParseEntryProof(raw []byte) (EntryProof, error) {
	p, err := parseEntryProof(raw)
	if err == nil && !bytes.Equal(p.Text(), raw) {
		err = errors.New("it is not written the one way")
	}
	if err != nil {
		return EntryProof{}, fmt.Errorf("reading a proof: %w", err)
	}
	return p, nil
}

func parseEntryProof(raw []byte) (p EntryProof, err error) {
	head, checkpoint, cut := strings.Cut(string(raw), "\n\n")
	lines := strings.Split(head, "\n")
	if len(raw) > MaxProof || !cut || len(lines) < 3 || len(lines) > 3+64 || lines[0] != proofLine {
		return p, errors.New("it is no proof of this form")
	}
	extra, has := strings.CutPrefix(lines[1], "extra ")
	index, numbered := strings.CutPrefix(lines[2], "index ")
	if !has || !numbered {
		return p, errors.New("it lacks the entry or its number")
	}
	if p.Leaf, err = base64.StdEncoding.DecodeString(extra); err != nil {
		return p, errors.New("its entry cannot be read")
	}
	if p.Number, err = strconv.ParseInt(index, 10, 64); err != nil {
		return p, errors.New("its number cannot be read")
	}
	for _, line := range lines[3:] {
		h, err := tlog.ParseHash(line)
		if err != nil {
			return p, errors.New("one of its hashes cannot be read")
		}
		p.Proof = append(p.Proof, h)
	}
	p.Checkpoint = checkpoint
	return p, nil
}

// ProofReport is the outcome of CheckEntryProof.
type ProofReport struct {
	Entry Entry
	ReceiptReport
}

// CheckEntryProof checks a proof file offline. The file carries no key (the form has no place for one), so one from outside is needed.
func CheckEntryProof(raw []byte, outside Outside) (ProofReport, error) {
	p, err := ParseEntryProof(raw)
	if err != nil {
		return ProofReport{}, err
	}
	if len(outside.Keys) == 0 {
		return ProofReport{}, errors.New("a proof carries no key: give the key of the log with -key")
	}
	var rep ProofReport
	rep.Head.Size = -1
	if rep.Entry, err = Parse(p.Leaf); err != nil {
		rep.add("The entry was altered: %v.", err)
	}
	rep.under(p.Checkpoint, outside.Keys, outside)
	if rep.Head.Size >= 0 {
		if err := CheckInclusion(p.Leaf, p.Number, rep.Head, p.Proof); err != nil {
			rep.add("The proof does not show that the entry stands in the log that the checkpoint is the head of.")
		}
	}
	rep.anchor(outside)
	return rep, nil
}
