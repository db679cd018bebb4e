package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// demoDoor calls the API in process, as an application with its own key would over the network.
type demoDoor struct {
	handler http.Handler
	numbers []int64  // of the services, the last one's that of the library
	prefix  []string // /instances/{guid}
	keys    []string // for messages and logs
	erasers []string // for deletions
	assist  [][2]string

	gallery, galleryKey string // of the service that keeps pictures
}

// demoAnswer is a small http.ResponseWriter.
type demoAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (a *demoAnswer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *demoAnswer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write implements http.ResponseWriter.
func (a *demoAnswer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

// call sends one request to a service and demands its status. What was said stands in no error.
func (d *demoDoor) call(ctx context.Context, service int, method, path string, header http.Header, body any, want int) ([]byte, error) {
	var raw []byte
	var err error
	if body != nil {
		if raw, err = json.Marshal(body); err != nil {
			return nil, err
		}
		header = header.Clone()
		if header == nil {
			header = http.Header{}
		}
		header.Set("Content-Type", "application/json")
	}
	return d.request(ctx, service, method, path, header, raw, want)
}

// request sends one request with its body as it is.
func (d *demoDoor) request(ctx context.Context, service int, method, path string, header http.Header, raw []byte, want int) ([]byte, error) {
	key := d.keys[service]
	if strings.Contains(path, "/user_data?") {
		key = d.erasers[service]
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://demo.invalid"+d.prefix[service]+path, bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("making a request: %w", err)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	r.RemoteAddr = "127.0.0.1:1"
	r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("apikey:"+key)))
	a := &demoAnswer{header: http.Header{}}
	d.handler.ServeHTTP(a, r)
	if a.status != want {
		return nil, fmt.Errorf("sending made-up data to service %d: the API answered %d instead of %d", d.numbers[service], a.status, want)
	}
	return a.body.Bytes(), nil
}

// The versions that applications of different age ask for.
const (
	demoVersionV2 = "?version=2021-06-14"
	demoVersionV1 = "?version=2020-04-01"
)

// base is the address of the conversation's assistant, in the older or the newer form.
func (d *demoDoor) base(t *demoConversation) string {
	ids := d.assist[t.service]
	if t.style == styleEnvironment {
		return "/v2/assistants/" + ids[0] + "/environments/" + ids[1]
	}
	return "/v2/assistants/" + ids[1]
}

// open begins a conversation that the service keeps.
func (d *demoDoor) open(ctx context.Context, t *demoConversation) error {
	raw, err := d.call(ctx, t.service, http.MethodPost, d.base(t)+"/sessions"+demoVersionV2, nil, nil, http.StatusCreated)
	if err != nil {
		return err
	}
	var s struct {
		ID string `json:"session_id"`
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return fmt.Errorf("reading a session: %w", err)
	}
	t.session = s.ID
	return nil
}

// close ends it, as applications do that tidy up.
func (d *demoDoor) close(ctx context.Context, t *demoConversation) error {
	_, err := d.call(ctx, t.service, http.MethodDelete, d.base(t)+"/sessions/"+t.session+demoVersionV2, nil, nil, http.StatusOK)
	return err
}

// send sends one turn, with the session around it where the service keeps one.
func (d *demoDoor) send(ctx context.Context, step demoStep) error {
	t := step.talk
	kept := t.style == styleSession || t.style == styleEnvironment
	if kept && step.turn == 0 {
		if err := d.open(ctx, t); err != nil {
			return err
		}
	}
	path, body := d.message(step)
	if _, err := d.call(ctx, t.service, http.MethodPost, path, t.header(step.turn), body, http.StatusOK); err != nil {
		return err
	}
	if kept && t.finished && step.turn == len(t.turns)-1 {
		return d.close(ctx, t)
	}
	return nil
}

func (t *demoConversation) header(turn int) http.Header {
	h := http.Header{}
	if len(t.ids) > 0 && !(t.forgets && turn == len(t.turns)-1) {
		h.Set("X-Watson-Metadata", "customer_id="+strings.Join(t.ids, ";customer_id="))
	}
	if t.optOut {
		h.Set("X-Watson-Learning-Opt-Out", "true")
	}
	return h
}

// message gives the address and the body of a turn.
func (d *demoDoor) message(step demoStep) (path string, body any) {
	t, u := step.talk, step.talk.turns[step.turn]
	switch t.style {
	case styleV1:
		return "/v1/workspaces/" + d.assist[t.service][0] + "/message" + demoVersionV1, map[string]any{
			"input": map[string]any{"text": u.text}, "intents": u.intents(), "entities": u.found(), "context": t.contextV1(step.turn)}
	case styleStateless:
		return d.base(t) + "/message" + demoVersionV2, map[string]any{"input": u.input(), "context": t.context(step.turn)}
	}
	body = map[string]any{"input": u.input()}
	if step.turn == 0 {
		body = map[string]any{"input": u.input(), "context": t.context(-1)}
	}
	return d.base(t) + "/sessions/" + t.session + "/message" + demoVersionV2, body
}

func (u demoTurn) input() map[string]any {
	in := map[string]any{"message_type": "text", "text": u.text, "options": map[string]any{"return_context": true}, "intents": u.intents()}
	if len(u.entities) > 0 {
		in["entities"] = u.found()
	}
	return in
}

func (u demoTurn) intents() []map[string]any {
	return []map[string]any{{"intent": u.intent, "confidence": u.sure}}
}

func (u demoTurn) found() []map[string]any {
	out := []map[string]any{}
	for _, e := range u.entities {
		out = append(out, map[string]any{"entity": e.kind, "location": []int{e.from, e.to}, "value": e.value, "confidence": 1})
	}
	return out
}

// context is what a v2 application knows of the conversation. turn is how many turns it has had, -1 where the service counts.
func (t *demoConversation) context(turn int) map[string]any {
	land := demoLands[t.who.language]
	system := map[string]any{"locale": land.locale, "timezone": land.zone}
	global := map[string]any{"system": system}
	if turn >= 0 {
		system["turn_count"], global["session_id"] = turn, t.session
	}
	if len(t.ids) > 0 {
		system["user_id"] = t.ids[0]
	}
	c := map[string]any{"global": global, "skills": map[string]any{"main skill": map[string]any{"user_defined": t.vars}}}
	if len(t.ids) == 0 && len(t.turns) == 1 {
		c["integrations"] = map[string]any{"channel": map[string]any{"name": "Assistant preview"}, "chat": map[string]any{}} // somebody tries it out
	}
	return c
}

func (t *demoConversation) contextV1(turn int) map[string]any {
	c := map[string]any{"conversation_id": t.session, "system": map[string]any{"dialog_turn_counter": turn, "dialog_request_counter": turn},
		"metadata": map[string]any{"deployment": demoServices[t.service].name}, "timezone": demoLands[t.who.language].zone}
	for k, v := range t.vars {
		c[k] = v
	}
	return c
}

// erase asks for the deletion of a customer ID at one service.
func (d *demoDoor) erase(ctx context.Context, service int, id string) error {
	_, err := d.call(ctx, service, http.MethodDelete, "/v2/user_data"+demoVersionV2+"&customer_id="+url.QueryEscape(id), nil, nil, http.StatusAccepted)
	return err
}

// logs lists what a service holds under an ID, as the application's own back office does.
func (d *demoDoor) logs(ctx context.Context, service int, id string) error {
	path := "/v2/assistants/" + d.assist[service][1] + "/logs" + demoVersionV2 + "&page_limit=20&filter=" + url.QueryEscape(`customer_id::"`+id+`"`)
	_, err := d.call(ctx, service, http.MethodGet, path, nil, nil, http.StatusOK)
	return err
}
