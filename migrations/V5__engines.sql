-- Several one-machine engines on one database: who is there, and what one has to say to a connection
-- of another. Tables instead of LISTEN/NOTIFY and session locks: a connection proxy that gives each
-- transaction another session has neither.

CREATE TABLE engines (
    id         uuid PRIMARY KEY,
    place      text,
    process    text,
    started_at timestamptz(3) NOT NULL,
    seen_at    timestamptz(3) NOT NULL
) WITH (fillfactor = 50); -- room on the page for a row that is written each second

CREATE TABLE deliveries (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    engine_id     uuid NOT NULL REFERENCES engines ON DELETE CASCADE,
    connection_id text NOT NULL,
    order_id      uuid,
    seq           bigint,
    message       text,
    CHECK ((order_id IS NULL) = (seq IS NULL)),
    CHECK (order_id IS NULL OR message IS NULL)
);

CREATE INDEX deliveries_by_engine ON deliveries (engine_id, id);

CREATE TABLE subscriptions_to_all (
    connection_id text PRIMARY KEY,
    expires_at    timestamptz(3) NOT NULL
);
