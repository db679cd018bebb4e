package label

import (
	"errors"
	"fmt"
	"testing"

	"quittance/db/dbtest/noise"
)

// headers is how many headers are made up; the long run makes more.
var headers = 1_000_000

// TestMillionHeaders: whatever is sent, there are IDs or an *Error, and no panic; an ID that was read is read again as itself.
func TestMillionHeaders(t *testing.T) {
	const rows = 4
	for seed := range rows {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			source, read := noise.New(uint64(seed)), 0
			for i := range headers / rows {
				kind, values := kinds[i%len(kinds)], source.Header()
				ids, err := ParseHeader(kind, values)
				var fault *Error
				if err != nil && (!errors.As(err, &fault) || ids != nil) {
					t.Fatalf("%s %q: %v and error %#v", kind, values, ids, err)
				}
				for _, id := range ids {
					read++
					if id.IsZero() {
						t.Fatalf("%s %q has an ID that is none", kind, values)
					}
					if again, err := Parse(kind, id.String()); err != nil || again != id {
						t.Fatalf("%s %q: %q is read again as %v, %v", kind, values, id, again, err)
					}
				}
			}
			if read < headers/rows/20 {
				t.Errorf("only %d IDs came out of %d headers", read, headers/rows)
			}
		})
	}
}
