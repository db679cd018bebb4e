package connect

import (
	"context"
	"errors"
	"time"

	"quittance/db"
	"quittance/db/erasure"
	"quittance/db/label"
	"quittance/handlers/watson"
)

// errLeft ends a listing at the first entry that is still there.
var errLeft = errors.New("something older than our call is left")

// confirm asks a service what became of our last accepted call, and writes down what it says. Only what was asked again and found empty is
// confirmed (law L8); what cannot be asked is unobservable when its time is over.
func (r *Runner) confirm(ctx context.Context, p db.LinkedPart) error {
	since := r.Store.Now().Sub(p.Accepted)
	l, code, err := r.prepare(ctx, p)
	v := untold(since, p.Service.Kind == label.Assistant)
	if err == nil && code == "" {
		v, err = l.look(ctx, p, since)
	}
	if ctx.Err() != nil {
		return nil
	}
	return errors.Join(err, r.conclude(ctx, p, v))
}

func (r *Runner) conclude(ctx context.Context, p db.LinkedPart, v verdict) error {
	switch v.to {
	case "":
		return nil
	case erasure.Accepted:
		return r.move(ctx, p, v.to, "", r.Store.Now().Add(r.soon(v.wait)))
	case erasure.Failed:
		return r.move(ctx, p, v.to, v.code, r.again(p, 0))
	}
	return r.Store.Hear(context.WithoutCancel(ctx), p.Erasure, p.Service.Number, db.PartMove{To: v.to, Code: v.code})
}

// look asks an Assistant for what it still lists, at the places that we know. Nothing else can be asked.
func (l instanceLine) look(ctx context.Context, p db.LinkedPart, since time.Duration) (verdict, error) {
	places, err := l.store.Containers(ctx, p.Service.Number)
	if err != nil {
		return verdict{}, err
	}
	assistant := p.Service.Kind == label.Assistant
	id, err := label.Parse(p.Service.Kind, p.Subject)
	if !assistant || len(places) == 0 || err != nil {
		return untold(since, assistant), nil
	}
	switch err := leftAt(ctx, l.client, id, places, p.Sent); {
	case err == nil:
		return verdict{to: erasure.Confirmed}, nil
	case errors.Is(err, errLeft):
		return left(since), nil
	}
	return untold(since, true), nil
}

// leftAt lists what the places still hold of a customer: nil if nothing is older than the call, errLeft if something is, and any other error
// if that cannot be told.
func leftAt(ctx context.Context, client *watson.Client, id label.ID, places []db.Container, called time.Time) error {
	for _, place := range places {
		q := watson.LogQuery{Filter: watson.FilterCustomer(id), PageLimit: 10}
		if q.Assistant = place.Name; place.V1 {
			q.Assistant, q.Workspace = "", place.Name
		}
		for entry, err := range client.Logs(ctx, q) {
			if err != nil {
				return err
			}
			if at := received(entry); at.IsZero() || at.Before(called) {
				return errLeft
			}
			break // oldest first: what follows is younger
		}
	}
	return nil
}

// received is when the service got an entry; zero = it does not say.
func received(e watson.Entry) time.Time {
	t, _ := time.Parse(time.RFC3339, e.RequestTimestamp)
	return t
}
