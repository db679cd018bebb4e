package auth

import (
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
)

// matrix is design.md section 1, written a second time and from the other side: who may what, role by role.
var matrix = map[string]string{
	"":             "public",
	db.RoleSupport: "public own read search reveal propose holds tickets work training",
	db.RoleOfficer: "public own read search reveal propose approve policies attest retention holds hold tickets work release repair drill audit export export-records training",
	db.RoleAuditor: "public own read holds tickets audit export",
	db.RoleAdmin:   "public own read drill audit services users training",
}

func TestMatrix(t *testing.T) {
	if n := len(Permissions()); n != 23 {
		t.Fatalf("there are %d permissions", n)
	}
	for role, may := range matrix {
		for _, p := range Permissions() {
			id := Identity{User: db.User{Number: 1, Roles: []string{role}}}
			want := strings.Contains(" "+may+" ", " "+p.String()+" ")
			if got := id.May(p); got != want {
				t.Errorf("%q may %s: %v, want %v", role, p, got, want)
			}
			if got := Allowed(role, p); got != want {
				t.Errorf("Allowed(%q, %s) = %v, want %v", role, p, got, want)
			}
		}
	}
}

func TestIdentity(t *testing.T) {
	for _, p := range Permissions() {
		if visitor := (Identity{User: db.User{Roles: db.Roles()}}); visitor.May(p) != (p == Public) {
			t.Errorf("somebody without an account may %s", p)
		}
		two := Identity{User: db.User{Number: 1, Roles: []string{db.RoleAuditor, db.RoleAdmin}}}
		if want := Allowed(db.RoleAuditor, p) || Allowed(db.RoleAdmin, p); two.May(p) != want {
			t.Errorf("two roles together may %s: %v, want %v", p, two.May(p), want)
		}
		if (Identity{User: db.User{Number: 1, Roles: []string{"root"}}}).May(p) != (p == Public) {
			t.Errorf("an unknown role may %s", p)
		}
	}
	if p := Permission(99); Allowed(db.RoleAdmin, p) || Allowed(db.RoleOfficer, p) {
		t.Error("a permission that is not in the table is given to somebody")
	}
	if (Identity{}).Actor() != audit.Visitor || (Identity{User: db.User{Number: 7}}).Actor() != "user/7" {
		t.Error("the names in the audit trail are wrong")
	}
}

func TestNeedsStepUp(t *testing.T) {
	h := openHouse(t, nil)
	for age, want := range map[time.Duration]bool{0: false, StepUpAge: false, StepUpAge + time.Millisecond: true, 8 * time.Hour: true} {
		if got := h.NeedsStepUp(Identity{AuthTime: h.Now().Add(-age)}); got != want {
			t.Errorf("after %s: %v, want %v", age, got, want)
		}
	}
	if !h.NeedsStepUp(Identity{}) {
		t.Error("an unknown time of sign-in counts as recent")
	}
}
