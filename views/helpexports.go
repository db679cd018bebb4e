package views

var helpExports = []HelpEntry{
	{"making", State{Tone: "run", Word: "Being made"}, "The file is written in the background, encrypted under a key that only this run of the program knows. Whoever asked for it need not stay.", "Law L3: no bytes left"},
	{"ready", State{Tone: "ok", Word: "Ready"}, "The file is whole. It lies here for an hour at most, for whoever asked for it and for nobody else; each fetch is in the audit trail.", "Law L4: each export has its entry"},
	{"cancelled", State{"erased", "player-stop", "Cancelled"}, "Whoever asked for it stopped it. Nothing of the file is left.", "Law L4: each change has its entry"},
	{"discarded", State{"erased", "circle-minus", "Discarded"}, "Whoever asked for it discarded the file before its hour was over.", "Law L4: each change has its entry"},
	{"cut", State{"risk", "player-pause", "Cut short"}, "The program stopped. Its key went with it, so nobody can read what is left of the file.", "Law L3: no bytes left"},
	{"failed", State{Tone: "over", Word: "Broken off"}, "It could not be made to its end: no room, too large, or something that the log names.", "Law L8: honest words"},
	{"dropped", State{"risk", "trash", "Dropped"}, "A batch began, or a hold or a restriction was placed: the file may have held what is now to be erased or kept from reading.", "Law L3; Art. 18(2)"},
	{"expired", State{"erased", "clock", "Expired"}, "Its hour was over.", "Law L3: no bytes left"},
}
