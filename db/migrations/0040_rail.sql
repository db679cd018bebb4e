-- +goose Up

-- What the rail counts on each page: requests by state, and holds that are to be looked at again. Each is read from its index alone.
CREATE INDEX erasure_counted ON erasure (state) WHERE drill = 0;
CREATE INDEX hold_review ON hold (review, ended) WHERE ended IS NULL;

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
