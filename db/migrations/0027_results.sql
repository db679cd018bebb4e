-- +goose Up

-- The way in which a controller gets the answer to what it asked for over OpenDSR, its results_url; NULL = a person's. Its secret is derived and not kept,
-- so that each status tells the same address.
ALTER TABLE answer_link ADD COLUMN controller INTEGER REFERENCES dsr (ticket);
CREATE INDEX answer_link_controller ON answer_link (controller, number) WHERE controller IS NOT NULL;

-- What was done, where a right can be answered in more than one way; a code of ticket.Outcomes.
ALTER TABLE ticket ADD COLUMN outcome TEXT CHECK (outcome IS NULL OR state = 'answered');

-- Who goes on for whom: asked with each change of a ticket, since a controller hears of the one that its own was merged into.
CREATE INDEX ticket_merged ON ticket (merged_into) WHERE merged_into IS NOT NULL;

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
