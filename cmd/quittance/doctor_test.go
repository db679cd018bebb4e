package main

import (
	"path/filepath"
	"testing"
)

// TestDoctorTells: doctor says of reserve, drill, sweep, pin and ledger copy how they stand.
func TestDoctorTells(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	madeStore(t, dir)
	for _, tt := range []struct {
		flags []string
		want  map[string]string
	}{
		{nil, map[string]string{"reserve": look, "drill": look, "damage": look, "pin": well, "ledger copy": look}},
		{[]string{"-ledger-copy", filepath.Join(t.TempDir(), "ledger")}, map[string]string{"ledger copy": well}},
		{[]string{"-pin", "none"}, map[string]string{"pin": look}},
	} {
		got := map[string]string{}
		for _, v := range as[[]check](t, quit(t, "", append([]string{"doctor", "-json", "-data", dir}, tt.flags...)...).out) {
			got[v.What] = v.State
		}
		for what, state := range tt.want {
			if got[what] != state {
				t.Errorf("doctor %v: %s is %q, want %q", tt.flags, what, got[what], state)
			}
		}
	}
}
