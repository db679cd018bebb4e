package handlers

import (
	"slices"
	"strings"

	"quittance/db"
	"quittance/db/label"
	"quittance/handlers/watson"
	"quittance/views"
	"quittance/views/lang"
)

// sdkHeader is how the same header is set with IBM's clients: on the one call, not on the client, because another call may be about somebody
// else (watson-api.md, section 1, "Headers").
var sdkHeader = []views.Command{
	{Name: "Node.js, ibm-watson", Text: "assistant.message({\n  assistantId, sessionId, input,\n  headers: { 'X-Watson-Metadata': 'customer_id=' + customerId },\n})"},
	{Name: "Python, ibm-watson", Text: "assistant.message(\n    assistant_id, session_id, input=message,\n    headers={'X-Watson-Metadata': 'customer_id=' + customer_id})"},
	{Name: "Java, com.ibm.watson", Text: "assistant.message(options)\n    .addHeader(\"X-Watson-Metadata\", \"customer_id=\" + customerId)\n    .execute();"},
	{Name: "Go, go-sdk", Text: "options.SetHeaders(map[string]string{\n\t\"X-Watson-Metadata\": \"customer_id=\" + customerID,\n})"},
}

// labelWords say where the label belongs, by kind of service.
var labelWords = map[label.Kind][2]lang.Word{
	label.Assistant:         {"Send the header with every message. It labels that message only: a session does not remember it. The ID is opaque: no name, no address.", "IBM, Watson Assistant, “Information security”, “Labeling and deleting data”."},
	label.Discovery:         {"Send the header when a document is added, and with every query.", "IBM, Discovery, “Information security”."},
	label.VisualRecognition: {"Send the header when a classifier or a collection is made or trained with pictures of a person.", "IBM, Visual Recognition, “Information security”."},
	label.SpeechToText:      {"Send the header with every recognition. A WebSocket takes it as the query parameter x-watson-metadata when it is opened, URL-encoded.", "IBM, Speech to Text, “Information security”."},
	label.TextToSpeech:      {"Send the header with every synthesis. A WebSocket takes it as the query parameter x-watson-metadata when it is opened, URL-encoded.", "IBM, Text to Speech, “Information security”."},
}

// advice says what to change for the senders that are listed: once for each kind of service, and once for each channel that cannot label.
func (s *Server) advice(senders []db.Sender, services map[int64]db.Service) (out []views.Advice) {
	for _, kind := range []label.Kind{label.Assistant, label.Discovery, label.VisualRecognition, label.SpeechToText, label.TextToSpeech} {
		n := slices.IndexFunc(senders, func(x db.Sender) bool { return services[x.Service].Kind == kind && x.Unreachable < x.Records })
		if n >= 0 {
			out = append(out, s.labelAdvice(services[senders[n].Service]))
		}
	}
	if slices.ContainsFunc(senders, func(x db.Sender) bool {
		return x.Channel == string(watson.Slack) || x.Channel == string(watson.Intercom)
	}) {
		out = append(out, views.Advice{Title: "Slack and Intercom", Text: "These integrations label by themselves: slack_ with the IDs of team and member, intercom_ with the author’s ID. What came through them without a label was sent by an application of your own: send the header there.",
			Source: "IBM, Watson Assistant, “Information security”."})
	}
	if slices.ContainsFunc(senders, func(x db.Sender) bool { return x.Unreachable > 0 }) {
		out = append(out, channelAdvice)
	}
	return out
}

// channelAdvice is what IBM's document says of the channels that cannot label ("Information security", 2020-10).
var channelAdvice = views.Advice{Title: "Assistant preview (preview link) and Facebook",
	Text:   "Labels are not supported there: neither the assistant preview nor the automatic Facebook integration can send a customer ID, so nothing that came through them can be deleted by one, here or at IBM. Keep both out of a solution whose data has to be deletable: show the preview to nobody but staff, and put an application of your own between Facebook and the assistant that sends the header with every message. The web chat is no such case: the user_id that its page sets becomes the customer ID.",
	Source: "IBM, Watson Assistant, “Information security”: preview link and Facebook."}

func (s *Server) labelAdvice(v db.Service) views.Advice {
	words := labelWords[v.Kind]
	a := views.Advice{Title: kindName(v.Kind), Text: words[0], Source: words[1], Commands: []views.Command{{Name: "The header", Text: label.Header + ": customer_id=ID"}}}
	for _, e := range endpoints(v, s.serviceURL(v)) {
		if strings.Contains(e.Curl, label.Header) {
			a.Commands = append(a.Commands, views.Command{Name: "curl", Text: lang.Raw(e.Curl)})
			break
		}
	}
	if v.Kind == label.Assistant {
		a.Commands = append(a.Commands, sdkHeader...)
	}
	return a
}
