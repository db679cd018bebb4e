-- +goose Up

-- Linked services that are no Watson instance. The kinds stand in a CHECK, and SQLite changes none in place; this is its documented way for
-- what changes nothing in the rows ("ALTER TABLE", section 7): the text of the schema is edited and read anew. A new table in the old one's
-- place would lose the columns that other migrations have added, and cannot be made inside a transaction while others refer to it.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''speech-to-text'',''text-to-speech'')', '''speech-to-text'',''text-to-speech'',''opendsr'',''http'',''manual'')')
  WHERE type = 'table' AND name = 'service';
PRAGMA writable_schema = RESET;

-- How such a service is spoken to: JSON without a secret in it, db.Link. What is secret lies in the sealed credential. revision grows with
-- each change, so that whoever holds a client of the service knows that it is out of date.
ALTER TABLE service ADD COLUMN settings TEXT NOT NULL DEFAULT '';
ALTER TABLE service ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;

-- How the calls to a linked service go: when one last went well, and when and why (erasure.PartCodes) one last did not.
CREATE TABLE service_health (
  service   INTEGER PRIMARY KEY REFERENCES service (number),
  succeeded INTEGER,
  failed    INTEGER,
  code      TEXT NOT NULL DEFAULT ''
);

-- Under which ID a part is known at an OpenDSR processor, and the word in the address where it tells what became of it. Both are random and
-- written before the first call, so that a repeat is the same request there.
CREATE TABLE part_call (
  erasure INTEGER NOT NULL REFERENCES erasure (number),
  service INTEGER NOT NULL REFERENCES service (number),
  request TEXT NOT NULL UNIQUE,
  token   TEXT NOT NULL UNIQUE,
  PRIMARY KEY (erasure, service)
) WITHOUT ROWID;

-- What a person did at a linked service, or why it cannot be done. words, name and file may hold anything: they are sealed together with their
-- salt, and go 30 days after the request has ended, or before. hash, over salt and content, stays, and stands in the audit trail.
CREATE TABLE attestation (
  number  INTEGER PRIMARY KEY,
  erasure INTEGER NOT NULL REFERENCES erasure (number),
  service INTEGER NOT NULL REFERENCES service (number),
  actor   TEXT NOT NULL,
  made    INTEGER NOT NULL,
  done    INTEGER,                     -- the day on which it was done; NULL = it cannot be done
  bytes   INTEGER NOT NULL,            -- of the file; 0 = none
  hash    TEXT NOT NULL,
  sealed  BLOB,                        -- NULL = erased
  UNIQUE (erasure, service)
);
CREATE INDEX attestation_kept ON attestation (erasure) WHERE sealed IS NOT NULL;

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
