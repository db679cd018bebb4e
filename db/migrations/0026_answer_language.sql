-- +goose Up

-- The language of the person, in which their answer is put together.
ALTER TABLE answer ADD COLUMN language TEXT NOT NULL DEFAULT 'en' CHECK (language IN ('en','de'));

-- A statement is of the house, or of one service: beside what the house states, or instead of it. What stood before was in English.
ALTER TABLE statement ADD COLUMN language TEXT NOT NULL DEFAULT 'en' CHECK (language IN ('en','de'));
ALTER TABLE statement ADD COLUMN service INTEGER REFERENCES service (number); -- NULL = of the house
ALTER TABLE statement ADD COLUMN instead INTEGER NOT NULL DEFAULT 0 CHECK (instead IN (0, 1) AND (instead = 0 OR service IS NOT NULL));
DROP INDEX statement_code;
CREATE INDEX statement_code ON statement (code, language, service, number);

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
