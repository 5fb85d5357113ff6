-- What an engine is to tell its connections, oldest first.
SELECT d.id, d.connection_id, d.order_id, d.seq, d.message,
    d.seq IS NULL AND d.message IS NULL AND (
        EXISTS (SELECT FROM subscriptions s WHERE s.connection_id = d.connection_id)
        OR EXISTS (SELECT FROM subscriptions_to_all a WHERE a.connection_id = d.connection_id)
    ) AS obsolete
FROM deliveries d
WHERE d.engine_id = $1
ORDER BY d.id
LIMIT $2
