package views

import "quittance/views/lang"

// The codes of a ticket in words. db/ticket has the lists; a test holds the two together.

// Rights are what a person can ask for.
var Rights = []Coded{
	{"access", "Art. 15", "Access"},
	{"rectification", "Art. 16", "Rectification"},
	{"erasure", "Art. 17", "Erasure"},
	{"restriction", "Art. 18", "Restriction"},
	{"portability", "Art. 20", "Portability"},
	{"objection", "Art. 21", "Objection"},
	{"processed-images", "Art. 17", "To be forgotten: processed images"},
}

// Regimes are the laws by which a clock runs.
var Regimes = []Coded{{"eu-gdpr", "", "EU GDPR"}, {"uk-gdpr", "", "UK GDPR"}, {"ccpa", "", "CCPA"}}

// Regions decide which support route a ticket takes.
var Regions = []Coded{{"eu", "", "EU"}, {"non-eu", "", "Outside the EU"}}

// TicketChannels are how a request came.
var TicketChannels = []Coded{
	{"mail", "", "E-mail"}, {"post", "", "Post"}, {"phone", "", "Phone"}, {"in-person", "", "In person"}, {"web", "", "Web form"}, {"api", "", "API"}, {"opendsr", "", "OpenDSR"},
}

// Relations are what somebody is to the person for whom they ask.
var Relations = []Coded{
	{"agent", "", "Authorised agent"}, {"parent", "", "Parent"}, {"guardian", "", "Guardian"}, {"solicitor", "", "Solicitor"}, {"relative", "", "Relative of somebody who has died"}, {"other", "", "Somebody else"},
}

// Extensions are the reasons for two further months.
var Extensions = []Coded{
	{"complexity", "Art. 12(3)", "The request is complex"},
	{"number", "Art. 12(3)", "There are many requests"},
	{"both", "Art. 12(3)", "The request is complex, and there are many"},
}

// TicketRefusals are the grounds on which nothing is done.
var TicketRefusals = []Coded{
	{"12-5-unfounded", "Art. 12(5)(b)", "Manifestly unfounded; we carry the burden of showing it"},
	{"12-5-excessive", "Art. 12(5)(b)", "Excessive, in particular repetitive; we carry the burden of showing it"},
	{"12-2", "Art. 12(2), 11(2)", "We show that we cannot identify the person"},
	Refusals[0], Refusals[1], Refusals[2], Refusals[3], Refusals[4],
	{"15-4", "Art. 15(4)", "It would harm the rights of others"},
	{"21-1", "Art. 21(1)", "Compelling grounds outweigh the objection, or legal claims need the data"},
	{"not-applicable", "Art. 12(4)", "The right does not apply here"},
}

// Outcomes are what was done, where a right can be answered in more than one way.
var Outcomes = []Coded{
	{"16-corrected", "Art. 16", "What was wrong was corrected, and who had received it was told (Art. 19)"},
	{"16-completed", "Art. 16", "It was completed, by a statement of the person where that does"},
	{"21-1", "Art. 21(1)", "It is processed no longer"},
	{"21-3", "Art. 21(3)", "It is used for direct marketing no longer"},
	{"images-erased", "Art. 17", "The provider has confirmed that the processed images are gone"},
	{"images-none", "Art. 17", "The provider holds none"},
}

// OutcomesOf are those of a right.
func OutcomesOf(right string) []Coded {
	return map[string][]Coded{"rectification": Outcomes[0:2], "objection": Outcomes[2:4], "processed-images": Outcomes[4:6]}[right]
}

// Pauses are what a ticket waits for.
var Pauses = []Coded{
	{"identity", "Art. 12(6)", "Who they are"},
	{"clarification", "Rec. 63", "What they ask for"},
	{"fee", "Art. 12(5)(a)", "A reasonable fee"},
}

// Methods are how it was checked who asks.
var Methods = []Coded{
	{"signed-in", "", "Signed in to their account"},
	{"known-contact", "", "Answered from an address or number that we knew"},
	{"questions", "", "Answered questions about what we hold"},
	{"call-back", "", "Called back on a number that we knew"},
	{"document-seen", "", "A document was seen, and not kept"},
	{"electronic-id", "", "Electronic identification"},
	{"agent-authority", "", "Authority of the agent"},
	{"other", "", "Another way"},
}

// Levels are how sure the check makes us.
var Levels = []Coded{{"low", "", "Low"}, {"substantial", "", "Substantial"}, {"high", "", "High"}}

// TicketLinks are what a ticket can be linked with.
var TicketLinks = []Coded{{"erasure", "", "Erasure"}, {"hold", "", "Hold"}, {"restriction", "", "Restriction"}, {"export", "", "Export"}}

// CodeWords says a code of a list in words, without its article; a code of a newer program stays as it is.
func CodeWords(list []Coded, code string) lang.Word {
	for _, c := range list {
		if c.Code == code {
			return c.Words
		}
	}
	return lang.Raw(code)
}

// CodeArticle is the article of a code of a list, "" where it has none.
func CodeArticle(list []Coded, code string) lang.Word {
	for _, c := range list {
		if c.Code == code {
			return c.Article
		}
	}
	return ""
}

// Choices are the options of a list; first stands before them and is chosen when nothing is, "" = nothing stands there.
func Choices(list []Coded, chosen string, first lang.Word) []Option {
	var opts []Option
	if first != "" {
		opts = append(opts, Option{Value: "", Label: first, Selected: chosen == ""})
	}
	for _, c := range list {
		label := c.Words
		if c.Article != "" {
			label += lang.Said(" ({article})", "article", c.Article)
		}
		opts = append(opts, Option{Value: c.Code, Label: label, Selected: c.Code == chosen})
	}
	return opts
}

// Wrong tells whether anything stands beside a field of the form.
func (v NewTicket) Wrong() bool {
	for _, f := range []Field{v.Right, v.Regime, v.Country, v.Region, v.Channel, v.Received, v.IDs, v.Name, v.Contact, v.Relation, v.AgentName, v.AgentContact, v.Note} {
		if f.Error != "" {
			return true
		}
	}
	return false
}
