package audit

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// ProveInclusion proves that the leaf with this number, from 0, stands in the
// tree of this size (RFC 6962, section 2.1.1): about log2(size) hashes. r is a
// Tree, or the stored hashes.
func ProveInclusion(number, size int64, r tlog.HashReader) (tlog.RecordProof, error) {
	p, err := tlog.ProveRecord(size, number, r)
	if err != nil {
		return nil, fmt.Errorf("proving that entry %d stands in a log of %d: %w", number, size, err)
	}
	return p, nil
}

// CheckInclusion checks that data is the leaf with this number in the log that
// the checkpoint is the head of. It needs nothing but its arguments.
func CheckInclusion(data []byte, number int64, c Checkpoint, p tlog.RecordProof) error {
	e, err := Parse(data)
	if err != nil {
		return fmt.Errorf("checking a proof: %w", err)
	}
	if e.Number != number {
		return errors.New("checking a proof: the leaf bears another number than the proof is for")
	}
	if err := tlog.CheckRecord(p, c.Size, c.Root, number, tlog.RecordHash(data)); err != nil {
		return fmt.Errorf("checking that entry %d stands in a log of %d: %w", number, c.Size, err)
	}
	return nil
}

// ProveConsistency proves that the tree of size old is how the tree of this
// size began (RFC 6962, section 2.1.2). An empty log begins every log, and
// needs no hashes to prove it.
func ProveConsistency(old, size int64, r tlog.HashReader) (tlog.TreeProof, error) {
	if old == 0 && size >= 0 {
		return tlog.TreeProof{}, nil
	}
	p, err := tlog.ProveTree(size, old, r)
	if err != nil {
		return nil, fmt.Errorf("proving that a log of %d grew out of one of %d: %w", size, old, err)
	}
	return p, nil
}

// CheckConsistency checks that nothing was changed or taken away between two
// heads of one log.
func CheckConsistency(old, now Checkpoint, p tlog.TreeProof) error {
	if old.Origin != now.Origin {
		return errors.New("checking two checkpoints: they are of different logs")
	}
	if old.Size == 0 {
		return checkEmpty(old, now, p)
	}
	if err := tlog.CheckTree(p, now.Size, now.Root, old.Size, old.Root); err != nil {
		return fmt.Errorf("checking that a log of %d grew out of one of %d: %w", now.Size, old.Size, err)
	}
	return nil
}

func checkEmpty(old, now Checkpoint, p tlog.TreeProof) error {
	if old.Root != emptyRoot || len(p) != 0 || (now.Size == 0 && now.Root != emptyRoot) {
		return errors.New("checking two checkpoints: the head of the empty log is wrong")
	}
	return nil
}
