-- +goose Up

-- How many tickets each choice of the list's filters would leave is counted from these alone: a row of a ticket bears what is sealed.
CREATE INDEX ticket_open_choices ON ticket (stands, due, number, right, state, regime, region, channel, assignee, ended) WHERE ended IS NULL;
CREATE INDEX ticket_over_choices ON ticket (state, number, right, regime, region, channel, assignee, due, stands, ended) WHERE ended IS NOT NULL;

-- By which schedule a case file was listed for review: of the house, of its right, or the floor of 11 CCR 7101. NULL = listed before this.
ALTER TABLE case_due ADD COLUMN months INTEGER;
ALTER TABLE case_due ADD COLUMN schedule TEXT CHECK (schedule IN ('all','right','ccpa'));

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
