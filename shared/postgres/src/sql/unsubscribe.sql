-- Answers the connections that watch nothing else.
WITH ended AS (
    DELETE FROM subscriptions WHERE order_id = $1 AND connection_id = ANY ($2) RETURNING connection_id
)
SELECT connection_id
FROM ended e
WHERE NOT EXISTS (SELECT FROM subscriptions s WHERE s.connection_id = e.connection_id AND s.order_id <> $1)
  AND NOT EXISTS (SELECT FROM subscriptions_to_all a WHERE a.connection_id = e.connection_id)
