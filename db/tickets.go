package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"quittance/db/audit"
	"quittance/db/label"
	"quittance/db/ticket"
)

// Bounds of a ticket. What somebody types is in bytes.
const (
	MaxTicketIDs  = 50
	MaxTicketName = 200  // a name or a contact
	MaxTicketNote = 4000 // a note, or the reasons that the person is told
)

// Errors of tickets.
var (
	ErrTicket      = errors.New("a ticket needs a right, a regime, a region, a channel and a day of receipt that has come")
	ErrTicketIDs   = errors.New("a ticket is about at most 50 customer IDs")
	ErrTicketWords = errors.New("what is written on a ticket is at most 4,000 characters long, names and contacts 200")
	ErrAssignee    = errors.New("a ticket is assigned to somebody who works on tickets: support or an officer whose account is in use")
	ErrTicketCode  = errors.New("this needs one of the reasons of its list")
	ErrTicketDay   = errors.New("the day on which the person was told lies between the receipt and today")
	ErrMergeOrder  = errors.New("the ticket that came first goes on, because the clock runs from it; merge the later one into it")
	ErrNoDuplicate = errors.New("only tickets of the same right that share a customer ID are merged")
	ErrStillErases = errors.New("an erasure of this ticket has not ended; the ticket is answered by its receipts")
)

// TicketPerson is somebody with how they can be reached.
type TicketPerson struct {
	Name    string `json:"name,omitempty"`
	Contact string `json:"contact,omitempty"`
}

// TicketPeople are whose data it is, and whoever asks on their behalf.
type TicketPeople struct {
	Person TicketPerson `json:"person"`
	Agent  TicketPerson `json:"agent"`
}

// Ticket is one request of a person (design.md, section 2), without its IDs, notes and attachments.
type Ticket struct {
	Number     int64
	Right      ticket.Right
	Regime     string // code of ticket.Regimes
	Region     string // of ticket.Regions
	Country    string // two letters, "" = not said
	Division   string // of the country, where its holidays differ: "BY"
	Channel    string // of ticket.Channels
	Received   time.Time
	Day        string // YYYY-MM-DD of receipt: the clock counts from it
	Filed      time.Time
	FiledBy    audit.Actor
	State      ticket.State
	Assignee   int64        // user number, 0 = nobody
	Relation   string       // of ticket.Relations: what the agent is to the person; "" = they ask for themselves
	People     TicketPeople // zero once it is erased
	Forgot     time.Time    // an erasure of one of its IDs has ended: IDs, notes and attachments are gone; zero = not
	Extension  string       // of ticket.Extensions; "" = none
	Extended   time.Time    // when the person was told
	ExtendedBy audit.Actor
	Reasons    string // as they were told
	Ended      time.Time
	EndedBy    audit.Actor
	Ground     string // of a refusal, code of ticket.Refusals
	Outcome    string // of an answer, code of ticket.Outcomes; "" where its right has none, or nobody said
	Told       Told   // with a refusal
	MergedInto int64
	Due        time.Time // the last moment to answer, as the clock had it at the last change; zero = it is over
	NoticeBy   time.Time // the last moment to tell of an extension
	Stands     bool      // the clock stands until the person has answered
	Unreadable bool      // what was sealed of it does not open
	Destroyed  bool      // its time was over and its case file is gone (Store.Destroyed)
}

// NewTicket describes a request as it came.
type NewTicket struct {
	Right    ticket.Right
	Regime   string
	Region   string
	Country  string
	Division string
	Channel  string
	Received time.Time
	Day      string // "" = the day of Received, UTC
	IDs      []label.ID
	Relation string
	People   TicketPeople
	Note     string
	Assignee int64
}

// check tells whether a request can be taken in, and gives it its day of receipt.
func (n *NewTicket) check(now time.Time) error {
	if n.Day == "" {
		n.Day = n.Received.UTC().Format(time.DateOnly)
	}
	_, day := time.Parse(time.DateOnly, n.Day)
	switch {
	case !slices.Contains(ticket.Rights, n.Right) || !slices.Contains(ticket.Regimes, n.Regime) || !slices.Contains(ticket.Regions, n.Region) || !slices.Contains(ticket.Channels, n.Channel):
		return ErrTicket
	case n.Country != "" && !letters(n.Country, 2), n.Division != "" && !letters(n.Division, 3):
		return ErrTicket
	case n.Relation != "" && !slices.Contains(ticket.Relations, n.Relation), day != nil, n.Received.IsZero() || n.Received.After(now):
		return ErrTicket
	case len(n.IDs) > MaxTicketIDs:
		return ErrTicketIDs
	case !words(n.Note, MaxTicketNote):
		return ErrTicketWords
	}
	for _, s := range []string{n.People.Person.Name, n.People.Person.Contact, n.People.Agent.Name, n.People.Agent.Contact} {
		if !words(s, MaxTicketName) {
			return ErrTicketWords
		}
	}
	return nil
}

// letters tells whether something is a code of capital letters.
func letters(s string, most int) bool {
	return len(s) >= 2 && len(s) <= most && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// words tells whether something that was typed is text, and no longer than it may be.
func words(s string, most int) bool { return len(s) <= most && utf8.ValidString(s) }

// SubmitTicket takes a request in and returns its number.
func (s *Store) SubmitTicket(ctx context.Context, by audit.Actor, n NewTicket) (number int64, err error) {
	if err := n.check(s.Now()); err != nil {
		return 0, err
	}
	err = s.write(ctx, by, func(t *tx) error {
		number, err = t.submitTicket(n)
		return err
	})
	return number, err
}

func (t *tx) submitTicket(n NewTicket) (number int64, err error) {
	err = t.row(`INSERT INTO ticket (right, regime, region, country, division, channel, received, day, filed, filed_by, state, relation)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?) RETURNING number`, string(n.Right), n.Regime, n.Region, n.Country, n.Division, n.Channel,
		ms(n.Received), n.Day, ms(t.now), string(t.by), n.Relation).Scan(&number)
	if err != nil {
		return 0, fmt.Errorf("writing down a ticket: %w", err)
	}
	if err := t.sealPeople(number, n.People); err != nil {
		return 0, err
	}
	if err := t.setClock(number); err != nil {
		return 0, err
	}
	for _, id := range n.IDs {
		if err := t.addSubject(number, id.String(), false); err != nil {
			return 0, err
		}
	}
	err = t.noteTicket(audit.TicketOpened, number, map[string]int64{audit.CountRight: codeNumber(ticket.Rights, n.Right), audit.CountRegime: codeNumber(ticket.Regimes, n.Regime),
		audit.CountIDs: int64(len(n.IDs))}, nil)
	if err == nil && n.Note != "" {
		err = t.addTicketNote(number, n.Note)
	}
	if err == nil && n.Assignee != 0 {
		err = t.assignTicket(number, n.Assignee)
	}
	return number, err
}

// codeNumber is the number of a code in the audit trail: its place in its closed list, from 1.
func codeNumber[T comparable](list []T, code T) int64 { return int64(slices.Index(list, code) + 1) }

func (t *tx) noteTicket(event audit.Event, number int64, counts map[string]int64, commits map[string]string) error {
	return t.noteWith(event, audit.ObjectOf(audit.KindTicket, number), counts, commits)
}

func (t *tx) sealPeople(number int64, p TicketPeople) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if err := t.exec("UPDATE ticket SET people = ? WHERE number = ?", t.s.keys.seal("ticket people", number, raw), number); err != nil {
		return fmt.Errorf("sealing who asks: %w", err)
	}
	return nil
}

const ticketColumns = `SELECT k.number, k.right, k.regime, k.region, k.country, k.division, k.channel, k.received, k.day, k.filed, k.filed_by, k.state, coalesce(k.assignee, 0), k.relation,
	k.people, k.forgot, coalesce(k.extension, ''), k.extended, coalesce(k.extended_by, ''), k.extended_why, k.ended, coalesce(k.ended_by, ''), coalesce(k.ground, ''), coalesce(k.outcome, ''), k.told,
	coalesce(k.merged_into, 0), k.due, k.notice_by, k.stands, k.destroyed IS NOT NULL FROM ticket k `

func (k *keys) scanTicket(row scanner) (Ticket, error) {
	var v Ticket
	var received, filed int64
	var forgot, extended, ended, due, notice sql.NullInt64
	var people, why, told []byte
	err := row.Scan(&v.Number, &v.Right, &v.Regime, &v.Region, &v.Country, &v.Division, &v.Channel, &received, &v.Day, &filed, &v.FiledBy, &v.State, &v.Assignee, &v.Relation,
		&people, &forgot, &v.Extension, &extended, &v.ExtendedBy, &why, &ended, &v.EndedBy, &v.Ground, &v.Outcome, &told, &v.MergedInto, &due, &notice, &v.Stands, &v.Destroyed)
	if err != nil {
		return v, found(err)
	}
	v.Received, v.Filed, v.Forgot, v.Extended, v.Ended = at(received), at(filed), when(forgot), when(extended), when(ended)
	v.Due, v.NoticeBy = when(due), when(notice)
	v.Unreadable = k.openTicket(&v, people, why, told) != nil
	return v, nil
}

func (k *keys) openTicket(v *Ticket, people, why, told []byte) error {
	if len(people) > 0 {
		plain, err := k.open("ticket people", v.Number, people)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(plain, &v.People); err != nil {
			return err
		}
	}
	reasons, err := k.openWords("ticket extension", v.Number, why)
	if err != nil {
		return err
	}
	v.Reasons = reasons
	if len(told) == 0 {
		return nil
	}
	plain, err := k.open("ticket refusal", v.Number, told)
	if err != nil {
		return err
	}
	return json.Unmarshal(plain[min(len(plain), noteSalt):], &v.Told)
}

// openWords opens what was sealed with its salt before it; nothing is "".
func (k *keys) openWords(purpose string, row int64, sealed []byte) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	plain, err := k.open(purpose, row, sealed)
	return string(plain[min(len(plain), noteSalt):]), err
}

func (t *tx) ticket(number int64) (Ticket, error) {
	return t.s.keys.scanTicket(t.row(ticketColumns+"WHERE k.number = ?", number))
}

// Ticket reads one ticket.
func (s *Store) Ticket(ctx context.Context, number int64) (Ticket, error) {
	return s.keys.scanTicket(s.readers.QueryRowContext(ctx, ticketColumns+"WHERE k.number = ?", number))
}
