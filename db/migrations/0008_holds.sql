-- +goose Up

-- A hold (Art. 17(3)) keeps records from erasure; a restriction (Art. 18) freezes them as well. Both are of one make and are told apart by kind.
-- Who asked for the end of a hold never ends it, and who set an expiry never confirms it (laws L5, L6).
CREATE TABLE hold (
  number    INTEGER PRIMARY KEY,
  kind      TEXT NOT NULL CHECK (kind IN ('hold','restriction')),
  state     TEXT NOT NULL CHECK (state IN ('active','lifting','lifted','expired')),
  ground    TEXT NOT NULL CHECK (kind = 'hold' AND ground GLOB '17-3-[a-e]' OR kind = 'restriction' AND ground GLOB '18-1-[a-d]'),
  custodian BLOB,                      -- sealed; gone with the end
  note      BLOB,                      -- likewise
  placed    INTEGER NOT NULL,
  placed_by TEXT NOT NULL,
  review    INTEGER,                   -- reminds, ends nothing
  expiry    INTEGER,                   -- as set at placing; holds only once expiry_by has confirmed it
  expiry_by TEXT,
  asked     INTEGER,                   -- when its end was asked for
  asked_by  TEXT,
  informed  INTEGER,                   -- when the person was told that the restriction ends (Art. 18(3))
  channel   TEXT CHECK (channel IN ('letter','email','portal','telephone','in-person')),
  ended     INTEGER,
  ended_by  TEXT,
  CHECK (expiry_by <> placed_by),
  CHECK (expiry_by IS NULL OR expiry IS NOT NULL),
  CHECK ((asked IS NULL) = (asked_by IS NULL)),
  CHECK (state <> 'lifting' OR asked_by IS NOT NULL),
  CHECK (kind <> 'hold' OR state <> 'lifted' OR asked_by IS NOT NULL AND ended_by IS NOT NULL AND asked_by <> ended_by),
  CHECK (state <> 'expired' OR expiry_by IS NOT NULL AND ended >= expiry),
  CHECK (kind <> 'restriction' OR state <> 'lifted' OR informed IS NOT NULL AND channel IS NOT NULL),
  CHECK ((ended IS NULL) = (state IN ('active','lifting')))
);
CREATE INDEX hold_state ON hold (state);

-- What each of them keeps: all that bears a customer ID, or one record. While it is live the ID's row in customer stays, so the ID itself
-- stands here in no form that could be read; afterwards only its keyed hash (K2) is left.
CREATE TABLE kept (
  number   INTEGER PRIMARY KEY,
  hold     INTEGER NOT NULL REFERENCES hold (number),
  customer INTEGER,                    -- NULL = one record, or ended
  record   INTEGER,
  ref      BLOB,
  frozen   INTEGER NOT NULL CHECK (frozen IN (0, 1)),
  live     INTEGER NOT NULL DEFAULT 1 CHECK (live IN (0, 1)),
  CHECK (live = 1 OR customer IS NULL),
  CHECK ((record IS NULL) = (ref IS NOT NULL))
);
CREATE INDEX kept_hold ON kept (hold);
CREATE UNIQUE INDEX kept_customer ON kept (customer, hold) WHERE live = 1 AND customer IS NOT NULL;
CREATE INDEX kept_record ON kept (record) WHERE live = 1 AND record IS NOT NULL;
CREATE INDEX kept_frozen ON kept (customer) WHERE live = 1 AND frozen = 1 AND customer IS NOT NULL;

-- Of what remains of a part, how much is kept by a hold or a restriction.
ALTER TABLE part ADD COLUMN held INTEGER NOT NULL DEFAULT 0;

-- A receipt is amended, not replaced: what was kept and went later stands on one of its own.
CREATE TABLE amended (
  erasure   INTEGER NOT NULL REFERENCES erasure (number),
  amendment INTEGER NOT NULL,          -- 0 = the first
  made      INTEGER NOT NULL,
  entry     INTEGER NOT NULL,          -- number of the audit entry that it stands beside
  data      TEXT NOT NULL,
  PRIMARY KEY (erasure, amendment)
);
INSERT INTO amended (erasure, amendment, made, entry, data) SELECT erasure, 0, made, entry, data FROM receipt;
DROP TABLE receipt;
ALTER TABLE amended RENAME TO receipt;
-- The check of the trail reads them in the order of their entries.
CREATE INDEX receipt_entry ON receipt (entry);

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
