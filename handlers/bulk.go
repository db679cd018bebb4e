package handlers

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/db/label"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

func bulkHref(number int64) string { return "/bulks/" + decimal(number) }

func (s *Server) newBulk(*http.Request) (templ.Component, error) { return views.NewBulk{}, nil }

// submitList keeps a list that was typed or uploaded, so that no address has to carry it (law L10).
func (s *Server) submitList(r *http.Request) (string, error) {
	v := views.NewBulk{Text: strings.ToValidUTF8(r.PostFormValue("ids"), "\ufffd"), CSV: r.PostFormValue("format") == "csv"}
	raw, err := listText(r)
	if err != nil {
		return "", err
	}
	l, err := label.ReadLines(raw, v.CSV)
	switch {
	case errors.Is(err, label.ErrLong):
		v.TextErr = "A list has at most 10,000 lines and 1 MiB. Split it."
	case err != nil:
		return "", err
	case len(l.Valid) == 0:
		v.TextErr = nothingValid(l)
	}
	if v.TextErr != "" {
		return "", refused{v}
	}
	token, err := s.store.KeepList(r.Context(), who(r).User.Number, raw, v.CSV, l.Valid)
	return listHref(token), err
}

// listText is the file if one came, else what was typed.
func listText(r *http.Request) (string, error) {
	f, _, err := r.FormFile("file")
	if err != nil { // none was chosen, or the form is no multipart
		return r.PostFormValue("ids"), nil
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, label.MaxListBytes+1))
	if len(raw) == 0 {
		return r.PostFormValue("ids"), err
	}
	return string(raw), err
}

// nothingValid says why a list has nothing to look at.
func nothingValid(l label.Lines) lang.Word {
	if len(l.Faults) == 0 {
		return "Type or upload at least one customer ID."
	}
	f := l.Faults[0]
	return lang.Said("No line is a customer ID. Line {number} {reason}.", "number", f.Number, "reason", fromBelow(f.Err.Reason))
}

// list shows what each line is, and what an erasure of all of them would take.
func (s *Server) list(r *http.Request) (templ.Component, error) { return s.listPage(r) }

func (s *Server) listPage(r *http.Request) (views.IDList, error) {
	v := views.IDList{Token: r.PathValue("token"), Call: true}
	l, err := s.store.List(r.Context(), who(r).User.Number, v.Token)
	if err != nil {
		return v, err
	}
	impact, err := s.store.ListImpact(r.Context(), l.Valid)
	if err != nil {
		return v, err
	}
	services, err := s.servicesByNumber(r)
	if err != nil {
		return v, err
	}
	v.Header, v.Linked = l.Header, int64(len(impact.Calls))
	v.Manifest = s.manifest(r, erasure.Manifest{Cutoff: impact.Cutoff, Taken: s.store.Now(), Go: impact.Go, Calls: impact.Calls}, services)
	for _, line := range l.Valid {
		if id := line.ID.String(); impact.Known[id] {
			v.Known++
		} else {
			v.Unknown = append(v.Unknown, id)
		}
	}
	v.Repeats, v.Faults = sortedOut(l)
	return v, nil
}

// proposeList proposes the erasure of all IDs of a list.
func (s *Server) proposeList(r *http.Request) (string, error) {
	v, err := s.listPage(r)
	if err != nil {
		return "", err
	}
	p := db.ListProposal{Ground: text(r, "reason"), Note: text(r, "note"), Linked: r.PostFormValue("linked") == "yes" && v.Linked > 0}
	v.Ground, v.Note, v.Call = p.Ground, p.Note, p.Linked
	if !slices.Contains(erasure.Grounds, p.Ground) {
		v.GroundErr = "Choose the ground on which the persons ask."
	}
	if len(p.Note) > noteLength {
		v.NoteErr = "Keep the note under 2,000 characters."
	}
	if v.Known == 0 && (!p.Linked || len(v.Unknown) == 0) {
		v.Error = "Nothing would be erased and nobody called: none of these IDs is known here."
	}
	if v.GroundErr+v.NoteErr+v.Error != "" {
		return "", refused{v}
	}
	number, err := s.store.ProposeList(r.Context(), who(r).User.Number, v.Token, p)
	if err != nil {
		return "", err
	}
	notify(r, "ok", "The list is proposed. A second person has to approve it.")
	return bulkHref(number), nil
}

func (s *Server) bulkOf(r *http.Request) (db.Bulk, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return db.Bulk{}, err
	}
	return s.store.Bulk(r.Context(), number)
}

// bulk is the page of a list that was proposed.
func (s *Server) bulk(r *http.Request) (templ.Component, error) {
	b, err := s.bulkOf(r)
	if err != nil {
		return nil, err
	}
	v, _, err := s.bulkPage(r, b)
	return v, err
}

// bulkWords say where a list stands.
var bulkWords = map[erasure.BulkState]views.State{
	erasure.BulkCollecting:  {Tone: "run", Word: "Being proposed"},
	erasure.BulkProposed:    stateWords[erasure.Proposed],
	erasure.BulkApproving:   {Tone: "run", Word: "Being approved"},
	erasure.BulkApproved:    {Tone: "ok", Word: "Approved"},
	erasure.BulkRefusing:    {Tone: "run", Word: "Being refused"},
	erasure.BulkRefused:     stateWords[erasure.Refused],
	erasure.BulkWithdrawing: {Tone: "run", Word: "Being withdrawn"},
	erasure.BulkWithdrawn:   stateWords[erasure.Withdrawn],
}

// bulkPage fills the page of a list. open says that something of it still moves.
func (s *Server) bulkPage(r *http.Request, b db.Bulk) (v views.Bulk, open bool, err error) {
	sums, err := s.store.BulkSums(r.Context(), b.Number)
	if err != nil {
		return v, false, err
	}
	services, err := s.servicesByNumber(r)
	if err != nil {
		return v, false, err
	}
	list, err := s.store.Erasures(r.Context(), db.ErasureQuery{Bulk: b.Number, Before: before(r), Limit: pageRows + 1})
	if err != nil {
		return v, false, err
	}
	history, err := s.history(r, audit.ObjectOf(audit.KindBulk, b.Number))
	if err != nil {
		return v, false, err
	}
	more := len(list) > pageRows
	list = list[:min(len(list), pageRows)]
	ended := sums.States[erasure.Done] + sums.States[erasure.Refused] + sums.States[erasure.Withdrawn]
	open = b.State.Moving() || ended < sums.Requests
	v = views.Bulk{Number: b.Number, State: bulkWords[b.State], Next: bulkNext(b, sums), Updated: s.store.Now().In(zoneOf(r)).Format("15:04:05"), Requests: sums.Requests,
		Segs: bulkSegs(sums), Rows: bulkRows(r, list), Facts: s.bulkFacts(r, b, sums), History: history,
		Manifest: s.manifest(r, erasure.Manifest{Cutoff: sums.Last, Taken: orNow(sums.Taken, s.store.Now()), Go: sums.Go, Calls: sortedKeys(sums.Calls)}, services)}
	v.Manifest.Tense = bulkTense(sums, open)
	v.Pager = listPager(bulkHref(b.Number)+"?", before(r), int64(len(list)), more, func() int64 { return list[len(list)-1].Number })
	v.Pager.Total = sums.Requests
	if open {
		v.Push = bulkHref(b.Number) + "/live"
	}
	if who(r).May(auth.Export) {
		v.CSV = bulkHref(b.Number) + "/csv"
	}
	s.offerBulk(r, b, sums, &v)
	return v, open, nil
}

func orNow(t, now time.Time) time.Time {
	if t.IsZero() {
		return now
	}
	return t
}

// offerBulk adds the forms that this person may send now.
func (s *Server) offerBulk(r *http.Request, b db.Bulk, sums db.BulkSums, v *views.Bulk) {
	id := who(r)
	v.Withdraw = b.State.May(erasure.BulkWithdrawing) && (id.May(auth.Approve) || id.May(auth.Propose) && id.Actor() == b.Proposer) &&
		sums.States[erasure.Proposed]+sums.States[erasure.Scheduled] > 0
	if b.State != erasure.BulkProposed {
		return
	}
	switch {
	case !id.May(auth.Approve):
		v.Barred = "A compliance officer decides on this."
	case id.Actor() == b.Proposer:
		v.Barred = "You proposed this, so a second officer has to decide on it."
	case sums.Waiting > 0:
		v.Approve = &views.Approval{Hash: sums.Hash, Records: sums.Records, Age: lang.Ago(s.store.Now().Sub(sums.Taken)),
			Confirm: views.Confirm{Words: eraseWordsIn(sums.Records, sums.Waiting), Button: lang.Counted(sums.Waiting, "Approve 1 erasure", "Approve {n} erasures")}}
		v.Refuse = &views.Refusal{}
	}
}

// bulkNext says in a sentence what happens next, or how it ended.
func bulkNext(b db.Bulk, sums db.BulkSums) lang.Word {
	switch b.State {
	case erasure.BulkCollecting:
		return lang.Counted(sums.Requests, "1 request is written so far. It goes on by itself, after a restart too.", "{n} requests are written so far. It goes on by itself, after a restart too.")
	case erasure.BulkProposed:
		words := lang.Word("Nothing is erased until a second person approves it.")
		if b.Skipped > 0 && !b.Decided.IsZero() {
			words = lang.Counted(b.Skipped, "1 request has changed since it was read and was left out of the last decision. Take a new cut-off on its page, then decide again.",
				"{n} requests have changed since they were read and were left out of the last decision. Take a new cut-off on the page of each, then decide again.")
		}
		return words
	case erasure.BulkApproved:
		if left := sums.Requests - sums.States[erasure.Done] - sums.States[erasure.Withdrawn] - sums.States[erasure.Refused]; left > 0 {
			return lang.Counted(left, "1 request has not ended yet.", "{n} requests have not ended yet.")
		}
		return "Every request has ended; each has its own receipt."
	case erasure.BulkRefused:
		return "Refused. Nothing was erased."
	case erasure.BulkWithdrawn:
		return "Withdrawn. Nothing was erased."
	}
	return "It was decided, and is carried out for one request after the other; after a restart too."
}

// bulkOrder is the order of states in the bar.
var bulkOrder = []erasure.State{erasure.Done, erasure.Verifying, erasure.Running, erasure.Partial, erasure.Scheduled, erasure.Proposed, erasure.Refused, erasure.Withdrawn}

func bulkSegs(sums db.BulkSums) (out []views.Seg) {
	for _, st := range bulkOrder {
		if n := sums.States[st]; n > 0 {
			out = append(out, views.Seg{Tone: stateWords[st].Tone, Label: stateWords[st].Word, Count: n})
		}
	}
	return out
}

func bulkRows(r *http.Request, list []db.Erasure) []views.BulkRow {
	out := make([]views.BulkRow, len(list))
	for i, e := range list {
		out[i] = views.BulkRow{Number: e.Number, Reference: e.Reference, Records: recordsOf(e), State: stateOf(e.State), Ended: moment(r, e.Ended)}
	}
	return out
}

func (s *Server) bulkFacts(r *http.Request, b db.Bulk, sums db.BulkSums) []views.KV {
	names := s.names(r)
	facts := []views.KV{{Key: "Ground", Value: groundWords(b.Ground)}, {Key: "Proposed by", Value: names.actor(b.Proposer)}}
	if b.Approver != "" {
		facts = append(facts, views.KV{Key: "Approved by", Value: names.actor(b.Approver)})
	}
	if b.Refusal != "" && b.State == erasure.BulkRefused {
		facts = append(facts, views.KV{Key: "Refused", Value: views.WordsOf(b.Refusal)})
	}
	if sums.First != sums.Last {
		facts = append(facts, views.KV{Key: "Cut-offs", Value: lang.Said("from record {first} to record {last}", "first", lang.Figure(sums.First), "last", lang.Figure(sums.Last))})
	}
	if b.Skipped > 0 && b.Decided.IsZero() {
		facts = append(facts, views.KV{Key: "Without a request", Value: lang.Counted(b.Skipped, "1 line: not known here", "{n} lines: not known here")})
	}
	return facts
}

// approveBulk approves all of a list that waits. The words have to be typed, and the hash is the one that stood on the page.
func (s *Server) approveBulk(r *http.Request) (string, error) {
	b, err := s.bulkOf(r)
	if err != nil {
		return "", err
	}
	v, _, err := s.bulkPage(r, b)
	if err != nil {
		return "", err
	}
	if v.Approve != nil && !typedAs(r, text(r, "confirm"), v.Approve.Confirm.Words) {
		v.Approve.Confirm.Typed = r.PostFormValue("confirm")
		v.Approve.Confirm.Error = mistyped(v.Approve.Confirm.Words)
		return "", refused{v}
	}
	if err := s.store.ApproveBulk(r.Context(), who(r).Actor(), b.Number, text(r, "hash")); err != nil {
		return "", err
	}
	notify(r, "ok", "Approved. The requests can be withdrawn until their cancel windows end.")
	return bulkHref(b.Number), nil
}

// refuseBulk says no to all of a list that waits.
func (s *Server) refuseBulk(r *http.Request) (string, error) {
	b, err := s.bulkOf(r)
	if err != nil {
		return "", err
	}
	v, _, err := s.bulkPage(r, b)
	if err != nil {
		return "", err
	}
	if v.Refuse == nil {
		return "", s.bulkNotNow(r, b)
	}
	told := readRefusal(r, v.Refuse)
	if v.Refuse.Open {
		return "", refused{v}
	}
	if err := s.store.RefuseBulk(r.Context(), who(r).Actor(), b.Number, v.Refuse.Ground, told); err != nil {
		return "", err
	}
	notify(r, "", "Refused. Tell each person within one month of their request (Art. 12(4)).")
	return bulkHref(b.Number), nil
}

func (s *Server) bulkNotNow(r *http.Request, b db.Bulk) error {
	if b.State == erasure.BulkProposed && b.Proposer == who(r).Actor() {
		return db.ErrFourEyes
	}
	return db.ErrMoved
}

// withdrawBulk takes a list back: whoever proposed it, or an officer.
func (s *Server) withdrawBulk(r *http.Request) (string, error) {
	b, err := s.bulkOf(r)
	if err != nil {
		return "", err
	}
	if !mayWithdraw(who(r), db.Erasure{Proposer: b.Proposer}) {
		return "", problem{http.StatusForbidden, "This is not yours to withdraw", "Whoever proposed a list, or an officer, can withdraw it."}
	}
	if err := s.store.WithdrawBulk(r.Context(), who(r).Actor(), b.Number); err != nil {
		return "", err
	}
	notify(r, "", "Withdrawn. What does not run yet will not run.")
	return bulkHref(b.Number), nil
}

// bulkLive pushes the moving part of a list's page as its steps are carried out, and as batches work.
func (s *Server) bulkLive(w http.ResponseWriter, r *http.Request) {
	b, err := s.bulkOf(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	batches, err := s.store.Batches(r.Context(), 0, 1)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	var newest int64
	for _, v := range batches {
		newest = v.Number
	}
	objects := []string{string(audit.ObjectOf(audit.KindBulk, b.Number)), string(audit.ObjectOf(audit.KindBatch, cmp.Or(newest, 1))), string(audit.ObjectOf(audit.KindBatch, newest+1))}
	s.push(w, r, objects, func() (templ.Component, bool, error) {
		now, err := s.store.Bulk(r.Context(), b.Number)
		if err != nil {
			return nil, false, err
		}
		v, open, err := s.bulkPage(r, now)
		return v.Live(), !open, err
	})
}

// bulkCSV streams the requests of a list by their references; it is written down before the first line leaves.
func (s *Server) bulkCSV(w http.ResponseWriter, r *http.Request) {
	b, err := s.bulkOf(r)
	if err == nil {
		err = s.store.Note(r.Context(), who(r).Actor(), audit.BulkExported, audit.ObjectOf(audit.KindBulk, b.Number), nil)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	out := newCSV(w, "list-"+decimal(b.Number)+".csv")
	out.Row("erasure", "reference", "state", "records", "proposed (UTC)", "ended (UTC)")
	q := db.ErasureQuery{Bulk: b.Number, Limit: 500}
	for {
		page, err := s.store.Erasures(r.Context(), q)
		if err != nil {
			s.cutShort(r, err, "a CSV of a list")
		}
		for _, e := range page {
			out.Row(decimal(e.Number), e.Reference, string(e.State), decimal(recordsOf(e)), stampOf(e.Proposed), stampOf(e.Ended))
		}
		if len(page) < q.Limit {
			break
		}
		q.Before = page[len(page)-1].Number
	}
	out.Flush()
}

// bulkTense is what a list's manifest speaks of: what is to come, what was done, or what was never done because every request was turned down.
func bulkTense(sums db.BulkSums, open bool) views.Tense {
	switch {
	case open:
		return views.Planned
	case sums.States[erasure.Done] == 0:
		return views.Never
	}
	return views.Past
}
