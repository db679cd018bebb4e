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

-- Tickets that came as requests of OpenDSR 2.0. The request itself is not kept: its encoded form may not be, and its IDs stand in ticket_subject.
CREATE TABLE dsr (
  ticket   INTEGER PRIMARY KEY REFERENCES ticket (number),
  key      INTEGER NOT NULL REFERENCES api_key (number),
  request  TEXT NOT NULL,    -- the UUID that the controller made for it
  type     TEXT NOT NULL CHECK (type IN ('access','portability','erasure')),
  received INTEGER NOT NULL,
  expected INTEGER NOT NULL, -- as it was told
  status   TEXT NOT NULL DEFAULT '' CHECK (status IN ('','pending','in_progress','completed','cancelled')), -- the last that was put out
  UNIQUE (key, request)
);

-- Where a controller wants to be told, and what it is still to be told: written with the change itself, so that a crash loses nothing.
CREATE TABLE dsr_callback (
  number INTEGER PRIMARY KEY,
  ticket INTEGER NOT NULL REFERENCES dsr (ticket),
  url    BLOB -- sealed; NULL = the last status was told, or given up
);
CREATE INDEX dsr_callback_ticket ON dsr_callback (ticket);
CREATE TABLE dsr_outbox (
  number   INTEGER PRIMARY KEY,
  callback INTEGER NOT NULL REFERENCES dsr_callback (number),
  status   TEXT NOT NULL,
  detail   TEXT NOT NULL, -- numbers and codes of closed lists
  tries    INTEGER NOT NULL DEFAULT 0,
  next     INTEGER NOT NULL,
  ended    INTEGER        -- when it was told, or given up
);
CREATE INDEX dsr_outbox_open ON dsr_outbox (callback, number) WHERE ended IS NULL;

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
