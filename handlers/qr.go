package handlers

import (
	"strconv"
	"strings"

	"rsc.io/qr"

	"quittance/views"
)

// quiet is the margin around a QR code in modules (ISO/IEC 18004, section 6.3.8).
const quiet = 4

// qrOf draws a text as a QR code. It can lose 15 of 100 code words to a fold or a stain. There is none of a text that is too long for one, about
// 2 kB: a checkpoint has 200 bytes and 150 more for each further signature.
func qrOf(text string) views.QR {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return views.QR{}
	}
	var path strings.Builder
	for y := range code.Size {
		path.WriteString("M0 " + strconv.Itoa(y+quiet) + ".5")
		pen := -quiet
		for x := 0; x < code.Size; x++ {
			from := x
			for code.Black(x, y) {
				x++
			}
			if x > from { // from where the last line ended: half as long on the wire as places on the sheet
				path.WriteString("m" + strconv.Itoa(from-pen) + " 0h" + strconv.Itoa(x-from))
				pen = x
			}
		}
	}
	return views.QR{Size: code.Size + 2*quiet, Path: path.String()}
}
