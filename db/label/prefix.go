package label

import "strings"

// integrations are the channels of Assistant that make up customer IDs by themselves (Assistant, "Information security",
// 2020-10). Web chat copies the application's user_id without a prefix, so it cannot be told; preview links and the
// automatic Facebook integration do not label at all.
var integrations = []struct{ name, explanation string }{
	{"slack", "Made by the Slack integration: the ID of the Slack team, then the ID of the member, with nothing between them."},
	{"intercom", "Made by the Intercom integration: the author ID of the person in Intercom."},
}

// Prefix tells which integration made the ID, "slack" or "intercom", and what follows the prefix; integration is "" and
// rest the whole ID where none did. It is a sign, not a proof: an application is free to choose the same prefix.
func Prefix(id ID) (integration, rest string) {
	for _, i := range integrations {
		if rest, ok := strings.CutPrefix(id.s, i.name+"_"); ok && rest != "" {
			return i.name, rest
		}
	}
	return "", id.s
}

// Explain is one sentence for people on what the IDs of an integration consist of, "" for one that is not known.
func Explain(integration string) string {
	for _, i := range integrations {
		if i.name == integration {
			return i.explanation
		}
	}
	return ""
}

// SameTail lists the IDs that other integrations would have made of what stands behind the prefix of this one: the tail by itself, which is
// how web chat copies a user_id, and the tail behind each other prefix. They may belong to the same person, or not.
func SameTail(id ID) []ID {
	own, tail := Prefix(id)
	var out []ID
	if own != "" {
		out = appendID(out, tail)
	}
	for _, i := range integrations {
		if i.name != own {
			out = appendID(out, i.name+"_"+tail)
		}
	}
	return out
}

// appendID leaves out what is no ID: a tail may begin with a blank, a longer one may be too long.
func appendID(out []ID, raw string) []ID {
	if id, err := Parse(Assistant, raw); err == nil {
		return append(out, id)
	}
	return out
}
