package db_test

import (
	"errors"
	"io"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/answer"
	"quittance/db/audit"
)

// sent is a line that does not break, broken one that does.
func sent() error { return nil }

var errBroken = errors.New("the line broke")

func broken() error { return errBroken }

// becomes wants an address to lead nowhere any more, and the reason that the person is told.
func (d *desk) becomes(secret, want string) {
	d.t.Helper()
	if want != answer.GoneBusy {
		if _, err := d.AnswerOf(ctx, db.ByLink, secret); !errors.Is(err, db.ErrNotFound) {
			d.t.Errorf("%s: it still leads somewhere: %v", want, err)
		}
	}
	if why, _, _, err := d.AnswerGone(ctx, db.ByLink, secret); why != want || err != nil {
		d.t.Errorf("it is gone because of %q, want %q (%v)", why, want, err)
	}
}

// Each end of an address has its reason: a later one, too many tries, its time, the fetch; and nobody fetches what is being fetched.
func TestAnswerWayEnds(t *testing.T) {
	d, n := prepared(t)
	must(t, d.ReleaseAnswer(ctx, releaser, n, true))
	way := func() string {
		secret, _, err := d.OpenWay(ctx, releaser, n, db.ByLink)
		must(t, err)
		return secret
	}
	first, second := way(), way()
	d.becomes(first, answer.GoneEnded)
	for range 5 {
		if err := d.FetchAnswer(ctx, audit.Visitor, db.ByLink, second, io.Discard, broken); !errors.Is(err, errBroken) {
			t.Fatal(err)
		}
	}
	d.becomes(second, answer.GoneTries)
	third := way()
	d.clock.Pass(7 * 24 * time.Hour)
	d.becomes(third, answer.GoneExpired)
	fourth := way()
	must(t, d.FetchAnswer(ctx, audit.Visitor, db.ByLink, fourth, io.Discard, func() error {
		if err := d.FetchAnswer(ctx, audit.Visitor, db.ByLink, fourth, io.Discard, sent); !errors.Is(err, db.ErrFetching) {
			t.Error("fetched while it is being fetched:", err)
		}
		d.becomes(fourth, answer.GoneBusy)
		return nil
	}))
	d.becomes(fourth, answer.GoneFetched)
	d.becomes("made up", answer.GoneUnknown)
}
