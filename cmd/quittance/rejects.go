package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// rejected is a line that was not taken in. The file it is written to is personal data, as the export is: it is made 0600.
type rejected struct {
	File   string `json:"file"`
	Line   int64  `json:"line"`
	Reason string `json:"reason"`
	Text   string `json:"text,omitempty"` // the line; none where it was too long, no text, or is to stay erased
}

// rejects writes lines that were not taken in. Without a file it does nothing.
type rejects struct {
	path string
	file *os.File
	out  *bufio.Writer
}

// begin makes ready for the lines of a file behind a certain line. What an earlier run wrote about these is taken out, so that a run that is
// repeated or taken up leaves each line once.
func (r *rejects) begin(name string, after int64) error {
	if r.path == "" {
		return nil
	}
	if err := r.close(); err != nil {
		return err
	}
	next, err := os.OpenFile(r.path+".new", os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("opening the file for rejects: %w", err)
	}
	r.file, r.out = next, bufio.NewWriterSize(next, 64<<10)
	if err := r.keep(name, after); err != nil {
		next.Close()
		os.Remove(next.Name())
		return err
	}
	if err := os.Rename(next.Name(), r.path); err != nil {
		return fmt.Errorf("opening the file for rejects: %w", err)
	}
	return nil
}

// keep copies what stays of the file as it was. A file of another kind is left alone.
func (r *rejects) keep(name string, after int64) error {
	old, err := os.Open(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("opening the file for rejects: %w", err)
	}
	defer old.Close()
	in := bufio.NewReaderSize(old, 64<<10)
	for first := true; ; first = false {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return r.foreign(first && len(line) > 0 && !bytes.HasPrefix(line, []byte(`{"file":`))) // half a line is what a killed run leaves
		}
		if err != nil {
			return fmt.Errorf("reading the file for rejects: %w", err)
		}
		var v rejected
		if json.Unmarshal(line, &v) != nil || v.Reason == "" || v.Line == 0 {
			return r.foreign(true)
		}
		if v.File == name && v.Line > after {
			continue
		}
		if _, err := r.out.Write(line); err != nil {
			return fmt.Errorf("writing the file for rejects: %w", err)
		}
	}
}

func (r *rejects) foreign(is bool) error {
	if is {
		return fmt.Errorf("%s exists and is no file of rejects; name another one with -reject", r.path)
	}
	return nil
}

// write adds lines and hands them to the system, so that a killed process loses none that was counted.
func (r *rejects) write(lines []rejected) error {
	if r.path == "" || len(lines) == 0 {
		return nil
	}
	e := json.NewEncoder(r.out)
	e.SetEscapeHTML(false)
	for _, v := range lines {
		if err := e.Encode(v); err != nil {
			return fmt.Errorf("writing the file for rejects: %w", err)
		}
	}
	if err := r.out.Flush(); err != nil {
		return fmt.Errorf("writing the file for rejects: %w", err)
	}
	return nil
}

func (r *rejects) close() error {
	if r.file == nil {
		return nil
	}
	err := errors.Join(r.out.Flush(), r.file.Close())
	r.file = nil
	return err
}
