package db

import (
	"fmt"
	"strings"
)

// readme is what stands beside a pack for whoever opens it years later.
func (p *Pack) readme() string {
	var b strings.Builder
	fmt.Fprintf(&b, "INSPECTION PACK\nExport %d, made on %s by the log %s.\n", p.export.Number, p.export.Made.Format("2 January 2006, 15:04:05 UTC"), strings.SplitN(p.key, "+", 2)[0])
	fmt.Fprintf(&b, "It is about %s.\n\n", p.about())
	b.WriteString(packReadme)
	fmt.Fprintf(&b, "\nTHE KEY OF THE LOG\n\n  %s\n\nHold it against the key as you have it from elsewhere: a pack that was signed with a key made up for it\ncannot be told from a true one by anything in it.\n", p.key)
	if p.scope.Sample > 0 {
		b.WriteString(packSampled)
	}
	b.WriteString("\nPOLICIES IN POLICIES.JSON, BY THEIR NUMBER (count \"policy\")\n\n")
	for n := range int64(len(policies)) {
		name, _ := PolicyOf(n+1, 1)
		fmt.Fprintf(&b, "  %d  %s of a service; before and after: %s\n", n+1, name, strings.Join(PolicyChoices(name), ", "))
	}
	for n, l := range limits {
		fmt.Fprintf(&b, "  %d  %s\n", limitNumbers+n+1, l.name)
	}
	return b.String()
}

func (p *Pack) about() string {
	n := fmt.Sprintf("%d requests", len(p.requests))
	if p.scope.Sample > 0 {
		return fmt.Sprintf("the %s that sample %d drew", n, p.scope.Sample)
	}
	return fmt.Sprintf("the %s that entries %d to %d of the audit trail filed", n, p.scope.First, p.scope.Last)
}

const packReadme = `No customer ID stands in it, and nothing that a person said: requests go by their numbers.

WHAT IS IN IT

  requests.csv, requests.json  each request: how it was filed, by which account, how it ended
  receipts/                    each receipt: what was erased where, what was found when it was asked
                               again; each verifies by itself
  log/trail.bundle             the whole audit trail with all receipts, under one signed head
  log/checkpoint.txt           that head. Keep it: a later pack can be held against it
  policies.json                how erasures are let through and how long what is kept: each change, as
                               it stands in the trail
  holds.json                   what keeps records from erasure: number, ground, dates; not whom
  drills.json                  the nightly test of the erasure, and how it came out
  services.json                where data lies
  statistics.json              these requests by month, way and outcome; times in seconds
  samples.json                 samples of requests that were drawn, with their seeds
  verify.html                  checks receipts and the trail in any browser, without a network
  manifest.json                the SHA-256 of each file. Its own SHA-256 stands in the entry
                               "export.sealed" of the trail, written when this pack had left

HOW TO CHECK IT

With the program, offline; the exit code is 0 only if everything holds:

  quittance verify -key 'KEY' -old KEPT-CHECKPOINT THIS.zip

It checks each file against the manifest, the trail against its signature, each receipt against the trail,
and each list against the trail: a request that the trail names and the list leaves out is found.

Without the program: unzip, open verify.html in a browser, choose log/trail.bundle, then any receipt.

Without anything of ours: sha256sum against manifest.json. A leaf of the trail is hashed as SHA-256 of a
zero byte and its line (RFC 6962, section 2.1). The head is a C2SP tlog-checkpoint, signed with Ed25519.

WHAT IT DOES NOT SHOW

That what the house wrote down is true: only that it wrote this, then, and cannot say otherwise now. Names
of services, and the words of this file, stand in no entry of the trail: only the manifest holds them.
`

const packSampled = `
DRAWING THE SAMPLE AGAIN

The entry sample.committed fixed frame.txt and the hash of the seed before the word was known that whoever asked
for the sample added; sample.drawn revealed the seed. SEED and WORD (its hash) stand in samples.json:

  while read n; do printf '%s %s %d' $SEED $WORD $n | sha256sum | sed "s/-/$n/"; done < frame.txt | sort | head -SIZE
`
