package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"mime/multipart"
	"net/http"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/label"
)

// demoPictures is the service that keeps training images; demoImages is how many a customer's collection holds, and demoExamples how many
// one class of a classifier must have.
const (
	demoPictures = "claims-photos"
	demoImages   = 3
	demoExamples = 10
)

// openPictures registers the service and its keys.
func (d *demoDoor) openPictures(ctx context.Context, store *db.Store, by audit.Actor) error {
	v, err := store.AddService(ctx, by, label.VisualRecognition, demoPictures, "eu-de")
	if err != nil {
		return fmt.Errorf("adding a service: %w", err)
	}
	d.gallery = "/instances/" + v.GUID
	if d.galleryKey, _, err = store.AddKey(ctx, by, db.NewKey{Service: v.Number, Name: "application", Scopes: []string{db.ScopeIngest, db.ScopeLogs}}); err == nil {
		_, _, err = store.AddKey(ctx, by, db.NewKey{Service: v.Number, Name: "privacy desk", Scopes: []string{db.ScopeLogs, db.ScopeErase}})
	}
	if err != nil {
		return fmt.Errorf("adding a key: %w", err)
	}
	return nil
}

// sendPictures sends the training images of two customers: photographs of parcels that came damaged, as far as a program can take them.
func (s *demoStaff) sendPictures(ctx context.Context) error {
	owners := pictured(s.world.people)
	var made struct {
		ID string `json:"collection_id"`
	}
	raw, err := s.door.upload(ctx, "/v4/collections?version=2019-02-11", owners[0].ids[0], "application/json", []byte(`{"name":"damaged-parcels","description":"Photographs sent with a claim"}`))
	if err == nil {
		err = json.Unmarshal(raw, &made)
	}
	form := newDemoForm()
	for i := range demoImages {
		err = errors.Join(err, form.file("images_file", fmt.Sprintf("claim_%04d.png", 412+i), parcel(i, true)))
	}
	if err == nil {
		_, err = s.door.upload(ctx, "/v4/collections/"+made.ID+"/images?version=2019-02-11", "", form.end(), form.body.Bytes())
	}
	if err != nil {
		return err
	}
	form = newDemoForm()
	err = errors.Join(form.text("name", "Parcels"), form.album("damaged_positive_examples", true), form.album("negative_examples", false))
	if err == nil {
		_, err = s.door.upload(ctx, "/v3/classifiers?version=2018-03-19", owners[1].ids[0], form.end(), form.body.Bytes())
	}
	return err
}

// pictured are the two customers whose images are kept: the first whose IDs Visual Recognition takes.
func pictured(people []*demoPerson) (out []*demoPerson) {
	for _, p := range people {
		if _, err := label.Parse(label.VisualRecognition, p.ids[0]); err == nil && len(out) < 2 {
			out = append(out, p)
		}
	}
	return out
}

// upload sends a body to the service of pictures, labelled where there is an ID.
func (d *demoDoor) upload(ctx context.Context, path, id, kind string, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://demo.invalid"+d.gallery+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("making a request: %w", err)
	}
	r.RemoteAddr = "127.0.0.1:1"
	r.SetBasicAuth("apikey", d.galleryKey)
	r.Header.Set("Content-Type", kind)
	if id != "" {
		r.Header.Set(label.Header, "customer_id="+id)
	}
	a := &demoAnswer{header: http.Header{}}
	d.handler.ServeHTTP(a, r)
	if a.status != http.StatusOK {
		return nil, fmt.Errorf("sending made-up images to %s: the API answered %d", demoPictures, a.status)
	}
	return a.body.Bytes(), nil
}

// demoForm is a form with files.
type demoForm struct {
	body bytes.Buffer
	form *multipart.Writer
}

func newDemoForm() *demoForm {
	f := &demoForm{}
	f.form = multipart.NewWriter(&f.body)
	return f
}

func (f *demoForm) text(field, value string) error { return f.form.WriteField(field, value) }

func (f *demoForm) file(field, name string, body []byte) error {
	w, err := f.form.CreateFormFile(field, name)
	if err == nil {
		_, err = w.Write(body)
	}
	return err
}

// album is an archive of examples.
func (f *demoForm) album(field string, damaged bool) error {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := range demoExamples {
		w, err := z.Create(fmt.Sprintf("parcel_%02d.png", i+1))
		if err == nil {
			_, err = w.Write(parcel(10+i, damaged))
		}
		if err != nil {
			return err
		}
	}
	return errors.Join(z.Close(), f.file(field, field+".zip", out.Bytes()))
}

// end closes the form and tells its type.
func (f *demoForm) end() string {
	f.form.Close() // into memory
	return f.form.FormDataContentType()
}

// parcel draws a parcel on a table, with a hole where it is damaged. Each number draws another one.
func parcel(n int, damaged bool) []byte {
	const box, tape, hole = 1, 2, 3 // 0 is the table
	img := image.NewPaletted(image.Rect(0, 0, 320, 240), color.Palette{color.Gray{uint8(205 + n)}, color.RGBA{uint8(150 + 4*n), 112, 66, 255},
		color.RGBA{214, 190, 140, 255}, color.RGBA{58, 40, 26, 255}})
	left, top := 40+7*(n%9), 50+5*(n%7)
	x, y, r := left+60+11*(n%8), top+40+9*(n%5), 14+n%10
	for py := top; py < top+140; py++ {
		for px := left; px < left+200; px++ {
			dx, dy := px-x, py-y
			switch {
			case damaged && dx*dx+2*dy*dy < r*r:
				img.SetColorIndex(px, py, hole)
			case px > left+90 && px < left+112:
				img.SetColorIndex(px, py, tape)
			default:
				img.SetColorIndex(px, py, box)
			}
		}
	}
	var out bytes.Buffer
	png.Encode(&out, img) // into memory
	return out.Bytes()
}
