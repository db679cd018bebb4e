-- +goose Up

-- How many tickets are alike in all that lists and statistics count by. Triggers keep it, so that it changes with its tickets in one transaction,
-- whoever writes them; the nightly check counts it anew. Of what is over, which only grows, there is a row for each kind and not for each day.
CREATE TABLE ticket_tally (
  over     INTEGER NOT NULL,           -- 1 = the ticket has ended
  stands   INTEGER NOT NULL,
  right    TEXT NOT NULL,
  state    TEXT NOT NULL,
  regime   TEXT NOT NULL,
  region   TEXT NOT NULL,
  channel  TEXT NOT NULL,
  assignee INTEGER NOT NULL,           -- 0 = nobody
  due      INTEGER NOT NULL,           -- 0 = it is over
  day      TEXT NOT NULL,              -- of receipt; '' = it is over
  n        INTEGER NOT NULL CHECK (n >= 0),
  PRIMARY KEY (over, stands, right, state, regime, region, channel, assignee, due, day)
) WITHOUT ROWID;
CREATE VIEW ticket_kind AS SELECT number, ended IS NOT NULL AS over, stands, right, state, regime, region, channel, coalesce(assignee, 0) AS assignee,
  coalesce(due, 0) AS due, iif(ended IS NULL, day, '') AS day FROM ticket;
INSERT INTO ticket_tally SELECT over, stands, right, state, regime, region, channel, assignee, due, day, count(*) FROM ticket_kind GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;

-- +goose StatementBegin
CREATE TRIGGER ticket_tally_came AFTER INSERT ON ticket BEGIN
  INSERT INTO ticket_tally VALUES (NEW.ended IS NOT NULL, NEW.stands, NEW.right, NEW.state, NEW.regime, NEW.region, NEW.channel, coalesce(NEW.assignee, 0), coalesce(NEW.due, 0), iif(NEW.ended IS NULL, NEW.day, ''), 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ticket_tally_went AFTER DELETE ON ticket BEGIN
  UPDATE ticket_tally SET n = n - 1 WHERE (over, stands, right, state, regime, region, channel, assignee, due, day) =
    (OLD.ended IS NOT NULL, OLD.stands, OLD.right, OLD.state, OLD.regime, OLD.region, OLD.channel, coalesce(OLD.assignee, 0), coalesce(OLD.due, 0), iif(OLD.ended IS NULL, OLD.day, ''));
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ticket_tally_moved AFTER UPDATE OF stands, right, state, regime, region, channel, assignee, due, day, ended ON ticket BEGIN
  UPDATE ticket_tally SET n = n - 1 WHERE (over, stands, right, state, regime, region, channel, assignee, due, day) =
    (OLD.ended IS NOT NULL, OLD.stands, OLD.right, OLD.state, OLD.regime, OLD.region, OLD.channel, coalesce(OLD.assignee, 0), coalesce(OLD.due, 0), iif(OLD.ended IS NULL, OLD.day, ''));
  INSERT INTO ticket_tally VALUES (NEW.ended IS NOT NULL, NEW.stands, NEW.right, NEW.state, NEW.regime, NEW.region, NEW.channel, coalesce(NEW.assignee, 0), coalesce(NEW.due, 0), iif(NEW.ended IS NULL, NEW.day, ''), 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ticket_tally_empty AFTER UPDATE OF n ON ticket_tally WHEN NEW.n = 0 BEGIN
  DELETE FROM ticket_tally WHERE (over, stands, right, state, regime, region, channel, assignee, due, day) =
    (NEW.over, NEW.stands, NEW.right, NEW.state, NEW.regime, NEW.region, NEW.channel, NEW.assignee, NEW.due, NEW.day);
END;
-- +goose StatementEnd

-- The statistics read tickets that are over one by one, and open ones from the tally: the days of the open ones are in the way of theirs.
DROP INDEX ticket_day;
CREATE INDEX ticket_over_day ON ticket (day) WHERE ended IS NOT NULL;

-- The overview asks for the erasures of the last days, for those that are due next and for those that wait: without these it would read all there
-- ever were.
CREATE INDEX erasure_filed ON erasure (proposed) WHERE drill = 0;
CREATE INDEX erasure_over ON erasure (ended, state, proposed) WHERE drill = 0 AND ended IS NOT NULL;
CREATE INDEX erasure_due ON erasure (deadline, number) WHERE ended IS NULL AND deadline IS NOT NULL;
CREATE INDEX erasure_waits ON erasure (state, deadline IS NULL, deadline, number DESC) WHERE state = 'proposed' AND drill = 0 AND bulk IS NULL;

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
