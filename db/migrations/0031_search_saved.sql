-- Filters of the search that people keep, beside those of the audit trail.

-- +goose Up
ALTER TABLE saved_filter ADD COLUMN query BLOB; -- sealed; NULL = a filter of the audit trail
ALTER TABLE saved_filter ADD COLUMN shared INTEGER NOT NULL DEFAULT 0 CHECK (shared IN (0, 1)); -- with all who may search

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
