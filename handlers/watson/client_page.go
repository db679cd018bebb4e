package watson

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const (
	// mostEntry bounds one entry: request and response may each hold a context of 250 KB, and 1 MiB comes in at our own door.
	mostEntry = 4 << 20
	// mostPage bounds a page; ours end at 16 MiB, IBM's have by default a hundred entries.
	mostPage = 128 << 20
	// pagePatience is how many times the patience for one piece a whole page may take.
	pagePatience = 6
)

var (
	errMalformed = errors.New("malformed")
	errTooLarge  = errors.New("too large")
	errEnough    = errors.New("the caller has seen enough")
)

// pageReader takes one page of a listing apart while it arrives.
type pageReader struct {
	bounded *bounded
	d       *jsontext.Decoder
	yield   func(Entry, error) bool
	next    string // cursor
	count   int
	listed  bool
}

// readPage reads one page of a listing and hands over its entries one by one, as they arrive. A page without "logs" is an error and never an
// empty page (law L11). Services put members in any order; a name that comes twice in an entry is the entry's business.
func readPage(r io.Reader, yield func(Entry, error) bool) (next string, count int, err error) {
	b := &bounded{from: r, entry: mostEntry, page: mostPage}
	p := &pageReader{bounded: b, d: jsontext.NewDecoder(b, checked), yield: yield}
	err = p.read()
	return p.next, p.count, err
}

func (p *pageReader) read() error {
	if err := p.expect('{'); err != nil {
		return err
	}
	for p.d.PeekKind() == '"' {
		if err := p.member(); err != nil {
			return err
		}
	}
	if err := p.expect('}'); err != nil {
		return err
	}
	switch _, err := p.d.ReadToken(); {
	case err == nil || !p.listed:
		return errMalformed
	case err != io.EOF:
		return err
	}
	return nil
}

func (p *pageReader) member() error {
	name, err := p.d.ReadToken()
	if err != nil {
		return err
	}
	p.bounded.entry = mostEntry
	switch name.String() {
	case "logs":
		return p.entries()
	case "pagination":
		p.next, err = readPagination(p.d)
		return err
	}
	return p.d.SkipValue()
}

func (p *pageReader) expect(kind jsontext.Kind) error {
	t, err := p.d.ReadToken()
	if err == io.EOF || err == nil && t.Kind() != kind {
		return errMalformed
	}
	return err
}

func (p *pageReader) entries() error {
	if err := p.expect('['); err != nil {
		return err
	}
	for p.listed = true; p.d.PeekKind() == '{'; p.count++ {
		p.bounded.entry = mostEntry
		v, err := p.d.ReadValue()
		if err != nil {
			return err
		}
		e := Entry{Raw: slices.Clone(v)}
		if json.Unmarshal(e.Raw, &e, checked) != nil {
			return errMalformed
		}
		if !p.yield(e, nil) {
			return errEnough
		}
	}
	return p.expect(']')
}

// readPagination gives the cursor of the next page; "" = this is the last. The documents leave open which of next_cursor and next_url
// are sent. The URL is only read, never followed: it could lead anywhere.
func readPagination(d *jsontext.Decoder) (cursor string, err error) {
	v, err := d.ReadValue()
	if err != nil || v.Kind() == 'n' {
		return "", err
	}
	var p Pagination
	if json.Unmarshal(v, &p, checked) != nil {
		return "", errMalformed
	}
	if p.NextCursor != "" || p.NextURL == "" {
		return p.NextCursor, nil
	}
	u, err := url.Parse(p.NextURL)
	if err != nil || u.Query().Get("cursor") == "" {
		return "", errMalformed // there is more, and no way to it
	}
	return u.Query().Get("cursor"), nil
}

// bounded ends a page or an entry that is too large, before it fills the memory.
type bounded struct {
	from        io.Reader
	entry, page int64 // how many bytes may still come
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	most := min(int64(len(p)), b.entry, b.page)
	if most <= 0 {
		return 0, errTooLarge
	}
	n, err := b.from.Read(p[:most])
	b.entry, b.page = b.entry-int64(n), b.page-int64(n)
	return n, err
}

// slowAnswer is an answer that is read piece by piece. Only the time counts in which we wait for the service: whoever reads may think about an entry
// for as long as the cursor lives.
type slowAnswer struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	each   time.Duration // for the headers, and for each piece
	left   time.Duration // for all pieces
	res    *http.Response
}

// slowly sends a request whose answer is read piece by piece, and closed.
func (c *Client) slowly(r *http.Request) (*slowAnswer, error) {
	ctx, cancel := context.WithCancelCause(r.Context())
	a := &slowAnswer{ctx: ctx, cancel: cancel, each: c.patience, left: pagePatience * c.patience}
	var err error
	a.wait(func() { a.res, err = c.exchange(r.WithContext(ctx)) })
	if err != nil {
		cancel(nil)
		return nil, err
	}
	return a, nil
}

// wait lets something wait for the service, for as long as there is patience left.
func (a *slowAnswer) wait(something func()) {
	begun := time.Now()
	t := time.AfterFunc(min(a.each, a.left), func() { a.cancel(errPatience) })
	defer func() {
		t.Stop()
		a.left -= time.Since(begun)
	}()
	something()
}

// Read implements io.Reader.
func (a *slowAnswer) Read(p []byte) (n int, err error) {
	a.wait(func() { n, err = a.res.Body.Read(p) })
	return n, err
}

// Close implements io.Closer.
func (a *slowAnswer) Close() error {
	defer a.cancel(nil)
	return a.res.Body.Close()
}

// refusal reads why there is no listing, and closes the answer; nil = there is one.
func (a *slowAnswer) refusal() *CallError {
	if a.res.StatusCode == http.StatusOK {
		return nil
	}
	defer a.Close()
	body, _ := io.ReadAll(io.LimitReader(a, maxErrorBody))
	if e := refusalOf(a.res.StatusCode, a.res.Header, body); e != nil {
		return e
	}
	return &CallError{Outcome: Later, Code: "malformed", Status: a.res.StatusCode} // 204 and the like list nothing
}

// failure tells what it means that a page ended too early.
func (a *slowAnswer) failure(err error) error {
	var syntax *jsontext.SyntacticError
	e := &CallError{Outcome: Later, Code: "malformed", Status: a.res.StatusCode, Transaction: transactionOf(a.res.Header)}
	switch {
	case errors.Is(err, errEnough):
		return errEnough
	case errors.Is(err, errTooLarge):
		e.Code = "too-large"
	case errors.Is(err, errMalformed), errors.As(err, &syntax) && !errors.Is(err, io.ErrUnexpectedEOF):
	default:
		l := lost(a.ctx, err, true)
		e.Outcome, e.Code, e.cause = l.Outcome, l.Code, l.cause
	}
	return e
}
