-- Orders whose time has ended, and those that are to be looked at again by now. As wake_at.sql.
WITH ended AS (
    SELECT order_id
    FROM waiting
    WHERE expires_at <= now() AND NOT woken
    ORDER BY expires_at
    LIMIT $1
    FOR NO KEY UPDATE SKIP LOCKED
), again AS (
    SELECT order_id
    FROM waiting
    WHERE recheck_at <= now() AND recheck_at IS NOT NULL AND NOT woken
    ORDER BY recheck_at
    LIMIT $1
    FOR NO KEY UPDATE SKIP LOCKED
), woken AS (
    UPDATE waiting w SET woken = true
    FROM (SELECT order_id FROM ended UNION SELECT order_id FROM again) due
    WHERE w.order_id = due.order_id
    RETURNING w.order_id, w.account_id, w.key_id, w.attempt, w.expires_at
), queued AS (
    INSERT INTO outbox (order_id, account_id, key_id, attempt, available_at, deadline)
    SELECT order_id, account_id, key_id, attempt, now(), expires_at FROM woken
    ON CONFLICT DO NOTHING
)
SELECT order_id, account_id, attempt FROM woken ORDER BY order_id
