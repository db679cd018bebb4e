package handlers

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/label"
	"quittance/handlers/auth"
	"quittance/handlers/connect"
	"quittance/views"
)

// gatewayPrefix stands before the kind of a hosted service that passes on to a real one.
const gatewayPrefix = "gateway-"

// linkWays are what can be linked, as the choices of /services/new?link=… name them.
var linkWays = []struct{ code, label, hint string }{
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
	wrong   map[string]string
	fields  []string
	found   *connect.Findings
	service int64
}

// linkOf begins the form for a way; nil where there is none of that name.
func linkOf(way string) *linkForm {
	for _, w := range linkWays {
		if w.code == way {
			f := &linkForm{way: way, values: map[string]string{"regulation": "gdpr", "method": "DELETE", "look_method": "GET"}, wrong: map[string]string{}}
			f.fields = fieldsOf(f.kind())
			return f
		}
	}
	return nil
}

func (f *linkForm) kind() label.Kind { return label.Kind(strings.TrimPrefix(f.way, gatewayPrefix)) }

func (f *linkForm) gateway() bool { return strings.HasPrefix(f.way, gatewayPrefix) }

func (f *linkForm) label() string {
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
		f.wrong[of.Field] = of.Reason
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
			v.Findings = append(v.Findings, views.LinkFinding{State: findingStates[x.State], What: x.What, Words: x.Words})
		}
	}
	return v
}

var findingStates = map[string]views.State{"ok": {Tone: "ok", Word: "Works"}, "look": {Tone: "soon", Icon: "eye-off", Word: "Look"}, "wrong": {Tone: "over", Icon: "alert-triangle", Word: "Wrong"}}

// linkTexts are the fields as they read.
var linkTexts = map[string]views.Field{
	"url":          {Label: "Address", Required: true, Mono: true, MaxLength: 2000},
	"credential":   {Label: "API key", Type: "password", Autocomplete: "off", MaxLength: 4096},
	"headers":      {Label: "Headers", Type: "textarea", Hint: "One a line, as in Authorization: Bearer …. Kept sealed and never shown again"},
	"inside":       {Label: "It lies inside our own network: the address may be private, without TLS and on any port", Type: "checkbox", Value: "yes"},
	"regulation":   {Label: "Requests are sent under", Type: "select", Required: true, Options: []views.Option{{Value: "gdpr", Label: "GDPR"}, {Value: "ccpa", Label: "CCPA"}}},
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
var urlHints = map[label.Kind]string{db.HTTP: "With {customer_id} in its path or query, or in the body", db.OpenDSR: "All before /discovery, with the version: https://dsr.example.com/v2"}

func (f *linkForm) field(name string) views.Field {
	v := linkTexts[name]
	v.Name, v.Error = name, f.wrong[name]
	switch {
	case name == "inside":
		v.Checked = f.values[name] != ""
		return v
	case name == "method":
		for _, m := range db.LinkMethods() {
			v.Options = append(v.Options, views.Option{Value: m, Label: m})
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

// newLink is the form for a service that lies elsewhere.
func newLink(way string) (views.NewService, error) {
	f := linkOf(way)
	if f == nil {
		return views.NewService{}, db.ErrNotFound
	}
	return f.page(), nil
}

func (f *linkForm) page() views.NewService {
	return views.NewService{Link: f.view(), LinkKind: f.label()}
}

// submitLink registers a linked service, or a hosted one with the real one behind it.
func (s *Server) submitLink(r *http.Request) (string, error) {
	f := linkOf(text(r, "link"))
	if f == nil {
		return "", db.ErrNotFound
	}
	f.read(r)
	n := f.described()
	if f.wrong["name"] = nameError(n.Name); f.wrong["name"] == "" {
		delete(f.wrong, "name")
	}
	if len(f.wrong) > 0 {
		return "", refused{f.page()}
	}
	number, err := s.addLink(r, f, n)
	if f.refuse(err) {
		return "", refused{f.page()}
	}
	notify(r, "ok", "The service is linked. Erasures proposed from now on reach it.")
	return serviceHref(number), err
}

func (s *Server) addLink(r *http.Request, f *linkForm, n db.NewLinked) (int64, error) {
	if f.gateway() {
		hosted, _, err := s.store.AddGateway(r.Context(), who(r).Actor(), n.Kind, n.Name, "", n)
		return hosted.Number, err
	}
	v, err := s.store.AddLinked(r.Context(), who(r).Actor(), n)
	return v.Number, err
}

// testLink tries the connection to a service that is not linked yet. Nothing is kept.
func (s *Server) testLink(r *http.Request) (templ.Component, error) {
	f := linkOf(text(r, "link"))
	if f == nil {
		return nil, db.ErrNotFound
	}
	f.read(r)
	if err := s.probe(r, f, nil); err != nil {
		return nil, err
	}
	return f.page(), nil
}

// probe asks the service that the form describes. An attempt with the sealed credential goes only to the host that it was given for.
func (s *Server) probe(r *http.Request, f *linkForm, was *db.Service) error {
	n := f.described()
	delete(f.wrong, "name")
	credential := n.Credential
	if credential == nil && was != nil {
		if !db.SameHost(n.URL, was.URL) {
			f.refuse(db.ErrCredential)
			return nil
		}
		var err error
		if credential, err = s.store.Credential(r.Context(), was.Number); err != nil && !errors.Is(err, db.ErrNotFound) {
			return err
		}
	}
	v, err := n.Described()
	var of *db.LinkError
	if err != nil && !(errors.As(err, &of) && of.Field == "fingerprint" && f.values["fingerprint"] == "") && f.refuse(err) {
		return nil
	}
	if len(f.wrong) > 0 {
		return nil
	}
	found := connect.Probe(r.Context(), s.store.Now(), v, credential)
	f.found = &found
	return nil
}

// linkedForm is the form with which a linked service is changed, filled with how it is called now but for what is secret.
func (s *Server) linkedForm(v db.Service) *linkForm {
	f := linkOf(string(v.Kind))
	f.change, f.service = true, v.Number
	l := v.Link
	for name, value := range map[string]string{"url": v.URL, "regulation": l.Regulation, "domain": l.Domain, "fingerprint": l.Fingerprint, "method": l.Method, "body": l.Body,
		"accepted": statusWords(l.Accepted), "done": statusWords(l.Done), "look_method": l.LookMethod, "look": l.Look, "look_body": l.LookBody, "gone": statusWords(l.Gone),
		"test_url": l.TestURL, "instructions": l.Instructions, "name": v.Name} {
		if value != "" {
			f.values[name] = value
		}
	}
	if v.Inside {
		f.values["inside"] = "yes"
	}
	return f
}

func statusWords(list []int) string {
	var out []string
	for _, n := range list {
		out = append(out, strconv.Itoa(n))
	}
	return strings.Join(out, ", ")
}

// linkToChange finds the linked service that a form is about, and reads the form.
func (s *Server) linkToChange(r *http.Request) (db.Service, *linkForm, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return db.Service{}, nil, err
	}
	v, err := s.store.Service(r.Context(), number)
	switch {
	case err != nil:
		return v, nil, err
	case !v.Linked() || !v.Removed.IsZero():
		return v, nil, db.ErrMoved
	}
	f := s.linkedForm(v)
	f.read(r)
	f.values["name"] = v.Name
	return v, f, nil
}

// withLink is the page of a linked service with a form that was typed into.
func (s *Server) withLink(r *http.Request, v db.Service, f *linkForm) (views.Service, error) {
	page, err := s.linkedPage(r, v)
	page.Link = f.view()
	return page, err
}

// changeLink changes how a linked service is called.
func (s *Server) changeLink(r *http.Request) (string, error) {
	v, f, err := s.linkToChange(r)
	if err != nil {
		return "", err
	}
	n := f.described()
	if len(f.wrong) == 0 {
		err = s.store.ChangeLinked(r.Context(), who(r).Actor(), v.Number, n)
	}
	if f.refuse(err) {
		page, err := s.withLink(r, v, f)
		return "", errors.Join(refused{page}, err)
	}
	notify(r, "ok", "Saved. The next call is made so.")
	return serviceHref(v.Number), err
}

// testService tries the connection to a linked service as the form on its page describes it.
func (s *Server) testService(r *http.Request) (templ.Component, error) {
	v, f, err := s.linkToChange(r)
	if err != nil {
		return nil, err
	}
	if err := s.probe(r, f, &v); err != nil {
		return nil, err
	}
	return s.withLink(r, v, f)
}

// removeLink ends a link. What is open there waits for a person.
func (s *Server) removeLink(r *http.Request) (string, error) {
	v, f, err := s.linkToChange(r)
	if err != nil {
		return "", err
	}
	if text(r, "confirm") != removeWords {
		page, err := s.withLink(r, v, f)
		page.Link = s.linkedForm(v).view()
		page.Remove.Typed, page.Remove.Error = r.PostFormValue("confirm"), "Type the words exactly as they stand: "+removeWords
		return "", errors.Join(refused{page}, err)
	}
	notify(r, "ok", "The link is removed. Erasures that had not reached it wait for a person.")
	return serviceHref(v.Number), s.store.RemoveService(r.Context(), who(r).Actor(), v.Number)
}

// removeWords are typed to remove a link.
const removeWords = "remove link"

// linkedPage is the page of a service whose data lies elsewhere: it has no keys, no address and no policies here.
func (s *Server) linkedPage(r *http.Request, svc db.Service) (views.Service, error) {
	facts := []views.KV{{Key: "Kind", Value: kindName(svc.Kind)}, {Key: "Where", Value: whereOf(svc)}}
	if svc.URL != "" {
		facts = append(facts, views.KV{Key: "Host", Value: hostOf(svc.URL), Mono: true})
	}
	facts = append(facts, linkFacts(svc)...)
	facts = append(facts, views.KV{Key: "Added", Value: moment(r, svc.Created).Text})
	if !svc.Removed.IsZero() {
		facts = append(facts, views.KV{Key: "Removed", Value: moment(r, svc.Removed).Text})
	}
	health, err := s.store.LinkHealth(r.Context())
	if err != nil {
		return views.Service{}, err
	}
	passing, err := s.passing(r, svc)
	v := views.Service{Number: svc.Number, Name: svc.Name, Kind: kindName(svc.Kind), State: linkState(svc, health[svc.Number]), Linked: true, ByHand: svc.Kind == db.Manual,
		Instructions: svc.Link.Instructions, Facts: slices.Concat(facts, healthFacts(r, health[svc.Number]), passing)}
	if who(r).May(auth.Services) && svc.Removed.IsZero() {
		v.Link = s.linkedForm(svc).view()
		v.Remove = &views.Confirm{Words: removeWords, Button: "Remove link"}
	}
	return v, err
}

// linkFacts are what a service that is no Watson instance is called by.
func linkFacts(v db.Service) []views.KV {
	switch v.Kind {
	case db.OpenDSR:
		return []views.KV{{Key: "Requests under", Value: strings.ToUpper(v.Link.Regulation)}, {Key: "Domain", Value: v.Link.Domain, Mono: true},
			{Key: "Certificate", Value: "SHA-256 " + v.Link.Fingerprint, Mono: true}}
	case db.HTTP:
		confirmed := "Nobody can ask it what is left"
		if v.Link.Look != "" {
			confirmed = "It is asked whether anything is left"
		}
		return []views.KV{{Key: "Call", Value: v.Link.Method}, {Key: "Confirmed by", Value: confirmed}}
	}
	return nil
}

func healthFacts(r *http.Request, h db.Health) (facts []views.KV) {
	if !h.Succeeded.IsZero() {
		facts = append(facts, views.KV{Key: "Last call that went well", Value: moment(r, h.Succeeded).Text})
	}
	if !h.Failed.IsZero() {
		words := moment(r, h.Failed).Text
		if h.Code != "" {
			words += ". " + views.PartWords(h.Code)
		}
		facts = append(facts, views.KV{Key: "Last call that did not", Value: words})
	}
	return facts
}

// linkState is the state of a linked service: a call that failed last is worth a look.
func linkState(v db.Service, h db.Health) views.State {
	if v.Removed.IsZero() && h.Code != "" {
		return views.State{Tone: "risk", Icon: "alert-triangle", Word: "Last call failed"}
	}
	return serviceState(v)
}

// healthWords are the line about a linked service in the list of services.
func healthWords(r *http.Request, v db.Service, h db.Health) string {
	switch {
	case v.Kind == db.Manual:
		return "A task for a person; erasures wait until somebody attests it."
	case h.Code != "":
		return "Last call failed, " + moment(r, h.Failed).Text + ": " + views.PartWords(h.Code)
	case !h.Succeeded.IsZero():
		return "Last call went well, " + moment(r, h.Succeeded).Text + ". Nothing of it is counted here."
	}
	return "Not called yet. Its data lies elsewhere and is not counted here."
}
