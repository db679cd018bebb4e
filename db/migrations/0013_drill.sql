-- +goose Up

-- What the nightly drill made up: services that are in no list, requests and batches that are counted nowhere.
ALTER TABLE service ADD COLUMN drill INTEGER NOT NULL DEFAULT 0;
ALTER TABLE erasure ADD COLUMN drill INTEGER NOT NULL DEFAULT 0;
ALTER TABLE batch ADD COLUMN drill INTEGER NOT NULL DEFAULT 0;

CREATE TABLE drill (
  number    INTEGER PRIMARY KEY,
  outcome   TEXT NOT NULL CHECK (outcome IN ('running','passed','failed','blind','broken')),
  actor     TEXT NOT NULL,
  started   INTEGER NOT NULL,
  ended     INTEGER,
  batch     INTEGER,                     -- of its requests, where they ended
  bytes     INTEGER NOT NULL DEFAULT 0,  -- looked at in files, the second time
  slack     INTEGER NOT NULL DEFAULT 0,  -- bytes of the database that nobody owns and that are not zero
  malformed INTEGER NOT NULL DEFAULT 0   -- pages
);

-- What was found on each way of looking.
CREATE TABLE drill_path (
  drill   INTEGER NOT NULL REFERENCES drill (number),
  place   INTEGER NOT NULL,              -- in the order in which it is shown
  path    TEXT NOT NULL,                 -- a word of a closed list
  planted INTEGER NOT NULL,
  before  INTEGER NOT NULL,
  after   INTEGER NOT NULL,
  PRIMARY KEY (drill, place)
) WITHOUT ROWID;

-- Sweeps over all records and pages. One that was cut off goes on where it was.
CREATE TABLE sweep (
  number  INTEGER PRIMARY KEY,
  started INTEGER NOT NULL,
  ended   INTEGER,
  seq     INTEGER NOT NULL DEFAULT 0,    -- the last record that was looked at
  page    INTEGER NOT NULL DEFAULT 0,    -- likewise
  records INTEGER NOT NULL DEFAULT 0,
  bad     INTEGER NOT NULL DEFAULT 0,
  pages   INTEGER NOT NULL DEFAULT 0
);

-- Records that do not match their digest or their labels.
CREATE TABLE damaged (
  record INTEGER PRIMARY KEY,
  seen   INTEGER NOT NULL                -- the sweep that saw it last
);

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
