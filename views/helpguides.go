package views

import "quittance/views/lang"

// HelpGuide is what one role does, step by step.
type HelpGuide struct {
	Page        string
	Title, Says lang.Word
	Steps       []GuideStep
}

// GuideStep is one situation and what to do in it. Code makes its anchor; Href leads where it is done, "" = nowhere.
type GuideStep struct {
	Code     string
	When, Do lang.Word
	Href     string
	Link     lang.Word
}

// HelpGuides are the guides, in the order in which the help offers them.
var HelpGuides = []HelpGuide{
	{"support", "Guide for support", "With a caller on the line: what to do first, what to say, and what not to promise.", []GuideStep{
		{"caller", "Somebody calls and wants their data erased", "Open a ticket first: the clock of the law has begun with the call. Write down the day, the way and what they ask for, in their words.", "/tickets/new", "New ticket"},
		{"who", "You doubt who they are", "Ask for what is needed and no more: call back on a number that we knew, or ask about what we hold. Do not ask for a copy of a document. Note how it was checked, not what you saw. Art. 12(6).", "/tickets", "Tickets"},
		{"find", "You look for them", "Type the customer ID as the application writes it. Similar IDs are shown and not included: ask the caller before you take one for the same person.", "/search", "Search"},
		{"nothing", "Nothing is found", "Read whom the page asked and who did not answer. Say “no records” only if everyone answered; else say that you will call back.", "/search", "Search"},
		{"propose", "You have found them", "Open the person, choose “Erase…” and read what goes and what stays. You propose, and an officer approves.", "/erasures", "Erasures"},
		{"promise", "They ask when it is done", "Name the date on the ticket, with the law behind it. Say “sent” or “accepted” where the page says so, and “erased” only when it says “Confirmed” or “Done”.", "/clock", "Legal clock"},
		{"was-it", "They ask whether it was erased", "Ask it on the search page: the ledger answers without a list of names being kept.", "/search#erased", "Was this ID erased?"},
	}},
	{"officer", "Guide for the officer", "You sign: what to look at before you approve, refuse, hold or release.", []GuideStep{
		{"approve", "An erasure waits for you", "Read three columns: what goes, what stays, what cannot be reached. Look for records that bear other people’s IDs, and at the cut-off. Then type the words that are asked for. You cannot approve what you proposed.", "/erasures?state=proposed", "Proposed erasures"},
		{"lapsed", "Your approval lapsed", "The count has changed since you saw it. Nothing was approved; look again.", "/erasures?state=proposed", "Proposed erasures"},
		{"refuse", "You refuse", "Choose the ground that applies. The person must hear it within a month, with the authority and the court named. Art. 12(4).", "/erasures", "Erasures"},
		{"keep", "Data is needed for a claim", "Place a hold before the erasure runs. It keeps its records and lets the rest go. A second officer ends it.", "/holds", "Holds"},
		{"paused", "A batch is paused", "It would erase unusually much. Compare its numbers with what was asked. If you approved none of its requests, let it go on or stop it; the 24 hours do not stand still.", "/batches", "Batches"},
		{"late", "A ticket is nearly due", "Two further months are possible once, for complexity or number, if the person is told within the first month. Art. 12(3).", "/tickets", "Tickets"},
		{"release", "An answer waits to be released", "Look at what was taken out and why: only what would harm others may be. Art. 15(4).", "/tickets", "Tickets"},
		{"returned", "Data came back after an erasure", "Say whether it is meant to be there, on a ground, or propose another erasure.", "/", "Overview"},
	}},
	{"auditor", "Guide for the auditor", "You distrust: how to check without believing this console.", []GuideStep{
		{"anchor", "You begin", "Keep a checkpoint of the audit trail somewhere of your own today. Without one, a trail that was set back as a whole looks sound.", "/audit", "Audit trail"},
		{"verify", "You check the trail", "Press “Verify now”. It hashes the entries again and names their range, the signed head, what the head was held against and how long that took. Each finding says what does not hold. Only a check of the whole trail looks at earlier heads and at deadlines too.", "/checks", "Checks"},
		{"offline", "You do not trust this machine", "Take an export with its proof to a machine of your own, and run “quittance verify” there, with the key as you have it from elsewhere.", "/exports", "Exports"},
		{"sample", "You want to see cases", "Have a sample committed before you add a word of your own to the seed: then neither side can choose the cases.", "/samples", "Samples"},
		{"receipt", "You look at one erasure", "Its receipt says what was found before and after, who was told, and what nobody can observe. Check its signature and its proof offline.", "/erasures?state=done", "Done erasures"},
		{"late", "You look for what was late", "Lateness is told apart from tampering: an erasure past its 24 hours has an entry that says so.", "/statistics", "Statistics"},
		{"drills", "You ask whether it really erases", "Read the drills: each must have found everything before and nothing after. “Could not look” is as bad as “Failed”.", "/drills", "Drills"},
	}},
	{"administrator", "Guide for the administrator", "At three in the morning: what is wrong, what is safe, and what to do now.", []GuideStep{
		{"first", "Something woke you", "Run “quittance doctor” on the machine: it checks settings, permissions, clock, disk, pin, the last drill and the services, and changes nothing. No accepted erasure is lost by a crash, so do not delete files to be quick.", "/", "Overview"},
		{"drill", "A drill failed", "“Failed”: something was found after its erasure, or the drill met an error. Its page says on which way. Tell the officer, and look before you run “quittance drill” again: it erases first what this one left. “Could not look”: a way of looking is broken; what it says about real erasures proves nothing until it is mended.", "/drills", "Drills"},
		{"disk", "The disk is low", "Nothing more is taken in; erasures go on. Make room outside the data directory or enlarge the disk. Delete nothing inside it. Intake begins again by itself.", "/services", "Services"},
		{"reserve", "The disk reserve is gone", "It was given up so that erasures could go on. It is made again within a minute once twice its size is free.", "/services", "Services"},
		{"stuck", "A part is stuck", "Read its reason on the erasure. “Failed” is tried again by itself. “By hand” waits: mend the address or the credential of the service, then press “Try again”. Where no program can erase, a person does it and an officer attests it.", "/erasures?state=partial", "Partly done erasures"},
		{"restore", "A restore is needed", "Stop the program and keep the damaged directory. Run “quittance restore” into an empty one, with the newest ledger you have: what was erased since the backup is erased again before anybody gets in. A hold that was placed after the backup is lost with it: have it placed again at once. What was open waits for an hour at least, and then goes on.", "/backups", "Backups"},
		{"ledger", "The restore refuses the ledger", "It is older than the pin knows. Look for a newer copy first. “-accept-ledger-loss” brings back what was erased since, and the trail says so for ever.", "/backups", "Backups"},
		{"pin", "It does not start: the pin does not agree", "The database is older than its pin, or grew anew. Do not remove the pin. Find out who set the directory back, and restore from a backup.", "/audit", "Audit trail"},
		{"credential", "A linked service refuses us", "Its key was changed or revoked there. Enter the new one on the page of the service and test it; the calls that are due follow.", "/services", "Services"},
	}},
}

// Href leads to a step of the guide.
func (g HelpGuide) Href(code string) string { return "/help/" + g.Page + "#" + code }
