package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"quittance/db"
	"quittance/static"
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

// signedFile is the address of a receipt's file; "" for a receipt of a version that did not sign them.
func (s *Server) signedFile(r *http.Request, number int64) (string, error) {
	_, err := s.store.ReceiptFile(r.Context(), number, db.NewestReceipt)
	if errors.Is(err, db.ErrUncommitted) {
		return "", nil
	}
	return erasureHref(number) + "/receipt.json", err
}

// verifier sends the page that checks receipts and audit bundles offline. Whoever holds a receipt may have it: it is the same for everybody.
func (s *Server) verifier(w http.ResponseWriter, r *http.Request) {
	attach(w, "text/html; charset=utf-8", "quittance-verifier.html")
	w.Write(static.Verifier)
}
