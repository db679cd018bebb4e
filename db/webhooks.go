package db

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"quittance/db/audit"
)

// MaxWebhooks bounds how many there may be at a time.
const MaxWebhooks = 20

// ErrWebhooks is that there are as many webhooks as there may be.
var ErrWebhooks = errors.New("there are 20 webhooks already; remove one first")

// ErrWants is that nothing was chosen to be told of.
var ErrWants = errors.New("choose at least one thing to be told of")

// Webhook is an address that is called when there is something to tell.
type Webhook struct {
	Number  int64
	Host    string // with its port, where it is not that of https
	Wants   []string
	Added   time.Time
	AddedBy audit.Actor
	Ended   time.Time // zero = in use
	Gone    bool      // it ended because the receiver wants no more
}

const webhookColumns = "SELECT number, host, wants, added, added_by, ended, gone FROM webhook "

func scanWebhook(row scanner) (v Webhook, _ error) {
	var wants string
	var added int64
	var ended sql.NullInt64
	err := row.Scan(&v.Number, &v.Host, &wants, &added, &v.AddedBy, &ended, &v.Gone)
	v.Wants, v.Added, v.Ended = strings.Split(wants, ","), at(added), when(ended)
	return v, found(err)
}

// AddWebhook registers an address that the caller has checked, and returns the secret that calls are signed with: "whsec_" and 32 random bytes
// in base64, as Standard Webhooks writes them. It is shown this once; the store keeps it sealed, because it has to sign with it.
func (s *Store) AddWebhook(ctx context.Context, by audit.Actor, address string, groups []string) (plain string, v Webhook, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", v, ErrNotFound
	}
	wants := wanted(groups)
	if len(wants) == 0 {
		return "", v, ErrWants
	}
	key := secret()
	err = s.write(ctx, by, func(t *tx) error {
		v, err = t.insertWebhook(u.Host, address, key, wants)
		return err
	})
	return "whsec_" + base64.StdEncoding.EncodeToString(key), v, err
}

func (t *tx) insertWebhook(host, address string, key []byte, wants []string) (v Webhook, err error) {
	var have int
	if err := t.row("SELECT count(*) FROM webhook WHERE ended IS NULL").Scan(&have); err != nil {
		return v, err
	}
	if have >= MaxWebhooks {
		return v, ErrWebhooks
	}
	err = t.row("INSERT INTO webhook (host, url, secret, wants, added, added_by) VALUES (?, x'', x'', ?, ?, ?) RETURNING number", host, strings.Join(wants, ","), ms(t.now), string(t.by)).Scan(&v.Number)
	if err == nil { // sealed for its row, so that it opens nowhere else
		err = t.exec("UPDATE webhook SET url = ?, secret = ? WHERE number = ?", t.s.keys.seal("webhook url", v.Number, []byte(address)), t.s.keys.seal("webhook secret", v.Number, key), v.Number)
	}
	if err == nil {
		v, err = scanWebhook(t.row(webhookColumns+"WHERE number = ?", v.Number))
	}
	if err != nil {
		return v, fmt.Errorf("adding a webhook: %w", err)
	}
	return v, t.note(audit.WebhookAdded, audit.ObjectOf(audit.KindWebhook, v.Number), nil)
}

// EndWebhook removes one; gone where its receiver has asked for that. Its address and its secret go at once, and what was to be told is dropped.
// ErrNotFound for one that has ended.
func (s *Store) EndWebhook(ctx context.Context, by audit.Actor, number int64, gone bool) error {
	return s.write(ctx, by, func(t *tx) error {
		n, err := t.change("UPDATE webhook SET url = NULL, secret = NULL, ended = ?, gone = ? WHERE number = ? AND ended IS NULL", ms(t.now), gone, number)
		if err == nil && n == 0 {
			return ErrNotFound
		}
		if err == nil {
			err = t.exec("UPDATE post SET ended = ?, outcome = ? WHERE webhook = ? AND ended IS NULL", ms(t.now), PostDropped, number)
		}
		if err == nil {
			err = t.exec("UPDATE notice SET over = ? WHERE webhook = ? AND over IS NULL", ms(t.now), number)
		}
		if err != nil {
			return fmt.Errorf("removing a webhook: %w", err)
		}
		return t.note(audit.WebhookRemoved, audit.ObjectOf(audit.KindWebhook, number), nil)
	})
}

// Webhooks lists those in use, and those that ended by themselves, newest first.
func (s *Store) Webhooks(ctx context.Context) (out []Webhook, err error) {
	rows, err := s.readers.QueryContext(ctx, webhookColumns+"WHERE ended IS NULL OR gone = 1 ORDER BY number DESC LIMIT 100")
	err = each(rows, err, func() error {
		v, err := scanWebhook(rows)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing webhooks: %w", err)
	}
	return out, nil
}

// WebhookCall opens where one is called and what its calls are signed with. ErrNotFound once it has ended.
func (s *Store) WebhookCall(ctx context.Context, number int64) (address string, key []byte, err error) {
	var sealedURL, sealedKey []byte
	err = s.readers.QueryRowContext(ctx, "SELECT url, secret FROM webhook WHERE number = ? AND ended IS NULL", number).Scan(&sealedURL, &sealedKey)
	if err != nil {
		return "", nil, found(err)
	}
	plain, err := s.keys.open("webhook url", number, sealedURL)
	if err == nil {
		key, err = s.keys.open("webhook secret", number, sealedKey)
	}
	return string(plain), key, err
}
