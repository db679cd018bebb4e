package main_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/dom"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"quittance/db/audit"
	"quittance/static"
)

// smallLog is a trail of some entries, one of which ends erasure 7 with its receipt.
type smallLog struct {
	vkey    string
	head    []byte
	old     []byte // signed head over the first entries only
	receipt []byte
	bundle  []byte
}

type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, n := range indexes {
		out[i] = h[n]
	}
	return out, nil
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func makeLog(t *testing.T, body string, entries int) smallLog {
	t.Helper()
	skey, vkey, err := audit.NewSigner("quittance-test/log")
	signer := must(note.NewSigner(skey))(t)
	if err != nil {
		t.Fatal(err)
	}
	tree, l := audit.NewTree(0, time.Time{}, nil), smallLog{vkey: vkey}
	var leaves []audit.StoredLeaf
	var stored hashes
	var end audit.Leaf
	sign := func() []byte {
		return must(audit.Sign(audit.Checkpoint{Origin: "quittance-test/log", Size: tree.Size(), Root: must(tree.Root())(t)}, signer))(t)
	}
	for n := range entries {
		e := audit.Entry{Time: time.Date(2026, 3, 3, 12, 0, n, 0, time.UTC), Actor: audit.System, Event: audit.LogCreated}
		if n > 0 {
			e.Event, e.Object, e.Counts = audit.RecordsIngested, audit.ObjectOf(audit.KindService, 1), map[string]int64{audit.CountRecords: int64(n)}
		}
		if n == entries/2 {
			l.old = sign()
			e.Event, e.Object, e.Counts = audit.ErasureDone, audit.ObjectOf(audit.KindErasure, 7), nil
			e.Commits = map[string]string{audit.CommitReceipt: audit.Commitment([]byte(body))}
		}
		leaf := must(tree.Append(e))(t)
		if n == entries/2 {
			end = leaf
		}
		leaves, stored = append(leaves, audit.StoredLeaf{Number: leaf.Number, Data: leaf.Data}), append(stored, leaf.Stored...)
	}
	l.head = sign()
	l.receipt = must(must(audit.NewReceipt([]byte(body), end.Data, end.Number, l.head, vkey, stored))(t).JSON())(t)
	var out bytes.Buffer
	b := audit.Bundle{Leaves: listed(leaves), Receipts: listed([]audit.StoredReceipt{{Entry: end.Number, Body: []byte(body)}})}
	if err := audit.WriteBundle(&out, "quittance-test/log", vkey, b, l.head); err != nil {
		t.Fatal(err)
	}
	l.bundle = out.Bytes()
	return l
}

func listed[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// The page that checks without us says the same as our own check, from disk and without a network.
func TestVerifierPage(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("verify.html", static.Verifier)
	salt := bytes.Repeat([]byte{0xa7, 1}, 16)
	body := `{"erasure":7,"amendment":0,"subject":"` + audit.SubjectCommitment(salt, []byte("cust \u00e4 <1>")) + `","stay":[{"service":9,"name":"web shop","records":2,"why":"17-3-b"}],"backups":{},"ended":"2026-03-03T12:00:21Z","parts":[{"service":1,"name":"support \u003cbot\u003e {1} \"a\"","before":12,"after":0,"state":"confirmed"}]}`
	l, forged := makeLog(t, body, 37), makeLog(t, body, 37)
	spoil := func(file []byte, old, now string) []byte {
		if !bytes.Contains(file, []byte(old)) {
			t.Fatalf("%s is not in the file", old)
		}
		return bytes.Replace(file, []byte(old), []byte(now), 1)
	}
	lines := bytes.SplitAfter(l.bundle, []byte("\n"))
	p := openBrowser(t).person(t, "file://"+dir)
	p.open("/verify.html")
	n := 0
	fields := func(values ...string) { // key, old, id, salt
		eval[bool](p, fmt.Sprintf(`(["key", "old", "id", "salt"].forEach((id, n) => document.getElementById(id).value = %s[n] || ""), true)`, must(json.Marshal(values))(t)))
	}
	choose := func(file []byte, words ...string) {
		t.Helper()
		n++ // the same name again would be no change
		eval[bool](p, `(document.querySelector("#answer").replaceChildren(), true)`)
		root := do(p, dom.GetDocument, dom.GetDocumentParams{})
		input := do(p, dom.QuerySelector, dom.QuerySelectorParams{NodeID: root.Root.NodeID, Selector: "#file"})
		do(p, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{write(fmt.Sprintf("checked-%d", n), file)}, NodeID: input.NodeID})
		p.until(`document.querySelector("#answer").textContent !== ""`)
		p.reads(words...)
	}
	check := func(file []byte, key, old string, words ...string) {
		t.Helper()
		fields(key, old)
		choose(file, words...)
	}
	check(l.receipt, "", "", "Everything holds", "Not anchored", "Erasure 7", "support <bot> {1} \"a\"")
	check(l.receipt, l.vkey, "", "Everything holds", "Anchored by a key")
	check(l.receipt, l.vkey, string(l.head), "Everything holds", "Anchored: a checkpoint")
	check(forged.receipt, l.vkey, "", "not signed with this key")
	check(spoil(l.receipt, `"before":12`, `"before":13`), "", "", "it was altered")
	check(spoil(l.receipt, `"event":"erasure.done"`, `"event":"erasure.held"`), "", "", "does not show that the entry stands in the log")
	check(spoil(l.receipt, `log\n37\n`, `log\n38\n`), "", "", "signature of the checkpoint is wrong")
	check([]byte("no file of ours"), "", "", "cannot be checked")
	check(l.bundle, l.vkey, string(l.old), "Everything holds", "Entries 37", "Receipts 1", "Anchored: a checkpoint")
	check(bytes.Join(slices.Delete(slices.Clone(lines), 5, 6), nil), "", "", "Entry 4 is missing")
	check(spoil(l.bundle, `"records":30`, `"records":31`), "", "", "not those that were signed")
	check(bytes.Join(lines[:len(lines)-3], nil), "", "", "The receipt that entry 18 was made for is missing", "not the last line")
	check(forged.bundle, "", string(l.old), "cannot be checked")
	check(l.receipt, "", "", "Left out", "2 records of web shop (17-3-b)", "none could be opened", "confirmed, asked again: 12 records before, 0 after")
	check(spoil(l.receipt, l.vkey, forged.vkey), l.vkey, "", "not one that its checkpoint was signed with")
	check(spoil(l.receipt, `","v":1}`+"\n", `","v":1,"more":1}`+"\n"), "", "", "something was added")
	check(spoil(l.receipt, `"proof":[`, `"proof": [`), "", "", "reformatted")
	check(append([]byte("\ufeff"), l.receipt...), "", "", "cannot be checked")
	check(spoil(l.receipt, "quittance-test", "quittance\xfftest"), "", "", "cannot be checked")
	check(spoil(l.bundle, `"log":"`, `"log":"x`), l.vkey, "", "another log than it names")
	check(spoil(l.bundle, l.vkey, forged.vkey), l.vkey, "", "not one that its checkpoint was signed with")
	check(spoil(l.bundle, `"v":1}`, `"v":1,"more":1}`), "", "", "renamed or added")
	check(spoil(l.bundle, `,"key":"`, `,"kex":1,"key":"`), "", "", "renamed or added")
	check(spoil(l.bundle, `"entry":18,`, `"entry":18,"more":1,`), "", "", "receipt of entry 18 is not written the one way")
	check(spoil(l.bundle, `{"checkpoint":`, `{"checkpoint":"","checkpoint":`), "", "", "checkpoint is not written the one way")
	about := func(file []byte, id, salt string, words ...string) {
		t.Helper()
		fields(l.vkey, "", id, salt)
		choose(file, words...)
	}
	about(l.receipt, "cust \u00e4 <1>", strings.ToUpper(hex.EncodeToString(salt)), "Everything holds", "It is about the customer ID that was given")
	about(l.receipt, "cust \u00e4 <1> ", hex.EncodeToString(salt), "not about this customer ID")
	about(l.receipt, "cust \u00e4 <1>", strings.Repeat("0", 64), "not about this customer ID")
	about(l.receipt, "cust \u00e4 <1>", "a7", "64 hexadecimal digits")
	about(l.receipt, "", hex.EncodeToString(salt), "64 hexadecimal digits")
	about(l.bundle, "cust \u00e4 <1>", hex.EncodeToString(salt), "this is none")
	if strings.Contains(p.html(), "undefined") {
		t.Error("the page shows an undefined value")
	}
}
