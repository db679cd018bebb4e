package watson

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"quittance/db"
)

// The bounds of an upload (security.md, "Limits"). The server's own 15 seconds are for what fits into them.
const (
	maxUpload  = 100 << 20 // bytes of the body
	maxParts   = 1000
	maxText    = 64 << 10 // bytes of a part that is no file
	uploadTime = 5 * time.Minute
	answerTime = 30 * time.Second
)

// part is a file of an upload.
type part struct {
	field, file string // the name of the field, and of the file as the application called it
	*io.SectionReader
}

// upload is a multipart body that was taken in whole: small fields in memory, files on the disk, where nobody else can read them.
type upload struct {
	spool  *db.Spool
	fields map[string][]string
	files  []part
}

// Close gives the room back.
func (u *upload) Close() error { return u.spool.Close() }

// admit lets an upload in: it has a place among few, more bytes and more time. Where there is no connection, as in a test, there is no
// time to be set.
func (s *server) admit(c *call) (err error) {
	if c.leave, err = s.uploads.enter(c.caller.Key); err != nil {
		return err
	}
	c.Body = http.MaxBytesReader(c.w, c.sent, maxUpload)
	control, now := http.NewResponseController(c.w), time.Now()
	for _, err := range []error{control.SetReadDeadline(now.Add(uploadTime)), control.SetWriteDeadline(now.Add(uploadTime + answerTime))} {
		if err != nil && !errors.Is(err, http.ErrNotSupported) {
			return err
		}
	}
	return nil
}

// drain reads a body that nobody wants, so that whoever sends it hears the answer instead of a broken connection.
func (c *call) drain() error {
	if _, err := io.Copy(io.Discard, c.Body); err != nil {
		return cutShort(err)
	}
	return nil
}

// receive takes a multipart body in. file tells which fields hold files; a file in any other field is refused rather than dropped.
func (s *server) receive(c *call, file func(field string) bool) (u *upload, err error) {
	if coding := c.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return nil, c.heard(errNotForm)
	}
	kind, params, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return nil, c.heard(errNotForm)
	}
	body := &tail{Reader: c.Body}
	form := multipart.NewReader(body, params["boundary"])
	u = &upload{fields: map[string][]string{}}
	if u.spool, err = s.store.Spool(); err != nil {
		return nil, err
	}
	for n := 0; ; n++ {
		p, err := form.NextPart()
		if err == io.EOF && body.whole(params["boundary"]) {
			return u, nil
		}
		if err == nil && n == maxParts {
			err = bad("The request body has too many parts")
		}
		if err == nil {
			err = u.take(p, file)
		}
		if err != nil {
			return nil, errors.Join(c.heard(cutShort(err)), u.Close())
		}
	}
}

// heard is a refusal that the sender will hear, because the rest of the body is taken off the line first.
func (c *call) heard(err error) error {
	var refusal *apiError
	if errors.As(err, &refusal) {
		if cut := c.drain(); cut != nil {
			return cut
		}
	}
	return err
}

// tail remembers the end of what was read. The multipart reader takes a body that ends after a part's first line for one that is whole.
type tail struct {
	io.Reader
	last []byte
}

// tailBytes is more than the longest boundary (RFC 2046, section 5.1.1: 70 characters) with what stands around it and a line behind it.
const tailBytes = 128

// Read implements io.Reader.
func (t *tail) Read(p []byte) (int, error) {
	n, err := t.Reader.Read(p)
	t.last = append(t.last, p[max(0, n-tailBytes):n]...)
	t.last = t.last[max(0, len(t.last)-tailBytes):]
	return n, err
}

// whole reads on to the end and tells whether the last boundary stands there.
func (t *tail) whole(boundary string) bool {
	_, err := io.Copy(io.Discard, t)
	return err == nil && bytes.Contains(t.last, []byte("--"+boundary+"--"))
}

var errNotForm = &apiError{status: http.StatusUnsupportedMediaType, message: "The request body must be multipart/form-data"}

func (u *upload) take(p *multipart.Part, file func(string) bool) error {
	name := p.FormName()
	if file(name) {
		return u.takeFile(p, name)
	}
	if p.FileName() != "" {
		return bad("The request body has a file in a field that this call does not know")
	}
	text, err := io.ReadAll(io.LimitReader(p, maxText+1))
	switch {
	case err != nil:
		return err
	case len(text) > maxText:
		return bad("The request body has a field of more than 64 KiB that is no file")
	case !utf8.Valid(text):
		return bad("The request body has a field that is not valid UTF-8")
	}
	u.fields[name] = append(u.fields[name], string(text))
	return nil
}

func (u *upload) takeFile(p *multipart.Part, field string) error {
	begin := u.spool.Size()
	if _, err := io.Copy(u.spool, p); err != nil {
		return err
	}
	u.files = append(u.files, part{field, plainName(p.FileName()), io.NewSectionReader(u.spool, begin, u.spool.Size()-begin)})
	return nil
}

// plainName is a name as it can be kept and shown: valid, and not longer than file systems allow.
func plainName(name string) string {
	name = strings.ToValidUTF8(name, "\uFFFD")
	for len(name) > 255 {
		_, n := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-n]
	}
	return name
}

// cutShort says what became of a body that could not be taken in. Errors of the store stay what they are.
func cutShort(err error) error {
	var tooLong *http.MaxBytesError
	var api *apiError
	switch {
	case errors.As(err, &api), errors.Is(err, db.ErrFull):
		return err
	case errors.As(err, &tooLong):
		return &apiError{status: http.StatusRequestEntityTooLarge, message: "The request body is larger than 100 MiB"}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &apiError{status: http.StatusRequestTimeout, message: "The request body did not arrive within five minutes"}
	case errors.Is(err, os.ErrClosed), isPath(err):
		return err
	}
	return bad("The request body ended before its announced length or is no well-formed multipart/form-data")
}

// isPath tells errors of our own disk from those of the connection.
func isPath(err error) bool {
	var p *os.PathError
	return errors.As(err, &p)
}

// one is a field that may be given once.
func (u *upload) one(field string) (value string, err error) {
	if len(u.fields[field]) > 1 {
		return "", badField(field, "The request body must not give "+field+" more than once")
	}
	return strings.Join(u.fields[field], ""), nil
}

func (u *upload) of(field string) []part {
	return slices.DeleteFunc(slices.Clone(u.files), func(p part) bool { return p.field != field })
}
