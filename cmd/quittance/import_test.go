package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"quittance/db"
	"quittance/db/audit"
)

// export writes n made-up entries, every tenth without a customer ID.
func export(n, from int) []byte {
	var b bytes.Buffer
	for i := from; i < from+n; i++ {
		customer := ""
		if i%10 != 0 {
			customer = fmt.Sprintf(`"customer_id":"cust_%d",`, i%97)
		}
		at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * time.Second).Format("2006-01-02T15:04:05.000Z")
		fmt.Fprintf(&b, `{"log_id":"L%d",%s"request":{"input":{"text":"question %d"}},"response":{"output":{"generic":[]}},"assistant_id":"A","session_id":"S%d","request_timestamp":%q,"response_timestamp":%q,"language":"en"}`+"\n",
			i, customer, i, i/5, at, at)
	}
	return b.Bytes()
}

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

func zstandard(b []byte) []byte {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		panic(err)
	}
	return w.EncodeAll(b, nil)
}

// bot makes a data directory with one Assistant.
func bot(t *testing.T) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "data")
	must(t, "", "service", "add", "-data", dir, "-kind", "assistant", "-name", "Bot")
	return dir
}

func file(t *testing.T, name string, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func records(t *testing.T, dir string) int64 {
	t.Helper()
	return as[[]listed](t, must(t, "", "service", "list", "-data", dir, "-json"))[0].Records
}

func refusals(t *testing.T, path string) (out []rejected) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		var v rejected
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		out = append(out, v)
	}
	return out
}

// TestImportForms: plain, gzip (also several members) and zstd, by content whatever the name, from files and from standard input.
func TestImportForms(t *testing.T) {
	text := export(2500, 0)
	half := len(export(1000, 0))
	members := append(gzipped(text[:half]), gzipped(text[half:])...)
	for name, form := range map[string][]byte{"e.ndjson": text, "e.gz": gzipped(text), "e.zst": zstandard(text), "misnamed.txt": gzipped(text), "two.gz": members,
		"bom.ndjson": append([]byte("\xef\xbb\xbf"), text...), "crlf.ndjson": bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n\r\n")), "open.ndjson": bytes.TrimRight(text, "\n")} {
		t.Run(name, func(t *testing.T) {
			dir, path := bot(t), file(t, name, form)
			want := taken{Lines: 2500, Stored: 2500, Unlabelled: 250}
			if got := as[taken](t, must(t, "", "import", "-data", dir, "-service", "Bot", "-json", path)); got != want {
				t.Errorf("first: %+v, want %+v", got, want)
			}
			want = taken{Lines: 2500, Known: 2500}
			if got := as[taken](t, must(t, string(form), "import", "-data", dir, "-service", "Bot", "-json", "-")); got != want {
				t.Errorf("again, from standard input: %+v, want %+v", got, want)
			}
			if got := as[taken](t, must(t, "", "import", "-data", dir, "-service", "Bot", "-json", path)); got != want {
				t.Errorf("again: %+v, want %+v", got, want)
			}
			if n := records(t, dir); n != 2500 {
				t.Errorf("%d records, want 2500", n)
			}
		})
	}
}

// TestImportHostile: what is no entry is named with its line and reason, and everything around it is taken in.
func TestImportHostile(t *testing.T) {
	good := strings.Split(string(export(4, 0)), "\n")
	lines := []string{good[0], `{"log_id":`, strings.Repeat("x", 9<<20), good[1], strings.Repeat("[", 5000), "{\"log_id\":\"\xff\"}", "", `{}`,
		`{"log_id":"` + strings.Repeat("y", 9<<20) + `"}`, good[2], good[0], good[3], good[3][:len(good[3])-5]}
	dir, path, reject := bot(t), file(t, "e.ndjson", []byte(strings.Join(lines, "\n"))), filepath.Join(t.TempDir(), "rejects")
	want := taken{Lines: 12, Stored: 4, Known: 1, Rejected: 7, Unlabelled: 1}
	for _, want.Stored = range []int64{4, 0} {
		want.Known, want.Unlabelled = 5-want.Stored, want.Stored/4
		if got := as[taken](t, must(t, "", "import", "-data", dir, "-service", "Bot", "-reject", reject, "-json", path)); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
		got := refusals(t, reject)
		for i, w := range []struct {
			line   int64
			reason string
		}{{2, "well-formed"}, {3, "longer than 8 MiB"}, {5, "deeper"}, {6, "UTF-8"}, {8, "no log_id"}, {9, "longer than 8 MiB"}, {13, "ends in the middle"}} {
			if len(got) != 7 || got[i].Line != w.line || !strings.Contains(got[i].Reason, w.reason) || got[i].File != path {
				t.Fatalf("rejects: %.300v, want line %d for %q", got, w.line, w.reason)
			}
		}
		if got[0].Text != lines[1] || got[1].Text != "" || got[3].Text != "" {
			t.Errorf("texts of the rejects: %q %q %q", got[0].Text, got[1].Text, got[3].Text)
		}
	}
	if info, err := os.Stat(reject); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file of rejects: %v, %v", info.Mode(), err)
	}
}

// TestImportBombs: a file that unpacks into endless nothing stops the import, in little memory, and what came before it stands.
func TestImportBombs(t *testing.T) {
	zeros := append(export(1500, 0), make([]byte, 200<<20)...)
	for name, form := range map[string][]byte{"bomb.gz": gzipped(zeros), "bomb.zst": zstandard(zeros)} {
		t.Run(name, func(t *testing.T) {
			dir, path := bot(t), file(t, name, form)
			if len(form) > 1<<20 {
				t.Fatalf("%d bytes are no bomb", len(form))
			}
			r := quit(t, "", "import", "-data", dir, "-service", "Bot", path)
			if r.code != 1 || !strings.Contains(r.err, "no NDJSON") {
				t.Errorf("exit code %d: %s", r.code, r.err)
			}
			if n := records(t, dir); n != 1500 {
				t.Errorf("%d records, want the 1500 before it", n)
			}
		})
	}
}

// TestImportTruncated: a file that ends too early stops the import after its last whole line; the whole file is then taken up there.
func TestImportTruncated(t *testing.T) {
	text := export(5000, 0)
	whole := gzipped(text)
	dir, path := bot(t), file(t, "e.gz", whole[:len(whole)*2/3])
	r := quit(t, "", "import", "-data", dir, "-service", "Bot", path)
	n := records(t, dir)
	if r.code != 1 || !strings.Contains(r.err, "can be run again") || n == 0 || n >= 5000 {
		t.Fatalf("exit code %d with %d records: %s", r.code, n, r.err)
	}
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	r = quit(t, "", "import", "-data", dir, "-service", "Bot", "-json", path)
	if got := as[taken](t, r.out); got.Stored != 5000 || got.Known != 0 || !strings.Contains(r.err, fmt.Sprintf("after line %d", n)) {
		t.Errorf("%+v: %s", got, r.err)
	}
}

// TestImportOtherFile: a file that only begins like one that was interrupted is read from its first line.
func TestImportOtherFile(t *testing.T) {
	text := export(5000, 0)
	whole := gzipped(text)
	dir, path := bot(t), file(t, "e.gz", whole[:len(whole)*2/3])
	quit(t, "", "import", "-data", dir, "-service", "Bot", path)
	before := records(t, dir)
	other := append(append([]byte{}, text[:len(text)/10]...), export(5000, 10000)...)
	other = other[:bytes.LastIndexByte(other, '\n')+1]
	if err := os.WriteFile(path, gzipped(other), 0o600); err != nil {
		t.Fatal(err)
	}
	got := as[taken](t, must(t, "", "import", "-data", dir, "-service", "Bot", "-json", path))
	if got.Stored < 4990 || got.Stored+before != records(t, dir) || got.Known == 0 {
		t.Errorf("%+v after %d records", got, before)
	}
}

func TestImportRefuses(t *testing.T) {
	dir := bot(t)
	must(t, "", "service", "add", "-data", dir, "-kind", "discovery", "-name", "Docs")
	must(t, "", "service", "add", "-data", dir, "-kind", "assistant", "-name", "Gone")
	must(t, "", "service", "remove", "-data", dir, "Gone")
	good := file(t, "e.ndjson", export(3, 0))
	for name, c := range map[string]struct {
		args []string
		why  string
	}{
		"another kind":            {[]string{"-service", "Docs", good}, "Assistant"},
		"a removed service":       {[]string{"-service", "Gone", good}, "removed"},
		"no file":                 {[]string{"-service", "Bot", good + "x"}, "no such file"},
		"a directory":             {[]string{"-service", "Bot", t.TempDir()}, "no regular file"},
		"a name that lies":        {[]string{"-service", "Bot", file(t, "e.zst", export(3, 0))}, "not compressed"},
		"a broken gzip":           {[]string{"-service", "Bot", file(t, "e.gz", []byte{0x1f, 0x8b, 0xff})}, "reading"},
		"rejects over other data": {[]string{"-service", "Bot", "-reject", good, good}, "no file of rejects"},
	} {
		r := quit(t, "", append([]string{"import", "-data", dir}, c.args...)...)
		if r.code != 1 || !strings.Contains(r.err, c.why) {
			t.Errorf("%s: exit code %d: %s", name, r.code, r.err)
		}
	}
	if text, err := os.ReadFile(good); err != nil || !bytes.Equal(text, export(3, 0)) {
		t.Errorf("the file that was named for rejects is changed: %v", err)
	}
}

// TestRejectsHalf: what a run that was killed in the middle of writing leaves is taken out.
func TestRejectsHalf(t *testing.T) {
	dir, path, reject := bot(t), file(t, "e.ndjson", []byte("{}\n")), file(t, "rejects", []byte(`{"file":"e.nd`))
	must(t, "", "import", "-data", dir, "-service", "Bot", "-reject", reject, path)
	if got := refusals(t, reject); len(got) != 1 || got[0].Line != 1 {
		t.Errorf("%+v", got)
	}
}

// TestImportKilled kills the import again and again. Whatever moment it dies at, the next run goes on where it stopped, stores nothing twice
// and leaves each rejected line in the file of rejects once.
func TestImportKilled(t *testing.T) {
	const n, every = 30000, 400
	var text bytes.Buffer
	for i, line := range bytes.SplitAfter(export(n, 0), []byte("\n")) {
		text.Write(line)
		if i%every == every-1 {
			text.WriteString("{half a line\n")
		}
	}
	dir, reject := bot(t), filepath.Join(t.TempDir(), "rejects")
	path := file(t, "e.ndjson.gz", gzipped(text.Bytes()))
	args := []string{"import", "-data", dir, "-service", "Bot", "-reject", reject, "-json", path}
	resumed := 0
	for kill := range 3 {
		if killed(t, args, reject, (kill+1)*n/every/5) {
			resumed++
		}
	}
	if resumed == 0 {
		t.Fatal("no run was killed in its middle")
	}
	r := quit(t, "", args...)
	if r.code != 0 || !strings.Contains(r.err, "Going on") {
		t.Fatalf("exit code %d: %s", r.code, r.err)
	}
	if got, want := as[taken](t, r.out), (taken{Lines: n + n/every, Stored: n, Rejected: n / every, Unlabelled: n / 10}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := records(t, dir); got != n {
		t.Errorf("%d records, want %d", got, n)
	}
	got := refusals(t, reject)
	if len(got) != n/every {
		t.Fatalf("%d rejects, want %d", len(got), n/every)
	}
	for i, v := range got {
		if v.Line != int64((i+1)*(every+1)) {
			t.Fatalf("reject %d is line %d", i, v.Line)
		}
	}
	if v := as[verified](t, must(t, "", "verify", "-json", dir)); !v.OK {
		t.Errorf("the audit trail: %+v", v)
	}
}

// TestImportCutShortIsSaid: after a kill in the middle of an import the next server says that it was cut short, once and in the trail; run again it goes on.
func TestImportCutShortIsSaid(t *testing.T) {
	const n, every = 20000, 400
	text := bytes.ReplaceAll(export(n, 0), []byte(`{"log_id":"L399",`), []byte(`{"log":"L399",`))
	for i := 2 * every; i <= n; i += every {
		text = bytes.Replace(text, fmt.Appendf(nil, `{"log_id":"L%d",`, i-1), []byte(`{"log":"L",`), 1)
	}
	dir, reject, path := bot(t), filepath.Join(t.TempDir(), "rejects"), file(t, "e.ndjson", text)
	args := []string{"import", "-data", dir, "-service", "Bot", "-reject", reject, "-json", path}
	if !killed(t, args, reject, n/every/5) {
		t.Fatal("the import was not killed in its middle")
	}
	for range 2 {
		_, end := serving(t, dir)
		end()
		cut, entries := importsOf(t, dir)
		if len(cut) != 1 || cut[0].State != db.ImportCut || cut[0].Line == 0 || cut[0].Line >= n || entries != 1 {
			t.Fatalf("%+v with %d entries", cut, entries)
		}
	}
	r := quit(t, "", args...)
	if got := as[taken](t, r.out); got.Stored != n-n/every || got.Known != 0 || !strings.Contains(r.err, "Going on") {
		t.Errorf("%+v: %s", got, r.err)
	}
	if got := records(t, dir); got != n-n/every {
		t.Errorf("%d records", got)
	}
}

// importsOf lists the imports of a data directory, with how many entries say that one was cut short.
func importsOf(t *testing.T, dir string) (list []db.Import, entries int64) {
	t.Helper()
	s, err := db.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if list, err = s.Imports(t.Context(), 0, 10); err == nil {
		entries, err = s.CountAudit(t.Context(), db.AuditQuery{Event: string(audit.ImportFailed)})
	}
	if err != nil {
		t.Fatal(err)
	}
	return list, entries
}

// killed runs this binary as the program and kills it when so many lines were rejected. It tells whether it died of that.
func killed(t *testing.T, args []string, reject string, after int) bool {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), "TEST_AS_QUITTANCE=1")
	cmd.Stderr = io.Discard
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		text, _ := os.ReadFile(reject)
		if bytes.Count(text, []byte("\n")) >= after {
			cmd.Process.Kill()
		}
		select {
		case err := <-ended:
			return err != nil
		case <-time.After(time.Millisecond):
		}
	}
}
