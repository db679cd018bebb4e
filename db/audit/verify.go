package audit

import (
	"context"
	"iter"
	"math"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// StoredLeaf is a leaf as it lies in the store or in an export.
type StoredLeaf struct {
	Number int64  // the number it is stored under, from 0
	Data   []byte // read only during the step of the iteration
	Shown  *Entry // the columns beside it that a page shows (Time, Actor, Event, Object); nil where there are none
}

// Bundle is what Verify checks. Each iterator is run once, in order, and may
// end with an error.
type Bundle struct {
	Leaves      iter.Seq2[StoredLeaf, error]    // in the order of their numbers
	Hashes      iter.Seq2[tlog.Hash, error]     // the hash table in the order of its indexes; nil where it is not at hand
	Receipts    iter.Seq2[StoredReceipt, error] // bodies of receipts in the order of their entries; nil where they are not at hand
	Checkpoints iter.Seq2[[]byte, error]        // the store's own signed checkpoints, smallest first
	Keys        []note.Verifier                 // keys that come with the store
	OutsideKeys []note.Verifier                 // keys from elsewhere: where there are any, only these count, and those that they vouch for
	Chain       []string                        // public keys that come with the store, as they are written: candidates for what an outside key vouches for
	Outside     [][]byte                        // checkpoints kept elsewhere: the pin, an auditor's old one
	Cosigned    [][]byte                        // the store's checkpoints with cosignatures, of any size
	Witnesses   []*Witness                      // whose cosignatures count
	Witnessed   bool                            // the keys of the witnesses are from elsewhere
	At          time.Time                       // when the check is made, for the 24 hours; zero: the time of the last leaf
}

func (b Bundle) keys() []note.Verifier {
	if len(b.OutsideKeys) > 0 {
		return b.OutsideKeys
	}
	return b.Keys
}

// Verify recomputes the log from its leaves and holds it against the hash
// table, every checkpoint and whatever is at hand from outside; it checks that
// numbers have no gap, that time never runs back, and that each erasure met
// its 24 hours. Memory does not grow with the log, only with the number of
// erasures that are open at one time.
func Verify(ctx context.Context, b Bundle) Report {
	v := &verifier{b: b, began: time.Now(), clock: newDeadlines()}
	v.report.Head.Size = -1
	v.trusted = b.keys()
	v.openOutside()
	v.openCosigned()
	v.heads = newPuller(v.opened(b.Checkpoints))
	v.hashes = newPuller(b.Hashes)
	v.receipts = newPuller(b.Receipts)
	defer v.receipts.stop()
	defer v.heads.stop()
	defer v.hashes.stop()
	v.atSize() // a checkpoint of the empty log
	v.leaves(ctx)
	v.finish()
	return v.report
}

type verifier struct {
	b          Bundle
	report     Report
	began      time.Time
	front      frontier
	next       int64 // the number that the next leaf should be stored under
	heads      *puller[head]
	hashes     *puller[tlog.Hash]
	receipts   *puller[StoredReceipt]
	clock      *deadlines
	trusted    []note.Verifier
	doubted    *head      // the first one since a trusted key has signed
	swapped    bool       // of the last head
	promised   []promised // keys that entries commit to and no trusted key has signed for yet
	old        []kept     // from outside, opened, smallest first
	seen       []seen     // by witnesses, likewise
	origin     string     // of the first checkpoint that opened
	good       int64      // the largest size at which a checkpoint matched
	broken     bool       // a checkpoint did not match: those after it cannot either
	forged     bool       // a stored hash did not match
	unreadable bool       // the receipts could not be read to their end
}

func (v *verifier) leaves(ctx context.Context) {
	if v.b.Leaves == nil {
		return
	}
	for leaf, err := range v.b.Leaves {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			v.report.add(Unfinished, v.next, "The check stopped before entry %d: %v.", v.next, err)
			return
		}
		v.leaf(leaf)
		v.atSize()
	}
}

func (v *verifier) leaf(leaf StoredLeaf) {
	n := leaf.Number
	switch {
	case n > v.next+1:
		v.report.add(Tampering, n, "Entries %d to %d are missing.", v.next, n-1)
	case n > v.next:
		v.report.add(Tampering, n, "Entry %d is missing.", v.next)
	case n < v.next:
		v.report.add(Tampering, n, "Entry %d is out of order, or there twice.", n)
	}
	v.next = n + 1
	if e, err := Parse(leaf.Data); err != nil {
		v.report.add(Tampering, n, "Entry %d was altered: %v.", n, err)
	} else {
		v.entry(n, e, leaf.Shown)
	}
	for _, h := range v.front.add(nil, tlog.RecordHash(leaf.Data)) {
		v.hash(n, h)
	}
}

func (v *verifier) entry(n int64, e Entry, shown *Entry) {
	if e.Number != n {
		v.report.add(Tampering, n, "Entry %d says of itself that it is number %d.", n, e.Number)
	}
	if n == 0 && e.Event != LogCreated {
		v.report.add(Tampering, n, "The first entry does not begin an audit trail.")
	}
	if n > 0 && e.Time.Before(v.report.To) {
		v.report.add(Tampering, n, "Time runs back at entry %d.", n)
	}
	if shown != nil && !shown.sameRow(e) {
		v.report.add(Tampering, n, "Entry %d is shown with another time, actor, event or object than was sealed.", n)
	}
	if v.report.From.IsZero() {
		v.report.From = e.Time
	}
	v.report.To = e.Time
	v.clock.see(e, &v.report)
	v.receipt(n, e)
	switch e.Event {
	case LogRestored:
		v.epoch(n, e)
	case LogRotated:
		v.promised = append(v.promised, promised{n, e.Commits[CommitKey]})
	}
}

// epoch notes that the log was taken up from a backup. A checkpoint from outside that the entry names was signed for what was lost; it
// cannot be compared any more, and is no sign of tampering.
func (v *verifier) epoch(n int64, e Entry) {
	ep := Epoch{Number: n, Time: e.Time, Pinned: -1}
	if size, ok := e.Counts[CountPinned]; ok {
		ep.Pinned = size
	}
	left := v.old[:0:0]
	for _, c := range v.old {
		if c.Size > n && c.sum == e.Commits[CommitPin] {
			ep.Named = true
			continue
		}
		left = append(left, c)
	}
	v.old = left
	v.report.Epochs = append(v.report.Epochs, ep)
}

// receipt holds the body of a receipt against the entry that commits to it. A receipt without its entry is a receipt without an erasure, and
// an end without its receipt an erasure without one.
func (v *verifier) receipt(n int64, e Entry) {
	if v.b.Receipts == nil || v.unreadable {
		return
	}
	v.receiptsBefore(n)
	want := e.Commits[CommitReceipt]
	if want == "" {
		if e.Event == ErasureDone && !v.earlier(n) {
			v.report.add(Tampering, n, "The erasure that ended at entry %d has no receipt.", n)
		}
		return
	}
	got, ok, err := v.receipts.peek()
	switch {
	case err != nil:
		v.noReceipts(n, err)
	case !ok || got.Entry != n:
		v.report.add(Tampering, n, "The receipt that entry %d was made for is missing.", n)
	default:
		v.receipts.drop()
		v.report.Receipts++
		if Commitment(got.Body) != want {
			v.report.add(Tampering, n, "The receipt of entry %d was altered.", n)
		}
	}
}

// earlier passes over the receipt of an end that an earlier version wrote, whose entry commits to nothing: that it is there is all that can be
// checked of it.
func (v *verifier) earlier(n int64) bool {
	got, ok, err := v.receipts.peek()
	if err != nil || !ok || got.Entry != n {
		return false
	}
	v.receipts.drop()
	return true
}

// receiptsBefore tells those that no entry below n commits to.
func (v *verifier) receiptsBefore(n int64) {
	for {
		got, ok, err := v.receipts.peek()
		if err != nil {
			v.noReceipts(n, err)
		}
		if err != nil || !ok || got.Entry >= n {
			return
		}
		v.receipts.drop()
		v.report.add(Tampering, got.Entry, "A receipt names entry %d, which ends no erasure: it is a receipt without an erasure.", got.Entry)
	}
}

func (v *verifier) noReceipts(n int64, err error) {
	v.unreadable = true
	v.receipts.close()
	v.report.add(Unfinished, n, "The receipts could not be read at entry %d: %v.", n, err)
}

func (e Entry) sameRow(o Entry) bool {
	return e.Time.Equal(o.Time) && e.Actor == o.Actor && e.Event == o.Event && e.Object == o.Object
}

// hash holds the next hash of the table against the one recomputed.
func (v *verifier) hash(n int64, want tlog.Hash) {
	if v.b.Hashes == nil || v.forged {
		return
	}
	got, ok, err := v.hashes.next()
	switch {
	case err != nil:
		v.report.add(Unfinished, n, "The stored hashes could not be read at entry %d: %v.", n, err)
	case !ok:
		v.report.add(Tampering, n, "The stored hashes end at entry %d, before the entries do.", n)
	case got != want:
		v.report.add(Tampering, n, "A stored hash at entry %d is not the hash of the entries.", n)
	default:
		return
	}
	v.forged = true
}

// atSize holds every checkpoint made at this size against the recomputed root.
func (v *verifier) atSize() {
	for {
		h, ok := v.nextHead()
		if !ok {
			break
		}
		v.report.Checkpoints++
		v.report.Head, v.swapped = h.Checkpoint, h.swapped
		if v.match(h.Checkpoint); h.doubt == nil {
			v.doubted = nil // whoever signed this has signed all that came before
			v.vouch(h.Size)
		} else if v.doubted == nil {
			v.doubted = &h
		}
		v.matchSeen(seen{h.Checkpoint, h.by})
	}
	for len(v.seen) > 0 && v.seen[0].Size == v.front.size {
		v.matchSeen(v.seen[0])
		v.seen = v.seen[1:]
	}
	for len(v.old) > 0 && v.old[0].Size == v.front.size {
		v.matchOutside(v.old[0])
		v.old = v.old[1:]
	}
}

// head is a stored checkpoint after opening it, which is done once.
type head struct {
	Checkpoint
	by    []Cosignature
	doubt error // it is signed with a key of the store only, and none that is trusted
	err   error
	// swapped: a trusted key has signed it, and none of those that came with it. They are worth nothing then, but somebody put them there.
	swapped bool
}

// opened opens each checkpoint when it is its turn, with the keys that are trusted by then.
func (v *verifier) opened(msgs iter.Seq2[[]byte, error]) iter.Seq2[head, error] {
	if msgs == nil {
		return nil
	}
	return func(yield func(head, error) bool) {
		for msg, err := range msgs {
			var h head
			if err == nil {
				h = v.openHead(msg)
			}
			if err == nil && h.err == nil {
				h.by, h.err = Cosignatures(msg, v.b.Witnesses)
			}
			if !yield(h, err) {
				return
			}
		}
	}
}

// nextHead gives the store's next checkpoint if it is due at this size, and
// passes over those that do not open or are out of order.
func (v *verifier) nextHead() (head, bool) {
	size := v.front.size
	for {
		h, ok, err := v.heads.peek()
		if err != nil {
			v.heads.close()
			v.report.add(Unfinished, size, "The signed checkpoints could not be read at entry %d: %v.", size, err)
		}
		if err != nil || !ok || h.err == nil && h.Size > size {
			return head{}, false
		}
		v.heads.drop()
		switch {
		case h.err != nil:
			v.report.add(Tampering, size, "A checkpoint near entry %d is not validly signed: %v.", size, h.err)
		case h.Size < size:
			v.report.add(Tampering, h.Size, "The checkpoint over %d entries is out of order.", h.Size)
		default:
			return h, true
		}
	}
}

func (v *verifier) match(c Checkpoint) {
	switch {
	case v.foreign(c):
		v.report.add(Tampering, c.Size, "The checkpoint over %d entries belongs to another log.", c.Size)
	case c.Root == v.front.root():
		v.good = c.Size
	case !v.broken:
		v.broken = true
		v.report.add(Tampering, v.good, "Among entries %d to %d something is not as it was signed.", v.good, c.Size-1)
	}
}

// foreign tells a checkpoint whose log is not that of the first one seen.
func (v *verifier) foreign(c Checkpoint) bool {
	if v.origin == "" {
		v.origin = c.Origin
	}
	return c.Origin != v.origin
}

// finish tells what is left over once the leaves have ended.
func (v *verifier) finish() {
	r := &v.report
	r.Size, r.First, r.Last, r.Root = v.front.size, 0, v.front.size-1, v.front.root()
	if !r.unread {
		v.leftOver()
	}
	at := v.b.At
	if at.IsZero() {
		at = r.To
	}
	v.clock.end(at, r)
	v.anchor()
	r.Took = time.Since(v.began)
}

// leftOver looks for what was signed, stored or kept outside beyond the last leaf.
func (v *verifier) leftOver() {
	r := &v.report
	if v.b.Receipts != nil && !v.unreadable {
		v.receiptsBefore(math.MaxInt64)
	}
	if h, ok, err := v.heads.next(); ok && err == nil {
		r.add(Tampering, r.Size, "Entries are missing at the end: %d were signed, and there are %d.", h.Size, r.Size)
	}
	if _, ok, err := v.hashes.next(); !v.forged && (ok || err != nil) {
		r.add(Tampering, r.Size, "Entries are missing at the end: there are stored hashes of more than %d.", r.Size)
	}
	if v.swapped {
		r.add(Tampering, r.Size, "The key that came with the log is not one that its last checkpoint was signed with.")
	}
	if v.doubted != nil {
		r.add(Tampering, v.doubted.Size, "A checkpoint near entry %d is not validly signed: %v.", v.doubted.Size, v.doubted.doubt)
	}
	if r.Head.Size < r.Size {
		r.add(Tampering, r.Size, "The end is not signed: there are %d entries, and the last checkpoint covers %d.", r.Size, max(r.Head.Size, 0))
	}
	for _, c := range v.seen {
		r.add(Tampering, r.Size, "The log was cut short or set back: %s has cosigned %d entries, and there are %d.", c.by[0].Witness, c.Size, r.Size)
	}
	for _, c := range v.old {
		r.add(Tampering, r.Size, "The log was cut short or set back: a checkpoint from outside covers %d entries, and there are %d.", c.Size, r.Size)
	}
}

// anchor says in words what the check rests on.
func (v *verifier) anchor() {
	r := &v.report
	key, old := len(v.b.OutsideKeys) > 0, v.b.Outside != nil
	witnessed := v.b.Witnessed && len(r.Cosigned) > 0
	r.Anchored = key || r.outside > 0 || witnessed
	switch {
	case r.outside > 0 && key:
		r.Anchor = "Anchored: a key and a checkpoint from outside were compared."
	case r.outside > 0:
		r.Anchor = "Anchored: a checkpoint kept outside was compared."
	case witnessed:
		r.Anchor = "Anchored: a witness has cosigned the log; what was written after that can only be held against a newer checkpoint from outside."
	case key:
		r.Anchor = "Anchored by a key from outside only: an earlier state that was once signed cannot be told from the newest."
	case old:
		r.Anchor = "Not anchored: what came from outside could not be used."
	default:
		r.Anchor = "Not anchored: nothing from outside was at hand, so a log that was set back, regrown or signed with a swapped key cannot be seen."
	}
}
