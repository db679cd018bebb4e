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
	Sentence lang.Word // "2 rules speak against it"
	Route    string    // "eu", "non-eu", "" = not known
	Findings []SuitFinding
	Facts    []KV // to those who do not change them

	Manage         bool
	Begun          string
	BegunErr, Err  lang.Word
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

// SuitRule is a rule in words: what it is about, where it is written, and what to do by what it found.
type SuitRule struct {
	About, Source lang.Word
	Do            map[string]lang.Word // by verdict; what suits, does not apply or has not been said needs none of its own
}

// SuitRules are the words of db.Rules. What no document of IBM says is called our own advice.
var SuitRules = map[string]SuitRule{
	"created": {"An instance made before 22 May 2018 is not suitable where the GDPR applies.", "IBM, Visual Recognition, “Information security”, “GDPR Security Migration”. That it is asked of the other services too is our own advice.",
		map[string]lang.Word{"unsuitable": "Move to a new instance and make new keys: begin below."}},
	"migrated": {"The data of an older instance that was not migrated by 1 October 2018 was to be deleted.", "IBM, Visual Recognition, “Information security”, “GDPR Security Migration”. That it is asked of the other services too is our own advice.",
		map[string]lang.Word{"unsuitable": "Treat its data before that day as deleted, and move to a new instance: begin below."}},
	"beta": {"Beta and experimental features are not guaranteed to work when data is labelled and deleted.", "IBM, Assistant and Discovery, “Information security”, “Labeling and deleting data”",
		map[string]lang.Word{"unsuitable": "Switch them off, or keep personal data away from them."}},
	"preview": {"The preview link supports no labels: nothing that came through it can be erased by ID.", "IBM, Assistant, “Information security”, “Labeling and deleting data”",
		map[string]lang.Word{"risk": "Keep it away from customers; show it to staff only."}},
	"facebook": {"The automatic Facebook integration supports no labels: nothing that came through it can be erased by ID.", "IBM, Assistant, “Information security”, “Labeling and deleting data”; the way round it is our own advice.",
		map[string]lang.Word{"risk": "Put an application of your own in its place that sends X-Watson-Metadata."}},
	"search-skill": {"A search skill asks a Discovery instance, whose data needs a deletion of its own.", "IBM, Assistant, “Information security”, “Before you begin”",
		map[string]lang.Word{"risk": "Add or link that Discovery service here, so that erasures include it. On the page of an Assistant that lies here it can be named, and deletions by API then reach both.", "mind": "Nothing: the Discovery service is named here, and erasures reach both."}},
	"webhooks": {"A webhook sends what people say to a place of your own.", "IBM, Assistant, “Webhook overview” and “Logging activity with a webhook”. That no deletion of the Assistant reaches it is our own reading.",
		map[string]lang.Word{"risk": "Link the receiving system as a service, by HTTP or by hand, so that erasures include it."}},
	"phone": {"The phone integration uses Speech to Text and Text to Speech, which are instances of their own.", "IBM, Assistant, “Integrating with phone”. That they need an erasure of their own is our own reading.",
		map[string]lang.Word{"risk": "Add or link both here, so that erasures include them."}},
	"health": {"Health data under HIPAA needs Premium in Washington DC and an instance made on or after 1 April 2019; of an Assistant also Enterprise in Washington DC or Dallas.", "IBM, Assistant, “Information security” (2020) and “Securing your assistant” (2022); Speech to Text, “Information security”, HIPAA",
		map[string]lang.Word{"unsuitable": "Move to such an instance, or keep health data away from this one."}},
	"training": {"Personal data in intents, entities and examples cannot be erased by ID.", "IBM, Assistant, “Information security”, “Labeling and deleting data” and “Deleting data”",
		map[string]lang.Word{"risk": "Take it out of what the service is taught from; the check of training data finds it.", "unseen": "Nobody can see it from here: check what the service is taught from with the check of training data."}},
	"learning": {"IBM does not learn from Premium and Enterprise plans; on the others each request or the account has to opt out.", "IBM, Assistant, “Information security”, “Opting out of log data use”; Watson, “Controlling request logging for Watson services”",
		map[string]lang.Word{"mind": "Send X-Watson-Learning-Opt-Out: true with every request, or opt out for the whole account."}},
	"processed-images": {"On a dedicated plan processed images are kept beyond the reach of a deletion by ID.", "IBM, Visual Recognition, “Information security”, “Deleting labeled data”",
		map[string]lang.Word{"risk": "Open a ticket “processed images” for each person who asks."}},
	"support": {"Requests about the EU and about other regions take different routes through IBM’s support.", "IBM, Watson, “GDPR Subject Access Request”",
		map[string]lang.Word{"mind": "Open cases by the route that stands above the table, one customer ID in each."}},
	"several-ids": {"Of several customer IDs in one header only the first counts for the message log.", "IBM, Assistant, “Information security”, “Before you begin” (since November 2021). That it is asked of the other services too is our own advice.",
		map[string]lang.Word{"risk": "Send one ID with each request; records are not reached by the others."}},
	"queries": {"The newer documents of Discovery v2 name no log of queries; those of 2020 to 2022 name labelled queries, which a deletion takes.", "IBM, Discovery v2, “Information security”, “Methods that support labeling data”",
		map[string]lang.Word{"mind": "Nothing: a deletion is sent in either case, and takes the queries where there are any."}},
}

// todo says what to do about a finding.
func (v Suitability) todo(f SuitFinding) lang.Word {
	switch {
	case f.Verdict != "unknown":
		return SuitRules[f.Code].Do[f.Verdict]
	case v.Manage:
		return "Say what is known of it, in the form below."
	}
	return "An administrator has to say what it is."
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
