package handlers

import (
	"net/http"
	"strconv"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/views/lang"
)

// longFile is from how many records on a CSV is offered in the background too: below, it has left before one could choose.
const longFile = 1000

// recordsFile is what a CSV of the records under a customer ID is made of.
type recordsFile struct {
	query    db.RecordQuery
	services map[int64]db.Service
	frozen   int64 // restricted, and left out
	total    int64 // 0 = not known
}

// searchCSV streams a list, masked, page by page, or has it made in the background; it is written down before the first line leaves.
func (s *Server) searchCSV(w http.ResponseWriter, r *http.Request) {
	f, err := s.recordsFileOf(r)
	if err == nil && wantsLater(r) {
		s.inBackground(w, r, db.NewExport{What: db.ExportRecords, Format: "csv", Rows: f.total}, func(w http.ResponseWriter, r *http.Request, e db.Export, _ db.Span) error {
			return s.writeRecords(w, r, exportName(e), f)
		})
		return
	}
	if err == nil {
		_, err = s.store.Access(r.Context(), who(r).User.Number, "export", 0, "records as CSV", audit.RecordsExported, nil)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if err := s.writeRecords(w, r, "records.csv", f); err != nil {
		s.cutShort(r, err, "a CSV of records")
	}
}

// recordsFileOf reads what the address asks for: a search of this person, and its filters.
func (s *Server) recordsFileOf(r *http.Request) (f recordsFile, err error) {
	q, err := s.store.Search(r.Context(), who(r).User.Number, r.PathValue("token"))
	if err == nil && q.Filter != nil {
		err = db.ErrNotFound // the file is that of a customer ID's records
	}
	if err != nil {
		return f, err
	}
	l := listing{id: q.Text}
	l.aliases, err = s.store.Aliases(r.Context(), q.Text)
	if err == nil {
		l.erasures, err = s.erasuresOf(r, l.ids(), openStates, 20)
	}
	if err != nil {
		return f, err
	}
	now := filtersOf(r, s.store.Now())
	now.before, now.after = db.Place{}, db.Place{}
	f.query = now.records(q.Text)
	f.query.Person, f.query.Pending, f.query.Limit = len(l.aliases) > 0, pendingOf(l.erasures), 500
	return f, s.measureRecords(r, &f)
}

func (s *Server) measureRecords(r *http.Request, f *recordsFile) (err error) {
	if f.services, err = s.servicesByNumber(r); err != nil {
		return err
	}
	f.frozen, err = s.store.Restricted(r.Context(), f.query)
	if err != nil || !wantsLater(r) || r.URL.RawQuery != "" {
		return err // a file that is sent at once is watched by nobody, and how many a filter leaves nobody knows before they are read
	}
	held, err := s.store.Holdings(r.Context(), f.query)
	f.total = total(held)
	return err
}

// writeRecords writes the file.
func (s *Server) writeRecords(w http.ResponseWriter, r *http.Request, name string, f recordsFile) error {
	out := newCSV(w, name)
	out.Row("record", "written (UTC)", "service", "kind", "language", "labelled", "preview, masked")
	if f.frozen > 0 {
		out.Row("", "", "", "", "", "", lang.InEnglish(lang.Counted(f.frozen, "1 record is left out: restricted under Art. 18", "{n} records are left out: restricted under Art. 18")))
	}
	for query := f.query; ; {
		page, more, err := s.store.Records(r.Context(), query)
		var kept map[int64]db.Keeper
		if err == nil {
			kept, err = s.keepers(r, page)
		}
		if err != nil {
			return err
		}
		for _, rec := range page {
			if kept[rec.Seq].Restriction == 0 {
				out.Row(strconv.FormatInt(rec.Seq, 10), rec.Time.Format(time.RFC3339Nano), f.services[rec.Service].Name, lang.InEnglish(kindWord(rec.Kind)), spoken(rec), strconv.FormatBool(rec.Labelled), plainPreview(rec.Text))
			}
		}
		if err := passed(r, len(page)); err != nil {
			return err
		}
		if !more {
			return out.Flush()
		}
		query.Before = placeOfRecord(page[len(page)-1])
	}
}
