-- +goose Up

-- What is found by where it belongs: a classifier's images, a collection's documents. Messages have their own ways and do not pay for it.
CREATE INDEX record_item ON record (service, kind, container, session) WHERE kind > 1;

-- The words of Discovery documents, which are few, for questions by full text. The index refers to this table, so that what was indexed
-- can be taken out of it word for word.
CREATE TABLE document_text (
  record INTEGER PRIMARY KEY,
  title  TEXT NOT NULL,
  text   TEXT NOT NULL
);
CREATE VIRTUAL TABLE document_index USING fts5 (title, text, content = 'document_text', content_rowid = 'record', tokenize = 'porter unicode61 remove_diacritics 2');

-- A linked service is called at url with a sealed credential. gateway is the hosted Assistant that passes its messages on to it.
-- inside: the address may be a private one, without TLS (security.md, "Outbound").
ALTER TABLE service ADD COLUMN gateway INTEGER REFERENCES service (number);
ALTER TABLE service ADD COLUMN url TEXT NOT NULL DEFAULT '';
ALTER TABLE service ADD COLUMN credential BLOB;
ALTER TABLE service ADD COLUMN inside INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX service_gateway ON service (gateway) WHERE gateway IS NOT NULL AND removed IS NULL;

-- Under which names (assistant, environment, workspace) messages went to a linked Assistant: its logs are asked by them. No personal data.
CREATE TABLE service_container (
  service INTEGER NOT NULL REFERENCES service (number),
  v1      INTEGER NOT NULL,
  name    TEXT NOT NULL,
  PRIMARY KEY (service, v1, name)
) WITHOUT ROWID;

-- A part at a linked service goes its own way: how often it was tried, when next, when it was sent and accepted, how often it was sent
-- again after an outcome that nobody knows, and a code for what went wrong.
ALTER TABLE part ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE part ADD COLUMN repeats INTEGER NOT NULL DEFAULT 0;
ALTER TABLE part ADD COLUMN next_try INTEGER;
ALTER TABLE part ADD COLUMN sent INTEGER;
ALTER TABLE part ADD COLUMN accepted INTEGER;
ALTER TABLE part ADD COLUMN code TEXT;

-- Messages of channels that cannot be labelled (preview link, automatic Facebook integration): counted, never found by ID.
ALTER TABLE tally ADD COLUMN unreachable INTEGER NOT NULL DEFAULT 0;

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
