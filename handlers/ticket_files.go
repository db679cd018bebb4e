package handlers

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"unicode/utf8"

	"quittance/db"
	"quittance/db/audit"
	"quittance/views/lang"
)

// fileWords are the types of files that a ticket takes, told from their content and never from their name.
var fileWords = map[string]lang.Word{
	"application/pdf": "PDF", "image/png": "Picture", "image/jpeg": "Picture", "image/gif": "Picture", "image/webp": "Picture", "text/plain": "Text", "application/zip": "Archive",
	typeWord: "Text document", typeSheet: "Spreadsheet", typeODT: "Text document", typeODS: "Spreadsheet",
}

const (
	typeWord  = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	typeSheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	typeODT   = "application/vnd.oasis.opendocument.text"
	typeODS   = "application/vnd.oasis.opendocument.spreadsheet"
)

// Bounds of what an archive, or a document that is one, may hold when it is opened.
const (
	zipEntries  = 2000
	zipInflated = 200 << 20
	zipRatio    = 100 // times the archive
)

// Errors of files, as they stand beside the field.
var (
	errFileType = errors.New("this is no file of a kind that is taken: PDF, picture, text, office document or archive")
	errFileBomb = errors.New("this archive would unpack to far more than it is, or cannot be read; it is not taken")
	errFileNest = errors.New("this archive holds another archive, or is encrypted, so it cannot be looked through; send what is in it")
)

// fileType tells the type of a file from its content; what is an archive is looked through first.
func fileType(file []byte) (string, error) {
	sniffed, _, _ := mime.ParseMediaType(http.DetectContentType(file))
	switch {
	case sniffed == "application/zip":
		return archiveType(file)
	case sniffed == "text/html" || sniffed == "text/xml": // what a browser would run is kept as what it is for us: text
		sniffed = "text/plain"
	}
	if sniffed == "text/plain" && (!utf8.Valid(file) || bytes.IndexByte(file, 0) >= 0) {
		return "", errFileType
	}
	if fileWords[sniffed] == "" {
		return "", errFileType
	}
	return sniffed, nil
}

// archiveType looks through an archive: what it says of itself is not believed, so each entry is inflated, up to bounds, and thrown away.
func archiveType(file []byte) (string, error) {
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil || len(z.File) > zipEntries {
		return "", errFileBomb
	}
	left := min(int64(zipInflated), int64(len(file))*zipRatio+1<<20)
	kind := "application/zip"
	for _, f := range z.File {
		if f.Flags&1 != 0 {
			return "", errFileNest
		}
		head, n, err := inflate(f, left)
		if err != nil {
			return "", err
		}
		left -= n
		if bytes.HasPrefix(head, []byte("PK\x03\x04")) {
			return "", errFileNest
		}
		if t := officeType(f.Name, head); t != "" {
			kind = t
		}
	}
	return kind, nil
}

// inflate reads an entry to its end, or until it is more than may be, and keeps how it begins.
func inflate(f *zip.File, most int64) (head []byte, n int64, err error) {
	r, err := f.Open()
	if err != nil {
		return nil, 0, errFileBomb
	}
	defer r.Close()
	var begin bytes.Buffer
	n, err = io.Copy(&begin, io.LimitReader(r, 100))
	if err == nil {
		var rest int64
		rest, err = io.Copy(io.Discard, io.LimitReader(r, most-n+1))
		n += rest
	}
	if err != nil || n > most {
		return nil, n, errFileBomb
	}
	return begin.Bytes(), n, nil
}

func officeType(name string, head []byte) string {
	switch {
	case name == "word/document.xml":
		return typeWord
	case name == "xl/workbook.xml":
		return typeSheet
	case name == "mimetype" && (string(head) == typeODT || string(head) == typeODS):
		return string(head)
	}
	return ""
}

// attachFile takes a file for a ticket.
func (s *Server) attachFile(r *http.Request) (string, error) {
	var name, kind string
	var file []byte
	return s.onTicket(r, "attach", func(db.Ticket) map[string]lang.Word {
		var err error
		if name, file, err = uploadOf(r); err == nil {
			kind, err = fileType(file)
		}
		if err != nil {
			return map[string]lang.Word{"file": sayIt(err)}
		}
		return nil
	}, func(v db.Ticket) error {
		err := s.store.AttachToTicket(r.Context(), who(r).Actor(), v.Number, name, kind, file)
		if words := said(err, db.ErrAttachment); words != "" {
			return s.refuseTicketForm(r, v, "attach", map[string]lang.Word{"file": words})
		}
		return err
	}, "Attached.")
}

// uploadOf reads the file of the form, whole and in memory.
func uploadOf(r *http.Request) (name string, file []byte, err error) {
	f, head, err := r.FormFile("file")
	if err != nil {
		return "", nil, errors.New("choose a file")
	}
	defer f.Close()
	file, err = io.ReadAll(io.LimitReader(f, db.MaxAttachment+1))
	if err != nil || len(file) == 0 || len(file) > db.MaxAttachment {
		return "", nil, db.ErrAttachment
	}
	if name = shortName(head.Filename); name == "evidence" {
		name = "file"
	}
	return name, file, nil
}

// ticketFile hands a file out. It is written down who fetched it; a browser shows nothing of it, whatever it is.
func (s *Server) ticketFile(w http.ResponseWriter, r *http.Request) {
	number, err := pathNumber(r, "number")
	var n int64
	if err == nil {
		n, err = pathNumber(r, "file")
	}
	var v db.TicketFile
	var file []byte
	if err == nil {
		v, file, err = s.store.TicketFile(r.Context(), who(r).Actor(), number, n)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	attach(w, "application/octet-stream", v.Name)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Write(file)
}

func (s *Server) eraseTicketFile(r *http.Request) (string, error) {
	return s.eraseOnTicket(r, "file", s.store.EraseTicketFile, "The file is erased. Who attached it, when, and its hash stay.")
}

// eraseOnTicket erases a note or a file that the path names.
func (s *Server) eraseOnTicket(r *http.Request, name string, erase func(context.Context, audit.Actor, int64, int64) error, words lang.Word) (string, error) {
	n, err := pathNumber(r, name)
	if err != nil {
		return "", err
	}
	return s.onTicket(r, name, nil, func(v db.Ticket) error { return erase(r.Context(), who(r).Actor(), v.Number, n) }, words)
}
