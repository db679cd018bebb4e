package handlers

import (
	"net/http"
	"time"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/audit"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

const (
	pageExports  = 50   // lines of the list
	exportedPage = 1000 // rows that one read of an export takes, so that memory stays the same however long it is
)

// exports lists what was exported and holds the form for more.
func (s *Server) exports(r *http.Request) (templ.Component, error) {
	v, err := s.exportsPage(r)
	q := r.URL.Query()
	if what, format := q.Get("what"), q.Get("format"); exportWords[what] != "" && formatWords[format] != "" { // to make one again
		v.What, v.Format, v.From, v.To = what, format, plainDay(q.Get("from")), plainDay(q.Get("to"))
	}
	return v, err
}

// plainDay is a day of an address, "" for anything else.
func plainDay(day string) string {
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return ""
	}
	return day
}

func (s *Server) exportsPage(r *http.Request) (views.Exports, error) {
	v := views.Exports{May: true, Later: s.conf.Exports != nil, Records: who(r).May(auth.ExportRecords), What: db.ExportAudit, Format: "csv", Empty: views.Empty{Title: "Nothing was exported yet", Detail: "Each export will stand here with who made it and its audit entry."}}
	list, err := s.store.Exports(r.Context(), before(r), pageExports+1)
	if err != nil {
		return v, err
	}
	more := len(list) > pageExports
	if more {
		list = list[:pageExports]
	}
	names := s.names(r)
	for _, e := range list {
		v.Rows = append(v.Rows, views.ExportRow{Number: e.Number, What: exportedWhat(e), Format: formatWords[e.Format], By: names.actor(exporter(e)), When: moment(r, e.Made),
			Rows: e.Rows, State: exportState(e.State), Bar: exportBar(e.State, e.Total, e.Done), Job: e.State != "", Entry: e.Entry})
		if e.State == db.ExportMaking && before(r) == 0 {
			v.Push = "/exports/live"
		}
	}
	v.Pager, err = s.exportsPager(r, list, more)
	return v, err
}

// exporter is who made an export: a person, or the operator at the command line.
func exporter(e db.Export) audit.Actor {
	if e.User == 0 {
		return audit.Operator
	}
	return userActor(e.User)
}

// exportsPager counts by the numbers of exports, which have no gap.
func (s *Server) exportsPager(r *http.Request, list []db.Export, more bool) (views.Pager, error) {
	newest, err := s.store.Exports(r.Context(), 0, 1)
	if err != nil || len(list) == 0 {
		return views.Pager{}, err
	}
	total, first, last := newest[0].Number, list[0].Number, list[len(list)-1].Number
	p := views.Pager{From: total - first + 1, To: total - last + 1, Total: total}
	if first < total {
		p.Newer = "/exports?before=" + decimal(first+pageExports+1)
	}
	if more {
		p.Older = "/exports?before=" + decimal(last)
	}
	return p, nil
}

var (
	exportWords = map[string]lang.Word{db.ExportAudit: "Audit trail", db.ExportErasures: "Erasures", db.ExportHolds: "Holds", db.ExportRetention: "Retention",
		db.ExportStatistics: "Statistics", db.ExportCoverage: "Label coverage", db.ExportTickets: "Tickets by month", db.ExportCCPA: "CCPA metrics", db.ExportPack: "Inspection pack", db.ExportImprovement: "Improvement set", db.ExportRecords: "Records of a customer ID"}
	formatWords = map[string]lang.Word{"csv": "CSV", "json": "JSON", formatLines: "NDJSON", db.ExportBundle: "Bundle", db.ExportZip: "Zip"}
)

// exportedWhat names what was exported.
func exportedWhat(e db.Export) lang.Word {
	if e.What == db.ExportTable {
		return lang.Said("Table: {table}", "table", tableWords(e.About))
	}
	return exportWords[e.What]
}

// submitExport sends a file, page by page. It is written down before the first byte leaves.
func (s *Server) submitExport(w http.ResponseWriter, r *http.Request) {
	wanted, err := s.wantedExport(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if wantsLater(r) {
		s.inBackground(w, r, wanted, s.send)
		return
	}
	export, span, err := s.store.SubmitExport(r.Context(), who(r).User.Number, wanted)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if err := s.send(w, r, export, span); err != nil {
		s.cutShort(r, err, "an export", "export", export.Number)
	}
}

// wantedExport reads the form. A refused one comes back with what was chosen.
func (s *Server) wantedExport(r *http.Request) (db.NewExport, error) {
	n := db.NewExport{What: text(r, "what"), Format: text(r, "format")}
	if n.What == db.ExportPack {
		n.About = max(0, numberOr(text(r, "sample"), 0))
	}
	page := views.Exports{What: n.What, Format: n.Format, From: text(r, "from"), To: text(r, "to")}
	n.From, n.To, page.FromErr, page.ToErr = days(r, page.From, page.To)
	if exportWords[n.What] == "" || n.What == db.ExportRecords { // which stands on the page of a search, as tables on their own
		page.WhatErr = "Choose what to export."
	}
	if formatWords[n.Format] == "" {
		page.FormatErr = "Choose a format."
	}
	if n.Format == db.ExportBundle {
		refuseBundle(n.What, &page)
	}
	if n.Format == formatLines && n.What != db.ExportAudit && n.What != db.ExportImprovement {
		page.FormatErr = "Only the audit trail and an improvement set are exported as NDJSON."
	}
	if (n.Format == db.ExportZip) != (n.What == db.ExportPack) {
		page.FormatErr = "An inspection pack is a zip, and nothing else is."
	}
	wantedTickets(r, &n, &page)
	refuseImprovement(r, n, &page)
	if page.WhatErr+page.FormatErr+page.FromErr+page.ToErr == "" {
		return n, nil
	}
	list, err := s.exportsPage(r)
	if err != nil {
		return n, err
	}
	page.May, page.Later, page.Records, page.Rows, page.Pager, page.Empty = list.May, list.Later, list.Records, list.Rows, list.Pager, list.Empty
	return n, refused{page}
}

// refuseBundle: a bundle is the audit trail from its beginning to its head, or there would be nothing to check.
func refuseBundle(what string, page *views.Exports) {
	if what != db.ExportAudit {
		page.FormatErr = "Only the audit trail is exported as a bundle."
	}
	if page.From+page.To != "" {
		page.FromErr = "A bundle holds the whole trail. Leave the days empty."
	}
}

// sendBundle streams an audit bundle.
func (s *Server) sendBundle(w http.ResponseWriter, r *http.Request, e db.Export, span db.Span) error {
	attach(w, "application/x-ndjson", exportName(e))
	return s.store.BundleOf(span).Watched(func(rows int) error { return passed(r, rows) }).Write(r.Context(), w)
}

// send streams the rows into a file of the format that was asked for.
func (s *Server) send(w http.ResponseWriter, r *http.Request, e db.Export, span db.Span) error {
	if e.Format == db.ExportBundle {
		return s.sendBundle(w, r, e, span)
	}
	if e.What == db.ExportPack {
		return s.sendPack(w, r, e, span)
	}
	if e.What == db.ExportAudit {
		attach(w, mediaTypes[e.Format], exportName(e))
		return WriteTrail(r.Context(), w, s.store, e, span)
	}
	if e.What == db.ExportImprovement {
		return s.sendImprovement(w, r, e, span)
	}
	out, err := s.exportFile(w, r, e)
	if err != nil {
		return err
	}
	rows := s.sendErasures
	switch e.What {
	case db.ExportStatistics:
		rows = s.sendStatistics
	case db.ExportTickets:
		rows = s.sendTickets
	case db.ExportCCPA:
		rows = s.sendMetrics
	case db.ExportCoverage:
		rows = s.sendCoverage
	case db.ExportHolds:
		rows = s.sendHolds
	case db.ExportRetention:
		rows = s.sendRetention
	}
	if err := rows(r, span, out); err != nil {
		return err
	}
	return out.end()
}

func (s *Server) sendErasures(r *http.Request, span db.Span, out exportFile) error {
	for from := int64(0); ; {
		page, err := s.store.ExportedErasures(r.Context(), span, from, exportedPage)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, e := range page {
			if err := out.row(exportedErasure(e)); err != nil {
				return err
			}
		}
		if err := passed(r, len(page)); err != nil {
			return err
		}
		from = page[len(page)-1].Number + 1
	}
}

func (s *Server) sendHolds(r *http.Request, span db.Span, out exportFile) error {
	for from := int64(0); ; {
		page, err := s.store.ExportedHolds(r.Context(), span, from, exportedPage)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, h := range page {
			kept, err := s.store.KeptBy(r.Context(), h.Number)
			if err != nil {
				return err
			}
			if err := out.row(exportedHold(h, kept)); err != nil {
				return err
			}
		}
		if err := passed(r, len(page)); err != nil {
			return err
		}
		from = page[len(page)-1].Number + 1
	}
}

// sendRetention sends the list of how long what is kept; "days" is empty where it is kept until it is erased.
func (s *Server) sendRetention(r *http.Request, _ db.Span, out exportFile) error {
	services, err := s.servicesByNumber(r)
	if err != nil {
		return err
	}
	all, err := s.store.Retentions(r.Context(), 0)
	for _, rule := range all {
		if err := out.row(exportedRetention(rule, services[rule.Service].Name, s.store.Now())); err != nil {
			return err
		}
	}
	return err
}
