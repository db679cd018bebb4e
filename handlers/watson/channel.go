package watson

import (
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"quittance/db"
)

// Channel is the integration of Assistant that a message came through, as its context tells. It is a sign, not a proof: an application
// can write the same into its context.
type Channel string

// The channels that matter for labels.
const (
	WebChat  Channel = "web chat" // copies the application's user_id into the customer ID
	Preview  Channel = "preview"  // the assistant preview, once called preview link: cannot label
	Facebook Channel = "facebook" // the automatic integration with Messenger: cannot label
	Slack    Channel = "slack"    // labels with slack_ and the IDs of team and member
	Intercom Channel = "intercom" // labels with intercom_ and the author's ID
)

// channelNames are how contexts call the channels, without case, blanks and punctuation: the names of context.integrations ("chat" is the
// web chat and the assistant preview alike: "Adding custom dialog flows for integrations", 2023-10), context.integrations.channel.name, and
// context.metadata.deployment of v1.
var channelNames = map[string]Channel{
	"chat": WebChat, "webchat": WebChat,
	"preview": Preview, "previewlink": Preview, "assistantpreview": Preview,
	"facebook": Facebook, "facebookmessenger": Facebook, "messenger": Facebook,
	"slack": Slack, "intercom": Intercom,
}

// ChannelOf reads the channel from the context of a message, of v1 or v2; "" where it names none that is known here.
func ChannelOf(context jsontext.Value) Channel {
	var c struct {
		Integrations map[string]jsontext.Value `json:"integrations"`
		Metadata     struct {
			Deployment jsontext.Value `json:"deployment"`
		} `json:"metadata"`
	}
	if json.Unmarshal(context, &c, checked) != nil {
		return "" // no object, or of another shape: an application may put anything there
	}
	// The name says most, then what the integration itself keeps there; a preview bears both its own name and the web chat's.
	for _, name := range []jsontext.Value{nameIn(c.Integrations["channel"]), c.Metadata.Deployment} {
		if found := channelNamed(name); found != "" {
			return found
		}
	}
	for _, want := range []Channel{Preview, Facebook, Slack, Intercom, WebChat} {
		for name := range c.Integrations {
			if channelNames[folded(name)] == want {
				return want
			}
		}
	}
	return ""
}

func nameIn(channel jsontext.Value) jsontext.Value {
	var c struct {
		Name jsontext.Value `json:"name"`
	}
	if json.Unmarshal(channel, &c, checked) != nil {
		return nil
	}
	return c.Name
}

func channelNamed(name jsontext.Value) Channel {
	return channelNames[folded(stringIn(name))]
}

// folded is a name in small letters, with nothing between them.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" _-.", r) {
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// Unlabelable tells whether an unlabelled message of this channel can never bear a customer ID: preview and Facebook cannot send one (Assistant,
// "Information security", 2020-10). The web chat always sends one, so what looks like it and bears none is the preview.
func (c Channel) Unlabelable() bool { return c == Preview || c == Facebook || c == WebChat }

// Mark says of a record which channel it came through, and whether that keeps any request by customer ID from it.
func (c Channel) Mark(r *db.NewRecord) {
	r.Channel, r.Unreachable = string(c), len(r.Labels) == 0 && c.Unlabelable()
}

// Origin is what an entry of a log says of where it comes from.
type Origin struct {
	Channel Channel
	User    string // user_id: for billing, and in the web chat also the customer ID
}

// OriginOf reads it from a stored entry of v1 or v2. The response knows more than the request: it holds the whole context.
func OriginOf(entry []byte) Origin {
	type side struct {
		Context jsontext.Value `json:"context"`
		User    jsontext.Value `json:"user_id"`
	}
	var e struct {
		Request  side `json:"request"`
		Response side `json:"response"`
	}
	if json.Unmarshal(entry, &e, checked) != nil {
		return Origin{}
	}
	var o Origin
	for _, s := range []side{e.Response, e.Request} {
		if o.Channel == "" {
			o.Channel = ChannelOf(s.Context)
		}
		if o.User == "" {
			o.User = stringIn(s.User)
		}
	}
	return o
}

func stringIn(v jsontext.Value) (s string) {
	if json.Unmarshal(v, &s) != nil {
		return ""
	}
	return s
}
