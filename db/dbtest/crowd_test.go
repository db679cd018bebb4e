package dbtest

import (
	"encoding/json"
	"math"
	"path/filepath"
	"slices"
	"testing"
)

// TestCrowd: the made-up data has the shape that performance.md gives for its measurements, or the figures could not be compared.
func TestCrowd(t *testing.T) {
	c := NewCrowd(100_000)
	wrote := make([]int, c.People())
	for i := range c.Size {
		wrote[c.Writer(i)]++
	}
	slices.Sort(wrote)
	top, median, p99 := wrote[len(wrote)-1], wrote[len(wrote)/2], wrote[len(wrote)*99/100]
	if len(wrote) != 5000 || median < 4 || median > 6 || p99 < 200 || p99 > 270 || top < 1000 || top > 1400 {
		t.Errorf("%d customers with 100,000 records: median %d, 99th percentile %d, top %d; want 5,000: 5, 234, 1,206", len(wrote), median, p99, top)
	}
	var bytes int
	for i := range 2000 {
		line := c.Talk(i*50, false).Line()
		if !json.Valid(line) {
			t.Fatalf("no JSON: %s", line)
		}
		bytes += len(line)
	}
	if mean := bytes / 2000; math.Abs(float64(mean-1017)) > 25 {
		t.Errorf("a line has %d bytes, want about 1,017", mean)
	}
}

// TestBare: the baseline does the same work. Whoever shares a record with somebody who is erased keeps the rest.
func TestBare(t *testing.T) {
	b, err := OpenBare(filepath.Join(t.TempDir(), "bare.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	c := NewCrowd(2000)
	FillBare(t, b, c, true)
	before := countBare(t, b)
	first := c.Customer(c.Writer(0))
	gone, err := b.Erase(t.Context(), []string{first})
	if err != nil || gone == 0 {
		t.Fatal(gone, err)
	}
	after := countBare(t, b)
	if before["record"] != 2060 || before["label"] != 2120 || after["record"] != before["record"]-gone || after["orphan"] != 0 || after["unlabelled"] != 0 {
		t.Errorf("%d records of one customer erased: %v, then %v", gone, before, after)
	}
	if page, err := b.Page(t.Context(), first); err != nil || len(page) != 0 {
		t.Errorf("after erasing, the page shows %d records, %v", len(page), err)
	}
}

func countBare(t *testing.T, b *Bare) map[string]int64 {
	out := map[string]int64{}
	for name, query := range map[string]string{
		"record": "SELECT count(*) FROM record", "label": "SELECT count(*) FROM label",
		"orphan":     "SELECT (SELECT count(*) FROM label WHERE record NOT IN (SELECT seq FROM record)) + (SELECT count(*) FROM record_label WHERE record NOT IN (SELECT seq FROM record))",
		"unlabelled": "SELECT count(*) FROM record WHERE seq NOT IN (SELECT record FROM label)",
	} {
		var n int64
		if err := b.db.QueryRow(query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		out[name] = n
	}
	return out
}
