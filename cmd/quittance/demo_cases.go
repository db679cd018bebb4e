package main

import (
	"quittance/db/letter"
	"quittance/db/ticket"
)

// What comes to the desk of the demo, the oldest first: all rights, channels and laws, and every state in which a ticket can be. Days are
// counted so that one is due on the day of the demo (the CCPA counts 45 calendar days, whatever the weekday) and two are overdue on any.
var demoCases = []demoCase{
	{days: 86, right: ticket.Access, regime: ticket.EU, country: "DE", channel: "mail", language: "de", with: "support", says: "Möchte wissen, was wir seit der Kündigung noch speichern.", acts: []demoAct{
		{0, "support", wrote(letter.Acknowledgement)}, {3, "support", checkedBy("known-contact", "substantial", "Antwort von der Adresse des Kundenkontos.")}, {19, "officer", closed}}},
	{days: 84, right: ticket.Objection, regime: ticket.EU, country: "FR", channel: "web", language: "en", with: "officer", says: "Objects to the newsletter and to advertising by phone.", acts: []demoAct{
		{0, "officer", wrote(letter.Acknowledgement)}, {9, "officer", closed}}},
	{days: 81, right: ticket.Rectification, regime: ticket.UK, country: "GB", channel: "phone", language: "en", with: "support", says: "Moved in spring; orders still go to the old flat.", acts: []demoAct{
		{0, "support", checkedBy("call-back", "substantial", "Called back on the number of the account.")}, {12, "officer", closed}}},
	{days: 78, right: ticket.Portability, regime: ticket.EU, country: "DE", channel: "web", language: "de", with: "support", says: "Will mit den Gesprächen zu einem anderen Anbieter.", acts: []demoAct{
		{2, "support", checkedBy("signed-in", "high", "Formular im angemeldeten Konto abgeschickt.")}, {21, "officer", closed}}},
	{days: 76, right: ticket.Access, regime: ticket.CCPA, country: "US", channel: "web", language: "en", with: "support", says: "Wants the specific pieces of information, not only the categories.", acts: []demoAct{
		{1, "support", wrote(letter.Acknowledgement)}, {6, "support", checkedBy("questions", "substantial", "Date and amount of the last two orders.")}, {30, "officer", closed}}},
	{days: 74, right: ticket.Access, regime: ticket.EU, country: "IE", channel: "mail", language: "en", with: "officer", says: "Fourth request since March, word for word the same.", acts: []demoAct{
		{14, "officer", turnedDown("12-5-excessive", "You asked for the same data on 2, 9 and 23 of last month and have had it each time. Nothing has been added since.")}}},
	{days: 70, right: ticket.Images, regime: ticket.EU, country: "NL", channel: "mail", language: "en", with: "second.officer", says: "A photograph sent with a claim must not be used for training.", acts: []demoAct{
		{1, "second.officer", wrote(letter.Acknowledgement)}, {24, "second.officer", closed}}},
	{days: 66, right: ticket.Access, regime: ticket.EU, country: "DE", channel: "post", language: "de", with: "support", says: "Drei Kundennummern, zwei davon aus übernommenen Filialen.", acts: []demoAct{
		{1, "support", wrote(letter.Acknowledgement)}, {5, "support", checkedBy("known-contact", "substantial", "Brief an die hinterlegte Anschrift, Rückruf.")},
		{20, "officer", extended("complexity", "Ihre Daten liegen unter drei Kundennummern, zwei davon in Archiven früherer Filialen, die nur von Hand durchsucht werden können.")}, {58, "officer", closed}}},
	{days: 63, right: ticket.Access, regime: ticket.UK, country: "GB", channel: "in-person", language: "en", with: "support", says: "Asked at the counter in Leeds.", acts: []demoAct{
		{0, "support", checkedBy("document-seen", "high", "Passport seen at the counter; no copy taken.")}, {15, "officer", closed}}},
	{days: 57, right: ticket.Access, regime: ticket.EU, country: "AT", channel: "mail", language: "de", with: "support", says: "Schreibt von einer Adresse, die zu keinem Konto gehört.", acts: []demoAct{
		{2, "support", asked("Ihre Nachricht kam von einer Adresse, die wir nicht kennen. Bitte antworten Sie von der Adresse Ihres Kundenkontos, oder nennen Sie uns Tag und Betrag Ihrer letzten Bestellung.")}, {33, "support", givenUp}}},
	{days: 55, right: ticket.Objection, regime: ticket.CCPA, country: "US", channel: "api", language: "en", with: "second.officer", says: "Do not sell or share; came through the shop's own form.", acts: []demoAct{{11, "second.officer", closed}}},
	{days: 52, right: ticket.Access, regime: ticket.EU, country: "DE", channel: "web", language: "de", with: "support", says: "Auskunft, dringend; liegt auch der Aufsicht vor.", acts: []demoAct{
		{4, "support", checkedBy("signed-in", "high", "")}, {12, "support", noted("Archiv der Schadensabteilung antwortet nicht; dritte Erinnerung.")}, {38, "officer", closed}}},
	{days: 50, right: ticket.Access, regime: ticket.EU, country: "ES", channel: "mail", language: "en", with: "support", says: "Wants a copy of one conversation only.", acts: []demoAct{
		{3, "support", noted("Found the conversation in the app; needs nothing more.")}, {3, "support", takenBack}}},
	{days: 48, right: ticket.Access, regime: ticket.UK, country: "GB", channel: "mail", language: "en", with: "officer", relation: "solicitor", says: "Letter of a solicitor, with authority to act.", acts: []demoAct{
		{2, "officer", checkedBy("agent-authority", "high", "Signed authority seen; firm found in the register of the SRA.")}, {26, "officer", closed}}},
	{days: 47, right: ticket.Access, regime: ticket.EU, country: "DE", channel: "post", language: "de", with: "officer", unknown: true, says: "Nur ein Vorname und eine Stadt; keine Anschrift.", acts: []demoAct{
		{18, "officer", turnedDown("12-2", "Mit den Angaben, die wir haben, lässt sich nicht feststellen, welche Daten Ihre sind. Schreiben Sie uns bitte noch einmal mit Ihrer Kundennummer.")}}},

	{days: 45, right: ticket.Access, regime: ticket.CCPA, country: "US", channel: "phone", language: "en", with: "support", says: "Called the toll-free number.", acts: []demoAct{
		{1, "support", wrote(letter.Acknowledgement)}, {8, "support", checkedBy("questions", "substantial", "Order number and the last four digits of the card.")}, {40, "support", prepared}}},
	{days: 43, right: ticket.Access, regime: ticket.EU, country: "DE", channel: "mail", language: "de", with: "support", says: "Fragt nach allen Diensten, auch nach dem der Personalabteilung.", acts: []demoAct{
		{1, "support", wrote(letter.Acknowledgement)}, {6, "support", checkedBy("call-back", "substantial", "Rückruf unter der hinterlegten Nummer.")},
		{22, "officer", extended("both", "Ihre Anfrage betrifft sechs Dienste, und in diesem Monat haben uns ungewöhnlich viele Anfragen erreicht.")}}},
	{days: 39, right: ticket.Portability, regime: ticket.EU, country: "FR", channel: "web", language: "en", with: "support", says: "Wants the conversations as a file for another provider.", acts: []demoAct{
		{2, "support", wrote(letter.Acknowledgement)}, {30, "support", noted("The bank's archive promises its export for Friday. The date has passed.")}}},
	{days: 36, right: ticket.Access, regime: ticket.UK, country: "GB", channel: "post", language: "en", says: "Two pages by hand, found in the post of the returns department.", acts: []demoAct{
		{0, "support", attached("letter-as-read.txt", "Dear Sir or Madam,\n\nplease send me everything that you hold about me, as the law says I may ask.\n\nYours faithfully\n")}}},
	{days: 30, right: ticket.Access, regime: ticket.EU, country: "DE", channel: "web", language: "de", with: "support", says: "Auskunft über das Konto, als Datei.", acts: []demoAct{
		{0, "support", wrote(letter.Acknowledgement)}, {2, "support", checkedBy("signed-in", "high", "Formular im angemeldeten Konto abgeschickt.")}, {24, "support", prepared},
		{24, "support", leftOut("Petra Lindner", "other-person")}, {26, "officer", released}, {26, "officer", fetched}}},
	{days: 27, right: ticket.Access, regime: ticket.EU, country: "NL", channel: "mail", language: "en", with: "support", says: "Everything about the claim after the storm.", acts: []demoAct{
		{0, "support", wrote(letter.Acknowledgement)}, {1, "support", attached("mail.txt", "Hello,\n\nplease send me a copy of all that you hold about my claim after the storm.\n\nKind regards\n")},
		{4, "support", checkedBy("known-contact", "substantial", "Answered from the address of the account.")}, {25, "support", prepared}, {25, "support", leftOut("Mr Holloway", "other-person")},
		{26, "support", noted("Ready for release. A neighbour's name is left out.")}}},
	{days: 25, right: ticket.Rectification, regime: ticket.EU, country: "DE", channel: "phone", language: "de", with: "second.officer", says: "Name nach der Heirat; der Bot nennt noch den alten.", acts: []demoAct{
		{3, "second.officer", checkedBy("call-back", "substantial", "Rückruf unter der hinterlegten Nummer.")}}},
	{days: 24, right: ticket.Access, regime: ticket.UK, country: "GB", channel: "web", language: "en", with: "support", says: "Address and name do not belong together.", acts: []demoAct{
		{3, "support", asked("The name that you gave and the address of the account do not belong together. Please answer from the address that you use with us, or tell us the date of your last order.")}}},
	{days: 20, right: ticket.Access, regime: ticket.EU, country: "BE", channel: "mail", language: "en", with: "support", says: "Asks for the data of a joint account.", acts: []demoAct{
		{2, "support", asked("The account is held by two people. Please tell us which of them you are, and answer from the address that is kept for you.")}}},
	{days: 18, right: ticket.Restriction, regime: ticket.EU, country: "DE", channel: "mail", language: "de", with: "officer", says: "Bestreitet die Angaben zum Schaden; bis zur Klärung soll nichts verwendet werden.", acts: []demoAct{
		{1, "officer", wrote(letter.Acknowledgement)}, {2, "officer", checkedBy("known-contact", "substantial", "Antwort von der Adresse des Kundenkontos.")}, {3, "officer", restricted("18-1-a")}}},
	{days: 15, right: ticket.Objection, regime: ticket.UK, country: "GB", channel: "mail", language: "en", with: "officer", says: "Objects to profiling for offers."},
	{name: "twice", days: 13, right: ticket.Access, regime: ticket.EU, country: "IE", channel: "mail", language: "en", with: "support", says: "Wants a copy of the claims conversations.", acts: []demoAct{
		{0, "support", wrote(letter.Acknowledgement)}}},
	{same: "twice", days: 11, right: ticket.Access, regime: ticket.EU, country: "IE", channel: "phone", language: "en", says: "Asks the same by phone; did not see our letter.", acts: []demoAct{{0, "support", mergedInto}}},
	{days: 8, right: ticket.Access, regime: ticket.EU, country: "DE", channel: "opendsr", language: "de", with: "officer", says: "Vom Verantwortlichen über OpenDSR weitergegeben."},
	{days: 6, right: ticket.Erasure, regime: ticket.UK, country: "GB", channel: "post", language: "en", with: "support", says: "Closes the account and wants everything gone.", acts: []demoAct{
		{1, "support", wrote(letter.Acknowledgement)}, {3, "support", checkedBy("known-contact", "substantial", "Letter to the address on file, answered.")}, {6, "support", toBeErased}}},
	{days: 4, right: ticket.Images, regime: ticket.EU, country: "DE", channel: "web", language: "de", says: "Bild aus dem Rückgabe-Chat soll vergessen werden."},
	{days: 3, right: ticket.Access, regime: ticket.UK, country: "GB", channel: "phone", language: "en", relation: "parent", says: "A mother asks for her son, who is twelve."},
	{days: 2, right: ticket.Portability, regime: ticket.EU, country: "DE", channel: "web", language: "de", says: "Möchte die Gespräche als Datei."},
	{days: 1, right: ticket.Objection, regime: ticket.CCPA, country: "US", channel: "web", language: "en", says: "Opt-out of sharing."},
	{days: 0, right: ticket.Access, regime: ticket.EU, country: "FR", channel: "api", language: "en", says: "Filed by the shop's account page."},
}

// demoErasureCases are erased on the given days before the last, by former customers; their receipts answer them.
var demoErasureCases = map[int]demoCase{
	6: {days: 12, right: ticket.Erasure, regime: ticket.EU, country: "DE", channel: "web", language: "de", with: "support", says: "Konto gekündigt; alles löschen."},
	3: {days: 8, right: ticket.Erasure, regime: ticket.EU, country: "IE", channel: "mail", language: "en", with: "support", says: "Wants to be forgotten after a closed claim."},
}

// demoAgents are those who ask for somebody else.
var demoAgents = map[string]string{"solicitor": "Cole & Partners, Solicitors", "parent": "Hannah Quill"}

// demoHouse is what stands in every letter.
var demoHouse = map[string]string{
	letter.Letterhead:               "Example Group plc\nPrivacy desk\n1 Example Square\nDublin 2, Ireland",
	letter.Contact:                  "privacy@example.com, +353 1 555 0100",
	letter.AuthorityOf(ticket.EU):   "the Data Protection Commission, 6 Pembroke Row, Dublin 2 (dataprotection.ie)",
	letter.AuthorityOf(ticket.UK):   "the Information Commissioner (ico.org.uk)",
	letter.AuthorityOf(ticket.CCPA): "the California Privacy Protection Agency (cppa.ca.gov)",
}

// demoStatements are what Art. 15(1) and (2) want said with the data.
var demoStatements = map[string]string{
	"controller": "Example Group plc, 1 Example Square, Dublin 2, Ireland. Data protection officer: dpo@example.com.",
	"purposes":   "To answer your questions about orders, claims and accounts (Art. 6(1)(b) GDPR), and to keep what tax law wants kept (Art. 6(1)(c) GDPR).",
	"categories": "Messages that you wrote to our assistants, images and documents that you sent with them, and when that was.",
	"recipients": "IBM Ireland Ltd, Dublin (hosting of the assistants); Example Parcel Ltd, Dublin (delivery addresses).",
	"retention":  "Conversations for two years after the last of them; what belongs to an invoice for ten years.",
	"rights":     "You can have your data rectified or erased, have its use restricted, and object to it. Write to privacy@example.com.",
	"authority":  "Data Protection Commission, 6 Pembroke Row, Dublin 2, D02 X963, Ireland.",
	"source":     "All of it comes from you, except delivery times, which Example Parcel Ltd tells us.",
	"automated":  "There are none: whatever has legal effect for you is decided by a person.",
	"transfers":  "Two assistants run in the United States of America; the safeguard is the adequacy decision (EU) 2023/1795.",
}
