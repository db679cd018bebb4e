// Package dbtest opens real stores for tests and fills them. It is imported by tests only, of this floor and of the floors above,
// so that none of them needs SQL or a mock.
package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/label"
)

// Open opens a new store in a directory of its own, and closes it with the test.
func Open(t testing.TB, opts ...db.Option) *db.Store {
	t.Helper()
	s, err := db.Open(context.Background(), t.TempDir(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		Agrees(t, s)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Agrees fails the test where a table is not what the audit trail says of it: whatever a test has done to a store by its doors, the trail tells.
func Agrees(t testing.TB, s *db.Store) {
	t.Helper()
	rebuilt, err := s.Rebuild(context.Background())
	if errors.Is(err, sql.ErrConnDone) || err != nil && strings.Contains(err.Error(), "database is closed") {
		return // the test has closed it
	}
	if err != nil {
		t.Error(err)
	}
	for _, d := range rebuilt.Differences {
		t.Errorf("%s: %s", d.Object, d.Words)
	}
}

// NoBreaker lets batches of a new store erase as much as they like: tests and measurements erase what no office would in a quarter of an hour.
func NoBreaker(t testing.TB, s *db.Store) {
	t.Helper()
	_, most, _ := db.LimitBounds(db.LimitFloor)
	if err := s.InitLimits(context.Background(), map[string]int64{db.LimitFloor: most}); err != nil {
		t.Fatal(err)
	}
}

// Clock is a clock that stands still until it is moved.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock starts at a fixed moment.
func NewClock() *Clock { return &Clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)} }

// Now is for db.WithClock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Pass moves the clock.
func (c *Clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Service adds a hosted Assistant.
func Service(t testing.TB, s *db.Store, name string) db.Service {
	t.Helper()
	v, err := s.AddService(context.Background(), audit.Operator, label.Assistant, name, "eu-de")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// ID parses a customer ID for an Assistant.
func ID(t testing.TB, raw string) label.ID {
	t.Helper()
	id, err := label.Parse(label.Assistant, raw)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// Message makes a record that holds a text, labelled with the IDs.
func Message(t testing.TB, service int64, when time.Time, text string, ids ...string) db.NewRecord {
	t.Helper()
	labels := make([]label.ID, len(ids))
	for i, raw := range ids {
		labels[i] = ID(t, raw)
	}
	body := fmt.Sprintf(`{"request":{"input":{"message_type":"text","text":%q}},"response":{"output":{"generic":[{"response_type":"text","text":"Kept."}]}}}`, text)
	return db.NewRecord{Service: service, Kind: db.Message, Time: when, Answered: when.Add(20 * time.Millisecond), Labels: labels,
		Language: "en", Container: "a1", Session: "s1", Text: text, Body: []byte(body)}
}

// Ingest stores records and returns their numbers.
func Ingest(t testing.TB, s *db.Store, records ...db.NewRecord) []int64 {
	t.Helper()
	seqs, err := s.Ingest(context.Background(), audit.System, records, nil)
	if err != nil {
		t.Fatal(err)
	}
	return seqs
}
