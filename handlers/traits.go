package handlers

import (
	"net/url"
	"regexp"
	"slices"

	"quittance/db"
	"quittance/views"
	"quittance/views/lang"
)

// stateFacets narrow a list of records by what is to become of them.
var stateFacets = []struct {
	value string
	label lang.Word
	count func(db.Traits) int64
}{
	{"pending", "Erasure pending", func(t db.Traits) int64 { return t.Waiting }},
	{"held", "Held", func(t db.Traits) int64 { return t.Held }},
	{"optout", "Opted out of learning", func(t db.Traits) int64 { return t.OptedOut }},
}

// languageForm is what a language may look like to stand in an address: applications set the field, and anything could be in it (law L10).
var languageForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z]{2,4})?$`)

// spoken is the language of a record for a file; "" where something else stands there, as in a log that was imported.
func spoken(rec db.Record) string {
	if languageForm.MatchString(rec.Language) {
		return rec.Language
	}
	return ""
}

// narrowedBy reads the states and the language of an address; what is none counts as none.
func (f *filters) narrowedBy(q url.Values) {
	for _, s := range stateFacets {
		if slices.Contains(q["state"], s.value) {
			f.states = append(f.states, s.value)
		}
	}
	if languageForm.MatchString(q.Get("language")) {
		f.language = q.Get("language")
	}
}

// narrowing puts them into an address.
func (f filters) narrowing(q url.Values) {
	for _, s := range f.states {
		q.Add("state", s)
	}
	if f.language != "" {
		q.Set("language", f.language)
	}
}

func (f filters) narrow() db.Narrow {
	on := func(state string) bool { return slices.Contains(f.states, state) }
	return db.Narrow{Language: f.language, Waiting: on("pending"), Held: on("held"), OptedOut: on("optout")}
}

// traitFacets are the facets that are counted among the newest records only: an option is there when one of them is so, or when it is on.
func (l listing) traitFacets(f filters) (out []views.Facet) {
	state, language := views.Facet{Name: "State"}, views.Facet{Name: "Language"}
	for _, s := range stateFacets {
		if n, on := s.count(l.traits), slices.Contains(f.states, s.value); n > 0 || on {
			state.Options = append(state.Options, views.FacetOption{Label: s.label, Href: f.toggle("state", s.value), Count: n, AtLeast: l.traits.More, On: on})
		}
	}
	for _, code := range sortedNames(l.traits.Languages) {
		if languageForm.MatchString(code) {
			language.Options = append(language.Options, views.FacetOption{Label: lang.Raw(code), Href: f.toggle("language", code), Count: l.traits.Languages[code], AtLeast: l.traits.More, On: f.language == code})
		}
	}
	for _, facet := range []views.Facet{state, language} {
		if len(facet.Options) > 0 {
			out = append(out, facet)
		}
	}
	return out
}

func (f filters) traitChips() (out []views.Chip) {
	for _, s := range stateFacets {
		if slices.Contains(f.states, s.value) {
			out = append(out, views.Chip{Text: s.label, OffHref: f.toggle("state", s.value)})
		}
	}
	if f.language != "" {
		out = append(out, views.Chip{Text: lang.Raw(f.language), OffHref: f.toggle("language", f.language)})
	}
	return out
}
