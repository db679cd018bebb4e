package watson

import (
	"compress/gzip"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"
)

const (
	maxFile      = 10 << 20        // bytes of one document
	maxMetadata  = 1 << 20         // as IBM bounds it
	maxDocument  = 64 << 20        // bytes of the body: what is more than its parts may have is read and thrown away, so that the sender hears why
	documentTime = 2 * time.Minute // for all of a body, instead of the 15 s of a message
)

// documentUpload is what a multipart body brings.
type documentUpload struct {
	file     []byte // nil = none
	name     string
	declared string // its Content-Type
	metadata []byte // nil = none
}

var (
	errMultipart = &apiError{status: http.StatusUnsupportedMediaType, message: "The request body must be multipart/form-data with the parts file and metadata"}
	errFileSize  = &apiError{status: http.StatusRequestEntityTooLarge, message: "The part file is larger than 10 MiB"}
	errMetaSize  = &apiError{status: http.StatusRequestEntityTooLarge, message: "The part metadata is larger than 1 MiB"}
)

// readUpload reads a multipart body, which may be larger and take longer than a message. What is not whole is refused before anything is
// done with any part of it.
func (c *call) readUpload() (u documentUpload, err error) {
	t, params, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || t != "multipart/form-data" || params["boundary"] == "" {
		return u, errMultipart
	}
	control, until := http.NewResponseController(c.w), time.Now().Add(documentTime)
	if err := control.SetReadDeadline(until); err == nil { // a recorder in a test has none
		err = control.SetWriteDeadline(until.Add(documentTime))
		if err != nil {
			return u, err
		}
	}
	whole, err := c.uploadBody()
	if err != nil {
		return u, err
	}
	body := &tail{Reader: whole}
	parts := multipart.NewReader(body, params["boundary"])
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) && body.whole(params["boundary"]) {
			return u, u.enough()
		}
		if err != nil {
			return u, broken(err)
		}
		if err := u.read(part); err != nil {
			_, cut := io.Copy(io.Discard, whole)
			if cut != nil {
				err = broken(cut)
			}
			return u, err
		}
	}
}

// uploadBody is the body, unpacked where a client of IBM's has packed it. The bound holds for what comes in and for what is unpacked.
func (c *call) uploadBody() (io.Reader, error) {
	body := http.MaxBytesReader(c.w, c.sent, maxDocument)
	switch strings.ToLower(strings.Join(c.Header.Values("Content-Encoding"), ",")) {
	case "", "identity":
		return body, nil
	case "gzip":
		z, err := gzip.NewReader(body)
		if err != nil {
			return nil, bad("The request body is not the gzip that its header announces")
		}
		return io.LimitReader(z, maxDocument), nil
	}
	return nil, errMultipart
}

func (u *documentUpload) read(part *multipart.Part) (err error) {
	switch {
	case part.FormName() == "file" && u.file == nil:
		u.name, u.declared = strings.ToValidUTF8(part.FileName(), "\ufffd"), part.Header.Get("Content-Type")
		u.file, err = readPart(part, maxFile, errFileSize)
	case part.FormName() == "metadata" && u.metadata == nil:
		u.metadata, err = readPart(part, maxMetadata, errMetaSize)
	default: // a label in a part that nobody reads would be no label
		return bad("The request body may have the parts file and metadata, each once")
	}
	return err
}

func (u *documentUpload) enough() error {
	if u.file == nil && u.metadata == nil {
		return bad("The request body must have the part file or the part metadata")
	}
	return nil
}

// readPart is the whole part, never nil.
func readPart(part io.Reader, most int64, tooLong error) ([]byte, error) {
	out, err := io.ReadAll(io.LimitReader(part, most+1))
	if err != nil {
		return nil, broken(err)
	}
	if int64(len(out)) > most {
		return nil, tooLong
	}
	return out, nil
}

func broken(err error) error {
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		return errFileSize
	}
	return bad("The request body is not whole, or is no multipart/form-data")
}
