package views

import "quittance/views/lang"

// HelpEntry explains one state or word. Code is the code that is stored, or
// the word in an address; it stands once in its topic and makes the anchor.
type HelpEntry struct {
	Code   string
	State  State // as pages show it; of a plain word, the word alone
	Says   lang.Word
	Source lang.Word // the article, the document or the law of the house behind it
}

// HelpTopic is one panel of entries. ID begins the anchors of its entries.
type HelpTopic struct {
	ID, Page string
	Title    lang.Word // Page is where it stands: /help/<Page>
	Entries  []HelpEntry
}

// Anchor is where an entry stands on its page: "part-failed-for-good".
func (t HelpTopic) Anchor(code string) string { return t.ID + "-" + slug(code) }

// Href leads to an entry.
func (t HelpTopic) Href(code string) string { return "/help/" + t.Page + "#" + t.Anchor(code) }

// HelpTopics are all that the help explains, in the order of its pages. A
// test holds them against the states and codes of the program.
var HelpTopics = []HelpTopic{
	{"erasure", "states", "States of an erasure", helpErasure},
	{"part", "states", "States of a service’s part", helpParts},
	{"list", "states", "States of a list of erasures", helpLists},
	{"batch", "states", "States of a batch", helpBatches},
	{"drill", "states", "Outcomes of a drill", helpDrills},
	{"import", "states", "States of an import", helpImports},
	{"export", "states", "States of an export", helpExports},
	{"hold", "cases", "States of a hold or a restriction", helpHolds},
	{"ticket", "cases", "States of a ticket", helpTickets},
	{"answer", "cases", "States of an answer", helpAnswers},
	{"link", "cases", "States of a service and of its link", helpLinks},
	{"receipt", "cases", "What a receipt says", helpReceipts},
	{"word", "words", "Words of an erasure", helpWords},
	{"proof", "words", "Words of the proof", helpProofs},
	{"person", "law", "Words of the law", helpPersons},
	{"alarm", "alarms", "Alarms", helpAlarms},
}

var helpErasure = []HelpEntry{
	{"proposed", State{"soon", "clipboard-list", "Proposed"}, "Counted and waiting for another person to approve or refuse it.", "Law L6 of the house: four eyes"},
	{"scheduled", State{"wait", "clock", "Scheduled"}, "Approved, or filed by an application that may. It can be withdrawn until its window ends; then the next batch takes it.", "Policy “cancel window”"},
	{"running", State{Tone: "run", Word: "Erasing"}, "The batch erases it, chunk by chunk, up to its cut-off.", "IBM, Information security: within 24 hours"},
	{"verifying", State{"run", "list-check", "Verifying"}, "Every service is asked again, by another path than the deletion.", "Law L8: honest words"},
	{"done", State{Tone: "ok", Word: "Done"}, "Every part has ended. The customer ID on the request has been replaced by a reference; the receipt can be read.", "Art. 17(1), 5(2)"},
	{"partial", State{Tone: "risk", Word: "Partly done"}, "Some part failed or waits for a person. The rest is erased.", "Art. 17(1), 19"},
	{"refused", State{"erased", "ban", "Refused"}, "An officer said no, on a coded ground. The person hears why and what they can do.", "Art. 12(4)"},
	{"withdrawn", State{"erased", "circle-minus", "Withdrawn"}, "Taken back before anything was erased.", "Policy “cancel window”"},
}

var helpParts = []HelpEntry{
	{"waiting", State{Tone: "wait", Word: "Waiting"}, "Nothing has been asked of this service yet.", "Law L8: honest words"},
	{"sent", State{"run", "send", "Sent"}, "The deletion was sent. Whether it arrived is not known. Sent is neither accepted nor confirmed.", "Law L8: honest words"},
	{"accepted", State{"run", "clock", "Accepted"}, "The service said that it will erase. It has not shown that it did.", "IBM, DELETE /v1/user_data: 202 Accepted"},
	{"confirmed", State{Tone: "ok", Word: "Confirmed"}, "Asked again by another path, and nothing up to the cut-off was found.", "Law L8: honest words"},
	{"unobservable", State{"risk", "eye-off", "Cannot be observed"}, "Accepted, 24 hours gone, and the service cannot be asked. Nobody can see whether it erased.", "Law L8: honest words"},
	{"attested", State{"ok", "fingerprint", "Attested"}, "A person says that it was erased, with evidence.", "Art. 5(2)"},
	{"failed", State{Tone: "over", Word: "Failed"}, "The service answered with an error, or not at all. It will be tried again.", "Art. 19"},
	{"failed for good", State{Tone: "over", Word: "Failed for good"}, "It will not be tried again, for a coded reason that stands on the receipt.", "Art. 19: impossible or disproportionate"},
	{"by hand", State{"risk", "hand-stop", "By hand"}, "It is not tried again by itself. A person mends what is wrong and presses “Try again”.", "Art. 19"},
	{"held", State{Tone: "held", Word: "Held"}, "A hold or a restriction keeps these records; the rest is erased.", "Art. 17(3), 18(2)"},
}

var helpLists = []HelpEntry{
	{"list", State{Tone: "wait", Word: "Typed"}, "The IDs were read and sorted; nothing is proposed yet.", "Law L7: the impact is shown first"},
	{"collecting", State{Tone: "run", Word: "Being proposed"}, "Each ID gets its own request, with its own cut-off.", "Law L2: exact cut-off"},
	{"proposed", State{"soon", "clipboard-list", "Proposed"}, "All its requests wait for another person, who decides on them together.", "Law L6: four eyes"},
	{"approving", State{Tone: "run", Word: "Being approved"}, "The approval is written to each request, one after the other.", "Law L4: each change has its entry"},
	{"approved", State{Tone: "ok", Word: "Approved"}, "Every request of the list was approved or had ended before.", "Law L6: four eyes"},
	{"refusing", State{Tone: "run", Word: "Being refused"}, "The refusal is written to each request, one after the other.", "Art. 12(4)"},
	{"refused", State{"erased", "ban", "Refused"}, "An officer refused the list, on a coded ground.", "Art. 12(4)"},
	{"withdrawing", State{Tone: "run", Word: "Being withdrawn"}, "The requests that have not begun are being taken back.", "Policy “cancel window”"},
	{"withdrawn", State{"erased", "circle-minus", "Withdrawn"}, "Taken back; what a batch had begun before goes on.", "Policy “cancel window”"},
}

var helpBatches = []HelpEntry{
	{"open", State{Tone: "wait", Word: "Open"}, "It collects requests whose window has ended, and has erased nothing.", "Design: one recipe, many erasures"},
	{"running", State{Tone: "run", Word: "Running"}, "It erases, scrubs the file and asks again.", "IBM, Information security: within 24 hours"},
	{"paused", State{"soon", "player-pause", "Paused"}, "The breaker or an officer paused it. Nothing more is erased until somebody lets it go on or stops it; the 24 hours do not stand still.", "Policy “breaker”; law L6"},
	{"stopped", State{"over", "player-stop", "Stopped"}, "An officer stopped it. What it had erased is gone. Its open requests are scheduled again with their deadlines and can be withdrawn for an hour at least; then the next batch takes them.", "Law L2: exact cut-off"},
	{"done", State{Tone: "ok", Word: "Done"}, "Everything it took has been erased and asked again, or stands open with its reason.", "Law L8: honest words"},
}

var helpDrills = []HelpEntry{
	{"running", State{Tone: "run", Word: "Running"}, "The made-up customer is being sent in, erased or looked for.", "Art. 32(1)(d): regular testing"},
	{"passed", State{Tone: "ok", Word: "Passed"}, "Everything was found before the erasure, and nothing after it.", "Art. 32(1)(d): regular testing"},
	{"failed", State{Tone: "over", Word: "Failed"}, "Something of the made-up customer was found after its erasure, a file has bytes that nobody owns, or the drill met an error. Tell an administrator today.", "Law L3: no bytes left"},
	{"blind", State{Tone: "over", Word: "Could not look"}, "Something was not found before the erasure: the way of looking does not work, so that finding nothing afterwards proves nothing.", "Law L8: honest words"},
	{"broken", State{Tone: "risk", Word: "Cut off"}, "The program ended in the middle of it. The next drill first ends its conversations, deletes its collections and erases what it left under made-up IDs.", "Art. 32(1)(d): regular testing"},
}
