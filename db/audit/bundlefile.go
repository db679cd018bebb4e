package audit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"golang.org/x/mod/sumdb/note"
)

// An audit bundle is the trail as a file: lines of JSON, so that it is written and checked at constant memory and read with any editor.
//
//	{"bundle":"quittance audit","key":…,"log":…,"v":1}
//	{"actor":…}              every entry from number 0, as it stands in the trail: the line is the leaf
//	{"entry":N,"receipt":…}  the body of each receipt, in the order of the entries that commit to them
//	{"checkpoint":…}         the signed head over all of them; nothing stands behind it
//
// Earlier heads are not in it: one that was left out or doubled could not be noticed, and the last one covers what they cover.
const (
	bundleName    = "quittance audit"
	bundleVersion = 1
	// maxLine bounds a line of a bundle, in bytes.
	maxLine = 256 << 10
)

type bundleHead struct {
	Bundle string `json:"bundle"`
	Key    string `json:"key"`
	Log    string `json:"log"`
	V      int    `json:"v"`
}

type bundleReceipt struct {
	Entry   int64           `json:"entry"`
	Receipt json.RawMessage `json:"receipt"`
}

type bundleCheckpoint struct {
	Checkpoint string `json:"checkpoint"`
}

// StoredReceipt is the body of a receipt and the number of the entry that commits to it.
type StoredReceipt struct {
	Entry int64
	Body  []byte
}

// WriteBundle writes a bundle of the log named origin, whose key is vkey: the entries and receipts of b under one signed head.
func WriteBundle(w io.Writer, origin, vkey string, b Bundle, head []byte) error {
	out := &lines{w: bufio.NewWriter(w)}
	out.json(bundleHead{bundleName, vkey, origin, bundleVersion})
	for leaf, err := range b.Leaves {
		if out.take(err) {
			out.line(leaf.Data)
		}
	}
	if b.Receipts != nil {
		for r, err := range b.Receipts {
			if out.take(err) {
				out.json(bundleReceipt{r.Entry, r.Body})
			}
		}
	}
	if out.err == nil {
		out.json(bundleCheckpoint{string(head)})
	}
	if out.err != nil {
		return fmt.Errorf("writing an audit bundle: %w", out.err)
	}
	return out.w.Flush()
}

// lines writes until something goes wrong, which it keeps.
type lines struct {
	w   *bufio.Writer
	err error
}

func (l *lines) take(err error) bool {
	l.err = errors.Join(l.err, err)
	return l.err == nil
}

func (l *lines) line(b []byte) {
	_, err1 := l.w.Write(b)
	err2 := l.w.WriteByte('\n')
	l.take(errors.Join(err1, err2))
}

func (l *lines) json(v any) {
	b, err := json.Marshal(v)
	if l.take(err) {
		l.line(b)
	}
}

// IsBundle tells whether a file that begins like this may be a bundle.
func IsBundle(start []byte) bool {
	return bytes.HasPrefix(start, []byte(`{"bundle":"`+bundleName+`"`))
}

// OpenBundle reads a bundle. open gives the file from its beginning, each time it is called: entries, receipts and checkpoints are read side by
// side, so that none has to be kept.
func OpenBundle(open func() (io.ReadCloser, error)) (Bundle, error) {
	var head bundleHead
	for line, err := range bundleLines(open) {
		if err != nil {
			return Bundle{}, fmt.Errorf("reading an audit bundle: %w", err)
		}
		if unmarshalSame(line, &head) != nil || head.Bundle != bundleName || head.V != bundleVersion {
			return Bundle{}, errors.New("reading an audit bundle: it is none of a version known here")
		}
		break
	}
	key, err := note.NewVerifier(head.Key)
	if err != nil {
		return Bundle{}, fmt.Errorf("reading the key of an audit bundle: %w", err)
	}
	if key.Name() != head.Log {
		return Bundle{}, errors.New("reading an audit bundle: its key is of another log than it names")
	}
	return Bundle{Leaves: bundleLeaves(open), Receipts: bundleReceipts(open), Checkpoints: bundleHeads(open), Keys: []note.Verifier{key}, Chain: []string{head.Key}}, nil
}

// bundleLines gives the lines of a file; the last one must be ended too.
func bundleLines(open func() (io.ReadCloser, error)) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		f, err := open()
		if err != nil {
			yield(nil, err)
			return
		}
		defer f.Close()
		in := bufio.NewReaderSize(f, maxLine)
		for {
			line, err := in.ReadSlice('\n')
			if err == io.EOF && len(line) == 0 {
				return
			}
			if err != nil {
				yield(nil, fmt.Errorf("a line is too long or was cut off: %w", err))
				return
			}
			if !yield(line[:len(line)-1], nil) {
				return
			}
		}
	}
}

// bundleLeaves gives every line between the first and those of receipts and checkpoints, whatever stands there: Verify judges it.
func bundleLeaves(open func() (io.ReadCloser, error)) iter.Seq2[StoredLeaf, error] {
	return func(yield func(StoredLeaf, error) bool) {
		n := int64(-1)
		for line, err := range bundleLines(open) {
			switch {
			case err != nil:
				yield(StoredLeaf{}, err)
				return
			case n >= 0 && (isReceiptLine(line) || isHeadLine(line)):
				return
			case n >= 0 && !yield(StoredLeaf{Number: n, Data: line}, nil):
				return
			}
			n++
		}
	}
}

func isReceiptLine(line []byte) bool { return bytes.HasPrefix(line, []byte(`{"entry":`)) }
func isHeadLine(line []byte) bool    { return bytes.HasPrefix(line, []byte(`{"checkpoint":`)) }

func bundleReceipts(open func() (io.ReadCloser, error)) iter.Seq2[StoredReceipt, error] {
	return picked(open, isReceiptLine, func(line []byte) (StoredReceipt, error) {
		var r bundleReceipt
		err := unmarshalSame(line, &r)
		return StoredReceipt{r.Entry, r.Receipt}, err
	})
}

func bundleHeads(open func() (io.ReadCloser, error)) iter.Seq2[[]byte, error] {
	return picked(open, isHeadLine, func(line []byte) ([]byte, error) {
		var c bundleCheckpoint
		err := unmarshalSame(line, &c)
		return []byte(c.Checkpoint), err
	})
}

// picked reads the lines of one kind. Once the entries have ended, a line of no kind is an error.
func picked[T any](open func() (io.ReadCloser, error), is func([]byte) bool, read func([]byte) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		tail, ended := false, false
		for line, err := range bundleLines(open) {
			receipt, head := isReceiptLine(line), isHeadLine(line)
			if err == nil && tail && !receipt && !head {
				err = errors.New("an entry stands behind the receipts")
			}
			if err == nil && ended {
				err = errors.New("something stands behind the checkpoint")
			}
			ended = ended || head
			tail = tail || receipt || head
			var v T
			if err == nil && is(line) {
				v, err = read(bytes.Clone(line))
			} else if err == nil {
				continue
			}
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

// unmarshalSame reads what is written the one way only.
func unmarshalSame(line []byte, v any) error {
	if err := json.Unmarshal(line, v); err != nil {
		return errors.New("a line cannot be read")
	}
	if again, err := json.Marshal(v); err != nil || !bytes.Equal(again, line) {
		return errors.New("a line is not written the one way")
	}
	return nil
}
