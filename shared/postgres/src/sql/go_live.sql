-- The share lock waits for a change in flight and keeps the next one out until this commits: that one reads its watchers
-- after its own commit and finds this subscription live.
WITH settled AS (
    SELECT last_seq FROM orders WHERE id = $2 FOR SHARE
)
UPDATE subscriptions s
SET live = true
FROM settled
WHERE s.connection_id = $1 AND s.order_id = $2 AND settled.last_seq = $3
