package handlers

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"quittance/db"
	"quittance/db/erasure"
	"quittance/db/label"
	"quittance/db/mask"
	"quittance/views"
	"quittance/views/lang"
)

// filters narrow a list of records. They stand in the address: numbers of services, words for times, never an ID.
type filters struct {
	base      string
	services  []int64
	kinds     []db.Kind
	written   string // "", week, month, older
	since     time.Time
	until     time.Time
	before    db.Place
	after     db.Place
	now       time.Time
	daysUntil time.Time // where the facet of days begins; zero = with the newest
	states    []string  // of stateFacets
	language  string
	day       string // "2006-01-02" where the reader is; "" = all
	olderDay  string // likewise: what was written before that day began
}

func filtersOf(r *http.Request, now time.Time) filters {
	q := r.URL.Query()
	f := filters{base: strings.TrimSuffix(r.URL.Path, "/csv"), services: numbers(q["service"]), written: q.Get("written"),
		before: placeOf(q.Get("before")), after: placeOf(q.Get("after")), now: now}
	for _, k := range numbers(q["kind"]) {
		f.kinds = append(f.kinds, db.Kind(k))
	}
	f.narrowedBy(q)
	switch f.written {
	case "week":
		f.since = midnight(r, now, 7)
	case "month":
		f.since = midnight(r, now, 30)
	case "older":
		f.until = midnight(r, now, 30)
	default:
		f.written = ""
	}
	f.onDays(q, zoneOf(r))
	return f
}

// query is the address of the same list with something changed.
func (f filters) query(change func(url.Values)) string {
	q := url.Values{}
	for _, n := range f.services {
		q.Add("service", strconv.FormatInt(n, 10))
	}
	for _, k := range f.kinds {
		q.Add("kind", strconv.Itoa(int(k)))
	}
	if f.written != "" {
		q.Set("written", f.written)
	}
	f.narrowing(q)
	f.days(q)
	if change != nil {
		change(q)
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

func (f filters) href(change func(url.Values)) string { return f.base + f.query(change) }

// toggle is the address of the list with one value of a filter turned on or off.
func (f filters) toggle(name, value string) string {
	return f.href(func(q url.Values) {
		if on := slices.Contains(q[name], value); on {
			q[name] = slices.DeleteFunc(q[name], func(v string) bool { return v == value })
		} else if name == "written" || name == "language" || name == "day" {
			q.Set(name, value)
		} else {
			q.Add(name, value)
		}
	})
}

func (f filters) records(id string) db.RecordQuery {
	return db.RecordQuery{Subject: id, Services: f.services, Kinds: f.kinds, Since: f.since, Until: f.until, Before: f.before, After: f.after, Limit: pageRecords, Narrow: f.narrow()}
}

// listing is what is held under an ID, as a list shows it.
type listing struct {
	subject  db.Subject
	id       string // as it was asked for
	exists   bool
	services map[int64]db.Service
	held     []db.Holding // whatever the filters
	shown    db.Counted   // with the filters
	days     db.Days      // of the newest, whatever the filters but for the day before which they begin
	traits   db.Traits    // of the newest, whatever the filters
	records  []db.Record
	more     bool
	erasures []db.Erasure         // open ones
	pending  []db.Covered         // by them
	labels   map[int64][]db.Label // of the records of the page, where anything is pending
	aliases  []db.Alias
	keepers  map[int64]db.Keeper // record → what keeps it
	returned map[int64]bool      // records that came in after an erasure of the ID, or of an alias
}

// listing reads a page of the list of an ID with its facets.
func (s *Server) listing(r *http.Request, id string, f filters) (l listing, err error) {
	if l, err = s.heldUnder(r, id, f.now); err != nil {
		return l, err
	}
	if err := s.count(r, &l, f); err != nil {
		return l, err
	}
	return l, s.page(r, &l, f)
}

// heldUnder reads what is held under an ID and what is to become of it, without the records themselves.
func (s *Server) heldUnder(r *http.Request, id string, now time.Time) (l listing, err error) {
	l.id = id
	ctx := r.Context()
	parsed, err := label.Parse(label.Assistant, id)
	if err != nil {
		return l, err
	}
	if l.subject, l.exists, err = s.store.SubjectOf(ctx, parsed); err != nil {
		return l, err
	}
	if l.services, err = s.servicesByNumber(r); err != nil {
		return l, err
	}
	if l.aliases, err = s.store.Aliases(ctx, id); err != nil {
		return l, err
	}
	if l.held, err = s.store.HoldingsSince(ctx, l.all(), midnight(r, now, 7), midnight(r, now, 30)); err != nil {
		return l, err
	}
	l.erasures, err = s.erasuresOf(r, l.ids(), openStates, 20)
	l.pending = pendingOf(l.erasures)
	return l, err
}

// all asks for the records of a listing whatever the filters.
func (l listing) all() db.RecordQuery {
	return db.RecordQuery{Subject: l.id, Person: len(l.aliases) > 0, Narrow: db.Narrow{Pending: l.pending}}
}

// narrowed asks for those that fit the filters.
func (l listing) narrowed(f filters) db.RecordQuery {
	q := f.records(l.id)
	q.Person, q.Pending = len(l.aliases) > 0, l.pending
	return q
}

// count fills the facets, and how many records fit the filters: what the facets of service, kind and time told already is not asked again.
func (s *Server) count(r *http.Request, l *listing, f filters) (err error) {
	if l.traits, err = s.store.TraitsOf(r.Context(), l.all()); err != nil {
		return err
	}
	days := l.all()
	days.Until = f.daysUntil
	if l.days, err = s.store.DaysOf(r.Context(), days, zoneOf(r), shownDays); err != nil {
		return err
	}
	if f.asksRecords() {
		l.shown, err = s.store.Count(r.Context(), l.narrowed(f))
		return err
	}
	l.shown.Records = f.fit(l.held)
	return nil
}

// page reads the records themselves.
func (s *Server) page(r *http.Request, l *listing, f filters) (err error) {
	ctx := r.Context()
	if l.records, l.more, err = s.store.Records(ctx, l.narrowed(f)); err != nil {
		return err
	}
	if f.before == (db.Place{}) && f.after == (db.Place{}) && !l.more { // the list has read on to its end
		l.shown = db.Counted{Records: int64(len(l.records))}
	}
	if l.keepers, err = s.keepers(r, l.records); err != nil {
		return err
	}
	l.returned = map[int64]bool{}
	for _, own := range l.ids() {
		some, err := s.store.ReturnedAmong(ctx, own, l.records)
		if err != nil {
			return err
		}
		maps.Copy(l.returned, some)
	}
	if len(l.pending) > 0 {
		l.labels, err = s.labels(r, l.records)
	}
	return err
}

// openStates are those of requests that have not ended.
var openStates = []erasure.State{erasure.Proposed, erasure.Scheduled, erasure.Running, erasure.Verifying, erasure.Partial}

// pendingOf is what open requests cover, each up to its own cut-off and at its own services.
func pendingOf(open []db.Erasure) (out []db.Covered) {
	for _, e := range open {
		c := db.Covered{Subject: e.Subject, Cutoff: e.Cutoff}
		if e.Service != 0 {
			c.Services = append(c.Services, e.Service)
		}
		for _, line := range e.Manifest.Go {
			c.Services = append(c.Services, line.Service)
		}
		slices.Sort(c.Services)
		c.Services = slices.Compact(c.Services)
		out = append(out, c)
	}
	return out
}

// awaits tells whether one of the open requests covers a record, for any of the labels that it bears.
func awaits(open []db.Covered, rec db.Record, labels []db.Label) bool {
	return slices.ContainsFunc(labels, func(l db.Label) bool {
		return slices.ContainsFunc(open, func(c db.Covered) bool { return c.Covers(rec.Service, l) })
	})
}

func (s *Server) servicesByNumber(r *http.Request) (map[int64]db.Service, error) {
	all, err := s.store.Services(r.Context())
	out := make(map[int64]db.Service, len(all))
	for _, v := range all {
		out[v.Number] = v
	}
	return out, err
}

func total(held []db.Holding) int64 {
	var n int64
	for _, h := range held {
		n += h.Records
	}
	return n
}

func (l listing) sentence(r *http.Request) lang.Word {
	if len(l.held) == 0 {
		return ""
	}
	services := map[int64]bool{}
	for _, h := range l.held {
		services[h.Service] = true
	}
	first, last := span(l.held)
	when, n := between(dayOf(r, first), dayOf(r, last)), len(services)
	if ids := len(l.aliases); ids > 0 {
		return lang.Counted(n, "Under {ids} customer IDs of one person, in 1 service, written {when}.", "Under {ids} customer IDs of one person, in {n} services, written {when}.", "ids", ids+1, "when", when)
	}
	return lang.Counted(n, "In 1 service, written {when}.", "In {n} services, written {when}.", "when", when)
}

// between names two days, or the one that both are.
func between(first, last string) lang.Word {
	if first == last {
		return lang.Said("on {first}", "first", lang.Moment(first))
	}
	return lang.Said("between {first} and {last}", "first", lang.Moment(first), "last", lang.Moment(last))
}

// span is from the oldest record to the newest, of holdings that are not none.
func span(held []db.Holding) (first, last time.Time) {
	first, last = held[0].First, held[0].Last
	for _, h := range held {
		first, last = earlier(first, h.First), later(last, h.Last)
	}
	return first, last
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func dayOf(r *http.Request, t time.Time) string { return t.In(zoneOf(r)).Format("2 Jan 2006") }

// states splits all records of the ID for the bar: those that an open request covers, by service, and the rest.
func (l listing) states() []views.Seg {
	all := total(l.held)
	waiting := min(l.widest(func(e db.Erasure) int64 { return e.Manifest.Records() }), all)
	return []views.Seg{{Tone: "ok", Label: "Labelled", Count: all - waiting}, {Tone: "run", Label: "Erasure pending", Count: waiting}}
}

func (l listing) open() []views.Link {
	var out []views.Link
	for _, e := range l.erasures {
		out = append(out, views.Link{Text: lang.Said("Erasure {number}", "number", lang.Figure(e.Number)), Href: erasureHref(e.Number), Sub: stateWord(e.State)})
	}
	return out
}

func (l listing) facets(f filters) []views.Facet {
	services, kinds, written := map[int64]int64{}, map[db.Kind]int64{}, db.Written{}
	for _, h := range l.held {
		written.Recent, written.Newer, written.Older = written.Recent+h.Written.Recent, written.Newer+h.Written.Newer, written.Older+h.Written.Older
		services[h.Service] += h.Records
		kinds[h.Kind] += h.Records
	}
	out := []views.Facet{{Name: "Service"}, {Name: "Kind"}, {Name: "Written"}}
	for _, n := range sortedKeys(services) {
		v := strconv.FormatInt(n, 10)
		out[0].Options = append(out[0].Options, views.FacetOption{Label: lang.Raw(l.services[n].Name), Href: f.toggle("service", v), Count: services[n], On: slices.Contains(f.services, n)})
	}
	for _, k := range sortedKeys(kinds) {
		v := strconv.Itoa(int(k))
		out[1].Options = append(out[1].Options, views.FacetOption{Label: kindWord(k), Href: f.toggle("kind", v), Count: kinds[k], On: slices.Contains(f.kinds, k)})
	}
	for _, w := range writtenWords {
		out[2].Options = append(out[2].Options, views.FacetOption{Label: w.label, Href: f.toggle("written", w.value), Count: w.of(written), On: f.written == w.value})
	}
	return append(append(out, l.dayFacet(f)...), l.traitFacets(f)...)
}

var writtenWords = []struct {
	value string
	label lang.Word
	of    func(db.Written) int64
}{
	{"week", "Last 7 days", func(w db.Written) int64 { return w.Recent }},
	{"month", "Last 30 days", func(w db.Written) int64 { return w.Newer }},
	{"older", "Older", func(w db.Written) int64 { return w.Older }},
}

func (f filters) chips(l listing) []views.Chip {
	var out []views.Chip
	for _, n := range f.services {
		out = append(out, views.Chip{Text: lang.Raw(l.services[n].Name), OffHref: f.toggle("service", strconv.FormatInt(n, 10))})
	}
	for _, k := range f.kinds {
		out = append(out, views.Chip{Text: kindWord(k), OffHref: f.toggle("kind", strconv.Itoa(int(k)))})
	}
	for _, w := range writtenWords {
		if f.written == w.value {
			out = append(out, views.Chip{Text: w.label, OffHref: f.toggle("written", w.value)})
		}
	}
	return append(append(out, f.dayChips()...), f.traitChips()...)
}

func (l listing) rows(r *http.Request) []views.ResultRow {
	out := make([]views.ResultRow, len(l.records))
	for i, rec := range l.records {
		svc := l.services[rec.Service]
		out[i] = views.ResultRow{Href: "/records/" + strconv.FormatInt(rec.Seq, 10), Service: kindName(svc.Kind), Instance: place(svc), Kind: kindWord(rec.Kind),
			Written: moment(r, rec.Time), Preview: preview(rec.Text), State: l.state(rec)}
		if state, kept := keptState(l.keepers[rec.Seq]); kept {
			out[i].State = state
		}
		if l.keepers[rec.Seq].Restriction > 0 {
			out[i].Preview = []views.Piece{{Text: frozenWords}}
		}
	}
	return out
}

// place is where a service lies, as it stands below its kind.
func place(v db.Service) string {
	if v.Region == "" {
		return v.Name
	}
	return v.Region + ", " + v.Name
}

// pendingState is that of what an open erasure covers.
var pendingState = views.State{Tone: "run", Icon: "clock", Word: "Erasure pending"}

// labelState is that of a record that nothing is to become of.
func labelState(rec db.Record) views.State {
	if !rec.Labelled {
		return views.State{Tone: "risk", Word: "Not labelled"}
	}
	return views.State{Tone: "ok", Icon: "tag", Word: "Labelled"}
}

// previewBytes is how much of what was said a list shows. The store keeps more beside the record, so that nothing is cut in half
// before the detectors see it.
const previewBytes = 160

// preview masks what the customer said, on this side of the wire.
func preview(text string) []views.Piece { return pieces(mask.Preview(text, previewBytes)) }

func pieces(in []mask.Piece) []views.Piece {
	out := make([]views.Piece, len(in))
	for i, p := range in {
		out[i] = views.Piece{Text: lang.Raw(p.Text), Hidden: string(p.Hidden)}
	}
	return out
}

func (l listing) pager(f filters) views.Pager {
	p := views.Pager{Total: max(l.shown.Records, int64(len(l.records))), AtLeast: l.shown.More}
	if len(l.records) == 0 {
		return p
	}
	first, last := placeOfRecord(l.records[0]), placeOfRecord(l.records[len(l.records)-1])
	back, on := f.before != (db.Place{}), f.after != (db.Place{})
	if back || on && l.more {
		p.Newer = f.href(func(q url.Values) { q.Set("after", placeText(first)) })
	}
	if on || l.more {
		p.Older = f.href(func(q url.Values) { q.Set("before", placeText(last)) })
	}
	return p
}

func placeOfRecord(r db.Record) db.Place { return db.Place{Time: r.Time.UnixMilli(), Seq: r.Seq} }
