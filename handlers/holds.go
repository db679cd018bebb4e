package handlers

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/erasure"
	"quittance/db/ticket"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// holds lists holds and restrictions by what can still happen to them.
func (s *Server) holds(r *http.Request) (templ.Component, error) {
	counts, err := s.store.CountHolds(r.Context())
	if err != nil {
		return nil, err
	}
	code, q := holdTab(r.URL.Query().Get("show"))
	q.Before, q.Limit = before(r), pageRows+1
	list, err := s.store.Holds(r.Context(), q)
	if err != nil {
		return nil, err
	}
	more := len(list) > pageRows
	list = list[:min(len(list), pageRows)]
	v := views.Holds{Find: who(r).May(auth.Hold), Tabs: holdTabs(counts, code), Rows: s.holdRows(r, list),
		Empty: views.Empty{Title: "Nothing is held here", Detail: "An officer places a hold or a restriction from the page of a data subject or of a record."}}
	v.Pager = listPager("/holds?show="+code, before(r), int64(len(list)), more, func() int64 { return list[len(list)-1].Number })
	return v, nil
}

// holdTab is what the address asks for; what it does not name is everything active.
func holdTab(code string) (string, db.HoldQuery) {
	switch code {
	case "holds":
		return code, db.HoldQuery{Kind: erasure.LegalHold}
	case "restrictions":
		return code, db.HoldQuery{Kind: erasure.Restriction}
	case "due":
		return code, db.HoldQuery{Due: true}
	case "ended":
		return code, db.HoldQuery{Ended: true}
	}
	return "", db.HoldQuery{}
}

func holdTabs(c db.HoldCounts, current string) []views.Tab {
	out := []views.Tab{{Label: "Active", Count: c.Holds + c.Restrictions}, {Label: "Holds", Href: "holds", Count: c.Holds}, {Label: "Restrictions", Href: "restrictions", Count: c.Restrictions},
		{Label: "Review due", Href: "due", Count: c.Due}, {Label: "Ended", Href: "ended", Count: c.Ended}}
	for i, t := range out {
		out[i].Current, out[i].Href = t.Href == current, "/holds"
		if t.Href != "" {
			out[i].Href += "?show=" + t.Href
		}
	}
	return out
}

func (s *Server) holdRows(r *http.Request, list []db.Hold) []views.HoldRow {
	names, now := s.names(r), s.store.Now()
	out := make([]views.HoldRow, len(list))
	for i, h := range list {
		out[i] = views.HoldRow{Number: h.Number, Kind: holdKind(h), State: holdState(h), Ground: views.WordsOf(h.Ground), Keeps: keepsWords(h), PlacedBy: names.actor(h.PlacedBy),
			Placed: moment(r, h.Placed), Review: moment(r, h.Review), ReviewDue: h.ReviewDue(now)}
		switch {
		case h.State.Ended():
			out[i].Ends, out[i].EndsWords = moment(r, h.Ended), names.actor(h.EndedBy)
		case h.Expires():
			out[i].Ends, out[i].EndsWords = moment(r, h.Expiry), "set by two officers"
		case !h.Expiry.IsZero():
			out[i].Ends, out[i].EndsWords = moment(r, h.Expiry), "not confirmed"
		}
	}
	return out
}

func holdKind(h db.Hold) lang.Word {
	if h.Kind == erasure.Restriction {
		return "Restriction"
	}
	return "Hold"
}

// keepsWords counts what a hold is about.
func keepsWords(h db.Hold) lang.Word {
	if h.Subjects > 0 {
		return lang.Counted(h.Subjects, "1 customer ID", "{n} customer IDs")
	}
	return lang.Counted(h.Records, "1 record", "{n} records")
}

// newHold is the form that places a hold or a restriction.
func (s *Server) newHold(r *http.Request) (templ.Component, error) {
	q := r.URL.Query()
	n := db.NewHold{Kind: erasure.LegalHold, Subject: db.Ref(q.Get("subject"))}
	if q.Get("kind") == string(erasure.Restriction) {
		n.Kind = erasure.Restriction
	}
	n.Ticket = numberOr(q.Get("ticket"), 0)
	v, err := s.holdForm(r, n)
	v.Records = q.Get("record")
	return v, err
}

// holdForm is the empty form for what a hold is about.
func (s *Server) holdForm(r *http.Request, n db.NewHold) (v views.NewHold, err error) {
	v = views.NewHold{Restriction: n.Kind == erasure.Restriction, Token: string(n.Subject), Ticket: orNothing(n.Ticket)}
	if n.Subject == "" {
		if v.Restriction {
			return v, holdsNobody(n) // a restriction is about a data subject
		}
		return v, nil
	}
	sub, err := s.store.Subject(r.Context(), n.Subject)
	if errors.Is(err, db.ErrNotFound) {
		return v, holdsNobody(n)
	}
	if err != nil {
		return v, err
	}
	v.Subject = views.SubjectRef{Text: lang.Raw(sub.ID), Href: subjectHref(sub.Ref)}
	aliases, err := s.store.Aliases(r.Context(), sub.ID)
	if err != nil {
		return v, err
	}
	for _, a := range aliases {
		v.Also = append(v.Also, a.ID)
	}
	held, err := s.store.Holdings(r.Context(), db.RecordQuery{Subject: sub.ID, Person: len(aliases) > 0})
	v.Counted = total(held)
	return v, err
}

// holdsNobody tells an officer who is about to keep what is not there where they can go on: a ticket restricts also whom nothing is stored of yet.
func holdsNobody(n db.NewHold) error {
	p := pointed{problem{http.StatusNotFound, "Nothing is stored under this customer ID", "The last record may have been erased since you saw it. A hold keeps what is there: look for the customer ID again."}, "/search", "Find a customer ID"}
	if n.Kind == erasure.Restriction {
		p.detail = "The last record may have been erased since you saw it. A restriction can still be placed, on the page of a ticket under Art. 18: what comes in under its customer IDs is kept so from the first record."
		p.href, p.link = "/tickets/new?right="+string(ticket.Restriction), "Take in the request"
	}
	if n.Ticket > 0 {
		p.href, p.link = ticketHref(n.Ticket), lang.Said("To ticket {ticket}", "ticket", decimal(n.Ticket))
	}
	return p
}

// submitHold places it.
func (s *Server) submitHold(r *http.Request) (string, error) {
	n := db.NewHold{Kind: erasure.HoldKind(text(r, "kind")), Subject: db.Ref(text(r, "subject")), Ticket: numberOr(text(r, "ticket"), 0)}
	if n.Kind != erasure.LegalHold && n.Kind != erasure.Restriction {
		return "", db.ErrNotFound
	}
	v, err := s.holdForm(r, n)
	if err != nil {
		return "", err
	}
	if err := s.readHold(r, &v, &n); err != nil {
		return "", err
	}
	number, err := s.store.PlaceHold(r.Context(), who(r).Actor(), n)
	if err != nil {
		return "", err
	}
	notify(r, "ok", lang.Said("{hold} is in force from now on.", "hold", holdName(n.Kind, number)))
	return holdHref(number), nil
}

// readHold reads the form into a hold, or into the page with what is wrong beside each field.
func (s *Server) readHold(r *http.Request, v *views.NewHold, n *db.NewHold) (err error) {
	n.Ground, n.Custodian, n.Note = text(r, "reason"), text(r, "custodian"), text(r, "note")
	v.Ground, v.Custodian, v.Note, v.Review, v.Expiry = n.Ground, n.Custodian, n.Note, text(r, "review"), text(r, "expiry")
	if !slices.Contains(erasure.HoldGrounds[n.Kind], n.Ground) {
		v.GroundErr = "Choose the ground."
	}
	if !plain(n.Note, noteLength) {
		v.NoteErr = "Keep the reason under 2,000 characters of plain text."
	}
	n.Review, v.ReviewErr = s.comingDay(r, v.Review)
	if n.Kind == erasure.LegalHold {
		if n.Custodian == "" || !plain(n.Custodian, custodianLength) || strings.ContainsAny(n.Custodian, "\r\n") {
			v.CustodyErr = "Name the person who answers for it, in at most 200 characters."
		}
		n.Expiry, v.ExpiryErr = s.comingDay(r, v.Expiry)
	} else {
		n.Custodian = ""
	}
	if n.Subject == "" {
		if err := s.readRecords(r, v, n); err != nil {
			return err
		}
	}
	if v.GroundErr+v.NoteErr+v.ReviewErr+v.CustodyErr+v.ExpiryErr+v.RecordsErr != "" {
		return refused{*v}
	}
	return nil
}

// custodianLength bounds the name of a custodian, in bytes.
const custodianLength = 200

// plain tells what may be kept of what somebody typed: text, and not too much of it.
func plain(text string, most int) bool { return len(text) <= most && utf8.ValidString(text) }

// comingDay reads a day that lies ahead; "" is none.
func (s *Server) comingDay(r *http.Request, text string) (time.Time, lang.Word) {
	day, wrong := dateOf(r, text)
	if wrong == "" && !day.IsZero() && !day.After(s.store.Now()) {
		wrong = "Choose a day that lies ahead."
	}
	return day, wrong
}

// recordsLength bounds the field of record numbers, in bytes.
const recordsLength = 10_000

// readRecords reads the numbers of single records, each of which has to be there.
func (s *Server) readRecords(r *http.Request, v *views.NewHold, n *db.NewHold) error {
	v.Records = text(r, "records")
	words := strings.FieldsFunc(v.Records, func(c rune) bool { return c == ',' || c == ';' || c == ' ' || c == '\n' || c == '\r' || c == '\t' })
	if !plain(v.Records, recordsLength) || len(words) > db.MaxHeldRecords {
		v.Records, v.RecordsErr = "", lang.Said("Name at most {maxheldrecords} records.", "maxheldrecords", lang.Figure(db.MaxHeldRecords))
		return nil
	}
	for _, w := range words {
		seq, err := strconv.ParseInt(w, 10, 64)
		if err != nil || seq <= 0 {
			v.RecordsErr = "Give the numbers of records, with spaces or commas between them."
			return nil
		}
		n.Records = append(n.Records, seq)
	}
	if len(n.Records) == 0 {
		v.RecordsErr = "Give the number of at least one record."
		return nil
	}
	missing, err := s.store.Missing(r.Context(), n.Records)
	if len(missing) > 0 {
		v.RecordsErr = lang.Said("There is no record {missing}.", "missing", missingWords(missing))
	}
	return err
}

// missingWords names numbers, a few of many.
func missingWords(numbers []int64) lang.Word {
	const shown = 5
	var words []string
	for i, n := range numbers {
		if i == shown {
			return lang.Said("{words} and {numbers} more", "words", strings.Join(words, ", "), "numbers", lang.Figure(int64(len(numbers)-shown)))
		}
		words = append(words, decimal(n))
	}
	return lang.Listed(words)
}

func holdHref(number int64) string { return "/holds/" + decimal(number) }
