package watson

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"mime"
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

// FuzzUpload sends any bytes as a form and as an archive within one: the answer is a success or a plain refusal, and what is stored are images that
// can be read.
func FuzzUpload(f *testing.F) {
	seed, kind := form(f, file{imagesField, "a.png", "image/png", drawn(f, 1, "png")}, file{trainingField, "-", "", []byte(`{"objects":[]}`)})
	_, params, _ := mime.ParseMediaType(kind)
	seed = strings.ReplaceAll(seed, params["boundary"], "B")
	f.Add([]byte(seed), true)
	f.Add([]byte("--B--"), true)
	f.Add([]byte("--B\r\n"), true)
	f.Add(album(f, 0, 2, file{name: "x.txt", body: []byte("x")}), false)
	f.Add(drawn(f, 1, "jpeg"), false)
	f.Add(crafted(f, zip.FileHeader{Name: "b", Method: zip.Deflate, UncompressedSize64: 70}, zeros(f, 1<<20)), false)
	g := openGallery(f)
	door := g.server.Config.Handler
	at := "/v4/collections/" + gets[Collection](g, 200, "POST /v4/collections"+versionV4, `{}`, nil).CollectionID + "/images"
	f.Fuzz(func(t *testing.T, body []byte, whole bool) {
		if !whole {
			body = []byte("--B\r\nContent-Disposition: form-data; name=\"images_file\"; filename=\"a\"\r\n\r\n" + string(body) + "\r\n--B--\r\n")
		}
		before, err := g.store.Seq(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("POST", g.at+at+versionV4, bytes.NewReader(body))
		r.SetBasicAuth("apikey", "visual")
		r.Header.Set("Content-Type", "multipart/form-data; boundary=B")
		w := httptest.NewRecorder()
		door.ServeHTTP(w, r)
		if w.Code != 200 && (w.Code < 400 || w.Code >= 500) || !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		after, err := g.store.Seq(t.Context())
		if err != nil || w.Code != 200 && after != before {
			t.Fatalf("a refused upload leaves something behind (%v)", err)
		}
		for seq := before + 1; seq <= after; seq++ {
			rec, err := g.store.Record(t.Context(), seq)
			if err != nil {
				t.Fatal(err)
			}
			if _, p, raw, err := db.SplitPicture(rec.Body); rec.Kind == db.Image && (err != nil || int64(len(raw)) != p.Bytes || p.Width <= 0 || p.Height <= 0) {
				t.Fatalf("stored %+v with %d bytes (%v)", p, len(raw), err)
			}
		}
	})
}
