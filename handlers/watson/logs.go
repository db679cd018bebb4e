package watson

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"quittance/db"
	"quittance/db/filter"
)

const (
	defaultPage = 100
	// maxPage is the most entries of one page. IBM documents none and its users send half a million: more is not refused, the page is
	// only shorter, and its cursor leads on.
	maxPage = 1000
	// maxPageBytes ends a page early, so that neither side has to hold more than it and one chunk in memory.
	maxPageBytes = 16 << 20
	// chunk is how many entries are read at once.
	chunk = 50
	// firstChunk is how many are read before it is known how large they are.
	firstChunk = 8
	// lookTime is how long a page may look for entries that its filter matches.
	lookTime = 4 * time.Second
)

// logsV2 lists what was said to one assistant or environment through v2.
func (s *server) logsV2(c *call) (answer, error) {
	return s.list(c, db.LogQuery{Container: c.params["container"]})
}

// logsV1 lists what was said to one workspace through v1.
func (s *server) logsV1(c *call) (answer, error) {
	return s.list(c, db.LogQuery{Container: c.params["container"], V1: true})
}

// What /v1/logs is listed by. Asked for by assistant_id it lists v2 conversations too, in the shape of v1 (watson-api.md section 3).
const (
	byWorkspace  = "workspace_id"
	byAssistant  = "request.context.system.assistant_id"
	byDeployment = "request.context.metadata.deployment"
)

var errAllLogs = bad("The filter must contain language:: and one of workspace_id::, request.context.system.assistant_id:: and " +
	"request.context.metadata.deployment::")

// allLogs lists what was said to the whole instance.
func (s *server) allLogs(c *call) (answer, error) {
	e, err := c.filter()
	if err != nil {
		return answer{}, err
	}
	if e == nil || !demands(e, "language") {
		return answer{}, errAllLogs
	}
	workspace, assistant, deployment := demands(e, byWorkspace), demands(e, byAssistant), demands(e, byDeployment)
	if !workspace && !assistant && !deployment {
		return answer{}, errAllLogs
	}
	return s.list(c, db.LogQuery{V1: !assistant, Both: assistant && workspace})
}

// demands tells whether only entries with certain exact values of the field can match.
func demands(e filter.Expr, field string) bool {
	_, only := filter.Equals(e, field)
	return only
}

// filter reads the filter of the query; nil = none.
func (c *call) filter() (filter.Expr, error) {
	text := c.query.Get("filter")
	if text == "" {
		return nil, nil
	}
	return filter.Parse(text)
}

// list answers a listing: one page, and where the next one begins.
func (s *server) list(c *call, q db.LogQuery) (answer, error) {
	limit, err := c.readListing(&q)
	if err != nil {
		return answer{}, err
	}
	if err := s.place(c, &q); err != nil {
		return answer{}, err
	}
	if c.leave, err = s.listings.enter(c.caller.Key); err != nil {
		return answer{}, err
	}
	q.Effort = &db.Effort{Until: time.Now().Add(lookTime), Rows: s.o.LogRows}
	p := &page{call: c, allLogs: c.params["container"] == "", goesOn: c.query.Get("cursor") != ""}
	more, err := s.fill(p, q, limit)
	if err != nil {
		return answer{}, err
	}
	var next Pagination
	if more {
		next.NextCursor = cursor{listing: c.listing(), after: p.last, upTo: q.UpTo, issued: s.store.Now().UnixMilli()}.seal(s.store)
		next.NextURL = c.nextURL(next.NextCursor)
	}
	s.store.NoteLogRead(c.Context(), c.caller.Key, p.count)
	return p.answer(next)
}

// readListing reads filter, sort and page_limit.
func (c *call) readListing(q *db.LogQuery) (limit int64, err error) {
	q.Service = c.service.Number
	e, err := c.filter()
	if err != nil {
		return 0, err
	}
	q.Filter = e
	switch c.query.Get("sort") {
	case "", "request_timestamp":
		q.OldestFirst = true
	case "-request_timestamp":
	default:
		return 0, bad("The parameter sort must be request_timestamp or -request_timestamp")
	}
	return pageLimit(c.query.Get("page_limit"))
}

// pageLimit reads page_limit. More than maxPage is not refused but shortened, however absurd.
func pageLimit(s string) (int64, error) {
	if s == "" {
		return defaultPage, nil
	}
	if strings.Trim(s, "0123456789") != "" || strings.Trim(s, "0") == "" {
		return 0, bad("The parameter page_limit must be a whole number above 0; pages have at most 1000 entries")
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil { // only too many digits are left to go wrong
		return maxPage, nil
	}
	return min(n, maxPage), nil
}

// place finds where the page begins and which state the listing sees.
func (s *server) place(c *call, q *db.LogQuery) (err error) {
	sent := c.query.Get("cursor")
	if sent == "" {
		q.UpTo, err = s.store.Seq(c.Context())
		q.UpTo = max(q.UpTo, 1) // 0 would be no bound, and something may come in before the entries are read
		return err
	}
	from, err := openCursor(s.store, sent, c.listing())
	q.After, q.UpTo = from.after, from.upTo
	return err
}

// page is the answer to a listing while it is made.
type page struct {
	*call
	allLogs bool
	goesOn  bool // it is not the first page
	out     bytes.Buffer
	count   int64
	last    db.Place
}

// fill reads entries in chunks until the page is full, and tells whether more follow.
func (s *server) fill(p *page, q db.LogQuery, limit int64) (more bool, err error) {
	p.out.WriteString(`{"logs":[`)
	for more = true; more && p.count < limit && p.out.Len() < maxPageBytes; {
		var entries []db.Record
		q.Limit = p.next(limit)
		entries, more, err = s.store.Logs(p.Context(), q)
		var broad *db.TooBroad
		if err != nil && !errors.As(err, &broad) {
			return false, err
		}
		for _, r := range entries {
			if err := p.add(r); err != nil {
				return false, fmt.Errorf("showing record %d: %w", r.Seq, err)
			}
			if p.out.Len() >= maxPageBytes {
				return true, nil // what is behind it is read again by the cursor
			}
		}
		if broad != nil {
			return p.short(broad)
		}
		q.After = p.last
	}
	return more, nil
}

// short ends a page whose filter would have to read on for too long. With entries it is a short page, whose cursor leads on behind all that was
// looked at; so is an empty one for whoever follows cursors already. But an empty first page would be read as "there are none": it is refused,
// with what the filter lacks.
func (p *page) short(broad *db.TooBroad) (more bool, err error) {
	if p.count == 0 && !p.goesOn {
		return false, broad
	}
	p.last = broad.Reached
	return true, nil
}

// next is how many entries to read at once: few at first, then as many as the room that is left would hold of such as came before.
func (p *page) next(limit int64) int {
	if p.count == 0 {
		return int(min(limit, firstChunk))
	}
	average := max(int64(p.out.Len())/p.count, 1)
	room := max((maxPageBytes-int64(p.out.Len()))/average, 1)
	return int(min(limit-p.count, chunk, room))
}

// add appends an entry: what was stored of it, with log_id and customer_id before it. Of several IDs the first is named (IBM's log entries
// have one). v1's entries name none.
func (p *page) add(r db.Record) error {
	body := jsontext.Value(r.Body)
	if p.allLogs && !r.V1 {
		var err error
		if body, err = asV1(r); err != nil {
			return err
		}
	}
	if p.count > 0 {
		p.out.WriteByte(',')
	}
	p.out.WriteString(`{"log_id":`)
	p.quote(p.logID(r))
	if r.Customer != "" && !r.V1 && !p.allLogs {
		p.out.WriteString(`,"customer_id":`)
		p.quote(r.Customer)
	}
	if len(body) > len("{}") {
		p.out.WriteByte(',')
	}
	p.out.Write(body[1:])
	p.count, p.last = p.count+1, db.Place{Time: r.Time.UnixMilli(), Seq: r.Seq}
	return nil
}

// quote writes a JSON string. Only invalid UTF-8 fails, and it does not get past the doors that records come in by.
func (p *page) quote(s string) {
	b, _ := jsontext.AppendQuote(p.out.AvailableBuffer(), s)
	p.out.Write(b)
}

func (p *page) answer(next Pagination) (answer, error) {
	p.out.WriteString(`],"pagination":`)
	b, err := json.Marshal(next)
	p.out.Write(b)
	p.out.WriteByte('}')
	return answer{status: http.StatusOK, body: p.out.Bytes()}, err
}

// logID is the log_id of an entry: an imported one has its own, ours comes from its number and needs no index. It looks like IBM's: a UUID,
// of version 8 (RFC 9562, section 5.8), the first half from the instance's and the second from the number.
func (p *page) logID(r db.Record) string {
	if r.LogID != "" {
		return r.LogID
	}
	return LogID(p.service.GUID, r.Seq)
}

// LogID is the log_id of an entry that came in through this door: the instance's GUID and the record's number in the shape of a UUID.
func LogID(guid string, seq int64) string {
	id, err := uuid.Parse(guid)
	if err != nil {
		id = uuid.NewSHA1(uuid.NameSpaceURL, []byte(guid))
	}
	binary.BigEndian.PutUint64(id[8:], uint64(seq))
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	return id.String()
}

// nextURL is the address of the next page from the root of the server on (RFC 3986, section 4.2), with all that this one was asked with.
func (c *call) nextURL(cursor string) string {
	q := url.Values{}
	for name, values := range c.query {
		q[name] = values
	}
	q.Set("cursor", cursor)
	return c.URL.EscapedPath() + "?" + q.Encode()
}
