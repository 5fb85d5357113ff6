-- Who placed an order, also where open orders are counted and sent: by account and by key. What was
-- there before, and what an older program stores, is without a key.
ALTER TABLE orders ADD COLUMN key_id text;
ALTER TABLE waiting ADD COLUMN key_id text;
ALTER TABLE outbox
    ADD COLUMN account_id text NOT NULL DEFAULT 'local',
    ADD COLUMN key_id text;
UPDATE outbox b SET account_id = o.account_id
FROM orders o
WHERE o.id = b.order_id AND o.account_id <> 'local';
