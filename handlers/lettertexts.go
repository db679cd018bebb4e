package handlers

import (
	"errors"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/letter"
	"quittance/db/ticket"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// letterSlug is how the name of a text stands in an address.
func letterSlug(name string) string { return strings.ReplaceAll(name, " ", "-") }

// letterTexts lists what the house writes.
func (s *Server) letterTexts(r *http.Request) (templ.Component, error) {
	changed, err := s.store.ChangedLetters(r.Context())
	groups := []views.LetterGroup{{ID: "house", Name: "The house"}}
	for _, regime := range ticket.Regimes {
		groups = append(groups, views.LetterGroup{ID: regime, Name: views.CodeWords(views.Regimes, regime)})
	}
	for _, name := range letter.Names(ticket.Regimes) {
		row := views.LetterTextRow{Name: letterTitle(name), Href: "/settings/letters/" + letterSlug(name), Sub: "default"}
		if at, is := changed[name]; is {
			row.Sub = lang.Said("changed {at}", "at", lang.Moment(dayOf(r, at)))
		}
		for i := range groups {
			if i > 0 && strings.HasSuffix(name, " "+groups[i].ID) || i == 0 && !strings.Contains(name, " ") {
				groups[i].Rows = append(groups[i].Rows, row)
			}
		}
	}
	return views.LetterTexts{Groups: groups}, err
}

// letterTitle says what a text is; its law stands above it in the list.
func letterTitle(name string) lang.Word {
	switch parts := strings.Fields(name); {
	case name == letter.Letterhead:
		return "Letterhead"
	case name == letter.Contact:
		return "How we can be reached"
	case len(parts) == 2:
		return "Authority that people can complain to"
	default:
		return lang.Said("{letterkinds}, {letterlanguages}", "letterkinds", views.CodeWords(views.LetterKinds, parts[0]), "letterlanguages", views.CodeWords(views.LetterLanguages, parts[1]))
	}
}

func letterNameOf(r *http.Request) (string, error) {
	for _, name := range letter.Names(ticket.Regimes) {
		if letterSlug(name) == r.PathValue("name") {
			return name, nil
		}
	}
	return "", db.ErrNotFound
}

// letterText is one text, with the form that changes it.
func (s *Server) letterText(r *http.Request) (templ.Component, error) {
	name, err := letterNameOf(r)
	if err != nil {
		return nil, err
	}
	t, err := s.store.LetterText(r.Context(), name)
	if err != nil {
		return nil, err
	}
	return s.letterTextPage(r, name, t.Text, "")
}

func (s *Server) letterTextPage(r *http.Request, name, typed string, wrong lang.Word) (v views.LetterText, err error) {
	t, err := s.store.LetterText(r.Context(), name)
	if err != nil {
		return v, err
	}
	parts := strings.Fields(name)
	v = views.LetterText{Name: letterTitle(name), Text: typed, Error: wrong, Changed: !t.Default, Long: len(parts) == 3, Fields: letter.Fields}
	if v.Sub = "It stands on each letter."; len(parts) > 1 {
		v.Sub = views.CodeWords(views.Regimes, parts[len(parts)-1])
	}
	if who(r).May(auth.Policies) {
		v.Action = "/settings/letters/" + letterSlug(name)
	}
	if v.Long && wrong == "" {
		if v.Preview, v.Lacks, err = s.letterPreview(r, parts, typed); err != nil {
			return v, err
		}
	}
	return v, s.letterVersions(r, name, &v)
}

func (s *Server) letterVersions(r *http.Request, name string, v *views.LetterText) error {
	all, err := s.store.LetterVersions(r.Context(), name)
	names := s.names(r)
	for _, old := range all {
		by := lang.Said("{text}, {by}", "text", lang.Moment(moment(r, old.Made).Text), "by", names.actor(old.By))
		if old.Default {
			by += ", back to the default"
		}
		v.Versions = append(v.Versions, views.LetterVersion{By: by, Text: old.Text})
	}
	return err
}

// letterPreview is a text with made-up data, and what a law wants and it lacks.
func (s *Server) letterPreview(r *http.Request, parts []string, text string) (*views.LetterSheet, []lang.Word, error) {
	kind, language, regime := letter.Kind(parts[0]), parts[1], parts[2]
	house := map[string]string{}
	for _, name := range []string{letter.Letterhead, letter.Contact, letter.AuthorityOf(regime)} {
		t, err := s.store.LetterText(r.Context(), name)
		if err != nil {
			return nil, nil, err
		}
		house[name] = t.Text
	}
	values := madeUp(language, regime)
	values["house"], _, _ = strings.Cut(orElse(house[letter.Letterhead], values["house"]), "\n")
	values["contact"], values["authority"] = orElse(house[letter.Contact], values["contact"]), orElse(house[letter.AuthorityOf(regime)], values["authority"])
	out, err := letter.Render(text, values)
	if err != nil {
		return nil, nil, err
	}
	sheet := sheetOf(out, language, orElse(house[letter.Letterhead], values["house"]), values["requester"])
	return &sheet, lawWords(letter.Missing(kind, regime, out, values)), nil
}

// saveLetterText writes a text anew, or goes back to the default.
func (s *Server) saveLetterText(r *http.Request) (string, error) {
	name, err := letterNameOf(r)
	if err != nil {
		return "", err
	}
	typed := letterTyped(r)
	if text(r, "reset") == "yes" {
		typed = ""
	}
	err = s.store.SetLetterText(r.Context(), who(r).Actor(), name, typed)
	if wrong := letterWrong(err); wrong != "" {
		page, err := s.letterTextPage(r, name, strings.ToValidUTF8(typed, "\ufffd"), wrong)
		if err != nil {
			return "", err
		}
		return "", refused{page}
	}
	notify(r, "ok", "Saved. It holds for the next letter.")
	return "/settings/letters/" + letterSlug(name), err
}

func letterTyped(r *http.Request) string {
	return strings.TrimSpace(strings.ReplaceAll(r.PostFormValue("text"), "\r\n", "\n"))
}

// letterWrong is what is wrong with a text that was typed, as a sentence; "" for what is no fault of the text.
func letterWrong(err error) lang.Word {
	var field *letter.FieldError
	if errors.As(err, &field) {
		return sayIt(field)
	}
	return said(err, db.ErrLetterText)
}

// previewLetter shows what was typed with made-up data, and saves nothing.
func (s *Server) previewLetter(r *http.Request) (templ.Component, error) {
	name, err := letterNameOf(r)
	if err != nil {
		return nil, err
	}
	typed := letterTyped(r)
	err = letter.Check(typed)
	if !plain(typed, db.MaxLetter) {
		err = db.ErrLetterText
	}
	wrong := letterWrong(err)
	page, err := s.letterTextPage(r, name, strings.ToValidUTF8(typed, "\ufffd"), wrong)
	if err == nil && wrong != "" {
		err = refused{page}
	}
	return page, err
}
