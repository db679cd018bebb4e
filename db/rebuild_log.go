package db

import (
	"slices"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
)

// told is what the audit trail says of one request. The part that is not in the trail word for word stands in the manifest and the receipts, to
// whose hashes it commits.
type told struct {
	known    bool          // it was proposed, accepted or taken from the ledger here
	origin   string        // "" = the trail does not tell
	ledger   bool          // a restore took it from the ledger: its manifest and parts are not in the trail
	state    erasure.State // that its own entries give it; a batch may have taken it on since
	at       int64         // the entry of that state
	proposer audit.Actor
	approver audit.Actor
	manifest string // its hash
	cutoff   int64
	started  int64 // the last entry at which a batch counted it, -1 = none did
	begun    int64 // records that the first of them counted, -1 = none did
	found    int64
	again    bool      // a restore erased records of it again
	remains  int64     // that remained at the last outcome
	latest   time.Time // the 24 hours end no later; zero = they have not begun
	ended    time.Time
	verified verified
	receipts []commitment
	parts    map[int64]toldPart
	born     int64 // its first entry
	last     int64 // entry that was seen last
}

// verified is the sum over the services hosted here at the last verification.
type verified struct {
	at                      int64 // entry; -1 = there was none
	records, remains, holds int64
	since                   bool  // a stopped batch has counted anew since
	left                    int64 // what it counted; -1 = nothing was counted since
}

type commitment struct {
	entry int64
	hash  string
	done  bool
}

// toldPart is where a part at a linked service stands.
type toldPart struct {
	state erasure.PartState
	at    int64
}

func newTold() *told {
	return &told{started: -1, begun: -1, verified: verified{at: -1, left: -1}, parts: map[int64]toldPart{}, last: -1}
}

// see takes in the next entry about the request.
func (v *told) see(e audit.Entry) {
	if v.last < 0 {
		v.born = e.Number
	}
	v.last = e.Number
	if service, ok := e.Counts[audit.CountService]; ok {
		v.seePart(service, e)
		return
	}
	switch e.Event {
	case audit.ErasureProposed, audit.ErasureAccepted, audit.ErasureRefreshed, audit.ErasureRestored:
		v.seeBegin(e)
	case audit.ErasureApproved:
		v.approver = e.Actor
		v.clock(e.Time)
	case audit.ErasureScheduled:
		v.to(erasure.Scheduled, e)
		v.clock(e.Time)
		if left, again := e.Counts[audit.CountRemaining]; again && v.begun >= 0 {
			v.verified.since, v.verified.left = true, left
		}
	case audit.ErasureStarted:
		v.to(erasure.Running, e)
		v.started = e.Number
		if n, fresh := e.Counts[audit.CountRecords]; fresh {
			v.begun, v.found = n, n
		}
	case audit.ErasureReplayed:
		v.again = true
	default:
		v.seeOutcome(e)
	}
}

func (v *told) seeBegin(e audit.Entry) {
	v.cutoff = e.Counts[audit.CountCutoff]
	if e.Event != audit.ErasureRefreshed || v.origin == "console" {
		v.proposer = e.Actor // whoever refreshes a request of the console proposes it anew
	}
	switch e.Event {
	case audit.ErasureProposed:
		v.origin = "console"
	case audit.ErasureAccepted:
		v.origin = "api"
		v.clock(e.Time)
	case audit.ErasureRestored:
		v.known, v.ledger = true, true
		v.to(erasure.Scheduled, e)
		v.clock(e.Time)
		return
	}
	v.known, v.manifest = true, e.Commits[audit.CommitManifest]
	clear(v.parts) // a new manifest has new parts
	v.to(erasure.Proposed, e)
}

func (v *told) seeOutcome(e audit.Entry) {
	switch e.Event {
	case audit.ErasureVerified:
		v.to(erasure.Verifying, e)
		v.verified = verified{at: e.Number, records: e.Counts[audit.CountRecords], remains: e.Counts[audit.CountRemaining], holds: e.Counts[audit.CountHeld], left: -1}
	case audit.ErasurePartial:
		v.to(erasure.Partial, e)
		v.remains = e.Counts[audit.CountRemaining]
	case audit.ErasureHeld:
		v.to(erasure.Partial, e)
		v.remains = e.Counts[audit.CountHeld]
	case audit.ErasureDone:
		v.to(erasure.Done, e)
		v.found, v.remains = e.Counts[audit.CountRecords], 0
	case audit.ErasureRefused:
		v.to(erasure.Refused, e)
	case audit.ErasureWithdrawn:
		v.to(erasure.Withdrawn, e)
	}
	if hash := e.Commits[audit.CommitReceipt]; hash != "" {
		v.receipts = append(v.receipts, commitment{e.Number, hash, e.Event == audit.ErasureDone})
	}
}

// to moves the request on.
func (v *told) to(state erasure.State, e audit.Entry) {
	v.state, v.at = state, e.Number
	if state.Ended() {
		v.ended = e.Time
	}
}

// clock begins the 24 hours, which begin once. An entry is never older than the change that it is about.
func (v *told) clock(at time.Time) {
	if v.latest.IsZero() {
		v.latest = at.Add(erasure.Period)
	}
}

func (v *told) seePart(service int64, e audit.Entry) {
	now := v.parts[service].state
	next, moves := toldParts[e.Event]
	if e.Event == audit.PartRetried { // one that failed stays so, and is tried at once
		next, moves = erasure.Waiting, now == erasure.ByHand
	}
	if moves {
		v.parts[service] = toldPart{next, e.Number}
	}
}

var toldParts = map[audit.Event]erasure.PartState{
	audit.PartSent: erasure.Sent, audit.PartRepeated: erasure.Sent, audit.PartAccepted: erasure.Accepted, audit.PartConfirmed: erasure.Confirmed,
	audit.PartUnobservable: erasure.Unobservable, audit.PartFailed: erasure.Failed, audit.PartByHand: erasure.ByHand, audit.PartTask: erasure.ByHand,
	audit.PartStated: erasure.Attested, audit.PartAttested: erasure.Attested, audit.PartAbandoned: erasure.FailedGood, audit.ErasureHeld: erasure.Held,
}

// linkedMay is where a part at a linked service may stand. The end of a hold wakes what waited for it, and a restore says of a call that may have
// been made that it was: neither has an entry for each part.
func (r *rebuild) linkedMay(v *told, service int64) []erasure.PartState {
	p, ok := v.parts[service]
	if !ok {
		p = toldPart{erasure.Waiting, v.born}
	}
	may := []erasure.PartState{p.state}
	if p.state == erasure.Held && r.holdsEnd > p.at {
		may = append(may, erasure.Waiting)
	}
	if (slices.Contains(may, erasure.Waiting) || p.state == erasure.Failed) && r.restoredBetween(p.at, 1<<62) {
		may = append(may, erasure.Sent)
	}
	return may
}

// toldBatch is what the trail says of a batch.
type toldBatch struct {
	state    erasure.BatchState
	opened   int64 // entry, -1 = it was never opened
	swept    int64 // entry at which all that it found was removed; -1
	ended    int64 // likewise; -1
	requests int64
	erased   int64
}

func newToldBatch() *toldBatch { return &toldBatch{opened: -1, swept: -1, ended: -1} }

func (b *toldBatch) see(e audit.Entry) {
	switch e.Event {
	case audit.BatchOpened:
		b.state, b.opened, b.requests = erasure.BatchOpen, e.Number, e.Counts[audit.CountErasures]
	case audit.BatchStarted, audit.BatchResumed:
		b.state = erasure.BatchRunning
	case audit.BatchPaused:
		b.state = erasure.BatchPaused
	case audit.BatchErased:
		b.swept = e.Number
	case audit.BatchStopped:
		b.state, b.ended, b.erased = erasure.BatchStopped, e.Number, e.Counts[audit.CountRecords]
	case audit.BatchDone:
		b.state, b.ended, b.erased = erasure.BatchDone, e.Number, e.Counts[audit.CountRecords]
	}
}

// toldHold is what the trail says of a hold or a restriction.
type toldHold struct {
	kind                               erasure.HoldKind
	state                              erasure.HoldState
	ground                             string
	placedBy, expiryBy, askedBy, ender audit.Actor
}

func (h *toldHold) see(e audit.Entry) {
	switch e.Event {
	case audit.HoldPlaced, audit.RestrictionPlaced:
		h.kind, h.state, h.placedBy = erasure.LegalHold, erasure.HoldActive, e.Actor
		if e.Event == audit.RestrictionPlaced {
			h.kind = erasure.Restriction
		}
		if n := e.Counts[audit.CountReason]; n > 0 && int(n) <= len(erasure.HoldGrounds[h.kind]) {
			h.ground = erasure.HoldGrounds[h.kind][n-1]
		}
	case audit.HoldConfirmed:
		h.expiryBy = e.Actor
	case audit.HoldAsked:
		h.state, h.askedBy = erasure.HoldLifting, e.Actor
	case audit.HoldStays:
		h.state, h.askedBy = erasure.HoldActive, ""
	case audit.HoldLifted, audit.RestrictionLifted:
		h.state, h.ender = erasure.HoldLifted, e.Actor
	case audit.HoldExpired:
		h.state, h.ender = erasure.HoldExpired, e.Actor
	}
}
