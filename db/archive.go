package db

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"

	"quittance/db/disk"
)

// Manifest is the first file in a backup: what it holds.
type Manifest struct {
	Version    int        `json:"v"`
	Store      string     `json:"store"`
	Number     int64      `json:"backup"`
	Made       time.Time  `json:"made"`
	Expires    time.Time  `json:"expires"`
	Size       int64      `json:"entries"`    // of the audit trail
	Checkpoint string     `json:"checkpoint"` // its signed head
	Seq        int64      `json:"seq"`        // the last number given
	Records    int64      `json:"records"`
	Ledger     LedgerHead `json:"ledger"`
	Carries    []string   `json:"carries"`
	Without    []string   `json:"without"`
}

// The keys of a store, and why a backup has them or not. Whoever opens a backup reads the records anyway; what it must not give is the power
// to sign in the trail's name.
var (
	carried    = []string{"K1 (references in addresses)", "K2 (references in the ledger)", "digest key", "seal key", "public audit keys"}
	notCarried = []string{"signing key of the audit trail", "keys of backups"}
)

// forBackup are the keys that a backup carries.
func (k *keys) forBackup() *keys {
	out := *k
	out.Signer, out.Former = "", nil
	for _, f := range k.Former {
		out.Former = append(out.Former, formerKey{Public: f.Public})
	}
	return &out
}

// archive is what is in a backup: a tar, compressed by zstd, in one age file.
type archive struct {
	manifest Manifest
	keys     *keys
	ledger   []byte
	database *disk.Hidden
}

// The files in a backup, in this order.
const (
	manifestName = "manifest.json"
	keysName     = "keys.json"
)

// seal writes the archive for one recipient.
func (a archive) seal(ctx context.Context, to io.Writer, recipient age.Recipient) error {
	sealed, err := age.Encrypt(to, recipient)
	if err != nil {
		return err
	}
	packed, err := zstd.NewWriter(sealed)
	if err != nil {
		return err
	}
	if err := a.write(ctx, packed); err != nil {
		packed.Close()
		return err
	}
	return errors.Join(packed.Close(), sealed.Close())
}

func (a archive) write(ctx context.Context, to io.Writer) error {
	t := tar.NewWriter(to)
	for name, v := range a.texts() {
		raw, err := json.MarshalIndent(v, "", "  ")
		if err == nil {
			err = a.add(t, name, raw)
		}
		if err != nil {
			return err
		}
	}
	if err := a.add(t, ledgerName, a.ledger); err != nil {
		return err
	}
	err := t.WriteHeader(a.header(databaseName, a.database.Size()))
	if err == nil {
		_, err = io.Copy(t, patient{ctx, io.NewSectionReader(a.database, 0, a.database.Size())})
	}
	return errors.Join(err, t.Close())
}

// texts are the small files in their order.
func (a archive) texts() func(func(string, any) bool) {
	return func(yield func(string, any) bool) {
		_ = yield(manifestName, a.manifest) && yield(keysName, a.keys)
	}
}

func (a archive) add(t *tar.Writer, name string, raw []byte) error {
	if err := t.WriteHeader(a.header(name, int64(len(raw)))); err != nil {
		return err
	}
	_, err := t.Write(raw)
	return err
}

func (a archive) header(name string, size int64) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: a.manifest.Made, Format: tar.FormatPAX}
}

// patient is a reader that ends with its context.
type patient struct {
	ctx context.Context
	io.Reader
}

func (p patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.Reader.Read(b)
}

// smallFile bounds manifest and keys; a ledger has as many lines as there were erasures, so its bound is the largest that fits in memory.
const (
	smallFile = 1 << 20
	largeFile = 4 << 30
)

// errNoBackup is said of a file that opens and is none of ours.
var errNoBackup = errors.New("this is no backup of Quittance, or it was made by a newer version")

// unseal reads a backup: file is called for each file in it, in order, with its length. An archive that ends early is an error: age and tar
// both see it.
func unseal(from io.Reader, key age.Identity, file func(name string, size int64, body io.Reader) error) error {
	opened, err := age.Decrypt(from, key)
	var wrong *age.NoIdentityMatchError
	if errors.As(err, &wrong) {
		return errors.New("this key does not open this backup")
	}
	if err != nil {
		return fmt.Errorf("opening the backup: %w", err)
	}
	plain, err := zstd.NewReader(opened)
	if err != nil {
		return fmt.Errorf("opening the backup: %w", err)
	}
	defer plain.Close()
	t := tar.NewReader(plain)
	for _, name := range []string{manifestName, keysName, ledgerName, databaseName} {
		h, err := t.Next()
		if err != nil || h.Name != name || h.Typeflag != tar.TypeReg {
			return errors.Join(errNoBackup, err)
		}
		if err := file(name, h.Size, t); err != nil {
			return err
		}
	}
	if _, err := io.Copy(io.Discard, plain); err != nil { // the end of the archive is authenticated too
		return fmt.Errorf("reading the backup to its end: %w", err)
	}
	return nil
}

func readSmall(body io.Reader, size, bound int64) ([]byte, error) {
	if size > bound {
		return nil, errNoBackup
	}
	return io.ReadAll(io.LimitReader(body, size))
}

// Carries are the keys in a backup, and Without those that are not.
func Carries() []string { return carried }

// Without is explained at Carries.
func Without() []string { return notCarried }
