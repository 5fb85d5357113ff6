-- Orders, their event log, their transactions, the outbox and the watchers. README.md tells every column in words.
-- Plain types only: an enum type costs hidden look-ups and pins a connection proxy.

CREATE TABLE orders (
    id              uuid PRIMARY KEY,
    type            text NOT NULL DEFAULT 'market' CHECK (type IN ('market')),
    token_in        text NOT NULL,
    token_out       text NOT NULL,
    decimals_in     smallint NOT NULL CHECK (decimals_in BETWEEN 0 AND 18),
    decimals_out    smallint NOT NULL CHECK (decimals_out BETWEEN 0 AND 18),
    amount          numeric NOT NULL CHECK (amount > 0),
    slippage_bps    smallint NOT NULL CHECK (slippage_bps BETWEEN 0 AND 1000),
    status          text NOT NULL CHECK (status IN ('pending', 'routing', 'building', 'submitted', 'confirmed', 'failed')),
    attempt         integer NOT NULL DEFAULT 1 CHECK (attempt >= 1),
    lease_epoch     bigint NOT NULL DEFAULT 0,
    lease_until     timestamptz(3),
    last_seq        bigint NOT NULL DEFAULT 1,
    deadline        timestamptz(3) NOT NULL,
    chosen_dex      text,
    quoted_out      numeric,
    tx_hash         text,
    executed_price  numeric,
    amount_out      numeric,
    failure_reason  text,
    failure_code    text,
    idempotency_key text,
    request_hash    bytea,
    created_at      timestamptz(3) NOT NULL,
    updated_at      timestamptz(3) NOT NULL,
    CHECK (token_in <> token_out),
    CHECK (status <> 'confirmed' OR (tx_hash IS NOT NULL AND amount_out IS NOT NULL)),
    CHECK (status <> 'failed' OR (failure_reason IS NOT NULL AND failure_code IS NOT NULL)),
    CHECK ((idempotency_key IS NULL) = (request_hash IS NULL))
) WITH (fillfactor = 80); -- room on the page for the row's later versions

-- No index may name a column that an ordinary step changes: such a step then stays on its page and touches no index.
CREATE INDEX orders_newest ON orders (created_at DESC, id DESC);
CREATE INDEX orders_failed ON orders (created_at DESC, id DESC) WHERE failure_code IS NOT NULL;
CREATE UNIQUE INDEX orders_idempotency_key ON orders (idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX orders_keys_by_age ON orders (created_at) WHERE idempotency_key IS NOT NULL;

CREATE TABLE order_events (
    order_id uuid NOT NULL REFERENCES orders,
    seq      bigint NOT NULL CHECK (seq >= 1),
    status   text NOT NULL,
    attempt  integer NOT NULL,
    payload  jsonb NOT NULL,
    at       timestamptz(3) NOT NULL,
    PRIMARY KEY (order_id, seq)
);

CREATE TABLE transactions (
    signature         text PRIMARY KEY,
    order_id          uuid NOT NULL REFERENCES orders,
    n                 integer NOT NULL,
    venue             text NOT NULL,
    signed            bytea NOT NULL,
    last_valid_height bigint NOT NULL,
    quoted_out        numeric NOT NULL,
    min_out           numeric NOT NULL,
    state             text NOT NULL CHECK (state IN ('signed', 'landed', 'reverted', 'expired')),
    UNIQUE (order_id, n)
);

-- A second lock under the fence: an order has at most one transaction that may land, or has landed.
CREATE UNIQUE INDEX transactions_one_live ON transactions (order_id) WHERE state IN ('signed', 'landed');

-- One row for each order that is not final: the message to send next.
CREATE TABLE outbox (
    order_id     uuid PRIMARY KEY REFERENCES orders,
    attempt      integer NOT NULL,
    available_at timestamptz(3) NOT NULL,
    sent_at      timestamptz(3),
    sends        integer NOT NULL DEFAULT 0,
    deadline     timestamptz(3) NOT NULL
);

CREATE INDEX outbox_unsent ON outbox (available_at) WHERE sent_at IS NULL;

CREATE TABLE subscriptions (
    connection_id text NOT NULL,
    order_id      uuid NOT NULL REFERENCES orders,
    live          boolean NOT NULL DEFAULT false,
    expires_at    timestamptz(3) NOT NULL,
    PRIMARY KEY (connection_id, order_id)
);

CREATE INDEX subscriptions_by_order ON subscriptions (order_id);
CREATE INDEX subscriptions_by_expiry ON subscriptions (expires_at);
