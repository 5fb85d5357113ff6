-- As if the price had moved so far that $1 more of the orders that wait are met. It cannot be set from outside, so the
-- limits of the nearest are lowered, which is the same to whoever compares the two.
WITH nearest AS (
    SELECT order_id FROM waiting WHERE NOT woken ORDER BY wake_at_price, order_id LIMIT $1
), met AS (
    UPDATE waiting w SET wake_at_price = 1 FROM nearest WHERE w.order_id = nearest.order_id RETURNING w.order_id
)
UPDATE orders o SET limit_price = 1 FROM met WHERE o.id = met.order_id
