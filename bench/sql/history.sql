-- A history of $ORDERS final orders, one a second until now, as the engine would have left it. References are not
-- checked row by row while it is written; nothing else differs.
SET session_replication_role = replica;
CREATE TEMPORARY TABLE story AS
SELECT n, (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || substr(md5(n::text), 1, 20))::uuid AS id,
    at, n % 50 = 0 AS failed
FROM (SELECT n, date_trunc('second', now()) - ($ORDERS - n) * interval '1 second' AS at
      FROM generate_series(1, $ORDERS) AS n) AS times;
CREATE TEMPORARY VIEW story_orders AS
SELECT id, 'SOL' AS token_in, 'USDC' AS token_out, 9 AS decimals_in, 6 AS decimals_out,
    1 AS amount, 100 AS slippage_bps, CASE WHEN failed THEN 'failed' ELSE 'confirmed' END AS status,
    1 AS lease_epoch, 5 AS last_seq, at + interval '15 minutes' AS deadline,
    'Raydium' AS chosen_dex, 79.1 AS quoted_out, md5(n::text) || md5(id::text) AS tx_hash,
    79.1 AS executed_price, 79.1 AS amount_out,
    CASE WHEN failed THEN 'the swap would have paid less than the order''s minimum' END
        AS failure_reason,
    CASE WHEN failed THEN 'slippage_exceeded' END AS failure_code,
    at AS created_at, at + interval '3 seconds' AS updated_at,
    at + interval '3 seconds' AS closed_at
FROM story;
CREATE TEMPORARY VIEW story_order_events AS
SELECT id AS order_id, seq, 1 AS attempt, 2 AS version,
    (ARRAY['pending', 'routing', 'building', 'submitted',
        CASE WHEN failed THEN 'failed' ELSE 'confirmed' END])[seq] AS status,
    jsonb_build_object('event', (ARRAY['accepted', 'routing_started', 'venue_chosen', 'submitted',
        CASE WHEN failed THEN 'failed' ELSE 'confirmed' END])[seq],
        'signature', md5(n::text) || md5(id::text)) AS payload,
    at + seq * interval '500 milliseconds' AS at
FROM story, generate_series(1, 5) AS seq;
CREATE TEMPORARY VIEW story_transactions AS
SELECT md5(n::text) || md5(id::text) AS signature, id AS order_id, 1 AS n, 'Raydium' AS venue,
    decode(repeat('ab', 300), 'hex') AS signed, 4000000000 AS last_valid_height,
    79.1 AS quoted_out, 78.3 AS min_out,
    CASE WHEN failed THEN 'reverted' ELSE 'landed' END AS state
FROM story;
-- The tables may be another build's: filled are the columns that they have of these.
DO $fill$
DECLARE
    name text;
    known text;
BEGIN
    FOREACH name IN ARRAY ARRAY['orders', 'order_events', 'transactions'] LOOP
        SELECT string_agg(quote_ident(column_name), ', ') INTO known
        FROM information_schema.columns own
        JOIN information_schema.columns told USING (column_name)
        WHERE own.table_schema = current_schema() AND own.table_name = name
            AND told.table_name = 'story_' || name;
        EXECUTE format('INSERT INTO %I (%s) SELECT %s FROM %I',
            name, known, known, 'story_' || name);
    END LOOP;
END
$fill$;
DROP VIEW story_orders, story_order_events, story_transactions;
DROP TABLE story;
RESET session_replication_role;
