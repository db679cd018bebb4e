package db

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"quittance/db/ticket"
)

// TicketSearch is what somebody types to find a ticket: its number, the reference of a customer ID, the name that a program gave to its
// request, or, where IDs says that they may look for those, a customer ID.
type TicketSearch struct {
	Text string
	IDs  bool
}

// leastReference is the shortest beginning of a reference that is looked for, in hex digits: as lists show them, or nearly.
const leastReference = 8

// Number is the number of a ticket that may be meant; 0 = none.
func (q TicketSearch) Number() int64 {
	n, err := strconv.ParseInt(strings.TrimPrefix(q.Text, "#"), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// reference gives the bounds between which the references lie that begin as was typed, with "ref " before it or not.
func (q TicketSearch) reference() (from, to []byte, ok bool) {
	typed := strings.TrimSpace(strings.TrimPrefix(strings.ToLower(q.Text), "ref"))
	if len(typed) < leastReference {
		return nil, nil, false
	}
	from, err := hex.DecodeString(typed[:len(typed)&^1])
	return from, append(bytes.Clone(from), bytes.Repeat([]byte{0xff}, 32)...), err == nil
}

// where is the condition on a ticket k that a search finds. Each part of it is looked up by an index.
func (q TicketSearch) where(k *keys) (cond string, args []any) {
	parts := []string{"SELECT i.ticket FROM intake i WHERE i.key IN (SELECT number FROM api_key WHERE scopes = 'tickets') AND i.token = ?",
		"SELECT d.ticket FROM dsr d WHERE d.key IN (SELECT number FROM api_key WHERE scopes = 'tickets') AND d.request = ?"}
	args = []any{k.filingToken(q.Text), q.Text}
	if from, to, ok := q.reference(); ok {
		parts, args = append(parts, "SELECT ticket FROM ticket_subject WHERE ref BETWEEN ? AND ?"), append(args, from, to)
	}
	if q.IDs {
		parts, args = append(parts, "SELECT ticket FROM ticket_subject WHERE ref = ?"), append(args, k.reference(q.Text))
	}
	return "k.number IN (" + strings.Join(parts, " UNION ") + ")", args
}

// TicketChoices tells of a list how many of its tickets each choice of each filter would leave, with the other filters as they are.
type TicketChoices struct {
	Right, State, Regime, Region, Channel map[string]int64
	Assignee                              map[int64]int64 // 0 = nobody
	Within                                map[time.Duration]int64
}

// TicketWindows are the times within which tickets are asked for that are due.
var TicketWindows = []time.Duration{24 * time.Hour, 3 * 24 * time.Hour, 7 * 24 * time.Hour, 14 * 24 * time.Hour, 30 * 24 * time.Hour}

// choice is how many tickets are alike in all that is filtered by.
type choice struct {
	right, state, regime, region, channel string
	assignee                              int64
	n                                     int64
	due                                   [5]int64 // of these, due within each of TicketWindows; overdue ones are in none
}

// ChooseTickets counts the choices of a query's view, in one reading of the tally.
func (s *Store) ChooseTickets(ctx context.Context, q TicketQuery) (TicketChoices, error) {
	c := TicketChoices{map[string]int64{}, map[string]int64{}, map[string]int64{}, map[string]int64{}, map[string]int64{}, map[int64]int64{}, map[time.Duration]int64{}}
	sql, args := chooseSQL(s.keys, q, s.Now())
	rows, err := s.readers.QueryContext(ctx, sql, args...)
	err = each(rows, err, func() error {
		var v choice
		err := rows.Scan(&v.right, &v.state, &v.regime, &v.region, &v.channel, &v.assignee, &v.n, &v.due[0], &v.due[1], &v.due[2], &v.due[3], &v.due[4])
		c.add(q, v)
		return err
	})
	if err != nil {
		return c, fmt.Errorf("counting the choices of a list of tickets: %w", err)
	}
	return c, nil
}

// chooseSQL asks the tally, in its own order so that nothing is sorted, or the few tickets that a search finds.
func chooseSQL(k *keys, q TicketQuery, now time.Time) (string, []any) {
	sql, args := "SELECT k.right, k.state, k.regime, k.region, k.channel, k.assignee, sum(k.n)", []any{}
	for _, w := range TicketWindows {
		sql, args = sql+", coalesce(sum(k.n) FILTER (WHERE k.over = 0 AND k.stands = 0 AND k.due >= ? AND k.due < ?), 0)", append(args, ms(now), ms(now.Add(w)))
	}
	from, where := "ticket_tally k", tallyWhere[q.View]
	if where == "" {
		where = "0"
	}
	args = append(args, viewArgs(q.View, now)...)
	if q.Found != nil {
		cond, more := q.Found.where(k)
		from, where, args = "(SELECT *, 1 AS n FROM ticket_kind) k", where+" AND "+cond, append(args, more...)
	}
	return sql + " FROM " + from + " WHERE " + where + " GROUP BY k.stands, k.right, k.state, k.regime, k.region, k.channel, k.assignee", args
}

// add counts a group of tickets under each filter that it passes all the others of.
func (c TicketChoices) add(q TicketQuery, v choice) {
	passes := []bool{q.Right == "" || string(q.Right) == v.right, q.State == "" || string(q.State) == v.state, q.Regime == "" || q.Regime == v.regime, q.Region == "" || q.Region == v.region,
		q.Channel == "" || q.Channel == v.channel, (q.Assignee == 0 || q.Assignee == v.assignee) && (!q.Nobody || v.assignee == 0)}
	others := func(mine int) bool {
		for i, ok := range passes {
			if i != mine && !ok {
				return false
			}
		}
		return true
	}
	n := v.within(q.Within)
	for i, of := range []struct {
		in    map[string]int64
		value string
	}{{c.Right, v.right}, {c.State, v.state}, {c.Regime, v.regime}, {c.Region, v.region}, {c.Channel, v.channel}} {
		if others(i) {
			of.in[of.value] += n
		}
	}
	if others(5) {
		c.Assignee[v.assignee] += n
	}
	for i, w := range TicketWindows {
		if others(6) {
			c.Within[w] += v.due[i]
		}
	}
}

// within is how many of a group are due within a time; 0 = whenever.
func (v choice) within(d time.Duration) int64 {
	switch i := slices.Index(TicketWindows, d); {
	case d == 0:
		return v.n
	case i < 0:
		return 0
	default:
		return v.due[i]
	}
}

// FindTickets gives the tickets that a search finds, the newest first, at most a few: its list is asked for with TicketQuery.Found.
func (s *Store) FindTickets(ctx context.Context, q TicketSearch, limit int) ([]Ticket, error) {
	return s.Tickets(ctx, TicketQuery{View: TicketsAll, Found: &q, Limit: limit})
}

// States lists the states that tickets of a view can be in.
func (v TicketView) States() []ticket.State {
	switch v {
	case TicketsEnded:
		return []ticket.State{ticket.Answered, ticket.Refused, ticket.Withdrawn}
	case TicketsAside:
		return []ticket.State{ticket.Waiting, ticket.Abandoned, ticket.Merged}
	case TicketsAll:
		return append([]ticket.State{ticket.Open, ticket.InProgress, ticket.Waiting, ticket.Extended}, ticket.Ends()...)
	}
	return []ticket.State{ticket.Open, ticket.InProgress, ticket.Waiting, ticket.Extended}
}
