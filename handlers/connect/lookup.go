package connect

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"quittance/db"
	"quittance/db/label"
	"quittance/handlers/watson"
)

const (
	// LookupTime is how long somebody waits for services elsewhere.
	LookupTime = 3 * time.Second
	// lookupCalls is how many calls are on their way at a time, for one who asks.
	lookupCalls = 8
	// lookupEntries is how many entries of a page are read, and lookupShown how many are shown.
	lookupEntries = 200
	lookupShown   = 3
	// saidBytes is how much of what was said is kept for a moment: what the store keeps beside a record, too.
	saidBytes = 256
)

// Codes for why a service was not heard, beside those of watson.CallError. Their words are the face's.
const (
	CodeKind   = "kind"   // services of this kind cannot be asked
	CodePlaces = "places" // nothing is known of where in it messages are
	CodeSlow   = "slow"   // it did not answer in time
	CodeOwn    = "own"    // something is wrong on our side: the address is not allowed, or the credential cannot be read
)

// Finding is what one service said of a customer. With a Code it is not the whole answer, whatever else stands in it.
type Finding struct {
	Service db.Service
	Code    string
	Entries int64
	More    bool // there are more than were counted
	Newest  time.Time
	Latest  []Said // the newest, at most three
}

// Said is one entry: what a person said, unmasked, and when. It is shown and kept nowhere.
type Said struct {
	At   time.Time
	Text string
}

// Askable tells whether the service is one of those that can be asked what they hold of a customer.
func (f Finding) Askable() bool { return f.Code != CodeKind && f.Code != CodePlaces }

// FindingState is what a service said, or why it said nothing.
type FindingState string

// States of a finding.
const (
	FindingMute   FindingState = "cannot-be-asked"
	FindingSilent FindingState = "no-answer"
	FindingHolds  FindingState = "holds-entries"
	FindingEmpty  FindingState = "answered"
)

// State tells it.
func (f Finding) State() FindingState {
	switch {
	case !f.Askable():
		return FindingMute
	case f.Code != "":
		return FindingSilent
	case f.Entries > 0:
		return FindingHolds
	}
	return FindingEmpty
}

// Lookup asks linked services at the moment what they hold under some IDs of one person: only Assistants can be asked, and only for the
// places that messages went to from here (law L8). Whoever does not answer in time is named (law L11). Nothing of it is stored.
type Lookup struct {
	Store *db.Store
	Time  time.Duration // how long it may take; 0 = LookupTime
	// Client makes the client of a service; nil = NewInstance over the store's credential.
	Client func(ctx context.Context, v db.Service) (*watson.Client, error)
}

// Ask asks all at once and returns a finding for each, in their order, when all have answered or the time is over.
func (l *Lookup) Ask(ctx context.Context, services []db.Service, ids []label.ID) []Finding {
	wait := l.Time
	if wait == 0 {
		wait = LookupTime
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	out, turns := make([]Finding, len(services)), make(chan struct{}, lookupCalls)
	var calls sync.WaitGroup
	for i, v := range services {
		calls.Go(func() { out[i] = l.ask(ctx, v, ids, turns) })
	}
	calls.Wait()
	return out
}

// ask asks one service, place by place.
func (l *Lookup) ask(ctx context.Context, v db.Service, ids []label.ID, turns chan struct{}) Finding {
	f := Finding{Service: v}
	if v.Kind != label.Assistant || len(ids) == 0 {
		f.Code = CodeKind
		return f
	}
	places, err := l.Store.Containers(ctx, v.Number)
	if err != nil || len(places) == 0 {
		f.Code = map[bool]string{true: CodePlaces, false: CodeOwn}[err == nil]
		return f
	}
	client, err := l.client(ctx, v)
	if err != nil {
		f.Code = CodeOwn
		return f
	}
	for _, place := range places {
		select {
		case turns <- struct{}{}:
		case <-ctx.Done():
			f.Code = CodeSlow
			return f
		}
		err := f.look(ctx, client, place, ids)
		<-turns
		if f.Code = unheard(ctx, err); f.Code != "" {
			return f
		}
	}
	return f
}

func (l *Lookup) client(ctx context.Context, v db.Service) (*watson.Client, error) {
	if l.Client != nil {
		return l.Client(ctx, v)
	}
	return NewInstance(ctx, l.Store, v)
}

// look adds one page of one place.
func (f *Finding) look(ctx context.Context, client *watson.Client, place db.Container, ids []label.ID) error {
	q := watson.LogQuery{Filter: watson.FilterCustomer(ids[0], ids[1:]...), Assistant: place.Name, NewestFirst: true, PageLimit: lookupEntries}
	if place.V1 {
		q.Assistant, q.Workspace = "", place.Name
	}
	read := 0
	more, err := client.FirstPage(ctx, q, func(e watson.Entry) bool {
		if read == lookupEntries {
			return false
		}
		read++
		f.add(e)
		return true
	})
	f.More = f.More || more
	return err
}

func (f *Finding) add(e watson.Entry) {
	f.Entries++
	at := received(e)
	if at.After(f.Newest) {
		f.Newest = at
	}
	f.Latest = append(f.Latest, Said{at, saidIn(e)})
	slices.SortStableFunc(f.Latest, func(a, b Said) int { return b.At.Compare(a.At) })
	f.Latest = f.Latest[:min(len(f.Latest), lookupShown)]
}

// saidIn is what the customer said, of either version of the API; "" where nothing of that form stands there.
func saidIn(e watson.Entry) string {
	var request struct {
		Input struct {
			Text string `json:"text"`
		} `json:"input"`
	}
	if json.Unmarshal(e.Request, &request) != nil {
		return ""
	}
	return strings.ToValidUTF8(request.Input.Text[:min(len(request.Input.Text), saidBytes)], "")
}

// unheard is the code of what kept a service from answering, "" where it has.
func unheard(ctx context.Context, err error) string {
	var call *watson.CallError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &call) && call.Code == "paced":
		return call.Code
	case ctx.Err() != nil:
		return CodeSlow
	case errors.As(err, &call):
		return call.Code
	}
	return CodeOwn
}
