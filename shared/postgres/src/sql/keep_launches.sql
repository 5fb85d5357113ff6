-- A piece of the chain's log: the cursor goes from $1, or from nowhere, to $2, and the pools are
-- kept, all or nothing. Nothing happens when the cursor is somewhere else.
WITH begun AS (
    INSERT INTO chain_cursor (slot)
    SELECT $2 WHERE $1::bigint IS NULL
    ON CONFLICT DO NOTHING
    RETURNING slot
), moved AS (
    UPDATE chain_cursor SET slot = $2 WHERE slot = $1 RETURNING slot
), passed AS (
    SELECT slot FROM begun UNION ALL SELECT slot FROM moved
), kept AS (
    INSERT INTO launches (
        slot, transaction, instruction, mint, symbol, decimals, against, venue, pool, opens_at,
        liquidity, liquidity_decimals, mint_authority_revoked, freeze_authority_revoked, lp_burned)
    SELECT i.slot, i.transaction, i.instruction, i.mint, i.symbol, i.decimals, i.against, i.venue,
        i.pool, i.opens_at, i.liquidity, i.liquidity_decimals, i.mint_authority_revoked,
        i.freeze_authority_revoked, i.lp_burned
    FROM passed
    CROSS JOIN jsonb_to_recordset($3) AS i (
        slot bigint, transaction integer, instruction integer, mint text, symbol text,
        decimals smallint, against text, venue text, pool text, opens_at timestamptz,
        liquidity numeric, liquidity_decimals smallint, mint_authority_revoked boolean,
        freeze_authority_revoked boolean, lp_burned boolean)
    ON CONFLICT DO NOTHING
)
SELECT slot FROM passed
