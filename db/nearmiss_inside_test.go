package db

import (
	"testing"

	"quittance/db/audit"
)

// SiblingsKept counts the requests that remember an ID beside their own, for tests outside.
func SiblingsKept(t *testing.T, s *Store) (n int64) {
	t.Helper()
	if err := s.readers.QueryRowContext(t.Context(), "SELECT count(*) FROM erasure WHERE sibling IS NOT NULL").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Unfold makes a store one of before IDs were folded.
func Unfold(t *testing.T, s *Store) {
	t.Helper()
	err := s.write(t.Context(), audit.System, func(t *tx) error {
		if err := t.exec("UPDATE customer SET folded = NULL"); err != nil {
			return err
		}
		return t.exec("DELETE FROM meta WHERE key = ?", foldedKey)
	})
	if err != nil {
		t.Fatal(err)
	}
}
