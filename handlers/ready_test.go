package handlers

import (
	"io"
	"net/http"
	"testing"
)

// A low disk is told, with 200: a balancer that takes the server out would keep deletions from it.
func TestReadyOnALowDisk(t *testing.T) {
	h := openHouse(t, nil)
	for _, tt := range []struct {
		low  int64
		want string
	}{{0, "ready\n"}, {1 << 62, "ready, but too little of the disk is free: nothing more is taken in\n"}} {
		h.store.SetLowWater(tt.low)
		res, err := http.Get(h.url + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK || string(body) != tt.want {
			t.Errorf("low water %d: %s %q %v", tt.low, res.Status, body, err)
		}
	}
}
