-- Where health tries a write that is kept: one row, written anew.
CREATE TABLE health_probe (
    id smallint PRIMARY KEY CHECK (id = 1),
    at timestamptz NOT NULL
);
