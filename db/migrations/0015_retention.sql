-- +goose Up

-- The plan that a service stands for: what IBM documents for it is offered as its retention. '' = nobody has said.
ALTER TABLE service ADD COLUMN plan TEXT NOT NULL DEFAULT '' CHECK (plan IN ('','lite','trial','standard','plus','enterprise','premium','isolation'));

-- How long a kind of record of a service is kept. What would destroy more than now waits beside it: for its day, and for a second officer.
CREATE TABLE retention (
  service  INTEGER NOT NULL REFERENCES service (number),
  kind     INTEGER NOT NULL,
  days     INTEGER NOT NULL CHECK (days BETWEEN 0 AND 36500), -- 0 = until it is erased
  wanted   INTEGER CHECK (wanted BETWEEN 1 AND 36500),
  proposer TEXT,
  proposed INTEGER,
  starts   INTEGER,                    -- wanted is not in force before
  approver TEXT,
  PRIMARY KEY (service, kind),
  CHECK (approver IS NULL OR approver <> proposer)
) WITHOUT ROWID;

-- What a batch that runs for retention takes: a row for each service and kind, with its two bounds as they were when it began.
CREATE TABLE batch_retention (
  batch     INTEGER NOT NULL REFERENCES batch (number),
  service   INTEGER NOT NULL,
  kind      INTEGER NOT NULL,
  before    INTEGER NOT NULL,          -- ms since 1970: the time of the record
  cutoff    INTEGER NOT NULL,          -- the highest seq
  found     INTEGER,                   -- how many there were at first; NULL = not counted yet
  remaining INTEGER,                   -- likewise when it was asked again
  PRIMARY KEY (batch, service, kind)
) WITHOUT ROWID;

-- Messages are found by record_time: a service that has them has nothing else, and they do not pay for this one.
CREATE INDEX record_kind_time ON record (service, kind, time) WHERE kind > 1;

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
