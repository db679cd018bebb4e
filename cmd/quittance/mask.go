package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"unicode/utf8"

	"quittance/db/mask"
)

// maskLine bounds a line of the input, and what is held of it at one time: a chat's message is a thousandth of this.
const maskLine = 1 << 20

// maskBlock is how much text is masked at one time. What a find needs to see around it is far less, and a blank line ends a block earlier.
const maskBlock = 64 << 10

// maskCommand masks standard input with the console's own detectors. It needs no data directory and touches none.
func maskCommand(fs *flag.FlagSet) action {
	asJSON := fs.Bool("json", false, `read lines {"text","lang"?} and write lines {"spans":[{"start","end","kind"}]}, in code points; otherwise text in, text with [kind] out`)
	return func(ctx context.Context, c *call) error {
		if err := c.none(); err != nil {
			return err
		}
		if *asJSON {
			return maskLines(ctx, c)
		}
		return maskText(ctx, c)
	}
}

// lineReader reads lines of bounded length, with their number.
type lineReader struct {
	r      *bufio.Reader
	number int
}

func newLineReader(r io.Reader) *lineReader { return &lineReader{r: bufio.NewReaderSize(r, maskLine)} }

// next returns a line with its end, io.EOF after the last one. The bytes are good until the next call.
func (l *lineReader) next() ([]byte, error) {
	line, err := l.r.ReadSlice('\n')
	if len(line) == 0 && err != nil {
		return nil, err
	}
	l.number++
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, fmt.Errorf("line %d is longer than 1 MiB", l.number)
	case err != nil && err != io.EOF:
		return nil, err
	case !utf8.Valid(line):
		return nil, fmt.Errorf("line %d is not valid UTF-8", l.number)
	}
	return line, nil
}

// idle tells that whoever writes to us waits, perhaps for what we have to say.
func (l *lineReader) idle() bool { return l.r.Buffered() == 0 }

// maskText masks text in blocks that end with a line, so that input without end takes no more memory than a short one.
func maskText(ctx context.Context, c *call) error {
	in, out := newLineReader(c.in), bufio.NewWriter(c.out)
	var block []byte
	flush := func() error {
		out.WriteString(mask.Redact(string(block)))
		block = block[:0]
		return out.Flush()
	}
	for ctx.Err() == nil {
		line, err := in.next()
		if err != nil {
			return errors.Join(flush(), maskEnd(err))
		}
		block = append(block, line...)
		if len(bytes.TrimSpace(line)) == 0 || len(block) >= maskBlock {
			if err := flush(); err != nil {
				return fmt.Errorf("writing: %w", err)
			}
		}
	}
	return ctx.Err()
}

// maskEnd is nil at the end of the input.
func maskEnd(err error) error {
	if err == io.EOF {
		return nil
	}
	return fmt.Errorf("reading standard input: %w", err)
}

// spanJSON is a find, from its first code point to the one after its last.
type spanJSON struct {
	Start int       `json:"start"`
	End   int       `json:"end"`
	Kind  mask.Kind `json:"kind"`
}

type spansJSON struct {
	Spans []spanJSON `json:"spans"`
}

// maskLines answers each line with one line, and at once where the other side waits for it.
func maskLines(ctx context.Context, c *call) error {
	in, out := newLineReader(c.in), bufio.NewWriter(c.out)
	defer out.Flush()
	to := json.NewEncoder(out)
	for ctx.Err() == nil {
		line, err := in.next()
		if err != nil {
			return maskEnd(err)
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		found, err := findIn(line)
		if err != nil {
			return fmt.Errorf("line %d: %w", in.number, err)
		}
		if err := to.Encode(found); err != nil {
			return fmt.Errorf("writing: %w", err)
		}
		if in.idle() {
			if err := out.Flush(); err != nil {
				return fmt.Errorf("writing: %w", err)
			}
		}
	}
	return ctx.Err()
}

// findIn finds what one line's text holds. The language is no more than a hint, and the detectors look for all four at once: people who
// write to a bank in Zürich change theirs in the midst of a sentence.
func findIn(line []byte) (spansJSON, error) {
	var in struct {
		Text *string `json:"text"`
		Lang *string `json:"lang"`
	}
	if err := json.Unmarshal(line, &in); err != nil {
		return spansJSON{}, errors.New(`not a JSON object with a string "text" and perhaps a string "lang"`)
	}
	if in.Text == nil {
		return spansJSON{}, errors.New(`it has no "text"`)
	}
	found := spansJSON{Spans: []spanJSON{}}
	for _, s := range mask.CodePoints(*in.Text, mask.Find(*in.Text)) {
		found.Spans = append(found.Spans, spanJSON{s.Start, s.End, s.Kind})
	}
	return found, nil
}
