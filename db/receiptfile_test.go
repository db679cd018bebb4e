package db_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/db/label"
)

// erasedEverywhere sends records of some people in over several services and erases them.
func erasedEverywhere(t *testing.T, s *db.Store, services int, ids ...string) (requests []int64) {
	t.Helper()
	for i := range services {
		svc := dbtest.Service(t, s, fmt.Sprintf("service-with-a-long-name-%02d", i))
		for _, id := range ids {
			dbtest.Ingest(t, s, dbtest.Message(t, svc.Number, s.Now(), "some words", id))
		}
	}
	for _, id := range ids {
		n, err := s.SubmitErasure(ctx, support, db.Proposal{Subject: subject(t, s, id).Ref, Ground: "17-1-b", Note: "by phone"})
		if err != nil {
			t.Fatal(err)
		}
		e, err := s.Erasure(ctx, n)
		if err == nil {
			err = s.ApproveErasure(ctx, officer, n, e.ManifestHash)
		}
		if err != nil {
			t.Fatal(err)
		}
		requests = append(requests, n)
	}
	if _, err := runner(s).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	return requests
}

func receiptFile(t *testing.T, s *db.Store, number int64) []byte {
	t.Helper()
	r, err := s.ReceiptFile(ctx, number, db.NewestReceipt)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func outsideKey(t *testing.T, s *db.Store) audit.Outside {
	t.Helper()
	v, err := note.NewVerifier(s.AuditKey())
	if err != nil {
		t.Fatal(err)
	}
	return audit.Outside{Keys: []note.Verifier{v}}
}

// A receipt of a real store is checked offline, holds no customer ID, and stays small with ten recipients (performance.md: 4 kB, its proof 2 kB).
func TestReceiptFile(t *testing.T) {
	s := dbtest.Open(t)
	dbtest.NoBreaker(t, s)
	numbers := erasedEverywhere(t, s, 10, "cust_anna", "cust_ben")
	for _, n := range numbers {
		raw := receiptFile(t, s, n)
		rep, err := audit.CheckReceipt(raw, outsideKey(t, s))
		if err != nil || !rep.OK() || !rep.Anchored || rep.Erasure != n {
			t.Errorf("receipt %d: %v, %+v", n, err, rep)
		}
		var r audit.Receipt
		var body erasure.Receipt
		if err := errors.Join(json.Unmarshal(raw, &r), json.Unmarshal(r.Body, &body)); err != nil || len(body.Parts) != 10 {
			t.Fatalf("%v, %d parts", err, len(body.Parts))
		}
		proof, _ := json.Marshal(r.Proof)
		if len(raw) > 4<<10 || len(proof) > 2<<10 {
			t.Errorf("a receipt of %d bytes, its proof %d", len(raw), len(proof))
		}
		if bytes.Contains(raw, []byte("cust_")) {
			t.Error("the customer ID stands in the receipt")
		}
	}
	if _, err := s.ReceiptFile(ctx, numbers[0], 1); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("an amendment that there is not: %v", err)
	}
}

// tenLinked erases somebody at one service here and ten elsewhere, of which the last so many are attested by a person and the others have answered
// and were asked again.
func tenLinked(t *testing.T, s *db.Store, attested int) (number int64) {
	t.Helper()
	dbtest.NoBreaker(t, s)
	here := dbtest.Service(t, s, "support-assistant-live")
	var linked []int64
	for n := range 10 {
		v, err := s.AddLinked(ctx, audit.Operator, db.NewLinked{Kind: label.Assistant, Name: fmt.Sprintf("support-assistant-eu-gb-%02d", n+1),
			URL: fmt.Sprintf("https://api.eu-gb.example/instances/%d", n), Credential: []byte("a-secret-key")})
		if err != nil {
			t.Fatal(err)
		}
		linked = append(linked, v.Number)
	}
	for range 27 {
		dbtest.Ingest(t, s, dbtest.Message(t, here.Number, s.Now(), "some words", "cust_anna"))
	}
	number, err := s.SubmitErasure(ctx, support, db.Proposal{Subject: subject(t, s, "cust_anna").Ref, Ground: "17-1-b"})
	if err != nil {
		t.Fatal(err)
	}
	e, err := s.Erasure(ctx, number)
	if err == nil {
		err = s.ApproveErasure(ctx, officer, number, e.ManifestHash)
	}
	if err != nil {
		t.Fatal(err)
	}
	run(t, s)
	for n, service := range linked {
		moves := []erasure.PartState{erasure.Sent, erasure.Accepted, erasure.Confirmed}
		if byHand := n >= 10-attested; byHand {
			moves = []erasure.PartState{erasure.Sent, erasure.ByHand}
		}
		for _, to := range moves {
			if err := s.MovePart(ctx, audit.System, number, service, db.PartMove{To: to}); err != nil {
				t.Fatalf("service %d to %s: %v", service, to, err)
			}
		}
		if len(moves) == 2 {
			if err := s.Attest(ctx, officer, number, service, db.NewAttestation{Done: s.Now().UTC().Truncate(24 * time.Hour), Words: "Seen on the screen of the service."}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return number
}

// A receipt with ten linked recipients has at most 4 kB in a log of a million entries, where a proof has twenty hashes (2^20 > 1,000,000), its
// proof 2 kB: also when each of the ten is a person's word, with a hash over the evidence.
func TestReceiptOfTenLinkedServicesIsSmall(t *testing.T) {
	for _, attested := range []int{0, 2, 10} {
		s := dbtest.Open(t)
		raw := receiptFile(t, s, tenLinked(t, s, attested))
		rep, err := audit.CheckReceipt(raw, outsideKey(t, s))
		if err != nil || !rep.OK() {
			t.Fatalf("%+v, %v", rep, err)
		}
		var r audit.Receipt
		var body erasure.Receipt
		if err := errors.Join(json.Unmarshal(raw, &r), json.Unmarshal(r.Body, &body)); err != nil || len(body.Parts) != 11 || body.Subject == "" {
			t.Fatalf("%v, %d parts", err, len(body.Parts))
		}
		if n := bytes.Count(r.Body, []byte(`"before"`)); n != 1 || !bytes.Contains(r.Body, []byte(`"before":27,"after":0`)) {
			t.Errorf("%d services were counted, want the one that is here", n)
		}
		small, _ := json.Marshal(r.Proof)
		for len(r.Proof) < 20 {
			r.Proof = append(r.Proof, r.Proof[0])
		}
		large, _ := json.Marshal(r.Proof)
		const digits = 2 * len("1000000") // of the entry's number and of the size under the checkpoint
		if size := len(raw) + len(large) - len(small) + digits; size > 4<<10 || len(large) > 2<<10 {
			t.Errorf("%d attested: a receipt of %d bytes, its proof %d, its body %d", attested, size, len(large), len(r.Body))
		} else {
			t.Logf("%d attested: a receipt of %d bytes, its proof %d, its body %d", attested, size, len(large), len(r.Body))
		}
	}
}

// What was committed to is one erasure's: a body that the store no longer has as it was is noticed.
func TestReceiptFileOfAnotherStore(t *testing.T) {
	a, b := dbtest.Open(t), dbtest.Open(t)
	dbtest.NoBreaker(t, a)
	dbtest.NoBreaker(t, b)
	n := erasedEverywhere(t, a, 1, "anna")[0]
	erasedEverywhere(t, b, 1, "anna")
	rep, err := audit.CheckReceipt(receiptFile(t, a, n), outsideKey(t, b))
	if err != nil || rep.OK() || !strings.Contains(fmt.Sprint(rep.Findings), "not validly signed") {
		t.Errorf("%v, %+v", err, rep)
	}
}
