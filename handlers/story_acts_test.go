package handlers

// What can be done in a story: who is there, who asks, what time it is.

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/db/label"
)

func (s *story) service(rest string) error {
	name, kind, _ := strings.Cut(rest, " ")
	if kind == "" {
		kind = string(label.Assistant)
	}
	svc, err := s.h.store.AddService(context.Background(), audit.Operator, label.Kind(kind), name, "eu-de")
	if err != nil {
		return err
	}
	s.vars[name+".number"], s.vars[name+".guid"] = decimal(svc.Number), svc.GUID
	return s.addKey(name + " " + name + " " + strings.Join(db.Scopes(), ","))
}

// gateway adds a hosted service and the real one behind it. Behind an Assistant nobody answers: what came of a deletion is told by "heard". Behind speech
// somebody does.
func (s *story) gateway(rest string) error {
	name, kind, speech := strings.Cut(rest, " ")
	behind := db.NewLinked{URL: "http://127.0.0.1:1/instances/1", Inside: true, Credential: []byte("k")}
	if !speech {
		kind = string(label.Assistant)
	} else {
		behind.URL = s.speaks()
	}
	svc, up, err := s.h.store.AddGateway(context.Background(), audit.Operator, label.Kind(kind), name, "eu-de", behind)
	if err != nil {
		return err
	}
	s.vars[name+".number"], s.vars[name+".guid"], s.vars[name+".upstream"] = decimal(svc.Number), svc.GUID, decimal(up.Number)
	return s.addKey(name + " " + name + " " + strings.Join(db.Scopes(), ","))
}

// listings are what linked services answer to a question for their logs.
var listings = map[string]http.HandlerFunc{
	"empty": func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"logs":[],"pagination":{}}`) },
	"holds": func(w http.ResponseWriter, _ *http.Request) {
		entry := `{"request":{"input":{"text":"call me on 0170 1234567"}},"response":{},"request_timestamp":"2026-03-01T12:00:00Z"}`
		io.WriteString(w, `{"logs":[`+entry+`,`+entry+`],"pagination":{}}`)
	},
	"slow": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	"fails": func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		io.WriteString(w, "<b>your password</b>")
	},
	"lies": func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://169.254.169.254/your password", http.StatusFound)
	},
}

// linked adds a linked service: linked NAME KIND HOW.
func (s *story) linked(rest string) error {
	w := append(strings.Fields(rest), "", "", "")
	server := httptest.NewServer(listings[w[2]])
	s.h.t.Cleanup(server.Close)
	v, err := s.h.store.AddLinked(context.Background(), audit.Operator, db.NewLinked{Kind: label.Kind(w[1]), Name: w[0], URL: fmt.Sprintf("%s/%p", server.URL, server), Inside: true, Credential: []byte("k")})
	if err == nil && w[2] != "unused" {
		err = s.h.store.NoteContainer(context.Background(), v.Number, db.Container{Name: "env-1"})
	}
	s.vars[w[0]+".number"] = decimal(v.Number)
	return err
}

// skill links an Assistant's searches to a Discovery service: skill ASSISTANT DISCOVERY PLACE.
func (s *story) skill(rest string) error {
	w := append(strings.Fields(rest), "", "", "")
	from, _ := strconv.ParseInt(s.vars[w[0]+".number"], 10, 64)
	to, _ := strconv.ParseInt(s.vars[w[1]+".number"], 10, 64)
	return s.h.store.SetSearch(context.Background(), audit.Operator, from, to, w[2])
}

// speaks is a real instance that hears one sentence in everything and says everything with the same sound.
func (s *story) speaks() string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/synthesize") {
			w.Header().Set("Content-Type", "audio/ogg")
			io.WriteString(w, "OggS")
			return
		}
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"results":[{"final":true,"alternatives":[{"transcript":"call me on +49 30 901820 "}]}]}`)
	}))
	s.h.t.Cleanup(server.Close)
	return server.URL
}

// heard moves an erasure on at a linked service: heard ERASURE SERVICE STATE [CODE], with - for the blank in a state.
func (s *story) heard(rest string) error {
	w := append(strings.Fields(rest), "")
	if len(w) < 4 {
		return errors.New("what was heard is written: heard ERASURE SERVICE STATE [CODE]")
	}
	number, _ := strconv.ParseInt(w[0], 10, 64)
	service, _ := strconv.ParseInt(w[1], 10, 64)
	return s.h.store.MovePart(context.Background(), audit.System, number, service,
		db.PartMove{To: erasure.PartState(strings.ReplaceAll(w[2], "-", " ")), Code: w[3], Again: s.h.store.Now().Add(5 * time.Minute)})
}

func (s *story) addKey(rest string) error {
	w := strings.Fields(rest)
	if len(w) != 3 || s.vars[w[1]+".number"] == "" {
		return errors.New("a key is written: key NAME SERVICE SCOPES")
	}
	number, _ := strconv.ParseInt(s.vars[w[1]+".number"], 10, 64)
	full, k, err := s.h.store.AddKey(context.Background(), audit.Operator, db.NewKey{Service: number, Name: w[0], Scopes: strings.Split(w[2], ",")})
	s.vars[w[0]+".key"], s.vars["key "+w[0]] = full, string(k.Actor())
	return err
}

func (s *story) person(rest string) error {
	email, roles, _ := strings.Cut(rest, " ")
	s.h.people[email] = s.h.person(email, email, strings.Split(roles, ",")...)
	return nil
}

// as gives the word to somebody: in their own browser, in another one, or signed in anew.
func (s *story) as(rest string) error {
	name, how, _ := strings.Cut(rest, " ")
	at := strings.TrimSuffix(rest, " again")
	if s.who = s.browsers[at]; s.who == nil {
		s.who = s.h.visitor()
		s.browsers[at] = s.who
	} else if how != "again" {
		return nil
	}
	if name == "visitor" {
		return nil
	}
	u, ok := s.h.people[name]
	if !ok {
		return fmt.Errorf("nobody is called %q", name)
	}
	if got := s.who.post("/signin", "email", u.Email, "password", password); got.status != http.StatusSeeOther {
		return fmt.Errorf("signing in: %d %s", got.status, visible(got))
	}
	return nil
}

func (s *story) api(rest string) error {
	w := append(strings.Fields(rest), "")
	if w[1] == "" {
		w[1] = w[0]
	}
	if s.vars[w[0]+".guid"] == "" || w[1] != "token" && s.vars[w[1]+".key"] == "" {
		return fmt.Errorf("there is no service or key of this name: %s", rest)
	}
	s.who, s.below = nil, "/instances/"+s.vars[w[0]+".guid"]
	s.vars["url"], s.vars["host"] = s.h.url+s.below, s.h.url
	if w[1] == "token" {
		s.key = "Bearer " + w[2]
		return nil
	}
	s.vars["apikey"] = s.vars[w[1]+".key"]
	s.key = basic("apikey:" + s.vars["apikey"])
	return nil
}

func basic(userAndPassword string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(userAndPassword))
}

func (s *story) pass(rest string) error {
	d, err := time.ParseDuration(rest)
	s.h.clock.Pass(d)
	return err
}

func (s *story) run(rest string) (err error) {
	if rest == "exports" {
		s.h.exports.Wait()
		return nil
	}
	if rest == "imports" {
		s.h.imports.Wait()
		return nil
	}
	when, halt, _ := strings.Cut(rest, " until ")
	if when != "batch" && when != "batch now" && when != "retention" && when != "salts" {
		return errors.New("only a batch, and the retention and the salts of a night, can be run")
	}
	if s.since, _, err = s.h.store.Head(context.Background()); err != nil {
		return err
	}
	if when == "salts" {
		_, err = s.h.store.ForgetSalts(context.Background())
		return err
	}
	if when == "retention" {
		_, err = s.h.store.ListCases(context.Background())
		if err != nil {
			return err
		}
		_, err = erasure.NewRunner(s.h.store, slog.New(slog.DiscardHandler)).Expire(context.Background())
		return err
	}
	_, err = erasure.NewRunner(s.halting(halt), slog.New(slog.DiscardHandler)).RunAll(context.Background(), when == "batch now")
	if errors.Is(err, erasure.ErrPaused) {
		return nil // the story sees it on the page
	}
	return err
}

func (s *story) tellLate(rest string) (err error) {
	if rest != "late" {
		return errors.New("only lateness can be told")
	}
	if s.since, _, err = s.h.store.Head(context.Background()); err != nil {
		return err
	}
	_, err = s.h.store.TellLate(context.Background())
	return err
}

// halting is a store whose batch meets an officer after its first chunk.
func (s *story) halting(act string) erasure.Store {
	officer := s.h.people[db.RoleOfficer].Actor()
	switch act {
	case "paused":
		return &halted{Store: s.h.store, do: func(n int64) error { return s.h.store.PauseBatch(context.Background(), officer, n) }}
	case "stopped":
		return &halted{Store: s.h.store, do: func(n int64) error { return s.h.store.StopBatch(context.Background(), officer, n) }}
	}
	return s.h.store
}

type halted struct {
	*db.Store
	do func(batch int64) error
}

func (h *halted) Erase(ctx context.Context, batch int64, records []int64) error {
	return errors.Join(h.Store.Erase(ctx, batch, records), h.do(batch))
}

// limit sets a limit of a new house: limit breaker-floor 3.
func (s *story) beginImport(service string) error {
	number, err := strconv.ParseInt(s.vars[service+".number"], 10, 64)
	if err == nil {
		_, err = s.h.store.StartImport(context.Background(), audit.Operator, number, []byte(service), 1000)
	}
	return err
}

func (s *story) limit(rest string) error {
	name, value, _ := strings.Cut(rest, " ")
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return err
	}
	return s.h.store.InitLimits(context.Background(), map[string]int64{name: n})
}

// curl reads the options that IBM's documents use.
func (s *story) curl(rest string) error {
	s.who, s.key = nil, ""
	if err := ask("GET")(s, ""); err != nil {
		return err
	}
	var data []string
	for w := shellWords(rest); len(w) > 0; w = w[1:] {
		option := w[0]
		if strings.HasPrefix(option, "http://") {
			s.asked.path = strings.TrimPrefix(option, s.h.url)
			continue
		}
		if w = w[1:]; len(w) == 0 {
			return fmt.Errorf("%s lacks its value", option)
		}
		switch option {
		case "-X", "--request":
			s.asked.method = w[0]
		case "-u", "--user":
			s.asked.header.Set("Authorization", basic(w[0]))
		case "-H", "--header":
			if err := parts["header"](s, w[0]); err != nil {
				return err
			}
		case "-d", "--data":
			data = append(data, w[0])
		case "--data-urlencode":
			name, value, _ := strings.Cut(w[0], "=")
			data = append(data, name+"="+url.QueryEscape(value))
		default:
			return fmt.Errorf("the option %s of curl is not known here", option)
		}
	}
	s.asked.body = strings.Join(data, "&")
	return nil
}

// shellWords splits as a shell does: at blanks, but for what stands in quotes; a backslash in double quotes takes the next sign as it is.
func shellWords(line string) (out []string) {
	var word strings.Builder
	var quote rune
	open, escaped := false, false
	for _, c := range line {
		switch {
		case escaped:
			word.WriteRune(c)
			escaped = false
		case quote == '"' && c == '\\':
			escaped = true
		case c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote, open = c, true
		case quote == 0 && c == ' ':
			if open || word.Len() > 0 {
				out = append(out, word.String())
			}
			word.Reset()
			open = false
		default:
			word.WriteRune(c)
		}
	}
	if open || word.Len() > 0 {
		out = append(out, word.String())
	}
	return out
}
