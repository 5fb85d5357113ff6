-- Sniper orders, and the pools that they wait for.

-- Constraints are widened without reading what is there, which was held to narrower ones.
ALTER TABLE orders
    DROP CONSTRAINT orders_type_check,
    DROP CONSTRAINT orders_slippage_bps_check,
    ADD CONSTRAINT orders_type_check CHECK (type IN ('market', 'limit', 'sniper')) NOT VALID,
    ADD CONSTRAINT orders_slippage_bps_check CHECK (slippage_bps BETWEEN 0 AND 5000) NOT VALID,
    ADD COLUMN sniper jsonb,
    ADD CONSTRAINT orders_sniper_terms_check CHECK (type <> 'sniper' OR sniper IS NOT NULL) NOT VALID;

ALTER TABLE waiting ADD COLUMN pool_after bigint;

-- The pools that were created, as the chain's log tells them.
CREATE TABLE launches (
    slot                     bigint NOT NULL,
    transaction              integer NOT NULL,
    instruction              integer NOT NULL,
    mint                     text NOT NULL,
    symbol                   text NOT NULL,
    decimals                 smallint NOT NULL CHECK (decimals BETWEEN 0 AND 18),
    against                  text NOT NULL,
    venue                    text NOT NULL,
    pool                     text NOT NULL,
    opens_at                 timestamptz(3) NOT NULL,
    liquidity                numeric NOT NULL,
    liquidity_decimals       smallint NOT NULL CHECK (liquidity_decimals BETWEEN 0 AND 18),
    mint_authority_revoked   boolean NOT NULL,
    freeze_authority_revoked boolean NOT NULL,
    lp_burned                boolean NOT NULL,
    seen_at                  timestamptz(3) NOT NULL DEFAULT now(),
    watched                  boolean NOT NULL DEFAULT true,
    PRIMARY KEY (slot, transaction, instruction)
);
CREATE INDEX launches_by_mint ON launches (mint, slot);
CREATE INDEX launches_watched ON launches (seen_at) WHERE watched;

-- How far the chain's log was read. One row, once it was.
CREATE TABLE chain_cursor (
    id   smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    slot bigint NOT NULL
);
