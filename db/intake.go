package db

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// ErrFiledOtherwise is that a program gave two different requests the same name.
var ErrFiledOtherwise = errors.New("another request was filed under this name before")

// Filing is a request that a program files with a key of the desk.
type Filing struct {
	Key   APIKey
	Token string // the program's name for the request, under which the same one that comes again is no second one; "" = none
	Asked []byte // the body as it came
	NewTicket
}

// FileTicket takes a request in that came from a program, once: what comes again under its name is the ticket that is there. ErrFiledOtherwise
// when the name stands for another request.
func (s *Store) FileTicket(ctx context.Context, f Filing) (number int64, err error) {
	if err := f.check(s.Now()); err != nil {
		return 0, err
	}
	err = s.write(ctx, f.Key.Actor(), func(t *tx) error {
		if number, err = t.filed(f); err != nil || number != 0 {
			return err
		}
		if number, err = t.submitTicket(f.NewTicket); err != nil {
			return err
		}
		return t.noteFiling(number, f)
	})
	return number, err
}

// hashes of a filing: keyed, since a program may have put a customer ID into either.
func (k *keys) filing(f Filing) (token any, asked []byte) {
	if f.Token != "" {
		token = k.filingToken(f.Token)
	}
	return token, mac(k.K2, []byte("filing"), f.Asked)
}

func (k *keys) filingToken(token string) []byte {
	return mac(k.K2, []byte("filing token"), []byte(token))
}

// filed finds the ticket that was filed under the same name; 0 = none.
func (t *tx) filed(f Filing) (number int64, err error) {
	token, asked := t.s.keys.filing(f)
	if token == nil {
		return 0, nil
	}
	var before []byte
	err = t.row("SELECT ticket, asked FROM intake WHERE key = ? AND token = ?", f.Key.Number, token).Scan(&number, &before)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, nil
	case err != nil:
		return 0, fmt.Errorf("looking for the same filing: %w", err)
	case !bytes.Equal(before, asked):
		return 0, ErrFiledOtherwise
	}
	return number, nil
}

func (t *tx) noteFiling(number int64, f Filing) error {
	token, asked := t.s.keys.filing(f)
	if err := t.exec("INSERT INTO intake (ticket, key, token, asked) VALUES (?, ?, ?, ?)", number, f.Key.Number, token, asked); err != nil {
		return fmt.Errorf("writing down who filed a ticket: %w", err)
	}
	return nil
}

// FiledTicket reads a ticket for the key that filed it; for any other one it is not there.
func (s *Store) FiledTicket(ctx context.Context, key, number int64) (Ticket, error) {
	return s.keys.scanTicket(s.readers.QueryRowContext(ctx, ticketColumns+"JOIN intake i ON i.ticket = k.number WHERE i.key = ? AND k.number = ?", key, number))
}
