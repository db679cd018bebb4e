package main

import (
	"slices"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/clock"
	"quittance/db/dbtest"
	"quittance/db/ticket"
)

// demoTickets are all tickets of the demo.
func demoTickets(t *testing.T, s *db.Store) (out []db.Ticket) {
	for _, view := range []db.TicketView{db.TicketsRunning, db.TicketsAside, db.TicketsEnded} {
		list, err := s.Tickets(t.Context(), db.TicketQuery{View: view, Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, list...)
	}
	return out
}

// checkTickets: the desk shows everything that can be at one, once at least, and what hangs on a ticket too.
func checkTickets(t *testing.T, s *db.Store) {
	all := demoTickets(t, s)
	seen, late, today := map[string]int{}, 0, 0
	for _, v := range all {
		for _, word := range []string{string(v.Right), string(v.State), v.Regime, v.Channel, v.Relation} {
			seen[word]++
		}
		if !v.Due.IsZero() && v.Due.Before(s.Now()) {
			late++
		}
		if !v.Due.IsZero() && clock.DateIn(v.Due, v.Zone()) == clock.DateIn(s.Now(), v.Zone()) {
			today++
		}
		if !v.Ended.IsZero() && v.Ended.Before(v.Received) || v.Filed.Before(v.Received) {
			t.Errorf("ticket %d was received at %v, filed at %v and ended at %v", v.Number, v.Received, v.Filed, v.Ended)
		}
		hangsOn(t, s, v, seen)
	}
	for _, r := range ticket.Rights {
		wanted(t, seen, string(r))
	}
	for state := range ticket.Moves {
		wanted(t, seen, string(state))
	}
	wanted(t, seen, slices.Concat(ticket.Regimes, ticket.Channels)...)
	wanted(t, seen, "solicitor", "parent", "letter en", "letter de", "note", "file", "check", "restriction", "receipt", "answer released", "answer prepared")
	if len(all) < 25 || len(all) > 40 || late < 2 || today < 1 {
		t.Errorf("%d tickets, %d of them overdue, %d due on the day of the demo", len(all), late, today)
	}
	dbtest.Agrees(t, s)
}

func wanted(t *testing.T, seen map[string]int, words ...string) {
	for _, w := range words {
		if seen[w] == 0 {
			t.Errorf("no ticket of the demo shows %q", w)
		}
	}
}

// hangsOn counts what a ticket bears.
func hangsOn(t *testing.T, s *db.Store, v db.Ticket, seen map[string]int) {
	letters, err1 := s.Letters(t.Context(), v.Number)
	notes, err2 := s.TicketNotes(t.Context(), v.Number)
	files, err3 := s.TicketFiles(t.Context(), v.Number)
	checks, err4 := s.TicketIdentities(t.Context(), v.Number)
	links, err5 := s.TicketLinks(t.Context(), v.Number)
	for _, err := range []error{err1, err2, err3, err4, err5} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, l := range letters {
		seen["letter "+l.Language]++
		if l.Lacks > 0 {
			t.Errorf("letter %d of ticket %d, %s, lacks %d parts", l.Number, v.Number, l.Kind, l.Lacks)
		}
	}
	seen["note"], seen["file"], seen["check"] = seen["note"]+len(notes), seen["file"]+len(files), seen["check"]+len(checks)
	for _, l := range links {
		seen[l.Kind]++
		if l.Kind == ticket.LinkErasure && v.State == ticket.Answered {
			seen["receipt"]++
		}
	}
	if a, err := s.TicketAnswer(t.Context(), v.Number); err == nil {
		seen["answer prepared"]++
		seen["answer released"] += int(flag01(!a.Sent.IsZero()))
	}
}

// TestDemoCases: whoever reads the plan finds the days in order, and no case asks for somebody who is not there.
func TestDemoCases(t *testing.T) {
	names := map[string]bool{}
	for i, c := range demoCases {
		if i > 0 && c.days > demoCases[i-1].days {
			t.Errorf("case %d comes before the one above it", i)
		}
		if time.Duration(c.days)*24*time.Hour > wholeDemo.span-48*time.Hour {
			t.Errorf("case %d is older than the demo", i)
		}
		if c.same != "" && !names[c.same] {
			t.Errorf("case %d is about the person of %q, who is not above it", i, c.same)
		}
		names[c.name] = true
	}
}

// TestDemoCaseTimes: at whatever hour a demo is made, nothing is done about a case before it is there, and nothing after the demo's end.
func TestDemoCaseTimes(t *testing.T) {
	for minutes := 0; minutes < 24*60; minutes += 7 {
		end := time.Date(2026, 11, 26, 0, minutes, 0, 0, time.UTC)
		for i, c := range demoCases {
			received, filed, acts := c.times(end)
			last := filed
			for _, at := range acts {
				if at.Before(last) || at.After(end) {
					t.Fatalf("made at %s: of case %d something is done at %v, after what was done at %v", end.Format("15:04"), i, at, last)
				}
				last = at
			}
			if received.After(filed) || filed.After(end) {
				t.Fatalf("made at %s: case %d comes at %v and is taken in at %v", end.Format("15:04"), i, received, filed)
			}
		}
	}
}
