package handlers

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/handlers/connect"
	"quittance/views"
	"quittance/views/lang"
)

// webhooks lists the addresses that are called, and how mail goes.
func (s *Server) webhooks(r *http.Request) (templ.Component, error) {
	return s.webhooksPage(r)
}

func (s *Server) webhooksPage(r *http.Request) (views.Webhooks, error) {
	v := views.Webhooks{New: views.NewWebhook{Wants: groupChoices(nil, false), Inside: s.notifier.Inside},
		Empty: views.Empty{Title: "Nothing is called", Detail: "Add an address, and choose what it is told of."}}
	list, err := s.store.Webhooks(r.Context())
	live := 0
	for _, h := range list {
		row, err := s.webhookRow(r, h)
		if err != nil {
			return v, err
		}
		if row.Live {
			live++
		}
		v.Rows = append(v.Rows, row)
	}
	v.Full = live >= db.MaxWebhooks
	if err == nil {
		v.Mail, err = s.mailFacts(r)
	}
	return v, err
}

func (s *Server) webhookRow(r *http.Request, h db.Webhook) (views.WebhookRow, error) {
	row := views.WebhookRow{Number: h.Number, Host: h.Host, Wants: wantsWords(h.Wants), By: s.names(r).actor(h.AddedBy), Added: moment(r, h.Added), Live: h.Ended.IsZero()}
	if !row.Live {
		row.State, row.Sub = views.State{Tone: "erased", Icon: "ban", Word: "Ended"}, lang.Said("The receiver wants no more (410), {text}", "text", lang.Moment(moment(r, h.Ended).Text))
		return row, nil
	}
	how, err := s.store.WebhookState(r.Context(), h.Number)
	row.State = views.State{Tone: "ok", Word: "In use"}
	switch {
	case how.Problem != "":
		row.State, row.Sub = views.State{Tone: "over", Word: "Not taken"}, problemWords(how)
	case !how.Sent.IsZero():
		row.Sub = lang.Said("Last taken {text}", "text", lang.Moment(moment(r, how.Sent).Text))
	}
	return row, err
}

// problemWords says why what waits was not taken.
func problemWords(how db.PostState) lang.Word {
	words := lang.Said("It answers with status {n}", "n", strings.TrimPrefix(how.Problem, "status "))
	switch how.Problem {
	case "unreachable":
		words = "It does not answer"
	case "address":
		words = "Its address may not be called"
	case connect.MailRefused:
		words = "It did not take a mail"
	}
	if how.Waiting > 0 {
		words += lang.Counted(how.Waiting, "; 1 message waits", "; {n} messages wait")
	}
	if how.GivenUp > 0 {
		words += lang.Said("; {givenup} given up in a week", "givenup", lang.Figure(how.GivenUp))
	}
	return words
}

// mailFacts is nil where no mail is sent.
func (s *Server) mailFacts(r *http.Request) ([]views.KV, error) {
	if s.notifier.Mail == nil {
		return nil, nil
	}
	how, err := s.store.MailState(r.Context())
	facts := []views.KV{{Key: "Server", Value: lang.Raw(s.notifier.Mail.Server()), Mono: true}, {Key: "State", Value: mailWords(how)}}
	if !how.Sent.IsZero() {
		facts = append(facts, views.KV{Key: "Last taken", Value: lang.Moment(moment(r, how.Sent).Text)})
	}
	return facts, err
}

// mailWords say how mail goes. A server that has taken nothing yet is not called in order: nobody knows (law L8).
func mailWords(how db.PostState) lang.Word {
	words := lang.Word("In order")
	switch {
	case how.Problem != "":
		return problemWords(how)
	case how.Sent.IsZero():
		words = "Nothing has been sent yet"
	}
	if how.Waiting > 0 {
		words += lang.Counted(how.Waiting, "; 1 message waits", "; {n} messages wait")
	}
	return words
}

func wantsWords(groups []string) lang.Word {
	var words []lang.Word
	for _, g := range groups {
		words = append(words, houseWords[g])
	}
	return lang.Listed(words)
}

// houseWords are the groups as a webhook is told of them: it is nobody's, and decides nothing.
var houseWords = map[string]lang.Word{db.GroupWaiting: "what waits for somebody", db.GroupDue: "what is due", db.GroupFailed: "what failed elsewhere", db.GroupDrill: "drills", db.GroupAlarm: "other alarms"}

// houseLabels are the same beside a box to tick.
var houseLabels = map[string]lang.Word{db.GroupWaiting: "What waits for somebody", db.GroupDue: "What is due", db.GroupFailed: "What failed elsewhere", db.GroupDrill: "Drills", db.GroupAlarm: "Other alarms"}

// groupChoices are the groups to tick, for a person or for a webhook.
func groupChoices(ticked []string, person bool) (out []views.Choice) {
	for _, g := range db.Groups() {
		c := views.Choice{Value: g, Label: houseLabels[g], Ticked: slices.Contains(ticked, g)}
		if person {
			c.Label, c.Detail = groupWords[g].label, groupWords[g].detail
		}
		out = append(out, c)
	}
	return out
}

// submitWebhook registers an address and shows its secret on the page that answers, this once.
func (s *Server) submitWebhook(r *http.Request) (templ.Component, error) {
	address, wants := text(r, "url"), r.PostForm["wants"]
	wrong, chosen := connect.CheckHook(address, s.notifier.Inside), lang.Word("")
	var plain string
	var hook db.Webhook
	var err error
	if wrong == nil {
		plain, hook, err = s.store.AddWebhook(r.Context(), who(r).Actor(), address, wants)
		chosen = said(err, db.ErrWants, db.ErrWebhooks)
	}
	if err != nil && chosen == "" {
		return nil, err
	}
	page, err := s.webhooksPage(r)
	if err != nil {
		return nil, err
	}
	if wrong != nil || chosen != "" {
		page.New.URL, page.New.Wants, page.New.WantsErr = address, groupChoices(wants, false), chosen
		var refusal *connect.Refusal
		if errors.As(wrong, &refusal) {
			page.New.URLErr = lang.Said("{reason}.", "reason", lang.Opening(fromBelow(refusal.Reason())))
		}
		return nil, refused{page}
	}
	page.Fresh = &views.FreshHook{Host: hook.Host, Secret: plain}
	return page, nil
}

// testWebhook calls one with an event that says that it is a test.
func (s *Server) testWebhook(r *http.Request) (templ.Component, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return nil, err
	}
	var failed *connect.HookError
	err = s.notifier.TestHook(r.Context(), number)
	if err != nil && !errors.As(err, &failed) {
		return nil, err
	}
	page, err := s.webhooksPage(r)
	page.Tried = &views.Notice{Tone: "ok", Text: "The test was taken."}
	if failed != nil {
		page.Tried = &views.Notice{Tone: "over", Text: lang.Said("The test was not taken: {error}.", "error", fromBelow(failed.Error()))}
	}
	return page, err
}

func (s *Server) removeWebhook(r *http.Request) (string, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return "", err
	}
	if err := s.store.EndWebhook(context.WithoutCancel(r.Context()), who(r).Actor(), number, false); err != nil {
		return "", err
	}
	notify(r, "ok", "The webhook is removed, and its address and secret with it.")
	return "/webhooks", nil
}
