package watson

import (
	"bytes"
	"image"
	"image/jpeg"
	"net/http"
	"slices"

	"quittance/db"
)

// How large an image may be that is decoded here, and how large a thumbnail is. One is decoded at a time.
const (
	maxDecoded = 8_000_000 // pixels
	thumbnail  = 200       // pixels of the longer side
)

// getJPEG sends an image as JPEG: as it came where it came so, else converted.
func (s *server) getJPEG(c *call) (answer, error) {
	size := c.query.Get("size")
	if !slices.Contains([]string{"", "full", "thumbnail"}, size) {
		return answer{}, badParam("size", "The parameter size must be full or thumbnail")
	}
	found, err := c.shelf(s, db.Collection, c.params["collection_id"]).image(true)
	if err != nil {
		return answer{}, err
	}
	_, p, raw, err := db.SplitPicture(found[0].Body)
	if err != nil {
		return answer{}, err
	}
	if p.Type == "image/jpeg" && size != "thumbnail" {
		return answer{status: http.StatusOK, body: raw, kind: p.Type}, nil
	}
	if p.Width*p.Height > maxDecoded {
		return answer{}, &apiError{status: http.StatusNotImplemented, message: "Images of more than 8 million pixels are not converted here."}
	}
	s.decoding.Lock()
	defer s.decoding.Unlock()
	return convert(raw, size == "thumbnail")
}

func convert(raw []byte, small bool) (answer, error) {
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return answer{}, &apiError{status: http.StatusUnprocessableEntity, message: "This image is damaged and cannot be converted"}
	}
	if small {
		img = shrink(img)
	}
	var out bytes.Buffer
	err = jpeg.Encode(&out, img, nil)
	return answer{status: http.StatusOK, body: out.Bytes(), kind: "image/jpeg"}, err
}

// shrink takes every n-th pixel, which is enough to tell images apart.
func shrink(img image.Image) image.Image {
	b := img.Bounds()
	step := max(1, (max(b.Dx(), b.Dy())+thumbnail-1)/thumbnail)
	out := image.NewRGBA(image.Rect(0, 0, (b.Dx()+step-1)/step, (b.Dy()+step-1)/step))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			out.Set(x, y, img.At(b.Min.X+x*step, b.Min.Y+y*step))
		}
	}
	return out
}
