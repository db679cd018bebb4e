package db

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"quittance/db/audit"
)

// How much of what was typed is kept for people whose session ended meanwhile.
const (
	DraftLife  = 24 * time.Hour // from when the form arrived
	MaxDraft   = 256 << 10      // bytes of one form with the names of its fields
	draftsEach = 5              // forms of one person; the oldest makes room
)

// ErrDraftLong is returned for a form that is too long to be kept.
var ErrDraftLong = errors.New("the form is too long to be kept")

// Draft is a form that somebody sent when their session had ended. Nothing was done with it.
type Draft struct {
	Number int64
	User   int64
	Made   time.Time
	DraftForm
}

// DraftForm is what is kept of a form. Who keeps one takes passwords out before.
type DraftForm struct {
	Action string     `json:"action"` // path and query that it was posted to
	Page   string     `json:"page"`   // path and query of the page it stood on; "" = not known
	Fields url.Values `json:"fields"`
}

// KeepDraft keeps a form for a person and for the browser that holds the token. With "" it makes a token, which is returned either way.
// ErrDraftLong.
func (s *Store) KeepDraft(ctx context.Context, user int64, token string, f DraftForm) (number int64, kept string, err error) {
	plain, err := json.Marshal(f)
	if err != nil {
		return 0, "", fmt.Errorf("writing down a form: %w", err)
	}
	if len(plain) > MaxDraft {
		return 0, "", ErrDraftLong
	}
	if token == "" {
		token = newToken()
	}
	err = s.write(ctx, audit.ActorOf("user", user), func(t *tx) error {
		number, err = t.keepDraft(user, token, plain)
		return err
	})
	return number, token, err
}

func (t *tx) keepDraft(user int64, token string, plain []byte) (number int64, err error) {
	if err := t.sweepDrafts(); err != nil {
		return 0, err
	}
	hash := sha256.Sum256([]byte(token))
	if err := t.row("INSERT INTO draft (user, hash, made, sealed) VALUES (?, ?, ?, x'') RETURNING number", user, hash[:], ms(t.now)).Scan(&number); err != nil {
		return 0, fmt.Errorf("keeping a form: %w", err)
	}
	err = t.exec("UPDATE draft SET sealed = ? WHERE number = ?", t.s.keys.seal("draft", number, plain), number)
	if err == nil {
		err = t.exec("DELETE FROM draft WHERE user = ? AND number NOT IN (SELECT number FROM draft WHERE user = ? ORDER BY number DESC LIMIT ?)", user, user, draftsEach)
	}
	if err != nil {
		return 0, fmt.Errorf("keeping a form: %w", err)
	}
	return number, nil
}

// sweepDrafts removes those whose time is over.
func (t *tx) sweepDrafts() error {
	if err := t.exec("DELETE FROM draft WHERE made <= ?", ms(t.now.Add(-DraftLife))); err != nil {
		return fmt.Errorf("removing old forms: %w", err)
	}
	return nil
}

// ForgetDrafts removes the forms whose day is over, so that none stays because nobody signs in.
func (s *Store) ForgetDrafts(ctx context.Context) error {
	return s.write(ctx, audit.System, func(t *tx) error { return t.sweepDrafts() })
}

// Drafts are the forms of a person that this browser has sent, newest first. They are without their fields.
func (s *Store) Drafts(ctx context.Context, user int64, token string) ([]Draft, error) {
	hash := sha256.Sum256([]byte(token))
	rows, err := s.readers.QueryContext(ctx, "SELECT number, made FROM draft WHERE user = ? AND hash = ? AND made > ? ORDER BY number DESC", user, hash[:], ms(s.Now().Add(-DraftLife)))
	var out []Draft
	err = each(rows, err, func() error {
		v := Draft{User: user}
		var made int64
		err := rows.Scan(&v.Number, &made)
		v.Made = at(made)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing kept forms: %w", err)
	}
	return out, nil
}

// Draft is one of them, whole. ErrExpired when its time is over, ErrNotFound when there is none or it is somebody else's or another
// browser's.
func (s *Store) Draft(ctx context.Context, user int64, token string, number int64) (Draft, error) {
	v := Draft{Number: number, User: user}
	var hash, sealed []byte
	var made int64
	err := s.readers.QueryRowContext(ctx, "SELECT hash, made, sealed FROM draft WHERE number = ? AND user = ?", number, user).Scan(&hash, &made, &sealed)
	own := sha256.Sum256([]byte(token))
	switch {
	case err != nil:
		return Draft{}, found(err)
	case subtle.ConstantTimeCompare(hash, own[:]) == 0:
		return Draft{}, ErrNotFound
	}
	if v.Made = at(made); !s.Now().Before(v.Made.Add(DraftLife)) {
		return Draft{}, ErrExpired
	}
	plain, err := s.keys.open("draft", number, sealed)
	if err == nil {
		err = json.Unmarshal(plain, &v.DraftForm)
	}
	if err != nil {
		return Draft{}, fmt.Errorf("reading a kept form: %w", err)
	}
	return v, nil
}

// DropDraft removes a form that was sent, or is not wanted any more. One that is not there is gone already.
func (s *Store) DropDraft(ctx context.Context, user int64, token string, number int64) error {
	hash := sha256.Sum256([]byte(token))
	return s.write(ctx, audit.ActorOf("user", user), func(t *tx) error {
		return t.exec("DELETE FROM draft WHERE number = ? AND user = ? AND hash = ?", number, user, hash[:])
	})
}

// forgetDrafts removes the forms in which a customer ID stands, however it is written. They are few and sealed, so each is opened; one that does
// not open can name anybody and goes too.
func (t *tx) forgetDrafts(id string) error {
	rows, err := t.rows("SELECT number, sealed FROM draft")
	var gone []int64
	err = each(rows, err, func() error {
		var number int64
		var sealed []byte
		err := rows.Scan(&number, &sealed)
		if err == nil && t.s.keys.draftNames(number, sealed, id) {
			gone = append(gone, number)
		}
		return err
	})
	for _, number := range gone {
		if err == nil {
			err = t.exec("DELETE FROM draft WHERE number = ?", number)
		}
	}
	return err
}

func (k *keys) draftNames(number int64, sealed []byte, id string) bool {
	var f DraftForm
	plain, err := k.open("draft", number, sealed)
	if err != nil || json.Unmarshal(plain, &f) != nil {
		return true
	}
	id = strings.ToLower(id)
	for _, values := range f.Fields {
		if strings.Contains(strings.ToLower(strings.Join(values, "\n")), id) {
			return true
		}
	}
	return false
}

// EndedSession finds whose session a token was of that has ended: by its time, or because somebody ended it. ErrNotFound for a token that was
// never given, whose session lives, or that ended so long ago that it was forgotten, and for somebody who was disabled.
func (s *Store) EndedSession(ctx context.Context, token string) (user int64, err error) {
	sum := sha256.Sum256([]byte(token))
	v, _, err := scanSession(s.readers.QueryRowContext(ctx, sessionColumns+"WHERE hash = ? AND user IS NOT NULL", sum[:]))
	if err != nil {
		return 0, err
	}
	if v.User, err = s.User(ctx, v.User.Number); err != nil {
		return 0, fmt.Errorf("reading a session's user: %w", err)
	}
	if now := s.Now(); v.live(now) || !v.User.Disabled.IsZero() || !now.Before(v.Created.Add(sessionKnown)) {
		return 0, ErrNotFound
	}
	return v.User.Number, nil
}
