package watson

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"quittance/db"
	"quittance/db/label"
)

const heardText = `{"result_index":0,"results":[{"final":true,"alternatives":[{"transcript":"my parcel ","confidence":0.9}]},{"final":true,"alternatives":[{"transcript":"is late "}]}]}`

// spoken is the newest record of a speech service with its body.
func (g *gate) spoken() (db.Record, Spoken) {
	g.t.Helper()
	found, _, err := g.store.Items(g.t.Context(), db.ItemQuery{Service: g.hosted.Number, Kinds: []db.Kind{db.Transcript, db.Synthesis}, Bodies: true, Newest: true, Limit: 1})
	if err != nil || len(found) != 1 {
		g.t.Fatalf("%d records, %v", len(found), err)
	}
	var body Spoken
	if err := json.Unmarshal(found[0].Body, &body); err != nil {
		g.t.Fatal(err)
	}
	return found[0], body
}

// raw sends a request whose answer need not be JSON.
func (g *gate) raw(a ask, body io.Reader) (int, string, http.Header, error) {
	g.t.Helper()
	r := g.request(a)
	if body != nil {
		r.Body, r.ContentLength = io.NopCloser(body), -1
	}
	res, err := g.server.Client().Do(r)
	if err != nil {
		return 0, "", nil, err
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	return res.StatusCode, string(got), res.Header, err
}

func (g *gate) plain(line, body string, header ...string) ask {
	a := g.ask(line, body)
	a.header = header
	return a
}

// TestRecognize: audio goes through with its labels, of a length that is announced or not; the transcript is kept and found by its label, and can be erased.
func TestRecognize(t *testing.T) {
	for _, chunked := range []bool{false, true} {
		t.Run(fmt.Sprint("chunked ", chunked), func(t *testing.T) {
			h := open(t)
			url, asked := fake(t, says(200, heardText))
			g := h.gate(label.SpeechToText, url)
			a := g.plain("POST /v1/recognize?model=de-DE_BroadbandModel", "RIFFaudio", "Content-Type: audio/wav", labelled("anna"))
			var body io.Reader
			if chunked {
				body = strings.NewReader(a.body)
			}
			if status, got, head, err := g.raw(a, body); status != 200 || got != heardText || head.Get(upstreamTransaction) != "cafe-01" || err != nil {
				t.Errorf("%d %s %v", status, got, err)
			}
			if got := <-asked; got.uri != "/instances/theirs/v1/recognize?model=de-DE_BroadbandModel" || got.body != "RIFFaudio" || got.header.Get("Content-Type") != "audio/wav" ||
				got.header.Get(label.Header) != "customer_id=anna" || (got.header.Get("Content-Length") == "") != chunked {
				t.Errorf("the instance was asked %+v", got)
			}
			r, s := g.spoken()
			if r.Kind != db.Transcript || r.Text != "my parcel is late" || r.Customer != "anna" || r.Language != "de" || r.Container != "de-DE_BroadbandModel" {
				t.Errorf("kept %+v", r)
			}
			if string(s.Response) != heardText || s.Request.Audio.Bytes != 9 || s.Request.Audio.ContentType != "audio/wav" || s.Upstream.Transaction != "cafe-01" || strings.Contains(string(r.Body), "RIFF") {
				t.Errorf("kept %s", r.Body)
			}
			h.must(200, g.ask("DELETE /v1/user_data?customer_id=anna", ""), nil)
			eraseAll(t, h, g.hosted, "anna")
			if n := h.records(g.hosted); n != 0 {
				t.Errorf("%d records after the erasure", n)
			}
		})
	}
}

// TestSpeechOptOut: of a call that is opted out nothing is kept, whichever way it says so; it is passed on all the same.
func TestSpeechOptOut(t *testing.T) {
	for _, kind := range []label.Kind{label.SpeechToText, label.TextToSpeech} {
		h := open(t)
		url, asked := fake(t, says(200, heardText))
		line, answer := "POST /v1/recognize", heardText
		if kind == label.TextToSpeech {
			url, asked = fake(t, says(200, "OggS", "Content-Type", "audio/ogg"))
			line, answer = "GET /v1/synthesize?text=secretzqxv", "OggS"
		}
		g := h.gate(kind, url)
		for _, a := range []ask{g.plain(line, "", optOut+": true", labelled("anna")), g.plain(strings.Replace(line+"?x-watson-learning-opt-out=true", "?text=secretzqxv?", "?text=secretzqxv&", 1), "")} {
			if status, got, _, err := g.raw(a, nil); status != 200 || got != answer || err != nil {
				t.Errorf("%d %s %v", status, got, err)
			}
			<-asked
		}
		if n := h.records(g.hosted); n != 0 {
			t.Errorf("%s: %d records", kind, n)
		}
	}
}

// TestSpeechLabelByQuery: clients that cannot set headers name the customer in the address.
func TestSpeechLabelByQuery(t *testing.T) {
	h := open(t)
	url, _ := fake(t, says(200, heardText))
	g := h.gate(label.SpeechToText, url)
	if status, _, _, err := g.raw(g.plain("POST /v1/recognize?x-watson-metadata=customer_id%3Danna%3Bcustomer_id%3Dben", "audio"), nil); status != 200 || err != nil {
		t.Fatal(status, err)
	}
	if r, _ := g.spoken(); r.Customer != "anna" || !r.Several {
		t.Errorf("kept %+v", r)
	}
	h.must(400, g.ask("POST /v1/recognize?x-watson-metadata=nonsense%3D%3D", ""), nil)
}

// TestSynthesize: the text is on the disk before the instance has it; the audio comes as it is and of it only type and size are kept.
func TestSynthesize(t *testing.T) {
	h := open(t)
	before := make(chan Passed, 1)
	var g *gate
	url, asked := fake(t, func(w http.ResponseWriter, r *http.Request) {
		_, s := g.spoken()
		before <- *s.Upstream
		says(200, "OggSaudio", "Content-Type", "audio/ogg;codecs=opus")(w, r)
	})
	g = h.gate(label.TextToSpeech, url)
	for _, a := range []ask{
		g.plain("POST /v1/synthesize?voice=de-DE_BirgitV3Voice", `{"text":"Ihr Paket ist da"}`, jsonHeader, "Accept: audio/ogg;codecs=opus", labelled("anna")),
		g.plain("GET /v1/synthesize?voice=de-DE_BirgitV3Voice&text=Ihr+Paket+ist+da", "", "Accept: audio/ogg;codecs=opus", labelled("anna")),
	} {
		status, got, head, err := g.raw(a, nil)
		if status != 200 || got != "OggSaudio" || head.Get("Content-Type") != "audio/ogg;codecs=opus" || head.Get("X-Global-Transaction-Id") == "" || err != nil {
			t.Errorf("%d %s %v %v", status, got, head, err)
		}
		if there := <-asked; there.body != a.body || there.header.Get("Accept") != "audio/ogg;codecs=opus" || there.header.Get(label.Header) != "customer_id=anna" {
			t.Errorf("the instance was asked %+v", there)
		}
		if p := <-before; p.State != passedSent {
			t.Errorf("before the call: %+v", p)
		}
		r, s := g.spoken()
		if r.Kind != db.Synthesis || r.Text != "Ihr Paket ist da" || r.Customer != "anna" || r.Language != "de" || s.Upstream.State != passedAnswered ||
			string(s.Response) != `{"content_type":"audio/ogg;codecs=opus","bytes":9}` || s.Request.Text != "Ihr Paket ist da" {
			t.Errorf("kept %+v %s", r, r.Body)
		}
	}
}

// TestSpeechRefusals: what goes wrong is an error in the service's form, never half an answer that looks whole.
func TestSpeechRefusals(t *testing.T) {
	page := says(200, `<html>`, "Content-Type", "text/html")
	half := func(w http.ResponseWriter, _ *http.Request) {
		cut(w, "HTTP/1.1 200 OK\r\nContent-Type: audio/ogg\r\nContent-Length: 100\r\n\r\nOggS")
	}
	refused := says(400, `{"error":"unable to transcode","code":400}`)
	for _, tt := range []struct {
		name        string
		answer      http.HandlerFunc
		stt, tts    int // 0 = the connection is cut
		state, said string
	}{
		{"refused", refused, 400, 400, passedAnswered, "unable to transcode"},
		{"credentials", says(401, `{}`), 502, 502, passedUnanswered, "yours are good"},
		{"page", page, 502, 502, passedUnanswered, "documented"},
		{"redirect", says(307, ``, "Location", "http://127.0.0.1:1/"), 502, 502, passedUnanswered, "not followed"},
		{"reset", func(w http.ResponseWriter, _ *http.Request) { cut(w, "") }, 502, 502, passedUnanswered, "connection"},
		{"half", half, 502, 0, passedAnswered, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := open(t)
			url, _ := fake(t, tt.answer)
			g := h.gate(label.SpeechToText, url)
			if status, got, _, err := g.raw(g.plain("POST /v1/recognize", "audio", labelled("anna")), nil); status != tt.stt || !strings.Contains(got, tt.said) || !json.Valid([]byte(got)) || err != nil {
				t.Errorf("recognize: %d %s %v", status, got, err)
			}
			if n := h.records(g.hosted); n != 0 {
				t.Errorf("%d transcripts", n)
			}
			h = open(t)
			g = h.gate(label.TextToSpeech, url)
			status, got, _, err := g.raw(g.plain("POST /v1/synthesize", `{"text":"hello there"}`, jsonHeader, labelled("anna")), nil)
			if status != tt.tts && tt.tts != 0 || !strings.Contains(got, tt.said) || (err == nil) != (tt.tts != 0) {
				t.Errorf("synthesize: %d %s %v", status, got, err)
			}
			if _, s := g.spoken(); s.Upstream.State != tt.state || s.Request.Text != "hello there" || tt.tts == 0 && s.Upstream.Reason == "" {
				t.Errorf("kept %+v", s.Upstream)
			}
		})
	}
}

// loud is audio without an end.
type loud struct{ left int64 }

func (l *loud) Read(p []byte) (int, error) {
	n := min(int64(len(p)), l.left)
	if l.left -= n; n == 0 {
		return 0, io.EOF
	}
	return int(n), nil
}

func TestTooLoud(t *testing.T) {
	h := open(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		if err == nil {
			says(200, fmt.Sprintf(`{"results":[],"n":%d}`, n))(w, r)
		}
	}))
	t.Cleanup(server.Close)
	g := h.gate(label.SpeechToText, server.URL)
	if status, got, _, err := g.raw(g.plain("POST /v1/recognize", ""), &loud{maxAudio}); status != 200 || !strings.Contains(got, fmt.Sprint(maxAudio)) || err != nil {
		t.Errorf("100 MiB: %d %s %v", status, got, err)
	}
	if status, got, _, err := g.raw(g.plain("POST /v1/recognize", ""), &loud{maxAudio + 1}); err == nil && (status != 413 || !strings.Contains(got, "100 MiB")) {
		t.Errorf("one more byte: %d %s", status, got)
	}
	if n := h.records(g.hosted); n != 1 {
		t.Errorf("%d records", n)
	}
}

// TestSpeechNotHere: what is not passed on says so, and how it could be.
func TestSpeechNotHere(t *testing.T) {
	h := open(t)
	stt, tts := h.add(label.SpeechToText, "stt"), h.add(label.TextToSpeech, "tts")
	for _, tt := range []struct{ guid, key, line, says string }{
		{stt, "stt", "POST /v1/recognize", "-upstream"},
		{tts, "tts", "POST /v1/synthesize", "-upstream"},
		{tts, "tts", "GET /v1/synthesize?text=x", "-upstream"},
		{stt, "stt", "GET /v1/recognize", "WebSocket"},
		{stt, "stt", "POST /v1/recognitions", "linked service"},
		{stt, "stt", "PUT /v1/customizations/c/words/%C3%A4%20b", "linked service"},
		{stt, "stt", "POST /v1/acoustic_customizations/c/audio/a", "linked service"},
		{tts, "tts", "PUT /v1/customizations/c/words/w", "linked service"},
	} {
		method, path, _ := strings.Cut(tt.line, " ")
		status, body, _ := h.do(ask{line: method + " " + Prefix + tt.guid + path, key: tt.key, header: []string{labelled("anna")}})
		var e struct {
			Error string
			Code  int
		}
		if status != 501 || json.Unmarshal([]byte(body), &e) != nil || e.Code != 501 || !strings.Contains(e.Error, tt.says) {
			t.Errorf("%s: %d %s", tt.line, status, body)
		}
	}
	url, _ := fake(t, says(200, "OggS", "Content-Type", "audio/ogg"))
	g := h.gate(label.TextToSpeech, url)
	h.must(501, g.plain("GET /v1/synthesize", "", "Upgrade: websocket", "Connection: Upgrade"), nil)
	if found, err := h.store.Tallies(t.Context()); err != nil || len(found) != 0 {
		t.Errorf("%v, %v", found, err)
	}
}
