-- +goose Up

-- What an export in the background is of, where its name alone does not say it, so that it can be asked for once more as it was.
ALTER TABLE export_job ADD COLUMN about INTEGER NOT NULL DEFAULT 0; -- of a table: its number; of a pack: the sample that drew its requests
ALTER TABLE export_job ADD COLUMN filter TEXT NOT NULL DEFAULT '';  -- of a table: its filter, as an address of its page has it

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
