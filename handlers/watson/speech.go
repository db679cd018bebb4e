package watson

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"quittance/db"
	"quittance/db/label"
)

// The bounds of a call that carries audio. It is passed through and never held: only the transcript is, whole, because an answer is kept before it is
// given.
const (
	maxAudio      = maxStream
	maxTranscript = 8 << 20 // bytes
	speechTime    = 15 * time.Minute
)

// The query parameters by which clients without headers of their own label speech (watson-api.md, section 1).
const (
	queryLabel  = "x-watson-metadata"
	queryOptOut = "x-watson-learning-opt-out"
)

// speech are the doors of Speech to Text and Text to Speech. What else of theirs is labelled is refused with a sentence, so that nothing which
// somebody has labelled is dropped in silence (watson-api.md, section 6).
var speech = withoutVersion(slices.Concat(
	[]*route{
		on(label.SpeechToText, "POST v1/recognize", ScopeIngest, (*server).recognize),
		on(label.TextToSpeech, "POST v1/synthesize", ScopeIngest, (*server).synthesize),
		on(label.TextToSpeech, "GET v1/synthesize", ScopeIngest, (*server).synthesize),
	},
	unbuilt(label.SpeechToText, noSocket, "GET v1/recognize"),
	unbuilt(label.SpeechToText, notKept, "POST v1/register_callback", "POST v1/recognitions", "GET v1/recognitions", "GET v1/recognitions/{recognition}",
		"DELETE v1/recognitions/{recognition}", "POST v1/customizations/{customization}/corpora/{corpus}", "POST v1/customizations/{customization}/words",
		"PUT v1/customizations/{customization}/words/{word}", "POST v1/customizations/{customization}/grammars/{grammar}",
		"POST v1/acoustic_customizations/{customization}/audio/{audio}"),
	unbuilt(label.TextToSpeech, notKept, "POST v1/customizations/{customization}", "POST v1/customizations/{customization}/words",
		"PUT v1/customizations/{customization}/words/{word}"),
))

const (
	noSocket = "Quittance passes speech on by POST and not over a WebSocket"
	notKept  = "Quittance does not keep what this operation carries and does not pass it on; send it to the instance itself, and register that as a linked " +
		"service so that erasures reach it"
)

func unbuilt(kind label.Kind, sentence string, methodsAndPaths ...string) (out []*route) {
	refuse := func(*server, *call) (answer, error) { return answer{}, notImplemented(sentence) }
	for _, m := range methodsAndPaths {
		r := on(kind, m, ScopeIngest, refuse)
		r.anything = true
		out = append(out, r)
	}
	return out
}

func notImplemented(sentence string) error {
	return &apiError{status: http.StatusNotImplemented, message: sentence}
}

// Spoken is the body of a transcript's record, and of a synthesis'. The audio is in neither.
type Spoken struct {
	Request           SpokenRequest  `json:"request"`
	Response          jsontext.Value `json:"response,omitzero"` // of Speech to Text its answer, of Text to Speech a SpokenAudio
	RequestTimestamp  string         `json:"request_timestamp"`
	ResponseTimestamp string         `json:"response_timestamp"`
	Language          string         `json:"language"`
	Upstream          *Passed        `json:"upstream"`
}

// SpokenRequest is what was asked for.
type SpokenRequest struct {
	Text  string       `json:"text,omitempty"` // to be said
	Model string       `json:"model,omitempty"`
	Voice string       `json:"voice,omitempty"`
	Audio *SpokenAudio `json:"audio,omitempty"` // to be heard
}

// SpokenAudio is what is kept of audio.
type SpokenAudio struct {
	ContentType string `json:"content_type"`
	Bytes       int64  `json:"bytes"`
}

// voice is a call that carries speech, on its way to the instance.
type voice struct {
	*call
	s      *server
	u      *Upstream
	labels []label.ID
	optOut bool // nothing is kept of it: what was opted out is not stored on any disk (Speech to Text, "Information security")
	begun  time.Time
	body   *audio // nil = none
}

// voice lets a call in that carries speech. Its place is given back after the answer was read.
func (s *server) voice(c *call) (*voice, error) {
	if c.service.Upstream == 0 {
		return nil, notImplemented("This service has no instance behind it that knows speech; an administrator registers one with 'quittance service add -kind " +
			string(c.service.Kind) + " -name NAME -upstream URL -credential-file FILE'")
	}
	if c.Header.Get("Upgrade") != "" {
		return nil, notImplemented(noSocket)
	}
	v := &voice{call: c, s: s, begun: s.store.Now()}
	var err error
	if v.labels, err = c.labels(v.begun); err != nil {
		return nil, err
	}
	v.optOut = truthy(c.named(optOut, queryOptOut))
	if v.u, err = s.upstream(c); err != nil {
		return nil, err
	}
	c.leave, err = enter(c, v.u.streams)
	return v, err
}

// extend gives the call the time that speech takes. Where there is no connection, as in a test, there is none to give.
func (c *call) extend() error {
	control, until := http.NewResponseController(c.w), time.Now().Add(speechTime)
	for _, err := range []error{control.SetReadDeadline(until), control.SetWriteDeadline(until)} {
		if err != nil && !errors.Is(err, http.ErrNotSupported) {
			return err
		}
	}
	return nil
}

// audio is a body on its way through. It counts, and knows why it ended: the instance's client only knows that it did.
type audio struct {
	from io.Reader
	mu   sync.Mutex
	n    int64
	err  error
}

// Read implements io.Reader.
func (a *audio) Read(p []byte) (int, error) {
	n, err := a.from.Read(p)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.n += int64(n); err != nil && !errors.Is(err, io.EOF) {
		a.err = err
	}
	return n, err
}

func (a *audio) size() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.n
}

var errLoud = &apiError{status: http.StatusRequestEntityTooLarge, message: "The audio is larger than 100 MiB"}

// broken says why the audio did not come through; nil = it is not what failed.
func (a *audio) broken() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	var tooLong *http.MaxBytesError
	switch {
	case a.err == nil:
		return nil
	case errors.As(a.err, &tooLong):
		return errLoud
	case errors.Is(a.err, os.ErrDeadlineExceeded):
		return &apiError{status: http.StatusRequestTimeout, message: "The audio did not arrive within 15 minutes"}
	}
	return bad("The audio ended before its announced length")
}

// recognize passes audio through to the instance and keeps the transcript. Nothing is known of what was said before the instance has heard it, so
// the record comes after the call; but before the answer, so that what somebody got can be found and erased.
func (s *server) recognize(c *call) (answer, error) {
	v, err := s.voice(c)
	if err != nil {
		return answer{}, err
	}
	if coding := c.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return answer{}, &apiError{status: http.StatusUnsupportedMediaType, message: "The audio must not be packed"}
	}
	if c.ContentLength > maxAudio {
		return answer{}, errLoud
	}
	if err := c.extend(); err != nil {
		return answer{}, err
	}
	var body io.Reader
	if v.body = (&audio{from: http.MaxBytesReader(c.w, c.sent, maxAudio)}); c.ContentLength != 0 {
		body = v.body
	}
	res, failure := v.hear(body)
	if broken := v.body.broken(); failure != nil && broken != nil {
		return answer{}, broken
	}
	if failure != nil {
		return answer{}, unanswered(failure)
	}
	if res.success() && !v.optOut {
		if err := v.keepTranscript(res); err != nil {
			return answer{}, err
		}
	}
	return c.given(res)
}

// hear passes the audio on and reads the whole answer.
func (v *voice) hear(body io.Reader) (Response, *CallError) {
	res, err := v.open(body, v.ContentLength)
	if err != nil {
		return Response{}, v.ended(Response{}, err)
	}
	whole, err := v.read(res)
	return whole, v.ended(whole, err)
}

func (v *voice) open(body io.Reader, length int64) (*Streamed, error) {
	return v.u.client.Stream(v.Context(), v.passRequest(), body, length)
}

func (v *voice) read(res *Streamed) (Response, error) {
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxTranscript+1))
	if err == nil && len(body) > maxTranscript {
		err = &CallError{Outcome: Unknown, Code: "too-large", Status: res.Status}
	}
	return Response{res.Status, res.Header, body}, err
}

// ended remembers how the call went, and gives on the headers of an answer.
func (v *voice) ended(res Response, err error) *CallError {
	failure := fault(res, err)
	v.u.ended(v.s.store.Now(), failure)
	if failure != nil {
		v.s.o.Log.Warn("an upstream gave no answer", "transaction", v.trace, "route", v.Pattern, "service", v.u.number, "reason", failure.Code)
		return failure
	}
	v.headersOf(res.Header)
	return nil
}

func (v *voice) keepTranscript(res Response) error {
	model := shortName(v.query.Get("model"))
	r := db.NewRecord{Service: v.service.Number, Kind: db.Transcript, Time: v.begun, Answered: v.s.store.Now(), Labels: v.labels, Language: languageOf(model),
		Container: model, Session: v.trace, Text: transcriptOf(res.Body)}
	passed := answeredBy(res).passed
	var err error
	r.Body, err = json.Marshal(Spoken{Request: SpokenRequest{Model: model, Audio: &SpokenAudio{shortName(v.Header.Get("Content-Type")), v.body.size()}}, Response: res.Body,
		RequestTimestamp: timestamp(r.Time), ResponseTimestamp: timestamp(r.Answered), Language: r.Language, Upstream: &passed}, checked)
	if err != nil {
		return err
	}
	_, err = v.s.store.Ingest(context.WithoutCancel(v.Context()), v.actor(), []db.NewRecord{r}, nil)
	return err
}

// transcriptOf is what was understood: the first alternative of each result.
func transcriptOf(body []byte) string {
	var said struct {
		Results []struct {
			Alternatives []struct {
				Transcript string `json:"transcript"`
			} `json:"alternatives"`
		} `json:"results"`
	}
	if json.Unmarshal(body, &said) != nil {
		return ""
	}
	var parts []string
	for _, r := range said.Results {
		if len(r.Alternatives) > 0 {
			parts = append(parts, strings.TrimSpace(r.Alternatives[0].Transcript))
		}
	}
	return strings.Join(parts, " ")
}

// languageOf a model or a voice, whose names begin with it, as in "de-DE_BirgitV3Voice". The default of both services is English.
func languageOf(name string) string {
	locale, _, _ := strings.Cut(name, "_")
	return language(locale)
}
