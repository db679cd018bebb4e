package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// design.md, section 6: the keys and the form of the dates are what others build on.
func TestClockJSON(t *testing.T) {
	for args, want := range map[string]string{
		"-regime eu-gdpr -country DE -received 2026-01-31":                                `{"due":"2026-03-02","notice_by":"2026-03-02","extended_due":null}`,
		"-regime eu-gdpr -country DE -received 2026-01-31 -extended":                      `{"due":"2026-03-02","notice_by":"2026-03-02","extended_due":"2026-04-30"}`,
		"-regime eu-gdpr -country de -received 2028-01-31 -extended":                      `{"due":"2028-02-29","notice_by":"2028-02-29","extended_due":"2028-05-02"}`,
		"-regime eu-gdpr -country DE -received 2026-01-31T23:30:00Z":                      `{"due":"2026-03-02","notice_by":"2026-03-02","extended_due":null}`,
		"-regime eu-gdpr -country DE -received 2026-03-05T23:30:00Z":                      `{"due":"2026-04-07","notice_by":"2026-04-07","extended_due":null}`,
		"-regime uk-gdpr -country GB -received 2026-06-01 -paused 2026-06-10..2026-06-17": `{"due":"2026-07-08","notice_by":"2026-07-08","extended_due":null}`,
		"-regime ccpa -received 2026-01-31 -extended":                                     `{"due":"2026-03-17","notice_by":"2026-03-17","extended_due":"2026-05-01"}`,
		"-regime ccpa -received 2026-01-31 -notified 2026-03-18":                          `{"due":"2026-03-17","notice_by":"2026-03-17","extended_due":null}`,
		"-regime eu-gdpr -received 2026-06-01 -paused 2026-06-10..2026-06-17 -eu-pause":   `{"due":"2026-07-08","notice_by":"2026-07-08","extended_due":null}`,
		"-regime eu-gdpr -received 2026-06-01 -paused 2026-06-10..2026-06-17":             `{"due":"2026-07-01","notice_by":"2026-07-01","extended_due":null}`,
	} {
		out := as[map[string]json.RawMessage](t, must(t, "", append([]string{"clock", "-json"}, strings.Fields(args)...)...))
		if len(out) != 4 || !strings.HasPrefix(string(out["steps"]), `[{"rule":"received",`) {
			t.Errorf("%s: %v", args, out)
		}
		got := `{"due":` + string(out["due"]) + `,"notice_by":` + string(out["notice_by"]) + `,"extended_due":` + string(out["extended_due"]) + `}`
		if got != want {
			t.Errorf("%s: %s, want %s", args, got, want)
		}
	}
}

func TestClockSideBySide(t *testing.T) {
	out := as[map[string]dates](t, must(t, "", "clock", "-received", "2026-03-05", "-country", "DE", "-json"))
	if len(out) != 3 || out["eu-gdpr"].Due.String() != "2026-04-07" || out["uk-gdpr"].Due.String() != "2026-04-07" || out["ccpa"].Due.String() != "2026-04-19" {
		t.Errorf("%v", out)
	}
	words := must(t, "", "clock", "-received", "2026-03-05", "-country", "DE")
	for _, want := range []string{"2026-04-07  2026-04-07  2026-04-19", "EU GDPR: due 7 April 2026; if extended, with notice by 7 April 2026: 5 June 2026",
		"One month of receipt (Art. 12(3) GDPR): 5 April 2026.", "Not legal advice"} {
		if !strings.Contains(words, want) {
			t.Errorf("%q is not in\n%s", want, words)
		}
	}
}

func TestClockWrongUse(t *testing.T) {
	for args, says := range map[string]string{
		"":                                                    "-received",
		"-received 2026-02-29":                                "a date is written like",
		"-received 2026-01-31 -regime lgpd":                   "the regime is",
		"-received 2026-01-31 -country Germany":               "two letters",
		"-received 2026-01-31 -country DE-XX":                 "two letters",
		"-received 2026-01-31T10:00:00Z":                      "give -country",
		"-received 2026-01-31 -paused 2026-02-10..":           "a date is written like",
		"-received 2026-01-31 -paused nonsense":               "a pause is written like",
		"-received 2026-01-31 -paused 2026-01-01..2026-02-02": "a pause begins on the day of receipt",
		"-received 2026-01-31 -notified 2026-01-01":           "cannot have been told",
		"-received 2026-01-31 more":                           "one argument too many",
		"-received 2026-01-31 -data x":                        "data", // pure: there is no data directory to name
	} {
		r := quit(t, "", append([]string{"clock"}, strings.Fields(args)...)...)
		if r.code != 2 || !strings.Contains(r.err, says) || r.out != "" {
			t.Errorf("%s: exit code %d: %s%s", args, r.code, r.out, r.err)
		}
	}
}
