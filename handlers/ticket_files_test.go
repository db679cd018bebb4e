package handlers

import (
	"archive/zip"
	"bytes"
	"errors"
	"strings"
	"testing"
)

// zipped is an archive of files by name.
func zipped(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, content := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What a file is, is told from its content, and what is an archive is looked through.
func TestFileType(t *testing.T) {
	bomb := zipped(t, map[string]string{"a": strings.Repeat("0", 40<<20)})
	lying := bytes.Replace(zipped(t, map[string]string{"a": "b"}), []byte("PK\x01\x02"), []byte("PK\x01\x03"), 1)
	for name, c := range map[string]struct {
		file []byte
		want string
		err  error
	}{
		"text":    {[]byte("My order 7 never came.\n"), "text/plain", nil},
		"page":    {[]byte("<html><script>alert(1)</script>"), "text/plain", nil},
		"pdf":     {[]byte("%PDF-1.7\n"), "application/pdf", nil},
		"program": {[]byte("MZ\x90\x00\x03\x00\x00\x00"), "", errFileType},
		"svg":     {[]byte("\x00\x01\x02"), "", errFileType},
		"word":    {zipped(t, map[string]string{"[Content_Types].xml": "<Types/>", "word/document.xml": "<w:document/>"}), typeWord, nil},
		"odt":     {zipped(t, map[string]string{"mimetype": typeODT}), typeODT, nil},
		"archive": {zipped(t, map[string]string{"a.txt": "hello"}), "application/zip", nil},
		"bomb":    {bomb, "", errFileBomb},
		"nested":  {zipped(t, map[string]string{"inner.zip": string(bomb)}), "", errFileNest},
		"broken":  {lying, "", errFileBomb},
	} {
		got, err := fileType(c.file)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	many := map[string]string{}
	for i := range zipEntries + 1 {
		many["f"+decimal(int64(i))] = ""
	}
	if _, err := fileType(zipped(t, many)); !errors.Is(err, errFileBomb) {
		t.Errorf("an archive of too many: %v", err)
	}
}

func FuzzFileType(f *testing.F) {
	f.Add(zipped(f, map[string]string{"a.txt": "hello"}))
	f.Add([]byte("%PDF-1.7"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if kind, err := fileType(file); err == nil && fileWords[kind] == "" {
			t.Errorf("%q is taken and has no word", kind)
		}
	})
}
