package db_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
)

// saltOf asks for a salt as support does.
func saltOf(t *testing.T, s *db.Store, number int64) []byte {
	t.Helper()
	text, err := s.Salt(ctx, support, number)
	salt, bad := hex.DecodeString(text)
	if err := errors.Join(err, bad); err != nil || len(salt) != 32 {
		t.Fatalf("a salt of %d bytes, %v", len(salt), err)
	}
	return salt
}

// The commitment on a receipt is to the ID of its request, under a salt of its own, and in clear neither stands in any file.
func TestReceiptCommitsToTheID(t *testing.T) {
	s := dbtest.Open(t)
	dbtest.NoBreaker(t, s)
	numbers := erasedEverywhere(t, s, 1, "cust_anna", "cust_ben")
	ids, salts := [][]byte{[]byte("cust_anna"), []byte("cust_ben")}, [][]byte{}
	for i, n := range numbers {
		salt := saltOf(t, s, n)
		salts = append(salts, salt)
		rep, err := audit.CheckReceipt(receiptFile(t, s, n), outsideKey(t, s))
		if err != nil || rep.Subject != audit.SubjectCommitment(salt, ids[i]) || rep.Subject == audit.SubjectCommitment(salt, ids[1-i]) {
			t.Errorf("request %d: %q, %v", n, rep.Subject, err)
		}
		if onDisk(t, s, string(salt)) || onDisk(t, s, hex.EncodeToString(salt)) {
			t.Error("a salt stands in a file as it is")
		}
		shown, err := s.AuditEntries(ctx, db.AuditQuery{Object: audit.ObjectOf(audit.KindErasure, n), Event: string(audit.SaltShown), Limit: 9})
		if err != nil || len(shown) != 1 || shown[0].Actor != support {
			t.Errorf("the trail says of it: %+v, %v", shown, err)
		}
	}
	if bytes.Equal(salts[0], salts[1]) {
		t.Error("two receipts have one salt")
	}
	if _, err := s.Salt(ctx, support, 99); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("the salt of no request: %v", err)
	}
}

// The salt goes 30 days after the end, not earlier, and the trail counts it. What was sealed of it is in no file after the night's batch.
func TestSaltsAreDestroyed(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	dbtest.NoBreaker(t, s)
	old := erasedEverywhere(t, s, 1, "cust_anna", "cust_ben")
	sealed := s.SealedSalt(t, old[0])
	clock.Pass(30*24*time.Hour - time.Second)
	young := accept(t, s, 1, "cust_young")
	run(t, s)
	if n, err := s.ForgetSalts(ctx); n != 0 || err != nil {
		t.Errorf("%d were destroyed before their time, %v", n, err)
	}
	clock.Pass(time.Second)
	if n, err := s.ForgetSalts(ctx); n != 2 || err != nil {
		t.Errorf("%d were destroyed, %v", n, err)
	}
	if n, err := s.ForgetSalts(ctx); n != 0 || err != nil {
		t.Errorf("%d were destroyed twice, %v", n, err)
	}
	gone, err := s.AuditEntries(ctx, db.AuditQuery{Event: string(audit.SaltsDestroyed), Limit: 9})
	if err != nil || len(gone) != 1 || !bytes.Contains(gone[0].Data, []byte(`"counts":{"erasures":2}`)) || gone[0].Actor != audit.System {
		t.Errorf("the trail says of it: %+v, %v", gone, err)
	}
	if _, err := s.Salt(ctx, support, old[0]); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a destroyed salt: %v", err)
	}
	if kept, err := s.HasSalt(ctx, old[1]); kept || err != nil {
		t.Errorf("a destroyed salt is said to be kept, %v", err)
	}
	if kept, err := s.HasSalt(ctx, young); !kept || err != nil {
		t.Errorf("a young salt is said to be gone, %v", err)
	}
	accept(t, s, 1, "cust_later")
	run(t, s)
	if files, err := filepath.Glob(filepath.Join(s.Dir(), "*")); err != nil || len(files) == 0 {
		t.Fatal(files, err)
	} else {
		for _, name := range files {
			if raw, _ := os.ReadFile(name); bytes.Contains(raw, sealed[:16]) {
				t.Errorf("what was sealed is still in %s", filepath.Base(name))
			}
		}
	}
}

// A hold makes a receipt in two steps: both commit to the ID under one salt, which counts its 30 days from the end, and both state what is left.
func TestAmendedReceiptKeepsItsCommitment(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	dbtest.NoBreaker(t, s)
	v := dbtest.Service(t, s, "one")
	seqs := dbtest.Ingest(t, s, dbtest.Message(t, v.Number, s.Now(), "a", "cust_anna"), dbtest.Message(t, v.Number, s.Now(), "b", "cust_anna"))
	h := hold(t, s, db.NewHold{Records: seqs[:1], Custodian: "Legal", Review: s.Now().AddDate(0, 6, 0)})
	number := accept(t, s, v.Number, "cust_anna")
	run(t, s)
	salt := saltOf(t, s, number)
	clock.Pass(2 * db.SaltKept)
	if n, err := s.ForgetSalts(ctx); n != 0 || err != nil {
		t.Errorf("%d were destroyed of a request that has not ended, %v", n, err)
	}
	lift(t, s, h)
	run(t, s)
	if got := saltOf(t, s, number); !bytes.Equal(got, salt) {
		t.Error("the amendment has another salt")
	}
	all, _, err := s.Receipts(ctx, number)
	if err != nil || len(all) != 2 {
		t.Fatalf("%d receipts, %v", len(all), err)
	}
	for _, r := range all {
		if r.Subject != audit.SubjectCommitment(salt, []byte("cust_anna")) || r.Backups == nil || !r.Backups.Until.IsZero() {
			t.Errorf("receipt %d: %+v", r.Amendment, r)
		}
	}
	if len(all[0].Held) != 1 || all[0].Held[0].Ground != "17-3-e" || all[1].Parts[0].After != 0 {
		t.Errorf("%+v", all)
	}
}

// A receipt names what was left out and why, and until when backups can be opened.
func TestReceiptStatesWhatIsLeft(t *testing.T) {
	s := newSafe(t)
	dbtest.NoBreaker(t, s.Store)
	shop := dbtest.Service(t, s.Store, "web shop")
	for _, service := range []int64{1, shop.Number} {
		dbtest.Ingest(t, s.Store, dbtest.Message(t, service, s.Now(), "some words", "cust_anna"))
	}
	b := s.backup()
	n, err := s.SubmitErasure(ctx, support, db.Proposal{Subject: subject(t, s.Store, "cust_anna").Ref, Ground: "17-1-b", Without: map[int64]string{shop.Number: "17-3-b"}})
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
	run(t, s.Store)
	r, _, err := s.Receipt(ctx, n)
	want := erasure.Stay{Service: shop.Number, Name: "web shop", Records: 1, Why: "17-3-b"}
	if err != nil || fmt.Sprint(r.Stay) != fmt.Sprint([]erasure.Stay{want}) || r.Backups == nil || !r.Backups.Until.Equal(b.Expires) {
		t.Errorf("%+v, %+v, %v", r.Stay, r.Backups, err)
	}
}
