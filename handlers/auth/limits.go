package auth

import (
	"crypto/sha256"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limiterSize bounds how many keys a Limiter remembers: about 2 MB.
const limiterSize = 10_000

// TooMany is an ErrTooMany that says how long to wait.
type TooMany struct {
	After time.Duration
	Limit int       // how many may come at once; 0 = not counted
	Reset time.Time // when as many may come again
}

// Error implements error.
func (e *TooMany) Error() string { return ErrTooMany.Error() }

// Is makes it an ErrTooMany.
func (e *TooMany) Is(target error) bool { return target == ErrTooMany }

// header says it to the client (RFC 9110, section 10.2.3), never less than a second.
func (e *TooMany) header(h http.Header) {
	h.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(e.After.Seconds())))))
	if e.Limit > 0 {
		rateLimit(h, e.Limit, 0, e.Reset)
	}
}

// rateLimit says what is left (watson-api.md section 1): Reset is in seconds since 1970.
func rateLimit(h http.Header, limit, left int, reset time.Time) {
	h.Set("X-RateLimit-Limit", strconv.Itoa(limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(left))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(reset.Unix(), 10))
}

// Limiter is a token bucket for each key, with bounded memory: it forgets those that are full again, and if need be some others.
type Limiter struct {
	mu      sync.Mutex
	every   rate.Limit
	burst   int
	now     func() time.Time
	buckets map[[32]byte]*rate.Limiter
}

// NewLimiter lets perMinute requests a minute through for each key, and burst at once.
func NewLimiter(perMinute float64, burst int, now func() time.Time) *Limiter {
	return &Limiter{every: rate.Limit(perMinute / 60), burst: burst, now: now, buckets: map[[32]byte]*rate.Limiter{}}
}

// Take takes one token of a key. It tells the client what is left (X-RateLimit-*, watson-api.md section 1), and on refusal returns
// *TooMany with Retry-After set.
func (l *Limiter) Take(h http.Header, key string) error {
	left, err := l.take(key)
	if err != nil {
		err.header(h)
		return err
	}
	rateLimit(h, l.burst, int(left), l.full(l.now(), left))
	return nil
}

// full is when a bucket that has so much left is full again.
func (l *Limiter) full(now time.Time, left float64) time.Time {
	return now.Add(seconds((float64(l.burst) - left) / float64(l.every)))
}

func seconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }

// take takes a token and tells what is left, or how long until there is one.
func (l *Limiter) take(key string) (left float64, err *TooMany) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, b := l.now(), l.bucket(key)
	if b.AllowN(now, 1) {
		return b.TokensAt(now), nil
	}
	return 0, l.wait(b, now)
}

// peek tells whether there is a token without taking it.
func (l *Limiter) peek(key string) *TooMany {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, b := l.now(), l.bucket(key)
	if b.TokensAt(now) >= 1 {
		return nil
	}
	return l.wait(b, now)
}

func (l *Limiter) wait(b *rate.Limiter, now time.Time) *TooMany {
	left := b.TokensAt(now)
	return &TooMany{After: seconds((1 - left) / float64(l.every)), Limit: l.burst, Reset: l.full(now, left)}
}

// forget fills a key's bucket again.
func (l *Limiter) forget(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.buckets, sha256.Sum256([]byte(key)))
}

// bucket finds a key's bucket. Keys are hashed: they are of one size, and no e-mail address that somebody typed stays in memory.
func (l *Limiter) bucket(key string) *rate.Limiter {
	sum := sha256.Sum256([]byte(key))
	b := l.buckets[sum]
	if b == nil {
		l.sweep()
		b = rate.NewLimiter(l.every, l.burst)
		l.buckets[sum] = b
	}
	return b
}

func (l *Limiter) sweep() {
	if len(l.buckets) < limiterSize {
		return
	}
	now := l.now()
	for k, b := range l.buckets {
		if b.TokensAt(now) >= float64(l.burst) {
			delete(l.buckets, k)
		}
	}
	for k := range l.buckets { // in an attack from very many addresses some are let off early
		if len(l.buckets) < limiterSize*9/10 {
			return
		}
		delete(l.buckets, k)
	}
}
