package watson

import (
	"crypto/sha256"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"quittance/db"
)

// FuzzJSON sends any bytes as a message: the answer is a success or a plain refusal, in JSON, and what is stored is whole JSON in UTF-8.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`{}`, `{"input":{"text":"hello"}}`, `{"context":{"global":{"session_id":"s","system":{"turn_count":9223372036854775807}}}}`,
		`{"input":null}`, `[[[[`, `{"a":"\ud800"}`, `{"input":{"intents":[{"intent":"x","confidence":1e999}]}}`, "{\"a\":\"\xff\"}", `{"context":{"global":{}},"context":1}`} {
		f.Add([]byte(seed), false)
		f.Add([]byte(seed), true)
	}
	h := open(f)
	door := h.server.Config.Handler
	f.Fuzz(func(t *testing.T, body []byte, v1 bool) {
		path := Prefix + h.service.GUID + "/v2/assistants/a1/message?version=2020-04-01"
		if v1 {
			path = Prefix + h.service.GUID + "/v1/workspaces/w1/message?version=2020-04-01"
		}
		r := httptest.NewRequest("POST", path, strings.NewReader(string(body)))
		r.SetBasicAuth("apikey", "all")
		w := httptest.NewRecorder()
		door.ServeHTTP(w, r)
		if w.Code != 200 && (w.Code < 400 || w.Code >= 500) || !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if w.Code != 200 {
			return
		}
		seq, err := h.store.Seq(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		rec, err := h.store.Record(t.Context(), seq)
		if err != nil || !json.Valid(rec.Body) || !utf8.Valid(rec.Body) || rec.Body[0] != '{' {
			t.Fatalf("stored %q (%v)", rec.Body, err)
		}
	})
}

// FuzzCursor opens any text: only what the store itself sealed for the listing is a cursor.
func FuzzCursor(f *testing.F) {
	h := open(f)
	listing := sha256.Sum256([]byte("listing"))
	good := cursor{listing: listing, after: db.Place{Time: 1, Seq: 2}, upTo: 3, issued: h.store.Now().UnixMilli()}
	sealed := good.seal(h.store)
	for _, seed := range []string{sealed, "", "AAAA", sealed[:40], sealed + "A", "=" + sealed, strings.Repeat("A", 200)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := openCursor(h.store, s, listing)
		if (err == nil) != (s == sealed) || err == nil && c != good {
			t.Fatalf("%q opens as %+v (%v)", s, c, err)
		}
	})
}

// FuzzMerge: a merged context is valid JSON, and what the upper one says holds.
func FuzzMerge(f *testing.F) {
	f.Add(`{"a":{"b":1}}`, `{"a":{"c":[2]}}`)
	f.Add(`{}`, `{"a":null}`)
	f.Fuzz(func(t *testing.T, lower, upper string) {
		var l, u map[string]any
		if decode([]byte(lower), &l) != nil || decode([]byte(upper), &u) != nil || l == nil || u == nil {
			return
		}
		merged, err := merge([]byte(lower), []byte(upper))
		if err != nil {
			t.Fatal(err)
		}
		again, err := merge(merged, []byte(upper))
		if err != nil || !sameJSON(t, string(merged), string(again)) {
			t.Fatalf("%s over %s is %s, and once more %s (%v)", upper, lower, merged, again, err)
		}
	})
}
