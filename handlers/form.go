package handlers

import (
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"slices"
	"strconv"
	"time"

	"quittance/db"
)

// pathNumber reads a number of the path. What is no number names nothing.
func pathNumber(r *http.Request, name string) (int64, error) {
	n, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil || n <= 0 {
		return 0, db.ErrNotFound
	}
	return n, nil
}

// pathPart reads which part of which erasure an address names.
func pathPart(r *http.Request) (number, service int64, err error) {
	if number, err = pathNumber(r, "number"); err == nil {
		service, err = pathNumber(r, "service")
	}
	return number, service, err
}

// before reads the number after which a list goes on; 0 is its beginning.
func before(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// placeText is a position in a list of records as it stands in an address: a time and a number, nothing of the person.
func placeText(p db.Place) string {
	raw := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(p.Time)), uint64(p.Seq))
	return base64.RawURLEncoding.EncodeToString(raw)
}

func placeOf(text string) db.Place {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) != 16 {
		return db.Place{}
	}
	return db.Place{Time: int64(binary.BigEndian.Uint64(raw)), Seq: int64(binary.BigEndian.Uint64(raw[8:]))}
}

// numbers reads the values of a repeated query parameter that are numbers, each once.
func numbers(values []string) []int64 {
	var out []int64
	for _, v := range values {
		if n, err := strconv.ParseInt(v, 10, 64); err == nil && n > 0 && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// midnight is the beginning of a day, some days ago, for this person.
func midnight(r *http.Request, now time.Time, daysAgo int) time.Time {
	y, m, d := now.In(zoneOf(r)).Date()
	return time.Date(y, m, d-daysAgo, 0, 0, 0, 0, zoneOf(r))
}
