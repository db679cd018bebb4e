package watson

import (
	"context"
	"log/slog"
	"testing"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
)

func TestChannelOf(t *testing.T) {
	for _, tt := range []struct {
		context    string
		want       Channel
		unlabelled bool // can never bear a customer ID if it bears none
	}{
		{`{"integrations":{"channel":{"name":"Web chat"},"chat":{"browser_info":{}}}}`, WebChat, true},
		{`{"integrations":{"chat":{"private":{}}}}`, WebChat, true},
		{`{"integrations":{"channel":{"name":"Assistant preview"},"chat":{}}}`, Preview, true},
		{`{"integrations":{"chat":{},"preview_link":{}}}`, Preview, true},
		{`{"integrations":{"facebook":{"user":{"id":"1"}}}}`, Facebook, true},
		{`{"integrations":{"channel":{"name":"Facebook Messenger"}}}`, Facebook, true},
		{`{"metadata":{"deployment":"facebook"},"conversation_id":"c"}`, Facebook, true},
		{`{"integrations":{"slack":{}}}`, Slack, false},
		{`{"integrations":{"intercom":{}}}`, Intercom, false},
		{`{"integrations":{"voice_telephony":{}}}`, "", false},
		{`{"metadata":{"deployment":"my_app"}}`, "", false},
		{`{"integrations":{"channel":{"name":17},"facebook":{}}}`, Facebook, true},
		{`{"integrations":{"channel":"facebook"}}`, "", false},
		{`{"integrations":["facebook"]}`, "", false}, {`{"metadata":"facebook"}`, "", false}, {`[]`, "", false}, {``, "", false}, {`null`, "", false}, {`{}`, "", false},
	} {
		if got := ChannelOf([]byte(tt.context)); got != tt.want || got.Unlabelable() != tt.unlabelled {
			t.Errorf("%s: %q, want %q", tt.context, got, tt.want)
		}
	}
}

func TestOriginOf(t *testing.T) {
	for entry, want := range map[string]Origin{
		`{"request":{"context":{"integrations":{"chat":{}}},"user_id":"u1"},"response":{"user_id":"u2"}}`:              {WebChat, "u2"},
		`{"request":{"user_id":"u1"},"response":{"context":{"metadata":{"deployment":"facebook"}},"output":{}}}`:       {Facebook, "u1"},
		`{"request":{"context":[1],"user_id":1},"response":{"context":{"integrations":{"channel":{"name":"slack"}}}}}`: {Slack, ""},
		`{"request":{},"response":{}}`: {}, `{"request":"x"}`: {}, `nothing`: {}, `{}`: {},
	} {
		if got := OriginOf([]byte(entry)); got != want {
			t.Errorf("%s: %+v, want %+v", entry, got, want)
		}
	}
}

// TestNotErasableByID: what comes through the preview or Facebook without a label is counted apart, at both doors; with a label it is like
// any other, and erasing it takes it out of the count.
func TestNotErasableByID(t *testing.T) {
	h := open(t)
	v2, v1 := "POST /v2/assistants/a1/message?version=2020-04-01", "POST /v1/workspaces/w1/message?version=2020-04-01"
	const preview, facebook = `{"context":{"integrations":{"chat":{}}}}`, `{"context":{"metadata":{"deployment":"facebook"}}}`
	h.must(200, ask{line: v2, body: preview}, nil)
	h.must(200, ask{line: v1, body: facebook}, nil)
	h.must(200, ask{line: v2, body: preview, header: []string{labelled("abc")}}, nil)
	h.must(200, ask{line: v2, body: `{}`}, nil)
	if got, want := h.held(), (db.Tally{Records: 4, Unlabelled: 3, Unreachable: 2}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	for seq, want := range []bool{true, true, false, false} {
		r, err := h.store.Record(t.Context(), int64(seq+1)) // reads with the digest, which covers the mark
		if err != nil || r.Unreachable != want {
			t.Errorf("record %d: %v %v", seq+1, r.Unreachable, err)
		}
	}
	if _, err := h.store.AcceptErasure(t.Context(), audit.Operator, h.service.Number, dbtest.ID(t, "abc")); err != nil {
		t.Fatal(err)
	}
	if _, err := erasure.NewRunner(doomed{h.store, []int64{1, 3}}, slog.New(slog.DiscardHandler)).Run(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if got, want := h.held(), (db.Tally{Records: 2, Unlabelled: 2, Unreachable: 1}); got != want {
		t.Errorf("after erasing: %+v, want %+v", got, want)
	}
}

// doomed is a store whose batch takes these records, whoever they belong to.
type doomed struct {
	*db.Store
	records []int64
}

func (d doomed) Doomed(context.Context, int64) ([]int64, error) { return d.records, nil }
