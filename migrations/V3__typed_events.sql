-- Whether an order is open is one column, its route travels with it to the signer, and events are
-- stored in a form of their own that carries its version.

-- Version 2 was the simulated chain's ledger. It belongs to the simulation now, which keeps a history
-- of its own; the tables stay where they are.
DELETE FROM refinery_schema_history WHERE version = 2;

-- One default for all rows that are there costs nothing, whatever their number; the few open ones
-- are set right afterwards.
ALTER TABLE orders
    ADD COLUMN closed_at timestamptz(3) DEFAULT now(),
    ADD COLUMN route     jsonb;
UPDATE orders SET closed_at = NULL WHERE status IN ('pending', 'routing', 'building', 'submitted');
ALTER TABLE orders ALTER COLUMN closed_at DROP DEFAULT;

-- Version 1 is what a client was sent; README.md tells what version 2 is.
ALTER TABLE order_events ADD COLUMN version smallint NOT NULL DEFAULT 1;
