package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"quittance/db"
	"quittance/db/answer"
	"quittance/db/audit"
	"quittance/db/clock"
	"quittance/db/erasure"
	"quittance/db/label"
	"quittance/db/letter"
	"quittance/db/ticket"
)

// demoCase is a request of a person at the desk, and what is done about it.
type demoCase struct {
	name     string // by which another case refers to it
	days     int    // before the end of the timeline on which it comes
	right    ticket.Right
	regime   string
	country  string
	channel  string
	language string
	says     string // the note with which it is taken in
	with     string // who of the staff has it from the first day; "" = nobody
	relation string // of whoever asks for the person
	same     string // the case whose person it is
	unknown  bool   // no customer ID is known of them
	acts     []demoAct
}

// demoAct is what one of the staff does about a case, days after it came.
type demoAct struct {
	day int
	by  string
	do  func(*demoFile) error
}

// demoFile is a case while somebody works on it.
type demoFile struct {
	context.Context
	*demoStaff
	demoCase
	person *demoPerson
	number int64 // of its ticket
	by     audit.Actor
}

// desk plans the cases. It asks nothing of the staff's own randomness, so that the rest of the demo is as it would be without them.
func (s *demoStaff) desk() {
	files, end := map[string]*demoFile{}, s.world.start.Add(s.world.size.span)
	s.at(s.world.start.Add(time.Hour), s.furnish)
	asked := map[*demoPerson]bool{}
	for _, c := range demoCases {
		f := &demoFile{demoStaff: s, demoCase: c}
		if c.same != "" {
			f.person = files[c.same].person
		} else {
			f.person = s.asker(c, asked)
		}
		files[c.name], asked[f.person] = f, true
		s.planCase(f, end)
	}
}

// asker is a customer of the language who has written before the case comes and has said enough to be asked about, from the end of the list:
// those at its beginning are what the rest of the demo is about. Of the oldest cases nobody may have written yet.
func (s *demoStaff) asker(c demoCase, asked map[*demoPerson]bool) (out *demoPerson) {
	came := s.world.size.span - time.Duration(c.days)*24*time.Hour
	for i := s.world.size.people - 1; i > 1; i-- {
		p := s.world.people[i]
		if p.language != c.language || p.records < 4 || p.records > 80 || asked[p] {
			continue
		}
		if out = p; p.since < came {
			break
		}
	}
	return out
}

// planCase puts a case and what is done about it into the calendar.
func (s *demoStaff) planCase(f *demoFile, end time.Time) {
	received, filed, acts := f.times(end)
	s.at(filed, func(ctx context.Context) error { return f.takeIn(ctx, received) })
	for i, a := range f.acts {
		s.at(acts[i], func(ctx context.Context) error {
			s.clock.pass(4 * time.Minute)
			if err := a.do(f.actBy(ctx, a.by)); err != nil {
				return fmt.Errorf("%s on day %d of the %s case of %d days: %w", a.by, a.day, f.right, f.days, err)
			}
			return nil
		})
	}
}

// times are when a case comes, when it is taken in, and when each thing is done about it: never before the one above it, at whatever hour the
// demo is made.
func (c demoCase) times(end time.Time) (received, filed time.Time, acts []time.Time) {
	received = end.Add(-time.Duration(c.days) * 24 * time.Hour)
	if filed = atWork(received, end); filed.Before(received) {
		received = filed
	}
	hour, last := time.Duration(c.days*53%300)*time.Minute, filed // not everything is done at the hour at which it came
	for _, a := range c.acts {
		last = later(last, atWork(received.AddDate(0, 0, a.day).Add(hour), end))
		acts = append(acts, last)
	}
	return received, filed, acts
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// atWork is when somebody at the desk deals with what comes at a time: at once, or when the day begins.
func atWork(t, end time.Time) time.Time {
	day := t.Truncate(24 * time.Hour)
	switch h := t.Hour(); {
	case h < 8:
		t = day.Add(8*time.Hour + 20*time.Minute)
	case h >= 16:
		t = day.Add(32*time.Hour + 20*time.Minute)
	}
	if last := end.Add(-65 * time.Minute); t.After(last) {
		return last
	}
	return t
}

// actBy is the case as somebody works on it: a copy, since a reader's own goroutine may still ask the context of the act before.
func (f *demoFile) actBy(ctx context.Context, by string) *demoFile {
	g := *f
	g.Context, g.by = ctx, f.users[by].Actor()
	return &g
}

// takeIn files the request.
func (f *demoFile) takeIn(ctx context.Context, received time.Time) (err error) {
	n := db.NewTicket{Right: f.right, Regime: f.regime, Region: "non-eu", Country: f.country, Channel: f.channel, Received: received, Day: f.day(received),
		Relation: f.relation, Note: f.says, Assignee: f.users[f.with].Number,
		People: db.TicketPeople{Person: db.TicketPerson{Name: f.person.values["name"], Contact: f.person.values["email"]}}}
	if f.regime == ticket.EU {
		n.Region = "eu"
	}
	if f.relation != "" {
		n.People.Agent = db.TicketPerson{Name: demoAgents[f.relation], Contact: f.person.values["street"]}
	}
	if !f.unknown {
		id, err := label.Parse(label.Assistant, f.person.ids[0])
		if err != nil {
			return err
		}
		n.IDs = []label.ID{id}
	}
	f.number, err = f.store.SubmitTicket(ctx, f.users["support"].Actor(), n)
	return err
}

// day is the day of receipt where the person lives: so many days before the demo's last there, also where the hour was changed in between.
func (f *demoFile) day(received time.Time) string {
	place, _ := clock.PlaceOf(f.country, "")
	zone, err := place.Zone()
	if err != nil {
		zone = time.UTC
	}
	if f.days == 0 {
		return received.In(zone).Format(time.DateOnly)
	}
	return f.world.start.Add(f.world.size.span).In(zone).AddDate(0, 0, -f.days).Format(time.DateOnly)
}

// furnish gives the house its letterhead, its contact and what it states about itself.
func (s *demoStaff) furnish(ctx context.Context) error {
	by := s.users["officer"].Actor()
	for _, name := range letter.Names(ticket.Regimes) {
		text, ok := demoHouse[name]
		if !ok {
			continue
		}
		if err := s.store.SetLetterText(ctx, by, name, text); err != nil {
			return err
		}
	}
	for _, v := range answer.Statements {
		if err := s.store.SetStatement(ctx, by, answer.Statement{Code: v.Code, Language: "en", Text: demoStatements[v.Code]}); err != nil {
			return err
		}
	}
	return nil
}

func noted(text string) func(*demoFile) error {
	return func(f *demoFile) error { return f.store.AddTicketNote(f, f.by, f.number, text) }
}

func checkedBy(method, level, checked string) func(*demoFile) error {
	return func(f *demoFile) error {
		return f.store.VerifyIdentity(f, f.by, f.number, db.TicketIdentity{Method: method, Level: level, Checked: checked})
	}
}

func attached(name, text string) func(*demoFile) error {
	return func(f *demoFile) error {
		return f.store.AttachToTicket(f, f.by, f.number, name, "text/plain", []byte(text))
	}
}

// wrote keeps a letter that was sent and does to the ticket nothing more than to say so.
func wrote(k letter.Kind) func(*demoFile) error {
	return func(f *demoFile) error { return f.send(db.NewLetter{Kind: k}, nil) }
}

// toldErased is the letter with the receipt, where the batch has come to it: a long cancel window may keep it.
func toldErased(f *demoFile) error {
	v, err := f.store.Ticket(f, f.number)
	if err != nil || v.State != ticket.Answered {
		return err
	}
	return f.send(db.NewLetter{Kind: letter.Erased}, nil)
}

// demoOutcomes are what was done, where a right can be answered in more than one way.
var demoOutcomes = map[ticket.Right]string{ticket.Rectification: "16-corrected", ticket.Objection: "21-3", ticket.Images: "images-erased"}

// closed is the letter that says it is done.
func closed(f *demoFile) error {
	v, err := f.store.Ticket(f, f.number)
	if err != nil {
		return err
	}
	return f.send(db.NewLetter{Kind: letter.Completion, Close: true, Outcome: demoOutcomes[v.Right]}, nil)
}

// asked is the letter that asks who it is; the ticket waits.
func asked(reasons string) func(*demoFile) error {
	return func(f *demoFile) error {
		return f.send(db.NewLetter{Kind: letter.Identity, Ask: true}, letter.Values{"reasons": reasons})
	}
}

func extended(why, reasons string) func(*demoFile) error {
	return func(f *demoFile) error {
		return f.send(db.NewLetter{Kind: letter.Extension, Extend: &db.Extension{Why: why, Reasons: reasons, On: f.store.Now()}}, letter.Values{"reasons": reasons})
	}
}

func turnedDown(ground, reasons string) func(*demoFile) error {
	return func(f *demoFile) error {
		told := db.Told{Explanation: reasons, Authority: demoHouse[letter.AuthorityOf(f.regime)], Complaint: true, Remedy: true}
		return f.send(db.NewLetter{Kind: letter.Refusal, Refuse: ground, Told: told}, letter.Values{"reasons": reasons, "ground": letter.GroundWords(ground, f.language, f.regime)})
	}
}

func takenBack(f *demoFile) error { return f.store.WithdrawTicket(f, f.by, f.number) }
func givenUp(f *demoFile) error   { return f.store.AbandonTicket(f, f.by, f.number) }

// mergedInto ends a ticket in favour of the one that came just before it.
func mergedInto(f *demoFile) error {
	same, err := f.store.TicketsOf(f, f.person.ids[0])
	if err != nil {
		return err
	}
	i := slices.IndexFunc(same, func(v db.Ticket) bool { return v.Number != f.number })
	if i < 0 {
		return db.ErrNoDuplicate
	}
	return f.store.MergeTicket(f, f.by, f.number, same[i].Number)
}

func prepared(f *demoFile) error { return f.store.PrepareAnswer(f, f.by, f.number, "en") }

// leftOut takes words out of the answer wherever they stand.
func leftOut(words, reason string) func(*demoFile) error {
	return func(f *demoFile) error {
		return f.store.Redact(f, f.by, f.number, answer.Redaction{Words: words, Reason: reason})
	}
}

func released(f *demoFile) error { return f.store.ReleaseAnswer(f, f.by, f.number, false) }

// fetched sends the answer's link and lets the person follow it.
func fetched(f *demoFile) error {
	secret, _, err := f.store.OpenWay(f, f.by, f.number, db.ByLink)
	if err != nil {
		return err
	}
	if err := f.store.SendAnswer(f, f.by, f.number); err != nil {
		return err
	}
	f.clock.pass(50 * time.Minute)
	return f.store.FetchAnswer(f, audit.Visitor, db.ByLink, secret, io.Discard, func() error { return nil })
}

// restricted freezes what is held of the person.
func restricted(ground string) func(*demoFile) error {
	return func(f *demoFile) error {
		ref, err := f.subject()
		if err != nil {
			return err
		}
		_, err = f.store.PlaceHold(f, f.by, db.NewHold{Kind: erasure.Restriction, Subject: ref, Ground: ground, Ticket: f.number})
		return err
	}
}

func (f *demoFile) subject() (db.Ref, error) {
	id, err := label.Parse(label.Assistant, f.person.ids[0])
	if err != nil {
		return "", err
	}
	sub, _, err := f.store.SubjectOf(f, id)
	return sub.Ref, err
}

func toBeErased(f *demoFile) error {
	return f.store.SubmitTicketErasures(f, f.by, f.number, db.Proposal{Ground: "17-1-b", Note: "Asked at the desk; identity checked."})
}

// eraseApproved approves the erasures of a ticket. The batch that carries them out answers it.
func eraseApproved(f *demoFile) error {
	links, err := f.store.TicketLinks(f, f.number)
	if err != nil {
		return err
	}
	for _, l := range links {
		if l.Kind != ticket.LinkErasure {
			continue
		}
		e, err := f.store.Erasure(f, l.Number)
		if err == nil {
			err = f.store.ApproveErasure(f, f.by, e.Number, e.ManifestHash)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// byTicket is the day on which a former customer who wrote to the desk some days before is erased.
func (s *demoStaff) byTicket(day time.Time, c demoCase, p *demoPerson) {
	f := &demoFile{demoStaff: s, demoCase: c, person: p}
	received := s.world.start.Add(s.world.size.span - time.Duration(c.days)*24*time.Hour)
	does := func(by string, do ...func(*demoFile) error) func(context.Context) error {
		return func(ctx context.Context) (err error) {
			g := f.actBy(ctx, by)
			for _, d := range do {
				s.clock.pass(3 * time.Minute)
				err = errors.Join(err, d(g))
			}
			return err
		}
	}
	s.at(atWork(received, day), func(ctx context.Context) error { return f.takeIn(ctx, received) })
	s.at(atWork(received, day).Add(time.Hour), does("support", wrote(letter.Acknowledgement), checkedBy("call-back", "substantial", "Called back on the number of the account.")))
	s.at(day.Add(8*time.Hour+30*time.Minute), does("support", toBeErased))
	s.at(day.Add(9*time.Hour+20*time.Minute), does("officer", eraseApproved))
	s.at(day.Add(15*time.Hour), does("support", toldErased))
}

// send renders the house's own text and keeps it as it was sent.
func (f *demoFile) send(n db.NewLetter, more letter.Values) error {
	v, err := f.store.Ticket(f, f.number)
	if err != nil {
		return err
	}
	values, err := f.values(v)
	if err != nil {
		return err
	}
	for name, text := range more {
		values[name] = text
	}
	n.Language, n.Way, n.Day = f.language, f.way(), f.store.Now().In(v.Zone()).Format(time.DateOnly)
	text, err := letter.Render(letter.Default(n.Kind, f.language, f.regime), values)
	if err != nil {
		return err
	}
	if err := letter.Whole(text); err != nil {
		return err
	}
	n.Text, n.Lacks = text, int64(len(letter.Missing(n.Kind, f.regime, text, values)))
	_, err = f.store.KeepLetter(f, f.by, f.number, n)
	return err
}

// way: who wrote by post is answered by post (Art. 12(3): electronically where that is how they asked).
func (f *demoFile) way() string {
	if f.channel == "post" || f.channel == "in-person" {
		return "post"
	}
	return "mail"
}

// values are the fields of a letter that are known of a ticket.
func (f *demoFile) values(v db.Ticket) (letter.Values, error) {
	pauses, err := f.store.TicketPauses(f, f.number)
	if err != nil {
		return nil, err
	}
	k, err := db.TicketClock(v, pauses, f.store.Now())
	if err != nil {
		return nil, err
	}
	links, err := f.store.TicketLinks(f, f.number)
	day := func(d clock.Date) string {
		t, _ := time.Parse(time.DateOnly, d.String()) // the clock's own; none is ""
		return letter.Day(t, f.language, f.regime)
	}
	received, _ := clock.ParseDate(v.Day)
	var receipts []string
	for _, l := range links {
		if l.Kind == ticket.LinkErasure {
			receipts = append(receipts, fmt.Sprint(l.Number))
		}
	}
	name, _, _ := strings.Cut(demoHouse[letter.Letterhead], "\n")
	asks := f.person.values["name"]
	if f.relation != "" {
		asks = demoAgents[f.relation]
	}
	return letter.Values{"requester": asks, "ticket": fmt.Sprint(f.number), "right": letter.RightWords(f.right, f.language), "law": letter.Law(f.language, f.regime),
		"received": day(received), "today": day(clock.DateIn(f.store.Now(), v.Zone())), "due": day(k.Deadline()), "extended_due": day(k.ExtendedDue),
		"authority": demoHouse[letter.AuthorityOf(f.regime)], "receipt": strings.Join(receipts, ", "), "house": name, "contact": demoHouse[letter.Contact]}, err
}
