-- +goose Up

-- The search skill of a hosted Assistant: the Discovery service that its searches are passed on to, and where there: "projects/P" or
-- "environments/E/collections/C".
ALTER TABLE service ADD COLUMN search INTEGER REFERENCES service (number);
ALTER TABLE service ADD COLUMN search_in TEXT NOT NULL DEFAULT '';

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
