package handlers

import (
	"fmt"
	"net/http"
	"slices"

	"quittance/db"
	"quittance/db/audit"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

const (
	// historyEntries is how many entries a page's history reads.
	historyEntries = 500
	// callsShown is how many calls in a row stand there by themselves, of more.
	callsShown = 3
)

// history is the timeline of an object, from the audit trail, newest first.
func (s *Server) history(r *http.Request, object audit.Object) ([]views.Event, error) {
	entries, err := s.store.AuditEntries(r.Context(), db.AuditQuery{Object: object, Limit: historyEntries})
	if err != nil {
		return nil, err
	}
	services, err := s.servicesByNumber(r)
	if err != nil {
		return nil, err
	}
	names := s.names(r)
	out := make([]views.Event, len(entries))
	for i, e := range entries {
		out[i] = views.Event{When: moment(r, e.Time), What: eventWords(e.Event), Sub: names.actor(e.Actor)}
		if leaf, err := audit.Parse(e.Data); err == nil && leaf.Counts[audit.CountService] != 0 { // of several linked services, which one
			out[i].Sub = lang.Said("{name}, {sub}", "name", services[leaf.Counts[audit.CountService]].Name, "sub", out[i].Sub)
		}
		if who(r).May(auth.Audit) {
			out[i].Href = fmt.Sprintf("/audit/%d", e.Number)
		}
	}
	return foldCalls(entries, out), nil
}

// calls are the events that repeat for as long as a service elsewhere does not do as it is asked.
var calls = []audit.Event{audit.PartSent, audit.PartRepeated, audit.PartFailed, audit.PartAccepted, audit.PartByHand, audit.PartRetried}

// foldCalls leaves the newest of many calls in a row, and folds the others.
func foldCalls(entries []db.AuditEntry, events []views.Event) (out []views.Event) {
	for i := 0; i < len(events); {
		end := i
		for end < len(events) && slices.Contains(calls, entries[end].Event) {
			end++
		}
		if rest := end - i - callsShown; rest > 1 {
			out = append(out, events[i:i+callsShown]...)
			i += callsShown
			out = append(out, views.Event{What: lang.Said("{rest} about linked services", "rest", lang.Counted(int64(rest), "1 earlier entry", "{n} earlier entries")), Folded: events[i:end]})
			i = end
			continue
		}
		end = max(end, i+1)
		out = append(out, events[i:end]...)
		i = end
	}
	return out
}
