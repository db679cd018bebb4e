-- +goose Up

-- What this store is: its ID, when it was made, whether it holds made-up data.
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

-- The one growing number of law L2. A row of its own, because the highest record may be erased and its number must not be given twice.
CREATE TABLE sequence (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  seq  INTEGER NOT NULL
);
INSERT INTO sequence (only, seq) VALUES (1, 0);

-- Policies: set by the first serve, afterwards in the console.
CREATE TABLE setting (
  key     TEXT PRIMARY KEY,
  value   TEXT NOT NULL,
  changed INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE service (
  number     INTEGER PRIMARY KEY,
  guid       TEXT NOT NULL UNIQUE,
  kind       TEXT NOT NULL CHECK (kind IN ('assistant','visual-recognition','discovery','speech-to-text','text-to-speech')),
  hosting    TEXT NOT NULL DEFAULT 'hosted' CHECK (hosting IN ('hosted','linked')),
  name       TEXT NOT NULL UNIQUE,
  region     TEXT NOT NULL DEFAULT '',
  deletion   TEXT NOT NULL DEFAULT 'automatic' CHECK (deletion IN ('automatic','approval')),
  unlabelled TEXT NOT NULL DEFAULT 'flagged' CHECK (unlabelled IN ('allowed','flagged','refused')),
  created    INTEGER NOT NULL,
  removed    INTEGER
);

CREATE TABLE api_key (
  number    INTEGER PRIMARY KEY,
  id        TEXT NOT NULL UNIQUE,
  hash      BLOB NOT NULL CHECK (length(hash) = 32),
  service   INTEGER NOT NULL REFERENCES service (number),
  name      TEXT NOT NULL,
  scopes    TEXT NOT NULL,
  created   INTEGER NOT NULL,
  expires   INTEGER,
  last_used INTEGER,
  revoked   INTEGER
);
CREATE INDEX api_key_service ON api_key (service);

-- Customer IDs are interned. The row goes when the last record of the ID goes.
CREATE TABLE customer (
  number INTEGER PRIMARY KEY,
  name   TEXT NOT NULL UNIQUE,
  ref    BLOB NOT NULL UNIQUE -- keyed hash (K1) that stands for the ID in the console's addresses
);

-- One labelled (or unlabelled) datum. Shown fields are columns, the rest is in body.
CREATE TABLE record (
  seq       INTEGER PRIMARY KEY,
  service   INTEGER NOT NULL,
  kind      INTEGER NOT NULL,
  time      INTEGER NOT NULL,          -- of the request, ms since 1970
  answered  INTEGER NOT NULL,          -- of the response, ms since 1970
  customer  INTEGER NOT NULL,          -- first label; 0 = unlabelled
  flags     INTEGER NOT NULL,
  language  TEXT NOT NULL,
  container TEXT NOT NULL,             -- assistant, environment or workspace
  session   TEXT NOT NULL,
  log_id    TEXT,                      -- imported rows only
  text      TEXT NOT NULL,
  body      BLOB NOT NULL,
  digest    BLOB NOT NULL
);
CREATE INDEX record_time ON record (service, time);
CREATE UNIQUE INDEX record_log_id ON record (service, log_id) WHERE log_id IS NOT NULL;

-- Which records bear which ID, in the order they are shown. Wide enough that a customer's counts by service and kind never touch record.
CREATE TABLE label (
  customer INTEGER NOT NULL,           -- 0 = unlabelled
  time     INTEGER NOT NULL,
  record   INTEGER NOT NULL,
  service  INTEGER NOT NULL,
  kind     INTEGER NOT NULL,
  others   INTEGER NOT NULL,           -- how many other IDs the record bears
  seq      INTEGER,                    -- NULL = given with the record
  PRIMARY KEY (customer, time, record)
) WITHOUT ROWID;

-- The reverse, only for records that bear several IDs.
CREATE TABLE record_label (
  record   INTEGER NOT NULL,
  customer INTEGER NOT NULL,
  PRIMARY KEY (record, customer)
) WITHOUT ROWID;

-- Records per service and day, kept in the transaction that stores or erases them.
CREATE TABLE tally (
  service    INTEGER NOT NULL,
  day        INTEGER NOT NULL,         -- days since 1970, UTC
  records    INTEGER NOT NULL,
  unlabelled INTEGER NOT NULL,
  opted_out  INTEGER NOT NULL,
  PRIMARY KEY (service, day)
) WITHOUT ROWID;

-- A conversation of a hosted Assistant. Its context may hold what the customer said: it goes with the session's records.
CREATE TABLE chat_session (
  id        TEXT PRIMARY KEY,
  service   INTEGER NOT NULL,
  container TEXT NOT NULL,
  created   INTEGER NOT NULL,
  seen      INTEGER NOT NULL,
  turns     INTEGER NOT NULL,
  context   BLOB
) WITHOUT ROWID;

CREATE TABLE erasure (
  number        INTEGER PRIMARY KEY,
  state         TEXT NOT NULL CHECK (state IN ('proposed','scheduled','running','verifying','done','partial','refused','withdrawn')),
  origin        TEXT NOT NULL CHECK (origin IN ('console','api')),
  service       INTEGER REFERENCES service (number), -- filed by API: its one instance
  subject       BLOB,                  -- the customer ID, sealed; NULL once the request has ended
  ref           BLOB NOT NULL,         -- keyed hash (K2) of the ID, kept
  ground        TEXT NOT NULL,
  note          BLOB,                  -- sealed
  cutoff        INTEGER NOT NULL,
  proposer      TEXT NOT NULL,
  approver      TEXT,
  manifest      TEXT NOT NULL,
  manifest_hash TEXT NOT NULL,
  proposed      INTEGER NOT NULL,
  approved      INTEGER,
  runs_from     INTEGER,               -- end of the cancel window
  deadline      INTEGER,
  started       INTEGER,
  ended         INTEGER,
  refusal       TEXT,                  -- code
  refused       BLOB,                  -- what the person is told under Art. 12(4), sealed
  batch         INTEGER,
  found         INTEGER NOT NULL DEFAULT 0,
  remaining     INTEGER NOT NULL DEFAULT 0,
  CHECK (approver IS NULL OR approver <> proposer)
);
CREATE INDEX erasure_state ON erasure (state);
CREATE INDEX erasure_ref ON erasure (ref);
CREATE INDEX erasure_batch ON erasure (batch) WHERE batch IS NOT NULL;

CREATE TABLE part (
  erasure   INTEGER NOT NULL REFERENCES erasure (number),
  service   INTEGER NOT NULL REFERENCES service (number),
  state     TEXT NOT NULL CHECK (state IN ('waiting','sent','accepted','confirmed','unobservable','attested','failed for good','failed','by hand','held')),
  excluded  TEXT,                      -- why the proposer left this service out
  found     INTEGER NOT NULL DEFAULT 0,
  erased    INTEGER NOT NULL DEFAULT 0,
  remaining INTEGER NOT NULL DEFAULT 0,
  changed   INTEGER NOT NULL,
  PRIMARY KEY (erasure, service)
) WITHOUT ROWID;

CREATE TABLE batch (
  number   INTEGER PRIMARY KEY,
  state    TEXT NOT NULL CHECK (state IN ('open','running','paused','stopped','done')),
  opened   INTEGER NOT NULL,
  deadline INTEGER NOT NULL,
  started  INTEGER,
  ended    INTEGER,
  requests INTEGER NOT NULL,
  records  INTEGER NOT NULL,
  erased   INTEGER NOT NULL DEFAULT 0
);

-- How far a batch is at each service.
CREATE TABLE batch_service (
  batch   INTEGER NOT NULL,
  service INTEGER NOT NULL,
  records INTEGER NOT NULL,
  erased  INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (batch, service)
) WITHOUT ROWID;

-- How fast a batch went: one row a minute that it worked in.
CREATE TABLE batch_minute (
  batch  INTEGER NOT NULL,
  minute INTEGER NOT NULL,             -- minutes since 1970
  erased INTEGER NOT NULL,
  PRIMARY KEY (batch, minute)
) WITHOUT ROWID;

CREATE TABLE receipt (
  erasure INTEGER PRIMARY KEY REFERENCES erasure (number),
  made    INTEGER NOT NULL,
  entry   INTEGER NOT NULL,            -- number of the audit entry of the end
  data    TEXT NOT NULL
);

-- Searches of the console: the address holds a random word, the row holds what was asked, sealed.
CREATE TABLE search (
  token   TEXT PRIMARY KEY,
  user    INTEGER NOT NULL,
  query   BLOB NOT NULL,
  ref     BLOB NOT NULL,               -- keyed hash (K2) of what was asked, so that the row goes with the ID
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX search_ref ON search (ref);

-- Each time a person saw or took personal data. Audit entries name the number, never the person looked at.
CREATE TABLE access (
  number  INTEGER PRIMARY KEY,
  user    INTEGER NOT NULL,
  act     TEXT NOT NULL CHECK (act IN ('search','reveal','export')),
  record  INTEGER,
  purpose TEXT NOT NULL,
  at      INTEGER NOT NULL
);
CREATE INDEX access_record ON access (record) WHERE record IS NOT NULL;

CREATE TABLE export (
  number INTEGER PRIMARY KEY,
  user   INTEGER NOT NULL,
  what   TEXT NOT NULL,
  format TEXT NOT NULL,
  rows   INTEGER NOT NULL,
  made   INTEGER NOT NULL
);

-- An import that can be taken up again: how far into which file it came, kept in the transaction that stores what it took in.
CREATE TABLE import (
  number     INTEGER PRIMARY KEY,
  service    INTEGER NOT NULL,
  file       BLOB NOT NULL,            -- keyed hash of how the file begins
  digest     BLOB NOT NULL,            -- keyed hash of all that was taken in: only a file that begins with exactly this is taken up
  offset     INTEGER NOT NULL,         -- bytes of plain text taken in
  line       INTEGER NOT NULL,
  stored     INTEGER NOT NULL,
  known      INTEGER NOT NULL,
  rejected   INTEGER NOT NULL,
  unlabelled INTEGER NOT NULL,
  started    INTEGER NOT NULL,
  ended      INTEGER,
  UNIQUE (service, file)
);

-- The Merkle log: leaves, the hashes of its tree, signed heads.
CREATE TABLE leaf (
  number INTEGER PRIMARY KEY,
  time   INTEGER NOT NULL,
  actor  TEXT NOT NULL,
  event  TEXT NOT NULL,
  object TEXT NOT NULL,
  data   TEXT NOT NULL CHECK (json_valid(data) AND length(data) <= 2048)
);
CREATE INDEX leaf_object ON leaf (object) WHERE object <> '';
CREATE INDEX leaf_event ON leaf (event);
CREATE INDEX leaf_actor ON leaf (actor);
CREATE TABLE hash (
  number INTEGER PRIMARY KEY,
  hash   BLOB NOT NULL CHECK (length(hash) = 32)
);
-- The signed head of the whole trail, replaced by each commit; and the signed heads of commits that did more than take records in, kept.
CREATE TABLE head (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  size INTEGER NOT NULL,
  note TEXT NOT NULL
);
CREATE TABLE checkpoint (
  size INTEGER PRIMARY KEY,
  note TEXT NOT NULL
);

-- A fence, not the proof: the proof is the tree.
-- +goose StatementBegin
CREATE TRIGGER leaf_fixed BEFORE UPDATE ON leaf BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER leaf_kept BEFORE DELETE ON leaf BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER hash_fixed BEFORE UPDATE ON hash BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER hash_kept BEFORE DELETE ON hash BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER checkpoint_fixed BEFORE UPDATE ON checkpoint BEGIN SELECT RAISE(ABORT, 'signed heads are only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER checkpoint_kept BEFORE DELETE ON checkpoint BEGIN SELECT RAISE(ABORT, 'signed heads are only added to'); END;
-- +goose StatementEnd

-- People.
CREATE TABLE user (
  number   INTEGER PRIMARY KEY,
  email    TEXT NOT NULL,
  name     TEXT NOT NULL,
  issuer   TEXT NOT NULL DEFAULT '',   -- '' = local account
  sub      TEXT NOT NULL DEFAULT '',
  roles    TEXT NOT NULL,              -- comma separated, sorted
  password TEXT NOT NULL DEFAULT '',   -- argon2id, PHC string; '' = no password
  created  INTEGER NOT NULL,
  disabled INTEGER,
  seen     INTEGER,
  theme    TEXT NOT NULL DEFAULT '',
  density  TEXT NOT NULL DEFAULT '',
  zone     TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX user_local ON user (email) WHERE issuer = '';
CREATE UNIQUE INDEX user_oidc ON user (issuer, sub) WHERE issuer <> '';

CREATE TABLE web_session (
  number    INTEGER PRIMARY KEY AUTOINCREMENT, -- rows are swept, and the audit trail names their numbers
  hash      BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  user      INTEGER REFERENCES user (number), -- NULL before sign-in
  created   INTEGER NOT NULL,
  seen      INTEGER NOT NULL,
  auth_time INTEGER,
  issuer    TEXT NOT NULL DEFAULT '',
  sid       TEXT NOT NULL DEFAULT '',
  agent     TEXT NOT NULL DEFAULT '',
  data      BLOB NOT NULL,             -- sealed: state, nonce, one-shot message
  ended     INTEGER
);
CREATE INDEX web_session_user ON web_session (user);

-- Logout tokens already used (OIDC back-channel logout 1.0, section 2.6).
CREATE TABLE logout_token (
  issuer TEXT NOT NULL,
  jti    TEXT NOT NULL,
  until  INTEGER NOT NULL,
  PRIMARY KEY (issuer, jti)
) WITHOUT ROWID;

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
