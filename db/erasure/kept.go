package erasure

// Kept is what stays after an erasure although somebody might take it for gone, beside the services that were left out. Why is one of Whys.
type Kept struct {
	Service int64  `json:"service"`
	Why     string `json:"why"`
	Records int64  `json:"records,omitempty"` // 0 = nobody can count them
	Least   bool   `json:"least,omitempty"`   // there may be more: only the newest conversations were looked through
}

// Codes for what stays. Their words and the documents behind them: views.Kept.
const (
	WhyLater       = "later"         // arrived under the ID after the cut-off
	WhyUnlabelled  = "unlabelled"    // messages without a label in conversations of the person
	WhyUnreachable = "unreachable"   // messages of channels that cannot label
	WhyOwnCall     = "own-call"      // lies in a service that this request does not reach
	WhyUnlinked    = "unlinked"      // lies, if at all, in a linked service that was removed here
	WhyFirstID     = "first-id"      // a real Assistant counts only the first of several IDs of a message
	WhySearchSkill = "search-skill"  // a real Assistant's search skill has passed the ID on
	WhyTraining    = "training"      // what is written into intents and entities
	WhyContainers  = "containers"    // names of environments, projects and collections
	WhyImages      = "cached-images" // processed images of a dedicated plan
)

// Whys is the closed list, in the order in which a page tells of them.
var Whys = []string{WhyLater, WhyUnlabelled, WhyUnreachable, WhyOwnCall, WhyUnlinked, WhyFirstID, WhySearchSkill, WhyTraining, WhyContainers, WhyImages}
