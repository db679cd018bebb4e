// Command quittance is the house: it reads the command line, opens the data directory, and starts what was asked for.
// It knows the commands, their flags, the socket beside the database and the server's settings; each command is written once and runs in
// whichever process holds the data directory. What the data means is left to package db, what is said over HTTP to package handlers.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"quittance/db"
)

// place is where a command runs.
type place int

const (
	atStore place = iota // in the process that holds the data directory: this one, or the running server; it must be there
	atAny                // as atStore, and the data directory is made where there is none
	atHome               // here; it needs no data directory
	asOwner              // here, and this process must hold the data directory
	atFiles              // here, beside whoever holds the data directory: it reads the files as they lie there
	atNew                // here, into a data directory that is empty or not there yet
	atPath               // as atStore, but the data directory is the argument
)

// action is a command whose flags have been read.
type action func(ctx context.Context, c *call) error

// command is one line of the table.
type command struct {
	name, args, what string
	where            place
	setup            func(*flag.FlagSet) action
}

// commands is the table. design.md, section 6, fixes the names, flags and exit codes that others build on.
func commands() []command {
	return []command{
		{"serve", "[-addr ADDR] [-demo] …", "runs the console, the API and the batch loop", asOwner, serveCommand},
		{"service add", "-kind KIND -name NAME [-region R] [-upstream URL | -link URL] [-credential-file F] [-json]", "adds a hosted service and a key for it, shown this once, or links one that lies elsewhere", atAny, serviceAdd},
		{"service search", "(-with SERVICE -in PLACE | -none) ASSISTANT", "passes the searches of a hosted Assistant on to a Discovery service, or no longer", atStore, serviceSearch},
		{"service list", "[-json]", "lists services", atStore, serviceList},
		{"service show", "[-json] ID", "shows a service and its keys", atStore, serviceShow},
		{"service remove", "ID", "closes a service's doors and revokes its keys; what it holds stays", atStore, serviceRemove},
		{"key add", "-service ID [-name NAME] [-scopes S[,S]] [-expires DATE] [-json]", "adds an API key, shown this once", atStore, keyAdd},
		{"key list", "[-service ID] [-json]", "lists API keys", atStore, keyList},
		{"key revoke", "KEY", "ends an API key at once; KEY is its 8 letters from the list", atStore, keyRevoke},
		{"user add", "-email E -role R[,R] [-name N] [-password-file F|-]", "adds a local account", atAny, userAdd},
		{"user list", "[-json]", "lists accounts", atStore, userList},
		{"user disable", "EMAIL", "keeps somebody out and ends their sessions", atStore, userDisable},
		{"user enable", "EMAIL", "lets a disabled account in again", atStore, userEnable},
		{"user password", "-password-file F|- EMAIL", "sets a local account's password and ends its sessions", atStore, userPassword},
		{"import", "-service ID [-reject FILE] [-json] FILE…|-", "takes in exported Assistant logs: NDJSON, plain, .gz or .zst", atStore, importCommand},
		{"batch run", "[-now] [-json]", "runs the erasures that are scheduled, and waits for the end", atStore, batchRun},
		{"batch pause", "BATCH", "keeps a batch from erasing any more, until it is let go on or stopped", atStore, batchHalt((*db.Store).PauseBatch, "is paused")},
		{"batch resume", "BATCH", "lets a paused batch go on; not one that the breaker paused", atStore, batchHalt((*db.Store).ResumeBatch, "goes on: at once where a server runs, else with batch run")},
		{"batch stop", "BATCH", "ends a batch; its requests that are not finished are scheduled again", atStore, batchHalt((*db.Store).StopBatch, "is stopped, and its requests are scheduled again")},
		{"verify", "[-key VKEY] [-old FILE]… [-customer-id-file FILE -salt-file FILE] [-json] PATH", "checks a data directory, a receipt, an audit bundle, an inspection pack, the proof of an entry or an answer to a person; 0 only if all holds", atPath, verifyCommand},
		{"audit export", "[-format ndjson|csv|json|bundle|pack] [-from DAY] [-to DAY] [-sample N] FILE|-", "writes the audit trail, or an inspection pack, into a new file", atStore, auditExport},
		{"drill", "[-json]", "sends a made-up customer in on every way, erases and looks for them; 0 only if nothing is left", atStore, drillCommand},
		{"residue", "-customer-id-file FILE|- [-json]", "looks for what the file lists in every byte of the data directory; 0 only if nothing is left", atFiles, residueCommand},
		{"backup", "[-keep 30d] [-key-file FILE] [-json] FILE", "makes an encrypted copy of the data, whose key is destroyed in time", atStore, backupCommand},
		{"restore", "-key-file FILE [-ledger FILE]… [-keys FILE] [-accept-ledger-loss] [-json] FILE", "brings a backup into an empty data directory and erases again what was erased since", atNew, restoreCommand},
		{"rotate-key", "[-overlap 30d]", "replaces the key that signs the audit trail; for some time both sign", atStore, rotateCommand},
		{"doctor", "[-json] [flags of serve]", "checks settings, permissions, clock, disk, sign-in provider and services, and tries the connection to linked ones", atStore, doctorCommand},
		{"clock", "[-regime eu-gdpr|uk-gdpr|ccpa] [-country C[-REGION]] -received DATE [-extended] [-paused FROM..TO]… [-json]", "computes the dates of the law for a request, with the working; without -regime under each law", atHome, clockCommand},
		{"mask", "[-json]", "masks text from standard input with the console's detectors", atHome, maskCommand},
		{"version", "", "prints the version", atHome, versionCommand},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second signal kills
	os.Exit(run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}

// run carries out a command line and returns its exit code: 0 done, 1 refused or failed with one line why, 2 wrong use.
func run(ctx context.Context, args, env []string, stdin io.Reader, stdout, stderr io.Writer) int {
	syscall.Umask(0o077) // whatever is made here is this account's alone
	cwd, err := os.Getwd()
	if err != nil {
		fmt.Fprintln(stderr, "quittance:", err)
		return 1
	}
	c := &call{cwd: cwd, env: ours(env), in: stdin, out: stdout, err: stderr, width: width(stderr)}
	return c.exit(c.start(ctx, args))
}

// start finds the command, reads its flags and runs it where it belongs.
func (c *call) start(ctx context.Context, args []string) error {
	if len(args) > 0 && (args[0] == "help" || args[0] == "-h" || args[0] == "--help" || args[0] == "-help") {
		printTable(c.out)
		return nil
	}
	p, err := c.parse(args)
	if err != nil {
		return err
	}
	if p.where == atHome {
		return p.do(ctx, c)
	}
	if p.where == atPath && isFile(c.dir) {
		return p.do(ctx, c)
	}
	if p.where == atPath || p.where == atStore || p.where == atFiles {
		if err := there(c.dir); err != nil {
			return err
		}
	}
	if p.where == atFiles || p.where == atNew {
		return p.do(ctx, c)
	}
	return c.inDirectory(ctx, p, args)
}

// patience is how long a command waits for a data directory that another short command holds.
const patience = 3 * time.Second

// inDirectory takes the lock of the data directory or, where a server has it, hands the command over.
func (c *call) inDirectory(ctx context.Context, p parsed, args []string) error {
	for begun := time.Now(); ; {
		store, err := db.Open(ctx, c.dir, c.outside()...)
		if err == nil {
			return c.hold(ctx, store, p)
		}
		if !errors.Is(err, db.ErrLocked) || p.where == asOwner {
			return fmt.Errorf("opening %s: %w", c.dir, err)
		}
		conn, dialErr := dial(c.dir)
		if dialErr == nil {
			return c.remote(ctx, conn, args)
		}
		if time.Since(begun) > patience {
			return fmt.Errorf("opening %s: %w, and it takes no commands (%w)", c.dir, err, dialErr)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// hold runs a command in this process.
func (c *call) hold(ctx context.Context, store *db.Store, p parsed) (err error) {
	c.store, c.house = store, newHouse(store)
	defer func() { // c.store, since a new demo puts another store in its place
		if closing := c.store.Close(); err == nil && closing != nil {
			err = fmt.Errorf("closing %s: %w", c.dir, closing)
		}
	}()
	return p.do(ctx, c)
}

// exit turns how a command ended into its exit code, and says why in one line.
func (c *call) exit(err error) int {
	var wrong *wrongUse
	var code exitCode
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &wrong):
		fmt.Fprintln(c.err, "quittance:", oneLine(wrong.why))
		wrong.usage(c.err)
		return 2
	}
	fmt.Fprintln(c.err, "quittance:", oneLine(strings.ReplaceAll(err.Error(), context.Canceled.Error(), "interrupted")))
	return 1
}

func oneLine(s string) string { return strings.Join(strings.FieldsFunc(s, isBreak), "; ") }

func isBreak(r rune) bool { return r == '\n' || r == '\r' }

// printTable is the usage of the whole program.
func printTable(w io.Writer) {
	fmt.Fprint(w, "usage: quittance COMMAND [flags]\n\n")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, cmd := range commands() {
		fmt.Fprintf(t, "  %s\t%s\n", cmd.name, cmd.what)
	}
	t.Flush()
	fmt.Fprint(w, "\nEvery command but clock, mask and version takes -data DIR (default ./data). Each flag can be given as a variable: -batch-every is QUITTANCE_BATCH_EVERY.\n"+
		"Exit codes: 0 done, 1 refused or failed with one line why, 2 wrong use. 'quittance COMMAND -h' tells a command's flags.\n")
}
