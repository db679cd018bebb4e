package connect

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/mail"
	"strings"
	"time"

	"github.com/google/uuid"

	"quittance/db"
	"quittance/db/audit"
)

// Words says what there is to tell in a language ("en", "de"; "" = the house's), and on which page of the console it is. It names nobody (law L10).
type Words func(language string, n db.News) (sentence, path string)

// Phrases are what else a mail says, in one language.
type Phrases struct {
	Again   string             // that an earlier try may have arrived
	More    func(n int) string // how many more things there are than stand there
	Several func(n int) string // the subject, where there are several
	Choice  string             // that one chooses what one is told
}

// Notifier tells people by mail and webhooks by calls what waits for them and what went wrong. What is to be told stands in the store before it
// is sent and is ended after: a crash in between tells it twice, under the same ID, and never not at all.
type Notifier struct {
	Store  *db.Store
	Log    *slog.Logger
	Mail   *Mailer // nil = no mail is sent
	Origin string  // of the console, for links
	Words  Words
	Say    func(language string) Phrases
	May    func(db.User, db.What) bool // whether somebody's roles let them do anything about it
	Inside bool                        // webhooks may lie in the operator's own network

	client *http.Client
}

// Start makes it ready.
func (n *Notifier) Start() *Notifier {
	n.client = NewClient(Options{Inside: n.Inside})
	return n
}

// Loop looks each minute for what is new, and tells it, until ctx ends.
func (n *Notifier) Loop(ctx context.Context) {
	for ctx.Err() == nil {
		if err := n.Round(ctx); err != nil && ctx.Err() == nil {
			n.Log.Error("notifications were not sent", "err", err)
		}
		select {
		case <-time.After(idleRound):
		case <-ctx.Done():
		}
	}
}

// Round looks once for what is new and sends what is due.
func (n *Notifier) Round(ctx context.Context) error {
	if err := n.Store.NoteOccasions(ctx, n.Mail != nil, n.May); err != nil {
		return err
	}
	if err := n.Store.PutOut(ctx); err != nil {
		return err
	}
	due, err := n.Store.DuePosts(ctx)
	if err != nil {
		return err
	}
	down := map[int64]bool{} // what did not answer in this round is not asked again in it: by webhook, 0 = the mail server
	for _, p := range due {
		if ctx.Err() != nil || down[p.Webhook] || p.User != 0 && n.Mail == nil {
			continue
		}
		out, err := n.send(ctx, p, down)
		if err == nil {
			err = n.settle(context.WithoutCancel(ctx), p, out)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sent is what became of a try.
type sent struct {
	err     error         // nil = it was taken
	problem string        // its code
	after   time.Duration // the receiver asks to wait so long
	gone    bool          // the webhook wants no more
	nobody  bool          // there is nobody to tell any more
}

// send makes one try, and counts it before.
func (n *Notifier) send(ctx context.Context, p db.Post, down map[int64]bool) (sent, error) {
	letter, out, err := n.letter(ctx, p)
	if err != nil || out.nobody {
		return out, err
	}
	if err := n.Store.BeginPost(context.WithoutCancel(ctx), p.Number); err != nil {
		return out, err
	}
	if p.User != 0 {
		var failed *MailError
		if out.err = n.Mail.Send(ctx, letter); errors.As(out.err, &failed) {
			out.problem, down[0] = failed.Code, failed.Code == MailUnreachable
		}
		return out, nil
	}
	var failed *HookError
	if out.err = n.call(ctx, p); errors.As(out.err, &failed) {
		out.problem, out.after, out.gone, down[p.Webhook] = failed.Code(), failed.After, failed.Gone(), true
	}
	return out, nil
}

// letter writes the mail of a post; nobody where the person has no address, or all of it is over, as it is for whoever was disabled.
func (n *Notifier) letter(ctx context.Context, p db.Post) (Letter, sent, error) {
	if p.User == 0 {
		return Letter{}, sent{nobody: len(p.News) == 0}, nil
	}
	u, err := n.Store.User(ctx, p.User)
	if err != nil {
		return Letter{}, sent{}, err
	}
	if _, err := mail.ParseAddress(u.Email); err != nil || len(p.News) == 0 {
		return Letter{}, sent{nobody: true}, nil
	}
	l := n.write(p, u.Language)
	l.To, l.Date = u.Email, n.Store.Now()
	return l, sent{}, nil
}

// letterLines is how much one mail says.
const letterLines = 20

func (n *Notifier) write(p db.Post, language string) Letter {
	var text strings.Builder
	say := n.Say(language)
	if p.Tries > 0 {
		text.WriteString(say.Again + "\n\n")
	}
	first := ""
	for i, news := range p.News[:min(len(p.News), letterLines)] {
		sentence, path := n.Words(language, news)
		if i == 0 {
			first = sentence
		}
		text.WriteString(sentence + ".\n" + n.Origin + path + "\n\n")
	}
	if more := len(p.News) - letterLines; more > 0 {
		text.WriteString(say.More(more) + "\n" + n.Origin + "/\n\n")
	}
	text.WriteString("-- \n" + say.Choice + "\n" + n.Origin + "/settings\n")
	if len(p.News) > 1 {
		first = say.Several(len(p.News))
	}
	return Letter{ID: p.ID, Subject: "Quittance: " + first, Text: text.String()}
}

func (n *Notifier) call(ctx context.Context, p db.Post) error {
	address, key, err := n.Store.WebhookCall(ctx, p.Webhook)
	if err != nil {
		return &HookError{err: &Refusal{"it cannot be read"}}
	}
	news := p.News[0]
	sentence, path := n.Words("en", news)
	return callHook(ctx, n.client, address, key, p.ID, n.Store.Now(), HookBody{Type: string(news.What), Timestamp: news.Since,
		Data: HookData{Object: string(news.Object), Count: news.Count, Sentence: sentence, URL: n.Origin + path}})
}

// TestHook calls a webhook once with an event that says so. Nothing of it is kept.
func (n *Notifier) TestHook(ctx context.Context, number int64) error {
	address, key, err := n.Store.WebhookCall(ctx, number)
	if err != nil {
		return err
	}
	now := n.Store.Now()
	return callHook(ctx, n.client, address, key, "msg_"+uuid.NewString(), now, HookBody{Type: "test", Timestamp: now,
		Data: HookData{Sentence: "This is a test", URL: n.Origin + "/webhooks"}})
}

// settle writes down what came of a try.
func (n *Notifier) settle(ctx context.Context, p db.Post, out sent) error {
	switch {
	case out.nobody:
		return n.Store.EndPost(ctx, p.Number, db.PostDropped, "")
	case out.err == nil:
		return n.Store.EndPost(ctx, p.Number, db.PostSent, "")
	case out.gone:
		n.Log.Warn("a webhook wants no more and was removed", "webhook", p.Webhook)
		if err := n.Store.EndWebhook(ctx, audit.System, p.Webhook, true); !errors.Is(err, db.ErrNotFound) {
			return err
		}
		return nil
	case p.Tries+1 >= mostTells:
		n.Log.Warn("a notification was given up", "webhook", p.Webhook, "problem", out.problem)
		return n.Store.EndPost(ctx, p.Number, db.PostGivenUp, out.problem)
	}
	return n.Store.DelayPost(ctx, p.Number, n.Store.Now().Add(max(jitter(backoff(p.Tries)), out.after)), out.problem)
}

// backoff is how long to wait after so many tries before the one that failed.
func backoff(tries int64) time.Duration { return min(firstTell<<min(tries, 20), longestTell) }

// jitter keeps those that failed together from coming again together.
func jitter(d time.Duration) time.Duration { return d - time.Duration(rand.Int64N(int64(d/5))) }
