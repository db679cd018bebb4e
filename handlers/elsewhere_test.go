package handlers

import (
	"strings"
	"testing"

	"quittance/db"
	"quittance/handlers/connect"
	"quittance/views/lang"
)

// TestTold: "no records" is said only when every service answered and nothing is held anywhere; else whoever was not heard is named (law L11).
func TestTold(t *testing.T) {
	answered := func(entries int64) connect.Finding {
		return connect.Finding{Service: db.Service{Name: "front"}, Entries: entries}
	}
	slow := connect.Finding{Service: db.Service{Name: "lame"}, Code: connect.CodeSlow}
	mute := connect.Finding{Service: db.Service{Name: "papers"}, Code: connect.CodeKind}
	for name, c := range map[string]struct {
		found []connect.Finding
		here  int64
		none  bool
		says  []string
	}{
		"all answered, nothing":    {[]connect.Finding{answered(0), answered(0)}, 0, true, nil},
		"nothing elsewhere":        {[]connect.Finding{answered(0)}, 3, false, []string{"Every linked service answered, and none holds anything"}},
		"one slow":                 {[]connect.Finding{answered(0), slow}, 0, false, []string{"Those that answered hold nothing", "No answer: lame.", "not the whole answer"}},
		"one cannot be asked":      {[]connect.Finding{answered(0), mute}, 0, false, []string{"Cannot be asked: papers.", "not the whole answer"}},
		"nobody heard":             {[]connect.Finding{slow, mute}, 0, false, []string{"No answer: lame. Cannot be asked: papers.", "not the whole answer"}},
		"something":                {[]connect.Finding{answered(2)}, 0, false, []string{"Something is held elsewhere."}},
		"something, and one slow":  {[]connect.Finding{answered(2), slow}, 0, false, []string{"Something is held elsewhere.", "No answer: lame.", "not the whole answer"}},
		"nobody heard, some here":  {[]connect.Finding{slow}, 4, false, []string{"No answer: lame."}},
		"broken off, nothing here": {[]connect.Finding{{Service: db.Service{Name: "sly"}, Code: "malformed"}}, 0, false, []string{"No answer: sly."}},
	} {
		got := lang.InEnglish(told(c.found, c.here))
		if strings.Contains(got, "No records") != c.none {
			t.Errorf("%s: %s", name, got)
		}
		for _, says := range c.says {
			if !strings.Contains(got, says) {
				t.Errorf("%s: %q lacks %q", name, got, says)
			}
		}
		if len(c.found) == 1 && c.found[0].Code == connect.CodeSlow && strings.Contains(got, "Those that answered") {
			t.Errorf("%s: %s", name, got)
		}
	}
}
