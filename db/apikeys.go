package db

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"quittance/db/audit"
)

// The scopes of an API key (design.md section 1).
const (
	ScopeIngest  = "ingest"  // send labelled data
	ScopeLogs    = "logs"    // list logs
	ScopeErase   = "erase"   // ask for deletions
	ScopeTickets = "tickets" // file requests of persons; of the desk, and of no instance
)

// Scopes lists the scopes of an instance.
func Scopes() []string { return []string{ScopeIngest, ScopeLogs, ScopeErase} }

// AllScopes lists all of them. Their places are the bits by which the audit trail counts them: new ones go to the end.
func AllScopes() []string { return append(Scopes(), ScopeTickets) }

var (
	// ErrKey is the one answer about a key that does not open anything, whatever the reason.
	ErrKey = errors.New("the API key is unknown, revoked or expired")
	// ErrScopes is returned by AddKey.
	ErrScopes = errors.New("give at least one of the scopes ingest, logs and erase")
	// ErrDeskKey is returned by AddKey for a key that would open an instance and the desk, or neither.
	ErrDeskKey = errors.New("a key with the scope tickets belongs to no service and has no other scope")
)

const (
	keyIDLength     = 8
	keySecretLength = 43 // 32 random bytes, base64url
	keyLength       = len("qk_") + keyIDLength + 1 + keySecretLength
	// usedEvery bounds how often the time of last use is written.
	usedEvery = time.Minute
)

// APIKey lets an application use one service, or file tickets. The key itself is known only to whoever was shown it.
type APIKey struct {
	Number   int64
	ID       string // the part that may be shown
	Service  int64  // 0 = none: it files tickets, which are about a person and not about an instance
	Name     string
	Scopes   []string
	Created  time.Time
	Expires  time.Time // zero = never
	LastUsed time.Time // to the minute; zero = never
	Revoked  time.Time // zero = in use
}

// May tells whether the key has a scope.
func (k APIKey) May(scope string) bool { return slices.Contains(k.Scopes, scope) }

// Actor is the key's name in the audit trail.
func (k APIKey) Actor() audit.Actor { return audit.ActorOf("key", k.Number) }

// Live tells whether the key opens anything at this time.
func (k APIKey) Live(now time.Time) bool {
	return k.Revoked.IsZero() && (k.Expires.IsZero() || now.Before(k.Expires))
}

// KeyState is whether a key still opens anything.
type KeyState string

// States of a key.
const (
	KeyInUse   KeyState = "in-use"
	KeyRevoked KeyState = "revoked"
	KeyExpired KeyState = "expired"
)

// State tells it for a time.
func (k APIKey) State(now time.Time) KeyState {
	switch {
	case !k.Revoked.IsZero():
		return KeyRevoked
	case !k.Live(now):
		return KeyExpired
	}
	return KeyInUse
}

// NewKey describes an API key. Expires may be zero.
type NewKey struct {
	Service int64 // 0 = none, with the scope tickets
	Name    string
	Scopes  []string
	Expires time.Time
}

// AddKey makes a key of a service in use and returns it in full: qk_, 8 characters of ID, _, 32 random bytes in base64url.
// It is shown this once; the store keeps its SHA-256. ErrScopes, ErrDeskKey, ErrExpired, ErrNotFound (no such service).
func (s *Store) AddKey(ctx context.Context, by audit.Actor, n NewKey) (string, APIKey, error) {
	scopes, err := sortScopes(n.Scopes)
	if err == nil && slices.Contains(scopes, ScopeTickets) != (n.Service == 0) || len(scopes) > 1 && n.Service == 0 {
		err = ErrDeskKey
	}
	if err != nil {
		return "", APIKey{}, err
	}
	k := APIKey{ID: strings.ToLower(rand.Text()[:keyIDLength]), Service: n.Service, Name: strings.TrimSpace(n.Name), Scopes: scopes, Expires: n.Expires}
	if !VisibleName(k.Name) {
		return "", APIKey{}, ErrName
	}
	full := "qk_" + k.ID + "_" + base64.RawURLEncoding.EncodeToString(secret())
	err = s.write(ctx, by, func(t *tx) error { return t.insertKey(&k, full) })
	if err != nil {
		return "", APIKey{}, err
	}
	return full, k, nil
}

func (t *tx) insertKey(k *APIKey, full string) error {
	if k.Created = t.now; !k.Live(t.now) {
		return ErrExpired
	}
	if k.Service != 0 {
		var removed sql.NullInt64
		err := t.row("SELECT removed FROM service WHERE number = ? AND hosting = 'hosted'", k.Service).Scan(&removed) // a linked one has no doors here
		if err != nil || removed.Valid {
			return errors.Join(ErrNotFound, found(err))
		}
	}
	sum := sha256.Sum256([]byte(full))
	err := t.row("INSERT INTO api_key (id, hash, service, name, scopes, created, expires) VALUES (?, ?, nullif(?, 0), ?, ?, ?, ?) RETURNING number",
		k.ID, sum[:], k.Service, k.Name, strings.Join(k.Scopes, ","), ms(t.now), orNull(k.Expires)).Scan(&k.Number)
	if err != nil {
		return fmt.Errorf("adding an API key: %w", err)
	}
	return t.note(audit.KeyAdded, k.object(), map[string]int64{audit.CountScopes: bits(AllScopes(), k.Scopes)})
}

// RevokeKey ends a key at once, and with it every token that was given for it. ErrNotFound for one that is revoked already.
func (s *Store) RevokeKey(ctx context.Context, by audit.Actor, number int64) error {
	return s.write(ctx, by, func(t *tx) error {
		n, err := t.change("UPDATE api_key SET revoked = ? WHERE number = ? AND revoked IS NULL", ms(t.now), number)
		if err != nil {
			return fmt.Errorf("revoking an API key: %w", err)
		}
		if n == 0 {
			return ErrNotFound
		}
		return t.note(audit.KeyRevoked, audit.ObjectOf(audit.KindKey, number), nil)
	})
}

// knownKey is a key as it is kept in memory, with the hash of its secret and the time of its last use, which moves on.
type knownKey struct {
	APIKey
	hash []byte
	used atomic.Int64 // ms
}

// CheckKey finds the live key that was given in full, else ErrKey. The secret is compared in constant time; how long the answer takes may
// tell that an ID is known, which is no secret. Any other error means that the store could not be asked.
func (s *Store) CheckKey(ctx context.Context, full string) (APIKey, error) {
	id := ""
	if len(full) == keyLength && strings.HasPrefix(full, "qk_") {
		id = full[3 : 3+keyIDLength]
	}
	k, err := s.known(ctx, id, "WHERE id = ?", id)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return APIKey{}, fmt.Errorf("reading an API key: %w", err)
	}
	hash := make([]byte, sha256.Size)
	if err == nil {
		hash = k.hash
	}
	sum := sha256.Sum256([]byte(full))
	same := subtle.ConstantTimeCompare(sum[:], hash) == 1
	if !same || err != nil || !k.Live(s.Now()) {
		return APIKey{}, ErrKey
	}
	return k.APIKey, s.useKey(ctx, k)
}

// LiveKey reads a key by its number, for a token that names it. ErrKey when it is no longer live.
func (s *Store) LiveKey(ctx context.Context, number int64) (APIKey, error) {
	k, err := s.known(ctx, "number "+strconv.FormatInt(number, 10), "WHERE number = ?", number)
	if errors.Is(err, ErrNotFound) || err == nil && !k.Live(s.Now()) {
		return APIKey{}, ErrKey
	}
	if err != nil {
		return APIKey{}, fmt.Errorf("reading an API key: %w", err)
	}
	return k.APIKey, s.useKey(ctx, k)
}

func (s *Store) known(ctx context.Context, name, where string, arg any) (*knownKey, error) {
	return s.live.get(name, func() (*knownKey, error) {
		k := new(knownKey)
		var err error
		k.APIKey, err = scanKey(s.readers.QueryRowContext(ctx, keyColumns+where, arg), &k.hash)
		if !k.LastUsed.IsZero() {
			k.used.Store(ms(k.LastUsed))
		}
		return k, err
	})
}

// useKey writes the time of last use, at most once a minute. It is no change that the audit trail knows of.
func (s *Store) useKey(ctx context.Context, k *knownKey) error {
	now, before := s.Now(), k.used.Load()
	if now.Sub(at(before)) < usedEvery || !k.used.CompareAndSwap(before, ms(now)) {
		return nil // not yet, or another request of this moment writes it
	}
	err := s.write(ctx, k.Actor(), func(t *tx) error {
		return t.exec("UPDATE api_key SET last_used = ? WHERE number = ?", ms(t.now), k.Number)
	})
	if err != nil {
		k.used.CompareAndSwap(ms(now), before) // the next one tries again
	}
	return err
}

const keyColumns = "SELECT number, id, coalesce(service, 0), name, scopes, created, expires, last_used, revoked, hash FROM api_key "

func scanKey(row scanner, hash *[]byte) (APIKey, error) {
	var k APIKey
	var scopes string
	var created int64
	var expires, used, revoked sql.NullInt64
	err := row.Scan(&k.Number, &k.ID, &k.Service, &k.Name, &scopes, &created, &expires, &used, &revoked, hash)
	k.Scopes, k.Created, k.Expires, k.LastUsed, k.Revoked = strings.Split(scopes, ","), at(created), when(expires), when(used), when(revoked)
	return k, found(err)
}

// Key reads one key by its number, revoked ones too.
func (s *Store) Key(ctx context.Context, number int64) (APIKey, error) {
	var hash []byte
	return scanKey(s.readers.QueryRowContext(ctx, keyColumns+"WHERE number = ?", number), &hash)
}

// KeysOf lists the keys of a service, newest first, revoked ones too; of 0, those that file tickets.
func (s *Store) KeysOf(ctx context.Context, service int64) ([]APIKey, error) {
	rows, err := s.readers.QueryContext(ctx, keyColumns+"WHERE service IS nullif(?, 0) ORDER BY number DESC", service)
	var out []APIKey
	var hash []byte
	err = each(rows, err, func() error {
		k, err := scanKey(rows, &hash)
		out = append(out, k)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing API keys: %w", err)
	}
	return out, nil
}

// TokenKey is the secret that tokens for API keys are signed with: 32 bytes, derived from the store's own (RFC 5869), so that they
// outlive a restart and die with the store.
func (s *Store) TokenKey() []byte {
	key, err := hkdf.Key(sha256.New, s.keys.Seal, nil, "quittance api token", 32)
	if err != nil {
		panic(err) // only for lengths that SHA-256 cannot give
	}
	return key
}

func (k APIKey) object() audit.Object { return audit.ObjectOf(audit.KindKey, k.Number) }

// sortScopes puts scopes into the order of the list and drops repeats; an unknown scope, or none, is refused.
func sortScopes(scopes []string) ([]string, error) {
	var out []string
	for _, v := range AllScopes() {
		if slices.Contains(scopes, v) {
			out = append(out, v)
		}
	}
	for _, v := range scopes {
		if !slices.Contains(out, v) {
			return nil, ErrScopes
		}
	}
	if len(out) == 0 {
		return nil, ErrScopes
	}
	return out, nil
}
