package watson

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"quittance/db"
	"quittance/db/label"
)

const maxDescription = 4096 // characters

// collectionCall is what one call said about a collection: the body of its record.
type collectionCall struct {
	Call        string  `json:"call"` // "create", "update" or "train"
	Name        *string `json:"name,omitzero"`
	Description *string `json:"description,omitzero"`
}

func (k collectionCall) preview() string {
	var parts []string
	for _, s := range []*string{k.Name, k.Description} {
		if s != nil && *s != "" {
			parts = append(parts, *s)
		}
	}
	return strings.Join(parts, ": ")
}

// readCollection reads what creates or changes a collection.
func (c *call) readCollection(as string) (collectionCall, error) {
	var asked CollectionRequest
	if err := c.readJSON(&asked); err != nil {
		return collectionCall{}, err
	}
	if asked.Name != nil && !collectionName(*asked.Name) {
		return collectionCall{}, badField("name", "The field name must have at most 256 characters: letters, digits and _ - . only, and must not begin with sys-")
	}
	if asked.Description != nil && !plainText(*asked.Description, maxDescription) {
		return collectionCall{}, badField("description", "The field description must have at most 4096 characters and no control characters")
	}
	return collectionCall{as, asked.Name, asked.Description}, nil
}

// collectionName tells what may be called so: letters and digits of any script (watson-api.md, section 4).
func collectionName(s string) bool {
	return plainText(s, maxName) && !strings.HasPrefix(s, "sys-") && !strings.ContainsFunc(s, func(r rune) bool { return !nameCharacter(r) })
}

func (s *server) createCollection(c *call) (answer, error) {
	said, err := c.readCollection("create")
	if err != nil {
		return answer{}, err
	}
	h := c.shelf(s, db.Collection, uuid.NewString())
	labels, err := h.given()
	if err != nil {
		return answer{}, err
	}
	defer h.lock()()
	return h.say(http.StatusOK, said, labels)
}

// updateCollection changes a collection. Its label comes to all that is there already, under a number of its own (law L2), before what the
// call says is stored.
func (s *server) updateCollection(c *call) (answer, error) {
	said, err := c.readCollection("update")
	if err != nil {
		return answer{}, err
	}
	h := c.shelf(s, db.Collection, c.params["collection_id"])
	given, err := h.given()
	if err != nil {
		return answer{}, err
	}
	defer h.lock()()
	if err := h.exists(); err != nil {
		return answer{}, err
	}
	if err := h.label(given); err != nil {
		return answer{}, err
	}
	labels, err := h.labels()
	if err != nil {
		return answer{}, err
	}
	return h.say(http.StatusOK, said, append(labels, given...)) // a batch may have taken all that bore them meanwhile
}

func (h *shelf) label(ids []label.ID) error {
	if len(ids) == 0 {
		return nil
	}
	q := h.query(h.kind, db.Image)
	q.Limit = relabelAt
	_, err := h.s.store.LabelItems(h.Context(), h.actor(), q, ids)
	return err
}

// train says that the collection is trained from now on; nothing is, here, and the description says so.
func (s *server) train(c *call) (answer, error) {
	var ignored struct{}
	if err := c.readJSON(&ignored); err != nil {
		return answer{}, err
	}
	h := c.shelf(s, db.Collection, c.params["collection_id"])
	defer h.lock()()
	if err := h.exists(); err != nil {
		return answer{}, err
	}
	labels, err := h.labels()
	if err != nil {
		return answer{}, err
	}
	return h.say(http.StatusAccepted, collectionCall{Call: "train"}, labels)
}

// say stores what a call said and answers with the collection as it is then.
func (h *shelf) say(status int, said collectionCall, labels []label.ID) (answer, error) {
	body, err := json.Marshal(said)
	if err != nil {
		return answer{}, err
	}
	if err := h.ingest(h.record(db.Collection, "", said.preview(), body, labels)); err != nil {
		return answer{}, err
	}
	return h.answerCollection(status)
}

// collection is what the records of a collection come to.
type collection struct {
	id, name, description string
	created, changed      time.Time
	trained               int64 // the number of the last training, 0 = none
	images                db.ItemCount
	marked                int64 // the number of the newest training data
}

func (k *collection) add(r db.Record) error {
	var said collectionCall
	if err := json.Unmarshal(r.Body, &said); err != nil {
		return fmt.Errorf("%w: %w", db.ErrCorrupt, err)
	}
	if k.created.IsZero() {
		k.id, k.created = r.Container, r.Time
	}
	if said.Name != nil {
		k.name = *said.Name
	}
	if said.Description != nil {
		k.description = *said.Description
	}
	if k.changed = r.Time; said.Call == "train" {
		k.trained = r.Seq
	}
	return nil
}

// collections reads all of them, or the one, in the order in which they were made.
func (h *shelf) collections() (out []*collection, err error) {
	byID := map[string]*collection{}
	err = h.each(func(r db.Record) error {
		if byID[r.Container] == nil {
			byID[r.Container] = &collection{}
			out = append(out, byID[r.Container])
		}
		return byID[r.Container].add(r)
	})
	if err != nil {
		return nil, err
	}
	images, err := h.s.store.ItemCounts(h.Context(), h.query(db.Image))
	if err != nil {
		return nil, err
	}
	q := h.query(db.Collection)
	q.Only = db.Each
	marks, err := h.s.store.ItemCounts(h.Context(), q)
	for _, k := range out {
		k.images, k.marked = images[k.id], marks[k.id].Newest
	}
	return out, err
}

// view is a collection as the API shows it.
func (k *collection) view() Collection {
	v := Collection{CollectionID: k.id, Name: k.name, Description: k.description, Created: timestamp(k.created), Updated: timestamp(k.changed), ImageCount: k.images.Items}
	v.TrainingStatus.Objects = ObjectTraining{Ready: k.trained > 0, DataChanged: max(k.images.Newest, k.marked) > k.trained,
		Description: "This instance keeps training data and does not train."}
	return v
}

func (h *shelf) answerCollection(status int) (answer, error) {
	all, err := h.collections()
	if err == nil && len(all) == 0 {
		err = h.unknown()
	}
	if err != nil {
		return answer{}, err
	}
	return answerJSON(status, all[0].view())
}

func (s *server) getCollection(c *call) (answer, error) {
	return c.shelf(s, db.Collection, c.params["collection_id"]).answerCollection(http.StatusOK)
}

func (s *server) deleteCollection(c *call) (answer, error) {
	return c.shelf(s, db.Collection, c.params["collection_id"]).remove()
}

func (s *server) listCollections(c *call) (a answer, err error) {
	if c.leave, err = s.listings.enter(c.caller.Key); err != nil {
		return answer{}, err
	}
	all, err := c.shelf(s, db.Collection, "").collections()
	if err != nil {
		return answer{}, err
	}
	list := CollectionList{Collections: []Collection{}}
	for _, k := range all {
		list.Collections = append(list.Collections, k.view())
	}
	return answerJSON(http.StatusOK, list)
}
