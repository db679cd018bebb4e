package watson

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"quittance/db"
)

// zeros is a deflated run of zeros, as a bomb is made of.
func zeros(t testing.TB, n int64) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	io.CopyN(w, zeroReader{}, n)
	w.Close()
	return out.Bytes()
}

type zeroReader struct{}

// Read implements io.Reader.
func (zeroReader) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// crafted makes an archive of one file whose header says what it likes.
func crafted(t testing.TB, h zip.FileHeader, body []byte, beside ...file) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	h.CompressedSize64 = uint64(len(body))
	w, err := z.CreateRaw(&h)
	if err == nil {
		_, err = w.Write(body)
	}
	for _, f := range beside {
		if w, err = z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Store}); err == nil {
			_, err = w.Write(f.body)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	z.Close()
	return out.Bytes()
}

// overlapping is an archive whose table of contents names one file many times (D. Fifield, "A better zip bomb", 2019).
func overlapping(t testing.TB, times int, n int64) []byte {
	t.Helper()
	one := crafted(t, zip.FileHeader{Name: "b", Method: zip.Deflate, UncompressedSize64: uint64(n)}, zeros(t, n), file{name: "pad", body: make([]byte, 64<<10)})
	table, end := bytes.Index(one, []byte("PK\x01\x02")), bytes.Index(one, []byte("PK\x05\x06"))
	entry := one[table : table+46+1+int(binary.LittleEndian.Uint16(one[table+30:]))]
	out := append(bytes.Clone(one[:table]), bytes.Repeat(entry, times)...)
	tail := bytes.Clone(one[end:])
	binary.LittleEndian.PutUint16(tail[8:], uint16(times))
	binary.LittleEndian.PutUint16(tail[10:], uint16(times))
	binary.LittleEndian.PutUint32(tail[12:], uint32(times*len(entry)))
	return append(out, tail...)
}

// pixels is a PNG that says how large it is and holds nothing.
func pixels(w, h uint32) []byte {
	head := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
	ihdr := append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), w), h), 8, 2, 0, 0, 0)
	return binary.BigEndian.AppendUint32(append(head[:12], ihdr...), crc32.ChecksumIEEE(ihdr))
}

// TestBadUploads: what is no set of training images is refused in whole, with a sentence, and leaves nothing behind.
func TestBadUploads(t *testing.T) {
	g := openGallery(t)
	at := "/v4/collections/" + gets[Collection](g, 200, "POST /v4/collections"+versionV4, `{}`, nil).CollectionID
	v3, v4 := "POST /v3/classifiers"+versionV3, "POST "+at+"/images"+versionV4
	name, noise := file{"name", "-", "", []byte("Dogs")}, make([]byte, 11<<20)
	rand.NewChaCha8([32]byte{}).Read(noise)
	examples := func(body []byte) file { return file{"a_positive_examples", "_", octets, body} }
	good := examples(album(t, 0, 10))
	many := func(n int) (files []file) {
		for i := range n {
			files = append(files, file{name: fmt.Sprint(i, ".png"), body: drawn(t, i, "png")})
		}
		return files
	}
	damaged := album(t, 0, 10)
	damaged[60] ^= 0xff
	ten := many(10)
	for _, tt := range []struct {
		name, line string
		files      []file
		want       int
		says       string
	}{
		{"no name", v3, []file{good}, 400, "name is required"},
		{"blank name", v3, []file{{"name", "-", "", []byte(" ")}, good}, 400, "name is required"},
		{"two names", v3, []file{name, name, good}, 400, "more than once"},
		{"long name", v3, []file{{"name", "-", "", []byte(strings.Repeat("a", 257))}, good}, 400, "256 characters"},
		{"name with a bell", v3, []file{{"name", "-", "", []byte("a\a")}, good}, 400, "control"},
		{"name in Latin-1", v3, []file{{"name", "-", "", []byte("M\xfcller")}, good}, 400, "UTF-8"},
		{"no examples", v3, []file{name}, 400, "is required"},
		{"only negative examples", v3, []file{name, {"negative_examples", "n.zip", "", album(t, 0, 10)}}, 400, "is required"},
		{"nine images", v3, []file{name, examples(album(t, 0, 9))}, 400, "at least 10"},
		{"nine images and a text", v3, []file{name, examples(album(t, 0, 9, file{name: "x.png", body: []byte("hello")}))}, 400, "at least 10"},
		{"nine negative images", v3, []file{name, good, {"negative_examples", "n.zip", "", album(t, 0, 9)}}, 400, "at least 10"},
		{"class with a slash", v3, []file{name, {"a/b_positive_examples", "_", "", album(t, 0, 10)}}, 400, "name of a class"},
		{"class without a name", v3, []file{name, {"_positive_examples", "_", "", album(t, 0, 10)}}, 400, "name of a class"},
		{"an image in the place of an archive", v3, []file{name, examples(drawn(t, 1, "png"))}, 400, "no zip archive"},
		{"an empty archive", v3, []file{name, examples(nil)}, 400, "no zip archive"},
		{"half an archive", v3, []file{name, examples(album(t, 0, 10)[:500])}, 400, "no zip archive"},
		{"a damaged image in an archive", v3, []file{name, examples(damaged)}, 400, "damaged"},
		{"a file in an unknown field", v3, []file{name, good, {"dogs", "dogs.zip", "", nil}}, 400, "does not know"},
		{"a long text", v3, []file{name, good, {"x", "-", "", bytes.Repeat([]byte("a"), maxText+1)}}, 400, "64 KiB"},
		{"too many parts", v3, func() (all []file) {
			for range maxParts + 1 {
				all = append(all, file{"x", "-", "", nil})
			}
			return all
		}(), 400, "too many parts"},

		{"a name that leads out", v3, []file{name, examples(album(t, 0, 10, file{name: "../../etc/x.png", body: drawn(t, 1, "png")}))}, 400, "leads out"},
		{"an absolute name", v3, []file{name, examples(album(t, 0, 10, file{name: "/x.png"}))}, 400, "leads out"},
		{"a name with a drive", v3, []file{name, examples(album(t, 0, 10, file{name: `C:\x.png`}))}, 400, "leads out"},
		{"a name that leads out, Windows", v3, []file{name, examples(album(t, 0, 10, file{name: `a\..\..\x.png`}))}, 400, "leads out"},
		{"encrypted", v3, []file{name, examples(crafted(t, zip.FileHeader{Name: "a.png", Flags: 1}, []byte("x"), ten...))}, 400, "encrypted"},
		{"LZMA", v3, []file{name, examples(crafted(t, zip.FileHeader{Name: "a.png", Method: 14}, []byte("x"), ten...))}, 400, "not supported"},
		{"a bomb", v3, []file{name, examples(zipped(t, append(many(10), file{name: "b", body: make([]byte, 9<<20)})...))}, 400, "inflates"},
		{"a bomb that lies about its size", v3, []file{name, examples(crafted(t, zip.FileHeader{Name: "b", Method: zip.Deflate, UncompressedSize64: 70}, zeros(t, 300<<20), ten...))}, 400, "damaged"},
		{"a bomb that does not", v3, []file{name, examples(crafted(t, zip.FileHeader{Name: "b", Method: zip.Deflate, UncompressedSize64: 300 << 20}, zeros(t, 300<<20), ten...))}, 400, "inflates"},
		{"a bomb of one file many times", v3, []file{name, examples(overlapping(t, 200, 9<<20))}, 400, "inflates"},
		{"a large image", v3, []file{name, examples(crafted(t, zip.FileHeader{Name: "b", Method: zip.Store, UncompressedSize64: uint64(len(noise))}, noise, ten...))}, 400, "10 MB"},
		{"10,001 files", v3, []file{name, examples(zipped(t, many(10_001)...))}, 400, "10,000"},
		{"a million names", v3, []file{name, examples(zipped(t, func() (all []file) {
			for i := range 60_000 {
				all = append(all, file{name: fmt.Sprint(strings.Repeat("d", 30), "/", i, "/")})
			}
			return all
		}()...))}, 400, "10,000"},

		{"no images", v4, []file{{"x", "-", "", nil}}, 400, "missing_field"},
		{"21 images", v4, func() (all []file) {
			for range 21 {
				all = append(all, file{imagesField, "a.png", "", drawn(t, 1, "png")})
			}
			return all
		}(), 400, "At most 20"},
		{"an image of 11 MB", v4, []file{{imagesField, "a.png", "", append(drawn(t, 1, "png"), noise...)}}, 400, "10 MB"},
		{"no collection", "POST /v4/collections/none/images" + versionV4, []file{{imagesField, "a.png", "", drawn(t, 1, "png")}}, 404, "collection_id"},
		{"training data that is none", v4, []file{{imagesField, "a.png", "", drawn(t, 1, "png")}, {trainingField, "-", "", []byte(`[1]`)}}, 400, "training_data"},
		{"training data outside", v4, []file{{imagesField, "a.png", "", drawn(t, 1, "png")}, {trainingField, "-", "", []byte(`{"objects":[{"object":"a","location":{"top":-1,"left":0,"width":1,"height":1}}]}`)}}, 400, "rectangle"},
	} {
		before, err := g.store.Seq(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		status, body := g.ask(tt.line, "", nil, tt.files...)
		if status != tt.want || !strings.Contains(body, tt.says) {
			t.Errorf("%s: %d %s, want %d %q", tt.name, status, body, tt.want, tt.says)
		}
		if after, err := g.store.Seq(t.Context()); after != before || err != nil {
			t.Errorf("%s leaves something behind, %v", tt.name, err)
		}
	}
	added := gets[ImageDetailsList](g, 200, v4, "", nil, file{imagesField, "a.png", "", pixels(10_000, 10_000)}, file{imagesField, "b.png", "", nil}, file{imagesField, "c.jpg", "", []byte("\xff\xd8\xff\xe0")})
	for i, says := range []string{"50 million", "no JPEG", "no JPEG"} {
		if e := added.Images[i].Errors; len(e) != 1 || !strings.Contains(e[0].Message, says) {
			t.Errorf("image %d: %+v", i, e)
		}
	}
	if g.log.Len() > 0 {
		t.Errorf("something went wrong inside: %s", g.log)
	}
}

// TestBadCalls: refusals of the calls that bring no files.
func TestBadCalls(t *testing.T) {
	g := openGallery(t)
	at := "/v4/collections/" + gets[Collection](g, 200, "POST /v4/collections"+versionV4, `{}`, nil).CollectionID
	for _, tt := range []struct {
		line, body, header string
		want               int
		says               string
	}{
		{"POST /v4/collections" + versionV4, `{"name":"a b"}`, jsonHeader, 400, `"target":{"type":"field","name":"name"}`},
		{"POST /v4/collections" + versionV4, `{"name":"sys-a"}`, jsonHeader, 400, "sys-"},
		{"POST /v4/collections" + versionV4, `{"name":1}`, jsonHeader, 400, `"name":"name"`},
		{"POST /v4/collections" + versionV4, `{"description":"a\u0000"}`, jsonHeader, 400, "control"},
		{"POST /v4/collections" + versionV4, `{`, jsonHeader, 400, "not whole"},
		{"POST /v4/collections", `{}`, jsonHeader, 400, `"target":{"type":"parameter","name":"version"}`},
		{"POST /v4/collections" + versionV4, `{}`, labelled("a-b"), 400, `"code":"invalid_header"`},
		{"POST " + at + versionV4, `{}`, labelled("a-b"), 400, `"target":{"type":"header","name":"X-Watson-Metadata"}`},
		{"GET " + at + "%2F" + versionV4, ``, jsonHeader, 400, `"name":"collection_id"`},
		{"PUT " + at + versionV4, ``, jsonHeader, 405, `"code":"invalid_method"`},
		{"GET /v4/collections/none" + versionV4, ``, jsonHeader, 404, "There is no collection of this ID"},
		{"POST /v4/collections/none/train" + versionV4, ``, jsonHeader, 404, "There is no collection of this ID"},
		{"DELETE /v4/collections/none" + versionV4, ``, jsonHeader, 404, "There is no collection of this ID"},
		{"POST " + at + "/images/none/training_data" + versionV4, `{}`, jsonHeader, 404, "There is no image of this ID"},
		{"POST " + at + "/images/none/training_data" + versionV4, `{"objects":[{"object":""}]}`, jsonHeader, 400, "objects.object"},
		{"DELETE " + at + "/images/none" + versionV4, ``, jsonHeader, 404, "There is no image of this ID"},
		{"GET " + at + "/images/none/jpeg" + versionV4 + "&size=huge", ``, jsonHeader, 400, `"name":"size"`},
		{"POST " + at + "/images" + versionV4, `{}`, jsonHeader, 415, "multipart"},
		{"POST " + at + "/images" + versionV4, `x`, "Content-Type: multipart/form-data", 415, "multipart"},
		{"POST " + at + "/images" + versionV4, "--a\r\n", "Content-Type: multipart/form-data; boundary=a", 400, "ended"},
		{"DELETE /v3/classifiers/none" + versionV3, ``, jsonHeader, 404, `"code":404`},
		{"GET /v3/classifiers" + versionV3 + "&verbose=yes", ``, jsonHeader, 400, "true or false"},
		{"POST /v3/classifiers" + versionV3, `{}`, jsonHeader, 415, `"error_id":"input_error"`},
	} {
		if status, body := g.ask(tt.line, tt.body, []string{tt.header}); status != tt.want || !strings.Contains(body, tt.says) {
			t.Errorf("%s %s: %d %s, want %d %q", tt.line, tt.body, status, body, tt.want, tt.says)
		}
	}
}

// TestTruncatedUpload: a body that ends too early stores nothing, wherever it ends.
func TestTruncatedUpload(t *testing.T) {
	g := openGallery(t)
	text, kind := form(t, file{"name", "-", "", []byte("Dogs")}, file{"a_positive_examples", "_", octets, album(t, 0, 10)})
	before, _ := g.store.Seq(t.Context())
	for n := 0; n < len(text); n += 97 {
		status, body := g.ask("POST /v3/classifiers"+versionV3, text[:n], []string{"Content-Type: " + kind})
		if status != 400 {
			t.Fatalf("%d of %d bytes: %d %s", n, len(text), status, body)
		}
	}
	if after, err := g.store.Seq(t.Context()); after != before || err != nil {
		t.Errorf("something was stored, %v", err)
	}
}

// TestManyImages: an archive may hold 10,000 images.
func TestManyImages(t *testing.T) {
	g := openGallery(t)
	made := gets[Classifier](g, 200, "POST /v3/classifiers"+versionV3, "", []string{labelled("abc")}, file{"name", "-", "", []byte("Dogs")}, file{"a_positive_examples", "_", octets, album(t, 0, maxEntries)})
	if n := g.stored("abc"); n[db.Image] != maxEntries || made.Status != "ready" {
		t.Errorf("%v %+v", n, made)
	}
	gets[struct{}](g, 200, "DELETE /v3/classifiers/"+made.ClassifierID+versionV3, "", nil)
	if n := g.stored("abc"); len(n) > 0 {
		t.Errorf("left: %v", n)
	}
}

// TestUploadsAreBounded: one key has a few uploads at a time; the next is told when to come again.
func TestUploadsAreBounded(t *testing.T) {
	g := openGallery(t)
	text, kind := form(t, file{"name", "-", "", []byte("Dogs")}, file{"a_positive_examples", "_", octets, album(t, 0, 10)})
	line := "POST " + g.at + "/v3/classifiers" + versionV3
	type held struct {
		body   *io.PipeWriter
		answer chan int
	}
	var open []held
	for range uploadsOfKey {
		r, w := io.Pipe()
		reading, answer := make(chan struct{}), make(chan int, 1)
		trace := &httptrace.ClientTrace{Got100Continue: func() { close(reading) }}
		req := g.request(ask{line: line, key: "visual", header: []string{"Expect: 100-continue", "Content-Type: " + kind}})
		req = req.WithContext(httptrace.WithClientTrace(t.Context(), trace))
		req.Body, req.ContentLength = r, -1
		client := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute}}
		go func() {
			status := 0
			if res, err := client.Do(req); err == nil {
				res.Body.Close()
				status = res.StatusCode
			}
			answer <- status
		}()
		<-reading // it has its place
		open = append(open, held{w, answer})
	}
	status, body, head := g.send("POST /v3/classifiers"+versionV3, text, []string{"Content-Type: " + kind})
	if status != 429 || head.Get("Retry-After") == "" {
		t.Errorf("one more: %d %s", status, body)
	}
	for _, h := range open {
		io.WriteString(h.body, text)
		h.body.Close()
		if got := <-h.answer; got != 200 {
			t.Errorf("one that waited: %d", got)
		}
	}
	if status, text := g.ask("POST /v3/classifiers"+versionV3, text, []string{"Content-Type: " + kind}); status != 200 {
		t.Errorf("afterwards: %d %s", status, text)
	}
}

// TestUploadMemory: an archive of nearly 100 MB passes through without being held in memory.
func TestUploadMemory(t *testing.T) {
	g := openGallery(t)
	r, w := io.Pipe()
	form := multipart.NewWriter(w)
	go func() {
		p, _ := form.CreateFormField("name")
		io.WriteString(p, "Dogs")
		p, _ = form.CreateFormFile("a_positive_examples", "_")
		z, tail := zip.NewWriter(p), make([]byte, 1<<20)
		rand.NewChaCha8([32]byte{1}).Read(tail)
		for i := range 95 {
			f, _ := z.CreateHeader(&zip.FileHeader{Name: fmt.Sprint(i, ".png"), Method: zip.Store})
			f.Write(drawn(t, i, "png"))
			f.Write(tail)
		}
		z.Close()
		form.Close()
		w.Close()
	}()
	var peak atomic.Uint64
	stop, stopped := make(chan struct{}), make(chan struct{})
	runtime.GC()
	var begin runtime.MemStats
	runtime.ReadMemStats(&begin)
	go func() {
		defer close(stopped)
		for tick := time.NewTicker(5 * time.Millisecond); ; {
			select {
			case <-stop:
				return
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak.Store(max(peak.Load(), m.HeapAlloc))
			}
		}
	}()
	req := g.request(ask{line: "POST " + g.at + "/v3/classifiers" + versionV3, key: "visual", header: []string{"Content-Type: " + form.FormDataContentType(), labelled("abc")}})
	req.Body, req.ContentLength = r, -1
	res, err := g.server.Client().Do(req)
	close(stop)
	<-stopped
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if n := g.stored("abc"); res.StatusCode != 200 || n[db.Image] != 95 {
		t.Errorf("%d, %v", res.StatusCode, n)
	}
	grown := int64(peak.Load()-min(peak.Load(), begin.HeapAlloc)) >> 20
	t.Logf("memory grew by %d MiB for an archive of 95 MiB", grown)
	if grown > 60 {
		t.Errorf("memory grew by %d MiB", grown)
	}
}

// TestLargeUpload: a body above the bound is refused.
func TestLargeUpload(t *testing.T) {
	g := openGallery(t)
	text, kind := form(t, file{imagesField, "a.png", "", []byte("MARK")})
	head, tail, _ := strings.Cut(text, "MARK")
	req := g.request(ask{line: "POST " + g.at + "/v4/collections/c/images" + versionV4, key: "visual", header: []string{"Content-Type: " + kind}})
	req.Body, req.ContentLength = io.NopCloser(io.MultiReader(strings.NewReader(head), io.LimitReader(zeroReader{}, maxUpload), strings.NewReader(tail))), -1
	res, err := g.server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("%d", res.StatusCode)
	}
}

// patient is an answer that remembers how long its connection may take.
type patient struct {
	*httptest.ResponseRecorder
	read, write time.Time
}

// SetReadDeadline is what http.ResponseController looks for.
func (p *patient) SetReadDeadline(t time.Time) error { p.read = t; return nil }

// SetWriteDeadline is what http.ResponseController looks for.
func (p *patient) SetWriteDeadline(t time.Time) error { p.write = t; return nil }

// TestUploadTime: an upload has more time than the server gives to anything else, and the others keep theirs.
func TestUploadTime(t *testing.T) {
	g := openGallery(t)
	for line, want := range map[string]bool{"/v3/classifiers" + versionV3: true, "/v4/collections/c/images" + versionV4: true, "/v4/collections" + versionV4: false} {
		r := httptest.NewRequest("POST", g.at+line, strings.NewReader("{}"))
		r.SetBasicAuth("apikey", "visual")
		w := &patient{ResponseRecorder: httptest.NewRecorder()}
		began := time.Now()
		g.server.Config.Handler.ServeHTTP(w, r)
		if long := w.read.Sub(began) >= uploadTime && w.write.After(w.read); long != want || w.read.IsZero() == want {
			t.Errorf("%s: read until %v, write until %v", line, w.read, w.write)
		}
	}
}

// TestFullDisk: an upload for which there is no room is answered as such, in the shape of its version.
func TestFullDisk(t *testing.T) {
	err := cutShort(errors.Join(db.ErrFull, &fs.PathError{Op: "write", Path: "upload-1", Err: syscall.ENOSPC}))
	c := &call{Request: httptest.NewRequest("POST", "/", nil)}
	if e := c.classify(err); e.status != http.StatusInsufficientStorage {
		t.Errorf("%d %s", e.status, e.message)
	}
	if e := c.classify(cutShort(&fs.PathError{Op: "write", Path: "upload-1", Err: syscall.EIO})); e.status != http.StatusServiceUnavailable {
		t.Errorf("a broken disk: %d %s", e.status, e.message)
	}
}
