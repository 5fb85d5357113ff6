-- Where open orders are counted, for limits.
CREATE INDEX outbox_by_account ON outbox (account_id, key_id);
CREATE INDEX waiting_by_account ON waiting (account_id, key_id) WHERE NOT woken;
