package training

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"quittance/db/mask"
)

// A step leads from a value to one within it: a member's key, or an item's index.
type step struct {
	key   string
	index int
	name  string // what the item calls itself: the intent's name
}

// A place is where a text stands, and what may be done to it.
type place struct {
	steps        []step
	line, column int  // of a CSV file
	stays        bool // a name that others refer to, or code
	pattern      bool // a regular expression
	list         bool // an entity's value or synonym: a name may stand there alone
	kind         mask.Kind
}

// names are the keys whose values other parts of a skill refer to, and the code of conditions.
var names = set(`intent entity dialog_node parent previous_sibling next_step variable conditions condition name workspace_id skill_id assistant_id
	next_action action step handler title_id result_variable skill selector event_name`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// placeOf tells what a string at the end of steps is.
func placeOf(steps []step) place {
	p := place{steps: steps}
	key := lastKey(steps)
	p.stays = names[key]
	p.pattern = key == "patterns"
	p.list = (key == "value" || key == "synonyms") && hasKey(steps, "entities")
	p.kind = mask.FieldKind(key)
	return p
}

func lastKey(steps []step) string {
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i].key != "" {
			return steps[i].key
		}
	}
	return ""
}

func hasKey(steps []step, key string) bool {
	for _, s := range steps {
		if s.key == key {
			return true
		}
	}
	return false
}

// whole is the kind of a text that is one find from end to end, "" where it has to be looked through.
func (p place) whole(text string) mask.Kind {
	switch {
	case p.list && mask.IsName(text):
		return mask.Name
	case p.kind != "" && strings.ContainsAny(text, "0123456789@"):
		return p.kind
	}
	return ""
}

// family is the list within which a text has to be different from the others, "" where it need not be.
func (p place) family() string {
	if p.line > 0 {
		return ""
	}
	for i := 0; i+1 < len(p.steps); i++ {
		if k := p.steps[i].key; k == "intents" || k == "entities" {
			return join(p.steps[:i+2])
		}
	}
	return ""
}

func (p place) path() string {
	if p.line > 0 {
		return fmt.Sprintf("line %d, column %d", p.line, p.column)
	}
	return join(p.steps)
}

// maxPath bounds what is shown of a path, in bytes; keys in it are masked, for a key can be anything.
const maxPath = 160

func join(steps []step) string {
	var b strings.Builder
	for _, s := range steps {
		switch {
		case s.key == "":
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
		case b.Len() > 0:
			b.WriteString("." + mask.Redact(s.key))
		default:
			b.WriteString(mask.Redact(s.key))
		}
		if b.Len() > maxPath {
			return strings.ToValidUTF8(b.String()[:maxPath], "") + "…"
		}
	}
	return b.String()
}

// nouns name the items of the lists that a skill has, and the lines and columns of a table.
var nouns = map[string]string{"intents": "intent", "entities": "entity", "examples": "example", "counterexamples": "counterexample", "values": "value",
	"synonyms": "synonym", "patterns": "pattern", "dialog_nodes": "dialog node", "actions": "action", "steps": "step", "generic": "answer", "variables": "variable",
	"line": "line", "column": "column"}

// A Part is one piece of a place in words: an item by its noun and its name, or by its noun and its number from 1; or, without a noun, a key.
type Part struct {
	Noun, Name string
	Number     int
}

// Nouns lists what items of a skill and of a table are called.
func Nouns() []string {
	return slices.Sorted(maps.Values(nouns))
}

// Place says where a find is to somebody who knows the skill by its names: `intent “refund”, example 3`.
func (f Find) Place() string {
	var said []string
	for _, part := range f.Parts {
		said = append(said, part.String())
	}
	return strings.Join(said, ", ")
}

// String is the part in English.
func (p Part) String() string {
	switch {
	case p.Noun == "":
		return p.Name
	case p.Name != "":
		return p.Noun + " “" + p.Name + "”"
	}
	return p.Noun + " " + strconv.Itoa(p.Number)
}

// parts are the pieces of the place, from the outermost to the text itself.
func (p place) parts() (out []Part) {
	if p.line > 0 {
		return []Part{{Noun: nouns["line"], Number: p.line}, {Noun: nouns["column"], Number: p.column}}
	}
	for i, s := range p.steps {
		if s.key != "" || i == 0 {
			continue
		}
		switch noun := nouns[p.steps[i-1].key]; {
		case noun == "":
		case s.name != "" && noun != "value":
			out = append(out, Part{Noun: noun, Name: clip(mask.Redact(s.name))})
		default:
			out = append(out, Part{Noun: noun, Number: s.index + 1})
		}
	}
	if key := lastKey(p.steps); nouns[key] == "" && key != "text" && key != "value" && key != "" && callers[key+"s"] != key && key != "entity" && key != "dialog_node" {
		out = append(out, Part{Name: clip(strings.ReplaceAll(mask.Redact(key), "_", " "))})
	}
	return out
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
