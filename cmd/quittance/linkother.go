package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/label"
	"quittance/handlers"
	"quittance/handlers/connect"
)

// otherLink are the flags of linked services that are no Watson instance.
type otherLink struct {
	link                 db.Link
	accepted, done, gone string
	instructions, body   string // files
}

func otherFlags(fs *flag.FlagSet) *otherLink {
	o := new(otherLink)
	fs.StringVar(&o.link.Regulation, "regulation", "gdpr", "of an opendsr processor: requests are sent under `gdpr|ccpa`")
	fs.StringVar(&o.link.Domain, "domain", "", "its `domain`, as its signed answers name it; default: the host of the address")
	fs.StringVar(&o.link.Fingerprint, "fingerprint", "", "SHA-256 of the `certificate` that it signs with; without it what it shows is printed and nothing is added")
	fs.StringVar(&o.link.Method, "method", "DELETE", "of a plain http call: `DELETE|POST|PUT|PATCH`")
	fs.StringVar(&o.body, "body-file", "", "`file` with its JSON body, with {customer_id} inside a text")
	fs.StringVar(&o.accepted, "accepted", "", "`statuses` that mean: it will erase; default 200,202,204")
	fs.StringVar(&o.done, "done", "", "`statuses` that mean: it has erased; only of a service that answers after it has")
	fs.StringVar(&o.link.Look, "look", "", "`address` with {customer_id} that tells whether anything is left; without it an erasure cannot be confirmed")
	fs.StringVar(&o.link.LookMethod, "look-method", "", "`GET|POST`")
	fs.StringVar(&o.gone, "gone", "", "`statuses` of -look that mean: nothing is there; default 404")
	fs.StringVar(&o.link.TestURL, "test-url", "", "`address` that doctor asks by GET, with the headers")
	fs.StringVar(&o.instructions, "instructions-file", "", "of kind manual: `file` that says what a person has to do")
	return o
}

// other tells whether a kind is a linked one that is no Watson instance.
func other(k label.Kind) bool { return slices.Contains(db.OtherKinds(), k) }

// kindOf reads a kind of service, hosted or linked.
func kindOf(s string) (label.Kind, error) {
	if k := label.Kind(s); other(k) {
		return k, nil
	}
	k, err := label.ParseKind(s)
	if err != nil {
		return "", misuse("-%v, or for a linked one opendsr, http or manual", err)
	}
	return k, nil
}

// addOther registers a linked service that is no Watson instance.
func (c *call) addOther(ctx context.Context, l *linking, o *otherLink, kind label.Kind, name, region string, asJSON bool) error {
	n, err := c.describeOther(l, o, kind, name, region)
	if err != nil {
		return err
	}
	if kind == db.OpenDSR && n.Link.Fingerprint == "" {
		return c.showCertificate(ctx, n)
	}
	v, err := c.store.AddLinked(ctx, audit.Operator, n)
	if err != nil {
		return err
	}
	return c.print(asJSON, map[string]string{"id": v.GUID, "link": v.URL}, func(w io.Writer) {
		fmt.Fprintf(w, "id    %s\nErasures from the console reach it.\n", v.GUID)
	})
}

func (c *call) describeOther(l *linking, o *otherLink, kind label.Kind, name, region string) (n db.NewLinked, err error) {
	n = db.NewLinked{Kind: kind, Name: name, Region: region, URL: l.link, Inside: l.inside, Link: o.link}
	for list, words := range map[*[]int]string{&n.Link.Accepted: o.accepted, &n.Link.Done: o.done, &n.Link.Gone: o.gone} {
		var ok bool
		if *list, ok = handlers.ParseStatuses(words); !ok {
			return n, misuse("statuses are between 200 and 599, as in 200,202")
		}
	}
	for text, file := range map[*string]string{&n.Link.Body: o.body, &n.Link.Instructions: o.instructions} {
		if *text, err = c.wholeFile(file); err != nil {
			return n, err
		}
	}
	headers, err := c.wholeFile(l.credential)
	if err == nil {
		_, err = connect.ParseHeaders(headers)
	}
	if headers != "" {
		n.Credential = []byte(headers)
	}
	return n, err
}

// wholeFile reads a short file; "" is none, - is standard input.
func (c *call) wholeFile(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	in := c.in
	if name != "-" {
		f, err := os.Open(c.path(name))
		if err != nil {
			return "", err
		}
		defer f.Close()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, 64<<10))
	return strings.TrimSpace(string(raw)), err
}

// showCertificate prints what a processor shows, for somebody to compare by another way. Nothing is added.
func (c *call) showCertificate(ctx context.Context, n db.NewLinked) error {
	v, _ := n.Described() // it lacks the fingerprint
	found := connect.Probe(ctx, c.store.Now(), v, n.Credential)
	tellFindings(c.out, found)
	if found.Fingerprint == "" {
		return errors.New("the processor shows no certificate that could be confirmed")
	}
	return errors.New("nothing is added yet: compare the fingerprint with what the processor tells you by another way, and give it with -fingerprint")
}

func tellFindings(w io.Writer, f connect.Findings) {
	for _, v := range f.List {
		fmt.Fprintf(w, "%-7s%-22s%s\n", v.State, v.What, v.Words())
	}
}

// checkLinks tries the connection to each linked service, by calls that change nothing there.
func (c *call) checkLinks(ctx context.Context) (out []check) {
	all, err := c.store.Services(ctx)
	if err != nil {
		return []check{{"linked services", bad, err.Error()}}
	}
	for _, v := range all {
		if !v.Linked() || !v.Removed.IsZero() {
			continue
		}
		credential, err := c.store.Credential(ctx, v.Number)
		if err != nil && !(other(v.Kind) && errors.Is(err, db.ErrNotFound)) {
			out = append(out, check{"link " + v.Name, bad, "Its credential cannot be read."})
			continue
		}
		out = append(out, linkCheck(v, connect.Probe(ctx, c.store.Now(), v, credential)))
	}
	return out
}

// linkCheck is the worst of what a test found; what it could not check is no finding of doctor's.
func linkCheck(v db.Service, f connect.Findings) check {
	out := check{"link " + v.Name, well, "It answers."}
	if v.Kind == db.Manual {
		out.Words = "A person does it."
	}
	for _, x := range f.List {
		switch {
		case x.State == bad:
			return check{out.What, bad, x.What + ": " + x.Words()}
		case x.State == look && x.What != "Not checked" && out.State == well:
			out = check{out.What, look, x.What + ": " + x.Words()}
		}
	}
	return out
}
