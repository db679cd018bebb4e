package watson

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	maxFile     = 10 << 20 // bytes of one document
	maxMetadata = 1 << 20  // as IBM bounds it
	maxParts    = maxFile + maxMetadata + 64<<10
	uploadTime  = 2 * time.Minute // for all of a body, instead of the 15 s of a message
)

// How many documents are read at a time: each lies in memory, several times over, until it is stored. A file on the disk would be one more
// place to erase.
const (
	uploadsOfKey = 2
	uploadsOfAll = 4
)

// uploads counts those that are being read.
type uploads struct {
	mu  sync.Mutex
	key map[int64]int
	all int
}

// enter takes a place, or answers when to come again. leave gives it back.
func (u *uploads) enter(key int64) (leave func(), err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.all >= uploadsOfAll || u.key[key] >= uploadsOfKey {
		return nil, RetryError{After: time.Second, Limit: uploadsOfKey}
	}
	if u.key == nil {
		u.key = map[int64]int{}
	}
	u.all++
	u.key[key]++
	return func() { u.leave(key) }, nil
}

func (u *uploads) leave(key int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.all--
	if u.key[key]--; u.key[key] == 0 {
		delete(u.key, key)
	}
}

// upload is what a multipart body brings.
type upload struct {
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
func (c *call) readUpload() (u upload, err error) {
	t, params, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || t != "multipart/form-data" || params["boundary"] == "" {
		return u, errMultipart
	}
	control, until := http.NewResponseController(c.w), time.Now().Add(uploadTime)
	if err := control.SetReadDeadline(until); err == nil { // a recorder in a test has none
		err = control.SetWriteDeadline(until.Add(uploadTime))
		if err != nil {
			return u, err
		}
	}
	whole, err := c.uploadBody()
	if err != nil {
		return u, err
	}
	body := &ending{Reader: whole}
	parts := multipart.NewReader(body, params["boundary"])
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) && body.closed(params["boundary"]) {
			return u, u.enough()
		}
		if err != nil {
			return u, broken(err)
		}
		if err := u.read(part); err != nil {
			return u, err
		}
	}
}

// uploadBody is the body, unpacked where a client of IBM's has packed it. The bound holds for what comes in and for what is unpacked.
func (c *call) uploadBody() (io.Reader, error) {
	body := http.MaxBytesReader(c.w, c.raw, maxParts)
	switch strings.ToLower(strings.Join(c.Header.Values("Content-Encoding"), ",")) {
	case "", "identity":
		return body, nil
	case "gzip":
		z, err := gzip.NewReader(body)
		if err != nil {
			return nil, bad("The request body is not the gzip that its header announces")
		}
		return io.LimitReader(z, maxParts), nil
	}
	return nil, errMultipart
}

// ending remembers the end of what was read. To package multipart a body that breaks off between two parts or in the header of one has simply
// come to its end (measured with Go 1.26): the label in the part that is missing would be lost.
type ending struct {
	io.Reader
	last []byte
}

// endingBytes are more than package multipart reads ahead.
const endingBytes = 16 << 10

// Read implements io.Reader.
func (e *ending) Read(p []byte) (int, error) {
	n, err := e.Reader.Read(p)
	if e.last = append(e.last, p[:n]...); len(e.last) > 2*endingBytes {
		e.last = append(e.last[:0], e.last[len(e.last)-endingBytes:]...)
	}
	return n, err
}

// closed tells whether the last boundary was read (RFC 2046, section 5.1.1).
func (e *ending) closed(boundary string) bool {
	return bytes.Contains(e.last, []byte("--"+boundary+"--"))
}

func (u *upload) read(part *multipart.Part) (err error) {
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

func (u *upload) enough() error {
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
