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

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/label"
)

// linking are the flags of a service whose data lies elsewhere, wholly (-link) or beside what is kept here (-upstream).
type linking struct {
	link, upstream, credential string
	inside                     bool
}

func linkingFlags(fs *flag.FlagSet) *linking {
	l := new(linking)
	fs.StringVar(&l.link, "link", "", "`address` of an instance whose data lies there: erasures are passed on to it")
	fs.StringVar(&l.upstream, "upstream", "", "`address` of the real Assistant or speech service that messages are passed on to; both sides keep them, and erasures reach both")
	fs.StringVar(&l.credential, "credential-file", "", "`file` whose first line is the API key of that instance, or for opendsr and http its header lines, as in Authorization: Bearer …; - reads it from standard input")
	fs.BoolVar(&l.inside, "inside", false, "that address may be a private one, without TLS and on any port")
	return l
}

// check refuses flags that do not go together.
func (l *linking) check(kind label.Kind) error {
	switch {
	case other(kind) && l.upstream != "", kind == db.Manual && l.link+l.credential != "":
		return misuse("opendsr and http have a -link and no -upstream, manual has neither")
	case other(kind) && kind != db.Manual && l.link == "":
		return misuse("say with -link where the service lies")
	case other(kind):
		return nil
	case l.link != "" && l.upstream != "":
		return misuse("a service is linked with -link or passes on with -upstream, not both")
	case l.link == "" && l.upstream == "" && (l.credential != "" || l.inside):
		return misuse("-credential-file and -inside go with -link or -upstream")
	case (l.link != "" || l.upstream != "") && l.credential == "":
		return misuse("say with -credential-file where the API key of that instance stands")
	case l.upstream != "" && kind != label.Assistant && kind != label.SpeechToText && kind != label.TextToSpeech:
		return misuse("only assistant, speech-to-text and text-to-speech pass on to an -upstream")
	}
	return nil
}

// credentialBytes bounds a credential. IBM's API keys have 44 characters.
const credentialBytes = 4 << 10

// secretLine reads the first line of a file, of which nothing is ever printed.
func (c *call) secretLine(file string) ([]byte, error) {
	in := c.in
	if file != "-" {
		f, err := os.Open(c.path(file))
		if err != nil {
			return nil, fmt.Errorf("reading the credential: %w", err)
		}
		defer f.Close()
		in = f
	}
	line, err := bufio.NewReader(io.LimitReader(in, credentialBytes)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading the credential: %w", err)
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return nil, errors.New("the credential is empty")
	}
	return []byte(line), nil
}

// described is what the flags say of the instance elsewhere.
func (c *call) described(l *linking, kind label.Kind, name, region string) (db.NewLinked, error) {
	credential, err := c.secretLine(l.credential)
	return db.NewLinked{Kind: kind, Name: name, Region: region, URL: l.link + l.upstream, Inside: l.inside, Credential: credential}, err
}

// addLinked registers a service whose data lies elsewhere. It has no key of ours and no address here.
func (c *call) addLinked(ctx context.Context, l *linking, kind label.Kind, name, region string, asJSON bool) error {
	n, err := c.described(l, kind, name, region)
	if err != nil {
		return err
	}
	v, err := c.store.AddLinked(ctx, audit.Operator, n)
	if err != nil {
		return err
	}
	return c.print(asJSON, map[string]string{"id": v.GUID, "link": v.URL}, func(w io.Writer) {
		fmt.Fprintf(w, "id    %s\nlink  %s\nErasures from the console are passed on to it.\n", v.GUID, v.URL)
	})
}

// addGateway registers a service that keeps what it passes on.
func (c *call) addGateway(ctx context.Context, l *linking, kind label.Kind, name, region string, chosen db.NewPolicies) (db.Service, error) {
	n, err := c.described(l, kind, name, region)
	if err != nil {
		return db.Service{}, err
	}
	n.Policies = chosen
	hosted, _, err := c.store.AddGateway(ctx, audit.Operator, kind, name, region, n)
	return hosted, err
}
