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

// confirm asks a service whether it still holds anything from before our last accepted call. Only an Assistant can be asked, and only for
// the places that we know (law L8): all others are unobservable when their time is over.
func (r *Runner) confirm(ctx context.Context, p db.LinkedPart) error {
	since := r.Store.Now().Sub(p.Accepted)
	places, err := r.Store.Containers(ctx, p.Service.Number)
	if err != nil {
		return err
	}
	if p.Service.Kind != label.Assistant || len(places) == 0 {
		return r.unobserved(ctx, p, since)
	}
	client, id, code, err := r.prepare(ctx, p)
	if err != nil || code != "" {
		return errors.Join(err, r.unobserved(ctx, p, since))
	}
	switch err := leftAt(ctx, client, id, places, p.Sent); {
	case err == nil:
		return r.move(ctx, p, erasure.Confirmed, "", time.Time{})
	case ctx.Err() != nil:
		return nil
	case !errors.Is(err, errLeft):
		return r.unobserved(ctx, p, since)
	case since > unobservableAfter:
		return r.move(ctx, p, erasure.Failed, erasure.CodeRemains, r.again(p, 0))
	}
	return r.move(ctx, p, erasure.Accepted, "", r.Store.Now().Add(nextLook(since)))
}

// unobserved waits until the service's time is over, and then says that nobody can tell.
func (r *Runner) unobserved(ctx context.Context, p db.LinkedPart, since time.Duration) error {
	if since > unobservableAfter {
		return r.move(ctx, p, erasure.Unobservable, erasure.CodeUnobservable, time.Time{})
	}
	wait := nextLook(since)
	if p.Service.Kind != label.Assistant {
		wait = unobservableAfter - since + time.Second
	}
	return r.move(ctx, p, erasure.Accepted, "", r.Store.Now().Add(wait))
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
