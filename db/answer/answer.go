// Package answer knows what a person gets who asks for their data (Art. 15 and 20 GDPR): one zip, written as it is sent, that a person can
// read without tools and a program too, with what was left out of it and why, a hash of each file and a signature. Which records are in it,
// who may send it and how it reaches the person is left to its callers.
package answer

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// Record is a datum as the person gets it: redacted already.
type Record struct {
	Number   int64
	Service  string
	Kind     string // a word of Kinds
	Time     time.Time
	Answered time.Time
	IDs      []string // of the person's customer IDs those that it bears
	Data     any      // as encoding/json decodes it, numbers as json.Number
	Image    []byte   // of a picture its bytes
	Type     string   // of a picture: image/jpeg …
	Withheld string   // code of Reasons: nothing else of the record is given
}

// Source gives the records, in the same order each time it is asked: each file of the zip is one reading, so that none needs to be kept.
type Source func() iter.Seq2[Record, error]

// Head is what stands in an answer beside the records.
type Head struct {
	Answer        int64
	Language      string // of Languages; what it is not in is English
	Portability   bool   // Art. 20: the data, without the statements of Art. 15(1)
	Made          time.Time
	UpTo          time.Time // when the records were counted; none that came later is in it
	IDs           []string
	Statements    []Statement
	Consultations []Consultation
	Recipients    []Recipient
	Elsewhere     []string // names of linked services whose data is not in it (law L11)
	Redactions    []Redacted
	Restricted    bool // Art. 18: stored and nothing else, and still shown to the person
	Erased        int64
	Keys          []string // public keys of the signers, as golang.org/x/mod/sumdb/note writes them
}

// Statement is one of those of Art. 15(1) and (2), in the words of the house.
type Statement struct {
	Code     string `json:"code"` // of Statements
	Version  int64  `json:"version"`
	Language string `json:"language"`
	Of       int64  `json:"-"`                 // number of the service that it is about; 0 = of all
	Service  string `json:"service,omitempty"` // its name
	Instead  bool   `json:"instead,omitempty"` // it takes the place of the house's text, for this service
	Text     string `json:"text"`
}

// Consultation is that somebody read records of the person: when, what for and in which role, and never who (CJEU C-579/21).
type Consultation struct {
	Time    time.Time `json:"time"`
	Purpose string    `json:"purpose"`
	Role    string    `json:"role"`
}

// Recipient is a service that got something of the person (CJEU C-154/21).
type Recipient struct {
	Name string    `json:"name"`
	Told time.Time `json:"told"`
	What string    `json:"what"` // ToldToErase or PassedOn
}

// Redacted counts what was left out for one reason (Art. 15(4)).
type Redacted struct {
	Reason string `json:"reason"` // code of Reasons
	Count  int64  `json:"count"`
}

// Made is what became of it.
type Made struct {
	Records, Images int64
	Bytes           int64 // of the zip
}

// ErrMoved is that the records were not the same in each reading: something was erased while the file was written. Such a file is cut off.
var ErrMoved = errors.New("records were erased while the answer was written")

// Write writes the zip. It holds one record at a time.
func Write(w io.Writer, head Head, records Source, signers ...note.Signer) (Made, error) {
	out := &counted{w: w}
	b := &book{zip: zip.NewWriter(out), head: head, records: records, text: in(head.Language)}
	for _, part := range []func() error{b.readme, b.data, b.tables, b.images, b.page} {
		if err := part(); err != nil {
			return Made{}, err
		}
	}
	if err := b.manifest(signers); err != nil {
		return Made{}, err
	}
	err := b.zip.Close()
	return Made{b.count, b.pictures, out.n}, err
}

type counted struct {
	w io.Writer
	n int64
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// book is an answer while it is written.
type book struct {
	zip             *zip.Writer
	head            Head
	records         Source
	text            *text
	files           []File
	count, pictures int64
	kinds           []string
}

// File is one line of the manifest.
type File struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// page of a zip: a file that is hashed while it is written.
type leaf struct {
	io.Writer
	sum hash.Hash
	n   int64
}

func (l *leaf) Write(p []byte) (int, error) {
	l.sum.Write(p)
	l.n += int64(len(p))
	return l.Writer.Write(p)
}

// file adds a file. A picture is stored as it is: it is compressed already.
func (b *book) file(name string, method uint16, write func(io.Writer) error) error {
	w, err := b.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: b.head.Made})
	if err != nil {
		return err
	}
	l := &leaf{Writer: w, sum: sha256.New()}
	if err := write(l); err != nil {
		return fmt.Errorf("writing %s of an answer: %w", name, err)
	}
	b.files = append(b.files, File{name, l.n, hex.EncodeToString(l.sum.Sum(nil))})
	return nil
}

// Manifest lists the files of an answer.
type Manifest struct {
	Format  string    `json:"format"`
	Answer  int64     `json:"answer"`
	Made    time.Time `json:"made"`
	Records int64     `json:"records"`
	Images  int64     `json:"images"`
	Keys    []string  `json:"keys"` // what came with the answer proves nothing by itself
	Files   []File    `json:"files"`
}

// manifest lists the files, and is signed.
func (b *book) manifest(signers []note.Signer) error {
	raw, err := json.MarshalIndent(Manifest{Format, b.head.Answer, b.head.Made.UTC(), b.count, b.pictures, b.head.Keys, b.files}, "", "  ")
	if err != nil {
		return err
	}
	if err := b.file("manifest.json", zip.Deflate, func(w io.Writer) error { _, err := w.Write(raw); return err }); err != nil {
		return err
	}
	signed, err := note.Sign(&note.Note{Text: signedText(raw)}, signers...)
	if err != nil {
		return fmt.Errorf("signing an answer: %w", err)
	}
	return b.file("manifest.note", zip.Deflate, func(w io.Writer) error { _, err := w.Write(signed); return err })
}

// Format names the layout of the zip.
const Format = formatName + "1"

const formatName = "quittance-answer/"

// signedText is what is signed (https://c2sp.org/signed-note): the format and the hash of manifest.json, as sha256sum writes it.
func signedText(manifest []byte) string {
	sum := sha256.Sum256(manifest)
	return Format + "\n" + hex.EncodeToString(sum[:]) + "  manifest.json\n"
}
