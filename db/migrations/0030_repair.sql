-- +goose Up

-- Labelled messages by when they were, with their conversation: where a message bears no label, the others of its conversation are looked for near its
-- time. The entries come in the order of time, so an insert touches the end of it only.
CREATE INDEX record_talk ON record (service, time, session) WHERE kind = 1 AND customer <> 0 AND session <> '';

-- Labels that a person gave to the unlabelled messages of one conversation. seq is the number of those labels (law L2). customer goes with the ID.
CREATE TABLE repair (
  number    INTEGER PRIMARY KEY,
  service   INTEGER NOT NULL REFERENCES service (number),
  customer  INTEGER,
  seq       INTEGER NOT NULL UNIQUE,
  records   INTEGER NOT NULL,
  several   INTEGER NOT NULL CHECK (several IN (0, 1)), -- the conversation bore several IDs, and a person chose
  actor     TEXT NOT NULL,
  made      INTEGER NOT NULL,
  undone_by TEXT,
  undone    INTEGER
);
CREATE INDEX repair_customer ON repair (customer) WHERE customer IS NOT NULL;
-- +goose StatementBegin
CREATE TRIGGER customer_gone_repair AFTER DELETE ON customer BEGIN UPDATE repair SET customer = NULL WHERE customer = OLD.number; END;
-- +goose StatementEnd

-- Which messages: a row goes with its record. unreachable: it came through a channel that cannot label, and is so again if the label is taken back.
CREATE TABLE repaired (
  record      INTEGER PRIMARY KEY,
  repair      INTEGER NOT NULL REFERENCES repair (number),
  unreachable INTEGER NOT NULL CHECK (unreachable IN (0, 1))
);
CREATE INDEX repaired_repair ON repaired (repair);

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
