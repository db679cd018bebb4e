package watson

import (
	"net/http"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"quittance/db"
	"quittance/db/label"
)

// How many images one transaction stores, so that nobody's messages wait long behind an upload.
const (
	groupImages = 100
	groupBytes  = 4 << 20
	relabelAt   = 50 // records that one transaction writes anew under another label
)

// shelf is a classifier or a collection as it is stored: what each call said about it, one record each, and its images. Its state is what
// those records say in their order. What comes to it later inherits its labels, so that a deletion removes all data of a label however it
// was added (watson-api.md, section 4).
type shelf struct {
	*call
	s    *server
	kind db.Kind // of what calls say
	id   string
}

func (c *call) shelf(s *server, kind db.Kind, id string) *shelf { return &shelf{c, s, kind, id} }

// lock keeps others from changing the same one: an image must not come to a collection that is deleted meanwhile.
func (h *shelf) lock() (unlock func()) {
	l := h.s.shelves.of(h.id)
	l.Lock()
	return l.Unlock
}

func (h *shelf) query(kinds ...db.Kind) db.ItemQuery {
	return db.ItemQuery{Service: h.service.Number, Kinds: kinds, Container: h.id}
}

// exists answers 404 for one that is not there, or not any more.
func (h *shelf) exists() error {
	q := h.query(h.kind)
	q.Only = db.Whole
	n, err := h.s.store.CountItems(h.Context(), q)
	if err == nil && n == 0 {
		err = h.unknown()
	}
	return err
}

func (h *shelf) unknown() error {
	return &apiError{status: http.StatusNotFound, message: "There is no " + h.kind.String() + " of this ID", target: &visualTarget{"parameter", h.kind.String() + "_id"}}
}

// labels are those that it bears.
func (h *shelf) labels() ([]label.ID, error) {
	return h.s.store.ItemLabels(h.Context(), h.query(h.kind))
}

// given are the labels of the call itself. Visual Recognition reads them where a classifier or collection is made and where a collection is
// changed, and nowhere else (watson-api.md, section 4): clients send them with every call.
func (h *shelf) given() ([]label.ID, error) {
	return label.ParseHeader(label.VisualRecognition, h.Header.Values(label.Header))
}

// record is one that belongs here. item is "" for what is said about the whole.
func (h *shelf) record(kind db.Kind, item, text string, body []byte, labels []label.ID) db.NewRecord {
	now := h.s.store.Now()
	return db.NewRecord{Service: h.service.Number, Kind: kind, Time: now, Answered: now, Labels: labels, Container: h.id, Session: item, Text: text, Body: body,
		OptOut: optsOut(h.Header)}
}

func (h *shelf) ingest(records ...db.NewRecord) error {
	_, err := h.s.store.Ingest(h.Context(), h.actor(), records, nil)
	return err
}

// storeImages stores pictures in groups. A crash between two leaves images that bear their labels and can be found by them.
func (h *shelf) storeImages(pics []picture, labels []label.ID) error {
	var group []db.NewRecord
	bytes := 0
	for i := range pics {
		body, err := pics[i].body()
		if err != nil {
			return err
		}
		group, bytes = append(group, h.record(db.Image, pics[i].id, pics[i].Preview(), body, labels)), bytes+len(body)
		if len(group) < groupImages && bytes < groupBytes && i < len(pics)-1 {
			continue
		}
		if err := h.ingest(group...); err != nil {
			return err
		}
		group, bytes = nil, 0
	}
	return nil
}

// name gives pictures their IDs.
func name(pics []picture) {
	for i := range pics {
		pics[i].id = uuid.NewString()
	}
}

// remove deletes it and all that belongs to it, the images first: if it is cut short it is still there, and can be deleted again.
func (h *shelf) remove() (answer, error) {
	defer h.lock()()
	if err := h.s.store.Removable(h.Context(), h.query(db.Image, h.kind)); err != nil { // one that is restricted is there, though it is not shown
		return answer{}, err
	}
	if err := h.exists(); err != nil {
		return answer{}, err
	}
	for _, kind := range []db.Kind{db.Image, h.kind} {
		if _, err := h.s.store.RemoveItems(h.Context(), h.actor(), h.query(kind)); err != nil {
			return answer{}, err
		}
	}
	return empty, nil
}

// each reads what calls said about all of a kind, or about this one, in their order.
func (h *shelf) each(f func(db.Record) error) error {
	q := h.query(h.kind)
	q.Only, q.Bodies, q.Limit = db.Whole, true, 500
	for more := true; more; {
		var page []db.Record
		var err error
		if page, more, err = h.s.store.Items(h.Context(), q); err != nil {
			return err
		}
		for _, r := range page {
			if err := f(r); err != nil {
				return err
			}
			q.After = r.Seq
		}
	}
	return nil
}

// plainText tells what may stand in a name or a description: text that can be shown, and not too much of it.
func plainText(s string, most int) bool {
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > most {
		return false
	}
	for _, r := range s {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return false
		}
	}
	return true
}
