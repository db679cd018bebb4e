package views

import (
	"context"
	"io"
	"quittance/views/lang"
)

// Suitability is what IBM's documents say of one service, by what is known of it, and the way to another one where it does not suit.
type Suitability struct {
	Number   int64
	Name     string
	Sentence lang.Word // "2 of 15 rules speak against it"
	Answered bool
	Route    string // "eu", "non-eu", "" = not known
	Findings []SuitFinding
	Facts    []KV // to those who do not change them

	Manage         bool
	Begun          string
	BegunErr, Err  string
	Migrated, Plan []Option
	Centre         []Option
	Features       []Choice
	Integrations   []Choice
	Uses           []Choice

	Move *ServiceMove // nil = none begun
	// Successors are what can take its place.
	Successors   []Option
	SuccessorErr lang.Word
}

// SuitFinding is what one rule says.
type SuitFinding struct{ Code, Verdict string }

// ServiceMove is how far a move is.
type ServiceMove struct {
	Successor                     int64
	Name                          string
	HasKey, Revoked, Linked, Over bool
	NewLinked                     bool
	OldKeys                       int64
	LastUsed                      Moment // of the old keys that are live
	Started, Ended                Moment
}

// Render writes the page.
func (v Suitability) Render(ctx context.Context, w io.Writer) error { return v.page().Render(ctx, w) }

// SuitVerdicts are the verdicts as states.
var SuitVerdicts = map[string]State{
	"unsuitable": {Tone: "over", Icon: "ban", Word: "Not suitable"},
	"risk":       {Tone: "risk", Icon: "alert-triangle", Word: "Risk"},
	"mind":       {Tone: "run", Icon: "info-circle", Word: "To be known"},
	"unknown":    {Tone: "soon", Icon: "hourglass", Word: "Not said yet"},
	"unseen":     {Icon: "eye-off", Word: "Cannot be known"},
	"suits":      {Tone: "ok", Word: "Nothing against it"},
	"apart":      {Icon: "circle-minus", Word: "Does not apply"},
}

// SuitRule is a rule in words: what it is about, where it is written, and what to do where it is broken.
type SuitRule struct{ About, Source, Do lang.Word }

// SuitRules are the words of db.Rules.
var SuitRules = map[string]SuitRule{
	"created":          {"An instance made before 22 May 2018 does not support labels.", "IBM, “Information security”, instances created before 2018-05-22", "Move to a new instance and make new keys: begin below."},
	"migrated":         {"An older instance that was not migrated by 1 October 2018 has lost its data.", "IBM, “Information security”, migration by 2018-10-01", "Treat its data before that day as deleted, and move to a new instance."},
	"beta":             {"Beta and experimental features do not promise that labels are kept or that a deletion reaches everything.", "IBM, “Information security”, beta and experimental features", "Switch them off, or keep personal data away from them."},
	"preview":          {"The preview link sends no customer ID: nothing that came through it is erasable by ID.", "IBM, Watson Assistant, “Information security”, preview link", "Keep it away from customers; show it to staff only."},
	"facebook":         {"The automatic Facebook integration sends no customer ID: nothing that came through it is erasable by ID.", "IBM, Watson Assistant, “Information security”, Facebook", "Put an application of your own before it that sends X-Watson-Metadata."},
	"search-skill":     {"A search skill asks a Discovery instance, whose data needs a deletion of its own.", "IBM, Watson Assistant, “Information security”, search skill", "Add or link that Discovery service here and link the skill to it: erasures then reach both."},
	"webhooks":         {"A webhook carries what people say to a place that no deletion of the Assistant reaches.", "IBM, Watson Assistant, webhooks and log webhook", "Link the receiving system as a service, by HTTP or by hand, so that erasures include it."},
	"phone":            {"The phone integration uses Speech to Text and Text to Speech, which are instances of their own.", "IBM, Watson Assistant, phone integration; Speech to Text, “Information security”", "Add or link both, and send the label with their calls."},
	"health":           {"Health data under HIPAA may lie on Premium in Washington DC only, in an instance made on or after 1 April 2019.", "IBM, “Information security”, HIPAA", "Move to such an instance, or keep health data away from this one."},
	"training":         {"Personal data in intents, entities and examples is not erasable by ID, and nobody can see it from outside.", "IBM, Watson Assistant, “Information security”, training data", "Check what the service is taught from, with the check of training data."},
	"learning":         {"Premium plans are excluded from learning; on other plans each request has to opt out.", "IBM, “Information security”, X-Watson-Learning-Opt-Out", "Send X-Watson-Learning-Opt-Out: true with every request, unless the plan is Premium."},
	"processed-images": {"On a dedicated plan processed images are cached beyond the reach of a deletion by ID.", "IBM, Visual Recognition, “Information security”, dedicated plans", "Open a ticket “processed images” for each person who asks."},
	"support":          {"Requests about the EU and about other regions take different routes through IBM’s support.", "IBM, “Information security”, requests of data subjects", "Open cases by the route that stands above the table."},
	"several-ids":      {"Real instances count only the first of several customer IDs in one header, since November 2021.", "IBM, Watson Assistant, release notes of 2021-11", "Send one ID with each request; records of the other IDs are not reached by these."},
	"queries":          {"Version 2 of Discovery does not log queries: there is none to list or to erase there.", "IBM, Discovery v2, “Information security”", "Nothing. Queries of version 1, and those that are kept here, are erased by ID."},
}

// SuitTick is something of a service that IBM has rules for, and the list on the form that it stands in.
type SuitTick struct {
	Words lang.Word
	List  string
}

// SuitTicks are the words of db.Ticks.
var SuitTicks = map[string]SuitTick{
	"beta": {"Beta or experimental features", "features"}, "search-skill": {"Search skill", "features"}, "dialog": {"Dialog", "features"}, "webhook": {"Webhook", "features"}, "log-webhook": {"Log webhook", "features"},
	"preview": {"Preview link", "integrations"}, "facebook": {"Facebook, automatic", "integrations"}, "phone": {"Phone", "integrations"}, "web-chat": {"Web chat", "integrations"}, "slack": {"Slack", "integrations"}, "intercom": {"Intercom", "integrations"},
	"health": {"Health data (HIPAA)", "uses"}, "several-ids": {"Several customer IDs in one header", "uses"}, "dedicated": {"Dedicated plan", "uses"}, "personal-training": {"Personal data in intents or entities", "uses"},
}

// DataCentres are the words of db.Centres.
var DataCentres = []Coded{{"dallas", "", "Dallas (us-south)"}, {"washington", "", "Washington DC (us-east)"}, {"frankfurt", "", "Frankfurt (eu-de), in the EU"}, {"london", "", "London (eu-gb)"},
	{"sydney", "", "Sydney (au-syd)"}, {"tokyo", "", "Tokyo (jp-tok)"}, {"seoul", "", "Seoul (kr-seo)"}}
