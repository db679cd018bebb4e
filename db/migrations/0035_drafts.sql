-- +goose Up

-- A form that arrived after its session's end: what was typed, until the same person has signed in again in the same browser.
CREATE TABLE draft (
  number  INTEGER PRIMARY KEY AUTOINCREMENT,
  user    INTEGER NOT NULL REFERENCES user (number),
  hash    BLOB NOT NULL,    -- SHA-256 of the token in the browser's cookie
  made    INTEGER NOT NULL,
  sealed  BLOB NOT NULL
);
CREATE INDEX draft_user ON draft (user, number);
CREATE INDEX draft_made ON draft (made);

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
