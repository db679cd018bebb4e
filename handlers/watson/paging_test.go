package watson

import (
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
)

// fill stores n messages of one customer, three at each moment, and other customers' between them.
func (h *house) fill(n int) {
	h.t.Helper()
	var records []db.NewRecord
	for i := range n {
		when := h.clock.Now().Add(time.Duration(i/3) * time.Second)
		records = append(records,
			dbtest.Message(h.t, h.service.Number, when, fmt.Sprintf("m%03d", i), "abc"),
			dbtest.Message(h.t, h.service.Number, when, "other", "xyz"))
	}
	if _, err := h.store.Ingest(h.t.Context(), audit.System, records, nil); err != nil {
		h.t.Fatal(err)
	}
}

// walk follows a listing to its end as IBM's clients do: the same parameters again, with next_cursor, until pagination is empty.
// between runs after each page.
func (h *house) walk(params url.Values, between func()) (texts []string, pages int) {
	h.t.Helper()
	for {
		var l logs
		h.must(200, ask{line: "GET /v2/assistants/a1/logs?" + params.Encode()}, &l)
		for _, e := range l.Logs {
			texts = append(texts, e.Request.Input.Text)
		}
		pages++
		if len(l.Pagination) == 0 {
			return texts, pages
		}
		next, err := url.Parse(l.Pagination["next_url"])
		if err != nil || next.Query().Get("cursor") != l.Pagination["next_cursor"] || !strings.HasPrefix(next.Path, Prefix+h.service.GUID+"/v2/") {
			h.t.Fatalf("next_url %q does not lead on", l.Pagination["next_url"])
		}
		params.Set("cursor", l.Pagination["next_cursor"])
		between()
	}
}

// TestPaging walks 260 entries in both orders while messages arrive: each entry once, in order, and none of the new ones.
func TestPaging(t *testing.T) {
	for _, tt := range []struct {
		sort, limit string
		pages       int
	}{
		{"", "", 3}, {"request_timestamp", "100", 3}, {"-request_timestamp", "100", 3},
		{"request_timestamp", "7", 38}, {"-request_timestamp", "130", 2}, {"-request_timestamp", "1000000", 1}, {"request_timestamp", "260", 1},
	} {
		h := open(t)
		h.fill(260)
		params := url.Values{"version": {"2020-04-01"}, "filter": {"customer_id::abc"}}
		if tt.sort != "" {
			params.Set("sort", tt.sort)
		}
		if tt.limit != "" {
			params.Set("page_limit", tt.limit)
		}
		texts, pages := h.walk(params, func() { h.must(200, message("new", labelled("abc")), nil) })
		if len(texts) != 260 || pages != tt.pages {
			t.Errorf("sort %q, limit %q: %d entries on %d pages, want 260 on %d", tt.sort, tt.limit, len(texts), pages, tt.pages)
			continue
		}
		for i, text := range texts {
			want := fmt.Sprintf("m%03d", i)
			if strings.HasPrefix(tt.sort, "-") {
				want = fmt.Sprintf("m%03d", 259-i)
			}
			if text != want {
				t.Errorf("sort %q, limit %q: entry %d is %s, want %s", tt.sort, tt.limit, i, text, want)
				break
			}
		}
	}
}

// TestMessagesTogether: messages of one conversation that come together all count as turns.
func TestMessagesTogether(t *testing.T) {
	h := open(t)
	var s Session
	h.must(201, ask{line: "POST /v2/assistants/a1/sessions?version=2020-04-01"}, &s)
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			if status, body, _ := h.do(ask{line: "POST /v2/assistants/a1/sessions/" + s.SessionID + "/message?version=2020-04-01"}); status != 200 {
				t.Errorf("%d %s", status, body)
			}
		})
	}
	wait.Wait()
	chat, err := h.store.Chat(t.Context(), h.service.Number, "a1", s.SessionID)
	if err != nil || chat.Turns != 20 || !strings.Contains(string(chat.Context), `"turn_count":20`) {
		t.Errorf("%d turns (%v), context %s, want 20", chat.Turns, err, chat.Context)
	}
}

// TestCursor: a cursor is good for the listing that it was given for, for five minutes.
func TestCursor(t *testing.T) {
	h := open(t)
	h.fill(5)
	const path = "/v2/assistants/a1/logs?version=2020-04-01&page_limit=2"
	var first logs
	h.must(200, ask{line: "GET " + path + "&filter=customer_id%3A%3Aabc"}, &first)
	cursor := first.Pagination["next_cursor"]
	last := len(cursor) - 3
	flipped := cursor[:last] + string('A'+(cursor[last]-'A'+1)%26) + cursor[last+1:]
	for name, tt := range map[string]struct {
		line string
		want int
	}{
		"as given":         {path + "&filter=customer_id%3A%3Aabc&cursor=" + cursor, 200},
		"another limit":    {strings.Replace(path, "limit=2", "limit=1", 1) + "&filter=customer_id%3A%3Aabc&cursor=" + cursor, 200},
		"another filter":   {path + "&filter=customer_id%3A%3Axyz&cursor=" + cursor, 400},
		"no filter":        {path + "&cursor=" + cursor, 400},
		"another order":    {path + "&filter=customer_id%3A%3Aabc&sort=-request_timestamp&cursor=" + cursor, 400},
		"another path":     {strings.Replace(path, "a1", "a2", 1) + "&filter=customer_id%3A%3Aabc&cursor=" + cursor, 400},
		"one byte changed": {path + "&filter=customer_id%3A%3Aabc&cursor=" + flipped, 400},
		"cut off":          {path + "&filter=customer_id%3A%3Aabc&cursor=" + cursor[:len(cursor)-4], 400},
	} {
		if status, body, _ := h.do(ask{line: "GET " + tt.line}); status != tt.want || status == 400 && !strings.Contains(body, "cursor is not valid") {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	h.clock.Pass(5 * time.Minute)
	h.must(200, ask{line: "GET " + path + "&filter=customer_id%3A%3Aabc&cursor=" + cursor}, nil)
	h.clock.Pass(time.Millisecond)
	if status, body, _ := h.do(ask{line: "GET " + path + "&filter=customer_id%3A%3Aabc&cursor=" + cursor}); status != 400 || !strings.Contains(body, "expired") {
		t.Errorf("after five minutes: %d %s", status, body)
	}
}

// TestCursorBound: one instance's cursor is nothing to another, whatever else is equal.
func TestCursorBound(t *testing.T) {
	h := open(t)
	h.fill(5)
	other := Prefix + h.add("assistant", "other")
	var l logs
	h.must(200, ask{line: "GET /v2/assistants/a1/logs?version=2020-04-01&page_limit=1"}, &l)
	line := "GET " + other + "/v2/assistants/a1/logs?version=2020-04-01&page_limit=1&cursor=" + l.Pagination["next_cursor"]
	if status, body, _ := h.do(ask{line: line, key: "other"}); status != 400 {
		t.Errorf("%d %s", status, body)
	}
}

// TestLargePages: a page ends early when its entries are large, and its cursor leads on.
func TestLargePages(t *testing.T) {
	h := open(t)
	for range 70 {
		r := dbtest.Message(t, h.service.Number, h.clock.Now(), "x", "abc")
		r.Body = []byte(`{"request":{"input":{"text":"x"},"y":"` + strings.Repeat("y", 400_000) + `"}}`)
		dbtest.Ingest(t, h.store, r)
	}
	texts, pages := h.walk(url.Values{"version": {"2020-04-01"}}, func() {})
	if len(texts) != 70 || pages != 2 {
		t.Errorf("%d entries on %d pages, want 70 on 2", len(texts), pages)
	}
}

// TestLogID: log_ids are UUIDs, differ by record and by instance, and stay the same.
func TestLogID(t *testing.T) {
	h := open(t)
	h.fill(3)
	first, again := h.listed("/v2/assistants/a1/logs", ""), h.listed("/v2/assistants/a1/logs", "")
	seen := map[string]bool{}
	for i, e := range first.Logs {
		if !uuids.MatchString(e.LogID) || e.LogID != again.Logs[i].LogID || seen[e.LogID] {
			t.Errorf("log_id %s", e.LogID)
		}
		seen[e.LogID] = true
	}
	if seen[LogID(dbtest.Service(t, h.store, "Other").GUID, 1)] {
		t.Error("another instance has the same log_id")
	}
	r := dbtest.Message(t, h.service.Number, h.clock.Now().Add(time.Hour), "imported", "abc")
	r.LogID = "its-own"
	dbtest.Ingest(t, h.store, r)
	if l := h.listed("/v2/assistants/a1/logs", ""); l.Logs[len(l.Logs)-1].LogID != "its-own" {
		t.Error("an imported entry has lost its log_id")
	}
}
