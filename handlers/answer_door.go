package handlers

import (
	"errors"
	"net/http"
	"strings"

	"quittance/db"
	"quittance/db/answer"
	"quittance/db/letter"
	"quittance/views"
)

// answerDoor is where the person comes to. It says nothing of them, and it burns nothing: scanners of mail look at every address.
func (s *Server) answerDoor(w http.ResponseWriter, r *http.Request) {
	token := r.PathValue("token")
	way, err := s.store.AnswerOf(r.Context(), db.ByLink, token)
	if err != nil {
		s.failDoor(w, r, err)
		return
	}
	language, err := s.store.AnswerLanguage(r.Context(), way.Answer)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	words := answer.OutIn(language)
	v := views.AnswerDoor{Lang: language, Title: answer.TitleIn(language), Lead: words.Lead, Once: at(words.Once, answer.Moment(way.Expires, language)), Token: token, Button: words.Button,
		How: words.How, Steps: words.Steps, After: []string{words.Broken, words.NotYou}}
	if v.Contact, err = s.contactLine(r, words); err != nil {
		s.fail(w, r, err)
		return
	}
	s.render(w, r, http.StatusOK, v)
}

// at puts a time into words that may have a place for one.
func at(words, when string) string { return strings.ReplaceAll(words, "%v", when) }

// contactLine says how the house can be reached, as its letters do.
func (s *Server) contactLine(r *http.Request, words answer.Out) (string, error) {
	t, err := s.store.LetterText(r.Context(), letter.Contact)
	if err != nil || t.Text == "" {
		return words.Sender, err
	}
	return at(words.Contact, t.Text), nil
}

// failDoor tells a person who knows nothing of this house what became of their address. Whoever has one may know: nobody guesses it.
func (s *Server) failDoor(w http.ResponseWriter, r *http.Request, err error) {
	if !errors.Is(err, db.ErrNotFound) && !errors.Is(err, db.ErrFetching) {
		s.fail(w, r, err)
		return
	}
	why, when, language, err := s.store.AnswerGone(r.Context(), db.ByLink, r.PathValue("token"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if language == "" {
		language = readerLanguage(r)
	}
	words := answer.OutIn(language)
	v := views.AnswerDoor{Lang: language, Title: words.Gone[why][0], Lead: at(words.Gone[why][1], answer.Moment(when, language))}
	if v.Contact, err = s.contactLine(r, words); err != nil {
		s.fail(w, r, err)
		return
	}
	s.render(w, r, goneStatus[why], v)
}

// goneStatus tells what was there from what never was (RFC 9110, section 15.5.11).
var goneStatus = map[string]int{answer.GoneFetched: http.StatusGone, answer.GoneExpired: http.StatusGone, answer.GoneEnded: http.StatusGone, answer.GoneTries: http.StatusGone,
	answer.GoneUnknown: http.StatusNotFound, answer.GoneBusy: http.StatusConflict}

// readerLanguage is what a browser asks for first, where nothing else is known of the person.
func readerLanguage(r *http.Request) string {
	if strings.HasPrefix(strings.ToLower(r.Header.Get("Accept-Language")), "de") {
		return "de"
	}
	return "en"
}
