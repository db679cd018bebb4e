package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"time"

	"quittance/db/audit"
)

// ExportPack is the inspection pack: what is exported, and its only format.
const (
	ExportPack = "pack"
	ExportZip  = "zip"
)

// ErrManyRequests is returned for a pack about more requests than one can hold.
var ErrManyRequests = errors.New("these are more requests than one inspection pack can hold")

// Pack is an inspection pack, ready to be written: its lists were read in the one transaction that wrote the export down, so that they say what
// the head of the trail says. What is long, the trail and the receipts, is read while it is written; it never changes.
type Pack struct {
	s        *Store
	export   Export
	span     Span
	key      string
	scope    audit.PackScope
	requests []audit.PackRequest
	holds    []audit.PackHold
	drills   []audit.PackDrill
	services []audit.PackService
	samples  []audit.PackSample
	policies []audit.PackEntry
	frame    []int64
	passed   func(rows int) error // told of what was gone through; nil = nobody watches
}

// Pack is what an export of ExportPack writes; nil for any other. Whoever watches it is told of rows that were gone through, entries and receipts, and
// ends it with an error; nil = nobody watches.
func (v Span) Pack(passed func(rows int) error) *Pack {
	if v.pack != nil {
		v.pack.passed = passed
	}
	return v.pack
}

// packSpan prepares an inspection pack of what a sample drew, or of the requests that were filed between the times. Its lists are read in the
// transaction that writes the export down, where ErrManyRequests is returned, and ErrNotFound for a sample that is not drawn.
func (s *Store) packSpan(ctx context.Context, n NewExport) (Span, error) {
	p := &Pack{s: s, key: s.AuditKey(), scope: audit.PackScope{Sample: n.About}}
	bounds, err := s.auditSpan(ctx, n)
	p.scope.First, p.scope.Last = bounds.First, bounds.End-1
	return Span{pack: p}, err
}

// pieces is how many entries and receipts stand in the pack.
func (p *Pack) pieces() int64 {
	all := p.span.End
	for _, r := range p.requests {
		all += int64(r.Receipts)
	}
	return all
}

// gather reads the lists as they are under the head. The change that it is part of is run once more where the disk was full: nothing may stand in
// them twice.
func (p *Pack) gather(t *tx) error {
	p.requests, p.holds, p.drills, p.services, p.samples = nil, nil, nil, nil, nil
	if err := t.row("SELECT size, note FROM head WHERE only = 1").Scan(&p.span.End, &p.span.head); err != nil {
		return found(err)
	}
	p.scope.Last = min(p.scope.Last, p.span.End-1)
	if p.scope.Sample > 0 {
		if err := p.gatherSample(t); err != nil {
			return err
		}
	}
	err := p.gatherRequests(t)
	for _, list := range []func(*tx) error{p.gatherHolds, p.gatherDrills, p.gatherServices, p.gatherSamples} {
		if err == nil {
			err = list(t)
		}
	}
	return err
}

func (p *Pack) gatherSample(t *tx) error {
	v, err := scanSample(t.row(sampleColumns+"WHERE number = ?", p.scope.Sample))
	if err == nil && v.Drawn.IsZero() {
		err = ErrNotFound
	}
	if err != nil {
		return err
	}
	p.scope.First, p.scope.Last = v.First, v.Last
	query, args := frameQuery(v.Kind, v.First, v.Last)
	p.frame, err = scanned[int64](t.rows(query, args...))
	return err
}

// Times that the trail has are taken from there: where the clock was set back, the trail's stand still and the tables' do not.
const packRequestSQL = `SELECT e.number, (SELECT min(l.number) FROM leaf l WHERE l.object = 'erasure/' || e.number AND l.object <> '' AND l.event IN ('erasure.proposed','erasure.accepted')),
	e.state, CASE WHEN e.bulk IS NULL THEN e.origin ELSE 'bulk' END, coalesce(e.bulk, 0), e.ground, coalesce(e.refusal, ''), e.proposer, coalesce(e.approver, ''), e.cutoff, e.found,
	e.remaining, (SELECT min(l.time) FROM leaf l WHERE l.object = 'erasure/' || e.number AND l.object <> '' AND l.event IN ('erasure.proposed','erasure.accepted')),
	e.approved, e.deadline, e.started, CASE WHEN e.ended IS NOT NULL THEN coalesce((SELECT max(l.time) FROM leaf l WHERE l.object = 'erasure/' || e.number AND l.object <> ''
	AND l.event IN ('erasure.done','erasure.refused','erasure.withdrawn')), e.ended) END, coalesce(e.batch, 0), e.manifest_hash, (SELECT count(*) FROM receipt r WHERE r.erasure = e.number)
	FROM erasure e WHERE e.drill = 0 AND e.number IN `

func (p *Pack) gatherRequests(t *tx) error {
	which := "(SELECT erasure FROM sampled WHERE sample = ?) ORDER BY e.number LIMIT ?"
	args := []any{p.scope.Sample, audit.MaxPackRequests + 1}
	if p.scope.Sample == 0 {
		which = "(SELECT CAST(substr(object, 9) AS INTEGER) FROM leaf WHERE event IN ('erasure.proposed','erasure.accepted') AND number BETWEEN ? AND ?) ORDER BY e.number LIMIT ?"
		args = []any{p.scope.First, p.scope.Last, audit.MaxPackRequests + 1}
	}
	rows, err := t.rows(packRequestSQL+which, args...)
	err = each(rows, err, func() error {
		r, err := scanPackRequest(rows)
		p.requests = append(p.requests, r)
		return err
	})
	if err == nil && len(p.requests) > audit.MaxPackRequests {
		err = ErrManyRequests
	}
	return err
}

func scanPackRequest(row scanner) (r audit.PackRequest, err error) {
	var proposed int64
	var approved, deadline, started, ended sql.NullInt64
	err = row.Scan(&r.Number, &r.Entry, &r.State, &r.Via, &r.Bulk, &r.Ground, &r.Refusal, &r.Proposer, &r.Approver, &r.Cutoff, &r.Found, &r.Remaining,
		&proposed, &approved, &deadline, &started, &ended, &r.Batch, &r.Manifest, &r.Receipts)
	r.Filed, r.Approved, r.Deadline = audit.Stamp(at(proposed)), audit.Stamp(when(approved)), audit.Stamp(when(deadline))
	r.Started, r.Ended = audit.Stamp(when(started)), audit.Stamp(when(ended))
	return r, err
}

func (p *Pack) gatherHolds(t *tx) error {
	rows, err := t.rows(`SELECT number, kind, state, ground,
		(SELECT max(l.time) FROM leaf l WHERE l.object = 'hold/' || h.number AND l.object <> '' AND l.event IN ('hold.placed','restriction.placed')), placed_by, review, expiry,
		(SELECT max(l.time) FROM leaf l WHERE l.object = 'hold/' || h.number AND l.object <> '' AND l.event IN ('hold.lifted','hold.expired','restriction.lifted')) FROM hold h ORDER BY number`)
	return each(rows, err, func() error {
		var h audit.PackHold
		var placed int64
		var review, expiry, ended sql.NullInt64
		err := rows.Scan(&h.Number, &h.Kind, &h.State, &h.Ground, &placed, &h.By, &review, &expiry, &ended)
		h.Placed, h.Review, h.Expiry, h.Ended = audit.Stamp(at(placed)), audit.Stamp(when(review)), audit.Stamp(when(expiry)), audit.Stamp(when(ended))
		p.holds = append(p.holds, h)
		return err
	})
}

func (p *Pack) gatherDrills(t *tx) error {
	rows, err := t.rows(`SELECT number, outcome, (SELECT max(l.time) FROM leaf l WHERE l.object = 'drill/' || drill.number AND l.object <> '' AND l.event = 'drill.started'),
		(SELECT max(l.time) FROM leaf l WHERE l.object = 'drill/' || drill.number AND l.object <> '' AND l.event IN ('drill.passed','drill.failed')),
		bytes, slack, coalesce(sum(planted), 0), coalesce(sum(before), 0), coalesce(sum(after), 0) FROM drill LEFT JOIN drill_path ON drill = number GROUP BY number ORDER BY number`)
	return each(rows, err, func() error {
		var d audit.PackDrill
		var started int64
		var ended sql.NullInt64
		err := rows.Scan(&d.Number, &d.Outcome, &started, &ended, &d.Bytes, &d.Slack, &d.Planted, &d.Found, &d.Remaining)
		d.Started, d.Ended = audit.Stamp(at(started)), audit.Stamp(when(ended))
		p.drills = append(p.drills, d)
		return err
	})
}

func (p *Pack) gatherServices(t *tx) error {
	rows, err := t.rows(`SELECT number, kind, hosting, name, region, (SELECT max(l.time) FROM leaf l WHERE l.object = 'service/' || v.number AND l.object <> '' AND l.event = 'service.added'),
		(SELECT max(l.time) FROM leaf l WHERE l.object = 'service/' || v.number AND l.object <> '' AND l.event = 'service.removed') FROM service v ORDER BY number`)
	return each(rows, err, func() error {
		var v audit.PackService
		var created int64
		var removed sql.NullInt64
		err := rows.Scan(&v.Number, &v.Kind, &v.Hosting, &v.Name, &v.Region, &created, &removed)
		v.Created, v.Removed = audit.Stamp(at(created)), audit.Stamp(when(removed))
		p.services = append(p.services, v)
		return err
	})
}

func (p *Pack) gatherSamples(t *tx) error {
	all, err := scanSamples(t.rows(sampleColumns + "ORDER BY number"))
	for _, v := range all {
		s := audit.PackSample{Number: v.Number, Kind: v.Kind, First: v.First, Last: v.Last, Frame: v.Frame, Size: v.Size, Seed: v.Seed, Word: v.Word}
		if err == nil {
			s.Drawn, err = scanned[int64](t.rows("SELECT erasure FROM sampled WHERE sample = ? ORDER BY erasure", v.Number))
		}
		p.samples = append(p.samples, s)
	}
	return err
}

// Write writes the pack, and then notes the hash of its manifest in the trail: who holds a pack can ask whether it is the one that left here.
// verifier is the page that checks receipts and bundles in a browser.
func (p *Pack) Write(ctx context.Context, w io.Writer, verifier []byte) error {
	z := audit.NewPack(w, p.export.Number, p.export.Made, p.key, []byte(p.span.head), p.scope)
	err := p.writeFiles(ctx, z, verifier)
	if err != nil {
		return err
	}
	sum, err := z.End()
	if err != nil {
		return fmt.Errorf("ending a pack: %w", err)
	}
	return p.s.write(ctx, exporter(p.export.User), func(t *tx) error {
		return t.noteWith(audit.ExportSealed, audit.ObjectOf(audit.KindExport, p.export.Number), nil, map[string]string{audit.CommitFile: sum})
	})
}

// packFile is one file of a pack and how it is written.
type packFile struct {
	name  string
	write func(io.Writer) error
}

func plain(raw []byte) func(io.Writer) error {
	return func(w io.Writer) error { _, err := w.Write(raw); return err }
}

func listed[T any](rows []T) func(io.Writer) error {
	return func(w io.Writer) error { return audit.RowsJSON(w, rows) }
}

func (p *Pack) writeFiles(ctx context.Context, z *audit.PackWriter, verifier []byte) error {
	if err := p.gatherPolicies(ctx); err != nil {
		return err
	}
	files := []packFile{
		{audit.PackReadme, plain([]byte(p.readme()))},
		{audit.PackVerifier, plain(verifier)},
		{audit.PackCheckpoint, plain([]byte(p.span.head))},
		{audit.PackRequestsJSON, listed(p.requests)},
		{audit.PackRequestsCSV, func(w io.Writer) error { return audit.RequestsCSV(w, p.requests) }},
		{audit.PackStatistics, listed(audit.StatisticsOf(p.requests))},
		{audit.PackPolicies, listed(p.policies)},
		{audit.PackHolds, listed(p.holds)},
		{audit.PackDrills, listed(p.drills)},
		{audit.PackServices, listed(p.services)},
		{audit.PackSamples, listed(p.samples)},
		{audit.PackBundle, func(w io.Writer) error { return p.s.BundleOf(p.span).Watched(p.passed).Write(ctx, w) }},
	}
	if p.scope.Sample > 0 {
		files = append(files, packFile{audit.PackFrame, plain(audit.FrameText(p.frame))})
	}
	for _, f := range files {
		if err := z.File(f.name, f.write); err != nil {
			return err
		}
	}
	return p.writeReceipts(ctx, z)
}

// gatherPolicies reads the history of policies from the trail.
func (p *Pack) gatherPolicies(ctx context.Context) error {
	args := []any{p.span.End}
	for _, e := range audit.PolicyEvents {
		args = append(args, string(e))
	}
	rows, err := p.s.readers.QueryContext(ctx, "SELECT number, event, data FROM leaf WHERE number < ? AND event IN ("+marks(len(audit.PolicyEvents))+") ORDER BY number", args...)
	return each(rows, err, func() error {
		var e audit.PackEntry
		var event audit.Event
		var data []byte
		err := rows.Scan(&e.Entry, &event, &data)
		e.Words, e.Leaf = event.Sentence(), data
		p.policies = append(p.policies, e)
		return err
	})
}

// writeReceipts writes each receipt of the requests as a file, all under the head of the pack.
func (p *Pack) writeReceipts(ctx context.Context, z *audit.PackWriter) error {
	for _, r := range p.requests {
		for n := range r.Receipts {
			body, entry, err := p.s.receiptBody(ctx, r.Number, n)
			if err != nil {
				return fmt.Errorf("reading a receipt for a pack: %w", err)
			}
			leaf, err := p.s.AuditEntry(ctx, entry)
			if err != nil {
				return fmt.Errorf("reading the entry of a receipt for a pack: %w", err)
			}
			file, err := audit.NewReceipt(body, leaf.Data, entry, []byte(p.span.head), p.key, storedTree{ctx, p.s})
			if err != nil {
				return err
			}
			raw, err := file.JSON()
			if err == nil {
				err = z.File(audit.ReceiptMember(r.Number, n), plain(raw))
			}
			if err == nil && p.passed != nil {
				err = p.passed(1)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// PackName is what the pack of an export is called as a file.
func PackName(e Export) string {
	return fmt.Sprintf("quittance-inspection-%d-%s.zip", e.Number, e.Made.Format(time.DateOnly))
}
