package db_test

import (
	"errors"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
)

// TestChat: a conversation remembers what its last turn left, belongs to one service and container, and ends.
func TestChat(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	v := dbtest.Service(t, s, "bot")
	c, err := s.CreateChat(t.Context(), audit.System, v.Number, "a1")
	if err != nil || c.ID == "" || c.Turns != 0 || c.Context != nil {
		t.Fatalf("a new conversation is %+v (%v)", c, err)
	}
	clock.Pass(time.Minute)
	turn := &db.ChatTurn{ID: c.ID, Turns: 1, Context: []byte(`{"a":1}`)}
	if _, err := s.Ingest(t.Context(), audit.System, []db.NewRecord{dbtest.Message(t, v.Number, clock.Now(), "hello", "abc")}, turn); err != nil {
		t.Fatal(err)
	}
	got, err := s.Chat(t.Context(), v.Number, "a1", c.ID)
	if err != nil || got.Turns != 1 || string(got.Context) != `{"a":1}` || !got.Created.Equal(c.Created) || !got.Seen.Equal(clock.Now()) {
		t.Errorf("after a turn it is %+v (%v)", got, err)
	}
	for name, err := range map[string]error{
		"of another service":   second(s.Chat(t.Context(), v.Number+1, "a1", c.ID)),
		"of another container": second(s.Chat(t.Context(), v.Number, "a2", c.ID)),
		"ended by another":     s.EndChat(t.Context(), audit.System, v.Number, "a2", c.ID),
		"unknown":              second(s.Chat(t.Context(), v.Number, "a1", "x")),
	} {
		if !errors.Is(err, db.ErrNotFound) {
			t.Errorf("%s: %v, want ErrNotFound", name, err)
		}
	}
	if err := s.EndChat(t.Context(), audit.System, v.Number, "a1", c.ID); err != nil {
		t.Error(err)
	}
	if err := s.EndChat(t.Context(), audit.System, v.Number, "a1", c.ID); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("ended twice: %v", err)
	}
}

func second(_ db.Chat, err error) error { return err }

// TestEndedChat: a turn that is on its way when its conversation ends is kept as a record and brings nothing back to life.
func TestEndedChat(t *testing.T) {
	s := dbtest.Open(t)
	v := dbtest.Service(t, s, "bot")
	c, err := s.CreateChat(t.Context(), audit.System, v.Number, "a1")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.EndChat(t.Context(), audit.System, v.Number, "a1", c.ID); err != nil {
		t.Fatal(err)
	}
	turn := &db.ChatTurn{ID: c.ID, Turns: 1, Context: []byte(`{}`)}
	seqs, err := s.Ingest(t.Context(), audit.System, []db.NewRecord{dbtest.Message(t, v.Number, s.Now(), "hello")}, turn)
	if err != nil || len(seqs) != 1 {
		t.Errorf("stored %v (%v)", seqs, err)
	}
	if _, err := s.Chat(t.Context(), v.Number, "a1", c.ID); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("the conversation is back: %v", err)
	}
}

// TestEndIdleChats ends what nobody used, and nothing else.
func TestEndIdleChats(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	v := dbtest.Service(t, s, "bot")
	for range 3 {
		if _, err := s.CreateChat(t.Context(), audit.System, v.Number, "a1"); err != nil {
			t.Fatal(err)
		}
	}
	clock.Pass(time.Hour)
	fresh, err := s.CreateChat(t.Context(), audit.System, v.Number, "a1")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := s.EndIdleChats(t.Context(), clock.Now().Add(-30*time.Minute)); n != 3 || err != nil {
		t.Errorf("ended %d (%v), want 3", n, err)
	}
	if _, err := s.Chat(t.Context(), v.Number, "a1", fresh.ID); err != nil {
		t.Error(err)
	}
}
