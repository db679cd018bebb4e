package views

import (
	"strings"
	"testing"
)

func madeRetention() []RetentionRow {
	waits := &RetentionNext{Days: 7, Kept: "7 days", From: minute(23, 11, 3), By: "Sam Ode", Confirm: Confirm{Words: "keep 7 days", Button: "Approve 7 days"},
		Impact: "The first run, in the night after 23 Nov 2026, 12:03, will erase 12,345 records of those here now, the oldest of 3 Mar 2026. What a hold or a restriction keeps stays."}
	return []RetentionRow{
		{Service: "support-bot", Href: "/services/1#retention", Number: 1, Kind: "Message", Now: "30 days", On: true, Due: "1,204 records are due now, the oldest of 3 Mar 2026.", Next: waits,
			Offer: "Plus: 30 days, as IBM's documents say of an Assistant's logs (watson-assistant, “logs”).", Days: "7"},
		{Service: "kb-search", Href: "/services/2#retention", Number: 7, Kind: "Document", Now: "until it is erased"},
	}
}

func TestRetention(t *testing.T) {
	render(t, "retention", Retention{Next: "What is past its retention is erased at night.", Last: "Last run: batch 7, 22 Nov 2026, 03:00, 12 records erased", LastHref: "/batches/7", CSV: true, Rows: madeRetention()})
	render(t, "retention_empty", Retention{Last: "Nothing was past its retention yet.", Empty: Empty{"No service yet", "What each service holds will stand here."}})
}

// TestServiceRetention: who may not choose sees what was chosen; who chose it is told why they cannot approve it.
func TestServiceRetention(t *testing.T) {
	v := madeService()
	v.Retention = ServiceRetention{Rows: madeRetention(), Choose: true, Plan: "Plus"}
	render(t, "service_retention", v)
	v.Retention.Rows[0].Error = "Write a whole number of days."
	v.Retention.Rows[0].Next.Error, v.Retention.Rows[0].Next.Typed = "Type the words exactly as they stand.", "yes"
	render(t, "service_retention_refused", v)
	v.Manage, v.Retention = false, ServiceRetention{Rows: madeRetention(), Plan: "Plus"}
	v.Retention.Rows[0].Next.Confirm, v.Retention.Rows[0].Next.Barred = Confirm{}, "You chose this, so a second officer has to approve it."
	if page := render(t, "service_retention_read", v); strings.Contains(page, "/retention/approve") || strings.Contains(page, "#known") {
		t.Error("a form is offered to somebody who may not send it")
	}
}
