-- +goose Up

-- What an administrator knows of an instance at IBM and nobody can ask it: when it was made, where it lies, what is switched on there. The rules
-- in suitability.go read it. An empty text is "not known"; ticks are codes with commas, and no row means that nobody was asked yet.
CREATE TABLE service_profile (
  service  INTEGER PRIMARY KEY REFERENCES service (number),
  begun    TEXT NOT NULL,                                       -- a day, 2018-05-22
  migrated TEXT NOT NULL CHECK (migrated IN ('', 'yes', 'no')), -- by 2018-10-01
  centre   TEXT NOT NULL,
  ticks    TEXT NOT NULL,
  changed  INTEGER NOT NULL
);

-- The move from an unsuitable instance to a new one. Whether there is a key and whether the old ones are revoked is read from the keys; only what
-- was revoked elsewhere is somebody's word.
CREATE TABLE service_move (
  service   INTEGER PRIMARY KEY REFERENCES service (number),
  successor INTEGER NOT NULL REFERENCES service (number) CHECK (successor <> service),
  started   INTEGER NOT NULL,
  revoked   INTEGER,                                            -- when somebody said that the key at IBM is revoked
  ended     INTEGER
);

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
