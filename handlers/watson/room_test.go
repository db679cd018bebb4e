package watson

import (
	"strings"
	"testing"
)

// On a disk that is low a message is refused in IBM's form of an error, and a deletion is accepted.
func TestLowDisk(t *testing.T) {
	h := open(t)
	h.must(200, message("Hello", labelled("abc")), nil)
	h.store.SetLowWater(1 << 62)
	var got struct {
		Error string
		Code  int
	}
	h.must(507, message("Hello", labelled("abc")), &got)
	if got.Code != 507 || !strings.HasPrefix(got.Error, "Insufficient Storage: ") || !strings.Contains(got.Error, "Deletions are still accepted") {
		t.Errorf("%+v", got)
	}
	h.must(507, ask{line: "POST /v2/assistants/a1/sessions?version=2020-04-01", header: []string{jsonHeader}, body: `{}`}, nil)
	h.must(202, ask{line: "DELETE /v2/user_data?customer_id=abc&version=2020-04-01"}, nil)
	h.must(200, ask{line: "GET /v2/assistants/a1/logs?version=2020-04-01"}, nil)
}
