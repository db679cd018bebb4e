package watson

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"quittance/db"
)

// queryTime bounds a query: one that no index answers reads everything in its collections.
const queryTime = 10 * time.Second

var (
	// 400 and not 503: clients send what got a 503 again as it is, and only another question helps.
	errSlow  = bad("The query took longer than 10 seconds: narrow it by filter or by collection")
	errLarge = bad("The answer would be larger than 16 MiB: ask for less by count, or name the fields in return")
)

// results is the answer to a query while it is made.
type results struct {
	*call
	question
	out      bytes.Buffer
	hits     []db.Hit
	total    int64
	found    []foundDocument
	passages []passage // of the list of their own
	count    int
}

// foundDocument is what a query log remembers of a result.
type foundDocument struct {
	Position   int     `json:"position"`
	DocumentID string  `json:"document_id"`
	Score      float64 `json:"score"`
	Collection string  `json:"collection_id"`
}

// queryV1 answers, and keeps the question where the documents say that it is kept.
func (s *server) queryV1(c *call) (answer, error) {
	begun := s.store.Now()
	q, err := c.readQuestionV1()
	if err != nil {
		return answer{}, err
	}
	r, err := s.find(c, q)
	if err != nil {
		return answer{}, err
	}
	token := newSessionToken()
	if err := s.keepQuery(r, token, begun); err != nil {
		return answer{}, err
	}
	return r.answer(token)
}

// queryV2 answers. v2 keeps no queries at all (watson-api.md, section 5).
func (s *server) queryV2(c *call) (answer, error) {
	q, err := c.readQuestionV2()
	if err != nil {
		return answer{}, err
	}
	r, err := s.find(c, q)
	if err != nil {
		return answer{}, err
	}
	return r.answer("")
}

// newSessionToken is the name of one query, by which events refer to it.
func newSessionToken() string {
	var b [15]byte
	rand.Read(b[:])
	return "1_" + base64.RawURLEncoding.EncodeToString(b[:])
}

// find runs the question and writes its results.
func (s *server) find(c *call, q question) (r *results, err error) {
	if c.leave, err = s.listings.enter(c.caller.Key); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(c.Context(), queryTime)
	defer cancel()
	r = &results{call: c, question: q}
	if r.hits, r.total, err = s.store.Find(ctx, q.FindQuery); err == nil {
		err = s.show(ctx, r)
	}
	if ctx.Err() != nil && c.Context().Err() == nil {
		return nil, errSlow
	}
	s.store.NoteLogRead(c.Context(), c.caller.Key, int64(r.count))
	return r, inQuery("filter or query", err)
}

func (s *server) show(ctx context.Context, r *results) error {
	for _, h := range r.hits {
		record, err := s.store.Record(ctx, h.Seq)
		if errors.Is(err, db.ErrNotFound) { // erased since it was found
			continue
		}
		if err != nil {
			return err
		}
		if err := s.add(ctx, r, record, h); err != nil {
			return err
		}
		if r.out.Len() > maxPageBytes {
			return errLarge
		}
	}
	return nil
}

// add writes one result: its ID and rank, then the fields of the document.
func (s *server) add(ctx context.Context, r *results, record db.Record, h db.Hit) error {
	var d storedDocument
	if err := json.Unmarshal(record.Body, &d, checked); err != nil {
		return err
	}
	if r.count++; r.count > 1 {
		r.out.WriteByte(',')
	}
	_, collection, _ := strings.Cut(record.Container, "/")
	r.found = append(r.found, foundDocument{r.count, record.Session, h.Score, collection})
	about, err := json.Marshal(r.about(record.Session, collection, h.Score), json.Deterministic(true))
	if err != nil {
		return err
	}
	r.out.Write(about[:len(about)-1])
	fields, err := r.fields(d.Document, record.Customer)
	if err != nil {
		return err
	}
	for _, f := range fields {
		r.member(f.name, f.above)
	}
	if err := s.addMarked(ctx, r, record, h); err != nil {
		return err
	}
	r.out.WriteByte('}')
	return nil
}

func (r *results) member(name string, value jsontext.Value) {
	r.out.WriteByte(',')
	b, _ := jsontext.AppendQuote(r.out.AvailableBuffer(), name) // a name of a body that was checked
	r.out.Write(b)
	r.out.WriteByte(':')
	r.out.Write(value)
}

// about is what each version says of a result beside the document. No confidence is told: nothing here is trained to know one.
func (r *results) about(id, collection string, score float64) any {
	if r.isV1() {
		type rank struct {
			Score float64 `json:"score"`
		}
		return struct {
			ID         string `json:"id"`
			Rank       rank   `json:"result_metadata"`
			Collection string `json:"collection_id"`
		}{id, rank{score}, collection}
	}
	type rank struct {
		Source     string `json:"document_retrieval_source"`
		Collection string `json:"collection_id"`
	}
	return struct {
		ID   string `json:"document_id"`
		Rank rank   `json:"result_metadata"`
	}{id, rank{"search", collection}}
}

// reserved are names that the answer itself uses: a document's own fields of these names are kept with it and not shown here.
var reserved = map[string]bool{"id": true, "document_id": true, "result_metadata": true, "collection_id": true, "document_passages": true, "highlight": true}

// fields are those of the document that are asked for. Its customer_id stands in extracted_metadata ("Labeling data").
func (r *results) fields(document jsontext.Value, customer string) (out []member, err error) {
	all, err := members(document)
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		if reserved[f.name] {
			continue
		}
		if f.name == "extracted_metadata" && customer != "" {
			id, err := json.Marshal(map[string]string{"customer_id": customer})
			if err != nil {
				return nil, err
			}
			if f.above, err = merge(f.above, id); err != nil {
				return nil, err
			}
		}
		if f.above, err = pickField(f, r.returned); err != nil {
			return nil, err
		}
		if f.above != nil {
			out = append(out, f)
		}
	}
	return out, nil
}

// pickField gives of a field what the paths ask for, nil if nothing; no paths ask for all.
func pickField(f member, paths [][]string) (jsontext.Value, error) {
	var below [][]string
	for _, p := range paths {
		if p[0] != f.name {
			continue
		}
		if len(p) == 1 {
			return f.above, nil
		}
		below = append(below, p[1:])
	}
	switch {
	case paths == nil:
		return f.above, nil
	case below == nil:
		return nil, nil
	case f.above.Kind() == '[':
		return pickEach(f.above, below)
	}
	return pickWithin(f.above, below)
}

func pickWithin(object jsontext.Value, paths [][]string) (jsontext.Value, error) {
	if object.Kind() != '{' {
		return nil, nil
	}
	all, err := members(object)
	if err != nil {
		return nil, err
	}
	kept := map[string]jsontext.Value{}
	for _, f := range all {
		v, err := pickField(f, paths)
		if err != nil {
			return nil, err
		}
		if v != nil {
			kept[f.name] = v
		}
	}
	if len(kept) == 0 {
		return nil, nil
	}
	return json.Marshal(kept, json.Deterministic(true), checked)
}

func pickEach(list jsontext.Value, paths [][]string) (jsontext.Value, error) {
	var items, kept []jsontext.Value
	if err := json.Unmarshal(list, &items, checked); err != nil {
		return nil, err
	}
	for _, item := range items {
		v, err := pickWithin(item, paths)
		if err != nil {
			return nil, err
		}
		if v != nil {
			kept = append(kept, v)
		}
	}
	return json.Marshal(kept, checked)
}

// answer puts the results between what is said of all of them.
func (r *results) answer(token string) (answer, error) {
	var out bytes.Buffer
	head, err := json.Marshal(struct {
		Matching int64     `json:"matching_results"`
		Token    string    `json:"session_token,omitempty"`
		Details  retrieval `json:"retrieval_details"`
	}{r.total, token, retrieval{"untrained"}})
	if err != nil {
		return answer{}, err
	}
	out.Write(head[:len(head)-1])
	out.WriteString(`,"results":[`)
	out.Write(r.out.Bytes())
	out.WriteByte(']')
	if r.listed() {
		list, err := json.Marshal(r.best())
		if err != nil {
			return answer{}, err
		}
		out.WriteString(`,"passages":`)
		out.Write(list)
	}
	out.WriteByte('}')
	return answer{status: http.StatusOK, body: out.Bytes()}, nil
}

type retrieval struct {
	Strategy string `json:"document_retrieval_strategy"`
}
