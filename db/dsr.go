package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/db/label"
	"quittance/db/ticket"
)

// DSR is a ticket that came as a request of OpenDSR 2.0, with us as the processor.
type DSR struct {
	Ticket   int64
	Request  string // the UUID that the controller made for it
	Type     string // access, portability or erasure
	Received time.Time
	Expected time.Time // when it is to be completed, as it was told
	DSRState
	Results *DSRResults // of a completed request for access or portability; nil = none
}

// DSRState is where a request stands. OpenDSR knows four statuses and neither refusals nor parts: those stand in the detail.
type DSRState struct {
	Status string // pending, in_progress, completed or cancelled
	DSRDetail
}

// DSRDetail is what the protocol has no words for: numbers and codes of closed lists.
type DSRDetail struct {
	State     ticket.State `json:"state"`
	Ground    string       `json:"ground,omitempty"` // of a refusal, code of ticket.Refusals
	Erased    int64        `json:"records_erased"`
	Remaining int64        `json:"records_remaining"` // that a hold keeps, or that could not be erased yet
	Denied    int64        `json:"erasures_not_done"` // refused or withdrawn
}

// DSRFiling is such a request as it comes.
type DSRFiling struct {
	Filing
	Request   string
	Type      string
	Callbacks []string
}

// FileDSR takes a request in, and an erasure with the deletions that carry it out: one for each instance, as an application would file it, each
// by that instance's policy. One that came before is given back; ErrFiledOtherwise where its UUID stood for something else.
func (s *Store) FileDSR(ctx context.Context, f DSRFiling) (DSR, error) {
	f.Token = "opendsr " + f.Request
	if err := f.check(s.Now()); err != nil {
		return DSR{}, err
	}
	err := s.write(ctx, f.Key.Actor(), func(t *tx) error {
		if number, err := t.filed(f.Filing); err != nil || number != 0 {
			return err
		}
		return t.fileDSR(f)
	})
	if err != nil {
		return DSR{}, err
	}
	return s.DSR(ctx, f.Key.Number, f.Request)
}

func (t *tx) fileDSR(f DSRFiling) error {
	number, err := t.submitTicket(f.NewTicket)
	if err != nil {
		return err
	}
	if err := t.noteFiling(number, f.Filing); err != nil {
		return err
	}
	v, err := t.ticket(number)
	if err != nil {
		return err
	}
	expected := v.Due
	if v.Right.Erases() {
		expected = t.now.Add(erasure.Period)
	}
	err = t.exec("INSERT INTO dsr (ticket, key, request, type, received, expected) VALUES (?, ?, ?, ?, ?, ?)", number, f.Key.Number, f.Request, f.Type, ms(t.now), ms(expected))
	if err != nil {
		return fmt.Errorf("writing down an OpenDSR request: %w", err)
	}
	if err := t.keepCallbacks(number, f.Callbacks); err != nil || !v.Right.Erases() {
		return err
	}
	return t.eraseForDSR(v)
}

func (t *tx) keepCallbacks(ticket int64, urls []string) error {
	for _, url := range urls {
		var n int64
		err := t.row("INSERT INTO dsr_callback (ticket) VALUES (?) RETURNING number", ticket).Scan(&n)
		if err == nil {
			err = t.exec("UPDATE dsr_callback SET url = ? WHERE number = ?", t.s.keys.seal("dsr callback", n, []byte(url)), n)
		}
		if err != nil {
			return fmt.Errorf("keeping where to call back: %w", err)
		}
	}
	return nil
}

// eraseForDSR files what carries an erasure out. Linked services that stand by themselves are reached by no application's deletion: where there
// are any, the erasure is proposed for the whole house, and an officer approves it. An ID that nothing bears is answered at once.
func (t *tx) eraseForDSR(v Ticket) error {
	var apart bool
	err := t.row("SELECT EXISTS (SELECT 1 FROM service WHERE hosting = 'linked' AND removed IS NULL AND gateway IS NULL)").Scan(&apart)
	if err != nil {
		return fmt.Errorf("looking for linked services: %w", err)
	}
	if apart {
		err = t.submitTicketErasures(v, Proposal{Ground: erasure.GroundAPI})
	} else {
		err = t.acceptForTicket(v)
	}
	if err != nil {
		return err
	}
	all, err := t.allErased(v.Number)
	if err != nil || !all {
		return err
	}
	return t.endTicket(v.Number, ticketEnd{state: ticket.Answered})
}

func (t *tx) acceptForTicket(v Ticket) error {
	if err := t.addAliases(v.Number); err != nil {
		return err
	}
	subjects, err := t.s.keys.scanTicketSubjects(t.rows(subjectColumns+"WHERE ticket = ? AND sealed IS NOT NULL ORDER BY number", v.Number))
	if err != nil {
		return err
	}
	for _, sub := range subjects {
		services, err := t.instancesOf(sub.ID)
		if err == nil && len(services) == 0 {
			err = t.exec("UPDATE ticket_subject SET bare = ? WHERE number = ?", ms(t.now), sub.Number)
		}
		for i := 0; i < len(services) && err == nil; i++ {
			var n int64
			if n, err = t.acceptErasure(services[i], sub.ID, label.ID{}); err == nil {
				err = t.linkTicket(v.Number, ticket.LinkErasure, n)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// instancesOf are the instances that hold something of an ID, and those that have passed messages on, whose real ones may.
func (t *tx) instancesOf(id string) ([]int64, error) {
	out, err := scanned[int64](t.rows("SELECT gateway FROM service WHERE gateway IS NOT NULL AND removed IS NULL ORDER BY gateway"))
	if err != nil {
		return nil, err
	}
	customer, err := t.numberOf(id)
	if err != nil {
		return nil, err
	}
	held, err := t.heldBy(customer, t.w.seq)
	for _, h := range held {
		out = append(out, h.Service)
	}
	slices.Sort(out)
	return slices.Compact(out), err
}

const dsrColumns = "SELECT ticket, request, type, received, expected FROM dsr WHERE key = ? AND request = ?"

func scanDSR(row scanner) (v DSR, _ error) {
	var received, expected int64
	err := row.Scan(&v.Ticket, &v.Request, &v.Type, &received, &expected)
	v.Received, v.Expected = at(received), at(expected)
	return v, found(err)
}

// DSR reads a request for the key that filed it.
func (s *Store) DSR(ctx context.Context, key int64, request string) (DSR, error) {
	v, err := scanDSR(s.readers.QueryRowContext(ctx, dsrColumns, key, request))
	if err == nil {
		v.DSRState, err = dsrState(func(query string, args ...any) scanner { return s.readers.QueryRowContext(ctx, query, args...) }, v.Ticket)
	}
	if err == nil && v.Status == "completed" {
		v.Results, err = s.results(ctx, v.Ticket)
	}
	return v, err
}

// CancelDSR takes a request back for its controller, with its deletions. One that was taken back before is given again; *NotPending once work
// on it has begun or ended.
func (s *Store) CancelDSR(ctx context.Context, by APIKey, request string) (DSR, error) {
	err := s.write(ctx, by.Actor(), func(t *tx) error {
		v, err := scanDSR(t.row(dsrColumns, by.Number, request))
		if err == nil {
			v.DSRState, err = dsrState(t.row, v.Ticket)
		}
		switch {
		case err != nil:
			return err
		case v.State == ticket.Withdrawn: // it asks again, because the answer was lost
			return nil
		case v.Status != "pending":
			return &NotPending{v.DSRState}
		}
		return t.cancelDSR(v.Ticket)
	})
	if err != nil {
		return DSR{}, err
	}
	return s.DSR(ctx, by.Number, request)
}

// NotPending is that a request can no longer be cancelled, and how it stands.
type NotPending struct{ DSRState }

// Error implements error.
func (*NotPending) Error() string { return "a request can be cancelled only while it is pending" }

func (t *tx) cancelDSR(number int64) error {
	open, err := scanned[int64](t.rows("SELECT e.number FROM ticket_link l JOIN erasure e ON e.number = l.object WHERE l.ticket = ? AND l.kind = 'erasure' AND e.ended IS NULL ORDER BY e.number", number))
	for i := 0; i < len(open) && err == nil; i++ {
		var e Erasure
		if e, err = t.request(open[i]); err == nil {
			err = t.drop(e, erasure.Withdrawn, nil, audit.ErasureWithdrawn)
		}
	}
	if err != nil {
		return err
	}
	return t.endTicket(number, ticketEnd{state: ticket.Withdrawn})
}

const dsrStateSQL = `SELECT k.state, k.right, coalesce(k.ground, ''), coalesce(k.merged_into, 0),
	(SELECT count(*) FROM ticket_link l JOIN erasure e ON e.number = l.object WHERE l.ticket = k.number AND l.kind = 'erasure' AND e.state NOT IN ('proposed','scheduled')),
	(SELECT count(*) FROM ticket_link l JOIN erasure e ON e.number = l.object WHERE l.ticket = k.number AND l.kind = 'erasure' AND e.state IN ('refused','withdrawn')),
	(SELECT coalesce(sum(p.erased), 0) FROM ticket_link l JOIN part p ON p.erasure = l.object WHERE l.ticket = k.number AND l.kind = 'erasure'),
	(SELECT coalesce(sum(p.remaining), 0) FROM ticket_link l JOIN part p ON p.erasure = l.object WHERE l.ticket = k.number AND l.kind = 'erasure')
	FROM ticket k WHERE k.number = ?`

// dsrState computes where a request stands from its ticket, or from the one that went on for it, and its erasures. A refusal and a ticket that
// was abandoned are "cancelled": nothing else in the protocol says that it is over and was not done.
func dsrState(row func(string, ...any) scanner, number int64) (v DSRState, _ error) {
	var right ticket.Right
	var begun, into int64
	for range 10 { // a ticket may have been merged more than once
		err := row(dsrStateSQL, number).Scan(&v.State, &right, &v.Ground, &into, &begun, &v.Denied, &v.Erased, &v.Remaining)
		if err != nil {
			return v, fmt.Errorf("reading where an OpenDSR request stands: %w", err)
		}
		if into == 0 {
			break
		}
		number = into
	}
	v.Status = "in_progress"
	switch {
	case v.State == ticket.Answered:
		v.Status = "completed"
	case v.State.Ended():
		v.Status = "cancelled"
	case right.Erases() && begun == 0, !right.Erases() && v.State == ticket.Open:
		v.Status = "pending"
	}
	return v, nil
}

// putOutDSR writes, with whatever changed in a transaction, what controllers are to be told of it.
func (t *tx) putOutDSR() error {
	done := map[int64]bool{}
	for _, object := range slices.Compact(slices.Clone(t.touched)) {
		kind, number, ok := audit.Object(object).Split()
		if !ok || kind != audit.KindTicket && kind != audit.KindErasure {
			continue
		}
		query := originSQL
		if kind == audit.KindErasure {
			query = "SELECT d.ticket FROM ticket_link l JOIN dsr d ON d.ticket = l.ticket WHERE l.kind = 'erasure' AND l.object = ?"
		}
		tickets, err := scanned[int64](t.rows(query, number))
		for i := 0; i < len(tickets) && err == nil; i++ {
			if !done[tickets[i]] {
				done[tickets[i]], err = true, t.putOut(tickets[i])
			}
		}
		if err != nil {
			return fmt.Errorf("looking for OpenDSR requests: %w", err)
		}
	}
	return nil
}

func (t *tx) putOut(ticket int64) error {
	v, err := dsrState(t.row, ticket)
	if err != nil {
		return err
	}
	n, err := t.change("UPDATE dsr SET status = ?1 WHERE ticket = ?2 AND status <> ?1", v.Status, ticket)
	if err != nil || n == 0 {
		return err
	}
	detail, err := json.Marshal(v.DSRDetail)
	if err != nil {
		return err
	}
	return t.exec("INSERT INTO dsr_outbox (callback, status, detail, next) SELECT number, ?, ?, ? FROM dsr_callback WHERE ticket = ? AND url IS NOT NULL", v.Status, string(detail), ms(t.now), ticket)
}

// DSRCall is one status that a controller is to be told at one address.
type DSRCall struct {
	DSR
	Number     int64
	Controller string // the ID of its key
	URL        string
	Tries      int64
}

// dueDSRSQL: SQLite takes the other columns of a group from the row of its min().
const dueDSRSQL = `SELECT min(o.number), c.number, c.url, o.status, o.detail, o.tries, d.ticket, d.request, d.type, d.received, d.expected, a.id
	FROM dsr_outbox o JOIN dsr_callback c ON c.number = o.callback JOIN dsr d ON d.ticket = c.ticket JOIN api_key a ON a.number = d.key
	WHERE o.ended IS NULL AND o.next <= ? AND o.number = (SELECT min(f.number) FROM dsr_outbox f WHERE f.callback = o.callback AND f.ended IS NULL) GROUP BY d.key ORDER BY 1`

// DueDSRCalls lists what is to be told now: of each address what came first, so that statuses arrive in their order, and of each controller
// one, so that none of them waits for another one's many.
func (s *Store) DueDSRCalls(ctx context.Context) (out []DSRCall, err error) {
	rows, err := s.readers.QueryContext(ctx, dueDSRSQL, ms(s.Now()))
	err = each(rows, err, func() error {
		var v DSRCall
		var callback, received, expected int64
		var url []byte
		var detail string
		err := rows.Scan(&v.Number, &callback, &url, &v.Status, &detail, &v.Tries, &v.Ticket, &v.Request, &v.Type, &received, &expected, &v.Controller)
		if err != nil {
			return err
		}
		v.Received, v.Expected = at(received), at(expected)
		if plain, err := s.keys.open("dsr callback", callback, url); err == nil { // one that does not open is given up
			v.URL = string(plain)
		}
		err = json.Unmarshal([]byte(detail), &v.DSRDetail)
		out = append(out, v)
		return err
	})
	for i := range out {
		if err == nil && out[i].Status == "completed" {
			out[i].Results, err = s.results(ctx, out[i].Ticket)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("listing what controllers are to be told: %w", err)
	}
	return out, nil
}

// NextDSRCall is when there is something to tell next; zero = nothing waits.
func (s *Store) NextDSRCall(ctx context.Context) (time.Time, error) {
	var next sql.NullInt64
	err := s.readers.QueryRowContext(ctx, "SELECT min(next) FROM dsr_outbox WHERE ended IS NULL").Scan(&next)
	return when(next), err
}

// EndDSRCall says that a status was told, or given up. With the last one the address goes.
func (s *Store) EndDSRCall(ctx context.Context, number int64) error {
	return s.write(ctx, audit.System, func(t *tx) error {
		var callback int64
		var status string
		err := t.row("UPDATE dsr_outbox SET ended = ? WHERE number = ? AND ended IS NULL RETURNING callback, status", ms(t.now), number).Scan(&callback, &status)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err == nil && (status == "completed" || status == "cancelled") {
			err = t.exec("UPDATE dsr_callback SET url = NULL WHERE number = ? AND NOT EXISTS (SELECT 1 FROM dsr_outbox WHERE callback = ?1 AND ended IS NULL)", callback)
		}
		if err != nil {
			return fmt.Errorf("ending a callback: %w", err)
		}
		return nil
	})
}

// DelayDSRCall puts off a status that could not be told.
func (s *Store) DelayDSRCall(ctx context.Context, number int64, next time.Time) error {
	return s.write(ctx, audit.System, func(t *tx) error {
		return t.exec("UPDATE dsr_outbox SET tries = tries + 1, next = ? WHERE number = ? AND ended IS NULL", ms(next), number)
	})
}
