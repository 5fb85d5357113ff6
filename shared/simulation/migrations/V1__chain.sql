-- The ledger of the simulated chain. It belongs to the simulation, not to the engine: nothing but
-- the simulated chain reads or writes it, so that it can be asked, independently of the engine, how
-- many swaps landed for an order. A database of version 0.1 has it already.

CREATE SCHEMA IF NOT EXISTS chain;

CREATE TABLE IF NOT EXISTS chain.transactions (
    signature         text PRIMARY KEY,
    order_id          uuid NOT NULL,
    venue             text NOT NULL,
    token_in          text NOT NULL,
    token_out         text NOT NULL,
    amount_in         numeric NOT NULL,
    min_out           numeric NOT NULL,
    last_valid_height bigint NOT NULL,
    received_at       timestamptz(3) NOT NULL,
    lands_at          timestamptz(3) NOT NULL,
    landing_height    bigint NOT NULL,
    amount_out        numeric,
    error             text,
    CHECK ((amount_out IS NULL) <> (error IS NULL))
);

CREATE INDEX IF NOT EXISTS chain_transactions_by_order ON chain.transactions (order_id);
