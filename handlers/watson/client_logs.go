package watson

import (
	"context"
	"errors"
	"iter"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"quittance/db/filter"
	"quittance/db/label"
)

const (
	attempts   = 3 // to get one page
	longestNap = 30 * time.Second
	// emptyPages is how many pages without an entry are taken in a row: a service that gives out new cursors for ever would keep us for ever.
	emptyPages = 100
)

// LogQuery says which log is listed. With neither Assistant nor Workspace it is all of v1 (GET /v1/logs), whose filter must name a language
// and a place.
type LogQuery struct {
	Assistant   string // an environment, or an assistant of the classic kind: v2
	Workspace   string // v1
	Filter      string // as FilterIs and FilterAll make it; "" = everything
	NewestFirst bool
	PageLimit   int // 0 = what the service likes
}

// Entry is one entry of a log, of v1 or v2. v1 names a WorkspaceID and neither customer, assistant nor session.
type Entry struct {
	LogID       string `json:"log_id"`
	CustomerID  string `json:"customer_id"` // of several the first
	WorkspaceID string `json:"workspace_id"`
	Log
	Raw jsontext.Value `json:"-"` // as it came
}

// FilterIs is a filter for entries whose field is exactly one of the values, whatever characters they hold.
func FilterIs(field, value string, or ...string) string {
	conditions := []string{filterOne(field, value)}
	for _, v := range or {
		conditions = append(conditions, filterOne(field, v))
	}
	if len(conditions) == 1 {
		return conditions[0]
	}
	return "(" + strings.Join(conditions, "|") + ")" // grouped, because which of , and | binds tighter is not documented
}

func filterOne(field, value string) string {
	if value == "" {
		return field + `::""`
	}
	return filter.Is(field, value).String()
}

// FilterCustomer is a filter for entries that bear one of the IDs.
func FilterCustomer(id label.ID, or ...label.ID) string {
	values := make([]string, len(or))
	for i, v := range or {
		values[i] = v.String()
	}
	return FilterIs("customer_id", id.String(), values...)
}

// FilterAll is a filter for entries that meet all of the filters, each of which FilterIs made or is a single condition.
func FilterAll(filters ...string) string { return strings.Join(filters, ",") }

// Logs lists a log to its end, page by page, entry by entry: never more than one entry is in memory. A page is got again if it fails before its
// first byte; after that, the error ends the listing. A cursor lives for five minutes: whoever takes longer over a page gets the code
// "cursor" and has to begin again, with entries that it has seen before.
//
// The end without an error is the only sign that all was listed (law L11). Services may serve a listing from a cache of a little while ago.
func (c *Client) Logs(ctx context.Context, q LogQuery) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		w, err := c.walk(q)
		for err == nil {
			var more bool
			if more, err = w.page(ctx, yield); err == nil && !more {
				return
			}
		}
		if !errors.Is(err, errEnough) {
			yield(Entry{}, err)
		}
	}
}

// FirstPage lists the first page of a log and nothing behind it, in one attempt, for whoever has somebody waiting. It tells whether there is more:
// behind the page, or on it where yield took no more.
func (c *Client) FirstPage(ctx context.Context, q LogQuery, yield func(Entry) bool) (more bool, err error) {
	w, err := c.walk(q)
	if err != nil {
		return false, err
	}
	a, err := w.ask(ctx)
	if err != nil {
		return false, err
	}
	defer a.Close()
	next, _, err := readPage(a, func(e Entry, _ error) bool { return yield(e) })
	if errors.Is(err, errEnough) {
		return true, nil
	}
	if err != nil {
		return false, a.failure(err)
	}
	return next != "", nil
}

// Sentence says a code of a CallError in words of ours, "" for none.
func Sentence(code string) string { return sentences[code] }

// logWalk is a listing on its way.
type logWalk struct {
	*Client
	path, api string
	pairs     []string // of the query, without the cursor
	cursor    string
	mark      string // a cursor of before, against which others are held
	pages     int    // since the mark
	stride    int    // how many pages until the next mark
	empty     int    // pages in a row
}

func (c *Client) walk(q LogQuery) (*logWalk, error) {
	w := &logWalk{Client: c, path: "v1/logs", api: "v1", stride: 1, pairs: []string{"filter", q.Filter}}
	switch {
	case q.Assistant != "" && q.Workspace != "", q.Assistant+q.Workspace != "" && !identifier(q.Assistant+q.Workspace):
		return nil, &CallError{Outcome: Refused, Code: "request"}
	case q.Assistant != "":
		w.path, w.api = "v2/assistants/"+q.Assistant+"/logs", "v2"
	case q.Workspace != "":
		w.path = "v1/workspaces/" + q.Workspace + "/logs"
	}
	if q.PageLimit > 0 {
		w.pairs = append(w.pairs, "page_limit", strconv.Itoa(q.PageLimit))
	}
	w.pairs = append(w.pairs, "sort", "request_timestamp")
	if q.NewestFirst {
		w.pairs[len(w.pairs)-1] = "-request_timestamp"
	}
	return w, nil
}

// page lists one page, and tells whether another follows.
func (w *logWalk) page(ctx context.Context, yield func(Entry, error) bool) (more bool, err error) {
	a, err := w.open(ctx)
	if err != nil {
		return false, err
	}
	defer a.Close()
	next, count, err := readPage(a, yield)
	if err != nil {
		return false, a.failure(err)
	}
	return next != "", w.advance(next, count)
}

// advance takes the next cursor, and refuses to go round in circles: each cursor is held against one of before, which is replaced after 1, 2, 4,
// 8, … pages (Brent's way: any circle is found, with one cursor in memory).
func (w *logWalk) advance(next string, count int) error {
	if w.empty++; count > 0 {
		w.empty = 0
	}
	if next != "" && (next == w.mark || next == w.cursor) || w.empty >= emptyPages {
		return &CallError{Outcome: Later, Code: "cursor-loop"}
	}
	if w.pages++; w.pages >= w.stride {
		w.mark, w.pages, w.stride = next, 0, 2*w.stride
	}
	w.cursor = next
	return nil
}

// open gets a page as far as its headers. A listing changes nothing, so it may be tried again whatever happened.
func (w *logWalk) open(ctx context.Context) (*slowAnswer, error) {
	for attempt := 1; ; attempt++ {
		a, err := w.ask(ctx)
		if err == nil {
			return a, nil
		}
		nap, again := retry(err, attempt)
		if !again {
			return nil, w.broken(err)
		}
		if err := sleep(ctx, nap); err != nil {
			return nil, err
		}
	}
}

// retry tells whether another attempt makes sense, and after which time: a second, two, with as much chance in it that many who were
// turned away together do not come again together.
func retry(err error, attempt int) (nap time.Duration, again bool) {
	var e *CallError
	if !errors.As(err, &e) || e.Outcome == Refused || e.cause != nil || e.Code == "paced" || attempt >= attempts || e.RetryAfter > longestNap {
		return 0, false
	}
	backoff := time.Second << (attempt - 1)
	return max(e.RetryAfter, backoff/2+rand.N(backoff/2)), true
}

// broken tells a dead cursor from a wrong request: the first page was given for the same request.
func (w *logWalk) broken(err error) error {
	var e *CallError
	if w.cursor == "" || !errors.As(err, &e) || strings.HasPrefix(e.Code, "iam-") || !slices.Contains(diedOf, e.Status) {
		return err
	}
	return &CallError{Outcome: Later, Code: "cursor", Status: e.Status, Transaction: e.Transaction}
}

// diedOf are the answers to a cursor that is no longer good: ours is 400, IBM documents none.
var diedOf = []int{http.StatusBadRequest, http.StatusNotFound, http.StatusGone}

// ask makes one attempt.
func (w *logWalk) ask(ctx context.Context) (*slowAnswer, error) {
	pace := w.pacer.listings
	if w.cursor != "" {
		pace = w.pacer.pages
	}
	if err := pace.wait(ctx); err != nil {
		return nil, err
	}
	r, err := w.request(ctx, http.MethodGet, w.path, w.params(w.api, append(w.pairs, "cursor", w.cursor)...), nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/json")
	a, err := w.slowly(r)
	if err != nil {
		return nil, err
	}
	if e := a.refusal(); e != nil {
		pace.hold(e)
		return nil, e
	}
	return a, nil
}
