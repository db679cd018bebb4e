package handlers

import (
	"encoding/csv"
	"mime"
	"net/http"
	"time"

	"quittance/db/answer"
)

// downloadTime bounds how long a file may take to leave; pages have 30 seconds (security.md, "Limits").
const downloadTime = 15 * time.Minute

// attach makes the answer a file of this name (RFC 6266) that may take longer than a page.
func attach(w http.ResponseWriter, mediaType, name string) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	// A server without deadlines, as in a test, has none to move.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(downloadTime))
}

// csvWriter writes rows as RFC 4180 has them, in cells that no spreadsheet takes for a formula.
type csvWriter struct{ csv *csv.Writer }

// cutShort ends a file that has begun and cannot be ended: with a cut connection, not as a short file that looks whole.
func (s *Server) cutShort(r *http.Request, err error, what string, about ...any) {
	s.log.Error(what+" ended early", append([]any{"request", requestID(r), "err", err}, about...)...)
	panic(http.ErrAbortHandler)
}

// newCSV begins a CSV file as the answer.
func newCSV(w http.ResponseWriter, name string) *csvWriter {
	attach(w, "text/csv; charset=utf-8", name)
	c := csv.NewWriter(w)
	c.UseCRLF = true
	return &csvWriter{c}
}

// Row writes one row. The error may be that of a row before, since rows are buffered.
func (c *csvWriter) Row(cells ...string) error {
	safe := make([]string, len(cells))
	for i, cell := range cells {
		safe[i] = answer.PlainCell(cell)
	}
	return c.csv.Write(safe)
}

// Flush sends what is buffered on its way and returns the first error there was.
func (c *csvWriter) Flush() error {
	c.csv.Flush()
	return c.csv.Error()
}
