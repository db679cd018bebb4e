-- +goose Up

-- What a batch may not do alone. A batch is weighed when its records are counted and before the first is removed: allowed is how many it may
-- erase, NULL until then. What is too large rests as paused until somebody who approved none of its requests lets it go on.
ALTER TABLE batch ADD COLUMN allowed INTEGER;
ALTER TABLE batch ADD COLUMN weighed INTEGER;   -- records that it would erase, as it was too large
ALTER TABLE batch ADD COLUMN bound INTEGER;     -- the bound that they were above
ALTER TABLE batch ADD COLUMN stock INTEGER;     -- all records that were held then
ALTER TABLE batch ADD COLUMN pause TEXT CHECK (pause IN ('share','median','person')); -- why it was paused at last
ALTER TABLE batch ADD COLUMN paused INTEGER;    -- since when it is
ALTER TABLE batch ADD COLUMN paused_by TEXT;
ALTER TABLE batch ADD COLUMN cleared_by TEXT;   -- who let it go on after the breaker
ALTER TABLE batch ADD COLUMN swept INTEGER;     -- when all that it found was removed: from then on there is nothing to pause
ALTER TABLE batch ADD COLUMN purged INTEGER;    -- of one that was stopped: when the bytes of what it had removed were gone
CREATE INDEX batch_state ON batch (state);
CREATE INDEX erasure_ended ON erasure (ended) WHERE ended IS NOT NULL;

-- Four eyes (law L6): the breaker's pause is ended by a person who signed in and approved none of the requests.
-- +goose StatementBegin
CREATE TRIGGER batch_four_eyes BEFORE UPDATE OF state ON batch
WHEN OLD.state = 'paused' AND NEW.state = 'running' AND OLD.pause <> 'person' AND (NEW.cleared_by IS NULL OR NEW.cleared_by NOT GLOB 'user/*'
  OR EXISTS (SELECT 1 FROM erasure WHERE batch = NEW.number AND approver = NEW.cleared_by))
BEGIN SELECT RAISE(ABORT, 'a batch that the breaker paused needs a second person'); END;
-- +goose StatementEnd

-- A limit of the house that was loosened waits beside the one in force, as a service's policy does.
ALTER TABLE setting ADD COLUMN next TEXT;
ALTER TABLE setting ADD COLUMN effective INTEGER;

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
