package db

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"quittance/db/audit"
)

// sender is who sent unlabelled records on a day: what the counters of the table sender go by. Only records without a customer ID are
// counted so, and labelled ones pay nothing for it.
type sender struct {
	service, day       int64
	container, channel string
	key                int64 // number of the API key; 0 = none
}

// sent counts in memory, as tally does.
func (t *tx) sent(k sender, records, unreachable int64) {
	if t.senders == nil {
		t.senders = map[sender][2]int64{}
	}
	v := t.senders[k]
	t.senders[k] = [2]int64{v[0] + records, v[1] + unreachable}
}

// sentBy is the sender of a record that is being stored.
func (r *NewRecord) sentBy(by audit.Actor) sender {
	if len(r.Labels) > 0 {
		return sender{}
	}
	return sender{r.Service, day(r.Time), r.Container, r.Channel, keyOf(by)}
}

// keyOf is the number of the API key that acts, 0 where none does.
func keyOf(by audit.Actor) int64 {
	number, _ := strings.CutPrefix(string(by), "key/")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// senderOf is the sender of a stored record, labelled or not.
func (t *tx) senderOf(r Record) (sender, error) {
	k := sender{service: r.Service, day: day(r.Time), container: r.Container}
	err := t.row("SELECT channel, key FROM record WHERE seq = ?", r.Seq).Scan(&k.channel, &k.key)
	return k, err
}

// writeSenders writes the sums. A row without records goes: the name of a container is the application's own.
func (t *tx) writeSenders() error {
	for k, v := range t.senders {
		err := t.exec(`INSERT INTO sender (service, day, container, channel, key, records, unreachable) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (service, day, container, channel, key) DO UPDATE SET records = records + excluded.records, unreachable = unreachable + excluded.unreachable`,
			k.service, k.day, k.container, k.channel, k.key, v[0], v[1])
		if err == nil && v[0] <= 0 {
			err = t.exec("DELETE FROM sender WHERE service = ? AND day = ? AND container = ? AND channel = ? AND key = ? AND records = 0",
				k.service, k.day, k.container, k.channel, k.key)
		}
		if err != nil {
			return fmt.Errorf("counting unlabelled records by who sent them: %w", err)
		}
	}
	return nil
}

// dayStart is the beginning of a day of the counters.
func dayStart(day int64) time.Time { return time.Unix(day*24*60*60, 0).UTC() }
