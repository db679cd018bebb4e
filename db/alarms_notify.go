package db

import (
	"context"
	"time"
)

// AlarmMail is that mail has not been taken for an hour, AlarmWebhook the same of a webhook.
const (
	AlarmMail    AlarmKind = "mail"
	AlarmWebhook AlarmKind = "webhook"
)

// untoldAfter is for how long something may be told in vain before that is an alarm.
const untoldAfter = time.Hour

func (s *Store) untoldAlarms(ctx context.Context) (out []Alarm, _ error) {
	var mail, calls Alarm
	rows, err := s.readers.QueryContext(ctx, `SELECT user IS NOT NULL, min(made), count(*) FROM post INDEXED BY post_open WHERE ended IS NULL AND tries > 0 AND problem <> '' AND made < ? GROUP BY 1`, ms(s.Now().Add(-untoldAfter)))
	err = each(rows, err, func() error {
		var isMail bool
		var since, n int64
		err := rows.Scan(&isMail, &since, &n)
		if isMail {
			mail = Alarm{Kind: AlarmMail, Since: at(since), Count: n}
		} else {
			calls = Alarm{Kind: AlarmWebhook, Since: at(since), Count: n}
		}
		return err
	})
	for _, a := range []Alarm{mail, calls} {
		if a.Kind != "" {
			out = append(out, a)
		}
	}
	return out, err
}
