package db_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"testing"

	"quittance/db"
	"quittance/db/dbtest"
	"quittance/db/erasure"
)

// restores is how many histories are restored; the long run does more.
var restores = 12

// history is what happened to a store, and what must be there after a restore.
type history struct {
	*safe
	rand    *rand.Rand
	there   map[int64]string // seq → customer
	copied  map[int64]string // likewise, when the backup was taken
	open    []db.Erasure
	customs []string
	covers  []db.Erasure // accepted and not withdrawn
	whom    map[int64]string
}

// Whatever happened before and after a backup: a restore has what the backup had, without what any accepted erasure covers that was not
// withdrawn, once what is open has run; the trail is whole; and no number is given that a cut-off reaches.
func TestRestoreLaw(t *testing.T) {
	for seed := range restores {
		h := &history{safe: newSafe(t), rand: rand.New(rand.NewPCG(uint64(seed), 14)), there: map[int64]string{}, whom: map[int64]string{}}
		for i := range 6 {
			h.customs = append(h.customs, fmt.Sprintf("customer_%d_canary", i))
		}
		h.happen(t, 12)
		h.backup()
		h.copied = maps.Clone(h.there)
		h.happen(t, 14)
		h.lose()
		if _, err := h.restore(nil); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		h.safe.open()
		h.check(t, seed)
		h.Close()
		if t.Failed() {
			return
		}
	}
}

func (h *history) happen(t *testing.T, steps int) {
	for range steps {
		who := h.customs[h.rand.IntN(len(h.customs))]
		switch h.rand.IntN(6) {
		case 0, 1, 2:
			for _, seq := range h.ingest(1+h.rand.IntN(4), who) {
				h.there[seq] = who
			}
		case 3:
			e, err := h.AcceptErasure(ctx, key, 1, dbtest.ID(t, who))
			if err != nil {
				t.Fatal(err)
			}
			h.open, h.whom[e.Number] = append(h.open, e), who
		case 4:
			if len(h.open) > 0 {
				h.withdraw(t)
			}
		case 5:
			h.run(t)
		}
	}
}

func (h *history) withdraw(t *testing.T) {
	i := h.rand.IntN(len(h.open))
	if err := h.WithdrawErasure(ctx, key, h.open[i].Number); err != nil {
		t.Fatal(err)
	}
	h.open = append(h.open[:i:i], h.open[i+1:]...)
}

func (h *history) run(t *testing.T) {
	if _, err := runner(h.Store).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	for _, e := range h.open {
		covered(h.there, e, h.whom[e.Number])
	}
	h.covers, h.open = append(h.covers, h.open...), nil
}

func covered(all map[int64]string, e db.Erasure, who string) {
	maps.DeleteFunc(all, func(seq int64, c string) bool { return c == who && seq <= e.Cutoff })
}

func (h *history) check(t *testing.T, seed int) {
	want := maps.Clone(h.copied)
	for _, e := range h.covers {
		covered(want, e, h.whom[e.Number])
		if now, err := h.Erasure(ctx, e.Number); err != nil || now.State != erasure.Done {
			t.Errorf("seed %d: request %d: %+v, %v", seed, e.Number, now, err)
		}
	}
	h.holds(t, seed, want, "after the restore")
	h.run(t)
	for _, e := range h.covers {
		covered(want, e, h.whom[e.Number])
	}
	h.holds(t, seed, want, "after what was open has run")
	left := map[string]bool{}
	for _, who := range want {
		left[who] = true
	}
	for _, who := range h.customs {
		if !left[who] {
			h.clean(who)
		}
	}
	report, err := h.VerifyAudit(ctx)
	if err != nil || !report.OK() {
		t.Errorf("seed %d: %+v, %v", seed, report.Findings, err)
	}
	for _, seq := range h.ingest(1, "somebody new") {
		for _, e := range h.covers {
			if seq <= e.Cutoff {
				t.Errorf("seed %d: number %d is under the cut-off %d", seed, seq, e.Cutoff)
			}
		}
	}
}

func (h *history) holds(t *testing.T, seed int, want map[int64]string, when string) {
	n := map[string]int64{}
	for _, who := range want {
		n[who]++
	}
	for _, who := range h.customs {
		if got := h.count(who); got != n[who] {
			t.Errorf("seed %d, %s: %s has %d records, not %d", seed, when, who, got, n[who])
		}
	}
	if _, err := os.Stat(h.dir + "/restoring"); err == nil {
		t.Errorf("seed %d: the mark is left", seed)
	}
}
