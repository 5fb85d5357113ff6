-- Who is to be told of these orders' events. A connection that follows all orders of the account and
-- this one too is told as the latter alone: silent until its replay has caught up. With nobody who follows all,
-- the second half reads nothing but an empty table.
SELECT order_id, connection_id, false AS of_all
FROM subscriptions
WHERE order_id = ANY ($1) AND live
UNION ALL
SELECT o.id, a.connection_id, true
FROM subscriptions_to_all a
CROSS JOIN unnest($1::uuid[]) AS i (id)
CROSS JOIN LATERAL (SELECT id, account_id FROM orders WHERE id = i.id OFFSET 0) o
WHERE o.account_id = a.account_id AND NOT EXISTS (
    SELECT FROM subscriptions s WHERE s.connection_id = a.connection_id AND s.order_id = o.id)
