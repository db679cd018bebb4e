package connect_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/ticket"
)

// dueSoon is a ticket of somebody's with a week left, of which they and the other officer want to be told.
func (w *told) dueSoon(whose db.User) int64 {
	w.t.Helper()
	n, err := w.store.SubmitTicket(w.t.Context(), whose.Actor(), db.NewTicket{Right: ticket.Access, Regime: ticket.EU, Region: "eu", Channel: "mail", Received: w.clock.Now().AddDate(0, 0, -25)})
	if err == nil {
		err = w.store.AssignTicket(w.t.Context(), whose.Actor(), n, whose.Number)
	}
	for _, u := range []db.User{w.first, w.second} {
		err = errors.Join(err, w.store.SetWishes(w.t.Context(), u.Number, db.Wishes{Mail: []string{db.GroupDue}}))
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// TestToldWhose: a ticket is told to whom it was given; what comes back within the hour is the same matter, and later it is told anew.
func TestToldWhose(t *testing.T) {
	w := tell(t)
	w.addHook(db.GroupDue)
	n := w.dueSoon(w.first)
	about := fmt.Sprintf("of ticket/%d", n)
	w.round()
	if w.to(w.first, about) != 1 || w.to(w.second, about) != 0 || len(w.hook.ids) != 1 {
		t.Errorf("%d calls, %q", len(w.hook.ids), w.mail.mails())
	}
	comesBack := func(after time.Duration) {
		t.Helper()
		err := w.store.WithdrawTicket(t.Context(), w.first.Actor(), n)
		w.round()
		w.clock.Pass(after)
		if err = errors.Join(err, w.store.ReopenTicket(t.Context(), w.first.Actor(), n)); err != nil {
			t.Fatal(err)
		}
		w.round()
	}
	if comesBack(30 * time.Minute); len(w.hook.ids) != 1 {
		t.Errorf("half an hour later it was told again: %d calls", len(w.hook.ids))
	}
	if comesBack(2 * time.Hour); len(w.hook.ids) != 2 {
		t.Errorf("hours later it was not told again: %d calls", len(w.hook.ids))
	}
}

// TestOverBeforeTold: what is over before a call was made of it is not called out.
func TestOverBeforeTold(t *testing.T) {
	w := tell(t)
	w.addHook(db.GroupWaiting)
	note := func() error {
		return w.store.NoteOccasions(t.Context(), true, func(db.User, db.What) bool { return true })
	}
	n := w.propose(w.first, "a1")
	if err := errors.Join(note(), w.store.WithdrawErasure(t.Context(), w.first.Actor(), n), note(), w.store.PutOut(t.Context())); err != nil {
		t.Fatal(err)
	}
	w.propose(w.first, "a2")
	if err := errors.Join(note(), w.store.PutOut(t.Context())); err != nil {
		t.Fatal(err)
	}
	calls := 0
	due, err := w.store.DuePosts(t.Context())
	for _, p := range due {
		if p.Webhook != 0 {
			calls++
		}
	}
	if err != nil || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
}

// TestToldIsForgotten: 90 days after it was over nothing says any more who was told what.
func TestToldIsForgotten(t *testing.T) {
	w := tell(t)
	w.addHook(db.GroupWaiting)
	n := w.propose(w.first, "a1")
	w.round()
	if err := w.store.WithdrawErasure(t.Context(), w.first.Actor(), n); err != nil {
		t.Fatal(err)
	}
	w.round()
	for id, days := range []time.Duration{89, 2} { // the first is known still, and then no more
		w.clock.Pass(days * 24 * time.Hour)
		w.propose(w.first, fmt.Sprint("b", id))
		w.round()
		counts, err := w.store.PostCounts(t.Context())
		if err != nil || counts[[2]string{"webhook", db.PostSent}] != 2 || counts[[2]string{"mail", db.PostSent}] != 2 {
			t.Errorf("%d days later: %v %v", days, counts, err)
		}
	}
}

// TestCalledAlike: a call that was not taken says the same when it is made again, though what it tells of is over; and while a mail waits for its
// server, what is new waits for the next one.
func TestCalledAlike(t *testing.T) {
	w := tell(t)
	w.addHook(db.GroupWaiting)
	w.hook.status = []int{503, 503}
	w.mail.set(func(m *mailServer) { m.rcpt = "451 later" })
	n := w.propose(w.first, "a1")
	w.round()
	w.clock.Pass(time.Hour)
	w.propose(w.first, "a2")
	w.round()
	if how, err := w.store.MailState(t.Context()); err != nil || how.Waiting != 1 {
		t.Errorf("%d mails wait for one person, %v", how.Waiting, err)
	}
	first := w.hook.bodies[0]
	if err := w.store.WithdrawErasure(t.Context(), w.first.Actor(), n); err != nil {
		t.Fatal(err)
	}
	w.clock.Pass(2 * time.Hour)
	w.round()
	told := 0
	for _, body := range w.hook.bodies {
		if body == first {
			told++
		}
	}
	if told != 3 {
		t.Errorf("%d times told: %q", told, w.hook.bodies)
	}
}
