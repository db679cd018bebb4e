package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/db/label"
)

// The tests of this file reach into the store, for faults that no door can cause.

func openAt(t *testing.T, dir string, o ...Option) *Store {
	t.Helper()
	s, err := Open(context.Background(), dir, o...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A write that the disk took only half of must not leave half a line before the next one.
func TestLedgerAfterAHalfWrite(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s := openAt(t, dir)
	v, _ := s.AddService(ctx, audit.Operator, label.Assistant, "one", "")
	id, _ := label.Parse(label.Assistant, "anna")
	s.writer.ledger.file.WriteAt([]byte(`{"v":1,"erasure":1,"ref":"00`), 0) // what ENOSPC leaves of a line
	if _, err := s.AcceptErasure(ctx, "key/1", v.Number, id); err != nil {  // there is room again
		t.Fatal(err)
	}
	s.Close()
	if s, err := Open(ctx, dir); err != nil {
		t.Errorf("the store does not open any more: %v", err)
	} else {
		s.Close()
	}
}

// A time that no JSON time can say must not take the writer down.
func TestYearTenThousand(t *testing.T) {
	ctx := context.Background()
	s := openAt(t, t.TempDir())
	defer s.Close()
	v, _ := s.AddService(ctx, audit.Operator, label.Assistant, "one", "")
	id, _ := label.Parse(label.Assistant, "anna")
	when, err := time.Parse(time.RFC3339Nano, "9999-12-31T23:30:00-01:00")
	if err != nil || when.Year() < 1970 {
		t.Fatal("the import refuses this")
	}
	s.Ingest(ctx, audit.System, []NewRecord{{Service: v.Number, Kind: Message, Time: when, Answered: when, Labels: []label.ID{id}, Body: []byte("{}")}}, nil)
	if _, err = s.AcceptErasure(ctx, "key/1", v.Number, id); err != nil {
		t.Error(err)
	}
}

// One request that cannot be read must not keep all others from being erased (24 h).
func TestOneBadRequestDoesNotStopTheOthers(t *testing.T) {
	ctx := context.Background()
	s := openAt(t, t.TempDir())
	defer s.Close()
	v, _ := s.AddService(ctx, audit.Operator, label.Assistant, "one", "")
	a, _ := label.Parse(label.Assistant, "anna")
	b, _ := label.Parse(label.Assistant, "ben")
	for _, id := range []label.ID{a, b} {
		s.Ingest(ctx, audit.System, []NewRecord{{Service: v.Number, Kind: Message, Time: s.Now(), Answered: s.Now(), Labels: []label.ID{id}, Body: []byte("{}")}}, nil)
	}
	e1, _ := s.AcceptErasure(ctx, "key/1", v.Number, a)
	s.write(ctx, audit.System, func(t *tx) error {
		return t.exec("UPDATE erasure SET subject = x'0011223344556677889900112233445566778899001122334455667788990011' WHERE number = ?", e1.Number)
	})
	r := erasure.NewRunner(s, slog.New(slog.DiscardHandler))
	if _, err := r.Run(ctx, true); !errors.Is(err, ErrCorrupt) {
		t.Errorf("the batch said nothing of the request that it could not read: %v", err)
	}
	e2, err := s.AcceptErasure(ctx, "key/1", v.Number, b)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		_, err = r.Run(ctx, true)
	}
	if err != nil {
		t.Error(err)
	}
	if e2, err = s.Erasure(ctx, e2.Number); err != nil || e2.State != erasure.Done {
		t.Errorf("ben's request is %s", e2.State)
	}
	if _, err := s.Erasures(ctx, ErasureQuery{Limit: 10}); err != nil {
		t.Errorf("the list of erasures fails whole: %v", err)
	}
}

// A request whose ID cannot be read is passed on to nobody: called with no ID, a linked service would seem to hold nothing of it.
func TestABadRequestIsNotPassedOn(t *testing.T) {
	ctx := context.Background()
	s := openAt(t, t.TempDir())
	defer s.Close()
	hosted, _, err := s.AddGateway(ctx, audit.Operator, label.Assistant, "one", "", NewLinked{URL: "https://example.com/one", Credential: []byte("key")})
	if err != nil {
		t.Fatal(err)
	}
	id, _ := label.Parse(label.Assistant, "anna")
	e, err := s.AcceptErasure(ctx, "key/1", hosted.Number, id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := erasure.NewRunner(s, slog.New(slog.DiscardHandler)).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	if due, err := s.DueParts(ctx); err != nil || len(due) != 1 {
		t.Fatalf("%d calls are due, %v", len(due), err)
	}
	s.write(ctx, audit.System, func(t *tx) error {
		return t.exec("UPDATE erasure SET subject = x'00112233' WHERE number = ?", e.Number)
	})
	if due, err := s.DueParts(ctx); err != nil || len(due) != 0 {
		t.Errorf("%d calls are due, %v", len(due), err)
	}
}

// What a gateway does all day names its service in the trail and changes nothing of it: the memory of live keys and services outlives it.
func TestAGatewayForgetsNothing(t *testing.T) {
	ctx := context.Background()
	s := openAt(t, t.TempDir())
	defer s.Close()
	hosted, linked, err := s.AddGateway(ctx, audit.Operator, label.Assistant, "one", "", NewLinked{URL: "https://example.com/one", Credential: []byte("key")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ServiceByGUID(ctx, hosted.GUID); err != nil {
		t.Fatal(err)
	}
	seqs, err := s.Ingest(ctx, audit.System, []NewRecord{{Service: hosted.Number, Kind: Message, Time: s.Now(), Answered: s.Now(), Body: []byte("{}")}}, nil)
	if err == nil {
		err = s.NoteContainer(ctx, linked.Number, Container{Name: "a1"})
	}
	if err == nil {
		err = s.Answer(ctx, audit.System, seqs[0], s.Now(), func(*Record) error { return nil })
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(s.guids.kept) != 1 {
		t.Error("the service was forgotten")
	}
}

// A record bears an ID once, however often it is named, and no record fails the group commit of others.
func TestARepeatedLabelIsOneLabel(t *testing.T) {
	ctx := context.Background()
	s := openAt(t, t.TempDir())
	defer s.Close()
	v, _ := s.AddService(ctx, audit.Operator, label.Assistant, "one", "")
	a, _ := label.Parse(label.Assistant, "anna")
	seqs, err := s.Ingest(ctx, audit.System, []NewRecord{{Service: v.Number, Kind: Message, Time: s.Now(), Answered: s.Now(), Labels: []label.ID{a, a}, Body: []byte("{}")}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := s.Record(ctx, seqs[0]); err != nil || r.Several || r.Customer != "anna" {
		t.Errorf("%+v, %v", r, err)
	}
}

// A client that goes away does not take the note of what it read with it (law L4).
func TestLogReadsOfAClientThatWent(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	s := openAt(t, t.TempDir(), WithClock(func() time.Time { return now }))
	defer s.Close()
	s.NoteLogRead(context.Background(), 7, 100)
	now = now.Add(time.Minute)
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	s.NoteLogRead(gone, 8, 1)
	s.flushLogReads(context.Background())
	got, err := s.AuditEntries(context.Background(), AuditQuery{Actor: "key/7", Limit: 5})
	if err != nil || len(got) != 1 {
		t.Errorf("the reads of key/7 are not in the trail: %d entries, %v", len(got), err)
	}
}

// A trail that was emptied is noticed at start.
func TestEmptiedTrail(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	if _, err := s.AddService(context.Background(), audit.Operator, label.Assistant, "one", ""); err != nil {
		t.Fatal(err)
	}
	s.Close()
	d, _ := sql.Open("sqlite", "file:"+filepath.Join(dir, "quittance.db")+"?vfs=quittance")
	for _, q := range []string{"DROP TRIGGER leaf_kept", "DROP TRIGGER hash_kept", "DROP TRIGGER checkpoint_kept", "DELETE FROM leaf", "DELETE FROM hash", "DELETE FROM head", "DELETE FROM checkpoint"} {
		if _, err := d.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	d.Close()
	s, err := Open(context.Background(), dir)
	if !errors.Is(err, ErrTampered) {
		t.Errorf("a store whose trail was emptied opened: %v", err)
	}
	if err == nil {
		s.Close()
	}
}

// A failed commit whose state could not be read anew leaves nothing of itself in the writer.
func TestStateAfterAFailedRecall(t *testing.T) {
	ctx := context.Background()
	s := openAt(t, t.TempDir())
	defer s.Close()
	v, _ := s.AddService(ctx, audit.Operator, label.Assistant, "one", "")
	id, _ := label.Parse(label.Assistant, "anna")
	rec := func() []NewRecord {
		return []NewRecord{{Service: v.Number, Kind: Message, Time: s.Now(), Answered: s.Now(), Labels: []label.ID{id}, Body: []byte("{}")}}
	}
	if _, err := s.Ingest(ctx, audit.System, rec(), nil); err != nil {
		t.Fatal(err)
	}
	// the transaction fails after it noted something, and the first read of recall fails too (a disk that errs for a moment)
	boom := errors.New("disk I/O error")
	rs := rec()
	rs[0].prepare()
	err := s.writeChunk(ctx, audit.System, func(t *tx) error {
		if _, err := t.store(&rs[0]); err != nil {
			return err
		}
		if err := t.note(audit.PolicyChanged, "", nil); err != nil {
			return err
		}
		st := t.w.stmts["SELECT seq FROM sequence WHERE only = 1"]
		st.Close() // makes the read fail
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatalf("the change did not fail: %v", err)
	}
	delete(s.writer.stmts, "SELECT seq FROM sequence WHERE only = 1") // the disk is well again
	if _, err := s.AddService(ctx, audit.Operator, label.Assistant, "two", ""); err != nil {
		t.Fatal("after:", err)
	}
	r, err := s.VerifyAudit(ctx)
	if err != nil || !r.Intact() {
		t.Errorf("a gap was signed: %v %+v", err, r.Findings)
	}
}

// An ID that only a record which was known already has brought does not stay (law L3).
func TestOrphanOfManyCustomers(t *testing.T) {
	ctx := context.Background()
	s := openAt(t, t.TempDir())
	defer s.Close()
	v, _ := s.AddService(ctx, audit.Operator, label.Assistant, "one", "")
	one := func(log string, ids ...string) NewRecord {
		r := NewRecord{Service: v.Number, Kind: Message, Time: s.Now(), Answered: s.Now(), LogID: log, Body: []byte("{}")}
		for _, i := range ids {
			id, _ := label.Parse(label.Assistant, i)
			r.Labels = append(r.Labels, id)
		}
		return r
	}
	m, _ := s.StartImport(ctx, audit.Operator, v.Number, []byte{1}, 0)
	m.Digest = []byte{1}
	m, _, err := s.TakeImport(ctx, m, s.PrepareImport([]NewRecord{one("l1", "anna")}))
	if err != nil {
		t.Fatal(err)
	}
	for i := len(s.writer.customers); i < knownCustomers-1; i++ {
		s.writer.customers[fmt.Sprint("x", i)] = interned{number: int64(i + 100000)}
	}
	m, out, err := s.TakeImport(ctx, m, s.PrepareImport([]NewRecord{one("l1", "bea", "carl")}))
	if err != nil || out[0] != Known {
		t.Fatal(out, err)
	}
	var n int
	s.readers.QueryRowContext(ctx, "SELECT count(*) FROM customer WHERE NOT EXISTS (SELECT 1 FROM label WHERE customer = number)").Scan(&n)
	if n > 0 {
		t.Errorf("%d customer IDs without a record stay", n)
	}
	// duplicate labels
	_, out, err = s.TakeImport(ctx, m, s.PrepareImport([]NewRecord{one("l2", "dora", "dora"), one("l3", "emil")}))
	if err != nil || out[0] != Stored || out[1] != Stored {
		t.Errorf("a record that names an ID twice: %v, %v", out, err)
	}
}
