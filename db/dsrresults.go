package db

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"quittance/db/answer"
	"quittance/db/audit"
	"quittance/db/ticket"
)

// What has become of the results of a request for access, in the words of our extension of OpenDSR.
const (
	ResultsReady   = "ready"
	ResultsFetched = "fetched"
	ResultsExpired = "expired" // nobody fetched them in time, or too many tries broke off; an officer can make them ready anew
	ResultsEnded   = "ended"   // taken back, erased with the person, or replaced by another way
)

// DSRResults is how a controller gets the answer to its request.
type DSRResults struct {
	State   string
	Records int64  // of the answer, when it was prepared
	Secret  string // of its link; "" unless it is ready
	Expires time.Time
}

// controllerSecret is the secret of a controller's link. It is made of the row and of when it was made, because a store that was set back
// gives a number twice.
func (k *keys) controllerSecret(link, made int64) string {
	row := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(link)), uint64(made))
	return base64.RawURLEncoding.EncodeToString(mac(k.K2, []byte("dsr results"), row))
}

// originSQL are the OpenDSR requests that a ticket is answered for: its own, and those of the tickets that were merged into it.
// CROSS JOIN keeps SQLite from reading all requests to find those few.
const originSQL = `WITH RECURSIVE origin (ticket) AS (SELECT ? UNION SELECT k.number FROM origin o JOIN ticket k ON k.merged_into = o.ticket)
	SELECT d.ticket FROM origin o CROSS JOIN dsr d ON d.ticket = o.ticket ORDER BY d.ticket`

// linkControllers makes a way for the released answer of a ticket to each controller that asked for it, and says to how many.
func (t *tx) linkControllers(a TicketAnswer) (int, error) {
	requests, err := scanned[int64](t.rows(originSQL, a.Ticket))
	if err != nil {
		return 0, fmt.Errorf("looking for the controllers of a ticket: %w", err)
	}
	for _, request := range requests {
		if err := t.linkController(a.Number, request); err != nil {
			return 0, fmt.Errorf("making a way for a controller: %w", err)
		}
	}
	return len(requests), nil
}

func (t *tx) linkController(a, request int64) error {
	var n int64
	made := ms(t.now)
	err := t.row("INSERT INTO answer_link (answer, kind, hash, made, actor, expires, controller) VALUES (?, 'link', ?, ?, ?, ?, ?) RETURNING number",
		a, secret(), made, string(t.by), ms(t.now.Add(answerLife)), request).Scan(&n)
	if err != nil {
		return err
	}
	hash := sha256.Sum256([]byte(t.s.keys.controllerSecret(n, made)))
	if err := t.exec("UPDATE answer_link SET hash = ? WHERE number = ?", hash[:], n); err != nil {
		return err
	}
	return t.noteAnswer(audit.AnswerLinked, a, nil)
}

// LinkControllers makes a released answer ready anew for the controllers that asked for it. Ways before it are ended. ErrMoved where nobody
// asked over OpenDSR.
func (s *Store) LinkControllers(ctx context.Context, by audit.Actor, number int64) error {
	return s.write(ctx, by, func(t *tx) error {
		a, err := t.openAnswer(number, true)
		if err == nil {
			err = t.endLinks(a.Number)
		}
		if err != nil {
			return err
		}
		n, err := t.linkControllers(a)
		if err == nil && n == 0 {
			err = ErrMoved
		}
		return err
	})
}

// FromController reports whether a ticket is answered to a controller.
func (s *Store) FromController(ctx context.Context, number int64) (bool, error) {
	requests, err := scanned[int64](s.readers.QueryContext(ctx, originSQL, number))
	return len(requests) > 0, err
}

// handOver gives an answer that is being released to the controllers that asked for it, which answers the ticket: they are told where it is,
// and nobody else is there who could send it.
func (t *tx) handOver(a TicketAnswer) error {
	n, err := t.linkControllers(a)
	if err != nil || n == 0 {
		return err
	}
	return t.sendAnswer(a)
}

func (t *tx) sendAnswer(a TicketAnswer) error {
	if err := t.exec("UPDATE answer SET sent = ?, sent_by = ? WHERE number = ?", ms(t.now), string(t.by), a.Number); err != nil {
		return err
	}
	if err := t.noteAnswer(audit.AnswerSent, a.Number, map[string]int64{audit.CountTicket: a.Ticket}); err != nil {
		return err
	}
	return t.endTicket(a.Ticket, ticketEnd{state: ticket.Answered})
}

// resultStates are the states of results by what became of their way.
var resultStates = map[string]string{"": ResultsReady, answer.GoneFetched: ResultsFetched, answer.GoneEnded: ResultsEnded, answer.GoneExpired: ResultsExpired, answer.GoneTries: ResultsExpired}

const resultsSQL = waySQL + "WHERE controller = ? ORDER BY number DESC LIMIT 1"

// results reads what has become of the results of a request; nil = there are none yet.
func (s *Store) results(ctx context.Context, request int64) (*DSRResults, error) {
	way, err := scanWay(s.readers.QueryRowContext(ctx, resultsSQL, request))
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	v := DSRResults{Expires: way.Expires}
	if err == nil {
		err = s.readers.QueryRowContext(ctx, "SELECT records FROM answer WHERE number = ?", way.Answer).Scan(&v.Records)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the results of an OpenDSR request: %w", err)
	}
	why, _ := way.gone(s.Now())
	if v.State = resultStates[why]; v.State == ResultsReady {
		v.Secret = s.keys.controllerSecret(way.Number, ms(way.Made))
	}
	return &v, nil
}
