package handlers

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/handlers/connect"
	"quittance/views"
	"quittance/views/lang"
)

// newLink is the form for a service that lies elsewhere.
func newLink(way string) (views.NewService, error) {
	f := linkOf(way)
	if f == nil {
		return views.NewService{}, db.ErrNotFound
	}
	return f.page(), nil
}

func (f *linkForm) page() views.NewService {
	return views.NewService{Link: f.view(), LinkKind: f.label()}
}

// submitLink registers a linked service, or a hosted one with the real one behind it.
func (s *Server) submitLink(r *http.Request) (string, error) {
	f := linkOf(text(r, "link"))
	if f == nil {
		return "", db.ErrNotFound
	}
	f.read(r)
	n := f.described()
	if f.wrong["name"] = nameError(n.Name); f.wrong["name"] == "" {
		delete(f.wrong, "name")
	}
	if len(f.wrong) > 0 {
		return "", refused{f.page()}
	}
	number, err := s.addLink(r, f, n)
	if f.refuse(err) {
		return "", refused{f.page()}
	}
	notify(r, "ok", "The service is linked. Erasures proposed from now on reach it.")
	return serviceHref(number), err
}

func (s *Server) addLink(r *http.Request, f *linkForm, n db.NewLinked) (int64, error) {
	if f.gateway() {
		hosted, _, err := s.store.AddGateway(r.Context(), who(r).Actor(), n.Kind, n.Name, "", n)
		return hosted.Number, err
	}
	v, err := s.store.AddLinked(r.Context(), who(r).Actor(), n)
	return v.Number, err
}

// testLink tries the connection to a service that is not linked yet. Nothing is kept.
func (s *Server) testLink(r *http.Request) (templ.Component, error) {
	f := linkOf(text(r, "link"))
	if f == nil {
		return nil, db.ErrNotFound
	}
	f.read(r)
	if err := s.probe(r, f, nil); err != nil {
		return nil, err
	}
	return f.page(), nil
}

// probe asks the service that the form describes. An attempt with the sealed credential goes only to the host that it was given for.
func (s *Server) probe(r *http.Request, f *linkForm, was *db.Service) error {
	n := f.described()
	n.Name = "tested" // which name it will have is no matter of the connection
	credential := n.Credential
	if credential == nil && was != nil {
		if !db.SameHost(n.URL, was.URL) {
			f.refuse(db.ErrCredential)
			return nil
		}
		var err error
		if credential, err = s.store.Credential(r.Context(), was.Number); err != nil && !errors.Is(err, db.ErrNotFound) {
			return err
		}
	}
	v, err := n.Described()
	var of *db.LinkError
	if err != nil && !(errors.As(err, &of) && of.Field == "fingerprint" && f.values["fingerprint"] == "") && f.refuse(err) {
		return nil
	}
	if len(f.wrong) > 0 {
		return nil
	}
	found := connect.Probe(r.Context(), s.store.Now(), v, credential)
	f.found = &found
	return nil
}

// linkedForm is the form with which a linked service is changed, filled with how it is called now but for what is secret.
func (s *Server) linkedForm(v db.Service) *linkForm {
	f := linkOf(string(v.Kind))
	f.change, f.service = true, v.Number
	l := v.Link
	for name, value := range map[string]string{"url": v.URL, "regulation": l.Regulation, "domain": l.Domain, "fingerprint": l.Fingerprint, "method": l.Method, "body": l.Body,
		"accepted": statusWords(l.Accepted), "done": statusWords(l.Done), "look_method": l.LookMethod, "look": l.Look, "look_body": l.LookBody, "gone": statusWords(l.Gone),
		"test_url": l.TestURL, "instructions": l.Instructions, "name": v.Name} {
		if value != "" {
			f.values[name] = value
		}
	}
	if v.Inside {
		f.values["inside"] = "yes"
	}
	return f
}

func statusWords(list []int) string {
	var out []string
	for _, n := range list {
		out = append(out, strconv.Itoa(n))
	}
	return strings.Join(out, ", ")
}

// linkToChange finds the linked service that a form is about, and reads the form.
func (s *Server) linkToChange(r *http.Request) (db.Service, *linkForm, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return db.Service{}, nil, err
	}
	v, err := s.store.Service(r.Context(), number)
	switch {
	case err != nil:
		return v, nil, err
	case !v.Linked() || !v.Removed.IsZero():
		return v, nil, db.ErrMoved
	}
	f := s.linkedForm(v)
	f.read(r)
	f.values["name"] = v.Name
	return v, f, nil
}

// withLink is the page of a linked service with a form that was typed into.
func (s *Server) withLink(r *http.Request, v db.Service, f *linkForm) (views.Service, error) {
	page, err := s.linkedPage(r, v)
	page.Link = f.view()
	return page, err
}

// changeLink changes how a linked service is called.
func (s *Server) changeLink(r *http.Request) (string, error) {
	v, f, err := s.linkToChange(r)
	if err != nil {
		return "", err
	}
	n := f.described()
	if len(f.wrong) == 0 {
		err = s.store.ChangeLinked(r.Context(), who(r).Actor(), v.Number, n)
	}
	if f.refuse(err) {
		page, err := s.withLink(r, v, f)
		return "", errors.Join(refused{page}, err)
	}
	notify(r, "ok", "Saved. The next call is made so.")
	return serviceHref(v.Number), err
}

// testService tries the connection to a linked service as the form on its page describes it.
func (s *Server) testService(r *http.Request) (templ.Component, error) {
	v, f, err := s.linkToChange(r)
	if err != nil {
		return nil, err
	}
	if err := s.probe(r, f, &v); err != nil {
		return nil, err
	}
	return s.withLink(r, v, f)
}

// removeLink ends a link. What is open there waits for a person.
func (s *Server) removeLink(r *http.Request) (string, error) {
	v, f, err := s.linkToChange(r)
	if err != nil {
		return "", err
	}
	if !typedAs(r, text(r, "confirm"), removeWords) {
		page, err := s.withLink(r, v, f)
		page.Link = s.linkedForm(v).view()
		page.Remove.Typed, page.Remove.Error = r.PostFormValue("confirm"), mistyped(removeWords)
		return "", errors.Join(refused{page}, err)
	}
	notify(r, "ok", "The link is removed. Erasures that had not reached it wait for a person.")
	return serviceHref(v.Number), s.store.RemoveService(r.Context(), who(r).Actor(), v.Number)
}

// removeWords are typed to remove a link.
const removeWords lang.Word = "remove link"
