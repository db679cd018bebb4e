package db_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/db/label"
)

func gateway(t *testing.T, s *db.Store) (hosted, linked db.Service) {
	t.Helper()
	hosted, linked, err := s.AddGateway(context.Background(), audit.Operator, label.Assistant, "Bot", "eu-de",
		db.NewLinked{URL: "https://api.eu-de.assistant.watson.cloud.ibm.com/instances/1", Credential: []byte("very-secret-key")})
	if err != nil {
		t.Fatal(err)
	}
	return hosted, linked
}

func state(t *testing.T, s *db.Store, number int64) erasure.State {
	t.Helper()
	e, err := s.Erasure(context.Background(), number)
	if err != nil {
		t.Fatal(err)
	}
	return e.State
}

// TestDeletionReachesTheUpstream: a deletion by API of a gateway has a part for the real instance. It is done only when that part has ended, and
// keeps its customer ID until then; the batch does not wait for it.
func TestDeletionReachesTheUpstream(t *testing.T) {
	clock := dbtest.NewClock()
	s, ctx := dbtest.Open(t, db.WithClock(clock.Now)), context.Background()
	hosted, linked := gateway(t, s)
	other := dbtest.Service(t, s, "Other")
	dbtest.Ingest(t, s, dbtest.Message(t, hosted.Number, s.Now(), "hello", "anna"), dbtest.Message(t, other.Number, s.Now(), "hello", "anna"))
	e, err := s.AcceptErasure(ctx, audit.System, hosted.Number, dbtest.ID(t, "anna"))
	if err != nil {
		t.Fatal(err)
	}
	if due, err := s.DueParts(ctx); err != nil || len(due) > 0 {
		t.Fatalf("%d calls are due inside the cancel window, %v", len(due), err)
	}
	if _, err := erasure.NewRunner(s, nil).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	if b, err := s.Batch(ctx, 1); err != nil || b.State != erasure.BatchDone {
		t.Errorf("the batch is %s, %v", b.State, err)
	}
	due, err := s.DueParts(ctx)
	if err != nil || len(due) != 1 || due[0].Subject != "anna" || due[0].Service.Number != linked.Number || due[0].State != erasure.Waiting {
		t.Fatalf("%+v, %v", due, err)
	}
	move := func(to erasure.PartState, code string, again time.Time) {
		t.Helper()
		if err := s.MovePart(ctx, audit.System, e.Number, linked.Number, db.PartMove{To: to, Code: code, Again: again}); err != nil {
			t.Fatalf("to %s: %v", to, err)
		}
	}
	move(erasure.Sent, "", time.Time{})
	move(erasure.Sent, "", time.Time{}) // a crash before the answer
	move(erasure.Failed, erasure.CodeUnknown, s.Now().Add(time.Minute))
	if next, err := s.NextPart(ctx); err != nil || !next.Equal(s.Now().Add(time.Minute)) {
		t.Errorf("next try %v, %v", next, err)
	}
	if due, _ := s.DueParts(ctx); len(due) != 0 {
		t.Error("a failed part is due before its time")
	}
	clock.Pass(time.Minute)
	if due, _ := s.DueParts(ctx); len(due) != 1 {
		t.Error("a failed part is not due at its time")
	}
	move(erasure.Sent, "", time.Time{})
	if err := s.MovePart(ctx, audit.System, e.Number, linked.Number, db.PartMove{To: erasure.Confirmed}); !errors.Is(err, db.ErrMoved) {
		t.Errorf("confirmed without being accepted: %v", err)
	}
	move(erasure.Accepted, "", s.Now().Add(time.Hour))
	if got := state(t, s, e.Number); got != erasure.Verifying {
		t.Errorf("the request is %s while the real instance has only accepted", got)
	}
	move(erasure.Confirmed, "", time.Time{})
	done, err := s.Erasure(ctx, e.Number)
	if err != nil || done.State != erasure.Done || done.Subject != "" {
		t.Errorf("%s, subject %q, %v", done.State, done.Subject, err)
	}
	r, _, err := s.Receipt(ctx, e.Number)
	if err != nil || len(r.Parts) != 2 || !r.Parts[1].Linked || r.Parts[1].Repeats != 2 || r.Parts[1].State != erasure.Confirmed || r.Parts[1].Accepted.IsZero() {
		t.Errorf("%+v, %v", r.Parts, err)
	}
	for event, want := range map[audit.Event]int{audit.PartSent: 1, audit.PartRepeated: 2, audit.PartFailed: 1, audit.PartAccepted: 1, audit.PartConfirmed: 1, audit.ErasureDone: 1} {
		entries, err := s.AuditEntries(ctx, db.AuditQuery{Event: string(event), Limit: 9})
		if err != nil || len(entries) != want {
			t.Errorf("%d entries %s, %v; want %d", len(entries), event, err, want)
		}
	}
}

// TestLinkedPartFirst: an answer that comes before the batch has verified what lies here does not end the request.
func TestLinkedPartFirst(t *testing.T) {
	s, ctx := dbtest.Open(t), context.Background()
	hosted, linked := gateway(t, s)
	dbtest.Ingest(t, s, dbtest.Message(t, hosted.Number, s.Now(), "hello", "anna"))
	e, err := s.AcceptErasure(ctx, audit.System, hosted.Number, dbtest.ID(t, "anna"))
	if err != nil {
		t.Fatal(err)
	}
	batch, err := s.Claim(ctx, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range []erasure.PartState{erasure.Sent, erasure.ByHand} {
		if err := s.MovePart(ctx, audit.System, e.Number, linked.Number, db.PartMove{To: to, Code: erasure.CodeCredential}); err != nil {
			t.Fatal(err)
		}
	}
	if got := state(t, s, e.Number); got != erasure.Running {
		t.Fatalf("the request is %s before its records are gone", got)
	}
	if n, err := erasure.NewRunner(s, nil).Run(ctx, true); n != batch || err != nil {
		t.Fatal(n, err)
	}
	partial, err := s.Erasure(ctx, e.Number)
	if err != nil || partial.State != erasure.Partial || !partial.RunsFrom.IsZero() || partial.Remaining != 0 {
		t.Errorf("%s, runs from %v, %d remain, %v: what waits for a person waits for no batch", partial.State, partial.RunsFrom, partial.Remaining, err)
	}
	if err := s.RetryPart(ctx, audit.ActorOf("user", 1), e.Number, linked.Number); err != nil {
		t.Fatal(err)
	}
	if due, err := s.DueParts(ctx); err != nil || len(due) != 1 {
		t.Errorf("%d calls are due after a person said try again, %v", len(due), err)
	}
	for _, to := range []erasure.PartState{erasure.Sent, erasure.Accepted} {
		if err := s.MovePart(ctx, audit.System, e.Number, linked.Number, db.PartMove{To: to}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.RetryPart(ctx, audit.ActorOf("user", 1), e.Number, linked.Number); !errors.Is(err, db.ErrMoved) {
		t.Errorf("trying again what was accepted: %v", err)
	}
	for _, to := range []erasure.PartState{erasure.Unobservable} {
		if err := s.MovePart(ctx, audit.System, e.Number, linked.Number, db.PartMove{To: to}); err != nil {
			t.Fatal(err)
		}
	}
	if got := state(t, s, e.Number); got != erasure.Done {
		t.Errorf("the request is %s after its last part has ended", got)
	}
}

// TestProposalCallsLinkedServices: from the console every linked service is called, unless it was left out with a reason.
func TestProposalCallsLinkedServices(t *testing.T) {
	s, ctx := dbtest.Open(t), context.Background()
	hosted, linked := gateway(t, s)
	two, err := s.AddLinked(ctx, audit.Operator, db.NewLinked{Kind: label.Discovery, Name: "Letters", URL: "http://10.0.0.7:8080/x/", Inside: true, Credential: []byte("k")})
	if err != nil || two.URL != "http://10.0.0.7:8080/x" {
		t.Fatal(two.URL, err)
	}
	dbtest.Ingest(t, s, dbtest.Message(t, hosted.Number, s.Now(), "hello", "anna"))
	sub, _, err := s.SubjectOf(ctx, dbtest.ID(t, "anna"))
	if err != nil {
		t.Fatal(err)
	}
	_, m, err := s.Impact(ctx, sub.Ref)
	if err != nil || fmt.Sprint(m.Calls) != fmt.Sprint([]int64{linked.Number, two.Number}) {
		t.Errorf("%v, %v", m.Calls, err)
	}
	number, err := s.SubmitErasure(ctx, audit.ActorOf("user", 1), db.Proposal{Subject: sub.Ref, Ground: "17-1-b", Without: map[int64]string{two.Number: "not-asked"}})
	if err != nil {
		t.Fatal(err)
	}
	parts, err := s.Parts(ctx, number)
	if err != nil || len(parts) != 3 || !parts[1].Linked || parts[1].Excluded != "" || parts[2].Excluded != "not-asked" {
		t.Fatalf("%+v, %v", parts, err)
	}
	e, err := s.Erasure(ctx, number)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.ApproveErasure(ctx, audit.ActorOf("user", 2), number, e.ManifestHash); err != nil {
		t.Fatal(err)
	}
	if _, err := erasure.NewRunner(s, nil).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	due, err := s.DueParts(ctx)
	if err != nil || len(due) != 1 || due[0].Service.Number != linked.Number {
		t.Errorf("%+v, %v", due, err)
	}
}

func TestLinkedServices(t *testing.T) {
	s, ctx := dbtest.Open(t), context.Background()
	for _, bad := range []string{"", "ftp://a/b", "http://a.example/b", "https://user:pw@a.example/", "https://a.example/?x=1", "https://a.example/#x", "https:///x", "a.example"} {
		if _, err := s.AddLinked(ctx, audit.Operator, db.NewLinked{Kind: label.Assistant, Name: "n", URL: bad}); !errors.Is(err, db.ErrAddress) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	hosted, linked := gateway(t, s)
	if up, err := s.Upstream(ctx, hosted.Number); err != nil || up.Number != linked.Number || up.Gateway != hosted.Number || !up.Linked() || up.Name != "Bot (upstream)" {
		t.Errorf("%+v, %v", up, err)
	}
	if _, err := s.Upstream(ctx, linked.Number); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a service without an upstream: %v", err)
	}
	if c, err := s.Credential(ctx, linked.Number); string(c) != "very-secret-key" || err != nil {
		t.Errorf("%q, %v", c, err)
	}
	if _, err := s.Credential(ctx, hosted.Number); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a service without a credential: %v", err)
	}
	for range 2 {
		for _, c := range []db.Container{{Name: "env-1"}, {V1: true, Name: "ws-1"}} {
			if err := s.NoteContainer(ctx, linked.Number, c); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got, err := s.Containers(ctx, linked.Number); err != nil || fmt.Sprint(got) != "[{false env-1} {true ws-1}]" {
		t.Errorf("%v, %v", got, err)
	}
	if entries, err := s.AuditEntries(ctx, db.AuditQuery{Event: string(audit.ServiceReached), Limit: 9}); err != nil || len(entries) != 2 {
		t.Errorf("%d entries say where messages went, %v", len(entries), err)
	}
	if _, _, err := s.AddGateway(ctx, audit.Operator, label.Assistant, "Bot", "", db.NewLinked{URL: "https://b.example"}); !errors.Is(err, db.ErrTaken) {
		t.Errorf("a taken name: %v", err)
	}
	if all, err := s.Services(ctx); err != nil || len(all) != 2 {
		t.Errorf("%d services, %v: a refused gateway must leave nothing behind", len(all), err)
	}
	if onDisk(t, s, "very-secret-key") {
		t.Error("the credential can be read in the files")
	}
}

// TestGatewayIsKnown: a hosted service tells what it passes on to for as long as that is in use.
func TestGatewayIsKnown(t *testing.T) {
	s, ctx := dbtest.Open(t), context.Background()
	hosted, linked := gateway(t, s)
	read, err := s.ServiceByGUID(ctx, hosted.GUID)
	if err != nil || read.Upstream != linked.Number || hosted.Upstream != linked.Number || linked.Upstream != 0 {
		t.Fatalf("passes on to %d and %d, not to %d, %v", read.Upstream, hosted.Upstream, linked.Number, err)
	}
	if err := s.RemoveService(ctx, audit.System, linked.Number); err != nil {
		t.Fatal(err)
	}
	if read, err = s.ServiceByGUID(ctx, hosted.GUID); err != nil || read.Upstream != 0 {
		t.Errorf("passes on to %d after that was removed, %v", read.Upstream, err)
	}
}

// TestGatewayChats: the conversations of a gateway bear the name that the instance gave, once, and outlive those that are held here.
func TestGatewayChats(t *testing.T) {
	clock := dbtest.NewClock()
	s, ctx := dbtest.Open(t, db.WithClock(clock.Now)), context.Background()
	hosted, _ := gateway(t, s)
	plain := dbtest.Service(t, s, "Plain")
	if _, err := s.OpenChat(ctx, audit.System, hosted.Number, "a", "theirs"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.OpenChat(ctx, audit.System, plain.Number, "a", "theirs"); !errors.Is(err, db.ErrTaken) {
		t.Errorf("one name was given twice: %v", err)
	}
	if _, err := s.CreateChat(ctx, audit.System, plain.Number, "a"); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		pass time.Duration
		ends int64
	}{{2 * time.Hour, 1}, {160 * time.Hour, 0}, {8 * time.Hour, 1}} {
		clock.Pass(step.pass)
		if n, err := s.EndIdleChats(ctx, s.Now().Add(-time.Hour)); n != step.ends || err != nil {
			t.Errorf("%v later %d conversations ended, want %d, %v", step.pass, n, step.ends, err)
		}
	}
}
