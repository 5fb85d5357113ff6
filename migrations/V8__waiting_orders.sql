-- Orders that wait for a condition, expire and are cancelled.

-- Constraints are widened without reading what is there, which was held to narrower ones.
ALTER TABLE orders
    DROP CONSTRAINT orders_type_check,
    DROP CONSTRAINT orders_status_check,
    ADD CONSTRAINT orders_type_check CHECK (type IN ('market', 'limit')) NOT VALID,
    ADD CONSTRAINT orders_status_check CHECK (status IN (
        'pending', 'waiting', 'routing', 'building', 'submitted',
        'confirmed', 'failed', 'cancelled', 'expired')) NOT VALID,
    ADD COLUMN min_amount_out   numeric,
    ADD COLUMN limit_price      numeric,
    ADD COLUMN time_in_force    text,
    ADD COLUMN client_order_id  text,
    ADD COLUMN tries            integer NOT NULL DEFAULT 1,
    ADD COLUMN triggers         integer NOT NULL DEFAULT 0,
    ADD COLUMN cancel_requested boolean NOT NULL DEFAULT false,
    ADD COLUMN fired            jsonb,
    ADD CONSTRAINT orders_limit_terms_check CHECK (
        type <> 'limit' OR (limit_price IS NOT NULL AND time_in_force IS NOT NULL)) NOT VALID;

-- Until now a try was an attempt.
UPDATE orders o SET tries = o.attempt FROM outbox b WHERE b.order_id = o.id AND o.attempt > 1;

-- One row for each order in `waiting`. Woken, it has an outbox row too, and no index but the key
-- knows it any more.
CREATE TABLE waiting (
    order_id      uuid PRIMARY KEY REFERENCES orders,
    token_in      text NOT NULL,
    token_out     text NOT NULL,
    attempt       integer NOT NULL,
    created_at    timestamptz(3) NOT NULL,
    expires_at    timestamptz(3) NOT NULL,
    wake_at_price numeric,
    recheck_at    timestamptz(3),
    woken         boolean NOT NULL DEFAULT false,
    reason        text NOT NULL,
    best_price    numeric,
    best_venue    text,
    checks        integer NOT NULL,
    checked_at    timestamptz(3) NOT NULL,
    CHECK ((best_price IS NULL) = (best_venue IS NULL))
);
CREATE INDEX waiting_by_price ON waiting (token_in, token_out, wake_at_price, order_id) WHERE NOT woken;
CREATE INDEX waiting_by_recheck ON waiting (recheck_at) WHERE NOT woken AND recheck_at IS NOT NULL;
CREATE INDEX waiting_by_expiry ON waiting (expires_at) WHERE NOT woken;
CREATE INDEX waiting_newest ON waiting (created_at DESC, order_id DESC);
