package handlers

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/audit"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// wantsLater tells that an export was asked for in the background.
func wantsLater(r *http.Request) bool { return text(r, "later") != "" }

func exportHref(number int64) string { return "/exports/" + decimal(number) }

// inBackground begins an export and leads to its page.
func (s *Server) inBackground(w http.ResponseWriter, r *http.Request, n db.NewExport, write writeExport) {
	number, err := s.beginExport(r, n, write)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	http.Redirect(w, r, exportHref(number), http.StatusSeeOther)
}

func (s *Server) beginExport(r *http.Request, n db.NewExport, write writeExport) (int64, error) {
	if s.conf.Exports == nil {
		return 0, problem{http.StatusServiceUnavailable, "No file is made in the background here", "Have it sent at once."}
	}
	number, err := s.conf.Exports.take(r, n, write)
	if errors.Is(err, db.ErrExporting) {
		if own, failed := s.store.ExportInHand(r.Context(), who(r).User.Number); failed == nil && own != 0 {
			return 0, pointed{problemOf(err), exportHref(own), "To this export"}
		}
	}
	return number, err
}

// exportState is how an export of the list stands.
func exportState(state db.ExportState) views.State {
	if state == "" {
		return views.State{Icon: "file-export", Word: "Made"}
	}
	return views.ExportStates[string(state)]
}

// exportBar is how much of what is to be looked at was looked at, where that is known; of what is whole there is nothing to show.
func exportBar(state db.ExportState, total, done int64) []views.Seg {
	if total == 0 || state != db.ExportMaking {
		return nil
	}
	return []views.Seg{{Tone: "run", Label: "Gone through", Count: min(done, total)}, {Tone: "wait", Label: "Waiting", Count: max(total-done, 0)}}
}

// exportOf shows one export that is or was made in the background.
func (s *Server) exportOf(r *http.Request) (templ.Component, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return nil, err
	}
	return s.exportPage(r, number)
}

func (s *Server) exportPage(r *http.Request, number int64) (views.Export, error) {
	j, err := s.store.ExportJob(r.Context(), number)
	if err != nil {
		return views.Export{}, err
	}
	history, err := s.history(r, audit.ObjectOf(audit.KindExport, number))
	if err != nil {
		return views.Export{}, err
	}
	now, own := s.store.Now(), j.User == who(r).User.Number
	if j.State == db.ExportReady && !now.Before(j.Until()) {
		j.State = db.ExportExpired // the desk drops it within seconds
	}
	v := views.Export{Number: number, What: exportedWhat(j.Export), State: exportState(j.State), Sentence: exportSentence(r, j), Lead: exportLead(j), Detail: exportDetail(j, now),
		Bar: exportBar(j.State, j.Total, j.Done), Updated: now.In(zoneOf(r)).Format("15:04:05"), History: history, Facts: exportFacts(r, j, s.names(r).actor(exporter(j.Export)))}
	if j.State == db.ExportMaking {
		v.Push = exportHref(number) + "/live"
	}
	v.Cancel, v.Fetch = own && j.State == db.ExportMaking, own && j.State == db.ExportReady && mayTake(r, j)
	v.Others = !own && j.State == db.ExportReady
	if own && j.State != db.ExportMaking && j.State != db.ExportReady {
		v.AgainHref = againHref(r, j)
		v.AgainTable = j.What == db.ExportTable
	}
	return v, nil
}

// againHref is the form that an export is asked for with, filled in as it was. That of a customer ID's records stands on the page of a search, of which
// nothing is kept.
func againHref(r *http.Request, j db.ExportJob) string {
	switch {
	case j.What == db.ExportRecords:
		return "/search"
	case j.What == db.ExportTable:
		return tableAgain(j)
	case j.About > 0: // the sample that a pack is of
		return "/samples/" + decimal(j.About)
	}
	q := url.Values{"what": {j.What}, "format": {j.Format}}
	if !j.From.IsZero() {
		q.Set("from", j.From.In(zoneOf(r)).Format(time.DateOnly))
	}
	if !j.To.IsZero() { // the day before it is the last one
		q.Set("to", j.To.In(zoneOf(r)).AddDate(0, 0, -1).Format(time.DateOnly))
	}
	return "/exports?" + q.Encode()
}

// mayTake tells whether this person may have what stands in the file: roles may have changed since they asked for it.
func mayTake(r *http.Request, j db.ExportJob) bool {
	if j.What == db.ExportTable {
		return who(r).May(tableNumbered(j.About).needs)
	}
	return who(r).May(auth.ExportRecords) || j.What != db.ExportRecords && j.What != db.ExportImprovement
}

// exportSentences say what a state means for whoever comes back.
var exportSentences = map[db.ExportState]lang.Word{
	db.ExportMaking:    "It goes on by itself. You can leave this page and come back.",
	db.ExportCancelled: "It was cancelled, and nothing of its file is left.",
	db.ExportDiscarded: "Its file was discarded, and nothing of it is left.",
	db.ExportCut:       "It was cut short by a stop of the program: nobody can read what was left of its file. Have it made again.",
	db.ExportFailed:    "It could not be made to its end, and nothing of its file is left. The log of the program says why.",
	db.ExportExpired:   "Its file lay here for an hour and is gone. Have it made again if it is still needed.",
}

// exportCauses say why an export was dropped or failed.
var exportCauses = map[string]lang.Word{
	db.WhyBatch:    "A batch began. It may erase records that stand in the file, so the file was dropped at once. Have it made again when the batch has ended.",
	db.WhyKept:     "A hold or a restriction was placed. It may keep records that stand in the file, so the file was dropped at once. Have it made again: what is restricted is left out.",
	db.WhyReplaced: "An application replaced or deleted something that may stand in the file, so the file was dropped at once. Have it made again.",
	db.WhyRoom:     "Too little of the disk was free, so nothing of its file is kept. An administrator has to make room before it is made again.",
	db.WhyLarge:    "Its file would have become larger than 2 GiB. Have less exported, or have it sent at once.",
}

func exportSentence(r *http.Request, j db.ExportJob) lang.Word {
	if j.State == db.ExportReady {
		return lang.Said("The file is whole. It lies here encrypted until {when}, and only whoever asked for it can fetch it.", "when", lang.Moment(moment(r, j.Until()).Text))
	}
	if cause := exportCauses[j.Why]; cause != "" {
		return cause
	}
	return exportSentences[j.State]
}

func exportLead(j db.ExportJob) lang.Word {
	switch {
	case j.State == db.ExportReady:
		return lang.Size(j.Bytes)
	case j.Done > 0:
		return lang.Counted(j.Done, "1 row gone through", "{n} rows gone through")
	case j.State == db.ExportMaking:
		return "It has begun"
	}
	return "No file"
}

// exportDetail is the rate of an export and how long the rest will take.
func exportDetail(j db.ExportJob, now time.Time) lang.Word {
	if j.State == db.ExportReady {
		return lang.Said("In {span}.", "span", took(j.Ended.Sub(j.Made)))
	}
	if j.State != db.ExportMaking {
		return ""
	}
	passed := now.Sub(j.Made).Seconds()
	if j.Done <= 0 || passed <= 0 {
		return "Reading the first rows."
	}
	rate := int64(float64(j.Done) / passed)
	if j.Total == 0 {
		return lang.Said("{rate} rows a second.", "rate", rate)
	}
	return lang.Said("{rate} rows a second; about {left} left.", "rate", rate, "left", lang.Lasting(restTakes(j.Total-j.Done, j.Done, passed)))
}

// plainQuery is a filter as people read it.
func plainQuery(filter string) string {
	plain, err := url.QueryUnescape(filter)
	if err != nil { // which Encode never writes
		return filter
	}
	return plain
}

func exportFacts(r *http.Request, j db.ExportJob, by lang.Word) []views.KV {
	out := []views.KV{{Key: "What", Value: exportedWhat(j.Export)}, {Key: "Format", Value: formatWords[j.Format]}, {Key: "By", Value: by}, {Key: "Started", Value: lang.Moment(moment(r, j.Made).Text)}}
	if j.Filter != "" {
		out = append(out, views.KV{Key: "Filters", Value: lang.Raw(strings.ReplaceAll(plainQuery(j.Filter), "&", ", ")), Mono: true})
	}
	if !j.Ended.IsZero() {
		out = append(out, views.KV{Key: "Ended", Value: lang.Moment(moment(r, j.Ended).Text)})
	}
	if !j.Gone.IsZero() {
		out = append(out, views.KV{Key: "File dropped", Value: lang.Moment(moment(r, j.Gone).Text)})
	}
	if len(j.Digest) > 0 {
		out = append(out, views.KV{Key: "Rows", Value: lang.Figure(j.Rows)}, views.KV{Key: "File", Value: lang.Size(j.Bytes)}, views.KV{Key: "Fetched", Value: lang.Counted(j.Fetches, "once", "{n} times")})
	}
	return out
}

// exportLive pushes the page of an export as it goes on.
func (s *Server) exportLive(w http.ResponseWriter, r *http.Request) {
	pushNumbered(s, w, r, audit.KindExport, s.store.ExportJob, func(number int64) (templ.Component, bool, error) {
		v, err := s.exportPage(r, number)
		return v.Live(), v.Push == "", err
	})
}

// exportsLive pushes the first page of the list.
func (s *Server) exportsLive(w http.ResponseWriter, r *http.Request) {
	s.pushWhen(w, r, ofKind(audit.KindExport), liveFrame, func() (templ.Component, bool, error) {
		v, err := s.exportsPage(r)
		return v.Live(), v.Push == "", err
	})
}

// fetchExport sends a file that was made. It is written down before its first byte leaves; a file that is dropped meanwhile ends as a cut connection.
func (s *Server) fetchExport(w http.ResponseWriter, r *http.Request) {
	j, made, err := s.fetchedExport(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	attach(w, mediaTypes[j.Format], exportName(j.Export))
	w.Header().Set("Content-Length", strconv.FormatInt(j.Bytes, 10))
	if _, err := io.Copy(w, io.NewSectionReader(made, 0, j.Bytes)); err != nil {
		s.cutShort(r, err, "the file of an export", "export", j.Number)
	}
}

func (s *Server) fetchedExport(r *http.Request) (j db.ExportJob, made *db.Made, err error) {
	number, err := pathNumber(r, "number")
	if err == nil {
		j, err = s.store.ExportJob(r.Context(), number)
	}
	if err != nil {
		return j, nil, err
	}
	if !mayTake(r, j) {
		return j, nil, barredFile(j)
	}
	var as []db.Noted
	if j.What == db.ExportTable {
		as = append(as, tableNumbered(j.About).noted())
	}
	j, made, err = s.store.FetchExport(r.Context(), who(r).User.Number, number, as...)
	if errors.Is(err, db.ErrFileGone) {
		err = pointed{problemOf(err), exportHref(number), "To this export"}
	}
	return j, made, err
}

// barredFile says why a file is kept from whoever asked for it: their role changed since.
func barredFile(j db.ExportJob) error {
	if j.What == db.ExportTable {
		return problem{http.StatusForbidden, "Your role does not allow this", "Whoever may not take this table along does not get its file either."}
	}
	return problem{http.StatusForbidden, "Your role does not allow this", "Only an officer exports what people said."}
}

// cancelExport cancels an export, or discards its file.
func (s *Server) cancelExport(r *http.Request) (string, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return "", err
	}
	err = s.store.CancelExport(r.Context(), who(r).User.Number, number)
	if err == nil && s.conf.Exports != nil {
		s.conf.Exports.drop(number)
	}
	return exportHref(number), err
}
