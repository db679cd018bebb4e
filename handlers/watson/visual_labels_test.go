package watson

import (
	"bytes"
	"strings"
	"sync"
	"testing"

	"quittance/db"
)

// TestTrainingDataWithImage: it may come with one image, and with no more than one.
func TestTrainingDataWithImage(t *testing.T) {
	g := openGallery(t)
	at := "/v4/collections/" + gets[Collection](g, 200, "POST /v4/collections"+versionV4, `{}`, nil).CollectionID + "/images"
	data := file{trainingField, "-", "", []byte(`{"objects":[{"object":"dog","location":{"top":0,"left":0,"width":1,"height":1}}]}`)}
	one, two := file{imagesField, "a.png", "", drawn(t, 1, "png")}, file{imagesField, "b.png", "", drawn(t, 2, "png")}
	added := gets[ImageDetailsList](g, 200, "POST "+at+versionV4, "", nil, one, data)
	got := gets[ImageDetails](g, 200, "GET "+at+"/"+added.Images[0].ImageID+versionV4, "", nil)
	if len(got.TrainingData.Objects) != 1 || added.Images[0].TrainingData == nil {
		t.Errorf("%+v", got)
	}
	if status, body := g.ask("POST "+at+versionV4, "", nil, one, two, data); status != 400 || !strings.Contains(body, `"name":"training_data"`) {
		t.Errorf("%d %s", status, body)
	}
}

// TestLaterLabel: a label that a collection is given later comes to all that is in it, and what comes afterwards bears all of them.
func TestLaterLabel(t *testing.T) {
	g := openGallery(t)
	at := "/v4/collections/" + gets[Collection](g, 200, "POST /v4/collections"+versionV4, `{"name":"c"}`, nil).CollectionID
	add := func(n int) {
		gets[ImageDetailsList](g, 200, "POST "+at+"/images"+versionV4, "", nil, file{imagesField, "x.png", "", drawn(t, n, "png")})
	}
	add(1)
	gets[Collection](g, 200, "POST "+at+versionV4, `{}`, []string{labelled("anna")})
	add(2)
	gets[Collection](g, 200, "POST "+at+versionV4, `{}`, []string{labelled("ben")})
	add(3)
	for _, id := range []string{"anna", "ben"} {
		if n := g.stored(id); n[db.Collection] != 3 || n[db.Image] != 3 {
			t.Errorf("held under %s: %v", id, n)
		}
	}
	if n := g.stored(""); len(n) > 0 {
		t.Errorf("without a label: %v", n)
	}
	// a deletion of one of them takes all, and the collection with it
	gets[struct{}](g, 202, "DELETE /v4/user_data"+versionV4+"&customer_id=ben", "", nil)
	g.batch()
	if n := g.stored("anna"); len(n) > 0 {
		t.Errorf("left under the other label: %v", n)
	}
	if status, _ := g.ask("GET "+at+versionV4, "", nil); status != 404 {
		t.Errorf("the collection is still there: %d", status)
	}
}

// TestVisualCutoff is law L2 with an update after the deletion: what was there goes, the update stays with what it says itself.
func TestVisualCutoff(t *testing.T) {
	g := openGallery(t)
	at := "/v4/collections/" + gets[Collection](g, 200, "POST /v4/collections"+versionV4, `{"name":"before","description":"old"}`, []string{labelled("abc")}).CollectionID
	gets[ImageDetailsList](g, 200, "POST "+at+"/images"+versionV4, "", nil, file{imagesField, "x.png", "", drawn(t, 1, "png")})
	gets[struct{}](g, 202, "DELETE /v3/user_data"+versionV3+"&customer_id=abc", "", nil)
	gets[Collection](g, 200, "POST "+at+versionV4, `{"name":"after"}`, []string{labelled("abc")})
	gets[ImageDetailsList](g, 200, "POST "+at+"/images"+versionV4, "", nil, file{imagesField, "y.png", "", drawn(t, 2, "png")})
	g.batch()
	if n := g.stored("abc"); n[db.Collection] != 1 || n[db.Image] != 1 {
		t.Errorf("after the batch: %v", n)
	}
	got := gets[Collection](g, 200, "GET "+at+versionV4, "", nil)
	if got.Name != "after" || got.Description != "" || got.ImageCount != 1 {
		t.Errorf("%+v", got)
	}
	gets[struct{}](g, 202, "DELETE /v4/user_data"+versionV4+"&customer_id=abc", "", nil)
	g.batch()
	if n := g.stored("abc"); len(n) > 0 {
		t.Errorf("left: %v", n)
	}
}

// TestLabelAfterCutoff: a label that came after a deletion's cut-off is not covered by it.
func TestLabelAfterCutoff(t *testing.T) {
	g := openGallery(t)
	at := "/v4/collections/" + gets[Collection](g, 200, "POST /v4/collections"+versionV4, `{"name":"c"}`, nil).CollectionID
	gets[struct{}](g, 202, "DELETE /v4/user_data"+versionV4+"&customer_id=abc", "", nil)
	gets[Collection](g, 200, "POST "+at+versionV4, `{}`, []string{labelled("abc")})
	g.batch()
	if n := g.stored("abc"); n[db.Collection] != 2 {
		t.Errorf("after the batch: %v", n)
	}
}

// TestPicturesAreGone: after a batch no byte of an erased image, nor its name, is left in the files (law L3).
func TestPicturesAreGone(t *testing.T) {
	g := openGallery(t)
	marked := func(n int, mark string) []byte { // an image with a mark behind its end, which no decoder minds
		return append(drawn(t, n, "png"), bytes.Repeat([]byte(mark), 400)...)
	}
	fill := func(id, mark string) {
		at := "/v4/collections/" + gets[Collection](g, 200, "POST /v4/collections"+versionV4, `{"name":"`+mark+`"}`, []string{labelled(id)}).CollectionID
		for i := range 5 {
			added := gets[ImageDetailsList](g, 200, "POST "+at+"/images"+versionV4, "", nil, file{imagesField, mark + ".png", "", marked(i, mark)})
			if added.Images[0].Errors != nil {
				t.Fatal(added)
			}
		}
	}
	fill("anna", "secretqzxvpicture")
	fill("ben", "publicqzxvpicture")
	if !onDisk(t, g.store, "secretqzxvpicture") {
		t.Fatal("the images cannot be found before the erasure: the test would prove nothing")
	}
	gets[struct{}](g, 202, "DELETE /v4/user_data"+versionV4+"&customer_id=anna", "", nil)
	g.batch()
	if onDisk(t, g.store, "secretqzxvpicture") || !onDisk(t, g.store, "publicqzxvpicture") {
		t.Error("the wrong images are left in the files")
	}
}

// TestShelfLock: an image never comes to a collection that is deleted meanwhile.
func TestShelfLock(t *testing.T) {
	g := openGallery(t)
	at := "/v4/collections/" + gets[Collection](g, 200, "POST /v4/collections"+versionV4, `{}`, nil).CollectionID
	var senders sync.WaitGroup
	for i := range 3 {
		senders.Go(func() {
			for n := range 10 {
				status, body := g.ask("POST "+at+"/images"+versionV4, "", nil, file{imagesField, "x.png", "", drawn(t, 100*i+n, "png")})
				if status != 200 && status != 404 {
					t.Errorf("%d %s", status, body)
				}
			}
		})
	}
	gets[struct{}](g, 200, "DELETE "+at+versionV4, "", nil)
	senders.Wait()
	if n, err := g.store.CountItems(t.Context(), db.ItemQuery{Service: g.service.Number, Kinds: []db.Kind{db.Image, db.Collection}}); n != 0 || err != nil {
		t.Errorf("%d records are left of a deleted collection, %v", n, err)
	}
}
