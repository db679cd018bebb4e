-- +goose Up

-- What comes in under the ID of an erasure that has ended (law L9). erased: an erasure of the ID has ended, so what comes in is looked at;
-- returned: the newest erasure after whose cut-off something lies here. Both stand on the customer, so that other records pay nothing.
ALTER TABLE customer ADD COLUMN erased INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1));
ALTER TABLE customer ADD COLUMN returned INTEGER REFERENCES erasure (number);
CREATE INDEX customer_returned ON customer (returned) WHERE returned IS NOT NULL;

-- back: when an officer said that what came in under the ID afterwards is meant to be there. follows: the erasure that a later one follows up.
ALTER TABLE erasure ADD COLUMN back INTEGER;
ALTER TABLE erasure ADD COLUMN follows INTEGER REFERENCES erasure (number);
CREATE INDEX erasure_follows ON erasure (follows) WHERE follows IS NOT NULL;

-- Entries of an import that were not stored because an erasure of their ID was accepted after them.
ALTER TABLE import ADD COLUMN suppressed INTEGER NOT NULL DEFAULT 0;

-- Many IDs that are erased by one decision. The list, as it was typed, is sealed, and is there until each of its IDs has its request; only
-- whoever typed it opens it, under its token. done says how far a step over all of it has come: lines, then requests by number.
CREATE TABLE bulk (
  number    INTEGER PRIMARY KEY,
  token     TEXT NOT NULL UNIQUE,
  user      INTEGER NOT NULL,
  state     TEXT NOT NULL CHECK (state IN ('list','collecting','proposed','approving','approved','refusing','refused','withdrawing','withdrawn')),
  list      BLOB,                      -- sealed
  csv       INTEGER NOT NULL CHECK (csv IN (0, 1)),
  ground    TEXT NOT NULL DEFAULT '',
  note      BLOB,                      -- sealed, until every request has its own
  linked    INTEGER NOT NULL DEFAULT 0 CHECK (linked IN (0, 1)), -- linked services are called for IDs that are not known here
  proposer  TEXT,
  approver  TEXT,
  mover     TEXT,                      -- who asked for the step that goes on
  refusal   TEXT,
  told      BLOB,                      -- sealed, while it is being refused
  done      INTEGER NOT NULL DEFAULT 0,
  skipped   INTEGER NOT NULL DEFAULT 0, -- in the last step
  created   INTEGER NOT NULL,
  expires   INTEGER NOT NULL,          -- of the list, until it is proposed
  proposed  INTEGER,
  decided   INTEGER,
  CHECK (approver IS NULL OR approver <> proposer)
);
CREATE INDEX bulk_state ON bulk (state);

-- Whose IDs stand on lists that nobody has proposed yet (keyed hash K2), so that a list goes with any of them.
CREATE TABLE bulk_ref (
  ref  BLOB NOT NULL,
  bulk INTEGER NOT NULL REFERENCES bulk (number) ON DELETE CASCADE,
  PRIMARY KEY (ref, bulk)
) WITHOUT ROWID;
CREATE INDEX bulk_ref_bulk ON bulk_ref (bulk);

ALTER TABLE erasure ADD COLUMN bulk INTEGER REFERENCES bulk (number);
CREATE INDEX erasure_bulk ON erasure (bulk, number) WHERE bulk IS NOT NULL;

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
