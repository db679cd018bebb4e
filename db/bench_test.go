package db_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/db/label"
)

// BenchmarkBudgets prints its part of the table of `make bench`: erasures with their whole recipe, the audit trail's share, reading everything.
func BenchmarkBudgets(b *testing.B) {
	dir, sizes := dbtest.BenchDir(b), dbtest.Sizes(b)
	small := make([]time.Duration, len(sizes))
	for i, size := range sizes {
		h := &bench{B: b, crowd: dbtest.NewCrowd(size)}
		h.store, h.service, h.bare = dbtest.BenchStore(b, dir, size)
		dbtest.NoBreaker(b, h.store)
		if i == len(sizes)-1 {
			h.scanning(size)
			h.auditing()
		}
		small[i] = h.eraseSmall(size)
		if i == len(sizes)-1 {
			dbtest.Growth("  at "+dbtest.Short(size)+" against "+dbtest.Short(sizes[0])+" (not growing)", small).Print()
			h.eraseMany(size, min(1000, h.crowd.People()/20))
			h.trail(int64(min(size, 1_000_000)))
		}
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkTrail is the part about the audit trail by itself, without the records: QUITTANCE_BENCH_RECORDS says how many entries.
func BenchmarkTrail(b *testing.B) {
	dbtest.PrintHead()
	sizes := dbtest.Sizes(b)
	(&bench{B: b}).trail(int64(min(sizes[len(sizes)-1], 1_000_000)))
	b.ReportMetric(0, "ns/op")
}

// bench is a store of a size and the bare database with the same records.
type bench struct {
	*testing.B
	store   *db.Store
	service db.Service
	bare    *dbtest.Bare
	crowd   *dbtest.Crowd
}

// scanning reads entries with their bodies, page by page as a listing does. An export of records has no other way to them.
func (h *bench) scanning(size int) {
	limit := min(size, 100_000)
	began := time.Now()
	plain, err := h.bare.Scan(context.Background(), limit)
	if err != nil {
		h.Fatal(err)
	}
	bare := float64(plain) / 1e6 / time.Since(began).Seconds()
	began = time.Now()
	var read int64
	q := db.LogQuery{Service: h.service.Number, Both: true, OldestFirst: true, Limit: 1000}
	for n := 0; n < limit; n += q.Limit {
		page, _, err := h.store.Logs(context.Background(), q)
		if err != nil || len(page) == 0 {
			h.Fatal(len(page), err)
		}
		for _, r := range page {
			read += int64(len(r.Body))
		}
		last := page[len(page)-1]
		q.After = db.Place{Time: last.Time.UnixMilli(), Seq: last.Seq}
	}
	ours := float64(read) / 1e6 / time.Since(began).Seconds()
	dbtest.Figure{What: "reading all entries by the store's pages, digests checked", Value: fmt.Sprintf("%.0f MB/s", ours), Bare: fmt.Sprintf("%.0f MB/s scan", bare), Ratio: fmt.Sprintf("%.2f", ours/bare),
		Budget: "export ≥ 0.50 of the bare scan", Met: ours/bare >= .5}.Print()
}

// auditing measures what an audit entry adds to a transaction: one that only notes, less one that does nothing, of one that stores 500 records.
func (h *bench) auditing() {
	ctx := context.Background()
	must := func(err error) {
		if err != nil {
			h.Fatal(err)
		}
	}
	var noted, empty, batch dbtest.Times
	for i := range 60 {
		noted = append(noted, dbtest.Measure(1, func(int) { must(h.store.Note(ctx, audit.System, audit.LogsRead, "", nil)) })...)
		empty = append(empty, dbtest.Measure(1, func(int) { must(h.store.Ready(ctx)) })...)
		if i%3 == 0 {
			records := make([]db.NewRecord, 500)
			for n := range records {
				records[n] = h.crowd.Talk(i*500+n, false).Record(h.service.Number, false)
			}
			batch = append(batch, dbtest.Measure(1, func(int) { _, err := h.store.Ingest(ctx, audit.System, records, nil); must(err) })...)
		}
	}
	cost := noted.At(.5) - empty.At(.5)
	share := float64(cost) / float64(batch.At(.5))
	dbtest.Figure{What: "audit entry with signed head, of a transaction of 500 records", Value: dbtest.Millis(cost), Bare: dbtest.Millis(batch.At(.5)) + " in all", Ratio: fmt.Sprintf("%.2f", share),
		Budget: "≤ 0.15", Met: share <= .15}.Print()
}

// eraseSmall erases one customer of 15 to 25 records at a time, from the start of the batch to the request's end, and returns the median.
func (h *bench) eraseSmall(size int) time.Duration {
	var times dbtest.Times
	for n := h.crowd.People() * 9 / 10; len(times) < 20; n-- {
		held, err := h.store.Holdings(context.Background(), db.RecordQuery{Subject: h.crowd.Customer(n)})
		if err != nil {
			h.Fatal(err)
		}
		if len(held) != 1 || held[0].Records < 15 || held[0].Records > 25 {
			continue
		}
		h.file(n)
		times = append(times, dbtest.Measure(1, func(int) { h.run() })...)
	}
	dbtest.Figure{What: "erasing one customer of 20 records at " + dbtest.Short(size) + ", batch start to done", Value: fmt.Sprintf("p50 %s  max %s", dbtest.Millis(times.At(.5)), dbtest.Millis(times.At(1))),
		Budget: "≤ 1 s", Met: times.At(1) <= time.Second}.Print()
	return times.At(.5)
}

func (h *bench) file(customers ...int) {
	var all sync.WaitGroup
	for _, n := range customers {
		all.Go(func() {
			id, err := label.Parse(label.Assistant, h.crowd.Customer(n))
			if err == nil {
				_, err = h.store.AcceptErasure(context.Background(), audit.ActorOf("key", 1), h.service.Number, id)
			}
			if err != nil {
				h.Error(err)
			}
		})
	}
	all.Wait()
}

func (h *bench) run() db.Batch {
	number, err := erasure.NewRunner(h.store, slog.New(slog.DiscardHandler)).Run(context.Background(), true)
	if err != nil {
		h.Fatal(err)
	}
	batch, err := h.store.Batch(context.Background(), number)
	if err != nil || batch.State != erasure.BatchDone {
		h.Fatal(batch, err)
	}
	return batch
}

// eraseMany runs one batch over many customers: chunks, verification of each request by its own way, audit entries, receipts; and a reader beside it.
func (h *bench) eraseMany(size, customers int) {
	ids, names := make([]int, customers), make([]string, customers)
	for i := range ids {
		ids[i] = 7 + i*(h.crowd.People()/customers)
		names[i] = h.crowd.Customer(ids[i])
	}
	began := time.Now()
	gone, err := h.bare.Erase(context.Background(), names)
	if err != nil {
		h.Fatal(err)
	}
	bare := dbtest.Rate(gone, time.Since(began))
	h.file(ids...)
	stop, waits := make(chan struct{}), make(chan time.Duration)
	go h.reader(stop, waits)
	began = time.Now()
	batch := h.run()
	took := time.Since(began)
	close(stop)
	wait := <-waits
	rate := dbtest.Rate(batch.Erased, took)
	dbtest.Figure{What: fmt.Sprintf("erasing %d customers (%d records) at %s, whole recipe", customers, batch.Erased, dbtest.Short(size)), Value: fmt.Sprintf("%.0f rows/s in %.3gs", rate, took.Seconds()),
		Bare: fmt.Sprintf("%.0f rows/s", bare), Ratio: fmt.Sprintf("%.2f", rate/bare), Budget: "≥ 0.50 of the bare sorted delete", Met: rate/bare >= .5}.Print()
	dbtest.Figure{What: "  readers' longest wait meanwhile", Value: dbtest.Millis(wait), Budget: "≤ 250 ms", Met: wait <= 250*time.Millisecond}.Print()
}

// reader looks at pages of customers until it is stopped, and tells how long it waited for one at most.
func (h *bench) reader(stop <-chan struct{}, longest chan<- time.Duration) {
	var most time.Duration
	for i := 0; ; i++ {
		select {
		case <-stop:
			longest <- most
			return
		default:
		}
		began := time.Now()
		if _, _, err := h.store.Records(context.Background(), db.RecordQuery{Subject: h.crowd.Customer(h.crowd.Writer(i)), Limit: 50}); err != nil {
			h.Error(err)
		}
		most = max(most, time.Since(began))
		time.Sleep(5 * time.Millisecond)
	}
}
