package watson

import (
	"crypto/sha1" // the contract's hash of the file; it protects nothing
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"quittance/db"
	"quittance/db/label"
)

// storedDocument is the body of a document's record.
type storedDocument struct {
	Created  string         `json:"created"`
	Updated  string         `json:"updated"`
	File     storedFile     `json:"file"`
	Notices  []notice       `json:"notices,omitempty"`
	Document jsontext.Value `json:"document"`          // an object: what queries show
	Content  []byte         `json:"content,omitempty"` // of a file whose text cannot be read: the file, in Base64
}

type storedFile struct {
	Name   string `json:"filename,omitempty"`
	Type   string `json:"file_type,omitempty"`
	Size   int    `json:"size"`
	SHA1   string `json:"sha1,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
}

// notice is what the ingestion has to say about a document.
type notice struct {
	ID          string `json:"notice_id"`
	Created     string `json:"created"`
	DocumentID  string `json:"document_id"`
	Severity    string `json:"severity"`
	Step        string `json:"step"`
	Description string `json:"description"`
}

// DocumentAccepted is the answer to a new or replaced document.
type DocumentAccepted struct {
	DocumentID string `json:"document_id"`
	Status     string `json:"status"`
}

// container is where a document belongs: an environment or a project, and a collection in it. Any identifier is one: containers are never
// labelled, so they need not be made before anything is put into them.
func (c *call) container() string {
	top := c.params["environment"]
	if top == "" {
		top = c.params["project"]
	}
	return db.Within(top, c.params["collection"])
}

func (c *call) isV1() bool { return c.route.path[0] == "v1" }

// documents asks for the documents of the call's collection, or for the one of its address.
func (c *call) documents() db.ItemQuery {
	return db.ItemQuery{Service: c.service.Number, Kinds: []db.Kind{db.Document}, Container: c.container(), Item: c.params["document"]}
}

// addDocument stores a document, in the place of the one that has the ID of the address, if it has one. It is answered after the commit: the
// document can be found at once, and the status is the one that clients know for an accepted document.
func (s *server) addDocument(c *call) (answer, error) {
	leave, err := s.documents.enter(c.caller.Key)
	if err != nil {
		return answer{}, err
	}
	defer leave()
	u, err := c.readUpload()
	if err != nil {
		return answer{}, err
	}
	r, err := s.document(c, u)
	if err != nil {
		return answer{}, err
	}
	if c.params["document"] == "" {
		_, err = s.store.Ingest(c.Context(), c.actor(), []db.NewRecord{r}, nil)
	} else {
		_, _, err = s.store.ReplaceItem(c.Context(), c.actor(), r)
	}
	if err != nil {
		return answer{}, err
	}
	accepted := DocumentAccepted{r.Session, "pending"}
	if c.isV1() && c.query.Get("version") < "2019-01-01" {
		accepted.Status = "processing"
	}
	return answerJSON(http.StatusAccepted, accepted)
}

// document makes the record of an upload.
func (s *server) document(c *call, u documentUpload) (r db.NewRecord, err error) {
	now := s.store.Now()
	r = db.NewRecord{Service: c.service.Number, Kind: db.Document, V1: c.isV1(), Time: now, Answered: now, Container: c.container(),
		Session: c.params["document"], OptOut: optsOut(c.Header)}
	if r.Session == "" {
		r.Session = uuid.NewString()
	}
	var meta metadata
	if r.Labels, meta, err = readMetadata(c.Header, u.metadata); err != nil {
		return r, err
	}
	x, err := extract(u)
	if err != nil {
		return r, err
	}
	created, err := s.created(c, now)
	if err != nil {
		return r, err
	}
	stored := storedDocument{Created: created, Updated: timestamp(now), File: fileOf(u, x.kind)}
	if x.content {
		stored.Content = u.file
	}
	if stored.Document, err = x.whole(meta.value, stored.File); err != nil {
		return r, err
	}
	said, err := wordsOf(stored.Document)
	if err != nil {
		return r, err
	}
	r.Title, r.FullText, r.OtherText, r.Fields = said.title, said.text.String(), said.other.String(), said.fields
	r.Text = firstOf(said.title, said.text.String(), stored.File.Name)
	r.Fields = append(r.Fields, ownFields(stored, x, said)...)
	stored.Notices = notices(x, said, r.Session, stored.Updated)
	r.Body, err = json.Marshal(stored, checked)
	return r, err
}

// The names of fields that listings ask for. A slash stands in no path of the query language, so no query asks for them.
const (
	fieldSHA256  = "/sha256"
	fieldNotices = "/notices"
)

func ownFields(d storedDocument, x extracted, said *words) []db.Field {
	own := []db.Field{{Path: fieldSHA256, Value: d.File.SHA256}}
	if x.content || said.cut() {
		own = append(own, db.Field{Path: fieldNotices, Value: "true"})
	}
	return own
}

// created is when the document was first added; a new one is added now.
func (s *server) created(c *call, now time.Time) (string, error) {
	if c.params["document"] == "" {
		return timestamp(now), nil
	}
	_, before, err := s.stored(c)
	if errors.Is(err, errNoDocument) {
		return timestamp(now), nil
	}
	return before.Created, err
}

func fileOf(u documentUpload, kind string) storedFile {
	if u.file == nil {
		return storedFile{}
	}
	one, two := sha1.Sum(u.file), sha256.Sum256(u.file)
	return storedFile{Name: u.name, Type: kind, Size: len(u.file), SHA1: hex.EncodeToString(one[:]), SHA256: hex.EncodeToString(two[:])}
}

// firstOf is what lists show of a document.
func firstOf(texts ...string) string {
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" {
			return t
		}
	}
	return ""
}

// metadata is the part of that name: an object, {} where there is none.
type metadata struct{ value jsontext.Value }

// readMetadata gives the labels of a document and what is kept of its metadata. The label of the header is used; where it has none, the
// customer_id of the metadata ("Labeling data"), under the same rules. One that is not used is not kept either: it would be the ID of
// somebody by whose erasure this document does not go.
func readMetadata(h http.Header, part []byte) ([]label.ID, metadata, error) {
	ids, err := label.ParseHeader(label.Discovery, h.Values(label.Header))
	if err != nil {
		return nil, metadata{}, err
	}
	if len(part) == 0 {
		part = []byte("{}")
	}
	var sent struct {
		CustomerID jsontext.Value `json:"customer_id,omitzero"`
		Unknown    jsontext.Value `json:",unknown"`
	}
	if err := decode(part, &sent); err != nil {
		return nil, metadata{}, inPart(err)
	}
	if len(ids) > 0 {
		sent.CustomerID = nil
	} else if ids, err = metadataLabel(sent.CustomerID); err != nil {
		return nil, metadata{}, err
	}
	kept, err := json.Marshal(sent, checked)
	return ids, metadata{kept}, err
}

// metadataLabel reads metadata.customer_id; blank and null are no label.
func metadataLabel(v jsontext.Value) ([]label.ID, error) {
	if v == nil || v.Kind() == 'n' {
		return nil, nil
	}
	var raw string
	if v.Kind() != '"' || json.Unmarshal(v, &raw) != nil {
		return nil, badField("metadata.customer_id", "metadata.customer_id must be a text")
	}
	if strings.TrimSpace(raw) == "" {
		return nil, nil
	}
	id, err := label.Parse(label.Discovery, raw)
	if err != nil {
		return nil, err
	}
	return []label.ID{id}, nil
}

// inPart says that it is the part and not the body which cannot be read.
func inPart(err error) error {
	var e *apiError
	if !errors.As(err, &e) {
		return err
	}
	return &apiError{status: e.status, message: strings.Replace(e.message, "The request body", "The part metadata", 1), path: "metadata"}
}

var errNoDocument = &apiError{status: http.StatusNotFound, message: "There is no document with this ID in the collection"}

// stored reads the document of the address.
func (s *server) stored(c *call) (db.Record, storedDocument, error) {
	q := c.documents()
	q.Bodies, q.Limit, q.Newest = true, 1, true
	found, _, err := s.store.Items(c.Context(), q)
	if err != nil {
		return db.Record{}, storedDocument{}, err
	}
	if len(found) == 0 {
		return db.Record{}, storedDocument{}, errNoDocument
	}
	var d storedDocument
	err = json.Unmarshal(found[0].Body, &d, checked)
	return found[0], d, err
}

// documentStatus is v1's: how the ingestion went, without the document itself.
func (s *server) documentStatus(c *call) (answer, error) {
	r, d, err := s.stored(c)
	if err != nil {
		return answer{}, err
	}
	status, description := "available", "Document is successfully ingested and indexed with no warnings"
	if len(d.Notices) > 0 {
		status, description = "available with notices", "Document is successfully ingested, see the notices"
	}
	return answerJSON(http.StatusOK, struct {
		DocumentID  string   `json:"document_id"`
		Status      string   `json:"status"`
		Description string   `json:"status_description"`
		Filename    string   `json:"filename,omitempty"`
		FileType    string   `json:"file_type,omitempty"`
		SHA1        string   `json:"sha1,omitempty"`
		Notices     []notice `json:"notices"`
	}{r.Session, status, description, d.File.Name, d.File.Type, d.File.SHA1, d.Notices})
}

// documentDetails is v2's. Documents are not split here, so none has children.
func (s *server) documentDetails(c *call) (answer, error) {
	r, d, err := s.stored(c)
	if err != nil {
		return answer{}, err
	}
	type children struct {
		HaveNotices bool `json:"have_notices"`
		Count       int  `json:"count"`
	}
	return answerJSON(http.StatusOK, struct {
		DocumentID string   `json:"document_id"`
		Created    string   `json:"created"`
		Updated    string   `json:"updated"`
		Status     string   `json:"status"`
		Notices    []notice `json:"notices"`
		Children   children `json:"children"`
		Filename   string   `json:"filename,omitempty"`
		FileType   string   `json:"file_type,omitempty"`
		SHA256     string   `json:"sha256,omitempty"`
	}{r.Session, d.Created, d.Updated, "available", d.Notices, children{}, d.File.Name, d.File.Type, d.File.SHA256})
}

// deleteDocument removes a document at once. One that is not there is no error: clients repeat a DELETE when they heard no answer.
func (s *server) deleteDocument(c *call) (answer, error) {
	if _, err := s.store.RemoveItems(c.Context(), c.actor(), c.documents()); err != nil {
		return answer{}, err
	}
	return answerJSON(http.StatusOK, DocumentAccepted{c.params["document"], "deleted"})
}

// collection tells v1's clients how many documents a collection has. None is ever on its way, which is what the documents ask to wait for
// before a deletion ("Deleting labeled data").
func (s *server) collection(c *call) (answer, error) {
	n, err := s.store.CountItems(c.Context(), c.documents())
	if err != nil {
		return answer{}, err
	}
	type counts struct {
		Available  int64 `json:"available"`
		Processing int64 `json:"processing"`
		Failed     int64 `json:"failed"`
		Pending    int64 `json:"pending"`
	}
	return answerJSON(http.StatusOK, struct {
		CollectionID string `json:"collection_id"`
		Name         string `json:"name"`
		Status       string `json:"status"`
		Counts       counts `json:"document_counts"`
	}{c.params["collection"], c.params["collection"], "active", counts{Available: n}})
}
