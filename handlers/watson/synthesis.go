package watson

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"quittance/db"
)

// synthesize keeps the text that is to be said, passes it on, and gives the audio back as it comes. Of the audio its type and size are kept.
func (s *server) synthesize(c *call) (answer, error) {
	v, err := s.voice(c)
	if err != nil {
		return answer{}, err
	}
	asked := SpokenRequest{Voice: shortName(c.query.Get("voice"))}
	if asked.Text, err = c.textToSay(); err != nil {
		return answer{}, err
	}
	if err := c.extend(); err != nil {
		return answer{}, err
	}
	y := &synthesis{voice: v}
	if err := y.keep(asked); err != nil {
		return answer{}, err
	}
	var body io.Reader
	if len(c.sentJSON) > 0 {
		body = bytes.NewReader(c.sentJSON)
	}
	res, err := v.open(body, int64(len(c.sentJSON)))
	if err != nil {
		return answer{}, y.silent(Response{}, err)
	}
	return y.answer(res)
}

// textToSay reads the text from the body, or of a GET from the address.
func (c *call) textToSay() (string, error) {
	if c.Method == http.MethodGet {
		return c.query.Get("text"), nil
	}
	var asked struct {
		Text    string         `json:"text"`
		Unknown jsontext.Value `json:",unknown"`
	}
	err := c.readJSON(&asked)
	return asked.Text, err
}

// synthesis is a text on its way to being said.
type synthesis struct {
	*voice
	record int64 // 0 = nothing is kept of it
}

// keep stores the text before it leaves, as with messages.
func (y *synthesis) keep(asked SpokenRequest) error {
	if y.optOut {
		return nil
	}
	r := db.NewRecord{Service: y.service.Number, Kind: db.Synthesis, Time: y.begun, Answered: y.begun, Labels: y.labels, Language: languageOf(asked.Voice),
		Container: asked.Voice, Session: y.trace, Text: asked.Text}
	var err error
	r.Body, err = json.Marshal(Spoken{Request: asked, RequestTimestamp: timestamp(r.Time), ResponseTimestamp: timestamp(r.Answered), Language: r.Language,
		Upstream: &Passed{State: passedSent}})
	if err != nil { // a text of the address that is not UTF-8
		return bad("The text is not valid UTF-8")
	}
	seqs, err := y.s.store.Ingest(y.Context(), y.actor(), []db.NewRecord{r}, nil)
	if err == nil {
		y.record = seqs[0]
	}
	return err
}

// answer gives on what came: audio, or a refusal.
func (y *synthesis) answer(res *Streamed) (answer, error) {
	kind := res.Header.Get("Content-Type")
	head := Response{Status: res.Status, Header: res.Header}
	switch {
	case !head.success():
		whole, err := y.read(res)
		if failure := y.ended(whole, err); failure != nil {
			return answer{}, y.silent(whole, failure)
		}
		y.complete(refusedBy(whole).passed, nil)
		return y.given(whole)
	case !strings.HasPrefix(kind, "audio/"): // a page, for one, would be shown under our own address
		res.Body.Close()
		return answer{}, y.silent(head, malformed(res.Status))
	}
	y.ended(head, nil)
	return answer{status: res.Status, kind: kind, stream: func(w io.Writer) error { return y.play(w, res) }}, nil
}

// silent keeps that no answer came, and says so.
func (y *synthesis) silent(res Response, err error) error {
	failure := fault(res, err)
	y.complete(Passed{State: passedUnanswered, Reason: failure.Code, Status: failure.Status}, nil)
	if res.Status == 0 {
		y.ended(res, err)
	}
	return unanswered(failure)
}

// play gives the audio on as it comes.
func (y *synthesis) play(w io.Writer, res *Streamed) error {
	defer res.Body.Close()
	n, err := io.Copy(&flushing{w, http.NewResponseController(y.w)}, res.Body)
	passed := answeredBy(Response{Status: res.Status, Header: res.Header}).passed
	if err != nil {
		var call *CallError
		if passed.Reason = "gave-up"; errors.As(err, &call) {
			passed.Reason = call.Code
		}
	}
	y.complete(passed, &SpokenAudio{res.Header.Get("Content-Type"), n})
	return err
}

// flushing sends each piece at once: somebody listens.
type flushing struct {
	io.Writer
	control *http.ResponseController
}

// Write implements io.Writer.
func (f *flushing) Write(p []byte) (int, error) {
	n, err := f.Writer.Write(p)
	if err == nil {
		err = f.control.Flush()
	}
	return n, err
}

// complete writes into the record what became of the text.
func (y *synthesis) complete(passed Passed, said *SpokenAudio) {
	if y.record == 0 {
		return
	}
	y.s.complete(y.call, y.record, func(r *db.Record) error {
		var body Spoken
		err := json.Unmarshal(r.Body, &body)
		if err == nil && said != nil {
			body.Response, err = json.Marshal(said)
		}
		if err == nil {
			body.ResponseTimestamp, body.Upstream = timestamp(r.Answered), &passed
			r.Body, err = json.Marshal(body, checked)
		}
		return err
	})
}
