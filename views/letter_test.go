package views

import (
	"testing"

	"quittance/views/lang"
)

func sampleSheet() LetterSheet {
	return LetterSheet{Head: []string{"Example Ltd", "1 Example Square"}, To: []string{"Anna Berg", "Lindenstraße 7, 10969 Berlin"}, Subject: "Your request 7: we need more time",
		Text: "Dear Anna Berg,\n\nyour data lies in eleven services.\n\nExample Ltd", Language: "en"}
}

// TestLetterPages: from the choice of a letter to the one that was sent, and the house's own texts.
func TestLetterPages(t *testing.T) {
	render(t, "newletter", NewLetter{Ticket: 7, Kinds: []LetterKind{{Name: "Extension", Sub: "Art. 12(3)", In: []PagerLink{{Label: "English", Href: "/tickets/7/letters/new?kind=extension&language=en"},
		{Label: "German", Href: "/tickets/7/letters/new?kind=extension&language=de"}}}}})
	extension := NewLetter{Ticket: 7, Name: "Extension", Law: "Art. 12(3): the person is told within the first month, with the reasons.", Carried: []Given{{Name: "kind", Value: "extension"}, {Name: "language", Value: "en"}}}
	asks := extension
	asks.Asks = []Field{{Name: "reasons", Label: "Reasons", Type: "textarea", Required: true, Error: "Write it down."}}
	render(t, "newletter_asks", asks)
	draft := extension
	draft.Text, draft.TextErr, draft.Does = "Your request 7: we need more time\n\nDear {{requester}},", "Line 3: this field has no value.", "With it the ticket is extended to 2 June 2026."
	draft.Lacks = []lang.Word{"The day by which you will answer (Art. 12(3) GDPR)"}
	draft.SentWith = []Field{{Name: "way", Label: "How it was sent", Type: "select", Options: Choices(LetterWays, "post", "Choose one")}, {Name: "day", Label: "On", Type: "date", Value: "2026-03-09"}}
	render(t, "newletter_draft", draft)
	render(t, "letter", Letter{Ticket: 7, Number: 3, Name: "Extension", Sent: "Sent: By post, 9 Mar 2026, English; kept by Sam Ode", Lacks: "When it was kept, 1 part that the law wants could not be found in it.",
		Sheet: sampleSheet(), Hash: "0f3a"})
	render(t, "letters_of_ticket", Letters{Rows: []LetterRow{{Name: "Extension", Sub: "By post, 9 Mar 2026", Href: "/tickets/7/letters/3"}, {Name: "Acknowledgement", Sub: "erased, its hash stays in the audit trail"}}, New: "/tickets/7/letters/new"})
	render(t, "letters_of_ticket_none", Letters{})
	render(t, "lettertexts", LetterTexts{Groups: []LetterGroup{{ID: "house", Name: "Every letter", Rows: []LetterTextRow{{Name: "Letterhead", Sub: "as the house came", Href: "/settings/letters/letterhead"}}}}})
	sheet := sampleSheet()
	render(t, "lettertext", LetterText{Name: "Extension, English", Sub: "EU GDPR", Action: "/settings/letters/extension-en-eu-gdpr", Text: "Your request {{ticket}}", Error: "Line 1, character 14: there is no field of this name.", Long: true,
		Changed: true, Fields: []string{"ticket"}, Lacks: []lang.Word{"The reasons (Art. 12(3) and (4) GDPR)"}, Preview: &sheet, Versions: []LetterVersion{{By: "Olga Reiter, 9 Mar 2026", Text: "Your request"}}})
}

// TestAnswerPages: an answer before it is prepared, looked through, released with its link, and the door where the person fetches it.
func TestAnswerPages(t *testing.T) {
	render(t, "answer_new", Answer{Ticket: 7, State: State{Word: "Not prepared"}, Sentence: "Nothing is prepared yet.", Prepare: "Prepare the answer"})
	prepared := Answer{Ticket: 7, State: State{Tone: "run", Icon: "hourglass", Word: "Prepared"}, Sentence: "4 records are prepared.", Facts: []KV{{Key: "Records", Value: "4"}},
		Gaps: []KV{{Key: "Art. 15(2), Transfers to other countries", Href: "/statements"}}, Redactions: []AnswerRedactionRow{{Number: 2, What: "“Mr Holloway”", Where: "in all records", Why: "data of another person", By: "Sam Ode", Remove: true}},
		Restricted: true, Prepare: "Prepare it anew, with a new cut-off", Review: true, Release: true, Error: "Statements are missing.", History: []Event{{When: noon, What: "An answer was prepared.", Sub: "Sam Ode"}}}
	render(t, "answer_prepared", prepared)
	released := prepared
	released.State, released.Release, released.Error, released.Gaps, released.Restricted = State{Tone: "run", Icon: "hourglass", Word: "Released"}, false, "", nil, false
	released.Out, released.Send, released.Left = true, true, []KV{{Key: "data of another person", Value: "2"}}
	released.Secret = &AnswerSecret{Link: "https://q.example/answers/SECRET", Until: evening}
	released.Ways = []AnswerWayRow{{Kind: "Link", Sub: "made by Rita Lind", State: State{Tone: "wait", Word: "Not fetched yet"}}}
	render(t, "answer_released", released)
	render(t, "answer_review", AnswerReview{Ticket: 7, Records: []ReviewRecord{{Number: 12, Title: "Message, 9 Mar 2026", Others: "bears the ID of 1 other customer, which is left out in any case",
		Fields: []ReviewField{{"/request/input/text", "my neighbour Mr Holloway saw it"}}, Marks: []ReviewField{{"/request/input/n", "3"}}, Proposals: []ReviewProposal{{Value: "12:Mr Holloway", Words: "Mr Holloway", Kind: "name"}}}},
		Next: 13, Reasons: []Option{{Value: "other-person", Label: "data of another person"}}, Error: "Choose what is left out.", Typed: "Mr"})
	render(t, "answer_panel", AnswerPanel{Href: "/tickets/7/access", Sentence: "4 records are prepared.", Link: "To the answer", State: State{Tone: "run", Word: "Prepared"}})
	render(t, "answer_door_used", AnswerDoor{Token: "SECRET"})
}

// TestCaseFilesPage: what is to be reviewed with the schedule that it was kept by, and what was decided.
func TestCaseFilesPage(t *testing.T) {
	render(t, "casefiles", CaseFiles{Kept: "24 months after its end", Manage: true, More: true, Error: "Choose at least one case file.",
		Rows: []CaseRow{{Number: 7, Name: "Access", Ended: "Answered 9 Mar 2024", Law: "EU GDPR", Kept: "kept for 24 months, as for all rights", Chosen: true}, {Number: 8, Name: "Objection", Ended: "Refused 9 Mar 2024", Law: "CCPA", Held: true}},
		Disposals: []DisposalRow{{Number: 1, Name: "2 case files", State: State{Tone: "wait", Word: "Waits for a second officer"}, Subs: []lang.Word{"Proposed by Olga Reiter, 9 Mar 2026", "2 case files kept for 24 months, as for all rights"},
			Tickets: []int64{3, 4}, Cases: 2, Approve: true, Withdraw: true}}})
	render(t, "casefiles_none", CaseFiles{Kept: "24 months after its end"})
}
