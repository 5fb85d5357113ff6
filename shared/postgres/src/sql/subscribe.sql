-- Silent until its replay has caught up. Nothing is stored for an order that the account does not
-- have.
INSERT INTO subscriptions (connection_id, order_id, live, expires_at)
SELECT $1, id, false, now() + interval '2 hours' FROM orders WHERE id = $2 AND account_id = $3
ON CONFLICT (connection_id, order_id) DO UPDATE SET live = false, expires_at = excluded.expires_at
