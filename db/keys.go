package db

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/crypto/chacha20poly1305"

	"quittance/db/audit"
	"quittance/db/label"
)

// keys are the secrets of a store, kept in keys.json (0600) in the data directory and never in the database.
// K1 and K2 are the keys of design.md section 4.
type keys struct {
	K1     []byte `json:"k1"`     // references to data subjects in the console's addresses
	K2     []byte `json:"k2"`     // references to customer IDs of ended requests
	Digest []byte `json:"digest"` // the digest that each record carries
	Seal   []byte `json:"seal"`   // what must be readable again: XChaCha20-Poly1305
	Signer string `json:"signer"` // Ed25519 note key of the audit trail, golang.org/x/mod/sumdb/note
	Public string `json:"public"` // its verifier key

	Former []formerKey `json:"former,omitempty"` // keys that signed the trail before, oldest first
}

func keysPath(dir string) string { return filepath.Join(dir, "keys.json") }

// loadKeys reads the key file. A new store gets new keys; an existing one without its keys is refused, since nothing sealed could be read.
func loadKeys(dir string, fresh bool) (*keys, error) {
	raw, err := os.ReadFile(keysPath(dir))
	if errors.Is(err, fs.ErrNotExist) {
		if !fresh {
			return nil, ErrKeys
		}
		return makeKeys(dir)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the key file: %w", err)
	}
	if info, err := os.Stat(keysPath(dir)); err != nil || info.Mode().Perm()&0o077 != 0 {
		return nil, errors.Join(ErrKeysOpen, err)
	}
	k := new(keys)
	if err := json.Unmarshal(raw, k); err != nil || len(k.Seal) != chacha20poly1305.KeySize || len(k.K1) != 32 || len(k.K2) != 32 || len(k.Digest) != 32 || k.Signer == "" || k.Public == "" {
		return nil, ErrKeys
	}
	return k, nil
}

func makeKeys(dir string) (*keys, error) {
	signer, public, err := audit.NewSigner("quittance-" + hex.EncodeToString(secret()[:4]))
	if err != nil {
		return nil, fmt.Errorf("making the audit key: %w", err)
	}
	k := &keys{K1: secret(), K2: secret(), Digest: secret(), Seal: secret(), Signer: signer, Public: public}
	return k, k.save(dir)
}

func (k *keys) save(dir string) error {
	raw, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return err
	}
	return writeSecret(keysPath(dir), raw)
}

// writeSecret makes a file that only its owner can read, and sees it on the disk before it returns.
func writeSecret(path string, raw []byte) error {
	half := path + ".new" // a crash in the middle leaves this, and not a key file that cannot be read
	f, err := os.OpenFile(half, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("making %s: %w", filepath.Base(path), err)
	}
	if _, err := f.Write(raw); err != nil {
		f.Close()
		return fmt.Errorf("writing %s: %w", filepath.Base(path), err)
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return fmt.Errorf("syncing %s: %w", filepath.Base(path), err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("writing %s: %w", filepath.Base(path), err)
	}
	if err := os.Rename(half, path); err != nil {
		return fmt.Errorf("writing %s: %w", filepath.Base(path), err)
	}
	return syncDir(filepath.Dir(path))
}

// syncDir sees to it that a new name in a directory survives a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

func secret() []byte {
	b := make([]byte, 32)
	rand.Read(b)
	return b
}

func mac(key []byte, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// Ref stands for a data subject in the console's addresses: "s_" and 16 letters, from a keyed hash of the customer ID under K1.
type Ref string

var refEncoding = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

func (k *keys) subject(id label.ID) []byte {
	return mac(k.K1, []byte("subject"), []byte(id.String()))[:10]
}

func refOf(raw []byte) Ref { return Ref("s_" + refEncoding.EncodeToString(raw)) }

func (r Ref) raw() ([]byte, error) {
	if len(r) != 18 || r[:2] != "s_" {
		return nil, ErrNotFound
	}
	raw, err := refEncoding.DecodeString(string(r[2:]))
	if err != nil {
		return nil, ErrNotFound
	}
	return raw, nil
}

// seal encrypts what must be readable again, bound to its purpose and row: a sealed text moved to another row does not open.
func (k *keys) seal(purpose string, row int64, plain []byte) []byte {
	aead, err := chacha20poly1305.NewX(k.Seal)
	if err != nil {
		panic(err) // the key's length was checked when it was loaded
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	rand.Read(nonce)
	return aead.Seal(nonce, nonce, plain, sealedFor(purpose, row))
}

func (k *keys) open(purpose string, row int64, sealed []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(k.Seal)
	if err != nil {
		return nil, err
	}
	if len(sealed) < aead.NonceSize() {
		return nil, fmt.Errorf("opening a sealed %s: too short", purpose)
	}
	plain, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], sealedFor(purpose, row))
	if err != nil {
		return nil, fmt.Errorf("opening a sealed %s: %w", purpose, err)
	}
	return plain, nil
}

func sealedFor(purpose string, row int64) []byte {
	return binary.BigEndian.AppendUint64([]byte(purpose+"\x00"), uint64(row))
}

// Seal encrypts text for a place outside the database that only this store reads again, such as a paging cursor.
func (s *Store) Seal(purpose string, plain []byte) []byte { return s.keys.seal(purpose, 0, plain) }

// Unseal is the reverse of Seal. It fails for a text that was altered or sealed for another purpose.
func (s *Store) Unseal(purpose string, sealed []byte) ([]byte, error) {
	return s.keys.open(purpose, 0, sealed)
}
