package db

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quittance/db/audit"
)

// madeErasure is a request as its row tells of it.
type madeErasure struct {
	state           string
	proposed, ended time.Time // ended: zero = not yet
	drill           bool
}

// puts writes requests past the doors.
func (h *house) puts(all []madeErasure) error {
	return h.write(h.ctx, audit.System, func(t *tx) error {
		if err := t.exec("DELETE FROM erasure"); err != nil {
			return err
		}
		for _, e := range all {
			err := t.exec(`INSERT INTO erasure (state, origin, ref, ground, cutoff, proposer, manifest, manifest_hash, proposed, ended, drill) VALUES (?, 'console', x'00', '17-1-b', 1, 'user/1', '{}', '', ?, ?, ?)`,
				e.state, ms(e.proposed), orNull(e.ended), e.drill)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// daysByHand looks at each request by itself: the day of an instant is the last one that begins no later.
func daysByHand(now time.Time, days int, zone *time.Location, all []madeErasure) []ErasureDay {
	out := calendar(now.In(zone), days)
	on := func(at time.Time) *ErasureDay {
		for i := range slices.Backward(out) {
			if !at.Before(out[i].Day) {
				return &out[i]
			}
		}
		return new(ErasureDay)
	}
	took := map[*ErasureDay][]time.Duration{}
	for _, e := range all {
		if e.drill {
			continue
		}
		on(e.proposed).Filed++
		if e.ended.IsZero() {
			continue
		}
		d := on(e.ended)
		d.Ended++
		if e.state == "done" {
			d.Done++
			took[d] = append(took[d], e.ended.Sub(e.proposed))
		}
	}
	for d, list := range took {
		slices.Sort(list)
		d.P50, d.P95, d.Max = list[(len(list)+1)/2-1], list[(len(list)*95+99)/100-1], list[len(list)-1]
	}
	return out
}

// TestErasureDaysByHand: whatever was filed and ended when, drills and the change of the clocks among it, the days say what each request by itself does.
func TestErasureDaysByHand(t *testing.T) {
	h := openHouse(t)
	now := h.Now()
	rapid.Check(t, func(r *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom([]string{"UTC", "America/New_York", "Asia/Kolkata", "Europe/Berlin"}).Draw(r, "zone"))
		if err != nil {
			r.Fatal(err)
		}
		days := rapid.IntRange(1, 40).Draw(r, "days")
		edges := calendar(now.In(zone), days)
		var all []madeErasure
		for range rapid.IntRange(0, 30).Draw(r, "requests") {
			edge := edges[rapid.IntRange(0, days-1).Draw(r, "day")].Day
			e := madeErasure{state: rapid.SampledFrom([]string{"proposed", "done", "done", "done", "refused", "withdrawn"}).Draw(r, "state"), drill: rapid.IntRange(0, 9).Draw(r, "drill") == 0}
			e.proposed = edge.Add(time.Duration(rapid.SampledFrom([]int{-1, 0, 1, 40_000_000}).Draw(r, "off")) * time.Millisecond).UTC()
			if e.state != "proposed" {
				e.ended = e.proposed.Add(time.Duration(rapid.IntRange(0, 90_000_000).Draw(r, "took")) * time.Millisecond)
			}
			all = append(all, e)
		}
		if err := h.puts(all); err != nil {
			r.Fatal(err)
		}
		got, err := h.ErasureDays(h.ctx, days, zone)
		if want := daysByHand(now, days, zone, all); err != nil || !reflect.DeepEqual(got, want) {
			r.Fatalf("%+v (%v), by hand\n%+v", got, err, want)
		}
	})
	if err := h.puts(nil); err != nil {
		t.Fatal(err)
	}
}

// TestOverviewReadsNoRequestsOfYears: what the overview asks about erasures is read from indexes, and no more of them than it shows or counts.
func TestOverviewReadsNoRequestsOfYears(t *testing.T) {
	h := openHouse(t)
	plan := planOf(t, h.Store, erasureDaysSQL, []any{"[[1,2]]"})
	if strings.Contains(plan, "SCAN erasure") || strings.Contains(plan, "TEMP B-TREE") || strings.Count(plan, "USING COVERING INDEX erasure_filed (proposed>? AND proposed<?)") != 1 ||
		strings.Count(plan, "USING COVERING INDEX erasure_over (ended>? AND ended<?)") != 2 {
		t.Errorf("days:\n%s", plan)
	}
	sql, args := h.erasuresSQL(ErasureQuery{DueSoon: true, Limit: 20})
	if plan := planOf(t, h.Store, sql, args); !strings.Contains(plan, "USING INDEX erasure_due") || strings.Contains(plan, "TEMP B-TREE") {
		t.Errorf("what is due next:\n%s", plan)
	}
	sql, args = h.erasuresSQL(ErasureQuery{For: audit.ActorOf("user", 1), Limit: 20})
	if plan := planOf(t, h.Store, sql, args); plan != "SEARCH erasure USING INDEX erasure_waits (state=?)" {
		t.Errorf("what waits for a decision:\n%s", plan)
	}
}

// TestWhatWaitsForSomebody: of what is proposed and in no list, what others proposed, those whose 24 hours run before the others, and no more than asked for.
func TestWhatWaitsForSomebody(t *testing.T) {
	h := openHouse(t)
	type waits struct {
		number, deadline int64 // deadline: 0 = none runs
		proposer         string
		listed, ended    bool
	}
	err := h.write(h.ctx, audit.System, func(t *tx) error {
		return t.exec("INSERT INTO bulk (number, token, user, state, csv, created, expires) VALUES (7, 't', 1, 'proposed', 0, 1, 2)")
	})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		if err := h.puts(nil); err != nil {
			r.Fatal(err)
		}
		drawn := make([]waits, rapid.IntRange(0, 12).Draw(r, "requests"))
		for i := range drawn {
			drawn[i] = waits{0, rapid.Int64Range(0, 3).Draw(r, "deadline"), rapid.SampledFrom([]string{"user/1", "user/2"}).Draw(r, "by"), rapid.IntRange(0, 4).Draw(r, "listed") == 0, rapid.IntRange(0, 4).Draw(r, "ended") == 0}
		}
		err := h.write(h.ctx, audit.System, func(t *tx) error {
			for i, w := range drawn {
				err := t.row(`INSERT INTO erasure (state, origin, ref, ground, cutoff, proposer, manifest, manifest_hash, proposed, deadline, bulk) VALUES (iif(?, 'withdrawn', 'proposed'), 'console', x'00', '17-1-b', 1, ?, '{}', '',
					1, nullif(?, 0), iif(?, 7, NULL)) RETURNING number`, w.ended, w.proposer, w.deadline, w.listed).Scan(&drawn[i].number)
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			r.Fatal(err)
		}
		all := slices.DeleteFunc(drawn, func(w waits) bool { return w.ended || w.listed || w.proposer == "user/1" })
		slices.SortFunc(all, func(a, b waits) int {
			if a.deadline != b.deadline && a.deadline*b.deadline == 0 {
				return cmp.Compare(b.deadline, a.deadline)
			}
			return cmp.Or(cmp.Compare(a.deadline, b.deadline), cmp.Compare(b.number, a.number))
		})
		most := rapid.IntRange(1, 6).Draw(r, "most")
		got, err := h.Erasures(h.ctx, ErasureQuery{For: audit.ActorOf("user", 1), Limit: most})
		var numbers, want []int64
		for _, e := range got {
			numbers = append(numbers, e.Number)
		}
		for _, w := range all[:min(most, len(all))] {
			want = append(want, w.number)
		}
		if err != nil || !slices.Equal(numbers, want) {
			r.Fatalf("%v (%v), by hand %v of %+v", numbers, err, want, all)
		}
	})
	if err := h.puts(nil); err != nil {
		t.Fatal(err)
	}
}
