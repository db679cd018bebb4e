package watson

import (
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"quittance/db"
)

// messageV1 is a turn of a v1 conversation: the caller keeps its context.
func (s *server) messageV1(c *call) (answer, error) {
	if c.service.Upstream != 0 {
		return s.passMessageV1(c)
	}
	begun := s.store.Now()
	var asked MessageRequest
	if err := c.readJSON(&asked); err != nil {
		return answer{}, err
	}
	var input struct {
		Text string `json:"text"`
	}
	if err := view(asked.Input, &input, "input"); err != nil {
		return answer{}, err
	}
	if err := oneLine(input.Text); err != nil {
		return answer{}, err
	}
	context, known, err := rememberV1(asked)
	if err != nil {
		return answer{}, err
	}
	said := c.answerV1(asked, context, known)
	a, err := answerJSON(http.StatusOK, said)
	if err != nil {
		return answer{}, err
	}
	r := db.NewRecord{Service: c.service.Number, Kind: db.Message, V1: true, Time: begun, Answered: s.store.Now(), Language: "en",
		Container: c.params["container"], Session: context.ConversationID, Text: input.Text, OptOut: optsOut(c.Header)}
	if r.Labels, err = c.labels(begun); err != nil {
		return answer{}, err
	}
	ChannelOf(known).Mark(&r)
	if r.Body, err = entryV1(r, asked, a.body, said.UserID); err != nil {
		return answer{}, err
	}
	_, err = s.store.Ingest(c.Context(), c.actor(), []db.NewRecord{r}, nil)
	return a, err
}

// forbiddenInConversation are the characters that a conversation_id must not have (watson-api.md section 3).
const forbiddenInConversation = `+=&|><!(){}[]^"~*?:\/`

// rememberV1 gives the context after the turn, as this door knows it and as the caller gets it.
func rememberV1(asked MessageRequest) (context ContextV1, known jsontext.Value, err error) {
	if len(asked.Context) > maxContextSent {
		return context, nil, badField("context", tooMuch(maxContextSent))
	}
	if err := view(asked.Context, &context, "context"); err != nil {
		return context, nil, err
	}
	if strings.ContainsAny(context.ConversationID, forbiddenInConversation) || len(context.ConversationID) > maxSession {
		return context, nil, badField("context.conversation_id", "conversation_id is too long or has characters that are not allowed")
	}
	if context.ConversationID == "" {
		context.ConversationID = uuid.NewString()
	}
	context.System.Initialized = true
	if context.System.Turns < 0 || context.System.Turns > maxTurns {
		return context, nil, badField("context.system.dialog_turn_counter", "dialog_turn_counter is out of range")
	}
	context.System.Turns++
	context.System.Requests++
	own, err := json.Marshal(context)
	if err != nil {
		return context, nil, err
	}
	known, err = merge(asked.Context, own)
	return context, known, err
}

func (c *call) answerV1(asked MessageRequest, context ContextV1, known jsontext.Value) MessageResponseV1 {
	said := MessageResponseV1{Input: asked.Input, Intents: asked.Intents, Entities: asked.Entities, AlternateIntents: asked.AlternateIntents,
		Context: known, UserID: asked.UserID,
		Output: OutputV1{Generic: []Generic{{ResponseType: "text", Text: reply}}, Text: []string{reply}}}
	if said.Input == nil || said.Input.Kind() == 'n' {
		said.Input = jsontext.Value("{}")
	}
	if c.query.Get("nodes_visited_details") == "true" {
		said.Output.NodesVisitedDetails = []jsontext.Value{}
	}
	if said.UserID == "" {
		said.UserID = context.Metadata.UserID
	}
	if said.UserID == "" {
		said.UserID = context.ConversationID
	}
	return said
}

// entryV1 makes the log entry of a v1 message.
func entryV1(r db.NewRecord, asked MessageRequest, said jsontext.Value, user string) ([]byte, error) {
	asked.UserID = user
	request, err := json.Marshal(asked)
	if err != nil {
		return nil, err
	}
	return json.Marshal(LogV1{Request: request, Response: said, WorkspaceID: r.Container, Language: r.Language,
		RequestTimestamp: timestamp(r.Time), ResponseTimestamp: timestamp(r.Answered)})
}

// asV1 shows a v2 entry as /v1/logs lists it: with the conversation where v1 looks for it.
func asV1(r db.Record) (jsontext.Value, error) {
	var entry Log
	var asked MessageRequest
	var said MessageResponse
	if err := json.Unmarshal(r.Body, &entry); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(entry.Request, &asked); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(entry.Response, &said); err != nil {
		return nil, err
	}
	return v1View(r, asked, said, entry.Upstream)
}

func v1View(r db.Record, asked MessageRequest, said MessageResponse, passed *Passed) (jsontext.Value, error) {
	var own ContextV1
	own.ConversationID, own.System.Initialized = r.Session, true
	own.System.AssistantID, own.System.SessionID, own.Metadata.UserID = r.Container, r.Session, said.UserID
	var err error
	if asked.Context, err = over(asked.Context, own); err != nil {
		return nil, err
	}
	if said.Context, err = over(said.Context, own); err != nil {
		return nil, err
	}
	request, err := json.Marshal(asked)
	if err != nil {
		return nil, err
	}
	response, err := json.Marshal(responseV1(asked, said))
	if err != nil {
		return nil, err
	}
	return json.Marshal(LogV1{Request: request, Response: response, WorkspaceID: r.Container, Language: r.Language,
		RequestTimestamp: timestamp(r.Time), ResponseTimestamp: timestamp(r.Answered), Upstream: passed})
}

func over(context jsontext.Value, own ContextV1) (jsontext.Value, error) {
	upper, err := json.Marshal(own)
	if err != nil {
		return nil, err
	}
	return merge(context, upper)
}

func responseV1(asked MessageRequest, said MessageResponse) MessageResponseV1 {
	v1 := MessageResponseV1{Input: asked.Input, Intents: said.Output.Intents, Entities: said.Output.Entities, Context: said.Context,
		UserID: said.UserID, Unknown: said.Unknown, Output: OutputV1{Generic: said.Output.Generic, Unknown: said.Output.Unknown}}
	if v1.Input == nil {
		v1.Input = jsontext.Value("{}")
	}
	for _, g := range said.Output.Generic {
		if g.Text != "" {
			v1.Output.Text = append(v1.Output.Text, g.Text)
		}
	}
	return v1
}
