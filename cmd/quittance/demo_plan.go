package main

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"time"
)

// busyDays is how many days before the last the staff is at work. The applications' messages go back much further.
const busyDays = 8

// plan writes the calendar: some days of ordinary work, and in the last hour the requests that rest where a person can look at them.
func (s *demoStaff) plan() {
	end := s.world.start.Add(s.world.size.span)
	today := end.Truncate(24 * time.Hour)
	former := s.world.people[s.world.size.people:]
	for d := busyDays; d > 0; d-- {
		n, day := len(former)/d, today.Add(-time.Duration(d)*24*time.Hour)
		mine := former[:n]
		if c, ok := demoErasureCases[d]; ok && len(mine) > 0 {
			s.byTicket(day, c, mine[0])
			mine = mine[1:]
		}
		s.day(day, d, mine)
		former = former[n:]
	}
	if first := s.world.people[s.world.size.people:]; len(first) > 0 {
		s.at(today.Add(-24*time.Hour+11*time.Hour), s.comesBack(first[0]))
	}
	s.library(end)
	s.at(today.Add(-3*24*time.Hour+9*time.Hour), s.sendPictures)
	s.rest()
	s.desk()
}

func (s *demoStaff) at(t time.Time, do ...func(context.Context) error) {
	for _, f := range do {
		s.events = append(s.events, demoEvent{t.Sub(s.world.start), f})
	}
}

// day is one day of ordinary work. Half of the former customers are erased in the console, half by the application.
func (s *demoStaff) day(day time.Time, d int, former []*demoPerson) {
	hour := func(h, m int) time.Time {
		return day.Add(time.Duration(h)*time.Hour + time.Duration(m+s.r.IntN(8))*time.Minute)
	}
	console, api := former[:(len(former)+1)/2], former[(len(former)+1)/2:]
	proposals, approvals := s.inConsole(console)
	s.at(hour(8, 0), s.visit("support", append(proposals, staffSearch, staffSearch)...), s.reads)
	s.at(hour(8, 50), s.visit("officer", append(approvals, staffSearch)...))
	s.at(hour(10, 20), s.batch, s.visit("support", staffSearch, staffSearch, staffSearch), s.byApplication(api))
	s.at(hour(12, 40), s.visit("second.officer", staffSearch), s.reads)
	s.at(hour(14, 10), s.batch, s.visit("support", staffSearch, staffSearch))
	s.special(d, hour)
	s.at(hour(16, 30), s.batch, s.reads, s.visit("officer", staffSearch))
}

// comesBack is a former customer who was erased and writes again.
func (s *demoStaff) comesBack(p *demoPerson) func(context.Context) error {
	return func(ctx context.Context) error {
		service := anyOf(p)
		path := "/v2/assistants/" + s.door.assist[service][1] + "/message" + demoVersionV2
		body := map[string]any{"input": map[string]any{"message_type": "text", "text": "I am back. Can I order with my old address?"}}
		_, err := s.door.call(ctx, service, http.MethodPost, path, labelHeader(p.ids[:1]), body, http.StatusOK)
		return err
	}
}

// inConsole gives what support and the officer do about people who want to be erased.
func (s *demoStaff) inConsole(people []*demoPerson) (proposals, approvals []func(*visit)) {
	approvals = append(approvals, (*visit).confirm)
	for i, p := range people {
		number := new(int64)
		proposals = append(proposals, staffPropose(p, number, []string{"", "Asked in writing; identity checked.", "By telephone, called back."}[i%3], nil))
		approvals = append(approvals, staffApprove(number))
	}
	return proposals, approvals
}

// byApplication files deletions through the API, at each service that a person wrote to: a key reaches one instance only.
func (s *demoStaff) byApplication(people []*demoPerson) func(context.Context) error {
	return func(ctx context.Context) error {
		for _, p := range people {
			for _, service := range slices.Sorted(maps.Keys(p.wroteTo)) {
				s.clock.pass(2 * time.Second)
				if err := s.door.erase(ctx, service, p.ids[0]); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

// reads is the application's back office looking at its own logs.
func (s *demoStaff) reads(ctx context.Context) error {
	for range 3 {
		s.clock.pass(20 * time.Second)
		p := pick(s.r, s.world.people[:s.world.size.people])
		if err := s.door.logs(ctx, anyOf(p), p.ids[0]); err != nil {
			return err
		}
	}
	return nil
}

// special is what does not happen every day.
func (s *demoStaff) special(d int, hour func(h, m int) time.Time) {
	number := new(int64)
	switch d {
	case 7:
		s.at(hour(13, 10), s.visit("support", staffPropose(s.customer(), number, "Wants the invoices gone too.", nil)))
		s.at(hour(15, 10), s.visit("officer", staffRefuse(number, "17-3-b", "Invoices must be kept for ten years under tax law. They are not used for anything else.")))
	case 6, 2:
		s.at(hour(15, 0), s.visit("auditor", staffExport("audit", "csv"), staffExport("erasures", "json")))
	case 5:
		s.at(hour(13, 30), s.visit("admin", (*visit).confirm, staffRotate(1)))
	case 4:
		s.at(hour(11, 20), s.lost)
		s.at(hour(13, 10), s.visit("support", staffPropose(s.customer(), number, "", nil), staffSearch, staffWithdraw(number)))
	case 3:
		s.at(hour(13, 10), s.visit("support", staffPropose(s.customer(), number, "Third request this month.", nil)))
		s.at(hour(15, 10), s.visit("second.officer", staffRefuse(number, "17-3-e", "The data is needed for a claim that is before the court. It will be erased when the case has ended.")))
	}
}

// customer chooses somebody who has written for a while, has a fair number of records and whom nobody has dealt with.
func (s *demoStaff) customer() *demoPerson {
	for {
		p := s.world.people[s.next]
		s.next++
		if p.records >= 4 && p.records <= 80 && p.since < s.world.size.span-formerly && len(p.wroteTo) > 1 {
			return p
		}
	}
}

// rest leaves requests in every state in which one can rest, minutes before the doors open.
func (s *demoStaff) rest() {
	before := func(minutes int) time.Time {
		return s.world.start.Add(s.world.size.span - time.Duration(minutes)*time.Minute)
	}
	var n [9]int64
	second, third, fourth := s.customer(), s.customer(), s.customer()
	large, known := s.world.people[1], s.world.people[0]
	s.at(before(60), s.batch, s.visit("support", staffPropose(large, &n[0], "Closed the account; wants everything gone.", nil), staffPropose(second, &n[1], "", nil)))
	s.at(before(50), s.visit("support", staffPropose(third, &n[2], "Asked in writing; identity checked.", nil), staffPropose(fourth, &n[3], "", nil)))
	s.at(before(42), s.visit("officer", staffPropose(s.customer(), &n[4], "Came in by post; a colleague must approve.", nil), staffSearch))
	s.at(before(34), s.visit("support", staffPropose(s.customer(), &n[5], "Wrong customer?", nil), staffSearch, staffWithdraw(&n[5])), s.reads)
	s.at(before(28), s.visit("support", staffPropose(s.customer(), &n[6], "No name, no address, only a nickname.", nil)))
	s.at(before(15), s.visit("support", staffSearch, staffPropose(known, &n[7], "Request by e-mail; identity checked over the telephone.", nil)))
	s.at(before(11), s.visit("officer", (*visit).confirm, staffApprove(&n[2]), staffRefuse(&n[6], "12-2", "We could not tell whose data this is. Please write again from the address that you use with us."), staffApprove(&n[3])))
	s.at(before(10), s.visit("admin", (*visit).confirm, s.known), s.visit("second.officer", (*visit).confirm, s.retains))
	partly := s.customer()
	s.at(before(8), s.visit("support", staffPropose(partly, &n[8], "", map[int64]string{s.door.numbers[anyOf(partly)]: "separate-request"})))
	s.at(before(5), s.byApplication([]*demoPerson{s.customer()}))
}

// anyOf is one of the services that hold records of a person.
func anyOf(p *demoPerson) int { return slices.Min(slices.Collect(maps.Keys(p.wroteTo))) }
