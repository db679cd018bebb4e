package handlers

import (
	"net/http"
	"time"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/label"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// faultRows is how many refused lines a page lists.
const faultRows = 20

// imports lists the imports and holds the form for one more.
func (s *Server) imports(r *http.Request) (templ.Component, error) { return s.importsPage(r) }

func (s *Server) importsPage(r *http.Request) (views.Imports, error) {
	v := views.Imports{Empty: views.Empty{Title: "Nothing was imported yet", Detail: "An administrator sends an export of logs here, or takes one in by the command line; it will stand here while it runs and afterwards."}}
	list, err := s.store.Imports(r.Context(), before(r), pageRows+1)
	if err != nil {
		return v, err
	}
	services, err := s.servicesByNumber(r)
	if err != nil {
		return v, err
	}
	more := len(list) > pageRows
	list = list[:min(len(list), pageRows)]
	names := s.names(r)
	for _, m := range list {
		v.Rows = append(v.Rows, views.ImportRow{Number: m.Number, Service: services[m.Service].Name, State: views.ImportStates[string(m.State)], Bar: importBar(m), Stored: m.Stored,
			Refused: m.Rejected, Started: moment(r, m.Started), By: names.actor(m.Actor)})
		if m.State == db.ImportRunning && before(r) == 0 {
			v.Push = "/imports/live"
		}
	}
	v.Pager = listPager("/imports?", before(r), int64(len(list)), more, func() int64 { return list[len(list)-1].Number })
	if who(r).May(auth.Services) {
		v.Form = s.importForm(services)
	}
	return v, nil
}

// importForm offers the services that take log entries, or says why no file can be sent now.
func (s *Server) importForm(services map[int64]db.Service) *views.ImportForm {
	f := &views.ImportForm{}
	for _, v := range inOrder(services) {
		if takesLogs(v) {
			f.Services = append(f.Services, views.Option{Value: decimal(v.Number), Label: lang.Raw(v.Name)})
		}
	}
	space, err := s.store.Space()
	switch {
	case s.conf.Imports == nil:
		f.Shut = "Files are taken in by the command line only: quittance import."
	case s.conf.Imports.Busy():
		f.Shut = "Another file is being imported. Send the next one when it has ended."
	case err == nil && space.Low():
		f.Shut = "Too little of the disk is free, so nothing is taken in. An administrator has to make room."
	case len(f.Services) == 0:
		f.Shut = "There is no hosted Assistant yet, and only an Assistant has logs to take in."
	}
	return f
}

// takesLogs tells whether log entries can belong to a service.
func takesLogs(v db.Service) bool {
	return v.Kind == label.Assistant && v.Hosting == "hosted" && v.Removed.IsZero() && !v.Drill
}

func importHref(number int64) string { return "/imports/" + decimal(number) }

// importBar is how much of the file has come, where it is known how long it is.
func importBar(m db.Import) []views.Seg {
	if m.Bytes == 0 {
		return nil
	}
	tone := "ok"
	if m.State == db.ImportRunning {
		tone = "run"
	}
	return []views.Seg{{Tone: tone, Label: "Taken in", Count: min(m.Came, m.Bytes)}, {Tone: "wait", Label: "Waiting", Count: max(m.Bytes-m.Came, 0)}}
}

// importOf shows one import.
func (s *Server) importOf(r *http.Request) (templ.Component, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return nil, err
	}
	return s.importPage(r, number)
}

func (s *Server) importPage(r *http.Request, number int64) (views.Import, error) {
	m, err := s.store.Import(r.Context(), number)
	if err != nil {
		return views.Import{}, err
	}
	services, err := s.servicesByNumber(r)
	if err != nil {
		return views.Import{}, err
	}
	history, err := s.history(r, audit.ObjectOf(audit.KindImport, number))
	if err != nil {
		return views.Import{}, err
	}
	now := s.store.Now()
	v := views.Import{Number: number, Service: services[m.Service].Name, State: views.ImportStates[string(m.State)], Sentence: importSentences[m.State], Lead: lang.Said("{line} read", "line", lang.Counted(m.Line, "1 line", "{n} lines")),
		Detail: importDetail(m, now), Bar: importBar(m), Updated: now.In(zoneOf(r)).Format("15:04:05"), Refused: m.Rejected, History: history, Counts: importCounts(m)}
	v.Facts = importFacts(r, m, services[m.Service], s.names(r).actor(m.Actor))
	if m.State == db.ImportRunning {
		v.Push = importHref(number) + "/live"
	}
	s.offerImport(r, m, services, &v)
	faults, err := s.store.ImportFaults(r.Context(), number, faultRows)
	for _, f := range faults {
		v.Faults = append(v.Faults, views.ImportFault{Line: f.Line, What: faultWords[f.Code]})
	}
	return v, err
}

// offerImport says what this reader can do about an import.
func (s *Server) offerImport(r *http.Request, m db.Import, services map[int64]db.Service, v *views.Import) {
	if !who(r).May(auth.Services) {
		return
	}
	switch m.State {
	case db.ImportRunning:
		v.Cancel = true
	case db.ImportCut, db.ImportCancelled, db.ImportFull, db.ImportBroken:
		v.Discard = true
		if takesLogs(services[m.Service]) {
			v.GoOn = s.importForm(services)
			v.GoOn.One, v.GoOn.Service = true, decimal(m.Service)
		}
	}
}

// importSentences say what a state means for whoever comes back.
var importSentences = map[db.ImportState]lang.Word{
	db.ImportRunning:   "It goes on by itself. You can leave this page and come back.",
	db.ImportDone:      "The file was read to its end.",
	db.ImportCut:       "It was cut short by a stop of the program. What was stored stays, and nothing of the file is left here: send it again and it goes on after its last stored line, or discard the import.",
	db.ImportCancelled: "Somebody cancelled it. What was stored stays, and nothing of the file is left here: send it again and it goes on, or discard the import.",
	db.ImportFull:      "Too little of the disk was free. What was stored stays, and nothing of the file is left here: when there is room, send it again and it goes on.",
	db.ImportBroken:    "The file could not be read to its end: it is cut off, damaged, or not one entry on each line. What was stored stays; a whole file that begins like it goes on after its last stored line.",
	db.ImportDiscarded: "It is not taken up any more. What it stored stays, and can be found and erased by its customer IDs.",
}

// importDetail is the rate of this run and how long the rest will take.
func importDetail(m db.Import, now time.Time) lang.Word {
	if m.State != db.ImportRunning {
		return importEnd(m)
	}
	passed, lines, bytes := now.Sub(m.Run.Began).Seconds(), m.Line-m.Run.Line, m.Came-m.Run.Came
	if lines <= 0 || passed <= 0 {
		return "Reading the first lines."
	}
	rate := int64(float64(lines) / passed)
	if m.Bytes == 0 || bytes <= 0 {
		return lang.Said("{rate} lines a second.", "rate", rate)
	}
	return lang.Said("{rate} lines a second; about {left} left.", "rate", rate, "left", lang.Lasting(restTakes(m.Bytes-m.Came, bytes, passed)))
}

func importEnd(m db.Import) lang.Word {
	if m.State == db.ImportDone && m.Run.Line > 0 {
		return lang.Said("The last run took {span}.", "span", took(m.Ended.Sub(m.Run.Began)))
	}
	if m.State == db.ImportDone {
		return lang.Said("In {span}.", "span", took(m.Ended.Sub(m.Run.Began)))
	}
	if m.Bytes > 0 {
		return lang.Said("{came} of {bytes} had come.", "came", lang.Size(m.Came), "bytes", lang.Size(m.Bytes))
	}
	return ""
}

func importCounts(m db.Import) []views.KV {
	return []views.KV{{Key: "Stored", Value: lang.Figure(m.Stored)}, {Key: "Of these, without a customer ID", Value: lang.Figure(m.Unlabelled)}, {Key: "Known already", Value: lang.Figure(m.Known)},
		{Key: "Suppressed, because they were erased", Value: lang.Figure(m.Suppressed)}, {Key: "Refused", Value: lang.Figure(m.Rejected)}}
}

func importFacts(r *http.Request, m db.Import, service db.Service, by lang.Word) []views.KV {
	out := []views.KV{{Key: "Service", Value: lang.Raw(service.Name), Href: serviceHref(m.Service)}, {Key: "Started", Value: lang.Moment(moment(r, m.Started).Text)}}
	if m.Run.Began.After(m.Started) {
		out = append(out, views.KV{Key: "Taken up", Value: lang.Moment(moment(r, m.Run.Began).Text)})
	}
	if !m.Ended.IsZero() {
		out = append(out, views.KV{Key: "Ended", Value: lang.Moment(moment(r, m.Ended).Text)})
	}
	out = append(out, views.KV{Key: "By", Value: by})
	if m.Bytes > 0 {
		out = append(out, views.KV{Key: "File", Value: lang.Size(m.Bytes)})
	}
	return out
}

// importLive pushes the page of an import after each step.
func (s *Server) importLive(w http.ResponseWriter, r *http.Request) {
	pushNumbered(s, w, r, audit.KindImport, s.store.Import, func(number int64) (templ.Component, bool, error) {
		v, err := s.importPage(r, number)
		return v.Live(), v.Push == "", err
	})
}

// importsLive pushes the first page of the list.
func (s *Server) importsLive(w http.ResponseWriter, r *http.Request) {
	s.pushWhen(w, r, ofKind(audit.KindImport), liveFrame, func() (templ.Component, bool, error) {
		v, err := s.importsPage(r)
		return v.Live(), v.Push == "", err
	})
}

// cancelImport cancels an import. The page that it leads to takes the file again, so the desk has to be free by then.
func (s *Server) cancelImport(r *http.Request) (string, error) {
	next, err := s.moveImport(r, s.store.CancelImport)
	if number, bad := pathNumber(r, "number"); err == nil && bad == nil && s.conf.Imports != nil {
		s.conf.Imports.Drop(r.Context(), number)
	}
	return next, err
}

func (s *Server) discardImport(r *http.Request) (string, error) {
	return s.moveImport(r, s.store.DiscardImport)
}
