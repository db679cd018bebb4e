-- +goose Up

-- A search asks for one customer ID (ref is the ID's) or by a filter (ref is the text's). A filter that mentions an ID goes with it.
ALTER TABLE search ADD COLUMN filter INTEGER NOT NULL DEFAULT 0 CHECK (filter IN (0, 1));

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
