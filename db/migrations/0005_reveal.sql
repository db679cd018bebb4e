-- +goose Up

-- In which session somebody looked behind the bars: a picture is then shown there and nowhere else, for as long as the look lasts.
ALTER TABLE access ADD COLUMN session INTEGER;

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
