package db

import (
	"errors"
	"io"
	"log/slog"
	"testing"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
)

// talks takes in one message of a conversation.
func (h *house) talks(service int64, session string, ids ...string) int64 {
	h.t.Helper()
	r := NewRecord{Service: service, Kind: Message, Time: h.now, Answered: h.now, Language: "en", Container: "a", Session: session, Text: "hello", Body: []byte(`{"request":{}}`)}
	for _, id := range ids {
		r.Labels = append(r.Labels, parsed(id))
	}
	seqs, err := h.Ingest(h.ctx, "key/1", []NewRecord{r}, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return seqs[0]
}

// planned is a repair of the conversation that a message leads, as somebody has read it.
func (h *house) planned(lead int64, id string) RepairPlan {
	h.t.Helper()
	sub, _, err := h.SubjectOf(h.ctx, parsed(id))
	var plan RepairPlan
	if err == nil {
		plan, err = h.PlanRepair(h.ctx, []Pick{{lead, sub.Ref}})
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return plan
}

// TestRepairIsAsRead: what changes after a plan was read and before its turn comes is seen in that turn, whatever it is.
func TestRepairIsAsRead(t *testing.T) {
	erase := func(h *house, service int64) error {
		if _, err := h.AcceptErasure(h.ctx, audit.Operator, service, parsed("ada")); err != nil {
			return err
		}
		h.talks(service, "another", "ada") // so that the ID is there still
		_, err := erasure.NewRunner(h.Store, slog.New(slog.NewTextHandler(io.Discard, nil))).Run(h.ctx, true)
		return err
	}
	for name, c := range map[string]struct {
		change func(*house, int64, *Planned) error
		want   error
	}{
		"nothing":       {func(*house, int64, *Planned) error { return nil }, nil},
		"another ID":    {func(h *house, v int64, _ *Planned) error { h.talks(v, "s1", "ben"); return nil }, ErrLapsed},
		"other records": {func(_ *house, _ int64, p *Planned) error { p.seqs = p.seqs[:1]; return nil }, ErrLapsed},
		"other ID":      {func(_ *house, _ int64, p *Planned) error { p.Chosen.Subject.ID = "eve"; return nil }, ErrLapsed},
		"an erasure":    {func(h *house, v int64, _ *Planned) error { return erase(h, v) }, ErrLapsed},
		"a request": {func(h *house, v int64, _ *Planned) error {
			_, err := h.AcceptErasure(h.ctx, audit.Operator, v, parsed("ada"))
			return err
		}, ErrLapsed},
		"a restriction": {func(h *house, _ int64, p *Planned) error {
			_, err := h.PlaceHold(h.ctx, "user/1", NewHold{Kind: erasure.Restriction, Ground: "18-1-a", Subject: p.Chosen.Subject.Ref, Review: h.Now().AddDate(0, 1, 0)})
			return err
		}, ErrHeld},
	} {
		h := openHouse(t)
		v := h.service().Number
		h.talks(v, "s1", "ada")
		h.talks(v, "s1")
		lead := h.talks(v, "s1")
		plan := h.planned(lead, "ada")
		if err := c.change(h, v, &plan.Talks[0]); err != nil {
			t.Fatal(name, err)
		}
		err := h.write(h.ctx, "user/1", func(t *tx) error { return t.repair(plan.Talks[0], plan.seq) })
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if r, err := h.Record(h.ctx, lead); err != nil || r.Labelled != (c.want == nil) {
			t.Errorf("%s: the message is labelled: %v (%v)", name, r.Labelled, err)
		}
	}
}

// TestRepairWithoutItsRecords: a repair of which a message has gone is not taken back by half.
func TestRepairWithoutItsRecords(t *testing.T) {
	h := openHouse(t)
	v := h.service().Number
	_, err := h.SetRetention(h.ctx, "user/1", v, Message, 3)
	if err = errors.Join(err, h.ApproveRetention(h.ctx, "user/2", v, Message, 3)); err != nil {
		t.Fatal(err)
	}
	h.pass(25 * time.Hour)
	h.talks(v, "s1")
	h.pass(2 * 24 * time.Hour)
	h.talks(v, "s1", "ada")
	lead := h.talks(v, "s1")
	plan := h.planned(lead, "ada")
	if err := h.write(h.ctx, "user/1", func(t *tx) error { return t.repair(plan.Talks[0], plan.seq) }); err != nil {
		t.Fatal(err)
	}
	h.pass(2 * 24 * time.Hour)
	if _, err := erasure.NewRunner(h.Store, slog.New(slog.NewTextHandler(io.Discard, nil))).Expire(h.ctx); err != nil {
		t.Fatal(err)
	}
	if all, err := h.Repairs(h.ctx, 1); err != nil || all[0].Records != 2 || all[0].Left != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	if err := h.UndoRepair(h.ctx, "user/1", 1); !errors.Is(err, ErrMoved) {
		t.Errorf("half of it was taken back: %v", err)
	}
	if r, err := h.Record(h.ctx, lead); err != nil || !r.Labelled {
		t.Errorf("%+v, %v", r, err)
	}
}
