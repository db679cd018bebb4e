package handlers

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/answer"
	"quittance/db/audit"
	"quittance/handlers/auth"
	"quittance/views"
)

func (s *Server) answerLink(r *http.Request) (templ.Component, error) { return s.openWay(r, db.ByLink) }

func (s *Server) answerPassphrase(r *http.Request) (templ.Component, error) {
	return s.openWay(r, db.ByPassphrase)
}

// openWay makes a way and shows its secret on the page that answers, this once.
func (s *Server) openWay(r *http.Request, kind string) (templ.Component, error) {
	n, err := pathNumber(r, "number")
	if err != nil {
		return nil, err
	}
	secret, way, err := s.store.OpenWay(r.Context(), who(r).Actor(), n, kind)
	if err != nil {
		return nil, err
	}
	v, a, err := s.answerPage(r)
	words, until := answer.OutIn(a.Language), answer.Moment(way.Expires, a.Language)
	v.Secret = &views.AnswerSecret{Passphrase: secret, Until: moment(r, way.Expires), Lang: a.Language, Letter: fmt.Sprintf(words.PhraseLetter, answerFileName(n))}
	if kind == db.ByLink {
		link := s.auth.PublicURL + "/answers/" + secret
		v.Secret = &views.AnswerSecret{Link: link, Until: moment(r, way.Expires), Lang: a.Language, Letter: fmt.Sprintf(words.LinkLetter, until, link)}
	}
	return v, err
}

func answerFileName(ticket int64) string {
	return "answer-" + decimal(ticket) + ".zip.age"
}

// fetchAnswer sends the archive to whoever holds the link.
func (s *Server) fetchAnswer(w http.ResponseWriter, r *http.Request) {
	if err := s.fetches.Take(w.Header(), s.auth.Address(r)); err != nil {
		s.fail(w, r, err)
		return
	}
	s.sendAnswer(w, r, sending{audit.Visitor, db.ByLink, r.PathValue("token"), "your-data.zip", func(err error) { s.failDoor(w, r, err) }})
}

// answerFile sends the archive, encrypted, to the officer who has just been shown its passphrase.
func (s *Server) answerFile(w http.ResponseWriter, r *http.Request) {
	phrase := text(r, "passphrase")
	way, err := s.store.AnswerOf(r.Context(), db.ByPassphrase, phrase)
	n, wrong := pathNumber(r, "number")
	if err = errors.Join(err, wrong); err == nil {
		var a db.TicketAnswer
		if a, err = s.store.TicketAnswer(r.Context(), n); err == nil && a.Number != way.Answer {
			err = db.ErrNotFound
		}
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.sendAnswer(w, r, sending{who(r).Actor(), db.ByPassphrase, phrase, answerFileName(n), func(err error) { s.fail(w, r, err) }})
}

// late is a writer that makes the answer a file only when the first byte of it comes: what is refused before that is a page.
type late struct {
	http.ResponseWriter
	name  string
	begun bool
}

func (l *late) Write(p []byte) (int, error) {
	if !l.begun {
		l.begun = true
		attach(l.ResponseWriter, "application/octet-stream", l.name)
		l.Header().Set("Cache-Control", "no-store")
	}
	return l.ResponseWriter.Write(p)
}

// sending is an answer on its way out.
type sending struct {
	by                 audit.Actor
	kind, secret, name string
	refuse             func(error) // tells whoever asked, as long as no byte of it has gone
}

func (s *Server) sendAnswer(w http.ResponseWriter, r *http.Request, v sending) {
	out := &late{ResponseWriter: w, name: v.name}
	err := s.store.FetchAnswer(r.Context(), v.by, v.kind, v.secret, out, http.NewResponseController(w).Flush)
	if err == nil {
		return
	}
	if out.begun {
		s.log.Warn("an answer was cut off", "request", requestID(r), "err", err)
		panic(http.ErrAbortHandler) // a cut connection, not a short file that looks whole
	}
	v.refuse(err)
}

// newFetches bounds how often an address may try links: each is 256 random bits, and still nobody needs to guess.
func newFetches(store *db.Store) *auth.Limiter { return auth.NewLimiter(20, 20, store.Now) }
