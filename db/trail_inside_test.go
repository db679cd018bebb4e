package db

import (
	"testing"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
)

// LongTrail makes the trail of a store so long, in groups as a busy day writes them. It ends with an erasure of ten recipients and its receipt.
func LongTrail(b testing.TB, s *Store, size int64) (number int64) {
	b.Helper()
	for s.writer.tree.Size() < size-1 {
		err := s.write(b.Context(), audit.System, func(t *tx) error {
			for range min(2000, size-1-t.w.tree.Size()) {
				n := t.w.tree.Size()
				counts := map[string]int64{audit.CountRecords: n % 500, audit.CountFirstSeq: n, audit.CountLastSeq: n + 500}
				if err := t.note(audit.RecordsIngested, audit.ObjectOf(audit.KindService, n%7+1), counts); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	err := s.write(b.Context(), audit.System, func(t *tx) error {
		m := erasure.NewManifest(123_456_789, t.now, []erasure.Line{}, nil)
		err := t.row(`INSERT INTO erasure (state, origin, ref, ground, cutoff, proposer, manifest, manifest_hash, proposed) VALUES ('done', 'console', x'00', '17-1-b', ?, 'user/1', ?, ?, ?) RETURNING number`,
			m.Cutoff, string(m.JSON()), m.Hash(), ms(t.now)).Scan(&number)
		if err != nil {
			return err
		}
		return t.keepReceipt(Erasure{Number: number}, tenRecipients(number, m.Hash(), t.now))
	})
	if err != nil {
		b.Fatal(err)
	}
	return number
}

// tenRecipients is a receipt of ten services elsewhere, each with all that can stand there of it.
func tenRecipients(number int64, manifest string, now time.Time) erasure.Receipt {
	r := erasure.Receipt{Erasure: number, Ground: "17-1-b", Origin: "console", Manifest: manifest, Cutoff: 123_456_789, Proposed: now, Approved: now, Started: now, Ended: now, Deadline: now}
	for i := range int64(10) {
		r.Parts = append(r.Parts, erasure.ReceiptPart{Service: i + 1, Name: "Processor of orders " + string(rune('A'+i)), State: erasure.Confirmed, Linked: true, Accepted: now, Repeats: 1, Code: erasure.CodeStated})
	}
	return r
}
