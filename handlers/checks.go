package handlers

import (
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/audit"
	"quittance/views"
	"quittance/views/lang"
)

// checkPatience is how long somebody who asks for a check waits for its answer before its page shows that it runs.
const checkPatience = 1500 * time.Millisecond

// verifyAudit begins a check of the whole trail, or of the entries that were asked for, and leads to its page. A small trail has its answer by then.
func (s *Server) verifyAudit(r *http.Request) (string, error) {
	first, last, err := s.checkRange(r)
	if err != nil {
		return "", err
	}
	number, done, err := s.store.StartCheck(r.Context(), who(r).Actor(), first, last)
	if err != nil {
		return "", err
	}
	wait := time.NewTimer(checkPatience)
	defer wait.Stop()
	select {
	case <-done:
	case <-wait.C:
	case <-r.Context().Done():
	}
	return checkHref(number), nil
}

func checkHref(number int64) string { return "/checks/" + decimal(number) }

// checkRange reads the numbers of a range; nothing is the whole trail.
func (s *Server) checkRange(r *http.Request) (first, last int64, err error) {
	from, to := text(r, "from"), text(r, "to")
	size, _, err := s.store.Head(r.Context())
	if err != nil {
		return 0, 0, err
	}
	page := views.Checks{From: from, To: to, Newest: size - 1}
	if first, page.FromErr = entryOf(from, 0, size); page.FromErr == "" {
		last, page.ToErr = entryOf(to, -1, size)
	}
	if page.FromErr == "" && page.ToErr == "" && last >= 0 && last < first {
		page.ToErr = "This entry lies before the first one."
	}
	if page.FromErr+page.ToErr == "" {
		return first, last, nil
	}
	list, err := s.checksPage(r)
	if err != nil {
		return 0, 0, err
	}
	page.Rows, page.Pager, page.Empty = list.Rows, list.Pager, list.Empty
	return 0, 0, refused{page}
}

func entryOf(digits string, otherwise, size int64) (int64, lang.Word) {
	if digits == "" {
		return otherwise, ""
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || n >= size {
		return 0, lang.Said("Write the number of an entry, 0 to {size}.", "size", decimal(size-1))
	}
	return n, ""
}

// checks lists who had the trail checked, and what that found.
func (s *Server) checks(r *http.Request) (templ.Component, error) { return s.checksPage(r) }

func (s *Server) checksPage(r *http.Request) (views.Checks, error) {
	v := views.Checks{Empty: views.Empty{Title: "Nobody has asked for a check yet", Detail: "The program checks the trail when it starts and each hour; what somebody asks for stands here."}}
	size, _, err := s.store.Head(r.Context())
	if err != nil {
		return v, err
	}
	v.Newest = size - 1
	list, err := s.store.Checks(r.Context(), before(r), pageRows+1)
	if err != nil {
		return v, err
	}
	more := len(list) > pageRows
	list = list[:min(len(list), pageRows)]
	for _, c := range list {
		v.Rows = append(v.Rows, s.checkRow(r, c))
	}
	v.Pager = listPager("/checks?", before(r), int64(len(list)), more, func() int64 { return list[len(list)-1].Number })
	return v, nil
}

func (s *Server) checkRow(r *http.Request, c db.TrailCheck) views.CheckRow {
	row := views.CheckRow{Number: c.Number, State: checkState(c), Range: lang.Said("{first} to {last}", "first", decimal(c.First), "last", decimal(c.Last)), Whole: c.Whole(), Started: moment(r, c.Started), By: s.names(r).actor(c.Actor)}
	if c.State == "done" {
		row.Took = c.Took.Round(time.Millisecond).String()
	}
	return row
}

func checkState(c db.TrailCheck) views.State {
	switch {
	case c.State == "running":
		return views.State{Tone: "run", Word: "Running"}
	case c.State == "broken":
		return views.State{Tone: "risk", Word: "Cut off"}
	case c.Findings == 0:
		return views.State{Tone: "ok", Icon: "shield-check", Word: "Everything holds"}
	}
	return views.State{Tone: "over", Icon: "alert-triangle", Word: lang.Counted(c.Findings, "1 finding", "{n} findings")}
}

// lastCheck is the newest check, for the page of the trail.
func (s *Server) lastCheck(r *http.Request) (*views.CheckRow, error) {
	list, err := s.store.Checks(r.Context(), 0, 1)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	row := s.checkRow(r, list[0])
	return &row, nil
}

// check shows one check with its answer.
func (s *Server) check(r *http.Request) (templ.Component, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return nil, err
	}
	c, err := s.store.Check(r.Context(), number)
	if err != nil {
		return nil, err
	}
	history, err := s.history(r, audit.ObjectOf(audit.KindCheck, number))
	if err != nil {
		return nil, err
	}
	v := views.Check{Number: number, Running: c.State == "running", State: checkState(c), History: history}
	v.Facts = []views.KV{{Key: "Asked for by", Value: s.names(r).actor(c.Actor)}, {Key: "Begun", Value: lang.Raw(moment(r, c.Started).Text)}, {Key: "Entries", Value: lang.Said("{first} to {last}", "first", decimal(c.First), "last", decimal(c.Last))},
		{Key: "Key of the log", Value: lang.Raw(c.Key), Mono: true, Copy: true}}
	if c.State == "done" {
		v.Answer = s.verification(r, c)
	}
	return v, nil
}

// verification puts what a check found into words.
func (s *Server) verification(r *http.Request, c db.TrailCheck) *views.Verification {
	v := &views.Verification{OK: c.Findings == 0, First: c.First, Last: c.Last, Head: c.Root, KeyName: keyName(c.Key), Took: c.Took.Round(time.Millisecond).String(),
		At: moment(r, c.Ended), Anchor: c.Answer.Anchor, Findings: rawly(c.Answer.Findings), Epochs: c.Answer.Epochs, By: s.names(r).actor(c.Actor), Whole: c.Whole(), Size: c.Size}
	if more := c.Findings - int64(len(v.Findings)); more > 0 {
		v.Findings = append(v.Findings, lang.Said("And {more}.", "more", lang.Counted(more, "1 more finding", "{n} more findings")))
	}
	return v
}

// rawly are lines that stand as they are in every language.
func rawly(lines []string) (out []lang.Word) {
	for _, l := range lines {
		out = append(out, lang.Raw(l))
	}
	return out
}
