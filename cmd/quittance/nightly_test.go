package main

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"
)

// slate is a place for marks that outlives a loop.
type slate map[string]string

func (s slate) Meta(_ context.Context, key string) (string, error) { return s[key], nil }
func (s slate) SetMeta(_ context.Context, key, v string) error     { s[key] = v; return nil }
func (s slate) Now() time.Time                                     { return time.Now() }

// nights runs a loop for a while and tells when its job ran. The clock of a bubble begins at midnight of 1 January 2000, UTC.
func nights(t *testing.T, s slate, zone *time.Location, d time.Duration, fail error) []time.Time {
	t.Helper()
	var ran []time.Time
	ctx, cancel := context.WithCancel(t.Context())
	n := &nightly{marks: s, log: slog.New(slog.DiscardHandler), from: 3 * time.Hour, zone: zone, after: 12 * time.Minute,
		jobs: []job{{"count", func(context.Context) error { ran = append(ran, time.Now().In(zone)); return fail }}}}
	done := make(chan struct{})
	go func() { defer close(done); n.loop(ctx) }()
	time.Sleep(d)
	cancel()
	<-done
	return ran
}

// TestNightlyRuns counts nights: one that was missed is made up for after the start, each other one is begun in time.
func TestNightlyRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slate{}
		ran := nights(t, s, time.UTC, 72*time.Hour, nil)
		if len(ran) != 4 {
			t.Fatalf("%d runs in three days of a new store, want the first one and three nights: %v", len(ran), ran)
		}
		if ran[0].Hour() != 0 || ran[0].Minute() != 12 {
			t.Errorf("the night that a new store has missed was made up for at %s, want 00:12", ran[0])
		}
		for _, at := range ran[1:] {
			if at.Hour() != 3 || at.Minute() >= 5 {
				t.Errorf("a night's work began at %s, want 03:00 to 03:05", at)
			}
		}
		if again := nights(t, s, time.UTC, time.Hour, nil); len(again) != 0 {
			t.Errorf("a restart in the same night ran the job again: %v", again)
		}
		time.Sleep(30 * time.Hour) // no server runs
		if again := nights(t, s, time.UTC, time.Hour, nil); len(again) != 1 {
			t.Errorf("a missed night was made up for %d times, want once", len(again))
		}
	})
}

// TestNightlyFailure: a job that fails is tried again the next night, not every few minutes.
func TestNightlyFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if ran := nights(t, slate{}, time.UTC, 24*time.Hour, errors.New("no")); len(ran) != 2 {
			t.Errorf("a failing job ran %d times in a day, want once at the start and once in the night", len(ran))
		}
	})
}

// TestNightlyCutOff: a job that the end of the server cut off is begun anew at the next start.
func TestNightlyCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slate{}
		ctx, cancel := context.WithCancel(t.Context())
		n := &nightly{marks: s, log: slog.New(slog.DiscardHandler), zone: time.UTC, jobs: []job{{"count", func(context.Context) error { cancel(); return nil }}}}
		n.loop(ctx)
		if len(s) != 0 {
			t.Error("a job that was cut off counts as done")
		}
	})
}

// TestNightlySummerTime: 29 March 2026 has no 02:30 in Berlin, 25 October has it twice; each has one night.
func TestNightlySummerTime(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	n := &nightly{from: 2*time.Hour + 30*time.Minute, zone: berlin}
	for _, tt := range []struct{ now, night string }{
		{"2026-03-29T00:30:00Z", "2026-03-28T01:30:00Z"},
		{"2026-03-29T12:00:00Z", "2026-03-29T01:30:00Z"},
		{"2026-10-25T00:45:00Z", "2026-10-24T00:30:00Z"}, // the first 02:30 is not the one
		{"2026-10-25T12:00:00Z", "2026-10-25T01:30:00Z"},
		{"2026-07-01T00:29:59Z", "2026-06-30T00:30:00Z"},
		{"2026-07-01T00:30:00Z", "2026-07-01T00:30:00Z"},
	} {
		now, _ := time.Parse(time.RFC3339, tt.now)
		if got := n.night(now).UTC().Format(time.RFC3339); got != tt.night {
			t.Errorf("at %s the night began at %s, want %s", tt.now, got, tt.night)
		}
	}
}

// TestNextNight: it is the first that begins after now, on the days of 23 and 25 hours too.
func TestNextNight(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	n := &nightly{from: 2*time.Hour + 30*time.Minute, zone: berlin}
	for now := time.Date(2026, 1, 1, 0, 0, 0, 0, berlin); now.Year() == 2026; now = now.Add(30 * time.Minute) {
		next := n.next(now)
		if !next.After(now) || !n.night(next).Equal(next) || !n.night(next.Add(-time.Second)).Equal(n.night(now)) {
			t.Fatalf("at %s the next night is %s", now, next)
		}
	}
}
