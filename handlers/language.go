package handlers

import (
	"net/http"
	"slices"

	"golang.org/x/text/language"

	"quittance/views"
	"quittance/views/lang"
)

// Language is a language of the console: "en", "de".
type Language = lang.Language

// Offers tells whether the console can be read in the language of a code.
func Offers(code string) bool {
	return slices.ContainsFunc(lang.Offered(), func(n lang.Named) bool { return string(n.Language) == code })
}

// speaking gives every request the language in which its answer is read.
func (s *Server) speaking(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(lang.With(r.Context(), s.languageOf(r))))
	})
}

// languageOf is what the person chose; where they chose none or stand at the door, what the browser asks for, else the house's.
func (s *Server) languageOf(r *http.Request) lang.Language {
	if chosen := s.offeredLanguage(who(r).User.Language); chosen != "" {
		return lang.Language(chosen)
	}
	asked, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil { // what cannot be read asks for nothing
		asked = nil
	}
	for _, tag := range asked {
		base, _ := tag.Base()
		if code := s.offeredLanguage(base.String()); code != "" {
			return lang.Language(code)
		}
	}
	return lang.Known(s.offeredLanguage(string(s.conf.Language)))
}

// offeredLanguage is the code itself if the console can be read in it, "" otherwise.
func (s *Server) offeredLanguage(code string) string {
	if slices.ContainsFunc(s.conf.Languages, func(n lang.Named) bool { return string(n.Language) == code }) {
		return code
	}
	return ""
}

// languageChoices are the languages by the names that they have in themselves.
func (s *Server) languageChoices(chosen string) []views.Option {
	out := []views.Option{{Value: "", Label: "As the browser asks", Selected: chosen == ""}}
	for _, n := range s.conf.Languages {
		out = append(out, views.Option{Value: string(n.Language), Label: lang.Raw(n.Name), Selected: string(n.Language) == chosen})
	}
	if len(s.conf.Languages) < 2 {
		return nil
	}
	return out
}
