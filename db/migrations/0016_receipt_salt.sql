-- +goose Up

-- The salt behind the commitment to the customer ID on a receipt. It is given to the requester and goes 30 days after the request has ended:
-- from then on nobody here can tell by a receipt whose erasure it was.
CREATE TABLE receipt_salt (
  erasure INTEGER PRIMARY KEY REFERENCES erasure (number),
  sealed  BLOB NOT NULL
);

-- +goose Down
SELECT RAISE(ABORT, 'this store is never taken back a version');
