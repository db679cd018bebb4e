package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/term"

	"quittance/db"
	"quittance/db/erasure"
)

// call is one command on its way: who called it from where, and what it works with. A command touches nothing of its process but this,
// so that it runs the same in a server's process, for a caller at the other end of the socket.
type call struct {
	dir   string // the data directory
	store *db.Store
	house *house
	args  []string // what stands beside the flags
	cwd   string   // the caller's
	env   map[string]string
	in    io.Reader
	out   io.Writer
	err   io.Writer
	width int // of the terminal that err is; 0 = it is none

	pin        string // the file outside the data directory; "" = in the user's state directory, pinNone = none
	ledgerCopy string // a second ledger; "" = none
}

// house is what the commands of one process share with its server.
type house struct {
	tells  func(context.Context) // calls controllers back
	notify func(context.Context) // tells people and webhooks
	runner *erasure.Runner       // the one runner: two batches never run at once
	conf   *config               // nil = no server runs here
	drills drills
}

func newHouse(store *db.Store) *house {
	return &house{runner: erasure.NewRunner(store, slog.New(slog.DiscardHandler))}
}

// path resolves a file named on the command line against the caller's working directory.
func (c *call) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(c.cwd, name)
}

// print writes what a command found: as JSON, or in words.
func (c *call) print(asJSON bool, v any, words func(io.Writer)) error {
	if !asJSON {
		words(c.out)
		return nil
	}
	e := json.NewEncoder(c.out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// one gives the single argument that a command takes.
func (c *call) one(what string) (string, error) {
	if len(c.args) != 1 {
		return "", misuse("give one %s", what)
	}
	return c.args[0], nil
}

func (c *call) none() error {
	if len(c.args) > 0 {
		return misuse("%q is one argument too many", c.args[0])
	}
	return nil
}

// wrongUse is a command line that asks for nothing we can do.
type wrongUse struct {
	why  string
	help func(io.Writer)
}

func (e *wrongUse) Error() string { return e.why }

func (e *wrongUse) usage(w io.Writer) {
	if e.help == nil {
		printTable(w)
		return
	}
	e.help(w)
}

func misuse(format string, args ...any) error { return &wrongUse{why: fmt.Sprintf(format, args...)} }

// exitCode ends a command whose caller has been told why already.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// parsed is a command line that was understood.
type parsed struct {
	command
	do action
}

// parse finds the command and reads its flags, which may stand before, between and after the arguments. A flag beats its variable.
func (c *call) parse(args []string) (parsed, error) {
	cmd, rest, err := find(args)
	if err != nil {
		return parsed{}, err
	}
	fs := flag.NewFlagSet(cmd.name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	data := "./data"
	if cmd.where != atHome {
		fs.StringVar(&data, "data", data, "`DIR` that holds the data")
		fs.StringVar(&c.pin, "pin", "", "`FILE` outside the data directory that keeps the newest signed head of the audit trail; none = keep no pin (default: in the state directory of this account)")
		fs.StringVar(&c.ledgerCopy, "ledger-copy", "", "`FILE` on another disk that keeps the erasure ledger once more")
	}
	act := cmd.setup(fs)
	help := func(w io.Writer) { printCommand(w, cmd, fs) }
	if err := c.read(fs, rest); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			help(c.out)
			return parsed{}, exitCode(0)
		}
		return parsed{}, &wrongUse{why: err.Error(), help: help}
	}
	if cmd.where == atPath {
		if data, err = c.one("data directory or file"); err != nil {
			return parsed{}, &wrongUse{why: err.Error(), help: help}
		}
	}
	c.dir = c.path(data)
	return parsed{cmd, helped(act, help)}, nil
}

// helped gives a misuse that shows only when the command runs the usage of that command.
func helped(act action, help func(io.Writer)) action {
	return func(ctx context.Context, c *call) error {
		err := act(ctx, c)
		var wrong *wrongUse
		if errors.As(err, &wrong) && wrong.help == nil {
			wrong.help = help
		}
		return err
	}
}

// find takes the longest name that the command line begins with.
func find(args []string) (command, []string, error) {
	if len(args) == 0 {
		return command{}, nil, misuse("say what to do")
	}
	for _, cmd := range commands() {
		words := strings.Fields(cmd.name)
		if len(args) >= len(words) && strings.Join(args[:len(words)], " ") == cmd.name {
			return cmd, args[len(words):], nil
		}
	}
	return command{}, nil, misuse("there is no command %q", strings.Join(args[:min(2, len(args))], " "))
}

func (c *call) read(fs *flag.FlagSet, args []string) error {
	if err := c.readVariables(fs); err != nil {
		return err
	}
	c.args = nil
	for {
		if err := fs.Parse(args); err != nil {
			return err
		}
		rest := fs.Args()
		if len(rest) == 0 {
			return nil
		}
		if n := len(args) - len(rest); n > 0 && args[n-1] == "--" {
			c.args = append(c.args, rest...)
			return nil
		}
		c.args, args = append(c.args, rest[0]), rest[1:]
	}
}

func (c *call) readVariables(fs *flag.FlagSet) (err error) {
	fs.VisitAll(func(f *flag.Flag) {
		name := variable(f.Name)
		if v, ok := c.env[name]; ok && v != "" && err == nil {
			if setting := fs.Set(f.Name, v); setting != nil {
				err = fmt.Errorf("%s: %w", name, setting)
			}
		}
	})
	return err
}

// variable names the environment variable of a flag.
func variable(flag string) string {
	return "QUITTANCE_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// ours picks the variables that mean flags; nothing else of the environment goes over the socket.
func ours(env []string) map[string]string {
	out := map[string]string{}
	for _, kv := range env {
		if k, v, ok := strings.Cut(kv, "="); ok && strings.HasPrefix(k, "QUITTANCE_") {
			out[k] = v
		}
	}
	return out
}

func printCommand(w io.Writer, cmd command, fs *flag.FlagSet) {
	var flags bytes.Buffer
	fs.SetOutput(&flags)
	fs.PrintDefaults()
	fmt.Fprintf(w, "usage: quittance %s\n%s\n\n%s", strings.TrimSpace(cmd.name+" "+cmd.args), cmd.what, flags.String())
}

// width is how many columns the terminal has that a writer is, 0 when it is none.
func width(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	n, _, err := term.GetSize(int(f.Fd()))
	if err != nil || n == 0 {
		return 80 // a terminal that does not tell
	}
	return n
}

// list splits a flag that holds several words.
func list(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}
