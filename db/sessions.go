package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"quittance/db/audit"
)

// How long a session lasts (security.md, from OWASP ASVS 5.0, 7.3).
const (
	SessionIdle     = 15 * time.Minute // without a request
	SessionAbsolute = 8 * time.Hour    // since sign-in
	VisitLife       = 10 * time.Minute // before sign-in: the time to come back from the sign-in provider
	seenEvery       = time.Minute      // how often the time of the last request is written

	// sessionKnown is how long after its beginning it is known whose a session was, so that a form that arrives after its end is kept for them.
	sessionKnown = SessionAbsolute + DraftLife
)

// ErrReplay is returned for a logout token that was used before.
var ErrReplay = errors.New("this logout token was used before")

// Session is one browser's session. The browser holds the token, the store only its SHA-256.
type Session struct {
	Number   int64
	User     User // Number 0 = a visitor who has not signed in
	Created  time.Time
	Seen     time.Time // last request, to the minute
	AuthTime time.Time // when the person last proved who they are; zero = not known
	Issuer   string    // of the sign-in provider; "" = local sign-in
	SID      string    // the provider's name for its session
	Agent    string    // such as "Firefox on Windows"
	Data     []byte    // what the session carries along, kept sealed
	Ended    time.Time
}

// Expires is when the session ends, whatever its user does.
func (v Session) Expires() time.Time {
	if v.User.Number == 0 {
		return v.Created.Add(VisitLife)
	}
	return v.Created.Add(SessionAbsolute)
}

// Ends is when the session ends if nothing more is asked for.
func (v Session) Ends() time.Time {
	if idle := v.Seen.Add(SessionIdle); idle.Before(v.Expires()) {
		return idle
	}
	return v.Expires()
}

func (v Session) live(now time.Time) bool {
	return v.Ended.IsZero() && now.Before(v.Expires()) && now.Before(v.Seen.Add(SessionIdle)) && v.User.Disabled.IsZero()
}

// NewSession describes a session that begins with a sign-in.
type NewSession struct {
	User     int64
	AuthTime time.Time
	Issuer   string
	SID      string
	Agent    string
	Data     []byte
	Replaces int64  // the browser's session until now, which ends in the same transaction; 0 = none
	Confirms bool   // step-up: the same person proved again who they are, and the absolute end stays that of the session replaced
	Password string // the stored hash that the password was checked against; it must still stand. "" = no password was used
}

// StartSession begins a session and returns its token, 32 random bytes in base64url. ErrDisabled for a person who was disabled
// meanwhile, ErrMoved when the password was changed meanwhile.
func (s *Store) StartSession(ctx context.Context, n NewSession) (token string, v Session, err error) {
	token = newToken()
	err = s.write(ctx, audit.ActorOf("user", n.User), func(t *tx) error {
		v, err = t.startSession(n, token)
		return err
	})
	if err != nil {
		return "", Session{}, err
	}
	return token, v, nil
}

func (t *tx) startSession(n NewSession, token string) (Session, error) {
	v := Session{Created: t.now, Seen: t.now, AuthTime: n.AuthTime, Issuer: n.Issuer, SID: n.SID, Agent: n.Agent, Data: n.Data}
	var err error
	if v.User, err = t.mayStart(n); err != nil {
		return Session{}, err
	}
	if err := t.replaceSession(n, &v); err != nil {
		return Session{}, err
	}
	if err := t.sweepSessions(); err != nil {
		return Session{}, err
	}
	if err := t.insertSession(&v, n.User, token); err != nil {
		return Session{}, err
	}
	if n.Confirms {
		return v, t.note(audit.SignInConfirmed, v.User.object(), nil)
	}
	if err := t.exec("UPDATE user SET seen = ? WHERE number = ?", ms(t.now), n.User); err != nil {
		return Session{}, fmt.Errorf("keeping the time of a sign-in: %w", err)
	}
	return v, t.note(audit.SignInOK, v.User.object(), nil)
}

func (t *tx) mayStart(n NewSession) (User, error) {
	u, err := scanUser(t.row(userColumns+"WHERE number = ?", n.User))
	if err != nil {
		return User{}, err
	}
	if !u.Disabled.IsZero() {
		return User{}, ErrDisabled
	}
	var password string
	if err := t.row("SELECT password FROM user WHERE number = ?", n.User).Scan(&password); err != nil {
		return User{}, fmt.Errorf("reading a user: %w", err)
	}
	if n.Password != "" && n.Password != password {
		return User{}, ErrMoved
	}
	return u, nil
}

func (t *tx) replaceSession(n NewSession, v *Session) error {
	if n.Replaces == 0 {
		return nil
	}
	if n.Confirms {
		var created int64
		err := t.row("SELECT created FROM web_session WHERE number = ? AND user = ? AND ended IS NULL", n.Replaces, n.User).Scan(&created)
		if err != nil {
			return found(err)
		}
		v.Created = at(created)
	}
	_, err := t.endSession("number = ?", n.Replaces)
	return err
}

func (t *tx) insertSession(v *Session, user any, token string) error {
	sum := sha256.Sum256([]byte(token))
	err := t.row("INSERT INTO web_session (hash, user, created, seen, auth_time, issuer, sid, agent, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, x'') RETURNING number",
		sum[:], user, ms(v.Created), ms(v.Seen), orNull(v.AuthTime), v.Issuer, v.SID, v.Agent).Scan(&v.Number)
	if err != nil {
		return fmt.Errorf("beginning a session: %w", err)
	}
	return t.keepData(v.Number, v.Data)
}

// keepData seals what a session carries along, bound to the session's number.
func (t *tx) keepData(number int64, data []byte) error {
	sealed := []byte{}
	if len(data) > 0 {
		sealed = t.s.keys.seal("session", number, data)
	}
	n, err := t.change("UPDATE web_session SET data = ? WHERE number = ? AND ended IS NULL", sealed, number)
	if err != nil {
		return fmt.Errorf("keeping what a session carries: %w", err)
	}
	if n == 0 {
		return ErrExpired
	}
	return nil
}

// sweepSessions removes what nobody can use any more. Of a session that is over it stays known for a day whose it was.
func (t *tx) sweepSessions() error {
	err := t.exec("DELETE FROM web_session WHERE created <= ? OR user IS NULL AND created <= ?",
		ms(t.now.Add(-sessionKnown)), ms(t.now.Add(-VisitLife)))
	if err == nil {
		err = t.exec("UPDATE web_session SET data = x'' WHERE created <= ? AND data <> x''", ms(t.now.Add(-SessionAbsolute)))
	}
	if err != nil {
		return fmt.Errorf("removing old sessions: %w", err)
	}
	return nil
}

// StartVisit begins a session of somebody who has not signed in: what the sign-in provider's answer must match is kept in it.
func (s *Store) StartVisit(ctx context.Context, agent string, data []byte) (token string, v Session, err error) {
	token = newToken()
	err = s.write(ctx, audit.Visitor, func(t *tx) error {
		v = Session{Created: t.now, Seen: t.now, Agent: agent, Data: data}
		if err := t.sweepSessions(); err != nil {
			return err
		}
		return t.insertSession(&v, nil, token)
	})
	return token, v, err
}

// SaveSession keeps what a session carries along. ErrExpired when it has ended.
func (s *Store) SaveSession(ctx context.Context, number int64, data []byte) error {
	return s.write(ctx, audit.System, func(t *tx) error { return t.keepData(number, data) })
}

// TakeSession is SaveSession for data that may be used once: it fails with ErrMoved when the session no longer carries what was read,
// so that of two requests with the same answer of the sign-in provider only one goes on.
func (s *Store) TakeSession(ctx context.Context, v Session, left []byte) error {
	return s.write(ctx, audit.System, func(t *tx) error {
		var sealed []byte
		if err := t.row("SELECT data FROM web_session WHERE number = ? AND ended IS NULL", v.Number).Scan(&sealed); err != nil {
			return found(err)
		}
		now, err := s.openData(v.Number, sealed)
		if err != nil {
			return err
		}
		if string(now) != string(v.Data) {
			return ErrMoved
		}
		return t.keepData(v.Number, left)
	})
}

func (s *Store) openData(number int64, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	return s.keys.open("session", number, sealed)
}

// SessionByToken finds the live session of a browser: ErrNotFound for a token that was never given or has been swept, ErrExpired for a
// session that has ended. Any other error means that the store could not be asked, which is no sign-in either.
func (s *Store) SessionByToken(ctx context.Context, token string) (Session, error) {
	sum := sha256.Sum256([]byte(token))
	v, sealed, err := scanSession(s.readers.QueryRowContext(ctx, sessionColumns+"WHERE hash = ?", sum[:]))
	if err != nil {
		return Session{}, err
	}
	if v.User.Number > 0 {
		if v.User, err = s.User(ctx, v.User.Number); err != nil {
			return Session{}, fmt.Errorf("reading a session's user: %w", err)
		}
	}
	if !v.live(s.Now()) {
		return Session{}, ErrExpired
	}
	if v.Data, err = s.openData(v.Number, sealed); err != nil {
		return Session{}, err
	}
	err = s.seeSession(ctx, &v)
	return v, err
}

// seeSession writes the time of the last request, at most once a minute.
func (s *Store) seeSession(ctx context.Context, v *Session) error {
	now := s.Now()
	if now.Sub(v.Seen) < seenEvery {
		return nil
	}
	v.Seen = now
	return s.write(ctx, audit.System, func(t *tx) error {
		return t.exec("UPDATE web_session SET seen = ? WHERE number = ? AND ended IS NULL", ms(t.now), v.Number)
	})
}

// SessionLive tells whether a session still stands, for answers that go on for long.
func (s *Store) SessionLive(ctx context.Context, number int64) (bool, error) {
	v, _, err := scanSession(s.readers.QueryRowContext(ctx, sessionColumns+"WHERE number = ?", number))
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil && v.live(s.Now()), err
}

// SessionsOf lists a person's live sessions, newest first.
func (s *Store) SessionsOf(ctx context.Context, user int64) ([]Session, error) {
	rows, err := s.readers.QueryContext(ctx, sessionColumns+"WHERE user = ? AND ended IS NULL ORDER BY number DESC", user)
	var out []Session
	err = each(rows, err, func() error {
		v, _, err := scanSession(rows)
		if err == nil && v.live(s.Now()) {
			out = append(out, v)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing sessions: %w", err)
	}
	return out, nil
}

const sessionColumns = "SELECT number, user, created, seen, auth_time, issuer, sid, agent, data, ended FROM web_session "

func scanSession(row scanner) (Session, []byte, error) {
	var v Session
	var created, seen int64
	var user, auth, ended sql.NullInt64
	var sealed []byte
	err := row.Scan(&v.Number, &user, &created, &seen, &auth, &v.Issuer, &v.SID, &v.Agent, &sealed, &ended)
	v.User.Number, v.Created, v.Seen, v.AuthTime, v.Ended = user.Int64, at(created), at(seen), when(auth), when(ended)
	return v, sealed, found(err)
}

func newToken() string { return base64.RawURLEncoding.EncodeToString(secret()) }
