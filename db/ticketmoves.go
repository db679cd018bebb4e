package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"quittance/db/audit"
	"quittance/db/ticket"
)

// mayTicket gives a ticket whose table of moves lets it go on to a state, else ErrMoved: somebody was faster. If it waited, that is over.
func (t *tx) mayTicket(number int64, next ticket.State) (Ticket, error) {
	v, err := t.ticket(number)
	if err != nil {
		return v, err
	}
	if !v.State.May(next) {
		return v, ErrMoved
	}
	if v.State != ticket.Waiting {
		return v, nil
	}
	err = t.exec("UPDATE ticket_pause SET ended = ?, ended_by = ? WHERE ticket = ? AND ended IS NULL", ms(t.now), string(t.by), number)
	if err != nil {
		return v, fmt.Errorf("ending the wait of a ticket: %w", err)
	}
	return v, nil
}

func (t *tx) setTicket(number int64, state ticket.State) error {
	if err := t.exec("UPDATE ticket SET state = ?, ended = NULL, ended_by = NULL, ground = NULL, outcome = NULL, told = NULL WHERE number = ?", string(state), number); err != nil {
		return fmt.Errorf("moving a ticket: %w", err)
	}
	return t.setClock(number)
}

// working is the state of a ticket on which somebody is at work.
func (v Ticket) working() ticket.State {
	if v.Extension != "" {
		return ticket.Extended
	}
	return ticket.InProgress
}

// AssignTicket gives a ticket to somebody, or with 0 back to all. An open one is in progress then.
func (s *Store) AssignTicket(ctx context.Context, by audit.Actor, number, user int64) error {
	return s.write(ctx, by, func(t *tx) error { return t.assignTicket(number, user) })
}

func (t *tx) assignTicket(number, user int64) error {
	v, err := t.ticket(number)
	if err != nil {
		return err
	}
	if v.State.Ended() || v.Assignee == user {
		return ErrMoved
	}
	if err := t.worksOnTickets(user); err != nil {
		return err
	}
	err = t.exec("UPDATE ticket SET assignee = nullif(?, 0), state = CASE WHEN state = 'open' AND ? <> 0 THEN 'in progress' ELSE state END WHERE number = ?", user, user, number)
	if err != nil {
		return fmt.Errorf("assigning a ticket: %w", err)
	}
	return t.noteTicket(audit.TicketAssigned, number, map[string]int64{audit.CountUser: user}, nil)
}

const workersSQL = `SELECT number FROM user WHERE disabled IS NULL AND (',' || roles || ',' LIKE '%,support,%' OR ',' || roles || ',' LIKE '%,officer,%')`

// TicketWorkers lists those whom a ticket can be given to.
func (s *Store) TicketWorkers(ctx context.Context) (out []User, err error) {
	numbers, err := scanned[int64](s.readers.QueryContext(ctx, workersSQL+" ORDER BY number"))
	for _, n := range numbers {
		u, err := s.User(ctx, n)
		if err != nil {
			return nil, err
		}
		out = append(out, u)
	}
	return out, err
}

func (t *tx) worksOnTickets(user int64) error {
	if user == 0 {
		return nil
	}
	err := t.row(workersSQL+" AND number = ?", user).Scan(&user)
	if err = found(err); errors.Is(err, ErrNotFound) {
		return ErrAssignee
	}
	return err
}

// AskPerson lets a ticket wait for the person, who was asked for something of ticket.Pauses. The clock stands meanwhile where the regime lets it.
func (s *Store) AskPerson(ctx context.Context, by audit.Actor, number int64, why string) error {
	if !slices.Contains(ticket.Pauses, why) {
		return ErrTicketCode
	}
	return s.write(ctx, by, func(t *tx) error { return t.askPerson(number, why) })
}

func (t *tx) askPerson(number int64, why string) error {
	v, err := t.mayTicket(number, ticket.Waiting)
	if err != nil {
		return err
	}
	policy, err := t.identityPauses()
	if err != nil {
		return err
	}
	stops := 0
	if ticket.Stops(v.Regime, why, policy) {
		stops = 1
	}
	err = t.exec("INSERT INTO ticket_pause (ticket, why, stops, began, began_by) VALUES (?, ?, ?, ?, ?)", number, why, stops, ms(t.now), string(t.by))
	if err != nil {
		return fmt.Errorf("writing down that a ticket waits: %w", err)
	}
	if err := t.setTicket(number, ticket.Waiting); err != nil {
		return err
	}
	return t.noteTicket(audit.TicketWaiting, number, map[string]int64{audit.CountReason: codeNumber(ticket.Pauses, why)}, nil)
}

// ResumeTicket says that the person has given what was asked for.
func (s *Store) ResumeTicket(ctx context.Context, by audit.Actor, number int64) error {
	return s.write(ctx, by, func(t *tx) error {
		v, err := t.ticket(number)
		if err == nil && v.State != ticket.Waiting {
			err = ErrMoved
		}
		if err != nil {
			return err
		}
		return t.takeUpTicket(v, audit.TicketResumed)
	})
}

// ReopenTicket takes up a ticket that was over.
func (s *Store) ReopenTicket(ctx context.Context, by audit.Actor, number int64) error {
	return s.write(ctx, by, func(t *tx) error {
		v, err := t.ticket(number)
		if err == nil && (!v.State.Ended() || v.Destroyed) {
			err = ErrMoved
		}
		if err != nil {
			return err
		}
		if err := t.unlistCase(number); err != nil {
			return err
		}
		return t.takeUpTicket(v, audit.TicketReopened)
	})
}

func (t *tx) takeUpTicket(v Ticket, event audit.Event) error {
	if _, err := t.mayTicket(v.Number, v.working()); err != nil {
		return err
	}
	if err := t.setTicket(v.Number, v.working()); err != nil {
		return err
	}
	return t.noteTicket(event, v.Number, nil, nil)
}

// AnswerTicket says that the person has the answer, and what was done where its right has outcomes (ErrTicketCode). ErrStillErases while an erasure
// of the ticket is on its way.
func (s *Store) AnswerTicket(ctx context.Context, by audit.Actor, number int64, outcome string) error {
	return s.write(ctx, by, func(t *tx) error { return t.answerTicket(number, outcome) })
}

func (t *tx) answerTicket(number int64, outcome string) error {
	v, err := t.ticket(number)
	if err != nil {
		return err
	}
	if all := ticket.OutcomesOf(v.Right); len(all) > 0 && !slices.Contains(all, outcome) || len(all) == 0 && outcome != "" {
		return ErrTicketCode
	}
	open, err := t.openErasures(number)
	if err != nil {
		return err
	}
	if open > 0 {
		return ErrStillErases
	}
	return t.endTicket(number, ticketEnd{state: ticket.Answered, outcome: outcome})
}

// WithdrawTicket ends a ticket that the person took back.
func (s *Store) WithdrawTicket(ctx context.Context, by audit.Actor, number int64) error {
	return s.write(ctx, by, func(t *tx) error { return t.endTicket(number, ticketEnd{state: ticket.Withdrawn}) })
}

// AbandonTicket ends a ticket whose person did not give what was needed.
func (s *Store) AbandonTicket(ctx context.Context, by audit.Actor, number int64) error {
	return s.write(ctx, by, func(t *tx) error { return t.endTicket(number, ticketEnd{state: ticket.Abandoned}) })
}

// RefuseTicket ends a ticket with a code of ticket.Refusals and what the person is told (Art. 12(4)).
func (s *Store) RefuseTicket(ctx context.Context, by audit.Actor, number int64, ground string, told Told) error {
	if !slices.Contains(ticket.Refusals, ground) {
		return ErrTicketCode
	}
	if told.Explanation == "" || !words(told.Explanation, MaxTicketNote) || !words(told.Authority, MaxTicketName) {
		return ErrTicketWords
	}
	return s.write(ctx, by, func(t *tx) error {
		return t.endTicket(number, ticketEnd{state: ticket.Refused, ground: ground, told: &told})
	})
}

// ticketEnd is how a ticket ends.
type ticketEnd struct {
	state   ticket.State
	ground  string
	outcome string
	told    *Told
	into    int64
}

var ticketEnds = map[ticket.State]audit.Event{ticket.Answered: audit.TicketAnswered, ticket.Refused: audit.TicketRefused,
	ticket.Withdrawn: audit.TicketWithdrawn, ticket.Abandoned: audit.TicketAbandoned, ticket.Merged: audit.TicketMerged}

func (t *tx) endTicket(number int64, e ticketEnd) error {
	if _, err := t.mayTicket(number, e.state); err != nil {
		return err
	}
	plain, err := saltedTold(e.told)
	if err != nil {
		return err
	}
	var sealed any
	if plain != nil {
		sealed = t.s.keys.seal("ticket refusal", number, plain)
	}
	err = t.exec("UPDATE ticket SET state = ?, ended = ?, ended_by = ?, ground = nullif(?, ''), outcome = nullif(?, ''), told = ?, merged_into = nullif(?, 0) WHERE number = ?",
		string(e.state), ms(t.now), string(t.by), e.ground, e.outcome, sealed, e.into, number)
	if err != nil {
		return fmt.Errorf("ending a ticket: %w", err)
	}
	if err := t.setClock(number); err != nil {
		return err
	}
	return t.noteTicket(ticketEnds[e.state], number, e.counts(), committed(plain))
}

func saltedTold(told *Told) ([]byte, error) {
	if told == nil {
		return nil, nil
	}
	raw, err := json.Marshal(told)
	return salted(string(raw)), err
}

func (e ticketEnd) counts() map[string]int64 {
	switch {
	case e.outcome != "":
		return map[string]int64{audit.CountReason: codeNumber(ticket.Outcomes, e.outcome)}
	case e.state == ticket.Refused:
		return map[string]int64{audit.CountReason: codeNumber(ticket.Refusals, e.ground)}
	case e.state == ticket.Merged:
		return map[string]int64{audit.CountTicket: e.into}
	}
	return nil
}

// Extension is that the person was told of two further months, with reasons.
type Extension struct {
	Why     string // code of ticket.Extensions
	Reasons string // as they were told
	On      time.Time
}

// ExtendTicket takes two further months, once; the person was told the reasons within the first (Art. 12(3)).
func (s *Store) ExtendTicket(ctx context.Context, by audit.Actor, number int64, e Extension) error {
	if !slices.Contains(ticket.Extensions, e.Why) {
		return ErrTicketCode
	}
	if e.Reasons == "" || !words(e.Reasons, MaxTicketNote) {
		return ErrTicketWords
	}
	return s.write(ctx, by, func(t *tx) error { return t.extendTicket(number, e) })
}

func (t *tx) extendTicket(number int64, e Extension) error {
	v, err := t.ticket(number)
	switch {
	case err != nil:
		return err
	case v.Extension != "" || v.State.Ended():
		return ErrMoved
	case e.On.After(t.now) || e.On.Before(v.Received.Add(-24*time.Hour)):
		return ErrTicketDay
	}
	state := v.State // one that waits goes on waiting
	if state != ticket.Waiting {
		state = ticket.Extended
	}
	plain := salted(e.Reasons)
	err = t.exec("UPDATE ticket SET state = ?, extension = ?, extended = ?, extended_by = ?, extended_why = ? WHERE number = ?",
		string(state), e.Why, ms(e.On), string(t.by), t.s.keys.seal("ticket extension", number, plain), number)
	if err != nil {
		return fmt.Errorf("extending a ticket: %w", err)
	}
	if err := t.setClock(number); err != nil {
		return err
	}
	return t.noteTicket(audit.TicketExtended, number, map[string]int64{audit.CountReason: codeNumber(ticket.Extensions, e.Why)}, committed(plain))
}

// identityPauses is whether a question to the person stops the clock under the EU GDPR: authorities differ (EDPB Guidelines 01/2022, section
// 5.3), so it does not, unless an officer has chosen it.
func (t *tx) identityPauses() (bool, error) {
	l, err := t.limit(LimitPause)
	return l.At(t.now) == 1, err
}
