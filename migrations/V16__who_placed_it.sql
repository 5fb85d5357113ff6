-- Who placed an order, also where open orders are counted and sent: by account and by key. What was
-- there before is without a key; an outbox row of an older program has neither, and the order tells.
ALTER TABLE orders ADD COLUMN key_id text;
ALTER TABLE waiting ADD COLUMN key_id text;
ALTER TABLE outbox
    ADD COLUMN account_id text,
    ADD COLUMN key_id text;
UPDATE outbox b SET account_id = o.account_id FROM orders o WHERE o.id = b.order_id;
