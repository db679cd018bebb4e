package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"quittance/db/erasure"
	"quittance/db/label"
)

// asker asks the database: a transaction, or one of the readers.
type asker func(query string, args ...any) (*sql.Rows, error)

func (s *Store) ask(ctx context.Context) asker {
	return func(query string, args ...any) (*sql.Rows, error) { return s.readers.QueryContext(ctx, query, args...) }
}

// reach is how far a request goes: what it takes and whom it calls, and what other services hold of the customer that it does not.
type reach struct {
	customer int64 // 0 = no record here bears the ID
	manifest erasure.Manifest
	beyond   map[int64]int64 // hosted services that a request by API does not reach, with what they hold; nil = from the console
}

// beyond is what lies in other services than the one that a request by API is for.
func beyond(held []Holding, service any) map[int64]int64 {
	if service == nil {
		return nil
	}
	out := map[int64]int64{}
	for _, h := range held {
		if h.Service != service {
			out[h.Service] += h.Records
		}
	}
	return out
}

// situated is a service, with what decides on what stays there.
type situated struct {
	number          int64
	kind            label.Kind
	linked, removed bool
}

// kept finds what stays after a request although somebody might take it for gone (erasure.Whys).
func kept(ask asker, r reach) ([]erasure.Kept, error) {
	services, err := everyService(ask)
	if err != nil {
		return nil, fmt.Errorf("listing services: %w", err)
	}
	out, err := r.uncounted(ask)
	if err != nil {
		return nil, fmt.Errorf("counting what cannot be reached: %w", err)
	}
	for _, v := range services {
		for _, why := range r.staying(v) {
			out = append(out, erasure.Kept{Service: v.number, Why: why, Records: r.beyond[v.number]})
		}
	}
	slices.SortStableFunc(out, func(a, b erasure.Kept) int {
		return slices.Index(erasure.Whys, a.Why) - slices.Index(erasure.Whys, b.Why)
	})
	return out, nil
}

func everyService(ask asker) (out []situated, err error) {
	rows, err := ask("SELECT number, kind, hosting = 'linked', removed IS NOT NULL FROM service ORDER BY number")
	err = each(rows, err, func() error {
		var v situated
		err := rows.Scan(&v.number, &v.kind, &v.linked, &v.removed)
		out = append(out, v)
		return err
	})
	return out, err
}

// staying says what of a service stays by its nature, as IBM's documents have it.
func (r reach) staying(v situated) (out []string) {
	called := slices.Contains(r.manifest.Calls, v.number)
	switch {
	case r.beyond[v.number] > 0, r.beyond != nil && v.linked && !called && !v.removed:
		return []string{erasure.WhyOwnCall}
	case v.linked && v.removed && r.beyond == nil:
		return []string{erasure.WhyUnlinked}
	case !called && !slices.ContainsFunc(r.manifest.Go, func(l erasure.Line) bool { return l.Service == v.number }):
		return nil
	}
	if called && v.kind == label.Assistant {
		if r.manifest.Shared() > 0 {
			out = append(out, erasure.WhyFirstID)
		}
		out = append(out, erasure.WhySearchSkill)
	}
	if called && v.kind == label.VisualRecognition {
		out = append(out, erasure.WhyImages)
	}
	return append(out, byNature[v.kind]...)
}

// byNature is what no deletion by customer ID reaches, wherever the service lies.
var byNature = map[label.Kind][]string{label.Assistant: {erasure.WhyTraining}, label.Discovery: {erasure.WhyContainers}}

// talksLooked is how many of the newest messages of a customer are asked for their conversations: looking must not keep the writer.
const talksLooked = 2000

// unlabelledSQL counts the messages without a label in conversations of a customer's newest messages. The conditions on r are those of the
// index record_unlabelled, word for word.
const unlabelledSQL = `WITH own AS (SELECT record FROM label WHERE customer = ? AND kind = 1 AND coalesce(seq, record) <= ? AND service IN (SELECT value FROM json_each(?)) ORDER BY time DESC LIMIT ?),
	talk AS (SELECT DISTINCT m.service, m.session FROM own CROSS JOIN record m ON m.seq = own.record WHERE m.session <> '')
	SELECT r.service, count(*) FROM talk CROSS JOIN record r ON r.session = talk.session AND r.service = talk.service
	WHERE r.customer = 0 AND r.kind = 1 AND r.session <> '' AND r.seq <= ? GROUP BY r.service ORDER BY r.service`

// uncounted is what may be the person's and bears no ID: messages in the same conversations, and those of channels that cannot label.
func (r reach) uncounted(ask asker) (out []erasure.Kept, err error) {
	var messages int64
	services := []int64{}
	for _, l := range r.manifest.Go {
		if l.Kind == Message.String() {
			services, messages = append(services, l.Service), messages+l.Records
		}
	}
	if len(services) == 0 {
		return nil, nil
	}
	list, err := json.Marshal(services)
	if err != nil {
		return nil, err
	}
	if out, err = counted(erasure.WhyUnlabelled, messages > talksLooked)(ask(unlabelledSQL, r.customer, r.manifest.Cutoff, string(list), talksLooked, r.manifest.Cutoff)); err != nil {
		return nil, err
	}
	channels, err := counted(erasure.WhyUnreachable, false)(ask(`SELECT service, sum(unreachable) FROM tally WHERE service IN (SELECT value FROM json_each(?))
		GROUP BY service HAVING sum(unreachable) > 0 ORDER BY service`, string(list)))
	return append(out, channels...), err
}

// counted reads numbers by service.
func counted(why string, least bool) func(*sql.Rows, error) ([]erasure.Kept, error) {
	return func(rows *sql.Rows, err error) (out []erasure.Kept, _ error) {
		err = each(rows, err, func() error {
			k := erasure.Kept{Why: why, Least: least}
			err := rows.Scan(&k.Service, &k.Records)
			out = append(out, k)
			return err
		})
		return out, err
	}
}

// Later counts what arrived under the ID of an open request after its cut-off: it stays, until somebody asks again.
func (s *Store) Later(ctx context.Context, e Erasure) ([]erasure.Kept, error) {
	if e.Subject == "" {
		return nil, nil
	}
	out, err := counted(erasure.WhyLater, false)(s.readers.QueryContext(ctx, `SELECT l.service, count(*) FROM label l WHERE l.customer = (SELECT number FROM customer WHERE name = ?)
		AND coalesce(l.seq, l.record) > ? AND (? = 0 OR l.service = ?) GROUP BY l.service ORDER BY l.service`, e.Subject, e.Cutoff, e.Service, e.Service))
	if err != nil {
		return nil, fmt.Errorf("counting what came later: %w", err)
	}
	return out, nil
}

// Previous is the manifest that a request's own has replaced, nil where it has always had this one.
func (s *Store) Previous(ctx context.Context, number int64) (*erasure.Manifest, error) {
	return previous(s.readers.QueryRowContext(ctx, "SELECT previous FROM erasure WHERE number = ?", number))
}
