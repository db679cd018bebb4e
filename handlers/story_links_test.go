package handlers

// What happens at services elsewhere, in a story.

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"

	"quittance/db"
	"quittance/db/audit"
	"quittance/handlers/connect"
	"quittance/handlers/opendsr"
	"quittance/handlers/opendsr/dsrtest"
)

// processor starts an OpenDSR processor: {NAME.url} and {NAME.fingerprint}.
func (s *story) processor(name string) error {
	p := dsrtest.Start(s.h.t)
	s.processors[name] = p
	s.vars[name+".url"], s.vars[name+".fingerprint"] = p.URL, p.Fingerprint()
	return nil
}

// shop starts a service that answers everything with a status: shop NAME STATUS, {NAME.url}.
func (s *story) shop(rest string) error {
	name, status, _ := strings.Cut(rest, " ")
	code, err := strconv.Atoi(status)
	if err != nil {
		return err
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }))
	s.h.t.Cleanup(server.Close)
	s.vars[name+".url"] = server.URL
	return nil
}

// task is a service whose erasures a person does: {NAME.number}.
func (s *story) task(name string) error {
	v, err := s.h.store.AddLinked(context.Background(), audit.Operator, db.NewLinked{Kind: db.Manual, Name: name, Link: db.Link{Instructions: "Look in the cellar."}})
	s.vars[name+".number"] = decimal(v.Number)
	return err
}

// told is what a processor says by itself: told ERASURE SERVICE NAME STATUS [forged].
func (s *story) told(rest string) (err error) {
	w := append(strings.Fields(rest), "")
	if len(w) < 5 || s.processors[w[2]] == nil {
		return errors.New("what a processor says is written: told ERASURE SERVICE NAME STATUS [forged]")
	}
	number, _ := strconv.ParseInt(w[0], 10, 64)
	service, _ := strconv.ParseInt(w[1], 10, 64)
	call, err := s.h.store.PartCall(context.Background(), number, service)
	if err != nil {
		return err
	}
	if s.since, _, err = s.h.store.Head(context.Background()); err != nil {
		return err
	}
	to := s.h.url + connect.CallbackPath + call.Token
	body, err := json.Marshal(opendsr.Status{ControllerID: "quittance", ID: call.Request, Status: w[3], CallbackURL: to})
	p := s.processors[w[2]]
	p.Set(func(p *dsrtest.Processor) {
		if p.Signs = nil; w[4] == "forged" {
			p.Signs = dsrtest.Stranger()
		}
	})
	s.got = page{status: p.Post(s.h.t, to, body)}
	return err
}

// huge is a callback that is too large to be looked at: huge ERASURE SERVICE.
func (s *story) huge(rest string) error {
	w := append(strings.Fields(rest), "", "")
	number, _ := strconv.ParseInt(w[0], 10, 64)
	service, _ := strconv.ParseInt(w[1], 10, 64)
	call, err := s.h.store.PartCall(context.Background(), number, service)
	if err != nil {
		return err
	}
	res, err := http.Post(s.h.url+connect.CallbackPath+call.Token, "application/json", bytes.NewReader(make([]byte, 2*callbackBytes)))
	if err != nil {
		return err
	}
	s.got = page{status: res.StatusCode}
	return res.Body.Close()
}
