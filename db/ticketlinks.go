package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/db/ticket"
)

// TicketLink is what a ticket is carried out by.
type TicketLink struct {
	Kind   string // of ticket.Links
	Number int64  // of the erasure, hold, restriction or export
	Made   time.Time
	By     audit.Actor
}

// TicketLinks lists what a ticket is linked with, in the order in which it was linked.
func (s *Store) TicketLinks(ctx context.Context, number int64) (out []TicketLink, err error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT kind, object, made, actor FROM ticket_link WHERE ticket = ? ORDER BY made, kind, object", number)
	err = each(rows, err, func() error {
		var v TicketLink
		var made int64
		err := rows.Scan(&v.Kind, &v.Number, &made, &v.By)
		v.Made = at(made)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing what a ticket is linked with: %w", err)
	}
	return out, nil
}

// LinkedTickets lists the numbers of the tickets that something is linked with.
func (s *Store) LinkedTickets(ctx context.Context, kind string, object int64) ([]int64, error) {
	return scanned[int64](s.readers.QueryContext(ctx, linkedTicketsSQL, kind, object))
}

const linkedTicketsSQL = "SELECT ticket FROM ticket_link WHERE kind = ? AND object = ? ORDER BY ticket"

// linkTables say where what can be linked stands.
var linkTables = map[string]string{
	ticket.LinkErasure:     "SELECT number FROM erasure WHERE number = ?",
	ticket.LinkHold:        "SELECT number FROM hold WHERE number = ? AND kind = 'hold'",
	ticket.LinkRestriction: "SELECT number FROM hold WHERE number = ? AND kind = 'restriction'",
	ticket.LinkExport:      "SELECT number FROM export WHERE number = ?",
}

// Linkable tells whether there is something of a kind under a number.
func (s *Store) Linkable(ctx context.Context, kind string, object int64) bool {
	query, known := linkTables[kind]
	return known && s.readers.QueryRowContext(ctx, query, object).Scan(&object) == nil
}

// LinkTicket links a ticket with something that is there. What is linked already stays so.
func (s *Store) LinkTicket(ctx context.Context, by audit.Actor, number int64, kind string, object int64) error {
	if !slices.Contains(ticket.Links, kind) {
		return ErrTicketCode
	}
	return s.write(ctx, by, func(t *tx) error {
		v, err := t.ticket(number)
		if err == nil && v.State.Ended() {
			err = ErrMoved
		}
		if err == nil {
			err = found(t.row(linkTables[kind], object).Scan(&object))
		}
		if err != nil {
			return err
		}
		return t.linkTicket(number, kind, object)
	})
}

func (t *tx) linkTicket(number int64, kind string, object int64) error {
	n, err := t.change("INSERT INTO ticket_link (ticket, kind, object, made, actor) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", number, kind, object, ms(t.now), string(t.by))
	if err != nil {
		return fmt.Errorf("linking a ticket: %w", err)
	}
	if n == 0 {
		return nil
	}
	return t.noteTicket(audit.TicketLinked, number, map[string]int64{audit.CountKind: codeNumber(ticket.Links, kind), audit.CountLink: object}, nil)
}

// linkHold links a hold or a restriction with the ticket that it is placed for, which somebody works on then.
func (t *tx) linkHold(n NewHold, hold int64) error {
	v, err := t.ticket(n.Ticket)
	if err == nil && v.State.Ended() {
		err = ErrMoved
	}
	if err != nil {
		return err
	}
	if err := t.linkTicket(n.Ticket, string(n.Kind), hold); err != nil {
		return err
	}
	return t.begin(v)
}

// openErasures counts the erasures of a ticket that have not ended.
func (t *tx) openErasures(number int64) (n int64, err error) {
	err = t.row("SELECT count(*) FROM ticket_link l JOIN erasure e ON e.number = l.object WHERE l.ticket = ? AND l.kind = 'erasure' AND e.ended IS NULL", number).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting the erasures of a ticket: %w", err)
	}
	return n, nil
}

// SubmitTicketErasures proposes an erasure for each customer ID of a ticket, and for each alias of it that a person has confirmed; those that
// have one on its way are left alone. An ID of which nothing would be erased, and for which nobody would be called, is marked so.
func (s *Store) SubmitTicketErasures(ctx context.Context, by audit.Actor, number int64, p Proposal) error {
	return s.write(ctx, by, func(t *tx) error {
		v, err := t.ticket(number)
		switch {
		case err != nil:
			return err
		case v.State.Ended() || !v.Right.Erases():
			return ErrMoved
		}
		return t.submitTicketErasures(v, p)
	})
}

func (t *tx) submitTicketErasures(v Ticket, p Proposal) error {
	if err := t.addAliases(v.Number); err != nil {
		return err
	}
	subjects, err := t.s.keys.scanTicketSubjects(t.rows(subjectColumns+"WHERE ticket = ? AND sealed IS NOT NULL ORDER BY number", v.Number))
	if err != nil {
		return err
	}
	var any bool
	for _, sub := range subjects {
		n, err := t.eraseFor(v, sub, p)
		if err == nil && n != 0 {
			any, err = true, t.besideAliases(v.Number, n, sub.ID)
		}
		if err != nil {
			return err
		}
	}
	if !any {
		return nil
	}
	return t.begin(v)
}

// besideAliases keeps a request of a ticket together with those of the ticket's other IDs that are aliases of its own. Other IDs of the ticket
// stand alone: nobody has said that they are one person's.
func (t *tx) besideAliases(number, request int64, id string) error {
	customer, err := t.numberOf(id)
	if err != nil {
		return err
	}
	others, err := t.person(customer)
	if err != nil {
		return err
	}
	for _, k := range others {
		var other int64
		err := t.row(`SELECT e.number FROM ticket_link l JOIN erasure e ON e.number = l.object WHERE l.ticket = ? AND l.kind = 'erasure' AND e.ref = ? AND e.state = 'proposed'`,
			number, t.s.keys.reference(k.name)).Scan(&other)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err == nil {
			err = t.keepTogether(other, request)
		}
		return err // that one is beside all others already
	}
	return nil
}

// linkBeside links the tickets of a request with those that came beside it.
func (t *tx) linkBeside(request int64) error {
	tickets, err := scanned[int64](t.rows(linkedTicketsSQL, ticket.LinkErasure, request))
	if err != nil || len(tickets) == 0 {
		return err
	}
	beside, err := t.together(request)
	if err != nil {
		return err
	}
	for _, number := range tickets {
		for _, e := range beside {
			if e.Subject == "" {
				continue // it has ended
			}
			if err := t.addSubject(number, e.Subject, true); err != nil {
				return err
			}
			if err := t.linkTicket(number, ticket.LinkErasure, e.Number); err != nil {
				return err
			}
		}
	}
	return nil
}

// begin says that somebody is at work on a ticket that was open.
func (t *tx) begin(v Ticket) error {
	if v.State != ticket.Open {
		return nil
	}
	t.touch(audit.ObjectOf(audit.KindTicket, v.Number)) // the entry may be about what was begun with, not about the ticket
	return t.setTicket(v.Number, ticket.InProgress)
}

// addAliases gives a ticket the aliases of its IDs, which people have confirmed.
func (t *tx) addAliases(number int64) error {
	subjects, err := t.s.keys.scanTicketSubjects(t.rows(subjectColumns+"WHERE ticket = ? AND sealed IS NOT NULL ORDER BY number", number))
	if err != nil {
		return err
	}
	for _, sub := range subjects {
		customer, err := t.numberOf(sub.ID)
		if err != nil {
			return err
		}
		others, err := t.person(customer)
		if err != nil {
			return err
		}
		for _, k := range others {
			if err := t.addSubject(number, k.name, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// eraseFor proposes the erasure of one ID; 0 where one is on its way already, or nothing would be erased.
func (t *tx) eraseFor(v Ticket, sub TicketSubject, p Proposal) (number int64, err error) {
	err = t.row(`SELECT e.number FROM erasure e JOIN ticket_link l ON l.kind = 'erasure' AND l.object = e.number
		WHERE l.ticket = ? AND e.ref = (SELECT ref FROM ticket_subject WHERE number = ?) AND e.ended IS NULL`, v.Number, sub.Number).Scan(&number)
	if err == nil {
		return 0, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return 0, err
	}
	k := known{name: sub.ID}
	if k.number, err = t.numberOf(sub.ID); err != nil {
		return 0, err
	}
	number, _, err = t.proposeFor(k, p)
	if errors.Is(err, ErrNoSubject) {
		return 0, t.exec("UPDATE ticket_subject SET bare = ? WHERE number = ?", ms(t.now), sub.Number)
	}
	if err == nil {
		err = t.exec("UPDATE ticket_subject SET bare = NULL WHERE number = ?", sub.Number)
	}
	if err == nil {
		err = t.linkTicket(v.Number, ticket.LinkErasure, number)
	}
	return number, err
}

// settleTickets answers the erasure tickets of a request that is done, if it was the last: every ID of the ticket has a receipt, or bears
// nothing. A request that was refused or withdrawn answers nothing; a person has to decide on its ticket.
func (t *tx) settleTickets(number int64) error {
	tickets, err := scanned[int64](t.rows(linkedTicketsSQL, ticket.LinkErasure, number))
	if err != nil {
		return fmt.Errorf("looking for the ticket of a request: %w", err)
	}
	for _, n := range tickets {
		v, err := t.ticket(n)
		if err != nil {
			return err
		}
		if v.State.Ended() || !v.Right.Erases() {
			continue
		}
		answered, err := t.allErased(n)
		if err != nil {
			return err
		}
		if answered {
			if err := t.endTicket(n, ticketEnd{state: ticket.Answered}); err != nil {
				return err
			}
		}
	}
	return nil
}

// allErased: nothing is on its way, and each ID of the ticket has an erasure that is done, or bore nothing.
func (t *tx) allErased(number int64) (all bool, err error) {
	err = t.row(`SELECT NOT EXISTS (SELECT 1 FROM ticket_link l JOIN erasure e ON e.number = l.object WHERE l.ticket = ? AND l.kind = 'erasure' AND e.ended IS NULL)
		AND NOT EXISTS (SELECT 1 FROM ticket_subject s WHERE s.ticket = ? AND s.bare IS NULL AND NOT EXISTS (
			SELECT 1 FROM ticket_link l JOIN erasure e ON e.number = l.object WHERE l.ticket = s.ticket AND l.kind = 'erasure' AND e.state = ? AND e.ref = s.ref))`,
		number, number, string(erasure.Done)).Scan(&all)
	if err != nil {
		return false, fmt.Errorf("looking whether a ticket is answered: %w", err)
	}
	return all, nil
}
