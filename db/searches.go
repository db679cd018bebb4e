package db

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"quittance/db/audit"
	"quittance/db/filter"
	"quittance/db/label"
)

// searchLife is how long the address of a search stays good.
const searchLife = 24 * time.Hour

// Search is what a person asked for: a customer ID, or messages that a filter matches.
type Search struct {
	Text   string
	Filter filter.Expr // nil = Text is a customer ID
}

// SubmitSearch keeps a customer ID that a person asked for, sealed, and returns the random word that stands for it in the address (law L10).
func (s *Store) SubmitSearch(ctx context.Context, user int64, id string) (token string, err error) {
	return s.keepSearch(ctx, user, id, false)
}

// SubmitFilter is SubmitSearch for a filter over the messages of all services. One that cannot be asked is a *filter.Error, and is not kept.
func (s *Store) SubmitFilter(ctx context.Context, user int64, text string) (token string, err error) {
	if _, err := readFilter(text); err != nil {
		return "", err
	}
	return s.keepSearch(ctx, user, text, true)
}

// readFilter parses a filter and checks that it can be asked of messages. *filter.Error.
func readFilter(text string) (filter.Expr, error) {
	e, err := filter.Parse(text)
	if err == nil {
		_, err = filter.Compile(e, logFields)
	}
	return e, err
}

func (s *Store) keepSearch(ctx context.Context, user int64, text string, filter bool) (token string, err error) {
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
		err = t.exec("INSERT INTO search (token, user, query, ref, filter, created, expires) VALUES (?, ?, ?, ?, ?, ?, ?)",
			token, user, s.keys.seal("search", user, []byte(text)), s.keys.reference(text), filter, ms(t.now), ms(t.now.Add(searchLife)))
		if err != nil {
			return fmt.Errorf("keeping a search: %w", err)
		}
		return t.note(audit.SearchMade, audit.ObjectOf(audit.KindAccess, number), nil)
	})
	return token, err
}

// Search returns what a person asked for. Somebody else's search is ErrNotFound, like one that has expired.
func (s *Store) Search(ctx context.Context, user int64, token string) (Search, error) {
	var sealed []byte
	var isFilter bool
	err := s.readers.QueryRowContext(ctx, "SELECT query, filter FROM search WHERE token = ? AND user = ? AND expires > ?", token, user, ms(s.Now())).Scan(&sealed, &isFilter)
	if err != nil {
		return Search{}, found(err)
	}
	plain, err := s.keys.open("search", user, sealed)
	q := Search{Text: string(plain)}
	if err == nil && isFilter {
		q.Filter, err = filter.Parse(q.Text)
	}
	return q, err
}

// SearchedID is the customer ID that a person searched for. A search by a filter is ErrNotFound here: it names nobody.
func (s *Store) SearchedID(ctx context.Context, user int64, token string) (label.ID, error) {
	q, err := s.Search(ctx, user, token)
	if err == nil && q.Filter != nil {
		err = ErrNotFound
	}
	if err != nil {
		return label.ID{}, err
	}
	return label.Parse(label.Assistant, q.Text)
}

// forgetSearches removes the searches for a customer ID, and the filters that mention it. They are few and sealed, so each is opened; one that does
// not open can name anybody and goes too.
func (t *tx) forgetSearches(id string) error {
	if err := t.exec("DELETE FROM search WHERE ref = ?", t.s.keys.reference(id)); err != nil {
		return err
	}
	rows, err := t.rows("SELECT token, user, query FROM search WHERE filter = 1")
	var gone []string
	err = each(rows, err, func() error {
		var token string
		var user int64
		var sealed []byte
		if err := rows.Scan(&token, &user, &sealed); err != nil {
			return err
		}
		if t.s.keys.queryMentions("search", user, sealed, id) {
			gone = append(gone, token)
		}
		return nil
	})
	for _, token := range gone {
		if err == nil {
			err = t.exec("DELETE FROM search WHERE token = ?", token)
		}
	}
	return err
}

// queryMentions opens what was sealed as a filter. What cannot be opened or read can name anybody.
func (k *keys) queryMentions(purpose string, row int64, sealed []byte, id string) bool {
	plain, err := k.open(purpose, row, sealed)
	if err != nil {
		return true
	}
	e, err := filter.Parse(string(plain))
	return err != nil || filter.Mentions(e, id)
}
