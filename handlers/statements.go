package handlers

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/answer"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// stating is whose statements are looked at, and in which language.
type stating struct {
	language string
	of       db.Service // the zero service: the house
}

func (v stating) href() string { return statementsHref(v.language, v.of.Number) }

func statementsHref(language string, service int64) string {
	q := url.Values{"language": {language}}
	if service > 0 {
		q.Set("service", decimal(service))
	}
	return "/statements?" + q.Encode()
}

// statingOf reads it from an address or a form; where nothing is said it is the house, in English.
func (s *Server) statingOf(r *http.Request) (v stating, err error) {
	if v.language = r.FormValue("language"); v.language == "" {
		v.language = answer.Languages[0]
	}
	if !slices.Contains(answer.Languages, v.language) {
		return v, db.ErrNotFound
	}
	n, err := strconv.ParseInt(orElse(r.FormValue("service"), "0"), 10, 64)
	if err != nil {
		return v, db.ErrNotFound
	}
	if n > 0 {
		v.of, err = s.store.Service(r.Context(), n)
	}
	if err == nil && v.of.Linked() {
		err = db.ErrNotFound // its data is in no answer
	}
	return v, err
}

func (s *Server) statements(r *http.Request) (templ.Component, error) { return s.statementsPage(r) }

func (s *Server) statementsPage(r *http.Request) (views.Statements, error) {
	of, err := s.statingOf(r)
	if err != nil {
		return views.Statements{}, err
	}
	have, err := s.store.Statements(r.Context(), 0)
	if err != nil {
		return views.Statements{}, err
	}
	v := views.Statements{Manage: who(r).May(auth.Policies), Language: of.language, Service: of.of.Number, Name: of.of.Name, Sentence: statementsSentence(have, of)}
	for _, t := range answer.Statements {
		own, house := stated(have, t.Code, of.of.Number, of.language), stated(have, t.Code, 0, of.language)
		row := views.StatementRow{Code: t.Code, Title: statementWords[t.Code].title, Article: statementWords[t.Code].article, Hint: statementWords[t.Code].hint, Text: own.Text, Instead: own.Instead}
		if row.Service = of.of.Number > 0; row.Service {
			row.Hint = lang.Said("The house states: {text}", "text", cmp.Or(lang.Raw(excerpt(house.Text)), "nothing yet."))
		}
		v.Rows = append(v.Rows, row)
	}
	v.Languages = statementTabs(have, of)
	v.Places, err = s.statementPlaces(r, have, of)
	return v, err
}

// excerpt is the beginning of a text, by which somebody knows it.
func excerpt(words string) string {
	r := []rune(words)
	if len(r) <= 160 {
		return words
	}
	return string(r[:160]) + "…"
}

// stated is a text as it stands, in this very language.
func stated(have []answer.Statement, code string, service int64, language string) answer.Statement {
	i := slices.IndexFunc(have, func(h answer.Statement) bool { return h.Code == code && h.Of == service && h.Language == language })
	if i < 0 {
		return answer.Statement{}
	}
	return have[i]
}

func statementsSentence(have []answer.Statement, v stating) lang.Word {
	if v.of.Number > 0 {
		return "What everybody is told whose data lies at this service, beside what the house states or instead of it. What is empty here is as the house states it."
	}
	words := lang.Word("What everybody is told who asks for their data. An answer keeps the words that it was released with.")
	if gaps := len(answer.Statements) - statedBy(have, 0, v.language); gaps > 0 {
		words = lang.Said("{gaps} of {statements} are missing. {words}", "gaps", strconv.Itoa(gaps), "statements", strconv.Itoa(len(answer.Statements)), "words", words)
	}
	return words
}

// statedBy counts what a service states in a language; 0 is the house.
func statedBy(have []answer.Statement, service int64, language string) (n int) {
	for _, h := range have {
		if h.Of == service && h.Language == language {
			n++
		}
	}
	return n
}

func statementTabs(have []answer.Statement, v stating) (out []views.Tab) {
	for _, l := range answer.Languages {
		out = append(out, views.Tab{Label: views.CodeWords(views.LetterLanguages, l), Href: statementsHref(l, v.of.Number), Count: int64(statedBy(have, v.of.Number, l)), Current: l == v.language})
	}
	return out
}

// statementPlaces are the house and each service whose data may be in an answer.
func (s *Server) statementPlaces(r *http.Request, have []answer.Statement, v stating) ([]views.StatementPlace, error) {
	out := []views.StatementPlace{{Name: "The house", Href: statementsHref(v.language, 0), Sub: "for every service", Current: v.of.Number == 0}}
	all, err := s.store.Services(r.Context())
	for _, svc := range all {
		if svc.Linked() || !svc.Removed.IsZero() {
			continue
		}
		row := views.StatementPlace{Name: lang.Raw(svc.Name), Href: statementsHref(v.language, svc.Number), Sub: "as the house states it", Current: svc.Number == v.of.Number}
		if n := statedBy(have, svc.Number, v.language); n > 0 {
			row.Sub = lang.Counted(n, "1 statement of its own", "{n} statements of its own")
		}
		out = append(out, row)
	}
	return out, err
}

// saveStatements words anew what was changed. Nothing is saved where one of them is refused.
func (s *Server) saveStatements(r *http.Request) (string, error) {
	of, err := s.statingOf(r)
	if err != nil {
		return "", err
	}
	v, err := s.statementsPage(r)
	if err != nil {
		return "", err
	}
	changed, bad := typedStatements(r, of, &v)
	if bad {
		return "", refused{v}
	}
	for _, c := range changed {
		if err := s.store.SetStatement(r.Context(), who(r).Actor(), c); err != nil {
			return "", err
		}
	}
	notify(r, "ok", "Saved. Answers that are released from now on carry it.")
	return of.href(), nil
}

// typedStatements are those that differ from what stands. A text that is refused has its error on the page.
func typedStatements(r *http.Request, of stating, v *views.Statements) (changed []answer.Statement, bad bool) {
	for i := range v.Rows {
		row := &v.Rows[i]
		typed, instead := text(r, row.Code), of.of.Number > 0 && text(r, row.Code+"-instead") == "yes" && text(r, row.Code) != ""
		if typed == row.Text && instead == row.Instead {
			continue
		}
		row.Text, row.Instead = typed, instead
		if !db.StatementFits(typed) {
			row.Error, bad = sayIt(db.ErrStatement), true
		}
		changed = append(changed, answer.Statement{Code: row.Code, Language: of.language, Of: of.of.Number, Instead: instead, Text: typed})
	}
	return changed, bad
}

// gapRows word what an answer is without, each with the page where it is written.
func gapRows(gaps []answer.Gap, language string, services []db.Service) (out []views.KV) {
	for _, g := range gaps {
		t := answer.Statements[answer.StatementNumber(g.Code)-1]
		words, n := lang.Said("No text for {article}: “{title}”", "article", statementWords[t.Code].article, "title", statementWords[t.Code].title), int64(0)
		if g.Only != "" {
			words = lang.Said("Only in {language}: {article}, “{title}”", "language", views.CodeWords(views.LetterLanguages, g.Only), "article", statementWords[t.Code].article, "title", statementWords[t.Code].title)
		}
		if i := slices.IndexFunc(services, func(v db.Service) bool { return v.Name == g.Service }); i >= 0 {
			words, n = lang.Said("{words}, for {service}", "words", words, "service", g.Service), services[i].Number
		}
		out = append(out, views.KV{Key: words, Href: statementsHref(language, n)})
	}
	return out
}

// statementWords say to the people of the house what each statement is about. The answer itself says it in its own language (package answer).
var statementWords = map[string]struct{ article, title, hint lang.Word }{
	"controller": {"Art. 15(1)", "Who we are", "Name and address of the controller, and of the data protection officer."},
	"purposes":   {"Art. 15(1)(a)", "What we use your data for", "The purposes, for each kind of data, with the legal ground."},
	"categories": {"Art. 15(1)(b)", "Which data we hold", "The categories: messages, images, documents …"},
	"recipients": {"Art. 15(1)(c)", "Who else gets it", "The recipients by name; categories only where a name is impossible (C-154/21)."},
	"retention":  {"Art. 15(1)(d)", "How long we keep it", "The time for each kind, or what decides it."},
	"rights":     {"Art. 15(1)(e)", "Your rights", "Rectification, erasure, restriction and objection."},
	"authority":  {"Art. 15(1)(f)", "Where you can complain", "The supervisory authority, with its address."},
	"source":     {"Art. 15(1)(g)", "Where we have it from", "For what the person did not give: the source."},
	"automated":  {"Art. 15(1)(h)", "Automated decisions", "Whether there are any, by which logic, and what follows from them."},
	"transfers":  {"Art. 15(2)", "Transfers to other countries", "The countries, and the safeguards of Art. 46."},
}

// statementName is a statement in a line of facts.
func statementName(t answer.StatementText) lang.Word {
	return lang.InRow([]lang.Word{statementWords[t.Code].title, statementWords[t.Code].article})
}
