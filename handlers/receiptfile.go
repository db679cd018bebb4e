package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"quittance/db"
	"quittance/db/audit"
	"quittance/static"
	"quittance/views"
)

// receiptFile sends a receipt as a file that can be checked without us: the newest, or the one that ?amendment names. Its name holds the number of
// the request and nothing of the person.
func (s *Server) receiptFile(w http.ResponseWriter, r *http.Request) {
	number, err := pathNumber(r, "number")
	amendment, wrong := wantedAmendment(r)
	if errors.Join(err, wrong) != nil {
		s.fail(w, r, db.ErrNotFound)
		return
	}
	file, err := s.store.ReceiptFile(r.Context(), number, amendment)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	raw, err := file.JSON()
	if err != nil {
		s.fail(w, r, err)
		return
	}
	attach(w, "application/json", receiptName(number, amendment))
	w.Write(raw)
}

func wantedAmendment(r *http.Request) (int64, error) {
	if !r.URL.Query().Has("amendment") {
		return db.NewestReceipt, nil
	}
	n, err := strconv.ParseUint(r.URL.Query().Get("amendment"), 10, 31)
	return int64(n), err
}

func receiptName(number, amendment int64) string {
	if amendment < 0 {
		return fmt.Sprintf("quittance-receipt-%d.json", number)
	}
	return fmt.Sprintf("quittance-receipt-%d-%d.json", number, amendment)
}

// receiptQuery is what names an earlier receipt in an address.
func receiptQuery(amendment int64) string {
	if amendment < 0 {
		return ""
	}
	return "?amendment=" + decimal(amendment)
}

// signed adds what is signed to the page of a receipt; of a version that did not sign them there is the head of the trail only.
func (s *Server) signed(r *http.Request, v *views.Receipt, amendment int64) error {
	file, err := s.store.ReceiptFile(r.Context(), v.Number, amendment)
	if errors.Is(err, db.ErrUncommitted) {
		_, v.Checkpoint, err = s.store.Head(r.Context())
		v.Code = qrOf(v.Checkpoint)
		return err
	}
	if err != nil {
		return err
	}
	entry, err := audit.Parse(file.Entry)
	if err != nil {
		return err
	}
	v.Checkpoint, v.Code, v.File = file.Checkpoint, qrOf(file.Checkpoint), erasureHref(v.Number)+"/receipt.json"+receiptQuery(amendment)
	v.Signed = views.Signed{Entry: entry.Number, Size: checkpointSize(file.Checkpoint), Body: audit.Commitment(file.Body)}
	for _, h := range file.Proof {
		v.Signed.Proof = append(v.Signed.Proof, h.String())
	}
	return nil
}

// checkpointSize reads how many entries a checkpoint of ours covers: its second line (https://c2sp.org/tlog-checkpoint).
func checkpointSize(text string) int64 {
	lines := strings.SplitN(text, "\n", 3)
	if len(lines) < 3 {
		return 0
	}
	n, _ := strconv.ParseInt(lines[1], 10, 64)
	return n
}

// verifier sends the page that checks receipts and audit bundles offline. Whoever holds a receipt may have it: it is the same for everybody.
func (s *Server) verifier(w http.ResponseWriter, r *http.Request) {
	attach(w, "text/html; charset=utf-8", "quittance-verifier.html")
	w.Write(static.Verifier)
}
