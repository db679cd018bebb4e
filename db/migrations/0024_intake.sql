-- +goose Up

-- A key opens one instance, or the desk: a ticket is about a person and not about an instance, so a key that files tickets belongs to none.
CREATE TABLE api_key_wide (
  number    INTEGER PRIMARY KEY,
  id        TEXT NOT NULL UNIQUE,
  hash      BLOB NOT NULL CHECK (length(hash) = 32),
  service   INTEGER REFERENCES service (number), -- NULL = the desk
  name      TEXT NOT NULL,
  scopes    TEXT NOT NULL,
  created   INTEGER NOT NULL,
  expires   INTEGER,
  last_used INTEGER,
  revoked   INTEGER,
  CHECK ((service IS NULL) = (scopes = 'tickets'))
);
INSERT INTO api_key_wide (number, id, hash, service, name, scopes, created, expires, last_used, revoked)
  SELECT number, id, hash, service, name, scopes, created, expires, last_used, revoked FROM api_key;
DROP TABLE api_key;
ALTER TABLE api_key_wide RENAME TO api_key;
CREATE INDEX api_key_service ON api_key (service);

-- Tickets that a program filed. What it called its request, and what it said, stand here as keyed hashes only: either may hold a customer ID.
CREATE TABLE intake (
  ticket INTEGER PRIMARY KEY REFERENCES ticket (number),
  key    INTEGER NOT NULL REFERENCES api_key (number),
  token  BLOB,          -- keyed hash of the program's name for it; NULL = it gave none
  asked  BLOB NOT NULL, -- keyed hash of the body as it came
  UNIQUE (key, token)
);

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
