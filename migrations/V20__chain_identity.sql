-- Which chain the orders are executed on. What was signed for one cannot be settled on another, and
-- an order that is open on one was not meant for another. One row, once an engine has started.
CREATE TABLE chain_identity (
    id    smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    chain text NOT NULL,
    since timestamptz(3) NOT NULL DEFAULT now()
);
-- Orders beside the simulated chain's ledger are the simulation's.
INSERT INTO chain_identity (chain)
SELECT 'simulated' WHERE to_regclass('chain.transactions') IS NOT NULL AND EXISTS (SELECT FROM orders);
