package watson

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"quittance/db"
	"quittance/db/label"
)

// The fields of Visual Recognition v3 that hold files, and the least of images in one (watson-api.md, section 4).
const (
	positiveField = "_positive_examples"
	negativeField = "negative_examples"
	leastImages   = 10
	maxName       = 256 // characters
)

// classifierCall is what one call said about a classifier: the body of its record.
type classifierCall struct {
	Call     string         `json:"call"` // "create" or "update"
	Name     string         `json:"name,omitempty"`
	Classes  []classExample `json:"classes,omitempty"`
	Negative int            `json:"negative_examples,omitzero"` // images
	LeftOut  int            `json:"left_out,omitzero"`          // files that are no images
	OptOut   bool           `json:"opted_out,omitzero"`         // of learning: then its images are not kept
}

type classExample struct {
	Class  string `json:"class"`
	Images int    `json:"images"`
}

func (k classifierCall) images() int {
	n := k.Negative
	for _, c := range k.Classes {
		n += c.Images
	}
	return n
}

// preview is what lists show of it.
func (k classifierCall) preview() string {
	var parts []string
	for _, c := range k.Classes {
		parts = append(parts, c.Class+" ("+strconv.Itoa(c.Images)+")")
	}
	if k.Negative > 0 {
		parts = append(parts, "negative ("+strconv.Itoa(k.Negative)+")")
	}
	if list := strings.Join(parts, ", "); k.Name == "" || list == "" {
		return k.Name + list
	}
	return k.Name + ": " + strings.Join(parts, ", ")
}

// createClassifier checks all that was sent, then stores it: the classifier, then its images.
func (s *server) createClassifier(c *call) (answer, error) {
	u, err := s.receive(c, isExamples)
	if err != nil {
		return answer{}, err
	}
	defer u.Close()
	name, err := u.one("name")
	if err != nil {
		return answer{}, err
	}
	if strings.TrimSpace(name) == "" {
		return answer{}, &apiError{status: http.StatusBadRequest, message: "The field name is required", path: "name", missing: true}
	}
	if !plainText(name, maxName) {
		return answer{}, badField("name", "The field name must not be longer than 256 characters and must not hold control characters")
	}
	said := classifierCall{Call: "create", Name: name, OptOut: optsOut(c.Header)}
	pics, err := u.examples(&said)
	if err != nil {
		return answer{}, err
	}
	if len(said.Classes) == 0 {
		return answer{}, &apiError{status: http.StatusBadRequest, message: "At least one field of the form {class}_positive_examples is required", path: positiveField[1:], missing: true}
	}
	h := c.shelf(s, db.Classifier, uuid.NewString())
	labels, err := h.given()
	if err != nil {
		return answer{}, err
	}
	defer h.lock()()
	return h.keep(said, pics, labels)
}

// updateClassifier adds images and classes. They bear the labels that the classifier bears.
func (s *server) updateClassifier(c *call) (answer, error) {
	u, err := s.receive(c, isExamples)
	if err != nil {
		return answer{}, err
	}
	defer u.Close()
	said := classifierCall{Call: "update"}
	pics, err := u.examples(&said)
	if err != nil {
		return answer{}, err
	}
	if len(pics) == 0 {
		return answer{}, &apiError{status: http.StatusBadRequest, message: "At least one field of the form {class}_positive_examples, or negative_examples, is required",
			path: positiveField[1:], missing: true}
	}
	h := c.shelf(s, db.Classifier, c.params["classifier_id"])
	defer h.lock()()
	state, err := h.classifier()
	if err != nil {
		return answer{}, err
	}
	if state.optedOut {
		return answer{}, bad("This classifier cannot be retrained: its request opted out of learning, so its images were not kept")
	}
	labels, err := h.labels()
	if err != nil {
		return answer{}, err
	}
	said.OptOut = optsOut(c.Header)
	return h.keep(said, pics, labels)
}

// keep stores what a call said and its images, and answers with the classifier. The images of a request that opts out of learning are
// counted and not kept.
func (h *shelf) keep(said classifierCall, pics []picture, labels []label.ID) (answer, error) {
	body, err := json.Marshal(said)
	if err != nil {
		return answer{}, err
	}
	h.s.filling.Store(h.id, true)
	defer h.s.filling.Delete(h.id)
	if err := h.ingest(h.record(db.Classifier, "", said.preview(), body, labels)); err != nil {
		return answer{}, err
	}
	if !said.OptOut {
		if err := h.storeImages(pics, labels); err != nil {
			return answer{}, err
		}
	}
	h.s.filling.Delete(h.id)
	return h.answerClassifier()
}

func isExamples(field string) bool {
	return field == negativeField || strings.HasSuffix(field, positiveField)
}

// examples looks at all archives, and only if each of them will do tells their images.
func (u *upload) examples(said *classifierCall) (all []picture, err error) {
	v := &viewer{left: maxInflated}
	for _, p := range u.files {
		class := strings.TrimSuffix(p.field, positiveField)
		if p.field == negativeField {
			class = ""
		} else if err := className(class); err != nil {
			return nil, err
		}
		pics, err := v.archive(p)
		if err != nil {
			return nil, err
		}
		pics, others := images(pics)
		if len(pics) < leastImages {
			return nil, bad("Each archive of examples must hold at least 10 JPEG, PNG or GIF images")
		}
		for i := range pics {
			pics[i].Class, pics[i].Negative = class, class == ""
		}
		said.add(class, len(pics), others)
		all = append(all, pics...)
	}
	name(all)
	return all, nil
}

func (k *classifierCall) add(class string, images, others int) {
	k.LeftOut += others
	if class == "" {
		k.Negative += images
		return
	}
	i := slices.IndexFunc(k.Classes, func(c classExample) bool { return c.Class == class })
	if i < 0 {
		i, k.Classes = len(k.Classes), append(k.Classes, classExample{Class: class})
	}
	k.Classes[i].Images += images
}

// className refuses what the documents refuse in the name of a class.
func className(class string) error {
	if class == "" || !plainText(class, maxName) || strings.ContainsAny(class, "*|{}\\/\"<>`\n\t") {
		return bad("The name of a class must have 1 to 256 characters and none of * | { } \\ / \" < > `")
	}
	return nil
}

// classifier is what the records of a classifier come to.
type classifier struct {
	id, name         string
	created, changed time.Time
	updates, leftOut int
	classes          []string
	declared, stored int64
	optedOut         bool
}

func (k *classifier) add(r db.Record) error {
	var said classifierCall
	if err := json.Unmarshal(r.Body, &said); err != nil {
		return fmt.Errorf("%w: %w", db.ErrCorrupt, err)
	}
	if k.created.IsZero() {
		k.id, k.created = r.Container, r.Time
	}
	if said.Call == "create" {
		k.name = said.Name
	} else {
		k.updates++
	}
	k.changed, k.leftOut, k.optedOut = r.Time, k.leftOut+said.LeftOut, k.optedOut || said.OptOut
	for _, c := range said.Classes {
		if !slices.Contains(k.classes, c.Class) {
			k.classes = append(k.classes, c.Class)
		}
	}
	if !said.OptOut {
		k.declared += int64(said.images())
	}
	return nil
}

// classifiers reads all of them, or the one, in the order in which they were made.
func (h *shelf) classifiers() (out []*classifier, err error) {
	byID := map[string]*classifier{}
	err = h.each(func(r db.Record) error {
		if byID[r.Container] == nil {
			byID[r.Container] = &classifier{}
			out = append(out, byID[r.Container])
		}
		return byID[r.Container].add(r)
	})
	if err != nil {
		return nil, err
	}
	counts, err := h.s.store.ItemCounts(h.Context(), h.query(db.Image))
	for _, k := range out {
		k.stored = counts[k.id].Items
	}
	return out, err
}

func (h *shelf) classifier() (*classifier, error) {
	all, err := h.classifiers()
	if err == nil && len(all) == 0 {
		err = h.unknown()
	}
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// view is a classifier as the API shows it.
func (h *shelf) view(k *classifier) Classifier {
	v := Classifier{ClassifierID: k.id, Name: k.name, Status: "ready", Explanation: "This instance keeps training data and does not train.",
		Created: timestamp(k.created), Updated: timestamp(k.changed), Classes: []Class{}}
	for _, c := range k.classes {
		v.Classes = append(v.Classes, Class{c})
	}
	if k.updates > 0 {
		v.Retrained = v.Updated
	}
	if k.leftOut > 0 {
		v.Explanation += " Files that are no JPEG, PNG or GIF image were left out: " + strconv.Itoa(k.leftOut) + "."
	}
	if k.optedOut {
		v.Explanation += " The request opted out of learning, so its images were not kept and the classifier cannot be retrained."
	}
	if _, filling := h.s.filling.Load(k.id); filling {
		v.Status = map[bool]string{false: "training", true: "retraining"}[k.updates > 0]
	} else if k.stored < k.declared {
		v.Status = "failed"
		v.Explanation = "Fewer images are stored than were sent: the upload was interrupted. Delete the classifier and send it again."
	}
	return v
}

func (h *shelf) answerClassifier() (answer, error) {
	k, err := h.classifier()
	if err != nil {
		return answer{}, err
	}
	return answerJSON(http.StatusOK, h.view(k))
}

func (s *server) getClassifier(c *call) (answer, error) {
	return c.shelf(s, db.Classifier, c.params["classifier_id"]).answerClassifier()
}

func (s *server) deleteClassifier(c *call) (answer, error) {
	return c.shelf(s, db.Classifier, c.params["classifier_id"]).remove()
}

// listClassifiers shows all of them, in short unless verbose is asked for.
func (s *server) listClassifiers(c *call) (a answer, err error) {
	verbose, err := c.flag("verbose")
	if err != nil {
		return answer{}, err
	}
	if c.leave, err = s.listings.enter(c.caller.Key); err != nil {
		return answer{}, err
	}
	h := c.shelf(s, db.Classifier, "")
	all, err := h.classifiers()
	if err != nil {
		return answer{}, err
	}
	list := ClassifierList{Classifiers: []Classifier{}}
	for _, k := range all {
		v := h.view(k)
		if !verbose {
			v = Classifier{ClassifierID: v.ClassifierID, Name: v.Name, Status: v.Status}
		}
		list.Classifiers = append(list.Classifiers, v)
	}
	return answerJSON(http.StatusOK, list)
}

// flag reads a parameter that is true or false.
func (c *call) flag(name string) (bool, error) {
	switch c.query.Get(name) {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	}
	return false, badParam(name, "The parameter "+name+" must be true or false")
}
