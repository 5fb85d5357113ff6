-- Every pair's price of the last $MINUTES minutes, as the monitor would have noted it minute by minute.
INSERT INTO prices (base, quote, minute, open, high, low, close)
SELECT base, quote, date_trunc('minute', now()) - n * interval '1 minute',
    150.000000 + n % 997, 151.000000 + n % 997, 149.000000 + n % 997, 150.500000 + n % 997
FROM generate_series($MINUTES, 1, -1) AS n,
    (VALUES ('SOL', 'USDC'), ('SOL', 'USDT'), ('JUP', 'USDC')) AS pairs (base, quote);
