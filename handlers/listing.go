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
	base     string
	services []int64
	kinds    []db.Kind
	written  string // "", week, month, older
	since    time.Time
	until    time.Time
	before   db.Place
	after    db.Place
	now      time.Time
	states   []string // of stateFacets
	language string
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
		} else if name == "written" || name == "language" {
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
	shown    []db.Holding // with the filters
	written  [3]int64     // last 7 days, last 30 days, older
	traits   db.Traits    // of the newest, whatever the filters
	records  []db.Record
	more     bool
	erasures []db.Erasure       // open ones
	pending  map[string]pending // by ID
	aliases  []db.Alias
	keepers  map[int64]db.Keeper // record → what keeps it
	bearers  map[int64][]string  // record → its IDs, of records that bear several; only where there are aliases
	returned map[int64]bool      // records that came in after an erasure of the ID, or of an alias
	mixed    bool                // the records are many people's
}

// pending tells which records an open erasure covers.
type pending struct {
	cutoff   int64
	services map[int64]bool // nil = all
}

func (s *Server) listing(r *http.Request, id string, f filters) (l listing, err error) {
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
	all := db.RecordQuery{Subject: id, Person: len(l.aliases) > 0}
	if l.held, err = s.store.Holdings(ctx, all); err != nil {
		return l, err
	}
	if l.erasures, err = s.erasuresOf(r, l.ids(), openStates, 20); err != nil {
		return l, err
	}
	l.pending = pendingByID(l.erasures)
	all.Pending = l.covered()
	if l.traits, err = s.store.TraitsOf(ctx, all); err != nil {
		return l, err
	}
	q := f.records(id)
	q.Person, q.Pending = all.Person, all.Pending
	if l.shown = l.held; f.query(nil) != "" {
		if l.shown, err = s.store.Holdings(ctx, q); err != nil {
			return l, err
		}
	}
	if l.written[0], l.written[1], l.written[2], err = s.store.Written(ctx, all, midnight(r, f.now, 7), midnight(r, f.now, 30)); err != nil {
		return l, err
	}
	if l.records, l.more, err = s.store.Records(ctx, q); err != nil {
		return l, err
	}
	if l.keepers, err = s.keepers(r, l.records); err != nil {
		return l, err
	}
	l.returned = map[int64]bool{}
	for _, own := range l.ids() {
		some, err := s.store.ReturnedAmong(ctx, own, l.records)
		if err != nil {
			return l, err
		}
		maps.Copy(l.returned, some)
	}
	return l, s.whoseRecords(r, &l)
}

// openStates are those of requests that have not ended.
var openStates = []erasure.State{erasure.Proposed, erasure.Scheduled, erasure.Running, erasure.Verifying, erasure.Partial}

// pendingOf takes the widest of the open requests.
func pendingOf(open []db.Erasure) pending {
	p := pending{services: map[int64]bool{}}
	for _, e := range open {
		p.cutoff = max(p.cutoff, e.Cutoff)
		if e.Service != 0 {
			p.services[e.Service] = true
		}
		for _, line := range e.Manifest.Go {
			p.services[line.Service] = true
		}
	}
	return p
}

func (p pending) covers(r db.Record) bool { return r.Seq <= p.cutoff && p.services[r.Service] }

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
	services, kinds := map[int64]int64{}, map[db.Kind]int64{}
	for _, h := range l.held {
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
	for i, w := range writtenWords {
		out[2].Options = append(out[2].Options, views.FacetOption{Label: w.label, Href: f.toggle("written", w.value), Count: l.written[i], On: f.written == w.value})
	}
	return append(out, l.traitFacets(f)...)
}

var writtenWords = []struct {
	value string
	label lang.Word
}{{"week", "Last 7 days"}, {"month", "Last 30 days"}, {"older", "Older"}}

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
	return append(out, f.traitChips()...)
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

func (p pending) state(rec db.Record) views.State {
	switch {
	case p.covers(rec):
		return pendingState
	case !rec.Labelled:
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
	p := views.Pager{Total: total(l.shown)}
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
