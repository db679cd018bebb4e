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
	db.AlarmDamage: {"over", func(a db.Alarm) string {
		return views.Count(a.Count, "record or page of the database is", "records or pages of the database are") + " damaged: an administrator must look at the disk, quittance doctor names them"
	}, "/drills"},
	db.AlarmDrillFailed: {"over", func(db.Alarm) string { return "The last drill was not passed" }, "/drills"},
	db.AlarmDrillOld:    {"soon", func(db.Alarm) string { return "There was no drill for more than two days" }, "/drills"},
	db.AlarmDisk: {"over", func(a db.Alarm) string {
		return "Only " + views.Number(a.Count) + " MiB of the disk are free: nothing more is taken in, erasures go on"
	}, "/help"},
	db.AlarmReserve: {"soon", func(a db.Alarm) string {
		return "The disk reserve of " + views.Number(a.Count) + " MiB is not there: on a full disk nothing could be erased"
	}, "/help"},
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
