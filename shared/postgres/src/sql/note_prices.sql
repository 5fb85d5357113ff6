-- Prices that were seen just now, in the candles of this minute.
INSERT INTO prices AS p (base, quote, minute, open, high, low, close)
SELECT i.base, i.quote, date_trunc('minute', now()), i.price, i.price, i.price, i.price
FROM jsonb_to_recordset($1) AS i (base text, quote text, price numeric)
ORDER BY i.base, i.quote -- two writers lock in one order
ON CONFLICT (base, quote, minute) DO UPDATE
SET high = greatest(p.high, excluded.high),
    low = least(p.low, excluded.low),
    close = excluded.close
