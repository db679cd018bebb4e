package db

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"quittance/db/audit"
	"quittance/db/label"
)

// house is a store with a clock that the test turns.
type house struct {
	*Store
	t   *testing.T
	ctx context.Context
	mu  sync.Mutex
	now time.Time
}

func openHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, ctx: t.Context(), now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	s, err := Open(h.ctx, t.TempDir(), WithClock(h.clock))
	if err != nil {
		t.Fatal(err)
	}
	h.Store = s
	t.Cleanup(func() {
		agrees(t, s)
		s.Close()
	})
	return h
}

// agrees fails the test where a table is not what the audit trail says of it.
func agrees(t *testing.T, s *Store) {
	t.Helper()
	rebuilt, err := s.Rebuild(context.Background())
	for _, d := range rebuilt.Differences {
		t.Errorf("%s: %s", d.Object, d.Words)
	}
	if err != nil && !strings.Contains(err.Error(), "closed") {
		t.Error(err)
	}
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

func (h *house) user(email string, roles ...string) User {
	h.t.Helper()
	u, err := h.AddUser(h.ctx, audit.Operator, NewUser{Email: email, Roles: roles, Password: "$argon2id$of-" + email})
	if err != nil {
		h.t.Fatal(err)
	}
	return u
}

func (h *house) signIn(u User) (string, Session) {
	h.t.Helper()
	token, v, err := h.StartSession(h.ctx, NewSession{User: u.Number, AuthTime: h.Now(), Agent: "Firefox on Linux"})
	if err != nil {
		h.t.Fatal(err)
	}
	return token, v
}

func (h *house) service() Service {
	h.t.Helper()
	v, err := h.AddService(h.ctx, audit.Operator, label.Assistant, "Support bot", "")
	if err != nil {
		h.t.Fatal(err)
	}
	return v
}

// plan is how SQLite would answer a question, step by step.
func (h *house) plan(question string, args ...any) (steps []string) {
	h.t.Helper()
	rows, err := h.readers.DB.QueryContext(h.ctx, "EXPLAIN QUERY PLAN "+question, args...)
	err = each(rows, err, func() error {
		var id, parent, unused int
		var step string
		err := rows.Scan(&id, &parent, &unused, &step)
		steps = append(steps, step)
		return err
	})
	if err != nil || len(steps) == 0 {
		h.t.Fatalf("asking for the plan of %s: %v", question, err)
	}
	return steps
}

// lastEntry is the newest entry of the audit trail.
func (h *house) lastEntry() AuditEntry {
	h.t.Helper()
	all, err := h.AuditEntries(h.ctx, AuditQuery{Limit: 1})
	if err != nil || len(all) != 1 {
		h.t.Fatalf("reading the audit trail: %v", err)
	}
	return all[0]
}

// noted checks what the newest audit entry says.
func (h *house) noted(by audit.Actor, event audit.Event, object audit.Object) {
	h.t.Helper()
	if e := h.lastEntry(); e.Actor != by || e.Event != event || e.Object != object {
		h.t.Errorf("the trail ends with %s %s %s, want %s %s %s", e.Actor, e.Event, e.Object, by, event, object)
	}
}
