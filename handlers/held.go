package handlers

import (
	"net/http"

	"quittance/db"
	"quittance/db/erasure"
	"quittance/db/label"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// How other pages show that something is held.

// frozenWords stand where the text of a restricted record would.
const frozenWords lang.Word = "Restricted under Art. 18"

var (
	heldState   = views.State{Tone: "held", Word: "Held"}
	frozenState = views.State{Tone: "held", Icon: "hand-stop", Word: "Restricted"}
)

// keptState is the state of a record that something keeps; ok is false for one that nothing keeps.
func keptState(k db.Keeper) (st views.State, ok bool) {
	switch {
	case k.Restriction > 0:
		return frozenState, true
	case k.Hold > 0:
		return heldState, true
	}
	return st, false
}

// holdMark says on another page what holds it, in words without what an officer wrote.
func holdMark(h db.Hold) views.HoldMark {
	m := views.HoldMark{State: heldState, Text: holdName(h.Kind, h.Number), Href: holdHref(h.Number), Sub: lang.Said("Kept from erasure: {ground}.", "ground", views.WordsOf(h.Ground))}
	if h.Kind == erasure.Restriction {
		m.State, m.Sub = frozenState, lang.Said("Stored and nothing else: {ground}.", "ground", views.WordsOf(h.Ground))
	}
	return m
}

// subjectHolds are the marks of all IDs of a data subject, each hold once, and whether one of them freezes it.
func (s *Server) subjectHolds(r *http.Request, ids []string) (out []views.HoldMark, frozen bool, err error) {
	seen := map[int64]bool{}
	for _, id := range ids {
		list, err := s.store.HoldsOf(r.Context(), id)
		if err != nil {
			return nil, false, err
		}
		for _, h := range list {
			if !seen[h.Number] {
				seen[h.Number], out = true, append(out, holdMark(h))
				frozen = frozen || h.Kind == erasure.Restriction
			}
		}
	}
	return out, frozen, nil
}

// frozen tells whether any of some IDs is restricted.
func (s *Server) frozen(r *http.Request, ids []label.ID) (bool, error) {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = id.String()
	}
	_, frozen, err := s.subjectHolds(r, texts)
	return frozen, err
}

// keepers tells what keeps each of some records.
func (s *Server) keepers(r *http.Request, records []db.Record) (map[int64]db.Keeper, error) {
	return s.store.Keepers(r.Context(), numbersOf(records)...)
}

func numbersOf(records []db.Record) []int64 {
	out := make([]int64, len(records))
	for i, rec := range records {
		out[i] = rec.Seq
	}
	return out
}

// recordHolds puts onto a record's page what keeps it. One that is restricted shows nothing of itself.
func (s *Server) recordHolds(r *http.Request, rec db.Record, v *views.Record) error {
	if who(r).May(auth.Hold) {
		v.HoldHref = "/holds/new?record=" + decimal(rec.Seq)
	}
	kept, err := s.store.Keepers(r.Context(), rec.Seq)
	if err != nil {
		return err
	}
	k := kept[rec.Seq]
	for _, number := range []int64{k.Hold, k.Restriction} {
		if number == 0 {
			continue
		}
		h, err := s.store.Hold(r.Context(), number)
		if err != nil {
			return err
		}
		v.Holds = append(v.Holds, holdMark(h))
	}
	if state, ok := keptState(k); ok {
		v.State = state
	}
	if k.Restriction > 0 {
		v.Frozen, v.Body, v.Picture, v.CanReveal = true, nil, nil, who(r).May(auth.Hold)
		v.Facts = []views.KV{{Key: "Came in by", Value: cameInBy(rec)}, {Key: "Number (seq)", Value: lang.Figure(rec.Seq)}, {Key: "Received", Value: lang.Moment(views.SecondOf(rec.Time, zoneOf(r)).Text)}}
	}
	return nil
}

// heldRows are what is held of a request now.
func (s *Server) heldRows(r *http.Request, lines []erasure.HeldLine, services map[int64]db.Service) (out []views.HeldRow) {
	for _, l := range lines {
		row := views.HeldRow{Hold: heldBy(l), What: lang.Said("{name}, {kind}", "name", services[l.Service].Name, "kind", kindCode(l.Kind)), Ground: views.WordsOf(l.Ground), Records: l.Records}
		if who(r).May(auth.Holds) {
			row.Href = holdHref(l.Hold)
		}
		out = append(out, row)
	}
	return out
}

func heldBy(l erasure.HeldLine) lang.Word {
	kind := erasure.LegalHold
	if restricts(l.Ground) {
		kind = erasure.Restriction
	}
	return holdName(kind, l.Hold)
}

// holdName is a hold or a restriction with its number.
func holdName(kind erasure.HoldKind, number int64) lang.Word {
	if kind == erasure.Restriction {
		return lang.Said("Restriction {number}", "number", decimal(number))
	}
	return lang.Said("Hold {number}", "number", decimal(number))
}

// restricts tells the grounds of Art. 18 from those of Art. 17(3).
func restricts(ground string) bool {
	for _, g := range erasure.HoldGrounds[erasure.Restriction] {
		if g == ground {
			return true
		}
	}
	return false
}

// heldManifest moves what is held from what goes to what stays, row by row.
func heldManifest(v *views.Manifest, m erasure.Manifest) {
	for _, l := range m.Held {
		for i, line := range m.Go { // the first rows, in the same order
			if line.Service != l.Service || line.Kind != l.Kind {
				continue
			}
			row := &v.Rows[i]
			row.Erase, row.Stay = row.Erase-l.Records, row.Stay+l.Records
			v.Erase, v.Stay = v.Erase-l.Records, v.Stay+l.Records
			if row.Why != "" {
				row.Why += " "
			}
			row.Why += lang.Said("{l}: {ground}. Goes when that ends.", "l", heldBy(l), "ground", views.WordsOf(l.Ground))
		}
	}
}

// heldLine is what a hold keeps, for a receipt.
func heldLine(l erasure.HeldLine, services map[int64]db.Service) lang.Word {
	return lang.Counted(l.Records, "{name}: 1 record kept by {l}. {ground}", "{name}: {n} records kept by {l}. {ground}", "name", services[l.Service].Name, "l", heldBy(l), "ground", views.WordsOf(l.Ground))
}

// amendments tell how a receipt came about; nothing where it was never amended.
func (s *Server) amendments(r *http.Request, all []erasure.Receipt, entries []int64, services map[int64]db.Service) (out []views.Amendment) {
	if len(all) < 2 {
		return nil
	}
	for i, rec := range all {
		a := views.Amendment{Name: receiptTitle(rec.Amendment), Made: moment(r, rec.Ended), Entry: entries[i], Href: erasureHref(rec.Erasure) + "/receipt" + receiptQuery(rec.Amendment)}
		for _, p := range rec.Parts {
			if !p.Linked {
				a.Lines = append(a.Lines, lang.Said("{name}: {before} of {before2} erased and confirmed.", "name", p.Name, "before", lang.Figure(p.Before-p.After), "before2", lang.Counted(p.Before, "1 record", "{n} records")))
			}
		}
		for _, l := range rec.Held {
			a.Lines = append(a.Lines, heldLine(l, services))
		}
		out = append(out, a)
	}
	return out
}

// homeHolds lists what waits for an officer: the end of a hold that another one asked for, its last day, its review.
func (s *Server) homeHolds(r *http.Request, v *views.Home) error {
	if !who(r).May(auth.Hold) {
		return nil
	}
	list, err := s.store.Holds(r.Context(), db.HoldQuery{Limit: 5 * homeRows})
	for _, h := range list {
		what, since := s.waitsForMe(r, h)
		if what != "" && len(v.Waiting) < homeRows {
			v.Waiting = append(v.Waiting, views.WaitingItem{What: lang.Said(what, "number", decimal(h.Number)), Href: holdHref(h.Number), Sub: views.WordsOf(h.Ground), Since: since})
		}
	}
	return err
}

// waitsForMe is what this person could do about a hold, with a gap for its number.
func (s *Server) waitsForMe(r *http.Request, h db.Hold) (what lang.Word, since views.Moment) {
	me, now := who(r).Actor(), s.store.Now()
	switch {
	case h.State == erasure.HoldLifting && h.AskedBy != me:
		return "Lift or keep hold {number}", moment(r, h.Asked)
	case h.Kind == erasure.LegalHold && !h.Expiry.IsZero() && h.ExpiryBy == "" && h.Expiry.After(now) && h.PlacedBy != me:
		return "Confirm the last day of hold {number}", moment(r, h.Placed)
	case h.ReviewDue(now) && h.Kind == erasure.Restriction:
		return "Review restriction {number}", moment(r, h.Review)
	case h.ReviewDue(now):
		return "Review hold {number}", moment(r, h.Review)
	}
	return "", views.Moment{}
}
