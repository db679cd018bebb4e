package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"quittance/db/audit"
)

// Loosening is how long a policy that becomes looser waits, so that nobody can open a door, go through it and close it behind them
// unseen (law L6). What becomes tighter is in force at once.
const Loosening = 24 * time.Hour

// Policy is a choice that a service has made, and the looser one that waits for its time.
type Policy struct {
	Set  string
	Next string    // "" = nothing waits
	From time.Time // when Next comes into force
}

// At is the choice that is in force at a time.
func (p Policy) At(now time.Time) string {
	if p.waits(now) || p.Next == "" {
		return p.Set
	}
	return p.Next
}

// Waiting is the choice that will come into force, "" where none waits.
func (p Policy) Waiting(now time.Time) string {
	if p.waits(now) {
		return p.Next
	}
	return ""
}

func (p Policy) waits(now time.Time) bool { return p.Next != "" && now.Before(p.From) }

// What a service does with a message that bears no customer ID, and with a deletion that an application files.
const (
	UnlabelledRefused = "refused"
	UnlabelledFlagged = "flagged"
	UnlabelledAllowed = "allowed"

	DeletionApproval  = "approval"
	DeletionAutomatic = "automatic"
)

// The names of the policies.
const (
	PolicyUnlabelled = "unlabelled"
	PolicyDeletion   = "deletion"
)

const (
	policyUnlabelled = iota
	policyDeletion
)

// policy is one line of the table: the choices from the tightest to the loosest, and how the row of a service is read and written. Its
// place is its number in the audit trail, and the places of its choices are their numbers: new ones go to the end.
type policy struct {
	name    string
	choices []string
	read    string
	write   string
}

var policies = [...]policy{
	policyUnlabelled: {PolicyUnlabelled, []string{UnlabelledRefused, UnlabelledFlagged, UnlabelledAllowed},
		"SELECT unlabelled, unlabelled_next, unlabelled_from FROM service WHERE number = ?",
		"UPDATE service SET unlabelled = ?, unlabelled_next = ?, unlabelled_from = ? WHERE number = ? AND removed IS NULL"},
	policyDeletion: {PolicyDeletion, []string{DeletionApproval, DeletionAutomatic},
		"SELECT deletion, deletion_next, deletion_from FROM service WHERE number = ?",
		"UPDATE service SET deletion = ?, deletion_next = ?, deletion_from = ? WHERE number = ? AND removed IS NULL"},
}

// ErrPolicy is returned for a policy or a choice that does not exist.
var ErrPolicy = errors.New("there is no such choice")

// PolicyChoices lists the choices of a policy from the tightest to the loosest; nil = there is no such policy.
func PolicyChoices(name string) []string {
	for _, p := range policies {
		if p.name == name {
			return slices.Clone(p.choices)
		}
	}
	return nil
}

// NewPolicies are what a new service begins with; "" is the usual choice, flagged and automatic.
type NewPolicies struct{ Unlabelled, Deletion string }

// Check says what is wrong with the choices; the error is an ErrPolicy and names what there is to choose from.
func (p NewPolicies) Check() error {
	var v Service
	p.begin(&v)
	for name, value := range map[string]string{PolicyUnlabelled: v.Unlabelled.Set, PolicyDeletion: v.Deletion.Set} {
		if choices := PolicyChoices(name); !slices.Contains(choices, value) {
			return fmt.Errorf("the policy %s: %w; choose one of %s", name, ErrPolicy, strings.Join(choices, ", "))
		}
	}
	return nil
}

// begin gives a service that is not there yet its policies.
func (p NewPolicies) begin(v *Service) {
	v.Unlabelled.Set, v.Deletion.Set = cmp.Or(p.Unlabelled, UnlabelledFlagged), cmp.Or(p.Deletion, DeletionAutomatic)
}

// PolicyOf names the policy and the choice that an audit entry means by their numbers; "" for numbers of a newer program.
func PolicyOf(number, choice int64) (name, value string) {
	if number < 1 || int(number) > len(policies) || choice < 1 || int(choice) > len(policies[number-1].choices) {
		return "", ""
	}
	return policies[number-1].name, policies[number-1].choices[choice-1]
}

// SetPolicy chooses how a service in use behaves. What is tighter than now is in force when it returns, and takes back what waited; what is
// looser waits for a day. ErrPolicy, ErrNotFound, ErrMoved for a service that was removed.
func (s *Store) SetPolicy(ctx context.Context, by audit.Actor, service int64, name, value string) (Policy, error) {
	var out Policy
	err := s.write(ctx, by, func(t *tx) (err error) {
		out, err = t.setPolicy(service, name, value)
		return err
	})
	return out, err
}

func (t *tx) setPolicy(service int64, name, value string) (Policy, error) {
	n := slices.IndexFunc(policies[:], func(p policy) bool { return p.name == name })
	if n < 0 || !slices.Contains(policies[n].choices, value) {
		return Policy{}, ErrPolicy
	}
	p := policies[n]
	was, err := t.policy(p, service)
	if err != nil {
		return was, err
	}
	now := was.At(t.now)
	next, event := Policy{Set: value}, audit.ServiceChanged
	if slices.Index(p.choices, value) > slices.Index(p.choices, now) {
		next, event = Policy{Set: now, Next: value, From: t.now.Add(Loosening)}, audit.PolicyScheduled
	}
	if value == now && was.Waiting(t.now) == "" || value == was.Waiting(t.now) {
		return was, nil // it is so already, or will be
	}
	set, err := t.change(p.write, next.Set, orNone(next.Next), orNull(next.From), service)
	if err != nil {
		return was, fmt.Errorf("setting a policy: %w", err)
	}
	if set == 0 {
		return was, ErrMoved // it was removed meanwhile
	}
	return next, t.note(event, audit.ObjectOf(audit.KindService, service), map[string]int64{audit.CountPolicy: int64(n + 1),
		audit.CountBefore: int64(slices.Index(p.choices, now) + 1), audit.CountAfter: int64(slices.Index(p.choices, value) + 1)})
}

func (t *tx) policy(p policy, service int64) (Policy, error) {
	var set string
	var next sql.NullString
	var from sql.NullInt64
	err := t.row(p.read, service).Scan(&set, &next, &from)
	return Policy{Set: set, Next: next.String, From: when(from)}, found(err)
}

// deletionPolicy is what holds now for deletions that applications file at a service.
func (t *tx) deletionPolicy(service int64) (string, error) {
	p, err := t.policy(policies[policyDeletion], service)
	return p.At(t.now), err
}

// orNone is NULL for no text.
func orNone(s string) any {
	if s == "" {
		return nil
	}
	return s
}
