package db

import (
	"encoding/hex"
	"strings"
	"testing"

	"quittance/db/audit"
	"quittance/db/erasure"
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

// What is asked for each proposal, each search and each customer that goes is found by an index, however large the store is.
func TestManifestIsAskedByIndex(t *testing.T) {
	h := openHouse(t)
	for index, question := range map[string]string{
		"customer_folded":   "SELECT name FROM customer c WHERE folded = x'00' AND name <> 'a' ORDER BY number LIMIT 21",
		"record_unlabelled": strings.ReplaceAll(unlabelledSQL, "?", "'1'"),
		"erasure_sibling":   "UPDATE erasure SET sibling = NULL WHERE sibling = x'00'",
	} {
		plan := h.plan(question)
		if got := strings.Join(plan, "\n"); !strings.Contains(got, index) || strings.Contains(got, "SCAN r\n") || strings.Contains(got, "SCAN record") {
			t.Errorf("without the index %s:\n%s", index, got)
		}
	}
}

// TestWasErasedByTheLedger: what only the ledger knows, because the database is an older one, is answered from there, once for each acceptance.
func TestWasErasedByTheLedger(t *testing.T) {
	h := openHouse(t)
	id := parsed("ada")
	ref := hex.EncodeToString(h.keys.reference(id.String()))
	h.writer.ledger.remember(ledgerLine{Erasure: 99, Ref: ref, Accepted: h.now})
	h.writer.ledger.remember(ledgerLine{Erasure: 99, Ref: ref, End: erasure.Done, Ended: h.now})
	got, err := h.WasErased(h.ctx, id)
	if err != nil || len(got.Erasures) != 1 || got.Erasures[0].Number != 99 || got.Erasures[0].State != "" || !got.Erasures[0].Accepted.Equal(h.now) {
		t.Errorf("%+v, %v", got, err)
	}
}
