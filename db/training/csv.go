package training

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
)

// csv reads utterances. Rows without finds stay as they are, to the byte; others are written anew.
func (c *checker) csv(at int) (Report, []byte, error) {
	c.report.CSV = true
	r := csv.NewReader(bytes.NewReader(c.raw[at:]))
	r.Comma, r.FieldsPerRecord = comma(c.raw[at:]), -1
	for end := int64(at); ; {
		row, err := r.Read()
		if err == io.EOF {
			return c.report, c.cleaned(), nil
		}
		if err != nil {
			return Report{}, nil, refuseCSV(err)
		}
		begin := end
		end = int64(at) + r.InputOffset()
		line, _ := r.FieldPos(0)
		if err := c.row(row, line, r.Comma, int(begin), int(end)); err != nil {
			return Report{}, nil, err
		}
	}
}

func refuseCSV(err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return refuse("The file is neither JSON nor CSV: the quotation marks of line %d do not match.", p.Line)
	}
	return refuse("The file is neither JSON nor CSV.")
}

// comma is a semicolon where the first line has some and no comma, as spreadsheets of half of Europe write it.
func comma(raw []byte) rune {
	line, _, _ := bytes.Cut(raw, []byte("\n"))
	if bytes.IndexByte(line, ',') < 0 && bytes.IndexByte(line, ';') >= 0 {
		return ';'
	}
	return ','
}

// reference is how an intent or an entity is called.
var reference = regexp.MustCompile(`^[\p{L}\p{N}_.-]+$`)

func (c *checker) row(row []string, line int, comma rune, from, to int) error {
	changed := false
	for i, cell := range row {
		p := place{line: line, column: i + 1, stays: len(row) == 2 && i == 1 && reference.MatchString(cell), list: len(row) > 2 && i > 0}
		text, gone, err := c.text(cell, p)
		if err != nil {
			return err
		}
		if len(gone) > 0 {
			row[i], changed = text, true
		}
	}
	if changed {
		c.edits = append(c.edits, edit{from, to, written(row, comma, c.raw[from:to])})
	}
	return nil
}

// written is a row as CSV, with the blank lines before it and the line end that it had.
func written(row []string, comma rune, old []byte) string {
	var b bytes.Buffer
	b.Write(old[:len(old)-len(bytes.TrimLeft(old, "\r\n"))])
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = comma, bytes.HasSuffix(old, []byte("\r\n"))
	w.Write(row)
	w.Flush()
	if !bytes.HasSuffix(old, []byte("\n")) {
		return string(bytes.TrimRight(b.Bytes(), "\r\n"))
	}
	return b.String()
}
