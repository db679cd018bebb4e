package db_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/db/label"
)

var attester = audit.ActorOf("user", 2)

// byHand is a store with one erasure whose part at a service of paper waits for a person.
func byHand(t *testing.T, opts ...db.Option) (s *db.Store, number, service int64) {
	t.Helper()
	s, ctx := dbtest.Open(t, opts...), context.Background()
	hosted := dbtest.Service(t, s, "Bot")
	v, err := s.AddLinked(ctx, audit.Operator, db.NewLinked{Kind: db.Manual, Name: "Paper", Link: db.Link{Instructions: "Shred it."}})
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Ingest(t, s, dbtest.Message(t, hosted.Number, s.Now(), "hello", "anna smith"))
	if number, err = s.SubmitErasure(ctx, audit.ActorOf("user", 1), db.Proposal{Subject: subject(t, s, "anna smith").Ref, Ground: "17-1-b"}); err != nil {
		t.Fatal(err)
	}
	e, err := s.Erasure(ctx, number)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.ApproveErasure(ctx, attester, number, e.ManifestHash); err != nil {
		t.Fatal(err)
	}
	if _, err := erasure.NewRunner(s, nil).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	if err := s.MovePart(ctx, audit.System, number, v.Number, db.PartMove{To: erasure.ByHand, Code: erasure.CodeManual}); err != nil {
		t.Fatal(err)
	}
	return s, number, v.Number
}

// TestAttestation: a person's word ends a part. It is on the receipt with who, when and a hash; what they wrote lies sealed, and goes 30 days after
// the end.
func TestAttestation(t *testing.T) {
	clock := dbtest.NewClock()
	s, number, paper := byHand(t, db.WithClock(clock.Now))
	ctx := context.Background()
	file := []byte("plantedevidencexyz")
	for why, a := range map[string]db.NewAttestation{
		"nothing":        {Done: s.Now()},
		"too much":       {Done: s.Now(), Words: strings.Repeat("x", db.MaxAttested+1)},
		"no text":        {Done: s.Now(), Words: "a\xff"},
		"too large":      {Done: s.Now(), Words: "a", File: make([]byte, db.MaxEvidence+1)},
		"the ID":         {Done: s.Now(), Words: "all of Anna Smith is gone"},
		"the ID in file": {Done: s.Now(), Words: "a", File: []byte("list: anna smith")},
	} {
		if err := s.Attest(ctx, attester, number, paper, a); !errors.Is(err, db.ErrAttestation) && !errors.Is(err, db.ErrNamesID) {
			t.Errorf("%s: %v", why, err)
		}
	}
	if err := s.Attest(ctx, attester, number, 1, db.NewAttestation{Done: s.Now(), Words: "x"}); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a hosted part: %v", err)
	}
	done := s.Now().Add(-time.Hour)
	if err := s.Attest(ctx, attester, number, paper, db.NewAttestation{Done: done, Words: "plantedwordsxyz", Name: "list.pdf", File: file}); err != nil {
		t.Fatal(err)
	}
	if err := s.Attest(ctx, attester, number, paper, db.NewAttestation{Done: done, Words: "again"}); !errors.Is(err, db.ErrMoved) {
		t.Errorf("attested twice: %v", err)
	}
	r, _, err := s.Receipt(ctx, number)
	if err != nil || len(r.Parts) != 2 || r.Parts[1].State != erasure.Attested || r.Parts[1].By != string(attester) || r.Parts[1].Attested != erasure.DayOf(done) || len(r.Parts[1].Evidence) != 64 {
		t.Fatalf("%+v, %v", r.Parts, err)
	}
	entries, err := s.AuditEntries(ctx, db.AuditQuery{Event: string(audit.PartAttested), Limit: 9})
	if err != nil || len(entries) != 1 || entries[0].Actor != attester || !bytes.Contains(entries[0].Data, []byte(r.Parts[1].Evidence)) {
		t.Errorf("%+v, %v", entries, err)
	}
	said, err := s.Attestations(ctx, number)
	if err != nil || said[paper].Words != "plantedwordsxyz" || said[paper].Name != "list.pdf" || said[paper].Bytes != int64(len(file)) {
		t.Errorf("%+v, %v", said, err)
	}
	if name, got, err := s.Evidence(ctx, attester, number, paper); name != "list.pdf" || !bytes.Equal(got, file) || err != nil {
		t.Errorf("%q, %q, %v", name, got, err)
	}
	if entries, _ := s.AuditEntries(ctx, db.AuditQuery{Event: string(audit.EvidenceShown), Limit: 9}); len(entries) != 1 {
		t.Errorf("%d entries say that the evidence was read", len(entries))
	}
	for _, planted := range []string{"plantedwordsxyz", "plantedevidencexyz", "list.pdf"} {
		if onDisk(t, s, planted) {
			t.Errorf("%s stands in the files", planted)
		}
	}
	clock.Pass(29 * 24 * time.Hour)
	if n, err := s.ForgetEvidence(ctx); n != 0 || err != nil {
		t.Errorf("%d were forgotten before their time, %v", n, err)
	}
	clock.Pass(2 * 24 * time.Hour)
	if n, err := s.ForgetEvidence(ctx); n != 1 || err != nil {
		t.Errorf("%d were forgotten, %v", n, err)
	}
	if said, err = s.Attestations(ctx, number); err != nil || !said[paper].Erased || said[paper].Words != "" || said[paper].Hash != r.Parts[1].Evidence {
		t.Errorf("%+v, %v", said, err)
	}
	if _, _, err := s.Evidence(ctx, attester, number, paper); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("erased evidence: %v", err)
	}
	if err := s.EraseEvidence(ctx, attester, number, paper); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("erased twice: %v", err)
	}
}

// TestAbandonedPart: what cannot be done ends as failed for good, with a code; the request is done all the same, and its receipt says so.
func TestAbandonedPart(t *testing.T) {
	s, number, paper := byHand(t)
	ctx := context.Background()
	if err := s.Attest(ctx, attester, number, paper, db.NewAttestation{Code: erasure.EndLaw, Words: "They have to keep it."}); err != nil {
		t.Fatal(err)
	}
	r, _, err := s.Receipt(ctx, number)
	if err != nil || r.Parts[1].State != erasure.FailedGood || r.Parts[1].Code != erasure.EndLaw || !r.Parts[1].Attested.IsZero() || r.Parts[1].By != string(attester) {
		t.Errorf("%+v, %v", r.Parts, err)
	}
	if err := s.EraseEvidence(ctx, attester, number, paper); err != nil {
		t.Error(err)
	}
}

// TestOtherLinks: what an administrator may write about a service that is no Watson instance, and which setting is said to be wrong.
func TestOtherLinks(t *testing.T) {
	s, ctx := dbtest.Open(t), context.Background()
	plain := func(change func(*db.NewLinked)) db.NewLinked {
		n := db.NewLinked{Kind: db.HTTP, Name: "Shop", URL: "https://shop.example/{customer_id}", Credential: []byte("X-Key: very-secret-header"), Link: db.Link{Method: "DELETE"}}
		change(&n)
		return n
	}
	processor := func(change func(*db.NewLinked)) db.NewLinked {
		n := db.NewLinked{Kind: db.OpenDSR, Name: "Processor", URL: "https://dsr.example/v2", Link: db.Link{Regulation: "gdpr", Fingerprint: strings.Repeat("AB:", 31) + "AB"}}
		change(&n)
		return n
	}
	for why, c := range map[string]struct {
		n     db.NewLinked
		field string
	}{
		"GET":               {plain(func(n *db.NewLinked) { n.Link.Method = "GET" }), "method"},
		"no place":          {plain(func(n *db.NewLinked) { n.URL = "https://shop.example/" }), "url"},
		"no JSON":           {plain(func(n *db.NewLinked) { n.Link.Body = "{customer_id}" }), "body"},
		"status":            {plain(func(n *db.NewLinked) { n.Link.Accepted = []int{99} }), "accepted"},
		"both":              {plain(func(n *db.NewLinked) { n.Link.Accepted, n.Link.Done = []int{200}, []int{200} }), "done"},
		"look":              {plain(func(n *db.NewLinked) { n.Link.Look = "https://shop.example/" }), "look"},
		"look by DELETE":    {plain(func(n *db.NewLinked) { n.Link.Look, n.Link.LookMethod = "https://shop.example/{customer_id}", "DELETE" }), "look_method"},
		"test names an ID":  {plain(func(n *db.NewLinked) { n.Link.TestURL = "https://shop.example/{customer_id}" }), "test_url"},
		"no law":            {processor(func(n *db.NewLinked) { n.Link.Regulation = "" }), "regulation"},
		"no fingerprint":    {processor(func(n *db.NewLinked) { n.Link.Fingerprint = "ab" }), "fingerprint"},
		"no domain":         {processor(func(n *db.NewLinked) { n.Link.Domain = "a/b" }), "domain"},
		"nothing to do":     {db.NewLinked{Kind: db.Manual, Name: "Paper", Link: db.Link{Instructions: " "}}, "instructions"},
		"too much to do":    {db.NewLinked{Kind: db.Manual, Name: "Paper", Link: db.Link{Instructions: strings.Repeat("x", 4001)}}, "instructions"},
		"host of a person":  {plain(func(n *db.NewLinked) { n.URL = "https://{customer_id}.example/" }), ""},
		"a user":            {plain(func(n *db.NewLinked) { n.URL = "https://a:b@shop.example/{customer_id}" }), ""},
		"in the clear":      {plain(func(n *db.NewLinked) { n.URL = "http://shop.example/{customer_id}" }), ""},
		"query of a Watson": {db.NewLinked{Kind: label.Discovery, Name: "n", URL: "https://a.example/?x=1"}, ""},
	} {
		_, err := s.AddLinked(ctx, audit.Operator, c.n)
		var of *db.LinkError
		if field := ""; !errors.As(err, &of) && !errors.Is(err, db.ErrAddress) || of != nil && of.Field != c.field || of == nil && c.field != field {
			t.Errorf("%s: %v (%+v)", why, err, of)
		}
	}
	shop, err := s.AddLinked(ctx, audit.Operator, plain(func(*db.NewLinked) {}))
	if err != nil {
		t.Fatal(err)
	}
	dsr, err := s.AddLinked(ctx, audit.Operator, processor(func(*db.NewLinked) {}))
	if err != nil || dsr.Link.Domain != "dsr.example" || dsr.Link.Fingerprint != strings.Repeat("ab", 32) {
		t.Fatal(dsr.Link, err)
	}
	read, err := s.Service(ctx, shop.Number)
	if err != nil || read.Revision != shop.Revision || len(read.Link.Accepted) != 3 || read.Link.Method != "DELETE" {
		t.Errorf("%+v, %v", read, err)
	}
	moved := plain(func(n *db.NewLinked) { n.URL, n.Credential = "https://other.example/{customer_id}", nil })
	if err := s.ChangeLinked(ctx, audit.Operator, shop.Number, moved); !errors.Is(err, db.ErrCredential) {
		t.Errorf("a credential goes to another host: %v", err)
	}
	stays := plain(func(n *db.NewLinked) {
		n.URL, n.Credential, n.Name = "https://shop.example/v2/{customer_id}", nil, "ignored"
	})
	if err := s.ChangeLinked(ctx, audit.Operator, shop.Number, stays); err != nil {
		t.Fatal(err)
	}
	after, err := s.Service(ctx, shop.Number)
	if c, _ := s.Credential(ctx, shop.Number); err != nil || after.URL != stays.URL || after.Revision != read.Revision+1 || after.Name != "Shop" || string(c) != "X-Key: very-secret-header" {
		t.Errorf("%+v, %v", after, err)
	}
	if entries, _ := s.AuditEntries(ctx, db.AuditQuery{Event: string(audit.ServiceChanged), Limit: 9}); len(entries) != 1 {
		t.Errorf("%d entries say that it was changed", len(entries))
	}
	hosted := dbtest.Service(t, s, "Bot")
	if err := s.ChangeLinked(ctx, audit.Operator, hosted.Number, stays); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a hosted service: %v", err)
	}
	if onDisk(t, s, "very-secret-header") {
		t.Error("the credential can be read in the files")
	}
}
