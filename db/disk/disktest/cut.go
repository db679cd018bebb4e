package disktest

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
)

func base(path string) string { return filepath.Base(path) }

// Loss is what a power cut makes of writes that were not synced.
type Loss int

// All that a disk may do with them.
const (
	LoseAll Loss = iota
	KeepAll
	KeepSome   // any of them, in any combination
	KeepTorn   // any of their sectors of 512 bytes
	KeepPrefix // those before a moment, and none after it
	Losses
)

const sector = 512

// Folder is what lies in a folder: a file's bytes by its name.
type Folder map[string][]byte

// ReadFolder reads a folder whose files nobody has open.
func ReadFolder(dir string) (Folder, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	out := Folder{}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		if out[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Write writes the files into a folder.
func (f Folder) Write(dir string) error {
	for name, b := range f {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// Cut is the folder as a power cut after some operations leaves it. What was synced is there; of the rest there is what the loss says.
func Cut(before Folder, ops []Op, loss Loss, r *rand.Rand) Folder {
	now := Folder{}
	for name, b := range before {
		now[name] = bytes.Clone(b)
	}
	var loose []Op // not synced
	for _, op := range ops {
		if op.Kind != Sync {
			loose = append(loose, op)
			continue
		}
		var rest []Op
		for _, o := range loose {
			// A sync of a file makes durable what was done to it, and the sync of another does not. A file that was removed and
			// made anew is another one, and SQLite syncs its folder with it.
			if o.File != op.File {
				rest = append(rest, o)
				continue
			}
			now.apply(o)
		}
		loose = rest
	}
	now.lose(loose, loss, r)
	return now
}

func (f Folder) lose(loose []Op, loss Loss, r *rand.Rand) {
	if loss == KeepPrefix && len(loose) > 0 {
		loose = loose[:r.IntN(len(loose)+1)]
	}
	for _, op := range loose {
		switch {
		case loss == LoseAll || loss == KeepSome && r.IntN(2) == 0:
		case loss == KeepTorn:
			f.tear(op, r)
		default:
			f.apply(op)
		}
	}
}

// tear keeps any of an operation's sectors.
func (f Folder) tear(op Op, r *rand.Rand) {
	if op.Kind != Write {
		if r.IntN(2) == 0 {
			f.apply(op)
		}
		return
	}
	for from := 0; from < len(op.Data); {
		end := min(from+sector-int((op.At+int64(from))%sector), len(op.Data))
		if r.IntN(2) == 0 {
			f.apply(Op{Write, op.File, op.At + int64(from), op.Data[from:end]})
		}
		from = end
	}
}

// apply does an operation, in place.
func (f Folder) apply(op Op) {
	b := f[op.File]
	switch op.Kind {
	case Delete:
		delete(f, op.File)
	case Truncate:
		f[op.File] = grown(b, int(op.At))[:op.At]
	case Write:
		b = grown(b, int(op.At)+len(op.Data))
		copy(b[op.At:], op.Data)
		f[op.File] = b
	}
}

func grown(b []byte, size int) []byte {
	if size <= len(b) {
		return b
	}
	return append(b, make([]byte, size-len(b))...)
}
