package db

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
)

// ErrBackupRoom is returned for a backup that would fill a disk. It is told before anything is begun.
var ErrBackupRoom = errors.New("too little of the disk is free to make a backup")

// roomForBackup looks whether the copy of the database fits beside it, and the file of the backup where it goes. That file is counted as large
// as the copy: what is sealed in the database does not compress. On one disk both lie at once, for the file is written from the copy.
func (s *Store) roomForBackup(ctx context.Context, path string) error {
	var count, size int64
	const pages = "SELECT (SELECT page_count FROM pragma_page_count) - (SELECT freelist_count FROM pragma_freelist_count), page_size FROM pragma_page_size"
	if err := s.readers.QueryRowContext(ctx, pages).Scan(&count, &size); err != nil {
		return fmt.Errorf("measuring the database: %w", err)
	}
	size *= count
	to := filepath.Dir(path)
	if oneDisk(s.dir, to) {
		return s.hasRoom(s.dir, 2*size)
	}
	return errors.Join(s.hasRoom(s.dir, size), s.hasRoom(to, size))
}

// hasRoom is nil too where a disk does not tell: what fails then, fails while it is written.
func (s *Store) hasRoom(dir string, need int64) error {
	free, err := s.room.free(dir)
	if err != nil || free >= need {
		return nil
	}
	return fmt.Errorf("%w: it takes up to %d MiB in %s while it is made, and %d MiB are free", ErrBackupRoom, need>>20+1, dir, free>>20)
}

// oneDisk tells whether two folders lie in one file system; in doubt they do.
func oneDisk(a, b string) bool {
	var x, y syscall.Stat_t
	if syscall.Stat(a, &x) != nil || syscall.Stat(b, &y) != nil {
		return true
	}
	return x.Dev == y.Dev
}
