package db

import (
	"context"
	"fmt"
	"time"

	"quittance/db/audit"
)

// endSession ends the live sessions that a condition finds, and empties what they carried.
func (t *tx) endSession(where string, args ...any) (int64, error) {
	n, err := t.change("UPDATE web_session SET ended = ?, data = x'' WHERE ended IS NULL AND "+where, append([]any{ms(t.now)}, args...)...)
	if err != nil {
		return 0, fmt.Errorf("ending a session: %w", err)
	}
	return n, nil
}

func (t *tx) endSessionsOf(user int64) (int64, error) { return t.endSession("user = ?", user) }

// SignOut ends the session of whoever asks. ErrNotFound when it has ended already.
func (s *Store) SignOut(ctx context.Context, user, number int64) error {
	return s.write(ctx, audit.ActorOf("user", user), func(t *tx) error {
		n, err := t.endSession("number = ? AND user = ?", number, user)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrNotFound
		}
		return t.note(audit.SignedOut, audit.ObjectOf(audit.KindUser, user), nil)
	})
}

// EndSession ends one session of a person. A session that is not that person's is ErrNotFound, like one that has ended.
func (s *Store) EndSession(ctx context.Context, by audit.Actor, user, number int64) error {
	return s.write(ctx, by, func(t *tx) error {
		n, err := t.endSession("number = ? AND user = ?", number, user)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrNotFound
		}
		return t.note(audit.SessionEnded, audit.ObjectOf(audit.KindSession, number), nil)
	})
}

// EndSessionsOf ends all sessions of a person but the one that is spared (0 = none), and tells how many.
func (s *Store) EndSessionsOf(ctx context.Context, by audit.Actor, user, spare int64) (int64, error) {
	var n int64
	err := s.write(ctx, by, func(t *tx) error {
		var err error
		n, err = t.endAndNote("user = ? AND number <> ?", user, spare)
		return err
	})
	return n, err
}

// EndProviderUser ends all sessions of a person of the sign-in provider, who is known by issuer and sub.
func (s *Store) EndProviderUser(ctx context.Context, issuer, sub string) (int64, error) {
	var n int64
	err := s.write(ctx, audit.System, func(t *tx) error {
		var err error
		n, err = t.endAndNote("user IN (SELECT number FROM user WHERE issuer = ? AND sub = ?)", issuer, sub)
		return err
	})
	return n, err
}

// endAndNote ends sessions with an audit entry for each.
func (t *tx) endAndNote(where string, args ...any) (int64, error) {
	var numbers []int64
	rows, err := t.rows("SELECT number FROM web_session WHERE ended IS NULL AND user IS NOT NULL AND "+where, args...)
	err = each(rows, err, func() error {
		var n int64
		err := rows.Scan(&n)
		numbers = append(numbers, n)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("finding sessions: %w", err)
	}
	for _, n := range numbers {
		if _, err := t.endSession("number = ?", n); err != nil {
			return 0, err
		}
		if err := t.note(audit.SessionEnded, audit.ObjectOf(audit.KindSession, n), nil); err != nil {
			return 0, err
		}
	}
	return int64(len(numbers)), nil
}

// ProviderLogout is what a verified logout token says (OpenID Connect Back-Channel Logout 1.0, section 2.4).
type ProviderLogout struct {
	Issuer string
	JTI    string
	Sub    string    // "" = SID alone says whose
	SID    string    // "" = all sessions of Sub
	Until  time.Time // how long the token could be replayed
}

// EndProviderSessions ends what a logout token names and remembers the token, in one transaction. ErrReplay for a token used before.
func (s *Store) EndProviderSessions(ctx context.Context, l ProviderLogout) (int64, error) {
	var n int64
	if l.SID == "" && l.Sub == "" {
		return 0, ErrNotFound // a token that names nobody must not end everybody's sessions
	}
	err := s.write(ctx, audit.System, func(t *tx) error {
		if err := t.useLogoutToken(l); err != nil {
			return err
		}
		where, args := "issuer = ?", []any{l.Issuer}
		if l.SID != "" {
			where, args = where+" AND sid = ?", append(args, l.SID)
		}
		if l.Sub != "" {
			where, args = where+" AND user IN (SELECT number FROM user WHERE issuer = ? AND sub = ?)", append(args, l.Issuer, l.Sub)
		}
		var err error
		n, err = t.endAndNote(where, args...)
		return err
	})
	return n, err
}

func (t *tx) useLogoutToken(l ProviderLogout) error {
	if err := t.exec("DELETE FROM logout_token WHERE until <= ?", ms(t.now)); err != nil {
		return fmt.Errorf("removing old logout tokens: %w", err)
	}
	err := t.exec("INSERT INTO logout_token (issuer, jti, until) VALUES (?, ?, ?)", l.Issuer, l.JTI, ms(l.Until))
	if unique(err) {
		return ErrReplay
	}
	if err != nil {
		return fmt.Errorf("keeping a logout token: %w", err)
	}
	return nil
}
