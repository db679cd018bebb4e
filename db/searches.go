package db

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"quittance/db/audit"
)

// searchLife is how long the address of a search stays good.
const searchLife = 24 * time.Hour

// SubmitSearch keeps what a person asked for, sealed, and returns the random word that stands for it in the address (law L10).
func (s *Store) SubmitSearch(ctx context.Context, user int64, query string) (token string, err error) {
	token = rand.Text()
	err = s.write(ctx, audit.ActorOf("user", user), func(t *tx) error {
		var number int64
		err := t.row("INSERT INTO access (user, act, purpose, at) VALUES (?, 'search', 'search', ?) RETURNING number", user, ms(t.now)).Scan(&number)
		if err != nil {
			return fmt.Errorf("writing down a search: %w", err)
		}
		if err := t.exec("DELETE FROM search WHERE expires <= ?", ms(t.now)); err != nil {
			return fmt.Errorf("removing expired searches: %w", err)
		}
		err = t.exec("INSERT INTO search (token, user, query, ref, created, expires) VALUES (?, ?, ?, ?, ?, ?)",
			token, user, s.keys.seal("search", user, []byte(query)), s.keys.reference(query), ms(t.now), ms(t.now.Add(searchLife)))
		if err != nil {
			return fmt.Errorf("keeping a search: %w", err)
		}
		return t.note(audit.SearchMade, audit.ObjectOf(audit.KindAccess, number), nil)
	})
	return token, err
}

// Search returns what a person asked for. Somebody else's search is ErrNotFound, like one that has expired.
func (s *Store) Search(ctx context.Context, user int64, token string) (string, error) {
	var sealed []byte
	err := s.readers.QueryRowContext(ctx, "SELECT query FROM search WHERE token = ? AND user = ? AND expires > ?", token, user, ms(s.Now())).Scan(&sealed)
	if err != nil {
		return "", found(err)
	}
	plain, err := s.keys.open("search", user, sealed)
	return string(plain), err
}
