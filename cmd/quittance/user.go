package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/handlers/auth"
)

// passwordBytes is more than any password that HashPassword takes.
const passwordBytes = 8 << 10

// password reads the first line of a file, or of standard input for "-", and hashes it.
func (c *call) password(file string) (string, error) {
	in := c.in
	if file != "-" {
		f, err := os.Open(c.path(file))
		if err != nil {
			return "", fmt.Errorf("reading the password: %w", err)
		}
		defer f.Close()
		in = f
	}
	line, err := bufio.NewReader(io.LimitReader(in, passwordBytes)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	return auth.HashPassword(strings.TrimRight(line, "\r\n"))
}

func userAdd(fs *flag.FlagSet) action {
	email := fs.String("email", "", "e-mail `address`, by which they sign in")
	name := fs.String("name", "", "the person's name; default: the address")
	roles := fs.String("role", "", "`support,officer,auditor,admin`: one or several")
	file := fs.String("password-file", "", "`file` whose first line is the password; - reads it from standard input; none = cannot sign in yet")
	return func(ctx context.Context, c *call) error {
		if *email == "" || *roles == "" {
			return misuse("give -email and -role")
		}
		if err := c.none(); err != nil {
			return err
		}
		n := db.NewUser{Email: *email, Name: *name, Roles: list(*roles)}
		if *file != "" {
			var err error
			if n.Password, err = c.password(*file); err != nil {
				return err
			}
		}
		u, err := c.store.AddUser(ctx, audit.Operator, n)
		if errors.Is(err, db.ErrTaken) {
			return errors.New("there is a local account with this e-mail address already")
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "Added account %d with %s.\n", u.Number, strings.Join(u.Roles, ", "))
		return nil
	}
}

// listedUser is an account as lists show it.
type listedUser struct {
	Number   int64      `json:"number"`
	Email    string     `json:"email"`
	Name     string     `json:"name"`
	Issuer   string     `json:"issuer,omitempty"`
	Roles    []string   `json:"roles"`
	Seen     *time.Time `json:"seen,omitempty"`
	Disabled *time.Time `json:"disabled,omitempty"`
}

func userList(fs *flag.FlagSet) action {
	asJSON := fs.Bool("json", false, "print JSON")
	return func(ctx context.Context, c *call) error {
		if err := c.none(); err != nil {
			return err
		}
		users, err := c.store.Users(ctx)
		if err != nil {
			return err
		}
		out := make([]listedUser, len(users))
		for i, u := range users {
			out[i] = listedUser{u.Number, u.Email, u.Name, u.Issuer, u.Roles, maybe(u.Seen), maybe(u.Disabled)}
		}
		return c.print(*asJSON, out, func(w io.Writer) { tableOfUsers(w, out) })
	}
}

func tableOfUsers(w io.Writer, users []listedUser) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NUMBER\tE-MAIL\tNAME\tROLES\tSIGNS IN WITH\tLAST SEEN\tSTATE")
	for _, u := range users {
		with, state := "password", "in use"
		if u.Issuer != "" {
			with = "provider"
		}
		if u.Disabled != nil {
			state = "disabled"
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", u.Number, u.Email, u.Name, strings.Join(u.Roles, ","), with, dayOf(u.Seen), state)
	}
	t.Flush()
}

// user finds an account by e-mail address: the local one, else the one of the sign-in provider if there is exactly one.
func (c *call) user(ctx context.Context) (db.User, error) {
	email, err := c.one("e-mail address")
	if err != nil {
		return db.User{}, err
	}
	u, err := c.store.UserByEmail(ctx, email)
	if !errors.Is(err, db.ErrNotFound) {
		return u, err
	}
	users, err := c.store.Users(ctx)
	if err != nil {
		return db.User{}, err
	}
	var found []db.User
	for _, u := range users {
		if strings.EqualFold(u.Email, email) {
			found = append(found, u)
		}
	}
	if len(found) != 1 {
		return db.User{}, errors.New("there is no account with this e-mail address")
	}
	return found[0], nil
}

// change runs one change of an account and says what it did.
func (c *call) change(ctx context.Context, do func(db.User) error, done, already string) error {
	u, err := c.user(ctx)
	if err != nil {
		return err
	}
	err = do(u)
	if errors.Is(err, db.ErrNotFound) {
		return errors.New(already)
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, done)
	return nil
}

func userDisable(*flag.FlagSet) action {
	return func(ctx context.Context, c *call) error {
		return c.change(ctx, func(u db.User) error { return c.store.Disable(ctx, audit.Operator, u.Number) },
			"Disabled; their sessions have ended.", "this account is disabled already")
	}
}

func userEnable(*flag.FlagSet) action {
	return func(ctx context.Context, c *call) error {
		return c.change(ctx, func(u db.User) error { return c.store.Enable(ctx, audit.Operator, u.Number) },
			"Enabled.", "this account is not disabled")
	}
}

func userPassword(fs *flag.FlagSet) action {
	file := fs.String("password-file", "", "`file` whose first line is the password; - reads it from standard input")
	return func(ctx context.Context, c *call) error {
		if *file == "" {
			return misuse("say with -password-file where the password stands")
		}
		return c.change(ctx, func(u db.User) error {
			hash, err := c.password(*file)
			if err != nil {
				return err
			}
			return c.store.SetPassword(ctx, audit.Operator, u.Number, hash)
		}, "Set; their sessions have ended.", "this account is gone")
	}
}
