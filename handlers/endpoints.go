package handlers

import (
	"slices"
	"strings"

	"quittance/db"
	"quittance/db/label"
	"quittance/views"
	"quittance/views/lang"
)

// endpoint is one operation of the API as IBM's documents write it, below the instance's own address.
type endpoint struct {
	name               lang.Word
	method, path, curl string
}

const deletion lang.Word = "Delete by customer ID"

// endpointsOf are the operations that each kind of service answers here. The commands are those of IBM's documents ("Information
// security" of each service); only the address and the key are ours.
var endpointsOf = map[label.Kind][]endpoint{
	label.Assistant: {
		{"Begin a conversation", "POST", "/v2/assistants/{assistant}/sessions?version=2020-04-01",
			`curl -X POST -u "apikey:{apikey}" "{url}"`},
		{"Send a labelled message", "POST", "/v2/assistants/{assistant}/sessions/{session}/message?version=2020-04-01",
			`curl -X POST -u "apikey:{apikey}" --header "Content-Type:application/json" --header "X-Watson-Metadata: customer_id={customer_id}" --data "{\"input\":{\"text\":\"hello\"}}" "{url}"`},
		{"List logs by customer ID", "GET", "/v2/assistants/{assistant}/logs?version=2020-04-01&filter=customer_id::{customer_id}",
			`curl -X GET -u "apikey:{apikey}" "{url}"`},
		{deletion, "DELETE", "/v2/user_data?customer_id={customer_id}&version=2020-04-01", deleteCurl},
	},
	label.Discovery: {
		{"Add a labelled document", "POST", "/v1/environments/{environment}/collections/{collection}/documents?version=2019-04-30",
			`curl -X POST -u "apikey:{apikey}" --header "X-Watson-Metadata: customer_id={customer_id}" --form "file=@letter.html" --form "metadata={\"author\":\"A. Person\"}" "{url}"`},
		{"Query documents", "POST", "/v1/environments/{environment}/collections/{collection}/query?version=2019-04-30",
			`curl -X POST -u "apikey:{apikey}" --header "Content-Type: application/json" --header "X-Watson-Metadata: customer_id={customer_id}" --data "{\"natural_language_query\":\"return a parcel\",\"passages\":true}" "{url}"`},
		{"List logged queries by customer ID", "GET", "/v1/logs?version=2019-04-30&filter=customer_id::{customer_id}",
			`curl -X GET -u "apikey:{apikey}" "{url}"`},
		{"Query a project", "POST", "/v2/projects/{project}/query?version=2020-08-30",
			`curl -X POST -u "apikey:{apikey}" --header "Content-Type: application/json" --data "{\"natural_language_query\":\"return a parcel\",\"count\":3}" "{url}"`},
		{deletion, "DELETE", "/v2/user_data?customer_id={customer_id}&version=2020-08-30", deleteCurl},
	},
	label.VisualRecognition: {
		{"Create a labelled classifier", "POST", "/v3/classifiers?version=2018-03-19",
			`curl -X POST -u "apikey:{apikey}" --header "X-Watson-Metadata: customer_id={customer_id}" --form "name=dogs" --form "beagle_positive_examples=@beagle.zip" --form "negative_examples=@cats.zip" "{url}"`},
		{"Create a labelled collection", "POST", "/v4/collections?version=2019-02-11",
			`curl -X POST -u "apikey:{apikey}" --header "Content-Type:application/json" --header "X-Watson-Metadata: customer_id={customer_id}" --data "{\"name\":\"dogs\"}" "{url}"`},
		{"Add images to a collection", "POST", "/v4/collections/{collection_id}/images?version=2019-02-11",
			`curl -X POST -u "apikey:{apikey}" --form "images_file=@beagle.jpg" "{url}"`},
		{deletion, "DELETE", "/v4/user_data?customer_id={customer_id}&version=2019-02-11", deleteCurl},
	},
	label.SpeechToText: {{deletion, "DELETE", "/v1/user_data?customer_id={customer_id}", deleteCurl}},
	label.TextToSpeech: {{deletion, "DELETE", "/v1/user_data?customer_id={customer_id}", deleteCurl}},
}

// passedEndpoints are those that are answered only where an instance stands behind the service.
var passedEndpoints = map[label.Kind][]endpoint{
	label.SpeechToText: {{"Have labelled audio understood", "POST", "/v1/recognize",
		`curl -X POST -u "apikey:{apikey}" --header "Content-Type: audio/wav" --header "X-Watson-Metadata: customer_id={customer_id}" --data-binary @{audio_file} "{url}"`}},
	label.TextToSpeech: {{"Have a labelled text said", "POST", "/v1/synthesize",
		`curl -X POST -u "apikey:{apikey}" --header "Content-Type: application/json" --header "Accept: audio/wav" --header "X-Watson-Metadata: customer_id={customer_id}" --data "{\"text\":\"hello\"}" --output hello.wav "{url}"`}},
}

const deleteCurl = `curl -X DELETE -u "apikey:{apikey}" "{url}"`

// endpoints are the operations of a service with its real address; what stands in braces is the reader's to fill in.
func endpoints(v db.Service, base string) []views.Endpoint {
	if !v.Removed.IsZero() {
		return nil
	}
	var out []views.Endpoint
	all := endpointsOf[v.Kind]
	if v.Upstream != 0 {
		all = slices.Concat(passedEndpoints[v.Kind], all)
	}
	for _, e := range all {
		out = append(out, views.Endpoint{Name: e.name, Method: lang.Raw(e.method), Path: e.path, Curl: strings.Replace(e.curl, "{url}", base+e.path, 1)})
	}
	return out
}
