package handlers

import (
	"cmp"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"quittance/db"
	"quittance/db/ticket"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// ticketList is what an address asks for: a tab and filters.
type ticketList struct {
	show  string
	q     db.TicketQuery
	found string     // what was searched for, as the reader may see it; "" = nothing
	about url.Values // the filters, as they stand in the address
}

// ticketNames are the filters of an address: "with" is an account, "me" or "nobody", "due" a number of days, "of" the word for a search.
var ticketNames = []string{"with", "right", "state", "law", "due", "channel", "region", "of"}

func (s *Server) ticketListOf(r *http.Request) (l ticketList, err error) {
	in := r.URL.Query()
	l = ticketList{show: in.Get("show"), about: url.Values{}}
	switch l.show {
	case "mine": // as such lists were called before
		l.show = ""
		in.Set("with", "me")
	case "unassigned":
		l.show = ""
		in.Set("with", "nobody")
	case "soon", "overdue", "aside", "ended":
		l.q.View = db.TicketView(l.show)
	default:
		l.show = ""
	}
	for _, name := range ticketNames {
		if v := in.Get(name); v != "" {
			l.about.Set(name, v)
		}
	}
	l.with(r)
	l.q.Right, l.q.State, l.q.Regime = ticket.Right(in.Get("right")), ticket.State(in.Get("state")), in.Get("law")
	l.q.Channel, l.q.Region = in.Get("channel"), in.Get("region")
	days, _ := strings.CutSuffix(in.Get("due"), "d")
	if w := time.Duration(numberOr(days, 0)) * 24 * time.Hour; slices.Contains(db.TicketWindows, w) {
		l.q.Within = w
	}
	due, number, _ := strings.Cut(in.Get("after"), "-")
	l.q.After = db.TicketPlace{Due: numberOr(due, 0), Number: numberOr(number, 0)}
	l.q.Limit = pageRows + 1
	return l, s.searched(r, &l)
}

// with says whose tickets are asked for.
func (l *ticketList) with(r *http.Request) {
	switch v := l.about.Get("with"); v {
	case "me":
		l.q.Assignee = who(r).User.Number
	case "nobody":
		l.q.Nobody = true
	default:
		l.q.Assignee = numberOr(v, 0)
	}
}

// searched puts what stands for a search in the address back into words. A search finds tickets wherever they stand.
func (s *Server) searched(r *http.Request, l *ticketList) error {
	token := l.about.Get("of")
	if token == "" {
		return nil
	}
	q, err := s.store.Search(r.Context(), who(r).User.Number, token)
	if err == nil && q.Filter != nil {
		err = db.ErrNotFound
	}
	if err != nil {
		return err
	}
	l.found, l.q.View, l.show = q.Text, db.TicketsAll, ""
	l.q.Found = &db.TicketSearch{Text: q.Text, IDs: who(r).May(auth.Search)}
	return nil
}

// findTicket goes to the ticket that somebody means, or to the list of those that they may mean. A customer ID never stands in an address, so
// it is a form that asks (law L10).
func (s *Server) findTicket(r *http.Request) (string, error) {
	q := db.TicketSearch{Text: text(r, "q"), IDs: who(r).May(auth.Search)}
	if !plain(q.Text, maxFind) {
		return "", s.notFound(r, q, "Type at most 1,024 characters.")
	}
	if n := q.Number(); n > 0 {
		if _, err := s.store.Ticket(r.Context(), n); !errors.Is(err, db.ErrNotFound) {
			return ticketHref(n), err
		}
	}
	list, err := s.store.FindTickets(r.Context(), q, 2)
	if err != nil {
		return "", err
	}
	switch {
	case q.Text == "" || len(list) == 0:
		return "", s.notFound(r, q, noTicket(q))
	case len(list) == 1:
		return ticketHref(list[0].Number), nil
	}
	token, err := s.store.SubmitSearch(r.Context(), who(r).User.Number, q.Text)
	return "/tickets?of=" + token, err
}

// maxFind is how many bytes are looked for: a customer ID has at most so many. The field has no bound of its own: a browser cuts what is pasted
// to it without a word, and then another ID is looked for.
const maxFind = 1024

// noTicket says what was looked through, never that there is nothing.
func noTicket(q db.TicketSearch) lang.Word {
	if q.IDs {
		return "No ticket has this number, and none is about this customer ID or reference. Letter case counts."
	}
	return "No ticket has this number or reference."
}

// notFound is the list, with what was typed and what is wrong with it.
func (s *Server) notFound(r *http.Request, q db.TicketSearch, why lang.Word) error {
	page, err := s.ticketsPage(r, ticketList{about: url.Values{}, q: db.TicketQuery{Limit: pageRows + 1}})
	if err != nil {
		return err
	}
	page.Query, page.QueryErr = strings.ToValidUTF8(q.Text, "\ufffd"), why
	return refused{page}
}

// href is the address of the same list with another tab, or with a page that begins elsewhere.
func (l ticketList) href(path, show string, after db.TicketPlace) string {
	q := url.Values{}
	for name, v := range l.about {
		q[name] = v
	}
	if show != "" {
		q.Set("show", show)
	}
	if after != (db.TicketPlace{}) {
		q.Set("after", decimal(after.Due)+"-"+decimal(after.Number))
	}
	return withQuery(path, q)
}

func withQuery(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// clear is the address of the tab without filters, "" where there are none.
func (l ticketList) clear() string {
	switch {
	case len(l.about) == 0:
		return ""
	case l.show == "":
		return "/tickets"
	}
	return "/tickets?show=" + l.show
}

func (l ticketList) tabs(r *http.Request, c db.TicketCounts) []views.Tab {
	out := []views.Tab{{Label: "tab|Running", Count: c.Running}, {Label: "Overdue", Href: "show=overdue", Count: c.Overdue}, {Label: "Due within 7 days", Href: "show=soon", Count: c.Soon}}
	if who(r).May(auth.Work) {
		out = append(out, views.Tab{Label: "Mine", Href: "with=me", Count: c.Mine}, views.Tab{Label: "Unassigned", Href: "with=nobody", Count: c.Nobody})
	}
	out = append(out, views.Tab{Label: "Set aside", Href: "show=aside", Count: c.Aside}, views.Tab{Label: "Ended", Href: "show=ended", Count: c.Ended})
	for i, t := range out {
		out[i].Current = t.Href == l.tab()
		if out[i].Href = "/tickets"; t.Href != "" {
			out[i].Href += "?" + t.Href
		}
	}
	return out
}

// tab is the tab that a list is under: those of one's own and of nobody are filters, and tabs where they are the only one.
func (l ticketList) tab() string {
	with := l.about.Get("with")
	switch {
	case l.q.Found != nil:
		return "none"
	case l.show != "":
		return "show=" + l.show
	case len(l.about) == 1 && (with == "me" || with == "nobody"):
		return "with=" + with
	}
	return ""
}

// emptyWords are the titles of a list without any ticket, and of one where none fits the filters.
var emptyWords = map[string]struct{ none, unfit lang.Word }{
	"":        {"No ticket is running", "No ticket that is running fits"},
	"overdue": {"No ticket is overdue", "No ticket that is overdue fits"},
	"soon":    {"No ticket is due within 7 days", "No ticket that is due within 7 days fits"},
	"aside":   {"No ticket is set aside", "No ticket that is set aside fits"},
	"ended":   {"No ticket is over", "No ticket that is over fits"},
}

// empty says what was asked for, in the words of the filters.
func (l ticketList) empty(filters []views.Field) views.Empty {
	var asked []lang.Word
	for _, f := range filters {
		for _, o := range f.Options {
			if o.Selected {
				asked = append(asked, lang.Said("{label} “{words}”", "label", lang.Inside(f.Label), "words", cmp.Or(o.About, o.Label)))
			}
		}
	}
	switch {
	case len(asked) == 0:
		return views.Empty{Title: emptyWords[l.show].none, Detail: "A ticket is opened when somebody asks for what Art. 15 to 21 GDPR give them, by whatever channel."}
	case l.found != "":
		return views.Empty{Title: "No ticket that was found fits", Detail: lang.Said("Asked for: {asked}.", "asked", lang.InRow(asked))}
	}
	return views.Empty{Title: emptyWords[l.show].unfit, Detail: lang.Said("Asked for: {asked}.", "asked", lang.InRow(asked))}
}

// ticketFilters are the filters with how many tickets each choice would leave. What cannot be in a tab is not offered there.
func (s *Server) ticketFilters(r *http.Request, l ticketList, c db.TicketChoices) []views.Field {
	states := make([]views.Coded, 0, len(ticketStates))
	for _, st := range l.q.View.States() {
		states = append(states, views.Coded{Code: string(st), Words: ticketStates[st].Word})
	}
	out := []views.Field{s.withOptions(r, l, c), choices("right", "Right", "Every right", views.Rights, string(l.q.Right), c.Right), choices("state", "State", "Every state", states, string(l.q.State), c.State),
		choices("law", "Law", "Every law", views.Regimes, l.q.Regime, c.Regime)}
	if l.q.View == db.TicketsRunning {
		out = append(out, dueOptions(l, c))
	}
	return append(out, choices("channel", "Channel", "Every channel", views.TicketChannels, l.q.Channel, c.Channel), choices("region", "Region", "Every region", views.Regions, l.q.Region, c.Region))
}

// choices are a filter by a closed list. A choice that leaves nothing is offered only where it is chosen.
func choices(name string, label, every lang.Word, list []views.Coded, value string, counts map[string]int64) views.Field {
	f := views.Field{Name: name, Label: label, Options: []views.Option{{Label: every}}}
	for _, c := range list {
		if n := counts[c.Code]; n > 0 || c.Code == value {
			f.Options = append(f.Options, option(c.Code, c.Words, n, c.Code == value))
		}
	}
	return f
}

func option(value string, words lang.Word, n int64, selected bool) views.Option {
	return views.Option{Value: value, Label: lang.Said("{words} ({n})", "words", words, "n", lang.Figure(n)), About: words, Selected: selected}
}

// withOptions are the people whose tickets are in the tab.
func (s *Server) withOptions(r *http.Request, l ticketList, c db.TicketChoices) views.Field {
	f, chosen, me := views.Field{Name: "with", Label: "With", Options: []views.Option{{Label: "Everybody"}}}, l.about.Get("with"), who(r).User.Number
	if n := c.Assignee[me]; n > 0 || chosen == "me" {
		f.Options = append(f.Options, option("me", "Me", n, chosen == "me"))
	}
	if n := c.Assignee[0]; n > 0 || chosen == "nobody" {
		f.Options = append(f.Options, option("nobody", "Nobody", n, chosen == "nobody"))
	}
	if n := l.q.Assignee; chosen != "me" && n != 0 {
		c.Assignee[n] += 0 // who was chosen is offered, whatever they have
	}
	names := s.names(r)
	for _, n := range slices.Sorted(maps.Keys(c.Assignee)) {
		if n != 0 && (n != me || chosen == decimal(n)) {
			f.Options = append(f.Options, option(decimal(n), lang.Raw(names.user(n)), c.Assignee[n], chosen == decimal(n)))
		}
	}
	return f
}

func dueOptions(l ticketList, c db.TicketChoices) views.Field {
	f := views.Field{Name: "due", Label: "Due", Options: []views.Option{{Label: "Whenever due"}}}
	for _, w := range db.TicketWindows {
		days := int64(w / (24 * time.Hour))
		words := lang.Counted(days, "Within 1 day", "Within {n} days")
		if days == 1 {
			words = "Within 24 hours"
		}
		f.Options = append(f.Options, option(decimal(days)+"d", words, c.Within[w], l.q.Within == w))
	}
	return f
}
