package handlers

// Forms with files in stories.

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strconv"
	"strings"
)

// boundary stands between the parts of every form with files.
const boundary = "story"

// add puts one part into the form, in the way of IBM's clients: a part that is no file has no type.
func (s *story) add(field, file string, body []byte) error {
	a := s.asked
	if a.parts == nil {
		a.parts = new(strings.Builder)
		a.header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
	}
	disposition := fmt.Sprintf("form-data; name=%q", field)
	if file != "" {
		disposition += fmt.Sprintf("; filename=%q\r\nContent-Type: application/octet-stream", file)
	}
	fmt.Fprintf(a.parts, "--%s\r\nContent-Disposition: %s\r\n\r\n%s\r\n", boundary, disposition, body)
	a.body = a.parts.String() + "--" + boundary + "--\r\n"
	return nil
}

func (s *story) addPart(rest string) error {
	name, value, _ := strings.Cut(rest, "=")
	return s.add(name, "", []byte(value))
}

func (s *story) addPicture(rest string) error {
	w := strings.Fields(rest)
	if len(w) != 2 {
		return errors.New("a picture is written: picture FIELD FILE")
	}
	body, err := drawing(0)
	return errors.Join(err, s.add(w[0], w[1], body))
}

func (s *story) addAlbum(rest string) error {
	w := strings.Fields(rest)
	if len(w) != 3 {
		return errors.New("an album is written: album FIELD FILE NUMBER")
	}
	n, err := strconv.Atoi(w[2])
	if err != nil {
		return err
	}
	body, err := album(n)
	return errors.Join(err, s.add(w[0], w[1], body))
}

// addText puts a text file into the form: text FIELD FILE CONTENT.
func (s *story) addText(rest string) error {
	w := strings.SplitN(rest, " ", 3)
	if len(w) != 3 {
		return errors.New("a text is written: text FIELD FILE CONTENT")
	}
	return s.add(w[0], w[1], []byte(w[2]))
}

// album is an archive of so many images.
func album(n int) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := range n {
		body, drawn := drawing(i)
		f, err := z.Create(fmt.Sprint(i, ".png"))
		if err == nil {
			_, err = f.Write(body)
		}
		if err := errors.Join(err, drawn); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return out.Bytes(), err
}

// curled is the form that curl makes of its options: name=value, or name=@file with an archive or an image.
func curled(options []string) (kind, body string, err error) {
	s := &story{asked: &asked{header: http.Header{}}}
	for _, o := range options {
		name, value, _ := strings.Cut(o, "=")
		content, file := []byte(value), ""
		if strings.HasPrefix(value, "@") {
			file = value[1:]
		}
		switch {
		case strings.HasSuffix(file, ".zip"):
			content, err = album(10)
		case strings.HasSuffix(file, ".html"):
			content = []byte("<p>a file</p>")
		case file != "":
			content, err = drawing(0)
		}
		if err := errors.Join(err, s.add(name, file, content)); err != nil {
			return "", "", err
		}
	}
	return s.asked.header.Get("Content-Type"), s.asked.body, nil
}

// drawing is a small image, unlike the others of its album.
func drawing(n int) ([]byte, error) {
	img := image.NewGray(image.Rect(0, 0, 8, 6))
	img.SetGray(n%8, n/8%6, color.Gray{uint8(255 - n)})
	var out bytes.Buffer
	err := png.Encode(&out, img)
	return out.Bytes(), err
}
