package handlers

import (
	"net/http"
	"slices"

	"quittance/db"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// linkedPage is the page of a service whose data lies elsewhere: it has no keys, no address and no policies here.
func (s *Server) linkedPage(r *http.Request, svc db.Service) (views.Service, error) {
	facts := []views.KV{{Key: "Kind", Value: kindName(svc.Kind)}, {Key: "Where", Value: whereOf(svc)}}
	if svc.URL != "" {
		facts = append(facts, views.KV{Key: "Host", Value: lang.Raw(hostOf(svc.URL)), Mono: true})
	}
	facts = append(facts, linkFacts(svc)...)
	facts = append(facts, views.KV{Key: "Added", Value: lang.Moment(moment(r, svc.Created).Text)})
	if !svc.Removed.IsZero() {
		facts = append(facts, views.KV{Key: "Removed", Value: lang.Moment(moment(r, svc.Removed).Text)})
	}
	health, err := s.store.LinkHealth(r.Context())
	if err != nil {
		return views.Service{}, err
	}
	queue, err := s.store.LinkQueue(r.Context(), svc.Number)
	if err != nil {
		return views.Service{}, err
	}
	passing, err := s.passing(r, svc)
	v := views.Service{Number: svc.Number, Name: svc.Name, Kind: kindName(svc.Kind), State: serviceWords[svc.State(health[svc.Number])], Linked: true, ByHand: svc.Kind == db.Manual,
		Instructions: svc.Link.Instructions, Facts: slices.Concat(facts, healthFacts(r, health[svc.Number]), queueFacts(r, queue), passing), Suits: db.IsWatson(svc.Kind)}
	if who(r).May(auth.Services) && svc.Removed.IsZero() {
		v.Link = s.linkedForm(svc).view()
		v.Remove = &views.Confirm{Words: removeWords, Button: "Remove link"}
	}
	return v, err
}

// linkFacts are what a service that is no Watson instance is called by.
func linkFacts(v db.Service) []views.KV {
	switch v.Kind {
	case db.OpenDSR:
		return []views.KV{{Key: "Requests under", Value: regulationWords[v.Link.Regulation]}, {Key: "Domain", Value: lang.Raw(v.Link.Domain), Mono: true},
			{Key: "Certificate", Value: lang.Said("SHA-256 {fingerprint}", "fingerprint", v.Link.Fingerprint), Mono: true}}
	case db.HTTP:
		confirmed := lang.Word("Nobody can ask it what is left")
		if v.Link.Look != "" {
			confirmed = "It is asked whether anything is left"
		}
		return []views.KV{{Key: "Call", Value: lang.Raw(v.Link.Method)}, {Key: "Confirmed by", Value: confirmed}}
	}
	return nil
}

func healthFacts(r *http.Request, h db.Health) (facts []views.KV) {
	if !h.Succeeded.IsZero() {
		facts = append(facts, views.KV{Key: "Last call that went well", Value: lang.Moment(moment(r, h.Succeeded).Text)})
	}
	if !h.Failed.IsZero() {
		words := lang.Moment(moment(r, h.Failed).Text)
		if h.Code != "" {
			words = lang.Said("{text}. {code}", "text", words, "code", views.PartWords(h.Code))
		}
		facts = append(facts, views.KV{Key: "Last call that did not", Value: words})
	}
	return facts
}

// healthWords are the line about a linked service in the list of services.
func healthWords(r *http.Request, v db.Service, h db.Health) lang.Word {
	switch {
	case v.Kind == db.Manual:
		return "A task for a person; erasures wait until somebody attests it."
	case h.Code != "":
		return lang.Said("Last call failed, {text}: {code}", "text", lang.Moment(moment(r, h.Failed).Text), "code", views.PartWords(h.Code))
	case !h.Succeeded.IsZero():
		return lang.Said("Last call went well, {text}. Nothing of it is counted here.", "text", lang.Moment(moment(r, h.Succeeded).Text))
	}
	return "Not called yet. Its data lies elsewhere and is not counted here."
}
