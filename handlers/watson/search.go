package watson

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"quittance/db"
	"quittance/db/label"
)

// The search skill: a message of the type "search" becomes a query of the Discovery service that the Assistant is linked to, with its customer IDs
// (watson-api.md, section 5, "Pass-through"). Other messages do not: what sends them there at a real Assistant is dialog, of which a hosted one
// has none. Whether Discovery keeps the query is decided by its version, and its copy needs a deletion of its own.

const (
	searchCount = 10
	primary     = 3 // results that are shown at once, as a real skill does
	maxResult   = 500
)

// SearchResult is one result of a search skill.
type SearchResult struct {
	ID       string         `json:"id"`
	Metadata SearchMetadata `json:"result_metadata"`
	Title    string         `json:"title,omitempty"`
	Body     string         `json:"body,omitempty"`
	URL      string         `json:"url,omitempty"`
}

// SearchMetadata tells how well a result fits.
type SearchMetadata struct {
	Confidence float64 `json:"confidence"`
	Score      float64 `json:"score"`
}

// searchHits are the parts of an answer with the response type "search".
type searchHits struct {
	Header     string         `json:"header"`
	Primary    []SearchResult `json:"primary_results"`
	Additional []SearchResult `json:"additional_results"`
}

// discovered is Discovery's answer to a query, of either version, as far as a skill reads it.
type discovered struct {
	Results []struct {
		ID         string         `json:"id"`
		DocumentID string         `json:"document_id"`
		Metadata   SearchMetadata `json:"result_metadata"`
		Title      jsontext.Value `json:"title"` // a string, or none that can be shown
		Text       jsontext.Value `json:"text"`
		URL        jsontext.Value `json:"url"`
		Passages   []struct {
			Text string `json:"passage_text"`
		} `json:"document_passages"`
		Extracted struct {
			Title string `json:"title"`
		} `json:"extracted_metadata"`
	} `json:"results"`
}

func (t *turn) searches() bool { return t.input.MessageType == "search" && t.service.Search != 0 }

// search asks the Discovery service. What refuses a message is looked at first, so that nothing of a refused one is
// passed on. A search that fails is no reason to lose the message: it is answered with a sentence.
func (s *server) search(t *turn) error {
	if _, err := t.labels(t.begun); err != nil {
		return err
	}
	d, err := s.store.Service(t.Context(), t.service.Search)
	if err != nil {
		return err
	}
	found, err := s.discover(t, d)
	if err != nil {
		s.o.Log.Warn("a search skill found no answer", "transaction", t.trace, "service", d.Number, "error", err)
		t.found = &Generic{ResponseType: "text", Text: "The search could not be carried out. Your message has been kept."}
		return nil
	}
	t.found = found
	return nil
}

func (s *server) discover(t *turn, d db.Service) (*Generic, error) {
	body, err := json.Marshal(map[string]any{"natural_language_query": t.input.Text, "count": searchCount})
	if err != nil {
		return nil, err
	}
	p := PassRequest{Method: http.MethodPost, Path: "v1/" + t.service.SearchIn + "/query", Query: "version=2019-04-30", Header: pick(t.Header, []string{label.Header, optOut, loggingOptOut}), Body: body}
	if strings.HasPrefix(t.service.SearchIn, "projects/") {
		p.Path, p.Query = "v2/"+t.service.SearchIn+"/query", "version=2020-08-30"
	}
	p.Header.Set("Content-Type", "application/json")
	p.Header.Set("Accept", "application/json")
	ask := s.discoverThere
	if !d.Linked() {
		ask = s.discoverHere
	}
	res, err := ask(t.call, d, p)
	if err != nil {
		return nil, err
	}
	return hits(res.Body)
}

// discoverThere asks a linked service.
func (s *server) discoverThere(c *call, d db.Service, p PassRequest) (Response, error) {
	if s.o.Upstream == nil {
		return Response{}, errors.New("this server passes nothing on")
	}
	u, err := s.o.Upstream(c.Context(), d.Number)
	if err != nil {
		return Response{}, err
	}
	leave, err := enter(c, u.calls)
	if err != nil {
		return Response{}, err
	}
	defer leave()
	res, err := u.client.Pass(context.WithoutCancel(c.Context()), p)
	failure := fault(res, err)
	if failure == nil && !res.success() {
		failure = refusalOf(res.Status, res.Header, res.Body)
	}
	if u.ended(s.store.Now(), failure); failure != nil {
		return Response{}, failure
	}
	return res, nil
}

// discoverHere asks a service that is hosted here at its own door, so that its rules are the same as for anybody: what v1 logs is logged under the
// message's customer IDs, v2 logs nothing. That the Assistant may ask was decided when they were linked.
func (s *server) discoverHere(c *call, d db.Service, p PassRequest) (Response, error) {
	r, err := http.NewRequestWithContext(c.Context(), p.Method, Prefix+d.GUID+"/"+p.Path+"?"+p.Query, io.NopCloser(bytes.NewReader(p.Body)))
	if err != nil {
		return Response{}, err
	}
	r.Header = p.Header
	in := &call{Request: r, w: c.w, sent: r.Body, head: http.Header{}, caller: Caller{Key: c.caller.Key, Service: d.Number}, service: d, trace: c.trace, api: p.Path[:2]}
	if err := s.door(in, strings.Split(p.Path, "/")); err != nil {
		return Response{}, err
	}
	if err := in.readQuery(); err != nil {
		return Response{}, err
	}
	a, err := in.route.do(s, in)
	if in.leave != nil {
		in.leave()
	}
	return Response{Status: a.status, Body: a.body}, err
}

// hits makes the answer of a search skill of what Discovery found.
func hits(body []byte) (*Generic, error) {
	var found discovered
	if err := decode(body, &found); err != nil {
		return nil, err
	}
	all := make([]SearchResult, 0, len(found.Results))
	for _, r := range found.Results {
		one := SearchResult{ID: cmp.Or(r.ID, r.DocumentID), Metadata: r.Metadata, Title: cmp.Or(stringIn(r.Title), r.Extracted.Title), Body: stringIn(r.Text), URL: stringIn(r.URL)}
		if len(r.Passages) > 0 {
			one.Body = r.Passages[0].Text
		}
		one.Body = firstRunes(one.Body, maxResult)
		all = append(all, one)
	}
	cutAt := min(primary, len(all))
	parts, err := json.Marshal(searchHits{"I searched and found:", all[:cutAt], all[cutAt:]})
	if len(all) == 0 {
		return &Generic{ResponseType: "text", Text: "I searched and found nothing."}, err
	}
	return &Generic{ResponseType: "search", Unknown: parts}, err
}

func firstRunes(s string, most int) string {
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i]
		}
	}
	return s
}

// says is the answer to a turn.
func (t *turn) says() []Generic {
	if t.found != nil {
		return []Generic{*t.found}
	}
	return []Generic{{ResponseType: "text", Text: reply}}
}
