-- +goose Up

-- A policy that was loosened takes effect a day later (law L6): until then the new value waits beside the one in force.
ALTER TABLE service ADD COLUMN deletion_next TEXT CHECK (deletion_next IN ('automatic','approval'));
ALTER TABLE service ADD COLUMN deletion_from INTEGER;
ALTER TABLE service ADD COLUMN unlabelled_next TEXT CHECK (unlabelled_next IN ('allowed','flagged','refused'));
ALTER TABLE service ADD COLUMN unlabelled_from INTEGER;

-- A deletion by API that found nothing: the ID (keyed hash K1, as in customer.ref) that its address would have named if a + in it had not
-- been read as a blank. It was there at the acceptance and is never erased by this request.
ALTER TABLE erasure ADD COLUMN sibling BLOB;

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
