package erasure

import "slices"

// HoldKind tells a hold, which keeps records from erasure, from a restriction, which freezes them as well.
type HoldKind string

// Kinds of holds.
const (
	LegalHold   HoldKind = "hold"        // Art. 17(3)
	Restriction HoldKind = "restriction" // Art. 18
)

// HoldState is where a hold stands. It holds for as long as it is active or lifting.
type HoldState string

// States of a hold.
const (
	HoldActive  HoldState = "active"
	HoldLifting HoldState = "lifting" // one officer asked for its end; another one has to confirm it
	HoldLifted  HoldState = "lifted"
	HoldExpired HoldState = "expired" // on the day that two officers set
)

// HoldMoves says which state may follow which. A restriction is lifted in one step, once the person was told (Art. 18(3)).
var HoldMoves = map[HoldKind]map[HoldState][]HoldState{
	LegalHold:   {HoldActive: {HoldLifting, HoldExpired}, HoldLifting: {HoldActive, HoldLifted, HoldExpired}},
	Restriction: {HoldActive: {HoldLifted}},
}

// May reports whether a hold of this kind may go from one state to another.
func (k HoldKind) May(now, next HoldState) bool { return slices.Contains(HoldMoves[k][now], next) }

// Ended reports whether a hold keeps nothing any more.
func (s HoldState) Ended() bool { return s == HoldLifted || s == HoldExpired }

// HoldGrounds are the codes for which a hold or a restriction is placed: Art. 17(3)(a) to (e), and Art. 18(1)(a) to (d). Their words:
// views.HoldGrounds and views.RestrictionGrounds.
var HoldGrounds = map[HoldKind][]string{
	LegalHold:   {"17-3-a", "17-3-b", "17-3-c", "17-3-d", "17-3-e"},
	Restriction: {"18-1-a", "18-1-b", "18-1-c", "18-1-d"},
}

// Channels are the codes for how the person was told that a restriction ends. Their words: views.Channels.
var Channels = []string{"letter", "email", "portal", "telephone", "in-person"}

// HeldLine is what a hold or a restriction keeps of a request at one service, of one kind. A record that several of them keep counts under
// the oldest.
type HeldLine struct {
	Service int64  `json:"service"`
	Kind    string `json:"kind"`
	Records int64  `json:"records"`
	Ground  string `json:"ground"`
	Hold    int64  `json:"hold"` // its number
}

// HeldRecords is how many records lines keep.
func HeldRecords(lines []HeldLine) (n int64) {
	for _, l := range lines {
		n += l.Records
	}
	return n
}
