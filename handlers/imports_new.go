package handlers

import (
	"context"
	"errors"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/handlers/logfile"
	"quittance/views/lang"
)

const (
	maxImport   = 2 << 30          // bytes of a file that the console takes, as it is sent
	uploadPause = 30 * time.Second // how long nothing may come of an upload
	uploadPiece = 1 << 20          // bytes between two looks at the clock and at the disk
)

// submitImport takes a file in and leads to its page. It is no do: reading the form there would put the file onto the disk in clear.
func (s *Server) submitImport(w http.ResponseWriter, r *http.Request) {
	number, err := s.takeUpload(w, r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	http.Redirect(w, r, importHref(number), http.StatusSeeOther)
}

func (s *Server) takeUpload(w http.ResponseWriter, r *http.Request) (int64, error) {
	switch {
	case s.conf.Imports == nil:
		return 0, problem{http.StatusServiceUnavailable, "No file can be imported here", "Run it at the command line: quittance import."}
	case s.conf.Imports.Busy():
		return 0, errBusyDesk
	}
	if err := s.roomFor(r.ContentLength); err != nil {
		return 0, err
	}
	u := &upload{server: s, control: http.NewResponseController(w)}
	if err := u.read(r); err != nil {
		u.close()
		return 0, s.uploadProblem(r, u, err)
	}
	if u.spool == nil || u.spool.Size() == 0 {
		u.close()
		return 0, s.refuseImport(r, u, "Choose a file.")
	}
	number, err := s.conf.Imports.Take(r.Context(), who(r).Actor(), u.service, u.spool) // it is the desk's from here on
	return number, s.uploadProblem(r, u, err)
}

var errBusyDesk = pointed{problem{http.StatusConflict, "Another file is being imported", "Send this one when it has ended."}, "/imports", "To the imports"}

// roomFor refuses an upload that would leave less of the disk than has to be free. -1 is one of which nobody knows how long it is.
func (s *Server) roomFor(bytes int64) error {
	space, err := s.store.Space()
	if err == nil && space.Free-max(bytes, 0) < space.LowWater {
		return db.ErrLow
	}
	return nil
}

// upload is the form as it comes: first the service, then the file.
type upload struct {
	server  *Server
	control *http.ResponseController
	service int64
	spool   *db.Spool
}

func (u *upload) close() {
	if u.spool != nil {
		u.spool.Close()
	}
}

// errService is a form whose service takes no log entries.
var errService = errors.New("the service takes no log entries")

func (u *upload) read(r *http.Request) error {
	defer u.control.SetWriteDeadline(time.Now().Add(uploadPause))
	parts, err := r.MultipartReader()
	if err != nil {
		return unreadable(err)
	}
	for {
		u.extend()
		part, err := parts.NextPart()
		var large *http.MaxBytesError
		switch {
		case err == io.EOF:
			return nil
		case err != nil && !errors.As(err, &large):
			return unreadable(err)
		case err == nil:
			err = u.take(r.Context(), part)
		}
		if err != nil {
			return err
		}
	}
}

// extend gives the sender time for the next piece. A server without deadlines, as in a test, has none to move.
func (u *upload) extend() {
	_ = u.control.SetReadDeadline(time.Now().Add(uploadPause))
	_ = u.control.SetWriteDeadline(time.Now().Add(2 * uploadPause))
}

func (u *upload) take(ctx context.Context, part *multipart.Part) error {
	switch part.FormName() {
	case "service":
		value, err := io.ReadAll(io.LimitReader(part, 20))
		if err != nil {
			return err
		}
		u.service, _ = strconv.ParseInt(string(value), 10, 64)
		return nil
	case "file":
		return u.keep(ctx, part)
	}
	return nil
}

// keep writes the file into a spool, encrypted. Nothing of it is read before the service is known.
func (u *upload) keep(ctx context.Context, part io.Reader) error {
	svc, err := u.server.store.Service(ctx, u.service)
	if errors.Is(err, db.ErrNotFound) || err == nil && !takesLogs(svc) {
		return errService
	}
	if err != nil || u.spool != nil {
		return err
	}
	if u.spool, err = u.server.store.Spool(); err != nil {
		return err
	}
	for err == nil {
		u.extend()
		if err = u.server.roomFor(0); err == nil {
			_, err = io.CopyN(u.spool, part, uploadPiece)
		}
	}
	if err == io.EOF {
		return nil
	}
	return err
}

// uploadProblem shows the form again where the file or the service is what is wrong.
func (s *Server) uploadProblem(r *http.Request, u *upload, err error) error {
	var large *http.MaxBytesError
	var file *logfile.Unreadable
	switch {
	case errors.As(err, &large):
		return s.refuseImport(r, u, "The file is larger than 2 GiB. Pack it, or use the command line.")
	case errors.As(err, &file):
		return s.refuseImport(r, u, "It cannot be unpacked: it begins like gzip or zstd, and is neither.")
	case errors.Is(err, errService):
		return s.refuseImport(r, u, "")
	case errors.Is(err, logfile.ErrBusy):
		return errBusyDesk
	case errors.Is(err, io.ErrUnexpectedEOF):
		return unreadable(err)
	}
	return err
}

// refuseImport is the form once more, with what is wrong with the file, or without it with the service.
func (s *Server) refuseImport(r *http.Request, u *upload, why lang.Word) error {
	page, err := s.importsPage(r)
	if err != nil {
		return err
	}
	page.Push, page.Form.Service, page.Form.Error = "", orNothing(u.service), why
	if why == "" {
		page.Form.ErrorAt = "Choose a hosted Assistant that is in use."
	}
	return refused{page}
}

func (s *Server) moveImport(r *http.Request, move func(context.Context, audit.Actor, int64) error) (string, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return "", err
	}
	return importHref(number), move(r.Context(), who(r).Actor(), number)
}

// inOrder are services by number.
func inOrder(services map[int64]db.Service) []db.Service {
	out := make([]db.Service, 0, len(services))
	for _, n := range slices.Sorted(maps.Keys(services)) {
		out = append(out, services[n])
	}
	return out
}

// faultWords say what is wrong with a line.
var faultWords = map[string]lang.Word{
	logfile.NotUTF8:     "It is not valid UTF-8.",
	logfile.TooDeep:     "Its JSON is nested deeper than 32 levels.",
	logfile.NotJSON:     "It is not well-formed JSON, or names something twice.",
	logfile.NotObject:   "It is not a JSON object.",
	logfile.NotString:   "Something in it should be a string and is none.",
	logfile.NoLogID:     "It has no log_id.",
	logfile.NoRequest:   "It has no request object.",
	logfile.NoResponse:  "It has no response object.",
	logfile.LongColumn:  "An identifier in it is longer than 512 bytes or has control characters.",
	logfile.NoTime:      "It lacks request_timestamp or response_timestamp.",
	logfile.BadTime:     "A timestamp in it is no time as in 2020-07-16T10:40:00.123Z.",
	logfile.BadCustomer: "Its customer_id cannot be one.",
	logfile.LongLine:    "It is longer than 8 MiB.",
	logfile.HalfLine:    "The file ends in the middle of it.",
}
