-- A history of $ORDERS final orders, one a second until now, as the engine would have left it. References are not
-- checked row by row while it is written; nothing else differs.
SET session_replication_role = replica;
CREATE TEMPORARY TABLE story AS
SELECT n, (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || substr(md5(n::text), 1, 20))::uuid AS id,
    at, n % 50 = 0 AS failed
FROM (SELECT n, date_trunc('second', now()) - ($ORDERS - n) * interval '1 second' AS at
      FROM generate_series(1, $ORDERS) AS n) AS times;
INSERT INTO orders (id, token_in, token_out, decimals_in, decimals_out, amount, slippage_bps, status, lease_epoch, last_seq,
    deadline, chosen_dex, quoted_out, tx_hash, executed_price, amount_out, failure_reason, failure_code, created_at, updated_at)
SELECT id, 'SOL', 'USDC', 9, 6, 1, 100, CASE WHEN failed THEN 'failed' ELSE 'confirmed' END, 1, 5,
    at + interval '15 minutes', 'Raydium', 79.1, md5(n::text) || md5(id::text), 79.1, 79.1,
    CASE WHEN failed THEN 'the swap would have paid less than the order''s minimum' END,
    CASE WHEN failed THEN 'slippage_exceeded' END, at, at + interval '3 seconds'
FROM story;
INSERT INTO order_events (order_id, seq, status, attempt, payload, at)
SELECT id, seq, (ARRAY['pending', 'routing', 'building', 'submitted', CASE WHEN failed THEN 'failed' ELSE 'confirmed' END])[seq],
    1, jsonb_build_object('txHash', md5(n::text) || md5(id::text)), at + seq * interval '500 milliseconds'
FROM story, generate_series(1, 5) AS seq;
INSERT INTO transactions (signature, order_id, n, venue, signed, last_valid_height, quoted_out, min_out, state)
SELECT md5(n::text) || md5(id::text), id, 1, 'Raydium', decode(repeat('ab', 300), 'hex'), 4000000000, 79.1, 78.3,
    CASE WHEN failed THEN 'reverted' ELSE 'landed' END
FROM story;
DROP TABLE story;
RESET session_replication_role;
