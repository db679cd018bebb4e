-- +goose Up

-- Of what a person wants to be told by mail (groups of occasions, with commas), and whether they want single keys.
ALTER TABLE user ADD COLUMN mail TEXT NOT NULL DEFAULT '';
ALTER TABLE user ADD COLUMN keyless INTEGER NOT NULL DEFAULT 0 CHECK (keyless IN (0, 1));

-- Who is told by a call. The address may carry a secret of the receiver, so it lies sealed and only its host is shown.
CREATE TABLE webhook (
  number   INTEGER PRIMARY KEY,
  host     TEXT NOT NULL,
  url      BLOB,                       -- sealed; NULL = removed
  secret   BLOB,                       -- likewise
  wants    TEXT NOT NULL,              -- groups of occasions, with commas
  added    INTEGER NOT NULL,
  added_by TEXT NOT NULL,
  ended    INTEGER,
  gone     INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1)), -- it ended because the receiver wants no more (410)
  CHECK ((ended IS NULL) = (url IS NOT NULL) AND (ended IS NULL) = (secret IS NOT NULL))
);

-- One mail to a person or one call of a webhook. Its ID is the same at each try, so that a receiver knows a repeat.
CREATE TABLE post (
  number  INTEGER PRIMARY KEY,
  id      TEXT NOT NULL UNIQUE,
  user    INTEGER REFERENCES user (number),
  webhook INTEGER REFERENCES webhook (number),
  made    INTEGER NOT NULL,
  next    INTEGER NOT NULL,
  tries   INTEGER NOT NULL DEFAULT 0,  -- counted before each, so that none goes out unseen
  problem TEXT NOT NULL DEFAULT '',    -- why the last try failed, a code
  ended   INTEGER,
  outcome TEXT CHECK (outcome IN ('sent','given up','dropped')),
  CHECK ((user IS NULL) <> (webhook IS NULL)),
  CHECK ((ended IS NULL) = (outcome IS NULL))
);
CREATE INDEX post_open ON post (next) WHERE ended IS NULL;
CREATE INDEX post_user ON post (user, number) WHERE user IS NOT NULL;
CREATE INDEX post_webhook ON post (webhook, number) WHERE webhook IS NOT NULL;

-- What somebody is to be told, once for as long as it lasts.
CREATE TABLE notice (
  number  INTEGER PRIMARY KEY,
  user    INTEGER REFERENCES user (number),
  webhook INTEGER REFERENCES webhook (number),
  what    TEXT NOT NULL,
  object  TEXT NOT NULL,               -- as in the audit trail; '' = no single thing
  count   INTEGER NOT NULL DEFAULT 0,
  since   INTEGER NOT NULL,
  over    INTEGER,                     -- when it was no longer so
  post    INTEGER REFERENCES post (number), -- NULL = in none yet
  CHECK ((user IS NULL) <> (webhook IS NULL))
);
CREATE UNIQUE INDEX notice_user ON notice (user, what, object) WHERE over IS NULL AND user IS NOT NULL;
CREATE UNIQUE INDEX notice_webhook ON notice (webhook, what, object) WHERE over IS NULL AND webhook IS NOT NULL;
CREATE INDEX notice_post ON notice (post) WHERE post IS NOT NULL;
CREATE INDEX notice_over ON notice (over) WHERE over IS NOT NULL;

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
