package handlers

import (
	"cmp"
	"net/http"
	"slices"

	"quittance/db"
	"quittance/db/erasure"
	"quittance/db/label"
	"quittance/handlers/auth"
	"quittance/handlers/watson"
	"quittance/views"
	"quittance/views/lang"
)

// ids are all customer IDs of a listing: the one that was asked for and its aliases.
func (l listing) ids() []string {
	out := []string{l.id}
	for _, a := range l.aliases {
		out = append(out, a.ID)
	}
	return out
}

// erasuresOf lists the requests for any of some IDs, newest first.
func (s *Server) erasuresOf(r *http.Request, ids []string, states []erasure.State, limit int) (out []db.Erasure, err error) {
	for _, id := range ids {
		list, err := s.store.Erasures(r.Context(), db.ErasureQuery{Subject: id, States: states, Limit: limit})
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	slices.SortFunc(out, func(a, b db.Erasure) int { return cmp.Compare(b.Number, a.Number) })
	return out[:min(len(out), limit)], nil
}

// labels are those of a page of records.
func (s *Server) labels(r *http.Request, records []db.Record) (map[int64][]db.Label, error) {
	return s.store.LabelsOf(r.Context(), numbersOf(records)...)
}

// state is that of a record of the listing: an erasure of any of its IDs takes it.
func (l listing) state(rec db.Record) views.State {
	switch {
	case l.returned[rec.Seq]:
		return returnedState
	case awaits(l.pending, rec, l.labels[rec.Seq]):
		return pendingState
	}
	return labelState(rec)
}

// evidenceWords say by what two IDs were proposed, and what that is worth.
var evidenceWords = map[db.Evidence]lang.Word{
	db.SameUser:    "Messages of one name the other as their user_id, which the web chat copies into the customer ID",
	db.SameTail:    "The two differ only by the prefix that an integration puts before its own ID",
	db.SameSession: "One conversation bears both: one person, or two who share it",
}

func (s *Server) aliasRows(r *http.Request, l listing) []views.AliasRow {
	names := s.names(r)
	var out []views.AliasRow
	for _, a := range l.aliases {
		row := views.AliasRow{ID: a.ID, Href: subjectHref(a.Ref), Ref: string(a.Ref), Records: a.Records, Evidence: evidenceWords[a.Evidence],
			Confirmed: moment(r, a.Confirmed), By: names.actor(a.By)}
		if who(r).May(auth.Propose) {
			row.Action = subjectHref(l.subject.Ref) + "/aliases/undo"
		}
		out = append(out, row)
	}
	return out
}

func (s *Server) candidateRows(r *http.Request, l listing, origins []watson.Origin) ([]views.AliasRow, error) {
	list, err := s.candidates(r, l.id, origins)
	var out []views.AliasRow
	for _, c := range list {
		row := views.AliasRow{ID: c.ID, Href: subjectHref(c.Ref), Ref: string(c.Ref), Records: c.Records, Evidence: evidenceWords[c.Evidence]}
		if who(r).May(auth.Propose) {
			row.Action = subjectHref(l.subject.Ref) + "/aliases"
		}
		out = append(out, row)
	}
	return out, err
}

// candidates are the IDs that may be the same person.
func (s *Server) candidates(r *http.Request, raw string, origins []watson.Origin) ([]db.Candidate, error) {
	id, err := label.Parse(label.Assistant, raw)
	if err != nil {
		return nil, err
	}
	var users []label.ID
	for _, o := range origins {
		if user, err := label.Parse(label.Assistant, o.User); err == nil && user != id {
			users = append(users, user)
		}
	}
	return s.store.AliasCandidates(r.Context(), id, users)
}

// originRecords is how many of the newest messages are asked where they come from.
const originRecords = 10

// origins reads it from the messages themselves: what they say there is in no column.
func (s *Server) origins(r *http.Request, id string) ([]watson.Origin, error) {
	list, _, err := s.store.Records(r.Context(), db.RecordQuery{Subject: id, Kinds: []db.Kind{db.Message}, Limit: originRecords})
	if err != nil {
		return nil, err
	}
	kept, err := s.keepers(r, list)
	if err != nil {
		return nil, err
	}
	var out []watson.Origin
	for _, rec := range list {
		if kept[rec.Seq].Restriction > 0 {
			continue
		}
		whole, err := s.store.Record(r.Context(), rec.Seq)
		if err != nil {
			continue // erased a moment ago, or damaged: its own page says so
		}
		if o := watson.OriginOf(whole.Body); !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	return out, nil
}

// through says which integration an ID comes from: by its prefix, or for the web chat, which has none, by its messages.
func through(id string, origins []watson.Origin) lang.Word {
	parsed, err := label.Parse(label.Assistant, id)
	if err != nil {
		return ""
	}
	if integration, _ := label.Prefix(parsed); integration != "" {
		return fromBelow(label.Explain(integration))
	}
	for _, o := range origins {
		if o.Channel == watson.WebChat || o.Channel == watson.Preview {
			return "The web chat: it copies the application's user_id into the customer ID, without a prefix."
		}
	}
	for _, o := range origins {
		if o.User == id {
			return "Probably the web chat: its messages have the same user_id, which the web chat copies into the customer ID without a prefix."
		}
	}
	return ""
}

// confirmAlias joins an ID with another that was proposed, as the person who asks confirms.
func (s *Server) confirmAlias(r *http.Request) (string, error) {
	sub, err := s.store.Subject(r.Context(), db.Ref(r.PathValue("ref")))
	if err != nil {
		return "", err
	}
	origins, err := s.origins(r, sub.ID)
	if err != nil {
		return "", err
	}
	list, err := s.candidates(r, sub.ID, origins)
	if err != nil {
		return "", err
	}
	other := db.Ref(text(r, "other"))
	i := slices.IndexFunc(list, func(c db.Candidate) bool { return c.Ref == other })
	if i < 0 {
		return "", db.ErrMoved // it is joined already, or nothing speaks for it any more
	}
	if err := s.store.JoinAlias(r.Context(), who(r).Actor(), sub.Ref, other, list[i].Evidence); err != nil {
		return "", err
	}
	notify(r, "ok", "Confirmed: one person. Their records stand together, and an erasure that is proposed covers all of their IDs.")
	return subjectHref(sub.Ref), nil
}

// undoAlias takes an ID from its others again.
func (s *Server) undoAlias(r *http.Request) (string, error) {
	sub, err := s.store.Subject(r.Context(), db.Ref(r.PathValue("ref")))
	if err != nil {
		return "", err
	}
	aliases, err := s.store.Aliases(r.Context(), sub.ID)
	if err != nil {
		return "", err
	}
	other := db.Ref(text(r, "other"))
	if !slices.ContainsFunc(aliases, func(a db.Alias) bool { return a.Ref == other }) {
		return "", db.ErrMoved
	}
	if err := s.store.UndoAlias(r.Context(), who(r).Actor(), other); err != nil {
		return "", err
	}
	notify(r, "ok", "Undone: the ID stands by itself again.")
	return subjectHref(sub.Ref), nil
}
