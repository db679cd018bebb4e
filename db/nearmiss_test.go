package db_test

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/label"
)

// ways write an ID otherwise.
var ways = map[string]func(string) string{
	"case": strings.ToUpper, "decomposed": norm.NFD.String, "encoded": url.PathEscape, "dashes": func(s string) string { return strings.ReplaceAll(s, "_", "-") },
	"Slack": func(s string) string { return "slack_" + s }, "Intercom": func(s string) string { return "intercom_" + s },
	"blank": func(s string) string { return s[:1] + " " + s[1:] }, "plus": func(s string) string { return "+" + s }, "unseen": func(s string) string { return s[:1] + "\u200b" + s[1:] },
}

func nearOf(t rapid.TB, s *db.Store, id string) (out []string) {
	t.Helper()
	parsed, err := label.Parse(label.Assistant, id)
	if err != nil {
		t.Fatal(err)
	}
	list, more, err := s.NearMisses(ctx, parsed)
	if err != nil || more {
		t.Fatal(more, err)
	}
	for _, n := range list {
		out = append(out, n.ID)
		if n.Records == 0 || n.Ref == "" {
			t.Fatalf("%q has %d records and the reference %q", n.ID, n.Records, n.Ref)
		}
	}
	return out
}

// A near miss is always found, from each side, and never included: the erasure of one leaves the other as it was.
func TestNearMissIsFoundAndKept(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	svc, round := dbtest.Service(t, s, "support-bot").Number, 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		id := fmt.Sprintf("%s_é%dx", rapid.StringMatching(`[a-z]{1,6}`).Draw(rt, "id"), round)
		way := rapid.SampledFrom(slices.Sorted(keysOf(ways))).Draw(rt, "way")
		near, far := ways[way](id), id+"y"
		if near == id {
			return
		}
		dbtest.Ingest(t, s, dbtest.Message(t, svc, clock.Now(), "one", id), dbtest.Message(t, svc, clock.Now(), "two", near), dbtest.Message(t, svc, clock.Now(), "three", far))
		if got := nearOf(rt, s, id); !slices.Equal(got, []string{near}) {
			rt.Fatalf("beside %q stand %q, want %q", id, got, near)
		}
		if got := nearOf(rt, s, near); !slices.Equal(got, []string{id}) {
			rt.Fatalf("beside %q stand %q, want %q", near, got, id)
		}
		if _, err := s.AcceptErasure(ctx, key, svc, dbtest.ID(t, id)); err != nil {
			rt.Fatal(err)
		}
		if _, err := runner(s).Run(ctx, true); err != nil {
			rt.Fatal(err)
		}
		if n, left := len(records(t, s, id)), records(t, s, near); n != 0 || len(left) != 1 {
			rt.Fatalf("after the erasure of %q it has %d records and %q has %d", id, n, near, len(left))
		}
		if got := nearOf(rt, s, id); !slices.Equal(got, []string{near}) {
			rt.Fatalf("of an ID that is not here stand %q, want %q", got, near)
		}
	})
}

func keysOf[K comparable, V any](m map[K]V) func(func(K) bool) {
	return func(yield func(K) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// Near misses are no part of what is signed: one that comes or goes changes neither the hash nor the approval.
func TestNearMissIsNotSigned(t *testing.T) {
	s := dbtest.Open(t)
	svc := dbtest.Service(t, s, "support-bot").Number
	dbtest.Ingest(t, s, dbtest.Message(t, svc, s.Now(), "one", "cust_1"))
	n, err := s.SubmitErasure(ctx, support, db.Proposal{Subject: subject(t, s, "cust_1").Ref, Ground: "17-1-b"})
	if err != nil {
		t.Fatal(err)
	}
	before, err := s.Erasure(ctx, n)
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Ingest(t, s, dbtest.Message(t, svc, s.Now(), "two", "Cust_1"), dbtest.Message(t, svc, s.Now(), "three", "slack_cust_1"))
	if got := nearOf(t, s, "cust_1"); len(got) != 2 {
		t.Errorf("found %q", got)
	}
	after, err := s.Erasure(ctx, n)
	if err != nil || after.ManifestHash != before.ManifestHash || strings.Contains(string(after.Manifest.JSON()), "cust") {
		t.Errorf("the manifest became %s", after.Manifest.JSON())
	}
	if err := s.ApproveErasure(ctx, officer, n, before.ManifestHash); err != nil {
		t.Error("approving:", err)
	}
}

// More than a page can use are not listed, and it is said that there are more.
func TestManyNearMisses(t *testing.T) {
	s := dbtest.Open(t)
	svc := dbtest.Service(t, s, "support-bot").Number
	for i := range 25 {
		dbtest.Ingest(t, s, dbtest.Message(t, svc, s.Now(), "x", "a"+strings.Repeat("+", i)+"b"))
	}
	list, more, err := s.NearMisses(ctx, dbtest.ID(t, "a b"))
	if err != nil || !more || len(list) != 20 {
		t.Errorf("%d listed, more %v, %v", len(list), more, err)
	}
}

// The ID that a request remembers beside its own goes when that ID goes, whoever erases it (law L3).
func TestSiblingGoesWithItsID(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	svc := dbtest.Service(t, s, "support-bot").Number
	dbtest.Ingest(t, s, dbtest.Message(t, svc, clock.Now(), "x", "rita+shop"))
	e, err := s.AcceptErasureBeside(ctx, key, svc, dbtest.ID(t, "rita shop"), dbtest.ID(t, "rita+shop"))
	if err != nil {
		t.Fatal(err)
	}
	if _, n, err := s.Sibling(ctx, e); n != 1 || err != nil {
		t.Fatal("it is not remembered", n, err)
	}
	if _, err := s.AcceptErasure(ctx, key, svc, dbtest.ID(t, "rita+shop")); err != nil {
		t.Fatal(err)
	}
	if _, err := runner(s).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	if kept := db.SiblingsKept(t, s); kept != 0 {
		t.Errorf("%d requests remember an ID that was erased", kept)
	}
	dbtest.Ingest(t, s, dbtest.Message(t, svc, clock.Now(), "again", "rita+shop"))
	if _, _, err := s.Sibling(ctx, e); err == nil {
		t.Error("an ID that came back is shown on a request from before its erasure")
	}
}

// The IDs of a store from before are folded when it is opened, once, also where that was broken off.
func TestAnEarlierStoreIsFolded(t *testing.T) {
	dir := t.TempDir()
	s, err := db.Open(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	svc := dbtest.Service(t, s, "support-bot").Number
	batch := make([]db.NewRecord, 0, 1100)
	for i := range cap(batch) / 2 {
		batch = append(batch, dbtest.Message(t, svc, s.Now(), "x", fmt.Sprintf("Anna-%d", i+1)), dbtest.Message(t, svc, s.Now(), "y", fmt.Sprintf("anna_%d", i+1)))
	}
	dbtest.Ingest(t, s, batch...)
	db.Unfold(t, s)
	if got := nearOf(t, s, "anna_7"); got != nil {
		t.Fatalf("unfolded, and found %q", got)
	}
	if err := errors.Join(s.SetMeta(ctx, "folded", "older rules"), s.Close()); err != nil {
		t.Fatal(err)
	}
	if s, err = db.Open(ctx, dir); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, id := range []string{"anna_1", "anna_250", "anna_550"} {
		if got := nearOf(t, s, id); len(got) != 1 {
			t.Errorf("beside %s stand %q", id, got)
		}
	}
}

// BenchmarkNearMiss looks for near misses among 200,000 customers; the time must not grow with them.
func BenchmarkNearMiss(b *testing.B) {
	for _, size := range []int{1_000, 200_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s := dbtest.Open(b)
			svc, err := s.AddService(ctx, audit.Operator, label.Assistant, "support-bot", "")
			if err != nil {
				b.Fatal(err)
			}
			for at := 0; at < size; at += 1000 {
				page := make([]db.NewRecord, 1000)
				for i := range page {
					page[i] = dbtest.Message(b, svc.Number, s.Now(), "x", fmt.Sprintf("Cust-%08d", at+i))
				}
				dbtest.Ingest(b, s, page...)
			}
			id := dbtest.ID(b, "slack_cust_500")
			for b.Loop() {
				if list, _, err := s.NearMisses(ctx, id); err != nil || len(list) != 1 {
					b.Fatal(list, err)
				}
			}
		})
	}
}
