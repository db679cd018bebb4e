-- +goose Up

-- What an unlabelled record tells of the application that sent it: the API key it came with (0 = none: an import, or from before this version) and the
-- channel that its context names. A labelled record needs neither, and does not pay for them.
ALTER TABLE record ADD COLUMN key INTEGER NOT NULL DEFAULT 0;
ALTER TABLE record ADD COLUMN channel TEXT NOT NULL DEFAULT '';

-- Unlabelled records by day and by who sent them, kept in the transaction that stores, labels or erases them. A row goes with its last record.
CREATE TABLE sender (
  service     INTEGER NOT NULL,
  day         INTEGER NOT NULL,        -- days since 1970, UTC
  container   TEXT NOT NULL,
  channel     TEXT NOT NULL,
  key         INTEGER NOT NULL,
  records     INTEGER NOT NULL,
  unreachable INTEGER NOT NULL,        -- of them, those of channels that cannot label
  PRIMARY KEY (service, day, container, channel, key)
) WITHOUT ROWID;
INSERT INTO sender (service, day, container, channel, key, records, unreachable)
  SELECT r.service, r.time / 86400000, r.container, '', 0, count(*), sum((r.flags & 16) <> 0)
  FROM label l JOIN record r ON r.seq = l.record WHERE l.customer = 0 GROUP BY 1, 2, 3;

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
