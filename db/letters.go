package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"quittance/db/audit"
	"quittance/db/letter"
	"quittance/db/ticket"
)

// MaxLetter bounds a letter, and the text that one is made of, in bytes: some eight pages.
const MaxLetter = 20_000

// Errors of letters.
var (
	ErrLetter     = errors.New("a letter is of a kind, a language and a way of their lists, was sent on a day between the receipt and today, and is at most 20,000 characters long")
	ErrLetterText = errors.New("there is no such text, or it is longer than 20,000 characters")
)

// LetterText is one version of what the house writes.
type LetterText struct {
	Number  int64 // 0 = nobody has changed it
	Name    string
	Text    string
	Default bool // it is what the house came with
	Made    time.Time
	By      audit.Actor
}

func scanLetterText(row scanner) (LetterText, error) {
	var v LetterText
	var text sql.NullString
	var made int64
	err := row.Scan(&v.Number, &v.Name, &text, &made, &v.By)
	v.Made, v.Text, v.Default = at(made), text.String, !text.Valid
	if v.Default {
		v.Text = letter.DefaultOf(v.Name)
	}
	return v, err
}

// LetterText is the text that holds under a name of letter.Names. ErrNotFound for another name.
func (s *Store) LetterText(ctx context.Context, name string) (LetterText, error) {
	if !slices.Contains(letter.Names(ticket.Regimes), name) {
		return LetterText{}, ErrNotFound
	}
	v, err := scanLetterText(s.readers.QueryRowContext(ctx, letterTextColumns+"WHERE name = ? ORDER BY number DESC LIMIT 1", name))
	if errors.Is(err, sql.ErrNoRows) {
		return LetterText{Name: name, Text: letter.DefaultOf(name), Default: true}, nil
	}
	if err != nil {
		return v, fmt.Errorf("reading the text of a letter: %w", damaged(err))
	}
	return v, nil
}

const letterTextColumns = "SELECT number, name, text, made, actor FROM letter_text "

// LetterVersions lists what stood under a name, the newest first.
func (s *Store) LetterVersions(ctx context.Context, name string) (out []LetterText, err error) {
	rows, err := s.readers.QueryContext(ctx, letterTextColumns+"WHERE name = ? ORDER BY number DESC LIMIT 50", name)
	err = each(rows, err, func() error {
		v, err := scanLetterText(rows)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing the versions of a letter's text: %w", err)
	}
	return out, nil
}

// ChangedLetters tells which texts are not those that the house came with, and when each was changed last.
func (s *Store) ChangedLetters(ctx context.Context) (map[string]time.Time, error) {
	out := map[string]time.Time{}
	rows, err := s.readers.QueryContext(ctx, "SELECT name, made FROM letter_text l WHERE text IS NOT NULL AND number = (SELECT max(number) FROM letter_text WHERE name = l.name)")
	err = each(rows, err, func() error {
		var name string
		var made int64
		err := rows.Scan(&name, &made)
		out[name] = at(made)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing the texts of letters: %w", err)
	}
	return out, nil
}

// SetLetterText writes a text anew; "" goes back to what the house came with. ErrLetterText, or a *letter.FieldError.
func (s *Store) SetLetterText(ctx context.Context, by audit.Actor, name, text string) error {
	if !slices.Contains(letter.Names(ticket.Regimes), name) || !words(text, MaxLetter) {
		return ErrLetterText
	}
	if err := letter.Check(text); err != nil {
		return err
	}
	return s.write(ctx, by, func(t *tx) error {
		var number int64
		err := t.row("INSERT INTO letter_text (name, text, made, actor) VALUES (?, nullif(?, ''), ?, ?) RETURNING number", name, text, ms(t.now), string(t.by)).Scan(&number)
		if err != nil {
			return fmt.Errorf("keeping the text of a letter: %w", err)
		}
		return t.note(audit.LetterChanged, "", map[string]int64{audit.CountText: number})
	})
}

// Letter is one that was sent, with its ticket.
type Letter struct {
	Number   int64
	Ticket   int64
	Kind     letter.Kind
	Language string
	Way      string // of letter.Ways
	Day      string // YYYY-MM-DD, on which it was sent
	Lacks    int64  // parts that a law wants and that were not found in it; whoever sent it said that they are there
	Made     time.Time
	By       audit.Actor
	Hash     string // over salt and text, hex; stays
	Text     string // "" once it is erased
}

// NewLetter is a letter that was sent, and what it does to its ticket where a law says so: each is nil or false where it does nothing.
type NewLetter struct {
	Kind     letter.Kind
	Language string
	Way      string
	Day      string
	Text     string
	Lacks    int64

	Ask    bool       // the ticket waits for the person (Art. 12(6))
	Extend *Extension // it is extended (Art. 12(3))
	Refuse string     // it is refused, with this code of ticket.Refusals (Art. 12(4))
	Told   Told       // with it
	Close  bool       // it is answered
	// Outcome is what was done, where the right of a ticket that is closed has outcomes.
	Outcome string
}

func (n NewLetter) check(v Ticket, now time.Time) error {
	day, err := time.ParseInLocation(time.DateOnly, n.Day, v.Zone())
	switch {
	case !slices.Contains(letter.Of(v.Regime), n.Kind), !slices.Contains(letter.Languages, n.Language), !slices.Contains(letter.Ways, n.Way):
		return ErrLetter
	case n.Text == "", !words(n.Text, MaxLetter), err != nil, day.After(now), n.Day < v.Day:
		return ErrLetter
	}
	return nil
}

// KeepLetter keeps a letter as it was sent, and does to the ticket what sending it does, both or neither.
func (s *Store) KeepLetter(ctx context.Context, by audit.Actor, number int64, n NewLetter) (kept int64, err error) {
	err = s.write(ctx, by, func(t *tx) error {
		v, err := t.ticket(number)
		if err == nil && (v.State == ticket.Merged || v.Destroyed) {
			err = ErrMoved
		}
		if err == nil {
			err = n.check(v, t.now)
		}
		if err == nil {
			err = t.sendLetter(number, n)
		}
		if err == nil {
			kept, err = t.keepLetter(number, n)
		}
		return err
	})
	return kept, err
}

// sendLetter is what sending a letter does.
func (t *tx) sendLetter(number int64, n NewLetter) error {
	switch {
	case n.Ask:
		return t.askPerson(number, ticket.ForIdentity)
	case n.Extend != nil:
		return t.extendTicket(number, *n.Extend)
	case n.Refuse != "":
		if !slices.Contains(ticket.Refusals, n.Refuse) {
			return ErrTicketCode
		}
		return t.endTicket(number, ticketEnd{state: ticket.Refused, ground: n.Refuse, told: &n.Told})
	case n.Close:
		return t.answerTicket(number, n.Outcome)
	}
	return nil
}

func (t *tx) keepLetter(number int64, n NewLetter) (kept int64, err error) {
	plain := salted(n.Text)
	commits := committed(plain)
	err = t.row("INSERT INTO letter (ticket, kind, language, way, day, lacks, made, actor, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
		number, string(n.Kind), n.Language, n.Way, n.Day, n.Lacks, ms(t.now), string(t.by), commits[audit.CommitNote]).Scan(&kept)
	if err == nil {
		err = t.exec("UPDATE letter SET sealed = ? WHERE number = ?", t.s.keys.seal("letter", kept, plain), kept)
	}
	if err != nil {
		return 0, fmt.Errorf("keeping a letter: %w", err)
	}
	return kept, t.noteTicket(audit.LetterSent, number, map[string]int64{audit.CountLetter: codeNumber(letter.Kinds, n.Kind), audit.CountLacks: n.Lacks}, commits)
}

const letterColumns = "SELECT number, ticket, kind, language, way, day, lacks, made, actor, hash, sealed FROM letter "

func (k *keys) scanLetter(row scanner) (Letter, error) {
	var v Letter
	var made int64
	var sealed []byte
	err := row.Scan(&v.Number, &v.Ticket, &v.Kind, &v.Language, &v.Way, &v.Day, &v.Lacks, &made, &v.By, &v.Hash, &sealed)
	if err != nil {
		return v, found(err)
	}
	v.Made = at(made)
	v.Text, _ = k.openWords("letter", v.Number, sealed) // one that does not open is shown like one that is gone
	return v, nil
}

// Letters lists the letters of a ticket, the oldest first.
func (s *Store) Letters(ctx context.Context, number int64) (out []Letter, err error) {
	rows, err := s.readers.QueryContext(ctx, letterColumns+"WHERE ticket = ? ORDER BY number", number)
	err = each(rows, err, func() error {
		v, err := s.keys.scanLetter(rows)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing the letters of a ticket: %w", err)
	}
	return out, nil
}

// Letter reads one letter of a ticket. ErrNotFound where it was never there, or is erased.
func (s *Store) Letter(ctx context.Context, number, kept int64) (Letter, error) {
	return s.keys.scanLetter(s.readers.QueryRowContext(ctx, letterColumns+"WHERE number = ? AND ticket = ? AND sealed IS NOT NULL", kept, number))
}
