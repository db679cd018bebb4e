package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// residue runs the command in a process of its own: in this one it would open files that a server here has locked.
func residue(t *testing.T, dir, list string) (out residueFound, text string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "residue", "-data", dir, "-customer-id-file", list, "-json")
	cmd.Env = append(os.Environ(), "TEST_AS_QUITTANCE=1")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	raw, err := cmd.Output()
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatalf("%v: %s%s", err, raw, stderr.String())
	}
	if err != nil && cmd.ProcessState.ExitCode() != 1 {
		t.Fatal(err, stderr.String())
	}
	return out, string(raw) + stderr.String(), cmd.ProcessState.ExitCode()
}

// TestResidue: beside a running server the command finds a customer in every place before an erasure and in none afterwards, finds those
// who stay, and never prints whom it looks for.
func TestResidue(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	origin, _ := serving(t, dir)
	svc := as[added](t, must(t, "", "service", "add", "-data", dir, "-kind", "assistant", "-name", "Bot", "-json"))
	entry := func(id, log string) string {
		return `{"log_id":"` + log + `","customer_id":"` + id + `","request":{"input":{"text":"call me ` + id + `"},"context":{"x":"x` + strings.Repeat("ab ", 40) + id + ` y"}},"response":{"output":{"generic":[]}},"request_timestamp":"2026-01-01T00:00:00.000Z","response_timestamp":"2026-01-01T00:00:01.000Z","language":"en"}` + "\n"
	}
	must(t, entry("kestrel_1", "L1")+entry("kestrel_12", "L2")+entry("zq7", "L3"), "import", "-data", dir, "-service", svc.ID, "-")
	list, others := file(t, "list", []byte("kestrel_1\n\nzq7\r\n")), file(t, "others", []byte("kestrel_12\n"))
	for name, path := range map[string]string{"before": list, "of who stays": others} {
		got, text, code := residue(t, dir, path)
		kinds := map[string]bool{}
		for _, h := range got.Hits {
			kinds[h.Kind] = true
		}
		if code != 1 || got.Clean || !kinds["live record, compressed"] || !kinds["write-ahead log, live cell"] || got.Slack != 0 || got.Bytes == 0 || got.Pages == 0 {
			t.Errorf("%s: exit code %d, %s", name, code, text)
		}
		if strings.Contains(text, "kestrel") || strings.Contains(text, "zq7") {
			t.Errorf("%s: it prints whom it looks for", name)
		}
	}
	for _, id := range []string{"kestrel_1", "zq7"} {
		req, _ := http.NewRequest(http.MethodDelete, svc.URL+"/v2/user_data?version=2020-04-01&customer_id="+url.QueryEscape(id), nil)
		req.SetBasicAuth("apikey", svc.APIKey)
		res, err := http.DefaultClient.Do(req)
		if err != nil || res.StatusCode != http.StatusAccepted {
			t.Fatalf("deletion at %s: %v, %v", origin, res, err)
		}
		res.Body.Close()
	}
	must(t, "", "batch", "run", "-data", dir, "-now")
	if got, text, code := residue(t, dir, list); code != 0 || !got.Clean {
		t.Errorf("after the erasure: exit code %d, %s", code, text)
	}
	if got, text, code := residue(t, dir, others); code != 1 || got.Clean {
		t.Errorf("of who stays, after the erasure: exit code %d, %s", code, text)
	}
}

// TestResidueElsewhere: a copy that somebody left in the data directory is found, and so is a trace between the cells of a page.
func TestResidueElsewhere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	madeStore(t, dir)
	list := file(t, "list", []byte("somebody@long.erased\n"))
	if got, text, code := residue(t, dir, list); code != 0 || !got.Clean {
		t.Fatalf("of a new store: %d, %s", code, text)
	}
	if err := os.WriteFile(filepath.Join(dir, "rejects"), []byte(`{"id":"somebody@long.erased"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	got, text, code := residue(t, dir, list)
	if code != 1 || len(got.Hits) != 1 || got.Hits[0].File != "rejects" || got.Hits[0].Line != 1 {
		t.Errorf("in a file: %d, %s", code, text)
	}
	os.Remove(filepath.Join(dir, "rejects"))
	path := filepath.Join(dir, "quittance.db")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// The last page of a new store is a tree's with few cells or none: between its header and them is room.
	copy(raw[len(raw)-4096+1000:], "body@long")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	got, text, code = residue(t, dir, list)
	if code != 1 || len(got.Hits) != 2 || got.Hits[0].Kind != "gap between cells" || got.Slack != 9 {
		t.Errorf("in a gap: %d, %s", code, text)
	}
}

func TestResidueWrongUse(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	madeStore(t, dir)
	for args, code := range map[string]int{
		"residue": 2, "residue -customer-id-file x more": 2, "residue -customer-id-file " + file(t, "empty", []byte("\n\n")): 1, "residue -customer-id-file /nowhere": 1,
	} {
		if r := quit(t, "", append(strings.Fields(args), "-data", dir)...); r.code != code {
			t.Errorf("%s: %+v", args, r)
		}
	}
}
