package views

var helpHolds = []HelpEntry{
	{"active", State{Tone: "held", Word: "In force"}, "Its records are kept from every erasure. A review date only reminds.", "Art. 17(3) or 18"},
	{"lifting", State{"soon", "clock", "In force, end asked for"}, "One officer asked for its end; another one has to confirm it. Until then it keeps.", "Law L6: four eyes"},
	{"lifted", State{"erased", "circle-minus", "Lifted"}, "It keeps nothing any more, and erasures that waited for it go on. Before a restriction is lifted the person is told.", "Art. 17(3), 18(3)"},
	{"expired", State{"erased", "clock", "Expired"}, "It ended on the day that two officers set when it was placed.", "Law L6: four eyes"},
}

var helpTickets = []HelpEntry{
	{"open", State{Tone: "wait", Word: "Open"}, "Nobody has begun. The clock has run since the request came in.", "Art. 12(3); Reg. 1182/71, Art. 3"},
	{"in progress", State{Tone: "run", Word: "In progress"}, "Somebody is at work on it.", "Art. 12(3)"},
	{"waiting", State{"held", "hourglass", "Waits for the person"}, "The person was asked who they are, what they mean, or for a fee. The clock stands still only where the law allows it: never under the CCPA.", "Art. 12(6); UK GDPR Art. 12A; 11 CCR 7021"},
	{"extended", State{"run", "clock", "Extended"}, "In progress, with two further months. The person was told within the first month, with the reasons.", "Art. 12(3)"},
	{"answered", State{Tone: "ok", Word: "Answered"}, "The person has been told what was done.", "Art. 12(3)"},
	{"refused", State{"erased", "circle-minus", "Refused"}, "Nothing is done, on a coded ground. The letter says why, and names the authority and the court.", "Art. 12(4)"},
	{"withdrawn", State{"erased", "circle-minus", "Withdrawn"}, "The person took the request back.", "Design: tickets"},
	{"abandoned", State{"erased", "circle-minus", "Abandoned"}, "The person was asked for something that was needed, and did not answer.", "Art. 12(6), 11(2)"},
	{"merged", State{"erased", "circle-minus", "Merged"}, "The same request came twice. The ticket that came first goes on, because the clock runs from it, and takes over the IDs, notes, files and links of this one.", "Art. 12(3)"},
}

var helpAnswers = []HelpEntry{
	{"not-prepared", State{Icon: "hourglass", Word: "Not prepared"}, "Nothing has been put together yet.", "Art. 15, 20"},
	{"prepared", State{"run", "hourglass", "Prepared"}, "A copy was put together up to one moment. Somebody looks through it for what would harm others.", "Art. 15(3), 15(4)"},
	{"released", State{"run", "hourglass", "Released"}, "An officer let it out. It waits until the person fetches it.", "Law L6: four eyes"},
	{"sent", State{Tone: "ok", Word: "Sent"}, "The person has it.", "Art. 15(3)"},
	{"ended", State{Icon: "lock", Word: "Ended by an erasure"}, "The records were erased meanwhile, and the copy with them.", "Law L3: no bytes left"},
	{"not-fetched", State{"run", "hourglass", "Not fetched yet"}, "The address or the file is ready, and nobody has opened it.", "Art. 12(3): electronic request, electronic answer"},
	{"fetched", State{Tone: "ok", Word: "Fetched"}, "It was opened, once. The address does nothing more.", "Art. 5(1)(f)"},
	{"taken-back", State{Icon: "lock", Word: "Taken back"}, "Somebody here closed it before it was opened, or a later one took its place.", "Art. 5(1)(f)"},
	{"expired", State{Icon: "lock", Word: "Expired"}, "Nobody opened it in time; what was in it has been destroyed.", "Art. 5(1)(e)"},
}

var helpLinks = []HelpEntry{
	{"in-use", State{Tone: "ok", Word: "In use"}, "Its data lies here, and erasures reach it.", "Design: hosted services"},
	{"linked", State{Icon: "external-link", Word: "Linked"}, "Its data lies elsewhere: erasures are passed on to it, and nothing of it is counted here.", "Art. 19: recipients"},
	{"removed", State{"erased", "circle-minus", "Removed"}, "It takes nothing and is not called any more. What a linked one holds stays there.", "This store’s list of services"},
	{"last-call-failed", State{"risk", "alert-triangle", "Last call failed"}, "The newest call was refused, or nothing was heard. The reason stands beside it.", "Art. 19"},
	{"cannot-be-asked", State{"risk", "hand-stop", "Cannot be asked"}, "There is no way to ask what it holds. That is not the same as holding nothing.", "Law L11: a page names whom it could not ask"},
	{"no-answer", State{"over", "alert-triangle", "No answer"}, "It was asked just now and did not answer, so nothing is known of it.", "Law L11: a page names whom it could not ask"},
	{"holds-entries", State{"run", "external-link", "Holds entries"}, "It was asked just now and has entries under this ID.", "IBM, List log events"},
	{"answered", State{Tone: "ok", Word: "service|Answered"}, "It was asked just now and has nothing under this ID.", "IBM, List log events"},
	{"revoked", State{"erased", "ban", "Revoked"}, "Of a key: whoever has it is refused.", "Art. 32"},
	{"expired", State{Tone: "over", Word: "Expired"}, "Of a key: its time is over. Make a new one and revoke this one.", "Art. 32"},
}

var helpReceipts = []HelpEntry{
	{"before", State{Word: "Before"}, "How many records the batch found when it first looked, up to the cut-off. They are counted again then, and not taken from the manifest.", "Law L2: exact cut-off"},
	{"after", State{Word: "After"}, "What could still be found up to the cut-off, by another path than the deletion.", "Law L8: honest words"},
	{"recipients", State{Word: "Who was told"}, "Every service that was asked to erase, with what it answered.", "Art. 19"},
	{"salt", State{Word: "Salt"}, "A random number that the requester is given. With it they can show that the receipt is about their ID; we destroy ours 30 days after the end.", "Art. 5(1)(c); design: receipts"},
	{"signature", State{Word: "Checkpoint"}, "The receipt is signed with the head of the audit trail, and bears the proof that it stands in the audit trail. Anyone can check it without us.", "RFC 6962; C2SP tlog-checkpoint"},
	{"stays", State{Word: "Exceptions"}, "What no request by ID reaches, or what the law keeps, each with its reason.", "Art. 17(3); IBM, Information security"},
}

var helpPersons = []HelpEntry{
	{"data-subject", State{Word: "Data subject"}, "Everything that is held under one customer ID.", "Art. 4(1)"},
	{"restriction", State{Word: "Restriction"}, "Freezes all records of a data subject: they are stored, not read, not exported, not erased. It ends with notice to the person.", "Art. 18(1) to (3)"},
	{"hold", State{Word: "Hold"}, "Keeps records from erasure for a ground of the law. Two officers end it; a review date only reminds. The rest of an erasure goes, and what is kept follows when the hold has ended.", "Art. 17(3)"},
	{"consultation", State{Word: "Consultation"}, "That somebody here looked behind the bars: when, and for what purpose. The person may ask for the list; names of staff are as a rule not on it.", "Art. 15; CJEU C-579/21"},
	{"reveal", State{Word: "Reveal"}, "Shows what is masked for 60 seconds, for a purpose from a list, with an entry in the trail.", "Art. 5(1)(f), 32"},
	{"mask", State{Word: "Masked"}, "A bar stands where a phone number, an address or the like was recognised. What it hides was not sent to the browser.", "Art. 25"},
	{"redaction", State{Word: "Redaction"}, "Words taken out of a copy before it is released, because they would harm others. What was taken out is said.", "Art. 15(4)"},
	{"legal-clock", State{Word: "Legal clock"}, "By when the law wants an answer. The day of receipt is not counted; a month ends with the same date, or the last day; a Saturday, Sunday or holiday moves the end to the next working day. California counts 45 calendar days instead.", "Art. 12(3); Reg. 1182/71, Art. 3; 11 CCR 7021"},
	{"pause", State{Word: "Pause"}, "The clock stands while something is awaited that was asked for promptly. Authorities differ, so both dates are shown. A check of identity never pauses the CCPA’s 45 days.", "EDPB Guidelines 01/2022; UK GDPR Art. 12A; 11 CCR 7021"},
	{"recipient", State{Word: "Recipient"}, "Whoever was given the data. Each is told of an erasure, a correction or a restriction, unless that is impossible or disproportionate.", "Art. 19; 11 CCR 7022(b)"},
	{"opt-out", State{Word: "Opted out of learning"}, "The sender said with the message that it shall not be used to improve the service.", "IBM, X-Watson-Learning-Opt-Out"},
	{"case-file", State{Word: "Case file"}, "What is kept of an ended ticket, until its time is over and a second officer lets it be destroyed. California wants 24 months.", "Art. 5(1)(e); 11 CCR 7101"},
}
