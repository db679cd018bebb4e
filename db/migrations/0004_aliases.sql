-- +goose Up

-- A policy that was loosened takes effect a day later (law L6): until then the new value waits beside the one in force.
ALTER TABLE service ADD COLUMN deletion_next TEXT CHECK (deletion_next IN ('automatic','approval'));
ALTER TABLE service ADD COLUMN deletion_from INTEGER;
ALTER TABLE service ADD COLUMN unlabelled_next TEXT CHECK (unlabelled_next IN ('allowed','flagged','refused'));
ALTER TABLE service ADD COLUMN unlabelled_from INTEGER;

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
