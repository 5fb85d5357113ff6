INSERT INTO chain.transactions (signature, order_id, venue, token_in, token_out,
    amount_in, min_out, last_valid_height, received_at, lands_at, landing_height, amount_out, error)
SELECT $SIGNATURE, $ID, 'Raydium', 'SOL', 'USDC', 1000000000,
    78321000, 9000000000, clock_timestamp(), clock_timestamp(), 4000000000, 79109650, NULL
WHERE floor(extract(epoch FROM clock_timestamp()) * 1000 / 400) <= 9000000000
ON CONFLICT (signature) DO NOTHING;
SELECT amount_out, error, ceil(greatest(extract(epoch FROM lands_at - clock_timestamp()), 0) * 1000)::bigint AS wait_ms
FROM chain.transactions WHERE signature = $SIGNATURE;
