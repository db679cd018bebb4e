package db

import (
	"context"
	"fmt"
	"slices"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
)

// A restriction (Art. 18) is placed, listed and kept as a hold is. It differs in what it freezes, and in how it ends.

// Notice is that the person was told, before a restriction ends (Art. 18(3)).
type Notice struct {
	On      time.Time
	Channel string // code of erasure.Channels
}

// LiftRestriction ends a restriction after the person was told. ErrMoved where it has ended, or where this is a hold; ErrNoNotice where the
// notice names no channel, or a time that has not come.
func (s *Store) LiftRestriction(ctx context.Context, by audit.Actor, number int64, told Notice) error {
	return s.write(ctx, by, func(t *tx) error {
		h, err := t.moveHold(number, erasure.HoldLifted)
		switch {
		case err != nil:
			return err
		case h.Kind != erasure.Restriction:
			return ErrMoved
		case !slices.Contains(erasure.Channels, told.Channel) || told.On.IsZero() || told.On.After(t.now):
			return ErrNoNotice
		}
		if err := t.exec("UPDATE hold SET informed = ?, channel = ? WHERE number = ?", ms(told.On), told.Channel, number); err != nil {
			return fmt.Errorf("keeping that the person was told: %w", err)
		}
		return t.endHold(h, erasure.HoldLifted, audit.RestrictionLifted)
	})
}
