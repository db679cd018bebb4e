package handlers

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/label"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// services lists the instances with how much of their data is labelled.
func (s *Server) services(r *http.Request) (templ.Component, error) {
	v := views.Services{New: who(r).May(auth.Services), Webhooks: who(r).May(auth.Services), Training: who(r).May(auth.Training), Empty: views.Empty{Title: "No service yet", Detail: "An administrator adds one; then applications can send labelled data to it."}}
	list, err := s.store.Services(r.Context())
	if err != nil {
		return nil, err
	}
	tallies, err := s.store.Tallies(r.Context())
	if err != nil {
		return nil, err
	}
	health, err := s.store.LinkHealth(r.Context())
	if err != nil {
		return nil, err
	}
	uses, err := s.store.ServiceUses(r.Context())
	for _, svc := range list {
		t, use := tallies[svc.Number], uses[svc.Number]
		if svc.Linked() {
			v.Rows = append(v.Rows, views.ServiceRow{Number: svc.Number, Name: svc.Name, Kind: kindName(svc.Kind), Where: whereOf(svc), Linked: true,
				Health: healthWords(r, svc, health[svc.Number]), State: serviceWords[svc.State(health[svc.Number])]})
			continue
		}
		v.Rows = append(v.Rows, views.ServiceRow{Number: svc.Number, Name: svc.Name, Kind: kindName(svc.Kind), Where: whereOf(svc), Records: t.Records, Labelled: t.Records - t.Unlabelled,
			Unlabelled: t.Unlabelled, Unreachable: t.Unreachable, Tolerated: s.tolerates(svc), Keys: use.Keys, LastRecord: moment(r, use.Newest), State: serviceWords[svc.State(db.Health{})]})
	}
	return v, err
}

func whereOf(v db.Service) lang.Word {
	words := map[string]lang.Word{"hosted": "hosted here", "linked": "linked"}[v.Hosting]
	if v.Region != "" {
		words = lang.InRow([]lang.Word{words, lang.Raw(v.Region)})
	}
	return words
}

// serviceWords say how a service or its link stands: a call that failed last is worth a look.
var serviceWords = map[db.ServiceState]views.State{
	db.ServiceInUse:   {Tone: "ok", Word: "In use"},
	db.ServiceLinked:  {Icon: "external-link", Word: "Linked"},
	db.ServiceFails:   {Tone: "risk", Icon: "alert-triangle", Word: "Last call failed"},
	db.ServiceRemoved: {Tone: "erased", Icon: "circle-minus", Word: "Removed"},
}

// newService is the form of a hosted service, or of one that lies elsewhere.
func (s *Server) newService(r *http.Request) (templ.Component, error) {
	if way := r.URL.Query().Get("link"); way != "" {
		return newLink(way)
	}
	return newHosted(views.NewService{}), nil
}

// newHosted adds what else can be added.
func newHosted(v views.NewService) views.NewService {
	for _, w := range linkWays {
		v.Ways = append(v.Ways, views.LinkWay{Label: w.label, Hint: w.hint, Href: "/services/new?link=" + w.code})
	}
	return v
}

// submitService registers a hosted service and leads to it, where its first key is made; or a linked one.
func (s *Server) submitService(r *http.Request) (string, error) {
	if r.PostForm.Has("link") {
		return s.submitLink(r)
	}
	page := views.NewService{Kind: text(r, "kind"), Name: text(r, "name")}
	kind, err := label.ParseKind(page.Kind)
	if err != nil {
		page.KindErr = "Choose what kind of service it is."
	}
	page.NameErr = nameError(page.Name)
	if page.KindErr+page.NameErr != "" {
		return "", refused{newHosted(page)}
	}
	svc, err := s.store.AddService(r.Context(), who(r).Actor(), kind, page.Name, "")
	if page.NameErr = said(err, db.ErrTaken); page.NameErr != "" {
		return "", refused{newHosted(page)}
	}
	notify(r, "ok", "The service is added. An application needs a key to use it.")
	return serviceHref(svc.Number), err
}

// nameError says what is wrong with a name, for beside the field.
func nameError(name string) lang.Word {
	switch {
	case name == "":
		return "Give it a name."
	case !db.VisibleName(name):
		return sayIt(db.ErrName)
	}
	return ""
}

func (s *Server) service(r *http.Request) (templ.Component, error) { return s.servicePage(r) }

func (s *Server) servicePage(r *http.Request) (views.Service, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return views.Service{}, err
	}
	svc, err := s.store.Service(r.Context(), number)
	if err == nil && svc.Drill {
		err = db.ErrNotFound // it is nobody's
	}
	if err != nil {
		return views.Service{}, err
	}
	tallies, err := s.store.Tallies(r.Context())
	if err != nil {
		return views.Service{}, err
	}
	t := tallies[number]
	if svc.Linked() {
		return s.linkedPage(r, svc)
	}
	v := views.Service{Number: number, Name: svc.Name, Kind: kindName(svc.Kind), State: serviceWords[svc.State(db.Health{})], URL: s.serviceURL(svc), Suits: true, Endpoints: endpoints(svc, s.serviceURL(svc)),
		Facts: serviceFacts(r, svc, t), Coverage: coverage(t, s.tolerates(svc)), Labelled: coverageSentence(t), Policies: s.servicePolicies(r, svc), Tolerated: s.tolerates(svc), Unreachable: t.Unreachable, Manage: who(r).May(auth.Services) && svc.Removed.IsZero()}
	passing, err := s.passing(r, svc)
	if err != nil {
		return v, err
	}
	v.Facts = append(v.Facts, passing...)
	if v.Retention, err = s.serviceRetention(r, svc); err != nil {
		return v, err
	}
	if err := s.serviceKeys(r, &v); err != nil {
		return v, err
	}
	return v, s.serviceUnlabelled(r, &v)
}

// serviceURL is the serviceUrl of IBM's clients.
func (s *Server) serviceURL(v db.Service) string {
	return s.conf.Auth.PublicURL + "/instances/" + v.GUID
}

func coverageSentence(t db.Tally) lang.Word {
	if t.Records == 0 {
		return "No records yet"
	}
	return lang.Counted(t.Records, "{share} of 1 record is labelled", "{share} of {n} records are labelled", "share", views.Percent(t.Records-t.Unlabelled, t.Records))
}

func serviceFacts(r *http.Request, v db.Service, t db.Tally) []views.KV {
	facts := []views.KV{{Key: "Instance", Value: lang.Raw(v.GUID), Mono: true, Copy: true}, {Key: "Kind", Value: kindName(v.Kind)}, {Key: "Where", Value: whereOf(v)},
		{Key: "Opted out of learning", Value: lang.Counted(t.OptedOut, "1 record", "{n} records")},
		{Key: "Added", Value: lang.Moment(moment(r, v.Created).Text)}}
	if !v.Removed.IsZero() {
		facts = append(facts, views.KV{Key: "Removed", Value: lang.Moment(moment(r, v.Removed).Text)})
	}
	return facts
}

func (s *Server) serviceKeys(r *http.Request, v *views.Service) error {
	keys, err := s.store.KeysOf(r.Context(), v.Number)
	for _, k := range keys {
		v.Keys = append(v.Keys, s.keyRow(r, k))
	}
	return err
}

func (s *Server) keyRow(r *http.Request, k db.APIKey) views.KeyRow {
	return views.KeyRow{Number: k.Number, ID: "qk_" + k.ID, Name: k.Name, Scopes: lang.Listed(k.Scopes), LastUsed: moment(r, k.LastUsed), Expires: moment(r, k.Expires),
		State: keyWords[k.State(s.store.Now())], Live: k.Live(s.store.Now())}
}

// keyWords say whether a key still opens anything.
var keyWords = map[db.KeyState]views.State{
	db.KeyInUse:   {Tone: "ok", Word: "In use"},
	db.KeyRevoked: {Tone: "erased", Icon: "ban", Word: "Revoked"},
	db.KeyExpired: {Tone: "over", Word: "Expired"},
}

func (s *Server) serviceUnlabelled(r *http.Request, v *views.Service) error {
	list, err := s.store.UnlabelledOf(r.Context(), v.Number)
	for _, u := range list {
		v.Unlabelled = append(v.Unlabelled, views.UnlabelledRow{Kind: kindWord(u.Kind), Count: u.Count, Newest: moment(r, u.Newest)})
	}
	return err
}

// submitKey makes a key and shows it on the page that answers, this once.
func (s *Server) submitKey(r *http.Request) (templ.Component, error) {
	page, err := s.servicePage(r)
	if err != nil {
		return nil, err
	}
	if !page.Manage {
		return nil, db.ErrMoved // the service was removed meanwhile
	}
	form := newKeyOf(r)
	until, wrong := s.expiry(r, form.Expires)
	form.NameErr, form.ExpiresErr = nameError(form.Name), wrong
	var full string
	if form.NameErr+form.ExpiresErr == "" {
		full, _, err = s.store.AddKey(r.Context(), who(r).Actor(), db.NewKey{Service: page.Number, Name: form.Name, Scopes: r.PostForm["scope"], Expires: until})
		form.ScopeErr, form.ExpiresErr = said(err, db.ErrScopes), said(err, db.ErrExpired)
	}
	if cmp.Or(form.NameErr, form.ExpiresErr, form.ScopeErr) != "" {
		page.NewKey = form
		return nil, refused{page}
	}
	if err != nil {
		return nil, err
	}
	return s.withFreshKey(r, views.FreshKey{Name: form.Name, Secret: full})
}

// withFreshKey is the page with the key that was just made, in the list too.
func (s *Server) withFreshKey(r *http.Request, k views.FreshKey) (templ.Component, error) {
	page, err := s.servicePage(r)
	page.Fresh = &k
	return page, err
}

func newKeyOf(r *http.Request) views.NewKey {
	scopes := r.PostForm["scope"]
	return views.NewKey{Name: text(r, "name"), Expires: text(r, "expires"), Ingest: slices.Contains(scopes, db.ScopeIngest), Logs: slices.Contains(scopes, db.ScopeLogs),
		Erase: slices.Contains(scopes, db.ScopeErase)}
}

// expiry reads the last day of a key, which it works through to its end; "" is a key without an end.
func (s *Server) expiry(r *http.Request, day string) (time.Time, lang.Word) {
	last, wrong := dateOf(r, day)
	if wrong != "" || last.IsZero() {
		return time.Time{}, wrong
	}
	end := last.AddDate(0, 0, 1)
	if !end.After(s.store.Now()) {
		return end, "This day has passed."
	}
	return end, ""
}

// revokeKey ends a key of this service. A key of another service is not found here.
func (s *Server) revokeKey(r *http.Request) (string, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return "", err
	}
	key, err := pathNumber(r, "key")
	if err != nil {
		return "", err
	}
	return serviceHref(number), s.endKey(r, key, number)
}
