package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"quittance/db/label"
)

// Candidate is a customer ID that may belong to the same data subject as another. It is a proposal: only a person joins them.
type Candidate struct {
	Subject
	Records  int64
	Evidence Evidence // the strongest that there is
}

// AliasCandidates proposes what may be the same data subject as an ID: users are the user_id's that its messages name. It looks at IDs by
// name and at the newest conversations only, so that it costs little however much there is; what it does not find may still exist.
func (s *Store) AliasCandidates(ctx context.Context, id label.ID, users []label.ID) ([]Candidate, error) {
	near, err := s.inSameSessions(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("looking through conversations: %w", err)
	}
	joined, err := s.Aliases(ctx, id.String())
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{id.String(): true}
	for _, a := range joined {
		seen[a.ID] = true
	}
	var out []Candidate
	for _, found := range []struct {
		by    Evidence
		names []string
	}{{SameUser, names(users)}, {SameTail, names(label.SameTail(id))}, {SameSession, near}} {
		for _, name := range found.names {
			if seen[name] {
				continue
			}
			seen[name] = true
			c, err := s.candidate(ctx, name, found.by)
			if err != nil && !errors.Is(err, ErrNotFound) {
				return nil, err
			}
			if err == nil {
				out = append(out, c)
			}
		}
	}
	return out, nil
}

func names(ids []label.ID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id.String()
	}
	return out
}

func (s *Store) candidate(ctx context.Context, name string, by Evidence) (Candidate, error) {
	c := Candidate{Evidence: by}
	var ref []byte
	err := s.readers.QueryRowContext(ctx, "SELECT name, ref, (SELECT count(*) FROM label l WHERE l.customer = c.number) FROM customer c WHERE name = ?", name).
		Scan(&c.ID, &ref, &c.Records)
	c.Ref = refOf(ref)
	return c, found(err)
}

// How far AliasCandidates looks for conversations.
const (
	nearTalks   = 10        // the newest conversations of an ID
	nearRecords = 200       // among so many of its newest records
	nearTime    = time.Hour // messages of one conversation follow each other within the idle time-out
)

// talksSQL finds the newest conversations of an ID, each with the time of its newest message there.
const talksSQL = `SELECT r.service, r.session, max(r.time) FROM (SELECT record FROM label WHERE customer = (SELECT number FROM customer WHERE name = ?) ORDER BY time DESC LIMIT ?) l
	JOIN record r ON r.seq = l.record WHERE r.kind = 1 AND r.session <> '' GROUP BY r.service, r.session ORDER BY 3 DESC LIMIT ?`

// labelledTalk is the condition of the index record_talk, which tells the conversation of a message without reading it.
const labelledTalk = " AND kind = 1 AND customer <> 0 AND session <> ''"

// Who else is in a conversation is asked of the labelled messages around one of it, by the index of time: at most 250 of them each way, which in
// a busy service is less than the hour. CROSS JOIN: left to itself, SQLite reads all customers there are to find those few.
const (
	talkBefore = "WITH near AS (SELECT seq, session FROM record INDEXED BY record_talk WHERE service = ? AND time <= ? AND time >= ?" + labelledTalk + " ORDER BY time DESC LIMIT 250)" + talkSQL
	talkAfter  = "WITH near AS (SELECT seq, session FROM record INDEXED BY record_talk WHERE service = ? AND time >= ? AND time <= ?" + labelledTalk + " ORDER BY time LIMIT 250)" + talkSQL
	talkSQL    = `, talk AS (SELECT r.seq, r.customer FROM near CROSS JOIN record r ON r.seq = near.seq WHERE near.session = ?)
		SELECT c.name FROM (SELECT customer FROM talk UNION SELECT rl.customer FROM talk JOIN record_label rl ON rl.record = talk.seq) x
		CROSS JOIN customer c ON c.number = x.customer WHERE c.name <> ? ORDER BY c.number LIMIT 10`
)

// inSameSessions finds the other IDs of an ID's newest conversations: on one message, or on messages around it.
func (s *Store) inSameSessions(ctx context.Context, id label.ID) ([]string, error) {
	type talk struct {
		service, time int64
		session       string
	}
	var talks []talk
	rows, err := s.readers.QueryContext(ctx, talksSQL, id.String(), nearRecords, nearTalks)
	err = each(rows, err, func() error {
		var k talk
		err := rows.Scan(&k.service, &k.session, &k.time)
		talks = append(talks, k)
		return err
	})
	var out []string
	for _, k := range talks {
		if err != nil {
			break
		}
		var before, after []string
		if before, err = scanNames(s.readers.QueryContext(ctx, talkBefore, k.service, k.time, k.time-nearTime.Milliseconds(), k.session, id.String())); err == nil {
			after, err = scanNames(s.readers.QueryContext(ctx, talkAfter, k.service, k.time, k.time+nearTime.Milliseconds(), k.session, id.String()))
		}
		out = append(append(out, before...), after...)
	}
	return out, err
}

func scanNames(rows *sql.Rows, err error) (out []string, _ error) {
	err = each(rows, err, func() error {
		var name string
		err := rows.Scan(&name)
		out = append(out, name)
		return err
	})
	return out, err
}
