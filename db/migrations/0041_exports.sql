-- +goose Up

-- An export that is made in the background, as people follow it. Its file lies in no table, under a key that this run of the program alone knows.
CREATE TABLE export_job (
  export  INTEGER PRIMARY KEY REFERENCES export (number),
  user    INTEGER NOT NULL,           -- who asked for it, and alone may fetch it
  state   TEXT NOT NULL
    CHECK (state IN ('making', 'ready', 'cancelled', 'discarded', 'cut', 'failed', 'dropped', 'expired')),
  why     TEXT NOT NULL DEFAULT '' CHECK (why IN ('', 'batch', 'kept', 'replaced', 'room', 'large')), -- of failed and dropped
  since   INTEGER,                    -- the days it was asked for
  until   INTEGER,
  total   INTEGER NOT NULL,           -- rows to look at; 0 = not known
  done    INTEGER NOT NULL DEFAULT 0, -- of these, looked at so far
  bytes   INTEGER NOT NULL DEFAULT 0, -- of the file, written so far
  digest  BLOB NOT NULL DEFAULT x'',  -- SHA-256 of the whole file
  began   INTEGER NOT NULL,
  ended   INTEGER,                    -- when the file was whole, or when it came to that it never will be
  gone    INTEGER,                    -- when a whole one was dropped
  fetches INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX export_job_making ON export_job (user) WHERE state = 'making';
CREATE INDEX export_job_live ON export_job (state) WHERE state IN ('making', 'ready');

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
