package answer

import (
	"archive/zip"
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

func (b *book) readme() error {
	return b.file("README.txt", zip.Deflate, func(w io.Writer) error { _, err := io.WriteString(w, b.text.readme); return err })
}

// jsonRecord is a record in data.json.
type jsonRecord struct {
	Number   int64     `json:"record"`
	Service  string    `json:"service"`
	Kind     string    `json:"kind"`
	Time     time.Time `json:"time"`
	Answered time.Time `json:"answered,omitzero"`
	IDs      []string  `json:"customer_ids,omitempty"`
	Image    string    `json:"image,omitempty"`
	Withheld string    `json:"left_out,omitempty"`
	Data     any       `json:"data,omitempty"`
}

// data writes data.json. It is the first reading, so it counts.
func (b *book) data() error {
	return b.file("data.json", zip.Deflate, func(w io.Writer) error {
		head, err := json.Marshal(b.jsonHead())
		if err != nil {
			return err
		}
		out := bufio.NewWriter(w)
		out.Write(head[:len(head)-1])
		out.WriteString(",\"records\":[\n")
		for r, err := range b.records() {
			if err != nil {
				return err
			}
			if err := b.jsonRow(out, r); err != nil {
				return err
			}
		}
		out.WriteString("\n]}\n")
		return out.Flush()
	})
}

func (b *book) jsonHead() map[string]any {
	h := map[string]any{"format": Format, "language": b.head.Language, "answer": b.head.Answer, "made": b.head.Made.UTC(), "up_to": b.head.UpTo.UTC(), "customer_ids": b.head.IDs,
		"redactions": b.head.Redactions, "not_included": b.head.Elsewhere}
	if !b.head.Portability {
		h["statements"], h["consultations"], h["recipients"] = b.head.Statements, b.head.Consultations, b.head.Recipients
	}
	return h
}

func (b *book) jsonRow(out *bufio.Writer, r Record) error {
	row := jsonRecord{Number: r.Number, Service: r.Service, Kind: r.Kind, Time: r.Time.UTC(), Answered: r.Answered.UTC(), IDs: r.IDs, Image: r.imageName(), Withheld: r.Withheld, Data: r.Data}
	raw, err := json.Marshal(row)
	if err != nil {
		return err
	}
	if b.count > 0 {
		out.WriteString(",\n")
	}
	b.count++
	if row.Image != "" {
		b.pictures++
	}
	if !slices.Contains(b.kinds, r.Kind) {
		b.kinds = append(b.kinds, r.Kind)
	}
	_, err = out.Write(raw)
	return err
}

var imageEndings = map[string]string{"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif"}

// imageName is the name of a picture's file: a number, and nothing that an application called it.
func (r Record) imageName() string {
	if len(r.Image) == 0 || imageEndings[r.Type] == "" {
		return ""
	}
	return fmt.Sprintf("images/%d.%s", r.Number, imageEndings[r.Type])
}

// each reads the records again, and sees that they are as many as the first time.
func (b *book) each(do func(Record) error) error {
	var n int64
	for r, err := range b.records() {
		if err != nil {
			return err
		}
		n++
		if err := do(r); err != nil {
			return err
		}
	}
	if n != b.count {
		return ErrMoved
	}
	return nil
}

// tables writes a CSV for each kind: a line for each value, since no two records need to have the same fields.
func (b *book) tables() error {
	for _, kind := range b.kinds {
		err := b.file("data-"+kind+".csv", zip.Deflate, func(w io.Writer) error {
			out := csv.NewWriter(w)
			out.UseCRLF = true
			out.Write([]string{"record", "service", "time", "field", "value"})
			err := b.each(func(r Record) error { return b.tableRows(out, kind, r) })
			out.Flush()
			if err != nil {
				return err
			}
			return out.Error()
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *book) tableRows(out *csv.Writer, kind string, r Record) error {
	if r.Kind != kind {
		return nil
	}
	rows := Fields(r.Data)
	if r.Withheld != "" {
		rows = []Field{{"", Mark(r.Withheld, b.head.Language)}}
	}
	if name := r.imageName(); name != "" {
		rows = append(rows, Field{"file", name})
	}
	for _, f := range rows {
		err := out.Write([]string{fmt.Sprint(r.Number), PlainCell(r.Service), r.Time.UTC().Format(time.RFC3339), PlainCell(f.Path), PlainCell(strings.ToValidUTF8(f.Value, "�"))})
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *book) images() error {
	if b.pictures == 0 {
		return nil
	}
	return b.each(func(r Record) error {
		name := r.imageName()
		if name == "" {
			return nil
		}
		return b.file(name, zip.Store, func(w io.Writer) error { _, err := w.Write(r.Image); return err })
	})
}
