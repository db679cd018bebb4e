package watson

import (
	"net/http"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"

	"quittance/db"
)

// The fields of POST …/images, and how many files of one (watson-api.md, section 4).
const (
	imagesField   = "images_file"
	urlField      = "image_url"
	trainingField = "training_data"
	maxFiles      = 20
	maxObjects    = 1000
)

func nameCharacter(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune("_-.", r)
}

// addImages stores images in a collection; each bears the labels of the collection. What is no image is told beside those that are.
func (s *server) addImages(c *call) (answer, error) {
	u, err := s.receive(c, func(field string) bool { return field == imagesField })
	if err != nil {
		return answer{}, err
	}
	defer u.Close()
	pics, err := u.images()
	if err != nil {
		return answer{}, err
	}
	urls := len(u.fields[urlField])
	if len(pics)+urls == 0 {
		return answer{}, &apiError{status: http.StatusBadRequest, message: "One of the fields images_file and image_url is required", path: imagesField, missing: true}
	}
	training, err := u.training(len(pics) + urls)
	if err != nil {
		return answer{}, err
	}
	h := c.shelf(s, db.Collection, c.params["collection_id"])
	defer h.lock()()
	if err := h.exists(); err != nil {
		return answer{}, err
	}
	return h.add(pics, urls, training)
}

func (u *upload) images() (out []picture, err error) {
	files := u.of(imagesField)
	if len(files) > maxFiles {
		return nil, badField(imagesField, "At most 20 files can be sent in one request")
	}
	v := &viewer{left: maxInflated}
	for _, p := range files {
		var pics []picture
		if isZip(p) {
			pics, err = v.archive(p)
		} else {
			var pic picture
			pic, err = v.single(p)
			pics = []picture{pic}
		}
		if err != nil {
			return nil, err
		}
		out = append(out, pics...)
	}
	name(out)
	return out, nil
}

// training reads the training data that may come with one image.
func (u *upload) training(images int) (*TrainingData, error) {
	text, err := u.one(trainingField)
	if err != nil || text == "" {
		return nil, err
	}
	if images != 1 {
		return nil, badField(trainingField, "The field training_data can be given only with a single image")
	}
	var data TrainingData
	if err := decode([]byte(text), &data); err != nil {
		return nil, badField(trainingField, "The field training_data is no JSON object of training data")
	}
	return &data, data.check()
}

// add stores the images that are some and answers in the order in which they were sent.
func (h *shelf) add(pics []picture, urls int, training *TrainingData) (answer, error) {
	labels, err := h.labels()
	if err != nil {
		return answer{}, err
	}
	list, now := ImageDetailsList{Images: []ImageDetails{}, Trace: h.trace}, timestamp(h.s.store.Now())
	good, _ := images(pics)
	if err := h.storeImages(good, labels); err != nil {
		return answer{}, err
	}
	if len(good) == 1 && training != nil {
		if err := h.mark(good[0].id, *training); err != nil {
			return answer{}, err
		}
	}
	for _, p := range pics {
		d := details(p.Picture)
		if p.fault != nil {
			d.Dimensions, d.Errors = nil, []visualError{p.fault.visual()}
		} else {
			d.ImageID, d.Created, d.Updated, d.TrainingData = p.id, now, now, training
		}
		list.Images = append(list.Images, d)
	}
	for range urls {
		list.Images = append(list.Images, ImageDetails{Source: ImageSource{Type: "url"}, Errors: []visualError{notFetched.visual()}})
	}
	return answerJSON(http.StatusOK, list)
}

var notFetched = &apiError{status: http.StatusBadRequest, path: urlField, message: "This instance fetches nothing from other servers. Send the image itself in images_file."}

func details(p db.Picture) ImageDetails {
	return ImageDetails{Source: ImageSource{Type: "file", Filename: p.File, ArchiveFilename: p.Archive}, Dimensions: &ImageDimensions{Height: p.Height, Width: p.Width}}
}

// setTrainingData says what is to be seen on an image, in the place of what was said before.
func (s *server) setTrainingData(c *call) (answer, error) {
	var data TrainingData
	if err := c.readJSON(&data); err != nil {
		return answer{}, err
	}
	if err := data.check(); err != nil {
		return answer{}, err
	}
	h := c.shelf(s, db.Collection, c.params["collection_id"])
	defer h.lock()()
	if _, err := h.image(false); err != nil {
		return answer{}, err
	}
	if err := h.mark(c.params["image_id"], data); err != nil {
		return answer{}, err
	}
	return answerJSON(http.StatusOK, data)
}

// check refuses training data that says nothing about a place on an image.
func (d *TrainingData) check() error {
	if d.Objects == nil {
		d.Objects = []TrainingObject{}
	}
	if len(d.Objects) > maxObjects {
		return badField("objects", "The training data has more than 1000 objects")
	}
	for _, o := range d.Objects {
		if o.Object == "" || !plainText(o.Object, maxName) {
			return badField("objects.object", "The name of an object must have 1 to 256 characters and no control characters")
		}
		if l := o.Location; l.Top < 0 || l.Left < 0 || l.Width <= 0 || l.Height <= 0 {
			return badField("objects.location", "The location of an object must be a rectangle of pixels on the image")
		}
	}
	return nil
}

// mark stores the training data of an image: a record of its own, which bears the collection's labels.
func (h *shelf) mark(image string, data TrainingData) error {
	labels, err := h.labels()
	if err != nil {
		return err
	}
	body, err := json.Marshal(struct {
		Call string `json:"call"`
		TrainingData
	}{"training_data", data})
	if err != nil {
		return err
	}
	var names []string
	for _, o := range data.Objects {
		names = append(names, o.Object)
	}
	_, _, err = h.s.store.ReplaceItem(h.Context(), h.actor(), h.record(db.Collection, image, strings.Join(names, ", "), body, labels))
	return err
}

// image reads the image of the address and the training data that belongs to it, which comes later.
func (h *shelf) image(bodies bool) ([]db.Record, error) {
	if err := h.exists(); err != nil {
		return nil, err
	}
	q := h.query(db.Image, db.Collection)
	q.Item, q.Bodies = h.params["image_id"], bodies
	found, _, err := h.s.store.Items(h.Context(), q)
	if err == nil && (len(found) == 0 || found[0].Kind != db.Image) {
		err = &apiError{status: http.StatusNotFound, message: "There is no image of this ID in the collection", target: &visualTarget{"parameter", "image_id"}}
	}
	return found, err
}

func (s *server) getImage(c *call) (answer, error) {
	found, err := c.shelf(s, db.Collection, c.params["collection_id"]).image(true)
	if err != nil {
		return answer{}, err
	}
	_, p, _, err := db.SplitPicture(found[0].Body)
	if err != nil {
		return answer{}, err
	}
	d := details(p)
	d.ImageID, d.Created, d.Updated = found[0].Session, timestamp(found[0].Time), timestamp(found[len(found)-1].Time)
	if len(found) > 1 {
		d.TrainingData = &TrainingData{}
		if err := json.Unmarshal(found[len(found)-1].Body, d.TrainingData); err != nil {
			return answer{}, err
		}
	}
	return answerJSON(http.StatusOK, d)
}

func (s *server) deleteImage(c *call) (answer, error) {
	h := c.shelf(s, db.Collection, c.params["collection_id"])
	defer h.lock()()
	q := h.query(db.Collection, db.Image)
	q.Item = c.params["image_id"]
	if err := s.store.Removable(c.Context(), q); err != nil {
		return answer{}, err
	}
	if _, err := h.image(false); err != nil {
		return answer{}, err
	}
	_, err := s.store.RemoveItems(c.Context(), c.actor(), q)
	return empty, err
}

// listImages shows the images of a collection in the order in which they came.
func (s *server) listImages(c *call) (a answer, err error) {
	if c.leave, err = s.listings.enter(c.caller.Key); err != nil {
		return answer{}, err
	}
	h := c.shelf(s, db.Collection, c.params["collection_id"])
	if err := h.exists(); err != nil {
		return answer{}, err
	}
	q := h.query(db.Image, db.Collection)
	q.Only = db.Each
	found, _, err := s.store.Items(c.Context(), q)
	if err != nil {
		return answer{}, err
	}
	return answerJSON(http.StatusOK, ImageSummaryList{summaries(found)})
}

// summaries names each image once, with the time of what came last: itself or its training data.
func summaries(found []db.Record) []ImageSummary {
	out, at := []ImageSummary{}, map[string]int{}
	for _, r := range found {
		i, known := at[r.Session]
		switch {
		case known:
			out[i].Updated = timestamp(r.Time)
		case r.Kind == db.Image:
			at[r.Session] = len(out)
			out = append(out, ImageSummary{r.Session, timestamp(r.Time)})
		}
	}
	return out
}
