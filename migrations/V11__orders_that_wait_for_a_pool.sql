-- Apart from the change of the table, which nobody reads while it is made.
CREATE INDEX waiting_by_pool ON waiting (token_out, order_id) WHERE NOT woken AND pool_after IS NOT NULL;
