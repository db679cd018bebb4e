package handlers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/handlers/opendsr/dsrtest"
	"quittance/views/lang"
)

// A story is a file of testdata: one house with its doors open, and people and programs that go in and out. It is the test that somebody
// who reads no Go can read. Each line is a word and what it is about; # begins a comment.
//
// Before and between:
//
//	service NAME [KIND]      a hosted service (assistant if not said) with a key of all scopes: {NAME.number} {NAME.guid} {NAME.key}
//	gateway NAME [KIND]      a hosted service (assistant if not said) and the real one behind it: also {NAME.upstream}, the number of the linked service
//	linked NAME KIND HOW     a linked service that answers questions for its logs: holds, empty, slow, fails or lies; unused is one that nothing went to
//	skill ASSISTANT DISCOVERY PLACE  a search skill, as in projects/p1
//	heard 7 SERVICE STATE [CODE] what became of erasure 7 at a linked service, given by its number; - for the blank in a state
//	processor NAME           an OpenDSR processor that nobody has linked yet: {NAME.url} {NAME.fingerprint}
//	shop NAME STATUS         a service that answers everything with a status: {NAME.url}
//	task NAME                a linked service whose erasures a person does: {NAME.number}
//	told 7 SERVICE NAME STATUS [forged]  the processor calls back about erasure 7; its answer is the next status
//	                         {place} is what stands for the customer ID in the address of a plain call
//	huge 7 SERVICE           somebody sends far too much to that address
//	key NAME SERVICE SCOPES  one more key, {NAME.key}; SCOPES as in ingest,logs; of the service desk those that file tickets
//	person EMAIL ROLES       one more account; roles with commas
//	pass 15m                 the clock goes on; nothing else moves it
//	run batch [now] [until paused|stopped]  the batch loop's turn; now does not wait for cancel windows; the officer pauses or stops it after its first chunk
//	limit breaker-floor 3    a limit of the house, as its first serve would set it
//	import support-bot       the operator's command begins to take a file into the service, and has taken in nothing yet
//	run imports              waits until the desk has no file in hand
//	run exports              waits until no export is being made
//	run retention            what the night does about records that are past their retention
//	run salts                what it does about salts of receipts, 30 days after the end
//
//	tell late                what the server does each minute about requests that have passed their 24 hours
//
// Who asks: `as support` (officer, auditor, admin, an e-mail address: signed in, each in a browser of their own), `as support elsewhere`
// (another browser), `as support again` (the same one, signed in anew), `as visitor` (not signed in), `api SERVICE [KEY]` (a program:
// paths are then below the service's address, the key goes as Basic), `api SERVICE token T` (the same with a bearer token).
//
// What is asked is a method and a path, and then what goes with it: `form name=value name="two words"`, `header Name: value`,
// `json {…}`, `body text`, `part name=value`, `picture FIELD FILE` (a tiny image), `album FIELD FILE 10` (an archive of so many), `times 60`, `frames 1` (leave a stream after so many messages). `curl …` is a whole request, as IBM's documents
// print it: {url} is the service's address and {apikey} its key. `follow` goes where the answer leads.
//
// What is expected: `status 303`, `location /searches/*`, `see TEXT`, `not see TEXT` (what a reader sees, tags taken away, blanks made one),
// `html TEXT`, `not html TEXT` (the answer as it was sent), `answer Name: value*`, `json-is JSON`, `json-has path.0.name JSON`
// (`path.# 3` counts, without JSON it is enough that it is there), `json-lacks path`, `audit EVENT [OBJECT] [by ACTOR]` and
// `not audit EVENT` (since the last thing that was asked). `keep name=regexp` keeps the first group, of the Location or of the answer, and
// {name} gives it back in every later line.
type story struct {
	h        *house
	vars     map[string]string
	browsers map[string]*browser
	who      *browser // nil = a program
	below    string   // path that a program's paths stand below
	key      string   // Authorization of a program
	asked    *asked
	got      page
	since    int64 // size of the trail before the last thing that was asked

	processors map[string]*dsrtest.Processor
	planted    *planted
	typed      *plantedStory
	german     map[string]bool // pages that were looked at in German, of all stories
	english    []string        // what they said in English
}

// asked is a request while its lines are read: it is sent by the first line that is not about it.
type asked struct {
	method, path, body string
	form               url.Values
	header             http.Header
	times, frames      int
	parts              *strings.Builder // of a form with files
}

type word = func(*story, string) error

// parts are the words that add to a request.
var parts = map[string]word{
	"form": func(s *story, rest string) error {
		for _, w := range shellWords(rest) {
			name, value, _ := strings.Cut(w, "=")
			s.asked.form.Add(name, value)
		}
		s.asked.body = s.asked.form.Encode()
		s.asked.header.Set("Content-Type", "application/x-www-form-urlencoded")
		return nil
	},
	"header": func(s *story, rest string) error {
		name, value, ok := strings.Cut(rest, ":")
		if !ok {
			return errors.New("a header is written Name: value")
		}
		s.asked.header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
		return nil
	},
	"json": func(s *story, rest string) error {
		s.asked.body = rest
		s.asked.header.Set("Content-Type", "application/json")
		return nil
	},
	"part": (*story).addPart, "picture": (*story).addPicture, "album": (*story).addAlbum, "text": (*story).addText,
	"body":   func(s *story, rest string) error { s.asked.body = rest; return nil },
	"times":  func(s *story, rest string) (err error) { s.asked.times, err = strconv.Atoi(rest); return err },
	"frames": func(s *story, rest string) (err error) { s.asked.frames, err = strconv.Atoi(rest); return err },
}

// ending is the last line of each story: it sends what the line before it asked.
const ending = "end of story"

// vocabulary is all other words.
var vocabulary = map[string]word{
	"service": (*story).service, "gateway": (*story).gateway, "linked": (*story).linked, "skill": (*story).skill, "processor": (*story).processor, "shop": (*story).shop, "task": (*story).task, "told": (*story).told, "huge": (*story).huge, "heard": (*story).heard, "key": (*story).addKey, "person": (*story).person, "as": (*story).as, "api": (*story).api, "pass": (*story).pass, "run": (*story).run, "backup": (*story).backup, "limit": (*story).limit, "import": (*story).beginImport,
	"GET": ask("GET"), "POST": ask("POST"), "PUT": ask("PUT"), "DELETE": ask("DELETE"), "curl": (*story).curl,
	"tell":     (*story).tellLate,
	"follow":   func(s *story, _ string) error { return ask("GET")(s, s.got.next()) },
	"status":   func(s *story, rest string) error { return same(strconv.Itoa(s.got.status), rest) },
	"location": func(s *story, rest string) error { return fits(s.got.next(), rest) },
	"see":      func(s *story, rest string) error { return holds(visible(s.got), rest) },
	"html":     func(s *story, rest string) error { return holds(s.got.body, rest) },
	"answer":   (*story).answer, "json-is": func(s *story, rest string) error { return s.jsonHas(" " + rest) }, "json-has": (*story).jsonHas,
	"json-lacks": func(s *story, rest string) error { return opposite(s.jsonHas(rest)) },
	"audit":      (*story).audit, "keep": (*story).keep, "end": func(*story, string) error { return nil },
}

func ask(method string) word {
	return func(s *story, path string) error {
		if s.who == nil && strings.HasPrefix(path, "/v") {
			path = s.below + path
		}
		s.asked = &asked{method: method, path: path, form: url.Values{}, header: http.Header{}, times: 1}
		if s.who == nil && s.key != "" {
			s.asked.header.Set("Authorization", s.key)
		}
		return nil
	}
}

var nameForm = regexp.MustCompile(`\{[a-z][a-z0-9_.@-]*\}`)

// tell does one line.
func (s *story) tell(line string) (err error) {
	line = nameForm.ReplaceAllStringFunc(line, func(name string) string {
		value, ok := s.vars[strings.Trim(name, "{}")]
		if !ok {
			err = fmt.Errorf("nothing was kept under %s", name)
		}
		return value
	})
	first, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	if part, ok := parts[first]; ok && s.asked != nil {
		return errors.Join(err, part(s, rest))
	}
	if err := errors.Join(err, s.send()); err != nil {
		return err
	}
	not := first == "not"
	if not {
		first, rest, _ = strings.Cut(rest, " ")
	}
	do, ok := vocabulary[first]
	switch {
	case !ok:
		return fmt.Errorf("%q is no word of this language here", first)
	case not:
		return opposite(do(s, rest))
	}
	return do(s, rest)
}

// send asks what is still to be asked.
func (s *story) send() (err error) {
	a := s.asked
	if a == nil {
		return nil
	}
	s.asked = nil
	if s.since, _, err = s.h.store.Head(context.Background()); err != nil {
		return err
	}
	for range a.times {
		if s.got, err = s.once(a); err != nil {
			return err
		}
	}
	if s.got.status == http.StatusInternalServerError {
		return errors.New("it answers 500")
	}
	return nil
}

func (s *story) once(a *asked) (page, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, a.method, s.h.url+a.path, strings.NewReader(a.body))
	if err != nil {
		return page{}, err
	}
	req.Header = a.header.Clone()
	client := http.DefaultClient
	if s.who != nil {
		client = s.who.http
		byDefault(req.Header, "Sec-Fetch-Site", "same-origin")
		byDefault(req.Header, "Origin", s.h.url)
	}
	res, err := client.Do(req)
	if err != nil {
		return page{}, err
	}
	defer res.Body.Close()
	body, err := wholeOr(res.Body, a.frames)
	got := page{res.StatusCode, res.Header, body}
	s.typed.asks(a.path, a.header.Get("Content-Type"), a.body)
	s.planted.saw(a.path, body)
	if s.who != nil {
		s.typed.shows(got.next())
	}
	if s.who == nil && err == nil {
		err = asDescribed(req, a.body, got)
	}
	if err == nil {
		err = s.inGerman(a, got)
	}
	return got, err
}

func byDefault(h http.Header, name, value string) {
	if h.Get(name) == "" {
		h.Set(name, value)
	}
}

// wholeOr reads an answer to its end, or so many messages of a stream.
func wholeOr(r io.Reader, frames int) (string, error) {
	if frames == 0 {
		body, err := io.ReadAll(r)
		return string(body), err
	}
	var out strings.Builder
	for lines := bufio.NewReader(r); frames > 0; {
		line, err := lines.ReadString('\n')
		if out.WriteString(line); err != nil {
			return out.String(), err
		}
		if line == "\n" {
			frames--
		}
	}
	return out.String(), nil
}

// TestStories tells all of them, and then holds what they visited against the map.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/*.story")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no stories", err)
	}
	v, told := &visits{seen: map[string][]int{}, german: map[string]bool{}, planted: &planted{fields: map[string]bool{}}}, 0
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".story"), func(t *testing.T) {
			told++
			tellStory(t, file, v)
		})
	}
	if told == len(files) && !t.Failed() {
		checkVisits(t, v)
		v.planted.checkPlanted(t)
	}
}

func tellStory(t *testing.T, file string, v *visits) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	h := openHouse(t, func(c *Config) {
		c.Log, c.Auth.Log, c.OpenDSR, c.Languages = slog.New(v), slog.New(v), asProcessor(t), lang.Languages
	})
	typed := &plantedStory{name: filepath.Base(file), typed: map[string][]string{}}
	v.begin(typed)
	defer typed.leaves(t, h.store)
	s := &story{planted: v.planted, german: v.german, typed: typed, h: h, vars: map[string]string{"password": password, "place": db.Placeholder, "desk.number": "0", "desk.guid": "desk"}, browsers: map[string]*browser{}, processors: map[string]*dsrtest.Processor{}}
	for i, line := range strings.Split(string(text)+"\n"+ending, "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := s.tell(line); err != nil {
			t.Fatalf("%s:%d: %s: %v\nthe answer before: %d, leading to %q\n%.4000s", file, i+1, line, err, s.got.status, s.got.next(), visible(s.got))
		}
	}
	for _, said := range s.english {
		t.Errorf("in German, %s", said)
	}
}
