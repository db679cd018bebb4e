package handlers

import (
	"net/http"

	"quittance/db"
	"quittance/views"
)

// alarmWord is how an alarm is told: its sentence, and where to look when it is about no single thing.
type alarmWord struct {
	tone string
	say  func(db.Alarm) string
	href string
}

// alarmWords has a line for each kind of alarm.
var alarmWords = map[db.AlarmKind]alarmWord{
	db.AlarmLate: {"over", func(a db.Alarm) string {
		return views.Count(a.Count, "erasure is", "erasures are") + " past the 24 hours and not ended"
	}, "/erasures"},
	db.AlarmTickets: {"over", func(a db.Alarm) string {
		return views.Count(a.Count, "ticket is", "tickets are") + " past the day on which the law wants an answer"
	}, "/tickets?show=overdue"},
	db.AlarmPin: {"over", func(db.Alarm) string {
		return "the audit trail and its pin outside the data directory do not agree, or the pin cannot be written; an operator must look before the next start"
	}, "/audit"},
	db.AlarmUnwitness: {"over", func(db.Alarm) string {
		return "A witness refuses the audit trail: it has cosigned more of it than there is, or something else. The data directory was set back or restored, or the trail was altered; tell your auditor"
	}, "/audit"},
	db.AlarmWitness: {"risk", func(db.Alarm) string { return "no witness has cosigned the audit trail for a day" }, "/audit"},
	db.AlarmLedgerCopy: {"risk", func(db.Alarm) string {
		return "the copy of the erasure ledger cannot be written; it is tried again each minute"
	}, "/backups"},
	db.AlarmBackupKey: {"over", func(a db.Alarm) string {
		return views.Count(a.Count, "key", "keys") + " of backups could not be destroyed in time"
	}, "/backups"},
	db.AlarmBackup: {"risk", func(db.Alarm) string { return "no backup was made for a week" }, "/backups"},
	db.AlarmPaused: {"soon", func(a db.Alarm) string {
		return "A batch is paused, and " + views.Count(a.Count, "erasure waits", "erasures wait") + " for somebody to let it go on or stop it"
	}, "/batches"},
	db.AlarmStill: {"over", func(db.Alarm) string { return "A batch runs and has got nowhere for ten minutes; the log says why" }, "/batches"},
	db.AlarmUntaken: {"over", func(a db.Alarm) string {
		return views.Count(a.Count, "scheduled erasure was", "scheduled erasures were") + " taken by no batch for an hour"
	}, "/erasures?state=scheduled"},
	db.AlarmRisk: {"over", func(a db.Alarm) string {
		return views.Count(a.Count, "erasure is", "erasures are") + " within two hours of the 24, and not erased here"
	}, "/erasures"},
	db.AlarmCalls: {"over", func(a db.Alarm) string {
		return "At four calls a minute, " + views.Count(a.Count, "deletion", "deletions") + " will not reach a linked service within the 24 hours"
	}, "/services"},
	db.AlarmSilent: {"over", func(a db.Alarm) string {
		return "A linked service was not called for an hour; " + views.Count(a.Count, "call is", "calls are") + " due"
	}, "/services"},
	db.AlarmByHand: {"soon", func(a db.Alarm) string {
		return views.Count(a.Count, "service waits", "services wait") + " for a person, for more than a week"
	}, "/erasures?state=partial"},
	db.AlarmReturned: {"risk", func(a db.Alarm) string {
		return views.Count(a.Count, "erased customer ID", "erased customer IDs") + " came back"
	}, "/#returned"},
	db.AlarmLink: {"over", func(db.Alarm) string {
		return "A linked service refuses our credential, or shows another certificate than the one that was confirmed"
	}, "/services"},
	db.AlarmDiffers: {"over", func(a db.Alarm) string {
		return views.Count(a.Count, "row of the tables is", "rows of the tables are") + " not what the audit trail says: somebody has changed the database behind the program, and quittance verify names each"
	}, "/audit"},
	db.AlarmDamage: {"over", func(a db.Alarm) string {
		return views.Count(a.Count, "record or page of the database is", "records or pages of the database are") + " damaged: an administrator must look at the disk, quittance doctor names them"
	}, "/drills"},
	db.AlarmMail: {"risk", func(a db.Alarm) string {
		return "Mail to people is not taken for an hour; " + views.Count(a.Count, "notification waits", "notifications wait")
	}, "/webhooks"},
	db.AlarmWebhook: {"risk", func(a db.Alarm) string {
		return "A webhook does not answer for an hour; " + views.Count(a.Count, "call waits", "calls wait")
	}, "/webhooks"},
	db.AlarmDrillFailed: {"over", func(db.Alarm) string { return "The last drill was not passed" }, "/drills"},
	db.AlarmDrillOld:    {"soon", func(db.Alarm) string { return "There was no drill for more than two days" }, "/drills"},
	db.AlarmDisk: {"over", func(a db.Alarm) string {
		return "Only " + views.Number(a.Count) + " MiB of the disk are free: nothing more is taken in, erasures go on"
	}, "/help/administrator#disk"},
	db.AlarmReserve: {"soon", func(a db.Alarm) string {
		return "The disk reserve of " + views.Number(a.Count) + " MiB is not there: on a full disk nothing could be erased"
	}, "/help/administrator#reserve"},
}

// homeAlarms lists what somebody has to look at now, for everyone: whoever sees it first can tell the one who may mend it.
func (s *Server) homeAlarms(r *http.Request, v *views.Home) error {
	alarms, err := s.store.Alarms(r.Context())
	for _, a := range alarms {
		w := alarmWords[a.Kind]
		href := objectHref(a.Object, who(r))
		if href == "" {
			href = w.href
		}
		v.Alarms = append(v.Alarms, views.AlarmLine{Tone: w.tone, Sentence: w.say(a), Href: href, Since: moment(r, a.Since)})
	}
	return err
}
