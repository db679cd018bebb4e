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

// Moves says which state may follow which. What is not in the table cannot happen. Running goes back to scheduled when the batch is stopped:
// what is left is asked for again, and can be withdrawn meanwhile.
var Moves = map[State][]State{
	Proposed:  {Scheduled, Refused, Withdrawn},
	Scheduled: {Running, Withdrawn},
	Running:   {Verifying, Scheduled},
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
	Accepted:     {Confirmed, Unobservable, Attested, Failed, ByHand},
	Failed:       {Failed, Sent, Accepted, Confirmed, Attested, FailedGood, ByHand, Held},
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
	CodeRestored     = "restored"     // it had ended before a restore, and how is not known here
	CodeImpossible   = "impossible"   // the ID has a form that this kind of service does not take, so nothing can lie under it
	CodeUnwritable   = "unwritable"   // the ID cannot be written into the address of the service
	CodeCertificate  = "certificate"  // what the processor signs or shows does not fit the certificate that an administrator confirmed
	CodeUnsupported  = "unsupported"  // the processor does not take erasures, or no ID of ours
	CodeCancelled    = "cancelled"    // the processor has cancelled the request
	CodeOverdue      = "overdue"      // accepted 30 days ago, and the processor has not completed it
	CodeStated       = "stated"       // the service states that it has erased
	CodeSigned       = "signed"       // the processor states so, signed
	CodeManual       = "manual"       // a person has to do it there
)

// Codes for why a part is failed for good. Their words: views.PartCodes too.
const (
	EndNoMeans = "no-means" // it cannot be done there
	EndRefused = "refused"  // who holds the data refuses
	EndLaw     = "law"      // who holds the data has to keep it, Art. 17(3)(b)
	EndGone    = "gone"     // the service is there no more
)

// EndCodes is the closed list of them.
var EndCodes = []string{EndNoMeans, EndRefused, EndLaw, EndGone}

// PartCodes is the closed list.
var PartCodes = []string{CodeUnknown, CodeUnreachable, CodeUnavailable, CodeTooMany, CodeCredential, CodeAddress, CodeRejected, CodeRemains, CodeUnlinked, CodeUnobservable, CodeRestored, CodeImpossible,
	CodeUnwritable, CodeCertificate, CodeUnsupported, CodeCancelled, CodeOverdue, CodeStated, CodeSigned, CodeManual, EndNoMeans, EndRefused, EndLaw, EndGone}

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

// BulkState is where a list of IDs stands that are erased by one decision. Those in -ing are carried out chunk by chunk, and taken up again
// after a crash.
type BulkState string

// States of a list.
const (
	BulkList        BulkState = "list"       // typed, and not proposed
	BulkCollecting  BulkState = "collecting" // each ID gets its request
	BulkProposed    BulkState = "proposed"
	BulkApproving   BulkState = "approving"
	BulkApproved    BulkState = "approved"
	BulkRefusing    BulkState = "refusing"
	BulkRefused     BulkState = "refused"
	BulkWithdrawing BulkState = "withdrawing"
	BulkWithdrawn   BulkState = "withdrawn"
)

// BulkMoves says which state of a list may follow which. Approving goes back to proposed when some of the requests have changed since they
// were read: they wait for another decision.
var BulkMoves = map[BulkState][]BulkState{
	BulkList:        {BulkCollecting},
	BulkCollecting:  {BulkProposed, BulkWithdrawn},
	BulkProposed:    {BulkApproving, BulkRefusing, BulkWithdrawing},
	BulkApproving:   {BulkApproved, BulkProposed},
	BulkApproved:    {BulkWithdrawing},
	BulkRefusing:    {BulkRefused, BulkProposed},
	BulkRefused:     {},
	BulkWithdrawing: {BulkWithdrawn, BulkApproved},
	BulkWithdrawn:   {},
}

// May reports whether a list may go from one state to another.
func (s BulkState) May(next BulkState) bool { return slices.Contains(BulkMoves[s], next) }

// Moving reports whether the house is at work on it.
func (s BulkState) Moving() bool {
	return s == BulkCollecting || s == BulkApproving || s == BulkRefusing || s == BulkWithdrawing
}

// Grounds are the codes of Art. 17(1)(a) to (f) GDPR. Their words are the face's: views.Grounds.
var Grounds = []string{"17-1-a", "17-1-b", "17-1-c", "17-1-d", "17-1-e", "17-1-f"}

// GroundAPI is the ground of a request that a key filed: the application decides why, and does not say.
const GroundAPI = "api"

// Refusals are the codes for which an erasure is not carried out: Art. 17(3)(a) to (e), Art. 12(5)(b), Art. 12(2) with 11(2), and
// that no ground of Art. 17(1) applies. Their words: views.Refusals.
var Refusals = []string{"17-3-a", "17-3-b", "17-3-c", "17-3-d", "17-3-e", "12-5-b", "12-2", "17-1"}

// Dismissals are the codes for which data that came in after an erasure is meant to be there. Their words: views.Dismissals. A code's place
// is its number in the audit trail: new ones go to the end.
var Dismissals = []string{"customer-again", "new-consent", "other-person", "obligation"}

// Stays are the codes for which a service is left out of an erasure that is filed in the console. Their words: views.Stays.
var Stays = []string{"not-asked", "separate-request", "17-3-b", "17-3-e"}
