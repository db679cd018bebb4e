package watson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"regexp"
	"strings"
	"testing"

	"quittance/db/label"
)

// library is a house with a Discovery service.
type library struct {
	*house
	base string // its serviceUrl
}

func openLibrary(t testing.TB) *library {
	h := open(t)
	s := &library{h, Prefix + h.add(label.Discovery, "shelf")}
	c := h.callers["shelf"]
	for _, scope := range c.Scopes {
		h.callers["library "+scope] = Caller{c.Key, c.Service, []string{scope}}
	}
	return s
}

const (
	v1        = "?version=2019-04-30"
	v2        = "?version=2020-08-30"
	inV1      = "/v1/environments/e1/collections/c1"
	inV2      = "/v2/projects/p1/collections/c1"
	jsonQuery = inV1 + "/query" + v1
)

// form makes a multipart body as IBM's clients do: the part metadata has no file name and no type.
func letterForm(name, kind, file, metadata string) (contentType, body string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if name != "" {
		h := textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name="file"; filename=%q`, name)}}
		if kind != "" {
			h.Set("Content-Type", kind)
		}
		part, _ := w.CreatePart(h)
		part.Write([]byte(file))
	}
	if metadata != "" {
		w.WriteField("metadata", metadata)
	}
	w.Close()
	return w.FormDataContentType(), b.String()
}

// send makes the request that adds a document.
func (s *library) send(path, name, kind, file, metadata string, header ...string) ask {
	t, body := letterForm(name, kind, file, metadata)
	return ask{line: "POST " + s.base + path, key: "shelf", header: append(header, "Content-Type: "+t), body: body}
}

// add adds a text to the collection of v1 under an ID.
func (s *library) add(id, text, metadata string, ids ...string) {
	s.t.Helper()
	var header []string
	if len(ids) > 0 {
		header = []string{labelled(ids...)}
	}
	s.must(202, s.send(inV1+"/documents/"+id+v1, id+".txt", "text/plain", text, metadata, header...), nil)
}

func (s *library) get(path string) ask  { return ask{line: "GET " + s.base + path, key: "shelf"} }
func (s *library) drop(path string) ask { return ask{line: "DELETE " + s.base + path, key: "shelf"} }
func (s *library) post(path, body string, header ...string) ask {
	return ask{line: "POST " + s.base + path, key: "shelf", body: body, header: append(header, jsonHeader)}
}

// answered is what clients read of an answer to a query.
type answered struct {
	Matching int64                        `json:"matching_results"`
	Token    string                       `json:"session_token"`
	Passages []passage                    `json:"passages"`
	Results  []map[string]json.RawMessage `json:"results"`
}

// ids are the documents of an answer in their order.
func (a answered) ids() string {
	var out []string
	for _, r := range a.Results {
		var id string
		json.Unmarshal(append(r["id"], r["document_id"]...), &id)
		out = append(out, id)
	}
	return strings.Join(out, " ")
}

// asked runs a query of v1 whose parameters are given as JSON.
func (s *library) asked(body string, header ...string) (a answered) {
	s.t.Helper()
	s.must(200, s.post(jsonQuery, body, header...), &a)
	return a
}

// TestDocuments: a document's life through both versions.
func TestDocuments(t *testing.T) {
	s := openLibrary(t)
	var one DocumentAccepted
	s.must(202, s.send(inV1+"/documents"+v1, "letter.html", "text/html", `<html><head><title>Refund &amp; return</title><script>var no = 1</script></head>`+
		`<body><p>We <b>re</b>fund you.</p><p>Within 14 days</p></body></html>`, `{"author":"Ann"}`, labelled("ann")), &one)
	if !uuids.MatchString(one.DocumentID) || one.Status != "pending" {
		t.Fatalf("%+v", one)
	}
	for _, tt := range []struct {
		name string
		ask  ask
		want int
		body string
	}{
		{"v1 status", s.get(inV1 + "/documents/" + one.DocumentID + v1), 200, `{"document_id":"UUID","status":"available",` +
			`"status_description":"Document is successfully ingested and indexed with no warnings","filename":"letter.html","file_type":"html","sha1":"SHA1","notices":[]}`},
		{"the status of an older version", s.send(inV1+"/documents/d2?version=2018-12-03", "d.json", "application/json", `{"title":"Two","text":"zwei","year":2020}`, ""), 202,
			`{"document_id":"d2","status":"processing"}`},
		{"v2", s.send(inV2+"/documents/d3"+v2, "d.txt", "", "drei", `{"customer_id":"ann"}`), 202, `{"document_id":"d3","status":"pending"}`},
		{"v2 details", s.get(inV2 + "/documents/d3" + v2), 200, `{"document_id":"d3","created":"2026-03-02T09:00:00.000Z","updated":"2026-03-02T09:00:00.000Z",` +
			`"status":"available","notices":[],"children":{"have_notices":false,"count":0},"filename":"d.txt","file_type":"text","sha256":"SHA256"}`},
		{"v2 list", s.get(inV2 + "/documents" + v2), 200, `{"matching_results":1,"documents":[{"document_id":"d3"}]}`},
		{"v2 list of those that failed", s.get(inV2 + "/documents" + v2 + "&status=failed,pending"), 200, `{"matching_results":0,"documents":[]}`},
		{"v2 list with notices", s.get(inV2 + "/documents" + v2 + "&has_notices=true"), 200, `{"matching_results":0,"documents":[]}`},
		{"v1 collection", s.get(inV1 + v1), 200, `{"collection_id":"c1","name":"c1","status":"active","document_counts":{"available":2,"processing":0,"failed":0,"pending":0}}`},
		{"v1 query", s.post(jsonQuery, `{"natural_language_query":"Rückgabe or refunds?"}`, "X-Watson-Logging-Opt-Out: true"), 200,
			`{"matching_results":1,"session_token":"TOKEN","retrieval_details":{"document_retrieval_strategy":"untrained"},"results":[{"id":"UUID","result_metadata":{"score":1},"collection_id":"c1",` +
				`"title":"Refund & return","text":"We refund you.\nWithin 14 days","html":"HTML","metadata":{"author":"Ann"},` +
				`"extracted_metadata":{"filename":"letter.html","file_type":"html","sha1":"SHA1","title":"Refund & return","customer_id":"ann"}}]}`},
		{"v2 query", s.post("/v2/projects/p1/query"+v2, `{"natural_language_query":"drei","count":3,"return":["text","metadata.customer_id"]}`), 200,
			`{"matching_results":1,"retrieval_details":{"document_retrieval_strategy":"untrained"},"results":[{"document_id":"d3",` +
				`"result_metadata":{"document_retrieval_source":"search","collection_id":"c1"},"text":"drei","metadata":{"customer_id":"ann"}}]}`},
		{"delete", s.drop(inV1 + "/documents/d2" + v1), 200, `{"document_id":"d2","status":"deleted"}`},
		{"delete again", s.drop(inV1 + "/documents/d2" + v1), 200, `{"document_id":"d2","status":"deleted"}`},
		{"it is gone", s.get(inV1 + "/documents/d2" + v1), 404, `{"error":"There is no document with this ID in the collection","code":404}`},
		{"v2 delete", s.drop(inV2 + "/documents/d3" + v2), 200, `{"document_id":"d3","status":"deleted"}`},
	} {
		status, body, _ := s.do(tt.ask)
		if got := stillMore(body); status != tt.want || !sameJSON(t, got, tt.body) {
			t.Errorf("%s: %d\n got %s\nwant %s", tt.name, status, got, tt.body)
		}
	}
	if s.log.Len() > 0 {
		t.Errorf("something went wrong inside: %s", s.log)
	}
}

var changing = []struct {
	in  *regexp.Regexp
	out string
}{
	{regexp.MustCompile(`"sha1":"[0-9a-f]{40}"`), `"sha1":"SHA1"`}, {regexp.MustCompile(`"sha256":"[0-9a-f]{64}"`), `"sha256":"SHA256"`},
	{regexp.MustCompile(`"session_token":"1_[\w-]{20}"`), `"session_token":"TOKEN"`}, {regexp.MustCompile(`"score":[0-9.e-]+`), `"score":1`},
	{regexp.MustCompile(`"html":"(\\"|[^"])*"`), `"html":"HTML"`}, {regexp.MustCompile(`"query_id":"_[\w-]{12}"`), `"query_id":"QUERY"`},
}

// stillMore takes out of an answer of Discovery what differs from run to run, and what is long.
func stillMore(body string) string {
	body = still(body)
	for _, c := range changing {
		body = c.in.ReplaceAllString(body, c.out)
	}
	return body
}
