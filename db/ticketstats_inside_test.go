package db

import (
	"strings"
	"testing"
	"time"

	"quittance/db/audit"
	"quittance/db/ticket"
)

// manyMadeUpTickets fills a store with tickets of three years, as a busy desk has them: a fifth waited for the person, a tenth was extended, and the
// newest are open. No program of the house writes so many at once, so they are put in without their audit entries.
func manyMadeUpTickets(t testing.TB, s *Store, count int) {
	t.Helper()
	err := s.write(t.Context(), audit.System, func(t *tx) error {
		for i := range count {
			if err := t.madeUpTicket(i, t.now.Add(-time.Duration((count-i)*3*365*24*3600/count)*time.Second)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (t *tx) madeUpTicket(i int, received time.Time) error {
	state, ended, by := "open", any(nil), any(nil)
	end := received.Add(time.Duration(i%40) * 24 * time.Hour)
	if end.Before(t.now) {
		state, ended, by = []string{"answered", "answered", "answered", "abandoned", "withdrawn"}[i%5], ms(end), "user/1"
	}
	var extension, extended, who, due any
	if i%10 == 3 {
		extension, extended, who = "both", ms(received.Add(time.Hour)), "user/1"
	}
	if ended == nil {
		due = ms(received.AddDate(0, 1, 0))
	}
	var number int64
	err := t.row(`INSERT INTO ticket (right, regime, region, country, channel, received, day, filed, filed_by, state, extension, extended, extended_by, ended, ended_by, due, people)
		VALUES (?, ?, 'eu', ?, 'mail', ?, ?, ?, 'user/1', ?, ?, ?, ?, ?, ?, ?, zeroblob(180)) RETURNING number`, string(ticket.Rights[i%len(ticket.Rights)]), ticket.Regimes[i%3],
		[]string{"DE", "GB", "US"}[i%3], ms(received), received.Format(time.DateOnly), ms(received), state, extension, extended, who, ended, by, due).Scan(&number)
	if err != nil || i%5 != 1 {
		return err
	}
	over := min(end.UnixMilli(), received.Add(5*24*time.Hour).UnixMilli())
	return t.exec("INSERT INTO ticket_pause (ticket, why, stops, began, began_by, ended, ended_by) VALUES (?, 'identity', ?, ?, 'user/1', ?, 'user/1')", number, i%2, ms(received), over)
}

// The statistics find the tickets of a period by their indexes, and open ones by theirs: a house that is ten years old reads one year.
func TestTicketStatisticsPlan(t *testing.T) {
	s := openAt(t, t.TempDir())
	defer s.Close()
	q := TicketStatsQuery{Period: ticket.Period{From: "2026-01-01", To: "2026-01-31"}}
	plan := func(query string, args ...any) string {
		var out []string
		rows, err := s.readers.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
		err = each(rows, err, func() error {
			var line string
			err := rows.Scan(new(int), new(int), new(int), &line)
			out = append(out, line)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(out, "\n")
	}
	got := plan(ticketFactsSQL, q.args()...)
	for _, want := range []string{"ticket_over_day (day>? AND day<?)", "ticket_ended (ended>? AND ended<?)", "SEARCH p USING INDEX ticket_pause_ticket", "SEARCH a USING INDEX answer_ticket", "SEARCH l USING PRIMARY KEY"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not used:\n%s", want, got)
		}
	}
	if strings.Contains(got, "SCAN k") {
		t.Errorf("all tickets are read:\n%s", got)
	}
	if got := plan(openSQL, 1, 2, 3, 4, "", ""); got != "SEARCH ticket_tally USING PRIMARY KEY (over=?)" {
		t.Errorf("open tickets:\n%s", got)
	}
	if got := plan(pendingSQL, q.args()...); !strings.HasPrefix(got, "SEARCH ticket_tally USING PRIMARY KEY (over=?)") {
		t.Errorf("open tickets of a period:\n%s", got)
	}
	if got := plan(firstDaySQL); !strings.Contains(got, "SEARCH ticket USING INDEX ticket_over_day") || !strings.Contains(got, "SEARCH ticket_tally USING PRIMARY KEY (over=?)") {
		t.Errorf("the first day:\n%s", got)
	}
}

func BenchmarkTicketStatistics(b *testing.B) {
	s, err := Open(b.Context(), b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	manyMadeUpTickets(b, s, 100_000)
	year := TicketStatsQuery{Period: ticket.Period{From: s.Now().AddDate(-1, 0, 0).Format(time.DateOnly)}}
	for name, q := range map[string]TicketStatsQuery{"all": {}, "year": year} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				facts, err := s.TicketFacts(b.Context(), q)
				if err != nil {
					b.Fatal(err)
				}
				lines := ticket.Months(facts, q.Period)
				b.ReportMetric(float64(len(facts)), "tickets")
				b.ReportMetric(float64(len(lines)), "lines")
			}
		})
	}
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.OpenTickets(b.Context(), TicketStatsQuery{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
