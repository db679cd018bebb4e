package watson

import (
	"fmt"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// ShownText is how much of each text of a document a page shows, in bytes.
const ShownText = 64 << 10

// File is what there is to say about the file of a stored document.
type File struct {
	Type   string // "pdf"
	Size   int    // in bytes
	Unread bool   // its text could not be read, the bytes are kept
}

// FileOf reads the body of a document's record.
func FileOf(body []byte) (File, error) {
	var d storedDocument
	if err := json.Unmarshal(body, &d, checked); err != nil {
		return File{}, fmt.Errorf("reading a stored document: %w", err)
	}
	return File{d.File.Type, d.File.Size, d.Content != nil}, nil
}

// ShownDocument is the body of a document's record for a page: without the bytes of a file that could not be read, and with the beginning
// of long texts. A body that is no stored document is left as it is.
func ShownDocument(body []byte) []byte {
	var d storedDocument
	if json.Unmarshal(body, &d, checked) != nil || d.Document == nil {
		return body
	}
	d.Content = nil
	fields, err := members(d.Document)
	if err != nil {
		return body
	}
	out := []byte{'{'}
	for i, f := range fields {
		if i > 0 {
			out = append(out, ',')
		}
		out, _ = jsontext.AppendQuote(out, f.name) // checked when it came in
		out = append(append(out, ':'), beginning(f.above)...)
	}
	d.Document = append(out, '}')
	if shown, err := json.Marshal(d, checked); err == nil {
		return shown
	}
	return body
}

// beginning shortens a long text at a character.
func beginning(v jsontext.Value) jsontext.Value {
	var text string
	if v.Kind() != '"' || len(v) <= ShownText || json.Unmarshal(v, &text) != nil || len(text) <= ShownText {
		return v
	}
	end := ShownText
	for !utf8.RuneStart(text[end]) {
		end--
	}
	short, _ := jsontext.AppendQuote(nil, text[:end]+" …")
	return short
}
