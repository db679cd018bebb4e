package db

import (
	"context"
	"fmt"

	"quittance/db/audit"
)

// indexText makes a document findable by its words.
func (t *tx) indexText(seq int64, r *NewRecord) error {
	err := t.exec("INSERT INTO document_text (record, title, text, other) VALUES (?, ?, ?, ?)", seq, r.Title, r.FullText, r.OtherText)
	if err == nil {
		err = t.exec("INSERT INTO document_index (rowid, title, text, other) VALUES (?, ?, ?, ?)", seq, r.Title, r.FullText, r.OtherText)
	}
	if err != nil {
		return fmt.Errorf("indexing a document: %w", err)
	}
	return nil
}

// unindexText takes documents out of the index, before their text goes: FTS5 must be told the very words ("The 'delete' Command").
func (t *tx) unindexText(list string) error {
	err := t.exec(`INSERT INTO document_index (document_index, rowid, title, text, other)
		SELECT 'delete', record, title, text, other FROM document_text WHERE record IN (SELECT value FROM json_each(?))`, list)
	if err == nil {
		err = t.exec("DELETE FROM document_text WHERE record IN (SELECT value FROM json_each(?))", list)
	}
	if err != nil {
		return fmt.Errorf("taking documents out of the index: %w", err)
	}
	return nil
}

// mergePages is how many pages of the index one transaction merges: its longest took 78 ms (erase-and-prove.md, fact 2).
const mergePages = 500

// mergeText merges the index until nothing is left to merge. Deleting from FTS5 only writes down that a word is gone; the word itself
// stays until the parts that hold both are merged.
func (s *Store) mergeText(ctx context.Context) error {
	for pages := -mergePages; ; pages = mergePages {
		merged := false
		err := s.writeChunk(ctx, audit.System, func(t *tx) (err error) {
			merged, err = t.mergeStep(pages)
			return err
		})
		if err != nil {
			return fmt.Errorf("merging the index of documents: %w", err)
		}
		if !merged {
			return nil
		}
	}
}

// mergeStep tells whether there was something to merge: fewer than two changed rows mean that there was not (FTS5, "The 'merge' Command").
func (t *tx) mergeStep(pages int) (bool, error) {
	var before, after int64
	if err := t.row("SELECT total_changes()").Scan(&before); err != nil {
		return false, err
	}
	if err := t.exec("INSERT INTO document_index (document_index, rank) VALUES ('merge', ?)", pages); err != nil {
		return false, err
	}
	err := t.row("SELECT total_changes()").Scan(&after)
	return after-before >= 2, err
}
