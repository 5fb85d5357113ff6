-- The orders that a wallet has signed for, or may: what they reserve while they are in execution,
-- and whose marker on the chain is still to be emptied.
CREATE TABLE wallet_orders (
    order_id uuid PRIMARY KEY REFERENCES orders,
    wallet   text NOT NULL,
    mint     text NOT NULL,
    amount   numeric NOT NULL CHECK (amount > 0),
    costs    bigint NOT NULL CHECK (costs >= 0),
    attempt  integer NOT NULL,
    place    bigserial NOT NULL,
    reserves boolean NOT NULL DEFAULT true,
    due_at   timestamptz(3) NOT NULL
);
CREATE INDEX wallet_orders_reserving ON wallet_orders (wallet, place) WHERE reserves;
CREATE INDEX wallet_orders_due ON wallet_orders (wallet, due_at);

-- Reserves what an order may spend, and tells what those before it have reserved; no row when the
-- order is not open. The orders of a wallet come in one after the other: whoever waited for the lock
-- must see what those before have written, and each statement of a function does. A reservation is
-- worth nothing once its order is closed or in another attempt, so nothing has to free it; that it
-- is worth nothing is noted here, so that it is not looked at again. It outlives its order by two
-- seconds, for the balance may be read from a node that is behind the one which told its end.
CREATE FUNCTION reserve(
    of_order uuid, of_wallet text, of_mint text, of_amount numeric, of_costs bigint)
RETURNS TABLE (amount_before numeric, costs_before bigint)
LANGUAGE plpgsql AS $$
DECLARE
    own bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(of_wallet, 0));
    UPDATE wallet_orders w
    SET reserves = false
    FROM orders o
    WHERE w.wallet = of_wallet AND w.reserves AND o.id = w.order_id
      AND (o.closed_at < clock_timestamp() - interval '2 seconds' OR o.attempt <> w.attempt);
    INSERT INTO wallet_orders AS w (order_id, wallet, mint, amount, costs, attempt, due_at)
    SELECT id, of_wallet, of_mint, of_amount, of_costs, attempt, now() + interval '15 minutes'
    FROM orders
    WHERE id = of_order AND closed_at IS NULL
    ON CONFLICT (order_id) DO UPDATE
    SET wallet = excluded.wallet,
        mint = excluded.mint,
        amount = excluded.amount,
        costs = excluded.costs,
        attempt = excluded.attempt,
        place = CASE
            WHEN w.reserves AND w.wallet = excluded.wallet AND w.mint = excluded.mint
                AND w.amount >= excluded.amount AND w.costs >= excluded.costs
            THEN w.place
            ELSE excluded.place
        END,
        reserves = true,
        due_at = excluded.due_at
    RETURNING w.place INTO own;
    IF own IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT coalesce(sum(w.amount) FILTER (WHERE w.mint = of_mint), 0),
        coalesce(sum(w.costs), 0)::bigint
    FROM wallet_orders w
    WHERE w.wallet = of_wallet AND w.reserves AND w.place < own;
END
$$;
