package handlers

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"quittance/db"
	"quittance/db/label"
	"quittance/handlers/connect"
	"quittance/views"
	"quittance/views/lang"
)

// gatewayPrefix stands before the kind of a hosted service that passes on to a real one.
const gatewayPrefix = "gateway-"

// linkWays are what can be linked, as the choices of /services/new?link=… name them.
var linkWays = []struct {
	code        string
	label, hint lang.Word
}{
	{string(label.Assistant), "Watson Assistant", "Called to delete; confirmed by its logs where messages go through a gateway"},
	{string(label.VisualRecognition), "Visual Recognition", "Called to delete"},
	{string(label.Discovery), "Discovery", "Called to delete"},
	{string(label.SpeechToText), "Speech to Text", "Called to delete"},
	{string(label.TextToSpeech), "Text to Speech", "Called to delete"},
	{gatewayPrefix + string(label.Assistant), "Gateway before an Assistant", "Keeps messages here and passes them on; erasures reach both"},
	{gatewayPrefix + string(label.SpeechToText), "Gateway before Speech to Text", "Keeps transcripts here and passes audio on"},
	{gatewayPrefix + string(label.TextToSpeech), "Gateway before Text to Speech", "Keeps texts here and passes them on"},
	{string(db.OpenDSR), "OpenDSR processor", "Gets a request, and states signed what became of it"},
	{string(db.HTTP), "Plain HTTP", "One call, as you write it"},
	{string(db.Manual), "By hand", "A task for a person, who attests it"},
}

// linkForm is a form about a linked service while it is read: what was typed, and what is wrong with it.
type linkForm struct {
	way     string // of linkWays
	change  bool   // of a service that is there
	values  map[string]string
	wrong   map[string]lang.Word
	fields  []string
	found   *connect.Findings
	service int64
}

// linkOf begins the form for a way; nil where there is none of that name.
func linkOf(way string) *linkForm {
	for _, w := range linkWays {
		if w.code == way {
			f := &linkForm{way: way, values: map[string]string{"regulation": "gdpr", "method": "DELETE", "look_method": "GET"}, wrong: map[string]lang.Word{}}
			f.fields = fieldsOf(f.kind())
			return f
		}
	}
	return nil
}

func (f *linkForm) kind() label.Kind { return label.Kind(strings.TrimPrefix(f.way, gatewayPrefix)) }

func (f *linkForm) gateway() bool { return strings.HasPrefix(f.way, gatewayPrefix) }

func (f *linkForm) label() lang.Word {
	for _, w := range linkWays {
		if w.code == f.way {
			return w.label
		}
	}
	return ""
}

func fieldsOf(k label.Kind) []string {
	switch k {
	case db.OpenDSR:
		return []string{"url", "regulation", "headers", "domain", "fingerprint", "inside"}
	case db.HTTP:
		return []string{"method", "url", "headers", "body", "accepted", "done", "look_method", "look", "look_body", "gone", "test_url", "inside"}
	case db.Manual:
		return []string{"instructions"}
	}
	return []string{"url", "credential", "inside"}
}

// read takes what was typed.
func (f *linkForm) read(r *http.Request) {
	for _, name := range append([]string{"name"}, f.fields...) {
		f.values[name] = text(r, name)
	}
}

// credential is the secret of the form; nil where nothing was typed.
func (f *linkForm) credential() []byte {
	if s := f.values["credential"] + f.values["headers"]; s != "" {
		return []byte(s)
	}
	return nil
}

// described is what the form says, for the store; what cannot be read is wrong.
func (f *linkForm) described() db.NewLinked {
	n := db.NewLinked{Kind: f.kind(), Name: f.values["name"], URL: f.values["url"], Inside: f.values["inside"] != "", Credential: f.credential()}
	n.Link = db.Link{Method: f.values["method"], Body: f.values["body"], Look: f.values["look"], LookMethod: f.values["look_method"], LookBody: f.values["look_body"],
		TestURL: f.values["test_url"], Regulation: f.values["regulation"], Domain: f.values["domain"], Fingerprint: f.values["fingerprint"],
		Instructions: strings.ReplaceAll(f.values["instructions"], "\r\n", "\n"),
		Accepted:     f.statuses("accepted"), Done: f.statuses("done"), Gone: f.statuses("gone")}
	if n.Link.Look == "" {
		n.Link.LookMethod, n.Link.LookBody, n.Link.Gone = "", "", nil
	}
	if _, err := connect.ParseHeaders(f.values["headers"]); err != nil {
		f.wrong["headers"] = sayIt(err)
	}
	if slices.Contains(f.fields, "credential") && n.Credential == nil && !f.change {
		f.wrong["credential"] = "Give the API key of that instance."
	}
	return n
}

func (f *linkForm) statuses(name string) []int {
	out, ok := ParseStatuses(f.values[name])
	if !ok {
		f.wrong[name] = "Write statuses between 200 and 599, with commas."
	}
	return out
}

// ParseStatuses reads a list such as "200, 202".
func ParseStatuses(s string) (out []int, ok bool) {
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' }) {
		n, err := strconv.Atoi(w)
		if err != nil || n < 200 || n > 599 {
			return nil, false
		}
		out = append(out, n)
	}
	return out, true
}

// refuse puts an error of the store beside its field; false where it belongs to none.
func (f *linkForm) refuse(err error) bool {
	var of *db.LinkError
	switch {
	case err == nil:
		return len(f.wrong) > 0
	case errors.As(err, &of):
		f.wrong[of.Field] = fromBelow(of.Reason)
	case errors.Is(err, db.ErrAddress):
		f.wrong["url"] = "The address begins with https:// and has no user and no fragment; http:// only for one inside."
	case errors.Is(err, db.ErrTaken), errors.Is(err, db.ErrName):
		f.wrong["name"] = said(err, db.ErrTaken, db.ErrName)
	case errors.Is(err, db.ErrCredential):
		f.wrong[f.secret()] = sayIt(db.ErrCredential)
	default:
		return false
	}
	return true
}

func (f *linkForm) secret() string {
	if slices.Contains(f.fields, "headers") {
		return "headers"
	}
	return "credential"
}

// view is the form as a page shows it.
func (f *linkForm) view() *views.LinkForm {
	v := &views.LinkForm{Way: f.way, Action: "/services", Test: "/services/test", Button: "Link service"}
	if f.change {
		v.Action, v.Test, v.Button = serviceHref(f.service)+"/link", serviceHref(f.service)+"/test", "Save"
	} else {
		v.Fields = append(v.Fields, views.Field{Name: "name", Label: "Name", Value: f.values["name"], Error: f.wrong["name"], Hint: "As people call it: Letters", Required: true, Autocomplete: "off"})
	}
	if f.kind() == db.Manual {
		v.Test = ""
	}
	for _, name := range f.fields {
		v.Fields = append(v.Fields, f.field(name))
	}
	if f.found != nil {
		for _, x := range f.found.List {
			v.Findings = append(v.Findings, linkFinding(x))
		}
	}
	return v
}

// regulationWords are the laws that OpenDSR names.
var regulationWords = map[string]lang.Word{"gdpr": "GDPR", "ccpa": "CCPA"}

var findingStates = map[string]views.State{"ok": {Tone: "ok", Word: "Works"}, "look": {Tone: "soon", Icon: "eye-off", Word: "Look"}, "wrong": {Tone: "over", Icon: "alert-triangle", Word: "Wrong"}}

// linkTexts are the fields as they read.
var linkTexts = map[string]views.Field{
	"url":          {Label: "Address", Required: true, Mono: true, MaxLength: 2000},
	"credential":   {Label: "API key", Type: "password", Autocomplete: "off", MaxLength: 4096},
	"headers":      {Label: "Headers", Type: "textarea", Hint: "One a line, as in Authorization: Bearer …. Kept sealed and never shown again"},
	"inside":       {Label: "It lies inside our own network: the address may be private, without TLS and on any port", Type: "checkbox", Value: "yes"},
	"regulation":   {Label: "Requests are sent under", Type: "select", Required: true, Options: []views.Option{{Value: "gdpr", Label: regulationWords["gdpr"]}, {Value: "ccpa", Label: regulationWords["ccpa"]}}},
	"domain":       {Label: "Processor's domain", Hint: "As its signed answers name it; without one, the host of the address", Mono: true, MaxLength: 253},
	"fingerprint":  {Label: "Fingerprint of the certificate that it signs with", Hint: "SHA-256. The test shows it; compare it with what the processor tells you by another way, then put it here", Required: true, Mono: true},
	"method":       {Label: "Method", Type: "select", Required: true},
	"body":         {Label: "Body", Type: "textarea", Hint: "JSON, with {customer_id} inside a text"},
	"accepted":     {Label: "Statuses that mean: it will erase", Hint: "Without any, 200, 202, 204"},
	"done":         {Label: "Statuses that mean: it has erased", Hint: "Only if the service answers after it has erased. Receipts then say that it stated so, and that nobody has looked"},
	"look_method":  {Label: "Method to look", Type: "select", Options: []views.Option{{Value: "GET", Label: "GET"}, {Value: "POST", Label: "POST"}}},
	"look":         {Label: "Address to look whether anything is left", Hint: "With {customer_id}. Only with one can an erasure be confirmed; without, it cannot be observed", Mono: true, MaxLength: 2000},
	"look_body":    {Label: "Body to look", Type: "textarea", Hint: "JSON"},
	"gone":         {Label: "Statuses that mean: nothing is there", Hint: "Without any, 404"},
	"test_url":     {Label: "Address to test", Hint: "Asked by GET with the headers, when you test the connection; nothing else is", Mono: true, MaxLength: 2000},
	"instructions": {Label: "What a person has to do", Type: "textarea", Hint: "Where the data lies, how it is found by customer ID and erased, and what shows that it is", Required: true},
}

// urlHints say what the address of each kind is.
var urlHints = map[label.Kind]lang.Word{db.HTTP: "With {customer_id} in its path or query, or in the body", db.OpenDSR: "All before /discovery, with the version: https://dsr.example.com/v2"}

func (f *linkForm) field(name string) views.Field {
	v := linkTexts[name]
	v.Name, v.Error = name, f.wrong[name]
	switch {
	case name == "inside":
		v.Checked = f.values[name] != ""
		return v
	case name == "method":
		for _, m := range db.LinkMethods() {
			v.Options = append(v.Options, views.Option{Value: m, Label: lang.Raw(m)})
		}
	case name == "url":
		if v.Hint = urlHints[f.kind()]; v.Hint == "" {
			v.Hint = "All before /v1 or /v2: https://api.eu-de.assistant.watson.cloud.ibm.com/instances/…"
		}
	case name == "credential" && !f.change:
		v.Required, v.Hint = true, "Kept sealed and never shown again"
	}
	if f.change && name == f.secret() {
		v.Hint = "Kept sealed and never shown. Leave this empty to keep what is there"
	}
	v.Value = f.values[name]
	return v
}
