package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"quittance/db"
)

// A finding of doctor is ok, something to look at, or wrong.
const (
	well = "ok"
	look = "look"
	bad  = "wrong"
)

// check is one thing that doctor looked at.
type check struct {
	What  string `json:"what"`
	State string `json:"state"`
	Words string `json:"words"`
}

func doctorCommand(fs *flag.FlagSet) action {
	f := serveFlags(fs)
	asJSON := fs.Bool("json", false, "print JSON")
	return func(ctx context.Context, c *call) error {
		if err := c.none(); err != nil {
			return err
		}
		if c.house.conf != nil {
			f = c.house.conf // what the running server was started with
		}
		all := c.examine(ctx, f)
		if err := c.print(*asJSON, all, func(w io.Writer) { tellChecks(w, all) }); err != nil {
			return err
		}
		for _, v := range all {
			if v.State == bad {
				return errors.New("something is wrong")
			}
		}
		return nil
	}
}

func tellChecks(w io.Writer, all []check) {
	for _, v := range all {
		fmt.Fprintf(w, "%-7s%-18s%s\n", v.State, v.What, v.Words)
	}
}

func (c *call) examine(ctx context.Context, f *config) []check {
	out := []check{c.checkConfig(f)}
	out = append(out, checkModes(c.dir)...)
	out = append(out, c.checkDisk(), c.checkReserve(), c.checkDrill(ctx), c.checkSweep(ctx), c.checkPin(), c.checkCopy(), c.checkClock(ctx), checkProvider(ctx, f), c.checkMail(ctx, f), c.checkServices(ctx))
	out = append(out, c.checkWitnesses(ctx, f)...)
	return append(out, c.checkLinks(ctx)...)
}

func (c *call) checkConfig(f *config) check {
	if err := f.check(); err != nil {
		return check{"settings", bad, err.Error()}
	}
	if _, err := f.signIn("http://127.0.0.1", c.path); err != nil {
		return check{"settings", bad, err.Error()}
	}
	if _, err := f.tls(c.path); err != nil {
		return check{"settings", bad, err.Error()}
	}
	if f.issuer == "" {
		return check{"settings", look, "No sign-in provider is set: people sign in with local accounts."}
	}
	return check{"settings", well, "The settings of serve fit together."}
}

// checkModes looks whether another account of the machine can read what lies in the data directory.
func checkModes(dir string) []check {
	out := []check{modeOf("directory", dir, 0o077)}
	for _, name := range []string{"keys.json", "quittance.db", "quittance.db-wal", socketName, "demo-accounts.json"} {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			continue
		}
		v := modeOf(name, path, 0o077)
		if strings.HasPrefix(name, "quittance.db") && v.State == bad && out[0].State == well {
			v = check{name, well, "Only this account can reach it, because of its directory."}
		}
		out = append(out, v)
	}
	return out
}

func modeOf(what, path string, forbidden os.FileMode) check {
	info, err := os.Stat(path)
	if err != nil {
		return check{what, bad, err.Error()}
	}
	if got := info.Mode().Perm(); got&forbidden != 0 {
		return check{what, bad, fmt.Sprintf("Other accounts of this machine can reach it (%o); take that away with chmod go= %s", got, path)}
	}
	return check{what, well, "Only this account can read it."}
}

// checkDisk compares what is free with the mark below which nothing is taken in.
func (c *call) checkDisk() check {
	v, err := c.store.Space()
	if err != nil {
		return check{"disk", bad, fmt.Sprintf("looking for free space: %v", err)}
	}
	out := check{"disk", well, fmt.Sprintf("%d MiB are free; below %d MiB nothing is taken in.", v.Free>>20, v.LowWater>>20)}
	switch {
	case v.Low():
		out.State = bad
	case v.Free < 4*v.LowWater:
		out.State = look
	}
	return out
}

func (c *call) checkReserve() check {
	v, err := c.store.Space()
	switch {
	case err != nil:
		return check{"reserve", bad, err.Error()}
	case v.Reserve > 0:
		return check{"reserve", well, fmt.Sprintf("%d MiB are kept for erasures on a full disk.", v.Reserve>>20)}
	case v.Wanted > 0:
		return check{"reserve", bad, "The disk reserve is not there: on a full disk nothing could be erased."}
	}
	return check{"reserve", look, "There is no disk reserve yet: serve makes it."}
}

func (c *call) checkDrill(ctx context.Context) check {
	list, err := c.store.Drills(ctx, 0, 1)
	switch {
	case err != nil:
		return check{"drill", bad, err.Error()}
	case len(list) == 0:
		return check{"drill", look, "No drill has run yet: serve runs one each night, 'quittance drill' at once."}
	}
	d := list[0]
	v := check{"drill", well, fmt.Sprintf("Drill %d of %s: %s.", d.Number, d.Started.Format(time.RFC3339), outcomeWords[d.Outcome])}
	switch {
	case d.Outcome == db.DrillFailed || d.Outcome == db.DrillBlind:
		v.State = bad
	case d.Outcome != db.DrillPassed || c.store.Now().Sub(d.Started) > 2*day:
		v.State = look
	}
	return v
}

// checkSweep tells of the last sweep, and names what is damaged.
func (c *call) checkSweep(ctx context.Context) check {
	hurt, err := c.store.Damaged(ctx)
	if err != nil {
		return check{"damage", bad, err.Error()}
	}
	if hurt.Count+hurt.Pages > 0 {
		return check{"damage", bad, fmt.Sprintf("%d records and %d pages are damaged; the first records: %v.", hurt.Count, hurt.Pages, hurt.Records[:min(10, len(hurt.Records))])}
	}
	w, err := c.store.LastSweep(ctx)
	switch {
	case errors.Is(err, db.ErrNotFound):
		return check{"damage", look, "Nothing was swept yet: serve looks at everything that is stored each night."}
	case err != nil:
		return check{"damage", bad, err.Error()}
	case w.Ended.IsZero():
		return check{"damage", look, fmt.Sprintf("Sweep %d is on its way: %d records so far, none damaged.", w.Number, w.Records)}
	}
	return check{"damage", well, fmt.Sprintf("%d records and %d pages were looked at by %s, none damaged.", w.Records, w.Pages, w.Ended.Format(time.RFC3339))}
}

// checkPin holds the audit trail against its pin as it lies there now.
func (c *call) checkPin() check {
	kept := c.store.Outside().Pin
	switch err := c.store.CheckPin(); {
	case kept == "":
		return check{"pin", look, "No pin is kept: a data directory that was set back would not be noticed. -pin names a file for one."}
	case err != nil:
		return check{"pin", bad, err.Error()}
	}
	return check{"pin", well, "The audit trail continues what is pinned in " + kept + "."}
}

// checkCopy tells whether a second ledger is kept, without which what was erased may come back from a backup when the data directory is lost.
func (c *call) checkCopy() check {
	switch v := c.store.Outside(); {
	case v.Copy == "":
		return check{"ledger copy", look, "The erasure ledger lies in the data directory only: a lost disk loses what a restored backup must erase again. -ledger-copy names a second file."}
	case v.Behind != nil:
		return check{"ledger copy", bad, fmt.Sprintf("The copy of the ledger is behind: %v", v.Behind)}
	default:
		return check{"ledger copy", well, "The erasure ledger is kept once more in " + v.Copy + "."}
	}
}

// checkWitnesses has each witness cosign the newest head of the audit trail.
func (c *call) checkWitnesses(ctx context.Context, f *config) (out []check) {
	list, err := f.callWitnesses()
	if err != nil || len(list) == 0 {
		return nil // what is wrong with the settings was said
	}
	for _, w := range list {
		switch seen, err := w.Cosign(ctx, c.store); {
		case err != nil:
			out = append(out, check{"witness", bad, fmt.Sprintf("%s: %v", w.Key.Name(), err)})
		default:
			out = append(out, check{"witness", well, seen.Words()})
		}
	}
	return out
}

// checkClock compares the clock with the last thing that was written down: cut-offs do not hang on it, deadlines do.
func (c *call) checkClock(ctx context.Context) check {
	now := c.store.Now()
	number, _, err := c.store.Head(ctx)
	if err != nil {
		return check{"clock", bad, fmt.Sprintf("reading the audit trail: %v", err)}
	}
	last, err := c.store.AuditEntry(ctx, number-1)
	switch {
	case err != nil:
		return check{"clock", bad, fmt.Sprintf("reading the audit trail: %v", err)}
	case last.Time.After(now.Add(time.Minute)):
		return check{"clock", bad, fmt.Sprintf("The clock stands %s before the last audit entry: it was set back, or ran ahead before.", last.Time.Sub(now).Round(time.Second))}
	case now.Year() < 2026:
		return check{"clock", bad, "The clock was never set."}
	}
	return check{"clock", well, "The clock goes on from the last audit entry."}
}

// checkProvider asks the sign-in provider for its discovery document (OpenID Connect Discovery 1.0, section 4).
func checkProvider(ctx context.Context, f *config) check {
	if f.issuer == "" {
		return check{"sign-in", well, "There is no sign-in provider to ask."}
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	named, err := discover(ctx, f.issuer)
	switch {
	case err != nil:
		return check{"sign-in", bad, fmt.Sprintf("The sign-in provider does not answer: %v", err)}
	case named != f.issuer:
		return check{"sign-in", bad, "The sign-in provider names itself otherwise than -oidc-issuer does."}
	}
	return check{"sign-in", well, "The sign-in provider answers."}
}

func discover(ctx context.Context, issuer string) (named string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration", nil)
	if err != nil {
		return "", err
	}
	client := http.Client{Transport: &http.Transport{DialContext: (&net.Dialer{}).DialContext, Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("its discovery document is answered with %s", res.Status)
	}
	var doc struct {
		Issuer string `json:"issuer"`
	}
	err = json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&doc)
	return doc.Issuer, err
}

func (c *call) checkServices(ctx context.Context) check {
	all, err := c.store.Services(ctx)
	if err != nil {
		return check{"services", bad, err.Error()}
	}
	tallies, err := c.store.Tallies(ctx)
	if err != nil {
		return check{"services", bad, err.Error()}
	}
	inUse, unlabelled := 0, int64(0)
	for _, v := range all {
		if v.Removed.IsZero() {
			inUse++
		}
		if v.Unlabelled.At(c.store.Now()) != db.UnlabelledAllowed {
			unlabelled += tallies[v.Number].Unlabelled
		}
	}
	switch {
	case inUse == 0:
		return check{"services", look, "There is no service yet: 'quittance service add' makes one."}
	case unlabelled > 0:
		return check{"services", look, fmt.Sprintf("%d in use; %d records have no label, so nobody can find or erase them by customer ID.", inUse, unlabelled)}
	}
	return check{"services", well, fmt.Sprintf("%d in use.", inUse)}
}
