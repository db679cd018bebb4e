package handlers

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"quittance/db"
	"quittance/db/erasure"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// attestable tells whether a person's word can end a part: it is elsewhere, and either waits for somebody or does not come through.
func attestable(p db.Part, e db.Erasure) bool {
	return p.Linked && p.Excluded == "" && (p.State == erasure.ByHand || p.State == erasure.Failed) &&
		slices.Contains([]erasure.State{erasure.Running, erasure.Verifying, erasure.Partial}, e.State)
}

// attesting adds the forms with which an officer ends what waits for a person. An attestation stands on the receipt and ends a duty towards the person, so
// it is an officer's; whoever works on the case sees what has to be done.
func attesting(r *http.Request, v *views.Erasure, parts []db.Part, services map[int64]db.Service, e db.Erasure) {
	for _, p := range parts {
		svc := services[p.Service]
		if !attestable(p, e) {
			continue
		}
		f := views.Attestation{Service: p.Service, Name: svc.Name, Instructions: svc.Link.Instructions, Action: partHref(e.Number, p.Service)}
		f.May = who(r).May(auth.Attest)
		if f.May || f.Instructions != "" && who(r).May(auth.Search) {
			v.Attest = append(v.Attest, f)
		}
	}
}

func partHref(number, service int64) string {
	return fmt.Sprintf("%s/parts/%d", erasureHref(number), service)
}

// attested says of each part what a person said of it, and who. What they wrote is for those who may see the customer.
func (s *Server) attested(r *http.Request, v *views.Erasure, parts []db.Part, e db.Erasure) error {
	said, err := s.store.Attestations(r.Context(), e.Number)
	if err != nil {
		return err
	}
	names := s.names(r)
	rows := 0
	for _, p := range parts {
		if p.Excluded != "" {
			continue
		}
		row := &v.Parts[rows]
		rows++
		a, ok := said[p.Service]
		if !ok {
			continue
		}
		row.Said = attestedWords(r, a, names)
		if a.Words != "" && who(r).May(auth.Search) {
			row.Quote = a.Words
		}
		if who(r).May(auth.Attest) && !a.Erased {
			row.Forget = partHref(e.Number, p.Service) + "/evidence/erase"
			if a.Bytes > 0 {
				row.Evidence, row.EvidenceWords = partHref(e.Number, p.Service)+"/evidence", lang.Said("Evidence, {bytes}", "bytes", lang.Size(a.Bytes))
			}
		}
	}
	return nil
}

func attestedWords(r *http.Request, a db.Attestation, names *names) lang.Word {
	words := lang.Said("{by}, {text}: ", "by", names.actor(a.By), "text", lang.Moment(moment(r, a.Made).Text))
	if a.Done.IsZero() {
		return lang.Said("{words}it cannot be done.{a}", "words", words, "a", evidenceKept(a))
	}
	return lang.Said("{words}done on {format}.{a}", "words", words, "format", lang.Moment(a.Done.UTC().Format("2 January 2006")), "a", evidenceKept(a))
}

func evidenceKept(a db.Attestation) lang.Word {
	if a.Erased {
		return lang.Said(" What was written is erased; its hash {hash} stays.", "hash", views.Short(a.Hash))
	}
	return lang.Said(" What was written is kept sealed until 30 days after the request has ended; hash {hash}.", "hash", views.Short(a.Hash))
}

// partOf finds the part that a form is about, on its page.
func (s *Server) partOf(r *http.Request) (e db.Erasure, page views.Erasure, f *views.Attestation, err error) {
	service, err := pathNumber(r, "service")
	if err != nil {
		return e, page, nil, err
	}
	if e, err = s.erasureOf(r); err != nil {
		return e, page, nil, err
	}
	if page, err = s.erasurePage(r, e); err != nil {
		return e, page, nil, err
	}
	for i := range page.Attest {
		if page.Attest[i].Service == service {
			return e, page, &page.Attest[i], nil
		}
	}
	return e, page, nil, db.ErrMoved
}

// attestPart takes a person's word that a part is done, with evidence.
func (s *Server) attestPart(r *http.Request) (string, error) {
	e, page, f, err := s.partOf(r)
	if err != nil {
		return "", err
	}
	f.Open, f.Done, f.Words = true, text(r, "done"), text(r, "words")
	day, wrong := dateOf(r, f.Done)
	switch f.DoneErr = wrong; {
	case wrong != "":
	case day.IsZero():
		f.DoneErr = "Say on which day it was done."
	case day.After(s.store.Now()):
		f.DoneErr = "This day has not come yet."
	case day.Before(e.Proposed.Add(-24 * time.Hour)):
		f.DoneErr = "This is before the erasure was asked for."
	}
	if y, m, d := day.Date(); !day.IsZero() {
		day = time.Date(y, m, d, 0, 0, 0, 0, time.UTC) // a day is the same wherever it is read
	}
	name, file, err := evidenceOf(r)
	if err != nil {
		f.FileErr = said(err, db.ErrAttestation)
	}
	return s.endPart(r, e, page, f, db.NewAttestation{Done: day, Words: f.Words, Name: name, File: file})
}

// abandonPart takes a person's word that a part cannot be done, and why.
func (s *Server) abandonPart(r *http.Request) (string, error) {
	e, page, f, err := s.partOf(r)
	if err != nil {
		return "", err
	}
	f.OpenEnd, f.Code, f.Why = true, text(r, "code"), text(r, "why")
	if !slices.Contains(erasure.EndCodes, f.Code) {
		f.CodeErr = "Choose why it cannot be done."
	}
	return s.endPart(r, e, page, f, db.NewAttestation{Code: f.Code, Words: f.Why})
}

func (s *Server) endPart(r *http.Request, e db.Erasure, page views.Erasure, f *views.Attestation, a db.NewAttestation) (string, error) {
	wrong := lang.Word("")
	if a.Words == "" || len(a.Words) > db.MaxAttested {
		wrong = "Say it in at most 2,000 characters."
	}
	if cmp.Or(f.DoneErr, f.FileErr, f.CodeErr, wrong) == "" {
		err := s.store.Attest(r.Context(), who(r).Actor(), e.Number, f.Service, a)
		if wrong = said(err, db.ErrNamesID, db.ErrAttestation); err == nil || wrong == "" {
			notify(r, "ok", "Written down, with your name.")
			return erasureHref(e.Number), err
		}
	}
	if f.OpenEnd {
		f.WhyErr = wrong
	} else {
		f.WordsErr = wrong
	}
	return "", refused{page}
}

// evidenceOf reads the file of the form; there need be none.
func evidenceOf(r *http.Request) (name string, file []byte, err error) {
	f, head, err := r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, db.ErrAttestation
	}
	defer f.Close()
	file, err = io.ReadAll(io.LimitReader(f, db.MaxEvidence+1))
	if err != nil || len(file) > db.MaxEvidence {
		return "", nil, db.ErrAttestation
	}
	return shortName(head.Filename), file, nil
}

// shortName is a file's name without whatever stood before it, as far as it can be shown.
func shortName(name string) string {
	name = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return -1
		}
		return c
	}, path.Base(strings.ReplaceAll(name, "\\", "/")))
	if name == "." || name == "/" || len(name) > 200 || !db.VisibleName(name) {
		return "evidence"
	}
	return name
}

// evidence hands out the file of an attestation. It is written down who read it; a browser shows nothing of it.
func (s *Server) evidence(w http.ResponseWriter, r *http.Request) {
	number, service, err := pathPart(r)
	if err != nil {
		s.fail(w, r, db.ErrNotFound)
		return
	}
	name, file, err := s.store.Evidence(r.Context(), who(r).Actor(), number, service)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	w.Write(file)
}

// eraseEvidence erases what an attestation says, before its time.
func (s *Server) eraseEvidence(r *http.Request) (string, error) {
	number, service, err := pathPart(r)
	if err != nil {
		return "", err
	}
	if err := s.store.EraseEvidence(r.Context(), who(r).Actor(), number, service); err != nil {
		return "", err
	}
	notify(r, "ok", "The evidence is erased. Who attested, when, and its hash stay.")
	return erasureHref(number), nil
}
