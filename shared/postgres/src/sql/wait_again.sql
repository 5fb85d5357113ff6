-- An order that was woken waits again: no lease, no outbox row, and its row of what it waits for as
-- it is now, made anew should it be missing.
WITH freed AS (
    UPDATE orders SET lease_until = NULL
    WHERE id = $1 AND lease_epoch = $2 AND status = $3
    RETURNING id, account_id, key_id, token_in, token_out, attempt, created_at, deadline
), done AS (
    DELETE FROM outbox b USING freed f WHERE b.order_id = f.id
), waits AS (
    INSERT INTO waiting AS w (
        order_id, account_id, key_id, token_in, token_out, attempt, created_at, expires_at, wake_at_price,
        recheck_at, pool_after, reason, best_price, best_venue, checks, checked_at)
    SELECT id, account_id, key_id, token_in, token_out, attempt, created_at, deadline, $4::text::numeric,
        CASE
            WHEN $9::bigint IS NOT NULL AND EXISTS (
                SELECT FROM launches l WHERE l.mint = token_out AND l.slot > $9)
            THEN now()
            ELSE now() + $5::bigint * interval '1 millisecond'
        END,
        $9, $6, $7::text::numeric, $8, 1, now()
    FROM freed
    ON CONFLICT (order_id) DO UPDATE
    SET woken = false,
        wake_at_price = excluded.wake_at_price,
        recheck_at = excluded.recheck_at,
        pool_after = excluded.pool_after,
        reason = excluded.reason,
        best_price = excluded.best_price,
        best_venue = excluded.best_venue,
        checks = w.checks + 1,
        checked_at = excluded.checked_at
)
SELECT id FROM freed
