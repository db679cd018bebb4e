package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/label"
	"quittance/handlers"
)

// service finds a service by its ID, its number or its name.
func (c *call) service(ctx context.Context, id string) (db.Service, error) {
	all, err := c.store.Services(ctx)
	if err != nil {
		return db.Service{}, err
	}
	// A name may look like a number: what is surest is tried first, over all of them.
	for _, is := range []func(db.Service) bool{
		func(v db.Service) bool { return v.GUID == id },
		func(v db.Service) bool { return strconv.FormatInt(v.Number, 10) == id },
		func(v db.Service) bool { return v.Name == id },
	} {
		if i := slices.IndexFunc(all, is); i >= 0 {
			return all[i], nil
		}
	}
	return db.Service{}, errors.New("there is no such service; 'quittance service list' tells which there are")
}

// address is the API's address of a service.
func (c *call) address(ctx context.Context, public string, v db.Service) (string, error) {
	if public == "" {
		var err error
		if public, err = c.store.Meta(ctx, metaURL); err != nil {
			return "", fmt.Errorf("reading the server's address: %w", err)
		}
	}
	if public == "" {
		public = "http://127.0.0.1:8080"
	}
	if v.Number == 0 {
		return strings.TrimSuffix(public, "/") + handlers.TicketsPath, nil
	}
	return strings.TrimSuffix(public, "/") + "/instances/" + v.GUID, nil
}

// added is a service that was just added, with the one sight of its key.
type added struct {
	ID     string `json:"id"`
	URL    string `json:"url"`
	APIKey string `json:"apikey"`
}

func serviceAdd(fs *flag.FlagSet) action {
	kind := fs.String("kind", "", "`assistant|visual-recognition|discovery|speech-to-text|text-to-speech`, or of a linked one opendsr, http, manual")
	name := fs.String("name", "", "its name, unique here")
	region := fs.String("region", "", "where it lies, such as eu-de")
	public := fs.String("public-url", "", "`address` that applications use; default: that of the last serve")
	l, o := linkingFlags(fs), otherFlags(fs)
	asJSON := fs.Bool("json", false, "print JSON")
	chosen := db.NewPolicies{}
	fs.StringVar(&chosen.Unlabelled, "unlabelled", db.UnlabelledFlagged, "messages without a customer ID: `refused|flagged|allowed`")
	fs.StringVar(&chosen.Deletion, "deletion", db.DeletionAutomatic, "deletions by API: run by themselves (`automatic`), or after an officer's approval (approval)")
	return func(ctx context.Context, c *call) error {
		k, err := kindOf(*kind)
		if err != nil {
			return err
		}
		if strings.TrimSpace(*name) == "" {
			return misuse("give the service a -name")
		}
		if err := c.none(); err != nil {
			return err
		}
		if err := chosen.Check(); err != nil {
			return misuse("%v", err)
		}
		if err := l.check(k); err != nil {
			return err
		}
		if other(k) {
			return c.addOther(ctx, l, o, k, *name, *region, *asJSON)
		}
		if l.link != "" {
			return c.addLinked(ctx, l, k, *name, *region, *asJSON)
		}
		add := func() (db.Service, error) {
			return c.store.AddServiceWith(ctx, audit.Operator, k, *name, *region, chosen)
		}
		if l.upstream != "" {
			add = func() (db.Service, error) { return c.addGateway(ctx, l, k, *name, *region, chosen) }
		}
		v, err := add()
		if err != nil {
			return err
		}
		return c.showAdded(ctx, v, *public, *asJSON)
	}
}

func (c *call) showAdded(ctx context.Context, v db.Service, public string, asJSON bool) error {
	key, _, err := c.store.AddKey(ctx, audit.Operator, db.NewKey{Service: v.Number, Name: "first key", Scopes: db.Scopes()})
	if err != nil {
		return err
	}
	url, err := c.address(ctx, public, v)
	if err != nil {
		return err
	}
	return c.print(asJSON, added{v.GUID, url, key}, func(w io.Writer) {
		fmt.Fprintf(w, "id      %s\nurl     %s\napikey  %s\nThe key is shown this once.\n", v.GUID, url, key)
	})
}

// listed is a service as lists show it.
type listed struct {
	Number     int64        `json:"number"`
	ID         string       `json:"id"`
	Kind       label.Kind   `json:"kind"`
	Name       string       `json:"name"`
	Region     string       `json:"region,omitempty"`
	URL        string       `json:"url,omitempty"`
	Link       string       `json:"link,omitempty"` // of a linked one: where its data lies
	Created    time.Time    `json:"created"`
	Removed    *time.Time   `json:"removed,omitempty"`
	Records    int64        `json:"records"`
	Unlabelled int64        `json:"unlabelled"`
	Policies   *listedRules `json:"policies,omitempty"`
	Keys       []listedKey  `json:"keys,omitempty"`
}

// listedRules are the policies of a service as they hold now.
type listedRules struct {
	Unlabelled string `json:"unlabelled"`
	Deletion   string `json:"deletion"`
}

func (c *call) list(ctx context.Context, v db.Service, n db.Tally) (listed, error) {
	out := listed{Number: v.Number, ID: v.GUID, Kind: v.Kind, Name: v.Name, Region: v.Region, Link: v.URL, Created: v.Created,
		Removed: maybe(v.Removed), Records: n.Records, Unlabelled: n.Unlabelled}
	var err error
	if !v.Linked() {
		out.Policies = &listedRules{v.Unlabelled.At(c.store.Now()), v.Deletion.At(c.store.Now())}
		out.URL, err = c.address(ctx, "", v)
	}
	return out, err
}

// maybe is a time that may not have come, for JSON.
func maybe(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func serviceList(fs *flag.FlagSet) action {
	asJSON := fs.Bool("json", false, "print JSON")
	return func(ctx context.Context, c *call) error {
		if err := c.none(); err != nil {
			return err
		}
		all, err := c.store.Services(ctx)
		if err != nil {
			return err
		}
		tallies, err := c.store.Tallies(ctx)
		if err != nil {
			return err
		}
		out := make([]listed, len(all))
		for i, v := range all {
			if out[i], err = c.list(ctx, v, tallies[v.Number]); err != nil {
				return err
			}
		}
		return c.print(*asJSON, out, func(w io.Writer) { tableOfServices(w, out) })
	}
}

func tableOfServices(w io.Writer, all []listed) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NUMBER\tID\tKIND\tNAME\tRECORDS\tUNLABELLED\tSTATE")
	for _, v := range all {
		state := "in use"
		if v.Link != "" {
			state = "linked"
		}
		if v.Removed != nil {
			state = "removed"
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%d\t%d\t%s\n", v.Number, v.ID, v.Kind, v.Name, v.Records, v.Unlabelled, state)
	}
	t.Flush()
}

func serviceShow(fs *flag.FlagSet) action {
	asJSON := fs.Bool("json", false, "print JSON")
	return func(ctx context.Context, c *call) error {
		id, err := c.one("service")
		if err != nil {
			return err
		}
		v, err := c.service(ctx, id)
		if err != nil {
			return err
		}
		tallies, err := c.store.Tallies(ctx)
		if err != nil {
			return err
		}
		out, err := c.list(ctx, v, tallies[v.Number])
		if err != nil {
			return err
		}
		keys, err := c.store.KeysOf(ctx, v.Number)
		if err != nil {
			return err
		}
		out.Keys = listKeys(keys, v)
		return c.print(*asJSON, out, func(w io.Writer) {
			tableOfServices(w, []listed{out})
			if out.Link != "" {
				fmt.Fprintf(w, "\nlink  %s\n", out.Link)
				return
			}
			fmt.Fprintf(w, "\nurl         %s\nunlabelled  %s\ndeletion    %s\n\n", out.URL, out.Policies.Unlabelled, out.Policies.Deletion)
			tableOfKeys(w, out.Keys)
		})
	}
}

func serviceRemove(*flag.FlagSet) action {
	return func(ctx context.Context, c *call) error {
		id, err := c.one("service")
		if err != nil {
			return err
		}
		v, err := c.service(ctx, id)
		if err != nil {
			return err
		}
		if !v.Removed.IsZero() {
			return errors.New("this service is removed already")
		}
		if err := c.store.RemoveService(ctx, audit.Operator, v.Number); err != nil {
			return err
		}
		fmt.Fprintln(c.out, "Removed. Its keys have ended; what it holds stays, can be found and can be erased.")
		return nil
	}
}
