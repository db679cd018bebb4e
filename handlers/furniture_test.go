package handlers

import (
	"bytes"
	"log/slog"
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

// furniture is a house with something in every room: erasure 1 and its batch are done, erasure 2 waits for an officer.
type furniture struct {
	*house
	ref      string
	searches map[string]string // by role
	session  string
	list     string // support's
}

func furnish(t *testing.T) *furniture {
	t.Helper()
	h := openHouse(t, nil)
	f := &furniture{house: h, searches: map[string]string{}}
	svc, other := dbtest.Service(t, h.store, "support-bot"), dbtest.Service(t, h.store, "other-bot")
	if _, _, err := h.store.AddKey(t.Context(), audit.Operator, db.NewKey{Service: svc.Number, Name: "chat", Scopes: db.Scopes()}); err != nil {
		t.Fatal(err)
	}
	dbtest.Ingest(t, h.store, dbtest.Message(t, svc.Number, h.store.Now(), "hello, call 0170 1234567", "abc"), dbtest.Message(t, other.Number, h.store.Now(), "no label"))
	dbtest.Ingest(t, h.store, pictureRecord(t, other.Number, h.store.Now()))
	if _, err := h.store.AcceptErasure(t.Context(), audit.ActorOf("key", 1), svc.Number, dbtest.ID(t, "gone")); err != nil {
		t.Fatal(err)
	}
	if _, err := erasure.NewRunner(h.store, slog.New(slog.DiscardHandler)).Run(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	h.proposed(svc.Number, "abc")
	sub, _, err := h.store.SubjectOf(t.Context(), dbtest.ID(t, "abc"))
	if err != nil {
		t.Fatal(err)
	}
	f.ref = string(sub.Ref)
	if _, err := h.store.PlaceHold(t.Context(), audit.ActorOf("user", 99), db.NewHold{Kind: erasure.LegalHold, Ground: "17-3-e", Records: []int64{2}}); err != nil {
		t.Fatal(err)
	}
	f.byHand(svc.Number)
	if _, err := h.store.SubmitTicket(t.Context(), audit.ActorOf("user", 99), db.NewTicket{Right: ticket.Access, Regime: ticket.EU, Region: "eu", Channel: "mail", Received: h.store.Now(),
		IDs: []label.ID{dbtest.ID(t, "abc")}}); err != nil {
		t.Fatal(err)
	}
	for _, role := range []string{db.RoleSupport, db.RoleOfficer} {
		if f.searches[role], err = h.store.SubmitSearch(t.Context(), h.people[role].Number, "abc"); err != nil {
			t.Fatal(err)
		}
	}
	h.withdrawnList("abc")
	if f.list, err = h.kept("nobody"); err != nil {
		t.Fatal(err)
	}
	spare := h.person("spare@q.example", "Spare Person", db.RoleSupport)
	h.signInAs(spare.Email)
	open, err := h.store.SessionsOf(t.Context(), spare.Number)
	if err != nil || len(open) != 1 {
		t.Fatal(open, err)
	}
	f.session = decimal(open[0].Number)
	if _, err := h.store.CommitSample(t.Context(), h.people[db.RoleAuditor].Actor(), db.NewSample{Kind: "all", Size: 1}); err != nil {
		t.Fatal(err)
	}
	return f
}

// kept keeps a list of one ID for support.
func (h *house) kept(id string) (token string, err error) {
	lines, err := label.ReadLines(id, false)
	if err != nil {
		return "", err
	}
	return h.store.KeepList(h.t.Context(), h.people[db.RoleSupport].Number, id, false, lines.Valid)
}

// withdrawnList is a list of one ID that support has proposed and withdrawn.
func (h *house) withdrawnList(id string) {
	h.t.Helper()
	support := h.people[db.RoleSupport]
	token, err := h.kept(id)
	var n int64
	if err == nil {
		n, err = h.store.ProposeList(h.t.Context(), support.Number, token, db.ListProposal{Ground: "17-1-b"})
	}
	if err == nil {
		err = h.store.WithdrawBulk(h.t.Context(), support.Actor(), n)
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// byHand adds a service of paper, and erasure 3, whose part there waits for a person.
func (f *furniture) byHand(service int64) {
	f.t.Helper()
	v, err := f.store.AddLinked(f.t.Context(), audit.Operator, db.NewLinked{Kind: db.Manual, Name: "paper", Link: db.Link{Instructions: "Shred it."}})
	if err != nil {
		f.t.Fatal(err)
	}
	dbtest.Ingest(f.t, f.store, dbtest.Message(f.t, service, f.store.Now(), "hello", "on_paper"))
	n := f.proposed(service, "on_paper")
	e, err := f.store.Erasure(f.t.Context(), n)
	if err == nil {
		err = f.store.ApproveErasure(f.t.Context(), audit.ActorOf("user", 99), n, e.ManifestHash)
	}
	if err == nil {
		_, err = erasure.NewRunner(f.store, slog.New(slog.DiscardHandler)).Run(f.t.Context(), true)
	}
	if err == nil {
		err = f.store.MovePart(f.t.Context(), audit.System, n, v.Number, db.PartMove{To: erasure.ByHand, Code: erasure.CodeManual})
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

// pictureRecord is a training image without a label.
func pictureRecord(t *testing.T, service int64, when time.Time) db.NewRecord {
	t.Helper()
	raw, err := drawing(0)
	if err != nil {
		t.Fatal(err)
	}
	body, err := db.Picture{Type: "image/png", Width: 8, Height: 6, Bytes: int64(len(raw))}.Pack(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return db.NewRecord{Service: service, Kind: db.Image, Time: when, Answered: when, Container: "c1", Session: "i1", Text: "picture", Body: body}
}

// fill puts the real names into an address or a form, as one asker sees them.
func (f *furniture) fill(text, role string) string {
	own := f.searches[role]
	if own == "" {
		own = f.searches[db.RoleSupport]
	}
	return strings.NewReplacer("{own}", own, "{search}", f.searches[db.RoleSupport], "{ref}", f.ref, "{session}", f.session, "{list}", f.list).Replace(text)
}
