-- +goose Up

-- A document is asked for by the words of its title, of its text and of everything else that it has, each by name. The index is made anew
-- from what stands beside it.
ALTER TABLE document_text ADD COLUMN other TEXT NOT NULL DEFAULT '';
DROP TABLE document_index;
CREATE VIRTUAL TABLE document_index USING fts5 (title, text, other, content = 'document_text', content_rowid = 'record', tokenize = 'porter unicode61 remove_diacritics 2');
INSERT INTO document_index (document_index) VALUES ('rebuild');

-- What documents, queries and events are filtered and sorted by: one row for each value of a field. Bodies are compressed, SQL cannot look into them.
CREATE TABLE item_field (
  record INTEGER NOT NULL,
  path   TEXT NOT NULL,                -- "metadata.author"
  n      INTEGER NOT NULL,             -- the record's fields counted through: a path may have several values
  value  TEXT,                         -- as it was sent; NULL where it is too long to be compared as a whole
  words  TEXT NOT NULL,                -- " where is my parcel "
  number REAL,                         -- of a number; of a date its ms since 1970
  PRIMARY KEY (record, path, n)
) WITHOUT ROWID;

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
