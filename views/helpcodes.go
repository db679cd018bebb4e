package views

import "quittance/views/lang"

// HelpList is a closed list of codes, explained once; its codes say the rest themselves.
type HelpList struct {
	ID, Page    string
	Title, Says lang.Word
	Codes       []Coded
}

// HelpLists are the closed lists of the console. A test wants each list of codes of this package here.
var HelpLists = []HelpList{
	{"grounds", "codes", "Grounds to erase", "One of the six on which a person may ask.", Grounds},
	{"refusals", "codes", "Grounds to refuse", "What an officer may answer instead.", Refusals},
	{"holds", "codes", "Grounds to hold", "For which records are kept from erasure.", HoldGrounds},
	{"restrictions", "codes", "Grounds to restrict", "On which a person may ask that their data is only stored.", RestrictionGrounds},
	{"stays", "codes", "Services left out", "Why a service is not part of an erasure.", Stays},
	{"ends", "codes", "Parts given up", "Why a part elsewhere is not tried again.", Ends},
	{"dismissals", "codes", "Data that returned", "Why it is meant to be there.", Dismissals},
	{"channels", "codes", "End of a restriction", "How the person was told of it.", Channels},
	{"rights", "requests", "Rights", "What a person can ask for.", Rights},
	{"ticket-refusals", "requests", "Refusals of a ticket", "Grounds on which nothing is done.", TicketRefusals},
	{"outcomes", "requests", "Outcomes", "What was done, where there is more than one way.", Outcomes},
	{"extensions", "requests", "Extensions", "Reasons for two further months.", Extensions},
	{"pauses", "requests", "Pauses", "What a ticket waits for.", Pauses},
	{"methods", "requests", "Checks of identity", "How it was checked who asks.", Methods},
	{"levels", "requests", "Sureness of a check", "How sure the check makes us.", Levels},
	{"letters", "requests", "Letters", "What each letter says to the person.", LetterKinds},
	{"letter-ways", "requests", "Ways of a letter", "How it went out.", LetterWays},
	{"letter-languages", "requests", "Languages of letters", "In which a letter can be written.", LetterLanguages},
	{"regimes", "requests", "Laws of the clock", "By which law the days are counted.", Regimes},
	{"regions", "requests", "Regions", "Which support route a ticket takes.", Regions},
	{"ticket-channels", "requests", "Ways of a request", "How it came in.", TicketChannels},
	{"relations", "requests", "Asked for somebody else", "What the asker is to the person.", Relations},
	{"centres", "cases", "Data centres", "Where a real instance runs: it decides by which support route a ticket goes.", DataCentres},
	{"ticket-links", "requests", "Linked with a ticket", "What was done for it here.", TicketLinks},
}
