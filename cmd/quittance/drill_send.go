package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/label"
	"quittance/handlers/logfile"
)

// The versions of the API that the drill speaks.
const (
	drillAssistant = "?version=2021-06-14"
	drillDiscovery = "?version=2019-04-30"
	drillPictures  = "?version=2019-02-11"
	drillShapes    = "?version=2018-03-19"
)

// canary makes up a word that stands nowhere else and that cannot be compressed.
func (p *play) canary() string {
	word := rand.Text()
	p.canaries = append(p.canaries, word)
	return word
}

// expect notes what a door must show before the erasure and must not show after it.
func (p *play) expect(path string, kind label.Kind, url, want string) {
	p.seen = append(p.seen, sight{path: path, method: http.MethodGet, url: url, kind: kind, want: want})
}

// shows asks a door. What answers "there is no such thing" shows nothing.
func (p *play) shows(ctx context.Context, s sight) (bool, error) {
	kind := ""
	if s.body != "" {
		kind = "application/json"
	}
	a, err := p.ask(ctx, s.kind, s.method, s.url, kind, "", []byte(s.body))
	if err != nil {
		return false, err
	}
	if a.status != http.StatusOK && a.status != http.StatusNotFound {
		return false, fmt.Errorf("a door that shows %s answered %d", s.path, a.status)
	}
	return a.status == http.StatusOK && strings.Contains(a.body.String(), s.want), nil
}

// ask calls the API in process, as an application would over the network.
func (p *play) ask(ctx context.Context, service label.Kind, method, path, kind, ids string, body []byte) (*demoAnswer, error) {
	r, err := http.NewRequestWithContext(ctx, method, "http://drill.invalid/instances/"+p.services[service].GUID+path, strings.NewReader(string(body)))
	if err != nil {
		return nil, fmt.Errorf("making a request: %w", err)
	}
	r.RemoteAddr = "127.0.0.1:1"
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if ids != "" {
		r.Header.Set(label.Header, ids)
	}
	a := &demoAnswer{header: http.Header{}}
	p.door.ServeHTTP(a, r)
	return a, nil
}

// succeed is ask for what must succeed.
func (p *play) succeed(ctx context.Context, service label.Kind, method, path, kind, ids string, body []byte) ([]byte, error) {
	a, err := p.ask(ctx, service, method, path, kind, ids, body)
	if err != nil {
		return nil, err
	}
	if a.status/100 != 2 {
		return nil, fmt.Errorf("the door %s of %s answered %d", strings.Split(path, "?")[0], service, a.status)
	}
	return a.body.Bytes(), nil
}

func (p *play) post(ctx context.Context, service label.Kind, path, ids string, body any) ([]byte, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return p.succeed(ctx, service, http.MethodPost, path, "application/json", ids, raw)
}

func (p *play) own() string  { return "customer_id=" + p.ids[0] }
func (p *play) both() string { return p.own() + ";customer_id=" + p.ids[1] }

// send sends the customer in on every way.
func (p *play) send(ctx context.Context) error {
	for _, way := range []func(context.Context) error{p.talk, p.importOne, p.write, p.draw, p.shape, p.speak} {
		if err := way(ctx); err != nil {
			return err
		}
	}
	return nil
}

// talk sends messages: of both versions of the API, within a conversation and without, with one ID and with two.
func (p *play) talk(ctx context.Context) error {
	const assistant = "/v2/assistants/drill"
	first, second, third, kept := p.canary(), p.canary(), p.canary(), p.canary()
	message := func(text string) any {
		return map[string]any{"input": map[string]any{"message_type": "text", "text": text}}
	}
	raw, err := p.post(ctx, label.Assistant, assistant+"/sessions"+drillAssistant, "", struct{}{})
	var s struct {
		ID string `json:"session_id"`
	}
	if err == nil {
		err = json.Unmarshal(raw, &s)
	}
	if err == nil {
		_, err = p.post(ctx, label.Assistant, assistant+"/message"+drillAssistant, p.own(), message(first))
	}
	if err == nil {
		_, err = p.post(ctx, label.Assistant, assistant+"/sessions/"+s.ID+"/message"+drillAssistant, p.own(), map[string]any{"input": map[string]any{"message_type": "text", "text": second},
			"context": map[string]any{"skills": map[string]any{"main skill": map[string]any{"user_defined": map[string]any{"note": kept}}}}})
	}
	if err == nil {
		_, err = p.post(ctx, label.Assistant, "/v1/workspaces/drill/message"+drillAssistant, p.both(), map[string]any{"input": map[string]any{"text": third}})
	}
	p.records += 3
	filter := "&filter=" + url.QueryEscape(`customer_id::"`+p.ids[0]+`"`)
	p.expect("logs", label.Assistant, assistant+"/logs"+drillAssistant+filter, first)
	p.expect("logs", label.Assistant, assistant+"/logs"+drillAssistant+filter, second)
	p.expect("logs", label.Assistant, "/v1/workspaces/drill/logs"+drillAssistant+filter, third)
	p.expect("logs", label.Assistant, "/v1/workspaces/drill/logs"+drillAssistant+"&filter="+url.QueryEscape(`customer_id::"`+p.ids[1]+`"`), third)
	return err
}

// importOne takes in a log entry as quittance import does.
func (p *play) importOne(ctx context.Context) error {
	text, log, service := p.canary(), p.canary(), p.services[label.Assistant].Number
	at := p.store.Now().Format("2006-01-02T15:04:05.000Z")
	line, err := json.Marshal(map[string]any{"log_id": log, "customer_id": p.ids[0], "workspace_id": "drill", "request": map[string]any{"input": map[string]any{"text": text}},
		"response": map[string]any{"output": map[string]any{"generic": []any{}}}, "request_timestamp": at, "response_timestamp": at, "language": "en"})
	if err != nil {
		return err
	}
	r, err := logfile.ParseEntry(line, service)
	if err != nil {
		return fmt.Errorf("reading an entry of our own: %w", err)
	}
	m, err := p.store.StartImport(ctx, audit.System, service, []byte(rand.Text()), 0)
	if err != nil {
		return err
	}
	m, out, err := p.store.TakeImport(ctx, m, p.store.PrepareImport([]db.NewRecord{r}))
	if err == nil && out[0] != db.Stored {
		err = errors.New("an entry of our own was not taken in")
	}
	p.records++
	p.expect("logs", label.Assistant, "/v1/workspaces/drill/logs"+drillAssistant+"&filter="+url.QueryEscape(`customer_id::"`+p.ids[0]+`"`), text)
	how := db.ImportDone
	if err != nil {
		how = db.ImportBroken
	}
	return errors.Join(err, p.store.EndImport(ctx, audit.System, m, how))
}

// write adds documents by both versions of Discovery, asks for one and clicks on it.
func (p *play) write(ctx context.Context) error {
	const v1, v2 = "/v1/environments/drill/collections/drill", "/v2/projects/drill/collections/drill"
	name, asked := p.canary(), p.canary()
	p.word = p.canary()
	body := map[string]string{"text": "The letter says " + p.word + "."}
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	add := func(path string, file string) ([]byte, error) {
		kind, form, err := letterForm(file+".json", string(raw), map[string]string{"author": name})
		if err != nil {
			return nil, err
		}
		return p.succeed(ctx, label.Discovery, http.MethodPost, path+"/documents"+drillDiscovery, kind, p.own(), form)
	}
	var made struct {
		ID string `json:"document_id"`
	}
	if raw, err := add(v1, name); err != nil {
		return err
	} else if err := json.Unmarshal(raw, &made); err != nil {
		return err
	}
	if _, err := add(v2, name); err != nil {
		return err
	}
	answer, err := p.post(ctx, label.Discovery, v1+"/query"+drillDiscovery, p.own(), map[string]any{"natural_language_query": p.word + " " + asked})
	if err != nil {
		return err
	}
	var found struct {
		Token string `json:"session_token"`
	}
	if err := json.Unmarshal(answer, &found); err != nil {
		return err
	}
	_, err = p.post(ctx, label.Discovery, "/v1/events"+drillDiscovery, p.own(), map[string]any{"type": "click", "data": map[string]any{"environment_id": "drill", "collection_id": "drill",
		"session_token": found.Token, "document_id": made.ID, "display_rank": 1}})
	p.records += 4
	p.expect("documents", label.Discovery, v1+"/documents/"+made.ID+drillDiscovery, name)
	p.seen = append(p.seen, sight{"documents", http.MethodPost, "/v2/projects/drill/query" + drillDiscovery, label.Discovery, `{"natural_language_query":"` + p.word + `"}`, p.word})
	p.expect("questions", label.Discovery, "/v1/logs"+drillDiscovery, asked)
	return err
}

// draw sends an image into a collection that bears the ID from the beginning, and one into a collection that is given it later.
func (p *play) draw(ctx context.Context) error {
	for _, later := range []bool{false, true} {
		name, file, ids := p.canary(), p.canary(), p.own()
		if later {
			ids = ""
		}
		var made struct {
			ID string `json:"collection_id"`
		}
		raw, err := p.post(ctx, label.VisualRecognition, "/v4/collections"+drillPictures, ids, map[string]string{"name": name, "description": "of a drill"})
		if err == nil {
			err = json.Unmarshal(raw, &made)
		}
		if err != nil {
			return err
		}
		form := newDemoForm()
		if err := form.file("images_file", file+".png", parcel(len(p.canaries), later)); err != nil {
			return err
		}
		raw, err = p.succeed(ctx, label.VisualRecognition, http.MethodPost, "/v4/collections/"+made.ID+"/images"+drillPictures, form.end(), ids, form.body.Bytes())
		var images struct {
			All []struct {
				ID string `json:"image_id"`
			} `json:"images"`
		}
		if err == nil {
			err = json.Unmarshal(raw, &images)
		}
		if err != nil || len(images.All) != 1 || images.All[0].ID == "" {
			return fmt.Errorf("an image of our own was not taken in: %w", errors.Join(err, errors.New("no ID")))
		}
		if later {
			if _, err := p.post(ctx, label.VisualRecognition, "/v4/collections/"+made.ID+drillPictures, p.both(), map[string]string{"name": name}); err != nil {
				return err
			}
		}
		p.records += 2
		p.expect("pictures", label.VisualRecognition, "/v4/collections"+drillPictures, name)
		p.expect("pictures", label.VisualRecognition, "/v4/collections/"+made.ID+"/images"+drillPictures, images.All[0].ID)
	}
	return nil
}

// shape trains a classifier.
func (p *play) shape(ctx context.Context) error {
	name, form := p.canary(), newDemoForm()
	err := errors.Join(form.text("name", name), form.album("parcel_positive_examples", true), form.album("negative_examples", false))
	if err == nil {
		_, err = p.succeed(ctx, label.VisualRecognition, http.MethodPost, "/v3/classifiers"+drillShapes, form.end(), p.own(), form.body.Bytes())
	}
	p.records++
	p.expect("pictures", label.VisualRecognition, "/v3/classifiers"+drillShapes+"&verbose=true", name)
	return err
}

// speak keeps what was heard and what was said. The doors of speech pass a call on to the instance behind them, which the drill has not:
// it stores what they would store.
func (p *play) speak(ctx context.Context) error {
	for kind, of := range map[label.Kind]db.Kind{label.SpeechToText: db.Transcript, label.TextToSpeech: db.Synthesis} {
		id, err := label.Parse(kind, p.ids[0])
		if err != nil {
			return err
		}
		text := p.canary()
		body, err := json.Marshal(map[string]string{"text": text})
		if err != nil {
			return err
		}
		now := p.store.Now()
		_, err = p.store.Ingest(ctx, audit.System, []db.NewRecord{{Service: p.services[kind].Number, Kind: of, Time: now, Answered: now, Labels: []label.ID{id}, Text: text, Body: body}}, nil)
		if err != nil {
			return err
		}
		p.records++
	}
	return nil
}
