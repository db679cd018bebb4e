package audit

import (
	"context"
	"math"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Range is a part of the log that is checked without reading the rest.
type Range struct {
	First, Last int64           // numbers of entries
	Tree        tlog.HashReader // stored hashes
	Head        []byte          // the newest signed head
}

// VerifyRange recomputes the entries of a range upon the stored hashes before it, and proves that the tree which comes of it is how the log of
// the newest head began (RFC 6962, section 2.1.2): stored hashes that were forged would not lead there. The leaves and receipts of b are those
// of the range, its hashes and checkpoints are not used. What began before the range or ends after it is not judged for its 24 hours.
func VerifyRange(ctx context.Context, b Bundle, r Range) Report {
	b.Hashes, b.Checkpoints = nil, nil
	v := &verifier{b: b, began: time.Now(), clock: newDeadlines(), next: r.First, front: frontier{size: r.First}}
	v.trusted = b.keys()
	v.report.First, v.report.Head.Size = r.First, -1
	v.heads, v.hashes, v.receipts = newPuller(v.opened(nil)), newPuller(b.Hashes), newPuller(b.Receipts)
	defer v.heads.stop()
	defer v.hashes.stop()
	defer v.receipts.stop()
	if peaks, err := r.Tree.ReadHashes(peakIndexes(r.First)); err != nil {
		v.report.add(Unfinished, r.First, "The stored hashes before entry %d could not be read: %v.", r.First, err)
	} else {
		v.front.peaks = peaks
		v.leaves(ctx)
		v.finishRange(r)
	}
	v.report.Took = time.Since(v.began)
	return v.report
}

// finishRange holds what the range gave against the newest head, and that against what came from outside.
func (v *verifier) finishRange(r Range) {
	rep := &v.report
	rep.Size, rep.Last, rep.Root = v.front.size-r.First, v.front.size-1, v.front.root()
	if !rep.unread && rep.Last < r.Last {
		rep.add(Tampering, rep.Last, "Entries are missing: the range goes to %d, and the last one is %d.", r.Last, rep.Last)
	}
	if v.b.Receipts != nil && !v.unreadable && !rep.unread {
		v.receiptsBefore(math.MaxInt64)
	}
	v.openOutside()
	head, err := OpenCheckpoint(r.Head, v.b.keys()...)
	if err != nil {
		rep.add(Tampering, -1, "The newest checkpoint is not validly signed: %v.", err)
	} else {
		rep.Head, rep.Checkpoints = head, 1
		v.grew(Checkpoint{Origin: head.Origin, Size: v.front.size, Root: rep.Root}, head, r.Tree, "Among entries %d to %d something is not as it was signed.")
		for _, old := range v.old {
			v.against(old.Checkpoint, head, r.Tree)
		}
	}
	v.anchor()
}

// against holds a checkpoint from outside against the newest one.
func (v *verifier) against(old, head Checkpoint, tree tlog.HashReader) {
	switch {
	case old.Size > head.Size:
		v.report.add(Tampering, head.Size, "The log was cut short or set back: a checkpoint from outside covers %d entries, and there are %d.", old.Size, head.Size)
	case old.Origin != head.Origin:
		v.report.add(Tampering, old.Size, "The checkpoint from outside over %d entries belongs to another log.", old.Size)
	default:
		p, err := ProveConsistency(old.Size, head.Size, tree)
		if err != nil || CheckConsistency(old, head, p) != nil {
			v.report.add(Tampering, old.Size, "The first %d entries are not those that a checkpoint from outside was signed for.", old.Size)
		}
	}
}

// grew checks that the log of a head began as what was recomputed.
func (v *verifier) grew(now, head Checkpoint, tree tlog.HashReader, words string) {
	if now.Size > head.Size {
		v.report.add(Tampering, head.Size, "There are entries beyond the %d that were signed.", head.Size)
		return
	}
	p, err := ProveConsistency(now.Size, head.Size, tree)
	if err != nil || CheckConsistency(now, head, p) != nil {
		v.report.add(Tampering, v.report.First, words, v.report.First, v.report.Last)
	}
}
