package auth

import (
	"slices"
	"time"

	"quittance/db"
	"quittance/db/audit"
)

// Permission is what a route asks of whoever comes through it.
type Permission uint8

// The permissions, from the doors that are open to all to the narrowest.
const (
	Public        Permission = iota // the sign-in page
	Own                             // overview, own sessions, settings, help
	Read                            // erasures, batches, receipts, services
	Search                          // customer IDs, data subjects, masked records
	Reveal                          // a record unmasked, with a purpose
	Propose                         // propose, refresh and withdraw erasures
	Approve                         // approve or refuse what another person proposed
	Policies                        // the limits of the house
	Attest                          // say for the record what was done at a service elsewhere, or that it cannot be
	Holds                           // holds and restrictions, without what was written beside them
	Hold                            // place, review and lift them; read a restricted record
	Tickets                         // requests of persons, without what is personal
	Work                            // take them in and work on them, with what is personal
	Release                         // refuse them, or say that the person has the answer
	Retention                       // choose how long records are kept, and approve what another person chose
	Repair                          // label unlabelled messages, and take that back
	Drill                           // start a drill
	Audit                           // the audit trail and its check
	Training                        // check what a service is taught from; it touches nothing that is stored
	Export                          // audit trail and erasures as files
	ExportRecords                   // records as files
	Services                        // services, linked instances, API keys
	Users                           // accounts and their sessions
)

// table is who may what: the roles of design.md section 1. Roles add up.
var table = []struct {
	permission Permission
	name       string
	roles      []string
}{
	{Own, "own", []string{db.RoleSupport, db.RoleOfficer, db.RoleAuditor, db.RoleAdmin}},
	{Read, "read", []string{db.RoleSupport, db.RoleOfficer, db.RoleAuditor, db.RoleAdmin}},
	{Search, "search", []string{db.RoleSupport, db.RoleOfficer}},
	{Reveal, "reveal", []string{db.RoleSupport, db.RoleOfficer}},
	{Propose, "propose", []string{db.RoleSupport, db.RoleOfficer}},
	{Approve, "approve", []string{db.RoleOfficer}},
	{Policies, "policies", []string{db.RoleOfficer}},
	{Attest, "attest", []string{db.RoleOfficer}},
	{Holds, "holds", []string{db.RoleSupport, db.RoleOfficer, db.RoleAuditor}},
	{Hold, "hold", []string{db.RoleOfficer}},
	{Tickets, "tickets", []string{db.RoleSupport, db.RoleOfficer, db.RoleAuditor}},
	{Work, "work", []string{db.RoleSupport, db.RoleOfficer}},
	{Release, "release", []string{db.RoleOfficer}},
	{Retention, "retention", []string{db.RoleOfficer}},
	{Repair, "repair", []string{db.RoleOfficer}},
	{Drill, "drill", []string{db.RoleOfficer, db.RoleAdmin}},
	{Audit, "audit", []string{db.RoleOfficer, db.RoleAuditor, db.RoleAdmin}},
	{Training, "training", []string{db.RoleSupport, db.RoleOfficer, db.RoleAdmin}},
	{Export, "export", []string{db.RoleOfficer, db.RoleAuditor}},
	{ExportRecords, "export-records", []string{db.RoleOfficer}},
	{Services, "services", []string{db.RoleAdmin}},
	{Users, "users", []string{db.RoleAdmin}},
}

// Permissions lists all permissions, Public first.
func Permissions() []Permission {
	out := []Permission{Public}
	for _, row := range table {
		out = append(out, row.permission)
	}
	return out
}

// String is the permission's name.
func (p Permission) String() string {
	for _, row := range table {
		if row.permission == p {
			return row.name
		}
	}
	return "public"
}

// Allowed tells whether a role has a permission.
func Allowed(role string, p Permission) bool {
	if p == Public {
		return true
	}
	for _, row := range table {
		if row.permission == p {
			return slices.Contains(row.roles, role)
		}
	}
	return false
}

// Identity is somebody who is signed in; the zero value is a visitor.
type Identity struct {
	User     db.User
	Session  int64
	AuthTime time.Time // when they last proved who they are; zero = not known
	Expires  time.Time // when the session ends whatever they do
	Ends     time.Time // when it ends if they do nothing more
}

// SignedIn tells a person from a visitor.
func (id Identity) SignedIn() bool { return id.User.Number > 0 }

// May tells whether one of the person's roles has the permission.
func (id Identity) May(p Permission) bool {
	if p == Public {
		return true
	}
	return id.SignedIn() && slices.ContainsFunc(id.User.Roles, func(role string) bool { return Allowed(role, p) })
}

// Actor is the name under which the audit trail knows them.
func (id Identity) Actor() audit.Actor {
	if !id.SignedIn() {
		return audit.Visitor
	}
	return id.User.Actor()
}

// StepUpAge is how old the last proof of who somebody is may be before a sensitive act (security.md, "Step-up").
const StepUpAge = 5 * time.Minute

// NeedsStepUp tells whether somebody must prove again who they are before a sensitive act.
func (a *Auth) NeedsStepUp(id Identity) bool { return a.store.Now().Sub(id.AuthTime) > StepUpAge }
