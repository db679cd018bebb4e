package handlers

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/audit"
	"quittance/handlers/auth"
	"quittance/views"
)

// pageEntries is how many entries of the trail a page shows.
const pageEntries = 40

// audit shows the trail, newest first, with its filter.
func (s *Server) audit(r *http.Request) (templ.Component, error) {
	f := trailFilterOf(r)
	page, err := s.trail(r, f)
	if err == nil && f.wrong() {
		return nil, refused{page}
	}
	return page, err
}

func (s *Server) trail(r *http.Request, f trailFilter) (views.Audit, error) {
	v := views.Audit{Filter: f.shown, Verify: true, Empty: views.Empty{Title: "No entries", Detail: f.nothing()}}
	if who(r).May(auth.Export) {
		v.Export = "/exports"
	}
	var err error
	if v.Last, err = s.lastCheck(r); err != nil {
		return v, err
	}
	if v.Saved, err = s.savedFilters(r); err != nil {
		return v, err
	}
	if v.Size, v.Head, v.Signed, err = s.trailHead(r); err != nil || f.wrong() {
		return v, err
	}
	entries, more, err := s.trailEntries(r, f)
	if err != nil {
		return v, err
	}
	v.Rows = s.auditRows(r, entries)
	total, err := s.store.CountAudit(r.Context(), f.query)
	v.Pager = f.pager(entries, more, total)
	return v, err
}

// trailHead tells how long the trail is and what was signed last. A head is signed in the transaction of its last entry.
func (s *Server) trailHead(r *http.Request) (size int64, root string, signed views.Moment, err error) {
	size, text, err := s.store.Head(r.Context())
	if err != nil {
		return 0, "", views.Moment{}, err
	}
	head, err := audit.OpenCheckpoint([]byte(text), s.store.Verifiers()...)
	if err != nil {
		return 0, "", views.Moment{}, fmt.Errorf("reading the head of the audit trail: %w", err)
	}
	last, err := s.store.AuditEntry(r.Context(), size-1)
	return size, hex.EncodeToString(head.Root[:]), moment(r, last.Time), err
}

// trailEntries reads one page, newest first, and tells whether there is more the same way.
func (s *Server) trailEntries(r *http.Request, f trailFilter) ([]db.AuditEntry, bool, error) {
	q := f.query
	q.Limit = pageEntries + 1
	switch {
	case f.after >= 0:
		q.Oldest, q.Least = true, f.after+1
	case f.below >= 0:
		q = q.Below(f.below)
	}
	entries, err := s.store.AuditEntries(r.Context(), q)
	more := len(entries) > pageEntries
	if more {
		entries = entries[:pageEntries]
	}
	if q.Oldest {
		slices.Reverse(entries)
	}
	return entries, more, err
}

func (s *Server) auditRows(r *http.Request, entries []db.AuditEntry) []views.AuditRow {
	names := s.names(r)
	out := make([]views.AuditRow, len(entries))
	for i, e := range entries {
		hash := e.Hash()
		out[i] = views.AuditRow{Number: e.Number, When: views.SecondOf(e.Time, zoneOf(r)), Actor: names.actor(e.Actor), Code: string(e.Actor), Act: eventWords(e.Event),
			Object: string(e.Object), ObjectHref: names.href(e.Object), Hash: hex.EncodeToString(hash[:])}
	}
	return out
}

func entryHref(number int64) string { return "/audit/" + strconv.FormatInt(number, 10) }
