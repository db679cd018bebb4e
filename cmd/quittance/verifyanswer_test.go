package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/label"
	"quittance/db/ticket"
)

// answerOf is a real answer of a store, as a file, and the key of the store.
func answerOf(t *testing.T) (file, key string) {
	t.Helper()
	s, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	bot, by := dbtest.Service(t, s, "bot"), audit.ActorOf("user", 1)
	dbtest.Ingest(t, s, dbtest.Message(t, bot.Number, s.Now(), "words", "cust_anna"))
	n, err := s.SubmitTicket(t.Context(), by, db.NewTicket{Right: ticket.Access, Regime: ticket.EU, Region: "eu", Country: "DE", Channel: "phone", Received: s.Now(), IDs: []label.ID{dbtest.ID(t, "cust_anna")}})
	if err == nil {
		err = s.PrepareAnswer(t.Context(), by, n, "en")
	}
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.TicketAnswer(t.Context(), n)
	var out bytes.Buffer
	if err == nil {
		_, err = s.WriteAnswer(t.Context(), &out, a)
	}
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "your-data.zip")
	writeFile(t, file, out.Bytes())
	return file, s.AuditKey()
}

// repacked writes a zip anew, each file as change makes it; nil leaves it out.
func repacked(t *testing.T, from string, change func(name string, text []byte) []byte) string {
	t.Helper()
	z, err := zip.OpenReader(from)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if text = change(f.Name, text); text == nil {
			continue
		}
		to, err := w.Create(f.Name)
		if err == nil {
			_, err = to.Write(text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "repacked.zip")
	writeFile(t, to, out.Bytes())
	return to
}

// An answer that a person brings is checked without a data directory; what was done to it is named, and what the check rests on.
func TestVerifyAnswer(t *testing.T) {
	file, key := answerOf(t)
	_, other := answerOf(t)
	changed := repacked(t, file, func(name string, text []byte) []byte {
		if name == "data.json" {
			return bytes.Replace(text, []byte("words"), []byte("lies!"), 1)
		}
		return text
	})
	without := repacked(t, file, func(name string, text []byte) []byte {
		if name == "index.html" {
			return nil
		}
		return text
	})
	swapped := repacked(t, file, func(name string, text []byte) []byte {
		if name == "manifest.json" {
			return bytes.Replace(text, []byte(key), []byte(other), 1)
		}
		return text
	})
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.zip")
	writeFile(t, cut, raw[:len(raw)/2])
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{file}, 0, "Not anchored"},
		{[]string{file}, 0, "Answer 1 to a person"},
		{[]string{file, "-key", key}, 0, "Anchored by a key from outside"},
		{[]string{file, "-key", other}, 1, "tampering: The signature is of another key"},
		{[]string{file, "-key", other, "-key", key}, 0, "everything holds"},
		{[]string{changed}, 1, `tampering: "data.json" was altered: it has another hash.`},
		{[]string{without, "-key", key}, 1, `tampering: "index.html" is missing.`},
		{[]string{swapped, "-key", key}, 1, "A key in manifest.json is not one that the manifest was signed with."},
		{[]string{swapped}, 1, "does not hold"},
		{[]string{cut}, 1, "cut short"},
		{[]string{file, "-old", file}, 1, "held against -key only"},
	} {
		if r := quit(t, "", append([]string{"verify"}, c.args...)...); r.code != c.code || !strings.Contains(r.out+r.err, c.says) {
			t.Errorf("%q: exit code %d, %s%s", c.args, r.code, r.out, r.err)
		}
	}
	if v := as[checkedAnswer](t, must(t, "", "verify", "-json", file, "-key", key)); !v.OK || !v.Anchored || v.Answer != 1 || v.Records != 1 || v.Files < 4 || len(v.Manifest) != 64 || v.Findings == nil {
		t.Errorf("%+v", v)
	}
	if r := quit(t, "", "verify", "-json", changed); r.code != 1 || !strings.Contains(r.out, `"ok":false`) || !strings.Contains(r.out, "was altered") {
		t.Errorf("%+v", r)
	}
}
