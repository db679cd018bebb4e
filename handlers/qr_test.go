package handlers

import (
	"encoding/json"
	"image"
	"image/color"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/views"
)

// line is one step of the drawing: the beginning of a row, or a line after a gap.
var line = regexp.MustCompile(`M0 (\d+)\.5|m(\d+) 0h(\d+)`)

// photograph is a code as a reader of another house sees it: four points a module, black on white.
func photograph(t *testing.T, code views.QR) image.Image {
	t.Helper()
	const scale = 4
	img := image.NewGray(image.Rect(0, 0, code.Size*scale, code.Size*scale))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	if rest := line.ReplaceAllString(code.Path, ""); rest != "" {
		t.Fatalf("the drawing holds something else than lines: %.20q", rest)
	}
	var x, y int
	for _, m := range line.FindAllStringSubmatch(code.Path, -1) {
		if m[1] != "" {
			y, _ = strconv.Atoi(m[1])
			x = 0
			continue
		}
		gap, _ := strconv.Atoi(m[2])
		n, _ := strconv.Atoi(m[3])
		x += gap
		for i := range n * scale {
			for j := range scale {
				img.SetGray(x*scale+i, y*scale+j, color.Gray{})
			}
		}
		x += n
	}
	return img
}

func scanned(t *testing.T, code views.QR) string {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(photograph(t, code))
	if err != nil {
		t.Fatal(err)
	}
	// A drawing, not a photograph: the search for the corners of a tilted code misses an upright one now and then.
	read, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true})
	if err != nil {
		t.Fatal(err)
	}
	return read.GetText()
}

// A QR code holds the text that it was made of, to the character, as a reader that is not ours sees it; there is none of what is too long.
func TestQR(t *testing.T) {
	head := "quittance-1b5c9a02\n1042\nn1R9k0YtC0mQ2uY0yB0m8Cw1XnGq7fYx1b2v3c4d5e6=\n\n"
	signature := "— quittance-1b5c9a02 5Xr2aQ9bJ8mZc1VwKt0pLhGfDsAzXcVbNmQwErTyUiOp5Xr2aQ9bJ8mZc1VwKt0pLhGfDsAzXcVbNmQwErTyUiOp4y4tZw==\n"
	for n, text := range []string{head, head + signature, head + signature + signature, head + strings.Repeat(signature, 8)} {
		code := qrOf(text)
		if got := scanned(t, code); got != text {
			t.Errorf("%d: %q, want %q", n, got, text)
		}
		if !strings.HasPrefix(code.Path, "M0 4.5m4 0h7") {
			t.Errorf("%d: the drawing begins with %.12s: the quiet zone has four modules", n, code.Path)
		}
	}
	if code := qrOf(strings.Repeat("x", 3000)); code.Path != "" {
		t.Error("a code of what no code can hold")
	}
}

// drawn are the lines of the code on a page, and the size of its box.
var drawn = regexp.MustCompile(`<svg class="qr" viewBox="0 0 (\d+) \d+" role="img" aria-label="[^"]+" shape-rendering="crispEdges"><rect width="100%" height="100%" fill="#fff"></rect>\s*<path d="([^"]*)" stroke="#000"`)

// The code on the page of a receipt holds the checkpoint that the receipt's file holds, with its signature.
func TestReceiptPageShowsItsCheckpoint(t *testing.T) {
	h := openHouse(t, nil)
	v := dbtest.Service(t, h.store, "support-bot")
	dbtest.Ingest(t, h.store, dbtest.Message(t, v.Number, h.store.Now(), "hello", "cust_8842"))
	_, err := h.store.AcceptErasure(t.Context(), audit.ActorOf("key", 1), v.Number, dbtest.ID(t, "cust_8842"))
	if err == nil {
		_, err = erasure.NewRunner(h.store, orDiscard(nil)).Run(t.Context(), true)
	}
	if err != nil {
		t.Fatal(err)
	}
	b := h.signIn(db.RoleAuditor)
	var file audit.Receipt
	if err := json.Unmarshal([]byte(b.get("/erasures/1/receipt.json").wants(t, 200).body), &file); err != nil {
		t.Fatal(err)
	}
	found := drawn.FindStringSubmatch(b.get("/erasures/1/receipt").wants(t, 200, audit.Commitment(file.Body), file.Proof[0].String()).body)
	if found == nil {
		t.Fatal("there is no code on the page")
	}
	size, _ := strconv.Atoi(found[1])
	if got := scanned(t, views.QR{Size: size, Path: found[2]}); got != file.Checkpoint {
		t.Errorf("the code holds %q, the file %q", got, file.Checkpoint)
	}
}
