-- What a submit needs, tried and taken back: the locks, the rights, the columns, room for new rows.
BEGIN;
SET LOCAL lock_timeout = '600ms';
SET LOCAL statement_timeout = '600ms';
WITH stored AS (
    INSERT INTO orders (
        id, type, token_in, token_out, decimals_in, decimals_out, amount, slippage_bps, status,
        deadline, created_at, updated_at)
    VALUES (
        '{id}', 'market', 'SOL', 'USDC', 9, 6, 1, 50, '{status}',
        now() + interval '1 minute', now(), now())
    RETURNING id, created_at, deadline
), logged AS (
    INSERT INTO order_events (order_id, seq, status, attempt, version, payload, at)
    SELECT id, 1, '{status}', 1, 1, '{}', created_at FROM stored
)
INSERT INTO outbox (order_id, attempt, available_at, deadline)
SELECT id, 1, created_at, deadline FROM stored;
ROLLBACK;
-- And a write that is kept, because only a commit shows that one can be made durable.
BEGIN;
SET LOCAL lock_timeout = '600ms';
SET LOCAL statement_timeout = '600ms';
INSERT INTO health_probe (id, at) VALUES (1, now())
ON CONFLICT (id) DO UPDATE SET at = excluded.at;
COMMIT
