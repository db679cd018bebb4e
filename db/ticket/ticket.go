// Package ticket knows what a ticket is: one request of a person under Art. 12 to 23 GDPR or the law of another regime, its states and the
// moves between them, and the closed lists of codes that stand on it. Where tickets are kept is package db's business, by when they are due
// that of package clock, and the words of the codes are the face's.
package ticket

import (
	"slices"
	"strings"
)

// Right is what the person asks for. A code's place in its list is its number in the audit trail: new ones go to the end.
type Right string

// The rights.
const (
	Access        Right = "access"           // Art. 15
	Rectification Right = "rectification"    // Art. 16
	Erasure       Right = "erasure"          // Art. 17
	Restriction   Right = "restriction"      // Art. 18
	Portability   Right = "portability"      // Art. 20
	Objection     Right = "objection"        // Art. 21
	Images        Right = "processed-images" // to be forgotten: what a dedicated Visual Recognition has cached of images
)

// Rights is the closed list.
var Rights = []Right{Access, Rectification, Erasure, Restriction, Portability, Objection, Images}

// Erases reports whether a ticket of this right is answered by erasures.
func (r Right) Erases() bool { return r == Erasure }

// Outcomes are what was done, where a right can be answered in more than one way. A code's place is its number in the audit trail: new ones go
// to the end.
var Outcomes = []string{"16-corrected", "16-completed", "21-1", "21-3", "images-erased", "images-none"}

// OutcomesOf are those of a right; none = answered says it all.
func OutcomesOf(r Right) []string {
	switch r {
	case Rectification: // Art. 16, first and second sentence
		return Outcomes[0:2]
	case Objection: // Art. 21(1), and 21(2) with (3)
		return Outcomes[2:4]
	case Images:
		return Outcomes[4:6]
	}
	return nil
}

// Regimes are the laws by which a ticket's clock runs.
var Regimes = []string{EU, UK, CCPA}

// The regimes.
const (
	EU   = "eu-gdpr"
	UK   = "uk-gdpr"
	CCPA = "ccpa"
)

// Regions decide which support route a ticket takes.
var Regions = []string{"eu", "non-eu"}

// Channels are how a request came.
var Channels = []string{"mail", "post", "phone", "in-person", "web", "api", "opendsr"}

// Relations are what somebody is to the person on whose behalf they ask.
var Relations = []string{"agent", "parent", "guardian", "solicitor", "relative", "other"}

// State of a ticket (design.md, section 5).
type State string

// States of a ticket.
const (
	Open       State = "open"        // nobody has begun
	InProgress State = "in progress" // somebody is at work on it
	Waiting    State = "waiting"     // for the person; the clock stands where the regime allows it
	Extended   State = "extended"    // in progress, with two further months of which the person was told (Art. 12(3))
	Answered   State = "answered"
	Refused    State = "refused"   // with a coded ground and the parts of Art. 12(4)
	Withdrawn  State = "withdrawn" // by the person
	Abandoned  State = "abandoned" // the person did not answer what was needed
	Merged     State = "merged"    // the same request came twice; the other ticket goes on
)

// ends are the states in which a ticket is over.
var ends = []State{Answered, Refused, Withdrawn, Abandoned, Merged}

// Moves says which state may follow which. What is not in the table cannot happen. An extended ticket that waited for the person is extended
// again; a ticket that is over is reopened, unless another one goes on for it.
var Moves = map[State][]State{
	Open:       {InProgress, Waiting, Extended, Answered, Refused, Withdrawn, Abandoned, Merged},
	InProgress: {Waiting, Extended, Answered, Refused, Withdrawn, Abandoned, Merged},
	Waiting:    {InProgress, Extended, Answered, Refused, Withdrawn, Abandoned, Merged},
	Extended:   {Waiting, Answered, Refused, Withdrawn, Abandoned, Merged},
	Answered:   {InProgress, Extended},
	Refused:    {InProgress, Extended},
	Withdrawn:  {InProgress, Extended},
	Abandoned:  {InProgress, Extended},
	Merged:     {},
}

// May reports whether a ticket may go from one state to another.
func (s State) May(next State) bool { return slices.Contains(Moves[s], next) }

// Ended reports whether a ticket is over.
func (s State) Ended() bool { return slices.Contains(ends, s) }

// Ends lists the states in which a ticket is over.
func Ends() []State { return slices.Clone(ends) }

// Extensions are the reasons for two further months: Art. 12(3), the complexity and the number of the requests.
var Extensions = []string{"complexity", "number", "both"}

// Refusals are the codes for which nothing is done: manifestly unfounded or excessive (Art. 12(5)), the person cannot be identified (Art.
// 12(2) with 11(2)), the exceptions of Art. 17(3), what would harm others (Art. 15(4)), overriding grounds (Art. 21(1)), and that the right
// does not apply.
var Refusals = []string{"12-5-unfounded", "12-5-excessive", "12-2", "17-3-a", "17-3-b", "17-3-c", "17-3-d", "17-3-e", "15-4", "21-1", "not-applicable"}

// RefusalsOf are those that can answer a request by right: Art. 17(3) excepts from erasure, Art. 15(4) and 20(4) from access and portability,
// Art. 21(1) from objection; the others stand against any right.
func RefusalsOf(r Right) (out []string) {
	apart := map[string]bool{"15-4": r == Access || r == Portability, "21-1": r == Objection}
	for _, code := range Refusals {
		fits, special := apart[code]
		if strings.HasPrefix(code, "17-3-") {
			fits, special = r == Erasure || r == Images, true
		}
		if fits || !special {
			out = append(out, code)
		}
	}
	return out
}

// What a ticket waits for, and what stops its clock where the regime lets it.
const (
	ForIdentity      = "identity"      // Art. 12(6)
	ForClarification = "clarification" // UK GDPR, Art. 12A
	ForFee           = "fee"           // Art. 12(5)(a)
)

// Pauses is the closed list of them.
var Pauses = []string{ForIdentity, ForClarification, ForFee}

// Stops reports whether the clock stands while a ticket waits. EU authorities differ about identification and clarification (EDPB Guidelines
// 01/2022, section 5.3), so there it is a policy of the house; UK GDPR, Art. 12A, stops it for all three; under 11 CCR 7021(b) nothing does.
func Stops(regime, why string, policy bool) bool {
	switch regime {
	case UK:
		return true
	case EU:
		return policy && why != ForFee
	}
	return false
}

// Methods are how somebody's identity was checked (Art. 12(6)). No copy of a document is kept (recital 64).
var Methods = []string{"signed-in", "known-contact", "questions", "call-back", "document-seen", "electronic-id", "agent-authority", "other"}

// Levels are how sure the check makes us, as Regulation (EU) 910/2014, Art. 8, words it.
var Levels = []string{"low", "substantial", "high"}

// What a ticket can be linked with.
const (
	LinkErasure     = "erasure"
	LinkHold        = "hold"
	LinkRestriction = "restriction"
	LinkExport      = "export"
)

// Links is the closed list of them.
var Links = []string{LinkErasure, LinkHold, LinkRestriction, LinkExport}
