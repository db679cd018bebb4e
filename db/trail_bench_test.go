package db_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"time"

	"quittance/db"
	"quittance/db/dbtest"
)

// trail measures a long trail by itself: how fast it is written in groups and checked, and how large what is handed out of it is.
func (h *bench) trail(size int64) {
	s, err := db.Open(h.Context(), h.TempDir())
	if err != nil {
		h.Fatal(err)
	}
	defer s.Close()
	began := time.Now()
	number := db.LongTrail(h, s, size)
	written := dbtest.Rate(size, time.Since(began))
	report, err := s.VerifyAudit(h.Context())
	if err != nil || !report.Intact() || report.Size != size {
		h.Fatalf("%s, %v", report.Summary(), err)
	}
	rate := dbtest.Rate(size, report.Took)
	dbtest.Figure{What: "check of an audit trail of " + dbtest.Short(int(size)) + " entries", Value: fmt.Sprintf("%.0f entries/s", rate), Bare: fmt.Sprintf("%.0f entries/s written, 2,000 at a time", written),
		Ratio: fmt.Sprintf("%.1f", rate/written), Budget: fmt.Sprintf("≥ 300,000 entries/s (%d processors)", runtime.NumCPU()), Met: rate >= 300_000}.Print()
	rebuilt, err := s.Rebuild(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	dbtest.Figure{What: "  tables held against it", Value: dbtest.Millis(rebuilt.Took), Open: true}.Print()
	h.handedOut(s, number)
}

// handedOut measures a receipt of ten recipients and the proof in it.
func (h *bench) handedOut(s *db.Store, number int64) {
	r, err := s.ReceiptFile(h.Context(), number, db.NewestReceipt)
	if err != nil {
		h.Fatal(err)
	}
	file, err1 := r.JSON()
	proof, err2 := json.Marshal(r.Proof)
	if err1 != nil || err2 != nil {
		h.Fatal(err1, err2)
	}
	dbtest.Figure{What: "  receipt of ten recipients", Value: fmt.Sprintf("%d B", len(file)), Ratio: fmt.Sprintf("%.2f", float64(len(file))/4096), Budget: "≤ 4 kB", Met: len(file) <= 4096}.Print()
	dbtest.Figure{What: "  proof in it", Value: fmt.Sprintf("%d B", len(proof)), Ratio: fmt.Sprintf("%.2f", float64(len(proof))/2048), Budget: "≤ 2 kB", Met: len(proof) <= 2048}.Print()
}
