package watson

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"quittance/db"
)

// TestExtract: what is read out of which file.
func TestExtract(t *testing.T) {
	for _, tt := range []struct {
		name, declared, file    string
		kind, title, text, said string // said: of the refusal
	}{
		{"a.html", "", "\ufeff<title>A &lt;b&gt;</title><h1>One</h1>two<br>three &amp; <i>fo</i>ur<script>x=1</script><style>p{}</style>", "html", "A <b>", "One\ntwo\nthree & four", ""},
		{"a", "text/html; charset=iso-8859-1", "<p>M\xfcller", "html", "", "Müller", ""},
		{"a.htm", "", `<meta charset="windows-1252"><p>caf` + "\xe9", "html", "", "café", ""},
		{"a.html", "", "<title>one<title>two</title>" + strings.Repeat("<div>", 10_000) + "deep", "html", "one<title>two", "deep", ""},
		{"a.html", "", "<script>never closed", "html", "", "", ""},
		{"a.html", "", "<svg><title>x</title></svg>&#0;&bogus;", "html", "x", "\ufffd&bogus;", ""},
		{"a.txt", "", "line one\nline two", "text", "", "line one\nline two", ""},
		{"", "", "no name at all", "text", "", "no name at all", ""},
		{"a.txt", "", "nul\x00here", "text", "", "nul here", ""},
		{"a.txt", "text/plain; charset=utf-16le", "h\x00i\x00", "text", "", "h i ", ""}, // valid UTF-8 is taken for it
		{"a.json", "", ` {"text":"x"}`, "json", "", "", ""},
		{"noname", "application/octet-stream", `{"text":"x"}`, "json", "", "", ""},
		{"a.json", "", `{"text":`, "json", "", "", "not valid JSON"},
		{"a.json", "", `[{"text":"x"}]`, "json", "", "", "a list is not split"},
		{"a.json", "", `{"a":1,"a":2}`, "json", "", "", "same name twice"},
		{"a.json", "", "{\"a\":\"\xff\"}", "json", "", "", "UTF-8"},
		{"a.json", "", strings.Repeat(`{"a":`, 33) + "1" + strings.Repeat("}", 33), "json", "", "", "32 levels"},
		{"a.pdf", "", "%PDF-1.7", "pdf", "", "", ""},
		{"a.docx", "", "PK\x03\x04", "word", "", "", ""},
		{"", "", "\x89PNG\r\n\x1a\n", "unknown", "", "", ""},
		{"a.html", "application/pdf", "<p>lies</p>", "pdf", "", "", ""},
	} {
		x, err := extract(documentUpload{file: []byte(tt.file), name: tt.name, declared: tt.declared})
		if said := ""; err != nil {
			if said = err.Error(); tt.said == "" || !strings.Contains(said, tt.said) {
				t.Errorf("%.40q: %v", tt.file, err)
			}
			continue
		}
		unread := tt.kind == "pdf" || tt.kind == "word" || tt.kind == "unknown"
		if x.kind != tt.kind || x.title != tt.title || x.text != tt.text || x.content != unread || tt.said != "" {
			t.Errorf("%.40q: %+v", tt.file, x)
		}
	}
}

// TestUnreadFile: a file whose text cannot be read is kept byte for byte, says so, and is found by what was said about it.
func TestUnreadFile(t *testing.T) {
	s := openLibrary(t)
	file := "%PDF-1.7\n\x00\x01\x02\x03binary\xff\xfe"
	s.must(202, s.send(inV1+"/documents/p"+v1, "report.pdf", "application/pdf", file, `{"subject":"Yearly report"}`), nil)
	status, body, _ := s.do(s.get(inV1 + "/documents/p" + v1))
	if status != 200 || !strings.Contains(body, `"status":"available with notices"`) || !strings.Contains(body, "is not read here") {
		t.Errorf("%d %s", status, body)
	}
	for _, q := range []string{`{"query":"yearly"}`, `{"filter":"metadata.subject:report"}`, `{"natural_language_query":"the report"}`, `{"filter":"extracted_metadata.file_type::pdf"}`} {
		if a := s.asked(q); a.ids() != "p" || a.Results[0]["content"] != nil || a.Results[0]["text"] != nil {
			t.Errorf("%s: %s", q, a.Results)
		}
	}
	_, d := stored(t, s, "p")
	if string(d.Content) != file {
		t.Errorf("kept %q", d.Content)
	}
	s.must(202, s.send(inV1+"/documents/m"+v1, "", "", "", `{"subject":"no file"}`), nil)
	if a := s.asked(`{"query":"\"no file\""}`); a.ids() != "m" {
		t.Errorf("metadata alone: %s", a.ids())
	}
	var list struct {
		Documents []DocumentAccepted `json:"documents"`
	}
	s.must(200, s.get("/v2/projects/e1/collections/c1/documents"+v2+"&has_notices=true"), &list)
	if len(list.Documents) != 1 || list.Documents[0].DocumentID != "p" {
		t.Errorf("with notices: %+v", list)
	}
	s.must(200, s.get("/v2/projects/e1/collections/c1/documents"+v2+"&sha256="+strings.ToUpper(d.File.SHA256)), &list)
	if len(list.Documents) != 1 {
		t.Errorf("by its hash: %+v", list)
	}
}

func stored(t *testing.T, s *library, id string) (db.Record, storedDocument) {
	t.Helper()
	found, _, err := s.store.Items(t.Context(), db.ItemQuery{Service: s.callers["shelf"].Service, Kinds: []db.Kind{db.Document}, Item: id, Bodies: true})
	if err != nil || len(found) != 1 {
		t.Fatalf("%d documents, %v", len(found), err)
	}
	var d storedDocument
	if err := json.Unmarshal(found[0].Body, &d); err != nil {
		t.Fatal(err)
	}
	return found[0], d
}

// TestReplaced: an update replaces a document as a whole, its words, its fields and its label.
func TestReplaced(t *testing.T) {
	s := openLibrary(t)
	s.add("a", "oldword", `{"author":"Old"}`, "ann")
	_, before := stored(t, s, "a")
	s.clock.Pass(60e9)
	s.add("a", "newword", `{"editor":"New"}`, "ben")
	_, after := stored(t, s, "a")
	if before.Created != after.Created || after.Updated == after.Created {
		t.Errorf("created %s and %s, updated %s", before.Created, after.Created, after.Updated)
	}
	for query, want := range map[string]string{"oldword": "", "newword": "a", "metadata.author:*": "", "metadata.editor::New": "a", "customer_id::ann": "", "customer_id::ben": "a", "old": ""} {
		if a := s.asked(`{"query":"` + query + `"}`); a.ids() != want {
			t.Errorf("%s: %s", query, a.ids())
		}
	}
}

// TestBadDocuments: what is not whole, not a form, too large or ambiguous is refused and leaves nothing behind.
func TestBadDocuments(t *testing.T) {
	s := openLibrary(t)
	good, body := letterForm("a.txt", "text/plain", "words", `{"a":1}`)
	boundary := strings.TrimPrefix(good, "multipart/form-data; boundary=")
	part := func(name, content string) string {
		return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + content + "\r\n"
	}
	end := "--" + boundary + "--\r\n"
	for _, tt := range []struct {
		name, kind, body string
		want             int
		says             string
	}{
		{"JSON", "application/json", `{}`, 415, "multipart/form-data"},
		{"no type", "", body, 415, "multipart/form-data"},
		{"no boundary", "multipart/form-data", body, 415, "multipart/form-data"},
		{"empty", good, "", 400, "not whole"},
		{"cut in a part", good, body[:len(body)/2], 400, "not whole"},
		{"cut before the end", good, strings.TrimSuffix(body, "--\r\n"), 400, "not whole"},
		{"another boundary", strings.Replace(good, "boundary=", "boundary=x", 1), body, 400, "not whole"},
		{"neither part", good, end, 400, "must have the part file"},
		{"file twice", good, part("file", "a") + part("file", "b") + end, 400, "each once"},
		{"metadata twice", good, part("metadata", "{}") + part("metadata", "{}") + end, 400, "each once"},
		{"a part that nobody reads", good, part("file", "a") + part("metadatas", `{"customer_id":"x"}`) + end, 400, "each once"},
		{"file too large", good, part("file", strings.Repeat("a", maxFile+1)) + end, 413, "10 MiB"},
		{"metadata too large", good, part("metadata", strings.Repeat(" ", maxMetadata+1)) + end, 413, "1 MiB"},
		{"body too large", good, part("file", strings.Repeat("a", maxDocument)) + end, 413, "10 MiB"},
		{"a header without end", good, part("file", "a") + "--" + boundary + "\r\nX: " + strings.Repeat("a", 1<<20), 400, "not whole"},
	} {
		a := ask{line: "POST " + s.base + inV1 + "/documents" + v1, key: "shelf", body: tt.body}
		if tt.kind != "" {
			a.header = []string{"Content-Type: " + tt.kind}
		}
		if status, answer, _ := s.do(a); status != tt.want || !strings.Contains(answer, tt.says) {
			t.Errorf("%s: %d %s", tt.name, status, answer)
		}
	}
	for name, a := range map[string]ask{
		"gzip that is none":  {header: []string{"Content-Type: " + good, "Content-Encoding: gzip"}, body: body},
		"another packing":    {header: []string{"Content-Type: " + good, "Content-Encoding: br"}, body: body},
		"packed out of size": {header: []string{"Content-Type: " + good, "Content-Encoding: gzip"}, body: packed(part("file", strings.Repeat("a", 64<<20)) + end)},
	} {
		a.line, a.key = "POST "+s.base+inV1+"/documents"+v1, "shelf"
		if status, answer, _ := s.do(a); status != 400 && status != 413 && status != 415 {
			t.Errorf("%s: %d %s", name, status, answer)
		}
	}
	for _, path := range []string{"/v1/environments/a%2Fb/collections/c/documents", "/v1/environments/e/collections/%00/documents", inV1 + "/documents/a%20b"} {
		if status, answer, _ := s.do(s.send(path+v1, "a.txt", "", "words", "")); status != 400 || !strings.Contains(answer, "parameter is not a valid GUID") {
			t.Errorf("%s: %d %s", path, status, answer)
		}
	}
	if n, err := s.store.Seq(t.Context()); n != 0 || err != nil {
		t.Errorf("%d records were stored of what was refused (%v)", n, err)
	}
	if s.log.Len() > 0 {
		t.Errorf("refusals made errors inside: %s", s.log)
	}
}

// TestRefusedUploadIsHeard: what is refused early is read to its end, of documents and of images: a sender who is still writing would find a
// broken connection instead of the reason.
func TestRefusedUploadIsHeard(t *testing.T) {
	s, g := openLibrary(t), openGallery(t)
	kind, document := letterForm("a.txt", "", strings.Repeat("a", maxFile+1<<20), "")
	stray, images := letterForm("a.png", "image/png", "no field of this name", strings.Repeat("x", 2<<20))
	for _, tt := range []struct {
		door             http.Handler
		line, key        string
		kind, body, says string
	}{
		{s.server.Config.Handler, s.base + inV1 + "/documents" + v1, "shelf", kind, document, "10 MiB"},
		{g.server.Config.Handler, g.at + "/v3/classifiers?version=2018-03-19", "visual", stray, images, "field that this call does not know"},
		{g.server.Config.Handler, g.at + "/v3/classifiers?version=2018-03-19", "visual", "image/png", images, "multipart/form-data"},
	} {
		body := strings.NewReader(tt.body)
		r := httptest.NewRequest("POST", tt.line, io.NopCloser(body))
		r.SetBasicAuth("apikey", tt.key)
		r.Header.Set("Content-Type", tt.kind)
		w := httptest.NewRecorder()
		if tt.door.ServeHTTP(w, r); !strings.Contains(w.Body.String(), tt.says) || body.Len() > 0 {
			t.Errorf("%d %s; %d bytes are left on the line", w.Code, w.Body, body.Len())
		}
	}
}

// TestPackedUpload: IBM's clients pack bodies when they are made with enableGzipCompression.
func TestPackedUpload(t *testing.T) {
	s := openLibrary(t)
	a := s.send(inV1+"/documents/p"+v1, "a.txt", "", "packed words", "", "Content-Encoding: gzip")
	a.body = packed(a.body)
	s.must(202, a, nil)
	if a := s.asked(`{"query":"packed"}`); a.ids() != "p" {
		t.Errorf("found %q", a.ids())
	}
}

// TestDocumentPlaces: how many documents are read at a time is bounded, for a key and for all.
func TestDocumentPlaces(t *testing.T) {
	u := places{ofKey: documentsOfKey, ofAll: documentsOfAll}
	var leave []func()
	for key, want := range []int{documentsOfKey, documentsOfAll - documentsOfKey, 0} {
		n := 0
		for range 10 {
			if l, err := u.enter(int64(key)); err == nil {
				n, leave = n+1, append(leave, l)
			}
		}
		if n != want {
			t.Errorf("key %d has %d places, want %d", key, n, want)
		}
	}
	for _, l := range leave {
		l()
	}
	if u.all != 0 || len(u.key) != 0 {
		t.Errorf("places are lost: %+v", u.key)
	}
}

// TestManyFields: a document with more fields than can be asked for is kept whole, and says what cannot be found.
func TestManyFields(t *testing.T) {
	s := openLibrary(t)
	s.must(202, s.send(inV1+"/documents/m"+v1, "m.json", "", `{"a":[`+strings.Repeat(`"x",`, 20_000)+`"last"]}`, ""), nil)
	r, d := stored(t, s, "m")
	if len(d.Notices) != 1 || !strings.Contains(string(r.Body), `"last"`) {
		t.Errorf("notices %+v", d.Notices)
	}
	if a := s.asked(`{"query":"a::x","return":"metadata"}`); a.ids() != "m" {
		t.Error("the fields within the bound are not found")
	}
}

// FuzzDocument adds any bytes as a file of any type with any metadata: it is taken or plainly refused, and what is stored is whole JSON.
func FuzzDocument(f *testing.F) {
	for _, seed := range [][3]string{{"a.json", `{"text":"a","b":[1,{"c":null}]}`, `{"customer_id":"x"}`}, {"a.html", "<p>a<script>", `{`}, {"a.txt", "\xff\x00", `{"customer_id":1}`},
		{"a", "%PDF", "\x00"}, {"a.json", `{"metadata":{"customer_id":"y"},"extracted_metadata":7,"text":["a",1]}`, `{"a":{"b":"2020-01-01"}}`}, {"a.htm", "<title>&#x110000;", `{"":""}`}} {
		f.Add(seed[0], []byte(seed[1]), []byte(seed[2]))
	}
	s := openLibrary(f)
	door := s.server.Config.Handler
	f.Fuzz(func(t *testing.T, name string, file, metadata []byte) {
		kind, body := letterForm("x", "", string(file), string(metadata))
		body = strings.Replace(body, `filename="x"`, `filename="`+strings.NewReplacer("\"", "", "\r", "", "\n", "", "\\", "").Replace(name)+`"`, 1)
		r := httptest.NewRequest("POST", s.base+inV1+"/documents/d"+v1, strings.NewReader(body))
		r.SetBasicAuth("apikey", "shelf")
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		if door.ServeHTTP(w, r); w.Code != 202 && w.Code != 400 && w.Code != 413 || !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if w.Code != 202 {
			return
		}
		if r, _ := stored(t, s, "d"); !json.Valid(r.Body) || !utf8.Valid(r.Body) {
			t.Fatalf("stored %q", r.Body)
		}
		r = httptest.NewRequest("POST", s.base+jsonQuery, strings.NewReader(`{"filter":"id::d"}`))
		r.SetBasicAuth("apikey", "shelf")
		w = httptest.NewRecorder()
		if door.ServeHTTP(w, r); w.Code != 200 || !strings.Contains(w.Body.String(), `"matching_results":1`) || !json.Valid(w.Body.Bytes()) {
			t.Fatalf("it is not found: %d %s", w.Code, w.Body)
		}
	})
}
