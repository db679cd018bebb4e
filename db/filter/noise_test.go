package filter

import (
	"errors"
	"fmt"
	"testing"

	"quittance/db/dbtest/noise"
)

// filters is how many filters are made up; the long run makes more.
var filters = 1_000_000

// TestMillionFilters: whatever is sent, there is a query or an *Error with its place, and no panic; a query is made of the known words and can be
// asked of any record.
func TestMillionFilters(t *testing.T) {
	const rows = 4
	for seed := range rows {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			source := noise.New(uint64(seed))
			queries := 0
			for range filters / rows {
				text := source.Filter()
				if try(t, text) {
					queries++
				}
			}
			if share := float64(queries) / float64(filters/rows); share < .05 || share > .5 {
				t.Errorf("%.2f of the filters are right: too many or too few to try both", share)
			}
		})
	}
}

func try(t fataler, text string) (query bool) {
	e, err := Parse(text)
	var q *Query
	if err == nil {
		q, err = Compile(e, fields)
	}
	if err != nil {
		var fault *Error
		if !errors.As(err, &fault) || fault.Pos < 0 || fault.Pos > len(text) {
			t.Fatalf("%q: error %#v", text, err)
		}
		return false
	}
	ask(t, e, q)
	return true
}
