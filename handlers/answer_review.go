package handlers

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/answer"
	"quittance/db/mask"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// reviewed is how many records one page shows in clear.
const reviewed = 5

// reviewAnswer shows records in clear, after it was written down that somebody looks.
func (s *Server) reviewAnswer(r *http.Request) (templ.Component, error) {
	after, _ := strconv.ParseInt(text(r, "after"), 10, 64)
	return s.reviewPage(r, after)
}

func (s *Server) reviewPage(r *http.Request, after int64) (v views.AnswerReview, err error) {
	k, err := s.ticketOf(r)
	if err != nil {
		return v, err
	}
	a, err := s.store.TicketAnswer(r.Context(), k.Number)
	if err == nil && (!a.Ended.IsZero() || !a.Released.IsZero()) {
		err = db.ErrMoved
	}
	if err != nil {
		return v, err
	}
	if frozen, err := s.answerFrozen(r, k.Number); err != nil || frozen && !who(r).May(auth.Hold) {
		if err == nil {
			err = problem{http.StatusForbidden, frozenWords, "Its records are stored and nothing else. An officer may read them for the answer."}
		}
		return v, err
	}
	records, err := s.store.Review(r.Context(), a, after, reviewed+1)
	if err != nil {
		return v, err
	}
	v = views.AnswerReview{Ticket: k.Number, Reasons: reasonOptions(), Reason: "other-person"}
	if len(records) > reviewed {
		records = records[:reviewed]
		v.Next = records[reviewed-1].Number
	}
	if err := s.store.RevealAnswer(r.Context(), who(r).User.Number, who(r).Session, records); err != nil {
		return v, err
	}
	own, err := s.ownWords(r, k)
	for _, rec := range records {
		v.Records = append(v.Records, reviewRow(r, rec, own))
	}
	return v, err
}

// ownWords are those of the person: nobody proposes to leave them out.
func (s *Server) ownWords(r *http.Request, k db.Ticket) ([]string, error) {
	subjects, err := s.store.TicketSubjects(r.Context(), k.Number)
	own := append(strings.Fields(k.People.Person.Name), k.People.Person.Name, k.People.Person.Contact)
	for _, sub := range subjects {
		own = append(own, sub.ID)
	}
	return own, err
}

func reviewRow(r *http.Request, rec db.ReviewedRecord, own []string) views.ReviewRecord {
	row := views.ReviewRecord{Number: rec.Number, Title: lang.Said("Record {number}, {kind}, {text}", "number", decimal(rec.Number), "kind", answerKinds[rec.Kind], "text", lang.Moment(moment(r, rec.Time).Text))}
	if n := int64(len(rec.Others)); n > 0 {
		row.Others = lang.Counted(n, "It bears the customer ID of 1 other customer. The ID is left out in any case; look at what was said.",
			"It bears the customer IDs of {n} other customers. The IDs are left out in any case; look at what was said.")
	}
	seen := map[string]bool{}
	for _, f := range answer.Fields(rec.Data) {
		before := len(row.Proposals)
		for _, span := range mask.Find(f.Value) {
			words := f.Value[span.Start:span.End]
			if seen[words] || slices.ContainsFunc(own, func(o string) bool { return strings.EqualFold(o, words) }) {
				continue
			}
			seen[words] = true
			row.Proposals = append(row.Proposals, views.ReviewProposal{Value: decimal(rec.Number) + ":" + words, Words: words, Kind: string(span.Kind)})
		}
		if field := (views.ReviewField{Path: f.Path, Value: f.Value}); len(row.Proposals) > before || speaks(f.Path, f.Value) {
			row.Fields = append(row.Fields, field)
		} else {
			row.Marks = append(row.Marks, field)
		}
	}
	return row
}

// speaks tells a field in which somebody may have said something from one that only a machine reads: the latter are folded away, where a
// reviewer with a hundred of them can still look.
func speaks(path, value string) bool {
	return strings.HasSuffix(path, "/text") || strings.Contains(strings.TrimSpace(value), " ")
}

// redactAnswer leaves out what was ticked and typed. "7:words" are words of record 7, "7@/path" is a field of it, "7:" the whole.
func (s *Server) redactAnswer(r *http.Request) (string, error) {
	n, err := pathNumber(r, "number")
	if err != nil {
		return "", err
	}
	reason := text(r, "reason")
	var all []answer.Redaction
	for _, what := range r.PostForm["what"] {
		all = append(all, redactionOf(what, reason))
	}
	if words := text(r, "words"); words != "" {
		all = append(all, answer.Redaction{Words: words, Reason: reason})
	}
	if len(all) == 0 {
		all = []answer.Redaction{{}} // which is refused
	}
	err = s.store.Redact(r.Context(), who(r).Actor(), n, all...)
	if wrong := said(err, db.ErrRedaction); wrong != "" {
		return "", s.refuseRedaction(r, wrong)
	}
	return accessHref(n, ""), err
}

func (s *Server) refuseRedaction(r *http.Request, wrong lang.Word) error {
	v, err := s.reviewPage(r, 0)
	if err != nil {
		return err
	}
	v.Error, v.Reason = wrong, text(r, "reason")
	if v.Typed = text(r, "words"); len(v.Typed) > db.MaxRedacted {
		v.Typed = strings.ToValidUTF8(v.Typed[:db.MaxRedacted], "")
	}
	return refused{v}
}

func redactionOf(what, reason string) answer.Redaction {
	i := strings.IndexAny(what, ":@")
	if i < 0 {
		return answer.Redaction{}
	}
	n, err := strconv.ParseInt(what[:i], 10, 64)
	if err != nil || n <= 0 {
		return answer.Redaction{}
	}
	if what[i] == '@' {
		return answer.Redaction{Record: n, Field: what[i+1:], Reason: reason}
	}
	return answer.Redaction{Record: n, Words: what[i+1:], Reason: reason}
}

func (s *Server) unredactAnswer(r *http.Request) (string, error) {
	n, err := pathNumber(r, "number")
	if err != nil {
		return "", err
	}
	redaction, err := pathNumber(r, "redaction")
	if err != nil {
		return "", err
	}
	return accessHref(n, ""), s.store.Unredact(r.Context(), who(r).Actor(), n, redaction)
}
