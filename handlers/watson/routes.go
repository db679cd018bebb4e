package watson

import (
	"net/http"
	"slices"
	"strings"

	"quittance/db/label"
)

// route is one door: for which kind of service, what the key must be allowed to, and whether the version parameter is demanded.
type route struct {
	kind      label.Kind
	method    string
	path      []string // below the instance; {name} stands for one segment
	scope     string
	versioned bool
	upload    bool // the body may be large: it has other bounds (security.md, "Limits")
	anything  bool // what stands in its parameters does not matter
	do        func(*server, *call) (answer, error)
}

// routes is the map of the API (watson-api.md sections 2 to 6). Assistant v2 has two generations of addresses: the environment, where it
// is named, is the container of the messages, because it is what the logs are listed by.
var routes = slices.Concat(
	assistant("v2/assistants/{container}"),
	assistant("v2/assistants/{assistant}/environments/{container}"),
	[]*route{
		on(label.Assistant, "GET v2/assistants/{container}/logs", ScopeLogs, (*server).logsV2),
		on(label.Assistant, "POST v1/workspaces/{container}/message", ScopeIngest, (*server).messageV1),
		on(label.Assistant, "GET v1/workspaces/{container}/logs", ScopeLogs, (*server).logsV1),
		on(label.Assistant, "GET v1/logs", ScopeLogs, (*server).allLogs),
	},
	deletions(label.Assistant, http.StatusAccepted, "v1", "v2"),
	discovery(),
	deletions(label.Discovery, http.StatusOK, "v1", "v2"),
	deletions(label.VisualRecognition, http.StatusAccepted, "v3", "v4"),
	visualRecognition,
	withoutVersion(deletions(label.SpeechToText, http.StatusOK, "v1")),
	withoutVersion(deletions(label.TextToSpeech, http.StatusOK, "v1")),
	speech,
)

func on(kind label.Kind, methodAndPath, scope string, do func(*server, *call) (answer, error)) *route {
	method, path, _ := strings.Cut(methodAndPath, " ")
	return &route{kind: kind, method: method, path: strings.Split(path, "/"), scope: scope, versioned: true, do: do}
}

func assistant(base string) []*route {
	return []*route{
		on(label.Assistant, "POST "+base+"/sessions", ScopeIngest, (*server).createSession),
		on(label.Assistant, "DELETE "+base+"/sessions/{session}", ScopeIngest, (*server).deleteSession),
		on(label.Assistant, "POST "+base+"/sessions/{session}/message", ScopeIngest, (*server).message),
		on(label.Assistant, "POST "+base+"/message", ScopeIngest, (*server).messageStateless),
	}
}

// discovery has environments in v1 and projects in v2, and collections in both. A query reads stored documents, so the key needs logs for it.
func discovery() []*route {
	const v1, v2 = "v1/environments/{environment}", "v2/projects/{project}"
	const collection, document = "/collections/{collection}", "/collections/{collection}/documents/{document}"
	d := func(methodAndPath, scope string, do func(*server, *call) (answer, error)) *route {
		return on(label.Discovery, methodAndPath, scope, do)
	}
	return []*route{
		d("GET "+v1+collection, ScopeLogs, (*server).collection),
		d("POST "+v1+collection+"/documents", ScopeIngest, (*server).addDocument),
		d("POST "+v1+document, ScopeIngest, (*server).addDocument),
		d("GET "+v1+document, ScopeLogs, (*server).documentStatus),
		d("DELETE "+v1+document, ScopeErase, (*server).deleteDocument),
		d("POST "+v1+collection+"/query", ScopeLogs, (*server).queryV1),
		d("GET "+v1+collection+"/query", ScopeLogs, (*server).queryV1),
		d("POST "+v1+"/query", ScopeLogs, (*server).queryV1),
		d("GET "+v1+"/query", ScopeLogs, (*server).queryV1),
		d("POST v1/events", ScopeIngest, (*server).createEvent),
		d("GET v1/logs", ScopeLogs, (*server).queryLog),
		d("GET "+v2+collection+"/documents", ScopeLogs, (*server).listDocuments),
		d("POST "+v2+collection+"/documents", ScopeIngest, (*server).addDocument),
		d("POST "+v2+document, ScopeIngest, (*server).addDocument),
		d("GET "+v2+document, ScopeLogs, (*server).documentDetails),
		d("DELETE "+v2+document, ScopeErase, (*server).deleteDocument),
		d("POST "+v2+"/query", ScopeLogs, (*server).queryV2),
	}
}

func deletions(kind label.Kind, status int, versions ...string) (out []*route) {
	for _, v := range versions {
		out = append(out, on(kind, "DELETE "+v+"/user_data", ScopeErase, deleteUserData(status)))
	}
	return out
}

// withoutVersion: Speech to Text and Text to Speech have no version parameter.
func withoutVersion(rs []*route) []*route {
	for _, r := range rs {
		r.versioned = false
	}
	return rs
}

// pattern is what stands in the access log instead of the address (law L10).
func (r *route) pattern() string { return Prefix + "{guid}/" + strings.Join(r.path, "/") }

// find chooses the door. A path that exists with other methods is 405, and Allow names them (RFC 9110, section 15.5.6).
func (c *call) find(segments []string) error {
	var allow []string
	for _, r := range routes {
		if r.kind != c.service.Kind || !r.matches(segments) {
			continue
		}
		if r.method == c.Method {
			c.route, c.Pattern = r, r.pattern()
			return c.readParams(segments)
		}
		allow = append(allow, r.method)
	}
	if allow != nil {
		return &apiError{status: http.StatusMethodNotAllowed, message: "Method not allowed", allow: strings.Join(allow, ", ")}
	}
	return errNoResource
}

func (r *route) matches(segments []string) bool {
	return slices.EqualFunc(r.path, segments, func(want, got string) bool { return want[0] == '{' || want == got })
}

// readParams checks the identifiers of the path. IBM's are GUIDs; other opaque words are let through, because its documents use them.
func (c *call) readParams(segments []string) error {
	c.params = make(map[string]string, 3)
	for i, name := range c.route.path {
		if name[0] != '{' {
			continue
		}
		name = strings.Trim(name, "{}")
		if !identifier(segments[i]) && !c.route.anything {
			return badParam(name, "URL "+c.word(name)+" parameter is not a valid GUID.")
		}
		c.params[name] = segments[i]
	}
	return nil
}

// word is what the parameter is called in this version of the API.
func (c *call) word(param string) string {
	if param == "container" && c.route.path[0] == "v1" {
		return "workspaceid"
	}
	if param == "session" {
		return "sessionid"
	}
	if c.service.Kind == label.Discovery {
		return param + "_id"
	}
	if c.route.kind != label.Assistant {
		return param
	}
	return "assistantid"
}

// identifier tells what may stand for a name in a path. "." and ".." are steps to whoever tidies a path up. The client of a gateway calls no
// such path, so one message kept under that name would have left its instance with a place that can never be asked, and never confirmed.
func identifier(s string) bool {
	return s != "" && s != "." && s != ".." && len(s) <= 128 && !strings.ContainsFunc(s, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-_.", r))
	})
}
