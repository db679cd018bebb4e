-- +goose Up

-- The language in which somebody reads the console (BCP 47); '' = what their browser asks for, else the house's.
ALTER TABLE user ADD COLUMN language TEXT NOT NULL DEFAULT '';
