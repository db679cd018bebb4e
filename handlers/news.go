package handlers

import (
	"context"
	"strings"

	"quittance/db"
	"quittance/handlers/auth"
	"quittance/handlers/connect"
	"quittance/views/lang"
)

// newsWord is how something is told to somebody who does not look at the console: who may do anything about it, its sentence, its page. N in the page and
// {n} in the sentence stand for the number of what it is about. A sentence never names a person or a customer ID: mail and calls leave the house (law L10).
type newsWord struct {
	needs    auth.Permission
	sentence lang.Word
	page     string
}

// newsWords has a line for each occasion that is no alarm; alarms have theirs in alarmWords.
var newsWords = map[db.What]newsWord{
	db.ErasureWaits:   {auth.Approve, "Erasure {n} waits for approval", "/erasures/N"},
	db.BulkWaits:      {auth.Approve, "List {n} of erasures waits for approval", "/bulks/N"},
	db.BatchWaits:     {auth.Approve, "Batch {n} is paused and waits for somebody to let it go on or stop it", "/batches/N"},
	db.HoldWaits:      {auth.Hold, "Hold {n} waits for a second officer", "/holds/N"},
	db.AnswerWaits:    {auth.Release, "The answer to ticket {n} waits to be released", "/tickets/N/access"},
	db.DisposalWaits:  {auth.Retention, "The destruction of case files waits for approval", "/casefiles"},
	db.RetentionWaits: {auth.Retention, "A shorter retention of service {n} waits for approval", "/services/N"},
	db.TicketSoon:     {auth.Work, "Ticket {n} is due within seven days", "/tickets/N"},
	db.TicketOverdue:  {auth.Work, "Ticket {n} is overdue", "/tickets/N"},
	db.PartFails:      {auth.Propose, "A part of erasure {n} failed or waits for a person", "/erasures/N"},
}

// groupWords are the groups as a person chooses them.
var groupWords = map[string]struct{ label, detail lang.Word }{
	db.GroupWaiting: {"What waits for me", "erasures, lists, holds, answers and policies that I may decide and did not propose"},
	db.GroupDue:     {"What is due", "tickets within seven days of their last day or past it, mine and nobody’s; erasures near the end of their 24 hours"},
	db.GroupFailed:  {"What failed elsewhere", "parts of erasures at linked services"},
	db.GroupDrill:   {"Drills", "one that was not passed, or none for two days"},
	db.GroupAlarm:   {"Other alarms", "all that the overview warns of"},
}

// newsContext is that of somebody who reads their mail: their own language, else the house's.
func (c Config) newsContext(language string) context.Context {
	if language == "" || !Offers(language) {
		language = string(c.Language)
	}
	return lang.With(context.Background(), lang.Known(language))
}

// tellNews says what there is to tell in a language, and where it is seen.
func (c Config) tellNews(language string, n db.News) (sentence, path string) {
	ctx := c.newsContext(language)
	if kind := n.What.Alarm(); kind != "" {
		w := alarmWords[kind]
		said := w.say(db.Alarm{Kind: kind, Object: n.Object, Since: n.Since, Count: n.Count})
		return lang.T(ctx, lang.Opening(said)), w.href
	}
	w := newsWords[n.What]
	_, number, _ := n.Object.Split()
	return lang.Say(ctx, w.sentence, "n", decimal(number)), strings.Replace(w.page, "N", decimal(number), 1)
}

// mailPhrases are what else a mail says.
func (c Config) mailPhrases(language string) connect.Phrases {
	ctx := c.newsContext(language)
	return connect.Phrases{
		Again:   lang.T(ctx, "An earlier try to send this may have reached you."),
		More:    func(n int) string { return lang.Count(ctx, int64(n), "And 1 more:", "And {n} more:") },
		Several: func(n int) string { return lang.Count(ctx, int64(n), "1 thing to look at", "{n} things to look at") },
		Choice:  lang.T(ctx, "Quittance. What you are told is your choice:"),
	}
}

// mayHear tells whether somebody's roles let them do anything about it.
func mayHear(u db.User, what db.What) bool {
	needs := newsWords[what].needs
	switch {
	case what.Group() == db.GroupDrill:
		needs = auth.Drill
	case what.Alarm() != "":
		needs = auth.Read
	}
	return auth.Identity{User: u}.May(needs)
}
