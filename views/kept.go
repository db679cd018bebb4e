package views

import "quittance/views/lang"

// Keep is one reason for which something stays after an erasure (erasure.Whys): what it is in a sentence, and the document behind it.
type Keep struct {
	Code          string
	Words, Source lang.Word
}

// Keeps is the closed list.
var Keeps = []Keep{
	{"later", "Came in under this ID after the cut-off. It stays until an erasure with a later cut-off is asked for.", "Assistant, Information security: what was received before the request"},
	{"unlabelled", "Messages without a customer ID, in conversations that this person had part in. They may be the person’s; a request by ID finds only what is labelled.", "Assistant, Information security: labelled messages are deleted"},
	{"unreachable", "Messages that came through the assistant preview or the automatic Facebook integration, which cannot label. Whose they are is not known, and no request by ID reaches them.", "Assistant, Information security: channels without support for labels"},
	{"own-call", "Not reached by this request: a deletion through the API is for its one instance. It needs a call of its own, or an erasure from the console.", "Information security of each service: the credentials of the one instance"},
	{"unlinked", "It was removed here and is not called. What it holds stays until somebody sees to it there.", "This store’s list of services"},
	{"first-id", "Where a message bears several IDs, a real Assistant counts only the first: under another one it is not deleted there.", "Assistant, Information security, since November 2021"},
	{"search-skill", "If it has a search skill, that has passed the ID on to a Discovery instance, which needs a deletion of its own unless it stands here too.", "Assistant, Information security: search skill"},
	{"training", "What was written into intents, entities and their examples bears no ID and stays. Personal data there has to be looked for and taken out by hand.", "Assistant, Information security: intents and entities"},
	{"containers", "Environments, projects and collections bear no ID: their names and settings stay.", "Discovery, Information security: what is labelled"},
	{"cached-images", "On a dedicated plan, images that were processed stay in a cache until a support ticket asks for their removal.", "Visual Recognition, Information security: right to be forgotten"},
}

// KeepOf is the entry of a code; an unknown code says itself.
func KeepOf(code string) Keep {
	for _, k := range Keeps {
		if k.Code == code {
			return k
		}
	}
	return Keep{Code: code, Words: lang.Raw(code)}
}

// KeptRow is one reason on a page: where it holds, with counts where somebody can count, and why.
type KeptRow struct {
	Where         []lang.Word // "support-bot: 14 records"
	Words, Source lang.Word
}

// Tense is when a manifest is told: what will be, is, was or would have been.
type Tense int

// The tenses, by the state of the request.
const (
	Planned  Tense = iota // proposed or scheduled
	Underway              // running
	Checked               // verifying: removed, and being asked about again
	Past                  // done, wholly or partly
	Never                 // refused or withdrawn
)

// tensed are the words of a manifest in each tense.
var tensed = [...]struct {
	heads                  [3]lang.Word // what goes, what stays, what nobody reaches
	title, calls           func(n int64) lang.Word
	shared, called, stayed lang.Word
}{
	Planned: {[3]lang.Word{"Will be erased", "Stays", "Cannot be reached"},
		func(n int64) lang.Word {
			return lang.Counted(n, "1 record will be erased", "{n} records will be erased")
		},
		func(n int64) lang.Word {
			return lang.Counted(n, "1 linked service will be called", "{n} linked services will be called")
		},
		"The whole record goes, also for whomever those belong to.", "Linked services are called: each erases what it received before our call. What they hold is not counted here.", "What stays, and why"},
	Underway: {[3]lang.Word{"Being erased", "Stays", "Cannot be reached"},
		func(n int64) lang.Word { return lang.Counted(n, "1 record being erased", "{n} records being erased") },
		func(n int64) lang.Word {
			return lang.Counted(n, "1 linked service called", "{n} linked services called")
		},
		"The whole record goes, also for whomever those belong to.", "Linked services are called: each erases what it received before our call. What they hold is not counted here.", "What stays, and why"},
	Checked: {[3]lang.Word{"Removed", "Stays", "Cannot be reached"},
		func(n int64) lang.Word {
			return lang.Counted(n, "1 record removed, being checked", "{n} records removed, being checked")
		},
		func(n int64) lang.Word {
			return lang.Counted(n, "1 linked service called", "{n} linked services called")
		},
		"The whole record has gone, also for whomever those belong to.", "Linked services are called: each erases what it received before our call. What they hold is not counted here.", "What stays, and why"},
	Past: {[3]lang.Word{"To be erased", "Stayed", "Out of reach"},
		func(n int64) lang.Word { return lang.Counted(n, "1 record to be erased", "{n} records to be erased") },
		func(n int64) lang.Word {
			return lang.Counted(n, "1 linked service to be called", "{n} linked services to be called")
		},
		"The whole record was to go, also for whomever those belong to.", "Linked services were called: each erases what it received before our call. What they held was not counted here.", "What stayed, and why"},
	Never: {[3]lang.Word{"Would have gone", "Would have stayed", "Out of reach"},
		func(n int64) lang.Word {
			return lang.Counted(n, "1 record would have been erased", "{n} records would have been erased")
		},
		func(n int64) lang.Word {
			return lang.Counted(n, "1 linked service would have been called", "{n} linked services would have been called")
		},
		"The whole record would have gone, also for whomever those belong to.", "Linked services would have been called. What they hold was not counted here.", "What would have stayed, and why"},
}
