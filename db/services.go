package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"quittance/db/audit"
	"quittance/db/label"
)

// Service is an instance whose data lies here (hosted) or elsewhere (linked).
type Service struct {
	Number   int64
	GUID     string // stands in the API's addresses: /instances/{guid}
	Kind     label.Kind
	Hosting  string // "hosted" or "linked"
	Name     string
	Region   string
	Deletion Policy // deletions by API: "automatic" after the cancel window, or "approval" by an officer first
	Created  time.Time
	Removed  time.Time // zero = in use

	// Of a hosted service:
	Upstream int64  // the linked service that it passes on to; 0 = none
	Search   int64  // the Discovery service of its search skill; 0 = none
	SearchIn string // where there: "projects/P" or "environments/E/collections/C"

	// Of a linked service:
	Gateway int64  // the hosted Assistant that passes its messages on to it; 0 = none
	URL     string // the instance's address, as in https://api.eu-de.assistant.watson.cloud.ibm.com/instances/…
	Inside  bool   // the address may be private, without TLS and on any port
	Link    Link   // of kinds that are no Watson instance

	Revision int64 // grows with each change of how it is called

	Drill bool // the nightly drill's own: it stands in no list and has no keys

	Unlabelled Policy // messages without a customer ID: "refused", "flagged" or "allowed"
}

// Linked tells whether the service's data lies elsewhere.
func (v Service) Linked() bool { return v.Hosting == "linked" }

// ServiceState is whether a service takes anything in, and how its link does.
type ServiceState string

// States of a service.
const (
	ServiceInUse   ServiceState = "in-use"
	ServiceLinked  ServiceState = "linked"
	ServiceFails   ServiceState = "last-call-failed"
	ServiceRemoved ServiceState = "removed"
)

// State tells it by how the calls of a link went: of a hosted service, and of one that was never called, that is the zero Health.
func (v Service) State(h Health) ServiceState {
	switch {
	case !v.Removed.IsZero():
		return ServiceRemoved
	case h.Code != "":
		return ServiceFails
	case v.Linked():
		return ServiceLinked
	}
	return ServiceInUse
}

// Tally is how many records a service holds.
type Tally struct {
	Records     int64
	Unlabelled  int64
	OptedOut    int64
	Unreachable int64 // of the unlabelled, those of channels that cannot label
}

// AddService registers a hosted service with the usual policies and returns it. ErrTaken when the name is in use.
func (s *Store) AddService(ctx context.Context, by audit.Actor, kind label.Kind, name, region string) (Service, error) {
	return s.AddServiceWith(ctx, by, kind, name, region, NewPolicies{})
}

// AddServiceWith is AddService with policies of its own. What a service begins with waits for nothing: it holds no data yet.
func (s *Store) AddServiceWith(ctx context.Context, by audit.Actor, kind label.Kind, name, region string, p NewPolicies) (Service, error) {
	if err := p.Check(); err != nil {
		return Service{}, err
	}
	svc := Service{GUID: uuid.NewString(), Kind: kind, Hosting: "hosted", Name: strings.TrimSpace(name), Region: strings.TrimSpace(region)}
	p.begin(&svc)
	if svc.Name == "" || !VisibleName(svc.Name) || !VisibleName(svc.Region) {
		return Service{}, ErrName
	}
	err := s.write(ctx, by, func(t *tx) error { return t.insertService(&svc) })
	return svc, err
}

func (t *tx) insertService(svc *Service) error {
	svc.Created = t.now
	var gateway any
	if svc.Gateway != 0 {
		gateway = svc.Gateway
	}
	err := t.row("INSERT INTO service (guid, kind, hosting, name, region, deletion, unlabelled, created, gateway, url, inside) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
		svc.GUID, string(svc.Kind), svc.Hosting, svc.Name, svc.Region, svc.Deletion.Set, svc.Unlabelled.Set, ms(t.now), gateway, svc.URL, svc.Inside).Scan(&svc.Number)
	if unique(err) {
		return ErrTaken
	}
	if err != nil {
		return fmt.Errorf("adding a service: %w", err)
	}
	return t.note(audit.ServiceAdded, audit.ObjectOf(audit.KindService, svc.Number), nil)
}

// VisibleName tells whether a name can be shown on a page and a terminal: nothing in it moves the cursor or is out of all measure.
func VisibleName(name string) bool {
	return utf8.ValidString(name) && utf8.RuneCountInString(name) <= 80 && !strings.ContainsFunc(name, unicode.IsControl)
}

// unique tells that a change broke a UNIQUE constraint.
func unique(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}

// RemoveService closes the doors of a service: its keys end at once. What it holds stays, can be found and can be erased.
func (s *Store) RemoveService(ctx context.Context, by audit.Actor, number int64) error {
	return s.write(ctx, by, func(t *tx) error {
		n, err := t.change("UPDATE service SET removed = ? WHERE number = ? AND removed IS NULL", ms(t.now), number)
		if err != nil {
			return fmt.Errorf("removing a service: %w", err)
		}
		if n == 0 {
			return ErrNotFound
		}
		keys, err := t.change("UPDATE api_key SET revoked = ? WHERE service = ? AND revoked IS NULL", ms(t.now), number)
		if err != nil {
			return fmt.Errorf("revoking the keys of a service: %w", err)
		}
		return t.note(audit.ServiceRemoved, audit.ObjectOf(audit.KindService, number), map[string]int64{audit.CountKeys: keys})
	})
}

const serviceColumns = `SELECT number, guid, kind, hosting, name, region, deletion, created, removed, coalesce(gateway, 0), url, inside,
	coalesce((SELECT u.number FROM service u WHERE u.gateway = service.number AND u.removed IS NULL), 0),
	coalesce((SELECT d.number FROM service d WHERE d.number = service.search AND d.removed IS NULL), 0), search_in,
	coalesce(deletion_next, ''), deletion_from, unlabelled, coalesce(unlabelled_next, ''), unlabelled_from, settings, revision, drill FROM service `

func scanService(row scanner) (Service, error) {
	var v Service
	var created int64
	var removed, deletionFrom, unlabelledFrom sql.NullInt64
	var settings string
	err := row.Scan(&v.Number, &v.GUID, &v.Kind, &v.Hosting, &v.Name, &v.Region, &v.Deletion.Set, &created, &removed, &v.Gateway, &v.URL, &v.Inside, &v.Upstream, &v.Search, &v.SearchIn,
		&v.Deletion.Next, &deletionFrom, &v.Unlabelled.Set, &v.Unlabelled.Next, &unlabelledFrom, &settings, &v.Revision, &v.Drill)
	if err == nil && settings != "" {
		err = json.Unmarshal([]byte(settings), &v.Link)
	}
	v.Created, v.Removed, v.Deletion.From, v.Unlabelled.From = at(created), when(removed), when(deletionFrom), when(unlabelledFrom)
	return v, found(err)
}

// Services lists all services in the order in which they were added, removed ones too; those of the drill are nobody's business.
func (s *Store) Services(ctx context.Context) ([]Service, error) {
	rows, err := s.readers.QueryContext(ctx, serviceColumns+"WHERE drill = 0 ORDER BY number")
	var out []Service
	err = each(rows, err, func() error {
		v, err := scanService(rows)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing services: %w", err)
	}
	return out, nil
}

// Service reads one service.
func (s *Store) Service(ctx context.Context, number int64) (Service, error) {
	return scanService(s.readers.QueryRowContext(ctx, serviceColumns+"WHERE number = ?", number))
}

// ServiceByGUID finds the service that an address of the API names. Every request of the API asks this, so it is kept in memory.
func (s *Store) ServiceByGUID(ctx context.Context, guid string) (Service, error) {
	return s.guids.get(guid, func() (Service, error) {
		return scanService(s.readers.QueryRowContext(ctx, serviceColumns+"WHERE guid = ?", guid))
	})
}

// Tallies counts records by service.
func (s *Store) Tallies(ctx context.Context) (map[int64]Tally, error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT service, sum(records), sum(unlabelled), sum(opted_out), sum(unreachable) FROM tally WHERE NOT service "+ofDrill+" GROUP BY service")
	out := map[int64]Tally{}
	err = each(rows, err, func() error {
		var n int64
		var v Tally
		err := rows.Scan(&n, &v.Records, &v.Unlabelled, &v.OptedOut, &v.Unreachable)
		out[n] = v
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("counting records by service: %w", err)
	}
	return out, nil
}
