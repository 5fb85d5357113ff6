-- Orders that sell $1 for $2 and wait for a price of $3 or less: each is marked and has an outbox
-- row in one statement, so none is lost between the two. Two monitors take different ones.
WITH due AS (
    SELECT order_id
    FROM waiting
    WHERE token_in = $1 AND token_out = $2 AND wake_at_price <= $3 AND NOT woken
    ORDER BY wake_at_price, order_id
    LIMIT $4
    FOR NO KEY UPDATE SKIP LOCKED
), woken AS (
    UPDATE waiting w SET woken = true
    FROM due
    WHERE w.order_id = due.order_id
    RETURNING w.order_id, w.account_id, w.key_id, w.attempt, w.expires_at, w.wake_at_price
), queued AS (
    INSERT INTO outbox (order_id, account_id, key_id, attempt, available_at, deadline)
    SELECT order_id, account_id, key_id, attempt, now(), expires_at FROM woken
    ON CONFLICT DO NOTHING
)
SELECT order_id, account_id, attempt FROM woken ORDER BY wake_at_price, order_id
