package watson

import (
	"archive/zip"
	"errors"
	"image"
	_ "image/gif" // the formats that count as images
	_ "image/jpeg"
	_ "image/png"
	"io"
	"math"
	"path"
	"slices"
	"strings"
	"unicode"

	"quittance/db"
)

// The bounds of images and of the archives that they come in. What an archive says of itself is not believed: bytes are counted while
// they are inflated, twice, as they are read.
const (
	maxImage     = 10 << 20   // bytes
	maxPixels    = 50_000_000 // whoever shows it must decode it
	maxEntries   = 10_000     // images of an archive
	maxDirectory = 4 << 20    // bytes of an archive's table of contents, which is read into memory
	maxRatio     = 10         // inflated bytes of an archive for each of its own
	maxInflated  = 200 << 20  // bytes that one request may inflate to
)

// picture is a file that was sent as an image. fault is why it is none, nil when it is.
type picture struct {
	db.Picture
	id    string
	open  func() (io.ReadCloser, error)
	fault *apiError
}

var (
	errDamaged   = bad("An archive is damaged or no zip archive")
	errEncrypted = bad("An archive holds encrypted files")
	errMethod    = bad("An archive is compressed in a way that is not supported: use stored or deflate")
	errNames     = bad("An archive holds a file whose name leads out of it")
	errEntries   = bad("An archive holds more than 10,000 files")
	errImageSize = bad("An image is larger than 10 MB")
	errInflates  = bad("An archive inflates to more than ten times its size, or to more than 200 MiB")
)

// viewer looks at what was sent and counts what it inflates to.
type viewer struct{ left int64 }

// look reads a file to its end. What is no image is told by its fault; err is for what the whole request is refused for.
func (v *viewer) look(p *picture, archive *int64) error {
	file, err := p.open()
	if err != nil {
		return inArchive(err)
	}
	defer file.Close()
	in := &counting{Reader: file, one: maxImage, all: []*int64{archive, &v.left}}
	conf, format, notImage := image.DecodeConfig(in)
	io.Copy(io.Discard, in)
	if in.err != nil {
		return inArchive(in.err)
	}
	p.Type, p.Width, p.Height, p.Bytes = "image/"+format, conf.Width, conf.Height, maxImage-in.one
	switch {
	case notImage != nil || conf.Width <= 0 || conf.Height <= 0:
		p.fault = &apiError{status: 400, message: "This is no JPEG, PNG or GIF image"}
	case conf.Width > maxPixels/conf.Height:
		p.fault = &apiError{status: 400, message: "This image has more than 50 million pixels"}
	}
	return nil
}

// inArchive keeps our own refusals and calls everything else that can be wrong with an archive by one name.
func inArchive(err error) error {
	var api *apiError
	switch {
	case errors.As(err, &api), isPath(err):
		return err
	case errors.Is(err, zip.ErrAlgorithm):
		return errMethod
	}
	return errDamaged
}

// counting is a reader that ends with an error when one file or all of them are too large.
type counting struct {
	io.Reader
	one int64 // bytes left
	all []*int64
	err error
}

// Read implements io.Reader.
func (c *counting) Read(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.Reader.Read(p)
	c.one -= int64(n)
	for _, left := range c.all {
		if *left -= int64(n); *left < 0 {
			err = errInflates
		}
	}
	if c.one < 0 {
		err = errImageSize
	}
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}

// isZip tells an archive by how it begins: with a file, or with the end where there is none (APPNOTE.TXT, sections 4.3.7 and 4.3.16).
func isZip(p part) bool {
	var head [4]byte
	n, _ := p.ReadAt(head[:], 0)
	return slices.ContainsFunc([]string{"PK\x03\x04", "PK\x05\x06"}, func(magic string) bool { return string(head[:n]) == magic })
}

// single is a file that came by itself.
func (v *viewer) single(p part) (picture, error) {
	pic := picture{Picture: db.Picture{File: p.file}, open: func() (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(p, 0, p.Size())), nil
	}}
	unbounded := int64(math.MaxInt64)
	return pic, v.look(&pic, &unbounded)
}

// archive looks at all files of a zip archive. None of them is ever written under its own name, and an archive within is a file like any
// other that is no image.
func (v *viewer) archive(p part) (out []picture, err error) {
	files, err := entries(p)
	if err != nil {
		return nil, err
	}
	left := min(maxRatio*p.Size(), maxInflated)
	for _, f := range files {
		pic := picture{Picture: db.Picture{File: plainName(f.Name), Archive: p.file}, open: f.Open}
		if err := v.look(&pic, &left); err != nil {
			return nil, err
		}
		out = append(out, pic)
	}
	return out, nil
}

// entries reads the table of contents, as far as it may be long, and leaves out what systems put there by themselves.
func entries(p part) ([]*zip.File, error) {
	table := &tableReader{ReaderAt: p, left: maxDirectory}
	z, err := zip.NewReader(table, p.Size())
	if table.left < 0 {
		return nil, errEntries
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, inArchive(err)
	}
	table.left = math.MaxInt64
	var out []*zip.File
	for _, f := range z.File {
		if err := entry(f); err != nil {
			return nil, err
		}
		if !byTheSystem(f.Name) {
			out = append(out, f)
		}
	}
	if len(out) > maxEntries {
		return nil, errEntries
	}
	return out, nil
}

// tableReader is a reader that ends when more was read than allowed.
type tableReader struct {
	io.ReaderAt
	left int64
}

// ReadAt implements io.ReaderAt.
func (b *tableReader) ReadAt(p []byte, at int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, errEntries
	}
	return b.ReaderAt.ReadAt(p, at)
}

func entry(f *zip.File) error {
	const encrypted = 1 // general purpose bit flag, bit 0 (APPNOTE.TXT, section 4.4.4)
	switch {
	case f.Flags&encrypted != 0:
		return errEncrypted
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return errMethod
	case leadsOut(f.Name):
		return errNames
	}
	return nil
}

// leadsOut tells names that would not lie below where an archive is unpacked. We unpack none; whoever sends such a name means no good.
func leadsOut(name string) bool {
	name = strings.ReplaceAll(name, `\`, "/")
	drive := len(name) > 1 && name[1] == ':'
	return name == "" || name[0] == '/' || drive || slices.Contains(strings.Split(name, "/"), "..") || strings.ContainsFunc(name, unicode.IsControl)
}

// byTheSystem tells folders and the files that macOS and Windows put beside images.
func byTheSystem(name string) bool {
	base := path.Base(name)
	return strings.HasSuffix(name, "/") || strings.HasPrefix(name, "__MACOSX/") || strings.HasPrefix(base, ".") ||
		strings.EqualFold(base, "Thumbs.db") || strings.EqualFold(base, "desktop.ini")
}

// images are those that are some.
func images(pics []picture) (out []picture, others int) {
	for _, p := range pics {
		if p.fault != nil {
			others++
			continue
		}
		out = append(out, p)
	}
	return out, others
}

// body reads a picture once more, for good.
func (p picture) body() ([]byte, error) {
	file, err := p.open()
	if err != nil {
		return nil, inArchive(err)
	}
	defer file.Close()
	body, err := p.Pack(file)
	if err != nil {
		return nil, inArchive(err)
	}
	if n, _ := file.Read(make([]byte, 1)); n > 0 {
		return nil, errDamaged
	}
	return body, nil
}
