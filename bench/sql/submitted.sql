'chosen_dex', 'Raydium', 'quoted_out', '79.109650', 'route', jsonb_build_object(
    'address', 'synthetic SOL/USDC', 'mintIn', 'So11111111111111111111111111111111111111112',
    'mintOut', 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v', 'slot', 4000000000),
'tx_hash', $SIGNATURE, 'signed', repeat('ab', 300),
'last_valid_height', 4000000000, 'min_out', '78.321',
'event', jsonb_build_object('event', 'submitted', 'signature', $SIGNATURE)
