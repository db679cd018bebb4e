package db_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
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
