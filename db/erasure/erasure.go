// Package erasure knows what an erasure is: its states and the moves between them, its parts, its manifest and its receipt, and how
// a batch carries it out step by step. It says what must happen in which order; how records are found and removed is left to the
// Store that it is given, and who may ask for it to the doors of the house.
package erasure

import "slices"

// State of an erasure request (design.md, section 5).
type State string

// States of an erasure.
const (
	Proposed  State = "proposed"  // waits for a second person
	Scheduled State = "scheduled" // approved, or filed by a key that may; in its cancel window or waiting for the next batch
	Running   State = "running"   // a batch removes its records
	Verifying State = "verifying" // re-queried by another path
	Done      State = "done"      // every part has ended
	Partial   State = "partial"   // every part has ended or waits for a person, some not well
	Refused   State = "refused"   // with a coded ground and the parts of Art. 12(4)
	Withdrawn State = "withdrawn" // taken back before it ran
)

// Moves says which state may follow which. What is not in the table cannot happen.
var Moves = map[State][]State{
	Proposed:  {Scheduled, Refused, Withdrawn},
	Scheduled: {Running, Withdrawn},
	Running:   {Verifying},
	Verifying: {Done, Partial, Running},
	Partial:   {Running, Done},
	Done:      {},
	Refused:   {},
	Withdrawn: {},
}

// May reports whether a request may go from one state to another.
func (s State) May(next State) bool { return slices.Contains(Moves[s], next) }

// Ended reports whether nothing more will happen to the request. Only then is its customer ID replaced by a reference.
func (s State) Ended() bool { return len(Moves[s]) == 0 }

// PartState is where an erasure stands at one service. Sent, accepted and confirmed are three different things (law L8).
type PartState string

// States of a part.
const (
	Waiting      PartState = "waiting"
	Sent         PartState = "sent"
	Accepted     PartState = "accepted"
	Confirmed    PartState = "confirmed"       // re-queried by another path and empty up to the cut-off
	Unobservable PartState = "unobservable"    // accepted, 24 h gone, cannot be asked
	Attested     PartState = "attested"        // by a person, with evidence
	FailedGood   PartState = "failed for good" // coded
	Failed       PartState = "failed"          // will be tried again
	ByHand       PartState = "by hand"
	Held         PartState = "held"
)

// PartMoves says which state of a part may follow which. A hosted part goes from waiting to confirmed in one step, because the
// same transaction that removes a record is the one that a service elsewhere would only promise. Sent follows sent where a crash has
// left us without an answer: the call is repeated. By hand goes back to waiting when a person has mended what was wrong.
var PartMoves = map[PartState][]PartState{
	Waiting:      {Sent, Confirmed, Failed, ByHand, Held},
	Sent:         {Sent, Accepted, Failed, ByHand, FailedGood},
	Accepted:     {Confirmed, Unobservable, Failed},
	Failed:       {Sent, Confirmed, FailedGood, ByHand, Held},
	ByHand:       {Waiting, Attested, FailedGood},
	Held:         {Waiting, Confirmed, Failed},
	Confirmed:    {},
	Unobservable: {},
	Attested:     {},
	FailedGood:   {},
}

// May reports whether a part may go from one state to another.
func (s PartState) May(next PartState) bool { return slices.Contains(PartMoves[s], next) }

// Ended reports whether the part has come to its end, well or not.
func (s PartState) Ended() bool { return len(PartMoves[s]) == 0 }

// Rests reports whether nothing goes on without a person: the part has ended, or waits for somebody.
func (s PartState) Rests() bool { return s.Ended() || s == ByHand || s == Held }

// Codes for what went wrong at a linked service. Their words: views.PartCodes.
const (
	CodeUnknown      = "unknown"      // the call was sent and nothing was heard: it may have been carried out
	CodeUnreachable  = "unreachable"  // the call could not be sent
	CodeUnavailable  = "unavailable"  // 5xx
	CodeTooMany      = "too-many"     // 429
	CodeCredential   = "credential"   // 401 or 403
	CodeAddress      = "address"      // the address is not allowed, or nothing answers there as it should
	CodeRejected     = "rejected"     // another 4xx
	CodeRemains      = "remains"      // after 24 hours something older than our last accepted call is still there
	CodeUnlinked     = "unlinked"     // the service was removed here before it was called
	CodeUnobservable = "unobservable" // the service cannot be asked what it still holds
	CodeImpossible   = "impossible"   // the ID has a form that this kind of service does not take, so nothing can lie under it
)

// PartCodes is the closed list.
var PartCodes = []string{CodeUnknown, CodeUnreachable, CodeUnavailable, CodeTooMany, CodeCredential, CodeAddress, CodeRejected, CodeRemains, CodeUnlinked, CodeUnobservable, CodeImpossible}

// BatchState is where the local recipe stands for many erasures together.
type BatchState string

// States of a batch.
const (
	BatchOpen    BatchState = "open"
	BatchRunning BatchState = "running"
	BatchPaused  BatchState = "paused"
	BatchStopped BatchState = "stopped"
	BatchDone    BatchState = "done"
)

// BatchMoves says which state of a batch may follow which.
var BatchMoves = map[BatchState][]BatchState{
	BatchOpen:    {BatchRunning},
	BatchRunning: {BatchPaused, BatchStopped, BatchDone},
	BatchPaused:  {BatchRunning, BatchStopped},
	BatchStopped: {},
	BatchDone:    {},
}

// Grounds are the codes of Art. 17(1)(a) to (f) GDPR. Their words are the face's: views.Grounds.
var Grounds = []string{"17-1-a", "17-1-b", "17-1-c", "17-1-d", "17-1-e", "17-1-f"}

// GroundAPI is the ground of a request that a key filed: the application decides why, and does not say.
const GroundAPI = "api"

// Refusals are the codes for which an erasure is not carried out: Art. 17(3)(a) to (e), Art. 12(5)(b), Art. 12(2) with 11(2), and
// that no ground of Art. 17(1) applies. Their words: views.Refusals.
var Refusals = []string{"17-3-a", "17-3-b", "17-3-c", "17-3-d", "17-3-e", "12-5-b", "12-2", "17-1"}

// Stays are the codes for which a service is left out of an erasure that is filed in the console. Their words: views.Stays.
var Stays = []string{"not-asked", "separate-request", "17-3-b", "17-3-e"}
