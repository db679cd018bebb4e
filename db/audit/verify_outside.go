package audit

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"golang.org/x/mod/sumdb/note"
)

// kept is a checkpoint from outside, with the SHA-256 of its text, in hex.
type kept struct {
	Checkpoint
	sum string
	msg []byte
}

// promised is a key, by the SHA-256 of how it is written, that an entry says the log goes on with.
type promised struct {
	entry int64
	hash  string
}

// and adds keys that are not there yet: package note takes no key twice, and none in the place of another.
func and(keys []note.Verifier, more ...note.Verifier) []note.Verifier {
	keys = slices.Clone(keys)
	for _, k := range more {
		if !slices.ContainsFunc(keys, func(o note.Verifier) bool { return o.Name() == k.Name() && o.KeyHash() == k.KeyHash() }) {
			keys = append(keys, k)
		}
	}
	return keys
}

// openHead opens a checkpoint of the store. One that only a key of the store has signed, and none from outside, counts once a later one shows
// that whoever holds the trusted key has signed for it too: a key that was replaced is no sign of tampering to whoever knows only the new one.
func (v *verifier) openHead(msg []byte) (h head) {
	if h.Checkpoint, h.err = OpenCheckpoint(msg, v.trusted...); h.err != nil && len(v.b.OutsideKeys) > 0 {
		h.doubt = h.err
		h.Checkpoint, h.err = OpenCheckpoint(msg, v.b.Keys...)
	} else if h.err == nil && len(v.b.OutsideKeys) > 0 && len(v.b.Keys) > 0 {
		_, err := OpenCheckpoint(msg, v.b.Keys...)
		h.swapped = err != nil
	}
	return h
}

// vouch trusts the keys that the log went on with, as far as a key that is trusted already has signed for the entries that say so. That both keys
// have signed one checkpoint would not do: anybody can put a signature of their own under a checkpoint.
func (v *verifier) vouch(size int64) {
	v.promised = slices.DeleteFunc(v.promised, func(p promised) bool {
		if p.entry < size && len(v.b.OutsideKeys) > 0 {
			v.trust(p.hash)
		}
		return p.entry < size
	})
}

func (v *verifier) trust(hash string) {
	for _, vkey := range v.b.Chain {
		if sum := sha256.Sum256([]byte(vkey)); hex.EncodeToString(sum[:]) != hash {
			continue
		}
		if k, err := note.NewVerifier(vkey); err == nil {
			v.trusted = and(v.trusted, k)
		}
	}
}

// openOutside opens the checkpoints from outside, with keys that may come to be trusted too: whether they were stands fast once the log was read
// that far. One that none of them signed is a finding: either the key was swapped or it is of another log.
func (v *verifier) openOutside() {
	keys := slices.Clone(v.trusted)
	for _, vkey := range v.b.Chain {
		if k, err := note.NewVerifier(vkey); err == nil && len(v.b.OutsideKeys) > 0 {
			keys = and(keys, k)
		}
	}
	for _, msg := range v.b.Outside {
		c, err := OpenCheckpoint(msg, keys...)
		if err != nil {
			v.unsigned(err)
			continue
		}
		v.report.outside++
		sum := sha256.Sum256(msg)
		v.old = append(v.old, kept{c, hex.EncodeToString(sum[:]), msg})
	}
	slices.SortFunc(v.old, func(a, b kept) int { return cmp.Compare(a.Size, b.Size) })
}

func (v *verifier) unsigned(err error) {
	v.report.add(Tampering, -1, "A checkpoint from outside was not signed with the key of this log: %v.", err)
}

func (v *verifier) matchOutside(c kept) {
	if v.foreign(c.Checkpoint) {
		v.report.add(Tampering, c.Size, "The checkpoint from outside over %d entries belongs to another log.", c.Size)
		return
	}
	if _, err := OpenCheckpoint(c.msg, v.trusted...); err != nil {
		v.report.outside--
		v.unsigned(err)
		return
	}
	if c.Root != v.front.root() {
		v.report.add(Tampering, c.Size, "The first %d entries are not those that a checkpoint from outside was signed for.", c.Size)
		return
	}
	v.vouch(c.Size)
}
