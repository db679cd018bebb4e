package answer_test

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"encoding/json"
	"io"
	"iter"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"quittance/db/answer"
)

var day = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func signer(t *testing.T) (note.Signer, note.Verifier) {
	t.Helper()
	s, v, _ := house(t)
	return s, v
}

// house makes the key of a house.
func house(t *testing.T) (note.Signer, note.Verifier, string) {
	t.Helper()
	secret, public, err := note.GenerateKey(rand.Reader, "house")
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	return s, v, public
}

// many are n records, each 20th a picture of 64 KiB; at tells what is read.
func many(n int, at func(int)) answer.Source {
	picture := bytes.Repeat([]byte("picture!"), 8<<10)
	return func() iter.Seq2[answer.Record, error] {
		return func(yield func(answer.Record, error) bool) {
			for i := 1; i <= n; i++ {
				at(i)
				r := answer.Record{Number: int64(i), Service: "bot", Kind: "message", Time: day, Data: map[string]any{"text": "=1+1 " + strings.Repeat("word ", 200)}}
				if i%20 == 0 {
					r = answer.Record{Number: int64(i), Service: "eyes", Kind: "image", Time: day, Image: picture, Type: "image/png"}
				}
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

// 10,000 records and 500 pictures, more than 40 MB, pass through a heap that does not grow with them: its greatest is read after a collection,
// while the file is written.
func TestConstantMemory(t *testing.T) {
	s, _ := signer(t)
	var least, most uint64
	source := many(10_000, func(i int) {
		if i%2000 != 1 {
			return
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		if least == 0 {
			least = m.HeapAlloc
		}
		most = max(most, m.HeapAlloc)
	})
	made, err := answer.Write(io.Discard, answer.Head{Made: day, UpTo: day}, source, s)
	if err != nil || made.Records != 10_000 || made.Images != 500 || made.Bytes < 30<<20 {
		t.Fatal(made, err)
	}
	if most-least > 8<<20 {
		t.Errorf("the heap grew by %d bytes", most-least)
	}
}

func written(t *testing.T, s note.Signer, keys ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	head := answer.Head{Answer: 7, Made: day, UpTo: day, IDs: []string{"<b>anna"}, Keys: keys}
	if _, err := answer.Write(&out, head, many(20, func(int) {}), s); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What stands in the files is what they are for: JSON that parses, cells that are no formulas, and a page that runs and asks for nothing.
func TestFiles(t *testing.T) {
	s, _ := signer(t)
	raw := written(t, s)
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		f, err := z.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	var data struct{ Records []map[string]any }
	if err := json.Unmarshal([]byte(read("data.json")), &data); err != nil || len(data.Records) != 20 {
		t.Error(len(data.Records), err)
	}
	if !strings.Contains(read("data-message.csv"), "'=1+1") {
		t.Error("a cell is a formula")
	}
	page := read("index.html")
	for _, bad := range []string{"<script", "http://", "https://", "<b>anna", "%!"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if !strings.Contains(page, `src="images/20.png"`) || len(read("images/20.png")) != 64<<10 {
		t.Error("the picture is not there")
	}
}

// Words are left out whatever their case, in names and numbers too, a field whole, a record whole; each is counted, and no mark is read again.
func TestRedactor(t *testing.T) {
	d := answer.NewRedactor([]answer.Redaction{{Words: "Bob", Reason: "other-person"}, {Words: "Bob Canary", Reason: "confidential"}, {Words: "person", Reason: "security"},
		{Record: 1, Field: "/a~1b/0", Reason: "trade-secret"}, {Record: 2, Reason: "other-person"}, {Words: "4711", Reason: "security"}}, "en")
	r := answer.Record{Number: 1, Data: map[string]any{"a/b": []any{"whole", "kept"}, "bob": json.Number("14711"), "text": "BOB CANARY and bob"}}
	d.Apply(&r, []string{"other.id"})
	got, _ := json.Marshal(r.Data)
	for _, gone := range []string{"whole", "CANARY", "bob", "4711"} {
		if strings.Contains(string(got), gone) {
			t.Errorf("%q stays: %s", gone, got)
		}
	}
	if strings.Count(string(got), "[") != 6 || !strings.Contains(string(got), "kept") { // five marks and the list
		t.Errorf("%s", got)
	}
	whole := answer.Record{Number: 2, Data: "secret", Image: []byte("secret"), Type: "image/png"}
	if d.Apply(&whole, nil); whole.Withheld != "other-person" || whole.Data != nil || whole.Image != nil {
		t.Errorf("%+v", whole)
	}
	if d.Counts["other-person"] != 3 || d.Counts["confidential"] != 1 || d.Counts["trade-secret"] != 1 || d.Counts["security"] != 1 {
		t.Error(d.Counts)
	}
}

// Whatever the names of a record are, the place that its list of values offers is the one that is left out, and no other (RFC 6901, section 3).
func TestFieldsAreWhatRedactionsName(t *testing.T) {
	data := func() map[string]any {
		return map[string]any{"a/b": "0", "a~1b": "1", "a~b": "2", "a": map[string]any{"b": "3", "": "4"}, "~0": "5", "~": "6", "list": []any{"7", "8"}, "": "9"}
	}
	all := answer.Fields(data())
	if len(all) != 10 {
		t.Fatalf("%+v", all)
	}
	for _, gone := range all {
		r := answer.Record{Number: 1, Data: data()}
		answer.NewRedactor([]answer.Redaction{{Record: 1, Field: gone.Path, Reason: "security"}}, "en").Apply(&r, nil)
		for i, left := range answer.Fields(r.Data) {
			if left.Path != all[i].Path || (left.Value == all[i].Value) == (left.Path == gone.Path) {
				t.Errorf("%s left out, %s is %s", gone.Path, left.Path, left.Value)
			}
		}
	}
}

// A name with a tilde is not another one with a slash (RFC 6901, section 3).
func TestRedactorTellsNamesApart(t *testing.T) {
	r := answer.Record{Number: 1, Data: map[string]any{"a/b": "slash", "a~1b": "tilde"}}
	answer.NewRedactor([]answer.Redaction{{Record: 1, Field: "/a~1b", Reason: "security"}}, "en").Apply(&r, nil)
	if got, _ := json.Marshal(r.Data); strings.Contains(string(got), "slash") || !strings.Contains(string(got), "tilde") {
		t.Errorf("%s", got)
	}
}
