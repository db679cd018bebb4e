package db_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/dbtest"
)

// races is in how many cases ingesters race a request; the long run does more.
var races = 2000

const (
	ingesters = 16
	raceGroup = 100 // cases that one batch then erases
)

// race is one case: a customer to whom all ingesters write while an erasure of them is accepted.
type race struct {
	id      string
	service int64
	cutoff  int64
	mu      sync.Mutex
	before  []int64 // acknowledged before the request was made
	amid    []int64
	after   []int64 // sent after it was answered
}

// TestExactCutoff (law L2): with sixteen ingesters racing each request, what was acknowledged before it is erased, what was sent after its
// answer is kept, and what came between the two is on the side of the cut-off that its number says.
func TestExactCutoff(t *testing.T) {
	if testing.Short() {
		races = 200
	}
	s := openOn(t, quick(t))
	defer shut(t, s)
	dbtest.NoBreaker(t, s)
	services := []int64{dbtest.Service(t, s, "one").Number, dbtest.Service(t, s, "two").Number}
	r := rand.New(rand.NewPCG(21, 21))
	var wrong, amid, spared int
	for done := 0; done < races; done += raceGroup {
		var group []*race
		for i := range min(raceGroup, races-done) {
			c := &race{id: name(done + i), service: services[r.IntN(2)]}
			c.run(t, s, services)
			group = append(group, c)
		}
		if _, err := runner(s).Run(ctx, true); err != nil {
			t.Fatal(err)
		}
		for _, c := range group {
			w, sp := c.wrong(t, s)
			wrong, spared, amid = wrong+w, spared+sp, amid+len(c.amid)
		}
	}
	if wrong > 0 {
		t.Errorf("%d wrong records", wrong)
	}
	if amid < races || spared == 0 || spared == amid {
		t.Errorf("the test does not test: of %d records that raced, %d were spared", amid, spared)
	}
	t.Logf("%d cases, %d records raced, %d of them came after the cut-off", races, amid, spared)
}

// run lets the ingesters send, each some records of one or two IDs, while the request is made.
func (c *race) run(t *testing.T, s *db.Store, services []int64) {
	start, asked, answered := make(chan struct{}), make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	for i := range ingesters {
		all.Go(func() {
			send := func() int64 {
				m := dbtest.Message(dying{t}, c.service, time.Now(), "hello", c.id)
				seqs, err := s.Ingest(ctx, key, []db.NewRecord{m, dbtest.Message(dying{t}, services[i%2], time.Now(), "beside", "bystander")}, nil)
				if err != nil {
					t.Error(err)
					return 0
				}
				return seqs[0]
			}
			<-start
			for n := 0; ; n++ {
				select {
				case <-asked:
				default:
					c.note(&c.before, asked, send())
					continue
				}
				select {
				case <-answered:
					c.note(&c.after, nil, send())
					return
				default:
					c.note(&c.amid, nil, send())
				}
			}
		})
	}
	close(start)
	first, err := s.Ingest(ctx, key, []db.NewRecord{dbtest.Message(t, c.service, time.Now(), "first", c.id)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.note(&c.before, nil, first[0])
	close(asked)
	e, err := s.AcceptErasure(ctx, key, c.service, dbtest.ID(t, c.id))
	if err != nil {
		t.Fatal(err)
	}
	c.cutoff = e.Cutoff
	close(answered)
	all.Wait()
}

// note keeps an acknowledged record. One that was meant to be before the request and was acknowledged after it came amid.
func (c *race) note(to *[]int64, unless chan struct{}, seq int64) {
	if unless != nil {
		select {
		case <-unless:
			to = &c.amid
		default:
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	*to = append(*to, seq)
}

// wrong counts the records that should not be there, or should be; spared is how many of those that raced are.
func (c *race) wrong(t *testing.T, s *db.Store) (wrong, spared int) {
	there := map[int64]bool{}
	for _, rec := range records(t, s, c.id) {
		there[rec.Seq] = true
	}
	check := func(seqs []int64, want func(int64) bool) {
		for _, seq := range seqs {
			if there[seq] != want(seq) {
				wrong++
				t.Logf("record %d of %s, cut-off %d: there is %v", seq, c.id, c.cutoff, there[seq])
			}
			delete(there, seq)
		}
	}
	for _, seq := range c.amid {
		if there[seq] {
			spared++
		}
	}
	check(c.before, func(int64) bool { return false })
	check(c.after, func(int64) bool { return true })
	check(c.amid, func(seq int64) bool { return seq > c.cutoff })
	return wrong + len(there), spared
}
