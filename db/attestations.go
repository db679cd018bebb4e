package db

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"quittance/db/audit"
	"quittance/db/erasure"
)

// MaxEvidence bounds the file of an attestation in bytes.
const MaxEvidence = 512 << 10

// MaxAttested bounds what somebody writes into one, in bytes.
const MaxAttested = 2000

// evidenceKept is how long evidence stays after its request has ended, like the salt of a receipt (design.md, section 4, "Keys").
const evidenceKept = 30 * 24 * time.Hour

// Errors of an attestation.
var (
	ErrAttestation = errors.New("an attestation says in at most 2,000 characters what was done, with a file of at most 512 KiB")
	ErrNamesID     = errors.New("this holds the customer ID, and would keep it beyond the erasure; leave it out")
)

// NewAttestation is what a person says of a part elsewhere.
type NewAttestation struct {
	Done  time.Time // the day on which it was done; zero = it cannot be done
	Code  string    // of erasure.EndCodes, where it cannot be done
	Words string    // what was done, or why it cannot be
	Name  string    // of the file; "" = none
	File  []byte
}

// Attestation is one as it stands. Words and Name are "" once it is erased.
type Attestation struct {
	Service int64
	By      audit.Actor
	Made    time.Time
	Done    time.Time // zero = it cannot be done
	Bytes   int64     // of the file; 0 = none
	Hash    string    // over salt and content, hex; stays
	Erased  bool
	Words   string
	Name    string
}

// evidence is what is sealed: it may hold anything that somebody wrote.
type evidence struct {
	Salt  []byte `json:"salt"`
	Words string `json:"words"`
	Name  string `json:"name,omitempty"`
	File  []byte `json:"file,omitempty"`
}

func (e evidence) hash() string {
	h := sha256.New()
	for _, part := range [][]byte{e.Salt, []byte(e.Words), []byte(e.Name), e.File} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write(part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

const purposeEvidence = "attestation"

// Attest ends a part at a linked service that failed or waits for a person, by that person's word: attested, or failed for good. ErrMoved where
// there is nothing of the kind, ErrAttestation, ErrNamesID.
func (s *Store) Attest(ctx context.Context, by audit.Actor, number, service int64, a NewAttestation) error {
	if a.Words == "" || len(a.Words) > MaxAttested || !utf8.ValidString(a.Words) || len(a.File) > MaxEvidence || len(a.Name) > 255 {
		return ErrAttestation
	}
	return s.write(ctx, by, func(t *tx) error {
		e, err := t.request(number)
		if err != nil {
			return err
		}
		if nameIn(a.Words+"\n"+a.Name, e.Subject) || nameIn(string(a.File), e.Subject) {
			return ErrNamesID
		}
		var now erasure.PartState
		err = t.row(`SELECT p.state FROM part p JOIN service v ON v.number = p.service WHERE p.erasure = ? AND p.service = ? AND p.excluded IS NULL AND v.hosting = 'linked'`,
			number, service).Scan(&now)
		if err != nil {
			return found(err)
		}
		if now != erasure.ByHand && now != erasure.Failed || e.State != erasure.Running && e.State != erasure.Verifying && e.State != erasure.Partial {
			return ErrMoved
		}
		return t.attest(e, service, a)
	})
}

// nameIn tells whether a text holds an ID. One of three letters stands in every text.
func nameIn(text, id string) bool {
	return utf8.RuneCountInString(id) > 3 && bytes.Contains(bytes.ToLower([]byte(text)), bytes.ToLower([]byte(id)))
}

func (t *tx) attest(e Erasure, service int64, a NewAttestation) error {
	kept := evidence{Salt: secret()[:16], Words: a.Words, Name: a.Name, File: a.File}
	plain, err := json.Marshal(kept)
	if err != nil {
		return fmt.Errorf("writing down an attestation: %w", err)
	}
	var attestation int64
	err = t.row(`INSERT INTO attestation (erasure, service, actor, made, done, bytes, hash) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING number`,
		e.Number, service, string(t.by), ms(t.now), orNull(a.Done), len(a.File), kept.hash()).Scan(&attestation)
	if err == nil {
		err = t.exec("UPDATE attestation SET sealed = ? WHERE number = ?", t.s.keys.seal(purposeEvidence, attestation, plain), attestation)
	}
	if err == nil {
		err = t.endByHand(e.Number, service, a)
	}
	if err != nil {
		return fmt.Errorf("writing down an attestation: %w", err)
	}
	event := audit.PartAttested
	if a.Done.IsZero() {
		event = audit.PartAbandoned
	}
	err = t.noteWith(event, audit.ObjectOf(audit.KindErasure, e.Number), map[string]int64{audit.CountService: service, audit.CountBytes: int64(len(a.File))},
		map[string]string{audit.CommitEvidence: kept.hash()})
	if err != nil {
		return err
	}
	return t.settleLinked(e)
}

func (t *tx) endByHand(number, service int64, a NewAttestation) error {
	to, code := erasure.Attested, any(nil)
	if a.Done.IsZero() {
		to, code = erasure.FailedGood, a.Code
	}
	return t.exec("UPDATE part SET state = ?, code = ?, next_try = NULL, changed = ? WHERE erasure = ? AND service = ?", string(to), code, ms(t.now), number, service)
}

const attestationSQL = "SELECT number, service, actor, made, done, bytes, hash, sealed IS NULL FROM attestation WHERE erasure = ?"

func scanAttestations(rows *sql.Rows, err error) (map[int64]Attestation, error) {
	out := map[int64]Attestation{}
	err = each(rows, err, func() error {
		var a Attestation
		var number, made int64
		var done sql.NullInt64
		err := rows.Scan(&number, &a.Service, &a.By, &made, &done, &a.Bytes, &a.Hash, &a.Erased)
		a.Made, a.Done = at(made), when(done)
		out[a.Service] = a
		return err
	})
	return out, err
}

// Attestations reads what people have said of the parts of a request, by service, with their words where they are still kept.
func (s *Store) Attestations(ctx context.Context, number int64) (map[int64]Attestation, error) {
	out, err := scanAttestations(s.readers.QueryContext(ctx, attestationSQL, number))
	if err != nil {
		return nil, fmt.Errorf("reading attestations: %w", err)
	}
	for service, a := range out {
		if a.Erased {
			continue
		}
		e, err := s.evidence(ctx, number, service)
		if err != nil {
			return nil, err
		}
		a.Words, a.Name = e.Words, e.Name
		out[service] = a
	}
	return out, nil
}

func (s *Store) evidence(ctx context.Context, number, service int64) (e evidence, err error) {
	var attestation int64
	var sealed []byte
	err = s.readers.QueryRowContext(ctx, "SELECT number, sealed FROM attestation WHERE erasure = ? AND service = ? AND sealed IS NOT NULL", number, service).Scan(&attestation, &sealed)
	if err != nil {
		return e, found(err)
	}
	plain, err := s.keys.open(purposeEvidence, attestation, sealed)
	if err != nil {
		return e, errors.Join(ErrCorrupt, err)
	}
	return e, json.Unmarshal(plain, &e)
}

// Evidence gives out the file of an attestation, and writes down that somebody read it. ErrNotFound where there is none any more.
func (s *Store) Evidence(ctx context.Context, by audit.Actor, number, service int64) (name string, file []byte, err error) {
	e, err := s.evidence(ctx, number, service)
	if err == nil && len(e.File) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return "", nil, err
	}
	err = s.Note(ctx, by, audit.EvidenceShown, audit.ObjectOf(audit.KindErasure, number), map[string]int64{audit.CountService: service})
	return e.Name, e.File, err
}

// EraseEvidence erases what an attestation says, before its time. Its hash, who made it and when stay.
func (s *Store) EraseEvidence(ctx context.Context, by audit.Actor, number, service int64) error {
	return s.write(ctx, by, func(t *tx) error { return t.eraseEvidence(number, service) })
}

func (t *tx) eraseEvidence(number, service int64) error {
	n, err := t.change("UPDATE attestation SET sealed = NULL WHERE erasure = ? AND service = ? AND sealed IS NOT NULL", number, service)
	if err != nil {
		return fmt.Errorf("erasing evidence: %w", err)
	}
	if n == 0 {
		return ErrNotFound
	}
	return t.note(audit.EvidenceErased, audit.ObjectOf(audit.KindErasure, number), map[string]int64{audit.CountService: service})
}

// ForgetEvidence erases the evidence of requests that ended 30 days ago, and tells of how many parts.
func (s *Store) ForgetEvidence(ctx context.Context) (n int64, err error) {
	type old struct{ erasure, service int64 }
	var due []old
	rows, err := s.readers.QueryContext(ctx, `SELECT a.erasure, a.service FROM attestation a JOIN erasure e ON e.number = a.erasure
		WHERE a.sealed IS NOT NULL AND e.ended <= ?`, ms(s.Now().Add(-evidenceKept)))
	err = each(rows, err, func() error {
		var o old
		err := rows.Scan(&o.erasure, &o.service)
		due = append(due, o)
		return err
	})
	if err != nil || len(due) == 0 {
		return 0, err
	}
	return int64(len(due)), s.write(ctx, audit.System, func(t *tx) error {
		for _, o := range due {
			if err := t.eraseEvidence(o.erasure, o.service); err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
		}
		return nil
	})
}
