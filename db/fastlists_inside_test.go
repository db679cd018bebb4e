package db

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"quittance/db/audit"
	"quittance/db/filter"
	"quittance/db/label"
)

// wholly tells which tables a plan goes through from one end to the other, by whatever index. Tables of the question's own do not count.
func wholly(steps []string) (out []string) {
	for _, step := range steps {
		if table, ok := strings.CutPrefix(step, "SCAN "); ok {
			if name, _, _ := strings.Cut(table, " "); slices.Contains([]string{"r", "record", "l", "label", "c", "customer", "leaf", "e", "erasure", "tally"}, name) {
				out = append(out, step)
			}
		}
	}
	return out
}

// TestListsAreReadFromWhereTheyBegin: no page of a list is found by passing over those before it, nor by reading what it does not show.
func TestListsAreReadFromWhereTheyBegin(t *testing.T) {
	h := openHouse(t)
	place := Place{Time: 5, Seq: 5}
	questions := map[string]struct {
		sql, wants string
		args       []any
	}{}
	add := func(name, sql, wants string, args []any) {
		questions[name] = struct {
			sql, wants string
			args       []any
		}{sql, wants, args}
	}
	records := RecordQuery{Subject: "abc", Before: place, Limit: 50}
	where, args := records.labelWhere()
	add("records of a customer", "SELECT "+recordColumns+" FROM label l JOIN record r ON r.seq = l.record WHERE "+where+" AND (l.time, l.record) < (?, ?) ORDER BY l.time DESC, l.record DESC LIMIT 51",
		"PRIMARY KEY (customer=? AND (time,record)<(?,?))", append(args, 5, 5))
	for word, q := range map[string]AuditQuery{"an event": {Event: "logs.read"}, "a word": {Event: "erasure"}, "an actor": {Actor: "user/1"}, "an object": {Object: "key/1"}, "all": {}} {
		q.Limit, q.Before = 51, 1000
		sql, args := q.page()
		add("entries of "+word, sql, "", args)
	}
	add("who is in a conversation before", talkBefore, "record_talk", []any{1, 5, 1, "s", "abc"})
	add("who is in a conversation after", talkAfter, "record_talk", []any{1, 1, 5, "s", "abc"})
	add("what is past its retention", dueSQL(Message), "SEARCH tally USING PRIMARY KEY", []any{1, 5})
	for name, text := range map[string]string{"messages of a customer": "customer_id::abc", "messages of a time": "request_timestamp>=2026-01-01", "messages of words": "request.input.text:a"} {
		e, err := filter.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		l, err := h.logScan(h.ctx, LogQuery{Filter: e, Both: true, After: place, Limit: 50})
		if err != nil {
			t.Fatal(err)
		}
		l.end = Place{Time: 1, Seq: 1}
		sql, args := l.sql()
		add(name, sql, "", args)
	}
	for name, q := range questions {
		steps := h.plan(q.sql, q.args...)
		if whole := wholly(steps); len(whole) > 0 {
			t.Errorf("%s: it reads everything there is, in %q:\n%s", name, whole, strings.Join(steps, "\n"))
		}
		if q.wants != "" && !strings.Contains(strings.Join(steps, "\n"), q.wants) {
			t.Errorf("%s: the plan lacks %q:\n%s", name, q.wants, strings.Join(steps, "\n"))
		}
	}
}

// TestTrailByWord: the entries of a word are those whose event begins with it, on each page, both ways.
func TestTrailByWord(t *testing.T) {
	h := openHouse(t)
	for i := range 60 {
		event, object := []audit.Event{audit.LogsRead, audit.FilterSaved, audit.FilterRemoved}[i%3], audit.ObjectOf(audit.KindUser, 1)
		if event == audit.LogsRead {
			object = audit.ObjectOf(audit.KindKey, 1)
		}
		if err := h.Note(h.ctx, audit.ActorOf("user", int64(i%2+1)), event, object, nil); err != nil {
			t.Fatal(err)
		}
	}
	all, err := h.AuditEntries(h.ctx, AuditQuery{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, oldest := range []bool{false, true} {
		for _, actor := range []audit.Actor{"", "user/2"} {
			want := []int64{}
			for _, e := range all {
				if strings.HasPrefix(string(e.Event), "filter.") && (actor == "" || e.Actor == actor) {
					want = append(want, e.Number)
				}
			}
			if oldest {
				slices.Reverse(want)
			}
			if got := h.paged(AuditQuery{Event: "filter", Actor: actor, Oldest: oldest, Limit: 7}); len(want) < 10 || !reflect.DeepEqual(got, want) {
				t.Errorf("entries of filter by %q, oldest first %v: %v, want %v", actor, oldest, got, want)
			}
		}
	}
}

// paged reads all pages of a query.
func (h *house) paged(q AuditQuery) (numbers []int64) {
	h.t.Helper()
	for {
		page, err := h.AuditEntries(h.ctx, q)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, e := range page {
			numbers = append(numbers, e.Number)
		}
		if len(page) == 0 || len(numbers) > 1000 {
			return numbers
		}
		if last := page[len(page)-1].Number; q.Oldest {
			q.Least = last + 1
		} else {
			q = q.Below(last)
		}
	}
}

// TestTrailIsCountedAsFarAsItSays: up to the bound exactly, beyond it one more, and days by the numbers of their entries, however many they are.
func TestTrailIsCountedAsFarAsItSays(t *testing.T) {
	h := openHouse(t)
	first := h.lastEntry().Number + 1
	many := func(t *tx) error {
		for range CountedEntries + 20 {
			if err := t.note(audit.RecordsIngested, audit.ObjectOf(audit.KindService, 1), nil); err != nil {
				return err
			}
		}
		return nil
	}
	h.pass(48 * time.Hour)
	if err := h.write(h.ctx, audit.System, many); err != nil {
		t.Fatal(err)
	}
	h.pass(48 * time.Hour)
	if err := h.Note(h.ctx, audit.Operator, audit.LogsRead, audit.ObjectOf(audit.KindKey, 1), nil); err != nil {
		t.Fatal(err)
	}
	size, _, err := h.Head(h.ctx)
	if err != nil {
		t.Fatal(err)
	}
	day := h.Now().Add(-48 * time.Hour)
	for name, c := range map[string]struct {
		q    AuditQuery
		want int64
	}{
		"all":                {AuditQuery{}, size},
		"any page of all":    {AuditQuery{Before: 5, Least: 2, Limit: 50, Oldest: true}, size},
		"the last day":       {AuditQuery{From: h.Now().Add(-time.Hour)}, 1},
		"days in the middle": {AuditQuery{From: day.Add(-time.Hour), To: day.Add(time.Hour)}, size - 1 - first},
		"before anything":    {AuditQuery{To: day.Add(-1000 * time.Hour)}, 0},
		"a few":              {AuditQuery{Event: "logs.read"}, 1},
		"too many":           {AuditQuery{Event: "records"}, CountedEntries + 1},
		"of an object":       {AuditQuery{Object: "key/1"}, 1},
	} {
		if got, err := h.CountAudit(h.ctx, c.q); err != nil || got != c.want {
			t.Errorf("%s: %d (%v), want %d", name, got, err, c.want)
		}
	}
}

// TestAuditPagesEnd: whoever pages down reads each entry once and comes to an end, whatever bounds the question has besides, and however long a page is.
func TestAuditPagesEnd(t *testing.T) {
	h := openHouse(t)
	for range 5 {
		if err := h.Note(h.ctx, audit.Operator, audit.LogsRead, audit.ObjectOf(audit.KindKey, 1), nil); err != nil {
			t.Fatal(err)
		}
	}
	size, _, err := h.Head(h.ctx)
	if err != nil {
		t.Fatal(err)
	}
	for limit := 1; int64(limit) <= size+1; limit++ {
		for name, q := range map[string]AuditQuery{"all": {}, "until tomorrow": {To: h.Now().Add(24 * time.Hour)}, "since yesterday": {From: h.Now().Add(-24 * time.Hour)}} {
			q.Limit = limit
			got := h.paged(q)
			if int64(len(got)) != size || got[0] != size-1 || got[size-1] != 0 {
				t.Errorf("%s, %d a page: %v of %d", name, limit, got, size)
			}
		}
	}
	if n, err := h.CountAudit(h.ctx, AuditQuery{}.Below(0)); err != nil || n != size {
		t.Errorf("counted below the first entry: %d %v, want all %d", n, err, size)
	}
}

// TestDueIsCountedByDays: what is past its retention is as many as if each were counted, whenever the day begins.
func TestDueIsCountedByDays(t *testing.T) {
	h := openHouse(t)
	v := h.service()
	midnight := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	var in []NewRecord
	for i := range 40 {
		when := midnight.Add(time.Duration(i-20) * 5 * time.Hour)
		in = append(in, NewRecord{Service: v.Number, Kind: Message, Time: when, Answered: when, Session: fmt.Sprint(i), Body: []byte(`{}`), Labels: []label.ID{}})
	}
	in = append(in, in[20], in[20])
	in[40].Time, in[41].Time = midnight.Add(-time.Millisecond), midnight.Add(time.Millisecond)
	if _, err := h.Ingest(h.ctx, audit.System, in, nil); err != nil {
		t.Fatal(err)
	}
	for _, before := range []time.Time{midnight, midnight.Add(time.Millisecond), midnight.Add(-time.Millisecond), midnight.Add(13 * time.Hour), midnight.Add(-1000 * time.Hour), midnight.Add(1000 * time.Hour)} {
		var want Due
		for _, r := range in {
			if r.Time.Before(before) {
				want.Records++
				if want.Oldest.IsZero() || r.Time.Before(want.Oldest) {
					want.Oldest = r.Time
				}
			}
		}
		if got, err := h.Due(h.ctx, v.Number, Message, before); err != nil || got.Records != want.Records || !got.Oldest.Equal(want.Oldest) {
			t.Errorf("before %s: %+v (%v), want %+v", before, got, err, want)
		}
	}
}
