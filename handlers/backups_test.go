package handlers

import (
	"context"
	"os"
	"path/filepath"

	"quittance/db"
	"quittance/db/audit"
)

// backup makes one, as an operator does.
func (s *story) backup(string) error {
	dir, err := os.MkdirTemp("", "quittance-backup-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	_, err = s.h.store.Backup(context.Background(), audit.Operator, db.NewBackup{Path: filepath.Join(dir, "backup"), Keep: db.MaxKeep})
	return err
}
