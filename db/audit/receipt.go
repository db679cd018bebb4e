package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Receipt is a receipt as a file: what was erased, and all that is needed to check it without us. The body's SHA-256 stands in an entry of
// the trail, the entry in the tree, the tree's head in a signed checkpoint; so the signature of the checkpoint is that of the receipt.
type Receipt struct {
	Body       json.RawMessage  `json:"body"`       // erasure.Receipt, the very bytes that the entry commits to
	Entry      json.RawMessage  `json:"entry"`      // the entry, as it stands in the trail
	Proof      tlog.RecordProof `json:"proof"`      // that the entry stands in the tree: RFC 6962, section 2.1.1
	Checkpoint string           `json:"checkpoint"` // signed head of the tree: https://c2sp.org/tlog-checkpoint
	Key        string           `json:"key"`        // who signed: worth something only if it is known from elsewhere too
	V          int              `json:"v"`
}

const (
	receiptVersion = 1
	// MaxReceipt bounds a receipt file, in bytes.
	MaxReceipt = 256 << 10
)

// about is the part of a receipt's body that ties it to the entry.
type about struct {
	Erasure   int64 `json:"erasure"`
	Amendment int64 `json:"amendment"`
}

// Commitment is the hash by which an entry stands for a receipt's body: SHA-256, in hex.
func Commitment(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// NewReceipt puts a receipt together. number is that of the entry, r are the stored hashes.
func NewReceipt(body, entry []byte, number int64, checkpoint []byte, vkey string, r tlog.HashReader) (Receipt, error) {
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return Receipt{}, fmt.Errorf("reading the key of the log: %w", err)
	}
	head, err := OpenCheckpoint(checkpoint, v)
	if err != nil {
		return Receipt{}, err
	}
	proof, err := ProveInclusion(number, head.Size, r)
	if err != nil {
		return Receipt{}, err
	}
	return Receipt{Body: body, Entry: entry, Proof: proof, Checkpoint: string(checkpoint), Key: vkey, V: receiptVersion}, nil
}

// JSON is the receipt as a file, on one line. Its parts that are hashed stand in it byte by byte.
func (r Receipt) JSON() ([]byte, error) {
	raw, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("writing a receipt: %w", err)
	}
	if !bytes.Contains(raw, r.Body) || !bytes.Contains(raw, r.Entry) {
		return nil, errors.New("writing a receipt: its body is not written the one way")
	}
	return append(raw, '\n'), nil
}

// ReceiptReport is the outcome of CheckReceipt.
type ReceiptReport struct {
	Erasure, Amendment int64 // which erasure, and which of its receipts: 0 is the first
	Entry              Entry // what the trail says of its end
	Head               Checkpoint
	Cosigned           []Cosignature
	Anchored           bool
	Anchor             string
	Findings           []Finding
}

// OK tells that everything holds.
func (r ReceiptReport) OK() bool { return len(r.Findings) == 0 }

func (r *ReceiptReport) add(format string, args ...any) {
	r.Findings = append(r.Findings, Finding{Kind: Tampering, Number: -1, Words: fmt.Sprintf(format, args...)})
}

// Outside is what the checker has from elsewhere.
type Outside struct {
	Keys        []note.Verifier // where there are any, only these count
	Checkpoints [][]byte        // signed, of any size
	Witnesses   []*Witness
}

// CheckReceipt checks a receipt file offline. What is wrong is a finding; an error is only returned for what is no receipt at all.
func CheckReceipt(raw []byte, outside Outside) (ReceiptReport, error) {
	r, err := parseReceipt(raw)
	if err != nil {
		return ReceiptReport{}, fmt.Errorf("reading a receipt: %w", err)
	}
	var rep ReceiptReport
	rep.Head.Size = -1
	rep.entry(r)
	rep.head(r, outside)
	if rep.Head.Size >= 0 {
		if err := CheckInclusion(r.Entry, rep.Entry.Number, rep.Head, r.Proof); err != nil {
			rep.add("The proof does not show that the entry stands in the log that the checkpoint is the head of.")
		}
	}
	rep.anchor(outside)
	return rep, nil
}

// parseReceipt takes the one spelling that JSON gives.
func parseReceipt(raw []byte) (Receipt, error) {
	var r Receipt
	if len(raw) > MaxReceipt {
		return r, errors.New("it is too long")
	}
	if err := json.Unmarshal(raw, &r); err != nil || r.V != receiptVersion {
		return r, errors.New("it is no receipt of a version known here")
	}
	again, err := r.JSON()
	if err != nil || !bytes.Equal(again, raw) {
		return r, errors.New("it is not written the one way: something was added, or it was reformatted")
	}
	return r, nil
}

func (rep *ReceiptReport) entry(r Receipt) {
	var a about
	if err := json.Unmarshal(r.Body, &a); err != nil {
		rep.add("The body of the receipt cannot be read.")
		return
	}
	rep.Erasure, rep.Amendment = a.Erasure, a.Amendment
	e, err := Parse(r.Entry)
	if err != nil {
		rep.add("The entry in the receipt was altered: %v.", err)
		return
	}
	rep.Entry = e
	if kind, n, ok := e.Object.Split(); !ok || kind != KindErasure || n != a.Erasure {
		rep.add("The entry in the receipt is about something else than erasure %d.", a.Erasure)
	}
	if e.Commits[CommitReceipt] != Commitment(r.Body) {
		rep.add("The body of the receipt is not what the entry in the trail was made for: it was altered, or it is of another erasure.")
	}
}

func (rep *ReceiptReport) head(r Receipt, outside Outside) {
	own, err := note.NewVerifier(r.Key)
	if err != nil {
		rep.add("The key in the receipt cannot be read.")
		return
	}
	keys := outside.Keys
	if len(keys) == 0 {
		keys = []note.Verifier{own}
	} else if _, err := OpenCheckpoint([]byte(r.Checkpoint), own); err != nil {
		rep.add("The key in the receipt is not one that its checkpoint was signed with.") // worth nothing, but somebody put it there
	}
	c, err := OpenCheckpoint([]byte(r.Checkpoint), keys...)
	if err != nil {
		rep.add("The checkpoint of the receipt is not validly signed: %v.", err)
		return
	}
	rep.Head = c
	if rep.Cosigned, err = Cosignatures([]byte(r.Checkpoint), outside.Witnesses); err != nil {
		rep.add("A cosignature under the checkpoint of the receipt is not valid: %v.", err)
	}
	for _, msg := range outside.Checkpoints {
		old, err := OpenCheckpoint(msg, keys...)
		switch {
		case err != nil:
			rep.add("A checkpoint from outside was not signed with the key of this log: %v.", err)
		case old.Origin != c.Origin:
			rep.add("The checkpoint from outside belongs to another log.")
		case old.Size == c.Size && old.Root != c.Root:
			rep.add("The log was signed twice with different content: the checkpoint from outside over %d entries has another root.", old.Size)
		case old == c:
			rep.Anchored = true
		}
	}
}

// anchor says in words what the check rests on.
func (rep *ReceiptReport) anchor(outside Outside) {
	switch {
	case rep.Anchored:
		rep.Anchor = "Anchored: the checkpoint of the receipt is the one from outside."
	case len(rep.Cosigned) > 0:
		rep.Anchored = true
		rep.Anchor = "Anchored: a witness has cosigned the checkpoint of the receipt."
	case len(outside.Keys) > 0:
		rep.Anchored = true
		rep.Anchor = "Anchored by a key from outside."
	case len(outside.Checkpoints) > 0:
		rep.Anchor = "Not anchored: the checkpoint from outside is of another size, and only the whole trail shows that one grew out of the other."
	default:
		rep.Anchor = "Not anchored: the key came with the receipt, so a receipt that was signed with a key made up for it cannot be seen."
	}
}
