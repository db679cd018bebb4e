package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quittance/db/audit"
)

// noticeAgain is for how long what is over is not told anew when it comes back: what comes and goes each minute is one matter. noticeKept is
// how long a notice is kept after it was over.
const (
	noticeAgain = time.Hour
	noticeKept  = 90 * 24 * time.Hour
)

// Listener is somebody who is told: a person by mail, or a webhook.
type Listener struct {
	User    User    // zero = a webhook
	Webhook Webhook // zero = a person
	Wants   []string
}

// wants tells whether an occasion is this listener's. A webhook speaks for the house and hears of all; a person hears of what they may
// decide, and of tickets that are theirs or nobody's.
func (l Listener) wants(o Occasion, may func(User, What) bool) bool {
	switch {
	case !slices.Contains(l.Wants, o.What.Group()):
		return false
	case l.User.Number == 0:
		return true
	case slices.Contains(o.Not, string(l.User.Actor())), o.Only != 0 && o.Only != l.User.Number:
		return false
	}
	return may(l.User, o.What)
}

// Listeners lists who is told anything; people only where there is a way to send mail.
func (s *Store) Listeners(ctx context.Context, mail bool) (out []Listener, err error) {
	hooks, err := s.Webhooks(ctx)
	for _, h := range hooks {
		if h.Ended.IsZero() {
			out = append(out, Listener{Webhook: h, Wants: h.Wants})
		}
	}
	if err != nil || !mail {
		return out, err
	}
	users, err := s.Users(ctx)
	for _, u := range users {
		if u.Disabled.IsZero() && len(u.Mail) > 0 {
			out = append(out, Listener{User: u, Wants: u.Mail})
		}
	}
	return out, err
}

// noticeKey is what makes two notices the same.
type noticeKey struct {
	user, webhook int64
	what          What
	object        audit.Object
}

// NoteOccasions writes down what is new to each listener, and what is over. may tells whether somebody's roles let them do anything about it. What is
// so already is written nowhere anew: most calls write nothing.
func (s *Store) NoteOccasions(ctx context.Context, mail bool, may func(User, What) bool) error {
	listeners, err := s.Listeners(ctx, mail)
	if err != nil {
		return err
	}
	known, err := s.knownNotices(ctx)
	if err != nil || len(listeners)+len(known) == 0 {
		return err
	}
	occasions, err := s.Occasions(ctx)
	if err != nil {
		return err
	}
	var fresh []noticeRow
	for _, l := range listeners {
		for _, o := range occasions {
			key := noticeKey{l.User.Number, l.Webhook.Number, o.What, o.Object}
			if !l.wants(o, may) {
				continue
			}
			if _, ok := known[key]; ok {
				delete(known, key)
				continue
			}
			fresh = append(fresh, noticeRow{key, o.Count})
		}
	}
	if len(fresh)+len(known) == 0 {
		return nil
	}
	return s.write(ctx, audit.System, func(t *tx) error { return t.noteOccasions(fresh, known) })
}

type noticeRow struct {
	noticeKey
	count int64
}

// knownNotices are the notices of what was so when it was looked last.
func (s *Store) knownNotices(ctx context.Context) (map[noticeKey]int64, error) {
	out := map[noticeKey]int64{}
	rows, err := s.readers.QueryContext(ctx, "SELECT number, coalesce(user, 0), coalesce(webhook, 0), what, object FROM notice WHERE over IS NULL")
	err = each(rows, err, func() error {
		var number int64
		var k noticeKey
		err := rows.Scan(&number, &k.user, &k.webhook, &k.what, &k.object)
		out[k] = number
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what was told: %w", err)
	}
	return out, nil
}

func (t *tx) noteOccasions(fresh []noticeRow, over map[noticeKey]int64) error {
	for _, number := range over {
		if err := t.exec("UPDATE notice SET over = ? WHERE number = ?", ms(t.now), number); err != nil {
			return fmt.Errorf("ending a notice: %w", err)
		}
	}
	for _, n := range fresh {
		err := t.exec(`INSERT INTO notice (user, webhook, what, object, count, since) SELECT nullif(?1, 0), nullif(?2, 0), ?3, ?4, ?5, ?6
			WHERE NOT EXISTS (SELECT 1 FROM notice WHERE user IS nullif(?1, 0) AND webhook IS nullif(?2, 0) AND what = ?3 AND object = ?4 AND (over IS NULL OR over > ?7))`,
			n.user, n.webhook, string(n.what), string(n.object), n.count, ms(t.now), ms(t.now.Add(-noticeAgain)))
		if err != nil {
			return fmt.Errorf("noting what is to be told: %w", err)
		}
	}
	return t.forgetNotices()
}

func (t *tx) forgetNotices() error {
	old := ms(t.now.Add(-noticeKept))
	err := t.exec("DELETE FROM notice WHERE over < ?", old)
	if err == nil {
		err = t.exec("DELETE FROM post WHERE ended < ? AND NOT EXISTS (SELECT 1 FROM notice WHERE notice.post = post.number)", old)
	}
	if err != nil {
		return fmt.Errorf("forgetting old notices: %w", err)
	}
	return nil
}

// digestEvery is how far apart, at least, two mails to one person are: what comes in between stands in the next one together.
const digestEvery = 15 * time.Minute

// PutOut makes posts of the notices that stand in none yet: one call for each to a webhook, one mail for all to a person. What is over before it
// was told is not told. It makes nothing while there is nothing new.
func (s *Store) PutOut(ctx context.Context) error {
	var waits bool
	err := s.readers.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM notice WHERE post IS NULL AND over IS NULL)").Scan(&waits)
	if err != nil || !waits {
		return err
	}
	return s.write(ctx, audit.System, func(t *tx) error {
		if err := t.putOutCalls(); err != nil {
			return fmt.Errorf("putting out calls: %w", err)
		}
		if err := t.putOutMail(); err != nil {
			return fmt.Errorf("putting out mail: %w", err)
		}
		return nil
	})
}

func (t *tx) putOutCalls() error {
	numbers, err := scanned[int64](t.rows("SELECT number FROM notice WHERE webhook IS NOT NULL AND post IS NULL AND over IS NULL ORDER BY number"))
	for i := 0; i < len(numbers) && err == nil; i++ {
		var post int64
		err = t.row("INSERT INTO post (id, webhook, made, next) SELECT ?, webhook, ?, ? FROM notice WHERE number = ? RETURNING number", postID(), ms(t.now), ms(t.now), numbers[i]).Scan(&post)
		if err == nil {
			err = t.exec("UPDATE notice SET post = ? WHERE number = ?", post, numbers[i])
		}
	}
	return err
}

func (t *tx) putOutMail() error {
	users, err := scanned[int64](t.rows(`SELECT DISTINCT user FROM notice n WHERE user IS NOT NULL AND post IS NULL AND over IS NULL
		AND NOT EXISTS (SELECT 1 FROM post p WHERE p.user = n.user AND (p.ended IS NULL OR p.made > ?)) ORDER BY user`, ms(t.now.Add(-digestEvery))))
	for i := 0; i < len(users) && err == nil; i++ {
		var post int64
		err = t.row("INSERT INTO post (id, user, made, next) VALUES (?, ?, ?, ?) RETURNING number", postID(), users[i], ms(t.now), ms(t.now)).Scan(&post)
		if err == nil {
			err = t.exec("UPDATE notice SET post = ? WHERE user = ? AND post IS NULL AND over IS NULL", post, users[i])
		}
	}
	return err
}

func postID() string { return "msg_" + uuid.NewString() }

// News is one thing that somebody is told.
type News struct {
	What   What
	Object audit.Object
	Count  int64
	Since  time.Time
}

// Post is one mail or one call.
type Post struct {
	Number  int64
	ID      string
	User    int64 // 0 = a call
	Webhook int64
	Made    time.Time
	Tries   int64 // before this one
	News    []News
}

// DuePosts lists what is to be sent now, the oldest first.
func (s *Store) DuePosts(ctx context.Context) (out []Post, err error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT number, id, coalesce(user, 0), coalesce(webhook, 0), made, tries FROM post WHERE ended IS NULL AND next <= ? ORDER BY number LIMIT 100", ms(s.Now()))
	err = each(rows, err, func() error {
		var p Post
		var made int64
		err := rows.Scan(&p.Number, &p.ID, &p.User, &p.Webhook, &made, &p.Tries)
		p.Made = at(made)
		out = append(out, p)
		return err
	})
	for i := 0; i < len(out) && err == nil; i++ {
		out[i].News, err = s.noticesOf(ctx, out[i].Number)
	}
	if err != nil {
		return nil, fmt.Errorf("listing what is to be sent: %w", err)
	}
	return out, nil
}

// noticesOf leaves out of a mail what is over; a call says the same each time that it is tried.
func (s *Store) noticesOf(ctx context.Context, post int64) (out []News, err error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT what, object, count, since FROM notice WHERE post = ? AND (webhook IS NOT NULL OR over IS NULL) ORDER BY number", post)
	err = each(rows, err, func() error {
		var n News
		var since int64
		err := rows.Scan(&n.What, &n.Object, &n.Count, &since)
		n.Since = at(since)
		out = append(out, n)
		return err
	})
	return out, err
}

// BeginPost counts a try before it is made: what went out and was not written down is known by it to be a repeat.
func (s *Store) BeginPost(ctx context.Context, number int64) error {
	return s.changePost(ctx, "UPDATE post SET tries = tries + 1 WHERE number = ? AND ended IS NULL", number)
}

// The outcomes of a post.
const (
	PostWaiting = "waiting"
	PostSent    = "sent"
	PostGivenUp = "given up" // it was tried for days
	PostDropped = "dropped"  // there is nobody to send it to any more
)

// EndPost says what became of one. problem is a code of the sender's, "" where it was sent.
func (s *Store) EndPost(ctx context.Context, number int64, outcome, problem string) error {
	return s.changePost(ctx, "UPDATE post SET ended = ?2, outcome = ?3, problem = ?4 WHERE number = ?1 AND ended IS NULL", number, ms(s.Now()), outcome, problem)
}

// DelayPost puts one off.
func (s *Store) DelayPost(ctx context.Context, number int64, next time.Time, problem string) error {
	return s.changePost(ctx, "UPDATE post SET next = ?2, problem = ?3 WHERE number = ?1 AND ended IS NULL", number, ms(next), problem)
}

func (s *Store) changePost(ctx context.Context, query string, args ...any) error {
	return s.write(ctx, audit.System, func(t *tx) error {
		if err := t.exec(query, args...); err != nil {
			return fmt.Errorf("writing down what became of a notification: %w", err)
		}
		return nil
	})
}

// PostState is how a way out is: of mail, or of one webhook.
type PostState struct {
	Sent    time.Time // the last that was taken; zero = none
	Tried   time.Time // since when the oldest that waits has been tried in vain; zero = none
	Waiting int64
	GivenUp int64  // in the last week
	Problem string // of the newest failure, "" once something was taken after it
}

const postStateSQL = `SELECT max(CASE outcome WHEN 'sent' THEN ended END), min(CASE WHEN ended IS NULL AND tries > 0 AND problem <> '' THEN made END),
	count(CASE WHEN ended IS NULL THEN 1 END), count(CASE WHEN outcome = 'given up' AND ended > ?1 THEN 1 END) FROM post WHERE `

// MailState is how mail goes.
func (s *Store) MailState(ctx context.Context) (PostState, error) {
	return s.postState(ctx, "user IS NOT NULL AND ?2 = 0", 0)
}

// WebhookState is how one webhook is doing.
func (s *Store) WebhookState(ctx context.Context, number int64) (PostState, error) {
	return s.postState(ctx, "webhook = ?2", number)
}

func (s *Store) postState(ctx context.Context, where string, number int64) (v PostState, err error) {
	var sent, tried sql.NullInt64
	err = s.readers.QueryRowContext(ctx, postStateSQL+where, ms(s.Now().Add(-7*24*time.Hour)), number).Scan(&sent, &tried, &v.Waiting, &v.GivenUp)
	if err != nil {
		return v, fmt.Errorf("reading how notifications go: %w", err)
	}
	v.Sent, v.Tried = when(sent), when(tried)
	err = s.readers.QueryRowContext(ctx, "SELECT problem FROM post WHERE problem <> '' AND (ended IS NULL OR ended > ?1) AND "+where+" ORDER BY number DESC LIMIT 1", sent.Int64, number).Scan(&v.Problem)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return v, err
}

// PostCounts are the posts of the last 90 days by way (mail, webhook) and outcome, for a monitoring.
func (s *Store) PostCounts(ctx context.Context) (map[[2]string]int64, error) {
	out := map[[2]string]int64{}
	rows, err := s.readers.QueryContext(ctx, "SELECT CASE WHEN user IS NULL THEN 'webhook' ELSE 'mail' END, coalesce(outcome, ?), count(*) FROM post GROUP BY 1, 2", PostWaiting)
	err = each(rows, err, func() error {
		var k [2]string
		var n int64
		err := rows.Scan(&k[0], &k[1], &n)
		out[k] = n
		return err
	})
	return out, err
}

// Wishes are what a person wants of the console beside how it looks.
type Wishes struct {
	Keyless  bool     // single keys do nothing
	Mail     []string // groups of which they are told by mail
	Language string   // of the console, BCP 47; "" = the browser's
}

// SetWishes keeps them. What was so already is written nowhere.
func (s *Store) SetWishes(ctx context.Context, user int64, w Wishes) error {
	return s.changeUser(ctx, audit.ActorOf("user", user), user, func(t *tx, u User) error {
		wants := wanted(w.Mail)
		if slices.Equal(wants, u.Mail) && w.Keyless == u.Keyless && w.Language == u.Language {
			return nil
		}
		if err := t.exec("UPDATE user SET mail = ?, keyless = ?, language = ? WHERE number = ?", strings.Join(wants, ","), w.Keyless, w.Language, user); err != nil {
			return fmt.Errorf("keeping what somebody wants to be told: %w", err)
		}
		return t.note(audit.UserChanged, u.object(), nil)
	})
}

// wanted are those of the groups that there are, in the order of Groups.
func wanted(groups []string) (out []string) {
	for _, g := range Groups() {
		if slices.Contains(groups, g) {
			out = append(out, g)
		}
	}
	return out
}
