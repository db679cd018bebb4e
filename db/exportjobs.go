package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"quittance/db/audit"
)

// ExportRecords are the records under one customer ID, masked, as a search shows them.
const ExportRecords = "records"

const (
	// MadeFor is how long the file of an export lies here once it is whole.
	MadeFor = time.Hour
	// makingAtOnce and filesAtOnce bound what all people together have made, and have lying here.
	makingAtOnce = 3
	filesAtOnce  = 16
)

// The errors of exports that are made in the background.
var (
	ErrExporting = errors.New("an export of yours is being made already")
	ErrExports   = errors.New("too many exports are being made, or wait to be fetched")
	ErrErasing   = errors.New("records are being erased, so no file of them is begun")
	ErrNotYours  = errors.New("only whoever asked for an export can fetch it")
	ErrFileGone  = errors.New("the file of this export is not here any more")
)

// ExportState is how an export stands that is made in the background.
type ExportState string

// The states of such an export. Only of the first two is there a file.
const (
	ExportMaking    ExportState = "making"
	ExportReady     ExportState = "ready"
	ExportCancelled ExportState = "cancelled" // by whoever asked, while it was made
	ExportDiscarded ExportState = "discarded" // by them, when it was whole
	ExportCut       ExportState = "cut"       // by a stop of the program
	ExportFailed    ExportState = "failed"    // it could not be made to its end
	ExportDropped   ExportState = "dropped"   // something overtook it; ExportJob.Why says what
	ExportExpired   ExportState = "expired"   // nobody has it any more: MadeFor has passed
)

// ExportJob is an export that is made in the background.
type ExportJob struct {
	Export
	State    ExportState
	Why      string    // of ExportDropped and ExportFailed: WhyBatch, …; "" = something nobody expects
	From, To time.Time // what it was asked for; zero = no bound
	Filter   string    // of ExportTable: its filter as an address of its page has it; "" = none
	Total    int64     // rows to look at; 0 = not known
	Done     int64     // of these, looked at so far
	Bytes    int64     // of the file, written so far
	Digest   []byte    // SHA-256 of the whole file; empty = it never was whole
	Ended    time.Time // when it was whole, or when it came to that it never will be; zero = it is being made
	Gone     time.Time // when a whole file was dropped
	Fetches  int64
}

// Until is when the file goes by itself; zero where there is none.
func (j ExportJob) Until() time.Time {
	if j.State != ExportReady {
		return time.Time{}
	}
	return j.Ended.Add(MadeFor)
}

// StartExport begins an export in the background: what goes into it is measured, written down and given a file, which the caller writes and then
// ends with FinishExport or StopExport. ErrExporting while this person has one made, ErrExports for too many of all people, ErrErasing for records
// while a batch runs, ErrLow.
func (s *Store) StartExport(ctx context.Context, user int64, n NewExport) (Export, Span, *Made, error) {
	span, err := s.exportSpan(ctx, n)
	if err != nil {
		return Export{}, Span{}, nil, fmt.Errorf("measuring an export: %w", err)
	}
	made, err := s.newMade()
	if err != nil {
		return Export{}, Span{}, nil, err
	}
	var e Export
	err = s.write(ctx, exporter(user), func(t *tx) error {
		e, err = t.startExport(user, n, &span, made)
		return err
	})
	if err != nil {
		made.drop()
	}
	return e, span.of(e), made, err
}

func (t *tx) startExport(user int64, n NewExport, span *Span, made *Made) (Export, error) {
	err := t.mayExport(user, n.What)
	if err == nil {
		err = span.gather(t)
	}
	if err != nil {
		return Export{}, err
	}
	e, err := t.keepExport(user, n, span.Rows, audit.ExportStarted)
	if err == nil {
		err = t.exec("INSERT INTO export_job (export, user, state, since, until, about, filter, total, began) VALUES (?, ?, 'making', ?, ?, ?, ?, ?, ?)",
			e.Number, user, orNull(n.From), orNull(n.To), n.About, n.Filter, span.total(n), ms(t.now))
	}
	if err != nil {
		return e, fmt.Errorf("beginning an export: %w", err)
	}
	t.s.shelf.put(e.Number, made) // here, so that no event can come between the row and the file
	return e, nil
}

// mayExport keeps what lies here bounded, and begins no file of records while a batch removes some: none would drop it.
func (t *tx) mayExport(user int64, what string) error {
	var own, making, files, batches int64
	err := t.row(`SELECT count(*) FILTER (WHERE state = 'making' AND user = ?), count(*) FILTER (WHERE state = 'making'), count(*),
		(SELECT count(*) FROM batch WHERE state = 'running') FROM export_job WHERE state IN ('making', 'ready')`, user).Scan(&own, &making, &files, &batches)
	switch {
	case err != nil:
		return fmt.Errorf("looking for exports: %w", err)
	case own > 0:
		return ErrExporting
	case making >= makingAtOnce || files >= filesAtOnce:
		return ErrExports
	case batches > 0 && (what == ExportRecords || what == ExportImprovement):
		return ErrErasing
	}
	return nil
}

// KeepExport keeps how far an export is, for those who watch it. ErrCancelled when it is not being made any more.
func (s *Store) KeepExport(ctx context.Context, number, done, bytes int64) error {
	return s.write(ctx, audit.System, func(t *tx) error {
		n, err := t.change("UPDATE export_job SET done = ?, bytes = ? WHERE export = ? AND state = 'making'", done, bytes, number)
		if err != nil {
			return fmt.Errorf("keeping how far an export is: %w", err)
		}
		if n == 0 {
			return ErrCancelled
		}
		t.touch(audit.ObjectOf(audit.KindExport, number))
		return nil
	})
}

// FinishExport writes down that the file is whole. What was cancelled or dropped meanwhile has its end already.
func (s *Store) FinishExport(ctx context.Context, e Export, made *Made, done int64) error {
	sum := made.digest()
	return s.write(ctx, exporter(e.User), func(t *tx) error {
		size := made.Size()
		n, err := t.change("UPDATE export_job SET state = 'ready', ended = ?, done = ?, bytes = ?, digest = ? WHERE export = ? AND state = 'making'", ms(t.now), done, size, sum, e.Number)
		if err != nil {
			return fmt.Errorf("ending an export: %w", err)
		}
		if n == 0 {
			return nil
		}
		if e.What == ExportTable { // rows come and go until the last page was read
			err = t.exec("UPDATE export SET rows = ? WHERE number = ?", done, e.Number)
		}
		if err != nil {
			return fmt.Errorf("counting the rows of an export: %w", err)
		}
		j, err := t.exportJob(e.Number)
		if err != nil {
			return err
		}
		return t.noteWith(audit.ExportFinished, audit.ObjectOf(audit.KindExport, e.Number), j.noted(), map[string]string{audit.CommitFile: hexOf(sum)})
	})
}

// noted is what the entries about a whole file count.
func (j ExportJob) noted() map[string]int64 {
	what := exportCounts[j.What]
	if j.What == ExportImprovement {
		what = audit.CountRecords // those written; what was looked at stands where it began
	}
	return map[string]int64{what: j.Rows, audit.CountBytes: j.Bytes}
}

// StopExport writes down that an export is not made to its end: ExportCut or ExportFailed, and why. What was cancelled or dropped meanwhile has its
// end already.
func (s *Store) StopExport(ctx context.Context, number int64, how ExportState, why string) error {
	return s.write(ctx, audit.System, func(t *tx) error {
		j, err := t.exportJob(number)
		if err != nil || j.State != ExportMaking {
			return err
		}
		return t.endJob(number, how, why)
	})
}

// jobEvents are the events of what ends an export, or its file.
var jobEvents = map[ExportState]audit.Event{ExportCancelled: audit.ExportCancelled, ExportDiscarded: audit.ExportCancelled, ExportCut: audit.ExportFailed, ExportFailed: audit.ExportFailed,
	ExportDropped: audit.ExportDropped, ExportExpired: audit.ExportDropped}

// endJob takes an export out of those that have a file. The file goes with the commit (writer.clearShelf).
func (t *tx) endJob(number int64, how ExportState, why string) error {
	err := t.exec("UPDATE export_job SET state = ?, why = ?, ended = coalesce(ended, ?), gone = CASE WHEN state = 'ready' THEN ? END WHERE export = ? AND state IN ('making', 'ready')",
		string(how), why, ms(t.now), ms(t.now), number)
	if err != nil {
		return fmt.Errorf("ending an export: %w", err)
	}
	t.w.drops = true
	return t.note(jobEvents[how], audit.ObjectOf(audit.KindExport, number), nil)
}

// CancelExport cancels an export that is being made, or discards a whole one. ErrNotYours for anybody but whoever asked for it; ErrMoved when there
// is no file of it any more.
func (s *Store) CancelExport(ctx context.Context, user, number int64) error {
	return s.write(ctx, exporter(user), func(t *tx) error {
		j, err := t.exportJob(number)
		switch {
		case err != nil:
			return err
		case j.User != user:
			return ErrNotYours
		case j.State == ExportMaking:
			return t.endJob(number, ExportCancelled, "")
		case j.State == ExportReady:
			return t.endJob(number, ExportDiscarded, "")
		}
		return ErrMoved
	})
}

// Noted is an entry of the audit trail about no object: what happened, and what of it is counted.
type Noted struct {
	Event  audit.Event
	Counts map[string]int64
}

// FetchExport writes down that somebody fetches the file of an export, and returns it. as is what the trail says of the same file when it is sent at
// once, where that is no export; it is said beside the fetch. ErrNotYours for anybody but whoever asked for it; ErrFileGone when it is not whole yet
// or was dropped.
func (s *Store) FetchExport(ctx context.Context, user, number int64, as ...Noted) (j ExportJob, made *Made, err error) {
	err = s.write(ctx, exporter(user), func(t *tx) (err error) {
		if j, err = t.exportJob(number); err != nil {
			return err
		}
		made = s.shelf.get(number)
		switch {
		case j.User != user:
			return ErrNotYours
		case j.State != ExportReady || !t.now.Before(j.Until()):
			return ErrFileGone
		case made == nil: // all files went, because a commit that was to drop some failed
			return t.endJob(number, ExportCut, "")
		}
		for _, n := range as {
			if err := t.note(n.Event, "", n.Counts); err != nil {
				return err
			}
		}
		return t.fetchedMade(j)
	})
	if err == nil && made == nil {
		err = ErrFileGone
	}
	return j, made, err
}

// fetchedMade writes a fetch down as the same export is that is sent at once, with the hash of the file beside it.
func (t *tx) fetchedMade(j ExportJob) error {
	if err := t.exec("UPDATE export_job SET fetches = fetches + 1 WHERE export = ?", j.Number); err != nil {
		return fmt.Errorf("writing down a fetch: %w", err)
	}
	if j.What == ExportRecords {
		if _, err := t.access(j.User, "export", 0, "records as CSV", audit.RecordsExported, nil); err != nil {
			return err
		}
	}
	return t.noteWith(audit.ExportFetched, audit.ObjectOf(audit.KindExport, j.Number), j.noted(), map[string]string{audit.CommitFile: hexOf(j.Digest)})
}

// ExpireExports drops the files that have lain here for MadeFor.
func (s *Store) ExpireExports(ctx context.Context) error {
	const old = "SELECT export FROM export_job WHERE state = 'ready' AND ended <= ?"
	before := func(now time.Time) int64 { return ms(now.Add(-MadeFor)) }
	some, err := scanned[int64](s.readers.QueryContext(ctx, old, before(s.Now())))
	if err != nil || len(some) == 0 {
		return err
	}
	return s.write(ctx, audit.System, func(t *tx) error { return t.endAll(ExportExpired, old, before(t.now)) })
}

// CutExports says of each export that is called made or ready that it was cut short. Only a process that has just taken the data directory may call
// it: no file can be there then.
func (s *Store) CutExports(ctx context.Context) error {
	const live = "SELECT export FROM export_job WHERE state IN ('making', 'ready')"
	some, err := scanned[int64](s.readers.QueryContext(ctx, live))
	if err != nil || len(some) == 0 {
		return err
	}
	return s.write(ctx, audit.System, func(t *tx) error { return t.endAll(ExportCut, live) })
}

func (t *tx) endAll(how ExportState, query string, args ...any) error {
	numbers, err := scanned[int64](t.rows(query, args...))
	if err != nil {
		return fmt.Errorf("looking for exports: %w", err)
	}
	for _, n := range numbers {
		if err := t.endJob(n, how, ""); err != nil {
			return err
		}
	}
	return nil
}

const jobColumns = `SELECT e.number, e.user, e.what, e.format, e.rows, e.made, j.state, j.why, j.since, j.until, j.total, j.done, j.bytes, j.digest, j.ended, j.gone, j.fetches, j.about, j.filter
	FROM export_job j JOIN export e ON e.number = j.export WHERE j.export = ?`

func scanExportJob(row scanner) (j ExportJob, err error) {
	var made int64
	var since, until, ended, gone sql.NullInt64
	err = row.Scan(&j.Number, &j.User, &j.What, &j.Format, &j.Rows, &made, &j.State, &j.Why, &since, &until, &j.Total, &j.Done, &j.Bytes, &j.Digest, &ended, &gone, &j.Fetches, &j.About, &j.Filter)
	j.Made, j.From, j.To, j.Ended, j.Gone = at(made), when(since), when(until), when(ended), when(gone)
	return j, found(err)
}

func (t *tx) exportJob(number int64) (ExportJob, error) {
	return scanExportJob(t.row(jobColumns, number))
}

// ExportJob reads an export that is or was made in the background. ErrNotFound for one that was sent at once.
func (s *Store) ExportJob(ctx context.Context, number int64) (ExportJob, error) {
	return scanExportJob(s.readers.QueryRowContext(ctx, jobColumns, number))
}

// ExportInHand is the number of the export that this person has made at the moment; 0 = none.
func (s *Store) ExportInHand(ctx context.Context, user int64) (number int64, err error) {
	err = s.readers.QueryRowContext(ctx, "SELECT coalesce(max(export), 0) FROM export_job WHERE user = ? AND state = 'making'", user).Scan(&number)
	return number, err
}
