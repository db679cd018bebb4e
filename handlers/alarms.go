package handlers

import (
	"net/http"

	"quittance/db"
	"quittance/views"
	"quittance/views/lang"
)

// alarmWord is how an alarm is told: its sentence, and where to look when it is about no single thing.
type alarmWord struct {
	tone string
	say  func(db.Alarm) lang.Word
	href string
}

// alarmWords has a line for each kind of alarm.
var alarmWords = map[db.AlarmKind]alarmWord{
	db.AlarmLate: {"over", func(a db.Alarm) lang.Word {
		return lang.Counted(a.Count, "1 erasure is past the 24 hours and not ended", "{n} erasures are past the 24 hours and not ended")
	}, "/erasures"},
	db.AlarmTickets: {"over", func(a db.Alarm) lang.Word {
		return lang.Counted(a.Count, "1 ticket is past the day on which the law wants an answer", "{n} tickets are past the day on which the law wants an answer")
	}, "/tickets?show=overdue"},
	db.AlarmPin: {"over", func(db.Alarm) lang.Word {
		return "the audit trail and its pin outside the data directory do not agree, or the pin cannot be written; an operator must look before the next start"
	}, "/audit"},
	db.AlarmUnwitness: {"over", func(db.Alarm) lang.Word {
		return "A witness refuses the audit trail: it has cosigned more of it than there is, or something else. The data directory was set back or restored, or the trail was altered; tell your auditor"
	}, "/audit"},
	db.AlarmWitness: {"risk", func(db.Alarm) lang.Word { return "no witness has cosigned the audit trail for a day" }, "/audit"},
	db.AlarmLedgerCopy: {"risk", func(db.Alarm) lang.Word {
		return "the copy of the erasure ledger cannot be written; it is tried again each minute"
	}, "/backups"},
	db.AlarmBackupKey: {"over", func(a db.Alarm) lang.Word {
		return lang.Counted(a.Count, "1 key of backups could not be destroyed in time", "{n} keys of backups could not be destroyed in time")
	}, "/backups"},
	db.AlarmBackup: {"risk", func(db.Alarm) lang.Word { return "no backup was made for a week" }, "/backups"},
	db.AlarmPaused: {"soon", func(a db.Alarm) lang.Word {
		return lang.Counted(a.Count, "A batch is paused, and 1 erasure waits for somebody to let it go on or stop it", "A batch is paused, and {n} erasures wait for somebody to let it go on or stop it")
	}, "/batches"},
	db.AlarmStill: {"over", func(db.Alarm) lang.Word { return "A batch runs and has got nowhere for ten minutes; the log says why" }, "/batches"},
	db.AlarmUntaken: {"over", func(a db.Alarm) lang.Word {
		return lang.Counted(a.Count, "1 scheduled erasure was taken by no batch for an hour", "{n} scheduled erasures were taken by no batch for an hour")
	}, "/erasures?state=scheduled"},
	db.AlarmRisk: {"over", func(a db.Alarm) lang.Word {
		return lang.Counted(a.Count, "1 erasure is within two hours of the 24, and not erased here", "{n} erasures are within two hours of the 24, and not erased here")
	}, "/erasures"},
	db.AlarmCalls: {"over", func(a db.Alarm) lang.Word {
		return lang.Counted(a.Count, "At four calls a minute, 1 deletion will not reach a linked service within the 24 hours", "At four calls a minute, {n} deletions will not reach a linked service within the 24 hours")
	}, "/services"},
	db.AlarmSilent: {"over", func(a db.Alarm) lang.Word {
		return lang.Counted(a.Count, "A linked service was not called for an hour; 1 call is due", "A linked service was not called for an hour; {n} calls are due")
	}, "/services"},
	db.AlarmByHand: {"soon", func(a db.Alarm) lang.Word {
		return lang.Counted(a.Count, "1 service waits for a person, for more than a week", "{n} services wait for a person, for more than a week")
	}, "/erasures?state=partial"},
	db.AlarmReturned: {"risk", func(a db.Alarm) lang.Word {
		return lang.Counted(a.Count, "1 erased customer ID came back", "{n} erased customer IDs came back")
	}, "/#returned"},
	db.AlarmLink: {"over", func(db.Alarm) lang.Word {
		return "A linked service refuses our credential, or shows another certificate than the one that was confirmed"
	}, "/services"},
	db.AlarmDiffers: {"over", func(a db.Alarm) lang.Word {
		return lang.Counted(a.Count, "1 row of the tables is not what the audit trail says: somebody has changed the database behind the program, and quittance verify names each", "{n} rows of the tables are not what the audit trail says: somebody has changed the database behind the program, and quittance verify names each")
	}, "/audit"},
	db.AlarmDamage: {"over", func(a db.Alarm) lang.Word {
		return lang.Counted(a.Count, "1 record or page of the database is damaged: an administrator must look at the disk, quittance doctor names them", "{n} records or pages of the database are damaged: an administrator must look at the disk, quittance doctor names them")
	}, "/drills"},
	db.AlarmMail: {"risk", func(a db.Alarm) lang.Word {
		return lang.Counted(a.Count, "Mail to people is not taken for an hour; 1 notification waits", "Mail to people is not taken for an hour; {n} notifications wait")
	}, "/webhooks"},
	db.AlarmWebhook: {"risk", func(a db.Alarm) lang.Word {
		return lang.Counted(a.Count, "A webhook does not answer for an hour; 1 call waits", "A webhook does not answer for an hour; {n} calls wait")
	}, "/webhooks"},
	db.AlarmDrillFailed: {"over", func(db.Alarm) lang.Word { return "The last drill was not passed" }, "/drills"},
	db.AlarmDrillOld:    {"soon", func(db.Alarm) lang.Word { return "There was no drill for more than two days" }, "/drills"},
	db.AlarmDisk: {"over", func(a db.Alarm) lang.Word {
		return lang.Said("Only {n} MiB of the disk are free: nothing more is taken in, erasures go on", "n", a.Count)
	}, "/help/administrator#disk"},
	db.AlarmReserve: {"soon", func(a db.Alarm) lang.Word {
		return lang.Said("The disk reserve of {n} MiB is not there: on a full disk nothing could be erased", "n", a.Count)
	}, "/help/administrator#reserve"},
}

// homeAlarms lists what somebody has to look at now, for everyone: whoever sees it first can tell the one who may mend it. It leads on only where
// this person may follow.
func (s *Server) homeAlarms(r *http.Request, v *views.Home) error {
	alarms, err := s.store.Alarms(r.Context())
	for _, a := range alarms {
		w := alarmWords[a.Kind]
		href := objectHref(a.Object, who(r))
		if href == "" && s.opens(r, w.href) {
			href = w.href
		}
		v.Alarms = append(v.Alarms, views.AlarmLine{Tone: w.tone, Sentence: w.say(a), Href: href, Since: moment(r, a.Since)})
	}
	return err
}
