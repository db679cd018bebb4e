package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/dbtest"
)

// BenchmarkBudgets measures what performance.md sets a budget for, each beside the bare schema, and prints a table: here what a command does from
// outside, in package handlers what a browser and an application see, in package db the erasures. `make bench` runs the three on one set of data.
func BenchmarkBudgets(b *testing.B) {
	dir, bin := dbtest.BenchDir(b), filepath.Join(b.TempDir(), "quittance")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	dbtest.PrintHead()
	sizes := dbtest.Sizes(b)
	for i, size := range sizes {
		p := program{b, bin, dbtest.StoreDir(dir, size)}
		p.importing(dir, size)
		if i == len(sizes)-1 {
			p.starting(size)
		}
		addSeveral(b, p.data, size)
	}
	b.ReportMetric(0, "ns/op")
}

// program is the built binary and a data directory.
type program struct {
	*testing.B
	bin, data string
}

func (p program) command(args ...string) *exec.Cmd {
	c := exec.Command(p.bin, append(args, "-data", p.data)...)
	c.Stderr = os.Stderr
	return c
}

// warm is from how many records on a quarter of an import is long enough for its memory to have come to rest.
const warm = 500_000

// importing measures an import of a whole file, and how much memory the program has at its most.
func (p program) importing(dir string, size int) {
	file, crowd := filepath.Join(dir, "export.ndjson"), dbtest.NewCrowd(size)
	raw := writeExport(p.B, file, crowd)
	defer os.Remove(file)
	bare, err := dbtest.OpenBare(dbtest.BarePath(dir, size))
	if err != nil {
		p.Fatal(err)
	}
	bareRate := dbtest.Rate(int64(size+size*3/100), dbtest.FillBare(p.B, bare, crowd, true))
	if err := bare.Close(); err != nil {
		p.Fatal(err)
	}
	if out, err := p.command("service", "add", "-kind", "assistant", "-name", "bench", "-json").Output(); err != nil {
		p.Fatalf("%v: %s", err, out)
	}
	began := time.Now()
	most, early := p.take(file, size)
	rate := dbtest.Rate(int64(size), time.Since(began))
	dbtest.Figure{What: "import of " + dbtest.Short(size) + " lines", Value: fmt.Sprintf("%.0f rows/s", rate), Bare: fmt.Sprintf("%.0f rows/s", bareRate),
		Ratio: fmt.Sprintf("%.2f", rate/bareRate), Budget: "≥ 0.60 of the bare loop", Met: rate/bareRate >= .6}.Print()
	growth := float64(most) / float64(early)
	dbtest.Figure{What: "  memory of it at its most", Value: fmt.Sprintf("%d MB", most>>20), Bare: fmt.Sprintf("%d MB at a quarter", early>>20), Ratio: fmt.Sprintf("%.2f", growth),
		Budget: "≤ 300 MB, flat from a quarter of 1 M on", Met: most <= 300<<20 && (size < warm || growth <= 1.25)}.Print()
	held := onDisk(p.B, p.data)
	dbtest.Figure{What: "  database after it", Value: fmt.Sprintf("%d MB", held>>20), Bare: fmt.Sprintf("raw JSON %d MB", raw>>20),
		Ratio: fmt.Sprintf("%.2f", float64(held)/float64(raw)), Budget: "≤ 0.65 of the raw JSON", Met: float64(held) <= .65*float64(raw)}.Print()
}

func writeExport(b *testing.B, path string, c *dbtest.Crowd) (size int64) {
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	if err := dbtest.WriteExport(w, c); err != nil {
		b.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

// take imports the file and returns the most memory that was resident, in bytes, in all and when a quarter of the database was there.
func (p program) take(file string, size int) (most, early int64) {
	c := p.command("import", "-service", "bench", "-json", file)
	var out bytes.Buffer
	c.Stdout = &out
	if err := c.Start(); err != nil {
		p.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	quarter := int64(size) * 600 / 4
	for tick := time.NewTicker(50 * time.Millisecond); ; {
		select {
		case err := <-ended:
			var n taken
			if json.Unmarshal(out.Bytes(), &n); err != nil || n.Stored != int64(size) {
				p.Fatalf("%v: %s", err, out.Bytes())
			}
			return most, early
		case <-tick.C:
			most = max(most, peak(c.Process.Pid))
			if early == 0 && onDisk(p.B, p.data) > quarter {
				early = most
			}
		}
	}
}

// peak is the most memory that a process has had resident, in bytes (proc_pid_status(5), VmHWM); 0 once it has ended.
func peak(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(text), "VmHWM:")
	fields := strings.Fields(after)
	if len(fields) == 0 {
		return 0
	}
	kib, _ := strconv.ParseInt(fields[0], 10, 64)
	return kib << 10
}

// onDisk is how large the database is with its write-ahead log.
func onDisk(b *testing.B, data string) (n int64) {
	for _, name := range []string{"quittance.db", "quittance.db-wal"} {
		info, err := os.Stat(filepath.Join(data, name))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			b.Fatal(err)
		}
		n += info.Size()
	}
	return n
}

// starting measures a server from its start to its first readiness, five times, the first of them after a kill.
func (p program) starting(size int) {
	p.start(true)
	times := dbtest.Measure(5, func(int) { p.start(false) })
	dbtest.Figure{What: "start of serve on " + dbtest.Short(size) + " records, to ready (and its end)", Value: "max " + dbtest.Millis(times.At(1)),
		Budget: "≤ 1 s", Met: times.At(1) <= time.Second}.Print()
}

// start runs serve until it is ready, then ends it, or kills it. The first one sets the breaker of the store: the batches that are measured later
// erase what no office would in a quarter of an hour.
func (p program) start(kill bool) {
	c := p.command("serve", "-addr", "127.0.0.1:0", "-breaker-floor", "100000000")
	out, err := c.StdoutPipe()
	if err != nil {
		p.Fatal(err)
	}
	c.Stderr = nil
	if err := c.Start(); err != nil {
		p.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		p.Fatal(err)
	}
	origin := line[strings.LastIndexByte(line, ' ')+1:]
	res, err := http.Get(strings.TrimSpace(origin) + "/readyz")
	if err != nil || res.StatusCode != http.StatusOK {
		p.Fatal(res, err)
	}
	res.Body.Close()
	if kill {
		c.Process.Kill()
	} else if err := c.Process.Signal(os.Interrupt); err != nil {
		p.Fatal(err)
	}
	c.Wait()
}

// addSeveral stores what no import brings.
func addSeveral(b *testing.B, data string, size int) {
	s, err := db.Open(context.Background(), data)
	if err != nil {
		b.Fatal(err)
	}
	all, err := s.Services(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	dbtest.AddSeveral(b, s, all[0].Number, dbtest.NewCrowd(size))
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}
