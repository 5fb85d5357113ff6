-- How much an account as a whole (key_id is empty), or a key, may do, and how much of it is used. Who
-- stores an order locks its rows, so each one sees what those before it have used.
CREATE TABLE limits (
    account_id            text NOT NULL,
    key_id                text NOT NULL DEFAULT '',
    max_open_orders       integer CHECK (max_open_orders >= 0),
    max_orders_per_minute integer CHECK (max_orders_per_minute >= 0),
    pairs                 text[],
    max_amount_per_order  jsonb NOT NULL DEFAULT '{}',
    max_amount_per_day    jsonb NOT NULL DEFAULT '{}',
    minute_began          timestamptz(3),
    minute_orders         integer NOT NULL DEFAULT 0,
    day                   date,
    day_amounts           jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (account_id, key_id)
) WITH (fillfactor = 50); -- room on the page for a row that each order writes

-- How many orders of an account, or of one of its keys, are open, up to a number. A statement that
-- waited for a lock still sees the tables as they were when it began; a function like this one sees
-- them as they are when it is called.
CREATE FUNCTION open_orders(of_account text, of_key text, up_to integer) RETURNS bigint
LANGUAGE sql VOLATILE AS $$
    SELECT count(*) FROM (
        SELECT FROM outbox
        WHERE account_id = of_account AND (of_key = '' OR key_id = of_key)
        UNION ALL
        SELECT FROM waiting
        WHERE account_id = of_account AND (of_key = '' OR key_id = of_key) AND NOT woken
        LIMIT up_to) AS open
$$;
