package audit

import (
	"bytes"
	"cmp"
	"container/heap"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
)

// A sample of requests is drawn so that whoever is shown it can draw it again, and nobody could have chosen it:
//
//  1. The entry sample.committed fixes the frame (the requests that entries "from" to "to" of the trail name, "frame" in number, and the SHA-256
//     of their numbers), how many are drawn ("sample"), the root of the trail at that moment, and the SHA-256 of a seed of 32 random bytes.
//  2. Whoever asked adds a word of their own, dice if they like, which the house could not know in step 1. Only its SHA-256 is kept.
//  3. The entry sample.drawn reveals the seed. The rank of request n is SHA-256 over the text "SEED WORD n" (seed and hash of the word in hex, n in
//     decimal, one blank between them); the requests of the lowest ranks are the sample.
//
// In a shell: while read n; do printf '%s %s %d' $SEED $WORD $n | sha256sum | sed "s/-/$n/"; done < frame.txt | sort | head -$SIZE
type rank struct {
	sum    [sha256.Size]byte
	number int64
}

func (a rank) compare(b rank) int {
	return cmp.Or(bytes.Compare(a.sum[:], b.sum[:]), cmp.Compare(a.number, b.number))
}

// Draw gives the numbers of a sample in ascending order. seed and word are in hex; memory grows with size alone.
func Draw(seed, word string, size int, frame []int64) []int64 {
	var best ranks
	for _, n := range frame {
		r := rank{sha256.Sum256([]byte(seed + " " + word + " " + strconv.FormatInt(n, 10))), n}
		if len(best) == size && (size == 0 || r.compare(best[0]) >= 0) {
			continue
		}
		if heap.Push(&best, r); len(best) > size {
			heap.Pop(&best)
		}
	}
	out := make([]int64, len(best))
	for i, r := range best {
		out[i] = r.number
	}
	slices.Sort(out)
	return out
}

// ranks is a heap with the highest rank on top.
type ranks []rank

func (r ranks) Len() int           { return len(r) }
func (r ranks) Less(i, j int) bool { return r[i].compare(r[j]) > 0 }
func (r ranks) Swap(i, j int)      { r[i], r[j] = r[j], r[i] }

// Push implements heap.Interface.
func (r *ranks) Push(v any) { *r = append(*r, v.(rank)) }

// Pop implements heap.Interface.
func (r *ranks) Pop() any {
	last := (*r)[len(*r)-1]
	*r = (*r)[:len(*r)-1]
	return last
}

// FrameText is a frame as it is hashed and as a file: each number in decimal on a line of its own.
func FrameText(frame []int64) []byte {
	var b []byte
	for _, n := range frame {
		b = append(strconv.AppendInt(b, n, 10), '\n')
	}
	return b
}

// SampleKinds are the requests that a frame can hold, each with the events that name them.
var SampleKinds = map[string][]Event{
	"all":       {ErasureProposed, ErasureAccepted},
	"done":      {ErasureDone},
	"refused":   {ErasureRefused},
	"withdrawn": {ErasureWithdrawn},
	"partial":   {ErasurePartial},
}

// SeedHash is the commitment to a seed in hex: SHA-256 over its bytes.
func SeedHash(seed string) (string, error) {
	raw, err := hex.DecodeString(seed)
	if err != nil || len(raw) != sha256.Size {
		return "", fmt.Errorf("a seed is %d bytes in hex", sha256.Size)
	}
	return Commitment(raw), nil
}
