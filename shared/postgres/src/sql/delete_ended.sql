-- Of the next $4 orders after a position ($2, $3), those are deleted that ended more than $1
-- milliseconds ago, with their events and transactions; unless something is left to do of them: a
-- message, a marker on the chain, a transaction that may land, a client that is being told.
--
-- A name stays taken. It is kept a minute before its order is deleted: an order of the same name
-- that comes meanwhile, by a statement that began before and sees neither, cannot be so old
-- (statements end after three seconds).
WITH seen AS (
    SELECT id, account_id, client_order_id, created_at, closed_at
    FROM orders
    WHERE created_at < now() - $1::bigint * interval '1 millisecond' AND (created_at, id) > ($2, $3)
    ORDER BY created_at, id
    LIMIT $4
), ended AS MATERIALIZED (
    SELECT s.id, s.account_id, s.client_order_id
    FROM seen s
    WHERE s.closed_at < now() - $1::bigint * interval '1 millisecond'
      AND NOT EXISTS (SELECT FROM outbox b WHERE b.order_id = s.id)
      AND NOT EXISTS (SELECT FROM waiting w WHERE w.order_id = s.id)
      AND NOT EXISTS (SELECT FROM wallet_orders w WHERE w.order_id = s.id)
      AND NOT EXISTS (SELECT FROM subscriptions c WHERE c.order_id = s.id)
      AND NOT EXISTS (SELECT FROM transactions t WHERE t.order_id = s.id AND t.state = 'signed')
), named AS (
    INSERT INTO taken_names (account_id, client_order_id, order_id)
    SELECT account_id, client_order_id, id
    FROM ended
    WHERE client_order_id IS NOT NULL
    ORDER BY account_id, client_order_id -- two engines take them in one order
    ON CONFLICT DO NOTHING
), going AS MATERIALIZED (
    SELECT o.id
    FROM orders o
    WHERE o.id = ANY (ARRAY (
        SELECT e.id
        FROM ended e
        WHERE e.client_order_id IS NULL OR EXISTS (
            SELECT FROM taken_names n
            WHERE n.account_id = e.account_id AND n.client_order_id = e.client_order_id
              AND n.since < now() - interval '1 minute')))
    FOR UPDATE SKIP LOCKED
), events AS (
    DELETE FROM order_events e WHERE e.order_id = ANY (ARRAY (SELECT id FROM going))
), swaps AS (
    DELETE FROM transactions t WHERE t.order_id = ANY (ARRAY (SELECT id FROM going))
), deleted AS (
    DELETE FROM orders o WHERE o.id = ANY (ARRAY (SELECT id FROM going)) RETURNING o.id
)
SELECT s.created_at, s.id,
    (SELECT count(*) FROM seen) AS seen,
    (SELECT count(*) FROM deleted) AS deleted
FROM seen s
ORDER BY s.created_at DESC, s.id DESC
LIMIT 1
