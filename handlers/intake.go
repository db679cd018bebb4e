package handlers

import (
	"crypto/rand"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"quittance/db"
	"quittance/db/label"
	"quittance/db/ticket"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// TicketsPath is where programs file the requests of persons.
const TicketsPath = "/api/tickets"

const (
	intakeBytes = 64 << 10 // of a request's body
	// longestToken bounds an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header); a UUID has 36 characters.
	longestToken = 128
)

// intake are the doors for programs that file requests of persons: they come with a key of the desk. Filing is bounded, because each ticket
// is work for a person and stays on record.
type intake struct {
	files, reads *auth.Limiter
}

func newIntake(now func() time.Time) *intake {
	return &intake{files: auth.NewLimiter(60, 120, now), reads: auth.NewLimiter(600, 600, now)}
}

// filing is the body of POST /api/tickets. Pointers are what may be left out.
type filing struct {
	Right    ticket.Right `json:"right"`
	Regime   string       `json:"regime"`
	Region   string       `json:"region"`
	Country  string       `json:"country"`
	Received string       `json:"received"`
	IDs      []string     `json:"customer_ids"`
	Person   filer        `json:"person"`
	Agent    *agent       `json:"agent"`
	Note     string       `json:"note"`
}

type filer struct {
	Name    string `json:"name"`
	Contact string `json:"contact"`
}

type agent struct {
	filer
	Relation string `json:"relation"`
}

// filed is what a program is told of a ticket: nothing of the person, whom it knows.
type filed struct {
	Number   int64        `json:"number"`
	Right    ticket.Right `json:"right"`
	Regime   string       `json:"regime"`
	State    ticket.State `json:"state"`
	Received string       `json:"received"`
	Filed    time.Time    `json:"filed"`
	Due      *time.Time   `json:"due"`
	DueDate  *string      `json:"due_date"`
	NoticeBy *time.Time   `json:"notice_by"`
	Ended    *time.Time   `json:"ended"`
}

func filedOf(v db.Ticket) filed {
	out := filed{Number: v.Number, Right: v.Right, Regime: v.Regime, State: v.State, Received: v.Day, Filed: v.Filed.UTC(), Due: instant(v.Due), NoticeBy: instant(v.NoticeBy), Ended: instant(v.Ended)}
	if !v.Due.IsZero() {
		day := v.Due.In(v.Zone()).Format(time.DateOnly)
		out.DueDate = &day
	}
	return out
}

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}

// apiProblem is a refusal that a program reads. Its sentence never repeats what was sent.
type apiProblem struct {
	Status int    `json:"code"`
	Text   string `json:"error"`
	Field  string `json:"field,omitempty"`
}

// Error implements error.
func (p *apiProblem) Error() string { return p.Text }

func badField(field, text string) error {
	return &apiProblem{http.StatusBadRequest, text, field}
}

// fileTicket takes a request in: 201 with its number and its dates, also for one that comes again under its Idempotency-Key.
func (s *Server) fileTicket(w http.ResponseWriter, r *http.Request) {
	v, err := s.takeFiling(w, r)
	if err == nil {
		w.Header().Set("Location", TicketsPath+"/"+decimal(v.Number))
	}
	s.tellProgram(w, r, http.StatusCreated, filedOf(v), err)
}

// filedTicket tells a program how a ticket stands that it filed.
func (s *Server) filedTicket(w http.ResponseWriter, r *http.Request) {
	key, err := s.deskKey(w, r, s.intake.reads)
	var v db.Ticket
	if err == nil {
		number, _ := strconv.ParseInt(r.PathValue("number"), 10, 64)
		v, err = s.store.FiledTicket(r.Context(), key.Number, number)
	}
	s.tellProgram(w, r, http.StatusOK, filedOf(v), err)
}

func (s *Server) takeFiling(w http.ResponseWriter, r *http.Request) (db.Ticket, error) {
	key, err := s.deskKey(w, r, s.intake.files)
	if err != nil {
		return db.Ticket{}, err
	}
	f := db.Filing{Key: key}
	if f.Token, err = tokenOf(r); err == nil {
		f.Asked, err = jsonBody(w, r)
	}
	if err == nil {
		f.NewTicket, err = s.readFiling(f.Asked)
	}
	if err != nil {
		return db.Ticket{}, err
	}
	number, err := s.store.FileTicket(r.Context(), f)
	if err != nil {
		return db.Ticket{}, err
	}
	return s.store.Ticket(r.Context(), number)
}

// deskKey is the key that a program comes with, which must have the scope tickets and come no more often than a limit lets it.
func (s *Server) deskKey(w http.ResponseWriter, r *http.Request, limit *auth.Limiter) (db.APIKey, error) {
	k, err := s.auth.Caller(r)
	if err != nil {
		return k, err
	}
	if err := limit.Take(w.Header(), decimal(k.Number)); err != nil {
		return k, err
	}
	if !k.May(db.ScopeTickets) {
		return k, &apiProblem{http.StatusForbidden, "The key lacks the scope tickets.", ""}
	}
	return k, nil
}

// tokenOf reads the Idempotency-Key, bare or as the quoted string of the draft; "" = none.
func tokenOf(r *http.Request) (string, error) {
	all := r.Header.Values("Idempotency-Key")
	if len(all) == 0 {
		return "", nil
	}
	token := strings.TrimSuffix(strings.TrimPrefix(all[0], `"`), `"`)
	visible := func(c rune) bool { return c < 0x21 || c > 0x7e }
	if len(all) > 1 || token == "" || len(token) > longestToken || strings.ContainsFunc(token, visible) {
		return "", badField("Idempotency-Key", "The header Idempotency-Key is given once, with 1 to 128 visible characters.")
	}
	return "api " + token, nil
}

func jsonBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, &apiProblem{http.StatusUnsupportedMediaType, "The body is application/json.", ""}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, intakeBytes))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, &apiProblem{http.StatusRequestEntityTooLarge, "The body is larger than 64 KiB.", ""}
	case err != nil:
		return nil, &apiProblem{http.StatusBadRequest, "The body did not come to its end.", ""}
	}
	return body, nil
}

// readFiling makes a ticket of a body, or says which field is wrong. Names that are not known are refused: a misspelt one would be lost.
func (s *Server) readFiling(body []byte) (n db.NewTicket, err error) {
	var f filing
	if err := json.Unmarshal(body, &f, json.RejectUnknownMembers(true)); err != nil { // whose text may quote the body
		return n, &apiProblem{http.StatusBadRequest, "The body is no JSON object of the fields that the description of the API names, each once and of its type.", ""}
	}
	if f.Agent == nil {
		f.Agent = new(agent)
	} else if f.Agent.Relation == "" {
		return n, badField("agent.relation", "Say what the agent is to the person.")
	}
	n = db.NewTicket{Right: f.Right, Regime: f.Regime, Region: f.Region, Channel: "api", Relation: f.Agent.Relation, Note: f.Note,
		People: db.TicketPeople{Person: db.TicketPerson(f.Person), Agent: db.TicketPerson(f.Agent.filer)}}
	if err := f.check(); err != nil {
		return n, err
	}
	n.Country, n.Division, _ = strings.Cut(f.Country, "-")
	n.Received = s.store.Now()
	zone := db.Ticket{Country: n.Country, Division: n.Division, Regime: n.Regime}.Zone()
	if n.Day = n.Received.In(zone).Format(time.DateOnly); f.Received != "" {
		var wrong lang.Word
		n.Day = f.Received
		if n.Received, wrong = s.pastDay(zone, f.Received); wrong != "" {
			return n, badField("received", lang.InEnglish(wrong))
		}
	}
	n.IDs, err = f.ids()
	return n, err
}

func (f filing) check() error {
	for _, c := range []struct {
		field string
		ok    bool
		text  string
	}{
		{"right", slices.Contains(ticket.Rights, f.Right), "Give one of the rights of the description."},
		{"regime", slices.Contains(ticket.Regimes, f.Regime), "Give eu-gdpr, uk-gdpr or ccpa."},
		{"region", slices.Contains(ticket.Regions, f.Region), "Give eu or non-eu."},
		{"country", f.Country == "" || slices.ContainsFunc(clockPlaces(), func(o views.Option) bool { return o.Value == f.Country }), "Give a country whose holidays are known, such as DE or DE-BY, or none."},
		{"agent.relation", f.Agent.Relation == "" || slices.Contains(ticket.Relations, f.Agent.Relation), "Give one of the relations of the description."},
		{"person.name", plain(f.Person.Name, db.MaxTicketName), tooLong},
		{"person.contact", plain(f.Person.Contact, db.MaxTicketName), tooLong},
		{"agent.name", plain(f.Agent.Name, db.MaxTicketName), tooLong},
		{"agent.contact", plain(f.Agent.Contact, db.MaxTicketName), tooLong},
		{"note", plain(f.Note, db.MaxTicketNote), "Keep the note under 4,000 bytes."},
		{"customer_ids", len(f.IDs) <= db.MaxTicketIDs, "A ticket is about at most 50 customer IDs."},
	} {
		if !c.ok {
			return badField(c.field, c.text)
		}
	}
	return nil
}

const tooLong = "Keep it under 200 bytes."

func (f filing) ids() (out []label.ID, _ error) {
	for i, raw := range f.IDs {
		id, err := label.Parse(label.Assistant, raw) // whose rules are the widest
		if err != nil {
			return nil, badField("customer_ids["+strconv.Itoa(i)+"]", lang.InEnglish(sentence(err)))
		}
		out = append(out, id)
	}
	return out, nil
}

// tellProgram answers a program: JSON whatever came of it, with the number under which it can be asked for.
func (s *Server) tellProgram(w http.ResponseWriter, r *http.Request, status int, v any, err error) {
	if err != nil {
		p := s.programProblem(w, r, err)
		status, v = p.Status, p
	}
	body, err := json.Marshal(v)
	if err != nil { // it is made of our own words
		status, body = http.StatusInternalServerError, []byte(`{"code":500,"error":"Internal Server Error"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Global-Transaction-Id", rand.Text())
	w.WriteHeader(status)
	w.Write(body)
}

func (s *Server) programProblem(w http.ResponseWriter, r *http.Request, err error) *apiProblem {
	var p *apiProblem
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, auth.ErrTooMany):
		s.retryAfter(w, err)
		return &apiProblem{http.StatusTooManyRequests, "Too many requests. Retry-After says when to come again.", ""}
	case errors.Is(err, auth.ErrKey):
		w.Header().Set("WWW-Authenticate", `Basic realm="Quittance", charset="UTF-8"`) // RFC 9110, section 15.5.2
		w.Header().Add("WWW-Authenticate", "Bearer")
		return &apiProblem{http.StatusUnauthorized, "The API key is missing, unknown, revoked or expired.", ""}
	case errors.Is(err, db.ErrNotFound):
		return &apiProblem{http.StatusNotFound, "There is no such ticket that this key has filed.", ""}
	case errors.Is(err, db.ErrFiledOtherwise):
		return &apiProblem{http.StatusUnprocessableEntity, "This Idempotency-Key came before with another body.", "Idempotency-Key"}
	case errors.Is(err, db.ErrFull):
		return &apiProblem{http.StatusInsufficientStorage, "The disk is full. Nothing was stored.", ""}
	}
	s.log.Error("a program's request failed", "request", requestID(r), "route", r.Pattern, "err", err)
	return &apiProblem{http.StatusServiceUnavailable, "The store cannot be asked. Nothing was stored; try again.", ""}
}

func (s *Server) retryAfter(w http.ResponseWriter, err error) {
	var many *auth.TooMany
	if errors.As(err, &many) && w.Header().Get("Retry-After") == "" {
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(many.After.Seconds()))))
	}
}
