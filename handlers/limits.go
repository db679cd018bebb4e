package handlers

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/erasure"
	"quittance/db/ticket"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// limitText is how a limit of the house reads; per is how many of what is stored make one of what is shown.
type limitText struct {
	label, unit, hint lang.Word
	per               int64
	words             func(int64) lang.Word
}

var limitTexts = map[string]limitText{
	db.LimitWindow: {"Cancel window", "minutes", "How long an approved erasure can be withdrawn before a batch takes it. Longer is tighter.", 60,
		func(n int64) lang.Word { return lang.Lasting(time.Duration(n) * time.Second) }},
	db.LimitShare: {"Largest batch, by share", "per cent of all records", "Above it the batch pauses before it erases anything, and a second person decides. Lower is tighter.", 1,
		func(n int64) lang.Word { return lang.Said("{n} % of all records", "n", n) }},
	db.LimitTimes: {"Largest batch, by what is usual", "times the median of the last 30 batches", "Likewise: whichever is reached first.", 1,
		func(n int64) lang.Word {
			return lang.Counted(n, "1 time the median of the last 30 batches", "{n} times the median of the last 30 batches")
		}},
	db.LimitFloor: {"Always allowed", "records", "Both limits begin above this, or in a small store every customer would be too much.", 1,
		func(n int64) lang.Word { return lang.Counted(n, "1 record", "{n} records") }},
	db.LimitCases: {"Case files", "months after the end of a ticket", "Then they are listed for review; two officers decide what is destroyed. Longer is tighter. Under the CCPA they are kept for 24 months in any case (11 CCR 7101).", 1,
		func(n int64) lang.Word {
			return lang.Said("{months} after the end of a ticket", "months", monthWords(n))
		}},
	db.LimitPause: {"Tickets under the EU GDPR", "while the person is asked", "Who they are, or what they mean (EDPB Guidelines 01/2022, section 5.3; authorities differ). That it runs on is tighter, and the other date is shown on each ticket.", 1,
		func(n int64) lang.Word {
			if n == 1 {
				return "The clock stands while the person is asked"
			}
			return "The clock runs on while the person is asked"
		}},
}

func init() {
	for _, r := range ticket.Rights {
		limitTexts[db.LimitCasesOf(r)] = limitText{lang.Said("Case files: {rightname}", "rightname", rightName(r)), "months after the end of a ticket", "Empty: as for all rights.", 1, func(n int64) lang.Word {
			if n == 0 {
				return "As for all rights"
			}
			return lang.Said("{months} after the end of a ticket", "months", monthWords(n))
		}}
	}
}

// policies are those of the whole house.
func (s *Server) policies(r *http.Request) (templ.Component, error) { return s.limitsPage(r) }

func (s *Server) limitsPage(r *http.Request) (views.Limits, error) {
	all, err := s.store.Limits(r.Context())
	v, now := views.Limits{Manage: who(r).May(auth.Policies), Desk: who(r).May(auth.Tickets)}, s.store.Now()
	for _, l := range all {
		t := limitTexts[l.Name]
		row := views.LimitRow{Name: l.Name, Label: t.label, Hint: t.hint, Unit: t.unit, Now: t.words(l.At(now)), Value: fieldOf(l, l.At(now))}
		if l.Waits(now) {
			row.Next, row.From, row.Value = t.words(l.Next), moment(r, l.From), fieldOf(l, l.Next)
		}
		if row.Right = follows(l.Name); row.Right {
			row.Unset = l.At(now) == 0 && !l.Waits(now)
		}
		if _, most, _ := db.LimitBounds(l.Name); most == 1 { // yes or no
			row.Options = []views.Option{{Value: "0", Label: t.words(0)}, {Value: "1", Label: t.words(1)}}
		}
		v.Rows = append(v.Rows, row)
	}
	return v, err
}

// fieldOf is what stands in the field of a limit.
func fieldOf(l db.Limit, n int64) string {
	if n == 0 && follows(l.Name) {
		return ""
	}
	return limitTexts[l.Name].shown(n)
}

// follows tells whether a limit may be left to the one that holds for all rights: its field may be empty, which is 0.
func follows(name string) bool { return strings.HasPrefix(name, db.LimitCases+"-") }

// shown is a number as it stands in the field.
func (t limitText) shown(n int64) string {
	return strconv.FormatFloat(float64(n)/float64(t.per), 'f', -1, 64)
}

// read is the reverse of shown.
func (t limitText) read(text string) (int64, bool) {
	f, err := strconv.ParseFloat(text, 64)
	n := math.Round(f * float64(t.per))
	return int64(n), err == nil && n >= 0 && n < 1e12 && (t.per > 1 || f == n)
}

// savePolicies chooses. Each limit is a change of its own; one that stands as it stood is left alone.
func (s *Server) savePolicies(r *http.Request) (string, error) {
	page, err := s.limitsPage(r)
	if err != nil {
		return "", err
	}
	chosen, bad := map[string]int64{}, false
	for i := range page.Rows {
		row := &page.Rows[i]
		typed := text(r, row.Name)
		if typed == row.Value || len(row.Options) > 0 && typed == "" {
			continue
		}
		n, ok := limitTexts[row.Name].read(typed)
		if typed == "" && follows(row.Name) {
			n, ok = 0, true
		}
		least, most, _ := db.LimitBounds(row.Name)
		if row.Name == db.LimitWindow { // within 24 hours of its acceptance an erasure has to run
			most = min(most, int64((erasure.Period-s.conf.BatchEvery)/time.Second)-1)
		}
		if !ok || n < least || n > most {
			t := limitTexts[row.Name]
			row.Error, bad = lang.Said("Give a number from {least} to {most}.", "least", t.shown(least), "most", t.shown(most)), true
		}
		row.Value, chosen[row.Name] = clipped(typed), n
	}
	if bad {
		return "", refused{page}
	}
	waits := false
	for _, row := range page.Rows {
		n, given := chosen[row.Name]
		if !given {
			continue
		}
		l, err := s.store.SetLimit(r.Context(), who(r).Actor(), row.Name, n)
		if err != nil {
			return "", err
		}
		waits = waits || l.Waits(s.store.Now())
	}
	notify(r, "ok", policyNotice(waits))
	return "/policies", nil
}

// clipped keeps what was typed within what the field takes.
func clipped(s string) string {
	r := []rune(strings.ToValidUTF8(s, ""))
	return string(r[:min(len(r), 12)])
}

// limitKVs are a limit before and after, of an audit entry.
func limitKVs(name string, before, after int64) []views.KV {
	t := limitTexts[name]
	return []views.KV{{Key: "Policy", Value: t.label}, {Key: "Before", Value: t.words(before)}, {Key: "After", Value: t.words(after)}}
}
