package handlers

import (
	"testing"
	"time"

	"quittance/db"
	"quittance/handlers/connect"
	"quittance/views/lang"
)

// TestMailWords: a mail server is in order once it has taken something, and what waits is said beside it.
func TestMailWords(t *testing.T) {
	taken := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for want, how := range map[string]db.PostState{
		"Nothing has been sent yet":                  {},
		"Nothing has been sent yet; 1 message waits": {Waiting: 1},
		"In order":                                     {Sent: taken},
		"In order; 2 messages wait":                    {Sent: taken, Waiting: 2},
		"It does not answer; 1 message waits":          {Problem: "unreachable", Waiting: 1},
		"It did not take a mail; 1 given up in a week": {Sent: taken, Problem: connect.MailRefused, GivenUp: 1},
		"It answers with status 500; 2 messages wait; 3 given up in a week": {Problem: "status 500", Waiting: 2, GivenUp: 3},
	} {
		if got := lang.T(t.Context(), mailWords(how)); got != want {
			t.Errorf("%+v: %q, want %q", how, got, want)
		}
	}
	if got, want := lang.T(lang.With(t.Context(), lang.German), fromBelow((&connect.HookError{Status: 302}).Error())), "er antwortet mit Status 302, und Weiterleitungen wird nicht gefolgt"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
