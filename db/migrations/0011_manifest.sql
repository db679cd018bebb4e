-- +goose Up

-- Keyed hash (K1) of the ID as label.Fold folds it: IDs that differ only in case, Unicode form, encoding and the like have the same one, so that
-- near misses are found by one look into an index. It goes with the ID. NULL until it is filled.
ALTER TABLE customer ADD COLUMN folded BLOB;
CREATE INDEX customer_folded ON customer (folded);

-- An ID that a request remembers beside its own goes with the ID (law L3), by whatever path that goes.
CREATE INDEX erasure_sibling ON erasure (sibling) WHERE sibling IS NOT NULL;
UPDATE erasure SET sibling = NULL WHERE sibling IS NOT NULL AND sibling NOT IN (SELECT ref FROM customer);
-- +goose StatementBegin
CREATE TRIGGER customer_gone AFTER DELETE ON customer BEGIN UPDATE erasure SET sibling = NULL WHERE sibling = OLD.ref; END;
-- +goose StatementEnd

-- The manifest that a new cut-off replaced, so that an approver sees what has changed. It holds no customer ID.
ALTER TABLE erasure ADD COLUMN previous TEXT;

-- Messages without a label, by their conversation: what an erasure by ID cannot reach. Labelled messages do not pay for it.
CREATE INDEX record_unlabelled ON record (session) WHERE customer = 0 AND kind = 1 AND session <> '';

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
