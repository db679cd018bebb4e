package db_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/db/label"
	"quittance/db/ticket"
)

// desk is a house with two people who work on tickets.
type desk struct {
	*db.Store
	t       *testing.T
	clock   *dbtest.Clock
	service int64
}

func openDesk(t *testing.T) *desk {
	t.Helper()
	clock := dbtest.NewClock()
	d := &desk{Store: dbtest.Open(t, db.WithClock(clock.Now)), t: t, clock: clock}
	for email, role := range map[string]string{"support@q.example": db.RoleSupport, "officer@q.example": db.RoleOfficer, "auditor@q.example": db.RoleAuditor} {
		if _, err := d.AddUser(ctx, audit.Operator, db.NewUser{Email: email, Roles: []string{role}, Password: "$argon2id$of-" + email}); err != nil {
			t.Fatal(err)
		}
	}
	d.service = dbtest.Service(t, d.Store, "bot").Number
	return d
}

// user is the number of the account with a role.
func (d *desk) user(role string) int64 {
	d.t.Helper()
	all, err := d.Users(ctx)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, u := range all {
		if u.Roles[0] == role {
			return u.Number
		}
	}
	d.t.Fatal("nobody is " + role)
	return 0
}

func (d *desk) open(right ticket.Right, ids ...string) int64 {
	d.t.Helper()
	n := db.NewTicket{Right: right, Regime: ticket.EU, Region: "eu", Country: "DE", Channel: "phone", Received: d.clock.Now(),
		People: db.TicketPeople{Person: db.TicketPerson{Name: "Anna Berg", Contact: "anna@mail.example"}}, Note: "called at nine"}
	for _, id := range ids {
		n.IDs = append(n.IDs, dbtest.ID(d.t, id))
	}
	number, err := d.SubmitTicket(ctx, support, n)
	if err != nil {
		d.t.Fatal(err)
	}
	return number
}

func (d *desk) ticket(number int64) db.Ticket {
	d.t.Helper()
	v, err := d.Ticket(ctx, number)
	if err != nil {
		d.t.Fatal(err)
	}
	return v
}

func (d *desk) ids(number int64) string {
	d.t.Helper()
	all, err := d.TicketSubjects(ctx, number)
	if err != nil {
		d.t.Fatal(err)
	}
	var out []string
	for _, v := range all {
		out = append(out, v.ID)
	}
	return strings.Join(out, " ")
}

func (d *desk) events(number int64) string {
	d.t.Helper()
	all, err := d.AuditEntries(ctx, db.AuditQuery{Object: audit.ObjectOf(audit.KindTicket, number), Oldest: true, Limit: 100})
	if err != nil {
		d.t.Fatal(err)
	}
	var out []string
	for _, e := range all {
		out = append(out, strings.TrimPrefix(string(e.Event), "ticket."))
	}
	return strings.Join(out, " ")
}

func TestTicket(t *testing.T) {
	d := openDesk(t)
	n := d.open(ticket.Access, "anna", "anna", "slack_anna")
	v := d.ticket(n)
	if v.State != ticket.Open || v.Day != "2026-03-02" || v.People.Person.Name != "Anna Berg" || v.FiledBy != support || d.ids(n) != "anna slack_anna" {
		t.Fatalf("%+v, IDs %q", v, d.ids(n))
	}
	if notes, err := d.TicketNotes(ctx, n); err != nil || len(notes) != 1 || notes[0].Words != "called at nine" {
		t.Error(notes, err)
	}
	if err := d.AssignTicket(ctx, support, n, d.user(db.RoleAuditor)); !errors.Is(err, db.ErrAssignee) {
		t.Error("an auditor got a ticket:", err)
	}
	must(t, d.AssignTicket(ctx, support, n, d.user(db.RoleSupport)))
	if v := d.ticket(n); v.State != ticket.InProgress || v.Assignee != d.user(db.RoleSupport) {
		t.Errorf("%+v", v)
	}
	must(t, d.AskPerson(ctx, support, n, ticket.ForIdentity))
	must(t, d.ExtendTicket(ctx, support, n, db.Extension{Why: "complexity", Reasons: "there are many records", On: d.clock.Now()}))
	if v := d.ticket(n); v.State != ticket.Waiting || v.Reasons != "there are many records" {
		t.Errorf("an extended ticket that waits: %+v", v)
	}
	must(t, d.VerifyIdentity(ctx, support, n, db.TicketIdentity{Method: "questions", Level: "substantial", Checked: "the last three orders"}))
	if err := d.ExtendTicket(ctx, support, n, db.Extension{Why: "number", Reasons: "again", On: d.clock.Now()}); !errors.Is(err, db.ErrMoved) {
		t.Error("it was extended twice:", err)
	}
	if v := d.ticket(n); v.State != ticket.Extended {
		t.Errorf("after it waited it is %s", v.State)
	}
	must(t, d.RefuseTicket(ctx, officer, n, "12-5-excessive", db.Told{Explanation: "the fifth this month", Authority: "BfDI", Complaint: true, Remedy: true}))
	if v := d.ticket(n); v.State != ticket.Refused || v.Ground != "12-5-excessive" || v.Told.Authority != "BfDI" || v.EndedBy != officer {
		t.Errorf("%+v", v)
	}
	must(t, d.ReopenTicket(ctx, officer, n), d.AnswerTicket(ctx, officer, n, ""))
	if got, want := d.events(n), "opened noted assigned waiting extended verified resumed refused reopened answered"; got != want {
		t.Errorf("the trail says %s, want %s", got, want)
	}
	if err := d.AddTicketID(ctx, support, n, dbtest.ID(t, "late"), false); !errors.Is(err, db.ErrMoved) {
		t.Error("a ticket that is over took an ID:", err)
	}
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func TestTicketsThatAreRefused(t *testing.T) {
	d := openDesk(t)
	good := db.NewTicket{Right: ticket.Access, Regime: ticket.EU, Region: "eu", Channel: "mail", Received: d.clock.Now()}
	for name, c := range map[string]struct {
		spoil func(*db.NewTicket)
		want  error
	}{
		"right":    {func(n *db.NewTicket) { n.Right = "free beer" }, db.ErrTicket},
		"regime":   {func(n *db.NewTicket) { n.Regime = "" }, db.ErrTicket},
		"country":  {func(n *db.NewTicket) { n.Country = "de" }, db.ErrTicket},
		"channel":  {func(n *db.NewTicket) { n.Channel = "pigeon" }, db.ErrTicket},
		"tomorrow": {func(n *db.NewTicket) { n.Received = d.clock.Now().Add(24 * time.Hour) }, db.ErrTicket},
		"day":      {func(n *db.NewTicket) { n.Day = "2026-02-30" }, db.ErrTicket},
		"name":     {func(n *db.NewTicket) { n.People.Agent.Name = strings.Repeat("x", db.MaxTicketName+1) }, db.ErrTicketWords},
		"note":     {func(n *db.NewTicket) { n.Note = "\xff" }, db.ErrTicketWords},
		"ids":      {func(n *db.NewTicket) { n.IDs = make([]label.ID, db.MaxTicketIDs+1) }, db.ErrTicketIDs},
	} {
		n := good
		c.spoil(&n)
		if _, err := d.SubmitTicket(ctx, support, n); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.SubmitTicket(ctx, support, good); err != nil {
		t.Error("a good one:", err)
	}
}

// Every move of the table can be made, and none that is not in it.
func TestTicketMoves(t *testing.T) {
	acts := map[ticket.State]func(*desk, int64) error{
		ticket.InProgress: func(d *desk, n int64) error { return d.AssignTicket(ctx, support, n, d.user(db.RoleSupport)) },
		ticket.Waiting:    func(d *desk, n int64) error { return d.AskPerson(ctx, support, n, ticket.ForClarification) },
		ticket.Extended: func(d *desk, n int64) error {
			return d.ExtendTicket(ctx, support, n, db.Extension{Why: "both", Reasons: "because", On: d.clock.Now()})
		},
		ticket.Answered:  func(d *desk, n int64) error { return d.AnswerTicket(ctx, officer, n, "") },
		ticket.Withdrawn: func(d *desk, n int64) error { return d.WithdrawTicket(ctx, support, n) },
		ticket.Abandoned: func(d *desk, n int64) error { return d.AbandonTicket(ctx, support, n) },
		ticket.Refused: func(d *desk, n int64) error {
			return d.RefuseTicket(ctx, officer, n, "12-2", db.Told{Explanation: "nobody knows whose it is"})
		},
		ticket.Merged: func(d *desk, n int64) error { return d.MergeTicket(ctx, support, n, 1) },
	}
	d := openDesk(t)
	first := d.open(ticket.Access, "anna")
	for from := range ticket.Moves {
		for to, act := range acts {
			n := d.open(ticket.Access, "anna")
			if enter := acts[from]; enter != nil {
				must(t, enter(d, n))
			}
			err := act(d, n)
			may := from.May(to) && !(from.Ended() && (to == ticket.InProgress || to == ticket.Extended)) // that is for ReopenTicket
			if to == ticket.InProgress && from != ticket.Open && !from.Ended() || to == ticket.Extended && from == ticket.Waiting {
				continue // given to somebody, or extended while it waits, which moves nothing
			}
			if may && err != nil || !may && !errors.Is(err, db.ErrMoved) {
				t.Errorf("from %s to %s: %v", from, to, err)
			}
		}
	}
	if v := d.ticket(first); v.State != ticket.Open {
		t.Errorf("the first is %s", v.State)
	}
}

func TestDuplicates(t *testing.T) {
	d := openDesk(t)
	first := d.open(ticket.Access, "anna")
	d.open(ticket.Erasure, "anna")
	d.open(ticket.Access, "ben")
	d.clock.Pass(30 * 24 * time.Hour)
	later := d.open(ticket.Access, "ben2", "anna")
	like, err := d.Duplicates(ctx, d.ticket(later))
	if err != nil || len(like) != 1 || like[0].Number != first {
		t.Fatal(like, err)
	}
	if err := d.MergeTicket(ctx, support, first, later); !errors.Is(err, db.ErrMergeOrder) {
		t.Error("the first went into the later one:", err)
	}
	if err := d.MergeTicket(ctx, support, later, 2); !errors.Is(err, db.ErrNoDuplicate) {
		t.Error("another right:", err)
	}
	must(t, d.MergeTicket(ctx, support, later, first))
	if v := d.ticket(later); v.State != ticket.Merged || v.MergedInto != first || d.ids(first) != "anna ben2" {
		t.Errorf("%+v, and the first has %s", v, d.ids(first))
	}
	if notes, _ := d.TicketNotes(ctx, first); len(notes) != 2 || notes[1].Words == "" {
		t.Errorf("notes %+v", notes)
	}
	d.clock.Pass(100 * 24 * time.Hour)
	if like, _ := d.Duplicates(ctx, d.ticket(d.open(ticket.Access, "anna"))); len(like) != 0 {
		t.Errorf("after 100 days: %+v", like)
	}
}

// An erasure ticket from its intake to its receipt: it is answered with the last of its erasures, and then holds no ID, note or file.
func TestErasureTicket(t *testing.T) {
	d := openDesk(t)
	dbtest.Ingest(t, d.Store, dbtest.Message(t, d.service, d.clock.Now(), "one", "anna"), dbtest.Message(t, d.service, d.clock.Now(), "two", "slack_anna"))
	n, other := d.open(ticket.Erasure, "anna", "nobody"), d.open(ticket.Access, "anna")
	must(t, d.JoinAlias(ctx, support, subject(t, d.Store, "anna").Ref, subject(t, d.Store, "slack_anna").Ref, db.SameTail))
	must(t, d.AttachToTicket(ctx, support, n, "anna.txt", "text/plain", []byte("I am anna")))
	must(t, d.SubmitTicketErasures(ctx, support, n, db.Proposal{Ground: "17-1-b"}))
	links, err := d.TicketLinks(ctx, n)
	if err != nil || len(links) != 2 || d.ids(n) != "anna nobody slack_anna" {
		t.Fatalf("%+v, IDs %s: %v", links, d.ids(n), err)
	}
	if err := d.AnswerTicket(ctx, officer, n, ""); !errors.Is(err, db.ErrStillErases) {
		t.Error("it was answered while its erasures are on their way:", err)
	}
	must(t, d.SubmitTicketErasures(ctx, support, n, db.Proposal{Ground: "17-1-b"})) // which proposes nothing again
	together, err := d.Together(ctx, links[0].Number)
	if err != nil || len(together) != 2 {
		t.Fatal(together, err)
	}
	hashes := db.Read{}
	for _, e := range together {
		hashes[e.Number] = e.ManifestHash
	}
	must(t, d.ApproveErasures(ctx, officer, hashes))
	d.clock.Pass(time.Hour)
	run(t, d.Store)
	v := d.ticket(n)
	if v.State != ticket.Answered || v.EndedBy != audit.System || v.Forgot.IsZero() || v.People.Person.Name == "" {
		t.Errorf("%+v", v)
	}
	if d.ids(n) != " nobody " || d.ids(other) != "" {
		t.Errorf("IDs %q and %q", d.ids(n), d.ids(other))
	}
	if notes, _ := d.TicketNotes(ctx, n); notes[0].Words != "" || notes[0].Hash == "" {
		t.Errorf("notes %+v", notes)
	}
	if files, _ := d.TicketFiles(ctx, n); files[0].Name != "" || !files[0].Erased || files[0].Hash == "" {
		t.Errorf("files %+v", files)
	}
	if _, _, err := d.TicketFile(ctx, support, n, 1); !errors.Is(err, db.ErrNotFound) {
		t.Error("its file:", err)
	}
	if of, _ := d.TicketsOf(ctx, "anna"); len(of) != 2 {
		t.Errorf("its reference finds %d tickets", len(of))
	}
	if err := d.AddTicketNote(ctx, support, other, "anna called"); !errors.Is(err, db.ErrTicketEmpty) {
		t.Error("a note after the erasure:", err)
	}
	d.forgetPeople(n)
}

func (d *desk) forgetPeople(n int64) {
	d.t.Helper()
	for _, c := range []struct{ days, want int64 }{{29, 0}, {2, 1}, {9, 0}} {
		d.clock.Pass(time.Duration(c.days) * 24 * time.Hour)
		if got, err := d.ForgetTicketPeople(ctx); err != nil || got != c.want {
			d.t.Errorf("after %d days more: %d, %v", c.days, got, err)
		}
	}
	if v := d.ticket(n); v.People != (db.TicketPeople{}) {
		d.t.Errorf("%+v", v.People)
	}
}

// An application's deletion speaks for its one instance: a ticket keeps its ID while another service holds something under it.
func TestTicketAndDeletionByAPI(t *testing.T) {
	d := openDesk(t)
	second := dbtest.Service(t, d.Store, "second").Number
	dbtest.Ingest(t, d.Store, dbtest.Message(t, d.service, d.clock.Now(), "one", "anna"), dbtest.Message(t, second, d.clock.Now(), "two", "anna"))
	n := d.open(ticket.Access, "anna")
	for i, want := range []string{"anna", ""} {
		accept(t, d.Store, []int64{d.service, second}[i], "anna")
		d.clock.Pass(time.Hour)
		run(t, d.Store)
		if got := d.ids(n); got != want {
			t.Errorf("after deletion %d the ticket has %q, want %q", i+1, got, want)
		}
	}
}

// A refused erasure answers nothing, and takes nothing from the ticket.
func TestErasureOfATicketRefused(t *testing.T) {
	d := openDesk(t)
	dbtest.Ingest(t, d.Store, dbtest.Message(t, d.service, d.clock.Now(), "one", "anna"))
	n := d.open(ticket.Erasure, "anna")
	must(t, d.SubmitTicketErasures(ctx, support, n, db.Proposal{Ground: "17-1-b"}))
	links, _ := d.TicketLinks(ctx, n)
	must(t, d.RefuseErasure(ctx, officer, links[0].Number, erasure.Refusals[0], db.Told{Explanation: "no"}))
	if v := d.ticket(n); v.State != ticket.InProgress || d.ids(n) != "anna" {
		t.Errorf("%+v, IDs %s", v, d.ids(n))
	}
	must(t, d.SubmitTicketErasures(ctx, support, n, db.Proposal{Ground: "17-1-b"}))
	if links, _ := d.TicketLinks(ctx, n); len(links) != 2 {
		t.Errorf("proposed again: %+v", links)
	}
}

// TestRestrictForTicket: one restriction keeps all IDs of a ticket and their aliases, also an ID of which nothing is stored yet; it is lifted with
// notice, and what was unknown leaves nothing.
func TestRestrictForTicket(t *testing.T) {
	d := openDesk(t)
	dbtest.Ingest(t, d.Store, dbtest.Message(t, d.service, d.clock.Now(), "hello", "anna"), dbtest.Message(t, d.service, d.clock.Now(), "hi", "bert"))
	n := d.open(ticket.Restriction, "anna", "nobody-yet")
	h, err := d.RestrictForTicket(ctx, officer, db.NewHold{Ticket: n, Ground: "18-1-a"})
	if err != nil {
		t.Fatal(err)
	}
	v, err := d.Hold(ctx, h)
	if err != nil || v.Subjects != 2 || v.Kind != erasure.Restriction || d.ticket(n).State != ticket.InProgress {
		t.Errorf("%+v %v", v, err)
	}
	if _, err := d.RestrictForTicket(ctx, officer, db.NewHold{Ticket: n, Ground: "18-1-a"}); !errors.Is(err, db.ErrMoved) {
		t.Error("restricted twice:", err)
	}
	for id, held := range map[string]int{"anna": 1, "nobody-yet": 1, "bert": 0} {
		if all, err := d.HoldsOf(ctx, id); err != nil || len(all) != held {
			t.Errorf("%s is kept by %d: %v", id, len(all), err)
		}
	}
	must(t, d.LiftRestriction(ctx, officer, h, db.Notice{On: d.clock.Now(), Channel: "letter"}))
	if _, known, err := d.SubjectOf(ctx, dbtest.ID(t, "nobody-yet")); err != nil || known {
		t.Error("an ID of which nothing is stored stays known when its restriction has ended:", err)
	}
	for _, wrong := range []struct {
		n    db.NewHold
		want error
	}{{db.NewHold{Ticket: d.open(ticket.Restriction), Ground: "18-1-a"}, db.ErrNotFound}, {db.NewHold{Ticket: d.open(ticket.Access, "anna"), Ground: "18-1-a"}, db.ErrMoved},
		{db.NewHold{Ticket: n, Ground: "17-3-e"}, db.ErrNoGround}, {db.NewHold{Ticket: 99, Ground: "18-1-a"}, db.ErrNotFound}} {
		if _, err := d.RestrictForTicket(ctx, officer, wrong.n); !errors.Is(err, wrong.want) {
			t.Errorf("%+v: %v", wrong.n, err)
		}
	}
	dbtest.Agrees(t, d.Store)
}

// TestOutcome: a right that can be answered in more than one way is answered with one of its own, which goes when the ticket is taken up again.
func TestOutcome(t *testing.T) {
	d := openDesk(t)
	for _, right := range ticket.Rights {
		n := d.open(right, "anna")
		if right.Erases() {
			continue
		}
		all := ticket.OutcomesOf(right)
		for _, code := range append([]string{"", "whim"}, ticket.Outcomes...) {
			ok := slices.Contains(all, code) || len(all) == 0 && code == ""
			if err := d.AnswerTicket(ctx, officer, n, code); (err == nil) != ok || !ok && !errors.Is(err, db.ErrTicketCode) {
				t.Errorf("%s with %q: %v", right, code, err)
			}
			if ok {
				if got := d.ticket(n).Outcome; got != code {
					t.Errorf("%s: %q, not %q", right, got, code)
				}
				must(t, d.ReopenTicket(ctx, officer, n))
			}
		}
		if got := d.ticket(n).Outcome; got != "" {
			t.Errorf("%s is open with outcome %q", right, got)
		}
	}
}
