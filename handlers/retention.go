package handlers

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/audit"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// planWords are the plans as IBM calls them.
var planWords = map[string]lang.Word{"lite": "Lite", "trial": "Trial", "standard": "Standard", "plus": "Plus", "enterprise": "Enterprise", "premium": "Premium",
	"isolation": "Enterprise with Data Isolation"}

// retention lists what is kept how long, in all services.
func (s *Server) retention(r *http.Request) (templ.Component, error) {
	v := views.Retention{Next: lang.Said("What is past its retention is erased at night, through the recipe of an erasure.{nextnight}", "nextnight", s.nextNight(r)), CSV: who(r).May(auth.Export),
		Empty: views.Empty{Title: "No service yet", Detail: "What each service holds will stand here with how long it is kept."}}
	services, err := s.servicesByNumber(r)
	if err != nil {
		return nil, err
	}
	all, err := s.store.Retentions(r.Context(), 0)
	if err != nil {
		return nil, err
	}
	for _, rule := range all {
		row, err := s.retentionRow(r, rule)
		if err != nil {
			return nil, err
		}
		row.Service, row.Href = services[rule.Service].Name, serviceHref(rule.Service)+"#retention"
		v.Rows = append(v.Rows, row)
	}
	v.Last, v.LastHref, err = s.lastRetention(r)
	return v, err
}

func (s *Server) nextNight(r *http.Request) lang.Word {
	if s.conf.NextNight == nil {
		return ""
	}
	return lang.Said(" Next run: {text} or soon after.", "text", lang.Moment(moment(r, s.conf.NextNight(s.store.Now())).Text))
}

// lastRetention says how the newest run came out.
func (s *Server) lastRetention(r *http.Request) (words lang.Word, href string, err error) {
	b, err := s.store.LastExpiry(r.Context())
	if errors.Is(err, db.ErrNotFound) {
		return "Nothing was past its retention yet.", "", nil
	}
	if err != nil {
		return "", "", err
	}
	words = lang.Counted(b.Erased, "Last run: batch {number}, {text}, 1 record erased", "Last run: batch {number}, {text}, {n} records erased", "number", b.Number, "text", lang.Moment(moment(r, b.Started).Text))
	return words, batchHref(b.Number), nil
}

// keptWords say a number of days; 0 is none.
func keptWords(days int) lang.Word {
	if days == 0 {
		return "until it is erased"
	}
	return lang.Counted(int64(days), "1 day", "{n} days")
}

func (s *Server) retentionRow(r *http.Request, rule db.Retention) (views.RetentionRow, error) {
	now := s.store.Now()
	days := rule.At(now)
	row := views.RetentionRow{Number: int64(rule.Kind), Kind: kindWord(rule.Kind), Now: keptWords(days), On: days > 0}
	var err error
	if days > 0 {
		due, err := s.store.Due(r.Context(), rule.Service, rule.Kind, db.Before(now, days))
		if err != nil {
			return row, err
		}
		row.Due = dueNow(r, due)
	}
	if rule.Waiting(now) > 0 {
		row.Next, err = s.retentionNext(r, rule)
	}
	return row, err
}

func dueNow(r *http.Request, d db.Due) lang.Word {
	if d.Records == 0 {
		return "Nothing is due now."
	}
	return lang.Counted(d.Records, "1 record is due now, the oldest of {oldest}.", "{n} records are due now, the oldest of {oldest}.", "oldest", lang.Moment(dayOf(r, d.Oldest)))
}

// retentionNext is a shorter retention that waits, with what its first run will take of what is here now (law L7).
func (s *Server) retentionNext(r *http.Request, rule db.Retention) (*views.RetentionNext, error) {
	first := later(s.store.Now(), rule.From)
	due, err := s.store.Due(r.Context(), rule.Service, rule.Kind, db.Before(first, rule.Wanted))
	if err != nil {
		return nil, err
	}
	names := s.names(r)
	v := &views.RetentionNext{Days: rule.Wanted, Kept: keptWords(rule.Wanted), From: moment(r, rule.From), By: names.actor(rule.Proposer), Impact: firstRun(r, first, due)}
	switch {
	case rule.Approver != "":
		v.Second = names.actor(rule.Approver)
	case !who(r).May(auth.Retention):
	case rule.Proposer == who(r).Actor():
		v.Barred = "You chose this, so a second officer has to approve it."
	default:
		v.Confirm = views.Confirm{Words: lang.Said("keep {kept}", "kept", v.Kept), Button: lang.Said("Approve {kept}", "kept", v.Kept)}
	}
	return v, nil
}

func firstRun(r *http.Request, first time.Time, d db.Due) lang.Word {
	night := lang.Moment(moment(r, first).Text)
	if d.Records == 0 {
		return lang.Said("The first run, in the night after {text}, will erase nothing of what is here now.", "text", night)
	}
	return lang.Counted(d.Records, "The first run, in the night after {text}, will erase 1 record of those here now, the oldest of {oldest}. What a hold or a restriction keeps stays.",
		"The first run, in the night after {text}, will erase {n} records of those here now, the oldest of {oldest}. What a hold or a restriction keeps stays.", "text", night, "oldest", lang.Moment(dayOf(r, d.Oldest)))
}

// serviceRetention is the part of a service's page.
func (s *Server) serviceRetention(r *http.Request, svc db.Service) (views.ServiceRetention, error) {
	plan, err := s.store.Plan(r.Context(), svc.Number)
	if err != nil {
		return views.ServiceRetention{}, err
	}
	v := views.ServiceRetention{Choose: who(r).May(auth.Retention), Plan: planWords[plan]}
	all, err := s.store.Retentions(r.Context(), svc.Number)
	for _, rule := range all {
		row, err := s.retentionRow(r, rule)
		if err != nil {
			return v, err
		}
		offered := db.DefaultRetention(plan, rule.Kind)
		row.Days, row.Offer = fieldDays(rule, s.store.Now(), offered), offer(plan, offered, rule.Kind)
		v.Rows = append(v.Rows, row)
	}
	return v, err
}

// fieldDays is what stands in the field: what waits, else what holds, and where nobody has chosen yet what the plan offers.
func fieldDays(rule db.Retention, now time.Time, offered int) string {
	days := rule.At(now)
	if next := rule.Waiting(now); next > 0 {
		days = next
	}
	if !rule.Chosen {
		days = offered
	}
	if days == 0 {
		return ""
	}
	return strconv.Itoa(days)
}

// offer names the document behind a default. It speaks of an Assistant's logs; for what else was said no period is documented.
func offer(plan string, days int, kind db.Kind) lang.Word {
	if days == 0 {
		return ""
	}
	if kind == db.Message {
		return lang.Said("{plan}: {days} days, as IBM's documents say of an Assistant's logs (watson-assistant, “logs”).", "plan", planWords[plan], "days", days)
	}
	return lang.Said("{plan}: {days} days, as of an Assistant's logs; for this kind IBM documents no time.", "plan", planWords[plan], "days", days)
}

// submitRetention chooses for all kinds of a service. Each is a change of its own: longer holds at once, shorter waits.
func (s *Server) submitRetention(r *http.Request) (string, error) {
	page, err := s.servicePage(r)
	if err != nil {
		return "", err
	}
	rows := page.Retention.Rows
	if len(rows) == 0 {
		return "", db.ErrNotFound
	}
	days, ok := make([]int, len(rows)), true
	for i := range rows {
		name := "days-" + decimal(rows[i].Number)
		if rows[i].Days = text(r, name); !r.PostForm.Has(name) {
			rows[i].Error = "Say how many days."
		} else if days[i], err = readDays(rows[i].Days); err != nil {
			rows[i].Error = "Write a whole number of days from 1 to 36,500, or nothing."
		}
		ok = ok && rows[i].Error == ""
	}
	if !ok {
		return "", refused{page}
	}
	waits := false
	for i, row := range rows {
		set, err := s.store.SetRetention(r.Context(), who(r).Actor(), page.Number, db.Kind(row.Number), days[i])
		if err != nil {
			return "", err
		}
		waits = waits || set.Waiting(s.store.Now()) != 0
	}
	notify(r, "ok", retentionNotice(waits))
	return serviceHref(page.Number), nil
}

func retentionNotice(waits bool) lang.Word {
	if waits {
		return "Saved. What is shorter takes effect after 24 hours, once a second officer has approved it."
	}
	return "Saved, and in force."
}

func readDays(typed string) (int, error) {
	if typed == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(typed)
	if err != nil || n < 1 || n > db.MaxRetention {
		return 0, db.ErrRetention
	}
	return n, nil
}

// approveRetention is the second pair of eyes on a shorter retention (law L6); the words have to be typed.
func (s *Server) approveRetention(r *http.Request) (string, error) {
	page, err := s.servicePage(r)
	if err != nil {
		return "", err
	}
	kind, err := strconv.ParseInt(text(r, "kind"), 10, 64)
	if err != nil {
		return "", db.ErrNotFound
	}
	for _, row := range page.Retention.Rows {
		if row.Number != kind || row.Next == nil || row.Next.Words == "" {
			continue
		}
		typed := r.PostFormValue("confirm-" + decimal(kind))
		if !typedAs(r, typed, row.Next.Words) {
			row.Next.Typed, row.Next.Error = typed, mistyped(row.Next.Words)
			return "", refused{page}
		}
	}
	days, _ := strconv.Atoi(text(r, "days")) // what is no number is not what waits
	err = s.store.ApproveRetention(r.Context(), who(r).Actor(), page.Number, db.Kind(kind), days)
	if errors.Is(err, db.ErrLapsed) {
		err = problem{http.StatusConflict, "Something else was chosen meanwhile", "Read what waits now, then approve it."}
	}
	notify(r, "ok", "Approved. It takes effect when its 24 hours have passed.")
	return serviceHref(page.Number), err
}

// retentionKVs are the numbers of an audit entry about retention as facts.
func retentionKVs(counts map[string]int64) (out []views.KV, rest map[string]int64) {
	kind, about := counts[audit.CountKind]
	if !about {
		return nil, counts
	}
	rest = map[string]int64{}
	out = append(out, views.KV{Key: "Kind", Value: kindWord(db.Kind(kind))})
	for _, name := range sortedNames(counts) {
		switch name {
		case audit.CountKind:
		case audit.CountBefore, audit.CountAfter:
			out = append(out, views.KV{Key: map[string]lang.Word{audit.CountBefore: "Kept before", audit.CountAfter: "Kept after"}[name], Value: keptWords(int(counts[name]))})
		default:
			rest[name] = counts[name]
		}
	}
	return out, rest
}

// retentionExpiries are the facts of a batch that ran for retention.
func (s *Server) retentionExpiries(r *http.Request, batch int64, services map[int64]db.Service) ([]views.KV, error) {
	past, err := s.store.Expiries(r.Context(), batch)
	if err != nil {
		return nil, err
	}
	disposals, err := s.store.Disposals(r.Context(), batch)
	var out []views.KV
	for _, d := range disposals {
		out = append(out, views.KV{Key: "Case files", Value: lang.Said("{cases} whose time was over, as two officers decided", "cases", lang.Counted(d.Cases, "1 case file", "{n} case files")), Href: "/casefiles"})
	}
	for _, e := range past {
		words := lang.Said("{kind}, from before {text}", "kind", kindWord(e.Kind), "text", lang.Moment(moment(r, e.Before).Text))
		if e.Remaining > 0 {
			words += lang.Counted(e.Remaining, "; 1 record is kept by a hold or a restriction", "; {n} records are kept by a hold or a restriction")
		}
		out = append(out, views.KV{Key: lang.Raw(services[e.Service].Name), Value: words})
	}
	return out, err
}
