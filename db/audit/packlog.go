package audit

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"time"
)

// packLog is what the lists of a pack must say, read from the trail in it.
type packLog struct {
	scope    PackScope
	filed    map[int64]filing      // requests that a person or an application filed; the nightly drill files its own as "system"
	last     map[int64]Event       // how each ended at last; "" once something else may have ended it
	ended    map[int64]time.Time   // when
	approver map[int64]Actor       // of its approval that did not lapse
	ends     map[string][]numbered // by kind of sample
	proofs   map[int64]numbered    // receipts by the entry that commits to each
	receipts map[int64]string      // those of the requests of the pack: entry → hash
	policies []PackEntry
	holds    map[int64]*holdLog
	drills   map[int64]*drillLog
	services map[int64]*spanLog
	samples  map[int64]*sampleLog
	wanted   map[int64]bool  // the requests that the pack is about
	proven   map[int64]int64 // how many receipts each of them has
}

type filing struct {
	entry int64
	time  time.Time
	by    Actor
}

type numbered struct {
	entry, number int64
	sum           string
}

type spanLog struct{ began, ended time.Time }

type holdLog struct {
	spanLog
	kind   string
	reason int64
	by     Actor
	state  string
}

type drillLog struct {
	spanLog
	passed bool
	counts map[string]int64
}

type sampleLog struct {
	entry, first, last, frame, size   int64
	frameHash, seedHash, reveal, word string
	kind                              string
	drawn                             []int64
}

func newPackLog(scope PackScope) *packLog {
	return &packLog{scope: scope, filed: map[int64]filing{}, last: map[int64]Event{}, ended: map[int64]time.Time{}, approver: map[int64]Actor{}, ends: map[string][]numbered{}, proofs: map[int64]numbered{},
		receipts: map[int64]string{}, holds: map[int64]*holdLog{}, drills: map[int64]*drillLog{}, services: map[int64]*spanLog{}, samples: map[int64]*sampleLog{}, wanted: map[int64]bool{}, proven: map[int64]int64{}}
}

// see takes in one leaf. One that cannot be read is a finding of the trail's own check.
func (l *packLog) see(data []byte) {
	e, err := Parse(data)
	if err != nil {
		return
	}
	kind, n, _ := e.Object.Split()
	switch kind {
	case KindErasure:
		l.seeErasure(e, n)
	case KindHold:
		l.seeHold(e, n)
	case KindDrill:
		l.seeDrill(e, n)
	case KindSample:
		l.seeSample(e, n)
	case KindService:
		l.seeService(e, n)
	}
	if PolicyEvent(e.Event) {
		l.policies = append(l.policies, PackEntry{e.Number, e.Event.Sentence(), bytes.Clone(data)})
	}
}

// PolicyEvent tells whether an event belongs to the history of policies: how erasures are let through, what is kept how long, who signs.
func PolicyEvent(e Event) bool {
	return slices.Contains(PolicyEvents, e)
}

// PolicyEvents are the events of the history of policies.
var PolicyEvents = []Event{PolicyChanged, PolicyScheduled, ServiceAdded, ServiceChanged, ServiceRemoved, RetentionProposed, RetentionApproved, RetentionChanged, LogRotated, LogRetired,
	LogRestored, LedgerLost}

func (l *packLog) seeErasure(e Entry, n int64) {
	if sum := e.Commits[CommitReceipt]; sum != "" {
		l.proofs[e.Number] = numbered{e.Number, n, sum}
	}
	for kind, events := range SampleKinds {
		if slices.Contains(events, e.Event) {
			l.ends[kind] = append(l.ends[kind], numbered{entry: e.Number, number: n})
		}
	}
	switch e.Event {
	case ErasureProposed, ErasureAccepted:
		if strings.Contains(string(e.Actor), "/") {
			l.filed[n] = filing{e.Number, e.Time, e.Actor}
		}
	case ErasureApproved:
		l.approver[n] = e.Actor
	case ErasureRefreshed:
		delete(l.approver, n)
	case ErasureDone, ErasureRefused, ErasureWithdrawn, ErasurePartial:
		l.last[n], l.ended[n] = e.Event, e.Time
	case ErasureReplayed:
		l.last[n] = ""
	}
}

func (l *packLog) seeHold(e Entry, n int64) {
	switch e.Event {
	case HoldPlaced, RestrictionPlaced:
		kind, _, _ := strings.Cut(string(e.Event), ".")
		l.holds[n] = &holdLog{spanLog: spanLog{began: e.Time}, kind: kind, reason: e.Counts[CountReason], by: e.Actor}
	case HoldLifted, RestrictionLifted, HoldExpired:
		if h := l.holds[n]; h != nil {
			_, h.state, _ = strings.Cut(string(e.Event), ".")
			h.ended = e.Time
		}
	}
}

func (l *packLog) seeDrill(e Entry, n int64) {
	switch e.Event {
	case DrillStarted:
		l.drills[n] = &drillLog{spanLog: spanLog{began: e.Time}}
	case DrillPassed, DrillFailed:
		if d := l.drills[n]; d != nil {
			d.ended, d.passed, d.counts = e.Time, e.Event == DrillPassed, e.Counts
		}
	}
}

func (l *packLog) seeService(e Entry, n int64) {
	switch e.Event {
	case ServiceAdded:
		l.services[n] = &spanLog{began: e.Time}
	case ServiceRemoved:
		if v := l.services[n]; v != nil {
			v.ended = e.Time
		}
	}
}

func (l *packLog) seeSample(e Entry, n int64) {
	if e.Event == SampleCommitted {
		l.samples[n] = &sampleLog{entry: e.Number, first: e.Counts[CountFrom], last: e.Counts[CountTo], frame: e.Counts[CountFrame], size: e.Counts[CountSample],
			frameHash: e.Commits[CommitFrame], seedHash: e.Commits[CommitSeed], kind: SampleKindOf(e.Counts[CountReason])}
		return
	}
	if s := l.samples[n]; s != nil {
		s.reveal, s.word = e.Commits[CommitReveal], e.Commits[CommitWord]
	}
}

// sampleKinds is the order in which the trail numbers the kinds of samples, from 1: new ones go to the end.
var sampleKinds = []string{"all", "done", "refused", "withdrawn", "partial"}

// SampleKindOf names a kind by its number in the trail, "" for one of a newer program.
func SampleKindOf(n int64) string {
	if n < 1 || int(n) > len(sampleKinds) {
		return ""
	}
	return sampleKinds[n-1]
}

// SampleKindNumber is the other way round; 0 for none.
func SampleKindNumber(kind string) int64 { return int64(slices.Index(sampleKinds, kind) + 1) }

// frame gives the requests that a sample is drawn from, as the trail names them.
func (l *packLog) frame(s *sampleLog) []int64 {
	in := map[int64]bool{}
	for _, v := range l.ends[s.kind] {
		if _, filed := l.filed[v.number]; filed && v.entry >= s.first && v.entry <= s.last {
			in[v.number] = true
		}
	}
	return slices.Sorted(maps.Keys(in))
}

// end draws the samples again, and settles which requests the pack is about.
func (l *packLog) end() {
	for _, s := range l.samples {
		if s.reveal != "" {
			s.drawn = Draw(s.reveal, s.word, int(s.size), l.frame(s))
		}
	}
	if s := l.samples[l.scope.Sample]; s != nil {
		for _, n := range s.drawn {
			l.wanted[n] = true
		}
	} else if l.scope.Sample == 0 {
		for n, f := range l.filed {
			if f.entry >= l.scope.First && f.entry <= l.scope.Last {
				l.wanted[n] = true
			}
		}
	}
	for entry, v := range l.proofs {
		if l.wanted[v.number] {
			l.receipts[entry] = v.sum
			l.proven[v.number]++
		}
	}
}
