package watson

import (
	"strings"
	"testing"

	"quittance/db"
	"quittance/db/audit"
)

// held counts what the Assistant of the house holds.
func (h *house) held() db.Tally {
	h.t.Helper()
	tallies, err := h.store.Tallies(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return tallies[h.service.Number]
}

func (h *house) choose(value string) {
	h.t.Helper()
	if _, err := h.store.SetPolicy(h.t.Context(), audit.Operator, h.service.Number, db.PolicyUnlabelled, value); err != nil {
		h.t.Fatal(err)
	}
}

// TestUnlabelledPolicy: an unlabelled message is stored, or refused with the way to label it; then nothing of it stays, not even a turn of
// its conversation. What was chosen holds for the very next message.
func TestUnlabelledPolicy(t *testing.T) {
	h := open(t)
	var session Session
	h.must(201, ask{line: "POST /v2/assistants/a1/sessions?version=2020-04-01"}, &session)
	stateful := "POST /v2/assistants/a1/sessions/" + session.SessionID + "/message?version=2020-04-01"
	doors := []string{stateful, "POST /v2/assistants/a1/message?version=2020-04-01", "POST /v2/assistants/a1/environments/e1/message?version=2020-04-01",
		"POST /v1/workspaces/w1/message?version=2020-04-01"}
	send := func(want int, header ...string) {
		t.Helper()
		for _, line := range doors {
			status, body, _ := h.do(ask{line: line, body: `{"input":{"text":"hello"}}`, header: header})
			if status != want {
				t.Errorf("%s: %d %s, want %d", line, status, body, want)
			}
			if want == 400 && (!strings.Contains(body, "X-Watson-Metadata: customer_id=") || !strings.Contains(body, `"code":400`) || !strings.Contains(body, `"error":"`)) {
				t.Errorf("it does not say how to label: %s", body)
			}
		}
	}
	send(200) // flagged, as every service begins
	h.choose(db.UnlabelledRefused)
	before := h.held()
	send(400)
	if h.held() != before || before.Unlabelled != 4 {
		t.Errorf("%+v is held after the refusals, %+v before them", h.held(), before)
	}
	chat, err := h.store.Chat(t.Context(), h.service.Number, "a1", session.SessionID)
	if err != nil || chat.Turns != 1 {
		t.Errorf("the conversation has %d turns: %v", chat.Turns, err)
	}
	send(200, labelled("abc"))
	h.choose(db.UnlabelledAllowed)
	send(400) // looser: not before a day has passed
	h.clock.Pass(db.Loosening)
	doors = doors[1:] // the conversation has timed out
	send(200)
}
