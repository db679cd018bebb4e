package disk

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quittance/db/page"
)

const size = 4096

// known is a file with one tree's page of rows, one long row and some free pages, read after it was closed.
func known(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.db")
	d := openAt(t, path, "disk")
	do(t, d, "CREATE TABLE who (name TEXT, ref BLOB, note TEXT); CREATE TABLE long (b BLOB); CREATE TABLE gone (b BLOB)")
	do(t, d, "INSERT INTO who VALUES ('abc123', x'4142', 'said to xyz987'), ('other', x'', 'xyz9876')")
	do(t, d, "INSERT INTO long VALUES (?)", []byte(strings.Repeat("L", 8290)))
	do(t, d, "INSERT INTO gone VALUES (zeroblob(90000))")
	do(t, d, "DELETE FROM gone")
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// look finds values in all pages.
func look(t *testing.T, raw []byte, values ...string) (found []page.Found, v page.Survey) {
	t.Helper()
	v, err := page.SurveyFile(bytes.NewReader(raw), int64(len(raw)), nil)
	if err != nil {
		t.Fatal(err)
	}
	n := page.NewNeedles(values)
	for at := 0; at < len(raw); at += size {
		more, _ := n.Find(raw[at:at+size], at == 0, &v, uint32(at/size+1))
		found = append(found, more...)
	}
	return found, v
}

// A value is found where it stands as a word: beside the bytes of the next column too, and not as a part of a longer word.
func TestFindWholeWords(t *testing.T) {
	raw := known(t)
	for value, times := range map[string]int{"abc123": 1, "abc12": 0, "bc123": 0, "xyz987": 1, "xyz9876": 1, "other": 1, "said to": 1, "nobody": 0} {
		found, v := look(t, raw, value)
		if len(found) != times || times > 0 && found[0].Place != page.InCell || v.Slack != 0 || v.Malformed != 0 {
			t.Errorf("%q: %+v, %+v", value, found, v)
		}
	}
}

// A piece of a value is found wherever nobody owns the bytes, each place is told from the others, and each byte is counted.
func TestFindPieces(t *testing.T) {
	raw := known(t)
	end := bytes.LastIndexByte(raw, 'L') + 1 // of the long row
	gone := len(raw) - size                  // the last page is free
	for place, at := range map[page.Place]int{page.InTail: end + 100, page.InFree: gone + 200, page.InGap: bytes.Index(raw, []byte("abc123"))/size*size + 1000} {
		b := bytes.Clone(raw)
		copy(b[at:], "iece-of-")
		found, v := look(t, b, "a-piece-of-a-value")
		if len(found) != 1 || found[0].Place != place || found[0].At != at%size || v.Slack != 8 {
			t.Errorf("%s: %+v, %+v", place, found, v)
		}
	}
}

// A page that nothing leads to is no hiding place, and a tree's page that is damaged is looked through all the same.
func TestFindInWhatIsLost(t *testing.T) {
	raw := append(known(t), make([]byte, size)...)
	copy(raw[len(raw)-size+50:], "iece-of-")
	if found, v := look(t, raw, "a-piece-of-a-value"); len(found) != 1 || found[0].Place != page.InLost || v.Slack != 8 {
		t.Errorf("%+v, %+v", found, v)
	}
	at := bytes.Index(raw, []byte("abc123")) / size * size
	raw[at+3] = 0xff // so many cells
	if found, v := look(t, raw, "abc123XX", "said to xyz987"); v.Malformed != 1 || len(found) == 0 || found[0].Place != page.InDamaged {
		t.Errorf("%+v, %+v", found, v)
	}
}

// The log has the newest of each page that was committed, and gives none that was not, nor one of an earlier round.
func TestLogOverFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	d := openAt(t, path, "disk")
	do(t, d, "PRAGMA wal_autocheckpoint = 0")
	do(t, d, schema)
	do(t, d, "INSERT INTO body VALUES (1, randomblob(9000)), (2, randomblob(100))")
	do(t, d, "PRAGMA wal_checkpoint(RESTART)")
	do(t, d, "DELETE FROM body WHERE n = 1")
	do(t, d, "INSERT INTO body VALUES (3, 'newest'), (4, 'newest')")
	file, log := read(t, path), read(t, path+"-wal") // the connection of this process does nothing meanwhile, and is not used afterwards
	l, err := page.ReadLog(bytes.NewReader(log), int64(len(log)))
	if err != nil {
		t.Fatal(err)
	}
	v, err := page.SurveyFile(bytes.NewReader(file), int64(len(file)), l)
	if err != nil || v.Malformed != 0 || v.Free == 0 || v.Pages != int64(l.Pages) {
		t.Errorf("%+v, %v", v, err)
	}
	if cells := ask[int64](t, d, "SELECT sum(ncell) FROM dbstat WHERE pagetype <> 'overflow'"); v.Cells != cells {
		t.Errorf("%d cells, SQLite says %d", v.Cells, cells)
	}
	if without, _ := page.SurveyFile(bytes.NewReader(file), int64(len(file)), nil); without.Cells == v.Cells {
		t.Error("the test does not test: the file alone gives the same")
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
