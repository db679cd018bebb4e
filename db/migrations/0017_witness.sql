-- +goose Up

-- Witnesses of the audit trail (https://c2sp.org/tlog-witness), as serve was started with them. size: of the newest head that it has cosigned, as
-- far as we know. code: why it cosigned nothing at last, and since when.
CREATE TABLE witness (
  name   TEXT PRIMARY KEY,
  key    TEXT NOT NULL,
  size   INTEGER NOT NULL DEFAULT 0,
  since  INTEGER NOT NULL,             -- when it was first named
  code   TEXT NOT NULL DEFAULT '' CHECK (code IN ('','unreachable','unknown','ahead','inconsistent','answer')),
  failed INTEGER
) WITHOUT ROWID;

-- Signed heads with the cosignature of one witness each.
CREATE TABLE cosignature (
  witness TEXT NOT NULL,
  size    INTEGER NOT NULL,
  made    INTEGER NOT NULL,            -- by the clock of the witness
  note    TEXT NOT NULL,
  PRIMARY KEY (witness, size)
) WITHOUT ROWID;

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
