-- $ORDERS limit orders that wait for a price far away, as the engine would have left them. References
-- are not checked row by row while it is written.
SET session_replication_role = replica;
CREATE TEMPORARY TABLE placed AS
SELECT gen_random_uuid() AS id, now() - n * interval '1 second' AS at, 200 + n % 1000 AS price
FROM generate_series(1, $ORDERS) AS n;
INSERT INTO orders (
    id, type, token_in, token_out, decimals_in, decimals_out, amount, slippage_bps, status, attempt, last_seq,
    deadline, limit_price, time_in_force, created_at, updated_at)
SELECT id, 'limit', 'SOL', 'USDC', 9, 6, 10, 50, 'waiting', 2, 3, now() + interval '7 days', price, 'GTD', at, at
FROM placed;
INSERT INTO order_events (order_id, seq, status, attempt, version, payload, at)
SELECT id, seq, (ARRAY['pending', 'routing', 'waiting'])[seq], 1 + seq / 3, 2,
    jsonb_build_object('event', (ARRAY['accepted', 'routing_started', 'waiting_started'])[seq])
        || CASE seq WHEN 3 THEN jsonb_build_object('reason', 'limit_not_met') ELSE '{}' END, at
FROM placed, generate_series(1, 3) AS seq;
INSERT INTO waiting (
    order_id, token_in, token_out, attempt, created_at, expires_at, wake_at_price, reason, checks, checked_at)
SELECT id, 'SOL', 'USDC', 2, at, now() + interval '7 days', price, 'limit_not_met', 1, at FROM placed;
DROP TABLE placed;
RESET session_replication_role;
