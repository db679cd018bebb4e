package db

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"quittance/db/answer"
	"quittance/db/erasure"
	"quittance/db/ticket"
)

// answering is an answer with what its file is made of.
type answering struct {
	TicketAnswer
	ids      []string
	seqs     []int64
	services map[int64]string
	of       map[int64]string // services of which records are in it
	redact   []answer.Redaction
}

func (s *Store) answering(ctx context.Context, v TicketAnswer) (*answering, error) {
	a := &answering{TicketAnswer: v, services: map[int64]string{}, of: map[int64]string{}}
	subjects, err := s.TicketSubjects(ctx, v.Ticket)
	if err != nil {
		return nil, err
	}
	a.ids = idsOf(subjects)
	list, err := json.Marshal(a.ids)
	if err != nil {
		return nil, err
	}
	if a.seqs, err = scanned[int64](s.readers.QueryContext(ctx, ownSQL+" ORDER BY l.record", string(list), v.Cutoff, v.Cutoff)); err != nil {
		return nil, fmt.Errorf("listing the records of an answer: %w", err)
	}
	if err := s.answerServiceNames(ctx, a); err != nil {
		return nil, err
	}
	redactions, err := s.Redactions(ctx, v.Number)
	for _, r := range redactions {
		a.redact = append(a.redact, r.Redaction)
	}
	return a, err
}

// answerServiceNames names all services, and those of which records are in the answer.
func (s *Store) answerServiceNames(ctx context.Context, a *answering) error {
	all, err := s.Services(ctx)
	if err != nil {
		return err
	}
	for _, svc := range all {
		a.services[svc.Number] = svc.Name
	}
	list, err := json.Marshal(a.seqs)
	if err != nil {
		return err
	}
	of, err := scanned[int64](s.readers.QueryContext(ctx, "SELECT DISTINCT service FROM record WHERE seq IN (SELECT value FROM json_each(?))", string(list)))
	if err != nil {
		return fmt.Errorf("listing the services of an answer: %w", err)
	}
	for _, n := range of {
		a.of[n] = a.services[n]
	}
	return nil
}

func (s *Store) answerServices(ctx context.Context, v TicketAnswer) (map[int64]string, error) {
	a, err := s.answering(ctx, v)
	if err != nil {
		return nil, err
	}
	return a.of, nil
}

// record reads one record as the person gets it, before anything is left out, with the IDs of others that it bears.
func (s *Store) answerRecord(ctx context.Context, a *answering, seq int64) (out answer.Record, others []string, err error) {
	r, err := s.Record(ctx, seq)
	if errors.Is(err, ErrNotFound) {
		err = answer.ErrMoved
	}
	if err != nil {
		return out, nil, err
	}
	labels, err := s.Labels(ctx, seq)
	if err != nil {
		return out, nil, err
	}
	out = answer.Record{Number: seq, Service: a.services[r.Service], Kind: r.Kind.String(), Time: r.Time, Answered: r.Answered}
	for _, l := range labels {
		if slices.Contains(a.ids, l.ID) {
			out.IDs = append(out.IDs, l.ID)
		} else {
			others = append(others, l.ID)
		}
	}
	body := r.Body
	if r.Kind == Image {
		line, p, raw, err := SplitPicture(body)
		if err != nil {
			return out, nil, err
		}
		body, out.Image, out.Type = line, raw, p.Type
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if d.Decode(&out.Data) != nil {
		out.Data = string(body)
	}
	return out, others, nil
}

// source reads the records with a redactor, in order, each time it is asked.
func (s *Store) answerSource(ctx context.Context, a *answering, redact *answer.Redactor) answer.Source {
	return func() iter.Seq2[answer.Record, error] {
		return func(yield func(answer.Record, error) bool) {
			for _, seq := range a.seqs {
				r, others, err := s.answerRecord(ctx, a, seq)
				if err == nil {
					redact.Apply(&r, others)
				}
				if !yield(r, err) || err != nil {
					return
				}
			}
		}
	}
}

// ReviewedRecord is a record of an answer in clear, for whoever looks for what is of others in it.
type ReviewedRecord struct {
	answer.Record
	Others []string // customer IDs of other people on it
}

// Review gives records of an answer after a number, in clear. Whoever shows them has written down that somebody looks.
func (s *Store) Review(ctx context.Context, v TicketAnswer, after int64, limit int) (out []ReviewedRecord, err error) {
	a, err := s.answering(ctx, v)
	if err != nil {
		return nil, err
	}
	for _, seq := range a.seqs {
		if seq <= after || len(out) == limit {
			continue
		}
		r, others, err := s.answerRecord(ctx, a, seq)
		if err != nil {
			return nil, err
		}
		out = append(out, ReviewedRecord{r, others})
	}
	return out, nil
}

// Tally counts what redactions leave out of an answer, by reason, and how many of its records are there now.
func (s *Store) Tally(ctx context.Context, v TicketAnswer) (out []answer.Redacted, records int64, err error) {
	a, err := s.answering(ctx, v)
	if err != nil {
		return nil, 0, err
	}
	out, err = s.tally(ctx, a)
	return out, int64(len(a.seqs)), err
}

func (s *Store) tally(ctx context.Context, a *answering) (out []answer.Redacted, err error) {
	redact := answer.NewRedactor(a.redact, a.Language)
	for _, err := range s.answerSource(ctx, a, redact)() {
		if err != nil {
			return nil, err
		}
	}
	for _, code := range append([]string{answer.OtherID}, answer.ReasonCodes...) {
		if n := redact.Counts[code]; n > 0 {
			out = append(out, answer.Redacted{Reason: code, Count: n})
		}
	}
	return out, nil
}

// WriteAnswer writes the file of an answer. It is made anew each time and kept nowhere.
func (s *Store) WriteAnswer(ctx context.Context, w io.Writer, v TicketAnswer) (answer.Made, error) {
	a, err := s.answering(ctx, v)
	if err != nil {
		return answer.Made{}, err
	}
	head, err := s.answerHead(ctx, a)
	if err != nil {
		return answer.Made{}, err
	}
	return answer.Write(w, head, s.answerSource(ctx, a, answer.NewRedactor(a.redact, a.Language)), s.signing.Load().signers(s.Now())...)
}

func (s *Store) answerHead(ctx context.Context, a *answering) (h answer.Head, err error) {
	k, err := s.Ticket(ctx, a.Ticket)
	if err != nil {
		return h, err
	}
	h = answer.Head{Answer: a.Number, Language: a.Language, Keys: s.signing.Load().publicsOf(s.Now()), Portability: k.Right == ticket.Portability, Made: s.Now(), UpTo: a.Prepared, IDs: a.ids, Erased: max(0, a.Records-int64(len(a.seqs)))}
	have, err := s.Statements(ctx, a.UpTo)
	if err != nil {
		return h, err
	}
	h.Statements, _ = answer.Choose(have, a.Language, a.of)
	if h.Redactions, err = s.tally(ctx, a); err != nil {
		return h, err
	}
	if h.Consultations, err = s.consultations(ctx, a); err != nil {
		return h, err
	}
	if h.Recipients, err = s.recipients(ctx, a); err != nil {
		return h, err
	}
	all, err := s.Services(ctx)
	for _, svc := range all {
		if svc.Linked() {
			h.Elsewhere = append(h.Elsewhere, svc.Name)
		}
	}
	if err != nil {
		return h, err
	}
	h.Restricted, err = s.anyRestricted(ctx, a.ids)
	return h, err
}

func (s *Store) anyRestricted(ctx context.Context, ids []string) (bool, error) {
	for _, id := range ids {
		held, err := s.HoldsOf(ctx, id)
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(held, func(h Hold) bool { return h.Kind == erasure.Restriction }) {
			return true, nil
		}
	}
	return false, nil
}

// consultations are the looks at records of an answer, in the order in which they were: when, what for, in which role (CJEU C-579/21, no names).
func (s *Store) consultations(ctx context.Context, a *answering) (out []answer.Consultation, err error) {
	list, err := json.Marshal(a.seqs)
	if err != nil {
		return nil, err
	}
	rows, err := s.readers.QueryContext(ctx, `SELECT DISTINCT a.at, a.purpose, u.roles FROM access a JOIN user u ON u.number = a.user
		WHERE a.act = 'reveal' AND a.record IN (SELECT value FROM json_each(?)) ORDER BY a.at`, string(list))
	err = each(rows, err, func() error {
		var v answer.Consultation
		var t int64
		err := rows.Scan(&t, &v.Purpose, &v.Role)
		v.Time = at(t)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing consultations: %w", err)
	}
	return out, nil
}

// recipients are the services that got something of the person (CJEU C-154/21): gateways passed on what was said, and linked services were told
// to erase.
func (s *Store) recipients(ctx context.Context, a *answering) (out []answer.Recipient, err error) {
	if out, err = s.passedOn(ctx, a); err != nil {
		return nil, err
	}
	told, err := s.toldToErase(ctx, a)
	return append(out, told...), err
}

// passedOn are the linked services to which hosted ones pass on what is said: a gateway's instance, and the Discovery service of a search skill.
func (s *Store) passedOn(ctx context.Context, a *answering) (out []answer.Recipient, err error) {
	list, err := json.Marshal(a.seqs)
	if err != nil {
		return nil, err
	}
	rows, err := s.readers.QueryContext(ctx, `SELECT v.name, max(r.time) FROM record r JOIN service h ON h.number = r.service
		JOIN service v ON v.hosting = 'linked' AND (v.gateway = h.number OR v.number = h.search)
		WHERE r.seq IN (SELECT value FROM json_each(?)) GROUP BY v.number ORDER BY v.name`, string(list))
	return scanRecipients(answer.PassedOn, rows, err)
}

func (s *Store) toldToErase(ctx context.Context, a *answering) ([]answer.Recipient, error) {
	refs := make([]string, len(a.ids))
	for i, id := range a.ids {
		refs[i] = hex.EncodeToString(s.keys.reference(id))
	}
	list, err := json.Marshal(refs)
	if err != nil {
		return nil, err
	}
	rows, err := s.readers.QueryContext(ctx, `SELECT v.name, p.changed FROM erasure e JOIN part p ON p.erasure = e.number JOIN service v ON v.number = p.service
		WHERE e.ref IN (SELECT unhex(value) FROM json_each(?)) AND v.hosting = 'linked' AND p.state NOT IN ('waiting','held') ORDER BY p.changed`, string(list))
	return scanRecipients(answer.ToldToErase, rows, err)
}

func scanRecipients(what string, rows *sql.Rows, err error) (out []answer.Recipient, _ error) {
	err = each(rows, err, func() error {
		v := answer.Recipient{What: what}
		var t int64
		err := rows.Scan(&v.Name, &t)
		v.Told = at(t)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing recipients: %w", err)
	}
	return out, nil
}
