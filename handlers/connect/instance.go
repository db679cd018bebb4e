package connect

import (
	"context"
	"fmt"
	"sync"

	"quittance/db"
	"quittance/handlers/watson"
)

// NewInstance makes the client of a linked Watson service, with the credential that the store keeps sealed. Real instances and ours take
// an API key as it is; a token would be one more service to depend on.
func NewInstance(ctx context.Context, store *db.Store, v db.Service) (*watson.Client, error) {
	return newInstance(ctx, store, v, pacerOf(v.URL))
}

func newInstance(ctx context.Context, store *db.Store, v db.Service, pacer *watson.Pacer) (*watson.Client, error) {
	if err := CheckURL(v.URL, v.Inside); err != nil {
		return nil, err
	}
	key, err := store.Credential(ctx, v.Number)
	if err != nil {
		return nil, fmt.Errorf("reading a credential: %w", err)
	}
	return watson.NewClient(watson.ClientOptions{URL: v.URL, Kind: v.Kind, Auth: watson.APIKey(string(key)),
		HTTP: NewClient(Options{Inside: v.Inside, Unbounded: true}), Pacer: pacer})
}

// pacers are kept by address for as long as the program runs: an instance counts the calls of all our clients together.
var pacers sync.Map

func pacerOf(address string) *watson.Pacer {
	p, _ := pacers.LoadOrStore(address, watson.NewPacer(watson.Limits{}))
	return p.(*watson.Pacer)
}
