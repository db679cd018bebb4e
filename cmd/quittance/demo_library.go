package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"time"
)

// demoLibrary is the hosted Discovery of the demo, where the company keeps letters and finds them again.
var demoLibrary = demoService{name: "letter-archive", region: "eu-de"}

// demoLetter is a document. who counts the people of the world; -1 is nobody's. Words in {braces} are what the person says of themselves.
type demoLetter struct {
	who              int
	days             int // before the end of the timeline
	file, title, say string
}

var demoLetters = []demoLetter{
	{-1, 80, "returns-policy.html", "How to return a parcel", "Parcels can be returned within 30 days. We refund the price and the postage as soon as the parcel has arrived. Keep the receipt."},
	{0, 62, "letter-1042.html", "Complaint about a parcel", "My name is {name}, I live at {street}. The parcel that came last week was open and the lamp in it broken. Please call me at {phone} or write to {email}."},
	{0, 41, "letter-1077.txt", "", "Dear team, please send the refund for the broken lamp to my account {iban}. Kind regards, {name}"},
	{1, 35, "contract-552.pdf", "", "%PDF-1.4 made up"},
	{1, 33, "letter-1081.html", "Change of address", "Please note my new address: {street}. My telephone number stays {phone}. {name}"},
	{3, 21, "letter-1090.txt", "", "I never received the second parcel of my order. {name}, {email}"},
	{4, 16, "survey-2.json", "", `{"title":"Survey","text":"The returns desk was quick.","answers":{"name":"{name}","rating":5,"email":"{email}"}}`},
	{5, 9, "letter-1103.html", "Refund not received", "I returned a parcel four weeks ago and have not received the refund. My card is {card}. {name}"},
}

// demoQuestions are what staff asked the archive for, on behalf of whom, in which order.
var demoQuestions = []struct {
	who, days int
	question  string
}{
	{0, 40, "what did {name} write about the broken lamp"},
	{3, 20, "parcel that never arrived, {email}"},
	{5, 8, "refund not received"},
}

// Where the demo keeps its letters.
const (
	demoArchive        = "/v1/environments/archive/collections/letters"
	demoVersionLetters = "?version=2019-04-30"
)

// library plans what goes into the archive and what is asked of it.
func (s *demoStaff) library(end time.Time) {
	day := func(days int) time.Time { return end.Add(-time.Duration(days) * 24 * time.Hour) }
	for _, l := range demoLetters {
		s.at(day(l.days), func(ctx context.Context) error { return s.door.letter(ctx, l, s.world.people) })
	}
	for _, q := range demoQuestions {
		s.at(day(q.days), func(ctx context.Context) error {
			p := s.world.people[q.who]
			return s.door.ask(ctx, p.filled(q.question), labelHeader(p.ids[:1]))
		})
	}
}

// filled puts a person's values into a text.
func (p *demoPerson) filled(text string) string {
	for word, value := range p.values {
		text = strings.ReplaceAll(text, "{"+word+"}", value)
	}
	return text
}

func labelHeader(ids []string) http.Header {
	return http.Header{"X-Watson-Metadata": {"customer_id=" + strings.Join(ids, ";customer_id=")}}
}

// letter adds a document as an application does. Every other one is labelled by its metadata, the rest by the header.
func (d *demoDoor) letter(ctx context.Context, l demoLetter, people []*demoPerson) error {
	header, meta, say := http.Header{}, map[string]string{"source": "post"}, l.say
	if l.who >= 0 {
		p := people[l.who]
		say, meta["author"] = p.filled(say), p.values["name"]
		if l.who%2 == 0 {
			meta["customer_id"] = p.ids[0]
		} else {
			header = labelHeader(p.ids[:1])
		}
	}
	if strings.HasSuffix(l.file, ".html") {
		say = "<html><head><title>" + l.title + "</title></head><body><p>" + say + "</p></body></html>"
	}
	kind, body, err := letterForm(l.file, say, meta)
	if err != nil {
		return fmt.Errorf("making a letter: %w", err)
	}
	header.Set("Content-Type", kind)
	_, err = d.request(ctx, len(demoServices), http.MethodPost, demoArchive+"/documents"+demoVersionLetters, header, body, http.StatusAccepted)
	return err
}

func letterForm(name, file string, meta map[string]string) (contentType string, body []byte, err error) {
	about, err := json.Marshal(meta)
	if err != nil {
		return "", nil, err
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="` + name + `"`}})
	if err == nil {
		_, err = part.Write([]byte(file))
	}
	if err == nil {
		err = w.WriteField("metadata", string(about))
	}
	if err == nil {
		err = w.Close()
	}
	return w.FormDataContentType(), b.Bytes(), err
}

// ask asks the archive, and clicks on the first result.
func (d *demoDoor) ask(ctx context.Context, question string, header http.Header) error {
	query := map[string]any{"natural_language_query": question, "passages": true, "count": 3}
	raw, err := d.call(ctx, len(demoServices), http.MethodPost, demoArchive+"/query"+demoVersionLetters, header, query, http.StatusOK)
	if err != nil {
		return err
	}
	var found struct {
		Token   string `json:"session_token"`
		Results []struct {
			ID string `json:"id"`
		} `json:"results"`
	}
	if err := json.Unmarshal(raw, &found); err != nil || len(found.Results) == 0 {
		return fmt.Errorf("reading what the archive found: %d results, %w", len(found.Results), err)
	}
	click := map[string]any{"type": "click", "data": map[string]any{"environment_id": "archive", "collection_id": "letters", "session_token": found.Token,
		"document_id": found.Results[0].ID, "display_rank": 1}}
	_, err = d.call(ctx, len(demoServices), http.MethodPost, "/v1/events"+demoVersionLetters, nil, click, http.StatusCreated)
	return err
}
