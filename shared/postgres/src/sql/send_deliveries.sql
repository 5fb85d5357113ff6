-- What engines are to tell their connections. The lock keeps an engine's row until this commits: a
-- delivery is stored while its engine counts as alive, or left out. Rows are numbered in the
-- input's order.
WITH input AS (
    SELECT i.nr, i.engine, i.connection, i.order_id, i.seq, i.message
    FROM jsonb_to_recordset($1) AS i (
        nr bigint, engine uuid, connection text, order_id uuid, seq bigint, message text)
), alive AS (
    SELECT id FROM engines WHERE id = ANY (ARRAY (SELECT engine FROM input)) FOR KEY SHARE
), sent AS (
    INSERT INTO deliveries (engine_id, connection_id, order_id, seq, message)
    SELECT i.engine, i.connection, i.order_id, i.seq, i.message
    FROM input i
    JOIN alive a ON a.id = i.engine
    ORDER BY i.nr
)
SELECT i.nr FROM input i JOIN alive a ON a.id = i.engine
