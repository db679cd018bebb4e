package db

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"quittance/db/audit"
	"quittance/db/ticket"
)

// planOf is how SQLite would answer a question.
func planOf(t testing.TB, s *Store, question string, args []any) string {
	t.Helper()
	var plan []string
	rows, err := s.readers.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+question, args...)
	err = each(rows, err, func() error {
		var id, parent, unused int
		var step string
		err := rows.Scan(&id, &parent, &unused, &step)
		plan = append(plan, step)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(plan, "\n")
}

// TestTicketListIsAskedByIndex: no list reads all tickets to show a page, and no count reads a row of one.
func TestTicketListIsAskedByIndex(t *testing.T) {
	h := openHouse(t)
	lists := map[string]TicketQuery{"running": {}, "soon": {View: TicketsSoon}, "overdue": {View: TicketsOverdue}, "of one right": {Right: ticket.Access, Channel: "mail"},
		"after": {After: TicketPlace{Due: 1, Number: 1}}}
	for name, q := range lists {
		where, args := q.where(h.keys, h.Now())
		if plan := planOf(t, h.Store, ticketColumns+"WHERE "+where+" ORDER BY k.due, k.number LIMIT 51", args); !strings.Contains(plan, "USING INDEX ticket_") || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("the list %s sorts or reads everything:\n%s", name, plan)
		}
	}
	mine, args := TicketQuery{Assignee: 1}.where(h.keys, h.Now())
	if plan := planOf(t, h.Store, ticketColumns+"WHERE "+mine+" ORDER BY k.due, k.number LIMIT 51", args); !strings.Contains(plan, "USING INDEX ticket_assignee (assignee=?)") || strings.Contains(plan, "TEMP B-TREE") {
		t.Errorf("the tickets of one person are looked for among all:\n%s", plan)
	}
	for view, want := range map[TicketView]string{TicketsRunning: "over=? AND stands=?", TicketsSoon: "over=? AND stands=?", TicketsOverdue: "over=? AND stands=?", TicketsEnded: "over=?"} {
		sql, args := chooseSQL(h.keys, TicketQuery{View: view}, h.Now())
		if plan := planOf(t, h.Store, sql, args); plan != "SEARCH k USING PRIMARY KEY ("+want+")" {
			t.Errorf("the choices of the view %q are not counted from the tally in its own order:\n%s", view, plan)
		}
	}
	if plan := planOf(t, h.Store, tabsSQL, []any{1, 2, 3}); plan != "SCAN ticket_tally" {
		t.Errorf("the tabs are not counted from the tally alone:\n%s", plan)
	}
	found := TicketQuery{View: TicketsAll, Found: &TicketSearch{Text: "abcdef0123456789", IDs: true}}
	chosen, of := chooseSQL(h.keys, found, h.Now())
	if plan := planOf(t, h.Store, chosen, of); !strings.Contains(plan, "SEARCH ticket USING INTEGER PRIMARY KEY (rowid=?)") || strings.Contains(plan, "SCAN ticket\n") || strings.Contains(plan, "SCAN ticket_") {
		t.Errorf("the choices of a search read everything:\n%s", plan)
	}
	where, args := found.where(h.keys, h.Now())
	if plan := planOf(t, h.Store, ticketColumns+"WHERE "+where+" ORDER BY k.number DESC LIMIT 2", args); strings.Contains(plan, "SCAN k") || strings.Contains(plan, "SCAN ticket_subject") {
		t.Errorf("a search reads everything:\n%s", plan)
	}
}

// manyTickets writes n tickets past the doors: one of twenty runs, as at a desk that has been open for years.
func manyTickets(b *testing.B, s *Store, n int) {
	people := make([]byte, 300)
	err := s.write(b.Context(), audit.System, func(t *tx) error {
		for i := range n {
			right, regime, channel := ticket.Rights[i%7], ticket.Regimes[i%3], ticket.Channels[i%5]
			day := t.now.Add(-time.Duration(i%700) * 24 * time.Hour)
			state, due, ended := "in progress", any(ms(t.now.Add(time.Duration(i%600-100)*time.Hour))), any(nil)
			if i%20 != 0 {
				state, due, ended = []string{"answered", "answered", "withdrawn", "abandoned"}[i%4], nil, ms(t.now)
			}
			err := t.exec(`INSERT INTO ticket (right, regime, region, channel, received, day, filed, filed_by, state, people, due, ended, ended_by) VALUES (?, ?, 'eu', ?, ?, ?, ?, 'user/1', ?, ?, ?, ?, ?)`,
				string(right), regime, channel, ms(day), day.Format(time.DateOnly), ms(t.now), state, people, due, ended, nullIf(ended == nil, "user/1"))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

func nullIf(null bool, v string) any {
	if null {
		return nil
	}
	return v
}

// BenchmarkTicketList is what the list of tickets asks of a store with 100,000 of them: tabs, choices and a page.
func BenchmarkTicketList(b *testing.B) {
	s, err := Open(b.Context(), b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	manyTickets(b, s, 100_000)
	for _, q := range []TicketQuery{{}, {Right: ticket.Access, Channel: "phone"}, {View: TicketsOverdue}, {View: TicketsAside}, {View: TicketsEnded}} {
		for name, ask := range map[string]func() error{
			"tabs":    func() error { _, err := s.CountTickets(b.Context(), 1); return err },
			"choices": func() error { _, err := s.ChooseTickets(b.Context(), q); return err },
			"page":    func() error { q.Limit = 51; _, err := s.Tickets(b.Context(), q); return err },
		} {
			b.Run(fmt.Sprintf("%s of %q %s", name, q.View, q.Right), func(b *testing.B) {
				for b.Loop() {
					if err := ask(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
