-- The candles of a pair since $3, of $4 seconds each, made of those of the minutes.
SELECT date_bin($4::bigint * interval '1 second', minute, 'epoch'::timestamptz) AS at,
    (array_agg(open ORDER BY minute))[1] AS open,
    max(high) AS high,
    min(low) AS low,
    (array_agg(close ORDER BY minute DESC))[1] AS close
FROM prices
WHERE base = $1 AND quote = $2 AND minute >= $3
GROUP BY 1
ORDER BY 1
