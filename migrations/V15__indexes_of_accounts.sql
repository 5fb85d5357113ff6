-- Apart from the change of the table, which nobody reads while it is made. Keys and names are unique
-- in an account from now on. The other indexes without the account stay for as long as programs may
-- run that read the history of all.
CREATE UNIQUE INDEX orders_idempotency_key_of_account ON orders (account_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE UNIQUE INDEX orders_client_order_id_of_account ON orders (account_id, client_order_id)
    WHERE client_order_id IS NOT NULL;
DROP INDEX orders_idempotency_key;
DROP INDEX orders_client_order_id;
CREATE INDEX orders_newest_of_account ON orders (account_id, created_at DESC, id DESC);
CREATE INDEX orders_failed_of_account ON orders (account_id, created_at DESC, id DESC)
    WHERE failure_code IS NOT NULL;
CREATE INDEX orders_conditional_of_account ON orders (account_id, created_at DESC, id DESC)
    WHERE type <> 'market';
CREATE INDEX orders_cancelled_of_account ON orders (account_id, created_at DESC, id DESC)
    WHERE cancel_requested;
CREATE INDEX waiting_newest_of_account ON waiting (account_id, created_at DESC, order_id DESC);
