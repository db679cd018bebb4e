package db

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"quittance/db/audit"
	"quittance/db/label"
	"quittance/db/ticket"
)

// duplicateWithin is how far apart two requests for the same may be and still be shown as perhaps one.
const duplicateWithin = 90 * 24 * time.Hour

// TicketSubject is a customer ID that a ticket is about.
type TicketSubject struct {
	Number    int64
	Ticket    int64
	ID        string // "" once it is erased
	Ref       Ref    // "" once it is erased
	Reference string // keyed hash of the ID (K2), hex: what stays
	Alias     bool   // confirmed by a person to belong to the others
	Added     time.Time
	AddedBy   audit.Actor
	Nothing   time.Time // it was found that an erasure would take nothing under it and call nobody; zero = not
}

func (t *tx) addSubject(number int64, id string, alias bool) error {
	var n, many int64
	if err := t.row("SELECT count(*) FROM ticket_subject WHERE ticket = ?", number).Scan(&many); err != nil {
		return err
	}
	if many >= MaxTicketIDs {
		return ErrTicketIDs
	}
	is := 0
	if alias {
		is = 1
	}
	err := t.row("INSERT INTO ticket_subject (ticket, ref, alias, added, added_by) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING number",
		number, t.s.keys.reference(id), is, ms(t.now), string(t.by)).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // it stands there already
	}
	if err == nil {
		err = t.exec("UPDATE ticket_subject SET sealed = ? WHERE number = ?", t.s.keys.seal("ticket subject", n, []byte(id)), n)
	}
	if err != nil {
		return fmt.Errorf("writing down a ticket's customer ID: %w", err)
	}
	return nil
}

// AddTicketID gives a ticket another customer ID; alias says that a person has confirmed that it belongs to the others.
func (s *Store) AddTicketID(ctx context.Context, by audit.Actor, number int64, id label.ID, alias bool) error {
	return s.write(ctx, by, func(t *tx) error {
		v, err := t.ticket(number)
		if err == nil && v.State.Ended() {
			err = ErrMoved
		}
		if err == nil {
			err = t.addSubject(number, id.String(), alias)
		}
		if err != nil {
			return err
		}
		return t.noteTicket(audit.TicketID, number, map[string]int64{audit.CountIDs: 1}, nil)
	})
}

const subjectColumns = "SELECT number, ticket, ref, sealed, alias, added, added_by, bare FROM ticket_subject "

func (k *keys) scanTicketSubjects(rows *sql.Rows, err error) (out []TicketSubject, _ error) {
	err = each(rows, err, func() error {
		var v TicketSubject
		var ref, sealed []byte
		var added int64
		var nothing sql.NullInt64
		if err := rows.Scan(&v.Number, &v.Ticket, &ref, &sealed, &v.Alias, &added, &v.AddedBy, &nothing); err != nil {
			return err
		}
		v.Reference, v.Added, v.Nothing = hex.EncodeToString(ref), at(added), when(nothing)
		if len(sealed) > 0 {
			if plain, err := k.open("ticket subject", v.Number, sealed); err == nil {
				v.ID, v.Ref = string(plain), refOf(mac(k.K1, []byte("subject"), plain)[:10])
			}
		}
		out = append(out, v)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing a ticket's customer IDs: %w", err)
	}
	return out, nil
}

// TicketSubjects lists the customer IDs that a ticket is about, in the order in which they came to it.
func (s *Store) TicketSubjects(ctx context.Context, number int64) ([]TicketSubject, error) {
	return s.keys.scanTicketSubjects(s.readers.QueryContext(ctx, subjectColumns+"WHERE ticket = ? ORDER BY number", number))
}

// TicketsOf lists the tickets about a customer ID, erased or not, the newest first.
func (s *Store) TicketsOf(ctx context.Context, id string) ([]Ticket, error) {
	return s.tickets(s.readers.QueryContext(ctx, ticketColumns+"WHERE k.number IN (SELECT ticket FROM ticket_subject WHERE ref = ?) ORDER BY k.number DESC", s.keys.reference(id)))
}

func (s *Store) tickets(rows *sql.Rows, err error) (out []Ticket, _ error) {
	err = each(rows, err, func() error {
		v, err := s.keys.scanTicket(rows)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing tickets: %w", err)
	}
	return out, nil
}

// likeSQL finds tickets of a right that share a customer ID with what is asked, received within 90 days of it.
const likeSQL = ticketColumns + "WHERE k.right = ? AND k.number <> ? AND k.state <> 'merged' AND k.received BETWEEN ? AND ? AND k.number IN (SELECT ticket FROM ticket_subject WHERE ref IN ("

// Duplicates lists the tickets that may be the same request as one, the newest first.
func (s *Store) Duplicates(ctx context.Context, v Ticket) ([]Ticket, error) {
	return s.tickets(s.readers.QueryContext(ctx, likeSQL+"SELECT ref FROM ticket_subject WHERE ticket = ?)) ORDER BY k.number DESC LIMIT 20",
		string(v.Right), v.Number, ms(v.Received.Add(-duplicateWithin)), ms(v.Received.Add(duplicateWithin)), v.Number))
}

// DuplicatesOf is Duplicates for a request that is being entered.
func (s *Store) DuplicatesOf(ctx context.Context, n NewTicket) ([]Ticket, error) {
	if len(n.IDs) == 0 || len(n.IDs) > MaxTicketIDs {
		return nil, nil
	}
	args := []any{string(n.Right), 0, ms(n.Received.Add(-duplicateWithin)), ms(n.Received.Add(duplicateWithin))}
	for _, id := range n.IDs {
		args = append(args, s.keys.reference(id.String()))
	}
	return s.tickets(s.readers.QueryContext(ctx, likeSQL+marks(len(n.IDs))+")) ORDER BY k.number DESC LIMIT 20", args...))
}

// MergeTicket ends a ticket in favour of the one that came before it, which takes over its IDs, notes, attachments and links.
func (s *Store) MergeTicket(ctx context.Context, by audit.Actor, number, into int64) error {
	return s.write(ctx, by, func(t *tx) error {
		if err := t.mayMerge(number, into); err != nil {
			return err
		}
		if err := t.endTicket(number, ticketEnd{state: ticket.Merged, into: into}); err != nil {
			return err
		}
		return t.takeOver(number, into)
	})
}

func (t *tx) mayMerge(number, into int64) error {
	from, err := t.ticket(number)
	if err != nil {
		return err
	}
	to, err := t.ticket(into)
	if err != nil {
		return err
	}
	var shared bool
	err = t.row("SELECT EXISTS (SELECT 1 FROM ticket_subject a JOIN ticket_subject b ON b.ref = a.ref WHERE a.ticket = ? AND b.ticket = ?)", number, into).Scan(&shared)
	switch {
	case err != nil:
		return err
	case number == into || from.Right != to.Right || !shared:
		return ErrNoDuplicate
	case to.State.Ended():
		return ErrMoved
	case from.Received.Before(to.Received):
		return ErrMergeOrder
	}
	return nil
}

// takeOver moves what hangs on a ticket to the one that goes on. What is sealed is bound to its own row and not to the ticket.
func (t *tx) takeOver(number, into int64) error {
	subjects, err := t.s.keys.scanTicketSubjects(t.rows(subjectColumns+"WHERE ticket = ? ORDER BY number", number))
	if err != nil {
		return err
	}
	for _, v := range subjects {
		if v.ID == "" {
			continue
		}
		if err := t.addSubject(into, v.ID, v.Alias); err != nil {
			return err
		}
	}
	for _, query := range []string{
		"UPDATE ticket_note SET ticket = ? WHERE ticket = ?",
		"UPDATE ticket_attachment SET ticket = ? WHERE ticket = ?",
		"UPDATE ticket_identity SET ticket = ? WHERE ticket = ?",
		"UPDATE letter SET ticket = ? WHERE ticket = ?",
		"UPDATE OR IGNORE ticket_link SET ticket = ? WHERE ticket = ?",
	} {
		if err := t.exec(query, into, number); err != nil {
			return fmt.Errorf("merging tickets: %w", err)
		}
	}
	return nil
}

// forgetTickets empties the tickets about a customer ID whose erasure has ended (law L3): the ID, which is its reference from now on, and what
// was written or attached, which may name it. Who asked stays while the ticket is open and for 30 days after: they must get the answer (Art.
// 12(3)). An application's deletion speaks for its one instance: it empties tickets only where nothing bears the ID any more.
func (t *tx) forgetTickets(e Erasure) error {
	ref, err := hex.DecodeString(e.Reference)
	if err != nil {
		return err
	}
	tickets, err := scanned[int64](t.rows("SELECT ticket FROM ticket_subject WHERE ref = ? AND sealed IS NOT NULL ORDER BY ticket", ref))
	if err != nil || len(tickets) == 0 {
		return err
	}
	if e.Origin == "api" {
		var lives bool
		if err := t.row("SELECT EXISTS (SELECT 1 FROM customer WHERE name = ?)", e.Subject).Scan(&lives); err != nil || lives {
			return err
		}
	}
	if err := t.exec("UPDATE ticket_subject SET sealed = NULL WHERE ref = ?", ref); err != nil {
		return fmt.Errorf("removing the customer ID from tickets: %w", err)
	}
	for _, number := range slices.Compact(tickets) {
		if err := t.emptyTicket(number); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) emptyTicket(number int64) error {
	for _, query := range []string{
		"UPDATE ticket_note SET sealed = NULL WHERE ticket = ?",
		"UPDATE ticket_attachment SET name = NULL, sealed = NULL WHERE ticket = ?",
		"UPDATE ticket_identity SET sealed = NULL WHERE ticket = ?",
		"UPDATE letter SET sealed = NULL WHERE ticket = ?",
		"UPDATE ticket SET extended_why = NULL, told = NULL WHERE number = ?",
	} {
		if err := t.exec(query, number); err != nil {
			return fmt.Errorf("emptying a ticket: %w", err)
		}
	}
	if err := t.endAnswer(number, "erased"); err != nil {
		return err
	}
	if err := t.exec("UPDATE ticket SET forgot = ? WHERE number = ? AND forgot IS NULL", ms(t.now), number); err != nil {
		return fmt.Errorf("emptying a ticket: %w", err)
	}
	return t.noteTicket(audit.TicketEmptied, number, nil, nil)
}

// peopleKept is how long the names on a ticket of which an ID was erased stay after its end, like the salt of a receipt (design.md, section 4, "Keys").
const peopleKept = 30 * 24 * time.Hour

// namedSQL lists the tickets that still say who asked: themselves, or by a letter that was sent after the erasure had emptied them.
const namedSQL = "SELECT number FROM ticket k WHERE ended <= ? AND forgot IS NOT NULL AND (people IS NOT NULL OR EXISTS (SELECT 1 FROM letter WHERE ticket = k.number AND sealed IS NOT NULL))"

// ForgetTicketPeople erases who asked on tickets that ended 30 days ago and of which an ID was erased, and tells on how many.
func (s *Store) ForgetTicketPeople(ctx context.Context) (n int64, err error) {
	due, err := scanned[int64](s.readers.QueryContext(ctx, namedSQL, ms(s.Now().Add(-peopleKept))))
	if err != nil || len(due) == 0 {
		return 0, err
	}
	return int64(len(due)), s.write(ctx, audit.System, func(t *tx) error {
		for _, number := range due {
			if err := t.exec("UPDATE ticket SET people = NULL WHERE number = ?", number); err != nil {
				return fmt.Errorf("erasing who asked: %w", err)
			}
			if err := t.exec("UPDATE letter SET sealed = NULL WHERE ticket = ?", number); err != nil {
				return fmt.Errorf("erasing the letters to them: %w", err)
			}
			if err := t.noteTicket(audit.TicketNamesErased, number, nil, nil); err != nil {
				return err
			}
		}
		return nil
	})
}
