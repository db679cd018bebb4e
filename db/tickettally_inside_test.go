package db

import (
	"strings"
	"testing"

	"quittance/db/audit"
)

// TestTicketTallyIsCountedAnew: the check of the night finds a tally that says of any kind of ticket more or less than there are of it.
func TestTicketTallyIsCountedAnew(t *testing.T) {
	h := openHouse(t)
	manyMadeUpTickets(t, h.Store, 300)
	if got, err := h.Rebuild(h.ctx); err != nil || got.Bad() != 0 {
		t.Fatalf("before anything was changed: %+v, %v", got.Differences, err)
	}
	for _, edit := range []string{"UPDATE ticket_tally SET n = n + 1 WHERE state = 'withdrawn'", "UPDATE ticket_tally SET n = n - 1 WHERE state = 'withdrawn'", "DELETE FROM ticket_tally WHERE over = 1",
		"UPDATE ticket_tally SET due = due + 1 WHERE over = 0", "INSERT INTO ticket_tally VALUES (0, 0, 'access', 'open', 'ccpa', 'eu', 'mail', 77, 5, '2026-01-01', 1)"} {
		err := h.write(h.ctx, audit.System, func(t *tx) error {
			if err := t.exec(edit); err != nil {
				return err
			}
			return t.note(audit.LogsRead, audit.ObjectOf(audit.KindKey, 1), nil)
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := h.Rebuild(h.ctx); err != nil || got.Bad() != 1 || !strings.HasPrefix(got.Differences[0].Words, "The tally of the tickets") {
			t.Errorf("after %s: %+v, %v", edit, got.Differences, err)
		}
		h.tallyAnew()
	}
}

// tallyAnew puts the tally right.
func (h *house) tallyAnew() {
	h.t.Helper()
	err := h.write(h.ctx, audit.System, func(t *tx) error {
		if err := t.exec("DELETE FROM ticket_tally"); err != nil {
			return err
		}
		return t.exec("INSERT INTO ticket_tally SELECT over, stands, right, state, regime, region, channel, assignee, due, day, count(*) FROM ticket_kind GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10")
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// TestTicketTallyOfAnOldStore: a store of before has its tally with the migration, and what is empty leaves no row.
func TestTicketTallyOfAnOldStore(t *testing.T) {
	ctx, d := t.Context(), oldStore(t, 41)
	must := d.must
	rows := func() (rows, tickets int) {
		t.Helper()
		if err := d.QueryRowContext(ctx, "SELECT count(*), coalesce(sum(n), 0) FROM ticket_tally").Scan(&rows, &tickets); err != nil {
			t.Fatal(err)
		}
		return rows, tickets
	}
	const columns = "INSERT INTO ticket (right, regime, region, channel, received, day, filed, filed_by, state, due, ended, ended_by) VALUES "
	must(columns + "('access', 'ccpa', 'eu', 'mail', 1, '2026-01-01', 1, 'user/1', 'open', 9, NULL, NULL), ('access', 'ccpa', 'eu', 'mail', 1, '2026-01-01', 1, 'user/1', 'open', 9, NULL, NULL)")
	must(columns + "('access', 'ccpa', 'eu', 'mail', 1, '2026-01-01', 1, 'user/1', 'answered', NULL, 5, 'user/1'), ('access', 'ccpa', 'eu', 'mail', 1, '2026-01-02', 1, 'user/1', 'answered', NULL, 6, 'user/1')")
	if _, err := d.Up(ctx); err != nil {
		t.Fatal(err)
	}
	if kinds, tickets := rows(); kinds != 2 || tickets != 4 {
		t.Errorf("two open and two answered tickets are %d rows of %d", kinds, tickets)
	}
	must("INSERT INTO user (email, name, roles, created) VALUES ('a@example.com', 'a', 'support', 1)")
	for _, column := range []string{"right = 'erasure'", "regime = 'uk-gdpr'", "region = 'non-eu'", "channel = 'web'", "day = '2026-01-03'", "due = 10", "stands = 1", "assignee = 1", "state = 'in progress'"} {
		must("UPDATE ticket SET " + column + " WHERE number = 1")
		var missing int
		if err := d.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT over, stands, right, state, regime, region, channel, assignee, due, day, 1 FROM ticket_kind WHERE number = 1 EXCEPT SELECT * FROM ticket_tally)").Scan(&missing); err != nil || missing > 0 {
			t.Errorf("%s alone is not in the tally (%v)", column, err)
		}
	}
	must("UPDATE ticket SET right = 'access', regime = 'ccpa', region = 'eu', channel = 'mail', day = '2026-01-01', due = 9, stands = 0, assignee = NULL, state = 'open' WHERE number = 1")
	must("UPDATE ticket SET state = 'withdrawn', due = NULL, ended = 7, ended_by = 'user/1' WHERE state = 'open'")
	if kinds, tickets := rows(); kinds != 2 || tickets != 4 {
		t.Errorf("two withdrawn and two answered tickets are %d rows of %d", kinds, tickets)
	}
	must("DELETE FROM ticket WHERE number > 1")
	if kinds, tickets := rows(); kinds != 1 || tickets != 1 {
		t.Errorf("one withdrawn ticket is %d rows of %d", kinds, tickets)
	}
}
