-- What the amount received is told in: a launched token is known to the market of its seed alone,
-- and the record outlives it. Null in what was received before.
ALTER TABLE chain.transactions ADD COLUMN IF NOT EXISTS decimals_out smallint;
