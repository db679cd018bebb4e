package watson

import (
	"bytes"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"quittance/db"
)

// extracted is what could be read out of a file.
type extracted struct {
	kind     string // "json", "html", "text", "pdf", "word", "unknown"
	document jsontext.Value
	text     string
	title    string
	html     string
	content  bool // the text cannot be read: the file is kept as it is
}

// The types of files by what they say of themselves, and by their names. Of the rest the content decides.
var (
	typesDeclared = map[string]string{"application/json": "json", "text/html": "html", "application/xhtml+xml": "html", "text/plain": "text",
		"text/csv": "text", "text/markdown": "text", "application/pdf": "pdf", "application/msword": "word",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document": "word"}
	typesNamed = map[string]string{".json": "json", ".html": "html", ".htm": "html", ".xhtml": "html", ".txt": "text", ".csv": "text", ".md": "text",
		".pdf": "pdf", ".doc": "word", ".docx": "word"}
)

func typeOf(u documentUpload) string {
	declared, _, _ := mime.ParseMediaType(u.declared)
	if kind := typesDeclared[declared]; kind != "" {
		return kind
	}
	if kind := typesNamed[strings.ToLower(path.Ext(u.name))]; kind != "" {
		return kind
	}
	if jsontext.Value(u.file).Kind() == '{' {
		return "json"
	}
	sniffed, _, _ := mime.ParseMediaType(http.DetectContentType(u.file))
	if kind := typesDeclared[sniffed]; kind != "" {
		return kind
	}
	return "unknown"
}

// extract reads a file. JSON has to be an object, because a document is one; HTML and plain text give their text; of any other file it is not
// even tried, and the document says so in its notices.
func extract(u documentUpload) (extracted, error) {
	if u.file == nil {
		return extracted{}, nil
	}
	x := extracted{kind: typeOf(u)}
	switch x.kind {
	case "json":
		return x, x.fromJSON(u.file)
	case "html":
		x.html = decodeText(u)
		x.title, x.text = htmlText(x.html)
	case "text":
		x.text = decodeText(u)
	default:
		x.content = true
	}
	if len(x.html)+len(x.text) > 2*maxFile {
		return x, errFileSize
	}
	return x, nil
}

func (x *extracted) fromJSON(file []byte) error {
	file = bytes.TrimPrefix(file, []byte("\ufeff"))
	var object struct {
		Unknown jsontext.Value `json:",unknown"`
	}
	if deeper(file, maxDepth) {
		return badField("file", "The file is nested more than 32 levels deep")
	}
	if kind := jsontext.Value(file).Kind(); kind != '{' {
		return badField("file", "The file must be a JSON object; a list is not split into documents here")
	}
	if json.Unmarshal(file, &object) != nil {
		return badField("file", "The file is not valid JSON in UTF-8, or gives the same name twice in one object")
	}
	x.document = file
	return nil
}

// decodeText gives the text of a file in UTF-8. What is not UTF-8 is read as it says of itself, or as browsers would (WHATWG Encoding).
func decodeText(u documentUpload) string {
	text := bytes.TrimPrefix(u.file, []byte("\ufeff"))
	if !utf8.Valid(text) {
		encoding, _, _ := charset.DetermineEncoding(u.file[:min(len(u.file), 1024)], u.declared)
		if decoded, err := encoding.NewDecoder().Bytes(u.file); err == nil {
			text = decoded
		}
	}
	return strings.ToValidUTF8(string(bytes.ReplaceAll(text, []byte{0}, []byte{' '})), "\ufffd")
}

// unread are the elements whose content is no text for people.
var unread = map[string]bool{"script": true, "style": true, "noscript": true, "template": true}

// inline are the elements that do not part words.
var inline = map[string]bool{"a": true, "abbr": true, "b": true, "bdi": true, "bdo": true, "cite": true, "code": true, "em": true, "font": true,
	"i": true, "mark": true, "q": true, "s": true, "small": true, "span": true, "strong": true, "sub": true, "sup": true, "u": true, "wbr": true}

// htmlText takes the title and the text out of a page, token by token: it builds no tree, so depth costs nothing.
func htmlText(page string) (title, text string) {
	var out, heading strings.Builder
	z := html.NewTokenizer(strings.NewReader(page))
	skip, inTitle := "", false
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken: // the end; the tokenizer knows no other error of a string
			return tidy(heading.String()), tidy(out.String())
		case html.TextToken:
			if inTitle {
				heading.Write(z.Text())
			} else if skip == "" {
				out.Write(z.Text())
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			tag, opens := string(name), kind == html.StartTagToken
			switch {
			case skip == "" && opens && unread[tag]:
				skip = tag
			case skip == tag && kind == html.EndTagToken:
				skip = ""
			case tag == "title" && heading.Len() == 0 || tag == "title" && inTitle:
				inTitle = opens
			}
			if !inline[tag] {
				out.WriteByte('\n')
			}
		}
	}
}

// tidy joins the words of each line by one space and drops empty lines.
func tidy(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if words := strings.Join(strings.Fields(line), " "); words != "" {
			if out.Len() > 0 {
				out.WriteByte('\n')
			}
			out.WriteString(words)
		}
	}
	return out.String()
}

// whole is the document as queries show it: its fields, and beside them what was sent about it and what the file says of itself.
func (x extracted) whole(meta jsontext.Value, f storedFile) (jsontext.Value, error) {
	type about struct {
		Filename string `json:"filename,omitempty"`
		Type     string `json:"file_type,omitempty"`
		SHA1     string `json:"sha1,omitempty"`
		Title    string `json:"title,omitempty"`
	}
	own, err := json.Marshal(struct {
		Title     string         `json:"title,omitempty"`
		Text      string         `json:"text,omitempty"`
		HTML      string         `json:"html,omitempty"`
		Metadata  jsontext.Value `json:"metadata"`
		Extracted about          `json:"extracted_metadata"`
	}{x.title, x.text, x.html, meta, about{f.Name, f.Type, f.SHA1, x.title}}, checked)
	if err != nil || x.document == nil {
		return own, err
	}
	return merge(x.document, own)
}

// words are what a document can be found by.
type words struct {
	title       string
	text, other strings.Builder
	fields      []db.Field
	more        bool // there are more fields than can be asked for by name
}

// wordsOf reads a document once through, without building it up in memory.
func wordsOf(document jsontext.Value) (*words, error) {
	w := &words{}
	d := jsontext.NewDecoder(bytes.NewReader(document), checked)
	return w, w.value(d, "", false)
}

// value reads one value under a path. Items of a list have the path of the list.
func (w *words) value(d *jsontext.Decoder, path string, silent bool) error {
	token, err := d.ReadToken()
	if err != nil {
		return err
	}
	switch token.Kind() {
	case '{':
		return w.object(d, path, silent)
	case '[':
		for d.PeekKind() != ']' {
			if err := w.value(d, path, silent); err != nil {
				return err
			}
		}
		_, err := d.ReadToken()
		return err
	case '"', '0', 't', 'f':
		if !silent {
			w.scalar(path, token.String(), token.Kind())
		}
	}
	return nil
}

func (w *words) object(d *jsontext.Decoder, path string, silent bool) error {
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		below := name.String()
		if path != "" {
			below = path + "." + below
		}
		if err := w.value(d, below, silent || below == "html"); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// maxPath bounds the name of a field that can be asked for.
const maxPath = 256

func (w *words) scalar(path, value string, kind jsontext.Kind) {
	switch {
	case path == "text":
		line(&w.text, value)
		return
	case path == "title" && w.title == "":
		w.title = value
	case kind == '"':
		line(&w.other, value)
	}
	if len(w.fields) == db.MaxFields || len(path) > maxPath {
		w.more = true
		return
	}
	w.fields = append(w.fields, db.Field{Path: path, Value: value, Number: kind == '0'})
	w.more = w.more || len(value) > db.MaxFieldWords
}

// line adds a text, as far as it can be searched.
func line(b *strings.Builder, s string) {
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	if b.Len() <= db.MaxFullText {
		b.WriteString(s)
	}
}

// cut tells whether something of the document cannot be found by a query.
func (w *words) cut() bool {
	return w.more || max(len(w.title), w.text.Len(), w.other.Len()) > db.MaxFullText
}

// notices say what of a document cannot be found, and why.
func notices(x extracted, w *words, id, now string) []notice {
	out := []notice{}
	add := func(code, step, description string) {
		out = append(out, notice{code, now, id, "warning", step, description})
	}
	if x.content {
		add("unsupported_file_type", "convert", "The text of this type of file is not read here. The file is kept and the document is found by its metadata and its customer_id.")
	}
	if w.cut() {
		add("index_limit", "indexing", "The document is kept as a whole. Queries find its first "+strconv.Itoa(db.MaxFullText>>10)+
			" KiB of text, its first "+strconv.Itoa(db.MaxFields)+" fields by name, and of each field its first "+strconv.Itoa(db.MaxFieldWords>>10)+" KiB.")
	}
	return out
}
