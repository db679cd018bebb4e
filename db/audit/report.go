package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// FindingKind tells what a finding is about, so that lateness is never taken
// for tampering.
type FindingKind string

// The kinds of findings.
const (
	Tampering  FindingKind = "tampering"  // the log is not what was signed
	Late       FindingKind = "late"       // an erasure outlasted its 24 hours, and nothing says so
	Unfinished FindingKind = "unfinished" // the check could not read to the end
	Differs    FindingKind = "differs"    // the log is what was signed, and a table beside it is not what it says
)

// Finding is one thing that does not hold.
type Finding struct {
	Kind   FindingKind
	Number int64  // the entry it was noticed at, -1 where there is none
	Words  string // a sentence for a person; holds nothing that stood in a leaf
}

// maxFindings bounds the report; what goes beyond is counted.
const maxFindings = 100

// Report is the outcome of Verify.
type Report struct {
	Size        int64         // leaves read
	First, Last int64         // range of numbers; Last is -1 for an empty log
	From, To    time.Time     // times of the first and last leaf, UTC
	Root        tlog.Hash     // recomputed from the leaves
	Head        Checkpoint    // the last signed checkpoint that opened; Size -1 when there is none
	Receipts    int64         // receipts held against their entries
	Checkpoints int64         // signed checkpoints held against the leaves
	Anchored    bool          // something from outside stood against the log
	Anchor      string        // in words, with what cannot be seen
	Cosigned    []Cosignature // the newest of each witness that was asked for
	Epochs      []Epoch       // where the log goes on from a backup
	Findings    []Finding     // at most 100
	More        int           // findings beyond those
	Took        time.Duration

	outside int  // checkpoints from outside that opened
	broken  bool // a finding other than lateness or a difference
	unread  bool // an Unfinished finding
	differs int64
}

// Epoch is a place at which a restore took up the log of a backup.
type Epoch struct {
	Number int64     // the entry that says so: the first one after the backup
	Time   time.Time // UTC
	Pinned int64     // entries under the pin that the restore found, -1 where it found none
	Named  bool      // a checkpoint from outside is that pin: the entry names it
}

// Words is the epoch in a sentence for a person.
func (e Epoch) Words() string {
	words := fmt.Sprintf("At entry %d, on %s, the store was restored from a backup of %s", e.Number, e.Time.Format("2 January 2006, 15:04 UTC"), entries(e.Number))
	switch {
	case e.Pinned < 0:
		return words + "; no pin was at hand, so nobody knows how many entries were lost."
	case e.Pinned > e.Number:
		return words + fmt.Sprintf("; %s that had been pinned are not in this log.", entries(e.Pinned-e.Number))
	}
	return words + "; the pin was no newer."
}

func entries(n int64) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

// OK tells that everything holds: no finding of any kind.
func (r Report) OK() bool { return len(r.Findings) == 0 }

// Intact tells that the log was read to its end and is what was signed; an
// erasure may have been late all the same.
func (r Report) Intact() bool {
	return !r.broken
}

// Summary is the outcome in a sentence or two.
func (r Report) Summary() string {
	var b strings.Builder
	if r.Size == 0 {
		b.WriteString("A log without entries")
	} else {
		fmt.Fprintf(&b, "Entries %d to %d", r.First, r.Last)
	}
	fmt.Fprintf(&b, " and %s were checked in %s: ", several(r.Checkpoints, "checkpoint"), r.Took.Round(time.Millisecond))
	switch n := int64(len(r.Findings) + r.More); {
	case n == 0:
		b.WriteString("everything holds. ")
	case r.Intact():
		b.WriteString("the log is intact" + r.beside(n-r.differs) + ". ")
	default:
		fmt.Fprintf(&b, "%s. ", several(n, "finding"))
	}
	return b.String() + r.Anchor
}

// beside tells what an intact log does not say of itself.
func (r Report) beside(late int64) string {
	out := ""
	if late > 0 {
		out = ", with " + several(late, "late erasure")
	}
	if r.differs > 0 {
		out += ", and the tables beside it are not what it says: " + several(r.differs, "difference")
	}
	return out
}

func several(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Differ adds what was found beside the log: a row that is not what the log says. Words is a sentence.
func (r *Report) Differ(words string, more int64) {
	if words != "" {
		r.add(Differs, -1, "%s", words)
	}
	r.More += int(more)
	r.differs += more
}

func (r *Report) add(k FindingKind, n int64, format string, args ...any) {
	r.broken = r.broken || k != Late && k != Differs
	if k == Differs {
		r.differs++
	}
	r.unread = r.unread || k == Unfinished
	if len(r.Findings) == maxFindings {
		r.More++
		return
	}
	r.Findings = append(r.Findings, Finding{Kind: k, Number: n, Words: fmt.Sprintf(format, args...)})
}

// promise is how long an accepted erasure of hosted data may take (design.md,
// "Clocks": from acceptance by the API or approval in the console).
const promise = 24 * time.Hour

// deadlines follows the erasures that are open while the log is read.
type deadlines struct {
	open map[Object]accepted
}

type accepted struct {
	number int64
	at     time.Time
	by     Event
}

func newDeadlines() *deadlines { return &deadlines{open: map[Object]accepted{}} }

// see takes in one entry. An erasure's clock starts with acceptance or
// approval, whichever is first, and lapses when the approval does.
func (d *deadlines) see(e Entry, r *Report) {
	switch e.Event {
	case ErasureAccepted, ErasureApproved:
		if _, running := d.open[e.Object]; !running {
			d.open[e.Object] = accepted{e.Number, e.Time, e.Event}
		}
	case ErasureRefreshed:
		if d.open[e.Object].by == ErasureApproved {
			delete(d.open, e.Object)
		}
	case LogRestored:
		// What became of those that were open, between the backup and the restore, stands in the ledger and not in this log.
		for o, a := range d.open {
			a.at = e.Time
			d.open[o] = a
		}
	case ErasureHeld, ErasureLate, ErasureVerified, ErasurePartial, ErasureDone, ErasureRefused, ErasureWithdrawn:
		if a, running := d.open[e.Object]; running {
			d.judge(e.Object, a, e.Time, e.Event == ErasureLate, r)
			delete(d.open, e.Object)
		}
	}
}

// judge leaves alone what the trail itself calls late: a lateness that is
// owned up to is no finding.
func (d *deadlines) judge(o Object, a accepted, ended time.Time, owned bool, r *Report) {
	if ended.Sub(a.at) > promise && !owned {
		_, n, _ := o.Split()
		r.add(Late, a.number, "Erasure %d was accepted at entry %d and had not ended 24 hours later, and no entry says that it was held or late.", n, a.number)
	}
}

// end judges what is still open at the time of the check, oldest first.
func (d *deadlines) end(at time.Time, r *Report) {
	left := make([]Object, 0, len(d.open))
	for o := range d.open {
		left = append(left, o)
	}
	slices.SortFunc(left, func(a, b Object) int { return cmp.Compare(d.open[a].number, d.open[b].number) })
	for _, o := range left {
		d.judge(o, d.open[o], at, false, r)
	}
}
