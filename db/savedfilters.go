package db

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"quittance/db/audit"
)

// SavedFilter is a filter of the audit trail that a person keeps for themselves. Its name is theirs, sealed; all else is of closed forms, in
// which no customer ID can stand.
type SavedFilter struct {
	Number                         int64
	Name                           string
	Actor, Act, Object, From, Till string
}

// MaxFilters is how many filters one person can save, MaxFilterName how long a name is, in characters.
const (
	MaxFilters    = 20
	MaxFilterName = 60
)

// Why a filter is not saved.
var (
	ErrFilterName = errors.New("a filter has a name of 1 to 60 visible characters")
	ErrFilters    = errors.New("this person has saved as many filters as one can")
)

// SaveFilter keeps a filter for a person. The caller has checked its parts. ErrFilterName, ErrFilters.
func (s *Store) SaveFilter(ctx context.Context, user int64, f SavedFilter) error {
	name, err := filterName(f.Name)
	if err != nil {
		return err
	}
	return s.write(ctx, audit.ActorOf("user", user), func(t *tx) error {
		if err := t.roomForFilter(user, false); err != nil {
			return err
		}
		var number int64
		err := t.row("INSERT INTO saved_filter (user, name, actor, act, object, since, until) VALUES (?, x'', ?, ?, ?, ?, ?) RETURNING number",
			user, f.Actor, f.Act, f.Object, f.From, f.Till).Scan(&number)
		if err == nil {
			err = t.nameFilter(number, name)
		}
		if err != nil {
			return fmt.Errorf("saving a filter: %w", err)
		}
		return t.note(audit.FilterSaved, audit.ObjectOf(audit.KindUser, user), nil)
	})
}

// filterName is a name without the spaces around it. ErrFilterName.
func filterName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > MaxFilterName || !VisibleName(name) {
		return "", ErrFilterName
	}
	return name, nil
}

// roomForFilter refuses one more than a person may have, of the search or of the trail. ErrFilters.
func (t *tx) roomForFilter(user int64, search bool) error {
	var have int
	err := t.row("SELECT count(*) FROM saved_filter WHERE user = ? AND (query IS NOT NULL) = ?", user, search).Scan(&have)
	if err == nil && have >= MaxFilters {
		err = ErrFilters
	}
	return err
}

// nameFilter seals a name for its row, so that it opens nowhere else.
func (t *tx) nameFilter(number int64, name string) error {
	return t.exec("UPDATE saved_filter SET name = ? WHERE number = ?", t.s.keys.seal("filter name", number, []byte(name)), number)
}

// RemoveFilter removes a filter of a person's own. ErrNotFound for somebody else's.
func (s *Store) RemoveFilter(ctx context.Context, user, number int64) error {
	return s.write(ctx, audit.ActorOf("user", user), func(t *tx) error {
		n, err := t.change("DELETE FROM saved_filter WHERE number = ? AND user = ? AND query IS NULL", number, user)
		if err == nil && n == 0 {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		return t.note(audit.FilterRemoved, audit.ObjectOf(audit.KindUser, user), nil)
	})
}

// SavedFilters lists a person's own.
func (s *Store) SavedFilters(ctx context.Context, user int64) (out []SavedFilter, err error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT number, name, actor, act, object, since, until FROM saved_filter WHERE user = ? AND query IS NULL ORDER BY number", user)
	err = each(rows, err, func() error {
		var f SavedFilter
		var sealed []byte
		if err := rows.Scan(&f.Number, &sealed, &f.Actor, &f.Act, &f.Object, &f.From, &f.Till); err != nil {
			return err
		}
		plain, err := s.keys.open("filter name", f.Number, sealed)
		f.Name = string(plain)
		out = append(out, f)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing saved filters: %w", err)
	}
	return out, nil
}

// forgetFilters removes the filters whose name or question mentions a customer ID, however it is written. They are few and sealed, so each is
// opened; one that does not open can name anybody and goes too.
func (t *tx) forgetFilters(id string) error {
	rows, err := t.rows("SELECT number, name, query FROM saved_filter")
	var gone []int64
	err = each(rows, err, func() error {
		var number int64
		var name, query []byte
		if err := rows.Scan(&number, &name, &query); err != nil {
			return err
		}
		if t.s.keys.filterNames(number, name, query, id) {
			gone = append(gone, number)
		}
		return nil
	})
	for _, number := range gone {
		if err == nil {
			err = t.exec("DELETE FROM saved_filter WHERE number = ?", number)
		}
	}
	return err
}

func (k *keys) filterNames(number int64, name, query []byte, id string) bool {
	plain, err := k.open("filter name", number, name)
	if err != nil || strings.Contains(strings.ToLower(string(plain)), strings.ToLower(id)) {
		return true
	}
	return query != nil && k.queryMentions("filter query", number, query, id)
}
