package db_test

import (
	"testing"

	"quittance/db"
)

// A sweep finds what does not match its digest or lacks its label, names it by number, and raises an alarm; of a sound store it finds nothing.
func TestSweep(t *testing.T) {
	for change, bad := range map[string]int64{"UPDATE record SET text = text": 0, "UPDATE record SET text = 'other'": 1, "DELETE FROM label": 1,
		"UPDATE label SET language = 'xx'": 1, "UPDATE label SET opted_out = 1": 1, "UPDATE label SET service = 9": 1} {
		dir := closed(t)
		behind(t, dir, change)
		s := openOn(t, dir)
		w, err := s.SweepAll(ctx, 0)
		if err != nil || w.Bad != bad || w.Records != 1 || w.Pages == 0 || w.Ended.IsZero() {
			t.Errorf("after %q: %+v, %v", change, w, err)
		}
		if d, err := s.Damaged(ctx); err != nil || d.Count != bad || int64(len(d.Records)) != bad {
			t.Errorf("after %q: %+v, %v", change, d, err)
		}
		if alarms, err := s.Alarms(ctx); err != nil || int64(len(alarms)) != bad || bad > 0 && alarms[0].Kind != db.AlarmDamage {
			t.Errorf("after %q: %+v, %v", change, alarms, err)
		}
		shut(t, s)
	}
}
