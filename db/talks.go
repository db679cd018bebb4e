package db

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Conversations in which messages bear no customer ID, and who the others of their messages bear.

// talkSpan is how far around its unlabelled messages a conversation is looked for when it is listed; wholeTalk when it is about to be
// labelled: no session lives longer (watson-api.md, section 1).
const (
	talkSpan  = 24 * time.Hour
	wholeTalk = 168 * time.Hour
)

// Bearer is a customer ID that messages of a conversation bear: as it was sent, not as somebody repaired it.
type Bearer struct {
	Subject     Subject
	Messages    int64 // of the conversation that bear it
	First, Last time.Time
	Frozen      bool    // a restriction: nothing is done with what bears it, and its ID is not shown
	Held        bool    // a hold keeps what bears it
	Late        int64   // an ended erasure of it that the unlabelled messages would have gone with; 0 = none (law L9)
	Waits       []int64 // open requests for it, whose cut-offs lie before a label that is given now

	customer int64
}

// Talk is a conversation with messages that bear no ID.
type Talk struct {
	Lead        int64 // number of its newest unlabelled message, by which it is known outside
	Service     int64
	Records     int64 // without a label
	Unreachable int64 // of them, those of channels that cannot label
	First, Last time.Time
	Said        string // what the newest of them says, unmasked
	Bearers     []Bearer

	session  string
	seqs     []int64
	answered time.Time // the earliest answer
}

// TalkQuery asks for conversations, the one with the newest unlabelled message first.
type TalkQuery struct {
	Service int64     // 0 = all
	Until   time.Time // unlabelled messages before it; zero = all
	Before  Place     // the last unlabelled message of the page before
	Limit   int       // conversations looked at
}

// TalkPage is a page of them.
type TalkPage struct {
	Talks  []Talk // those in which another message bears an ID
	Alone  int64  // conversations that were looked at in which none does
	Oldest time.Time
	Next   Place // zero = these were the last
}

// talkWalk bounds how many unlabelled messages one page looks at.
const talkWalk = 2000

// Talks lists conversations that can be labelled. It walks unlabelled messages back in time, so a page costs the same however many there are.
func (s *Store) Talks(ctx context.Context, q TalkQuery) (out TalkPage, err error) {
	all, err := s.unlabelledTalks(ctx, q, &out)
	if err != nil {
		return out, fmt.Errorf("listing conversations without labels: %w", err)
	}
	seq, err := s.Seq(ctx)
	if err == nil {
		err = s.findBearers(ctx, all, talkSpan, seq)
	}
	for _, t := range all {
		if len(t.Bearers) > 0 {
			out.Talks = append(out.Talks, *t)
		} else {
			out.Alone++
		}
	}
	return out, err
}

// walkedMessage is an unlabelled message that the walk comes by.
type walkedMessage struct {
	Place
	chat
}

// unlabelledTalks walks the unlabelled messages and reads each conversation whose newest one it meets.
func (s *Store) unlabelledTalks(ctx context.Context, q TalkQuery, page *TalkPage) (out []*Talk, err error) {
	walk, before, err := s.walkUnlabelled(ctx, q)
	seen := map[chat]bool{}
	for i, m := range walk {
		if page.Oldest = at(m.Time); m.id != "" && !seen[m.chat] {
			seen[m.chat] = true
			t, err := readTalk(s.ask(ctx), m.chat)
			if err != nil {
				return nil, err
			}
			if t != nil && (t.Lead == m.Seq || q.Before == (Place{}) && ms(t.Last) >= before.Time) { // else a page before has shown it
				out = append(out, t)
			}
		}
		if more := i < len(walk)-1 || len(walk) == talkWalk; more && (len(out) == q.Limit || i == len(walk)-1) {
			page.Next = m.Place
			break
		}
	}
	return out, err
}

func (s *Store) walkUnlabelled(ctx context.Context, q TalkQuery) (walk []walkedMessage, before Place, err error) {
	if before = q.Before; before == (Place{}) {
		before.Time = 1 << 60
		if !q.Until.IsZero() {
			before.Time = ms(q.Until)
		}
	}
	rows, err := s.readers.QueryContext(ctx, `SELECT l.time, l.record, r.service, r.session FROM label l JOIN record r ON r.seq = l.record
		WHERE l.customer = 0 AND l.kind = 1 AND (l.time, l.record) < (?, ?) AND ? IN (0, l.service) AND NOT l.service `+ofDrill+` ORDER BY l.time DESC, l.record DESC LIMIT ?`,
		before.Time, before.Seq, q.Service, talkWalk)
	err = each(rows, err, func() error {
		var m walkedMessage
		err := rows.Scan(&m.Time, &m.Seq, &m.service, &m.id)
		walk = append(walk, m)
		return err
	})
	return walk, before, err
}

// unlabelledOf reads the unlabelled messages of a conversation. The conditions are those of the index record_unlabelled, word for word.
const unlabelledOf = `SELECT r.seq, r.time, r.answered, r.flags, r.text FROM record r WHERE r.session = ? AND r.service = ? AND r.customer = 0 AND r.kind = 1 AND r.session <> '' ORDER BY r.time, r.seq`

// readTalk reads the unlabelled messages of a conversation; nil where there are none.
func readTalk(ask asker, c chat) (*Talk, error) {
	t := &Talk{Service: c.service, session: c.id}
	rows, err := ask(unlabelledOf, c.id, c.service)
	err = each(rows, err, func() error {
		var when, answered int64
		var flags int
		if err := rows.Scan(&t.Lead, &when, &answered, &flags, &t.Said); err != nil {
			return err
		}
		if t.Records++; t.Records == 1 {
			t.First, t.answered = at(when), at(answered)
		}
		if at(answered).Before(t.answered) {
			t.answered = at(answered)
		}
		t.Last, t.seqs, t.Unreachable = at(when), append(t.seqs, t.Lead), t.Unreachable+btoi(flags&flagUnreachable != 0)
		return nil
	})
	if t.Records == 0 {
		return nil, err
	}
	return t, err
}

// bearersSQL finds who the labelled messages of some conversations of a service bear, each within a span of its own: what counts for one must not
// hang on the others beside it. What a repair gave is no evidence for another.
const bearersSQL = `WITH talk AS MATERIALIZED (SELECT value ->> 0 AS session, value ->> 1 AS first, value ->> 2 AS last FROM json_each(?)),
	own AS MATERIALIZED (SELECT r.seq, r.session, r.time, r.customer, r.flags FROM record r INDEXED BY record_talk
		WHERE r.service = ? AND r.time BETWEEN ? AND ? AND r.kind = 1 AND r.customer <> 0 AND r.session <> '' AND r.session IN (SELECT session FROM talk) AND r.seq <= ?
		AND r.seq NOT IN (SELECT record FROM repaired)),
	bears AS (SELECT seq, session, time, customer FROM own WHERE (flags & 1) = 0
		UNION ALL SELECT o.seq, o.session, o.time, x.customer FROM own o JOIN record_label x ON x.record = o.seq WHERE (o.flags & 1) <> 0)
	SELECT b.session, c.number, c.name, c.ref, count(*), min(b.time), max(b.time),
		EXISTS (SELECT 1 FROM kept k WHERE k.live = 1 AND k.frozen = 1 AND k.customer = c.number), EXISTS (SELECT 1 FROM kept k WHERE k.live = 1 AND k.frozen = 0 AND k.customer = c.number)
	FROM bears b JOIN talk t ON t.session = b.session AND b.time BETWEEN t.first AND t.last JOIN customer c ON c.number = b.customer 
	GROUP BY b.session, c.number ORDER BY b.session, count(*) DESC, c.number`

// findBearers fills in who the other messages of conversations bear, as far as a span around them; one look for each service.
func (s *Store) findBearers(ctx context.Context, all []*Talk, span time.Duration, seq int64) error {
	by := map[int64][]*Talk{}
	for _, t := range all {
		by[t.Service] = append(by[t.Service], t)
	}
	for service, talks := range by {
		if err := s.findBearersAt(ctx, service, talks, span, seq); err != nil {
			return fmt.Errorf("looking for the labels of conversations: %w", err)
		}
	}
	return nil
}

func (s *Store) findBearersAt(ctx context.Context, service int64, talks []*Talk, span time.Duration, seq int64) error {
	from, to, spans, of := talks[0].First, talks[0].Last, [][3]any{}, map[string]*Talk{}
	for _, t := range talks {
		if t.First.Before(from) {
			from = t.First
		}
		if t.Last.After(to) {
			to = t.Last
		}
		spans, of[t.session] = append(spans, [3]any{t.session, ms(t.First.Add(-span)), ms(t.Last.Add(span))}), t
	}
	list, err := json.Marshal(spans)
	if err != nil {
		return err
	}
	rows, err := s.readers.QueryContext(ctx, bearersSQL, string(list), service, ms(from.Add(-span)), ms(to.Add(span)), seq)
	err = each(rows, err, func() error {
		var b Bearer
		var session string
		var ref []byte
		var first, last int64
		err := rows.Scan(&session, &b.customer, &b.Subject.ID, &ref, &b.Messages, &first, &last, &b.Frozen, &b.Held)
		b.Subject.Ref, b.First, b.Last = refOf(ref), at(first), at(last)
		of[session].Bearers = append(of[session].Bearers, b)
		return err
	})
	for _, t := range talks {
		for i := range t.Bearers {
			if err == nil {
				err = t.Bearers[i].asked(s.ask(ctx), s.keys.reference(t.Bearers[i].Subject.ID), *t)
			}
		}
	}
	return err
}

// asked fills in which erasures of the ID have to do with messages that get its label late.
func (b *Bearer) asked(ask asker, ref []byte, t Talk) error {
	late, err := scanned[int64](ask(`SELECT e.number FROM (SELECT ? AS service) l JOIN erasure e ON e.ref = ? AND +e.state = 'done' AND `+reached+`
		WHERE e.cutoff >= ? OR `+accepted+` >= ? ORDER BY e.number DESC LIMIT 1`, t.Service, ref, slices.Min(t.seqs), ms(t.answered)))
	if err != nil {
		return err
	}
	if b.Late = 0; len(late) > 0 {
		b.Late = late[0]
	}
	b.Waits, err = scanned[int64](ask(`SELECT e.number FROM (SELECT ? AS service) l JOIN erasure e ON e.ref = ? AND +e.state IN `+stillOpen+` AND `+reached+` ORDER BY e.number`, t.Service, ref))
	return err
}
