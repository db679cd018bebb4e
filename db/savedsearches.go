package db

import (
	"context"
	"errors"
	"fmt"

	"quittance/db/audit"
	"quittance/db/filter"
)

// SavedSearch is a filter over messages that a person keeps, for themselves or for all who may search. Name and Filter are theirs, sealed.
type SavedSearch struct {
	Number, User int64 // User is its owner
	Name, Filter string
	Shared       bool
}

// ErrFilterPerson says that a filter is not saved because it asks for one person.
var ErrFilterPerson = errors.New("a saved filter names no person")

// personFields are those whose values stand for one person. A filter that asks them is used and not kept: what is kept for good, and shown to
// others, would name somebody for as long (law L10).
var personFields = []string{"customer_id", "session_id", "response.context.conversation_id", "request.context.global.system.user_id", "response.context.global.system.user_id"}

// AsksForPerson tells that a filter asks one of the fields that name a person, and so cannot be saved.
func AsksForPerson(e filter.Expr) bool { return filter.Asks(e, personFields...) }

// SaveSearch keeps a filter over messages. *filter.Error, ErrFilterPerson, ErrFilterName, ErrFilters.
func (s *Store) SaveSearch(ctx context.Context, user int64, v SavedSearch) error {
	name, err := filterName(v.Name)
	if err != nil {
		return err
	}
	e, err := readFilter(v.Filter)
	if err != nil {
		return err
	}
	if AsksForPerson(e) {
		return ErrFilterPerson
	}
	return s.write(ctx, audit.ActorOf("user", user), func(t *tx) error {
		if err := t.roomForFilter(user, true); err != nil {
			return err
		}
		var number int64
		err := t.row("INSERT INTO saved_filter (user, name, actor, act, object, since, until, query, shared) VALUES (?, x'', '', '', '', '', '', x'', ?) RETURNING number",
			user, v.Shared).Scan(&number)
		if err == nil {
			err = t.nameFilter(number, name)
		}
		if err == nil {
			err = t.exec("UPDATE saved_filter SET query = ? WHERE number = ?", t.s.keys.seal("filter query", number, []byte(v.Filter)), number)
		}
		if err != nil {
			return fmt.Errorf("saving a filter of the search: %w", err)
		}
		return t.note(savedEvent(v.Shared, audit.FilterSaved), audit.ObjectOf(audit.KindUser, user), nil)
	})
}

func savedEvent(shared bool, otherwise audit.Event) audit.Event {
	if shared {
		return audit.FilterShared
	}
	return otherwise
}

// ChangeSearch gives a filter of a person's own another name, and shares it or takes it back. ErrFilterName; ErrNotFound for somebody else's.
func (s *Store) ChangeSearch(ctx context.Context, user int64, v SavedSearch) error {
	name, err := filterName(v.Name)
	if err != nil {
		return err
	}
	return s.write(ctx, audit.ActorOf("user", user), func(t *tx) error {
		var before bool
		err := t.row("SELECT shared FROM saved_filter WHERE number = ? AND user = ? AND query IS NOT NULL", v.Number, user).Scan(&before)
		if err != nil {
			return found(err)
		}
		if err := t.exec("UPDATE saved_filter SET shared = ? WHERE number = ?", v.Shared, v.Number); err != nil {
			return err
		}
		if err := t.nameFilter(v.Number, name); err != nil {
			return err
		}
		return t.note(savedEvent(v.Shared && !before, audit.FilterChanged), audit.ObjectOf(audit.KindUser, user), nil)
	})
}

// RemoveSearch removes a filter of a person's own or, with shared, one that anybody has shared. ErrNotFound for others.
func (s *Store) RemoveSearch(ctx context.Context, user, number int64, shared bool) error {
	return s.write(ctx, audit.ActorOf("user", user), func(t *tx) error {
		n, err := t.change("DELETE FROM saved_filter WHERE number = ? AND query IS NOT NULL AND (user = ? OR shared AND ?)", number, user, shared)
		if err == nil && n == 0 {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		return t.note(audit.FilterRemoved, audit.ObjectOf(audit.KindUser, user), nil)
	})
}

const savedSearchSQL = "SELECT number, user, name, query, shared FROM saved_filter WHERE query IS NOT NULL AND (user = ?1 OR shared) "

// SavedSearches lists a person's own, and then those that others share.
func (s *Store) SavedSearches(ctx context.Context, user int64) (out []SavedSearch, err error) {
	rows, err := s.readers.QueryContext(ctx, savedSearchSQL+"ORDER BY user <> ?1, number", user)
	err = each(rows, err, func() error {
		v, err := s.keys.scanSavedSearch(rows)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing saved filters of the search: %w", err)
	}
	return out, nil
}

// SavedSearch is one of a person's own or a shared one. ErrNotFound.
func (s *Store) SavedSearch(ctx context.Context, user, number int64) (SavedSearch, error) {
	v, err := s.keys.scanSavedSearch(s.readers.QueryRowContext(ctx, savedSearchSQL+"AND number = ?2", user, number))
	return v, found(err)
}

func (k *keys) scanSavedSearch(row scanner) (v SavedSearch, err error) {
	var name, query []byte
	if err := row.Scan(&v.Number, &v.User, &name, &query, &v.Shared); err != nil {
		return v, err
	}
	plain, err := k.open("filter name", v.Number, name)
	if err != nil {
		return v, err
	}
	v.Name = string(plain)
	plain, err = k.open("filter query", v.Number, query)
	v.Filter = string(plain)
	return v, err
}
