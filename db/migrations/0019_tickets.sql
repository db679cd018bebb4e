-- +goose Up

-- A ticket: one request of a person, with what its legal clock counts from. Who asked and for whom lies sealed; the customer IDs in ticket_subject.
CREATE TABLE ticket (
  number       INTEGER PRIMARY KEY,
  right        TEXT NOT NULL CHECK (right IN ('access','rectification','erasure','restriction','portability','objection','processed-images')),
  regime       TEXT NOT NULL CHECK (regime IN ('eu-gdpr','uk-gdpr','ccpa')),
  region       TEXT NOT NULL CHECK (region IN ('eu','non-eu')),
  country      TEXT NOT NULL DEFAULT '' CHECK (country = '' OR country GLOB '[A-Z][A-Z]'),
  division     TEXT NOT NULL DEFAULT '', -- of the country, where its holidays differ: 'BY'
  channel      TEXT NOT NULL CHECK (channel IN ('mail','post','phone','in-person','web','api','opendsr')),
  received     INTEGER NOT NULL,       -- ms since 1970
  day          TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'), -- the date of receipt where it was received: the clock counts from it
  filed        INTEGER NOT NULL,       -- when it was entered
  filed_by     TEXT NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('open','in progress','waiting','extended','answered','refused','withdrawn','abandoned','merged')),
  assignee     INTEGER REFERENCES user (number),
  relation     TEXT NOT NULL DEFAULT '' CHECK (relation IN ('','agent','parent','guardian','solicitor','relative','other')), -- of whoever asks to the person
  people       BLOB,                   -- sealed: names and contacts of the person and of whoever asks for them
  forgot       INTEGER,                -- an erasure of one of its IDs has ended: IDs, notes and attachments are gone, people go 30 days after the end
  due          INTEGER,                -- the last moment to answer, as the clock has it now; NULL = it is over
  stands       INTEGER NOT NULL DEFAULT 0 CHECK (stands IN (0, 1)), -- the clock stands until the person has answered
  notice_by    INTEGER,                -- the last moment to tell of an extension
  extension    TEXT CHECK (extension IN ('complexity','number','both')),
  extended     INTEGER,                -- when the person was told of it
  extended_by  TEXT,
  extended_why BLOB,                   -- sealed: the reasons as they were told
  ended        INTEGER,
  ended_by     TEXT,
  ground       TEXT,                   -- of a refusal
  told         BLOB,                   -- sealed: what the person was told with it
  merged_into  INTEGER REFERENCES ticket (number),
  CHECK ((extension IS NULL) = (extended IS NULL) AND (extension IS NULL) = (extended_by IS NULL)),
  CHECK (state <> 'extended' OR extension IS NOT NULL),
  CHECK ((ended IS NULL) = (state IN ('open','in progress','waiting','extended')) AND (ended IS NULL) = (ended_by IS NULL)),
  CHECK ((state = 'refused') = (ground IS NOT NULL)),
  CHECK ((state = 'merged') = (merged_into IS NOT NULL) AND merged_into <> number)
);
CREATE INDEX ticket_due ON ticket (due, number) WHERE ended IS NULL;
CREATE INDEX ticket_ended ON ticket (ended, number) WHERE ended IS NOT NULL;
CREATE INDEX ticket_assignee ON ticket (assignee, due) WHERE ended IS NULL;

-- The customer IDs that a ticket is about. An alias is one that a person confirmed.
CREATE TABLE ticket_subject (
  number    INTEGER PRIMARY KEY,
  ticket    INTEGER NOT NULL REFERENCES ticket (number),
  ref       BLOB NOT NULL,             -- keyed hash of the ID (K2)
  sealed    BLOB,                      -- the ID; NULL = erased
  alias     INTEGER NOT NULL DEFAULT 0 CHECK (alias IN (0, 1)),
  added     INTEGER NOT NULL,
  added_by  TEXT NOT NULL,
  bare      INTEGER                    -- when it was found that nothing would be erased under it and nobody called
);
CREATE UNIQUE INDEX ticket_subject_ticket ON ticket_subject (ticket, ref);
CREATE INDEX ticket_subject_ref ON ticket_subject (ref, ticket);

-- The times in which a ticket waited for the person. Whether the clock stood is written down when it begins: a policy that changes later
-- changes no date that was told.
CREATE TABLE ticket_pause (
  number   INTEGER PRIMARY KEY,
  ticket   INTEGER NOT NULL REFERENCES ticket (number),
  why      TEXT NOT NULL CHECK (why IN ('identity','clarification','fee')),
  stops    INTEGER NOT NULL CHECK (stops IN (0, 1)),
  began    INTEGER NOT NULL,
  began_by TEXT NOT NULL,
  ended    INTEGER,
  ended_by TEXT,
  CHECK ((ended IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX ticket_pause_open ON ticket_pause (ticket) WHERE ended IS NULL;
CREATE INDEX ticket_pause_ticket ON ticket_pause (ticket);

-- Art. 12(6): how it was checked who asks, and never a copy of a document.
CREATE TABLE ticket_identity (
  number   INTEGER PRIMARY KEY,
  ticket   INTEGER NOT NULL REFERENCES ticket (number),
  method   TEXT NOT NULL,
  level    TEXT NOT NULL CHECK (level IN ('low','substantial','high')),
  verified INTEGER NOT NULL,
  actor    TEXT NOT NULL,
  hash     TEXT,                       -- over salt and words; stays
  sealed   BLOB                        -- what was checked; NULL = erased, or nothing was written
);
CREATE INDEX ticket_identity_ticket ON ticket_identity (ticket);

CREATE TABLE ticket_note (
  number INTEGER PRIMARY KEY,
  ticket INTEGER NOT NULL REFERENCES ticket (number),
  made   INTEGER NOT NULL,
  actor  TEXT NOT NULL,
  hash   TEXT NOT NULL,                -- over salt and words; stays
  sealed BLOB                          -- NULL = erased
);
CREATE INDEX ticket_note_ticket ON ticket_note (ticket);

CREATE TABLE ticket_attachment (
  number INTEGER PRIMARY KEY,
  ticket INTEGER NOT NULL REFERENCES ticket (number),
  made   INTEGER NOT NULL,
  actor  TEXT NOT NULL,
  type   TEXT NOT NULL,                -- by its content, from a closed list
  bytes  INTEGER NOT NULL,
  hash   TEXT NOT NULL,                -- over salt, name and content; stays
  name   BLOB,                         -- sealed; NULL = erased
  sealed BLOB                          -- salt and content; likewise
);
CREATE INDEX ticket_attachment_ticket ON ticket_attachment (ticket);

CREATE TABLE ticket_link (
  ticket INTEGER NOT NULL REFERENCES ticket (number),
  kind   TEXT NOT NULL CHECK (kind IN ('erasure','hold','restriction','export')),
  object INTEGER NOT NULL,
  made   INTEGER NOT NULL,
  actor  TEXT NOT NULL,
  PRIMARY KEY (ticket, kind, object)
) WITHOUT ROWID;
CREATE INDEX ticket_link_object ON ticket_link (kind, object);

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
