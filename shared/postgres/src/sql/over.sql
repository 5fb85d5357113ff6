-- Takes orders of a wallet that are due, the longest due first, and answers those of them that are
-- over: closed ten minutes ago, with no transaction that may land. Whoever takes them has three
-- minutes, then they are due again; an order that is open is looked at again in an hour.
WITH due AS (
    SELECT order_id
    FROM wallet_orders
    WHERE wallet = $1 AND due_at <= now()
    ORDER BY due_at
    LIMIT $2
    FOR NO KEY UPDATE SKIP LOCKED
), taken AS (
    UPDATE wallet_orders w
    SET due_at = now() + CASE
            WHEN o.closed_at IS NULL THEN interval '1 hour'
            ELSE interval '3 minutes'
        END,
        reserves = w.reserves AND o.closed_at IS NULL
    FROM due
    JOIN orders o ON o.id = due.order_id
    WHERE w.order_id = due.order_id
    RETURNING w.order_id, o.closed_at
)
SELECT t.order_id, signed.last_valid_height, signed.landed
FROM taken t
CROSS JOIN LATERAL (
    SELECT max(x.last_valid_height) AS last_valid_height,
        coalesce(bool_or(x.state = 'landed'), false) AS landed,
        coalesce(bool_or(x.state = 'signed'), false) AS may_land
    FROM transactions x
    WHERE x.order_id = t.order_id) signed
WHERE t.closed_at < now() - interval '10 minutes' AND NOT signed.may_land
