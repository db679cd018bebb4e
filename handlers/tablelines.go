package handlers

import (
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"quittance/db"
)

// The lines of each table, in the order of its head: codes and numbers as the audit trail has them, and times in UTC.

func (s *Server) erasureLines(r *http.Request, row func(...string) error) error {
	q := db.ErasureQuery{States: tabOf(r.URL.Query().Get("state")).states, Batch: batchOf(r)}
	return eachPage(func(last *db.Erasure, limit int) ([]db.Erasure, error) {
		q.Before, q.Limit = from(last, func(e db.Erasure) int64 { return e.Number }), limit
		return s.store.Erasures(r.Context(), q)
	}, func(e db.Erasure) error { return row(erasureCells(e)...) })
}

func (s *Server) batchLines(r *http.Request, row func(...string) error) error {
	return eachPage(func(last *db.Batch, limit int) ([]db.Batch, error) {
		return s.store.Batches(r.Context(), from(last, func(b db.Batch) int64 { return b.Number }), limit)
	}, func(b db.Batch) error {
		return row(decimal(b.Number), string(b.State), decimal(b.Requests), decimal(b.Records), decimal(b.Erased), stampOf(b.Opened), stampOf(b.Started), stampOf(b.Deadline), stampOf(b.Ended), b.Why)
	})
}

func (s *Server) holdLines(r *http.Request, row func(...string) error) error {
	_, q := holdTab(r.URL.Query().Get("show"))
	return eachPage(func(last *db.Hold, limit int) ([]db.Hold, error) {
		q.Before, q.Limit = from(last, func(h db.Hold) int64 { return h.Number }), limit
		return s.store.Holds(r.Context(), q)
	}, func(h db.Hold) error {
		kept, err := s.store.KeptBy(r.Context(), h.Number)
		if err != nil {
			return err
		}
		return row(holdCells(h, kept)...)
	})
}

func (s *Server) serviceLines(r *http.Request, row func(...string) error) error {
	all, err := s.store.Services(r.Context())
	if err != nil {
		return err
	}
	tallies, err := s.store.Tallies(r.Context())
	for _, v := range all {
		if err != nil {
			break
		}
		t := tallies[v.Number]
		err = row(decimal(v.Number), v.Name, string(v.Kind), v.Hosting, v.Region, decimal(t.Records), decimal(t.Unlabelled), decimal(t.OptedOut), v.Deletion.At(s.store.Now()), v.Unlabelled.At(s.store.Now()), stampOf(v.Created), stampOf(v.Removed))
	}
	return err
}

// keyLines are the keys of all services, and of the desk, which is no service.
func (s *Server) keyLines(r *http.Request, row func(...string) error) error {
	all, err := s.store.Services(r.Context())
	if err != nil {
		return err
	}
	for _, v := range append(all, db.Service{}) {
		keys, err := s.store.KeysOf(r.Context(), v.Number)
		if err != nil {
			return err
		}
		for _, k := range keys {
			err := row(decimal(k.Number), k.ID, v.Name, k.Name, strings.Join(k.Scopes, " "), stampOf(k.Created), stampOf(k.Expires), stampOf(k.LastUsed), stampOf(k.Revoked))
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Server) userLines(r *http.Request, row func(...string) error) error {
	all, err := s.store.Users(r.Context())
	for _, u := range all {
		if err != nil {
			break
		}
		err = row(decimal(u.Number), u.Name, u.Email, u.Issuer, strings.Join(u.Roles, " "), stampOf(u.Created), stampOf(u.Seen), stampOf(u.Disabled))
	}
	return err
}

// entryLines are the entries that the page's filter shows. One that cannot be read filters to nothing, as the page does.
func (s *Server) entryLines(r *http.Request, row func(...string) error) error {
	f := trailFilterOf(r)
	if f.wrong() {
		return nil
	}
	q := f.query
	return eachPage(func(last *db.AuditEntry, limit int) ([]db.AuditEntry, error) {
		if q.Limit = limit; last != nil {
			q = q.Below(last.Number)
		}
		return s.store.AuditEntries(r.Context(), q)
	}, func(e db.AuditEntry) error {
		hash := e.Hash()
		return row(decimal(e.Number), stampOf(e.Time), string(e.Actor), string(e.Event), string(e.Object), hex.EncodeToString(hash[:]))
	})
}

func (s *Server) checkLines(r *http.Request, row func(...string) error) error {
	return eachPage(func(last *db.TrailCheck, limit int) ([]db.TrailCheck, error) {
		return s.store.Checks(r.Context(), from(last, func(c db.TrailCheck) int64 { return c.Number }), limit)
	}, func(c db.TrailCheck) error {
		return row(decimal(c.Number), c.State, string(c.Actor), decimal(c.First), decimal(c.Last), decimal(c.Size), c.Root, decimal(c.Findings), stampOf(c.Started), stampOf(c.Ended))
	})
}

func (s *Server) sampleLines(r *http.Request, row func(...string) error) error {
	return eachPage(func(last *db.Sample, limit int) ([]db.Sample, error) {
		return s.store.Samples(r.Context(), from(last, func(v db.Sample) int64 { return v.Number }), limit)
	}, func(v db.Sample) error {
		return row(decimal(v.Number), v.Kind, decimal(v.Size), decimal(v.Frame), string(v.Actor), v.SeedHash, v.Seed, stampOf(v.Committed), stampOf(v.Drawn))
	})
}

func (s *Server) drillLines(r *http.Request, row func(...string) error) error {
	return eachPage(func(last *db.Drill, limit int) ([]db.Drill, error) {
		return s.store.Drills(r.Context(), from(last, func(d db.Drill) int64 { return d.Number }), limit)
	}, func(d db.Drill) error {
		whole, err := s.store.Drill(r.Context(), d.Number)
		if err != nil {
			return err
		}
		var planted, before, after int64
		for _, p := range whole.Paths {
			planted, before, after = planted+p.Planted, before+p.Before, after+p.After
		}
		return row(decimal(d.Number), string(d.Outcome), string(d.Actor), orNothing(d.Batch), decimal(planted), decimal(before), decimal(after), stampOf(d.Started), stampOf(d.Ended))
	})
}

func (s *Server) backupLines(r *http.Request, row func(...string) error) error {
	return eachPage(func(last *db.Backup, limit int) ([]db.Backup, error) {
		return s.store.Backups(r.Context(), from(last, func(b db.Backup) int64 { return b.Number }), limit)
	}, func(b db.Backup) error {
		return row(decimal(b.Number), stampOf(b.Started), stampOf(b.Made), stampOf(b.Expires), stampOf(b.Destroyed), decimal(b.Bytes), b.SHA256, decimal(b.Checkpoint), decimal(b.Ledger), decimal(b.Copies))
	})
}

func (s *Server) exportLines(r *http.Request, row func(...string) error) error {
	return eachPage(func(last *db.Export, limit int) ([]db.Export, error) {
		return s.store.Exports(r.Context(), from(last, func(e db.Export) int64 { return e.Number }), limit)
	}, func(e db.Export) error {
		return row(decimal(e.Number), e.What, e.Format, decimal(e.Rows), orNothing(e.User), stampOf(e.Made), decimal(e.Entry))
	})
}

func (s *Server) policyLines(r *http.Request, row func(...string) error) error {
	all, err := s.store.Limits(r.Context())
	now := s.store.Now()
	for _, l := range all {
		if err != nil {
			break
		}
		cells := []string{l.Name, decimal(l.At(now)), "", ""}
		if l.Waits(now) {
			cells[2], cells[3] = decimal(l.Next), stampOf(l.From)
		}
		err = row(cells...)
	}
	return err
}

// dueCases is more case files than ever stand on the list at once: they are reviewed and go.
const dueCases = 1 << 20

func (s *Server) caseLines(r *http.Request, row func(...string) error) error {
	due, err := s.store.CaseFiles(r.Context(), 0, dueCases)
	for _, c := range due {
		if err != nil {
			break
		}
		kept := ""
		if c.Held {
			kept = "yes"
		}
		err = row(decimal(c.Ticket.Number), string(c.Ticket.Right), c.Ticket.Regime, string(c.Ticket.State), stampOf(c.Ticket.Ended), stampOf(c.Listed), kept)
	}
	return err
}

func (s *Server) importLines(r *http.Request, row func(...string) error) error {
	services, err := s.servicesByNumber(r)
	if err != nil {
		return err
	}
	return eachPage(func(last *db.Import, limit int) ([]db.Import, error) {
		return s.store.Imports(r.Context(), from(last, func(m db.Import) int64 { return m.Number }), limit)
	}, func(m db.Import) error {
		return row(decimal(m.Number), services[m.Service].Name, string(m.State), string(m.Actor), decimal(m.Line), decimal(m.Stored), decimal(m.Known), decimal(m.Suppressed), decimal(m.Rejected),
			orNothing(m.Bytes), stampOf(m.Started), stampOf(m.Ended))
	})
}

// sessionLines are one's own, as on the page.
func (s *Server) sessionLines(r *http.Request, row func(...string) error) error {
	all, err := s.store.SessionsOf(r.Context(), who(r).User.Number)
	for _, v := range all {
		if err != nil {
			break
		}
		err = row(decimal(v.Number), v.Agent, stampOf(v.Created), stampOf(v.Seen), stampOf(v.Expires()))
	}
	return err
}

func (s *Server) webhookLines(r *http.Request, row func(...string) error) error {
	all, err := s.store.Webhooks(r.Context())
	for _, v := range all {
		if err != nil {
			break
		}
		err = row(decimal(v.Number), v.Host, strings.Join(v.Wants, " "), string(v.AddedBy), stampOf(v.Added), stampOf(v.Ended), strconv.FormatBool(v.Gone))
	}
	return err
}
