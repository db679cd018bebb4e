package db

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"quittance/db/audit"
)

// AlarmKind says what is wrong. Its sentence is the face's: handlers, alarmWords.
type AlarmKind string

// The kinds.
const (
	AlarmLate        AlarmKind = "late"         // an erasure is past its 24 hours and has not ended
	AlarmReturned    AlarmKind = "returned"     // something came in under the IDs of ended erasures
	AlarmDamage      AlarmKind = "damage"       // records or pages that are not as they were written
	AlarmDrillFailed AlarmKind = "drill-failed" // the last drill was not passed
	AlarmDrillOld    AlarmKind = "drill-old"    // there was no drill for two days
	AlarmDisk        AlarmKind = "disk"         // too little is free: nothing is taken in
	AlarmReserve     AlarmKind = "reserve"      // the disk reserve is not there
)

// AlarmLink is a linked service that does not take our credential, or does not show the certificate that an administrator confirmed.
const AlarmLink AlarmKind = "link"

// AlarmTickets is that the legal clock of tickets has run out.
const AlarmTickets AlarmKind = "tickets"

// AlarmKinds is the closed list.
var AlarmKinds = []AlarmKind{AlarmLate, AlarmPin, AlarmUnwitness, AlarmWitness, AlarmLedgerCopy, AlarmBackup, AlarmBackupKey, AlarmPaused, AlarmStill, AlarmUntaken, AlarmRisk, AlarmCalls, AlarmSilent, AlarmByHand, AlarmReturned, AlarmLink,
	AlarmDiffers, AlarmDamage, AlarmDrillFailed, AlarmDrillOld, AlarmDisk, AlarmReserve, AlarmTickets, AlarmMail, AlarmWebhook}

// Alarm is something that a person has to look at now. It is read from what is stored and known each time it is asked for: an alarm ends
// when what it is about does, and nobody has to put it away.
type Alarm struct {
	Kind   AlarmKind
	Object audit.Object // what it is about, where that is one thing; else ""
	Since  time.Time
	Count  int64 // of what the kind counts, 0 where it counts nothing
}

// alarmSources are asked one after the other, the gravest first.
var alarmSources = []func(*Store, context.Context) ([]Alarm, error){
	(*Store).lateErasures, (*Store).overdueTickets, (*Store).differsAlarm, (*Store).damageAlarm, (*Store).diskAlarms, (*Store).pinAlarm, (*Store).witnessAlarms, (*Store).pausedBatches, (*Store).stillBatches, (*Store).untakenErasures, (*Store).riskyErasures, (*Store).riskyCalls,
	(*Store).silentServices, (*Store).longByHand, (*Store).copyBehind, (*Store).backupAlarms,
	(*Store).returnedData, (*Store).brokenLinks, (*Store).drillAlarms, (*Store).untoldAlarms,
}

// Alarms lists what a person has to look at now. It reads by indexes only: the overview asks for it each time.
func (s *Store) Alarms(ctx context.Context) ([]Alarm, error) {
	var all []Alarm
	for _, source := range alarmSources {
		some, err := source(s, ctx)
		if err != nil {
			return nil, fmt.Errorf("listing alarms: %w", err)
		}
		all = append(all, some...)
	}
	return all, nil
}

func (s *Store) lateErasures(ctx context.Context) ([]Alarm, error) {
	var count int64
	var first, oldest sql.NullInt64
	err := s.readers.QueryRowContext(ctx, `SELECT count(*), min(deadline), (SELECT number FROM erasure WHERE state IN `+stillOpen+` AND deadline < ?1 AND NOT `+heldBack+` ORDER BY deadline LIMIT 1)
		FROM erasure WHERE state IN `+stillOpen+` AND deadline < ?1 AND NOT `+heldBack+``, ms(s.Now())).Scan(&count, &first, &oldest)
	if err != nil || count == 0 {
		return nil, err
	}
	return []Alarm{{Kind: AlarmLate, Object: audit.ObjectOf(audit.KindErasure, oldest.Int64), Since: at(first.Int64), Count: count}}, nil
}

// heldBack is what rests because a hold or a restriction keeps the rest of it: that is lawful, and not late.
const heldBack = "(state = 'partial' AND EXISTS (SELECT 1 FROM part WHERE part.erasure = erasure.number AND part.state = 'held'))"

// stillOpen are the states of a request that has not ended, by the index on them.
const stillOpen = "('proposed','scheduled','running','verifying','partial')"

func (s *Store) overdueTickets(ctx context.Context) ([]Alarm, error) {
	var count int64
	var first, oldest sql.NullInt64
	err := s.readers.QueryRowContext(ctx, `SELECT count(*), min(due), (SELECT number FROM ticket WHERE ended IS NULL AND stands = 0 AND due < ?1 ORDER BY due, number LIMIT 1)
		FROM ticket WHERE ended IS NULL AND stands = 0 AND due < ?1`, ms(s.Now())).Scan(&count, &first, &oldest)
	if err != nil || count == 0 {
		return nil, err
	}
	return []Alarm{{Kind: AlarmTickets, Object: audit.ObjectOf(audit.KindTicket, oldest.Int64), Since: at(first.Int64), Count: count}}, nil
}
