package db

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"quittance/db/audit"
)

// formerKey is a key that signed the trail before the one that signs it now.
type formerKey struct {
	Public string    `json:"public"`
	Signer string    `json:"signer,omitempty"` // while it signs beside the new one
	Until  time.Time `json:"until,omitzero"`   // the end of that
}

// signing are the keys of the trail, ready to be used. It is replaced as a whole.
type signing struct {
	origin    string
	public    string
	publics   []string        // of all keys, as they are written, in the order of the verifiers
	verifiers []note.Verifier // of all keys, the present one first
	present   note.Signer
	beside    []besideKey
}

// besideKey signs beside the present one for a while, so that whoever knows only the old key can follow.
type besideKey struct {
	note.Signer
	until time.Time
}

// signers are those that sign a head now.
func (g *signing) signers(now time.Time) []note.Signer {
	out := []note.Signer{g.present}
	for _, b := range g.beside {
		if now.Before(b.until) {
			out = append(out, b.Signer)
		}
	}
	return out
}

// publicsOf are the public keys of those that sign now, as they are written.
func (g *signing) publicsOf(now time.Time) (out []string) {
	signers := g.signers(now)
	for i, v := range g.verifiers {
		if slices.ContainsFunc(signers, func(s note.Signer) bool { return s.KeyHash() == v.KeyHash() }) {
			out = append(out, g.publics[i])
		}
	}
	return out
}

// readSigning makes the keys of the trail ready.
func (k *keys) readSigning() (*signing, error) {
	g := &signing{public: k.Public}
	present, err := note.NewSigner(k.Signer)
	if err != nil {
		return nil, fmt.Errorf("reading the audit key: %w", err)
	}
	g.present, g.origin = present, present.Name()
	if err := g.know(k.Public); err != nil {
		return nil, err
	}
	for _, f := range slices.Backward(k.Former) {
		if err := g.know(f.Public); err != nil {
			return nil, err
		}
		if f.Signer == "" {
			continue
		}
		old, err := note.NewSigner(f.Signer)
		if err != nil {
			return nil, fmt.Errorf("reading a former audit key: %w", err)
		}
		g.beside = append(g.beside, besideKey{old, f.Until})
	}
	return g, nil
}

func (g *signing) know(public string) error {
	v, err := note.NewVerifier(public)
	if err != nil {
		return fmt.Errorf("reading a public audit key: %w", err)
	}
	g.verifiers, g.publics = append(g.verifiers, v), append(g.publics, public)
	return nil
}

func (s *Store) loadSigning() error {
	g, err := s.keys.readSigning()
	if err == nil {
		s.signing.Store(g)
	}
	return err
}

// Verifiers check the signatures of this store's heads: the present key's first, then those of keys before it.
func (s *Store) Verifiers() []note.Verifier { return s.signing.Load().verifiers }

// AuditKey is the public key of the trail, in the form of golang.org/x/mod/sumdb/note.
func (s *Store) AuditKey() string { return s.signing.Load().public }

// ErrOverlap is returned while two keys sign already.
var ErrOverlap = errors.New("the last change of keys is still under way: two keys sign the trail until it ends")

// Overlap is how long both keys sign after a change, for whoever knows only the old one.
const Overlap = 30 * 24 * time.Hour

// RotateKey replaces the key that signs the audit trail. For some time both sign each head; then the old one is destroyed. The key file is
// written first: a crash before the entry leaves a trail that the old key signed last, and both are known.
func (s *Store) RotateKey(ctx context.Context, by audit.Actor, overlap time.Duration) error {
	return s.write(ctx, by, func(t *tx) error {
		if len(t.s.signing.Load().beside) > 0 {
			return ErrOverlap
		}
		next, err := t.s.keys.rotated(t.now.Add(overlap))
		if err != nil {
			return err
		}
		if err := t.s.replaceKeys(next); err != nil {
			return err
		}
		return t.noteWith(audit.LogRotated, "", nil, map[string]string{audit.CommitKey: hexHash(next.Public)})
	})
}

func hexHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// rotated are the keys with another one for the trail, of the same name.
func (k *keys) rotated(until time.Time) (*keys, error) {
	name, _, _ := strings.Cut(k.Public, "+")
	signer, public, err := audit.NewSigner(name)
	if err != nil {
		return nil, fmt.Errorf("making the audit key: %w", err)
	}
	next := *k
	next.Former = append(slices.Clone(k.Former), formerKey{Public: k.Public, Signer: k.Signer, Until: until})
	next.Signer, next.Public = signer, public
	return &next, nil
}

// replaceKeys writes the key file anew and overwrites the old one, which may hold a key that is to be gone.
func (s *Store) replaceKeys(next *keys) error {
	old, err := os.OpenFile(keysPath(s.dir), os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("opening the key file: %w", err)
	}
	defer old.Close()
	if err := next.save(s.dir); err != nil {
		return err
	}
	if err := blank(old); err != nil {
		return fmt.Errorf("overwriting the old key file: %w", err)
	}
	g, err := next.readSigning()
	if err != nil {
		return err
	}
	s.keys.Signer, s.keys.Public, s.keys.Former = next.Signer, next.Public, next.Former // read on the writer's goroutine only
	s.signing.Store(g)
	return nil
}

// blank overwrites an open file in place.
func blank(f *os.File) error {
	info, err := f.Stat()
	if err == nil {
		_, err = f.WriteAt(make([]byte, info.Size()), 0)
	}
	if err == nil {
		err = f.Sync()
	}
	return err
}

// RetireKeys destroys keys whose time beside the new one has ended. It runs each minute.
func (s *Store) RetireKeys(ctx context.Context) error {
	due := func(f formerKey) bool { return f.Signer != "" && !s.Now().Before(f.Until) }
	g := s.signing.Load()
	if !slices.ContainsFunc(g.beside, func(b besideKey) bool { return !s.Now().Before(b.until) }) {
		return nil
	}
	return s.write(ctx, audit.System, func(t *tx) error {
		next := *t.s.keys
		next.Former = slices.Clone(next.Former)
		for i, f := range next.Former {
			if due(f) {
				next.Former[i].Signer = ""
			}
		}
		if err := t.s.replaceKeys(&next); err != nil {
			return err
		}
		return t.note(audit.LogRetired, "", nil)
	})
}
