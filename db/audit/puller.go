package audit

import "iter"

// puller reads an iterator one step at a time, with a look ahead.
type puller[T any] struct {
	pull func() (T, error, bool)
	stop func()
	head T
	err  error
	ok   bool
	full bool
}

func newPuller[T any](seq iter.Seq2[T, error]) *puller[T] {
	if seq == nil {
		seq = func(func(T, error) bool) {}
	}
	pull, stop := iter.Pull2(seq)
	return &puller[T]{pull: pull, stop: stop}
}

func (p *puller[T]) peek() (T, bool, error) {
	if !p.full {
		p.head, p.err, p.ok = p.pull()
		p.full = true
	}
	return p.head, p.ok, p.err
}

func (p *puller[T]) drop() { p.full = false }

// close ends the reading after an error, which is reported once.
func (p *puller[T]) close() {
	p.ok, p.err = false, nil
	p.stop()
}

func (p *puller[T]) next() (T, bool, error) {
	head, ok, err := p.peek()
	p.drop()
	return head, ok, err
}
