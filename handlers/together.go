package handlers

import (
	"net/http"

	"quittance/db"
	"quittance/db/erasure"
	"quittance/views"
	"quittance/views/lang"
)

// siblings are the requests that were proposed in one step with another one, itself included; none for one that stands alone.
func siblings(r *http.Request, e db.Erasure, beside []db.Erasure) []views.Sibling {
	var out []views.Sibling
	for _, b := range beside {
		row := views.Sibling{Number: b.Number, Subject: subjectOf(r, b), State: stateOf(b.State), Records: b.Manifest.Records()}
		if b.Number != e.Number {
			row.Href = erasureHref(b.Number)
		}
		out = append(out, row)
	}
	return out
}

// approval is the form that approves a request, and with it those beside it that still wait. The words to type say how much that is.
func approval(e db.Erasure, age lang.Word, beside []db.Erasure) *views.Approval {
	a := &views.Approval{Hash: e.ManifestHash, Records: e.Manifest.Records(), Age: age}
	for _, b := range beside {
		if b.Number != e.Number && b.State == erasure.Proposed {
			a.With, a.Records = append(a.With, views.ApprovedWith{Number: b.Number, Hash: b.ManifestHash}), a.Records+b.Manifest.Records()
		}
	}
	a.Confirm = views.Confirm{Words: eraseWords(a.Records), Button: lang.Counted(a.Records, "Approve erasure of 1 record", "Approve erasure of {n} records")}
	if a.Records == 0 && len(e.Manifest.Calls) > 0 {
		a.Elsewhere = int64(len(e.Manifest.Calls))
		a.Confirm = views.Confirm{Words: "erase elsewhere", Button: "Approve the erasure elsewhere"}
	}
	if n := int64(len(a.With) + 1); n > 1 {
		a.Confirm.Words, a.Confirm.Button = eraseWordsIn(a.Records, n), lang.Counted(n, "Approve 1 erasure", "Approve {n} erasures")
		if a.Elsewhere > 0 {
			a.Confirm.Words = lang.Said("erase elsewhere in {n} requests", "n", n)
		}
	}
	return a
}

// alsoErased adds what an erasure of the aliases would take to the form that proposes it, and their services to those that it covers.
func (s *Server) alsoErased(r *http.Request, id string, v *views.NewErasure, services map[int64]int64) error {
	aliases, err := s.store.Aliases(r.Context(), id)
	if err != nil {
		return err
	}
	for _, a := range aliases {
		_, m, err := s.store.Impact(r.Context(), a.Ref)
		if err != nil {
			return err
		}
		v.Also = append(v.Also, views.AlsoErased{Subject: views.SubjectRef{Text: lang.Raw(a.ID), Href: subjectHref(a.Ref)}, Records: m.Records()})
		for _, line := range m.Go {
			services[line.Service] += line.Records
		}
	}
	return nil
}

// eraseWords are what an officer types to approve.
func eraseWords(n int64) lang.Word { return lang.Counted(n, "erase 1 record", "erase {n} records") }

// eraseWordsIn are those that approve several requests at once, or a list.
func eraseWordsIn(records, requests int64) lang.Word {
	if requests == 1 {
		return lang.Counted(records, "erase 1 record in 1 request", "erase {n} records in 1 request")
	}
	return lang.Counted(records, "erase 1 record in {requests} requests", "erase {n} records in {requests} requests", "requests", requests)
}
