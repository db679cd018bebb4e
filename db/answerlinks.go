package db

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"filippo.io/age"

	"quittance/db/answer"
	"quittance/db/audit"
)

// Kinds of ways in which an answer reaches the person.
const (
	ByLink       = "link"       // an address of the console that the person opens, once
	ByPassphrase = "passphrase" // a file, encrypted with age; the passphrase goes another way
)

// Bounds of a way.
const (
	answerLife  = 7 * 24 * time.Hour
	answerTries = 5 // a connection may break; whoever begins more often is somebody else
)

// ErrFetching is that somebody else fetches the answer at this moment.
var ErrFetching = errors.New("this answer is being fetched at this moment; it can be fetched once")

// AnswerWay is one way in which an answer was given out. The secret itself was shown once.
type AnswerWay struct {
	Number, Answer int64
	Kind           string
	Controller     bool // it is the results_url of an OpenDSR request
	Made           time.Time
	By             audit.Actor
	Expires        time.Time
	Tries          int64
	Fetched, Ended time.Time
}

// WayState is what has become of one way.
type WayState string

// States of a way.
const (
	WayOpen      WayState = "not-fetched"
	WayFetched   WayState = "fetched"
	WayTakenBack WayState = "taken-back"
	WayExpired   WayState = "expired"
)

// State tells what has become of it by a time.
func (v AnswerWay) State(now time.Time) WayState {
	switch {
	case !v.Fetched.IsZero():
		return WayFetched
	case !v.Ended.IsZero():
		return WayTakenBack
	case !v.Expires.After(now):
		return WayExpired
	}
	return WayOpen
}

const waySQL = "SELECT number, answer, kind, made, actor, expires, tries, fetched, ended, controller IS NOT NULL FROM answer_link "

func scanWay(row scanner) (v AnswerWay, err error) {
	var made, expires int64
	var fetched, ended sql.NullInt64
	err = row.Scan(&v.Number, &v.Answer, &v.Kind, &made, &v.By, &expires, &v.Tries, &fetched, &ended, &v.Controller)
	v.Made, v.Expires, v.Fetched, v.Ended = at(made), at(expires), when(fetched), when(ended)
	return v, found(err)
}

// AnswerWays lists how an answer was given out, newest first.
func (s *Store) AnswerWays(ctx context.Context, number int64) (out []AnswerWay, err error) {
	rows, err := s.readers.QueryContext(ctx, waySQL+"WHERE answer = ? ORDER BY number DESC", number)
	err = each(rows, err, func() error {
		v, err := scanWay(rows)
		out = append(out, v)
		return err
	})
	return out, err
}

func (t *tx) endLinks(a int64) error {
	return t.exec("UPDATE answer_link SET ended = ? WHERE answer = ? AND ended IS NULL AND fetched IS NULL", ms(t.now), a)
}

// OpenWay makes a way for the released answer of a ticket and returns its secret, which is kept nowhere. Ways before it are ended.
func (s *Store) OpenWay(ctx context.Context, by audit.Actor, number int64, kind string) (secret string, v AnswerWay, err error) {
	secret = newAnswerSecret(kind)
	hash := sha256.Sum256([]byte(secret))
	err = s.write(ctx, by, func(t *tx) error {
		a, err := t.openAnswer(number, true)
		if err != nil {
			return err
		}
		if err := t.endLinks(a.Number); err != nil {
			return err
		}
		v = AnswerWay{Answer: a.Number, Kind: kind, Made: t.now, By: by, Expires: t.now.Add(answerLife)}
		err = t.row("INSERT INTO answer_link (answer, kind, hash, made, actor, expires) VALUES (?, ?, ?, ?, ?, ?) RETURNING number",
			a.Number, kind, hash[:], ms(t.now), string(by), ms(v.Expires)).Scan(&v.Number)
		if err != nil {
			return fmt.Errorf("making a way for an answer: %w", err)
		}
		return t.noteAnswer(audit.AnswerLinked, a.Number, nil)
	})
	return secret, v, err
}

// newAnswerSecret is 256 random bits for an address, or 130 in groups that a person can type.
func newAnswerSecret(kind string) string {
	if kind == ByLink {
		return base64.RawURLEncoding.EncodeToString(secret())
	}
	raw := strings.ToLower(rand.Text()) // 26 letters of 5 bits
	return strings.Join([]string{raw[:5], raw[5:10], raw[10:15], raw[15:20], raw[20:]}, "-")
}

// openWaySQL finds a way that can still be gone.
const openWaySQL = waySQL + "WHERE hash = ? AND kind = ? AND ended IS NULL AND fetched IS NULL AND expires > ? AND tries < ?"

// AnswerOf finds what a secret leads to. One that is unknown, spent, taken back or too old is ErrNotFound: they all look alike.
func (s *Store) AnswerOf(ctx context.Context, kind, secret string) (AnswerWay, error) {
	hash := sha256.Sum256([]byte(secret))
	return scanWay(s.readers.QueryRowContext(ctx, openWaySQL, hash[:], kind, ms(s.Now()), answerTries))
}

// AnswerLanguage is the language of an answer, of answer.Languages.
func (s *Store) AnswerLanguage(ctx context.Context, number int64) (language string, err error) {
	err = s.readers.QueryRowContext(ctx, "SELECT language FROM answer WHERE number = ?", number).Scan(&language)
	return language, found(err)
}

// AnswerGone tells what became of an address at which nothing is fetched any more: a why of answer.Out, when, and the language of the answer. It is
// said to whoever has the address, which nobody guesses.
func (s *Store) AnswerGone(ctx context.Context, kind, secret string) (why string, at time.Time, language string, err error) {
	hash := sha256.Sum256([]byte(secret))
	way, err := scanWay(s.readers.QueryRowContext(ctx, waySQL+"WHERE hash = ? AND kind = ?", hash[:], kind))
	if errors.Is(err, ErrNotFound) {
		return answer.GoneUnknown, at, "", nil
	}
	if err == nil {
		language, err = s.AnswerLanguage(ctx, way.Answer)
	}
	if err != nil {
		return "", at, "", fmt.Errorf("looking for an answer's address: %w", err)
	}
	if why, at = way.gone(s.Now()); why == "" {
		why, at = answer.GoneBusy, s.Now()
	}
	return why, at, language, nil
}

// gone tells why nothing is fetched by a way any more, a why of answer.Out, and when that was; "" while something may.
func (v AnswerWay) gone(now time.Time) (why string, at time.Time) {
	switch {
	case !v.Fetched.IsZero():
		return answer.GoneFetched, v.Fetched
	case !v.Ended.IsZero():
		return answer.GoneEnded, v.Ended
	case !v.Expires.After(now):
		return answer.GoneExpired, v.Expires
	case v.Tries >= answerTries:
		return answer.GoneTries, v.Expires
	}
	return "", at
}

// FetchAnswer writes an answer to whoever holds a secret. It counts as fetched when flush has sent the last byte; one that was cut off can be
// fetched again, a few times.
func (s *Store) FetchAnswer(ctx context.Context, by audit.Actor, kind, secret string, w io.Writer, flush func() error) error {
	hash := sha256.Sum256([]byte(secret))
	var way AnswerWay
	if _, busy := s.fetching.LoadOrStore(hash, true); busy {
		return ErrFetching
	}
	defer s.fetching.Delete(hash)
	a, err := s.beginFetch(ctx, by, kind, hash[:], &way)
	if err != nil {
		return err
	}
	made, err := s.writeSealed(ctx, w, a, kind, secret)
	if err == nil {
		err = flush()
	}
	if err != nil {
		return fmt.Errorf("sending an answer: %w", err)
	}
	return s.write(context.WithoutCancel(ctx), by, func(t *tx) error { return t.fetched(way, made) })
}

func (s *Store) beginFetch(ctx context.Context, by audit.Actor, kind string, hash []byte, way *AnswerWay) (a TicketAnswer, err error) {
	err = s.write(ctx, by, func(t *tx) (err error) {
		if *way, err = scanWay(t.row(openWaySQL, hash, kind, ms(t.now), answerTries)); err != nil {
			return err
		}
		if err := t.exec("UPDATE answer_link SET tries = tries + 1 WHERE number = ?", way.Number); err != nil {
			return err
		}
		if a, err = scanAnswer(t.row(answerSQL+"WHERE a.number = ? AND a.ended IS NULL AND a.released IS NOT NULL", way.Answer)); err != nil {
			return err
		}
		return t.noteAnswer(audit.AnswerBegun, a.Number, nil)
	})
	return a, err
}

// writeSealed writes the file, for a passphrase encrypted (age, scrypt).
func (s *Store) writeSealed(ctx context.Context, w io.Writer, a TicketAnswer, kind, secret string) (answer.Made, error) {
	if kind == ByLink {
		return s.WriteAnswer(ctx, w, a)
	}
	to, err := age.NewScryptRecipient(secret)
	if err != nil {
		return answer.Made{}, err
	}
	sealed, err := age.Encrypt(w, to)
	if err != nil {
		return answer.Made{}, fmt.Errorf("encrypting an answer: %w", err)
	}
	made, err := s.WriteAnswer(ctx, sealed, a)
	if err == nil {
		err = sealed.Close()
	}
	return made, err
}

func (t *tx) fetched(way AnswerWay, made answer.Made) error {
	if err := t.exec("UPDATE answer_link SET fetched = ? WHERE number = ?", ms(t.now), way.Number); err != nil {
		return fmt.Errorf("keeping that an answer was fetched: %w", err)
	}
	return t.noteAnswer(audit.AnswerFetched, way.Answer, map[string]int64{audit.CountRecords: made.Records, audit.CountBytes: made.Bytes})
}

// RevealAnswer writes down that somebody looks at records of an answer in clear, before they are shown.
func (s *Store) RevealAnswer(ctx context.Context, user, session int64, records []ReviewedRecord) error {
	return s.write(ctx, audit.ActorOf("user", user), func(t *tx) error {
		for _, r := range records {
			var n int64
			err := t.row("INSERT INTO access (user, act, record, purpose, at, session) VALUES (?, 'reveal', ?, 'access-request', ?, ?) RETURNING number", user, r.Number, ms(t.now), session).Scan(&n)
			if err != nil {
				return fmt.Errorf("writing down an access: %w", err)
			}
			if err := t.note(audit.RecordRevealed, audit.ObjectOf(audit.KindAccess, n), nil); err != nil {
				return err
			}
		}
		return nil
	})
}
