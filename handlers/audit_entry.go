package handlers

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/audit"
	"quittance/views"
	"quittance/views/lang"
)

// auditEntry shows one entry with all that stands in its leaf.
func (s *Server) auditEntry(r *http.Request) (templ.Component, error) {
	number, err := entryNumber(r)
	if err != nil {
		return nil, err
	}
	stored, err := s.store.AuditEntry(r.Context(), number)
	if err != nil {
		return nil, err
	}
	leaf, err := audit.Parse(stored.Data)
	if err != nil {
		return nil, fmt.Errorf("reading audit entry %d: %w", number, err)
	}
	size, checkpoint, err := s.store.Head(r.Context())
	if err != nil {
		return nil, err
	}
	v := s.entryPage(r, stored, leaf)
	v.Checkpoint, v.KeyName = checkpoint, keyName(s.store.AuditKey())
	if v.Proof, err = s.entryProof(r, stored); err != nil {
		return nil, err
	}
	if number > 0 {
		v.Older = entryHref(number - 1)
	}
	if number+1 < size {
		v.Newer = entryHref(number + 1)
	}
	return v, nil
}

func (s *Server) entryPage(r *http.Request, stored db.AuditEntry, leaf audit.Entry) views.AuditEntry {
	names, hash := s.names(r), stored.Hash()
	v := views.AuditEntry{Number: stored.Number, When: views.SecondOf(leaf.Time, zoneOf(r)), Actor: names.actor(leaf.Actor), Code: string(leaf.Actor), Act: eventWords(leaf.Event),
		Event: string(leaf.Event), Object: string(leaf.Object), ObjectHref: names.href(leaf.Object), Hash: hex.EncodeToString(hash[:]), Leaf: string(stored.Data)}
	v.Counts = countKVs(leaf.Event, leaf.Counts)
	for _, name := range sortedNames(leaf.Commits) {
		c := views.Commitment{Name: name, Hash: leaf.Commits[name]}
		c.Where, c.Href = s.lies(names, name, leaf)
		v.Commits = append(v.Commits, c)
	}
	return v
}

// lies tells where what a commitment stands for can be seen, and by whom.
func (s *Server) lies(names *names, name string, e audit.Entry) (words lang.Word, href string) {
	_, number, _ := e.Object.Split()
	switch at := names.href(e.Object); {
	case name == audit.CommitReceipt && at != "":
		return "The receipt, as a page and as a file", at + "/receipt"
	case name == audit.CommitManifest && at != "":
		return "The manifest, on the page of the request", at
	case name == audit.CommitNote:
		return "Sealed beside the request, and destroyed when it has ended.", ""
	case name == audit.CommitEvidence:
		return "Sealed beside the request for 30 days after its end; an officer can read it.", ""
	case name == audit.CommitSeed, name == audit.CommitWord:
		return "Revealed by the sample", sampleHref(number)
	case name == audit.CommitFrame:
		return "The numbers among which it is drawn, on the page of the sample", sampleHref(number)
	}
	return "", ""
}

func entryNumber(r *http.Request) (int64, error) {
	number, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
	if err != nil {
		return 0, db.ErrNotFound
	}
	return number, nil
}

// entryProof shows the proof that an entry stands under the newest head.
func (s *Server) entryProof(r *http.Request, stored db.AuditEntry) (views.EntryProof, error) {
	p, err := s.store.EntryProof(r.Context(), stored)
	if err != nil {
		return views.EntryProof{}, err
	}
	head, err := audit.OpenCheckpoint([]byte(p.Checkpoint), s.store.Verifiers()...)
	v := views.EntryProof{Size: head.Size, Href: entryHref(stored.Number) + "/proof", File: lang.Raw(proofName(stored.Number)), Key: s.store.AuditKey()}
	for _, h := range p.Proof {
		v.Hashes = append(v.Hashes, h.String())
	}
	return v, err
}

func proofName(number int64) string {
	return "quittance-entry-" + decimal(number) + ".tlog-proof"
}

// proofFile sends the entry with its proof as a file that quittance verify takes, and every other reader of a C2SP tlog-proof.
func (s *Server) proofFile(w http.ResponseWriter, r *http.Request) {
	number, err := entryNumber(r)
	var stored db.AuditEntry
	if err == nil {
		stored, err = s.store.AuditEntry(r.Context(), number)
	}
	var p audit.EntryProof
	if err == nil {
		p, err = s.store.EntryProof(r.Context(), stored)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	attach(w, "text/plain; charset=utf-8", proofName(number))
	w.Write(p.Text())
}
