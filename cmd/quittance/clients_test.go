package main_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// clientsFolder holds IBM's own client libraries and what drives them; `make test` puts their packages there.
const clientsFolder = "../../handlers/watson/testdata/clients"

// instance is what an application is given: `quittance service add -json`.
type instance struct {
	URL    string `json:"url"`
	APIKey string `json:"apikey"`
}

// drive is what the driver is told.
type drive struct {
	IAM      string              `json:"iam"`
	Services map[string]instance `json:"services"` // by kind
}

// step is one call of a client, as the driver reports it.
type step struct {
	Service, Name, Problem, Transaction string
	SDK, Want, Status                   int
	Steps                               *int // on the last line: how many there were
}

// TestIBMClients drives the built program through IBM's own client libraries, of two ages, and holds each answer against the contract:
// its status to the number, its body, its headers, and what the batch leaves.
func TestIBMClients(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(filepath.Join(clientsFolder, "node_modules", "ibm-watson-6")); err != nil {
		t.Fatalf("IBM's clients are missing: run `make test`, or `npm ci --ignore-scripts` in %s", clientsFolder)
	}
	h := serve(t, buildBinary(t))
	d := drive{h.origin, map[string]instance{}}
	for _, kind := range []string{"assistant", "visual-recognition", "discovery", "speech-to-text", "text-to-speech"} {
		d.Services[kind] = h.instance(t, kind)
	}
	d.run(t, "assistant_v2", 2*80)
	d.run(t, "assistant_v1", 2*34)
	d.run(t, "deletions", 9*9)
	d.run(t, "discovery", 12+2*7)
	d.run(t, "visual", 20+22)
	h.command(t, "", "batch run", "-now")
	d.run(t, "erased", 2*16)
	d.run(t, "discovery_erased", 4+2*3)
	d.run(t, "visual_erased", 2)
	d.run(t, "limits", 2*4) // the last: it uses up how many wrong keys may come from here
}

// instance adds a hosted service.
func (h *house) instance(t *testing.T, kind string) (v instance) {
	t.Helper()
	if err := json.Unmarshal(h.command(t, "", "service add", "-kind", kind, "-name", "Hosted "+kind, "-json"), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// run takes one part of the driver's steps. There are at least so many: a driver that lost its table would be taken for a pass.
func (d drive) run(t *testing.T, part string, least int) {
	t.Helper()
	out := d.output(t, part)
	taken := 0
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		var s step
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatalf("%s: reading %q: %v", part, lines.Text(), err)
		}
		if s.Steps != nil {
			if *s.Steps != taken || taken < least {
				t.Errorf("%s: %d steps taken, %d announced, at least %d wanted", part, taken, *s.Steps, least)
			}
			return
		}
		taken++
		t.Run(strings.Join([]string{s.Service, fmt.Sprintf("sdk %d", s.SDK), s.Name}, "/"), s.assert)
	}
	t.Errorf("%s: the driver stopped after %d steps", part, taken)
}

func (d drive) output(t *testing.T, part string) []byte {
	t.Helper()
	config, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), node(), "run.mjs", part)
	c.Dir, c.Stdin = clientsFolder, bytes.NewReader(config)
	var problem bytes.Buffer
	c.Stderr = &problem
	out, err := c.Output()
	if err != nil {
		t.Errorf("%s: the driver: %v\n%s", part, err, &problem)
	}
	return out
}

func (s step) assert(t *testing.T) {
	if s.Status != s.Want || s.Problem != "" {
		t.Errorf("status %d, want %d: %s", s.Status, s.Want, s.Problem)
	}
	if s.Transaction == "" {
		t.Error("the answer has no X-Global-Transaction-Id")
	}
}
