package watson

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/db/label"
)

const (
	versionV3 = "?version=2018-03-19"
	versionV4 = "?version=2019-02-11"
)

// drawings are a tiny image of each format.
var drawings = sync.OnceValue(func() map[string][]byte {
	img := image.NewPaletted(image.Rect(0, 0, 4, 3), color.Palette{color.White, color.RGBA{200, 20, 20, 255}})
	img.SetColorIndex(1, 1, 1)
	out := map[string]*bytes.Buffer{"png": {}, "gif": {}, "jpeg": {}}
	if err := errors.Join(png.Encode(out["png"], img), gif.Encode(out["gif"], img, nil), jpeg.Encode(out["jpeg"], img, nil)); err != nil {
		panic(err) // nothing is written anywhere
	}
	return map[string][]byte{"png": out["png"].Bytes(), "gif": out["gif"].Bytes(), "jpeg": out["jpeg"].Bytes()}
})

// drawn is a tiny image that is unlike all others: what stands behind its end no decoder minds.
func drawn(_ testing.TB, n int, kind string) []byte {
	return strconv.AppendInt(bytes.Clone(drawings()[kind]), int64(n), 10)
}

// file is one of an archive or of a form. In a form an empty kind is a part without a type, and the name "-" one without a file name.
type file struct {
	field, name, kind string
	body              []byte
}

// zipped packs files.
func zipped(t testing.TB, files ...file) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range files {
		w, err := z.Create(f.name)
		if err == nil {
			_, err = w.Write(f.body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// album is an archive of so many images.
func album(t testing.TB, from, n int, more ...file) []byte {
	t.Helper()
	var files []file
	for i := range n {
		files = append(files, file{name: fmt.Sprintf("dogs/%d.png", from+i), body: drawn(t, from+i, "png")})
	}
	return zipped(t, append(files, more...)...)
}

// form writes a multipart body as IBM's clients do: name before filename, a type only where there is one.
func form(t testing.TB, files ...file) (body, contentType string) {
	t.Helper()
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	for _, f := range files {
		h := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="` + f.field + `"`}}
		if f.name != "-" {
			h.Set("Content-Disposition", h.Get("Content-Disposition")+`; filename="`+f.name+`"`)
		}
		if f.kind != "" {
			h.Set("Content-Type", f.kind)
		}
		p, err := w.CreatePart(h)
		if err == nil {
			_, err = p.Write(f.body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String(), w.FormDataContentType()
}

const octets = "application/octet-stream"

// gallery is a house with a Visual Recognition service, to which a line like "POST /v3/classifiers?version=…" leads.
type gallery struct {
	*house
	at      string
	service db.Service
}

func openGallery(t testing.TB) *gallery {
	g := &gallery{house: open(t)}
	guid := g.add(label.VisualRecognition, "visual")
	g.at = Prefix + guid
	var err error
	if g.service, err = g.store.ServiceByGUID(t.Context(), guid); err != nil {
		t.Fatal(err)
	}
	return g
}

// ask sends one request; files make it a chunked multipart, as IBM's clients send it.
func (g *gallery) ask(line, body string, header []string, files ...file) (int, string) {
	g.t.Helper()
	status, raw, _ := g.send(line, body, header, files...)
	return status, string(raw)
}

func (g *gallery) send(line, body string, header []string, files ...file) (int, []byte, http.Header) {
	g.t.Helper()
	method, path, _ := strings.Cut(line, " ")
	r := g.request(ask{line: method + " " + g.at + path, header: header, body: body, key: "visual"})
	if files != nil {
		text, kind := form(g.t, files...)
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), -1
		r.Header.Set("Content-Type", kind)
	}
	res, err := g.server.Client().Do(r)
	if err != nil {
		g.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		g.t.Fatal(err)
	}
	return res.StatusCode, raw, res.Header
}

// gets demands a status and reads the answer.
func gets[T any](g *gallery, want int, line, body string, header []string, files ...file) (v T) {
	g.t.Helper()
	status, text := g.ask(line, body, header, files...)
	if status != want {
		g.t.Fatalf("%s: %d %s, want %d", line, status, text, want)
	}
	if err := decode([]byte(text), &v); err != nil {
		g.t.Fatal(err, text)
	}
	return v
}

// stored counts what is held under a customer ID by kind, "" = all that has none.
func (g *gallery) stored(id string) map[db.Kind]int64 {
	g.t.Helper()
	held, err := g.store.Holdings(g.t.Context(), db.RecordQuery{Subject: id})
	if err != nil {
		g.t.Fatal(err)
	}
	out := map[db.Kind]int64{}
	for _, h := range held {
		out[h.Kind] += h.Records
	}
	return out
}

func (g *gallery) batch() {
	g.t.Helper()
	if _, err := erasure.NewRunner(g.store, nil).Run(g.t.Context(), true); err != nil {
		g.t.Fatal(err)
	}
}

// TestClassifiers drives v3 as IBM's Node client does (watson-api.md, section 10).
func TestClassifiers(t *testing.T) {
	g := openGallery(t)
	id := "customer_id=%E5%AE%A2_x" // 客_x
	made := gets[Classifier](g, 200, "POST /v3/classifiers"+versionV3, "", []string{"X-Watson-Metadata: " + id},
		file{"name", "-", "", []byte("Dogs of Rita")}, file{"negative_examples", "neg.zip", octets, album(t, 0, 10)},
		file{"apple_positive_examples", "_", octets, album(t, 100, 12, file{name: "__MACOSX/dogs/._1.png", body: []byte("x")}, file{name: "readme.txt", body: []byte("x")})},
		file{"hund_ä_positive_examples", "_", octets, album(t, 200, 10)})
	if made.Name != "Dogs of Rita" || made.Status != "ready" || len(made.Classes) != 2 || made.Classes[1].Class != "hund_ä" || made.Created == "" || made.Retrained != "" ||
		!strings.Contains(made.Explanation, "does not train") || !strings.Contains(made.Explanation, "left out: 1.") {
		t.Errorf("%+v", made)
	}
	at := "/v3/classifiers/" + made.ClassifierID + versionV3
	if n := g.stored("客_x"); n[db.Classifier] != 1 || n[db.Image] != 32 {
		t.Errorf("held under the ID: %v", n)
	}
	g.clock.Pass(time.Minute)
	// the label of an update is not read, even where it is none; what comes inherits the classifier's
	changed := gets[Classifier](g, 200, "POST "+at, "", []string{"X-Watson-Metadata: no label"}, file{"plum_positive_examples", "_", octets, album(t, 300, 10)})
	if len(changed.Classes) != 3 || changed.Retrained == "" || changed.Updated == made.Updated || changed.Status != "ready" {
		t.Errorf("%+v", changed)
	}
	if n := g.stored("客_x"); n[db.Classifier] != 2 || n[db.Image] != 42 {
		t.Errorf("held under the ID after the update: %v", n)
	}
	other := gets[Classifier](g, 200, "POST /v3/classifiers"+versionV3, "", nil, file{"name", "-", "", []byte("Other")}, file{"a_positive_examples", "_", octets, album(t, 400, 10)})
	brief := gets[ClassifierList](g, 200, "GET /v3/classifiers"+versionV3, "", nil)
	if len(brief.Classifiers) != 2 || brief.Classifiers[0].Classes != nil || brief.Classifiers[0].Status != "ready" || brief.Classifiers[1].Name != "Other" {
		t.Errorf("%+v", brief)
	}
	long := gets[ClassifierList](g, 200, "GET /v3/classifiers"+versionV3+"&verbose=true", "", nil)
	if len(long.Classifiers) != 2 || len(long.Classifiers[0].Classes) != 3 {
		t.Errorf("%+v", long)
	}
	gets[struct{}](g, 200, "DELETE "+at, "", nil)
	if status, body := g.ask("GET "+at, "", nil); status != 404 || !sameJSON(t, body, `{"error":{"code":404,"description":"There is no classifier of this ID","error_id":"input_error"}}`) {
		t.Errorf("%d %s", status, body)
	}
	if n := g.stored("客_x"); len(n) > 0 {
		t.Errorf("left after the classifier was deleted: %v", n)
	}
	gets[Classifier](g, 200, "GET /v3/classifiers/"+other.ClassifierID+versionV3, "", nil)
	if g.log.Len() > 0 {
		t.Errorf("something went wrong inside: %s", g.log)
	}
}

// TestOptedOutClassifier: images of a request that opts out of learning are not stored, so the classifier cannot be retrained.
func TestOptedOutClassifier(t *testing.T) {
	g := openGallery(t)
	made := gets[Classifier](g, 200, "POST /v3/classifiers"+versionV3, "", []string{labelled("abc"), "X-Watson-Learning-Opt-Out: true"},
		file{"name", "-", "", []byte("Dogs")}, file{"a_positive_examples", "_", octets, album(t, 0, 10)})
	if n := g.stored("abc"); n[db.Classifier] != 1 || n[db.Image] != 0 || made.Status != "ready" || !strings.Contains(made.Explanation, "cannot be retrained") {
		t.Errorf("%v %+v", n, made)
	}
	status, body := g.ask("POST /v3/classifiers/"+made.ClassifierID+versionV3, "", nil, file{"b_positive_examples", "_", octets, album(t, 0, 10)})
	if status != 400 || !strings.Contains(body, "cannot be retrained") {
		t.Errorf("%d %s", status, body)
	}
}

// TestInterruptedClassifier: where fewer images are stored than were sent, the classifier has failed and says why.
func TestInterruptedClassifier(t *testing.T) {
	g := openGallery(t)
	body := []byte(`{"call":"create","name":"Dogs","classes":[{"class":"a","images":10}]}`)
	dbtest.Ingest(t, g.store, db.NewRecord{Service: g.service.Number, Kind: db.Classifier, Time: g.clock.Now(), Answered: g.clock.Now(), Container: "c1", Body: body})
	if got := gets[Classifier](g, 200, "GET /v3/classifiers/c1"+versionV3, "", nil); got.Status != "failed" || !strings.Contains(got.Explanation, "interrupted") {
		t.Errorf("%+v", got)
	}
}

// TestCollections drives v4 as IBM's Node client does.
func TestCollections(t *testing.T) {
	g := openGallery(t)
	made := gets[Collection](g, 200, "POST /v4/collections"+versionV4, `{"name":"dögs-1.0_x","description":"Rita's"}`, []string{jsonHeader, labelled("abc")})
	want := Collection{CollectionID: made.CollectionID, Name: "dögs-1.0_x", Description: "Rita's", Created: "2026-03-02T09:00:00.000Z", Updated: "2026-03-02T09:00:00.000Z",
		TrainingStatus: TrainingStatus{ObjectTraining{Description: "This instance keeps training data and does not train."}}}
	if fmt.Sprint(made) != fmt.Sprint(want) {
		t.Errorf("%+v", made)
	}
	bare := gets[Collection](g, 200, "POST /v4/collections"+versionV4, `{}`, []string{jsonHeader})
	at := "/v4/collections/" + made.CollectionID
	raw := drawn(t, 5, "jpeg")
	added := gets[ImageDetailsList](g, 200, "POST "+at+"/images"+versionV4, "", []string{"X-Watson-Metadata: customer_id=not-a-VR-id"},
		file{imagesField, "one.png", "image/png", drawn(t, 1, "png")}, file{imagesField, "two.gif", "", drawn(t, 2, "gif")}, file{imagesField, "three.jpg", "image/jpeg", raw},
		file{imagesField, "note.txt", "text/plain", []byte("hello")}, file{imagesField, "more.zip", "application/zip", album(t, 10, 2, file{name: "in.zip", body: album(t, 0, 1)})},
		file{urlField, "-", "", []byte("https://example.org/rita.png")})
	if len(added.Images) != 8 || added.Images[0].Source.Filename != "one.png" || added.Images[0].Dimensions.Width != 4 || added.Images[0].ImageID == "" ||
		added.Images[3].Errors[0].Message != "This is no JPEG, PNG or GIF image" || added.Images[3].ImageID != "" || added.Images[4].Source.ArchiveFilename != "more.zip" ||
		added.Images[6].Errors == nil || added.Images[7].Source.Type != "url" || added.Images[7].Errors[0].Target.Name != urlField {
		t.Errorf("%+v", added)
	}
	if n := g.stored("abc"); n[db.Collection] != 1 || n[db.Image] != 5 {
		t.Errorf("held under the ID: %v", n)
	}
	image := at + "/images/" + added.Images[2].ImageID
	g.clock.Pass(time.Minute)
	objects := `{"objects":[{"object":"dog","location":{"top":1,"left":0,"width":2,"height":2}}]}`
	for range 2 {
		if status, body := g.ask("POST "+image+"/training_data"+versionV4, objects, []string{jsonHeader}); status != 200 || !sameJSON(t, body, objects) {
			t.Errorf("%d %s", status, body)
		}
	}
	got := gets[ImageDetails](g, 200, "GET "+image+versionV4, "", nil)
	if got.TrainingData == nil || got.TrainingData.Objects[0].Object != "dog" || got.Created != made.Created || got.Updated != "2026-03-02T09:01:00.000Z" || got.Source.Filename != "three.jpg" {
		t.Errorf("%+v", got)
	}
	listed := gets[ImageSummaryList](g, 200, "GET "+at+"/images"+versionV4, "", nil)
	if len(listed.Images) != 5 || listed.Images[2].ImageID != got.ImageID || listed.Images[2].Updated != got.Updated || listed.Images[0].Updated != made.Created {
		t.Errorf("%+v", listed)
	}
	for _, path := range []string{image + "/jpeg" + versionV4, image + "/jpeg" + versionV4 + "&size=full"} {
		if status, body, head := g.send("GET "+path, "", nil); status != 200 || !bytes.Equal(body, raw) || head.Get("Content-Type") != "image/jpeg" {
			t.Errorf("%s: %d, %s, %d bytes", path, status, head.Get("Content-Type"), len(body))
		}
	}
	for _, path := range []string{image + "/jpeg" + versionV4 + "&size=thumbnail", at + "/images/" + added.Images[0].ImageID + "/jpeg" + versionV4} {
		status, body, _ := g.send("GET "+path, "", nil)
		if conf, err := jpeg.DecodeConfig(bytes.NewReader(body)); status != 200 || err != nil || conf.Width != 4 || conf.Height != 3 {
			t.Errorf("%s: %d, %v", path, status, err)
		}
	}
	state := func() (string, Collection) {
		c := gets[Collection](g, 200, "GET "+at+versionV4, "", nil)
		return fmt.Sprintf("ready %v, changed %v, %d images", c.TrainingStatus.Objects.Ready, c.TrainingStatus.Objects.DataChanged, c.ImageCount), c
	}
	if s, _ := state(); s != "ready false, changed true, 5 images" {
		t.Error(s)
	}
	gets[Collection](g, 202, "POST "+at+"/train"+versionV4, "", []string{jsonHeader})
	if s, _ := state(); s != "ready true, changed false, 5 images" {
		t.Error(s)
	}
	gets[TrainingData](g, 200, "POST "+image+"/training_data"+versionV4, `{}`, []string{jsonHeader})
	if s, _ := state(); s != "ready true, changed true, 5 images" {
		t.Error(s)
	}
	gets[struct{}](g, 200, "DELETE "+image+versionV4, "", nil)
	if status, body := g.ask("GET "+image+versionV4, "", nil); status != 404 || !sameJSON(t, still(body),
		`{"errors":[{"code":"invalid_field","message":"There is no image of this ID in the collection","target":{"type":"parameter","name":"image_id"}}],"trace":"T"}`) {
		t.Errorf("%d %s", status, body)
	}
	if n := g.stored("abc"); n[db.Image] != 4 || n[db.Collection] != 2 {
		t.Errorf("held after an image was deleted: %v", n)
	}
	changed := gets[Collection](g, 200, "POST "+at+versionV4, `{"description":""}`, []string{jsonHeader})
	if changed.Name != made.Name || changed.Description != "" || changed.ImageCount != 4 {
		t.Errorf("%+v", changed)
	}
	all := gets[CollectionList](g, 200, "GET /v4/collections"+versionV4, "", nil)
	if len(all.Collections) != 2 || all.Collections[0].ImageCount != 4 || all.Collections[1].CollectionID != bare.CollectionID {
		t.Errorf("%+v", all)
	}
	gets[struct{}](g, 200, "DELETE "+at+versionV4, "", nil)
	if status, body := g.ask("POST "+at+"/images"+versionV4, "", nil, file{imagesField, "x.png", "", drawn(t, 1, "png")}); status != 404 || !strings.Contains(body, "collection_id") {
		t.Errorf("%d %s", status, body)
	}
	if n := g.stored("abc"); len(n) > 0 {
		t.Errorf("left: %v", n)
	}
	if g.log.Len() > 0 {
		t.Errorf("something went wrong inside: %s", g.log)
	}
}

// TestRecogniseNothing: what a store cannot do is refused in the shape of its version, after the whole request was read.
func TestRecogniseNothing(t *testing.T) {
	g := openGallery(t)
	const sentence = "This instance keeps training data and does not recognise images."
	for line, want := range map[string]string{
		"POST /v3/classify" + versionV3: `{"error":{"code":501,"description":"` + sentence + `","error_id":"server_error"}}`,
		"GET /v3/classify" + versionV3:  `{"error":{"code":501,"description":"` + sentence + `","error_id":"server_error"}}`,
		"POST /v4/analyze" + versionV4:  `{"errors":[{"code":"server_error","message":"` + sentence + `"}],"trace":"T"}`,
	} {
		var files []file
		if strings.HasPrefix(line, "POST") {
			files = []file{{imagesField, "x.png", "", bytes.Repeat([]byte("x"), 3<<20)}}
		}
		if status, body := g.ask(line, "", nil, files...); status != 501 || !sameJSON(t, still(body), want) {
			t.Errorf("%s: %d %s", line, status, body)
		}
	}
}

// TestVisualScopes: to delete what was sent needs the scope of deletions, to see it the scope of logs.
func TestVisualScopes(t *testing.T) {
	g := openGallery(t)
	for _, scope := range []string{ScopeIngest, ScopeLogs, ScopeErase} {
		caller := g.callers["visual"]
		caller.Scopes = []string{scope}
		g.callers["visual"] = caller
		for line, needs := range map[string]string{
			"POST /v4/collections" + versionV4: ScopeIngest, "POST /v4/collections/x/train" + versionV4: ScopeIngest, "POST /v3/classifiers/x" + versionV3: ScopeIngest,
			"GET /v3/classifiers" + versionV3: ScopeLogs, "GET /v4/collections/x/images/y/jpeg" + versionV4: ScopeLogs,
			"DELETE /v3/classifiers/x" + versionV3: ScopeErase, "DELETE /v4/collections/x" + versionV4: ScopeErase, "DELETE /v4/collections/x/images/y" + versionV4: ScopeErase,
		} {
			if status, body := g.ask(line, "", nil); (status == 403) != (scope != needs) {
				t.Errorf("%s with %s: %d %s", line, scope, status, body)
			}
		}
	}
}
