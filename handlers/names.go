package handlers

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/label"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// kindNames are the kinds of services as IBM calls them.
var kindNames = map[label.Kind]lang.Word{
	label.Assistant:         "Assistant",
	label.VisualRecognition: "Visual Recognition",
	label.Discovery:         "Discovery",
	label.SpeechToText:      "Speech to Text",
	label.TextToSpeech:      "Text to Speech",
	db.OpenDSR:              "OpenDSR processor",
	db.HTTP:                 "Plain HTTP",
	db.Manual:               "By hand",
}

func kindName(k label.Kind) lang.Word { return kindNames[k] }

// whereHeld is the kind of a service and whether its data lies here.
func whereHeld(v db.Service) lang.Word {
	if v.Linked() {
		return lang.Said("{kind}, linked", "kind", kindName(v.Kind))
	}
	return lang.Said("{kind}, hosted here", "kind", kindName(v.Kind))
}

// heldKinds are what a kind of service holds, in a word.
var heldKinds = map[label.Kind]lang.Word{
	label.Assistant: "Messages", label.VisualRecognition: "Training data", label.Discovery: "Documents, queries, events",
	label.SpeechToText: "Transcripts", label.TextToSpeech: "Texts",
}

// names says who stands behind the codes of the audit trail. Each account and key is read once for a page.
type names struct {
	s     *Server
	r     *http.Request
	users map[int64]string
	keys  map[int64]db.APIKey
}

func (s *Server) names(r *http.Request) *names {
	return &names{s: s, r: r, users: map[int64]string{}, keys: map[int64]db.APIKey{}}
}

// theOthers are the actors that have no number.
var theOthers = map[audit.Actor]lang.Word{audit.Operator: "Operator", audit.System: "Quittance", audit.Visitor: "Somebody not signed in"}

// actor is who did it, in words; an account that cannot be read keeps its code.
func (n *names) actor(a audit.Actor) lang.Word {
	if word, ok := theOthers[a]; ok {
		return word
	}
	noun, digits, _ := strings.Cut(string(a), "/")
	number, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case err != nil:
		return lang.Raw(string(a))
	case noun == "user":
		return lang.Raw(n.user(number))
	}
	return lang.Said("API key {name}", "name", n.key(number).Name)
}

func (n *names) user(number int64) string {
	if name, ok := n.users[number]; ok {
		return name
	}
	u, err := n.s.store.User(n.r.Context(), number)
	if err != nil {
		u.Name = string(audit.ActorOf("user", number))
	}
	n.users[number] = u.Name
	return u.Name
}

func (n *names) key(number int64) db.APIKey {
	if k, ok := n.keys[number]; ok {
		return k
	}
	k, err := n.s.store.Key(n.r.Context(), number)
	if err != nil {
		k = db.APIKey{Name: strconv.FormatInt(number, 10)}
	}
	n.keys[number] = k
	return k
}

// href is where an object of the trail can be seen by whoever asks; a key is seen with its service.
func (n *names) href(o audit.Object) string {
	if kind, number, ok := o.Split(); ok && kind == audit.KindKey && who(n.r).May(auth.Read) {
		if k := n.key(number); k.Service > 0 {
			return serviceHref(k.Service)
		} else if k.Number > 0 {
			return "/keys" // of the desk
		}
	}
	return objectHref(o, who(n.r))
}

// pages are the kinds of objects that have a page of their own, and who may open it.
var pages = map[audit.Kind]struct {
	path  string
	needs auth.Permission
}{
	audit.KindErasure: {"/erasures/", auth.Read},
	audit.KindBatch:   {"/batches/", auth.Read},
	audit.KindBulk:    {"/bulks/", auth.Read},
	audit.KindCheck:   {"/checks/", auth.Audit},
	audit.KindSample:  {"/samples/", auth.Audit},
	audit.KindHold:    {"/holds/", auth.Holds},
	audit.KindTicket:  {"/tickets/", auth.Tickets},
	audit.KindDrill:   {"/drills/", auth.Read},
	audit.KindImport:  {"/imports/", auth.Read},
	audit.KindService: {"/services/", auth.Read},
	audit.KindUser:    {"/users/", auth.Users},
}

// objectHref is the page of an object of the trail, "" where it has none or this person may not open it.
func objectHref(o audit.Object, id auth.Identity) string {
	kind, number, ok := o.Split()
	page, has := pages[kind]
	if !ok || !has || !id.May(page.needs) {
		return ""
	}
	return page.path + strconv.FormatInt(number, 10)
}

// eventWords is what happened, in a sentence; a code of a newer program stays as it is.
func eventWords(e audit.Event) lang.Word {
	if words := e.Sentence(); words != "" {
		return fromTrail(words)
	}
	return lang.Raw(string(e))
}

// countWords are the numbers that stand in entries; those without a word here are called what they are called there.
var countWords = map[string]lang.Word{
	audit.CountFirstSeq: "First record", audit.CountLastSeq: "Last record", audit.CountCutoff: "Cut-off", audit.CountUnlabelled: "Not labelled", audit.CountRepair: "Repair", audit.CountLate: "Erasure that came before",
	audit.CountShared: "Bear other IDs too", audit.CountService: "Service number", audit.CountUnasked: "Services not asked", audit.CountReads: "Times listed", audit.CountApproval: "Needs approval",
	audit.CountLimit: "Limit of the breaker",
	audit.CountIDs:   "Customer IDs", audit.CountUser: "Account number", audit.CountTicket: "Ticket", audit.CountTickets: "Tickets", audit.CountLetter: "Kind of letter", audit.CountLacks: "Parts not found in it", audit.CountText: "Version of the text", audit.CountTable: "Table", audit.CountLink: "Number of what was linked",
	audit.CountPlanted: "Sent in", audit.CountFound: "Found before", audit.CountSlack: "Bytes that nobody owns", audit.CountBad: "Damaged records", audit.CountPages: "Damaged pages",
	audit.CountFrom: "From entry", audit.CountTo: "To entry", audit.CountFrame: "Drawn from", audit.CountSample: "Drawn",
	audit.CountFinds: "Finds", audit.CountByHand: "To be changed by hand", audit.CountLooked: "Records looked at", audit.CountOptedOut: "Left out: opted out of learning",
	audit.CountPremium: "Left out: plan excluded from learning", audit.CountPending: "Left out: erasure asked for", audit.CountOther: "Left out: no message",
}

// countNouns are those that are called as they stand there.
var countNouns = map[string]lang.Word{
	audit.CountRecords: "records", audit.CountLabels: "labels", audit.CountHeld: "held", audit.CountRemaining: "remaining", audit.CountAccepted: "accepted", audit.CountRejected: "rejected",
	audit.CountDuplicates: "duplicates", audit.CountSuppressed: "suppressed", audit.CountErasures: "erasures", audit.CountHolds: "holds", audit.CountServices: "services", audit.CountChunk: "chunk",
	audit.CountEntries: "entries", audit.CountKeys: "keys", audit.CountSessions: "sessions", audit.CountRoles: "roles", audit.CountScopes: "scopes", audit.CountReason: "reason", audit.CountPolicy: "policy",
	audit.CountBefore: "before", audit.CountAfter: "after", audit.CountStatus: "status", audit.CountBytes: "bytes", audit.CountSize: "size", audit.CountPinned: "pinned", audit.CountLines: "lines",
	audit.CountCopies: "copies", audit.CountKind: "kind", audit.CountRight: "right", audit.CountRegime: "regime", audit.CountMethod: "method", audit.CountLevel: "level", audit.CountFindings: "findings",
}

// countKV is one number of an entry as a fact. Roles and scopes are written as bits, so that no word of a person can stand there.
func countKV(name string, n int64) views.KV {
	word := countWords[name]
	if word == "" {
		word = lang.Opening(cmp.Or(countNouns[name], lang.Raw(name)))
	}
	switch name {
	case audit.CountRoles:
		return views.KV{Key: word, Value: roleWords(chosen(db.Roles(), n))}
	case audit.CountTable:
		return views.KV{Key: word, Value: cmp.Or(tableWords(n), lang.Figure(n))}
	case audit.CountScopes:
		return views.KV{Key: word, Value: lang.Listed(chosen(db.AllScopes(), n))}
	}
	return views.KV{Key: word, Value: lang.Figure(n)}
}

// chosen reads a choice from a closed list that was written as a number: bit n stands for the n-th of the list.
func chosen(list []string, bits int64) []string {
	var out []string
	for i, v := range list {
		if bits&(1<<i) != 0 {
			out = append(out, v)
		}
	}
	return out
}

// keyName is the name in a public key of the form name+hash+key (golang.org/x/mod/sumdb/note).
func keyName(key string) string {
	name, _, _ := strings.Cut(key, "+")
	return name
}

// sortedNames gives the names of a form or of an entry in a fixed order.
func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
