package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"quittance/db"
	"quittance/db/ticket"
	"quittance/views"
)

// longTable is a table that may grow so long that its file is better made in the background.
type longTable struct {
	total  func(*Server, *http.Request) (int64, error) // rows that the filter leaves; 0 = not known
	filter func(*http.Request) url.Values              // what of the address is kept, to have it made again: codes and numbers, no word that somebody typed
}

// longTables are these by their paths. All others are small, and are sent at once.
var longTables = map[string]longTable{
	"/erasures": {(*Server).erasureTotal, erasureFilter},
	"/holds":    {(*Server).holdTotal, holdFilter},
	"/audit":    {(*Server).entryTotal, entryFilter},
	"/tickets":  {(*Server).ticketTotal, ticketFilter},
}

// readable tells of an address that asks for what is not there, before it is written down that it leaves.
func (s *Server) readable(r *http.Request, t table) error {
	if t.path != "/tickets" {
		return nil
	}
	_, err := s.ticketListOf(r) // a search that is over
	return err
}

// tableLater has the file of a table made in the background.
func (s *Server) tableLater(w http.ResponseWriter, r *http.Request, t table, grown longTable) {
	n := db.NewExport{What: db.ExportTable, Format: "csv", About: t.number, Filter: grown.filter(r).Encode()}
	var err error
	if n.Rows, err = grown.total(s, r); err != nil {
		s.fail(w, r, err)
		return
	}
	s.inBackground(w, r, n, func(w http.ResponseWriter, r *http.Request, _ db.Export, _ db.Span) error {
		return s.writeTable(w, r, t)
	})
}

// tableAgain is where the file of a table is asked for once more, as it was.
func tableAgain(j db.ExportJob) string {
	to := tableNumbered(j.About).path + "/csv"
	if j.Filter != "" {
		to += "?" + j.Filter
	}
	return to
}

func (s *Server) erasureTotal(r *http.Request) (n int64, err error) {
	if batchOf(r) > 0 {
		return 0, nil
	}
	states := tabOf(r.URL.Query().Get("state")).states
	counts, err := s.store.CountErasures(r.Context())
	for state, some := range counts {
		if len(states) == 0 || slices.Contains(states, state) {
			n += some
		}
	}
	return n, err
}

func erasureFilter(r *http.Request) url.Values {
	q := url.Values{}
	if code := tabOf(r.URL.Query().Get("state")).code; code != "" {
		q.Set("state", code)
	}
	if n := batchOf(r); n > 0 {
		q.Set("batch", decimal(n))
	}
	return q
}

// batchOf is the batch whose requests are asked for; 0 = those of all.
func batchOf(r *http.Request) int64 { return max(0, numberOr(r.URL.Query().Get("batch"), 0)) }

func (s *Server) holdTotal(r *http.Request) (int64, error) {
	c, err := s.store.CountHolds(r.Context())
	code, _ := holdTab(r.URL.Query().Get("show"))
	return map[string]int64{"": c.Holds + c.Restrictions, "holds": c.Holds, "restrictions": c.Restrictions, "due": c.Due, "ended": c.Ended}[code], err
}

func holdFilter(r *http.Request) url.Values {
	code, _ := holdTab(r.URL.Query().Get("show"))
	if code == "" {
		return nil
	}
	return url.Values{"show": {code}}
}

func (s *Server) entryTotal(r *http.Request) (int64, error) {
	f := trailFilterOf(r)
	if f.wrong() {
		return 0, nil
	}
	n, err := s.store.CountAudit(r.Context(), f.query)
	if f.looksFor() && n > db.CountedEntries {
		n = 0
	}
	return n, err
}

// entryFilter keeps what the page understood. What it did not understand filters to nothing, and is nothing to have made again.
func entryFilter(r *http.Request) url.Values {
	f, q := trailFilterOf(r), url.Values{}
	if f.wrong() {
		return q
	}
	for name, value := range map[string]string{"actor": string(f.query.Actor), "act": f.query.Event, "object": string(f.query.Object), "from": f.shown.From, "to": f.shown.To} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

// ticketTotal is the count of a tab. How many a filter leaves nobody knows before they are read.
func (s *Server) ticketTotal(r *http.Request) (int64, error) {
	l, err := s.ticketListOf(r)
	if err != nil || len(l.about) > 0 {
		return 0, err
	}
	c, err := s.store.CountTickets(r.Context(), who(r).User.Number)
	return map[string]int64{"": c.Running, "overdue": c.Overdue, "soon": c.Soon, "aside": c.Aside, "ended": c.Ended}[l.show], err
}

// ticketFilter keeps the choices that the page offers.
func ticketFilter(r *http.Request) url.Values {
	in, q := r.URL.Query(), url.Values{}
	keep := func(name string, known bool) {
		if v := in.Get(name); v != "" && known {
			q.Set(name, v)
		}
	}
	for name, list := range map[string][]views.Coded{"right": views.Rights, "law": views.Regimes, "channel": views.TicketChannels, "region": views.Regions} {
		keep(name, slices.ContainsFunc(list, func(c views.Coded) bool { return c.Code == in.Get(name) }))
	}
	_, state := ticketStates[ticket.State(in.Get("state"))]
	keep("state", state)
	keep("show", slices.Contains([]string{"mine", "unassigned", "soon", "overdue", "aside", "ended"}, in.Get("show")))
	keep("due", slices.ContainsFunc(db.TicketWindows, func(w time.Duration) bool { return in.Get("due") == decimal(int64(w/(24*time.Hour)))+"d" }))
	with := in.Get("with")
	keep("with", with == "me" || with == "nobody" || with == decimal(numberOr(with, 0)))
	return q
}
