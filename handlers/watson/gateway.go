package watson

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"quittance/db"
)

// Passed tells in a log entry what became of a message at the instance behind a gateway.
type Passed struct {
	State       string         `json:"state"`            // one of the three below
	Status      int            `json:"status,omitempty"` // of its answer
	Transaction string         `json:"transaction_id,omitempty"`
	Reason      string         `json:"reason,omitempty"` // why there is no answer, as in CallError
	Body        jsontext.Value `json:"body,omitzero"`    // of an answer that refuses
}

// States of a passed message. An entry that stays in the first was cut off by the end of this process.
const (
	passedSent       = "sent"
	passedAnswered   = "answered"
	passedUnanswered = "unanswered"
)

// passSession opens a conversation at the instance. It bears the instance's name here too; what it remembers is remembered there.
func (s *server) passSession(c *call) (answer, error) {
	var ignored struct{}
	if err := c.readJSON(&ignored); err != nil {
		return answer{}, err
	}
	res, err := s.passOnly(c)
	if err != nil || !res.success() {
		return c.orGiven(res, err)
	}
	var opened Session
	if decode(res.Body, &opened) != nil || !identifier(opened.SessionID) {
		return answer{}, unanswered(malformed(res.Status))
	}
	_, err = s.store.OpenChat(context.WithoutCancel(c.Context()), c.actor(), c.service.Number, c.params["container"], opened.SessionID)
	if errors.Is(err, db.ErrTaken) {
		return answer{}, unanswered(malformed(res.Status))
	}
	return c.orGiven(res, err)
}

// passSessionEnd ends a conversation on both sides. One that is not known here is ended there all the same: it may have been forgotten here with
// the records of a person.
func (s *server) passSessionEnd(c *call) (answer, error) {
	res, err := s.passOnly(c)
	if err == nil && (res.success() || res.Status == http.StatusNotFound) {
		err = s.forgetChat(c)
	}
	return c.orGiven(res, err)
}

func (s *server) forgetChat(c *call) error {
	err := s.store.EndChat(context.WithoutCancel(c.Context()), c.actor(), c.service.Number, c.params["container"], c.params["session"])
	if errors.Is(err, db.ErrNotFound) {
		return nil
	}
	return err
}

// passOnly passes on what leaves no record.
func (s *server) passOnly(c *call) (Response, error) {
	u, err := s.upstream(c)
	if err != nil {
		return Response{}, err
	}
	leave, err := enter(c, u.calls)
	if err != nil {
		return Response{}, err
	}
	defer leave()
	res, failure := s.pass(c, u)
	if failure != nil {
		return Response{}, unanswered(failure)
	}
	return res, nil
}

func (c *call) orGiven(res Response, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	return c.given(res)
}

// passMessage is a turn of a conversation of the instance. Where it is not known here it is refused: it has ended, or its records were erased, and
// what it remembers there must not come back with the next answer.
func (s *server) passMessage(c *call) (answer, error) {
	t := &turn{call: c, session: c.params["session"], most: maxContextKept, begun: s.store.Now()}
	if err := t.read(); err != nil {
		return answer{}, err
	}
	chat, err := s.store.Chat(c.Context(), c.service.Number, c.params["container"], t.session)
	if err != nil {
		return answer{}, noSession(err)
	}
	a, err := s.passTurn(t, &db.ChatTurn{ID: chat.ID, Turns: chat.Turns + 1})
	if a.status == http.StatusNotFound {
		err = errors.Join(err, s.forgetChat(c))
	}
	return a, err
}

// passStateless is a turn of a conversation that the caller keeps. The instance names it, if the caller has not.
func (s *server) passStateless(c *call) (answer, error) {
	t := &turn{call: c, most: maxContextSent, begun: s.store.Now()}
	if err := t.read(); err != nil {
		return answer{}, err
	}
	return s.passTurn(t, nil)
}

func (s *server) passTurn(t *turn, after *db.ChatTurn) (answer, error) {
	var sent Context
	if err := view(t.asked.Context, &sent, "context"); err != nil {
		return answer{}, err
	}
	if t.session == "" {
		t.session = shortName(sent.Global.SessionID)
	}
	r := db.NewRecord{Service: t.service.Number, Kind: db.Message, Time: t.begun, Answered: t.begun, Language: language(sent.Global.System.Locale),
		Container: t.params["container"], Session: t.session, Text: t.input.Text}
	return s.exchange(t.call, r, after, entryV2{})
}

// passMessageV1 is a turn of a v1 conversation.
func (s *server) passMessageV1(c *call) (answer, error) {
	begun := s.store.Now()
	var asked MessageRequest
	var context ContextV1
	var input struct {
		Text string `json:"text"`
	}
	if err := c.readJSON(&asked); err != nil {
		return answer{}, err
	}
	if err := errors.Join(view(asked.Input, &input, "input"), view(asked.Context, &context, "context")); err != nil {
		return answer{}, err
	}
	if err := oneLine(input.Text); err != nil {
		return answer{}, err
	}
	r := db.NewRecord{Service: c.service.Number, Kind: db.Message, V1: true, Time: begun, Answered: begun, Language: "en",
		Container: c.params["container"], Session: shortName(context.ConversationID), Text: input.Text}
	return s.exchange(c, r, nil, entryV1Of{})
}

// shortName is a name that can stand beside a record; "" where it cannot.
func shortName(s string) string {
	if len(s) > maxSession || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return ""
	}
	return s
}

// exchange keeps the message, passes it on and keeps the answer. Before the call the message is on the disk with its labels, so that a deletion
// finds whatever may lie at the instance, even if this process ends now; the answer belongs to the same record.
func (s *server) exchange(c *call, r db.NewRecord, after *db.ChatTurn, e logEntry) (answer, error) {
	labels, err := c.labels(r.Time)
	if err != nil {
		return answer{}, err
	}
	u, err := s.upstream(c)
	if err != nil {
		return answer{}, err
	}
	leave, err := enter(c, u.calls)
	if err != nil {
		return answer{}, err
	}
	defer leave()
	if err := u.note(c.Context(), s.store, db.Container{V1: r.V1, Name: r.Container}); err != nil {
		return answer{}, err
	}
	r.Labels, r.OptOut = labels, optsOut(c.Header)
	if r.Body, err = e.begin(c, r); err != nil {
		return answer{}, err
	}
	OriginOf(r.Body).Channel.Mark(&r)
	seqs, err := s.store.Ingest(c.Context(), c.actor(), []db.NewRecord{r}, after)
	if err != nil {
		return answer{}, err
	}
	return s.ask(c, u, seqs[0], e)
}

func (s *server) ask(c *call, u *Upstream, record int64, e logEntry) (answer, error) {
	res, failure := s.pass(c, u)
	h := heard{passed: Passed{State: passedUnanswered}}
	if failure == nil {
		h, failure = e.hear(res)
	}
	if failure != nil {
		h.passed.Reason, h.passed.Status = failure.Code, failure.Status
	}
	s.complete(c, record, func(r *db.Record) error { return e.end(r, h) })
	if failure != nil {
		return answer{}, unanswered(failure)
	}
	return c.given(res)
}

// complete keeps what came back. A record that was erased meanwhile stays erased. Where the store fails the caller still gets the answer, which
// the instance will not give a second time; the entry goes on saying that the message was sent.
func (s *server) complete(c *call, record int64, end func(*db.Record) error) {
	err := s.store.Answer(context.WithoutCancel(c.Context()), c.actor(), record, s.store.Now(), end)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		s.o.Log.Error("an upstream's answer was not kept", "transaction", c.trace, "route", c.Pattern, "error", err)
	}
}

// heard is what came back, as far as it can be kept.
type heard struct {
	passed            Passed
	response          jsontext.Value // nil = none
	session, language string         // "" = as before
}

// answeredBy is an answer without its body.
func answeredBy(res Response) heard {
	return heard{passed: Passed{State: passedAnswered, Status: res.Status, Transaction: transactionOf(res.Header)}}
}

// refusedBy is an answer that refuses: beside the entry, because clients that read logs expect a message's answer in its place.
func refusedBy(res Response) heard {
	h := answeredBy(res)
	if len(res.Body) > 0 && decode(res.Body, new(struct{})) == nil {
		h.passed.Body = res.Body
	}
	return h
}

// logEntry is how a version of the API writes its log.
type logEntry interface {
	begin(*call, db.NewRecord) ([]byte, error)
	hear(Response) (heard, *CallError)
	end(*db.Record, heard) error
}

// askedOf is the request as it came; an absent body is an empty object.
func askedOf(c *call) jsontext.Value {
	if len(c.sentJSON) == 0 {
		return jsontext.Value("{}")
	}
	return c.sentJSON
}

type entryV2 struct{}

// silence is what stands in place of an answer that has not come.
var silence = jsontext.Value(`{"output":{"intents":[],"entities":[],"generic":[]}}`)

func (entryV2) begin(c *call, r db.NewRecord) ([]byte, error) {
	return json.Marshal(Log{Request: askedOf(c), Response: silence, AssistantID: r.Container, SessionID: r.Session, SkillID: "main skill", Snapshot: "draft",
		Language: r.Language, RequestTimestamp: timestamp(r.Time), ResponseTimestamp: timestamp(r.Answered), Upstream: &Passed{State: passedSent}}, checked)
}

func (entryV2) hear(res Response) (heard, *CallError) {
	if !res.success() {
		return refusedBy(res), nil
	}
	var said MessageResponse
	if len(res.Body) == 0 || decode(res.Body, &said) != nil {
		return heard{passed: Passed{State: passedUnanswered}}, malformed(res.Status)
	}
	h := answeredBy(res)
	h.response = res.Body
	var context Context
	if view(said.Context, &context, "context") == nil {
		h.session = shortName(context.Global.SessionID)
		if locale := context.Global.System.Locale; locale != "" {
			h.language = language(locale)
		}
	}
	return h, nil
}

func (entryV2) end(r *db.Record, h heard) error {
	var entry Log
	if err := json.Unmarshal(r.Body, &entry); err != nil {
		return err
	}
	h.take(r)
	if h.response != nil {
		entry.Response = h.response
	}
	entry.SessionID, entry.Language, entry.ResponseTimestamp, entry.Upstream = r.Session, r.Language, timestamp(r.Answered), &h.passed
	body, err := json.Marshal(entry, checked)
	r.Body = body
	return err
}

// take gives a record what only the answer tells. A conversation that has a name keeps it.
func (h heard) take(r *db.Record) {
	if r.Session == "" {
		r.Session = h.session
	}
	if h.language != "" {
		r.Language = h.language
	}
}

type entryV1Of struct{}

var silenceV1 = jsontext.Value(`{"input":{},"intents":[],"entities":[],"context":{},"output":{"generic":[],"text":[],"nodes_visited":[],"log_messages":[]}}`)

func (entryV1Of) begin(c *call, r db.NewRecord) ([]byte, error) {
	return json.Marshal(LogV1{Request: askedOf(c), Response: silenceV1, WorkspaceID: r.Container, Language: r.Language,
		RequestTimestamp: timestamp(r.Time), ResponseTimestamp: timestamp(r.Answered), Upstream: &Passed{State: passedSent}}, checked)
}

func (entryV1Of) hear(res Response) (heard, *CallError) {
	if !res.success() {
		return refusedBy(res), nil
	}
	var said MessageResponseV1
	if len(res.Body) == 0 || decode(res.Body, &said) != nil {
		return heard{passed: Passed{State: passedUnanswered}}, malformed(res.Status)
	}
	h := answeredBy(res)
	h.response = res.Body
	var context ContextV1
	if view(said.Context, &context, "context") == nil {
		h.session = shortName(context.ConversationID)
	}
	return h, nil
}

func (entryV1Of) end(r *db.Record, h heard) error {
	var entry LogV1
	if err := json.Unmarshal(r.Body, &entry); err != nil {
		return err
	}
	h.take(r)
	if h.response != nil {
		entry.Response = h.response
	}
	entry.ResponseTimestamp, entry.Upstream = timestamp(r.Answered), &h.passed
	body, err := json.Marshal(entry, checked)
	r.Body = body
	return err
}
