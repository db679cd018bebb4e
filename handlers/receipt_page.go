package handlers

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/handlers/auth"
	"quittance/views"
)

// receipt is the page of a finished erasure.
func (s *Server) receipt(r *http.Request) (templ.Component, error) {
	e, err := s.erasureOf(r)
	if err != nil {
		return nil, err
	}
	all, at, err := s.store.Receipts(r.Context(), e.Number)
	if err != nil {
		return nil, err
	}
	rec := all[len(all)-1]
	services, err := s.servicesByNumber(r)
	if err != nil {
		return nil, err
	}
	_, head, err := s.store.Head(r.Context())
	if err != nil {
		return nil, err
	}
	entries, err := s.store.AuditEntries(r.Context(), db.AuditQuery{Object: audit.ObjectOf(audit.KindErasure, e.Number), Limit: 100, Oldest: true})
	if err != nil {
		return nil, err
	}
	backups, err := s.backupWords(r, rec.Ended)
	if err != nil {
		return nil, err
	}
	names := s.names(r)
	v := views.Receipt{Number: e.Number, Reference: e.Reference, Ground: groundWords(rec.Ground), Proposed: moment(r, rec.Proposed), Approved: moment(r, rec.Approved), Finished: moment(r, rec.Ended),
		ProposedBy: names.actor(e.Proposer), ApprovedBy: names.actor(e.Approver), CutOff: views.CutOff{Seq: rec.Cutoff, Taken: moment(r, e.Manifest.Taken), Age: views.Span(rec.Ended.Sub(e.Manifest.Taken)) + " before the end"},
		Manifest: rec.Manifest, Backups: backups, Checkpoint: head, KeyName: keyName(s.store.AuditKey()), Audit: who(r).May(auth.Audit)}
	if v.File, err = s.signedFile(r, e.Number); err != nil {
		return nil, err
	}
	fillReceipt(r, &v, rec, services, names)
	v.Waits, v.Amendments = e.State != erasure.Done, s.amendments(r, all, at, services)
	for _, a := range entries {
		v.Entries = append(v.Entries, views.EntryRef{Number: a.Number, Act: strings.TrimSuffix(eventWords(a.Event), "."), When: moment(r, a.Time)})
	}
	return v, nil
}

func fillReceipt(r *http.Request, v *views.Receipt, rec erasure.Receipt, services map[int64]db.Service, names *names) {
	for _, p := range rec.Parts {
		svc, w := services[p.Service], partWords[p.State]
		to := views.Recipient{Name: p.Name, Where: whereHeld(svc), State: w.state, Meaning: w.meaning, When: moment(r, rec.Ended)}
		if p.Linked {
			to.Meaning, to.When = recipientWords(p, svc), moment(r, p.Accepted)
			if p.Evidence != "" {
				to.Meaning, to.When = names.attestation(p), moment(r, rec.Ended)
			}
		} else {
			v.Rows = append(v.Rows, views.ReceiptRow{Service: p.Name, Where: to.Where, Kind: heldKinds[svc.Kind], Before: p.Before, After: p.After, Checked: moment(r, rec.Ended)})
		}
		v.Recipients = append(v.Recipients, to)
	}
	for _, l := range rec.Held {
		v.Exceptions = append(v.Exceptions, heldLine(l, services))
	}
	for _, st := range rec.Stay {
		v.Exceptions = append(v.Exceptions, services[st.Service].Name+": "+views.Count(st.Records, "record", "records")+" left out. "+views.WordsOf(st.Why))
	}
}

// recipientWords is what a service elsewhere has said at last, with the repeats that moved its cut-off (design.md, section 5).
func recipientWords(p erasure.ReceiptPart, svc db.Service) string {
	words := partWords[p.State].meaning
	if p.Code == erasure.CodeImpossible {
		return views.PartWords(p.Code)
	}
	if p.State == erasure.Confirmed && p.Code == "" {
		words = askedAgain + "."
	}
	switch {
	case p.State == erasure.Confirmed && svc.Kind == db.HTTP:
		words = lookedAgain + "."
	case p.State == erasure.Attested:
		words = "" // its code says whose word it is
	}
	if p.Repeats > 0 {
		words += " The call was repeated " + views.Count(p.Repeats, "time", "times") + " because nobody knew what had become of it; each moved its cut-off."
	}
	if p.Code != "" {
		words += " " + views.PartWords(p.Code)
	}
	return strings.TrimSpace(words)
}

// attestation is what a person said of a service elsewhere, as the receipt keeps it: who, when and what for, and the hash over the evidence. The
// evidence itself goes 30 days after the end.
func (n *names) attestation(p erasure.ReceiptPart) string {
	by := n.actor(audit.Actor(p.By))
	if p.Attested.IsZero() {
		return by + " says that it cannot be done. " + views.PartWords(p.Code) + " SHA-256 over what was written, salted: " + p.Evidence + "."
	}
	return by + " attests that it was done on " + p.Attested.UTC().Format("2 January 2006") + ". Nobody else has looked. SHA-256 over the evidence, salted: " + p.Evidence + "."
}
