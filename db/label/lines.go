package label

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// Bounds of a list of IDs that a person types, pastes or uploads.
const (
	MaxListBytes = 1 << 20
	MaxListLines = 10_000
)

// ErrLong is returned for a list beyond the bounds. Nothing of it is read: half a list would look like a whole one.
var ErrLong = errors.New("a list has at most 10,000 lines and 1 MiB")

// Line is one line of a list that bears an ID.
type Line struct {
	Number int // from 1, as an editor counts
	ID     ID
}

// Repeat is a line whose ID stands on an earlier one.
type Repeat struct{ Number, First int }

// Fault is a line that is no ID, and why. Text is for whoever typed it, and for nobody else: it may be personal data all the same.
type Fault struct {
	Number int
	Text   string
	Err    *Error
}

// Lines is a list, sorted out. Blank lines are none.
type Lines struct {
	Valid   []Line
	Repeats []Repeat
	Faults  []Fault
	Header  bool // the first line names the column, and was left out
}

// ReadLines reads a list with one ID on each line or, of CSV (RFC 4180), in the first column of each row. The spaces around an ID are left
// out, as in the search box: no record bears such an ID. What is legal anywhere is legal here. ErrLong.
func ReadLines(text string, asCSV bool) (Lines, error) {
	if len(text) > MaxListBytes {
		return Lines{}, ErrLong
	}
	var l Lines
	first := map[string]int{}
	text = strings.TrimPrefix(text, "\ufeff") // a byte order mark
	each := eachLine
	if asCSV {
		each = eachRow
	}
	lines := 0
	err := each(text, func(number int, cell string, fault *Error) error {
		if cell == "" && fault == nil {
			return nil
		}
		if lines++; lines > MaxListLines {
			return ErrLong
		}
		l.take(number, cell, fault, asCSV, first)
		return nil
	})
	if err != nil {
		return Lines{}, err
	}
	return l, nil
}

func (l *Lines) take(number int, cell string, fault *Error, asCSV bool, first map[string]int) {
	if asCSV && number == 1 && strings.EqualFold(cell, "customer_id") {
		l.Header = true
		return
	}
	id, err := Parse(Assistant, cell)
	if err != nil {
		errors.As(err, &fault)
	}
	switch {
	case fault != nil:
		l.Faults = append(l.Faults, Fault{number, cell, fault})
	case first[cell] != 0:
		l.Repeats = append(l.Repeats, Repeat{number, first[cell]})
	default:
		first[cell] = number
		l.Valid = append(l.Valid, Line{number, id})
	}
}

func eachLine(text string, take func(int, string, *Error) error) error {
	number := 0
	for line := range strings.Lines(text) {
		number++
		if err := take(number, strings.TrimSpace(line), nil); err != nil {
			return err
		}
	}
	return nil
}

// eachRow reads rows. A row that is no CSV ends the reading: what stands behind an open quotation mark cannot be told apart.
func eachRow(text string, take func(int, string, *Error) error) error {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	if first, _, _ := strings.Cut(text, "\n"); !strings.Contains(first, ",") && strings.Contains(first, ";") {
		r.Comma = ';' // what spreadsheets write where the comma is the decimal sign; no ID has one
	}
	for {
		row, err := r.Read()
		if err == io.EOF {
			return nil
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			return take(broken.StartLine, "", &Error{"customer_id", "must stand in a row of CSV; this one and all after it cannot be read, because of a quotation mark"})
		}
		if err != nil {
			return err
		}
		number, _ := r.FieldPos(0)
		if err := take(number, strings.TrimSpace(row[0]), nil); err != nil {
			return err
		}
	}
}

// Short is the text of a fault as a page shows it: valid UTF-8, and not longer than a line.
func (f Fault) Short() string {
	s := strings.ToValidUTF8(f.Text, "\ufffd")
	const most = 60
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
