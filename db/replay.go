package db

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"quittance/db/audit"
	"quittance/db/erasure"
)

// past is what the ledger says of one request.
type past struct {
	ledgerLine
	end  erasure.State // "" = it was open when the ledger was written last
	here erasure.State // where the backup has it; "" = the backup does not know it
}

// replay brings the restored database to where the ledger was: what had been erased is erased again through the same steps, what had been
// dropped is dropped, and what was open waits for its batch.
func (r *restore) replay(ctx context.Context, s *Store) error {
	all := r.past()
	if err := r.epoch(ctx, s); err != nil {
		return err
	}
	r.Log(fmt.Sprintf("Replaying %d lines of the ledger …", r.out.Lines))
	for part := range slices.Chunk(all, erasure.ChunkRecords) {
		if err := s.write(ctx, audit.Operator, func(t *tx) error { return r.align(t, part) }); err != nil {
			return err
		}
	}
	if err := r.eraseAgain(ctx, s, all); err != nil {
		return err
	}
	return r.goOn(ctx, s)
}

// past sorts the lines by request.
func (r *restore) past() []*past {
	by := map[int64]*past{}
	for _, v := range r.lines {
		switch p := by[v.Erasure]; {
		case v.End == "" && p == nil:
			by[v.Erasure] = &past{ledgerLine: v}
		case v.End != "" && p != nil:
			p.end = v.End
		}
	}
	return slices.SortedFunc(maps.Values(by), func(a, b *past) int { return int(a.Erasure - b.Erasure) })
}

// epoch is the first transaction after a restore. Its entry names what the trail had been and what it goes on from; numbers go on above every
// cut-off, so that no old cut-off reaches a new record; and whoever was signed in is not any more, since the backup cannot know who has
// signed out.
func (r *restore) epoch(ctx context.Context, s *Store) error {
	return s.write(ctx, audit.Operator, func(t *tx) error {
		for _, v := range r.lines {
			t.w.seq = max(t.w.seq, v.Cutoff)
		}
		counts := map[string]int64{audit.CountSize: r.out.Size, audit.CountLines: r.out.Lines}
		commits := map[string]string{audit.CommitBackup: hexHash(r.out.Checkpoint)}
		if r.old.Pin != nil {
			p, err := parsePin(r.old.Pin)
			if err != nil {
				return err
			}
			counts[audit.CountPinned], commits[audit.CommitPin] = r.out.Pinned, hexHash(p.Checkpoint)
		}
		if r.out.NewKey != "" {
			commits[audit.CommitKey] = hexHash(r.out.NewKey)
		}
		if err := t.noteWith(audit.LogRestored, "", counts, commits); err != nil {
			return err
		}
		if r.out.Lost {
			if err := t.note(audit.LedgerLost, "", map[string]int64{audit.CountLines: r.out.Lines}); err != nil {
				return err
			}
		}
		if err := t.exec("UPDATE web_session SET ended = ? WHERE ended IS NULL", ms(t.now)); err != nil {
			return fmt.Errorf("ending sessions: %w", err)
		}
		// The backup was being made when its copy was taken.
		return t.exec("UPDATE backup SET made = started, checkpoint = ?, ledger = ? WHERE number = ? AND made IS NULL", r.out.Size, r.out.Manifest.Ledger.Lines, r.out.Number)
	})
}

// align brings requests to where the ledger has them. The moves were made before the backup was lost: here their outcome is written down.
func (r *restore) align(t *tx, part []*past) error {
	for _, p := range part {
		err := t.row("SELECT state FROM erasure WHERE number = ?", p.Erasure).Scan(&p.here)
		if errors.Is(err, sql.ErrNoRows) {
			err = r.insert(t, p)
		}
		if err == nil {
			err = r.alignOne(t, p)
		}
		if err != nil {
			return fmt.Errorf("request %d: %w", p.Erasure, err)
		}
	}
	return nil
}

func (r *restore) alignOne(t *tx, p *past) error {
	object := audit.ObjectOf(audit.KindErasure, p.Erasure)
	switch {
	case p.here != "" && p.here.Ended():
		return nil
	case p.end == erasure.Done:
		return nil // after it was erased
	case p.end.Ended() && p.end != "":
		r.out.Dropped++
		e, err := t.request(p.Erasure)
		if err != nil {
			return err
		}
		if err := t.exec("UPDATE erasure SET state = ?, subject = NULL, note = NULL, ended = ? WHERE number = ?", string(p.end), ms(t.now), e.Number); err != nil {
			return err
		}
		return t.note(dropEvents[p.end], object, nil)
	}
	r.out.Goes++
	return t.maybeCalled(p.Erasure)
}

var dropEvents = map[erasure.State]audit.Event{erasure.Refused: audit.ErasureRefused, erasure.Withdrawn: audit.ErasureWithdrawn}

// maybeCalled: nobody knows whether a linked service was called after the backup. The call is made once more, and counts as a repeat. Inside its cancel window a request
// calls nobody.
func (t *tx) maybeCalled(number int64) error {
	return t.exec(`UPDATE part SET state = 'sent', code = ?, next_try = NULL WHERE erasure = ? AND excluded IS NULL AND state IN ('waiting','failed')
		AND (SELECT hosting FROM service WHERE number = part.service) = 'linked'
		AND EXISTS (SELECT 1 FROM erasure WHERE number = part.erasure AND (state IN ('running','verifying','partial') OR state = 'scheduled' AND runs_from <= ?))`,
		erasure.CodeUnknown, number, ms(t.now))
}

// insert makes a request that came after the backup, as far as the ledger knows it.
func (r *restore) insert(t *tx, p *past) error {
	ref, err := hex.DecodeString(p.Ref)
	if err != nil {
		return err
	}
	m := erasure.NewManifest(p.Cutoff, p.Accepted, []erasure.Line{}, nil)
	window, err := t.duration("cancel-window", DefaultCancelWindow)
	if err != nil {
		return err
	}
	var subject any
	if plain, err := t.s.keys.open(purposeLedger, p.Erasure, p.sealed()); err == nil {
		subject = t.s.keys.seal("erasure subject", p.Erasure, plain)
	}
	err = t.exec(`INSERT INTO erasure (number, state, origin, ref, ground, cutoff, proposer, manifest, manifest_hash, proposed, approved, runs_from, deadline, subject)
		VALUES (?, 'scheduled', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, p.Erasure, orElse(p.Origin, "api"), ref, orElse(p.Ground, erasure.GroundAPI), p.Cutoff, string(audit.System),
		string(m.JSON()), m.Hash(), ms(p.Accepted), ms(p.Accepted), ms(p.Accepted.Add(window)), ms(p.Accepted.Add(erasure.Period)), subject)
	if err != nil {
		return err
	}
	if err := r.insertParts(t, p); err != nil {
		return err
	}
	return t.noteAs(audit.System, audit.ErasureRestored, audit.ObjectOf(audit.KindErasure, p.Erasure), map[string]int64{audit.CountCutoff: p.Cutoff})
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// insertParts leaves out services that were registered after the backup: nothing of theirs is here.
func (r *restore) insertParts(t *tx, p *past) error {
	for _, service := range p.Services {
		n, err := t.change("INSERT INTO part (erasure, service, state, changed) SELECT ?, number, 'waiting', ? FROM service WHERE number = ?", p.Erasure, ms(t.now), service)
		if err != nil {
			return err
		}
		if n == 0 {
			r.out.Unfound++
		}
	}
	if p.Origin != "api" {
		return nil
	}
	err := t.exec("UPDATE erasure SET service = (SELECT min(p.service) FROM part p JOIN service v ON v.number = p.service WHERE p.erasure = ?1 AND v.hosting = 'hosted') WHERE number = ?1", p.Erasure)
	if err == nil { // the ledger does not tell the drill's requests from others
		err = t.exec("UPDATE erasure SET drill = coalesce((SELECT drill FROM service WHERE number = erasure.service), 0) WHERE number = ?", p.Erasure)
	}
	return err
}

// found again is what a request that had ended still finds in the backup.
type foundAgain struct {
	*past
	subject string
	records []int64
}

// eraseAgain erases whatever requests that were done still find, as a batch does: records and all that belongs to them, then what SQL has
// left of them in the bytes; it asks again by another path, and only then the requests have ended.
func (r *restore) eraseAgain(ctx context.Context, s *Store, all []*past) error {
	again, err := s.coveredAgain(ctx, all)
	if err != nil {
		return err
	}
	r.Log("Erasing again …")
	for _, f := range again {
		if err := s.removeAgain(ctx, f); err != nil {
			return fmt.Errorf("request %d: %w", f.Erasure, err)
		}
		r.out.Again[f.Erasure] += int64(len(f.records))
	}
	for _, step := range []func(context.Context) error{s.mergeText, s.dropStatistics, s.scrubOld, s.wipeLog} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if err := s.noneLeft(ctx, again, all); err != nil {
		return err
	}
	for part := range slices.Chunk(all, erasure.VerifyRequests) {
		if err := s.write(ctx, audit.Operator, func(t *tx) error { return r.end(t, part) }); err != nil {
			return err
		}
	}
	return s.wipeLog(ctx)
}

// coveredAgain computes the reference of each customer ID that the backup holds and looks it up among the requests that were done.
func (s *Store) coveredAgain(ctx context.Context, all []*past) (out []foundAgain, err error) {
	done := map[string][]*past{}
	for _, p := range all {
		if p.end == erasure.Done {
			done[p.Ref] = append(done[p.Ref], p)
		}
	}
	type customer struct {
		number int64
		name   string
	}
	for last := int64(0); ; {
		var page []customer
		rows, err := s.readers.QueryContext(ctx, "SELECT number, name FROM customer WHERE number > ? ORDER BY number LIMIT 1000", last)
		err = each(rows, err, func() error {
			var c customer
			err := rows.Scan(&c.number, &c.name)
			page = append(page, c)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("reading the customer IDs of the backup: %w", err)
		}
		for _, c := range page {
			last = c.number
			for _, p := range done[hex.EncodeToString(s.keys.reference(c.name))] {
				records, err := s.coveredBy(ctx, c.number, p.ledgerLine)
				if err != nil {
					return nil, err
				}
				out = append(out, foundAgain{p, c.name, records})
			}
		}
		if len(page) == 0 {
			return out, nil
		}
	}
}

// coveredBy lists the records of a customer that a line covers.
func (s *Store) coveredBy(ctx context.Context, customer int64, v ledgerLine) ([]int64, error) {
	services, err := json.Marshal(v.Services)
	if err != nil {
		return nil, err
	}
	out, err := scanned[int64](s.readers.QueryContext(ctx, `SELECT record FROM label WHERE customer = ? AND coalesce(seq, record) <= ?
		AND service IN (SELECT value FROM json_each(?)) ORDER BY record`, customer, v.Cutoff, string(services)))
	if err != nil {
		return nil, fmt.Errorf("listing what request %d covers: %w", v.Erasure, err)
	}
	return out, nil
}

// removeAgain removes records, whatever holds the backup has on them: when they were erased there was none any more.
func (s *Store) removeAgain(ctx context.Context, f foundAgain) error {
	for part := range slices.Chunk(f.records, erasure.ChunkRecords) {
		list, err := json.Marshal(part)
		if err != nil {
			return err
		}
		err = s.writeChunk(ctx, audit.Operator, func(t *tx) error {
			c, err := t.removeAll(string(list))
			if err != nil {
				return err
			}
			var n int64
			for service, k := range c.services {
				n += k
				if err := t.exec("UPDATE part SET erased = erased + ? WHERE erasure = ? AND service = ?", k, f.Erasure, service); err != nil {
					return err
				}
			}
			return t.note(audit.ErasureReplayed, audit.ObjectOf(audit.KindErasure, f.Erasure), map[string]int64{audit.CountRecords: n})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

var errRemains = errors.New("something of it remains, so nothing is served")

// noneLeft asks at the doors that others use, and once more at the table.
func (s *Store) noneLeft(ctx context.Context, again []foundAgain, all []*past) error {
	for _, f := range again {
		for _, service := range f.Services {
			n, err := s.remaining(ctx, Erasure{Number: f.Erasure, Subject: f.subject, Cutoff: f.Cutoff}, service)
			if err == nil && n > 0 {
				err = errRemains
			}
			if err != nil {
				return fmt.Errorf("request %d: %w", f.Erasure, err)
			}
		}
	}
	left, err := s.coveredAgain(ctx, all)
	for _, f := range left {
		if len(f.records) > 0 {
			return fmt.Errorf("request %d: %w", f.Erasure, errRemains)
		}
	}
	return err
}

// end ends the requests that were done and that the backup has open, with a receipt of what the replay found. What linked services had said is
// not known here; they are not called again, because that would reach what has come since.
func (r *restore) end(t *tx, part []*past) error {
	for _, p := range part {
		if p.end != erasure.Done || p.here.Ended() && p.here != "" {
			continue
		}
		if err := r.endOne(t, p); err != nil {
			return fmt.Errorf("request %d: %w", p.Erasure, err)
		}
	}
	return nil
}

func (r *restore) endOne(t *tx, p *past) error {
	e, err := t.request(p.Erasure)
	if err != nil {
		return err
	}
	found := r.out.Again[p.Erasure]
	err = t.exec("UPDATE erasure SET state = 'done', started = coalesce(started, ?), found = max(found, ?), batch = NULL WHERE number = ?", ms(t.now), found, e.Number)
	if err == nil {
		err = t.exec(`UPDATE part SET state = CASE (SELECT hosting FROM service WHERE number = part.service) WHEN 'hosted' THEN 'confirmed' ELSE 'unobservable' END,
			code = CASE (SELECT hosting FROM service WHERE number = part.service) WHEN 'hosted' THEN code ELSE ? END, remaining = 0, held = 0, found = max(found, erased), erased = max(found, erased), next_try = NULL, changed = ?
			WHERE erasure = ? AND excluded IS NULL AND state NOT IN ('confirmed','unobservable','attested','failed for good')`, erasure.CodeRestored, ms(t.now), e.Number)
	}
	if err == nil {
		err = t.forget(e)
	}
	if err == nil {
		err = t.recheckEnded(e) // what the backup has from after the cut-off has returned (law L9), as has what comes in from now on
	}
	if err != nil {
		return err
	}
	parts, err := t.parts(e.Number)
	if err != nil {
		return err
	}
	e.Found = max(e.Found, found)
	r.out.Ended++
	return t.receipt(e, parts, nil)
}

// goOn lets what was open wait for an hour at least, with its deadlines, as after a stopped batch: a hold that was placed after the backup is
// lost with it, and what it kept could not be brought back (law L5). Whoever restores has that time to place it again.
func (r *restore) goOn(ctx context.Context, s *Store) error {
	return s.write(ctx, audit.Operator, func(t *tx) error {
		if err := t.stopRunning(); err != nil {
			return fmt.Errorf("stopping the batch of the backup: %w", err)
		}
		window, err := t.duration(LimitWindow, DefaultCancelWindow)
		if err == nil {
			err = t.exec("UPDATE erasure SET runs_from = max(runs_from, ?) WHERE state IN ('scheduled','partial') AND runs_from IS NOT NULL", ms(t.now.Add(max(window, stoppedWindow))))
		}
		if err != nil {
			return fmt.Errorf("letting what is due wait: %w", err)
		}
		return nil
	})
}
