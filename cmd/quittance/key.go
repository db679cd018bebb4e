package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"quittance/db"
	"quittance/db/audit"
)

// listedKey is an API key as lists show it.
type listedKey struct {
	ID       string     `json:"id"`
	Service  string     `json:"service"`
	Name     string     `json:"name"`
	Scopes   []string   `json:"scopes"`
	Created  time.Time  `json:"created"`
	Expires  *time.Time `json:"expires,omitempty"`
	LastUsed *time.Time `json:"last_used,omitempty"`
	Revoked  *time.Time `json:"revoked,omitempty"`
}

func listKeys(keys []db.APIKey, v db.Service) []listedKey {
	out := make([]listedKey, len(keys))
	for i, k := range keys {
		out[i] = listedKey{ID: k.ID, Service: v.GUID, Name: k.Name, Scopes: k.Scopes, Created: k.Created,
			Expires: maybe(k.Expires), LastUsed: maybe(k.LastUsed), Revoked: maybe(k.Revoked)}
	}
	return out
}

func keyAdd(fs *flag.FlagSet) action {
	service := fs.String("service", "", "`ID`, number or name of the service; none for a key that files tickets")
	name := fs.String("name", "", "what the key is for")
	scopes := fs.String("scopes", strings.Join(db.Scopes(), ","), "what it may do; tickets, alone and without -service, files requests of persons")
	expires := fs.String("expires", "", "`date` on which it ends, as 2026-12-31 (UTC); none = never")
	asJSON := fs.Bool("json", false, "print JSON")
	return func(ctx context.Context, c *call) error {
		until, err := expiry(*expires)
		if err != nil {
			return err
		}
		desk := *scopes == db.ScopeTickets
		if *service == "" && !desk {
			return misuse("say with -service which service the key opens")
		}
		if err := c.none(); err != nil {
			return err
		}
		var v db.Service
		if *service != "" {
			if v, err = c.service(ctx, *service); err != nil {
				return err
			}
		}
		full, k, err := c.store.AddKey(ctx, audit.Operator, db.NewKey{Service: v.Number, Name: *name, Scopes: list(*scopes), Expires: until})
		if err != nil {
			return err
		}
		return c.showKey(ctx, full, k, v, *asJSON)
	}
}

func expiry(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return t, misuse("-expires must be a date as in 2026-12-31")
	}
	return t, nil
}

func (c *call) showKey(ctx context.Context, full string, k db.APIKey, v db.Service, asJSON bool) error {
	url, err := c.address(ctx, "", v)
	if err != nil {
		return err
	}
	return c.print(asJSON, map[string]string{"id": k.ID, "service": v.GUID, "url": url, "apikey": full}, func(w io.Writer) {
		fmt.Fprintf(w, "id      %s\nurl     %s\napikey  %s\nThe key is shown this once.\n", k.ID, url, full)
	})
}

func keyList(fs *flag.FlagSet) action {
	service := fs.String("service", "", "only keys of this service: `ID`, number or name")
	asJSON := fs.Bool("json", false, "print JSON")
	return func(ctx context.Context, c *call) error {
		if err := c.none(); err != nil {
			return err
		}
		out := []listedKey{}
		err := c.eachKey(ctx, *service, func(v db.Service, keys []db.APIKey) bool {
			out = append(out, listKeys(keys, v)...)
			return true
		})
		if err != nil {
			return err
		}
		return c.print(*asJSON, out, func(w io.Writer) { tableOfKeys(w, out) })
	}
}

// eachKey hands over the keys of each service, or of one, until each says that it has what it wants.
func (c *call) eachKey(ctx context.Context, service string, each func(db.Service, []db.APIKey) bool) error {
	services, err := c.store.Services(ctx)
	services = append(services, db.Service{}) // the desk's
	if service != "" && err == nil {
		var one db.Service
		one, err = c.service(ctx, service)
		services = []db.Service{one}
	}
	if err != nil {
		return err
	}
	for _, v := range services {
		keys, err := c.store.KeysOf(ctx, v.Number)
		if err != nil {
			return err
		}
		if !each(v, keys) {
			return nil
		}
	}
	return nil
}

func tableOfKeys(w io.Writer, keys []listedKey) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "KEY\tSERVICE\tNAME\tSCOPES\tLAST USED\tEXPIRES\tSTATE")
	for _, k := range keys {
		state := "in use"
		switch {
		case k.Revoked != nil:
			state = "revoked"
		case k.Expires != nil && !time.Now().Before(*k.Expires):
			state = "expired"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Service, k.Name, strings.Join(k.Scopes, ","), dayOf(k.LastUsed), dayOf(k.Expires), state)
	}
	t.Flush()
}

func dayOf(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return t.Format(time.DateOnly)
}

func keyRevoke(*flag.FlagSet) action {
	return func(ctx context.Context, c *call) error {
		id, err := c.one("key")
		if err != nil {
			return err
		}
		var found int64
		err = c.eachKey(ctx, "", func(_ db.Service, keys []db.APIKey) bool {
			for _, k := range keys {
				if k.ID == id {
					found = k.Number
				}
			}
			return found == 0
		})
		if err != nil {
			return err
		}
		err = c.store.RevokeKey(ctx, audit.Operator, found)
		if errors.Is(err, db.ErrNotFound) {
			return errors.New("there is no key in use with this ID; 'quittance key list' tells which there are")
		}
		if err != nil {
			return err
		}
		fmt.Fprintln(c.out, "Revoked.")
		return nil
	}
}
