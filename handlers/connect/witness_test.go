package connect_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/handlers/connect"
	"quittance/handlers/connect/witnesstest"
)

// watched is a store with a witness that knows its key.
type watched struct {
	t     *testing.T
	dir   string
	clock *dbtest.Clock
	*db.Store
	there *witnesstest.Server
	to    *connect.Witness
}

func newWatched(t *testing.T) *watched {
	w := &watched{t: t, dir: filepath.Join(t.TempDir(), "data"), clock: dbtest.NewClock()}
	w.open()
	dbtest.Service(t, w.Store, "one")
	w.there = witnesstest.New(t, "witness.example/w1", w.AuditKey())
	w.there.Now = w.clock.Now
	var err error
	if w.to, err = connect.NewWitness(w.there.URL, w.there.Key, true); err == nil {
		err = w.SetWitnesses(t.Context(), []*audit.Witness{w.to.Key})
	}
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *watched) open() {
	w.t.Helper()
	s, err := db.Open(w.t.Context(), w.dir, db.WithClock(w.clock.Now))
	if err != nil {
		w.t.Fatal(err)
	}
	w.Store = s
	w.t.Cleanup(func() { s.Close() })
}

func (w *watched) grow() {
	w.t.Helper()
	dbtest.Ingest(w.t, w.Store, dbtest.Message(w.t, 1, w.clock.Now(), "x", "anna"))
}

func (w *watched) cosign(code string) audit.Cosignature {
	w.t.Helper()
	c, err := w.to.Cosign(w.t.Context(), w.Store)
	refused, _ := errors.AsType[*connect.Refused](err)
	if code == "" && err != nil || code != "" && (refused == nil || refused.Code != code) {
		w.t.Fatalf("%v, want code %q", err, code)
	}
	all, err := w.Witnesses(w.t.Context())
	if err != nil || len(all) != 1 || all[0].Code != code {
		w.t.Fatalf("%+v, %v, want code %q", all, err, code)
	}
	return c
}

func (w *watched) alarm(want db.AlarmKind) {
	w.t.Helper()
	all, err := w.Alarms(w.t.Context())
	for _, a := range all {
		if a.Kind == want {
			return
		}
	}
	w.t.Errorf("%+v, %v, want %s", all, err, want)
}

// back puts an earlier copy of the data directory in its place.
func (w *watched) back(early string) {
	w.t.Helper()
	w.Close()
	copyDir(w.t, early, w.dir)
	w.open()
}

func copyDir(t *testing.T, from, to string) {
	t.Helper()
	if err := errors.Join(os.RemoveAll(to), os.CopyFS(to, os.DirFS(from)), os.Chmod(filepath.Join(to, "keys.json"), 0o600), os.Chmod(filepath.Join(to, "ledger"), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// The head is cosigned, what has grown since is cosigned on top of it, and what was cosigned stands in the check, in receipts and in bundles.
func TestWitnessCosigns(t *testing.T) {
	w := newWatched(t)
	e, err := w.AcceptErasure(t.Context(), audit.ActorOf("key", 1), 1, dbtest.ID(t, "anna"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := erasure.NewRunner(w.Store, slog.New(slog.DiscardHandler)).Run(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	first := w.cosign("")
	w.grow()
	if got := w.cosign(""); got.Size <= first.Size || !got.Time.Equal(w.clock.Now()) {
		t.Errorf("%+v after %+v", got, first)
	}
	if got := w.there.Answered; len(got) != 2 || got[0] != 200 || got[1] != 200 {
		t.Errorf("it answered %v", got)
	}
	head, err := w.AuditBundle(t.Context())
	var bundle strings.Builder
	if err == nil {
		err = head.Write(t.Context(), &bundle)
	}
	if err != nil || !strings.Contains(bundle.String(), "— witness.example/w1 ") {
		t.Errorf("the bundle does not carry the cosignature: %v", err)
	}
	w.grow()
	witnesses := []*audit.Witness{w.to.Key}
	report, err := w.VerifyAgainst(t.Context(), audit.Outside{Witnesses: witnesses})
	if err != nil || !report.OK() || !report.Anchored || len(report.Cosigned) != 1 || !strings.Contains(report.Cosigned[0].Words(), "Cosigned by witness.example/w1 on 2 March 2026") {
		t.Errorf("%+v, %v", report, err)
	}
	r, err := w.ReceiptFile(t.Context(), e.Number, db.NewestReceipt)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := audit.CheckReceipt(raw, audit.Outside{Witnesses: witnesses}); err != nil || !got.OK() || !got.Anchored || len(got.Cosigned) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

// A witness that remembers more of us than we do of it is asked again from there.
func TestWitnessGoesOnFromItsSize(t *testing.T) {
	w := newWatched(t)
	w.cosign("")
	if err := errors.Join(w.SetWitnesses(t.Context(), nil), w.SetWitnesses(t.Context(), []*audit.Witness{w.to.Key})); err != nil {
		t.Fatal(err)
	}
	w.cosign("")
	if got := w.there.Answered; len(got) != 3 || got[1] != 409 || got[2] != 200 {
		t.Errorf("it answered %v", got)
	}
}

// A data directory that was set back is refused, and so is one that has grown anew since: both are alarms and stand in the trail.
func TestWitnessRefusesRollback(t *testing.T) {
	w := newWatched(t)
	w.cosign("")
	w.Close()
	early := filepath.Join(t.TempDir(), "early")
	copyDir(t, w.dir, early)
	w.open()
	for range 3 {
		w.grow()
	}
	w.cosign("")
	w.back(early)
	w.cosign(db.WitnessAhead)
	w.alarm(db.AlarmUnwitness)
	if n, err := w.CountAudit(t.Context(), db.AuditQuery{Event: string(audit.LogUnwitnessed)}); err != nil || n != 1 {
		t.Errorf("%d entries of the refusal, %v", n, err)
	}
	w.cosign(db.WitnessAhead)
	if n, err := w.CountAudit(t.Context(), db.AuditQuery{Event: string(audit.LogUnwitnessed)}); err != nil || n != 1 {
		t.Errorf("%d entries of one refusal, %v", n, err)
	}
	for range 5 {
		w.grow()
	}
	w.cosign(db.WitnessInconsistent)
	w.alarm(db.AlarmUnwitness)
}

// What is no cosignature of the key that was named is not kept.
func TestWitnessWrong(t *testing.T) {
	w := newWatched(t)
	other := newWatched(t)
	for name, c := range map[string]struct {
		code  string
		spoil func(int, []byte) (int, []byte)
	}{
		"another key":  {db.WitnessAnswer, func(int, []byte) (int, []byte) { return 200, []byte("— witness.example/w1 AAAA\n") }},
		"nothing":      {db.WitnessAnswer, func(int, []byte) (int, []byte) { return 200, nil }},
		"altered":      {db.WitnessAnswer, func(s int, b []byte) (int, []byte) { b[len(b)/2] ^= 1; return s, b }},
		"out of order": {db.WitnessUnreachable, func(int, []byte) (int, []byte) { return 500, []byte("x") }},
		"unknown key":  {db.WitnessUnknown, func(int, []byte) (int, []byte) { return 403, nil }},
	} {
		w.there.Spoil = func(s int, b []byte) (int, []byte) {
			if s == 409 { // its size, from where we go on
				return s, b
			}
			return c.spoil(s, b)
		}
		t.Log(name)
		w.cosign(c.code)
	}
	w.there.Spoil = nil
	w.cosign("")
	w.to.URL = other.there.URL // which knows another log
	w.cosign(db.WitnessUnknown)
	w.clock.Pass(25 * time.Hour)
	w.alarm(db.AlarmWitness)
}

// A witness lies where any service may: outside, over https, unless the operator says otherwise.
func TestWitnessGuard(t *testing.T) {
	w := newWatched(t)
	if _, err := connect.NewWitness(w.there.URL, w.there.Key, false); err == nil {
		t.Error("a witness on loopback was taken")
	}
	if _, err := connect.NewWitness("https://witness.example.com", w.AuditKey(), false); err == nil {
		t.Error("the key of a log was taken for that of a witness")
	}
}
