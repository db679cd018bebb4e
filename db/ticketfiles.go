package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"quittance/db/audit"
	"quittance/db/ticket"
)

// Bounds of what is attached to a ticket.
const (
	MaxAttachment  = 10 << 20
	MaxAttachments = 20
)

// Errors of what is written or attached.
var (
	ErrAttachment  = errors.New("a file has at most 10 MiB, and a ticket at most 20 of them")
	ErrTicketEmpty = errors.New("an erasure of this ticket's customer ID has ended and emptied it; nothing more is written on it or attached")
)

// TicketNote is what somebody wrote on a ticket for their colleagues. It is never in the audit trail.
type TicketNote struct {
	Number int64
	Made   time.Time
	By     audit.Actor
	Hash   string // over salt and words, hex; stays
	Words  string // "" once it is erased
}

// TicketFile is a file on a ticket, without its content.
type TicketFile struct {
	Number int64
	Made   time.Time
	By     audit.Actor
	Type   string // media type, by its content
	Bytes  int64
	Hash   string // over salt, name and content, hex; stays
	Name   string // "" once it is erased
	Erased bool
}

// TicketIdentity is how it was checked who asks (Art. 12(6)).
type TicketIdentity struct {
	Number   int64
	Method   string // of ticket.Methods
	Level    string // of ticket.Levels
	Verified time.Time
	By       audit.Actor
	Checked  string // what was checked; "" once it is erased
	Hash     string // over salt and words; "" = nothing was written
}

// openTicket gives a ticket that is not over and on which may be written.
func (t *tx) writableTicket(number int64) (Ticket, error) {
	v, err := t.ticket(number)
	switch {
	case err != nil:
		return v, err
	case v.State == ticket.Merged:
		return v, ErrMoved
	case !v.Forgot.IsZero():
		return v, ErrTicketEmpty
	}
	return v, nil
}

// AddTicketNote writes a note on a ticket.
func (s *Store) AddTicketNote(ctx context.Context, by audit.Actor, number int64, note string) error {
	if note == "" || !words(note, MaxTicketNote) {
		return ErrTicketWords
	}
	return s.write(ctx, by, func(t *tx) error {
		if _, err := t.writableTicket(number); err != nil {
			return err
		}
		return t.addTicketNote(number, note)
	})
}

func (t *tx) addTicketNote(number int64, note string) error {
	plain := salted(note)
	commits := committed(plain)
	var n int64
	err := t.row("INSERT INTO ticket_note (ticket, made, actor, hash) VALUES (?, ?, ?, ?) RETURNING number", number, ms(t.now), string(t.by), commits[audit.CommitNote]).Scan(&n)
	if err == nil {
		err = t.exec("UPDATE ticket_note SET sealed = ? WHERE number = ?", t.s.keys.seal("ticket note", n, plain), n)
	}
	if err != nil {
		return fmt.Errorf("writing a note on a ticket: %w", err)
	}
	return t.noteTicket(audit.TicketNoted, number, nil, commits)
}

// TicketNotes lists the notes on a ticket, the oldest first.
func (s *Store) TicketNotes(ctx context.Context, number int64) (out []TicketNote, err error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT number, made, actor, hash, sealed FROM ticket_note WHERE ticket = ? ORDER BY number", number)
	err = each(rows, err, func() error {
		var v TicketNote
		var made int64
		var sealed []byte
		if err := rows.Scan(&v.Number, &made, &v.By, &v.Hash, &sealed); err != nil {
			return err
		}
		v.Made = at(made)
		v.Words, _ = s.keys.openWords("ticket note", v.Number, sealed) // one that does not open is shown like one that is gone
		out = append(out, v)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing the notes on a ticket: %w", err)
	}
	return out, nil
}

// EraseTicketNote erases what a note says. Its hash, who wrote it and when stay.
func (s *Store) EraseTicketNote(ctx context.Context, by audit.Actor, number, note int64) error {
	return s.eraseOf(ctx, by, number, note, "UPDATE ticket_note SET sealed = NULL WHERE number = ? AND ticket = ? AND sealed IS NOT NULL", audit.TicketNoteErased)
}

func (s *Store) eraseOf(ctx context.Context, by audit.Actor, number, row int64, query string, event audit.Event) error {
	return s.write(ctx, by, func(t *tx) error {
		n, err := t.change(query, row, number)
		if err != nil {
			return fmt.Errorf("erasing from a ticket: %w", err)
		}
		if n == 0 {
			return ErrNotFound
		}
		return t.noteTicket(event, number, nil, nil)
	})
}

// AttachToTicket keeps a file with a ticket. Its type is told from its content by the door that takes it.
func (s *Store) AttachToTicket(ctx context.Context, by audit.Actor, number int64, name, mediaType string, file []byte) error {
	if len(file) == 0 || len(file) > MaxAttachment || !words(name, 255) {
		return ErrAttachment
	}
	return s.take(&op{ctx: ctx, by: by, rows: 1, run: func(t *tx) error {
		if _, err := t.writableTicket(number); err != nil {
			return err
		}
		var many int64
		if err := t.row("SELECT count(*) FROM ticket_attachment WHERE ticket = ? AND sealed IS NOT NULL", number).Scan(&many); err != nil {
			return err
		}
		if many >= MaxAttachments {
			return ErrAttachment
		}
		return t.attachToTicket(number, name, mediaType, file)
	}})
}

func (t *tx) attachToTicket(number int64, name, mediaType string, file []byte) error {
	plain := append(secret()[:noteSalt:noteSalt], file...)
	h := sha256.New()
	h.Write(plain[:noteSalt])
	h.Write([]byte(name))
	h.Write([]byte{0})
	h.Write(file)
	hash := hex.EncodeToString(h.Sum(nil))
	var n int64
	err := t.row("INSERT INTO ticket_attachment (ticket, made, actor, type, bytes, hash) VALUES (?, ?, ?, ?, ?, ?) RETURNING number",
		number, ms(t.now), string(t.by), mediaType, len(file), hash).Scan(&n)
	if err == nil {
		err = t.exec("UPDATE ticket_attachment SET name = ?, sealed = ? WHERE number = ?",
			t.s.keys.seal("ticket file name", n, []byte(name)), t.s.keys.seal("ticket file", n, plain), n)
	}
	if err != nil {
		return fmt.Errorf("keeping a file with a ticket: %w", err)
	}
	return t.noteTicket(audit.TicketAttached, number, map[string]int64{audit.CountBytes: int64(len(file))}, map[string]string{audit.CommitFile: hash})
}

// TicketFiles lists the files on a ticket, the oldest first, without their content.
func (s *Store) TicketFiles(ctx context.Context, number int64) (out []TicketFile, err error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT number, made, actor, type, bytes, hash, name, sealed IS NULL FROM ticket_attachment WHERE ticket = ? ORDER BY number", number)
	err = each(rows, err, func() error {
		var v TicketFile
		var made int64
		var name []byte
		if err := rows.Scan(&v.Number, &made, &v.By, &v.Type, &v.Bytes, &v.Hash, &name, &v.Erased); err != nil {
			return err
		}
		v.Made = at(made)
		if plain, err := s.keys.open("ticket file name", v.Number, name); err == nil && len(name) > 0 {
			v.Name = string(plain)
		}
		out = append(out, v)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing the files on a ticket: %w", err)
	}
	return out, nil
}

// TicketFile gives out a file of a ticket, and writes down that somebody fetched it. ErrNotFound where there is none any more.
func (s *Store) TicketFile(ctx context.Context, by audit.Actor, number, file int64) (v TicketFile, content []byte, err error) {
	var sealed, name []byte
	err = s.readers.QueryRowContext(ctx, "SELECT number, type, bytes, hash, name, sealed FROM ticket_attachment WHERE number = ? AND ticket = ? AND sealed IS NOT NULL", file, number).
		Scan(&v.Number, &v.Type, &v.Bytes, &v.Hash, &name, &sealed)
	if err != nil {
		return v, nil, found(err)
	}
	plain, err := s.keys.open("ticket file", file, sealed)
	if err != nil || len(plain) < noteSalt {
		return v, nil, errors.Join(ErrCorrupt, err)
	}
	if label, err := s.keys.open("ticket file name", file, name); err == nil {
		v.Name = string(label)
	}
	err = s.Note(ctx, by, audit.TicketFetched, audit.ObjectOf(audit.KindTicket, number), map[string]int64{audit.CountBytes: v.Bytes})
	return v, plain[noteSalt:], err
}

// EraseTicketFile erases a file of a ticket. Its hash, type and size stay, and who attached it.
func (s *Store) EraseTicketFile(ctx context.Context, by audit.Actor, number, file int64) error {
	return s.eraseOf(ctx, by, number, file, "UPDATE ticket_attachment SET name = NULL, sealed = NULL WHERE number = ? AND ticket = ? AND sealed IS NOT NULL", audit.TicketFileErased)
}

// VerifyIdentity writes down how it was checked who asks. A ticket that waited for that goes on.
func (s *Store) VerifyIdentity(ctx context.Context, by audit.Actor, number int64, v TicketIdentity) error {
	if !slices.Contains(ticket.Methods, v.Method) || !slices.Contains(ticket.Levels, v.Level) {
		return ErrTicketCode
	}
	if !words(v.Checked, MaxTicketNote) {
		return ErrTicketWords
	}
	return s.write(ctx, by, func(t *tx) error {
		k, err := t.writableTicket(number)
		if err == nil && k.State.Ended() {
			err = ErrMoved
		}
		if err == nil {
			err = t.verifyIdentity(number, v)
		}
		if err != nil || k.State != ticket.Waiting {
			return err
		}
		why, err := t.waitsFor(number)
		if err != nil || why != ticket.ForIdentity {
			return err
		}
		return t.takeUpTicket(k, audit.TicketResumed)
	})
}

func (t *tx) waitsFor(number int64) (why string, err error) {
	err = t.row("SELECT why FROM ticket_pause WHERE ticket = ? AND ended IS NULL", number).Scan(&why)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return why, err
}

func (t *tx) verifyIdentity(number int64, v TicketIdentity) error {
	plain := salted(v.Checked)
	commits := committed(plain)
	var n int64
	err := t.row("INSERT INTO ticket_identity (ticket, method, level, verified, actor, hash) VALUES (?, ?, ?, ?, ?, nullif(?, '')) RETURNING number",
		number, v.Method, v.Level, ms(t.now), string(t.by), commits[audit.CommitNote]).Scan(&n)
	if err == nil && plain != nil {
		err = t.exec("UPDATE ticket_identity SET sealed = ? WHERE number = ?", t.s.keys.seal("ticket identity", n, plain), n)
	}
	if err != nil {
		return fmt.Errorf("writing down an identity check: %w", err)
	}
	return t.noteTicket(audit.TicketVerified, number, map[string]int64{audit.CountMethod: codeNumber(ticket.Methods, v.Method), audit.CountLevel: codeNumber(ticket.Levels, v.Level)}, commits)
}

// TicketIdentities lists the checks of a ticket, the newest first.
func (s *Store) TicketIdentities(ctx context.Context, number int64) (out []TicketIdentity, err error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT number, method, level, verified, actor, coalesce(hash, ''), sealed FROM ticket_identity WHERE ticket = ? ORDER BY number DESC", number)
	err = each(rows, err, func() error {
		var v TicketIdentity
		var verified int64
		var sealed []byte
		if err := rows.Scan(&v.Number, &v.Method, &v.Level, &verified, &v.By, &v.Hash, &sealed); err != nil {
			return err
		}
		v.Verified = at(verified)
		v.Checked, _ = s.keys.openWords("ticket identity", v.Number, sealed)
		out = append(out, v)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing identity checks: %w", err)
	}
	return out, nil
}

// TicketPause is a time in which a ticket waits, or waited, for the person.
type TicketPause struct {
	Why   string // of ticket.Pauses
	Stops bool   // the clock stands meanwhile
	Began time.Time
	By    audit.Actor
	Ended time.Time // zero = it waits
}

const pausesSQL = "SELECT why, stops, began, began_by, ended FROM ticket_pause WHERE ticket = ? ORDER BY number"

func scanPauses(rows *sql.Rows, err error) (out []TicketPause, _ error) {
	err = each(rows, err, func() error {
		var p TicketPause
		var began int64
		var ended sql.NullInt64
		err := rows.Scan(&p.Why, &p.Stops, &began, &p.By, &ended)
		p.Began, p.Ended = at(began), when(ended)
		out = append(out, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing when a ticket waited: %w", err)
	}
	return out, nil
}

// TicketPauses lists when a ticket waited for the person, the oldest first.
func (s *Store) TicketPauses(ctx context.Context, number int64) ([]TicketPause, error) {
	return scanPauses(s.readers.QueryContext(ctx, pausesSQL, number))
}
