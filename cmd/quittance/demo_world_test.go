package main

import (
	"context"
	"net/http"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/label"
	"quittance/handlers/auth"
	"quittance/handlers/watson"
)

// demoBodies sends a small world through the API and reads back what is stored of it.
func demoBodies(t *testing.T, seed uint64) (bodies [][]byte) {
	size := demoSize{people: 120, records: 1500, span: wholeDemo.span}
	start := time.Date(2026, 2, 2, 0, 0, 0, 0, time.UTC)
	clock := newDemoClock(start)
	store := dbtest.Open(t, db.WithClock(clock.Now))
	w := newDemoWorld(seed, size, start)
	d := openDoor(t, store, w)
	err := d.sendAll(t.Context(), w.steps, func(_ context.Context, s demoStep) error { clock.reach(start.Add(s.at)); return nil })
	if err != nil {
		t.Fatal(err)
	}
	for seq := range int64(len(w.steps)) {
		r, err := store.Record(t.Context(), seq+1)
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, r.Body)
	}
	return bodies
}

// openDoor is the API alone, without the console around it.
func openDoor(t *testing.T, store *db.Store, w *demoWorld) *demoDoor {
	a, err := auth.New(store, auth.Config{PublicURL: "http://127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	d := &demoDoor{assist: w.assist, handler: watson.New(store, watson.Options{Authenticate: func(r *http.Request) (watson.Caller, error) {
		k, err := a.Caller(r)
		return watson.Caller{Key: k.Number, Service: k.Service, Scopes: k.Scopes}, err
	}})}
	for _, s := range demoServices {
		v, err := store.AddService(t.Context(), audit.Operator, label.Assistant, s.name, s.region)
		if err != nil {
			t.Fatal(err)
		}
		key, _, err := store.AddKey(t.Context(), audit.Operator, db.NewKey{Service: v.Number, Name: s.name, Scopes: db.Scopes()})
		if err != nil {
			t.Fatal(err)
		}
		d.prefix, d.keys, d.numbers = append(d.prefix, "/instances/"+v.GUID), append(d.keys, key), append(d.numbers, v.Number)
	}
	return d
}
