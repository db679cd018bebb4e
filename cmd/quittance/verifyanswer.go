package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"quittance/db/answer"
	"quittance/db/audit"
)

// checkedAnswer is what the check of an answer to a person found, for machines.
type checkedAnswer struct {
	OK       bool      `json:"ok"`
	Answer   int64     `json:"answer"`
	Made     time.Time `json:"made"`
	Records  int64     `json:"records"`
	Images   int64     `json:"images"`
	Files    int       `json:"files"`
	Manifest string    `json:"manifest"` // its SHA-256
	Anchored bool      `json:"anchored"`
	Anchor   string    `json:"anchor"`
	Findings []finding `json:"findings"`
}

// errAnswerAlone is a mistake of the caller's: what would be compared is in no answer, and silence would look like a comparison.
var errAnswerAlone = errors.New("an answer to a person is held against -key only: it holds no checkpoint that -old or -witness-key could be compared with")

func (c *call) verifyAnswer(f *os.File, size int64, outside audit.Outside, asJSON bool) error {
	if outside.Claim != nil {
		return errNoReceipt
	}
	if len(outside.Checkpoints) > 0 || len(outside.Witnesses) > 0 {
		return errAnswerAlone
	}
	r, err := answer.Check(f, size, outside.Keys...)
	if err != nil {
		return err
	}
	out := checkedAnswer{OK: r.OK(), Answer: r.Manifest.Answer, Made: r.Manifest.Made, Records: r.Manifest.Records, Images: r.Manifest.Images, Files: len(r.Manifest.Files),
		Manifest: r.Sum, Anchored: r.Anchored, Anchor: r.Anchor, Findings: []finding{}}
	for _, words := range r.Findings {
		out.Findings = append(out.Findings, finding{Kind: string(audit.Tampering), Words: words})
	}
	return c.verdict(asJSON, r.OK(), out, func(w io.Writer) { tellAnswer(w, out) })
}

func tellAnswer(w io.Writer, v checkedAnswer) {
	if !v.OK {
		fmt.Fprintf(w, "The answer to a person does not hold. %s\n", v.Anchor)
		for _, f := range v.Findings {
			fmt.Fprintf(w, "%s: %s\n", f.Kind, f.Words)
		}
		return
	}
	fmt.Fprintf(w, "Answer %d to a person, made %s: everything holds, %d records, %d images, %d files. %s\n", v.Answer, v.Made.UTC().Format("2 January 2006, 15:04 UTC"),
		v.Records, v.Images, v.Files, v.Anchor)
	fmt.Fprintf(w, "SHA-256 of its manifest: %s\n", v.Manifest)
}
