package dbtest

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/label"
)

// Figure is one line of what make bench prints: what was measured, the ratio to the bare schema in the same run, and the budget of performance.md.
type Figure struct {
	What   string
	Value  string
	Bare   string // the same on the bare schema, "" where there is none
	Ratio  string
	Budget string
	Met    bool
	Open   bool // there is no budget: for orientation
}

// Print writes the figure as soon as it is known. Lines of all packages make one table.
func (f Figure) Print() {
	verdict := "MISSED"
	switch {
	case f.Open:
		verdict = "-"
	case f.Met:
		verdict = "met"
	}
	fmt.Fprintf(os.Stdout, "%-62s %-27s %-22s %-6s %-37s %s\n", f.What, f.Value, f.Bare, f.Ratio, f.Budget, verdict)
}

// Growth is the figure of how the last of some medians, at the largest size, stands to the first.
func Growth(what string, medians []time.Duration) Figure {
	ratio := float64(medians[len(medians)-1]) / float64(medians[0])
	return Figure{What: what, Ratio: fmt.Sprintf("%.2f", ratio), Budget: "within 2 ×", Met: ratio <= 2, Open: len(medians) < 2}
}

// PrintHead writes the head of the table.
func PrintHead() {
	fmt.Fprintf(os.Stdout, "\n%s, %d cores, bare = the bare schema driven in process, in the same run; machines are noisy, only ratios count\n", runtime.Version(), runtime.NumCPU())
	fmt.Fprintf(os.Stdout, "%-62s %-27s %-22s %-6s %-37s %s\n%s\n", "what", "measured", "bare", "ratio", "budget (performance.md)", "", strings.Repeat("-", 164))
}

// Sizes are the numbers of records that make bench measures at, smallest first.
func Sizes(tb testing.TB) []int {
	text := os.Getenv("QUITTANCE_BENCH_RECORDS")
	if text == "" {
		text = "100000,1000000"
	}
	var out []int
	for _, s := range strings.Split(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil || n < 1000 {
			tb.Fatalf("QUITTANCE_BENCH_RECORDS=%s: give numbers of records of 1000 or more, with commas", text)
		}
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// Short is a size as the table names it.
func Short(n int) string {
	switch {
	case n%1_000_000 == 0:
		return fmt.Sprintf("%d M", n/1_000_000)
	case n%1000 == 0:
		return fmt.Sprintf("%d k", n/1000)
	}
	return strconv.Itoa(n)
}

// BenchDir is where make bench keeps its data from one package to the next. Without make it is a directory of the benchmark's own.
func BenchDir(tb testing.TB) string {
	if dir := os.Getenv("QUITTANCE_BENCH_DIR"); dir != "" {
		return dir
	}
	return tb.TempDir()
}

// benchBatch is how many rows one transaction of the bare loop takes: as many as one of import.
const benchBatch = 1000

// FillBare makes the bare database with a crowd's records, imported ones with one ID each and then the three in a hundred that bear two.
// It returns how long the inserts took, without the time in which rows were made up.
func FillBare(tb testing.TB, b *Bare, c *Crowd, imported bool) time.Duration {
	var took time.Duration
	for talks := range batches(tb.Context(), c, 0, c.Size+c.Size*3/100, b.Pack) {
		began := time.Now()
		if err := b.Insert(tb.Context(), talks, imported); err != nil {
			tb.Fatal(err)
		}
		took += time.Since(began)
	}
	return took
}

// batches makes records beside whoever stores them. Those past the crowd's size bear two IDs.
func batches(ctx context.Context, c *Crowd, from, to int, each func(Talk) Talk) <-chan []Talk {
	out := make(chan []Talk, 4)
	go func() {
		defer close(out)
		for from < to && ctx.Err() == nil {
			talks := make([]Talk, min(benchBatch, to-from))
			for i := range talks {
				talks[i] = each(c.Talk(from+i, from+i >= c.Size))
			}
			out <- talks
			from += len(talks)
		}
	}()
	return out
}

// AddSeveral stores the records that bear two IDs, which no import brings: three for every hundred of the crowd's.
func AddSeveral(tb testing.TB, s *db.Store, service int64, c *Crowd) {
	fill(tb, s, service, c, c.Size)
}

func fill(tb testing.TB, s *db.Store, service int64, c *Crowd, from int) {
	for talks := range batches(tb.Context(), c, from, c.Size+c.Size*3/100, func(t Talk) Talk { return t }) {
		records := make([]db.NewRecord, len(talks))
		for i, t := range talks {
			records[i] = t.Record(service, len(t.Customers) == 1)
		}
		if _, err := s.Ingest(tb.Context(), audit.System, records, nil); err != nil {
			tb.Fatal(err)
		}
	}
}

// BenchStore opens the store of a size, and the bare database beside it. It makes what make bench's import has not left.
func BenchStore(tb testing.TB, dir string, size int) (*db.Store, db.Service, *Bare) {
	tb.Helper()
	_, missing := os.Stat(StoreDir(dir, size))
	s, err := db.Open(tb.Context(), StoreDir(dir, size))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { s.Close() })
	if missing != nil {
		v, err := s.AddService(tb.Context(), audit.Operator, label.Assistant, "bench", "eu-de")
		if err != nil {
			tb.Fatal(err)
		}
		fill(tb, s, v.Number, NewCrowd(size), 0)
	}
	all, err := s.Services(tb.Context())
	if err != nil || len(all) != 1 {
		tb.Fatalf("%d services, %v", len(all), err)
	}
	return s, all[0], benchBare(tb, dir, size)
}

func benchBare(tb testing.TB, dir string, size int) *Bare {
	path := BarePath(dir, size)
	_, missing := os.Stat(path)
	b, err := OpenBare(path)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { b.Close() })
	if missing != nil {
		FillBare(tb, b, NewCrowd(size), true)
	}
	return b
}

// StoreDir is the data directory of a size.
func StoreDir(dir string, size int) string { return filepath.Join(dir, "store-"+strconv.Itoa(size)) }

// BarePath is the bare database of a size.
func BarePath(dir string, size int) string {
	return filepath.Join(dir, "bare-"+strconv.Itoa(size)+".db")
}

// Times are how long each of many calls took.
type Times []time.Duration

// Measure calls f for each number and keeps how long it took.
func Measure(n int, f func(i int)) Times {
	out := make(Times, n)
	for i := range out {
		began := time.Now()
		f(i)
		out[i] = time.Since(began)
	}
	return out
}

// At is the time below which this share of the calls lie.
func (t Times) At(share float64) time.Duration {
	s := slices.Sorted(slices.Values(t))
	return s[min(int(share*float64(len(s))), len(s)-1)]
}

// Show writes median and 99th percentile in milliseconds.
func (t Times) Show() string { return "p50 " + Millis(t.At(.5)) + "  p99 " + Millis(t.At(.99)) }

// Millis is a duration in milliseconds with as many digits as tell something.
func Millis(d time.Duration) string {
	return fmt.Sprintf("%.3g ms", float64(d)/float64(time.Millisecond))
}

// Rate is a number in a second.
func Rate(n int64, d time.Duration) float64 { return float64(n) / d.Seconds() }

// WriteExport writes a crowd's records as an export of log entries.
func WriteExport(w io.Writer, c *Crowd) error {
	for i := range c.Size {
		if _, err := w.Write(c.Talk(i, false).Line()); err != nil {
			return err
		}
	}
	return nil
}
