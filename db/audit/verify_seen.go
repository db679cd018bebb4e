package audit

import (
	"cmp"
	"slices"
)

// seen is a checkpoint that witnesses have cosigned.
type seen struct {
	Checkpoint
	by []Cosignature
}

// openCosigned opens the checkpoints that witnesses have cosigned. What no known witness has signed says nothing, and is passed over.
func (v *verifier) openCosigned() {
	for _, msg := range v.b.Cosigned {
		by, err := Cosignatures(msg, v.b.Witnesses)
		if err == nil && len(by) == 0 {
			continue
		}
		var c Checkpoint
		if err == nil {
			c, err = OpenCheckpoint(msg, and(v.b.keys(), v.b.Keys...)...)
		}
		if err != nil {
			v.report.add(Tampering, -1, "A cosigned checkpoint is not validly signed: %v.", err)
			continue
		}
		v.seen = append(v.seen, seen{c, by})
	}
	slices.SortStableFunc(v.seen, func(a, b seen) int { return cmp.Compare(a.Size, b.Size) })
}

// matchSeen holds what witnesses have cosigned against the recomputed root, and keeps the newest cosignature of each.
func (v *verifier) matchSeen(c seen) {
	if len(c.by) == 0 {
		return
	}
	if v.foreign(c.Checkpoint) || c.Root != v.front.root() {
		v.report.add(Tampering, c.Size, "The first %d entries are not those that %s has cosigned.", c.Size, c.by[0].Witness)
		return
	}
	for _, sig := range c.by {
		i := slices.IndexFunc(v.report.Cosigned, func(o Cosignature) bool { return o.Witness == sig.Witness })
		switch {
		case i < 0:
			v.report.Cosigned = append(v.report.Cosigned, sig)
		case !sig.Time.Before(v.report.Cosigned[i].Time):
			v.report.Cosigned[i] = sig
		}
	}
}
