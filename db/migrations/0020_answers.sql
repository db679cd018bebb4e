-- +goose Up

-- A statement of Art. 15(1) or (2), as the house words it. A change is a new row, so that an answer keeps the version it was given with.
CREATE TABLE statement (
  number INTEGER PRIMARY KEY,
  code   TEXT NOT NULL,
  text   TEXT NOT NULL,                -- '' = taken away
  made   INTEGER NOT NULL,
  actor  TEXT NOT NULL
);
CREATE INDEX statement_code ON statement (code, number);

-- An answer to a ticket under Art. 15 or 20. The data itself is not kept here: it is read from the records each time the file is written, so
-- that an erasure in between takes it (law L3).
CREATE TABLE answer (
  number      INTEGER PRIMARY KEY,
  ticket      INTEGER NOT NULL REFERENCES ticket (number),
  cutoff      INTEGER NOT NULL,        -- the highest seq when it was prepared
  records     INTEGER NOT NULL,        -- up to it
  prepared    INTEGER NOT NULL,
  prepared_by TEXT NOT NULL,
  changed_by  TEXT NOT NULL,           -- who redacted last
  released    INTEGER,
  released_by TEXT,
  gaps        INTEGER NOT NULL DEFAULT 0 CHECK (gaps IN (0, 1)), -- statements were missing, and whoever released it said so
  upto        INTEGER,                 -- the highest statement that it is given with
  sent        INTEGER,
  sent_by     TEXT,
  ended       INTEGER,                 -- an erasure has ended it, or a later answer took its place
  why         TEXT CHECK (why IN ('erased','replaced')),
  CHECK ((released IS NULL) = (released_by IS NULL) AND (released IS NULL) = (upto IS NULL)),
  CHECK (released_by IS NULL OR released_by <> prepared_by AND released_by <> changed_by), -- law L6
  CHECK (sent IS NULL OR released IS NOT NULL),
  CHECK ((sent IS NULL) = (sent_by IS NULL) AND (ended IS NULL) = (why IS NULL))
);
CREATE UNIQUE INDEX answer_current ON answer (ticket) WHERE ended IS NULL;
CREATE INDEX answer_ticket ON answer (ticket, number);

-- What is left out of an answer (Art. 15(4)). It names what is of somebody else: sealed, and gone with the answer.
CREATE TABLE answer_redaction (
  number INTEGER PRIMARY KEY,
  answer INTEGER NOT NULL REFERENCES answer (number),
  reason TEXT NOT NULL,
  made   INTEGER NOT NULL,
  actor  TEXT NOT NULL,
  sealed BLOB                          -- NULL = erased
);
CREATE INDEX answer_redaction_answer ON answer_redaction (answer);

-- A way in which an answer reaches the person: once, and not for long. hash is of a random secret that is shown once and kept nowhere.
CREATE TABLE answer_link (
  number  INTEGER PRIMARY KEY,
  answer  INTEGER NOT NULL REFERENCES answer (number),
  kind    TEXT NOT NULL CHECK (kind IN ('link','passphrase')),
  hash    BLOB NOT NULL UNIQUE,
  made    INTEGER NOT NULL,
  actor   TEXT NOT NULL,
  expires INTEGER NOT NULL,
  tries   INTEGER NOT NULL DEFAULT 0,  -- how often it was begun
  fetched INTEGER,                     -- when the last byte had been sent
  ended   INTEGER                      -- taken back
);
CREATE INDEX answer_link_answer ON answer_link (answer);

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
