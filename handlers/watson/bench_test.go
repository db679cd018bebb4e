package watson

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
)

const benchBody = `{"input":{"message_type":"text","text":"I would like to change the delivery address of my order, please"},` +
	`"context":{"global":{"system":{"user_id":"u-4711","timezone":"Europe/Berlin","locale":"en-us"}},"skills":{"main skill":{"user_defined":{"channel":"web","tier":"gold"}}}}}`

// BenchmarkMessage is 64 clients that each send a labelled message over a connection of its own and wait for the answer, which comes after
// the commit. Both sides share the machine. Its ratio is to the bare batched insert of the same run (performance.md, "Budgets").
func BenchmarkMessage(b *testing.B) {
	bare := bareInsert(b)
	b.Run("64", func(b *testing.B) {
		h := open(b)
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, MaxConnsPerHost: 64}}
		b.SetParallelism((64 + runtime.GOMAXPROCS(0) - 1) / runtime.GOMAXPROCS(0))
		var n atomic.Int64
		b.ResetTimer()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				r := h.request(ask{line: "POST /v2/assistants/a1/message?version=2020-04-01", body: benchBody,
					header: []string{jsonHeader, fmt.Sprintf("X-Watson-Metadata: customer_id=c%d", n.Add(1)/20)}})
				res, err := client.Do(r)
				if err != nil {
					b.Error(err)
					return
				}
				if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != 200 {
					b.Errorf("%d %v", res.StatusCode, err)
				}
				res.Body.Close()
			}
		})
		rate := float64(b.N) / b.Elapsed().Seconds()
		b.ReportMetric(rate, "messages/s")
		b.ReportMetric(rate/bare, "of-bare-insert")
	})
}

// bareInsert measures the store alone, in rows a second: the same records in batches of 500.
func bareInsert(b *testing.B) float64 {
	store := dbtest.Open(b)
	service := dbtest.Service(b, store, "bare")
	const batches, size = 20, 500
	began := time.Now()
	for i := range batches {
		records := make([]db.NewRecord, size)
		for j := range records {
			records[j] = dbtest.Message(b, service.Number, began, "I would like to change the delivery address", fmt.Sprintf("c%d", (i*size+j)/20))
			records[j].Body = []byte(`{"request":` + benchBody + `,"response":{"text":"` + strings.Repeat("kept ", 60) + `"}}`)
		}
		if _, err := store.Ingest(context.Background(), audit.System, records, nil); err != nil {
			b.Fatal(err)
		}
	}
	return batches * size / time.Since(began).Seconds()
}

// BenchmarkLogs lists a customer's 20 messages among 100,000.
func BenchmarkLogs(b *testing.B) {
	h := open(b)
	for i := range 200 {
		records := make([]db.NewRecord, 500)
		for j := range records {
			n := i*500 + j
			records[j] = dbtest.Message(b, h.service.Number, h.clock.Now().Add(time.Duration(n)*time.Second), "hello", fmt.Sprintf("c%d", n%5000))
		}
		dbtest.Ingest(b, h.store, records...)
	}
	for b.Loop() {
		if status, body, _ := h.do(ask{line: "GET /v2/assistants/a1/logs?version=2020-04-01&filter=customer_id%3A%3Ac77"}); status != 200 || strings.Count(body, "log_id") != 20 {
			b.Fatalf("%d %.200s", status, body)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "listings/s")
}
