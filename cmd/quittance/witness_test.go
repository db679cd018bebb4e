package main

import (
	"bytes"
	"flag"
	"strings"
	"testing"
	"time"

	"quittance/db/audit"
)

// Each witness has its key, and lies where a service may.
func TestWitnessFlags(t *testing.T) {
	const key = "witness.example/w1+0c2abe6a+BJXWY9A0OH8VfYlVHhjyBmoIMb0uDUTWCDPzV8l6Qwdj" // its hash is wrong
	for _, c := range []struct {
		args string
		says string
	}{
		{"-witness https://w.example.com", "belong together"},
		{"-witness-key " + key, "belong together"},
		{"-witness https://w.example.com -witness-key " + key, "no key of a witness"},
		{"-witness http://w.example.com -witness-key " + key, "must begin with https://"},
		{"-witness https://127.0.0.1 -witness-key " + key, "private network"},
		{"-witness https://a.example.com,https://b.example.com -witness-key " + key, "belong together"},
		{"", ""},
	} {
		fs := flag.NewFlagSet("serve", flag.ContinueOnError)
		f := serveFlags(fs)
		if err := fs.Parse(strings.Fields(c.args)); err != nil {
			t.Fatal(err)
		}
		if err := f.check(); c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v, want %q", c.args, err, c.says)
		}
	}
}

// What witnesses have cosigned is told in words and as JSON.
func TestVerifyTellsCosignatures(t *testing.T) {
	seen := audit.Cosignature{Witness: "witness.example/w1", Time: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), Size: 42}
	r := audit.Report{Cosigned: []audit.Cosignature{seen}}
	var out bytes.Buffer
	if tell(&out, r); !strings.Contains(out.String(), "Cosigned by witness.example/w1 on 2 March 2026, 09:00 UTC, up to entry 41.") {
		t.Error(out.String())
	}
	if v := findings(r); len(v.Cosigned) != 1 || v.Cosigned[0].Entries != 42 {
		t.Errorf("%+v", v.Cosigned)
	}
}
