-- +goose Up

-- Statistics ask for the tickets that were received, or that ended, within a period; rows of tickets stay for good.
CREATE INDEX ticket_day ON ticket (day);

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
