-- +goose Up

-- Checks of the audit trail that somebody asked for, with what they found.
CREATE TABLE trail_check (
  number   INTEGER PRIMARY KEY,
  state    TEXT NOT NULL CHECK (state IN ('running','done','broken')),
  actor    TEXT NOT NULL,
  first    INTEGER NOT NULL,             -- entries from
  last     INTEGER NOT NULL,             -- to
  size     INTEGER NOT NULL,             -- under the head that they were held against
  root     TEXT NOT NULL,                -- of that head, hex
  key      TEXT NOT NULL,                -- its public key
  started  INTEGER NOT NULL,
  ended    INTEGER,
  took     INTEGER NOT NULL DEFAULT 0,   -- microseconds
  findings INTEGER NOT NULL DEFAULT 0,
  answer   TEXT NOT NULL DEFAULT ''      -- JSON: sentences of the check, none of which repeats a leaf
);

-- Filters of the audit trail that a person saved. The name is what they typed, so it is sealed; the rest is of closed forms.
CREATE TABLE saved_filter (
  number INTEGER PRIMARY KEY AUTOINCREMENT, -- the name is sealed for it
  user   INTEGER NOT NULL REFERENCES user (number),
  name   BLOB NOT NULL,
  actor  TEXT NOT NULL,
  act    TEXT NOT NULL,
  object TEXT NOT NULL,
  since  TEXT NOT NULL,                  -- YYYY-MM-DD, '' = from the beginning
  until  TEXT NOT NULL
);
CREATE INDEX saved_filter_user ON saved_filter (user);

-- Samples of requests. The frame is not kept: it is read again from the trail, which never changes.
CREATE TABLE sample (
  number    INTEGER PRIMARY KEY,
  actor     TEXT NOT NULL,
  kind      TEXT NOT NULL CHECK (kind IN ('all','done','refused','withdrawn','partial')),
  first     INTEGER NOT NULL,            -- entries of the trail that name the frame, from
  last      INTEGER NOT NULL,            -- to
  size      INTEGER NOT NULL,            -- how many are drawn
  frame     INTEGER NOT NULL,            -- out of how many
  seed      BLOB NOT NULL CHECK (length(seed) = 32),
  word      TEXT,                        -- SHA-256 of what the asker added, hex; NULL = not drawn
  committed INTEGER NOT NULL,
  drawn     INTEGER
);
CREATE TABLE sampled (
  sample  INTEGER NOT NULL REFERENCES sample (number),
  erasure INTEGER NOT NULL,
  PRIMARY KEY (sample, erasure)
) WITHOUT ROWID;

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
