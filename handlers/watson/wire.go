package watson

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// The bodies of the API, for either side of the wire (watson-api.md sections 2 and 3). Reading is tolerant: what the contract does not
// name is kept in Unknown and written again, so that nothing an application sent is lost. jsontext.Value is any JSON value as it came.

// MessageRequest is the body of POST …/message, of v1 and v2; v1 has more fields than v2.
type MessageRequest struct {
	Input            jsontext.Value `json:"input,omitzero"` // MessageInput
	Intents          []Intent       `json:"intents,omitempty"`
	Entities         []Entity       `json:"entities,omitempty"`
	AlternateIntents *bool          `json:"alternate_intents,omitempty"`
	Context          jsontext.Value `json:"context,omitzero"` // Context or ContextV1
	Output           jsontext.Value `json:"output,omitzero"`
	UserID           string         `json:"user_id,omitempty"`
	Unknown          jsontext.Value `json:",unknown"`
}

// MessageInput is what the customer said, and how the caller wants it answered.
type MessageInput struct {
	MessageType string   `json:"message_type,omitempty"` // "text", which is the default, or "search"
	Text        string   `json:"text,omitempty"`         // one line
	Intents     []Intent `json:"intents,omitempty"`
	Entities    []Entity `json:"entities,omitempty"`
	Options     struct {
		ReturnContext bool           `json:"return_context,omitempty"`
		Export        bool           `json:"export,omitempty"`
		Debug         bool           `json:"debug,omitempty"`
		Unknown       jsontext.Value `json:",unknown"`
	} `json:"options,omitzero"`
	Unknown jsontext.Value `json:",unknown"`
}

// Intent is what the customer wanted, as somebody recognised it.
type Intent struct {
	Intent     string         `json:"intent"`
	Confidence *float64       `json:"confidence,omitempty"`
	Unknown    jsontext.Value `json:",unknown"`
}

// Entity is what the customer spoke of, as somebody recognised it.
type Entity struct {
	Entity     string         `json:"entity"`
	Location   []int          `json:"location,omitempty"`
	Value      string         `json:"value"`
	Confidence *float64       `json:"confidence,omitempty"`
	Unknown    jsontext.Value `json:",unknown"`
}

// Context is what a v2 conversation remembers, as far as this door writes or reads it.
type Context struct {
	Global struct {
		SessionID string        `json:"session_id,omitempty"`
		System    ContextSystem `json:"system,omitzero"`
	} `json:"global,omitzero"`
}

// ContextSystem is the part of a v2 context that the service keeps.
type ContextSystem struct {
	UserID    string `json:"user_id,omitempty"`
	TurnCount int64  `json:"turn_count,omitempty"`
	Locale    string `json:"locale,omitempty"` // as in "pt-br"
}

// ContextV1 is what a v1 conversation remembers, as far as this door writes or reads it.
type ContextV1 struct {
	ConversationID string `json:"conversation_id,omitempty"`
	System         struct {
		Initialized bool   `json:"initialized,omitempty"`
		Turns       int64  `json:"dialog_turn_counter,omitempty"`
		Requests    int64  `json:"dialog_request_counter,omitempty"`
		AssistantID string `json:"assistant_id,omitempty"` // in v1 views of v2 messages
		SessionID   string `json:"session_id,omitempty"`
	} `json:"system,omitzero"`
	Metadata struct {
		Deployment string `json:"deployment,omitempty"`
		UserID     string `json:"user_id,omitempty"`
	} `json:"metadata,omitzero"`
}

// Generic is one part of an answer. Typed clients demand a response_type that they know.
type Generic struct {
	ResponseType string         `json:"response_type"`
	Text         string         `json:"text,omitempty"`
	Unknown      jsontext.Value `json:",unknown"`
}

// MessageResponse is the answer of v2 to a message.
type MessageResponse struct {
	Output  MessageOutput  `json:"output"`
	Context jsontext.Value `json:"context,omitzero"`
	UserID  string         `json:"user_id,omitempty"`
	Unknown jsontext.Value `json:",unknown"`
}

// MessageOutput is what v2 found and says; clients count on all three arrays.
type MessageOutput struct {
	Intents  []Intent       `json:"intents"`
	Entities []Entity       `json:"entities"`
	Generic  []Generic      `json:"generic"`
	Debug    *OutputDebug   `json:"debug,omitzero"` // where input.options.debug asks for it
	Unknown  jsontext.Value `json:",unknown"`
}

// OutputDebug is how v2 came to its answer.
type OutputDebug struct {
	NodesVisited []jsontext.Value `json:"nodes_visited"`
	LogMessages  []jsontext.Value `json:"log_messages"`
	Unknown      jsontext.Value   `json:",unknown"`
}

// MessageResponseV1 is the answer of v1 to a message.
type MessageResponseV1 struct {
	Input            jsontext.Value `json:"input"`
	Intents          []Intent       `json:"intents"`
	Entities         []Entity       `json:"entities"`
	AlternateIntents *bool          `json:"alternate_intents,omitempty"`
	Context          jsontext.Value `json:"context"`
	Output           OutputV1       `json:"output"`
	UserID           string         `json:"user_id,omitempty"`
	Unknown          jsontext.Value `json:",unknown"`
}

// OutputV1 is what v1 says. log_messages is an array that clients demand; text is what older ones read.
type OutputV1 struct {
	Generic             []Generic        `json:"generic"`
	Text                []string         `json:"text"`
	NodesVisited        []string         `json:"nodes_visited"`
	NodesVisitedDetails []jsontext.Value `json:"nodes_visited_details,omitzero"`
	LogMessages         []jsontext.Value `json:"log_messages"`
	Unknown             jsontext.Value   `json:",unknown"`
}

// Log is one entry of v2's logs. log_id and customer_id are not stored with it: they are put before it when it is listed.
type Log struct {
	Request           jsontext.Value `json:"request"`  // MessageRequest
	Response          jsontext.Value `json:"response"` // MessageResponse
	AssistantID       string         `json:"assistant_id"`
	SessionID         string         `json:"session_id"`
	SkillID           string         `json:"skill_id"`
	Snapshot          string         `json:"snapshot"`
	RequestTimestamp  string         `json:"request_timestamp"`
	ResponseTimestamp string         `json:"response_timestamp"`
	Language          string         `json:"language"`
	Upstream          *Passed        `json:"upstream,omitzero"` // of a gateway only: what became of it at the instance behind
	Unknown           jsontext.Value `json:",unknown"`
}

// LogV1 is one entry of v1's logs, without its log_id.
type LogV1 struct {
	Request           jsontext.Value `json:"request"`  // MessageRequest
	Response          jsontext.Value `json:"response"` // MessageResponseV1
	RequestTimestamp  string         `json:"request_timestamp"`
	ResponseTimestamp string         `json:"response_timestamp"`
	WorkspaceID       string         `json:"workspace_id"`
	Language          string         `json:"language"`
	Upstream          *Passed        `json:"upstream,omitzero"` // of a gateway only: what became of it at the instance behind
	Unknown           jsontext.Value `json:",unknown"`
}

// Pagination leads to the next page of logs. The last page has an empty object: clients in the wild stop at nothing else.
type Pagination struct {
	NextURL    string `json:"next_url,omitempty"`
	NextCursor string `json:"next_cursor,omitempty"`
}

// LogCollection is the answer to a listing of logs.
type LogCollection struct {
	Logs       []jsontext.Value `json:"logs"` // Log or LogV1, with log_id
	Pagination Pagination       `json:"pagination"`
}

// Session is the answer to a new conversation.
type Session struct {
	SessionID string `json:"session_id"`
}

// timestamp is how the API writes times.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
