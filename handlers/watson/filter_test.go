package watson

import (
	"net/url"
	"strings"
	"testing"

	"quittance/db"
	"quittance/db/dbtest"
	"quittance/db/dbtest/noise"
)

// withLogRows opens the doors with a bound on what a page of logs looks at.
func (h *house) withLogRows(rows int64) {
	h.server.Config.Handler = New(h.store, Options{Authenticate: h.authenticate, LogRows: rows})
}

// TestTooBroad: a filter that finds nothing within the bound is refused on the first page with what it lacks; one that finds something gives a short
// page, and its cursors lead to the rest, also over pages that find nothing.
func TestTooBroad(t *testing.T) {
	h := open(t)
	h.withLogRows(512)
	var records []db.NewRecord
	for i := range 6000 {
		r := dbtest.Message(t, h.service.Number, h.clock.Now(), "m", "abc")
		if i == 100 || i == 5900 {
			r.Session = "rare"
		}
		records = append(records, r)
	}
	dbtest.Ingest(t, h.store, records...)
	status, body, _ := h.do(ask{line: "GET /v2/assistants/a1/logs?version=2020-04-01&filter=session_id%3A%3Anone"})
	if status != 400 || !strings.Contains(body, "narrow it with customer_id") {
		t.Errorf("a filter without an index: %d %s", status, body)
	}
	params := url.Values{"version": {"2020-04-01"}, "filter": {"session_id::rare"}}
	if texts, pages := h.walk(params, func() {}); len(texts) != 2 || pages < 3 {
		t.Errorf("%d entries on %d pages, want 2 on many", len(texts), pages)
	}
	for filter, want := range map[string]int{"customer_id::abc": 6000, "customer_id::abc,session_id::rare": 2} {
		texts, _ := h.walk(url.Values{"version": {"2020-04-01"}, "filter": {filter}, "page_limit": {"1000"}}, func() {})
		if len(texts) != want {
			t.Errorf("%s: %d entries, want %d", filter, len(texts), want)
		}
	}
}

// TestFilterPlaces: what is wrong with a filter stands in the answer with its place, and never the filter itself.
func TestFilterPlaces(t *testing.T) {
	h := open(t)
	for filter, want := range map[string]string{
		`customer_id::secret,nonsense::secret`: "byte 20: this field is not supported",
		`customer_id::"secret`:                 "byte 13: the quotation mark is not closed",
		`language::secret*`:                    "byte 10: the wildcard",
		`response_timestamp::2020-07-01~1`:     "byte 20: the suffixes",
		`request_timestamp>=secret`:            "byte 19: this is no time",
		`response.intents:confidence>secret`:   "byte 28: this is no number",
		`response.intents:secret::x`:           "byte 17: the elements",
		`customer_id:secret`:                   "byte 0: this field does not support :",
		`customer_id::secret*~1`:               "byte 13: a value has either",
	} {
		status, body, _ := h.do(ask{line: "GET /v2/assistants/a1/logs?version=2020-04-01&filter=" + url.QueryEscape(filter)})
		if status != 400 || !strings.Contains(body, want) || strings.Contains(body, "secret") {
			t.Errorf("%s: %d %s", filter, status, body)
		}
	}
}

// filtersSent is how many made-up filters go over the wire.
const filtersSent = 5000

// TestFiltersSent: no filter is answered with a fault of the server.
func TestFiltersSent(t *testing.T) {
	h := open(t)
	h.fill(20)
	source, found := noise.New(7), 0
	pick := []string{"/v2/assistants/a1/logs?version=2020-04-01&filter=", "/v1/workspaces/a1/logs?version=2020-04-01&filter=",
		"/v1/logs?version=2020-04-01&filter=language%3A%3Aen,workspace_id%3A%3Aa1,"}
	for range filtersSent {
		filter := source.Filter()
		path := pick[len(filter)%len(pick)]
		status, body, _ := h.do(ask{line: "GET " + path + url.QueryEscape(filter)})
		if status != 200 && status != 400 {
			t.Fatalf("%q: %d %s", filter, status, body)
		}
		if status == 200 {
			found++
		}
	}
	if found < filtersSent/20 {
		t.Errorf("only %d of %d filters were answered", found, filtersSent)
	}
}
