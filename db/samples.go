package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"quittance/db/audit"
)

// Sample is a random sample of requests: committed to before anybody can know what it draws, then drawn. audit.Draw says how.
type Sample struct {
	Number      int64
	Actor       audit.Actor
	Kind        string // a key of audit.SampleKinds
	First, Last int64  // the entries of the trail that name the frame
	Size        int64  // how many are drawn
	Frame       int64  // out of how many
	SeedHash    string // hex
	Seed, Word  string // hex; "" = not drawn
	Committed   time.Time
	Drawn       time.Time // zero = not yet
}

// MaxSample is how many requests one sample can draw.
const MaxSample = 1000

// NewSample asks for a sample of requests that the trail names between two times. From is inclusive, To exclusive; zero = no bound.
type NewSample struct {
	Kind     string
	From, To time.Time
	Size     int64
}

// ErrNoFrame is returned for a sample of fewer requests than it is to draw.
var ErrNoFrame = errors.New("there are not so many requests to draw from")

// frameSQL is audit's own rule said in SQL: the requests that an entry of the range names, of those that a person or an application filed.
const frameSQL = `SELECT DISTINCT e.number FROM leaf l JOIN erasure e ON e.number = CAST(substr(l.object, 9) AS INTEGER)
	WHERE l.event IN (%s) AND l.number BETWEEN ? AND ? AND e.drill = 0 ORDER BY e.number`

func frameQuery(kind string, first, last int64) (string, []any) {
	events, args := audit.SampleKinds[kind], []any(nil)
	for _, e := range events {
		args = append(args, string(e))
	}
	return fmt.Sprintf(frameSQL, marks(len(events))), append(args, first, last)
}

// CommitSample fixes frame and seed of a sample in the trail. ErrNoFrame.
func (s *Store) CommitSample(ctx context.Context, by audit.Actor, n NewSample) (number int64, err error) {
	if audit.SampleKinds[n.Kind] == nil || n.Size < 1 || n.Size > MaxSample {
		return 0, ErrNoFrame
	}
	span, err := s.auditSpan(ctx, NewExport{From: n.From, To: n.To})
	if err != nil {
		return 0, fmt.Errorf("finding the entries of a sample: %w", err)
	}
	err = s.write(ctx, by, func(t *tx) error {
		number, err = t.commitSample(n, span.First, span.End-1)
		return err
	})
	return number, err
}

func (t *tx) commitSample(n NewSample, first, last int64) (number int64, err error) {
	query, args := frameQuery(n.Kind, first, last)
	frame, err := scanned[int64](t.rows(query, args...))
	if err != nil {
		return 0, fmt.Errorf("reading the frame of a sample: %w", err)
	}
	if int64(len(frame)) < n.Size {
		return 0, ErrNoFrame
	}
	root, err := t.w.tree.Root()
	if err != nil {
		return 0, err
	}
	seed := make([]byte, 32)
	rand.Read(seed)
	err = t.row("INSERT INTO sample (actor, kind, first, last, size, frame, seed, committed) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
		string(t.by), n.Kind, first, last, n.Size, len(frame), seed, ms(t.now)).Scan(&number)
	if err != nil {
		return 0, fmt.Errorf("keeping a sample: %w", err)
	}
	counts := map[string]int64{audit.CountReason: audit.SampleKindNumber(n.Kind), audit.CountFrom: first, audit.CountTo: last, audit.CountSize: t.w.tree.Size(),
		audit.CountFrame: int64(len(frame)), audit.CountSample: n.Size}
	return number, t.noteWith(audit.SampleCommitted, audit.ObjectOf(audit.KindSample, number), counts,
		map[string]string{audit.CommitSeed: audit.Commitment(seed), audit.CommitFrame: audit.Commitment(audit.FrameText(frame)), audit.CommitHead: hex.EncodeToString(root[:])})
}

// DrawSample draws what was committed to, with a word that whoever asks adds: the house did not know it when it committed to the seed. The word
// itself is not kept. ErrMoved for a sample that is drawn already.
func (s *Store) DrawSample(ctx context.Context, by audit.Actor, number int64, word string) error {
	return s.write(ctx, by, func(t *tx) error {
		v, err := scanSample(t.row(sampleColumns+"WHERE number = ?", number))
		if err != nil {
			return err
		}
		if !v.Drawn.IsZero() {
			return ErrMoved
		}
		return t.drawSample(v, audit.Commitment([]byte(word)))
	})
}

func (t *tx) drawSample(v Sample, word string) error {
	var seed []byte
	if err := t.row("SELECT seed FROM sample WHERE number = ?", v.Number).Scan(&seed); err != nil {
		return err
	}
	query, args := frameQuery(v.Kind, v.First, v.Last)
	frame, err := scanned[int64](t.rows(query, args...))
	if err != nil {
		return fmt.Errorf("reading the frame of a sample: %w", err)
	}
	reveal := hex.EncodeToString(seed)
	drawn := audit.Draw(reveal, word, int(v.Size), frame)
	for _, n := range drawn {
		if err := t.exec("INSERT INTO sampled (sample, erasure) VALUES (?, ?)", v.Number, n); err != nil {
			return fmt.Errorf("keeping what a sample drew: %w", err)
		}
	}
	if err := t.exec("UPDATE sample SET word = ?, drawn = ? WHERE number = ?", word, ms(t.now), v.Number); err != nil {
		return fmt.Errorf("keeping a sample: %w", err)
	}
	return t.noteWith(audit.SampleDrawn, audit.ObjectOf(audit.KindSample, v.Number), map[string]int64{audit.CountSample: int64(len(drawn))},
		map[string]string{audit.CommitReveal: reveal, audit.CommitWord: word})
}

const sampleColumns = "SELECT number, actor, kind, first, last, size, frame, seed, word, committed, drawn FROM sample "

func scanSample(row scanner) (v Sample, err error) {
	var seed []byte
	var word sql.NullString
	var committed int64
	var drawn sql.NullInt64
	err = row.Scan(&v.Number, &v.Actor, &v.Kind, &v.First, &v.Last, &v.Size, &v.Frame, &seed, &word, &committed, &drawn)
	v.SeedHash, v.Committed, v.Drawn = audit.Commitment(seed), at(committed), when(drawn)
	if word.Valid {
		v.Seed, v.Word = hex.EncodeToString(seed), word.String
	}
	return v, found(err)
}

// Sample reads one sample. Its seed is given once it is drawn.
func (s *Store) Sample(ctx context.Context, number int64) (Sample, error) {
	return scanSample(s.readers.QueryRowContext(ctx, sampleColumns+"WHERE number = ?", number))
}

// Samples lists samples, newest first. before is the number of the last one of the page before, 0 for the first page.
func (s *Store) Samples(ctx context.Context, before int64, limit int) ([]Sample, error) {
	rows, err := s.readers.QueryContext(ctx, sampleColumns+"WHERE ? = 0 OR number < ? ORDER BY number DESC LIMIT ?", before, before, limit)
	return scanSamples(rows, err)
}

func scanSamples(rows *sql.Rows, err error) (out []Sample, _ error) {
	err = each(rows, err, func() error {
		v, err := scanSample(rows)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing samples: %w", err)
	}
	return out, nil
}

// Sampled lists the requests that a sample drew, by number.
func (s *Store) Sampled(ctx context.Context, number int64) ([]Erasure, error) {
	out, err := s.keys.scanErasures(s.readers.QueryContext(ctx, erasureColumns+"WHERE number IN (SELECT erasure FROM sampled WHERE sample = ?) ORDER BY number", number))
	if err != nil {
		return nil, fmt.Errorf("listing what a sample drew: %w", err)
	}
	return out, nil
}

// SampleFrame lists the numbers that a sample is drawn from.
func (s *Store) SampleFrame(ctx context.Context, v Sample) ([]int64, error) {
	query, args := frameQuery(v.Kind, v.First, v.Last)
	return scanned[int64](s.readers.QueryContext(ctx, query, args...))
}
