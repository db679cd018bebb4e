package handlers

import (
	"context"
	"net/http"
	"net/url"
	"sync"

	"quittance/db"
	"quittance/db/audit"
	"quittance/handlers/connect"
	"quittance/handlers/watson"
	"quittance/views"
	"quittance/views/lang"
)

// upstreams are the ways to the instances that hosted services pass calls on to. Each is made once, so that its connections, its bounds and what is
// remembered of it are one; a service that was changed gets a new one.
type upstreams struct {
	store *db.Store
	mu    sync.Mutex
	kept  map[int64]*watson.Upstream
	round uint64 // grows whenever one is forgotten
}

func newUpstreams(store *db.Store) *upstreams {
	u := &upstreams{store: store, kept: map[int64]*watson.Upstream{}}
	store.Watch(u.changed) // it lives as long as the store
	return u
}

// changed forgets a service that a commit touched. It is asked about each commit and answers none of them.
func (u *upstreams) changed(object string) bool {
	kind, number, ok := audit.Object(object).Split()
	if ok && kind == audit.KindService {
		u.mu.Lock()
		defer u.mu.Unlock()
		delete(u.kept, number)
		u.round++
	}
	return false
}

// behind is the way to a linked service.
func (u *upstreams) behind(ctx context.Context, linked int64) (*watson.Upstream, error) {
	way, round := u.known(linked)
	if way != nil {
		return way, nil
	}
	v, err := u.store.Service(ctx, linked)
	if err != nil {
		return nil, err
	}
	client, err := connect.NewInstance(ctx, u.store, v)
	if err != nil {
		return nil, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if way = u.kept[linked]; way != nil {
		return way, nil
	}
	way = watson.NewUpstream(client, linked)
	if u.round == round { // otherwise what was read may be out of date, and is good for this call only
		u.kept[linked] = way
	}
	return way, nil
}

func (u *upstreams) known(linked int64) (way *watson.Upstream, round uint64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.kept[linked], u.round
}

// passing are the facts about what a service passes on, or what is passed on to it.
func (s *Server) passing(r *http.Request, v db.Service) (facts []views.KV, err error) {
	if v.Gateway != 0 {
		front, err := s.store.Service(r.Context(), v.Gateway)
		return []views.KV{{Key: "Receives from", Value: lang.Said("{name}, here: what it is asked is passed on to this one", "name", front.Name)}}, err
	}
	if v.Search != 0 {
		d, err := s.store.Service(r.Context(), v.Search)
		return []views.KV{{Key: "Search skill", Value: lang.Said("Passes searches and their customer IDs on to {name}. A deletion by API does not reach there; an erasure from the console does", "name", d.Name), Href: serviceHref(d.Number)}}, err
	}
	if v.Upstream == 0 {
		return nil, nil
	}
	behind, err := s.store.Service(r.Context(), v.Upstream)
	if err != nil {
		return nil, err
	}
	facts = []views.KV{{Key: "Passes on to", Value: lang.Raw(hostOf(behind.URL)), Mono: true}}
	if way, _ := s.ways.known(v.Upstream); way != nil {
		facts = append(facts, lastCall(r, way.Last())...)
	}
	return facts, nil
}

// skillFacts say of a request that came in by API what it leaves out.
func skillFacts(e db.Erasure, parts []db.Part, services map[int64]db.Service) (facts []views.KV) {
	for _, p := range parts {
		if d, ok := services[services[p.Service].Search]; ok && e.Origin == "api" {
			facts = append(facts, views.KV{Key: "Not reached", Value: lang.Said("{name}, which the search skill passes customer IDs on to. It needs a deletion of its own, or an erasure from the console", "name", d.Name), Href: serviceHref(d.Number)})
		}
	}
	return facts
}

// hostOf is all that a page shows of an address: its path names the account.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

func lastCall(r *http.Request, p watson.Passage) []views.KV {
	if p.At.IsZero() {
		return nil
	}
	words := lang.Word("answered")
	if p.Code != "" {
		words = lang.Said("no answer: {sentence}", "sentence", fromBelow(p.Sentence()))
	}
	facts := []views.KV{{Key: "Last call there", Value: lang.Said("{text}, {words}", "text", lang.Moment(moment(r, p.At).Text), "words", words)}}
	if p.Refused > 0 {
		facts = append(facts, views.KV{Key: "Credentials refused", Value: lang.Counted(p.Refused, "1 time since the server started", "{n} times since the server started")})
	}
	return facts
}
