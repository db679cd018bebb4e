package db

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/google/uuid"

	"quittance/db/audit"
	"quittance/db/erasure"
)

// PartCall is under which ID a part is known at an OpenDSR processor, and the word in the address where it tells what became of it.
type PartCall struct{ Request, Token string }

// nameCall gives a part its ID before the first call, so that a repeat is the same request there.
func (t *tx) nameCall(number, service int64) error {
	err := t.exec(`INSERT INTO part_call (erasure, service, request, token) SELECT ?, number, ?, ? FROM service WHERE number = ? AND kind = 'opendsr'
		ON CONFLICT (erasure, service) DO NOTHING`, number, uuid.NewString(), rand.Text(), service)
	if err != nil {
		return fmt.Errorf("naming a call to a linked service: %w", err)
	}
	return nil
}

// PartCall reads the ID of a part that was sent. ErrNotFound before.
func (s *Store) PartCall(ctx context.Context, number, service int64) (c PartCall, err error) {
	err = s.readers.QueryRowContext(ctx, "SELECT request, token FROM part_call WHERE erasure = ? AND service = ?", number, service).Scan(&c.Request, &c.Token)
	return c, found(err)
}

// CalledBack finds the part that a processor speaks of by the word in the address, whatever its state.
func (s *Store) CalledBack(ctx context.Context, token string) (p LinkedPart, c PartCall, err error) {
	c.Token = token
	err = s.readers.QueryRowContext(ctx, "SELECT erasure, service, request FROM part_call WHERE token = ?", token).Scan(&p.Erasure, &p.Part.Service, &c.Request)
	if err != nil {
		return p, c, found(err)
	}
	return p, c, s.fillPart(ctx, &p)
}

// Hear takes what a processor says by itself, after it was called. It may come before the answer to the call has been heard: then the call has
// arrived. What was heard before, or comes after the end, changes nothing. ErrMoved for a part that was never sent.
func (s *Store) Hear(ctx context.Context, number, service int64, m PartMove) error {
	return s.write(ctx, audit.System, func(t *tx) error {
		var now erasure.PartState
		var code string
		var attempts int64
		err := t.row("SELECT state, coalesce(code, ''), attempts FROM part WHERE erasure = ? AND service = ? AND excluded IS NULL", number, service).Scan(&now, &code, &attempts)
		switch {
		case err != nil:
			return found(err)
		case now.Ended() || now == m.To && code == m.Code:
			return nil
		case attempts == 0 || now == erasure.Waiting || now == erasure.ByHand:
			return ErrMoved
		}
		if now != erasure.Accepted {
			if err := t.movePart(number, service, PartMove{To: erasure.Accepted, Again: m.Again}, false); err != nil {
				return err
			}
		}
		if m.To == erasure.Accepted {
			return nil
		}
		return t.concluded(number, service, m)
	})
}

// concluded moves an accepted part on. A request that was cancelled there is another one when it is asked for again.
func (t *tx) concluded(number, service int64, m PartMove) error {
	if m.Code == erasure.CodeCancelled {
		if err := t.exec("DELETE FROM part_call WHERE erasure = ? AND service = ?", number, service); err != nil {
			return fmt.Errorf("forgetting a cancelled call: %w", err)
		}
	}
	return t.movePartOn(number, service, m, false)
}

// Health is how the calls to a linked service go.
type Health struct {
	Succeeded time.Time // zero = never
	Failed    time.Time
	Code      string // of erasure.PartCodes: why the last one failed; "" = it went well
}

// health keeps how a call went. What waits for a person by its nature says nothing of the service.
func (t *tx) health(service int64, m PartMove) (err error) {
	switch {
	case m.Code == erasure.CodeManual || m.Code == erasure.CodeUnlinked || m.Code == erasure.CodeImpossible || m.Code == erasure.CodeUnwritable:
		return nil
	case m.To == erasure.Accepted || m.To == erasure.Confirmed || m.To == erasure.Attested:
		err = t.exec("INSERT INTO service_health (service, succeeded) VALUES (?, ?) ON CONFLICT (service) DO UPDATE SET succeeded = excluded.succeeded, code = ''", service, ms(t.now))
	case m.To == erasure.Failed || m.To == erasure.ByHand:
		err = t.exec("INSERT INTO service_health (service, failed, code) VALUES (?, ?, ?) ON CONFLICT (service) DO UPDATE SET failed = excluded.failed, code = excluded.code", service, ms(t.now), m.Code)
	}
	if err != nil {
		return fmt.Errorf("keeping how a call went: %w", err)
	}
	return nil
}

// LinkHealth tells how the calls to each linked service go, by its number.
func (s *Store) LinkHealth(ctx context.Context) (map[int64]Health, error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT service, coalesce(succeeded, 0), coalesce(failed, 0), code FROM service_health")
	out := map[int64]Health{}
	err = each(rows, err, func() error {
		var service, succeeded, failed int64
		var h Health
		if err := rows.Scan(&service, &succeeded, &failed, &h.Code); err != nil {
			return err
		}
		if succeeded > 0 {
			h.Succeeded = at(succeeded)
		}
		if failed > 0 {
			h.Failed = at(failed)
		}
		out[service] = h
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading how calls to linked services go: %w", err)
	}
	return out, nil
}

// brokenLinks are the linked services of which an administrator has to see to something.
func (s *Store) brokenLinks(ctx context.Context) (out []Alarm, err error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT h.service, h.failed FROM service_health h JOIN service v ON v.number = h.service WHERE h.code IN (?, ?) AND v.removed IS NULL ORDER BY h.service",
		erasure.CodeCertificate, erasure.CodeCredential)
	err = each(rows, err, func() error {
		var service, failed int64
		err := rows.Scan(&service, &failed)
		out = append(out, Alarm{Kind: AlarmLink, Object: audit.ObjectOf(audit.KindService, service), Since: at(failed)})
		return err
	})
	return out, err
}
