package db

import (
	"slices"
	"time"

	"quittance/db/label"
)

// Profile is what is known of an instance, for the rules of its suitability.
type Profile struct {
	Kind     label.Kind
	Answered bool   // somebody has said what is switched on there; else the ticks say nothing
	Begun    string // the day on which it was made, 2018-05-22; "" = not known
	Migrated string // "yes" or "no": by 2018-10-01; "" = not known
	Plan     string // of Plans; "" = not known
	Centre   string // of Centres; "" = not known
	Ticks    []string

	Searches    bool  // its search skill is linked to a Discovery service here
	Unreachable int64 // records here that came through a channel that cannot label
}

// Ticks of a profile: what is switched on at an instance, and what it is used for.
const (
	TickBeta         = "beta"
	TickSearchSkill  = "search-skill"
	TickDialog       = "dialog"
	TickWebhook      = "webhook"
	TickLogWebhook   = "log-webhook"
	TickPreview      = "preview"
	TickFacebook     = "facebook"
	TickPhone        = "phone"
	TickWebChat      = "web-chat"
	TickSlack        = "slack"
	TickIntercom     = "intercom"
	TickHealth       = "health"
	TickSeveralIDs   = "several-ids"
	TickDedicated    = "dedicated"
	TickPersonalized = "personal-training"
)

// Ticks are all of them, and Centres where an instance may lie.
var (
	Ticks = []string{TickBeta, TickSearchSkill, TickDialog, TickWebhook, TickLogWebhook, TickPreview, TickFacebook, TickPhone, TickWebChat, TickSlack, TickIntercom,
		TickHealth, TickSeveralIDs, TickDedicated, TickPersonalized}
	Centres = []string{"dallas", "washington", "frankfurt", "london", "sydney", "tokyo", "seoul"}
)

// Verdict is what a rule says of a service.
type Verdict string

// Verdicts, the gravest first.
const (
	Unsuitable Verdict = "unsuitable" // its data cannot be relied on to be erased by ID: move
	Risky      Verdict = "risk"       // a part of its data is not reached, or needs an act of its own
	Mind       Verdict = "mind"       // nothing is wrong; something is to be known
	Unknown    Verdict = "unknown"    // what the rule asks for has not been said
	Unseen     Verdict = "unseen"     // cannot be known from here, whoever is asked
	Suits      Verdict = "suits"
	Apart      Verdict = "apart" // says nothing of a service like this
)

// Verdicts lists them.
var Verdicts = []Verdict{Unsuitable, Risky, Mind, Unknown, Unseen, Suits, Apart}

// Days of IBM's documents; days compare as text.
const (
	labelsBegan = "2018-05-22" // an instance made before it is not suitable (Visual Recognition, "GDPR Security Migration")
	healthBegan = "2019-04-01" // HIPAA: Premium in Washington DC made from then on (Assistant of 2020, Discovery, Speech to Text, Text to Speech)
)

// Rule is one rule of design.md, section 8. Its words and its source are the views' (views.Suitability).
type Rule struct {
	Code  string
	judge func(Profile) Verdict
}

// Finding is what a rule says of a service.
type Finding struct {
	Code    string
	Verdict Verdict
}

// Rules are all of them, in the order in which they are shown among those of one verdict.
var Rules = []Rule{
	{"created", Profile.created}, {"migrated", Profile.migrated}, {"beta", of(TickBeta, Unsuitable)}, {"preview", Profile.preview}, {"facebook", Profile.facebook},
	{"search-skill", Profile.searchSkill}, {"webhooks", Profile.webhooks}, {"phone", Profile.phone}, {"health", Profile.health}, {"training", Profile.training}, {"learning", Profile.learning},
	{"processed-images", Profile.images}, {"support", Profile.support}, {"several-ids", of(TickSeveralIDs, Risky)}, {"queries", Profile.queries},
}

// Suitability judges a service by every rule, the gravest first.
func (p Profile) Suitability() (out []Finding) {
	for _, r := range Rules {
		out = append(out, Finding{r.Code, r.judge(p)})
	}
	slices.SortStableFunc(out, func(a, b Finding) int { return slices.Index(Verdicts, a.Verdict) - slices.Index(Verdicts, b.Verdict) })
	return out
}

// Has tells whether something is ticked.
func (p Profile) Has(tick string) bool { return slices.Contains(p.Ticks, tick) }

// of is the rule about one tick.
func of(tick string, ticked Verdict) func(Profile) Verdict {
	return func(p Profile) Verdict {
		switch {
		case p.Has(tick):
			return ticked
		case !p.Answered:
			return Unknown
		}
		return Suits
	}
}

func (p Profile) created() Verdict {
	switch {
	case p.Begun == "":
		return Unknown
	case p.Begun < labelsBegan:
		return Unsuitable
	}
	return Suits
}

// migrated asks for nothing where the instance is of the time of labels.
func (p Profile) migrated() Verdict {
	switch {
	case p.Begun >= labelsBegan:
		return Apart
	case p.Migrated == "no":
		return Unsuitable
	case p.Migrated == "":
		return Unknown
	}
	return Suits
}

// preview and facebook are the channels that cannot label; their records here are evidence, whatever was answered.
func (p Profile) preview() Verdict { return p.channel(TickPreview) }

func (p Profile) facebook() Verdict { return p.channel(TickFacebook) }

func (p Profile) channel(tick string) Verdict {
	switch {
	case p.Kind != label.Assistant:
		return Apart
	case p.Has(tick):
		return Risky
	case p.Unreachable > 0: // through one of the two; if the other is ticked, that one explains it
		if p.Has(TickPreview) || p.Has(TickFacebook) {
			return Suits
		}
		return Risky
	}
	return of(tick, Risky)(p)
}

// searchSkill: IBM's deletion in an Assistant leaves the Discovery instance behind its search skill alone.
func (p Profile) searchSkill() Verdict {
	switch {
	case p.Kind != label.Assistant:
		return Apart
	case p.Searches: // erasures fan out to it
		return Mind
	}
	return of(TickSearchSkill, Risky)(p)
}

// webhooks carry what people say to places that no deletion by ID of the Assistant reaches.
func (p Profile) webhooks() Verdict {
	if p.Kind != label.Assistant {
		return Apart
	}
	if p.Has(TickLogWebhook) {
		return Risky
	}
	return of(TickWebhook, Risky)(p)
}

// phone: the voice goes through the speech services, which are instances of their own.
func (p Profile) phone() Verdict {
	if p.Kind != label.Assistant {
		return Apart
	}
	return of(TickPhone, Risky)(p)
}

// health data needs all of: a plan and a place that IBM names for it, and an instance of 2019-04-01 or later.
func (p Profile) health() Verdict {
	switch {
	case !p.Has(TickHealth):
		return map[bool]Verdict{true: Apart, false: Unknown}[p.Answered]
	case p.Plan != "" && !p.healthPlan() || p.Centre != "" && !p.healthCentre() || p.Begun != "" && p.Begun < healthBegan:
		return Unsuitable
	case p.Plan == "" || p.Centre == "" || p.Begun == "":
		return Unknown
	}
	return Suits
}

// healthPlan: Premium, and of an Assistant Enterprise since ("Securing your assistant", 2022).
func (p Profile) healthPlan() bool { return p.Plan == "premium" || p.enterprise() }

// healthCentre: Washington DC, and for an Assistant on Enterprise Dallas too.
func (p Profile) healthCentre() bool {
	return p.Centre == "washington" || p.Centre == "dallas" && (p.enterprise() || p.Kind == label.Assistant && p.Plan == "")
}

func (p Profile) enterprise() bool {
	return p.Kind == label.Assistant && (p.Plan == "enterprise" || p.Plan == "isolation")
}

// training: nobody can tell from outside what was written into intents and entities.
func (p Profile) training() Verdict {
	switch {
	case p.Kind != label.Assistant:
		return Apart
	case p.Has(TickPersonalized):
		return Risky
	}
	return Unseen
}

func (p Profile) learning() Verdict {
	switch {
	case p.Plan == "":
		return Unknown
	case LearnsNothing(p.Plan):
		return Suits
	}
	return Mind
}

// images: on a dedicated plan the processed images are cached, and a ticket ends them.
func (p Profile) images() Verdict {
	if p.Kind != label.VisualRecognition {
		return Apart
	}
	return of(TickDedicated, Risky)(p)
}

func (p Profile) support() Verdict {
	if p.Centre == "" {
		return Unknown
	}
	return Mind
}

// InEU tells which support route requests about the instance take: "eu", "non-eu" or "".
func (p Profile) InEU() string {
	switch p.Centre {
	case "":
		return ""
	case "frankfurt":
		return "eu"
	}
	return "non-eu"
}

// queries: v2 of Discovery keeps no log of them, so there is none to list or to erase.
func (p Profile) queries() Verdict {
	if p.Kind != label.Discovery {
		return Apart
	}
	return Mind
}

// ordered gives the ticks each once, in the order in which they are shown.
func (p Profile) ordered() (out []string) {
	for _, t := range Ticks {
		if p.Has(t) {
			out = append(out, t)
		}
	}
	return out
}

// check tells whether a profile can be kept: days and codes that are known.
func (p Profile) check(now time.Time) error {
	day, err := time.Parse(time.DateOnly, p.Begun)
	switch {
	case p.Begun != "" && (err != nil || day.After(now.AddDate(0, 0, 1))): // a day ahead: it is tomorrow already elsewhere
		return ErrProfileDay
	case p.Migrated != "" && p.Migrated != "yes" && p.Migrated != "no", p.Plan != "" && !slices.Contains(Plans, p.Plan), p.Centre != "" && !slices.Contains(Centres, p.Centre),
		slices.ContainsFunc(p.Ticks, func(t string) bool { return !slices.Contains(Ticks, t) }):
		return ErrProfile
	}
	return nil
}
