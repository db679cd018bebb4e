package db

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"quittance/db/audit"
)

// What there is to tell. Its part before the dot is the group by which people and webhooks choose; its sentence is the face's.
type What string

// The occasions. Each alarm that has no place of its own here is "alarm." and its kind.
const (
	ErasureWaits   What = "waiting.erasure"   // proposed, and to be approved or refused
	BulkWaits      What = "waiting.list"      // likewise, a list of them
	BatchWaits     What = "waiting.batch"     // paused
	HoldWaits      What = "waiting.hold"      // its last day is to be confirmed, or its end
	AnswerWaits    What = "waiting.answer"    // prepared, and to be released; the object is its ticket
	DisposalWaits  What = "waiting.casefiles" // the destruction of case files
	RetentionWaits What = "waiting.retention" // a shorter retention; the object is its service
	TicketSoon     What = "due.ticket"        // within seven days
	TicketOverdue  What = "due.overdue"
	PartFails      What = "failed.part" // a call to a linked service failed; the object is the erasure
)

// The groups.
const (
	GroupWaiting = "waiting"
	GroupDue     = "due"
	GroupFailed  = "failed"
	GroupDrill   = "drill"
	GroupAlarm   = "alarm"
)

// Groups lists them, in the order in which a page offers them.
func Groups() []string {
	return []string{GroupWaiting, GroupDue, GroupFailed, GroupDrill, GroupAlarm}
}

// Group is what a person or a webhook chooses it by.
func (w What) Group() string { group, _, _ := strings.Cut(string(w), "."); return group }

// Alarm is the kind of alarm that it tells of, "" for none.
func (w What) Alarm() AlarmKind {
	_, kind, _ := strings.Cut(string(w), ".")
	if slices.Contains(AlarmKinds, AlarmKind(kind)) {
		return AlarmKind(kind)
	}
	return ""
}

// Whats lists all that can be told.
func Whats() []What {
	out := []What{ErasureWaits, BulkWaits, BatchWaits, HoldWaits, AnswerWaits, DisposalWaits, RetentionWaits, TicketSoon, TicketOverdue, PartFails}
	for _, kind := range AlarmKinds {
		if w := alarmWhat(kind); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// alarmGroups are the alarms that belong to another group than that of alarms; "" = each thing they are about is told by itself.
var alarmGroups = map[AlarmKind]string{AlarmDrillFailed: GroupDrill, AlarmDrillOld: GroupDrill, AlarmLate: GroupDue, AlarmRisk: GroupDue, AlarmUntaken: GroupDue,
	AlarmTickets: "", AlarmPaused: ""}

func alarmWhat(kind AlarmKind) What {
	group, apart := alarmGroups[kind]
	if !apart {
		group = GroupAlarm
	}
	if group == "" {
		return ""
	}
	return What(group + "." + string(kind))
}

// Occasion is something that is so now and that somebody is to be told.
type Occasion struct {
	What   What
	Object audit.Object // "" = no single thing
	Count  int64        // of an alarm
	Not    []string     // actors that may not decide it (law L6)
	Only   int64        // the account that it is a matter of; 0 = whoever may
}

// occasionSoon is how long before its last day a ticket is due soon: as on the overview.
const occasionSoon = 7 * 24 * time.Hour

// occasionMost bounds what is read of one kind: whoever has so much before them is not helped by more mail.
const occasionMost = 500

// occasionSources read one kind each: the number, the account that it is a matter of, and who may not decide, with commas.
var occasionSources = []struct {
	what  What
	kind  audit.Kind
	query string
}{
	{ErasureWaits, audit.KindErasure, "SELECT number, 0, proposer FROM erasure WHERE state = 'proposed' AND bulk IS NULL AND drill = 0 AND ?1 > 0 ORDER BY number LIMIT ?2"},
	{BulkWaits, audit.KindBulk, "SELECT number, 0, proposer FROM bulk WHERE state = 'proposed' AND ?1 > 0 ORDER BY number LIMIT ?2"},
	{BatchWaits, audit.KindBatch, `SELECT number, 0, CASE WHEN pause <> 'person' THEN coalesce((SELECT group_concat(DISTINCT approver) FROM erasure WHERE batch = batch.number), '') ELSE '' END
		FROM batch WHERE state = 'paused' AND drill = 0 AND ?1 > 0 ORDER BY number LIMIT ?2`},
	{HoldWaits, audit.KindHold, `SELECT number, 0, CASE state WHEN 'lifting' THEN asked_by ELSE placed_by END FROM hold
		WHERE state IN ('active','lifting') AND (state = 'lifting' OR expiry IS NOT NULL AND expiry_by IS NULL) AND ?1 > 0 ORDER BY number LIMIT ?2`},
	{AnswerWaits, audit.KindTicket, "SELECT ticket, 0, prepared_by || ',' || changed_by FROM answer WHERE released IS NULL AND ended IS NULL AND (SELECT ended FROM ticket WHERE ticket.number = answer.ticket) IS NULL AND ?1 > 0 ORDER BY ticket LIMIT ?2"},
	{DisposalWaits, audit.KindDisposal, "SELECT number, 0, proposer FROM disposal WHERE approved IS NULL AND withdrawn IS NULL AND ended IS NULL AND ?1 > 0 ORDER BY number LIMIT ?2"},
	{RetentionWaits, audit.KindService, "SELECT service, 0, group_concat(DISTINCT proposer) FROM retention WHERE wanted IS NOT NULL AND approver IS NULL AND ?1 > 0 GROUP BY service LIMIT ?2"},
	{TicketOverdue, audit.KindTicket, "SELECT number, coalesce(assignee, 0), '' FROM ticket WHERE ended IS NULL AND stands = 0 AND due < ?1 ORDER BY due LIMIT ?2"},
	{TicketSoon, audit.KindTicket, "SELECT number, coalesce(assignee, 0), '' FROM ticket WHERE ended IS NULL AND stands = 0 AND due >= ?1 AND due < ?3 ORDER BY due LIMIT ?2"},
	{PartFails, audit.KindErasure, "SELECT DISTINCT e.number, 0, '' FROM erasure e JOIN part p ON p.erasure = e.number WHERE e.state IN " + stillOpen + " AND p.state IN ('failed','by hand') AND p.excluded IS NULL AND e.drill = 0 AND ?1 > 0 ORDER BY e.number LIMIT ?2"},
}

// Occasions lists all that somebody is to be told now, in a fixed order.
func (s *Store) Occasions(ctx context.Context) (out []Occasion, err error) {
	now := s.Now()
	for _, source := range occasionSources {
		args := []any{ms(now), occasionMost}
		if strings.Contains(source.query, "?3") {
			args = append(args, ms(now.Add(occasionSoon)))
		}
		rows, err := s.readers.QueryContext(ctx, source.query, args...)
		err = each(rows, err, func() error {
			var number, only int64
			var not string
			err := rows.Scan(&number, &only, &not)
			out = append(out, Occasion{What: source.what, Object: audit.ObjectOf(source.kind, number), Only: only, Not: strings.Split(not, ",")})
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("looking for what is to be told: %w", err)
		}
	}
	alarms, err := s.Alarms(ctx)
	for _, a := range alarms {
		if what := alarmWhat(a.Kind); what != "" && !slices.ContainsFunc(out, func(o Occasion) bool { return o.What == what }) {
			out = append(out, Occasion{What: what, Count: a.Count})
		}
	}
	return out, err
}
