-- +goose Up

-- What the house writes: its letterhead, its contact, the authority of each law, and the text of each letter where somebody has changed it.
-- The newest row of a name holds; NULL is the text that the house came with. Earlier ones stay, so that a letter's text can be read again.
CREATE TABLE letter_text (
  number   INTEGER PRIMARY KEY,
  name     TEXT NOT NULL,              -- 'letterhead', 'contact', 'authority eu-gdpr', 'refusal de eu-gdpr'
  text     TEXT,
  made     INTEGER NOT NULL,
  actor    TEXT NOT NULL
);
CREATE INDEX letter_text_name ON letter_text (name, number);

-- A letter as the person got it, with its ticket.
CREATE TABLE letter (
  number   INTEGER PRIMARY KEY,
  ticket   INTEGER NOT NULL REFERENCES ticket (number),
  kind     TEXT NOT NULL,
  language TEXT NOT NULL CHECK (language IN ('en','de')),
  way      TEXT NOT NULL CHECK (way IN ('post','mail','handed-over')),
  day      TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'), -- on which it was sent
  lacks    INTEGER NOT NULL,           -- how many parts that a law wants were not found in it; the sender said that they are there in other words
  made     INTEGER NOT NULL,
  actor    TEXT NOT NULL,
  hash     TEXT NOT NULL,              -- over salt and text; stays
  sealed   BLOB                        -- NULL = erased
);
CREATE INDEX letter_ticket ON letter (ticket);

-- The destruction of case files whose time is over: one officer proposes it, another one approves, a batch carries it out.
CREATE TABLE disposal (
  number    INTEGER PRIMARY KEY,
  proposed  INTEGER NOT NULL,
  proposer  TEXT NOT NULL,
  approved  INTEGER,
  approver  TEXT,
  withdrawn INTEGER,
  batch     INTEGER REFERENCES batch (number),
  found     INTEGER,                   -- how many the batch found
  held      INTEGER,                   -- of them, what a hold or a restriction kept
  ended     INTEGER,
  CHECK (approver <> proposer),
  CHECK ((approved IS NULL) = (approver IS NULL)),
  CHECK (batch IS NULL OR approved IS NOT NULL)
);
CREATE INDEX disposal_open ON disposal (number) WHERE ended IS NULL AND withdrawn IS NULL;

-- The night lists what is due. Being listed destroys nothing.
CREATE TABLE case_due (
  ticket   INTEGER PRIMARY KEY REFERENCES ticket (number),
  listed   INTEGER NOT NULL,
  disposal INTEGER REFERENCES disposal (number)
);
CREATE INDEX case_due_disposal ON case_due (disposal) WHERE disposal IS NOT NULL;

-- What stays of a case file that was destroyed: its number, right, law and days, how it ended, and what it was carried out by.
ALTER TABLE ticket ADD COLUMN destroyed INTEGER;

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
