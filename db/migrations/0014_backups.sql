-- +goose Up

-- Backups: when each was made and until when it can be opened. Its key lies in backup-keys/{number}.key of the data directory until then.
CREATE TABLE backup (
  number     INTEGER PRIMARY KEY AUTOINCREMENT, -- files and audit entries bear it
  started    INTEGER NOT NULL,                  -- before the copy was taken
  made       INTEGER,                           -- NULL = not finished
  expires    INTEGER NOT NULL,
  destroyed  INTEGER,                           -- when the key here was
  bytes      INTEGER NOT NULL DEFAULT 0,
  sha256     TEXT NOT NULL DEFAULT '',          -- of the file, hex
  checkpoint INTEGER NOT NULL DEFAULT 0,        -- entries of the audit trail in it
  ledger     INTEGER NOT NULL DEFAULT 0,        -- lines of the erasure ledger in it
  copies     INTEGER NOT NULL DEFAULT 0         -- of the key, given out
);
CREATE INDEX backup_kept ON backup (expires) WHERE destroyed IS NULL;

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
