package handlers

import (
	"strings"

	"quittance/db"
	"quittance/handlers/auth"
	"quittance/views/lang"
)

// newsWord is how something is told to somebody who does not look at the console: who may do anything about it, its sentence, its page. N stands
// for the number of what it is about. A sentence never names a person or a customer ID: mail and calls leave the house (law L10).
type newsWord struct {
	needs          auth.Permission
	sentence, page string
}

// newsWords has a line for each occasion that is no alarm; alarms have theirs in alarmWords.
var newsWords = map[db.What]newsWord{
	db.ErasureWaits:   {auth.Approve, "Erasure N waits for approval", "/erasures/N"},
	db.BulkWaits:      {auth.Approve, "List N of erasures waits for approval", "/bulks/N"},
	db.BatchWaits:     {auth.Approve, "Batch N is paused and waits for somebody to let it go on or stop it", "/batches/N"},
	db.HoldWaits:      {auth.Hold, "Hold N waits for a second officer", "/holds/N"},
	db.AnswerWaits:    {auth.Release, "The answer to ticket N waits to be released", "/tickets/N/access"},
	db.DisposalWaits:  {auth.Retention, "The destruction of case files waits for approval", "/casefiles"},
	db.RetentionWaits: {auth.Retention, "A shorter retention of service N waits for approval", "/services/N"},
	db.TicketSoon:     {auth.Work, "Ticket N is due within seven days", "/tickets/N"},
	db.TicketOverdue:  {auth.Work, "Ticket N is overdue", "/tickets/N"},
	db.PartFails:      {auth.Propose, "A part of erasure N failed or waits for a person", "/erasures/N"},
}

// groupWords are the groups as a person chooses them.
var groupWords = map[string]struct{ label, detail lang.Word }{
	db.GroupWaiting: {"What waits for me", "erasures, lists, holds, answers and policies that I may decide and did not propose"},
	db.GroupDue:     {"What is due", "tickets within seven days of their last day or past it, mine and nobody’s; erasures near the end of their 24 hours"},
	db.GroupFailed:  {"What failed elsewhere", "parts of erasures at linked services"},
	db.GroupDrill:   {"Drills", "one that was not passed, or none for two days"},
	db.GroupAlarm:   {"Other alarms", "all that the overview warns of"},
}

// tellNews says what there is to tell, and where it is seen.
func tellNews(n db.News) (sentence, path string) {
	if kind := n.What.Alarm(); kind != "" {
		w := alarmWords[kind]
		said := w.say(db.Alarm{Kind: kind, Object: n.Object, Since: n.Since, Count: n.Count})
		return lang.InEnglish(lang.Opening(said)), w.href
	}
	w := newsWords[n.What]
	_, number, _ := n.Object.Split()
	return strings.Replace(w.sentence, "N", decimal(number), 1), strings.Replace(w.page, "N", decimal(number), 1)
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
