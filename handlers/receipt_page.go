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
	"quittance/views/lang"
)

// receipt is the page of a finished erasure: its newest receipt, or the one that ?amendment names.
func (s *Server) receipt(r *http.Request) (templ.Component, error) {
	e, err := s.erasureOf(r)
	if err != nil {
		return nil, err
	}
	return s.receiptPage(r, e, "")
}

// showSalt shows the salt of a receipt, after it was written down who asked for it: support and officers, who give it to the requester.
func (s *Server) showSalt(r *http.Request) (templ.Component, error) {
	e, err := s.erasureOf(r)
	if err != nil {
		return nil, err
	}
	salt, err := s.store.Salt(r.Context(), who(r).Actor(), e.Number)
	if err != nil {
		return nil, err
	}
	return s.receiptPage(r, e, salt)
}

// receiptPage shows a receipt; the salt is "" unless it was asked for.
func (s *Server) receiptPage(r *http.Request, e db.Erasure, salt string) (templ.Component, error) {
	amendment, err := wantedAmendment(r)
	if err != nil {
		return nil, db.ErrNotFound
	}
	all, at, err := s.store.Receipts(r.Context(), e.Number)
	if err != nil {
		return nil, err
	}
	if amendment >= int64(len(all)) {
		return nil, db.ErrNotFound
	}
	rec := all[len(all)-1]
	if amendment >= 0 {
		rec = all[amendment]
	}
	services, err := s.servicesByNumber(r)
	if err != nil {
		return nil, err
	}
	entries, err := s.store.AuditEntries(r.Context(), db.AuditQuery{Object: audit.ObjectOf(audit.KindErasure, e.Number), Limit: 100, Oldest: true})
	if err != nil {
		return nil, err
	}
	backups, err := s.backupWords(r, rec)
	if err != nil {
		return nil, err
	}
	names := s.names(r)
	v := views.Receipt{Number: e.Number, Reference: e.Reference, Ground: groundWords(rec.Ground), Proposed: moment(r, rec.Proposed), Approved: moment(r, rec.Approved), Finished: moment(r, rec.Ended),
		ProposedBy: names.actor(e.Proposer), ApprovedBy: names.actor(e.Approver), CutOff: views.CutOff{Seq: rec.Cutoff, Taken: moment(r, e.Manifest.Taken), Age: lang.Said("{taken} before the end", "taken", lang.Lasting(rec.Ended.Sub(e.Manifest.Taken)))},
		Manifest: rec.Manifest, Backups: backups, KeyName: keyName(s.store.AuditKey()), Audit: who(r).May(auth.Audit)}
	if err := s.signed(r, &v, amendment); err != nil {
		return nil, err
	}
	if v.About, err = s.about(r, e, rec, salt); err != nil {
		return nil, err
	}
	fillReceipt(r, &v, rec, services, names)
	v.Waits, v.Amendments = e.State != erasure.Done, s.amendments(r, all, at, services)
	if len(all) > 1 {
		v.Name = receiptTitle(rec.Amendment)
	}
	if int(rec.Amendment) < len(all)-1 {
		v.Newest = erasureHref(e.Number) + "/receipt"
	}
	var numbers []int64
	for _, a := range entries {
		v.Entries = append(v.Entries, views.EntryRef{Number: a.Number, Act: eventWords(a.Event), When: moment(r, a.Time)})
		numbers = append(numbers, a.Number)
	}
	v.Span = ranges(numbers)
	return v, nil
}

// about is whose erasure it was, as far as this page may tell.
func (s *Server) about(r *http.Request, e db.Erasure, rec erasure.Receipt, salt string) (views.About, error) {
	a := views.About{Commitment: rec.Subject, Days: int64(db.SaltKept.Hours() / 24), Salt: salt}
	if !e.Ended.IsZero() {
		a.Until = moment(r, e.Ended.Add(db.SaltKept))
	}
	if who(r).May(auth.Reveal) {
		a.Action = erasureHref(e.Number) + "/receipt/salt"
	}
	var err error
	a.Kept, err = s.store.HasSalt(r.Context(), e.Number)
	return a, err
}

// receiptTitle is how a receipt of several is called.
func receiptTitle(amendment int64) lang.Word {
	if amendment == 0 {
		return "First receipt"
	}
	return lang.Said("Amendment {amendment}", "amendment", decimal(amendment))
}

// ranges writes growing numbers in short: "12, 40–57".
func ranges(numbers []int64) string {
	var parts []string
	for i := 0; i < len(numbers); {
		from := i
		for i++; i < len(numbers) && numbers[i] == numbers[i-1]+1; i++ {
		}
		part := decimal(numbers[from])
		if i-from > 1 {
			part += "–" + decimal(numbers[i-1])
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
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
		v.Exceptions = append(v.Exceptions, lang.Counted(st.Records, "{name}: 1 record left out. {why}", "{name}: {n} records left out. {why}", "name", services[st.Service].Name, "why", views.WordsOf(st.Why)))
	}
}

// recipientWords is what a service elsewhere has said at last, with the repeats that moved its cut-off (design.md, section 5).
func recipientWords(p erasure.ReceiptPart, svc db.Service) lang.Word {
	words := partWords[p.State].meaning
	if p.Code == erasure.CodeImpossible {
		return views.PartWords(p.Code)
	}
	if p.State == erasure.Confirmed && p.Code == "" {
		words = askedAgain
	}
	switch {
	case p.State == erasure.Confirmed && svc.Kind == db.HTTP:
		words = lookedAgain
	case p.State == erasure.Attested:
		words = "" // its code says whose word it is
	}
	if p.Repeats > 0 {
		words += lang.Counted(p.Repeats, " The call was repeated once because nobody knew what had become of it; it moved its cut-off.", " The call was repeated {n} times because nobody knew what had become of it; each moved its cut-off.")
	}
	if p.Code != "" {
		words += lang.Raw(" ") + views.PartWords(p.Code)
	}
	return words
}

// attestation is what a person said of a service elsewhere, as the receipt keeps it: who, when and what for, and the hash over the evidence. The
// evidence itself goes 30 days after the end.
func (n *names) attestation(p erasure.ReceiptPart) lang.Word {
	by := n.actor(audit.Actor(p.By))
	if p.Attested.IsZero() {
		return lang.Said("{by} says that it cannot be done. {code} SHA-256 over what was written, salted: {evidence}.", "by", by, "code", views.PartWords(p.Code), "evidence", p.Evidence)
	}
	return lang.Said("{by} attests that it was done on {format}. Nobody else has looked. SHA-256 over the evidence, salted: {evidence}.", "by", by, "format", lang.Moment(p.Attested.UTC().Format("2 January 2006")), "evidence", p.Evidence)
}
