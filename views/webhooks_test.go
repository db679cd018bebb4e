package views

import "testing"

func TestWebhooks(t *testing.T) {
	wants := []Choice{{Value: "waiting", Label: "What waits for somebody", Ticked: true}, {Value: "due", Label: "What is due"}}
	render(t, "webhooks", Webhooks{New: NewWebhook{Wants: wants}, Mail: []KV{{Key: "Server", Value: "smtp.example:587", Mono: true}, {Key: "State", Value: "In order"}},
		Tried: &Notice{Tone: "over", Text: "The test was not taken: it answers with status 500."}, Rows: []WebhookRow{
			{Number: 2, Host: "hooks.example", Wants: "what waits for somebody and drills", By: "Ada Admin", Added: minute(22, 4, 12), State: State{Tone: "over", Word: "Not taken"}, Sub: "It answers with status 503; 2 messages wait", Live: true},
			{Number: 1, Host: "old.example", Wants: "drills", By: "Ada Admin", Added: minute(21, 4, 12), State: State{Tone: "erased", Icon: "ban", Word: "Ended"}, Sub: "The receiver wants no more (410)"}}})
	render(t, "webhooks_fresh", Webhooks{New: NewWebhook{Wants: wants, URL: "ftp://x", URLErr: "It must begin with https://.", WantsErr: "Choose one."}, Fresh: &FreshHook{Host: "hooks.example", Secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}})
	render(t, "webhooks_empty", Webhooks{New: NewWebhook{Wants: wants}, Full: true, Empty: Empty{"Nothing is called", "Add an address."}})
}
