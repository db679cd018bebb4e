package watson

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"quittance/db"
)

// reply is what a hosted Assistant says: it holds the data of an assistant, it is none.
const reply = "Your message has been kept. This instance stores conversations and does not answer them."

// How much context a message may bring along and a conversation may keep, in bytes (watson-api.md section 2).
const (
	maxContextKept = 100 << 10 // stateful: kept here
	maxContextSent = 250 << 10 // stateless: kept by the caller
)

// maxSession bounds the name of a conversation that the caller keeps, in bytes. Ours are UUIDs.
const maxSession = 256

// maxTurns bounds the count of turns that a caller sends, so that the next one is still above it.
const maxTurns = 1 << 31

// optOut is the header that keeps a message out of learning.
const optOut = "X-Watson-Learning-Opt-Out"

var empty = answer{status: http.StatusOK, body: []byte("{}")}

func answerJSON(status int, v any) (answer, error) {
	body, err := json.Marshal(v)
	return answer{status: status, body: body}, err
}

// createSession opens a conversation. Whatever its body says is about billing.
func (s *server) createSession(c *call) (answer, error) {
	if c.service.Upstream != 0 {
		return s.passSession(c)
	}
	var ignored struct{}
	if err := c.readJSON(&ignored); err != nil {
		return answer{}, err
	}
	chat, err := s.store.CreateChat(c.Context(), c.actor(), c.service.Number, c.params["container"])
	if err != nil {
		return answer{}, err
	}
	return answerJSON(http.StatusCreated, Session{chat.ID})
}

// deleteSession ends a conversation. One that has timed out is ended too, but to the caller it is no longer there.
func (s *server) deleteSession(c *call) (answer, error) {
	if c.service.Upstream != 0 {
		return s.passSessionEnd(c)
	}
	chat, err := s.store.Chat(c.Context(), c.service.Number, c.params["container"], c.params["session"])
	if err != nil {
		return answer{}, noSession(err)
	}
	if err := s.store.EndChat(c.Context(), c.actor(), chat.Service, chat.Container, chat.ID); err != nil {
		return answer{}, noSession(err)
	}
	if s.expired(chat, s.store.Now()) {
		return answer{}, errNoSession
	}
	return empty, nil
}

// expired tells whether nobody has said anything for so long that the conversation is over.
func (s *server) expired(chat db.Chat, now time.Time) bool {
	return now.Sub(chat.Seen) > s.o.SessionIdle
}

func noSession(err error) error {
	if errors.Is(err, db.ErrNotFound) {
		return errNoSession
	}
	return err
}

// turn is one message of v2 on its way: what was asked, in which conversation, and what the conversation knows after it.
type turn struct {
	*call
	asked   MessageRequest
	input   MessageInput
	session string
	count   int64
	most    int            // bytes of context
	known   jsontext.Value // the context so far, with what was sent laid over it
	system  ContextSystem
	begun   time.Time
	found   *Generic // by the search skill; nil = nothing was searched for
}

// message is a turn of a conversation that is kept here.
func (s *server) message(c *call) (answer, error) {
	if c.service.Upstream != 0 {
		return s.passMessage(c)
	}
	t := &turn{call: c, session: c.params["session"], most: maxContextKept, begun: s.store.Now()}
	if err := t.read(); err != nil {
		return answer{}, err
	}
	if t.searches() { // before the lock, which others share by chance
		chat, err := s.chat(t)
		if err == nil {
			err = t.remember(chat.Context)
		}
		if err != nil {
			return answer{}, err
		}
		if err := s.search(t); err != nil {
			return answer{}, err
		}
	}
	lock := s.turns.of(t.session)
	lock.Lock()
	defer lock.Unlock()
	chat, err := s.chat(t)
	if err != nil {
		return answer{}, err
	}
	t.count = chat.Turns + 1
	if err := t.remember(chat.Context); err != nil {
		return answer{}, err
	}
	after := &db.ChatTurn{ID: chat.ID, Turns: t.count, Context: t.known}
	return s.keep(t, after, t.input.Options.ReturnContext || t.input.Options.Export)
}

// chat is the conversation of a turn, which goes on for as long as nobody has waited too long.
func (s *server) chat(t *turn) (db.Chat, error) {
	chat, err := s.store.Chat(t.Context(), t.service.Number, t.params["container"], t.session)
	if err == nil && s.expired(chat, t.begun) {
		err = errNoSession
	}
	return chat, noSession(err)
}

// messageStateless is a turn of a conversation that the caller keeps: its context comes with each message and goes back with each answer.
func (s *server) messageStateless(c *call) (answer, error) {
	if c.service.Upstream != 0 {
		return s.passStateless(c)
	}
	t := &turn{call: c, most: maxContextSent, begun: s.store.Now()}
	if err := t.read(); err != nil {
		return answer{}, err
	}
	var sent Context
	if err := view(t.asked.Context, &sent, "context"); err != nil {
		return answer{}, err
	}
	if t.session = sent.Global.SessionID; t.session == "" {
		t.session = uuid.NewString()
	}
	if len(t.session) > maxSession {
		return answer{}, badField("context.global.session_id", "session_id is too long")
	}
	if strings.ContainsFunc(t.session, unicode.IsControl) {
		return answer{}, badField("context.global.session_id", "session_id must not hold control characters")
	}
	if n := sent.Global.System.TurnCount; n < 0 || n > maxTurns {
		return answer{}, badField("context.global.system.turn_count", "turn_count is out of range")
	}
	t.count = sent.Global.System.TurnCount + 1
	if err := t.remember(nil); err != nil {
		return answer{}, err
	}
	if t.searches() {
		if err := s.search(t); err != nil {
			return answer{}, err
		}
	}
	return s.keep(t, nil, true)
}

// read takes the body in and checks it.
func (t *turn) read() error {
	if err := t.readJSON(&t.asked); err != nil {
		return err
	}
	if len(t.asked.Context) > t.most {
		return badField("context", tooMuch(t.most))
	}
	if err := view(t.asked.Input, &t.input, "input"); err != nil {
		return err
	}
	if !slices.Contains([]string{"", "text", "search"}, t.input.MessageType) {
		return badField("input.message_type", "message_type must be text or search")
	}
	return oneLine(t.input.Text)
}

// view reads the part of a body that the contract names. Absent and null are an empty object.
func view(v jsontext.Value, into any, path string) error {
	if v == nil || v.Kind() == 'n' {
		return nil
	}
	if v.Kind() != '{' {
		return badField(path, "The request body has a field of the wrong type")
	}
	err := json.Unmarshal(v, into)
	if err == nil {
		return nil
	}
	var e *apiError
	if errors.As(explain(err), &e) && e.path != "" {
		e.path = path + "." + e.path
	}
	return e
}

// oneLine: the documents forbid carriage return, line feed and tab in the input.
func oneLine(text string) error {
	if strings.ContainsAny(text, "\r\n\t") {
		return badField("input.text", "The input text must not contain carriage return, newline or tab characters")
	}
	return nil
}

func tooMuch(most int) string {
	if most == maxContextKept {
		return "The context is larger than 100 KB"
	}
	return "The context is larger than 250 KB"
}

// remember lays what was sent over what was known, and what the service itself knows over both.
func (t *turn) remember(before jsontext.Value) (err error) {
	sent := t.asked.Context
	if sent == nil || sent.Kind() == 'n' {
		sent = jsontext.Value("{}")
	}
	if t.known, err = merge(before, sent); err != nil {
		return err
	}
	var all Context
	if err := view(t.known, &all, "context"); err != nil {
		return err
	}
	t.system = all.Global.System
	if t.asked.UserID != "" {
		t.system.UserID = t.asked.UserID
	}
	if t.system.UserID == "" {
		t.system.UserID = t.session
	}
	t.system.TurnCount = t.count
	all.Global.SessionID, all.Global.System = t.session, t.system
	own, err := json.Marshal(all)
	if err != nil {
		return err
	}
	if t.known, err = merge(t.known, own); err != nil {
		return err
	}
	if len(t.known) > t.most {
		return badField("context", tooMuch(t.most))
	}
	return nil
}

// keep stores the turn and answers it after the commit. The answer and the log entry are made before: nothing can fail after it is stored.
func (s *server) keep(t *turn, after *db.ChatTurn, withContext bool) (answer, error) {
	labels, err := t.labels(t.begun)
	if err != nil {
		return answer{}, err
	}
	said := MessageResponse{UserID: t.system.UserID, Context: t.known, Output: MessageOutput{
		Intents: t.input.Intents, Entities: t.input.Entities, Generic: t.says()}}
	if t.input.Options.Debug {
		said.Output.Debug = &OutputDebug{}
	}
	whole, err := json.Marshal(said)
	if err != nil {
		return answer{}, err
	}
	record, err := s.record(t, whole)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: http.StatusOK, body: whole}
	if said.Context = nil; !withContext {
		if a, err = answerJSON(http.StatusOK, said); err != nil {
			return answer{}, err
		}
	}
	record.Labels, record.OptOut = labels, optsOut(t.Header)
	ChannelOf(t.known).Mark(&record)
	_, err = s.store.Ingest(t.Context(), t.actor(), []db.NewRecord{record}, after)
	return a, err
}

// record makes the log entry: the request as it came, the answer with its context.
func (s *server) record(t *turn, said jsontext.Value) (db.NewRecord, error) {
	r := db.NewRecord{Service: t.service.Number, Kind: db.Message, Time: t.begun, Answered: s.store.Now(),
		Language: language(t.system.Locale), Container: t.params["container"], Session: t.session, Text: t.input.Text}
	asked := t.asked
	asked.UserID = t.system.UserID
	request, err := json.Marshal(asked, checked)
	if err != nil {
		return r, err
	}
	r.Body, err = json.Marshal(Log{Request: request, Response: said, AssistantID: r.Container, SessionID: r.Session,
		SkillID: "main skill", Snapshot: "draft", Language: r.Language,
		RequestTimestamp: timestamp(r.Time), ResponseTimestamp: timestamp(r.Answered)}, checked)
	return r, err
}

// optsOut reads the header so that in doubt the message is kept out of learning: opt-out always beats opt-in.
func optsOut(h http.Header) bool { return truthy(h.Values(optOut)) }

func truthy(values []string) bool {
	return slices.ContainsFunc(values, func(v string) bool {
		v = strings.ToLower(strings.TrimSpace(v))
		return v != "" && v != "false" && v != "0"
	})
}

// language of an assistant, taken from the locale that the context names; a hosted one has no other. "en" where there is none.
func language(locale string) string {
	locale = strings.ToLower(strings.ReplaceAll(locale, "_", "-"))
	if slices.Contains([]string{"pt-br", "zh-cn", "zh-tw"}, locale) {
		return locale
	}
	lang, _, _ := strings.Cut(locale, "-")
	if len(lang) != 2 || strings.Trim(lang, "abcdefghijklmnopqrstuvwxyz") != "" {
		return "en"
	}
	return lang
}
