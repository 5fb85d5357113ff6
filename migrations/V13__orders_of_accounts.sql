-- Whose an order is. What was there before belongs to `local`, the account of everybody where no
-- keys are asked for; so does what a program stores that does not know accounts yet.
ALTER TABLE orders ADD COLUMN account_id text NOT NULL DEFAULT 'local';
ALTER TABLE waiting ADD COLUMN account_id text NOT NULL DEFAULT 'local';
ALTER TABLE subscriptions_to_all ADD COLUMN account_id text NOT NULL DEFAULT 'local';

-- Who opened each connection; where no keys are asked for there are no rows.
CREATE TABLE connections (
    connection_id text PRIMARY KEY,
    account_id    text NOT NULL,
    key_id        text,
    orders        uuid[],
    expires_at    timestamptz(3) NOT NULL
);
CREATE INDEX connections_by_key ON connections (key_id) WHERE key_id IS NOT NULL;
