package erasure

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"
)

// Manifest is what an erasure will do, counted before anyone approves. The approver signs its hash. It names services by number and
// holds no customer ID.
type Manifest struct {
	Salt   string    `json:"salt"` // hex; without it the hash could be guessed from the counts
	Cutoff int64     `json:"cutoff"`
	Taken  time.Time `json:"taken"`
	Go     []Line    `json:"go"`   // what will be erased
	Stay   []Stay    `json:"stay"` // services left out, and why
	// Calls are the linked services that will be called. Nothing is counted there: each cuts off when it receives our call.
	Calls []int64 `json:"calls,omitempty"`
	// Kept is what stays beside that, and why. It decides nothing; it is signed, because the approver was told of it.
	Kept []Kept `json:"kept,omitempty"`
	// Held is how much of what goes waits for the end of a hold or a restriction. It is no part of Grown: a new hold only shrinks what goes
	// now, and what it keeps goes under the same request once it ends.
	Held []HeldLine `json:"held,omitempty"`
}

// Line is what goes at one service, of one kind.
type Line struct {
	Service int64  `json:"service"`
	Kind    string `json:"kind"`
	Records int64  `json:"records"`
	Shared  int64  `json:"shared"` // of them, bear other customer IDs too: the whole record goes
	First   int64  `json:"first"`  // ms since 1970: an imported time may lie beyond what a JSON time can say
	Last    int64  `json:"last"`
}

// Stay is a service that the proposer left out. Why is one of a closed list.
type Stay struct {
	Service int64  `json:"service"`
	Name    string `json:"name,omitempty"` // on receipts, which are read where no number of a service means anything
	Records int64  `json:"records"`
	Why     string `json:"why"`
}

// NewManifest gives a manifest its salt.
func NewManifest(cutoff int64, taken time.Time, lines []Line, stay []Stay) Manifest {
	salt := make([]byte, 16)
	rand.Read(salt)
	return Manifest{Salt: hex.EncodeToString(salt), Cutoff: cutoff, Taken: taken.UTC(), Go: lines, Stay: stay}
}

// Records is how many records will be erased.
func (m Manifest) Records() int64 {
	var n int64
	for _, l := range m.Go {
		n += l.Records
	}
	return n
}

// Shared is how many of them bear other customer IDs too.
func (m Manifest) Shared() int64 {
	var n int64
	for _, l := range m.Go {
		n += l.Shared
	}
	return n
}

// Unreached is how many records that may be the person's no request by customer ID can find.
func (m Manifest) Unreached() (n int64) {
	for _, k := range m.Kept {
		if k.Why == WhyUnlabelled {
			n += k.Records
		}
	}
	return n
}

// JSON is the text that is stored and hashed.
func (m Manifest) JSON() []byte {
	raw, err := json.Marshal(m)
	if err != nil {
		panic(err) // a struct of numbers, strings and times always marshals
	}
	return raw
}

// Hash is SHA-256 over the stored text, in hex: what the approver signs.
func (m Manifest) Hash() string {
	sum := sha256.Sum256(m.JSON())
	return hex.EncodeToString(sum[:])
}

// Receipt is what remains of an erasure that is finished, or of which a hold keeps the rest: counts before and after from the verification pass, and where
// each part stands.
// It holds no customer ID and no reference to one; the commitment tells only who has the salt and the ID.
type Receipt struct {
	Erasure  int64         `json:"erasure"`
	Ground   string        `json:"ground"`
	Origin   string        `json:"origin"`
	Manifest string        `json:"manifest"` // hash of the manifest that was approved
	Cutoff   int64         `json:"cutoff"`
	Proposed time.Time     `json:"proposed"`
	Approved time.Time     `json:"approved,omitzero"`
	Started  time.Time     `json:"started"`
	Ended    time.Time     `json:"ended"`
	Deadline time.Time     `json:"deadline"`
	Parts    []ReceiptPart `json:"parts"`
	Stay     []Stay        `json:"stay,omitempty"`

	Amendment int64      `json:"amendment,omitempty"` // 0 = the first receipt; later ones say what went since
	Held      []HeldLine `json:"held,omitempty"`      // what is kept, by which hold or restriction

	Subject string   `json:"subject,omitempty"` // audit.SubjectCommitment; "" on early receipts, and where a restore ended what has no ID any more
	Backups *Backups `json:"backups,omitempty"` // nil on early receipts
}

// Backups is what a receipt states of the backups that were made before it and may hold what was erased.
type Backups struct {
	// Until is when the key of the last of them is destroyed; zero = none can be opened with a key that is kept here.
	Until time.Time `json:"until,omitzero"`
}

// ReceiptPart is one service on a receipt.
type ReceiptPart struct {
	Service int64     `json:"service"`
	Name    string    `json:"name"`
	Before  int64     `json:"before"`
	After   int64     `json:"after"`
	Held    int64     `json:"held,omitempty"` // of those after
	State   PartState `json:"state"`

	// Of a linked service: when it accepted our last call, how often the call was repeated because nobody knew what had become of it, and
	// what went wrong at last. Each repeat moved its cut-off.
	Linked   bool      `json:"linked,omitempty"`
	Accepted time.Time `json:"accepted,omitzero"`
	Repeats  int64     `json:"repeats,omitempty"`
	Code     string    `json:"code,omitempty"`

	// What a person said of it: on which day it was done there (zero = it cannot be done), who says so, and the hash over the salted evidence.
	Attested Day    `json:"attested,omitzero"`
	By       string `json:"by,omitempty"`
	Evidence string `json:"evidence,omitempty"`
}

// MarshalJSON leaves the counts of a linked service out: nothing was counted there, and 0 would say that it was.
func (p ReceiptPart) MarshalJSON() ([]byte, error) {
	type plain ReceiptPart
	if !p.Linked {
		return json.Marshal(plain(p))
	}
	return json.Marshal(struct {
		plain
		Before *int64 `json:"before,omitempty"`
		After  *int64 `json:"after,omitempty"`
	}{plain: plain(p)})
}

// Day is a calendar day, without a time that nobody has stated.
type Day struct{ time.Time }

// DayOf is the day of a moment, in UTC.
func DayOf(t time.Time) Day {
	if t.IsZero() {
		return Day{}
	}
	return Day{t.UTC().Truncate(24 * time.Hour)}
}

// MarshalJSON writes 2026-03-02.
func (d Day) MarshalJSON() ([]byte, error) { return json.Marshal(d.Format(time.DateOnly)) }

// UnmarshalJSON reads that, and the whole time that early receipts have.
func (d *Day) UnmarshalJSON(raw []byte) error {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return err
	}
	day, err := time.Parse(time.DateOnly, text[:min(len(text), len(time.DateOnly))])
	d.Time = day
	return err
}

// Same reports whether two receipts of one erasure say the same of every part and of what is held.
func (r Receipt) Same(o Receipt) bool {
	return slices.Equal(r.Held, o.Held) && slices.EqualFunc(r.Parts, o.Parts, func(a, b ReceiptPart) bool {
		same := a.Accepted.Equal(b.Accepted)
		a.Accepted, b.Accepted = time.Time{}, time.Time{}
		return same && a == b
	})
}
