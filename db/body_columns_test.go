package db

import (
	"bytes"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestBodyWithoutColumns: whatever stands in body and columns, the body comes back byte for byte, and what a column holds is not stored in it again.
func TestBodyWithoutColumns(t *testing.T) {
	r := NewRecord{Text: "where is my parcel", Session: "0b7e3c1e-session", Container: "a-container", Time: time.UnixMilli(1700000000123), Answered: time.UnixMilli(1700000000456)}
	r.Body = []byte(`{"text":"where is my parcel","session":["0b7e3c1e-session","0b7e3c1e-session"],"container":"a-container","at":"2023-11-14T22:13:20.123Z","to":"2023-11-14T22:13:20.456Z"}`)
	rest, ok := takeOut(r.Body, r.columns())
	if want := `{"text":"` + "\x01" + `","session":["` + "\x02\",\"\x02" + `"],"container":"` + "\x03" + `","at":"` + "\x04" + `","to":"` + "\x05" + `"}`; !ok || string(rest) != want {
		t.Errorf("%q", rest)
	}
	rapid.Check(t, func(t *rapid.T) {
		few := rapid.StringOfN(rapid.RuneFrom([]rune("ab\"\\\x01\x02\x03\x00é")), 0, 12, -1)
		columns := []string{few.Draw(t, "text"), few.Draw(t, "session"), few.Draw(t, "container")}
		body := []byte(rapid.StringOfN(rapid.RuneFrom([]rune("ab\"\\\x01\x02\x03\x00é")), 0, 60, -1).Draw(t, "body"))
		for _, c := range columns {
			body = append(append(body, c...), 'a')
		}
		got, err := unpackBody(packBody(bytes.Clone(body), columns), columns)
		if err != nil || !bytes.Equal(got, body) {
			t.Fatalf("%q came back as %q, %v", body, got, err)
		}
	})
}
