package db

import "testing"

// SealedSalt is the salt of a receipt as it lies in the database.
func (s *Store) SealedSalt(t *testing.T, number int64) (sealed []byte) {
	t.Helper()
	if err := s.readers.QueryRowContext(t.Context(), "SELECT sealed FROM receipt_salt WHERE erasure = ?", number).Scan(&sealed); err != nil {
		t.Fatal(err)
	}
	return sealed
}
