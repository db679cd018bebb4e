package handlers

import (
	"time"

	"quittance/db/letter"
	"quittance/db/ticket"
)

// madeUp are the values of a preview: nobody's.
func madeUp(language, regime string) letter.Values {
	day := func(m time.Month, d int) string {
		return letter.Day(time.Date(2026, m, d, 0, 0, 0, 0, time.UTC), language, regime)
	}
	v := letter.Values{"requester": "Alex Muster", "ticket": "42", "right": letter.RightWords(ticket.Erasure, language), "law": letter.Law(language, regime), "received": day(time.March, 2),
		"today": day(time.March, 9), "due": day(time.April, 2), "extended_due": day(time.June, 2), "reasons": "Your data lies in eleven services, and four of them answer by hand.",
		"ground": letter.GroundWords("17-3-b", language, regime), "authority": "the supervisory authority of your country", "receipt": "7", "recipients": "Example Print Ltd: told to erase, and confirmed",
		"lifted": day(time.March, 23), "house": "Example Ltd", "contact": "privacy@example.org"}
	if language == "de" {
		v["reasons"], v["authority"] = "Ihre Daten liegen in elf Diensten, und vier davon antworten von Hand.", "die Aufsichtsbehörde Ihres Landes"
		v["recipients"], v["house"] = "Muster Druck GmbH: zur Löschung aufgefordert, hat bestätigt", "Muster GmbH"
	}
	return v
}
