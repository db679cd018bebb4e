package db

import (
	"errors"
	"strings"
	"testing"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/db/label"
)

// manyRequests is a store with a request in each of the states in which one can rest, whose numbers it names.
func manyRequests(t *testing.T) (h *house, in map[string]int64) {
	h = openHouse(t)
	svc := h.service()
	linked, err := h.AddLinked(h.ctx, audit.Operator, NewLinked{Kind: label.Assistant, Name: "elsewhere", URL: "https://elsewhere.example.com/instances/1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"anna", "ben", "carl", "dora", "emil", "finn"} {
		h.says(svc.Number, who)
	}
	in = map[string]int64{}
	propose := func(name, who string, without map[int64]string) Erasure {
		h.pass(time.Minute) // else the same is a second click
		ref, _, err := h.SubjectOf(h.ctx, mustID(t, who))
		if err != nil {
			t.Fatal(err)
		}
		if in[name], err = h.SubmitErasure(h.ctx, audit.ActorOf("user", 1), Proposal{Subject: ref.Ref, Ground: "17-1-b", Without: without}); err != nil {
			t.Fatal(err)
		}
		return h.request(in[name])
	}
	approve := func(e Erasure) {
		if err := h.ApproveErasure(h.ctx, audit.ActorOf("user", 2), e.Number, e.ManifestHash); err != nil {
			t.Fatal(err)
		}
	}
	alone := map[int64]string{linked.Number: erasure.Stays[0]}
	ref, _, err := h.SubjectOf(h.ctx, mustID(t, "dora"))
	if err == nil {
		_, err = h.PlaceHold(h.ctx, audit.ActorOf("user", 2), NewHold{Kind: erasure.LegalHold, Ground: "17-3-e", Subject: ref.Ref})
	}
	if err != nil {
		t.Fatal(err)
	}
	approve(propose("done", "anna", alone))
	approve(propose("calling", "carl", nil))
	approve(propose("held", "dora", alone))
	h.pass(time.Hour)
	h.runAll()
	move := func(to erasure.PartState) error {
		return h.MovePart(h.ctx, audit.System, in["calling"], linked.Number, PartMove{To: to})
	}
	propose("proposed", "ben", alone)
	refused, withdrawn := propose("refused", "emil", alone), propose("withdrawn", "finn", alone)
	scheduled := propose("scheduled", "ben", alone)
	approve(scheduled)
	err = errors.Join(move(erasure.Sent), move(erasure.Accepted), h.RefuseErasure(h.ctx, audit.ActorOf("user", 2), refused.Number, "17-3-b", Told{Explanation: "no"}),
		h.WithdrawErasure(h.ctx, audit.ActorOf("user", 1), withdrawn.Number))
	if err != nil {
		t.Fatal(err)
	}
	return h, in
}

func (h *house) request(number int64) Erasure {
	h.t.Helper()
	e, err := h.Erasure(h.ctx, number)
	if err != nil {
		h.t.Fatal(err)
	}
	return e
}

func mustID(t *testing.T, raw string) label.ID {
	t.Helper()
	id, err := label.Parse(label.Assistant, raw)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// Whatever of a request, a batch or a hold is changed behind the program is named, and nothing is before.
func TestRebuildNamesEdits(t *testing.T) {
	h, in := manyRequests(t)
	for _, state := range []string{"done", "held", "calling", "proposed", "refused", "withdrawn", "scheduled"} {
		if in[state] == 0 {
			t.Fatal(state)
		}
	}
	was, err := h.Rebuild(h.ctx)
	if err != nil || was.Bad() != 0 || was.Requests != int64(len(in)) {
		t.Fatalf("%+v, %v", was, err)
	}
	for _, c := range []struct{ name, edit, of, says string }{
		{"state", "UPDATE erasure SET state = 'withdrawn' WHERE number = ?", "scheduled", "says that it is withdrawn, and the trail that it is scheduled"},
		{"state of one that is done", "UPDATE erasure SET state = 'partial' WHERE number = ?", "done", "and the trail that it is done"},
		{"state by a batch", "UPDATE erasure SET state = 'running', batch = 1 WHERE number = ?", "scheduled", "that it is running"},
		{"cut-off", "UPDATE erasure SET cutoff = cutoff - 1 WHERE number = ?", "scheduled", "cut-off"},
		{"approver", "UPDATE erasure SET approver = 'user/9' WHERE number = ?", "done", "Who proposed or approved"},
		{"manifest", "UPDATE erasure SET manifest = replace(manifest, '\"go\"', '\"go\" ') WHERE number = ?", "scheduled", "manifest"},
		{"deadline", "UPDATE erasure SET deadline = deadline + 3600000 WHERE number = ?", "scheduled", "24 hours"},
		{"found", "UPDATE erasure SET found = found + 1 WHERE number = ?", "done", "count of records"},
		{"remaining", "UPDATE erasure SET remaining = 0 WHERE number = ?", "held", "count of records"},
		{"end", "UPDATE erasure SET ended = NULL WHERE number = ?", "refused", "time of its end"},
		{"batch", "UPDATE erasure SET batch = NULL WHERE number = ?", "done", "batch"},
		{"ground", "UPDATE erasure SET ground = '17-1-d' WHERE number = ?", "done", "ground"},
		{"row deleted", "DELETE FROM erasure WHERE number = ?", "proposed", "the table does not have it"},
		{"row added", "INSERT INTO erasure (number, state, origin, ref, ground, cutoff, proposer, manifest, manifest_hash, proposed) SELECT 900, state, origin, ref, ground, cutoff, proposer, manifest, manifest_hash, proposed FROM erasure WHERE number = ?",
			"proposed", "Erasure 900 is not as the trail has it. The table has it"},
		{"part end", "UPDATE part SET state = 'failed' WHERE erasure = ? AND excluded IS NULL", "done", "not what its receipt says"},
		{"part on its way", "UPDATE part SET state = 'confirmed' WHERE erasure = ? AND state = 'accepted'", "calling", "is confirmed in the table, and accepted by the trail"},
		{"part that waits", "UPDATE part SET state = 'confirmed' WHERE erasure = ? AND excluded IS NULL", "scheduled", "and waiting by the trail"},
		{"part left out", "UPDATE part SET excluded = 'not-asked' WHERE erasure = ? AND excluded IS NULL", "scheduled", "left out"},
		{"part deleted", "DELETE FROM part WHERE erasure = ?", "done", "A part was added, taken away"},
		{"count of a part", "UPDATE part SET remaining = 0, held = 0, state = 'confirmed' WHERE erasure = ? AND state = 'held'", "held", "counts of its parts"},
		{"count on a receipt", "UPDATE receipt SET data = replace(data, '\"before\":1', '\"before\":2') WHERE erasure = ?", "done", "receipt 1 was changed"},
		{"receipt deleted", "DELETE FROM receipt WHERE erasure = ?", "done", "tells of 1 of its receipts, and the table has 0"},
		{"receipt added", "INSERT INTO receipt SELECT erasure, 7, made, 2, data FROM receipt WHERE erasure = ?", "done", "the table has 2"},
		{"batch state", "UPDATE batch SET state = 'stopped' WHERE number = 1 AND ? > 0", "done", "Batch 1 is not as the trail has it"},
		{"batch count", "UPDATE batch SET erased = 99 WHERE number = 1 AND ? > 0", "done", "what it erased"},
		{"hold state", "UPDATE hold SET state = 'expired', expiry = 1, expiry_by = 'user/8', ended = 2 WHERE number = 1 AND ? > 0", "held", "Hold 1 is not as the trail has it"},
		{"hold ground", "UPDATE hold SET ground = '17-3-a' WHERE number = 1 AND ? > 0", "held", "its ground"},
		{"hold deleted", "DELETE FROM hold WHERE number = 1 AND ? > 0", "held", "the table does not have it"},
	} {
		t.Run(c.name, func(t *testing.T) { h.edited(t, c.edit, in[c.of], c.says) })
	}
}

// rebuilt is Rebuild inside a transaction, of which nobody else sees anything.
func (t *tx) rebuilt(out *Rebuilt) error {
	r := &rebuild{ctx: t.ctx, tx: t.w.conn, out: out}
	err := r.common()
	for _, c := range comparisons {
		var numbers []int64
		if err == nil {
			numbers, err = scanned[int64](t.rows("SELECT number FROM " + c.table + " ORDER BY number"))
		}
		if err == nil {
			err = c.page(r, numbers)
		}
		if err == nil {
			err = r.missing(c)
		}
	}
	return err
}

// edited changes a row behind the program, looks at what the check says, and takes the change back.
func (h *house) edited(t *testing.T, edit string, number int64, says string) {
	out := new(Rebuilt)
	undo := errors.New("undo")
	err := h.write(h.ctx, audit.System, func(t *tx) error {
		if err := t.exec("PRAGMA defer_foreign_keys = 1"); err != nil {
			return err
		}
		if n, err := t.change(edit, number); err != nil || n == 0 {
			return errors.Join(errors.New("nothing was changed"), err)
		}
		if err := t.rebuilt(out); err != nil {
			return err
		}
		return undo
	})
	if err == nil || err.Error() != undo.Error() {
		t.Fatal(err)
	}
	for _, d := range out.Differences {
		if strings.Contains(d.Words, says) {
			return
		}
	}
	t.Errorf("%+v, want one that says %q", out.Differences, says)
}
