package db

import (
	"context"
	"fmt"
	"slices"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/db/label"
	"quittance/db/ticket"
)

// A restriction (Art. 18) is placed, listed and kept as a hold is. It differs in what it freezes, and in how it ends.

// Notice is that the person was told, before a restriction ends (Art. 18(3)).
type Notice struct {
	On      time.Time
	Channel string // code of erasure.Channels
}

// RestrictForTicket restricts the data subjects of a ticket under Art. 18, with the aliases of each that people have confirmed, by one
// restriction that is linked with it. An ID of which nothing is stored yet is restricted too: what comes in under it is stored, and nothing else
// (Art. 18(2)). ErrMoved where the ticket is over, asks for something else or is restricted already; ErrNotFound without a customer ID.
func (s *Store) RestrictForTicket(ctx context.Context, by audit.Actor, n NewHold) (number int64, err error) {
	n.Kind, n.Subject, n.Records = erasure.Restriction, "", nil
	if !slices.Contains(erasure.HoldGrounds[n.Kind], n.Ground) {
		return 0, ErrNoGround
	}
	err = s.write(ctx, by, func(t *tx) error {
		if err := t.mayRestrict(n.Ticket); err != nil {
			return err
		}
		number, err = t.placeHold(n)
		return err
	})
	return number, err
}

func (t *tx) mayRestrict(number int64) error {
	v, err := t.ticket(number)
	if err == nil && (v.Right != ticket.Restriction || v.State.Ended()) {
		err = ErrMoved
	}
	if err != nil {
		return err
	}
	var active bool
	err = t.row("SELECT EXISTS (SELECT 1 FROM ticket_link l JOIN hold h ON h.number = l.object WHERE l.ticket = ? AND l.kind = 'restriction' AND h.ended IS NULL)", number).Scan(&active)
	if err == nil && active {
		err = ErrMoved
	}
	if err != nil {
		return err
	}
	return t.addAliases(number)
}

// keepTicket writes down that a restriction keeps each ID of a ticket. One that is not known here gets its row, which the restriction keeps.
func (t *tx) keepTicket(number, about int64) error {
	subjects, err := t.s.keys.scanTicketSubjects(t.rows(subjectColumns+"WHERE ticket = ? AND sealed IS NOT NULL ORDER BY number", about))
	if err == nil && len(subjects) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return err
	}
	for _, sub := range subjects {
		k := known{name: sub.ID}
		if k.number, err = t.rowOf(sub.ID); err == nil {
			err = t.keep(number, true, k)
		}
		if err != nil {
			return fmt.Errorf("keeping a customer ID: %w", err)
		}
	}
	return nil
}

// rowOf is the number of a customer, who may be new. It goes round the writer's memory, which would outlive a change that is taken back.
func (t *tx) rowOf(name string) (int64, error) {
	n, err := t.numberOf(name)
	if err != nil || n != 0 {
		return n, err
	}
	id, err := label.Parse(label.Assistant, name)
	if err != nil {
		return 0, err
	}
	c, err := t.newCustomer(id)
	return c.number, err
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
