package views

// LetterKinds are the letters to a person about their request, with what the law says of each.
var LetterKinds = []Coded{
	{"acknowledgement", "That the request came in. 11 CCR 7021(a) wants it within 10 business days; elsewhere it is good manners.", "Acknowledgement"},
	{"identity", "Art. 12(6): where there is a reasonable doubt who asks, for what is needed and no more.", "Identity request"},
	{"extension", "Art. 12(3): the person is told within the first month, with the reasons.", "Extension"},
	{"refusal", "Art. 12(4): the reasons, the complaint to an authority, and the way to a court, within a month.", "Refusal"},
	{"completion", "Art. 12(3): what was done on the request.", "Completion"},
	{"erased", "Art. 12(3): what was done on the request, with the receipt.", "Completion of an erasure"},
	{"lifting", "Art. 18(3): the person is told before a restriction is lifted.", "End of a restriction"},
	{"recipients", "Art. 19: who the recipients are, if the person asks.", "Recipients"},
}

// LetterLanguages are the languages of letters.
var LetterLanguages = []Coded{{"en", "", "English"}, {"de", "", "German"}}

// LetterWays are how a letter reached the person.
var LetterWays = []Coded{{"post", "", "By post"}, {"mail", "", "By mail"}, {"handed-over", "", "Handed over"}}
