package db

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// Picture is what is known of a training image beside its bytes. Names are what the application sent and may name people.
type Picture struct {
	Type     string `json:"type"` // "image/jpeg", "image/png" or "image/gif"
	Width    int    `json:"width"`
	Height   int    `json:"height"`
	Bytes    int64  `json:"bytes"`
	Class    string `json:"class,omitempty"`    // of v3: what it is an example of
	Negative bool   `json:"negative,omitempty"` // of v3: an example of none of the classes
	File     string `json:"filename,omitempty"`
	Archive  string `json:"archive,omitempty"` // the zip that it came in
}

// Preview is what lists show of it.
func (p Picture) Preview() string {
	words := "picture"
	if p.Class != "" {
		words += ", class " + p.Class
	}
	if p.Negative {
		words += ", negative example"
	}
	return words + ", " + p.Size()
}

// Size is how large it is, in words.
func (p Picture) Size() string {
	switch {
	case p.Bytes < 1000:
		return fmt.Sprintf("%d bytes", p.Bytes)
	case p.Bytes < 1_000_000:
		return fmt.Sprintf("%d kB", (p.Bytes+500)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(p.Bytes)/1e6)
}

// Pack makes the body of an Image record: what is known of the picture as one line of JSON, then its bytes as they came, which are read
// to the number that is known of them.
func (p Picture) Pack(raw io.Reader) ([]byte, error) {
	line, err := json.Marshal(p) // which holds no line break
	if err != nil {
		return nil, fmt.Errorf("packing a picture: %w", err)
	}
	begin := len(line) + 1
	body := make([]byte, begin+int(p.Bytes))
	copy(body, append(line, '\n'))
	if _, err := io.ReadFull(raw, body[begin:]); err != nil {
		return nil, fmt.Errorf("packing a picture: %w", err)
	}
	return body, nil
}

// SplitPicture takes the body of an Image record apart: the line of JSON, what it says, and the bytes of the picture.
func SplitPicture(body []byte) (line []byte, p Picture, raw []byte, err error) {
	line, raw, ok := bytes.Cut(body, []byte("\n"))
	if !ok {
		return nil, p, nil, ErrCorrupt
	}
	if err := json.Unmarshal(line, &p); err != nil {
		return nil, p, nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return line, p, raw, nil
}
