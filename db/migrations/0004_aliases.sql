-- +goose Up

-- A policy that was loosened takes effect a day later (law L6): until then the new value waits beside the one in force.
ALTER TABLE service ADD COLUMN deletion_next TEXT CHECK (deletion_next IN ('automatic','approval'));
ALTER TABLE service ADD COLUMN deletion_from INTEGER;
ALTER TABLE service ADD COLUMN unlabelled_next TEXT CHECK (unlabelled_next IN ('allowed','flagged','refused'));
ALTER TABLE service ADD COLUMN unlabelled_from INTEGER;

-- A deletion by API that found nothing: the ID (keyed hash K1, as in customer.ref) that its address would have named if a + in it had not
-- been read as a blank. It was there at the acceptance and is never erased by this request.
ALTER TABLE erasure ADD COLUMN sibling BLOB;

-- Customer IDs that a person confirmed to belong to one data subject, by their numbers: no ID stands here twice. A row goes with its
-- customer, whose last record is erased, and with the last of the others; evidence says by what the two were proposed.
CREATE TABLE alias (
  customer  INTEGER PRIMARY KEY REFERENCES customer (number) ON DELETE CASCADE,
  person    INTEGER NOT NULL,
  evidence  TEXT NOT NULL CHECK (evidence IN ('user','tail','session')),
  confirmed INTEGER NOT NULL,
  actor     TEXT NOT NULL
);
CREATE INDEX alias_person ON alias (person);
-- +goose StatementBegin
CREATE TRIGGER alias_alone AFTER DELETE ON alias WHEN (SELECT count(*) FROM alias WHERE person = OLD.person) = 1
BEGIN DELETE FROM alias WHERE person = OLD.person; END;
-- +goose StatementEnd

-- Requests that were proposed in one step for the IDs of one data subject, by the number of the first.
ALTER TABLE erasure ADD COLUMN together INTEGER;
CREATE INDEX erasure_together ON erasure (together) WHERE together IS NOT NULL;

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
