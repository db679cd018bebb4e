package watson

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"quittance/db"
	"quittance/db/label"
)

// maxLogged is how many of the documents that a query found are kept with it, by their IDs.
const maxLogged = 100

// loggedQuery is the body of a query's record, in the shape of the query log. The documents' own words are not copied into it.
type loggedQuery struct {
	EnvironmentID string        `json:"environment_id"`
	CollectionID  string        `json:"collection_id,omitempty"`
	Type          string        `json:"document_type"` // "query"
	Event         string        `json:"event_type"`    // "query"
	Question      string        `json:"natural_language_query"`
	Results       loggedResults `json:"document_results"`
	Created       string        `json:"created_timestamp"`
	Token         string        `json:"session_token"`
}

type loggedResults struct {
	Results []foundDocument `json:"results"`
	Count   int             `json:"count"`
}

// keepQuery stores a query of v1: only one in natural language or with passages is kept, and not if the caller opts out ("Methods that support
// labeling data", "Usage monitoring").
func (s *server) keepQuery(r *results, token string, begun time.Time) error {
	if r.Question == "" && !r.passagesOn || truthy(r.Header.Values(loggingOptOut)) {
		return nil
	}
	labels, err := label.ParseHeader(label.Discovery, r.Header.Values(label.Header))
	if err != nil {
		return err
	}
	record := db.NewRecord{Service: r.service.Number, Kind: db.Query, V1: true, Time: begun, Answered: s.store.Now(), Labels: labels,
		Container: r.container(), Session: token, Text: r.Question, OptOut: optsOut(r.Header)}
	if record.Body, err = json.Marshal(loggedQuery{EnvironmentID: r.params["environment"], CollectionID: r.params["collection"], Type: "query", Event: "query",
		Question: r.Question, Results: loggedResults{r.found[:min(len(r.found), maxLogged)], r.count}, Created: timestamp(begun), Token: token}); err != nil {
		return err
	}
	record.Fields = []db.Field{{Path: "document_type", Value: "query"}, {Path: "event_type", Value: "query"}, {Path: "natural_language_query", Value: r.Question}}
	_, err = s.store.Ingest(r.Context(), r.actor(), []db.NewRecord{record}, nil)
	return err
}

// event is the body of POST /v1/events.
type event struct {
	Type string    `json:"type"`
	Data eventData `json:"data"`
}

type eventData struct {
	EnvironmentID string `json:"environment_id"`
	Token         string `json:"session_token"`
	ClientTime    string `json:"client_timestamp,omitempty"`
	DisplayRank   *int   `json:"display_rank,omitempty"`
	CollectionID  string `json:"collection_id"`
	DocumentID    string `json:"document_id"`
	QueryID       string `json:"query_id,omitempty"`
}

func (e event) check() error {
	d := e.Data
	if e.Type != "click" {
		return badField("type", "type must be click")
	}
	for name, id := range map[string]string{"environment_id": d.EnvironmentID, "collection_id": d.CollectionID, "document_id": d.DocumentID, "session_token": d.Token} {
		if !identifier(id) {
			return badField("data."+name, "data needs environment_id, collection_id, document_id and session_token, each as the query gave them")
		}
	}
	if _, err := time.Parse(time.RFC3339, d.ClientTime); d.ClientTime != "" && err != nil {
		return badField("data.client_timestamp", "client_timestamp must be a time as in 2020-07-01T04:00:00Z")
	}
	if !identifier(d.QueryID) && d.QueryID != "" {
		return badField("data.query_id", "query_id must be as the query log gave it")
	}
	return nil
}

// loggedEvent is the body of an event's record. The query_id that a caller sends is derived from the question: it is told again when the log is
// read, from the question itself, and goes with it.
type loggedEvent struct {
	EnvironmentID string `json:"environment_id"`
	CollectionID  string `json:"collection_id"`
	Type          string `json:"document_type"` // "event"
	Event         string `json:"event_type"`    // "click"
	ResultType    string `json:"result_type"`   // "document"
	DocumentID    string `json:"document_id"`
	DisplayRank   *int   `json:"display_rank,omitempty"`
	ClientTime    string `json:"client_timestamp,omitempty"`
	Created       string `json:"created_timestamp"`
	Token         string `json:"session_token"`
}

// createEvent keeps what somebody did with a result. Its label is the header's; without one it is the query's, so that whoever is erased takes
// along what was done with their own question.
func (s *server) createEvent(c *call) (answer, error) {
	var e event
	if err := c.readJSON(&e); err != nil {
		return answer{}, err
	}
	if err := e.check(); err != nil {
		return answer{}, err
	}
	now, d := s.store.Now(), e.Data
	labels, err := s.eventLabels(c, d)
	if err != nil {
		return answer{}, err
	}
	if d.ClientTime == "" {
		d.ClientTime = timestamp(now)
	}
	record := db.NewRecord{Service: c.service.Number, Kind: db.Event, V1: true, Time: now, Answered: now, Labels: labels,
		Container: db.Within(d.EnvironmentID, d.CollectionID), Session: d.Token, OptOut: optsOut(c.Header)}
	record.Body, err = json.Marshal(loggedEvent{d.EnvironmentID, d.CollectionID, "event", e.Type, "document", d.DocumentID, d.DisplayRank, d.ClientTime, timestamp(now), d.Token})
	if err != nil {
		return answer{}, err
	}
	record.Fields = []db.Field{{Path: "document_type", Value: "event"}, {Path: "event_type", Value: e.Type}, {Path: "result_type", Value: "document"},
		{Path: "document_id", Value: d.DocumentID}, {Path: "client_timestamp", Value: d.ClientTime}}
	if d.DisplayRank != nil {
		record.Fields = append(record.Fields, db.Field{Path: "display_rank", Value: strconv.Itoa(*d.DisplayRank), Number: true})
	}
	if _, err := s.store.Ingest(c.Context(), c.actor(), []db.NewRecord{record}, nil); err != nil {
		return answer{}, err
	}
	return answerJSON(http.StatusCreated, event{e.Type, d})
}

func (s *server) eventLabels(c *call, d eventData) ([]label.ID, error) {
	ids, err := label.ParseHeader(label.Discovery, c.Header.Values(label.Header))
	if err != nil || len(ids) > 0 {
		return ids, err
	}
	asked, err := s.askedWith(c.Context(), c, db.Within(d.EnvironmentID, d.CollectionID), d.Token)
	if err != nil || asked.Seq == 0 {
		return nil, err
	}
	bears, err := s.store.Labels(c.Context(), asked.Seq)
	if err != nil {
		return nil, err
	}
	for _, b := range bears {
		id, err := label.Parse(label.Discovery, b.ID)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// askedWith is the query that a session token names; none, if it was not kept or is erased. It asked the collection of the event, or several of
// the environment.
func (s *server) askedWith(ctx context.Context, c *call, container, token string) (db.Record, error) {
	environment, _, _ := strings.Cut(container, "/")
	for _, of := range []string{container, db.Within(environment, "")} {
		found, _, err := s.store.Items(ctx, db.ItemQuery{Service: c.service.Number, Kinds: []db.Kind{db.Query}, Container: of, Item: token, Limit: 1, Bodies: true})
		if err != nil || len(found) > 0 {
			return first(found), err
		}
	}
	return db.Record{}, nil
}

func first(records []db.Record) db.Record {
	if len(records) == 0 {
		return db.Record{}
	}
	return records[0]
}

// queryLog lists queries and events, the newest first unless it is asked otherwise.
func (s *server) queryLog(c *call) (answer, error) {
	q, err := c.readLogQuery()
	if err != nil {
		return answer{}, err
	}
	if c.leave, err = s.listings.enter(c.caller.Key); err != nil {
		return answer{}, err
	}
	ctx, cancel := context.WithTimeout(c.Context(), queryTime)
	defer cancel()
	out, n, err := s.logged(ctx, c, q)
	if ctx.Err() != nil && c.Context().Err() == nil {
		return answer{}, errSlow
	}
	s.store.NoteLogRead(c.Context(), c.caller.Key, n)
	return answer{status: http.StatusOK, body: out}, inQuery("filter or query", err)
}

func (c *call) readLogQuery() (q question, err error) {
	count, offset := 10, 0
	for name, into := range map[string]*int{"count": &count, "offset": &offset} {
		if v := c.query.Get(name); v != "" {
			if *into, err = strconv.Atoi(v); err != nil {
				return q, bad("count and offset are whole numbers, and together at most 10000")
			}
		}
	}
	if err := q.ask("", c.query.Get("query"), c.query.Get("filter")); err != nil {
		return q, err
	}
	q.Service, q.Kinds = c.service.Number, []db.Kind{db.Query, db.Event}
	order := split1(c.query.Get("sort"))
	if order == nil {
		order = []string{"-created_timestamp"}
	}
	if q.Sort, err = sortBy(order); err != nil {
		return q, err
	}
	return q, q.bound(&count, offset)
}

func (s *server) logged(ctx context.Context, c *call, q question) ([]byte, int64, error) {
	hits, total, err := s.store.Find(ctx, q.FindQuery)
	if err != nil {
		return nil, 0, err
	}
	var out bytes.Buffer
	out.WriteString(`{"matching_results":` + strconv.FormatInt(total, 10) + `,"results":[`)
	var n int64
	for _, h := range hits {
		r, err := s.store.Record(ctx, h.Seq)
		if errors.Is(err, db.ErrNotFound) { // erased since it was found
			continue
		}
		if err != nil {
			return nil, n, err
		}
		entry, err := s.entry(ctx, c, r)
		if err != nil {
			return nil, n, err
		}
		if n++; n > 1 {
			out.WriteByte(',')
		}
		if out.Write(entry); out.Len() > maxPageBytes {
			return nil, n, errLarge
		}
	}
	out.WriteString("]}")
	return out.Bytes(), n, nil
}

// entry is a record in the shape of the log, with its customer ID and the query_id that it shares with all that asked the same.
func (s *server) entry(ctx context.Context, c *call, r db.Record) (jsontext.Value, error) {
	asked := r
	if r.Kind == db.Event {
		var err error
		if asked, err = s.askedWith(ctx, c, r.Container, r.Session); err != nil {
			return nil, err
		}
	}
	own := struct {
		CustomerID string `json:"customer_id"`
		QueryID    string `json:"query_id,omitempty"`
	}{r.Customer, ""}
	var said loggedQuery
	if asked.Seq > 0 {
		if err := json.Unmarshal(asked.Body, &said); err != nil {
			return nil, err
		}
		own.QueryID = queryID(c.service.GUID, said.Question)
	}
	upper, err := json.Marshal(own)
	if err != nil {
		return nil, err
	}
	return merge(r.Body, upper)
}

// queryID is the same for the same question at the same instance. It is made when the log is read and stands nowhere.
func queryID(guid, question string) string {
	h := hmac.New(sha256.New, []byte(guid))
	h.Write([]byte(question))
	return "_" + base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:9])
}
