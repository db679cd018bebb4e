package views

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/a-h/templ"
)

// Browsers keep titles in their history: no customer ID stands in one (law L10).
func TestTitlesNameNobody(t *testing.T) {
	const id = "cust_8842"
	for name, page := range map[string]templ.Component{
		"subject": Subject{ID: id, Ref: "s_abc"}, "search": Search{Query: id, Asked: true, ID: id}, "record": Record{Number: 7, Labels: []RecordLabel{{ID: id}}},
		"erasure": Erasure{Number: 7, Subject: SubjectRef{Text: id}}, "new erasure": NewErasure{Subject: SubjectRef{Text: id}},
	} {
		var out bytes.Buffer
		if err := page.Render(context.Background(), &out); err != nil {
			t.Fatal(err)
		}
		title, _, _ := strings.Cut(out.String(), "</title>")
		if !strings.Contains(out.String(), id) || strings.Contains(title, id) {
			t.Errorf("%s: the head is %q", name, title)
		}
	}
}
