'id', $ID, 'account', 'local', 'type', 'market', 'token_in', 'SOL', 'token_out', 'USDC', 'decimals_in', 9,
'decimals_out', 6, 'amount', '1', 'slippage_bps', 100, 'status', 'pending', 'lifetime_ms', 900000,
'version', 2, 'event', '{"event": "accepted"}'::jsonb
