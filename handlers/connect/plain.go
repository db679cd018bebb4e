package connect

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"time"

	"quittance/db"
	"quittance/db/erasure"
	"quittance/handlers/watson"
)

// plainAnswer is how much of an answer is read: only its status counts, and whether it is a page for people.
const plainAnswer = 64 << 10

// plain is the line to a service that is called as an administrator wrote it.
type plain struct {
	call    *watson.Plain
	service db.Service
	header  http.Header
}

func newPlain(ctx context.Context, store *db.Store, v db.Service, pacer *watson.Pacer) (line, error) {
	h, err := headersOf(ctx, store, v)
	if err != nil {
		return nil, err
	}
	return &plain{watson.NewPlain(NewClient(Options{Inside: v.Inside, Unbounded: true}), pacer), v, h}, nil
}

// request fills the templates with an ID. Its error is a refusal: nothing leaves.
func (l *plain) request(ctx context.Context, method, address, body, id string) (*http.Request, error) {
	u, err := fillAddress(address, id)
	if err != nil {
		return nil, &watson.CallError{Outcome: watson.Refused, Code: "unwritable"}
	}
	if check(u, l.service.Inside) != nil {
		return nil, &watson.CallError{Outcome: watson.Refused, Code: "address"}
	}
	content, err := fillBody(body, id)
	if err != nil {
		return nil, &watson.CallError{Outcome: watson.Refused, Code: "unwritable"}
	}
	r, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(content))
	if err != nil {
		return nil, &watson.CallError{Outcome: watson.Refused, Code: "unwritable"}
	}
	if len(content) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, values := range l.header {
		r.Header[name] = values
	}
	return r, nil
}

func (l *plain) erase(ctx context.Context, p db.LinkedPart, note func() error) (string, error) {
	how := l.service.Link
	r, err := l.request(ctx, how.Method, l.service.URL, how.Body, p.Subject)
	if err == nil {
		err = l.call.Turn(ctx)
	}
	if err == nil {
		err = note()
	}
	if err != nil {
		return "", err
	}
	a, err := l.call.Call(ctx, r, plainAnswer)
	if err != nil {
		return "", err
	}
	return l.judge(a)
}

// judge holds an answer against what the administrator expects. Any other success is none: nobody knows what it means.
func (l *plain) judge(a watson.Answer) (string, error) {
	done := slices.Contains(l.service.Link.Done, a.Status)
	switch {
	case (done || slices.Contains(l.service.Link.Accepted, a.Status)) && a.WebPage():
		return "", &watson.CallError{Outcome: watson.Unknown, Code: "web-page", Status: a.Status}
	case done:
		return erasure.CodeStated, nil
	case slices.Contains(l.service.Link.Accepted, a.Status):
		return "", nil
	}
	if err := l.call.Refusal(a); err != nil {
		return "", err
	}
	return "", &watson.CallError{Outcome: watson.Unknown, Code: "malformed", Status: a.Status}
}

// look asks whether anything is there, if the service can be asked.
func (l *plain) look(ctx context.Context, p db.LinkedPart, since time.Duration) (verdict, error) {
	how := l.service.Link
	if how.Look == "" {
		return untold(since, false), nil
	}
	r, err := l.request(ctx, how.LookMethod, how.Look, how.LookBody, p.Subject)
	if err != nil {
		return untold(since, false), nil
	}
	if l.call.TurnToLook(ctx) != nil {
		return untold(since, true), nil
	}
	a, err := l.call.Call(ctx, r, plainAnswer)
	switch {
	case err != nil:
		return untold(since, true), nil
	case slices.Contains(how.Gone, a.Status) && !(a.Status < 300 && a.WebPage()):
		return verdict{to: erasure.Confirmed}, nil
	case a.Status < 300:
		return left(since), nil
	}
	return untold(since, true), nil
}
