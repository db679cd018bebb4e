package views

var helpImports = []HelpEntry{
	{"running", State{Tone: "run", Word: "Importing"}, "The file is taken in, step by step, while others work. Whoever began it need not stay.", "Law L9: erased stays erased"},
	{"done", State{Tone: "ok", Word: "Done"}, "The file was read to its end. What was refused is listed by line.", "Law L8: honest words"},
	{"cut", State{"risk", "player-pause", "Cut short"}, "The program stopped in the middle of it. What was stored stays, what was uploaded is gone. The same file, sent again, goes on there.", "Law L3: no bytes left"},
	{"cancelled", State{"erased", "player-stop", "Cancelled"}, "Somebody stopped it; no record came in after that. It can go on, or be discarded.", "Law L4: each change has its entry"},
	{"full", State{"over", "database", "No room"}, "Too little of the disk was free. Erasures go on; an administrator has to make room before it can go on.", "Limit “low water”"},
	{"broken", State{Tone: "over", Word: "Broken off"}, "The file could not be read to its end: it is cut off, damaged, or no NDJSON. A whole one that begins like it goes on there.", "Law L8: honest words"},
	{"discarded", State{"erased", "circle-minus", "Discarded"}, "It is not taken up any more. What it stored stays, and is erased by its customer IDs like the rest.", "Law L4: each change has its entry"},
}
