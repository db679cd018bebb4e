package db

import (
	"context"
	"errors"
	"time"

	"quittance/db/audit"
)

// drillEvery is for how long a store may be without a drill before that is an alarm; drillGrace, how long a process has for making up
// for nights in which none ran.
const (
	drillEvery = 48 * time.Hour
	drillGrace = time.Hour
)

func (s *Store) damageAlarm(ctx context.Context) ([]Alarm, error) {
	d, err := s.Damaged(ctx)
	if err != nil || d.Count+d.Pages == 0 {
		return nil, err
	}
	return []Alarm{{Kind: AlarmDamage, Since: s.Now(), Count: d.Count + d.Pages}}, nil
}

// diskAlarms says nothing where the disk does not tell: what fails then fails in its own words.
func (s *Store) diskAlarms(context.Context) (out []Alarm, _ error) {
	v, err := s.Space()
	if err != nil {
		return nil, nil
	}
	if v.Low() {
		out = append(out, Alarm{Kind: AlarmDisk, Since: s.Now(), Count: v.Free >> 20})
	}
	if v.Wanted > 0 && v.Reserve < v.Wanted {
		out = append(out, Alarm{Kind: AlarmReserve, Since: s.Now(), Count: v.Wanted >> 20})
	}
	return out, nil
}

func (s *Store) drillAlarms(ctx context.Context) ([]Alarm, error) {
	last, err := scanDrill(s.readers.QueryRowContext(ctx, drillColumns+"WHERE outcome <> 'running' ORDER BY number DESC LIMIT 1"))
	switch now := s.Now(); {
	case errors.Is(err, ErrNotFound):
		first, err := s.AuditEntry(ctx, 0)
		if err != nil || now.Sub(first.Time) < drillEvery || now.Sub(s.opened) < drillGrace {
			return nil, err
		}
		return []Alarm{{Kind: AlarmDrillOld, Since: first.Time}}, nil
	case err != nil:
		return nil, err
	case last.Outcome != DrillPassed:
		return []Alarm{{Kind: AlarmDrillFailed, Object: audit.ObjectOf(audit.KindDrill, last.Number), Since: last.Ended}}, nil
	case now.Sub(last.Started) >= drillEvery && now.Sub(s.opened) >= drillGrace:
		return []Alarm{{Kind: AlarmDrillOld, Since: last.Started}}, nil
	}
	return nil, nil
}
