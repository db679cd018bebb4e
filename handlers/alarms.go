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
	db.AlarmLink: {"over", func(db.Alarm) string {
		return "A linked service refuses our credential, or shows another certificate than the one that was confirmed"
	}, "/services"},
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
