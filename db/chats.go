package db

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"quittance/db/audit"
)

// Chat is a conversation of a hosted Assistant (a "session" of its API): where it is held, and what it remembers from turn to turn.
// Opening or ending one is no change to records, so it has no audit entry; each of its turns is a record and has one.
type Chat struct {
	ID        string
	Service   int64
	Container string // assistant or environment that it was opened with
	Created   time.Time
	Seen      time.Time // of the last turn
	Turns     int64
	Context   []byte // JSON; nil before the first turn
}

// CreateChat opens a conversation.
func (s *Store) CreateChat(ctx context.Context, by audit.Actor, service int64, container string) (Chat, error) {
	return s.OpenChat(ctx, by, service, container, uuid.NewString())
}

// OpenChat opens a conversation whose name somebody else has given: the instance behind a gateway. ErrTaken where one has this name already.
func (s *Store) OpenChat(ctx context.Context, by audit.Actor, service int64, container, id string) (Chat, error) {
	c := Chat{ID: id, Service: service, Container: container}
	err := s.take(&op{ctx: ctx, by: by, rows: 1, run: func(t *tx) error {
		c.Created, c.Seen = t.now, t.now
		err := t.exec("INSERT INTO chat_session (id, service, container, created, seen, turns) VALUES (?, ?, ?, ?, ?, 0)",
			c.ID, service, container, ms(t.now), ms(t.now))
		if unique(err) {
			return ErrTaken
		}
		if err != nil {
			return fmt.Errorf("opening a conversation: %w", err)
		}
		return nil
	}})
	return c, err
}

// Chat reads a conversation. ErrNotFound where there is none, or none in this service and container: the two look alike from outside.
func (s *Store) Chat(ctx context.Context, service int64, container, id string) (Chat, error) {
	c := Chat{ID: id, Service: service, Container: container}
	var created, seen int64
	err := s.readers.QueryRowContext(ctx,
		"SELECT created, seen, turns, context FROM chat_session WHERE id = ? AND service = ? AND container = ?", id, service, container).
		Scan(&created, &seen, &c.Turns, &c.Context)
	c.Created, c.Seen = at(created), at(seen)
	return c, found(err)
}

// EndChat ends a conversation and forgets its context; its records stay. ErrNotFound as with Chat.
func (s *Store) EndChat(ctx context.Context, by audit.Actor, service int64, container, id string) error {
	return s.write(ctx, by, func(t *tx) error {
		n, err := t.change("DELETE FROM chat_session WHERE id = ? AND service = ? AND container = ?", id, service, container)
		if err != nil {
			return fmt.Errorf("ending a conversation: %w", err)
		}
		if n == 0 {
			return ErrNotFound
		}
		return nil
	})
}

// gatewayIdle is the longest time-out that an instance behind a gateway can have (watson-api.md section 1): it ends its conversations itself, and here
// lies only their name.
const gatewayIdle = 168 * time.Hour

// EndIdleChats ends the conversations that nobody has used since the given time, so that no context lies about for ever. It tells how
// many there were.
func (s *Store) EndIdleChats(ctx context.Context, since time.Time) (n int64, err error) {
	err = s.write(ctx, audit.System, func(t *tx) error {
		n, err = t.change(`DELETE FROM chat_session WHERE seen < ? AND (seen < ? OR NOT EXISTS
			(SELECT 1 FROM service v WHERE v.gateway = chat_session.service AND v.removed IS NULL))`, ms(since), ms(since.Add(-gatewayIdle)))
		if err != nil {
			return fmt.Errorf("ending idle conversations: %w", err)
		}
		return nil
	})
	return n, err
}
