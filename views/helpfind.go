package views

import (
	"context"
	"maps"
	"slices"
	"strings"

	"quittance/views/lang"
)

// slug makes an anchor of a code: "failed for good" is failed-for-good.
func slug(code string) string { return strings.ReplaceAll(code, " ", "-") }

func (v HelpPage) title() lang.Word { title, _ := v.heading(); return title }
func (v HelpPage) says() lang.Word  { _, says := v.heading(); return says }

func (v HelpPage) heading() (title, says lang.Word) {
	for _, g := range HelpGuides {
		if g.Page == v.Name {
			return g.Title, g.Says
		}
	}
	for _, p := range helpPages {
		if p.Name == v.Name {
			return p.Title, p.Says
		}
	}
	return "", ""
}

// mostHits keeps an answer of the search on one page of 8 kB.
const mostHits = 40

// hits are the places of the help in which every word of the question stands.
func hits(ctx context.Context, question string) (found []HelpHit) {
	words := strings.Fields(strings.ToLower(question))
	for _, h := range allOfHelp() {
		if len(found) < mostHits && h.has(ctx, words) {
			found = append(found, h)
		}
	}
	return found
}

func (h HelpHit) has(ctx context.Context, words []string) bool {
	text := strings.ToLower(t(ctx, h.Word) + " " + t(ctx, h.Says) + " " + t(ctx, h.Source))
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return len(words) > 0
}

// allOfHelp is everything that can be found, words before guides before codes.
func allOfHelp() (all []HelpHit) {
	for _, t := range HelpTopics {
		for _, e := range t.Entries {
			all = append(all, HelpHit{e.State.Word, e.Says, lang.Said("{title} · {source}", "title", t.Title, "source", e.Source), t.Href(e.Code)})
		}
	}
	for _, g := range HelpGuides {
		for _, s := range g.Steps {
			all = append(all, HelpHit{s.When, s.Do, g.Title, g.Href(s.Code)})
		}
	}
	for _, l := range HelpLists {
		for _, c := range l.Codes {
			all = append(all, HelpHit{l.Title, c.Words, c.Article, "/help/" + l.Page + "#" + l.ID + "-" + slug(c.Code)})
		}
	}
	return append(all, reasonHits()...)
}

func reasonHits() (all []HelpHit) {
	for _, code := range slices.Sorted(maps.Keys(PartCodes)) {
		all = append(all, HelpHit{"Reason of a part", PartCodes[code], "", "/help/reasons#reason-" + code})
	}
	for _, k := range Keeps {
		all = append(all, HelpHit{"What stays, and why", k.Words, k.Source, "/help/reasons#stay-" + k.Code})
	}
	return all
}
