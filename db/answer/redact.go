package answer

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Redaction leaves something out of an answer, because it is of somebody else (Art. 15(4)): a record, a field of it, or words wherever they
// stand in it. Of record 0 it speaks for all records.
type Redaction struct {
	Record int64  `json:"record,omitempty"`
	Field  string `json:"field,omitempty"` // JSON Pointer (RFC 6901)
	Words  string `json:"words,omitempty"`
	Reason string `json:"reason"` // code of Reasons
}

// Whole tells that the whole record is left out.
func (r Redaction) Whole() bool { return r.Field == "" && r.Words == "" }

// Redactor leaves out what redactions say, and counts.
type Redactor struct {
	all      []Redaction
	language string
	Counts   map[string]int64 // by reason
}

// NewRedactor is ready to leave out what is said, with marks in a language.
func NewRedactor(all []Redaction, language string) *Redactor {
	return &Redactor{all: all, language: language, Counts: map[string]int64{}}
}

// Apply redacts a record in place. others are the customer IDs of other people that it bears: they are taken out of it in any case.
func (d *Redactor) Apply(r *Record, others []string) {
	c := &cut{fields: map[string]string{}, counts: d.Counts, language: d.language}
	for _, v := range d.all {
		switch {
		case v.Record != 0 && v.Record != r.Number:
		case v.Words != "":
			c.words = append(c.words, v)
		case v.Field != "":
			c.fields[v.Field] = v.Reason
		case v.Record == r.Number:
			d.Counts[v.Reason]++
			*r = Record{Number: r.Number, Service: r.Service, Kind: r.Kind, Time: r.Time, Answered: r.Answered, Withheld: v.Reason}
			return
		}
	}
	for _, o := range others {
		c.words = append(c.words, Redaction{Words: o, Reason: OtherID})
	}
	c.compile()
	r.Data = c.value(r.Data, "")
}

// cut is what is left out of one record.
type cut struct {
	fields map[string]string // reason by path
	words  []Redaction
	match  *regexp.Regexp // one group for each of words
	counts map[string]int64

	language string
}

// compile makes one expression of all words, whatever their case: longer ones first, so that a name is taken out whole before its first half
// is, and all at once, so that no mark is read again.
func (c *cut) compile() {
	if len(c.words) == 0 {
		return
	}
	slices.SortStableFunc(c.words, func(a, b Redaction) int { return len(b.Words) - len(a.Words) })
	groups := make([]string, len(c.words))
	for i, w := range c.words {
		groups[i] = "(" + regexp.QuoteMeta(w.Words) + ")"
	}
	c.match = regexp.MustCompile("(?i)" + strings.Join(groups, "|"))
}

func (c *cut) value(v any, path string) any {
	if reason, ok := c.fields[path]; ok {
		c.counts[reason]++
		return Mark(reason, c.language)
	}
	switch v := v.(type) {
	case string:
		return c.text(v)
	case []any:
		for i := range v {
			v[i] = c.value(v[i], path+"/"+strconv.Itoa(i))
		}
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, kid := range v {
			out[c.text(k)] = c.value(kid, path+"/"+escape(k))
		}
		return out
	case json.Number: // it may be what is to be left out
		if s := c.text(v.String()); s != v.String() {
			return s
		}
	}
	return v
}

func (c *cut) text(s string) string {
	if c.match == nil {
		return s
	}
	var out strings.Builder
	at := 0
	for _, m := range c.match.FindAllStringSubmatchIndex(s, -1) {
		out.WriteString(s[at:m[0]])
		for i, w := range c.words {
			if m[2*i+2] >= 0 {
				c.counts[w.Reason]++
				out.WriteString(Mark(w.Reason, c.language))
			}
		}
		at = m[1]
	}
	return out.String() + s[at:]
}

// escape writes a name as RFC 6901, section 3, has it.
func escape(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}

// Field is a value of a record with the place where it stands.
type Field struct {
	Path  string // JSON Pointer
	Value string
}

// Fields lists the values of a record, in the order of their names.
func Fields(v any) []Field { return fields(nil, v, "") }

func fields(out []Field, v any, path string) []Field {
	switch v := v.(type) {
	case nil:
	case []any:
		for i, kid := range v {
			out = fields(out, kid, path+"/"+strconv.Itoa(i))
		}
	case map[string]any:
		for _, k := range sorted(v) {
			out = fields(out, v[k], path+"/"+escape(k))
		}
	case string:
		out = append(out, Field{path, v})
	case bool:
		out = append(out, Field{path, strconv.FormatBool(v)})
	case json.Number:
		out = append(out, Field{path, v.String()})
	}
	return out
}

// Speaks tells a value in which somebody may have said something from one that only a machine reads.
func (f Field) Speaks() bool {
	return strings.HasSuffix(f.Path, "/text") || strings.Contains(strings.TrimSpace(f.Value), " ")
}
