-- +goose Up

-- An import as people follow it: who began it, how it stands, and how much of its file has come. One that had not ended was cut short.
ALTER TABLE import ADD COLUMN actor TEXT NOT NULL DEFAULT 'operator';
ALTER TABLE import ADD COLUMN state TEXT NOT NULL DEFAULT 'done'
  CHECK (state IN ('running', 'done', 'cut', 'cancelled', 'full', 'broken', 'discarded'));
ALTER TABLE import ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;     -- of the file as it lies there; 0 = not known
ALTER TABLE import ADD COLUMN came INTEGER NOT NULL DEFAULT 0;      -- of these, read so far
ALTER TABLE import ADD COLUMN run_began INTEGER NOT NULL DEFAULT 0; -- when it was begun or taken up last
ALTER TABLE import ADD COLUMN run_line INTEGER NOT NULL DEFAULT 0;  -- the lines that were taken in then
ALTER TABLE import ADD COLUMN run_came INTEGER NOT NULL DEFAULT 0;  -- the bytes that had come then
UPDATE import SET state = CASE WHEN ended IS NULL THEN 'cut' ELSE 'done' END, run_began = started;

-- The first lines of an import that were refused: their number and a code, never a word of them.
CREATE TABLE import_fault (
  import INTEGER NOT NULL REFERENCES import (number),
  line   INTEGER NOT NULL,
  code   TEXT NOT NULL,
  PRIMARY KEY (import, line)
) WITHOUT ROWID;

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
