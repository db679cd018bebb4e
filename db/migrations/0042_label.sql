-- +goose Up

-- What a list of records is narrowed by stands beside the label: a customer may bear a million records, and to look each of them up takes too long.
ALTER TABLE label ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE label ADD COLUMN opted_out INTEGER NOT NULL DEFAULT 0; -- of learning
UPDATE label SET (language, opted_out) = (SELECT r.language, (r.flags & 2) <> 0 FROM record r WHERE r.seq = label.record)
  WHERE EXISTS (SELECT 1 FROM record r WHERE r.seq = label.record AND (r.language <> '' OR (r.flags & 2) <> 0));

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
