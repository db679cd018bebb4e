package handlers

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/ticket"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// caseRows is how many case files are reviewed on one page.
const caseRows = 100

// caseFiles are the case files whose time is over, and what was decided.
func (s *Server) caseFiles(r *http.Request) (templ.Component, error) { return s.casesPage(r) }

func (s *Server) casesPage(r *http.Request) (v views.CaseFiles, err error) {
	if v.Kept, err = s.caseMonths(r); err != nil {
		return v, err
	}
	v.Manage = who(r).May(auth.Retention)
	due, err := s.store.CaseFiles(r.Context(), 0, caseRows+1)
	if err != nil {
		return v, err
	}
	v.More, due = len(due) > caseRows, due[:min(len(due), caseRows)]
	for _, c := range due {
		k := c.Ticket
		v.Rows = append(v.Rows, views.CaseRow{Number: k.Number, Name: rightName(k.Right), Ended: lang.Said("{word} {ended}", "word", ticketStates[k.State].Word, "ended", lang.Moment(dayOf(r, k.Ended))), Law: views.CodeWords(views.Regimes, k.Regime), Kept: keptBy(c), Held: c.Held})
	}
	return v, s.disposalRows(r, &v)
}

// keptBy says for how long a case file was kept, and by which schedule.
func keptBy(c db.CaseFile) lang.Word {
	why, ok := scheduleWords[c.Schedule]
	if !ok {
		return ""
	}
	return lang.Said("kept for {months}, {why}", "months", monthWords(c.Months), "why", why)
}

// scheduleWords say by which schedule a case file is kept.
var scheduleWords = map[string]lang.Word{db.ScheduleAll: "as for all rights", db.ScheduleRight: "as for this right", db.ScheduleCCPA: "11 CCR 7101"}

// caseMonths says how long case files are kept.
func (s *Server) caseMonths(r *http.Request) (lang.Word, error) {
	all, err := s.store.Limits(r.Context())
	var house int64
	var own []lang.Word
	for _, l := range all {
		switch n := l.At(s.store.Now()); {
		case l.Name == db.LimitCases:
			house = n
		case follows(l.Name) && n != 0:
			own = append(own, lang.Said("{months} for {right}", "months", monthWords(n), "right", rightName(ticket.Right(strings.TrimPrefix(l.Name, db.LimitCases+"-")))))
		}
	}
	words := lang.Said("{house} after its end", "house", monthWords(house))
	if len(own) > 0 {
		words = lang.Said("{house} after its end ({own})", "house", monthWords(house), "own", lang.Listed(own))
	}
	if db.CaseMonths(ticket.CCPA, house) != house || len(own) > 0 {
		words += lang.Said(", and under the CCPA for {casemonthsccpa} at least (11 CCR 7101)", "casemonthsccpa", monthWords(db.CaseMonthsCCPA))
	}
	return words, err
}

func monthWords(n int64) lang.Word { return lang.Counted(n, "1 month", "{n} months") }

func (s *Server) disposalRows(r *http.Request, v *views.CaseFiles) error {
	all, err := s.store.Disposals(r.Context(), 0)
	names := s.names(r)
	for _, d := range all {
		row := views.DisposalRow{Number: d.Number, Cases: d.Cases, Name: lang.Counted(d.Cases, "1 case file", "{n} case files"), State: disposalState(d),
			Subs: []lang.Word{lang.Said("Proposed by {proposer}, {text}", "proposer", names.actor(d.Proposer), "text", lang.Moment(moment(r, d.Proposed).Text))}}
		if !d.Approved.IsZero() {
			row.Subs = append(row.Subs, lang.Said("Approved by {approver}, {text}", "approver", names.actor(d.Approver), "text", lang.Moment(moment(r, d.Approved).Text)))
		}
		if !d.Ended.IsZero() && d.Held > 0 {
			row.Subs = append(row.Subs, lang.Counted(d.Held, "1 is kept by a hold or a restriction, and listed again", "{n} are kept by a hold or a restriction, and listed again"))
		}
		open := d.Withdrawn.IsZero() && d.Ended.IsZero() && d.Batch == 0
		row.Withdraw = open && v.Manage
		row.Approve = v.Manage && disposalWaits(d) && d.Proposer != who(r).Actor()
		if open {
			cases, err := s.store.CaseFiles(r.Context(), d.Number, caseRows)
			if err != nil {
				return err
			}
			by := map[lang.Word]int64{}
			for _, c := range cases {
				row.Tickets = append(row.Tickets, c.Ticket.Number)
				by[keptBy(c)]++
			}
			for _, kept := range slices.Sorted(maps.Keys(by)) {
				if kept != "" {
					row.Subs = append(row.Subs, lang.Said("{by} {kept}", "by", lang.Counted(by[kept], "1 case file", "{n} case files"), "kept", kept))
				}
			}
		}
		v.Disposals = append(v.Disposals, row)
	}
	return err
}

// disposalWaits tells whether a destruction was proposed and nothing has become of that yet.
func disposalWaits(d db.Disposal) bool {
	return d.Approved.IsZero() && d.Withdrawn.IsZero() && d.Ended.IsZero() && d.Batch == 0
}

func disposalState(d db.Disposal) views.State {
	switch {
	case !d.Withdrawn.IsZero():
		return views.State{Tone: "erased", Icon: "circle-minus", Word: "Not destroyed"}
	case !d.Ended.IsZero():
		return views.State{Tone: "ok", Word: "Destroyed"}
	case d.Batch != 0:
		return views.State{Tone: "run", Word: "Running"}
	case !d.Approved.IsZero():
		return views.State{Tone: "wait", Word: "Runs tonight"}
	}
	return views.State{Tone: "wait", Word: "Waits for a second officer"}
}

// proposeDisposal proposes the destruction of what was ticked.
func (s *Server) proposeDisposal(r *http.Request) (string, error) {
	page, err := s.casesPage(r)
	if err != nil {
		return "", err
	}
	var chosen []int64
	for i := range page.Rows {
		row := &page.Rows[i]
		row.Chosen = slices.Contains(r.PostForm["ticket"], decimal(row.Number))
		if row.Chosen && !row.Held {
			chosen = append(chosen, row.Number)
		}
	}
	if len(chosen) == 0 {
		page.Error = "Choose at least one case file."
		return "", refused{page}
	}
	_, err = s.store.ProposeDisposal(r.Context(), who(r).Actor(), chosen)
	if errors.Is(err, db.ErrCases) {
		err = db.ErrMoved
	}
	notify(r, "ok", "Proposed. Nothing is destroyed until another officer has approved it.")
	return "/casefiles", err
}

// approveDisposal is the second pair of eyes.
func (s *Server) approveDisposal(r *http.Request) (string, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return "", err
	}
	err = s.store.ApproveDisposal(r.Context(), who(r).Actor(), number, numberOr(text(r, "cases"), -1))
	if errors.Is(err, db.ErrLapsed) {
		err = problem{http.StatusConflict, "It is about other case files now", "One of them was taken up again. Look at the list anew, then approve it."}
	}
	notify(r, "ok", "Approved. The next night destroys them; until then it can be taken back.")
	return "/casefiles", err
}

func (s *Server) withdrawDisposal(r *http.Request) (string, error) {
	number, err := pathNumber(r, "number")
	if err == nil {
		err = s.store.WithdrawDisposal(r.Context(), who(r).Actor(), number)
	}
	notify(r, "ok", "Nothing of it is destroyed. They are listed again.")
	return "/casefiles", err
}
