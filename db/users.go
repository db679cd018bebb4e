package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"quittance/db/audit"
)

// The roles of design.md section 1. What each of them may do stands in handlers/auth.
const (
	RoleSupport = "support"
	RoleOfficer = "officer"
	RoleAuditor = "auditor"
	RoleAdmin   = "admin"
)

// Roles lists the roles. Their places are the bits by which the audit trail counts them: new ones go to the end.
func Roles() []string { return []string{RoleSupport, RoleOfficer, RoleAuditor, RoleAdmin} }

// The errors about people that callers act on.
var (
	ErrEmail     = errors.New("this is not an e-mail address")
	ErrRoles     = errors.New("give at least one of the roles support, officer, auditor and admin")
	ErrLastAdmin = errors.New("this is the last administrator; make somebody else one first")
	ErrFederated = errors.New("this person signs in through the sign-in provider, which gives their roles and their password")
	ErrDisabled  = errors.New("this account is disabled; an administrator can enable it again")
)

// User is somebody who may sign in. Passwords are not part of it: see Credentials.
type User struct {
	Number   int64
	Email    string // of local accounts in lower case, and unique among them
	Name     string
	Issuer   string // of the sign-in provider; "" = local account
	Sub      string // the provider's name for the person, unique with Issuer
	Roles    []string
	Created  time.Time
	Disabled time.Time // zero = may sign in
	Seen     time.Time // last sign-in; zero = never
	Theme    string    // "", "light" or "dark"
	Density  string
	Language string   // BCP 47; "" = the browser's, else the house's
	Zone     string   // IANA time zone; "" = the server's
	Keyless  bool     // single keys do nothing
	Mail     []string // groups of occasions that they are told of by mail
}

// Local tells whether the account has its password here.
func (u User) Local() bool { return u.Issuer == "" }

// Actor is the person's name in the audit trail.
func (u User) Actor() audit.Actor { return audit.ActorOf("user", u.Number) }

// NewUser describes a local account. Password is the argon2id hash as a PHC string, never the password; "" = cannot sign in yet.
type NewUser struct {
	Email, Name string
	Roles       []string
	Password    string
}

// AddUser makes a local account. ErrEmail, ErrRoles, or ErrTaken when the e-mail address has a local account already.
func (s *Store) AddUser(ctx context.Context, by audit.Actor, n NewUser) (User, error) {
	u := User{Email: foldEmail(n.Email), Name: strings.TrimSpace(n.Name)}
	if a, err := mail.ParseAddress(u.Email); err != nil || a.Address != u.Email || len(u.Email) > 254 {
		return User{}, ErrEmail
	}
	if u.Name == "" {
		u.Name = u.Email
	}
	if u.Name != u.Email && !VisibleName(u.Name) {
		return User{}, ErrName
	}
	var err error
	if u.Roles, err = sortRoles(n.Roles); err != nil {
		return User{}, err
	}
	err = s.write(ctx, by, func(t *tx) error {
		u.Created = t.now
		return t.insertUser(&u, n.Password)
	})
	return u, err
}

func (t *tx) insertUser(u *User, password string) error {
	err := t.row("INSERT INTO user (email, name, issuer, sub, roles, password, created) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING number",
		u.Email, u.Name, u.Issuer, u.Sub, strings.Join(u.Roles, ","), password, ms(u.Created)).Scan(&u.Number)
	if unique(err) {
		return ErrTaken
	}
	if err != nil {
		return fmt.Errorf("adding a user: %w", err)
	}
	return t.note(audit.UserAdded, u.object(), roleCount(u.Roles))
}

// UpsertOIDC keeps what the sign-in provider says about a person, who is known by issuer and sub and never by e-mail address.
// Sessions that were begun with other roles end. A disabled account is updated and returned as it is; StartSession refuses it.
func (s *Store) UpsertOIDC(ctx context.Context, issuer, sub, email, name string, roles []string) (User, error) {
	roles, err := sortRoles(roles)
	if err != nil {
		return User{}, err
	}
	if issuer == "" || sub == "" {
		return User{}, ErrNotFound
	}
	var u User
	err = s.write(ctx, audit.System, func(t *tx) error {
		u, err = scanUser(t.row(userColumns+"WHERE issuer = ? AND sub = ?", issuer, sub))
		if errors.Is(err, ErrNotFound) {
			u = User{Email: email, Name: cmp.Or(name, email, sub), Issuer: issuer, Sub: sub, Roles: roles, Created: t.now}
			return t.insertUser(&u, "")
		}
		if err != nil {
			return fmt.Errorf("reading a user: %w", err)
		}
		return t.refreshUser(&u, email, name, roles)
	})
	return u, err
}

// refreshUser keeps what is new. What the provider does not say this time stays as it was.
func (t *tx) refreshUser(u *User, email, name string, roles []string) error {
	email, name = cmp.Or(email, u.Email), cmp.Or(name, u.Name)
	changed := !slices.Equal(u.Roles, roles)
	if !changed && u.Email == email && u.Name == name {
		return nil
	}
	u.Email, u.Name, u.Roles = email, name, roles
	err := t.exec("UPDATE user SET email = ?, name = ?, roles = ? WHERE number = ?", email, name, strings.Join(roles, ","), u.Number)
	if err != nil {
		return fmt.Errorf("keeping what the provider says of a user: %w", err)
	}
	counts := roleCount(roles)
	if changed {
		if counts[audit.CountSessions], err = t.endSessionsOf(u.Number); err != nil {
			return err
		}
	}
	return t.note(audit.UserChanged, u.object(), counts)
}

// SetRoles gives a local account other roles and ends its sessions. ErrFederated, ErrLastAdmin, ErrRoles, ErrNotFound.
func (s *Store) SetRoles(ctx context.Context, by audit.Actor, number int64, roles []string) error {
	roles, err := sortRoles(roles)
	if err != nil {
		return err
	}
	return s.changeUser(ctx, by, number, func(t *tx, u User) error {
		if !u.Local() {
			return ErrFederated
		}
		if !slices.Contains(roles, RoleAdmin) {
			if err := t.keepAdmin(u); err != nil {
				return err
			}
		}
		return t.alterUser(u, audit.UserChanged, roleCount(roles), "UPDATE user SET roles = ? WHERE number = ?", strings.Join(roles, ","))
	})
}

// SetName changes what a local account is called; its sessions go on. ErrFederated, ErrNotFound.
func (s *Store) SetName(ctx context.Context, by audit.Actor, number int64, name string) error {
	if !VisibleName(name) {
		return ErrName
	}
	return s.changeUser(ctx, by, number, func(t *tx, u User) error {
		if !u.Local() {
			return ErrFederated
		}
		if err := t.exec("UPDATE user SET name = ? WHERE number = ?", strings.TrimSpace(name), number); err != nil {
			return fmt.Errorf("changing a user: %w", err)
		}
		return t.note(audit.UserChanged, u.object(), nil)
	})
}

// SetPassword keeps the hash (argon2id, PHC string) of a local account's new password and ends its sessions. ErrFederated, ErrNotFound.
func (s *Store) SetPassword(ctx context.Context, by audit.Actor, number int64, hash string) error {
	return s.changeUser(ctx, by, number, func(t *tx, u User) error {
		if !u.Local() {
			return ErrFederated
		}
		return t.alterUser(u, audit.PasswordChanged, map[string]int64{}, "UPDATE user SET password = ? WHERE number = ?", hash)
	})
}

// Disable keeps a person out and ends their sessions. ErrLastAdmin, ErrNotFound (also for one who is disabled already).
func (s *Store) Disable(ctx context.Context, by audit.Actor, number int64) error {
	return s.changeUser(ctx, by, number, func(t *tx, u User) error {
		if !u.Disabled.IsZero() {
			return ErrNotFound
		}
		if err := t.keepAdmin(u); err != nil {
			return err
		}
		return t.alterUser(u, audit.UserDisabled, map[string]int64{}, "UPDATE user SET disabled = ? WHERE number = ?", ms(t.now))
	})
}

// Enable lets a disabled person in again. ErrNotFound for one who is not disabled.
func (s *Store) Enable(ctx context.Context, by audit.Actor, number int64) error {
	return s.changeUser(ctx, by, number, func(t *tx, u User) error {
		if u.Disabled.IsZero() {
			return ErrNotFound
		}
		return t.alterUser(u, audit.UserChanged, roleCount(u.Roles), "UPDATE user SET disabled = ? WHERE number = ?", nil)
	})
}

// changeUser reads an account inside the transaction that changes it.
func (s *Store) changeUser(ctx context.Context, by audit.Actor, number int64, change func(*tx, User) error) error {
	return s.write(ctx, by, func(t *tx) error {
		u, err := scanUser(t.row(userColumns+"WHERE number = ?", number))
		if err != nil {
			return err
		}
		return change(t, u)
	})
}

// alterUser changes one column, ends the sessions that were begun before, and notes both.
func (t *tx) alterUser(u User, event audit.Event, counts map[string]int64, query string, value any) error {
	if err := t.exec(query, value, u.Number); err != nil {
		return fmt.Errorf("changing a user: %w", err)
	}
	n, err := t.endSessionsOf(u.Number)
	if err != nil {
		return err
	}
	counts[audit.CountSessions] = n
	return t.note(event, u.object(), counts)
}

// keepAdmin refuses a change after which nobody could administer the store.
func (t *tx) keepAdmin(u User) error {
	if !slices.Contains(u.Roles, RoleAdmin) || !u.Disabled.IsZero() {
		return nil
	}
	var others int64
	err := t.row("SELECT count(*) FROM user WHERE number <> ? AND disabled IS NULL AND (',' || roles || ',') LIKE '%,admin,%'", u.Number).Scan(&others)
	if err != nil {
		return fmt.Errorf("counting administrators: %w", err)
	}
	if others == 0 {
		return ErrLastAdmin
	}
	return nil
}

// SetPreferences keeps how a person likes to read. Which themes and densities there are is the views' matter; the zone must be known.
func (s *Store) SetPreferences(ctx context.Context, user int64, theme, density, zone string) error {
	if _, err := time.LoadLocation(zone); err != nil {
		return fmt.Errorf("reading the time zone: %w", ErrNotFound)
	}
	by := audit.ActorOf("user", user)
	return s.changeUser(ctx, by, user, func(t *tx, u User) error {
		err := t.exec("UPDATE user SET theme = ?, density = ?, zone = ? WHERE number = ?", theme, density, zone, user)
		if err != nil {
			return fmt.Errorf("keeping preferences: %w", err)
		}
		return t.note(audit.UserChanged, u.object(), nil)
	})
}

const userColumns = "SELECT number, email, name, issuer, sub, roles, created, disabled, seen, theme, density, zone, keyless, mail, language FROM user "

func scanUser(row scanner) (User, error) {
	var u User
	var roles, mail string
	var created int64
	var disabled, seen sql.NullInt64
	err := row.Scan(&u.Number, &u.Email, &u.Name, &u.Issuer, &u.Sub, &roles, &created, &disabled, &seen, &u.Theme, &u.Density, &u.Zone, &u.Keyless, &mail, &u.Language)
	u.Mail = wanted(strings.Split(mail, ","))
	u.Roles, u.Created, u.Disabled, u.Seen = strings.Split(roles, ","), at(created), when(disabled), when(seen)
	return u, found(err)
}

// Users lists all accounts by name, disabled ones too.
func (s *Store) Users(ctx context.Context) ([]User, error) {
	rows, err := s.readers.QueryContext(ctx, userColumns+"ORDER BY name COLLATE NOCASE, number")
	var out []User
	err = each(rows, err, func() error {
		u, err := scanUser(rows)
		out = append(out, u)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing users: %w", err)
	}
	return out, nil
}

// User reads one account.
func (s *Store) User(ctx context.Context, number int64) (User, error) {
	return scanUser(s.readers.QueryRowContext(ctx, userColumns+"WHERE number = ?", number))
}

// UserByEmail reads the local account of an e-mail address.
func (s *Store) UserByEmail(ctx context.Context, email string) (User, error) {
	return scanUser(s.readers.QueryRowContext(ctx, userColumns+"WHERE issuer = '' AND email = ?", foldEmail(email)))
}

// Credentials reads a local account with the hash of its password, disabled accounts too. It is for the sign-in form alone.
func (s *Store) Credentials(ctx context.Context, email string) (User, string, error) {
	u, err := s.UserByEmail(ctx, email)
	if err != nil {
		return User{}, "", err
	}
	var hash string
	err = s.readers.QueryRowContext(ctx, "SELECT password FROM user WHERE number = ?", u.Number).Scan(&hash)
	return u, hash, found(err)
}

func (u User) object() audit.Object { return audit.ObjectOf(audit.KindUser, u.Number) }

func foldEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// sortRoles orders roles and drops repeats; an unknown role, or none, is refused.
func sortRoles(roles []string) ([]string, error) {
	out := slices.Compact(slices.Sorted(slices.Values(roles)))
	for _, r := range out {
		if !slices.Contains(Roles(), r) {
			return nil, ErrRoles
		}
	}
	if len(out) == 0 {
		return nil, ErrRoles
	}
	return out, nil
}

func roleCount(roles []string) map[string]int64 {
	return map[string]int64{audit.CountRoles: bits(Roles(), roles)}
}

// bits writes a choice from a closed list as a number: bit n stands for the n-th of the list.
func bits(list, chosen []string) int64 {
	var n int64
	for i, v := range list {
		if slices.Contains(chosen, v) {
			n |= 1 << i
		}
	}
	return n
}
