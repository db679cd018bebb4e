package training

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// json walks the bytes of a JSON file and changes nothing but the strings that hold finds: order, spaces, unknown fields and the writing of
// numbers stay as they are.
func (c *checker) json(at int) (Report, []byte, error) {
	if !json.Valid(c.raw[at:]) {
		var first json.RawMessage
		d := json.NewDecoder(bytes.NewReader(c.raw[at:]))
		err := d.Decode(&first)
		offset := d.InputOffset() // where the first value has ended and another begins
		switch syntax, ok := err.(*json.SyntaxError); {
		case ok:
			offset = syntax.Offset
		case err != nil: // it is cut off at its end
			offset = int64(len(c.raw) - at)
		}
		return Report{}, nil, refuse("The file is not one well-formed JSON value (byte %d).", int64(at)+offset)
	}
	w := &walker{checker: c, at: at}
	if err := w.value(0); err != nil {
		return Report{}, nil, err
	}
	return c.report, c.cleaned(), nil
}

// A walker stands in JSON that is known to be well-formed.
type walker struct {
	*checker
	at     int
	steps  []step
	frames []frame
}

// A frame is an object around the walker: what became of its text, and where its mentions say that entities stand in it.
type frame struct {
	text  string
	gone  []swap
	marks []mark
}

// A mark is one number of a mention's location, which counts code points of the example's text.
type mark struct {
	from, to, value int
}

func (w *walker) space() {
	for w.at < len(w.raw) && bytes.IndexByte([]byte(" \t\r\n"), w.raw[w.at]) >= 0 {
		w.at++
	}
}

func (w *walker) value(depth int) error {
	if depth > MaxDepth {
		return refuse("The file is nested deeper than %d levels.", MaxDepth)
	}
	w.space()
	switch w.raw[w.at] {
	case '{':
		return w.object(depth)
	case '[':
		return w.array(depth)
	case '"':
		return w.quoted()
	}
	return w.scalar()
}

func (w *walker) object(depth int) error {
	w.at++
	w.frames = append(w.frames, frame{})
	defer func() { w.frames = w.frames[:len(w.frames)-1] }()
	for {
		w.space()
		if w.raw[w.at] == '}' {
			w.at++
			w.move()
			return nil
		}
		if w.raw[w.at] == ',' {
			w.at++
			w.space()
		}
		if err := w.member(depth); err != nil {
			return err
		}
	}
}

func (w *walker) member(depth int) error {
	key := w.unquote(w.skipString())
	w.space()
	w.at++ // the colon
	w.steps = append(w.steps, step{key: orBlank(key)})
	defer func() { w.steps = w.steps[:len(w.steps)-1] }()
	p := place{steps: w.steps, stays: true}
	if _, _, err := w.text(key, p); err != nil {
		return err
	}
	return w.value(depth + 1)
}

// orBlank keeps an empty key apart from an item.
func orBlank(key string) string {
	if key == "" {
		return `""`
	}
	return key
}

func (w *walker) array(depth int) error {
	w.at++
	list := lastKey(w.steps)
	for i := 0; ; i++ {
		w.space()
		if w.raw[w.at] == ',' {
			w.at++
			w.space()
		}
		if w.raw[w.at] == ']' {
			w.at++
			return nil
		}
		w.steps = append(w.steps, step{index: i, name: w.called(list)})
		err := w.value(depth + 1)
		w.steps = w.steps[:len(w.steps)-1]
		if err != nil {
			return err
		}
	}
}

// callers are the keys by which the items of the lists call themselves.
var callers = map[string]string{"intents": "intent", "entities": "entity", "dialog_nodes": "dialog_node", "actions": "title"}

// called looks ahead for the name of the item at the walker: it may stand after the texts whose place it tells.
func (w *walker) called(list string) (name string) {
	key := callers[list]
	if key == "" || w.raw[w.at] != '{' {
		return ""
	}
	at := w.at
	defer func() { w.at = at }()
	for w.at++; ; {
		w.space()
		if w.raw[w.at] == ',' {
			w.at++
			w.space()
		}
		if w.raw[w.at] == '}' {
			return ""
		}
		k := w.unquote(w.skipString())
		w.space()
		w.at++
		w.space()
		if from, to := w.skip(); k == key && w.raw[from] == '"' {
			return w.unquote(from, to)
		}
	}
}

// skip passes one value, without recursion.
func (w *walker) skip() (from, to int) {
	from = w.at
	for depth := 0; ; {
		switch w.raw[w.at] {
		case '"':
			w.skipString()
		case '{', '[':
			depth++
			w.at++
		case '}', ']':
			depth--
			w.at++
		case ',', ':', ' ', '\t', '\r', '\n':
			w.at++
		default:
			w.skipScalar()
		}
		if depth == 0 {
			return from, w.at
		}
	}
}

func (w *walker) skipScalar() (from, to int) {
	from = w.at
	for w.at < len(w.raw) && bytes.IndexByte([]byte(",:]} \t\r\n"), w.raw[w.at]) < 0 {
		w.at++
	}
	return from, w.at
}

func (w *walker) skipString() (from, to int) {
	from = w.at
	for w.at++; w.raw[w.at] != '"'; w.at++ {
		if w.raw[w.at] == '\\' {
			w.at++
		}
	}
	w.at++
	return from, w.at
}

func (w *walker) unquote(from, to int) string {
	var s string
	if json.Unmarshal(w.raw[from:to], &s) != nil {
		return ""
	}
	return s
}

// quoted looks at a string, and writes it anew where it holds finds.
func (w *walker) quoted() error {
	from, to := w.skipString()
	old := w.unquote(from, to)
	text, gone, err := w.text(old, placeOf(w.steps))
	if err != nil || len(gone) == 0 {
		return err
	}
	w.edits = append(w.edits, edit{from, to, quote(text)})
	if n := len(w.frames); n > 0 && len(w.steps) > 0 && w.steps[len(w.steps)-1].key == "text" {
		w.frames[n-1].text, w.frames[n-1].gone = old, gone
	}
	return nil
}

// quote writes a string as JSON, with no more escapes than it needs.
func quote(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return `""`
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// scalar looks at a number: a telephone number may be one.
func (w *walker) scalar() error {
	from, to := w.skipScalar()
	text := string(w.raw[from:to])
	if n := len(w.frames); n > 1 && w.mention() {
		if value, err := strconv.Atoi(text); err == nil {
			w.frames[n-2].marks = append(w.frames[n-2].marks, mark{from, to, value})
		}
		return nil
	}
	p := placeOf(w.steps)
	if p.kind == "" || len(text) < 6 || p.whole(text) == "" {
		return nil
	}
	_, gone, err := w.text(text, p)
	if len(gone) > 0 {
		w.edits = append(w.edits, edit{from, to, "0"})
	}
	return err
}

// mention tells whether the walker stands at …mentions[i].location[j].
func (w *walker) mention() bool {
	n := len(w.steps)
	return n >= 4 && w.steps[n-2].key == "location" && w.steps[n-4].key == "mentions"
}

// move brings the mentions of an example to where their words are in its cleaned text: IBM refuses a place outside it.
func (w *walker) move() {
	f := w.frames[len(w.frames)-1]
	if len(f.gone) == 0 || len(f.marks) == 0 {
		return
	}
	for i, m := range f.marks {
		w.addEdit(edit{m.from, m.to, strconv.Itoa(moved(f.text, f.gone, m.value, i%2 == 1))})
	}
}

// addEdit keeps the edits in the order of the file: mentions may stand before the text.
func (w *walker) addEdit(e edit) {
	i := len(w.edits)
	for i > 0 && w.edits[i-1].from > e.from {
		i--
	}
	w.edits = append(w.edits, edit{})
	copy(w.edits[i+1:], w.edits[i:])
	w.edits[i] = e
}

// moved is where a place in a text lies after its finds were replaced; one within a find goes to its beginning or its end.
func moved(text string, gone []swap, value int, end bool) int {
	shift := 0
	for _, f := range gone {
		from, to := utf8.RuneCountInString(text[:f.Start]), utf8.RuneCountInString(text[:f.End])
		size := utf8.RuneCountInString(f.word)
		switch {
		case value >= to:
			shift += size - (to - from)
		case value > from && end:
			return from + shift + size
		case value > from:
			return from + shift
		}
	}
	return value + shift
}
