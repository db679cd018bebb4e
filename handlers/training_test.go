package handlers

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/mask"
	"quittance/db/training"
	"quittance/views"
	"quittance/views/lang"
)

// upload sends a file to the training check.
func (b *browser) upload(act string, file []byte) page {
	t := b.t
	t.Helper()
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	part, err := w.CreateFormFile("file", "ZANZIBAR-name.json")
	if err == nil {
		_, err = part.Write(file)
	}
	if err == nil {
		err = w.WriteField("act", act)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, b.url+"/training-check", &out)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("Content-Type", w.FormDataContentType())
	return b.do(req)
}

// Ten megabytes of a skill are checked and cleaned, and no byte of them is on the disk afterwards: not in the data directory, and not where
// forms with large files spill over to.
func TestTrainingIsNotKept(t *testing.T) {
	h := openHouse(t, nil)
	spill := t.TempDir()
	t.Setenv("TMPDIR", spill)
	var skill bytes.Buffer
	skill.WriteString(`{"intents":[{"intent":"canary","examples":[`)
	for i := range 2000 {
		fmt.Fprintf(&skill, `{"text":"ZANZIBAR%d wants to know where the parcel is, mail ZANZIBAR%d@example.org, and when the shop opens on the days before the holidays"},`, i, i)
	}
	skill.WriteString(`{"text":"end"}]}],"weights":[`)
	for skill.Len() < 10<<20 {
		skill.WriteString("0.0123456789, 1e-5, 7, ")
	}
	skill.WriteString("0]}")
	b := h.signIn(db.RoleSupport)
	for _, act := range []string{"check", "clean"} {
		page := b.upload(act, skill.Bytes())
		if page.status != http.StatusOK || strings.Contains(page.body, "@example.org") {
			t.Fatalf("%s: %d, %.300s", act, page.status, page.body)
		}
		if act == "clean" && (!strings.Contains(page.body, "mail [email], and when") || len(page.body) < 8<<20) {
			t.Errorf("the cleaned file has %d bytes", len(page.body))
		}
		if act == "check" && len(page.body) > 400_000 {
			t.Errorf("the page has %d bytes", len(page.body))
		}
	}
	for _, dir := range []string{h.store.Dir(), spill} {
		noBytesOf(t, dir, []byte("ZANZIBAR"))
	}
}

func noBytesOf(t *testing.T, dir string, canary []byte) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		raw, err := io.ReadAll(f)
		seen += len(raw)
		if bytes.Contains(raw, canary) || strings.Contains(path, string(canary)) {
			t.Errorf("%s holds what was uploaded", filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes looked at", seen)
}

// What the trail says of a check is how large the file was, how much was found and how much of it stays for a person to change.
func TestTrainingIsCounted(t *testing.T) {
	h := openHouse(t, nil)
	file := []byte(`{"intents":[{"intent":"mail_anna@x.de","examples":[{"text":"write to b@c.de"},{"text":"I have diabetes"}]}]}`)
	h.signIn(db.RoleAdmin).upload("check", file).wants(t, http.StatusOK, "3 finds in")
	entries, err := h.store.AuditEntries(t.Context(), db.AuditQuery{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	noted, err := audit.Parse(entries[0].Data)
	want := map[string]int64{audit.CountBytes: int64(len(file)), audit.CountFinds: 3, audit.CountByHand: 2} // a name that is referred to, and health
	if err != nil || noted.Event != audit.TrainingChecked || !maps.Equal(noted.Counts, want) {
		t.Errorf("%+v, %v", noted, err)
	}
}

// A file that is larger than the bound is refused with a sentence, and so is one that is made to be hard to read.
func TestTrainingBounds(t *testing.T) {
	h := openHouse(t, nil)
	b := h.signIn(db.RoleAdmin)
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"large": {bytes.Repeat([]byte("x"), 12<<20+1), "The file is larger than 12 MiB."},
		"deep":  {bytes.Repeat([]byte("["), 1<<20), "not one well-formed JSON value"},
	} {
		page := b.upload("check", c.file)
		if page.status != http.StatusUnprocessableEntity || !strings.Contains(page.body, c.want) {
			t.Errorf("%s: %d", name, page.status)
		}
	}
}

// TestEmptyTrainingFile: a file of no bytes was chosen, and is called empty; what is packed is called so, and not a text in a wrong encoding.
func TestEmptyTrainingFile(t *testing.T) {
	support := openHouse(t, nil).signIn("support")
	support.upload("check", nil).wants(t, http.StatusUnprocessableEntity, "The file is empty.")
	support.upload("check", []byte("PK\x03\x04\x14\x00\xff")).wants(t, http.StatusUnprocessableEntity, "The file is packed")
}

// TestTrainingWords: what items of a skill are called, and what is found, is said in the reader's language.
func TestTrainingWords(t *testing.T) {
	german := lang.With(t.Context(), lang.German)
	for _, noun := range training.Nouns() {
		if got := lang.T(german, trainingPlace([]training.Part{{Noun: noun, Number: 3}})); !strings.HasSuffix(got, " 3") {
			t.Errorf("%s 3 is %q", noun, got)
		}
	}
	for noun, words := range trainingNouns {
		if !slices.Contains(training.Nouns(), noun) {
			t.Errorf("nothing is called a %s", noun)
		}
		if words[0] != "" && lang.T(german, trainingPlace([]training.Part{{Noun: noun, Name: "x"}})) == lang.T(t.Context(), lang.Said(words[0], "name", "x")) {
			t.Errorf("a %s by its name is said in English", noun)
		}
	}
	if got := lang.T(german, trainingPlace([]training.Part{{Noun: "intent", Name: "refund"}, {Noun: "example", Number: 1200}, {Name: "scalar"}})); got != "Intent „refund“, Beispiel 1.200, scalar" {
		t.Error(got)
	}
	for _, kind := range append(mask.Kinds(), mask.Health) {
		var page strings.Builder
		if err := (views.Training{Checked: true, Total: 1, Kinds: []views.TrainingKind{{Kind: string(kind), Finds: 1}}}).Render(german, &page); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(page.String(), "<dt>"+string(kind)+"</dt>") {
			t.Errorf("%s has no word", kind)
		}
	}
}
