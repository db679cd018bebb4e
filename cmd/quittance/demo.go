package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/label"
	"quittance/handlers"
	"quittance/handlers/auth"
)

// What the store remembers under metaDemo.
const (
	demoSeeding = "seeding" // cut short if a start finds it
	demoReady   = "ready"
)

// demoSeed gives the same people on every machine.
const demoSeed = 1

// accountsFile lies in the data directory, readable by its owner only.
const accountsFile = "demo-accounts.json"

// demoAccount is one line of demo-accounts.json.
type demoAccount struct {
	Role     string `json:"role"`
	Email    string `json:"email"`
	Password string `json:"password"`
}

// demoMember is somebody of the staff; name stands before the @.
type demoMember struct{ name, person, role, may string }

// demoStaffList is who works in the demo.
var demoStaffList = []demoMember{
	{"support", "Sam Porter", db.RoleSupport, "finds customers, proposes erasures"},
	{"officer", "Olga Reiter", db.RoleOfficer, "approves what another person proposed"},
	{"second.officer", "Marc Lindholm", db.RoleOfficer, "approves what the officer proposed"},
	{"auditor", "Aisha Noor", db.RoleAuditor, "checks the audit trail and exports it"},
	{"admin", "Ines Vogt", db.RoleAdmin, "manages services, keys and people"},
}

var (
	errDemoInUse = errors.New("-demo needs an empty data directory, or that of an earlier demo: this one is in use")
	errDemoFile  = fmt.Errorf("%s does not belong to this demo or cannot be read; remove the data directory and start again", accountsFile)
)

// enterDemo fills an empty data directory with made-up data, or goes on with that of an earlier demo. A filling that was cut short is begun
// anew. It returns who may sign in, and leaves in c a store that follows real time.
func (c *call) enterDemo(ctx context.Context, window time.Duration) ([]demoAccount, error) {
	state, err := c.store.Meta(ctx, metaDemo)
	if err != nil {
		return nil, err
	}
	if state == demoReady {
		return readAccounts(c.dir)
	}
	if state == "" {
		if err := c.emptyStore(ctx); err != nil {
			return nil, err
		}
	}
	accounts, err := c.makeDemo(ctx, window)
	if err != nil {
		return nil, fmt.Errorf("making the demo: %w", err)
	}
	return accounts, nil
}

// emptyStore refuses a directory that somebody uses.
func (c *call) emptyStore(ctx context.Context) error {
	size, _, err := c.store.Head(ctx)
	if err != nil {
		return fmt.Errorf("looking whether the store is empty: %w", err)
	}
	accepted, err := os.Stat(filepath.Join(c.dir, "ledger"))
	if size > 1 || err == nil && accepted.Size() > 0 { // its first audit entry is the store's own beginning
		return errDemoInUse
	}
	return nil
}

// makeDemo puts a new store into the place of the one that is open. The new one begins in the past, which an audit trail that has
// begun cannot.
func (c *call) makeDemo(ctx context.Context, window time.Duration) ([]demoAccount, error) {
	if err := c.leave(ctx); err != nil {
		return nil, err
	}
	accounts, err := fillDemo(ctx, c.dir, wholeDemo, window, c.err, c.width > 0)
	if err != nil {
		return nil, errors.Join(err, c.reopen(context.WithoutCancel(ctx)))
	}
	return accounts, c.reopen(ctx)
}

// leave closes the empty store that is open, and takes its pin away: another one takes its place.
func (c *call) leave(ctx context.Context) error {
	id, err := c.store.Meta(ctx, "id")
	if err != nil {
		return err
	}
	if err := c.store.Close(); err != nil {
		return err
	}
	if err := os.Remove(c.pinOf(id)); err != nil && c.pinOf(id) != "" && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing the pin of an empty store: %w", err)
	}
	return nil
}

func (c *call) reopen(ctx context.Context) error {
	store, err := db.Open(ctx, c.dir, c.outside()...)
	if err != nil {
		return fmt.Errorf("opening %s: %w", c.dir, err)
	}
	c.store = store
	return nil
}

// fillDemo makes a demo in a directory that holds none, or a part of one.
func fillDemo(ctx context.Context, dir string, size demoSize, window time.Duration, progress io.Writer, live bool) (accounts []demoAccount, err error) {
	if err := clearDemo(dir); err != nil {
		return nil, err
	}
	end := time.Now().UTC().Truncate(time.Millisecond)
	clock := newDemoClock(end.Add(-size.span))
	store, err := db.Open(ctx, dir, db.WithClock(clock.Now))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // memory is short-lived here, and people are waiting
	return fillStore(ctx, store, clock, size, window, &demoBar{out: progress, live: live, all: size.records})
}

// fillStore fills a new store and says so in it, at the beginning and at the end.
func fillStore(ctx context.Context, store *db.Store, clock *demoClock, size demoSize, window time.Duration, bar *demoBar) ([]demoAccount, error) {
	if err := store.SetMeta(ctx, metaDemo, demoSeeding); err != nil {
		return nil, err
	}
	if _, err := store.InitPolicy(ctx, window); err != nil {
		return nil, err
	}
	accounts, users, err := demoAccounts(ctx, store)
	if err != nil {
		return nil, err
	}
	door, err := demoHandler(store, bar.out)
	if err != nil {
		return nil, err
	}
	if err := seedDemo(ctx, store, clock, door, size, users, bar.step); err != nil {
		return nil, err
	}
	bar.end()
	if err := writeAccounts(store.Dir(), accounts); err != nil {
		return nil, err
	}
	return accounts, store.SetMeta(ctx, metaDemo, demoReady)
}

// clearDemo removes what a start that was cut short left, by name; the keys stay, they serve the next store as well. The ledger goes first:
// while the database is there, it says that this is a demo.
func clearDemo(dir string) error {
	for _, name := range []string{"ledger", "quittance.db", "quittance.db-wal", "quittance.db-shm", accountsFile} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("clearing away a demo that was cut short: %w", err)
		}
	}
	return nil
}

// demoHandler is the doors as an application meets them, without an access log.
func demoHandler(store *db.Store, problems io.Writer) (http.Handler, error) {
	log := slog.New(slog.NewJSONHandler(problems, &slog.HandlerOptions{Level: slog.LevelError}))
	return handlers.New(handlers.Config{Store: store, Log: log, Auth: auth.Config{PublicURL: "http://127.0.0.1", LocalAccounts: true, Log: log}})
}

// demoAccounts makes one local account for each of the staff, with a random password.
func demoAccounts(ctx context.Context, store *db.Store) (accounts []demoAccount, users []db.User, err error) {
	for _, p := range demoStaffList {
		a := demoAccount{Role: p.role, Email: p.name + "@demo.example", Password: strings.ToLower(rand.Text()[:20])}
		hash, err := auth.HashPassword(a.Password)
		if err != nil {
			return nil, nil, fmt.Errorf("hashing a password: %w", err)
		}
		u, err := store.AddUser(ctx, audit.Operator, db.NewUser{Email: a.Email, Name: p.person, Roles: []string{p.role}, Password: hash})
		if err != nil {
			return nil, nil, fmt.Errorf("adding an account: %w", err)
		}
		accounts, users = append(accounts, a), append(users, u)
	}
	return accounts, users, nil
}

func writeAccounts(dir string, accounts []demoAccount) error {
	text, err := json.MarshalIndent(accounts, "", "  ")
	if err != nil {
		return err
	}
	name := filepath.Join(dir, accountsFile)
	if err := os.WriteFile(name, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

func readAccounts(dir string) (accounts []demoAccount, err error) {
	text, err := os.ReadFile(filepath.Join(dir, accountsFile))
	if err != nil {
		return nil, errDemoFile
	}
	if err := json.Unmarshal(text, &accounts); err != nil || len(accounts) != len(demoStaffList) {
		return nil, errDemoFile
	}
	return accounts, nil
}

// showAccounts prints who may sign in.
func showAccounts(w io.Writer, dir string, accounts []demoAccount) {
	fmt.Fprintln(w, "Made-up data. Sign in with one of these accounts, which also stand in", filepath.Join(dir, accountsFile)+":")
	for i, a := range accounts {
		fmt.Fprintf(w, "  %-28s %-22s %s\n", a.Email, a.Password, demoStaffList[i].may)
	}
}

// offerAccounts puts the accounts on the sign-in page, each as one button.
func offerAccounts(conf *handlers.Config, accounts []demoAccount) {
	for i, a := range accounts {
		conf.Demo = append(conf.Demo, struct{ Role, May, Email, Password string }{a.Role, demoStaffList[i].may, a.Email, a.Password})
	}
}

// openServices registers the services and their keys: each application has one for its messages and one for deletions.
func openServices(ctx context.Context, store *db.Store, door *demoDoor, by audit.Actor) error {
	for _, s := range demoServices {
		if err := openService(ctx, store, door, by, label.Assistant, s); err != nil {
			return err
		}
	}
	return openService(ctx, store, door, by, label.Discovery, demoLibrary)
}

func openService(ctx context.Context, store *db.Store, door *demoDoor, by audit.Actor, kind label.Kind, s demoService) error {
	v, err := store.AddService(ctx, by, kind, s.name, s.region)
	if err != nil {
		return fmt.Errorf("adding a service: %w", err)
	}
	sends, _, err := store.AddKey(ctx, by, db.NewKey{Service: v.Number, Name: "application", Scopes: []string{db.ScopeIngest, db.ScopeLogs}})
	if err != nil {
		return fmt.Errorf("adding a key: %w", err)
	}
	erases, _, err := store.AddKey(ctx, by, db.NewKey{Service: v.Number, Name: "privacy desk", Scopes: []string{db.ScopeLogs, db.ScopeErase}})
	if err != nil {
		return fmt.Errorf("adding a key: %w", err)
	}
	door.numbers, door.prefix = append(door.numbers, v.Number), append(door.prefix, "/instances/"+v.GUID)
	door.keys, door.erasers = append(door.keys, sends), append(door.erasers, erases)
	return nil
}

// seedDemo makes everything up and lets it happen: the applications' messages through the API's own door, and what the staff does at the
// console. The clock moves from the start of the timeline to its end. sent is called for each message that has arrived.
func seedDemo(ctx context.Context, store *db.Store, clock *demoClock, handler http.Handler, size demoSize, users []db.User, sent func()) error {
	world := newDemoWorld(demoSeed, size, clock.Now())
	door := &demoDoor{handler: handler, assist: world.assist}
	admin := users[slices.IndexFunc(demoStaffList, func(p demoMember) bool { return p.role == db.RoleAdmin })]
	if err := openServices(ctx, store, door, admin.Actor()); err != nil {
		return err
	}
	if err := door.openPictures(ctx, store, admin.Actor()); err != nil {
		return err
	}
	staff := newDemoStaff(store, door, clock, world, users)
	err := door.sendAll(ctx, world.steps, func(ctx context.Context, step demoStep) error {
		if err := staff.due(ctx, step.at); err != nil {
			return err
		}
		clock.reach(world.start.Add(step.at))
		sent()
		return nil
	})
	if err != nil {
		return err
	}
	if err := staff.due(ctx, size.span); err != nil {
		return err
	}
	_, err = store.EndIdleChats(ctx, clock.Now().Add(-time.Hour))
	return err
}
