package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"quittance/db/audit"
	"quittance/db/label"
)

var (
	// ErrProfile is returned for a profile with a code that is not known, or of a service that no document of IBM speaks of.
	ErrProfile = errors.New("choose from what is offered")
	// ErrProfileDay is returned for a day on which no instance was made.
	ErrProfileDay = errors.New("give the day on which the instance was made, no later than today")
	// ErrSuccessor is returned for a service that cannot take the place of another.
	ErrSuccessor = errors.New("choose another service in use, of the same kind")
	// ErrMoving is returned for the end of a move of which a step is open.
	ErrMoving = errors.New("a step of the move is still open")
)

// IsWatson tells whether IBM's documents speak of services of a kind.
func IsWatson(k label.Kind) bool {
	switch k {
	case label.Assistant, label.Discovery, label.VisualRecognition, label.SpeechToText, label.TextToSpeech:
		return true
	}
	return false
}

// SetProfile keeps what is known of an instance, and its plan with it. ErrProfile, ErrProfileDay, ErrNotFound (none in use).
func (s *Store) SetProfile(ctx context.Context, by audit.Actor, service int64, p Profile) error {
	if err := p.check(s.Now()); err != nil {
		return err
	}
	return s.write(ctx, by, func(t *tx) error {
		if _, err := t.movable(service); err != nil {
			return err
		}
		if err := t.exec("UPDATE service SET plan = ? WHERE number = ?", p.Plan, service); err != nil {
			return fmt.Errorf("keeping the plan of a service: %w", err)
		}
		err := t.exec(`INSERT INTO service_profile (service, begun, migrated, centre, ticks, changed) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (service) DO UPDATE SET
			begun = excluded.begun, migrated = excluded.migrated, centre = excluded.centre, ticks = excluded.ticks, changed = excluded.changed`,
			service, p.Begun, p.Migrated, p.Centre, strings.Join(p.ordered(), ","), ms(t.now))
		if err != nil {
			return fmt.Errorf("keeping what is known of a service: %w", err)
		}
		return t.note(audit.ServiceChanged, audit.ObjectOf(audit.KindService, service), nil)
	})
}

// movable reads the kind of a service that is in use and that IBM's documents speak of.
func (t *tx) movable(service int64) (kind label.Kind, err error) {
	if err := t.row("SELECT kind FROM service WHERE number = ? AND removed IS NULL AND drill = 0", service).Scan(&kind); err != nil {
		return "", found(err)
	}
	if !IsWatson(kind) {
		return "", ErrProfile
	}
	return kind, nil
}

// Profile reads what is known of a service: what was said, and what its records and links show.
func (s *Store) Profile(ctx context.Context, service int64) (p Profile, err error) {
	var ticks, answered sql.NullString
	err = s.readers.QueryRowContext(ctx, `SELECT v.kind, v.plan, coalesce(p.begun, ''), coalesce(p.migrated, ''), coalesce(p.centre, ''), p.ticks, p.changed,
		EXISTS (SELECT 1 FROM service d WHERE d.number = v.search AND d.removed IS NULL), (SELECT coalesce(sum(unreachable), 0) FROM tally WHERE service = v.number)
		FROM service v LEFT JOIN service_profile p ON p.service = v.number WHERE v.number = ? AND v.drill = 0`, service).
		Scan(&p.Kind, &p.Plan, &p.Begun, &p.Migrated, &p.Centre, &ticks, &answered, &p.Searches, &p.Unreachable)
	if p.Answered = answered.Valid; ticks.String != "" {
		p.Ticks = strings.Split(ticks.String, ",")
	}
	return p, found(err)
}

// Move is the way from an instance to the one that takes its place.
type Move struct {
	Service, Successor int64
	Started            time.Time // zero = none
	Revoked            time.Time // when somebody said that the key of a linked one is revoked where it lies
	Ended              time.Time
	OldKeys            int64 // live keys of the old one
	NewKeys            int64 // … of the new one
	Linked             bool  // the old one lies elsewhere: its key is no key of ours
	NewLinked          bool
}

// HasKey tells whether the new one has a key: of ours, or the one that is sealed with its link.
func (m Move) HasKey() bool { return m.NewLinked || m.NewKeys > 0 }

// KeysRevoked tells whether nothing opens the old one any more; of a linked one it is somebody's word.
func (m Move) KeysRevoked() bool {
	if m.Linked {
		return !m.Revoked.IsZero()
	}
	return m.OldKeys == 0
}

const moveColumns = `SELECT m.service, m.successor, m.started, m.revoked, m.ended, o.hosting = 'linked', n.hosting = 'linked',
	(SELECT count(*) FROM api_key k WHERE k.service = m.service AND k.revoked IS NULL AND (k.expires IS NULL OR k.expires > ?1)),
	(SELECT count(*) FROM api_key k WHERE k.service = m.successor AND k.revoked IS NULL AND (k.expires IS NULL OR k.expires > ?1))
	FROM service_move m JOIN service o ON o.number = m.service JOIN service n ON n.number = m.successor WHERE m.service = ?2`

func scanMove(row scanner) (m Move, err error) {
	var started int64
	var revoked, ended sql.NullInt64
	err = row.Scan(&m.Service, &m.Successor, &started, &revoked, &ended, &m.Linked, &m.NewLinked, &m.OldKeys, &m.NewKeys)
	m.Started, m.Revoked, m.Ended = at(started), when(revoked), when(ended)
	return m, found(err)
}

// Move reads how far the move of a service is. ErrNotFound where none was begun.
func (s *Store) Move(ctx context.Context, service int64) (Move, error) {
	return scanMove(s.readers.QueryRowContext(ctx, moveColumns, ms(s.Now()), service))
}

// BeginMove says which service takes the place of another; said again it is another one. ErrSuccessor; ErrMoved once the move has ended.
func (s *Store) BeginMove(ctx context.Context, by audit.Actor, service, successor int64) error {
	return s.write(ctx, by, func(t *tx) error {
		kind, err := t.movable(service)
		if err != nil {
			return err
		}
		other, err := t.movable(successor)
		if err != nil || other != kind || service == successor {
			return ErrSuccessor
		}
		n, err := t.change(`INSERT INTO service_move (service, successor, started) VALUES (?, ?, ?)
			ON CONFLICT (service) DO UPDATE SET successor = excluded.successor, revoked = NULL WHERE ended IS NULL`, service, successor, ms(t.now))
		return t.moved(service, n, err)
	})
}

// KeyRevokedThere keeps somebody's word that the key of a linked instance is revoked where it lies. ErrMoved where that is not asked.
func (s *Store) KeyRevokedThere(ctx context.Context, by audit.Actor, service int64) error {
	return s.write(ctx, by, func(t *tx) error {
		n, err := t.change(`UPDATE service_move SET revoked = ? WHERE service = ? AND revoked IS NULL AND ended IS NULL
			AND (SELECT hosting FROM service WHERE number = service_move.service) = 'linked'`, ms(t.now), service)
		return t.moved(service, n, err)
	})
}

// EndMove says that the move is done. ErrMoving where the new one has no key, or the old one has one.
func (s *Store) EndMove(ctx context.Context, by audit.Actor, service int64) error {
	return s.write(ctx, by, func(t *tx) error {
		m, err := scanMove(t.row(moveColumns, ms(t.now), service))
		if err != nil {
			return err
		}
		if !m.HasKey() || !m.KeysRevoked() {
			return ErrMoving
		}
		n, err := t.change("UPDATE service_move SET ended = ? WHERE service = ? AND ended IS NULL", ms(t.now), service)
		return t.moved(service, n, err)
	})
}

// DropMove forgets a move that has not ended.
func (s *Store) DropMove(ctx context.Context, by audit.Actor, service int64) error {
	return s.write(ctx, by, func(t *tx) error {
		n, err := t.change("DELETE FROM service_move WHERE service = ? AND ended IS NULL", service)
		return t.moved(service, n, err)
	})
}

// moved writes down a step of a move.
func (t *tx) moved(service, changed int64, err error) error {
	if err != nil {
		return fmt.Errorf("keeping a step of the move of a service: %w", err)
	}
	if changed == 0 {
		return ErrMoved
	}
	return t.note(audit.ServiceChanged, audit.ObjectOf(audit.KindService, service), nil)
}

// Queue is what of erasures is on its way to a linked service.
type Queue struct {
	Waiting     int64     // not sent yet
	Trying      int64     // a call failed and is made again
	Tries       int64     // … the most calls that one of them has taken
	Next        time.Time // when the next of these is made, or the service is asked again; zero = none
	Unconfirmed int64     // accepted, and not yet seen to be empty
	ByHand      int64     // wait for a person
	Unobserved  int64     // ended without anybody having been able to look
}

// LinkQueue counts the parts of erasures at a linked service that have not ended well.
func (s *Store) LinkQueue(ctx context.Context, service int64) (q Queue, err error) {
	var next int64
	err = s.readers.QueryRowContext(ctx, `SELECT coalesce(sum(state IN ('waiting','held')), 0), coalesce(sum(state IN ('failed','sent')), 0), coalesce(max(attempts) FILTER (WHERE state IN ('failed','sent')), 0),
		coalesce(min(next_try) FILTER (WHERE state IN ('failed','accepted')), 0), coalesce(sum(state = 'accepted'), 0), coalesce(sum(state = 'by hand'), 0), coalesce(sum(state = 'unobservable'), 0)
		FROM part WHERE service = ? AND excluded IS NULL`, service).Scan(&q.Waiting, &q.Trying, &q.Tries, &next, &q.Unconfirmed, &q.ByHand, &q.Unobserved)
	if next > 0 {
		q.Next = at(next)
	}
	if err != nil {
		return q, fmt.Errorf("counting the parts at a linked service: %w", err)
	}
	return q, nil
}
