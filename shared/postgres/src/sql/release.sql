-- Gives an order back: no lease, and its message due again after a pause.
WITH freed AS (
    UPDATE orders SET lease_until = NULL
    WHERE id = $1 AND lease_epoch = $2 AND status = $3
    RETURNING id
), queued AS (
    UPDATE outbox b
    SET available_at = now() + $4::bigint * interval '1 millisecond', sent_at = NULL
    FROM freed
    WHERE b.order_id = freed.id
)
SELECT id FROM freed
